"""One breath: what is done with a ticket as it is registered or answered, in the same commit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desk.domain.changes import truth
from desk.domain.changes.message import Happened
from desk.domain.model.ticket import Ticket
from tests.cli.conftest import MALTA, Acts, Refuses
from tests.conftest import Make, Runner

Events = Callable[[str], Any]
Shown = Callable[[str], Any]
CALL = ("ticket", "create", "--title", "Where do I sign up?", "--requester", MALTA)


def test_a_call_in_one_breath(acts: Acts, events: Events, desk: Runner) -> None:
    done = acts(*CALL, "--assign", "me", "--reply", "On the first page.", "--close", "--resolution", "workaround")
    ticket = done.data
    assert (ticket["owner"], ticket["state"], ticket["resolution"]) == ("maria", "closed", "workaround")
    assert [(e["kind"], e["by"], e["text"]) for e in ticket["thread"]] == [("reply", "maria", "On the first page.")]
    assert ticket["responded"] == ticket["closed"] == "2026-07-23T06:12:44Z"
    assert done.commit.subject == f"{ticket['id']} create: operation-services"
    assert done.commit.values("Desk-Also") == ["assign", "reply", "close"]
    assert events(ticket["id"]) == [
        ("create", None, "operation-services"),
        ("assign", None, "maria"),
        ("reply", None, None),
        ("close", "open", "closed (workaround)"),
    ]
    assert desk("audit", "verify").code == 0


def test_what_is_said_of_it(desk: Runner) -> None:
    said = desk(*CALL, "--assign", "me", "--reply", "On the first page.", "--close").out
    assert "registered in operation-services, assigned to maria, reply added, closed" in said


def test_the_requester_gets_the_answer_and_nobody_is_called_to_it(desk: Runner) -> None:
    """The receipt would say less than the answer; and what is done with is for no department to take up."""
    desk(*CALL, "--assign", "me", "--reply", "On the first page.", "--close")
    [mail] = desk("mail", "outbox", "-f", "json").data
    assert "On the first page." in desk("mail", "show", mail["id"]).out
    desk(*CALL)
    told = {row["to"] for row in desk("mail", "outbox", "-f", "json").data}
    assert "petros@ncpeh.example" not in told  # he doesn't serve it
    desk(*CALL, "--department", "technical")
    assert any("petros" in str(row["to"]) for row in desk("mail", "outbox", "-f", "json").data)


def test_it_waits(acts: Acts, make: Make, events: Events) -> None:
    ticket = acts(*CALL, "--pending", "requester", "--until", "3d").data
    assert (ticket["state"], ticket["pending_for"], ticket["pending_until"]) == ("pending", "requester", "2026-07-26")
    one = make("T", "--department", "technical")
    done = acts("ticket", "reply", one, "--body", "Soon.", "--until", "2w", "--assign", "petros")
    assert (done.data["owner"], done.data["state"], done.data["pending_until"]) == ("petros", "pending", "2026-08-06")
    assert done.commit.subject == f"{one} reply: pending until 2026-08-06"
    assert [verb for verb, *_ in events(one)] == ["create", "reply", "assign", "pending"]


def test_owned_already_is_what_was_asked_for(acts: Acts, make: Make, events: Events) -> None:
    one, other = make("T", "--assign", "me"), make()
    done = acts("ticket", "reply", one, other, "--body", "Done.", "--assign", "me", "--close")
    assert [t["owner"] for t in done.data] == ["maria", "maria"]
    assert [verb for verb, *_ in events(one)] == ["create", "assign", "reply", "close"]
    assert [verb for verb, *_ in events(other)] == ["create", "reply", "assign", "close"]


def test_every_rule_is_kept(refuses: Refuses) -> None:
    for code, words in (
        (2, ("--close", "--until", "3d")),
        (2, ("--close", "--pending", "requester")),
        (2, ("--resolution", "solved")),
        (2, ("--assign", "none")),
        (3, ("--assign", "nobody-here")),
        (5, ("--assign", "petros")),  # doesn't serve the department (rule 3)
        (2, ("--reply", " ")),
        (2, ("--until", "someday")),
        (2, ("--resolution", "duplicate", "--close")),  # nothing names the other one yet
    ):
        assert refuses(code, *CALL, *words)["hint"], words


def test_rules_of_a_reply(refuses: Refuses, make: Make) -> None:
    owned = make("T", "--department", "technical", "--assign", "petros")
    assert "already owned by petros" in refuses(5, "ticket", "reply", owned, "--body", "x", "--assign", "me")["message"]
    assert "no requester" in refuses(5, "ticket", "reply", owned, "--body", "x", "--pending", "requester")["message"]
    refuses(2, "ticket", "reply", owned, "--body", "x", "--close", "--stay")


def test_the_request_and_the_answer_are_not_both_on_stdin(refuses: Refuses, acts: Acts) -> None:
    refuses(2, *CALL, "--body", "-", "--reply", "-", stdin="x")
    assert acts(*CALL, "--reply", "-", stdin="From stdin.").data["thread"][0]["text"] == "From stdin."


@pytest.mark.usefixtures("responses")
def test_a_response_says_what_follows(acts: Acts, make: Make, desk: Runner, refuses: Refuses, home: Path) -> None:
    one = make("T", "--requester", MALTA)
    done = acts("ticket", "reply", one, "--response", "more-information")
    assert (done.data["state"], done.data["pending_for"]) == ("pending", "requester")
    assert done.commit.subject == f"{one} reply: pending for requester"
    two = make("T", "--requester", MALTA)
    assert acts("ticket", "reply", two, "--response", "more-information", "--stay").data["state"] == "open"
    assert acts("ticket", "reply", two, "--response", "more-information", "--close").data["state"] == "closed"
    # Nobody is known who could answer.
    assert acts("ticket", "reply", make("T"), "--response", "more-information").data["pending_for"] is None
    made = acts("response", "create", "done", "--title", "Done", "--body", "Done.", "--then", " Close  workaround ")
    assert made.data["then"] == "close workaround"
    assert acts("ticket", "reply", make("T"), "--response", "done").data["resolution"] == "workaround"
    assert acts("response", "edit", "done", "--then", "pending 2w").data["then"] == "pending 2w"
    assert acts("ticket", "reply", make("T"), "--response", "done").data["pending_until"] == "2026-08-06"
    assert acts("response", "edit", "done", "--then", "").data["then"] is None
    assert "close" in refuses(2, "response", "edit", "done", "--then", "delete")["message"]
    assert desk("response", "show", "more-information", "-f", "json").data[0]["then"] == "pending requester"
    path = home / "templates/responses/done.en.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("language: en\n", "language: en\nthen: explode\n"), encoding="utf-8")
    assert "explode" in desk("commit", code=7).err
    path.write_text(text, encoding="utf-8")


def test_it_is_taken_back_as_one(acts: Acts, make: Make, shown: Shown) -> None:
    one = make()
    acts("ticket", "reply", one, "--body", "Done.", "--assign", "me", "--close")
    acts("ticket", "undo", one)
    assert (shown(one)["state"], shown(one)["owner"], shown(one)["thread"]) == ("open", None, [])


def test_a_due_time_is_met_by_the_answer_given_at_once(acts: Acts) -> None:
    """The clock of the first reply never runs; that of the resolution stands still while it waits."""
    ticket = acts(*CALL, "--reply", "Soon.", "--pending", "requester").data
    assert ticket["respond_by"] is None
    assert ticket["paused"] == "2026-07-23T06:12:44Z"
    closed = acts(*CALL, "--close").data
    assert closed["due"] is None


def test_an_audit_sees_what_a_registration_only_claims() -> None:
    made = Ticket.new(
        id="260723-7K3Q", title="T", state="open", department="technical", priority="low", owner="petros",
        created="2026-07-23T06:12:44Z",
    )  # fmt: skip

    def untruths(*events: tuple[str, str | None, str | None]) -> list[str]:
        told = tuple(Happened("ticket", made.id, *event) for event in events)
        return list(truth.find_untruths(truth.case(told, None, made, {made.id: made})))

    create = ("create", None, "technical")
    assert untruths(create, ("assign", None, "petros")) == []
    assert untruths(create, ("assign", None, "maria")) == ["owner: the message says maria, it is petros"]
    assert untruths(create, ("assign", None, "petros"), ("close", "open", "closed"))[0].startswith("state: ")
    assert untruths(create, ("assign", None, "petros"), ("reply", None, None))[0].startswith("thread: ")
