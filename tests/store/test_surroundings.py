"""Surroundings that go wrong: a clear error or correct work, and nothing half-written."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from desk.domain.changes import salt
from tests.conftest import Runner
from tests.copies import copy_desk
from tests.store.indexes import (
    assert_index_is_exact,
    assert_nothing_left,
    assert_sound,
    git,
    head,
    mounted,
    no_file_beyond,
)

Make = Callable[..., str]
CREATE = ("ticket", "create", "--title", "t", "--department", "technical")


def nothing_changed(home: Path, before: str) -> None:
    assert head(home) == before
    assert git(home, "status", "--porcelain") == ""
    assert not (home / ".git/desk/journal").exists()


def test_a_full_disk(desk: Runner, home: Path, tmp_path: Path, ticket: str) -> None:
    small = tmp_path / "small"
    small.mkdir()
    if os.geteuid():
        pytest.skip("needs root, to mount a small file system")
    with mounted("-t", "tmpfs", "-o", "size=3m", "tmpfs", str(small)):
        here = small / "desk"
        copy_desk(home, here)
        before = head(here)
        filler = small / "filler"
        codes = []
        for left in (0, 4096, 12288, 20480, 40960, 81920):
            with suppress(OSError):
                filler.write_bytes(bytes(3 << 20))
            os.truncate(filler, filler.stat().st_size - left)
            there = ("--desk", str(here))
            done = desk(*there, "ticket", "note", ticket, "--body", "ab" * 6000, code=None)
            assert "Traceback" not in done.err
            assert desk(*there, "ticket", "list", "-f", "ids").out.split() == [ticket]
            codes.append(done.code)
            if done.code:
                assert done.code == 9, done.err
                assert head(here) == before
            filler.unlink()
            desk(*there, "ticket", "list")
            assert git(here, "status", "--porcelain") == ""
            before = head(here)
        assert codes[0] == 9
        desk("--desk", str(here), "ticket", "note", ticket, "--body", "x")
        assert_sound(here)


def test_a_file_size_limit(home: Path, process: Callable[..., Any], ticket: str) -> None:
    """The poor man's full disk: every write beyond a size fails with EFBIG."""
    before = head(home)
    with no_file_beyond(40_000):
        done = process("ticket", "note", ticket, "--file", "-", cwd=home, stdin=os.urandom(60_000).hex())
    assert done.returncode == 9, done.stderr
    assert "Traceback" not in done.stderr
    nothing_changed(home, before)
    assert_sound(home)


def test_a_read_only_desk(desk: Runner, make: Make, home: Path, tmp_path: Path) -> None:
    if os.geteuid():
        pytest.skip("needs root, to mount the desk read-only")
    ticket = make("Ανάγνωση")
    frozen = tmp_path / "frozen"
    frozen.mkdir()
    before = head(home)
    bare_of_index = tmp_path / "no-index"
    copy_desk(home, bare_of_index)
    shutil.rmtree(bare_of_index / ".git/desk")
    for source in (home, bare_of_index):
        with mounted("-o", "bind", str(source), str(frozen)):
            subprocess.run(["mount", "-o", "remount,bind,ro", str(frozen)], check=True)
            there = ("--desk", str(frozen))
            assert desk(*there, "ticket", "list", "-f", "ids").out.split() == [ticket]
            assert "Ανάγνωση" in desk(*there, "ticket", "show", ticket).out
            assert desk(*there, "search", "αναγνωση", "-f", "json").data
            found = desk(*there, *CREATE, code=9)
            assert "ead-only" in found.err
            assert "Traceback" not in found.err
    nothing_changed(home, before)


def test_an_index_with_a_live_log_on_a_read_only_desk(
    desk: Runner, make: Make, home: Path, tmp_path: Path, ticket: str
) -> None:
    """A killed writer leaves its last commits in the log alone; a reader that can't recover it must not miss them."""
    if os.geteuid():
        pytest.skip("needs root, to mount the desk read-only")
    from desk.git import place  # noqa: PLC0415
    from desk.index import keeper  # noqa: PLC0415

    frozen = tmp_path / "frozen"
    frozen.mkdir()
    held = keeper.Keeper(place.find(str(home), os.environ)).at(head(home))
    second = make()
    copy = tmp_path / "copy"
    copy_desk(home, copy)
    held.db.close()
    for name in (copy / ".git/desk").glob("*-shm"):
        name.unlink()
    with mounted("-o", "bind", str(copy), str(frozen)):
        subprocess.run(["mount", "-o", "remount,bind,ro", str(frozen)], check=True)
        assert set(desk("--desk", str(frozen), "ticket", "list", "-f", "ids").out.split()) == {ticket, second}


@pytest.fixture
def no_git(tmp_path: Path) -> str:
    """A PATH without git."""
    folder = tmp_path / "bin"
    folder.mkdir()
    return str(folder)


def test_without_git_lists_still_work(desk: Runner, home: Path, no_git: str, ticket: str) -> None:
    before = head(home)
    env = {"PATH": no_git, "DESK_AS": "maria"}
    assert desk("ticket", "list", "-f", "ids", env=env).out.split() == [ticket]
    assert ticket in desk("ticket", "show", ticket, env=env).out
    for command in (CREATE, ("ticket", "close", ticket)):
        found = desk(*command, env=env, code=9)
        assert "git is not installed" in found.err
    nothing_changed(home, before)


def test_without_git_after_a_crash_lists_still_work(desk: Runner, home: Path, no_git: str, ticket: str) -> None:
    before = head(home)
    (home / ".git/desk/journal").write_text(f'{{"base": "{before}", "paths": ["records/x"]}}')
    env = {"PATH": no_git, "DESK_AS": "maria"}
    assert desk("ticket", "list", "-f", "ids", env=env).out.split() == [ticket]
    assert desk("ticket", "list", "-f", "ids").out.split() == [ticket]
    assert_sound(home)


def test_git_that_is_too_old(desk: Runner, home: Path, tmp_path: Path, ticket: str) -> None:
    before = head(home)
    real = shutil.which("git")
    old = tmp_path / "old"
    old.mkdir()
    script = (
        f'#!/bin/sh\nfor a in "$@"; do [ "$a" = version ] && echo git version 2.20.1 && exit; done\nexec {real} "$@"\n'
    )
    (old / "git").write_text(script)
    (old / "git").chmod(0o755)
    env = {"PATH": f"{old}:{os.environ['PATH']}"}
    assert desk("ticket", "list", "-f", "ids", env=env).out.split() == [ticket]
    found = desk("ticket", "close", ticket, env=env, code=9)
    assert "2.20" in found.err
    assert "2.39" in found.err
    nothing_changed(home, before)
    desk("ticket", "close", ticket)
    assert_sound(home)


def test_a_detached_head(desk: Runner, home: Path, ticket: str) -> None:
    before = head(home)
    git(home, "checkout", "-q", "--detach")
    assert desk("ticket", "list", "-f", "ids").out.split() == [ticket]
    found = desk("ticket", "close", ticket, code=9)
    assert "detached" in found.err
    nothing_changed(home, before)


def test_an_operation_of_git_in_progress(desk: Runner, home: Path, ticket: str) -> None:
    [path] = home.glob(f"records/tickets/*/*/*/{ticket}.md")
    git(home, "checkout", "-q", "-b", "other")
    path.write_bytes(path.read_bytes().replace(b"A ticket", b"Theirs"))
    git(home, "commit", "-qam", "theirs")
    git(home, "checkout", "-q", "main")
    path.write_bytes(path.read_bytes().replace(b"A ticket", b"Ours"))
    git(home, "commit", "-qam", "ours")
    made = {ticket}
    for operation in ("revert", "merge", "cherry-pick", "rebase"):
        before = head(home)
        if operation == "revert":
            git(home, "revert", "-n", "HEAD")
        else:
            done = subprocess.run(["git", "-C", str(home), operation, "other"], capture_output=True, check=False)
            assert done.returncode, operation
        found = desk(*CREATE, code=None)
        assert found.code in (6, 9), operation
        assert operation.partition("-")[0] in found.err or "detached" in found.err
        assert "--abort" in found.err or "git switch" in found.err, operation
        # A rebase has the commits of the other branch checked out.
        assert set(desk("ticket", "list", "-f", "ids").out.split()) == ({ticket} if operation == "rebase" else made)
        git(home, operation, "--abort")
        assert head(home) == before, operation
        made.add(desk(*CREATE, "-f", "ids").out.strip())
        assert_nothing_left(home)
    assert_sound(home)


@pytest.mark.usefixtures("ticket")
def test_an_unborn_branch(desk: Runner, home: Path) -> None:
    git(home, "checkout", "-q", "--orphan", "fresh")
    for command in (("ticket", "list"), CREATE):
        found = desk(*command, code=9)
        assert "no commit yet" in found.err
    git(home, "checkout", "-q", "main")
    desk(*CREATE)
    assert_sound(home)


def test_another_branch_works(desk: Runner, make: Make, home: Path, ticket: str) -> None:
    before = head(home)
    for branch in ("feature/a.b", "κλάδος"):
        git(home, "checkout", "-q", "-b", branch)
        other = make("other")
        assert set(desk("ticket", "list", "-f", "ids").out.split()) == {ticket, other}
        assert_index_is_exact(home)
        git(home, "checkout", "-q", "main")
        assert head(home) == before, branch
        assert desk("ticket", "list", "-f", "ids").out.split() == [ticket]
    assert_sound(home)


def test_packed_refs_and_packed_objects(desk: Runner, make: Make, home: Path, ticket: str) -> None:
    git(home, "gc", "-q")
    second = make()
    git(home, "pack-refs", "--all")
    desk("ticket", "close", ticket)
    assert desk("ticket", "list", "-f", "ids").out.split() == [second]
    assert_sound(home)


def test_a_bare_repository(desk: Runner, home: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare.git"
    git(home, "clone", "-q", "--bare", ".", str(bare))
    assert desk("--desk", str(bare), "ticket", "list").err == "no tickets found\n"
    found = desk("--desk", str(bare), *CREATE, code=8)
    assert "bare" in found.err
    assert "git clone" in found.err


def test_a_linked_work_tree(desk: Runner, home: Path, tmp_path: Path, ticket: str) -> None:
    linked = tmp_path / "linked"
    git(home, "worktree", "add", "-q", "-b", "side", str(linked))
    there = ("--desk", str(linked))
    second = desk(*there, *CREATE, "-f", "ids").out.strip()
    assert set(desk(*there, "ticket", "list", "-f", "ids").out.split()) == {ticket, second}
    assert desk("ticket", "list", "-f", "ids").out.split() == [ticket]
    assert (home / ".git/worktrees/linked/desk/index.sqlite").exists()
    assert git(linked, "status", "--porcelain") == ""
    desk(*there, "ticket", "delete", second)
    assert git(linked, "status", "--porcelain") == ""
    assert_index_is_exact(home)
    git(home, "merge", "-q", "side")
    assert_sound(home)


def test_inside_a_hook_of_another_repository(desk: Runner, home: Path, tmp_path: Path, ticket: str) -> None:
    other = tmp_path / "other"
    git(tmp_path, "init", "-q", str(other))
    values = {
        "GIT_DIR": other / ".git",
        "GIT_WORK_TREE": other,
        "GIT_INDEX_FILE": other / ".git/index",
        "GIT_OBJECT_DIRECTORY": other / ".git/objects",
    }
    before = sorted(p for p in other.rglob("*"))
    made = {ticket}
    for names in ([*values][:1], [*values][:3], [*values][2:3], [*values][3:]):
        env = {name: str(values[name]) for name in names}
        made.add(desk(*CREATE, "-f", "ids", env=env).out.strip())
        assert set(desk("ticket", "list", "-f", "ids", env=env).out.split()) == made, names
        (home / ".git/desk/index.sqlite").unlink()
        assert set(desk("ticket", "list", "-f", "ids", env=env).out.split()) == made, names
        assert sorted(p for p in other.rglob("*")) == before, names
    assert_sound(home)


SETTINGS = (
    ("log.showSignature", "true"),
    ("i18n.logOutputEncoding", "ISO-8859-7"),
    ("core.quotePath", "true"),
    ("log.follow", "true"),
    ("diff.noprefix", "true"),
    ("color.ui", "always"),
    ("diff.renames", "copies"),
    ("core.fsmonitor", "false"),
    ("status.showUntrackedFiles", "all"),
    ("commit.gpgSign", "true"),
    ("core.splitIndex", "true"),
    ("fastimport.unpackLimit", "1"),
)


def test_settings_of_git_change_nothing(desk: Runner, make: Make, home: Path) -> None:
    with (home / ".git/config").open("a", encoding="utf-8") as config:
        for name, value in SETTINGS:
            section, _, key = name.partition(".")
            config.write(f"[{section}]\n{key} = {value}\n")
    ticket = make("Σφάλμα")
    desk("ticket", "close", ticket, "--reason", "Ελληνικά")
    (home / ".git/desk/index.sqlite").unlink()
    [*_, last] = desk("ticket", "history", ticket, "-f", "json").data
    assert last["reason"] == "Ελληνικά"
    assert_sound(home)


def test_what_is_staged_stays_staged(desk: Runner, make: Make, home: Path, ticket: str) -> None:
    (home / "desk.toml").write_bytes((home / "desk.toml").read_bytes() + b"# staged\n")
    (home / "notes.txt").write_text("new")
    git(home, "add", "desk.toml", "notes.txt")
    (home / "notes.txt").write_text("newer")
    (home / "untracked.txt").write_text("x")
    before = git(home, "status", "--porcelain")
    desk("ticket", "note", ticket, "--body", "x")
    desk("ticket", "delete", make("other"))
    assert git(home, "status", "--porcelain") == before
    assert git(home, "diff", "--cached", "--name-only").split() == ["desk.toml", "notes.txt"]
    assert "notes.txt" not in git(home, "log", "--name-only", "--format=", "-3")


def test_a_lock_that_is_held(desk: Runner, home: Path, ticket: str) -> None:
    before = head(home)
    text = (home / "desk.toml").read_text(encoding="utf-8")
    lines = [ln for ln in text.splitlines() if not ln.startswith("lock_timeout")]
    if "[write]" in lines:
        lines.insert(lines.index("[write]") + 1, "lock_timeout = 0")
    else:
        lines += ["[write]", "lock_timeout = 0"]
    (home / "desk.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    git(home, "commit", "-qam", "no patience")
    before = head(home)
    with (home / ".git/desk/lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        found = desk("ticket", "close", ticket, code=6)
        assert "another desk command" in found.err
        assert desk("ticket", "list", "-f", "ids").out.split() == [ticket]
    nothing_changed(home, before)
    desk("ticket", "close", ticket)
    assert_sound(home)


def test_a_commit_by_hand_in_between_is_built_upon(
    desk: Runner, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ticket: str
) -> None:
    """The branch moves after the plan was made: fast-import refuses, and the plan runs on the newer state."""
    from desk.git import write  # noqa: PLC0415

    original = write.fast_import
    moved: list[int] = []

    def meanwhile(*args: Any, **options: Any) -> list[str]:
        if not moved:
            moved.append(1)
            [path] = home.glob(f"records/tickets/*/*/*/{ticket}.md")
            path.write_bytes(path.read_bytes().replace(b"A ticket", b"By hand"))
            # git's own index is locked meanwhile, so this one has another.
            with monkeypatch.context() as patch:
                patch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
                git(home, "read-tree", "HEAD")
                git(home, "commit", "-qam", "by hand")
        return original(*args, **options)

    monkeypatch.setattr(write, "fast_import", meanwhile)
    desk("ticket", "note", ticket, "--body", "x")
    assert moved
    found = desk("ticket", "show", ticket, "-f", "json").data
    assert (found["title"], len(found["thread"])) == ("By hand", 1)
    assert_sound(home)


def test_interrupted_while_git_commits(desk: Runner, home: Path, monkeypatch: pytest.MonkeyPatch, ticket: str) -> None:
    """Ctrl-C between the commit and its report: the journal stays if the commit was made, and goes if not."""
    import subprocess as processes  # noqa: PLC0415

    original = processes.Popen.communicate

    def stop(self: Any, *args: Any, **options: Any) -> Any:
        if "fast-import" in self.args:
            self.stdin.write(args[0])
            self.stdin.flush()
            raise KeyboardInterrupt
        return original(self, *args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(processes.Popen, "communicate", stop)
        desk("ticket", "note", ticket, "--body", "x", code=1)
    assert len(desk("ticket", "show", ticket, "-f", "json").data["thread"]) == 1
    desk("ticket", "note", ticket, "--body", "y")
    assert_sound(home)


def test_something_in_the_way_of_a_file_is_found_before_the_commit(
    desk: Runner, home: Path, tmp_path: Path, ticket: str
) -> None:
    folder = next(home.glob(f"records/tickets/*/*/*/{ticket}.md")).with_suffix(".files")
    (tmp_path / "a.txt").write_text("a")

    def refused() -> None:
        before = head(home)
        desk("ticket", "note", ticket, "--body", "x", "--attach", str(tmp_path / "a.txt"), code=6)
        assert head(home) == before
        desk("ticket", "note", ticket, "--body", "x")

    folder.write_text("in the way")
    refused()
    folder.unlink()
    (folder / "a.txt").mkdir(parents=True)
    refused()


def test_symbolic_links_are_refused(desk: Runner, home: Path, tmp_path: Path, ticket: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    [path] = home.glob(f"records/tickets/*/*/*/{ticket}.md")
    (tmp_path / "secret").write_bytes(path.read_bytes())
    before = head(home)
    path.unlink()
    path.symlink_to(tmp_path / "secret")
    for command in (("ticket", "show", ticket), ("ticket", "close", ticket)):
        found = desk(*command, code=7)
        assert "symbolic link" in found.err
    desk("ticket", "list")
    assert head(home) == before
    git(home, "commit", "-qam", "a link")
    found = desk("ticket", "list")
    assert str(path.relative_to(home)) in found.err
    assert "symbolic link" in found.err
    path.unlink()
    git(home, "checkout", "-q", "HEAD~1", "--", str(path))
    git(home, "commit", "-qm", "back")
    folder = path.with_suffix(".files")
    folder.symlink_to(outside)
    (tmp_path / "a.txt").write_text("a")
    desk("ticket", "note", ticket, "--body", "x", "--attach", str(tmp_path / "a.txt"), code=7)
    assert list(outside.iterdir()) == []


def test_names_never_reach_the_file_system_as_given(desk: Runner, make: Make, home: Path, tmp_path: Path) -> None:
    names = [
        "-rf",
        "CON",
        "new\nline",
        "back\\slash",
        ".hidden",
        "git~1",
        'quo"te',
        "a:b",
        "[ab]*",
        "Ελληνικά 🙂.txt",
        "ends.",
    ]
    attach = []
    for name in names:
        (tmp_path / "in").mkdir(exist_ok=True)
        (tmp_path / "in" / name).write_text(name)
        attach += ["--attach", str(tmp_path / "in" / name)]
    ticket = make("names", *attach)
    [folder] = home.glob("records/tickets/*/*/*/*.files")
    found = sorted(p.name for p in folder.iterdir() if p.name != salt.FILE)
    assert len(found) == len(names)
    assert "[ab]_" in found
    assert "Ελληνικά 🙂.txt" in found
    assert not {"-rf", "CON", "new\nline", ".hidden", "git~1"} & set(found)
    assert_sound(home)
    desk("ticket", "delete", ticket)
    for wrong in ("../../x", "-rf", "CON", "a\nb", "..", "/etc/passwd", "260723-../"):
        for verb in ("show", "close"):
            assert desk("ticket", verb, "--", wrong, code=None).code in (2, 3)
        assert desk("ticket", "create", "--title", "t", "--tag", wrong, code=None).code in (2, 3)
        assert desk("ticket", "create", "--title", "t", "--department", wrong, code=None).code in (2, 3)
        assert desk("--as", wrong, *CREATE, code=None).code in (2, 3)
    assert_sound(home)


def test_a_reason_that_is_not_text(desk: Runner, home: Path, ticket: str) -> None:
    before = head(home)
    found = desk("ticket", "close", ticket, "--reason", "\udcff", code=2)
    assert "UTF-8" in found.err
    nothing_changed(home, before)


def test_founding_a_desk_inside_a_hook(program: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    git(tmp_path, "init", "-q", "other")
    env = {"GIT_DIR": str(tmp_path / "other/.git"), "GIT_WORK_TREE": str(tmp_path / "other"), "GIT_INDEX_FILE": "index"}
    before = sorted((tmp_path / "other").rglob("*"))
    program("init", "new", "--empty", env=env)
    for command in ("status", "doctor", "maintain"):
        program("--desk", "new", command, env=env)
    assert sorted((tmp_path / "other").rglob("*")) == before
    assert_sound(tmp_path / "new")


def test_a_repository_of_longer_object_names(program: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    git(tmp_path, "init", "-q", "--object-format=sha256", "-b", "trunk", "new")
    program("init", "new", "--empty")
    monkeypatch.chdir(tmp_path / "new")
    ticket = program("ticket", "create", "--title", "t", "-f", "ids").out.strip()
    program("ticket", "note", ticket, "--body", "x")
    assert len(program("ticket", "history", ticket, "-f", "json").data[0]["commit"]) == 64
    assert_sound(tmp_path / "new")
