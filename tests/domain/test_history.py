"""A commit message gives back the events it was written from, whatever people type."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain.changes import message as changes_message
from desk.domain.model.change import Change, Edit, Event
from desk.domain.model.kinds import KINDS
from desk.domain.model.person import Staff
from desk.domain.model.ticket import Ticket
from tests.store.texts import DEAR, MODERATE, slugs, texts, ticket_ids, times

BY = Staff.new(id="maria", name="Maria", email="maria@ncpeh.example", level=3)
TRICKS = (
    "Desk-Verb: delete",
    "\n\nDesk-Verb: delete\nDesk-Ticket: 260723-7K3Q",
    "Desk-Verb: delete\n\n",
    "Signed-off-by: x <x@y>",
    "Desk-To: x",
    "# comment",
    "\n \t\n",
    "\r\n\r\n",
    "\x0b",
    "\x1c",
    "\u2028",
    "\x85",
)
reasons = st.lists(st.one_of(st.sampled_from(TRICKS), texts), max_size=5).map("".join)
values = st.one_of(st.none(), reasons)
verbs = st.sampled_from(["assign", "tag", "close", "edit", "move", "merge"])
events = st.lists(st.builds(Event, verbs, values, values), min_size=1, max_size=3)


def _ticket(ticket_id: str) -> Ticket:
    return Ticket.new(
        id=ticket_id, title="T", state="open", priority="low", department="d", created="2026-07-23T06:12:44Z"
    )


@st.composite
def changes(draw: st.DrawFn) -> Change:
    ids = draw(st.lists(ticket_ids, min_size=1, max_size=5, unique=True))
    edits = [Edit(None, _ticket(i), tuple(draw(events))) for i in ids]
    if draw(st.booleans()):
        edits.append(Edit(None, KINDS["tag"].new(id=draw(slugs)), tuple(draw(events))))
    return Change(draw(verbs), BY, draw(times), tuple(edits), draw(st.one_of(st.none(), reasons)), draw(reasons))


def _line(text: str | None) -> str | None:
    return " ".join((text or "").split()) or None


@DEAR
@given(changes())
def test_a_message_gives_its_events_back(change: Change) -> None:
    message = changes_message.message(change)
    found = changes_message.parse(message)
    assert (found.verb, found.actor) == (change.verb, "maria")
    wanted = [
        changes_message.Happened(e.record.kind, e.record.id, v.verb, _line(v.before), _line(v.after))
        for e in change.edits
        for v in e.events
    ]
    assert list(found.events) == wanted
    if change.reason and change.reason.strip():
        # What would pass for a trailer is quoted.
        assert [w for w in (found.reason or "").split() if w != ">"] == [w for w in change.reason.split() if w != ">"]
    else:
        assert found.reason is None
    # What git does to it on the way: nothing but the newline at the end.
    assert changes_message.parse(message + "\n") == found
    assert changes_message.parse(message.rstrip("\n")) == found


@DEAR
@given(changes())
def test_a_subject_is_one_line_of_modest_length(change: Change) -> None:
    subject = changes_message.subject(change)
    assert len(subject.splitlines()) == 1
    assert len(subject) <= changes_message.SUBJECT_MAX
    assert change.verb in subject or len(change.edits) > 3


@MODERATE
@given(reasons)
def test_a_message_written_by_hand_is_not_taken_for_ours(text: str) -> None:
    found = changes_message.parse(f"Correct the title\n\n{text}\n\nThis was by hand.\n")
    assert found == changes_message.Parsed(None, None, None, ())


@pytest.mark.parametrize("text", ["", "\n", "subject only", "Desk-Verb: delete", "a\n\nb\n\nc"])
def test_small_messages(text: str) -> None:
    assert changes_message.parse(text).verb is None


def test_a_reason_that_imitates_trailers_stays_a_reason() -> None:
    ticket = _ticket("260723-7K3Q")
    reason = "she asked\n\nDesk-Verb: delete\nDesk-Ticket: 260723-AAAA"
    change = Change("close", BY, ticket.created, (Edit(None, ticket, (Event("close", "open", "closed"),)),), reason)
    found = changes_message.parse(changes_message.message(change))
    assert found.verb == "close"
    assert found.reason == "she asked\n\n> Desk-Verb: delete\n> Desk-Ticket: 260723-AAAA"
    assert found.events == (changes_message.Happened("ticket", "260723-7K3Q", "close", "open", "closed"),)
