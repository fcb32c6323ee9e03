"""Who pushes is known from the server: ssh's forced command, smart HTTP, gitolite, the variables of forges; each where it counts."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import SSHD
from tests.guard.conftest import Guard, Guarded, asked, heat, refused
from tests.guard.served import Gitolite, http, kept_open, key, need, ssh, sshd

# -- ssh ---------------------------------------------------------------------------------------------------------------


def test_ssh_with_a_forced_command(guarded: Guarded, warm: Path, tmp_path: Path) -> None:
    """The command of one key is run as it is written; that of the other by the program that waits."""
    need(SSHD, "openssh-server")
    keys = {who: key(tmp_path, who) for who in ("maria", "petros", "mallory")}
    for who in ("maria", "petros"):
        guarded.desk("staff", "edit", who, "--key", f"{keys[who]}.pub")
    assert guarded.push() == ""
    assert "known by a key: maria, petros" in guarded.desk("guard", "status", at=guarded.server)
    authorized = guarded.desk("guard", "keys", "--authorized", at=guarded.server)
    assert all(
        f"guard shell {who}" in authorized and ",restrict ssh-ed25519" in authorized for who in ("maria", "petros")
    )
    authorized = re.sub(r'command=".*?( --desk .* guard shell petros)', rf'command="{asked(warm)}\1', authorized)
    assert authorized.count(asked(warm)) == 1
    user = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
    where = f"{user}@127.0.0.1"
    with (
        sshd(tmp_path, authorized) as port,
        kept_open({who: ssh(keys[who], port) for who in keys}, where, tmp_path) as ways,
    ):

        def push(who: str, path: str = "desk.git", **env: str) -> str:
            return guarded.push(who=None, env={"GIT_SSH_COMMAND": " ".join(ways[who]), **env}, to=f"{where}:{path}")

        guarded.create(who="petros")
        refused(push("maria", DESK_PUSHER="petros", LC_PUSHER="petros"), "maria pushes a commit by petros")
        assert "Permission denied" in push("mallory")
        assert "there is no other here" in push("petros", "other.git")
        assert push("petros") == ""
        told = subprocess.run(
            [*ways["maria"], where, "cat /etc/passwd"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert told.returncode == 5
        assert "for the desk's repository alone" in told.stderr
        assert "root:" not in told.stdout
        refs = subprocess.run(
            ["git", "ls-remote", f"{where}:desk.git"],
            env={**guarded.environment, "GIT_SSH_COMMAND": " ".join(ways["maria"])},
            capture_output=True,
            text=True,
            check=True,
        )
        assert guarded.tip in refs.stdout


# -- smart HTTP --------------------------------------------------------------------------------------------------------


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
    server = Gitolite(tmp_path, home)
    guarded = guard("gitolite", server.place, "--branch", "main")
    guarded.create(who="petros")

    def push(who: str) -> str:
        return guarded.push(who=None, env=server.env(who), to=server.URL)

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
