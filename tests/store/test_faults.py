"""What fails in the middle: nothing torn stays, and nobody hears that nothing was changed where something was."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from desk.store import journal
from tests import terminals
from tests.conftest import Runner
from tests.copies import copy_desk
from tests.store.indexes import git, head, mounted, no_file_beyond

Process = Callable[..., subprocess.CompletedProcess[str]]
_REAL = shutil.which("git")


def _lines(count: int, text: str = "x") -> str:
    base = {"record": "ticket", "title": "T", "state": "open", "priority": "low", "department": "legal", "body": text}
    rows = ({**base, "id": f"200102-{n:04d}", "created": "2020-01-02T03:04:05Z"} for n in range(1000, 1000 + count))
    return "".join(json.dumps(row) + "\n" for row in rows)


def _die(*_: object) -> None:
    raise SystemExit(9)


# -- imports -----------------------------------------------------------------------------------------------------------


def test_files_that_a_killed_import_tore_are_whole_again(
    desk: Runner, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(journal, "end", _die)
        with pytest.raises(SystemExit):
            desk("import", "-", stdin=_lines(4))
    empty, torn, gone, edited = sorted(home.glob("records/tickets/2020/01/02/*.md"))
    whole = {path: path.read_bytes() for path in (empty, torn, gone, edited)}
    empty.write_bytes(b"")
    torn.write_bytes(whole[torn][:40])
    gone.unlink()
    edited.write_bytes(whole[edited].replace(b"title: T", b"title: By hand"))
    assert "finished a write" in desk("ticket", "list").err
    assert [path.read_bytes() == whole[path] for path in (empty, torn, gone, edited)] == [True, True, True, False]
    assert git(home, "status", "--porcelain").split() == ["M", edited.relative_to(home).as_posix()]


def test_an_import_onto_a_full_disk(desk: Runner, home: Path, tmp_path: Path, process: Process) -> None:
    """Whatever there is no room for, what stands is said to stand, and is whole as soon as there is room again."""
    if os.geteuid():
        pytest.skip("needs root, to mount a small file system")
    small = tmp_path / "small"
    small.mkdir()
    with mounted("-t", "tmpfs", "-o", "size=6m", "tmpfs", str(small)):
        codes = set()
        for left in (60_000, 200_000, 400_000):
            here = small / "desk"
            copy_desk(home, here)
            before = head(here)
            filler = small / "filler"
            with suppress(OSError):
                filler.write_bytes(bytes(6 << 20))
            os.truncate(filler, filler.stat().st_size - left)
            done = process("import", "-", cwd=here, stdin=_lines(40, "word" * 1000))
            stands = head(here) != before
            assert not (stands and "nothing was changed" in done.stderr), done.stderr
            assert (done.returncode == 9) == (not stands), done.stderr
            filler.unlink()
            desk("--desk", str(here), "ticket", "list")
            assert git(here, "status", "--porcelain") == ""
            codes.add(stands)
            shutil.rmtree(here)
    assert codes == {True, False}


# -- after the commit --------------------------------------------------------------------------------------------------


def test_git_fails_after_it_has_committed(home: Path, tmp_path: Path, process: Process, ticket: str) -> None:
    """As when there is no room for the branch's log: the commit stands, and is said to."""
    folder = tmp_path / "bin"
    folder.mkdir()
    wrapper = folder / "git"
    wrapper.write_text(
        f'#!/bin/sh\ncase "$*" in *fast-import*) {_REAL} "$@"; echo "fatal: No space left on device" >&2; exit 128;; esac\n'
        f'exec {_REAL} "$@"\n'
    )
    wrapper.chmod(0o755)
    env = {"PATH": f"{folder}:{os.environ['PATH']}"}
    done = process("ticket", "note", ticket, "--body", "once", cwd=home, env=env)
    assert (done.returncode, "nothing was changed" in done.stderr) == (0, False), done.stderr
    assert git(home, "log", "-1", "--format=%s").strip() == f"{ticket} note"
    assert git(home, "status", "--porcelain") == ""


def test_the_journal_cannot_be_put_away(desk: Runner, home: Path, monkeypatch: pytest.MonkeyPatch, ticket: str) -> None:
    """A disk that fails after the commit: it stands, and the next command ends it."""
    real = os.unlink

    def unlink(path: str) -> None:
        if str(path).endswith("/journal"):
            raise OSError(30, "Read-only file system")
        real(path)

    with monkeypatch.context() as patch:
        patch.setattr("os.unlink", unlink)
        assert "note added" in desk("ticket", "note", ticket, "--body", "once").out
    assert (home / ".git/desk/journal").exists()
    desk("ticket", "note", ticket, "--body", "again")
    assert not (home / ".git/desk/journal").exists()
    assert git(home, "log", "--format=%s").count(f"{ticket} note") == 2


def test_a_failed_write_leaves_no_report_of_git(desk: Runner, home: Path, process: Process, ticket: str) -> None:
    hook = home / ".git/hooks/reference-transaction"
    hook.write_text('#!/bin/sh\ntest "$1" != prepared\n')
    hook.chmod(0o755)
    assert process("ticket", "note", ticket, "--body", "x", cwd=home).returncode != 0
    hook.unlink()
    assert list(home.glob(".git/fast_import_crash_*")) == []
    desk("doctor")


# -- what is no bug of desk --------------------------------------------------------------------------------------------


def test_an_index_for_which_there_is_no_room(home: Path, process: Process) -> None:
    with no_file_beyond(30_000):
        done = process("index", "rebuild", cwd=home)
    assert done.returncode == 9, done.stderr
    assert "bug" not in done.stderr


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("ticket", "note", "{ticket}", "--body", "x", "--attach", "/dev/zero"), 2),
        (("ticket", "note", "{ticket}", "--file", "/dev/zero"), 2),
        (("ticket", "list", "--limit", "9" * 20), None),
        (("ticket", "list", "--page", "9" * 20), None),
    ],
    ids=lambda value: " ".join(value[-2:])[-24:] if isinstance(value, tuple) else None,
)
def test_no_end_of_it(
    home: Path, environment: dict[str, str], ticket: str, words: tuple[str, ...], code: int | None
) -> None:
    done = terminals.run(*(word.format(ticket=ticket) for word in words), cwd=home, env=environment, timeout=60)
    assert done.returncode in ((0, 2) if code is None else (code,)), done.stderr
    assert "bug" not in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.usefixtures("ticket")
def test_an_export_onto_a_full_disk(home: Path, environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "desk", "export"]
    with Path("/dev/full").open("w", encoding="utf-8") as out:
        done = subprocess.run(
            command, cwd=home, env=environment, stdout=out, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 9, done.stderr
    assert "bug" not in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("line", [f"x = {'[' * 3000}{']' * 3000}\n", f"x = {'9' * 5000}\n"], ids=["deep", "long"])
def test_settings_that_nothing_reads(desk: Runner, home: Path, git: Callable[..., str], line: str) -> None:
    (home / "desk.toml").write_text(line, encoding="utf-8")
    git("commit", "-qam", "odd")
    told = desk("ticket", "list", code=None)
    assert told.code in (0, 8)
    assert "bug" not in told.err
    assert desk("doctor", code=None).code in (7, 8)


def test_an_undo_of_a_message_that_names_a_ticket_it_does_not_touch(
    desk: Runner, git: Callable[..., str], ticket: str
) -> None:
    git(
        "commit",
        "-q",
        "--allow-empty",
        "-m",
        f"{ticket} close\n\nDesk-Verb: close\nDesk-Actor: maria\nDesk-Ticket: {ticket}\n",
    )
    told = desk("ticket", "undo", ticket, code=None)
    assert told.code in (0, 5)
    assert "bug" not in told.err


# -- odd places --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "code"), [(b"a$HOME", 0), (b"a\xff", 8), (b"a\nb", 0), (b"-x", 0)], ids=repr)
def test_a_folder_of_any_name(
    home: Path, desk: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: bytes, code: int
) -> None:
    """One that is not UTF-8 can't be shown, and is refused in words."""
    monkeypatch.chdir(home.rename(tmp_path / os.fsdecode(name)))
    for words in (("ticket", "list"), ("ticket", "create", "--title", "T", "--department", "legal"), ("doctor",)):
        assert "bug" not in desk(*words, code=code).err


def test_git_is_told_to_take_names_otherwise(desk: Runner, home: Path, ticket: str) -> None:
    for name in ("GIT_ICASE_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_GLOB_PATHSPECS", "GIT_LITERAL_PATHSPECS"):
        desk("ticket", "note", ticket, "--body", name, env={name: "1"})
        desk("status", env={name: "1"})
    assert git(home, "status", "--porcelain") == ""


def test_a_clone_that_lacks_objects_or_files(program: Runner, home: Path, tmp_path: Path, ticket: str) -> None:
    git(home, "config", "uploadpack.allowFilter", "true")
    partial, sparse = tmp_path / "partial", tmp_path / "sparse"
    for to, how in ((partial, "--filter=blob:none"), (sparse, "--sparse")):
        subprocess.run(["git", "clone", "-q", how, f"file://{home}", str(to)], check=True)
        for key, value in (("user.name", "Maria Georgiou"), ("user.email", "maria@ncpeh.example")):
            git(to, "config", key, value)
        program("--desk", str(to), "ticket", "note", ticket, "--body", "x")
    program("--desk", str(partial), "maintain")
