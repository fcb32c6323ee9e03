"""Merges that `desk sync` makes are what their sides give: the audit works them out again, and takes nothing on trust."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.audit.forge import Forger
from tests.sync.conftest import Brought, Clone, acquainted

Towns = Callable[..., list[Clone]]


def found(clone: Clone, code: int = 0) -> list[tuple[str, str]]:
    """The faults of an audit, and what it remarks of merges; the fixture's people are made by hand, with clocks of their own."""
    data = clone("audit", "verify", "--full", "-f", "json", code=code).data
    told = [f for f in data["findings"] if f["level"] == "fault" or f["check"] == "history"]
    return [(f["level"], f["problem"]) for f in told]


def meeting(one: Clone, two: Clone) -> tuple[str, ...]:
    """The first one's last commit is a merge: of entries by both sides, and of an owner that one side has lost."""
    ticket, _ = acquainted(one, two)
    one("ticket", "reply", ticket, "--body", "from one")
    one("ticket", "assign", ticket, "--to", "maria")
    two("ticket", "note", ticket, "--body", "from two")
    two("ticket", "assign", ticket, "--to", "petros")
    two.sync()
    assert len(one.sync()["decided"]) == 1
    return (ticket,)


@pytest.fixture
def met(brought: Brought) -> tuple[Clone, str]:
    clone, _, (ticket,) = brought(meeting)
    return clone, ticket


def test_nothing_is_found_and_it_can_be_sealed(met: tuple[Clone, str]) -> None:
    clone, _ = met
    assert found(clone) == []
    clone("audit", "seal")
    clone.create()
    assert clone("audit", "verify", "-f", "json").data["faults"] == 0


def test_nothing_is_smuggled_into_a_merge(met: tuple[Clone, str]) -> None:
    clone, ticket = met
    forger = Forger(clone.home)
    path = clone.git("ls-files", f"*{ticket}.md")
    forger.ticket(ticket, "from two", "from nobody")
    clone.git("commit", "-q", "--amend", "-a", "--no-edit")
    faults = found(clone, 7)
    assert ("fault", f"the merge is not what its sides give: {path}") in faults
    assert any("of the thread was changed" in problem for _, problem in faults)  # and judged as a change by hand


def test_files_that_no_side_has(met: tuple[Clone, str]) -> None:
    clone, _ = met
    files = {"notes.txt": "x\n", "records/staff/mallory.yaml": "id: mallory\n"}
    for path, text in files.items():
        (clone.home / path).write_text(text, encoding="utf-8")
    clone.git("add", *files)
    clone.git("commit", "-q", "--amend", "--no-edit")
    assert ("fault", f"the merge is not what its sides give: {', '.join(files)}") in found(clone, 7)


def test_a_side_that_is_left_out(met: tuple[Clone, str]) -> None:
    clone, ticket = met
    path = clone.git("ls-files", f"*{ticket}.md")
    clone.git("checkout", "-q", "HEAD^1", "--", path)
    clone.git("commit", "-q", "--amend", "-a", "--no-edit")
    assert ("fault", f"the merge is not what its sides give: {path}") in found(clone, 7)


def test_a_decision_that_is_not_told(met: tuple[Clone, str]) -> None:
    clone, _ = met
    message = clone.git("log", "-1", "--format=%B")
    clone.git("commit", "-q", "--amend", "-m", message.replace("owner petros", "owner nobody"))
    problem = "the merge's message doesn't tell what was decided, or something else"
    assert found(clone, 7) == [("fault", problem)]


def test_how_a_file_is_called_is_not_told(towns: Towns) -> None:
    """A message names the folder of a ticket's attachments alone; those of before named the file, and are true."""
    one, two = towns(2)
    two.who = "maria"
    (one.home.parent / "Quaxley.bin").write_bytes(b"\0")
    ticket = one.create("A ticket", "--attach", str(one.home.parent / "Quaxley.bin"))
    one.sync()
    two.sync()
    for number, clone in enumerate((one, two)):
        path = clone.git("ls-files", f"*{ticket}.files/Quaxley.bin")
        (clone.home / path).write_bytes(b"\0" + bytes([number]))
        clone("commit")
        clone.sync()
    message = two.git("log", "-1", "--format=%B")
    assert "Quaxley" not in message
    assert f"Desk-Record: file/{path.rpartition('/')[0]}\n" in message
    assert found(two) == []
    two.git("commit", "-q", "--amend", "-m", message.replace(f"{ticket}.files", f"{ticket}.files/Quaxley.bin"))
    assert found(two) == []


def test_an_id_that_each_side_has_used(towns: Towns) -> None:
    """What went on one line of history was never there on the other; where they have met, it was."""
    one, two = towns(2)
    for clone in (one, two):
        clone.who = "maria"
        clone("department", "create", "fresh", "--name", f"Of {clone.home.name}")
    one("tag", "create", "malta")
    one("tag", "delete", "malta")
    two("tag", "create", "malta")
    one.sync()
    two.sync()
    one.sync()
    assert found(one) == []
    one("tag", "delete", "malta")
    assert "never used again" in one("tag", "create", "malta", code=5).err
    (one.home / "records/tags/malta.yaml").write_text("id: malta\nname: again\n", encoding="utf-8")
    one.git("add", ".")
    one.git("commit", "-q", "-m", "by hand")
    assert ("fault", "the id malta was used before, and ids are never reused") in found(one, 7)


def test_an_id_that_went_in_another_town(towns: Towns) -> None:
    """It went on the side that a merge brought in, and is used again after that."""
    one, two = towns(2)
    two.who = "maria"
    two("tag", "create", "malta")
    two("tag", "delete", "malta")
    two.sync()
    one.create()
    one.sync()
    (one.home / "records/tags/malta.yaml").write_text("id: malta\nname: again\n", encoding="utf-8")
    one.git("add", ".")
    one.git("commit", "-q", "-m", "by hand")
    assert ("fault", "the id malta was used before, and ids are never reused") in found(one, 7)
    one("index", "rebuild")
    assert "was used before" in one("guard", "check", "HEAD~1", "HEAD", code=7).out


def test_nothing_is_missed_before_its_time(towns: Towns) -> None:
    """A clock that is a year ahead dates a pause; who closes the ticket by one that is right notes no breach to come."""
    one, two = towns(2, (0, 527_000))
    ticket = one.create()
    one.sync()
    two.sync()
    two.who = "maria"
    two("ticket", "pending", ticket)
    two.sync()
    one.sync()
    one("ticket", "close", ticket)
    assert one.show(ticket)["sla"] == []
    assert found(one) == []


def test_a_thread_that_clocks_have_put_out_of_order(towns: Towns) -> None:
    """What is merged into such a ticket is put between its entries, which stay as they stand."""
    ahead, right = towns(2, (527_000, 0))
    ahead.who = right.who = "maria"
    one, two = ahead.create("One"), ahead.create("Two")
    ahead("ticket", "note", two, "--body", "ahead")
    ahead.sync()
    right.sync()
    right("ticket", "note", two, "--body", "right")
    right("ticket", "note", one, "--body", "of one")
    right("ticket", "merge", one, "--into", two)
    assert [entry["text"] for entry in right.show(two)["thread"]] == ["One", "of one", "ahead", "right"]
    assert found(right) == []


def test_what_it_became_while_it_was_closed_counts_from_when_it_opens(towns: Towns) -> None:
    """A closed ticket that is tagged a problem is promised what problems are; here, or by another clone."""
    one, two = towns(2)
    here, there = one.create(), one.create()
    for ticket in (here, there):
        one("ticket", "close", ticket)
    one("ticket", "tag", here, "problem")
    for town in (one, two):
        town.sync()
    two("ticket", "tag", there, "problem")
    for town in (two, one):
        town.sync()
    promised = one.show(there)["due"]
    for ticket in (here, there):
        one("ticket", "reopen", ticket)
        assert one.show(ticket)["due"] > "2026-08"
    assert found(one) == []
    path, new = one.git("ls-files", f"*{there}.md"), one.show(there)["due"]
    for due in (promised, "2026-12-01T15:00:00Z"):
        text = (one.home / path).read_text(encoding="utf-8")
        (one.home / path).write_text(text.replace(f"due: {new}", f"due: {due}"), encoding="utf-8")
        one.git("commit", "-q", "--amend", "-a", "--no-edit")
        assert any("not what follows by the service levels" in problem for _, problem in found(one, 7))
        one.git("reset", "-q", "--hard", "HEAD@{1}")
