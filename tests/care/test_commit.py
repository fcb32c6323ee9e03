from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from desk.domain.model.ticket import Ticket
from desk.git import write
from desk.git.place import at
from desk.index import drift
from desk.store import handedits
from desk.store.store import Store
from tests.care.editing import Git, Make, add_line, by_hand, commits, file_of, swap
from tests.conftest import Runner


def whole(home: Path) -> None:
    """The index that the commit was added to equals one built anew."""
    store = Store(at(str(home), os.environ))
    assert drift.differences(store.index, store.place, store.keeper.progress) == []


def refused(desk: Runner, git: Git, code: int, *words: str) -> str:
    """`desk commit` fails with this code and changes nothing at all."""
    before = git("status", "--porcelain=v2", "--branch")  # the commit, and what differs from it
    result = desk(*words, "commit", code=code)
    assert git("status", "--porcelain=v2", "--branch") == before
    return result.err


def test_nothing_to_commit(desk: Runner, git: Git) -> None:
    before = commits(git)
    assert "Nothing to commit" in desk("commit").out
    assert desk("commit", "-f", "json").data == {"commit": None, "records": [], "files": []}
    assert "Nothing to commit" in desk("commit", "records/departments/legal.yaml").out
    desk("commit", "records/no-such.yaml", code=3)
    assert commits(git) == before


def test_a_title_byte_for_byte(desk: Runner, ticket: str, home: Path, git: Git) -> None:
    path = file_of(home, ticket)
    swap(path, ("title: One", "title:   'Second'    # renamed by hand"))
    content = path.read_bytes()
    before = commits(git)
    data = desk("commit", "--reason", "clearer", "-f", "json").data
    assert data["commit"] == git("rev-parse", "HEAD").strip()
    assert data["records"][0]["events"] == [{"verb": "edit", "from": "One", "to": "Second"}]
    assert commits(git) == before + 1
    assert path.read_bytes() == content
    assert git("show", f"HEAD:{Ticket.path_of(ticket)}").encode() == content
    assert git("log", "-1", "--format=%an|%s") == f"Maria Georgiou|{ticket} edit: title\n"
    assert git("log", "-1", "--format=%b").splitlines() == [
        "clearer",
        "",
        "Desk-Verb: edit",
        "Desk-Actor: maria",
        f"Desk-Ticket: {ticket}",
        "Desk-To: title",
        "",
    ]
    assert git("status", "--porcelain") == ""
    assert desk("ticket", "show", ticket, "-f", "json").data["title"] == "Second"
    assert desk("ticket", "history", ticket, "-f", "json").data[-1]["reason"] == "clearer"
    whole(home)


def test_several_events_and_records_are_one_commit(desk: Runner, make: Make, ticket: str, home: Path, git: Git) -> None:
    one, two = ticket, make("Two")
    swap(file_of(home, one), ("title: One", "title: First"), ("state: open", "state: closed"))
    swap(file_of(home, two), ("priority: low", "priority: high"))
    result = desk("commit", "-m", "tidied")
    assert "closed without a time" in result.err
    assert git("log", "-1", "--format=%s") == f"{', '.join(sorted((one, two)))} commit\n"
    history = desk("ticket", "history", one, "-f", "json").data
    assert [e["verb"] for e in history[-2:]] == ["edit", "close"]
    assert [e["verb"] for e in desk("ticket", "history", two, "-f", "json").data][-1] == "classify"
    assert git("status", "--porcelain") == ""
    whole(home)


def test_the_same_verb_stands_in_the_subject(desk: Runner, make: Make, home: Path, git: Git) -> None:
    tickets = [make("One"), make("Two")]
    for ticket in tickets:
        add_line(file_of(home, ticket), "owner: petros")
    desk("commit")
    assert git("log", "-1", "--format=%s") == f"{', '.join(sorted(tickets))} assign: petros\n"
    assert desk("ticket", "show", tickets[0], "-f", "json").data["owner"] == "petros"


def test_layout_alone_is_an_edit_too(desk: Runner, ticket: str, home: Path, git: Git) -> None:
    swap(file_of(home, ticket), ("title: One", "title: 'One'"))
    desk("commit")
    assert git("log", "-1", "--format=%s") == f"{ticket} edit: layout\n"
    assert git("status", "--porcelain") == ""


def test_paths_choose(
    desk: Runner, make: Make, ticket: str, home: Path, git: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = ticket, make("Two")
    for path in (file_of(home, one), file_of(home, two)):
        swap(path, ("title: ", "title: New "))
    (home / "records/tags/malta.yaml").write_text("id: malta\n", encoding="utf-8")
    desk("commit", Ticket.path_of(one))
    assert sorted(git("status", "--porcelain").split()[1::2]) == sorted(
        [Ticket.path_of(two), "records/tags/malta.yaml"]
    )
    monkeypatch.chdir(home / "records")
    desk("commit", "tags")
    assert git("status", "--porcelain").split() == ["M", Ticket.path_of(two)]
    monkeypatch.chdir(file_of(home, two).parent)
    desk("commit", f"{two}.md")
    assert git("status", "--porcelain") == ""
    for outside in ("/etc/passwd", str(home / "README.md"), str(home / ".git/config"), ".." + "/.." * 9):
        desk("commit", outside, code=2)


def test_what_is_staged_elsewhere_stays_staged(desk: Runner, ticket: str, home: Path, git: Git) -> None:
    (home / "notes.txt").write_text("mine", encoding="utf-8")
    git("add", "notes.txt")
    swap(file_of(home, ticket), ("title: One", "title: First"))
    git("add", "records")
    desk("commit")
    assert git("status", "--porcelain") == "A  notes.txt\n"


def test_new_ticket_by_hand(desk: Runner, home: Path, git: Git) -> None:
    path = file_of(home, "260723-ABCD")
    text = "---\nid: 260723-ABCD\ntitle: By hand\nstate: open\npriority: low\ndepartment: technical\n"
    path.write_text(text + "created: 2026-07-23T06:10:00Z\nauthor: petros\n---\n\nHello\n", encoding="utf-8")
    assert "in the name of petros" in refused(desk, git, 5)
    swap(path, ("author: petros", "author: maria"))
    desk("commit")
    assert git("log", "-1", "--format=%s") == "260723-ABCD create: technical\n"
    assert "260723-ABCD" in desk("ticket", "list", "-f", "ids").out.split()
    whole(home)


def test_an_id_is_never_used_again(desk: Runner, ticket: str, home: Path, git: Git) -> None:
    content = file_of(home, ticket).read_bytes()
    desk("ticket", "delete", ticket)
    file_of(home, ticket).parent.mkdir(parents=True, exist_ok=True)
    file_of(home, ticket).write_bytes(content)
    assert "used before" in refused(desk, git, 5)


def test_deleting_by_hand(desk: Runner, ticket: str, home: Path, git: Git) -> None:
    file_of(home, ticket).unlink()
    assert "level 3" in refused(desk, git, 5, "--as", "petros")
    git("checkout", "--", "records")
    desk("ticket", "assign", ticket, "--to", "petros")
    file_of(home, ticket).unlink()
    assert "work in hand" in refused(desk, git, 5)
    git("checkout", "--", "records")
    desk("ticket", "unassign", ticket)
    file_of(home, ticket).unlink()
    desk("commit")
    assert git("log", "-1", "--format=%s") == f"{ticket} delete\n"
    assert git("status", "--porcelain") == ""
    desk("ticket", "show", ticket, code=3)
    whole(home)


BROKEN = [
    ("title: One", "title: 'One' x", 3),
    ("state: open", "state: opne", 4),
    ("state: open", "state: open\nowner: nobody", 5),
    ("state: open", "state: open\nrequester: u-00000", 5),
    ("state: open", "state: open\ntags: [nonsense]", 5),
    ("state: open", "state: open\nlinks: [relates 200101-AAAA]", 5),
    ("state: open", "state: open\nmerged_into: 200101-AAAA", 5),
    ("state: open", "state: open\nattachments: [not-there.pdf]", 5),
    ("priority: low", "priority: whatever", 5),
    ("department: technical", "department: space", 6),
    ("id: ", "id: 260101-AAAA #", 2),
    ("state: open\n", "", 1),
    ("---\n", "", 1),
]


@pytest.mark.parametrize("case", BROKEN, ids=str)
def test_what_is_not_valid_names_file_and_line(
    desk: Runner, make: Make, ticket: str, home: Path, git: Git, case: tuple[str, str, int]
) -> None:
    old, new, line = case
    good = make("Two")
    swap(file_of(home, ticket), (old, new))
    swap(file_of(home, good), ("title: Two", "title: Second"))
    assert f"{Ticket.path_of(ticket)}:{line}: " in refused(desk, git, 7)
    desk("commit", Ticket.path_of(good))
    assert git("status", "--porcelain").split() == ["M", Ticket.path_of(ticket)]


RULES = [
    ("state: open", "state: open\nowner: eleni", "doesn't serve technical"),
    ("state: open", "state: open\ntags: [incident, problem]", "at once"),
    ("created: 2026", "created: 2025", "created can't be changed"),
    ("author: maria", "author: petros", "author can't be changed"),
]


@pytest.mark.parametrize("case", RULES, ids=str)
def test_rules_hold_for_editors_too(
    desk: Runner, ticket: str, home: Path, git: Git, case: tuple[str, str, str]
) -> None:
    old, new, words = case
    swap(file_of(home, ticket), (old, new))
    assert words in refused(desk, git, 5)


def test_moving_from_under_the_owner(desk: Runner, ticket: str, home: Path, git: Git) -> None:
    desk("ticket", "assign", ticket, "--to", "petros")
    swap(file_of(home, ticket), ("department: technical", "department: legal"))
    assert "petros doesn't serve legal" in refused(desk, git, 5)
    swap(file_of(home, ticket), ("owner: petros\n", ""))
    desk("commit")
    assert [e["verb"] for e in desk("ticket", "history", ticket, "-f", "json").data][-2:] == ["move", "unassign"]


def test_an_older_fault_is_not_this_edits(desk: Runner, ticket: str, home: Path, git: Git) -> None:
    swap(file_of(home, ticket), ("state: open", "state: open\ntags: [vanished]"))
    by_hand(git)
    swap(file_of(home, ticket), ("title: One", "title: First"))
    desk("commit")
    assert git("status", "--porcelain") == ""


def test_own_departments_only(desk: Runner, ticket: str, home: Path, git: Git) -> None:
    swap(file_of(home, ticket), ("title: One", "title: First"))
    assert "may not commit" in refused(desk, git, 5, "--as", "eleni")
    swap(file_of(home, ticket), ("department: technical", "department: legal"))
    assert "may not commit" in refused(desk, git, 5, "--as", "petros")  # his before, not after
    swap(file_of(home, ticket), ("department: legal", "department: technical"))
    desk("--as", "petros", "commit")
    assert git("log", "-1", "--format=%an") == "Petros Ioannou\n"


def test_levels_by_kind(desk: Runner, home: Path, git: Git) -> None:
    article = next(p for p in sorted((home / "kb").rglob("*.md")))
    add_line(article, "note: x")
    assert "level 2" in refused(desk, git, 5, "--as", "petros")
    desk("--as", "eleni", "commit")
    template = next(p for p in sorted((home / "templates/mail").iterdir()))
    content = template.read_bytes() + b"\r\nmore \xff"
    template.write_bytes(content)
    assert "level 2" in refused(desk, git, 5, "--as", "petros")
    desk("--as", "eleni", "commit")
    assert git("log", "-1", "--format=%s") == f"commit: {template.relative_to(home)}\n"
    assert template.read_bytes() == content
    add_line(home / "records/departments/legal.yaml", "note: Law")
    assert "level 3" in refused(desk, git, 5, "--as", "eleni")
    desk("commit")
    assert git("status", "--porcelain") == ""


def test_settings(desk: Runner, home: Path, git: Git) -> None:
    path = home / "desk.toml"
    swap(path, ('name = "NCPeH Cyprus contact point"', 'nmae = "X"'))
    assert "did you mean desk.name" in refused(desk, git, 8)
    swap(path, ('nmae = "X"', 'name = "X"'), ("Asia/Nicosia", "Asia/Atlantis"))
    assert "Atlantis" in refused(desk, git, 8)
    swap(path, ("Asia/Atlantis", "Asia/Nicosia"))
    assert "level 3" in refused(desk, git, 5, "--as", "eleni")
    desk("commit")
    assert git("log", "-1", "--format=%s") == "commit: desk.toml\n"
    assert git("status", "--porcelain") == ""


def test_the_thread_is_not_rewritten(desk: Runner, ticket: str, home: Path, git: Git) -> None:
    desk("ticket", "reply", ticket, "--body", "First answer")
    desk("--as", "petros", "ticket", "note", ticket, "--body", "My note")
    path = file_of(home, ticket)
    swap(path, ("First answer", "Other answer"))
    assert "entry 1" in refused(desk, git, 5)
    swap(path, ("Other answer", "First answer"), ("My note", "Our note"))
    assert "entry 2" in refused(desk, git, 5)
    desk("--as", "petros", "commit")
    path.write_text(
        path.read_text(encoding="utf-8") + "\n## Reply by eleni, 2026-07-23T06:15:00Z\n\nHm\n", encoding="utf-8"
    )
    assert "in the name of eleni" in refused(desk, git, 5)
    swap(path, ("Reply by eleni", "Reply by maria"))
    desk("commit")
    assert git("log", "-1", "--format=%s") == f"{ticket} reply\n"
    head, _, _ = path.read_text(encoding="utf-8").partition("\n## Note")
    path.write_text(head, encoding="utf-8")
    assert "lost an entry" in refused(desk, git, 5)


def test_a_closed_ticket_takes_no_reply(desk: Runner, ticket: str, home: Path, git: Git) -> None:
    desk("ticket", "close", ticket)
    path = file_of(home, ticket)
    path.write_text(
        path.read_text(encoding="utf-8") + "\n## Reply by maria, 2026-07-23T06:15:00Z\n\nHm\n", encoding="utf-8"
    )
    assert "it is closed" in refused(desk, git, 5)


def test_attachments(desk: Runner, make: Make, home: Path, git: Git, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a", encoding="utf-8")
    ticket = make("One", "--department", "technical", "--attach", str(tmp_path / "a.txt"))
    folder = file_of(home, ticket).with_suffix(".files")
    (folder / "b.pdf").write_bytes(b"\0\1\2")
    assert "may not commit" in refused(desk, git, 5, "--as", "eleni")
    assert "doesn't name the attachment b.pdf" in desk("commit").err
    assert git("log", "-1", "--format=%s") == f"{ticket} edit: attachment\n"
    swap(file_of(home, ticket), ("attachments: [a.txt]", "attachments: [a.txt, b.pdf]"))
    assert desk("commit").err == ""
    (folder / "a.txt").unlink()
    assert "a.txt is named" in refused(desk, git, 7)
    swap(file_of(home, ticket), ("attachments: [a.txt, b.pdf]", "attachments: [b.pdf]"))
    desk("commit")
    assert git("status", "--porcelain") == ""
    stray = home / "records/tickets/2026/07/23/260723-0000.files"
    stray.mkdir(parents=True)
    (stray / "x").write_text("x", encoding="utf-8")
    assert "no such ticket" in refused(desk, git, 7)


def test_files_never_committed_by_mistake(desk: Runner, home: Path, git: Git) -> None:
    (home / "records/note.txt").write_text("x", encoding="utf-8")
    assert "records/note.txt:1: neither a record nor an attachment" in refused(desk, git, 7)
    (home / "records/note.txt").unlink()
    for name in ("records/tags/link.yaml", "kb/faq/link.md", "templates/mail/link.txt"):
        (home / name).symlink_to("/etc/passwd")
        assert "symbolic link" in refused(desk, git, 7)
        (home / name).unlink()
    (home / "records/more").symlink_to(home / "kb")
    assert "symbolic link" in refused(desk, git, 7)
    (home / "records/more").unlink()
    path = home / "records/tags/malta.yaml"
    path.write_text("id: malta\n", encoding="utf-8")
    path.chmod(0o755)
    assert "executable" in refused(desk, git, 7)
    path.chmod(0o644)
    (home / "records/tags/malta.yaml~").write_text("x", encoding="utf-8")
    desk("commit")
    assert git("status", "--porcelain").split() == ["??", "records/tags/malta.yaml~"]
    assert git("ls-tree", "HEAD", "records/tags/malta.yaml").startswith("100644")


def test_left_over_marks_of_a_merge(desk: Runner, make: Make, home: Path, git: Git) -> None:
    ticket = make("One", "--body", "A heading\n=======\n\nand text")
    path = file_of(home, ticket)
    swap(path, ("and text", "<<<<<<< HEAD\na\n=======\nb\n>>>>>>> other"))
    assert "a merge conflict was left" in refused(desk, git, 7)
    swap(path, ("<<<<<<< HEAD\na\n=======\nb\n>>>>>>> other", "more"))
    desk("commit")


STAFF: list[tuple[dict[str, Any], str]] = [
    ({"as": "maria", "file": "maria", "old": "level: 3", "new": "level: 2"}, "their own level"),
    (
        {"as": "maria", "file": "petros", "old": "petros@ncpeh.example", "new": "ELENI@ncpeh.example"},
        "belongs to eleni",
    ),
]


@pytest.mark.parametrize(("edit", "words"), STAFF)
def test_rules_of_staff(desk: Runner, home: Path, git: Git, edit: dict[str, Any], words: str) -> None:
    swap(home / f"records/staff/{edit['file']}.yaml", (edit["old"], edit["new"]))
    assert words in refused(desk, git, 5)


def test_the_last_of_level_3_stays(desk: Runner, home: Path, git: Git) -> None:
    (home / "records/staff/maria.yaml").unlink()
    assert "their own record" in refused(desk, git, 5)


def test_records_in_use_are_not_deleted(desk: Runner, make: Make, ticket: str, home: Path, git: Git) -> None:
    one, two = ticket, make("Two")
    desk("ticket", "link", one, two)
    desk("ticket", "assign", one, "--to", "petros")
    desk("ticket", "tag", one, "security")
    for path in ("staff/petros.yaml", "tags/security.yaml", "departments/technical.yaml"):
        (home / "records" / path).unlink()
        assert "still refer to it" in refused(desk, git, 5)
        git("checkout", "--", "records")
    file_of(home, two).unlink()
    assert "still refer to it" in refused(desk, git, 5)
    git("checkout", "--", "records")
    (home / "records/tags/incident.yaml").unlink()
    assert "decides the kind" in refused(desk, git, 5)


def test_one_default_department(desk: Runner, home: Path, git: Git) -> None:
    add_line(home / "records/departments/legal.yaml", "default: true")
    assert "exactly one department" in refused(desk, git, 5)


def test_a_broken_record_is_mended_by_hand(desk: Runner, ticket: str, home: Path, git: Git) -> None:
    swap(file_of(home, ticket), ("title: One", "title: [One"))
    by_hand(git)
    swap(file_of(home, ticket), ("title: [One", "title: One"))
    desk("commit")
    assert git("log", "-1", "--format=%s") == f"{ticket} edit: mended\n"
    whole(home)


def test_one_sided_links_are_said(desk: Runner, make: Make, ticket: str, home: Path) -> None:
    one, two = ticket, make("Two")
    add_line(file_of(home, one), f"links: [relates {two}]")
    assert "not the other way round" in desk("commit").err


def test_no_commit_in_the_middle_of_something(desk: Runner, ticket: str, home: Path, git: Git) -> None:
    swap(file_of(home, ticket), ("title: One", "title: First"))
    (home / ".git/CHERRY_PICK_HEAD").write_text(git("rev-parse", "HEAD"), encoding="utf-8")
    refused(desk, git, 6)
    (home / ".git/CHERRY_PICK_HEAD").unlink()
    git("switch", "-q", "--detach")
    refused(desk, git, 9)


def test_an_editor_that_saves_again_is_noticed(
    desk: Runner, ticket: str, home: Path, git: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = file_of(home, ticket)
    swap(path, ("title: One", "title: First"))
    scan = handedits.scan

    def late(*args: Any) -> handedits.Scan:
        found = scan(*args)
        path.write_text(path.read_text(encoding="utf-8") + "more\n", encoding="utf-8")
        return found

    monkeypatch.setattr(handedits, "scan", late)
    before = commits(git)
    assert "being changed right now" in desk("commit", code=6).err
    assert commits(git) == before
    assert path.read_text(encoding="utf-8").endswith("more\n")


def test_a_name_that_is_not_utf8(desk: Runner, home: Path, git: Git) -> None:
    Path(os.fsdecode(os.fsencode(home) + b"/records/tags/\xff.yaml")).write_text("id: x\n", encoding="utf-8")
    before = commits(git)
    assert "not UTF-8" in desk("commit", code=7).err
    assert commits(git) == before


def test_a_ticket_deleted_with_its_attachments(desk: Runner, make: Make, home: Path, git: Git, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a", encoding="utf-8")
    one, two = (make("One", "--department", "technical", "--attach", str(tmp_path / "a.txt")) for _ in range(2))
    file_of(home, one).unlink()
    assert "its attachments are not" in desk("commit").err
    assert "attachments of" in desk("doctor", code=7).out
    for ticket in (one, two):
        shutil.rmtree(file_of(home, ticket).with_suffix(".files"))
    file_of(home, two).unlink()
    desk("commit")
    assert git("log", "-1", "--format=%s").startswith("commit: records/tickets") or two in git(
        "log", "-1", "--format=%s"
    )
    assert git("status", "--porcelain") == ""
    assert "nothing found" in desk("doctor").out


def test_a_crash_after_the_commit_is_finished(
    desk: Runner, make: Make, ticket: str, home: Path, git: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = ticket, make("Two")
    swap(file_of(home, one), ("title: One", "title:  First"))
    file_of(home, two).unlink()
    content = file_of(home, one).read_bytes()

    def crash(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(write, "update_index", crash)
        desk("commit", code=1)
    assert (home / ".git/desk/journal").exists()
    assert desk("status", "-f", "json").data["clean"] is True
    assert git("status", "--porcelain") == ""
    assert file_of(home, one).read_bytes() == content
    whole(home)


def test_a_crash_before_the_commit_leaves_the_edit(
    desk: Runner, ticket: str, home: Path, git: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = file_of(home, ticket)
    swap(path, ("title: One", "title:  First"))
    content, before = path.read_bytes(), commits(git)

    def crash(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(write, "fast_import", crash)
        desk("commit", code=1)
    assert [e["change"] for e in desk("status", "-f", "json").data["hand_edits"]] == ["modified"]
    assert (path.read_bytes(), commits(git)) == (content, before)
    desk("commit")
    assert path.read_bytes() == content


def test_a_department_with_users_tickets_can_not_become_private(desk: Runner, make: Make, home: Path, git: Git) -> None:
    """Rule 4, by hand: also when an officer registered the ticket on the user's behalf."""
    make("x", "--department", "legal", "--requester", "a@b.example")
    path = home / "records/departments/legal.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "private: true\n", encoding="utf-8")
    assert "legal holds tickets of users (1)" in desk("commit", code=5).err
    assert git("status", "--porcelain") == " M records/departments/legal.yaml\n"
