"""transfer, link, unlink, merge, split."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.cli.conftest import MALTA, Acts, Git, Refuses
from tests.conftest import Make, Runner

Events = Callable[[str], Any]
Shown = Callable[[str], Any]


def test_transfer(acts: Acts, make: Make, shown: Shown, events: Events) -> None:
    incident = make(
        "T",
        "--tag",
        "incident",
        "--tag",
        "certificate",
        "--impact",
        "high",
        "--urgency",
        "high",
        "--body",
        "Text",
        "--requester",
        MALTA,
    )
    done = acts("ticket", "transfer", incident, "--title", "Root cause")
    problem = done.data
    assert (problem["kind"], problem["title"], problem["tags"], problem["body"]) == (
        "problem",
        "Root cause",
        ["certificate", "problem"],
        "Text",
    )
    assert [problem[n] for n in ("priority", "impact", "urgency", "department", "owner")] == [
        "high",
        "high",
        "high",
        "technical",
        None,
    ]
    assert problem["links"] == [f"causes {incident}"]
    assert shown(incident)["links"] == [f"caused-by {problem['id']}"]
    assert shown(incident)["kind"] == "incident"
    assert done.commit.subject == f"{incident} transfer: {problem['id']}"
    assert events(incident)[-1] == ("transfer", None, problem["id"])
    assert events(problem["id"]) == [("create", None, "technical")]


def test_a_ticket_transferred_becomes_an_incident(acts: Acts, refuses: Refuses, make: Make, shown: Shown) -> None:
    ticket = make("Fault")
    problem = acts("ticket", "transfer", ticket).data
    assert problem["title"] == "Fault"
    assert shown(ticket)["kind"] == "incident"
    refuses(5, "ticket", "transfer", problem["id"])
    acts("ticket", "close", ticket)
    refuses(5, "ticket", "transfer", ticket)


def test_transfer_of_several(acts: Acts, make: Make) -> None:
    done = acts("ticket", "transfer", make("One"), make("Two"))
    assert [t["title"] for t in done.data] == ["One", "Two"]
    assert len(set(done.commit.values("Desk-Ticket"))) == 4


def test_link(acts: Acts, refuses: Refuses, make: Make, shown: Shown, events: Events) -> None:
    one, two = make(), make()
    for relation, inverse in (
        ("relates", "relates"),
        ("duplicates", "duplicated-by"),
        ("caused-by", "causes"),
    ):
        done = acts("ticket", "link", one, two, "--as", relation)
        assert done.data["links"] == [f"{relation} {two}"], inverse
        assert shown(two)["links"] == [f"{inverse} {one}"], inverse
        assert done.commit.subject == f"{one} link: {relation} {two}", inverse
        assert events(two)[-1] == ("link", None, f"{inverse} {one}"), inverse
        refuses(5, "ticket", "link", one, two, "--as", relation)
        done = acts("ticket", "unlink", two, one)
        assert (shown(one)["links"], shown(two)["links"]) == ([], []), inverse
        assert events(one)[-1] == ("unlink", f"{relation} {two}", None), inverse
        refuses(5, "ticket", "unlink", one, two)


def test_link_refused(refuses: Refuses, make: Make) -> None:
    one, two, three = make(), make(), make("T", "--department", "legal")
    refuses(5, "ticket", "link", one, one)
    refuses(3, "ticket", "link", one, "ZZZZ")
    refuses(2, "ticket", "link", one, two, "--as", "loves")
    assert "one is expected" in refuses(2, "ticket", "link", one, f"{two},{three}")["message"]
    # It is written on both, so both must be the actor's to act on.
    refuses(5, "--as", "petros", "ticket", "link", one, three)


def test_several_are_linked_to_one(acts: Acts, make: Make, shown: Shown) -> None:
    one, two, cause = make(), make(), make()
    acts("ticket", "link", f"{one},{two}", cause, "--as", "caused-by")
    assert shown(cause)["links"] == sorted([f"causes {one}", f"causes {two}"])


def test_merge(acts: Acts, make: Make, desk: Runner, shown: Shown, events: Events, git: Git, tmp_path: Path) -> None:
    (tmp_path / "log.txt").write_text("one")
    one = make("One", "--body", "First text", "--attach", str(tmp_path / "log.txt"))
    acts("ticket", "note", one, "--body", "A note")
    (tmp_path / "log.txt").write_text("two")
    two = make("T", "--attach", str(tmp_path / "log.txt"))
    done = acts("ticket", "merge", one, "--into", two)
    assert done.commit.subject == f"{one} merge: into {two}"
    goal = shown(two)
    assert [(e["kind"], e["text"], e["from"]) for e in goal["thread"]] == [
        ("note", "One\n\nFirst text", one),
        ("note", "A note", one),
    ]
    [carried] = goal["thread"][0]["attachments"]
    assert carried != "log.txt"
    assert git("show", f"HEAD:records/tickets/2026/07/23/{two}.files/{carried}") == "one"
    assert events(one)[-2:] == [("merge", None, two), ("close", "open", "closed")]
    assert events(two)[-1] == ("merge", one, None)
    led = desk("ticket", "show", one, "-f", "json").json
    assert led["data"]["id"] == two
    assert led["warnings"] == [f"{one} was merged into {two}, which is shown"]
    assert len(desk("ticket", "show", one, two, "-f", "ids").out.split()) == 1
    assert acts("ticket", "note", one, "--body", "goes there").data["id"] == two
    assert done.data["merged_into"] == two


def test_merge_of_several(acts: Acts, make: Make, shown: Shown) -> None:
    one, two, goal = make(), make(), make()
    done = acts("ticket", "merge", one, two, "--into", goal)
    assert [t["state"] for t in done.data] == ["closed", "closed"]
    assert len(shown(goal)["thread"]) == 2


def test_merge_keeps_what_was_known(acts: Acts, make: Make, desk: Runner, shown: Shown, events: Events) -> None:
    """An incident stays one, and a problem's: under whatever id the work goes on."""
    desk("field", "create", "serial", "--on", "ticket", "--type", "text")
    cause = make("T", "--tag", "problem")
    one = make(
        "T", "--tag", "incident", "--impact", "high", "--urgency", "high", "--service", "epr", "--field", "serial=S1"
    )
    acts("ticket", "transfer", one, "--to", cause)
    other, two = make("T", "--department", "legal"), make()
    acts("ticket", "link", one, other)
    acts("ticket", "link", one, two, "--as", "duplicates")
    known = shown(one)
    done = acts("ticket", "merge", one, "--into", two)
    goal = shown(two)
    assert (goal["kind"], goal["impact"], goal["priority"]) == ("incident", "high", known["priority"])
    assert (goal["service"], goal["fields"]) == ("epr", {"serial": "S1"})
    assert goal["links"] == sorted([f"caused-by {cause}", f"relates {other}"])
    assert shown(other)["links"] == [f"relates {two}"]
    assert shown(cause)["links"] == [f"causes {two}"]
    assert desk("incident", "list", "-f", "ids").out.split() == [two]
    assert [row["id"] for row in desk("problem", "show", cause, "-f", "json").data["incidents"]] == [two]
    assert ("tag", None, "incident") in events(two)
    assert "left with" not in str(done.data)
    desk("audit", "verify")
    acts("ticket", "undo", two)
    assert [shown(i)["links"] for i in (two, other, cause)] == [
        [f"duplicated-by {one}"],
        [f"relates {one}"],
        [f"causes {one}"],
    ]


def test_merge_says_what_it_leaves(make: Make, desk: Runner, shown: Shown) -> None:
    one = make("T", "--service", "epr", "--priority", "high")
    two = make("T", "--service", "ps", "--impact", "low", "--urgency", "low")
    assert "service=epr" in desk("ticket", "merge", one, "--into", two).err
    assert (shown(two)["service"], shown(two)["priority"]) == ("ps", "high")


def test_merge_of_two_kinds_is_refused(refuses: Refuses, acts: Acts, make: Make) -> None:
    incident, problem, another = (
        make("T", "--tag", "incident"),
        make("T", "--tag", "problem"),
        make("T", "--tag", "problem"),
    )
    refuses(5, "ticket", "merge", incident, "--into", problem)
    refuses(5, "ticket", "merge", problem, "--into", incident)
    twin = make("T", "--tag", "incident")
    acts("ticket", "transfer", incident, "--to", problem)
    acts("ticket", "transfer", twin, "--to", another)
    refuses(5, "ticket", "merge", twin, "--into", incident)


def test_merge_refused(refuses: Refuses, acts: Acts, make: Make) -> None:
    one, two, legal = make(), make(), make("T", "--department", "legal")
    refuses(5, "ticket", "merge", one, "--into", one)
    refuses(3, "ticket", "merge", one, "--into", "ZZZZ")
    refuses(2, "ticket", "merge", one)
    refuses(5, "--as", "petros", "ticket", "merge", one, "--into", legal)
    acts("ticket", "merge", one, "--into", two)
    refuses(5, "ticket", "merge", one, "--into", two)


def test_split(acts: Acts, make: Make, shown: Shown, events: Events, git: Git, tmp_path: Path) -> None:
    (tmp_path / "log.txt").write_text("x")
    ticket = make("Old", "--body", "Body", "--tag", "incident")
    acts("ticket", "reply", ticket, "--body", "stays")
    acts("ticket", "reply", ticket, "--body", "goes", "--attach", str(tmp_path / "log.txt"))
    acts("ticket", "note", ticket, "--body", "goes too")
    done = acts("ticket", "split", ticket, "--at", "2", "--title", "Second fault")
    new = done.data
    assert (new["title"], new["body"], new["attachments"], new["tags"]) == (
        "Second fault",
        "goes",
        ["log.txt"],
        ["incident"],
    )
    assert [e["text"] for e in new["thread"]] == ["goes too"]
    assert [e["text"] for e in shown(ticket)["thread"]] == ["stays"]
    assert (new["links"], shown(ticket)["links"]) == ([f"relates {ticket}"], [f"relates {new['id']}"])
    assert done.commit.subject == f"{ticket} split: {new['id']}"
    assert events(ticket)[-1] == ("split", None, new["id"])
    assert "log.txt" in git("ls-tree", "-r", "--name-only", "HEAD", f"records/tickets/2026/07/23/{new['id']}.files/")
    assert git("ls-tree", "-r", "--name-only", "HEAD", f"records/tickets/2026/07/23/{ticket}.files/") == ""


def test_a_note_split_off_stays_private(acts: Acts, make: Make) -> None:
    ticket = make()
    acts("ticket", "note", ticket, "--body", "for staff only")
    new = acts("ticket", "split", ticket, "--at", "1").data
    assert new["body"] == ""
    assert [(e["kind"], e["text"]) for e in new["thread"]] == [("note", "for staff only")]


def test_split_refused(refuses: Refuses, make: Make) -> None:
    ticket = make()
    for number in ("0", "1", "-1", "9"):
        refuses(2, "ticket", "split", ticket, "--at", number)
    refuses(2, "ticket", "split", ticket)
    refuses(2, "ticket", "split", ticket, "--at", "first")


def test_what_people_read(desk: Runner, make: Make) -> None:
    one, two = make(), make()
    assert desk("ticket", "link", one, two).out == f"{one}  linked: relates {two}\n"
    assert desk("ticket", "unlink", one, two).out == f"{one}  no longer linked: relates {two}\n"
    assert desk("ticket", "merge", one, "--into", two).out == f"{one}  merged into {two}, closed\n"
