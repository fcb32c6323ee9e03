"""Where a desk is, what its HEAD is, and which names reach the disk."""

from __future__ import annotations

import os
import subprocess
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain.model import filenames
from desk.domain.model.filenames import DEVICES
from desk.errors import Broken, ConfigError, GitError, NotFound, UsageFault
from desk.git import place as git_place
from desk.git import refs
from desk.store import worktree
from tests.store.texts import MODERATE, texts

TRICKY = (
    "../../x",
    "..\\..\\x",
    "-rf",
    "--",
    "CON",
    "con.txt",
    "NUL.tar.gz",
    "a\nb",
    ".git",
    ".bashrc",
    "",
    ".",
    "..",
    "/",
    "a/",
    " ",
    "a.",
    "x" * 300,
)
MORE = (
    "git~1",
    "GIT~1",
    "\u202efdp.exe",
    "é" * 200 + ".pdf",
    "a:b",
    'a"b',
    "a\0b",
    "\udcff",
    "COM1.log",
    "lpt9",
    "a." + "b" * 100,
)
names = st.one_of(st.sampled_from(TRICKY + MORE), texts, st.text(max_size=300))


@MODERATE
@given(st.lists(names, min_size=1, max_size=5))
def test_attachment_names_fit_every_system(given_names: list[str]) -> None:
    taken: set[str] = set()
    for name in given_names:
        safe = filenames.attachment_name(name, taken)
        assert 0 < len(safe.encode()) <= 255
        assert not set(safe) & set('/\\<>:"|?*')
        assert not any(unicodedata.category(c)[0] == "C" for c in safe)
        assert safe[0] not in "-. "
        assert safe[-1] not in ". "
        assert safe.partition(".")[0].strip().lower() not in DEVICES
        assert safe.lower() != "git~1"
        assert safe.casefold() not in {t.casefold() for t in taken}
        assert unicodedata.normalize("NFC", safe) == safe
        taken.add(safe)


@pytest.mark.parametrize("name", ["report.pdf", "Αναφορά του Ιουλίου.docx", "a-b_c (2).tar.gz", "notes.txt~"])
def test_an_ordinary_name_is_kept(name: str) -> None:
    assert filenames.attachment_name(name, set()) == name


def test_the_second_of_a_name_gets_a_number() -> None:
    assert filenames.attachment_name("Log.txt", {"log.TXT"}) == "Log-2.txt"
    assert filenames.attachment_name("log.txt", {"log.txt", "LOG-2.txt"}) == "log-3.txt"


def run(*args: str, cwd: Path) -> str:
    return subprocess.run(["git", *args], cwd=cwd, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    """A repository with a desk.toml and one commit."""
    top = tmp_path / "repo"
    run("init", "-q", str(top), cwd=tmp_path)
    (top / "desk.toml").write_text("")
    run("add", ".", cwd=top)
    run("commit", "-q", "-m", "one", cwd=top)
    return top


def test_a_desk_is_found_from_below(repo: Path) -> None:
    below = repo / "records" / "tags"
    below.mkdir(parents=True)
    for start in (below, repo):
        found = git_place.find(str(start), os.environ)
        assert (found.root, found.gitdir, found.common) == (str(repo), str(repo / ".git"), str(repo / ".git"))
    assert git_place.find(str(repo / ".git"), os.environ).root == str(repo)


def test_where_there_is_no_desk(tmp_path: Path, repo: Path) -> None:
    with pytest.raises(ConfigError, match="not in a desk"):
        git_place.find(str(tmp_path), os.environ)
    with pytest.raises(NotFound):
        git_place.find(str(tmp_path / "nowhere"), os.environ)
    bare = tmp_path / "bare.git"
    run("clone", "-q", "--bare", str(repo), str(bare), cwd=tmp_path)
    found = git_place.find(str(bare / "refs"), os.environ)
    assert (found.root, found.bare) == (str(bare), True)
    with pytest.raises(ConfigError, match="no files to work on"):
        git_place.require_work_tree(found)
    lonely = tmp_path / "lonely"
    lonely.mkdir()
    (lonely / "desk.toml").write_text("")
    with pytest.raises(ConfigError, match="not the top"):
        git_place.find(str(lonely), os.environ)
    (lonely / ".git").write_text("gitdir: /nowhere/at/all\n")
    with pytest.raises(GitError, match="not there"):
        git_place.find(str(lonely), os.environ)


def test_a_linked_work_tree_has_its_own_git_directory(repo: Path) -> None:
    run("worktree", "add", "-q", "-b", "other", str(repo.parent / "linked"), cwd=repo)
    place = git_place.find(str(repo.parent / "linked"), os.environ)
    assert place.gitdir == str(repo / ".git/worktrees/linked")
    assert place.common == str(repo / ".git")
    assert refs.read_head(place) == refs.Head("refs/heads/other", run("rev-parse", "HEAD", cwd=repo))


def test_head_from_loose_and_packed_refs(repo: Path) -> None:
    place = git_place.find(str(repo), os.environ)
    oid = run("rev-parse", "HEAD", cwd=repo)
    assert refs.read_head(place) == refs.Head("refs/heads/main", oid)
    run("branch", "main-2", cwd=repo)
    run("branch", "x/main", cwd=repo)
    run("pack-refs", "--all", cwd=repo)
    assert not (repo / ".git/refs/heads/main").exists()
    assert refs.read_head(place) == refs.Head("refs/heads/main", oid)
    run("commit", "-q", "--allow-empty", "-m", "two", cwd=repo)
    assert refs.read_head(place) == refs.Head("refs/heads/main", run("rev-parse", "HEAD", cwd=repo))
    run("checkout", "-q", "x/main", cwd=repo)
    assert refs.read_head(place) == refs.Head("refs/heads/x/main", oid)


def test_head_detached_unborn_and_symbolic(repo: Path) -> None:
    place = git_place.find(str(repo), os.environ)
    oid = run("rev-parse", "HEAD", cwd=repo)
    run("checkout", "-q", "--detach", cwd=repo)
    assert refs.read_head(place) == refs.Head(None, oid)
    run("checkout", "-q", "--orphan", "fresh", cwd=repo)
    assert refs.read_head(place) == refs.Head("refs/heads/fresh", None)
    run("symbolic-ref", "refs/heads/alias", "refs/heads/main", cwd=repo)
    run("symbolic-ref", "HEAD", "refs/heads/alias", cwd=repo)
    assert refs.read_head(place) is None
    assert refs.ask_head(place) == refs.Head("refs/heads/main", oid)


def test_a_git_directory_without_head(repo: Path) -> None:
    place = git_place.find(str(repo), os.environ)
    (repo / ".git/HEAD").unlink()
    with pytest.raises(GitError, match="no HEAD"):
        refs.read_head(place)


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "records/../../x", ".git/config", "records/.git/x"])
def test_a_path_out_of_the_desk_is_refused(repo: Path, path: str) -> None:
    place = git_place.find(str(repo), os.environ)
    with pytest.raises(UsageFault):
        worktree.read(place, path)
    with pytest.raises(UsageFault):
        worktree.write(place, path, b"")
    with pytest.raises(UsageFault):
        worktree.remove(place, path)


def test_a_symbolic_link_on_the_way_is_refused(repo: Path) -> None:
    place = git_place.find(str(repo), os.environ)
    outside = repo.parent / "outside"
    outside.mkdir()
    (repo / "records").symlink_to(outside)
    with pytest.raises(Broken, match="symbolic link"):
        worktree.read(place, "records/x")
    with pytest.raises(Broken, match="symbolic link"):
        worktree.write(place, "records/x", b"")
    assert list(outside.iterdir()) == []


def test_a_file_is_replaced_whole_and_leaves_nothing_beside(repo: Path) -> None:
    place = git_place.find(str(repo), os.environ)
    worktree.write(place, "records/a/b/c.yaml", b"one")
    worktree.write(place, "records/a/b/c.yaml", b"two")
    assert worktree.read(place, "records/a/b/c.yaml") == b"two"
    assert os.listdir(repo / "records/a/b") == ["c.yaml"]
    assert os.listdir(place.own("tmp")) == []
    worktree.remove(place, "records/a/b/c.yaml")
    worktree.remove(place, "records/a/b/c.yaml")
    assert not (repo / "records/a").exists()
    assert worktree.read(place, "records/a/b/c.yaml") is None
