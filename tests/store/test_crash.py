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
from tests.store.indexes import assert_index_is_exact, assert_nothing_left, assert_sound, built, git, head, mounted

TOP = Path(__file__).parents[2]
KILLS = int(os.environ.get("DESK_TEST_KILLS", "12"))
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


def goes_on(desk: Runner, ticket: str, thread: int, step: str = "") -> None:
    """A ticket that has been read, with so many entries, can be written and read again."""
    desk("ticket", "note", ticket, "--body", "after")
    assert len(desk("ticket", "show", ticket, "-f", "json").data["thread"]) == thread + 1, step


def imported(desk: Runner, count: int, **values: str) -> list[str]:
    """The ids of so many new tickets, made by one commit, of which nobody is told."""
    common = {"record": "ticket", "title": "A ticket", "state": "open", "priority": "low", "department": "technical"}
    ids = [f"260101-{number:04}" for number in range(count)]
    rows = ({**common, "id": name, "created": "2026-01-01T06:12:44Z", **values} for name in ids)
    desk("import", "-", "--strict", stdin="".join(f"{json.dumps(row)}\n" for row in rows))
    return ids


def test_killed_at_each_step(desk: Runner, home: Path, environment: dict[str, str], tmp_path: Path) -> None:
    """Each on a ticket of its own: what one of them left wrong in the desk would be found at the end."""
    files = []
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(name)
        files += ["--attach", str(tmp_path / name)]
    threads = {}
    for step, ticket in zip(STEPS, imported(desk, len(STEPS)), strict=True):
        before = head(home)
        killed_at(step, home, environment, "ticket", "reply", ticket, "--body", "Ελληνικά", *files, "--close")
        committed = head(home) != before
        found = desk("ticket", "show", ticket, "-f", "json").data
        assert found["state"] == ("closed" if committed else "open"), step
        assert len(found["thread"]) == committed, step
        desk("ticket", "note", ticket, "--body", "after")  # refused where the file isn't as it was committed
        threads[ticket] = committed + 1
        assert_nothing_left(home)
    rows = map(json.loads, desk("export", "--record", "ticket").out.splitlines())
    assert {row["id"]: len(row["thread"]) for row in rows} == threads
    assert_sound(home)


def test_killed_while_deleting(
    desk: Runner, make: Make, home: Path, environment: dict[str, str], tmp_path: Path, ticket: str
) -> None:
    (tmp_path / "a.txt").write_text("a")
    for thread, step in enumerate(
        ("desk.store.worktree:remove:before:2:self", "desk.store.worktree:remove:after:1:self")
    ):
        gone = make("goes", "--attach", str(tmp_path / "a.txt"))
        killed_at(step, home, environment, "ticket", "delete", gone)
        desk("ticket", "show", gone, code=3)
        goes_on(desk, ticket, thread, step)
        assert not list(home.glob(f"records/tickets/*/*/*/{gone}*"))
        assert_nothing_left(home)
    assert_sound(home)


def test_killed_while_git_is_at_work(desk: Runner, home: Path, environment: dict[str, str], ticket: str) -> None:
    for thread, scope in enumerate(("self", "group")):
        step = f"desk.git.process:spawn:during:1:{scope}"
        killed_at(step, home, environment, "ticket", "note", ticket, "--body", "x")
        assert len(desk("ticket", "show", ticket, "-f", "json").data["thread"]) == thread, scope
        goes_on(desk, ticket, thread, scope)
        assert_sound(home)


def test_killed_while_the_index_is_built(desk: Runner, home: Path, environment: dict[str, str], ticket: str) -> None:
    (home / ".git/desk/index.sqlite").unlink()
    wanted = built(home)
    for step in (
        "desk.index.filling:Filling.create:after:1:self",
        "desk.index.filling:Filling.add_commit:after:2:self",
        "os:symlink:after:1:self",
    ):
        killed_at(step, home, environment, "ticket", "list")
    assert desk("ticket", "list", "-f", "ids").out.split() == [ticket]
    goes_on(desk, ticket, 0)
    assert_sound(home)
    assert built(home).keys() == wanted.keys()
    left = [n for n in os.listdir(home / ".git/desk") if n.startswith("index-") and n.endswith(".sqlite")]
    assert len(left) == 1


def test_locks_left_by_a_killed_git_are_cleared(
    desk: Runner, home: Path, environment: dict[str, str], ticket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desk.store.journal._STALE_AFTER", 0.1)  # seconds that each is waited for
    thread = 0
    for lock in ("index.lock", "refs/heads/main.lock", "HEAD.lock"):
        at = "fast_import" if "main" in lock else "update_index"
        killed_at(f"desk.git.write:{at}:before:1:self", home, environment, "ticket", "note", ticket, "--body", "x")
        (home / ".git" / lock).write_bytes(b"")
        found = desk("ticket", "show", ticket, "-f", "json").data
        assert len(found["thread"]) == thread + ("main" not in lock), lock
        assert not (home / ".git" / lock).exists()
        goes_on(desk, ticket, len(found["thread"]), lock)
        thread = len(found["thread"]) + 1
        assert_nothing_left(home)
    assert_sound(home)


def test_a_lock_of_somebody_else_is_left_alone_and_named(desk: Runner, home: Path, ticket: str) -> None:
    lock = home / ".git/refs/heads/main.lock"
    lock.write_bytes(b"")
    found = desk("ticket", "note", ticket, "--body", "x", code=6)
    assert "main.lock" in found.err
    assert "another git" in found.err
    assert lock.exists()
    lock.unlink()
    goes_on(desk, ticket, 0)
    assert_sound(home)


def test_a_hand_edit_after_a_crash_is_not_overwritten(
    desk: Runner, home: Path, environment: dict[str, str], ticket: str
) -> None:
    killed_at("desk.store.worktree:write:before:1:self", home, environment, "ticket", "note", ticket, "--body", "x")
    [path] = home.glob(f"records/tickets/*/*/*/{ticket}.md")
    path.write_bytes(path.read_bytes().replace(b"A ticket", b"By hand"))
    assert desk("ticket", "show", ticket, "-f", "json").data["title"] == "By hand"
    assert git(home, "status", "--porcelain").split() == ["M", str(path.relative_to(home))]
    desk("ticket", "note", ticket, "--body", "y", code=6)
    git(home, "checkout", "-q", "--", str(path))
    goes_on(desk, ticket, 1)
    assert_sound(home)


def test_killed_at_random(desk: Runner, home: Path, environment: dict[str, str], tmp_path: Path, ticket: str) -> None:
    """DESK_TEST_KILLS sets how often; what a killed command had printed must be true."""
    chance = random.Random(KILLS)
    (tmp_path / "a.bin").write_bytes(bytes(range(256)) * 400)
    attach = ["--attach", str(tmp_path / "a.bin")]
    create = ["ticket", "create", "--title", "t", "--department", "technical", "-f", "ids", *attach]
    note = ["ticket", "note", ticket, "--body", "n", "-f", "ids", *attach]
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
        if number % 6 == 5:
            desk("ticket", "note", ticket, "--body", "next")
            notes += 1
            assert_index_is_exact(home)
    listed = desk("ticket", "list", "-f", "ids", "--limit", "0").out.split()
    assert set(printed) <= set(listed)
    assert len(desk("ticket", "show", ticket, "-f", "json").data["thread"]) >= notes
    desk("ticket", "close", ticket)
    assert_sound(home)
    sys.stderr.write(f"{KILLS} runs, {finished} finished, {len(listed)} tickets, {len(printed)} ids printed\n")


def test_a_work_tree_on_another_disk_than_its_git_directory(
    desk: Runner, home: Path, environment: dict[str, str], tmp_path: Path, ticket: str
) -> None:
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
    "desk.git.write:fast_import:before:1:self",
    "desk.git.write:fast_import:after:1:self",
    "desk.store.worktree:write:before:5:self",
    "desk.git.write:update_index:before:1:self",
    "desk.store.journal:end:before:1:self",
)
"""Where a founding is killed: of a small desk, as the whole starter desk takes long to index."""


@pytest.mark.parametrize("step", INIT)
def test_killed_while_founding(
    program: Runner,
    environment: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    killed_at(step, tmp_path, environment, "init", "new", "--empty")
    found = program("init", "new", "--empty", code=None)
    assert found.code in (0, 5)
    if found.code:
        assert "is a desk already" in found.err
    monkeypatch.chdir(tmp_path / "new")
    program("ticket", "create", "--title", "t")
    assert_sound(tmp_path / "new")


def test_killed_while_committing_a_hand_edit(desk: Runner, home: Path, environment: dict[str, str]) -> None:
    steps = (
        "desk.git.write:fast_import:before:1:self",
        "desk.git.write:fast_import:after:1:self",
        "desk.store.journal:end:before:1:self",
    )
    for step, ticket in zip(steps, imported(desk, len(steps)), strict=True):
        [path] = home.glob(f"records/tickets/*/*/*/{ticket}.md")
        path.write_bytes(path.read_bytes().replace(b"A ticket", b"By hand"))
        killed_at(step, home, environment, "commit")
        assert desk("ticket", "show", ticket, "-f", "json").data["title"] == "By hand", step
        desk("commit", code=None)
        titles = {row["id"]: row["title"] for row in desk("ticket", "list", "-f", "json").data}
        assert titles[ticket] == "By hand", step
        goes_on(desk, ticket, 0, step)
        assert_nothing_left(home)
    assert_sound(home)
