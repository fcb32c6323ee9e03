"""Servers that git is pushed to, run for a test: sshd with its keys, git's own over HTTP, gitolite."""

from __future__ import annotations

import base64
import os
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.conftest import GITOLITE, SERVERS_REQUIRED, SSHD


def key(folder: Path, name: str) -> Path:
    """A new ssh key of somebody."""
    path = folder / name
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(path)], check=True)
    return path


def need(program: str | None, package: str) -> None:
    """Leave the test out where a server isn't installed; fail it where it must be."""
    if not program:
        assert not SERVERS_REQUIRED, f"{package} is not installed"
        pytest.skip(f"{package} is not installed")


def ssh(identity: Path, port: int) -> list[str]:
    """ssh with one key, and nothing of this machine's configuration; with the exchange of keys that takes the shortest."""
    options = (
        *("StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "IdentitiesOnly=yes", "LogLevel=ERROR"),
        "KexAlgorithms=curve25519-sha256",
    )
    told = [part for one in options for part in ("-o", one)]
    return ["ssh", "-F", "/dev/null", "-p", str(port), "-i", str(identity), *told]


@contextmanager
def kept_open(ways: dict[str, list[str]], where: str, top: Path) -> Iterator[dict[str, list[str]]]:
    """The same ways by name, each with one connection for all that goes over it."""
    kept = {name: [*way, "-o", f"ControlPath={top / name}.open"] for name, way in ways.items()}
    try:
        yield {name: [*way, "-o", "ControlMaster=auto", "-o", "ControlPersist=yes"] for name, way in kept.items()}
    finally:
        for name in [name for name in kept if (top / f"{name}.open").exists()]:
            subprocess.run([*kept[name], "-O", "exit", where], check=True, capture_output=True)


@contextmanager
def sshd(top: Path, authorized: str) -> Iterator[int]:
    """Debian's server on a port of loopback, with these keys alone; its bash, which isn't the first, reads nobody's ~/.bashrc."""
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
SetEnv SHLVL=2
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


class Gitolite:
    """The real one, with a repository `desk` that everybody may write to; `env(WHO)` has git reach it as ssh would start it."""

    URL = "git@server:desk"
    SETTINGS = "%RC = (UMASK => 0077, ROLES => {READERS => 1, WRITERS => 1}, ENABLE => []); 1;\n"
    """Without its many extras, each of which is a program of its own that is started when it is set up."""

    def __init__(self, top: Path, source: Path, commit: str = "HEAD") -> None:
        need(GITOLITE, "gitolite3")
        home = top / "git"
        # A configuration that is there is set up at once; without one gitolite sets up another that is to be changed.
        for folder in ("conf", "logs"):
            (home / ".gitolite" / folder).mkdir(parents=True)
        (home / ".gitolite/conf/gitolite.conf").write_text("repo desk\n    RW+ = @all\n")
        (home / ".gitolite.rc").write_text(self.SETTINGS)
        env = {"HOME": str(home), "PATH": os.environ["PATH"], "USER": "git"}
        subprocess.run(["gitolite", "setup"], env=env, check=True, capture_output=True)
        self.shell = top / "as-ssh"
        self.shell.write_text(
            "#!/bin/sh\nfor words; do :; done\n"
            f'exec env -i HOME=\'{home}\' PATH="$PATH" USER=git SSH_ORIGINAL_COMMAND="$words"'
            f" SSH_CONNECTION='127.0.0.1 1 127.0.0.1 2' {GITOLITE}-shell \"$AS\"\n"
        )
        self.shell.chmod(0o755)
        self.place = home / "repositories/desk.git"
        words = ("fetch", "-q", "--no-tags", str(source), f"{commit}:refs/heads/main")
        subprocess.run(["git", "-C", str(self.place), *words], check=True)

    def env(self, who: str) -> dict[str, str]:
        return {"GIT_SSH": str(self.shell), "GIT_SSH_VARIANT": "simple", "AS": who}
