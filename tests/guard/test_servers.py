"""Who pushes is known from the server: ssh's forced command, smart HTTP, gitolite, the variables of forges; each where it counts."""

from __future__ import annotations

import base64
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.conftest import GITOLITE, SERVERS_REQUIRED, SSHD
from tests.guard.conftest import Guard, Guarded, heat, refused


def key(folder: Path, name: str) -> Path:
    """A new ssh key of somebody."""
    path = folder / name
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(path)], check=True)
    return path


# -- ssh ---------------------------------------------------------------------------------------------------------------


@contextmanager
def sshd(top: Path, authorized: str) -> Iterator[int]:
    """Debian's server on a port of loopback, with these keys alone."""
    host = key(top, "host")
    (top / "authorized_keys").write_text(authorized)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    config = f"""
Port {port}
ListenAddress 127.0.0.1
HostKey {host}
PidFile {top}/pid
AuthorizedKeysFile {top}/authorized_keys
StrictModes no
UsePAM no
PasswordAuthentication no
AcceptEnv LANG LC_*
"""
    (top / "sshd_config").write_text(config)
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    log = (top / "log").open("w")
    running = subprocess.Popen([SSHD, "-D", "-e", "-f", str(top / "sshd_config")], stderr=log)
    try:
        for _turn in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.02)
        yield port
    finally:
        running.terminate()
        running.wait(30)
        log.close()


def test_ssh_with_a_forced_command(guarded: Guarded, tmp_path: Path) -> None:
    if not SSHD:
        assert not SERVERS_REQUIRED, "openssh-server is not installed"
        pytest.skip("openssh-server is not installed")
    keys = {who: key(tmp_path, who) for who in ("maria", "petros", "mallory")}
    for who in ("maria", "petros"):
        guarded.desk("staff", "edit", who, "--key", f"{keys[who]}.pub")
    assert guarded.push() == ""
    assert "known by a key: maria, petros" in guarded.desk("guard", "status", at=guarded.server)
    authorized = guarded.desk("guard", "keys", "--authorized", at=guarded.server)
    assert all(
        f"guard shell {who}" in authorized and ",restrict ssh-ed25519" in authorized for who in ("maria", "petros")
    )
    user = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
    with sshd(tmp_path, authorized) as port:

        def ssh(who: str) -> list[str]:
            options = (
                "StrictHostKeyChecking=no",
                "UserKnownHostsFile=/dev/null",
                "IdentitiesOnly=yes",
                "LogLevel=ERROR",
            )
            told = [part for one in options for part in ("-o", one)]
            return ["ssh", "-F", "/dev/null", "-p", str(port), "-i", str(keys[who]), *told]

        def push(who: str, path: str = "desk.git", **env: str) -> str:
            command = {"GIT_SSH_COMMAND": " ".join(ssh(who)), **env}
            return guarded.push(who=None, env=command, to=f"{user}@127.0.0.1:{path}")

        guarded.create(who="petros")
        refused(push("maria"), "maria pushes a commit by petros")
        refused(push("maria", DESK_PUSHER="petros", LC_PUSHER="petros"), "maria pushes a commit by petros")
        assert "Permission denied" in push("mallory")
        assert "there is no other here" in push("petros", "other.git")
        assert push("petros") == ""
        told = subprocess.run(
            [*ssh("maria"), f"{user}@127.0.0.1", "cat /etc/passwd"], capture_output=True, text=True, check=False
        )
        assert told.returncode == 5
        assert "for the desk's repository alone" in told.stderr
        assert "root:" not in told.stdout
        refs = subprocess.run(
            ["git", "ls-remote", f"{user}@127.0.0.1:desk.git"],
            env={**guarded.environment, "GIT_SSH_COMMAND": " ".join(ssh("maria"))},
            capture_output=True,
            text=True,
            check=True,
        )
        assert guarded.tip in refs.stdout


# -- smart HTTP --------------------------------------------------------------------------------------------------------


@contextmanager
def http(top: Path) -> Iterator[str]:
    """git's own http-backend behind a server that knows its users, as Apache or nginx would be set up."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_args: object) -> None:
            """Nobody reads it."""

        def _run(self) -> None:
            path, _mark, query = self.path.partition("?")
            scheme, _space, secret = self.headers.get("Authorization", "").partition(" ")
            user = base64.b64decode(secret).decode().partition(":")[0] if scheme == "Basic" else ""
            if not user:
                self.send_response(401)
                self.send_header("WWW-Authenticate", 'Basic realm="desk"')
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            body = self._body()
            env = {
                **os.environ, "GIT_PROJECT_ROOT": str(top), "GIT_HTTP_EXPORT_ALL": "1", "PATH_INFO": path,
                "QUERY_STRING": query, "REQUEST_METHOD": self.command, "REMOTE_USER": user,
                "CONTENT_TYPE": self.headers.get("Content-Type", ""), "CONTENT_LENGTH": str(len(body)),
                "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
                "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            }  # fmt: skip
            done = subprocess.run(["git", "http-backend"], input=body, env=env, capture_output=True, check=False)
            head, _blank, rest = done.stdout.partition(b"\r\n\r\n")
            fields = dict(line.split(": ", 1) for line in head.decode().splitlines() if ": " in line)
            self.send_response(int(fields.pop("Status", "200").split()[0]))
            for name, value in fields.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(rest)))
            self.end_headers()
            self.wfile.write(rest)

        def _body(self) -> bytes:
            if self.headers.get("Transfer-Encoding") != "chunked":
                return self.rfile.read(int(self.headers.get("Content-Length") or 0))
            found = b""
            while size := int(self.rfile.readline().strip(), 16):
                found += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return found

        do_GET = do_POST = _run  # noqa: N815 - what the library looks for

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join(30)
        server.server_close()


def test_smart_http(guard: Guard, tmp_path: Path) -> None:
    guarded = guard("http")
    guarded.git("config", "http.receivepack", "true", at=guarded.server)
    guarded.create(who="petros")
    with http(tmp_path) as address:
        refused(guarded.push(who="petros", to=f"http://maria:x@{address}/desk.git"), "maria pushes a commit by petros")
        assert guarded.push(who="maria", to=f"http://petros:x@{address}/desk.git") == ""


# -- forges ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("server", "variable", "hook"),
    [
        ("gitlab", "GL_USERNAME", "custom_hooks/pre-receive.d/desk"),
        ("gitea", "GITEA_PUSHER_NAME", "hooks/pre-receive.d/desk"),
        ("gitolite", "GL_USER", "hooks/pre-receive"),
    ],
)
def test_what_a_forge_says(guard: Guard, warm: Path, server: str, variable: str, hook: str) -> None:
    """Where the forge looks for a hook, ours is; and its variable counts there, another one's doesn't."""
    guarded = guard(server)
    assert os.access(guarded.server / hook, os.X_OK)
    heat(guarded.server, warm)
    if not hook.endswith("/pre-receive"):
        # As the forge has its own hook run those in the folder.
        (guarded.server / "hooks").mkdir(exist_ok=True)
        runs = guarded.server / "hooks/pre-receive"
        runs.write_text(f'#!/bin/sh\nexec "{guarded.server / hook}"\n')
        runs.chmod(0o755)
    guarded.create(who="petros")
    refused(guarded.push(who="petros"), "nobody can tell who pushes this")
    refused(guarded.push(who=None, env={variable: "maria"}), "maria pushes a commit by petros")
    assert guarded.push(who=None, env={variable: "petros"}) == ""


def test_gitolite(guard: Guard, home: Path, tmp_path: Path) -> None:
    """The real one, as ssh would start it."""
    if not GITOLITE:
        assert not SERVERS_REQUIRED, "gitolite3 is not installed"
        pytest.skip("gitolite3 is not installed")
    top = tmp_path / "git"
    top.mkdir()
    env = {"HOME": str(top), "PATH": os.environ["PATH"], "USER": "git"}
    subprocess.run(["gitolite", "setup", "-a", "admin"], env=env, check=True, capture_output=True)
    (top / ".gitolite/conf/gitolite.conf").write_text("repo desk\n    RW+ = @all\n")
    subprocess.run(["gitolite", "setup"], env=env, check=True, capture_output=True)
    shell = tmp_path / "as-ssh"
    shell.write_text(
        f'#!{sys.executable}\nimport os, sys\nenv = {{"HOME": {str(top)!r}, "PATH": os.environ["PATH"], "USER": "git",'
        ' "SSH_ORIGINAL_COMMAND": sys.argv[-1], "SSH_CONNECTION": "127.0.0.1 1 127.0.0.1 2"}\n'
        f'os.execve({GITOLITE!r} + "-shell", ["gitolite-shell", os.environ["AS"]], env)\n'
    )
    shell.chmod(0o755)
    place = top / "repositories/desk.git"
    subprocess.run(["git", "-C", str(place), "fetch", "-q", str(home), "HEAD:refs/heads/main"], check=True)
    guarded = guard("gitolite", place, "--branch", "main")
    guarded.create(who="petros")

    def push(who: str) -> str:
        return guarded.push(
            who=None, env={"GIT_SSH": str(shell), "GIT_SSH_VARIANT": "simple", "AS": who}, to="git@server:desk"
        )

    refused(push("maria"), "maria pushes a commit by petros")
    assert push("petros") == ""


# -- signed pushes -----------------------------------------------------------------------------------------------------


def test_signed_pushes(guarded: Guarded, tmp_path: Path) -> None:
    """One signature a push says who pushes, whatever the way; a key counts from the push after the one that brings it."""
    keys = {who: key(tmp_path, who) for who in ("maria", "petros", "mallory")}

    def push(who: str, **more: str) -> str:
        config = ("gpg.format=ssh", f"user.signingKey={keys[who]}.pub")
        return guarded.push("--signed", "HEAD:main", who=None, config=config, env=more)

    guarded.desk("staff", "edit", "maria", "--key", f"{keys['maria']}.pub")
    refused(push("maria"), "signed with a key that this server doesn't know")
    assert guarded.push() == ""
    guarded.create()
    refused(push("mallory"), "signed with a key that this server doesn't know")
    refused(push("maria", DESK_PUSHER="petros"), "the server knows petros, and maria signed the push")
    assert push("maria") == ""
    guarded.create(who="petros")
    refused(push("maria"), "maria pushes a commit by petros")
    assert "1 signed push kept" in guarded.desk("guard", "status", at=guarded.server)
    kept = guarded.git("show", "refs/desk/pushes", at=guarded.server)
    assert "pushee" in kept
    assert "BEGIN SSH SIGNATURE" in kept

    # A commit that its maker signed may be brought by anybody of the staff.
    guarded.back()
    guarded.desk("staff", "edit", "petros", "--key", f"{keys['petros']}.pub")
    assert push("maria") == ""
    guarded.create(who="petros")
    sign = ("-c", "gpg.format=ssh", "-c", f"user.signingKey={keys['petros']}")
    guarded.git(*sign, "commit", "-q", "--amend", "--no-edit", "-S")
    assert push("maria") == ""


# -- setting up --------------------------------------------------------------------------------------------------------


def test_what_is_in_the_way(guarded: Guarded, guard: Guard) -> None:
    assert "no bare repository" in guarded.desk("guard", "install", code=2)
    assert "isn't guarded" in guarded.desk("guard", "status", code=2)
    hook = guarded.server / "hooks/pre-receive"
    hook.unlink()
    said = guarded.desk("guard", "status", at=guarded.server, code=7)
    assert "hooks/pre-receive is missing" in said
    hook.write_text("#!/bin/sh\nexit 0\n")
    assert "another hook already" in guarded.desk("guard", "install", at=guarded.server, code=6)
    shutil.rmtree(guarded.server / "hooks")
    guard("git", guarded.server)
    assert "are judged; git tells who pushes" in guarded.desk("guard", "status", at=guarded.server)
    assert "there is no branch other" in guarded.desk(
        "guard", "install", "--branch", "other", at=guarded.server, code=3
    )


def test_relay(guarded: Guarded, tmp_path: Path) -> None:
    """A forge without hooks: clerks push in/HANDLE, and a machine takes what is sound."""
    shutil.rmtree(guarded.server / "hooks")
    machine = tmp_path / "machine"
    guarded.git("clone", "-q", str(guarded.server), str(machine), at=tmp_path)
    ticket = guarded.create(who="petros")
    guarded.push("HEAD:refs/heads/in/petros")
    guarded.back()
    guarded.create(who="eleni", department="legal")
    guarded.push("HEAD:refs/heads/in/nikos")
    said = guarded.desk("guard", "relay", at=machine, code=7)
    assert "in/petros: 1 commit taken" in said
    assert "nikos pushes a commit by eleni" in said
    assert ticket in guarded.git("log", "--format=%s", "main", at=guarded.server)
    assert "eleni" not in guarded.git("log", "--format=%an", "main", at=guarded.server)
