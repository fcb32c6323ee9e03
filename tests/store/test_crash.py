"""kill -9 at each step of a write, and at any moment: nothing printed is lost, and the next command puts things right."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import Runner
from tests.store.indexes import assert_sound, built, git, mounted

TOP = Path(__file__).parents[2]
KILLS = int(os.environ.get("DESK_TEST_KILLS", "20"))
Make = Callable[..., str]
CREATE = ("ticket", "create", "--title", "t", "--department", "technical")

STEPS = [
    "desk.store.journal:begin:before:1:self",
    "os:replace:before:1:self",
    "desk.store.journal:begin:after:1:self",
    "os:link:before:1:self",
    "os:link:after:1:self",
    "desk.git.write:fast_import:before:1:self",
    "desk.git.write:fast_import:after:1:self",
    "desk.store.worktree:write:before:1:self",
    "desk.store.worktree:_put:after:1:self",
    "desk.store.worktree:write:after:1:self",
    "desk.store.worktree:write:after:2:self",
    "desk.store.worktree:_put:after:3:self",
    "desk.git.write:update_index:before:1:self",
    "desk.git.write:update_index:after:1:self",
    "desk.index.filling:Filling.put_file:before:1:self",
    "desk.index.filling:Filling.put_file:after:1:self",
    "desk.index.filling:Filling.add_commit:after:1:self",
    "desk.index.filling:Filling.set_commit:after:1:self",
    "desk.store.journal:end:before:1:self",
    "desk.store.journal:end:after:1:self",
]


@cache
def _server() -> subprocess.Popen[str]:
    """Where victims come from; it ends with this process, whose end closes its stdin."""
    command = [sys.executable, "-m", "tests.store.victim", "serve"]
    return subprocess.Popen(command, cwd=TOP, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def victim(
    home: Path, environment: dict[str, str], *args: str, seconds: float | None = None
) -> subprocess.CompletedProcess[str]:
    """A process that runs, or dies, in a desk, and what it said; after so many seconds it is killed."""
    if any(":during:" in word for word in args):  # what it arms must be armed before others import it by name
        command = [sys.executable, "-m", "tests.store.victim", *args]
        env = {**environment, "PYTHONPATH": str(TOP)}
        return subprocess.run(
            command, cwd=home, env=env, capture_output=True, text=True, check=False, start_new_session=True
        )
    server = _server()
    assert server.stdin is not None
    assert server.stdout is not None
    with tempfile.NamedTemporaryFile() as out, tempfile.NamedTemporaryFile() as err:
        asked = {
            "cwd": str(home),
            "env": environment,
            "args": args,
            "out": out.name,
            "err": err.name,
            "seconds": seconds,
        }
        server.stdin.write(json.dumps(asked) + "\n")
        server.stdin.flush()
        status = int(server.stdout.readline())
        said, complained = (file.read().decode() for file in (out, err))
    return subprocess.CompletedProcess(args, os.waitstatus_to_exitcode(status), said, complained)


def killed_at(step: str, home: Path, environment: dict[str, str], *args: str) -> None:
    done = victim(home, environment, "kill", step, *args)
    assert done.returncode == -signal.SIGKILL, f"{step} was never reached: {done.stdout}{done.stderr}"
    assert done.stdout == ""


def goes_on(desk: Runner, home: Path, ticket: str) -> None:
    """The next commands, one that reads and one that writes, work; then everything is as it should be."""
    found = desk("ticket", "show", ticket, "-f", "json").data
    thread = len(found["thread"])
    desk("ticket", "note", ticket, "--body", "after")
    assert len(desk("ticket", "show", ticket, "-f", "json").data["thread"]) == thread + 1
    assert_sound(home)


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_each_step(
    desk: Runner, make: Make, home: Path, environment: dict[str, str], tmp_path: Path, step: str
) -> None:
    ticket = make()
    files = []
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(name)
        files += ["--attach", str(tmp_path / name)]
    before = git(home, "rev-parse", "HEAD")
    killed_at(step, home, environment, "ticket", "reply", ticket, "--body", "Ελληνικά", *files, "--close")
    committed = git(home, "rev-parse", "HEAD") != before
    found = desk("ticket", "show", ticket, "-f", "json").data
    assert found["state"] == ("closed" if committed else "open")
    assert len(found["thread"]) == committed
    assert git(home, "status", "--porcelain") == ""
    goes_on(desk, home, ticket)


@pytest.mark.parametrize(
    "step", ["desk.store.worktree:remove:before:2:self", "desk.store.worktree:remove:after:1:self"]
)
def test_killed_while_deleting(
    desk: Runner, make: Make, home: Path, environment: dict[str, str], tmp_path: Path, step: str
) -> None:
    (tmp_path / "a.txt").write_text("a")
    other = make("stays")
    ticket = make("goes", "--attach", str(tmp_path / "a.txt"))
    killed_at(step, home, environment, "ticket", "delete", ticket)
    desk("ticket", "show", ticket, code=3)
    goes_on(desk, home, other)
    assert not list(home.glob(f"records/tickets/*/*/*/{ticket}*"))


@pytest.mark.parametrize("scope", ["self", "group"])
def test_killed_while_git_is_at_work(
    desk: Runner, make: Make, home: Path, environment: dict[str, str], scope: str
) -> None:
    ticket = make()
    killed_at(f"desk.git.process:spawn:during:1:{scope}", home, environment, "ticket", "note", ticket, "--body", "x")
    assert desk("ticket", "show", ticket, "-f", "json").data["thread"] == []
    goes_on(desk, home, ticket)


def test_killed_while_the_index_is_built(desk: Runner, make: Make, home: Path, environment: dict[str, str]) -> None:
    ticket = make()
    (home / ".git/desk/index.sqlite").unlink()
    wanted = built(home)
    for step in (
        "desk.index.filling:Filling.create:after:1:self",
        "desk.index.filling:Filling.add_commit:after:2:self",
        "os:symlink:after:1:self",
    ):
        killed_at(step, home, environment, "ticket", "list")
    assert desk("ticket", "list", "-f", "ids").out.split() == [ticket]
    goes_on(desk, home, ticket)
    assert built(home).keys() == wanted.keys()
    left = [n for n in os.listdir(home / ".git/desk") if n.startswith("index-") and n.endswith(".sqlite")]
    assert len(left) == 1


@pytest.mark.parametrize("lock", ["index.lock", "refs/heads/main.lock", "HEAD.lock"])
def test_locks_left_by_a_killed_git_are_cleared(
    desk: Runner, make: Make, home: Path, environment: dict[str, str], lock: str
) -> None:
    ticket = make()
    step = "desk.git.write:fast_import:before:1:self" if "main" in lock else "desk.git.write:update_index:before:1:self"
    killed_at(step, home, environment, "ticket", "note", ticket, "--body", "x")
    (home / ".git" / lock).write_bytes(b"")
    found = desk("ticket", "show", ticket, "-f", "json").data
    assert len(found["thread"]) == ("main" not in lock)
    assert not (home / ".git" / lock).exists()
    goes_on(desk, home, ticket)


def test_a_lock_of_somebody_else_is_left_alone_and_named(desk: Runner, make: Make, home: Path) -> None:
    ticket = make()
    lock = home / ".git/refs/heads/main.lock"
    lock.write_bytes(b"")
    found = desk("ticket", "note", ticket, "--body", "x", code=6)
    assert "main.lock" in found.err
    assert "another git" in found.err
    assert lock.exists()
    lock.unlink()
    goes_on(desk, home, ticket)


def test_a_hand_edit_after_a_crash_is_not_overwritten(
    desk: Runner, make: Make, home: Path, environment: dict[str, str]
) -> None:
    ticket = make()
    killed_at("desk.store.worktree:write:before:1:self", home, environment, "ticket", "note", ticket, "--body", "x")
    [path] = home.glob(f"records/tickets/*/*/*/{ticket}.md")
    path.write_bytes(path.read_bytes().replace(b"A ticket", b"By hand"))
    assert desk("ticket", "show", ticket, "-f", "json").data["title"] == "By hand"
    assert git(home, "status", "--porcelain").split() == ["M", str(path.relative_to(home))]
    desk("ticket", "note", ticket, "--body", "y", code=6)
    git(home, "checkout", "-q", "--", str(path))
    goes_on(desk, home, ticket)


def test_killed_at_random(desk: Runner, make: Make, home: Path, environment: dict[str, str], tmp_path: Path) -> None:
    """DESK_TEST_KILLS sets how often; what a killed command had printed must be true."""
    chance = random.Random(KILLS)
    base = make()
    (tmp_path / "a.bin").write_bytes(bytes(range(256)) * 400)
    attach = ["--attach", str(tmp_path / "a.bin")]
    create = ["ticket", "create", "--title", "t", "--department", "technical", "-f", "ids", *attach]
    note = ["ticket", "note", base, "--body", "n", "-f", "ids", *attach]
    printed: list[str] = []
    finished = notes = 0
    started = time.monotonic()
    assert victim(home, environment, "desk", *create).returncode == 0
    whole = time.monotonic() - started
    for number in range(KILLS):
        words = note if number % 3 == 2 else create
        done = victim(home, environment, "desk", *words, seconds=chance.uniform(0.05, 1.1) * whole)
        assert done.returncode in (0, -signal.SIGKILL), done.stderr
        assert "Traceback" not in done.stderr
        if done.returncode == 0:
            finished += 1
            notes += number % 3 == 2
        printed += [i for i in done.stdout.split() if len(i) == 11]
        if number % 10 == 9:
            desk("ticket", "note", base, "--body", "next")
            notes += 1
            assert_sound(home)
    listed = desk("ticket", "list", "-f", "ids", "--limit", "0").out.split()
    assert set(printed) <= set(listed)
    assert len(desk("ticket", "show", base, "-f", "json").data["thread"]) >= notes
    desk("ticket", "close", base)
    assert_sound(home)
    sys.stderr.write(f"{KILLS} runs, {finished} finished, {len(listed)} tickets, {len(printed)} ids printed\n")


def test_a_work_tree_on_another_disk_than_its_git_directory(
    desk: Runner, make: Make, home: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    ticket = make()
    linked = tmp_path / "linked"
    linked.mkdir()
    with mounted("-t", "tmpfs", "-o", "size=9m", "tmpfs", str(linked)):
        git(home, "worktree", "add", "-q", "-f", "-b", "side", str(linked))
        desk("--desk", str(linked), "ticket", "assign", ticket, "--to", "maria")
        # put beside the git directory, then beside the ticket
        killed_at("desk.store.worktree:_put:after:2:self", linked, environment, "ticket", "note", ticket, "--body", "x")
        assert ".desk-" in git(linked, "status", "--porcelain", "--untracked-files=all")
        found = desk("--desk", str(linked), "ticket", "show", ticket, "-f", "json").data
        assert len(found["thread"]) == 1
        assert git(linked, "status", "--porcelain") == ""
        desk("--desk", str(linked), "ticket", "close", ticket)
        assert git(linked, "status", "--porcelain") == ""
    git(home, "worktree", "prune")


INIT = (
    ("desk.git.write:fast_import:before:1:self", "--empty"),
    ("desk.git.write:fast_import:after:1:self", "--empty"),
    ("desk.store.worktree:write:before:5:self",),
    ("desk.git.write:update_index:before:1:self", "--empty"),
    ("desk.store.journal:end:before:1:self", "--empty"),
)
"""Where a founding is killed, and what is founded: the whole starter desk takes long to index."""


@pytest.mark.parametrize(("step", "how"), [(step, how) for step, *how in INIT])
def test_killed_while_founding(
    program: Runner,
    environment: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    how: list[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    killed_at(step, tmp_path, environment, "init", "new", *how)
    found = program("init", "new", *how, code=None)
    assert found.code in (0, 5)
    if found.code:
        assert "is a desk already" in found.err
    monkeypatch.chdir(tmp_path / "new")
    program("ticket", "create", "--title", "t")
    assert_sound(tmp_path / "new")


@pytest.mark.parametrize(
    "step",
    [
        "desk.git.write:fast_import:before:1:self",
        "desk.git.write:fast_import:after:1:self",
        "desk.store.journal:end:before:1:self",
    ],
)
def test_killed_while_committing_a_hand_edit(
    desk: Runner, make: Make, home: Path, environment: dict[str, str], step: str
) -> None:
    ticket = make()
    [path] = home.glob(f"records/tickets/*/*/*/{ticket}.md")
    path.write_bytes(path.read_bytes().replace(b"A ticket", b"By hand"))
    killed_at(step, home, environment, "commit")
    assert desk("ticket", "show", ticket, "-f", "json").data["title"] == "By hand"
    desk("commit", code=None)
    assert desk("ticket", "list", "-f", "json").data[0]["title"] == "By hand"
    goes_on(desk, home, ticket)
