"""What a commit message leaves out, and what the records give back of it: the event is the same as it would be told whole."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from desk.domain.changes import compare, discretion, generic, message
from desk.domain.changes.message import Happened
from desk.domain.model.article import Article
from desk.domain.model.change import Change, Edit, Event
from desk.domain.model.person import Staff
from desk.domain.model.ticket import Ticket

AT = datetime(2026, 7, 23, 6, 12, 44, tzinfo=UTC)
MARIA = Staff.new(id="maria", name="Maria", email="maria@ncpeh.example", level=3)
TICKET = Ticket.new(
    id="260723-7K3Q",
    title="No  summary for Anna",
    state="open",
    priority="low",
    department="technical",
    created="2026-07-23T06:12:44Z",
)
STEPS = TICKET.evolve(checklist=["[ ] call Malta", "[ ] call  Anna's ward"])
ARTICLE = Article.new(id="how", title="What Anna asked", topic="faq", type="faq", state="draft", language="en")
LONG = "word " * 40


def change(before: Ticket | Article | None, after: Ticket | Article | None, event: Event, summary: str = "") -> Change:
    return Change(event.verb, MARIA, AT, (Edit(before, after, (event,)),), summary=summary)


CASES: list[tuple[Change, str]] = [
    (change(None, TICKET, Event("create", None, "technical"), TICKET.title), "260723-7K3Q create: technical"),
    (
        change(TICKET, TICKET.evolve(title="Anna"), Event("edit", TICKET.title, "Anna"), "title"),
        "260723-7K3Q edit: title",
    ),
    (change(TICKET, TICKET.evolve(title=LONG[:200]), Event("edit", TICKET.title, LONG[:200])), "260723-7K3Q edit"),
    (change(TICKET, None, Event("delete", TICKET.title), TICKET.title), "260723-7K3Q delete"),
    (
        change(TICKET, TICKET.evolve(cause="Anna\nforgot"), Event("cause", None, "Anna …"), "Anna …"),
        "260723-7K3Q cause",
    ),
    (
        change(
            TICKET.evolve(workaround=LONG),
            TICKET.evolve(workaround="Ask Anna"),
            Event("workaround", compare.first_line(LONG), "Ask Anna"),
            "Ask Anna",
        ),
        "260723-7K3Q workaround",
    ),
    (
        change(TICKET, TICKET.evolve(fix="Anna", state="closed"), Event("resolve", None, "Anna"), "no incident"),
        "260723-7K3Q resolve: no incident",
    ),
    (
        change(
            STEPS,
            STEPS.evolve(checklist=[STEPS.checklist[0], "[x] call  Anna's ward"]),
            Event("check", None, "2 call  Anna's ward"),
            "2 call  Anna's ward",
        ),
        "260723-7K3Q check: 2",
    ),
    (change(STEPS, STEPS, Event("uncheck", "1 call Malta"), "1 call Malta"), "260723-7K3Q uncheck: 1"),
    (change(None, ARTICLE, Event("create", None, ARTICLE.title), ARTICLE.title), "article/how create"),
    (
        change(ARTICLE, ARTICLE.evolve(title="Anna"), Event("edit", ARTICLE.title, "Anna"), "Anna"),
        "article/how edit: title",
    ),
]


@pytest.mark.parametrize(("whole", "subject"), CASES, ids=[f"{c.verb}-{n}" for n, (c, _) in enumerate(CASES)])
def test_nothing_is_lost_but_to_the_message(whole: Change, subject: str) -> None:
    told = message.message(discretion.discreet(whole))
    assert told.splitlines()[0] == subject
    assert "Anna" not in told
    [edit] = whole.edits
    [event] = message.parse(told).events
    assert (discretion.filled(event, edit.before, edit.after),) == message.parse(message.message(whole)).events


@pytest.mark.parametrize(
    "event",
    [
        Event("create", None, "technical"),
        Event("assign", None, "petros"),
        Event("edit", None, "title body"),
        Event("close", "open", "closed (solved)"),
        Event("tag", None, "incident"),
    ],
)
def test_what_is_no_words_of_a_requester_is_told(event: Event) -> None:
    made = change(TICKET, TICKET, event, event.after or "")
    assert message.message(discretion.discreet(made)) == message.message(made)


def test_names_that_staff_give_to_the_organisation_are_told() -> None:
    made = generic.create(MARIA, by=MARIA, at=AT)
    assert discretion.discreet(made) == made


def test_a_name_of_an_attachment_is_not_told() -> None:
    made = change(TICKET, TICKET, Event("edit", None, "attachment anna.pdf"), "attachment anna.pdf")
    assert "anna" not in message.message(discretion.discreet(made))


@pytest.mark.parametrize(
    "event",
    [
        Happened("ticket", "260723-7K3Q", "edit", "Old", "New"),
        Happened("ticket", "260723-7K3Q", "delete", "No summary", None),
        Happened("ticket", "260723-7K3Q", "cause", None, "It expired …"),
        Happened("ticket", "260723-7K3Q", "check", None, "2 call Malta"),
        Happened("article", "how", "create", None, "How"),
    ],
)
def test_a_message_of_before_stays_what_it_is(event: Happened) -> None:
    assert not discretion.lacks(event)
    assert discretion.filled(event, STEPS, TICKET) == event


@pytest.mark.parametrize(
    ("verb", "values"), [("edit", (None, "title")), ("cause", (None, None)), ("check", (None, "9"))]
)
def test_what_is_not_there_is_not_made_up(verb: str, values: tuple[str | None, str | None]) -> None:
    """A record that was erased, or can't be read."""
    event = Happened("ticket", "260723-7K3Q", verb, *values)
    assert discretion.filled(event, None, None) == event
