from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from desk.domain.model.ticket import Ticket
from tests.care.editing import Git, Make, by_hand, file_of, swap
from tests.conftest import Runner


def status(desk: Runner) -> Any:
    found = desk("status", "-f", "json").json
    assert found["kind"] == "status"
    return found["data"]


def test_a_desk_without_edits_is_clean(desk: Runner, git: Git) -> None:
    data = status(desk)
    assert data["clean"] is True
    assert (data["branch"], data["commit"]) == ("main", git("rev-parse", "HEAD").strip())
    assert data["hand_edits"] == data["staged"] == data["drafts"] == data["recovered"] == []
    assert (data["index"], data["broken"], data["operation"]) == ("up to date", 0, None)
    assert desk("status").out == f"On main at {data['commit'][:7]}: clean\n"


def test_hand_edits_are_told_in_words(desk: Runner, make: Make, ticket: str, home: Path) -> None:
    one, two = ticket, make("Two")
    swap(file_of(home, one), ("title: One", "title: First"), ("state: open", "state: pending"))
    file_of(home, two).unlink()
    (home / "records/tags/malta.yaml").write_text("id: malta\n", encoding="utf-8")
    data = status(desk)
    assert data["clean"] is False
    found = {e["id"]: e for e in data["hand_edits"]}
    assert [found[k]["change"] for k in (one, two, "malta")] == ["modified", "deleted", "new"]
    assert found[one]["path"] == Ticket.path_of(one)
    assert found[one]["valid"] is True
    assert found[one]["problem"] is None
    assert found[one]["events"] == [
        {"verb": "edit", "from": "One", "to": "First"},
        {"verb": "pending", "from": "open", "to": "pending"},
    ]
    assert [e["verb"] for e in found[two]["events"]] == ["delete"]
    out = desk("status").out
    assert "First" in out
    assert "desk commit" in out


def test_an_invalid_edit_says_where_and_why(desk: Runner, ticket: str, home: Path) -> None:
    swap(file_of(home, ticket), ("state: open", "state: open\nowner: nobody-known"))
    (home / "records/departments/legal.yaml").write_text("id: legal\nname: [\n", encoding="utf-8")
    found = {e["id"]: e for e in status(desk)["hand_edits"]}
    assert (found[ticket]["valid"], found[ticket]["line"]) == (False, 5)
    assert "nobody-known" in found[ticket]["problem"]
    assert (found["legal"]["valid"], found["legal"]["events"]) == (False, [])
    out = desk("status").out
    assert f"{Ticket.path_of(ticket)}:5: owner: there is no staff nobody-known" in out
    assert "Mend" in out


def test_what_is_staged_or_reverted(desk: Runner, home: Path, git: Git) -> None:
    path = home / "records/departments/legal.yaml"
    was = path.read_text(encoding="utf-8")
    path.write_text(was + "description: x\n", encoding="utf-8")
    git("add", "records")
    path.write_text(was, encoding="utf-8")
    data = status(desk)
    assert data["hand_edits"] == []
    assert data["staged"] == ["records/departments/legal.yaml"]
    assert "Staged in git: records/departments/legal.yaml" in desk("status").out


def test_operations_and_detached_head(desk: Runner, home: Path, git: Git) -> None:
    (home / ".git/MERGE_HEAD").write_text(git("rev-parse", "HEAD"), encoding="utf-8")
    assert status(desk)["operation"] == "a merge"
    assert "A merge is in progress" in desk("status").out
    (home / ".git/MERGE_HEAD").unlink()
    git("switch", "-q", "--detach")
    data = status(desk)
    assert (data["branch"], data["detached"], data["clean"]) == (None, True, False)
    assert "git switch" in desk("status").out


@pytest.mark.parametrize(("content", "state"), [(None, "missing"), (b"junk" * 1000, "damaged")])
def test_index_state(desk: Runner, home: Path, content: bytes | None, state: str) -> None:
    path = home / ".git/desk/index.sqlite"
    for name in (path, *path.parent.glob("index.sqlite-*")):
        name.unlink()
    if content is not None:
        path.write_bytes(content)
    assert status(desk)["index"] == state
    assert status(desk)["index"] == "up to date"


def test_index_behind_and_broken_records(desk: Runner, home: Path, git: Git) -> None:
    (home / "records/departments/legal.yaml").write_text("id: [\n", encoding="utf-8")
    by_hand(git)
    data = status(desk)
    assert (data["index"], data["broken"], data["clean"]) == ("behind", 1, False)
    assert "1 committed record can't be read: desk doctor" in desk("status").out


def test_an_interrupted_write_is_finished_and_said(desk: Runner, ticket: str, home: Path, git: Git) -> None:
    path = file_of(home, ticket)
    base = git("rev-parse", "HEAD~1").strip()
    path.unlink()
    journal = {"base": base, "paths": [Ticket.path_of(ticket)]}
    (home / ".git/desk/journal").write_text(json.dumps(journal), encoding="utf-8")
    data = status(desk)
    assert data["recovered"] == [Ticket.path_of(ticket)]
    assert data["hand_edits"] == []
    assert path.exists()


def test_drafts(desk: Runner, home: Path) -> None:
    folder = home / ".git/desk/drafts"
    folder.mkdir(parents=True)
    (folder / "reply-x.md").write_text("hello", encoding="utf-8")
    assert [d["name"] for d in status(desk)["drafts"]] == ["reply-x"]
    assert f"Drafts: {folder}/reply-x.md" in desk("status").out


def test_a_broken_desk_toml_is_told(desk: Runner, home: Path) -> None:
    (home / "desk.toml").write_text("[desk\n", encoding="utf-8")
    data = status(desk)
    assert "desk.toml" in data["settings"]
    assert [(e["path"], e["valid"]) for e in data["hand_edits"]] == [("desk.toml", False)]
    (home / "desk.toml").write_bytes(b"\xff\xfe")
    assert "UTF-8" in desk("status").out


def test_strange_files(desk: Runner, home: Path) -> None:
    (home / "records/tags/link.yaml").symlink_to("/etc/passwd")
    (home / "records/note.txt").write_text("x", encoding="utf-8")
    (home / "records/tags/.x.yaml.swp").write_text("x", encoding="utf-8")
    Path(os.fsdecode(os.fsencode(home) + b"/records/tags/\xff.yaml")).write_text("id: x\n", encoding="utf-8")
    found = {e["path"]: e["problem"] for e in status(desk)["hand_edits"]}
    assert "symbolic link" in found["records/tags/link.yaml"]
    assert "neither" in found["records/note.txt"]
    assert "UTF-8" in found["records/tags/\ufffd.yaml"]
    assert len(found) == 3
    desk("status")


def test_without_a_commit(desk: Runner, git: Git) -> None:
    git("checkout", "-q", "--orphan", "other")
    data = status(desk)
    assert (data["branch"], data["commit"]) == ("other", None)
    assert {e["change"] for e in data["hand_edits"]} == {"new"}
    assert "without a commit yet" in desk("status").out


@pytest.mark.parametrize(
    ("broken", "line", "said"),
    [
        (lambda text: "\ufeff" + text, 1, "byte order mark"),
        (lambda text: text.replace("\n", "\r\n"), 1, "lines end as on Windows"),
        (lambda text: text.replace("title: ", "title: Fax #4 ", 1), 3, "what follows the # is not read"),
    ],
)
def test_files_of_other_editors_are_named_for_what_they_are(
    desk: Runner, home: Path, broken: Callable[[str], str], line: int, said: str
) -> None:
    path = home / "kb/faq/which-countries.md"
    path.write_bytes(broken(path.read_text(encoding="utf-8")).encode())
    [edit] = desk("status", "-f", "json").data["hand_edits"]
    assert (edit["valid"], edit["line"]) == (False, line)
    assert said in edit["problem"]
    assert desk("commit", code=7).out == ""


def test_an_index_that_somebody_else_reads_is_not_behind(desk: Runner, home: Path) -> None:
    """Meanwhile what was written last stands in a log beside the file."""
    path = (home / ".git/desk/index.sqlite").resolve()
    with closing(sqlite3.connect(path)) as reader:
        reader.execute("SELECT * FROM meta").fetchall()
        desk("ticket", "create", "--title", "New", "--department", "technical")
        assert path.with_name(f"{path.name}-wal").stat().st_size
        assert status(desk)["index"] == "up to date"
