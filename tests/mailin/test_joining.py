"""Which ticket a mail joins: every row of the table both ways, honest and forged, and that the audit is content with all of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

import pytest

from desk.actions.tickets import lifecycle, relations
from tests.mailin.conftest import DESK, Inbox, mail

ANNA, BOB, DORA, EVA = "anna@clinic.example", "bob@clinic.example", "dora@other.example", "eva@evil.example"


class People(NamedTuple):
    anna: str
    bob: str
    dora: str
    ticket: str


@pytest.fixture(scope="module")
def people(inbox: Inbox) -> Iterator[People]:
    """Anna's ticket, which Dora watches; Bob is of Anna's organisation."""
    anna = inbox.register("Anna", ANNA, organisation="Clinic")
    bob = inbox.register("Bob", BOB, organisation="Clinic")
    dora = inbox.register("Dora", DORA)
    done = inbox.take(
        mail(ANNA, "No summary", "Nothing comes.", "Cc: carl@clinic.example", own="<first@clinic.example>")
    )
    inbox.watch(done.ticket, dora)
    yield People(anna, bob, dora, done.ticket)
    assert inbox.faults() == []


pytestmark = pytest.mark.usefixtures("people")
FIRST = ("<first@clinic.example>",)


@pytest.mark.parametrize(
    ("sender", "answers", "subject", "to", "joins", "rule"),
    [
        # 1. a code of ours
        (ANNA, ("own:anna",), "Re: x", DESK, 1, "token"),
        ("ANNA@Clinic.example", ("own:anna",), "Re: x", DESK, 1, "token"),
        (ANNA, (), "Something else", "plus:anna", 1, "token"),
        (EVA, ("own:anna",), "Re: x", DESK, 1, "token"),  # whoever has the requester's copy is a new participant
        (EVA, ("own:nobody",), "Re: x", DESK, 0, ""),  # a code that isn't ours
        (EVA, ("forged",), "Re: x", DESK, 0, ""),
        (ANNA, ("own:anna",), "Fwd: x", DESK, 1, "token"),
        # 2. the mails that it answers
        (ANNA, FIRST, "Re: No summary", DESK, 1, "references"),
        (DORA, FIRST, "Re: No summary", DESK, 1, "references"),
        ("carl@clinic.example", FIRST, "Re: No summary", DESK, 1, "references"),
        (BOB, FIRST, "Re: No summary", DESK, 0, ""),  # organisations don't share their tickets here
        (EVA, FIRST, "Re: No summary", DESK, 0, ""),
        (ANNA, FIRST, "ΠΡΘ: No summary", DESK, 0, ""),
        # 4. the subject
        (ANNA, (), "Re: [TICKET] No summary", DESK, 1, "subject"),
        (ANNA, (), "about [ticket]", DESK, 1, "subject"),
        (EVA, (), "Re: [TICKET] No summary", DESK, 0, ""),
        (ANNA, (), "WG: [TICKET] No summary", DESK, 0, ""),
        (ANNA, (), "Re: [260101-ZZZZ] No summary", DESK, 0, ""),
        (ANNA, (), "No summary", DESK, 0, ""),  # never by the words of a subject alone
    ],
)
def test_which_ticket(
    inbox: Inbox, people: People, sender: str, answers: tuple[str, ...], subject: str, to: str, joins: int, rule: str
) -> None:
    codes = {
        "own:anna": inbox.code(people.ticket, ANNA),
        "own:nobody": inbox.code(people.ticket, "nobody@x.example"),
        "forged": f"<{people.ticket}.4f9a1c22.aaaaaaaaaaaaaaaa@ncpeh.example>",
    }
    raw = mail(
        sender,
        subject.replace("TICKET", people.ticket).replace("ticket", people.ticket.lower()),
        "It is as it was.",
        answers=tuple(codes.get(one, one) for one in answers),
        to=inbox.plus(people.ticket, ANNA) if to == "plus:anna" else to,
    )
    before, thread = inbox.tip(), len(inbox.ticket(people.ticket).thread)
    done = inbox.take(raw)
    assert done.state == "taken"
    said = inbox.head("%P %(trailers:key=Desk-Joined,valueonly)")
    assert (int(done.ticket == people.ticket), said) == (joins, f"{before} {rule}".strip())
    now = inbox.ticket(people.ticket)
    assert len(now.thread) == thread + joins
    if joins:
        assert now.thread[-1].meta["message-id"] == done.message_id
    elif (
        (answers or "[" in subject) and answers != ("forged",) and "ZZZZ" not in subject and "own:nobody" not in answers
    ):
        assert f"relates {people.ticket}" in inbox.ticket(done.ticket).links


def test_a_stranger_who_has_a_copy_is_marked(inbox: Inbox, people: People) -> None:
    done = inbox.take(mail("zoe@new.example", "Re: x", "Me, too.", answers=(inbox.code(people.ticket, ANNA),)))
    entry = inbox.ticket(done.ticket).thread[-1]
    assert entry.meta["copy-of"] == people.anna
    assert inbox.user(entry.by).email == "zoe@new.example"


def test_who_answers_what_went_to_staff_alone_is_held(inbox: Inbox, people: People) -> None:
    before = inbox.tip()
    code = inbox.code(people.ticket, "petros@ncpeh.example")
    for sender in (EVA, ANNA):
        done = inbox.take(mail(sender, "Re: x", "I have read your note.", answers=(code,)))
        assert done.state == "held"
        assert "went to staff alone" in done.reasons[-1]
    assert inbox.tip() == before


def test_colleagues_join_where_organisations_share(inbox: Inbox, people: People) -> None:
    inbox.set("users.share_organisation", "true")
    try:
        assert inbox.take(mail(BOB, "Re: x", "We wait.", answers=FIRST)).ticket == people.ticket
        assert inbox.take(mail(EVA, "Re: x", "So do I.", answers=FIRST)).ticket != people.ticket
    finally:
        inbox.set("users.share_organisation", "false")


def test_a_merged_ticket_leads_to_the_one_that_goes_on(inbox: Inbox) -> None:
    one = inbox.take(mail(ANNA, "One", "First.")).ticket
    two = inbox.take(mail(ANNA, "Two", "Second.")).ticket
    relations.merge(inbox.session(), [one], two)
    assert inbox.take(mail(ANNA, f"Re: [{one}]", "Third.")).ticket == two


def test_a_deleted_ticket_s_answers_open_a_new_one_and_its_own_mail_does_not_come_back(inbox: Inbox) -> None:
    first = mail(ANNA, "Gone", "Delete me.", own="<gone@clinic.example>")
    ticket = inbox.take(first).ticket
    lifecycle.delete(inbox.session(), [ticket])
    answer = inbox.take(mail(ANNA, "Re: Gone", "And?", answers=("<gone@clinic.example>",)))
    assert answer.state == "taken"
    assert answer.ticket != ticket
    assert inbox.take(first).state == "known"


def test_closed_ones_are_opened_again_within_some_days_and_later_related(inbox: Inbox) -> None:
    ticket = inbox.take(mail(ANNA, "Printer", "It is broken.")).ticket
    inbox.close(ticket)
    inbox.take(mail(ANNA, f"Re: [{ticket}] Printer", "It is broken again?"))
    assert inbox.ticket(ticket).state == "open"
    assert inbox.head("%s") == f"{ticket} reply"
    inbox.close(ticket)
    inbox.now += timedelta(days=15)
    late = inbox.take(mail(ANNA, f"Re: [{ticket}] Printer", "And again?"))
    assert late.ticket != ticket
    assert inbox.ticket(ticket).state == "closed"
    assert inbox.ticket(late.ticket).title == "Printer"
    assert inbox.ticket(late.ticket).links == (f"relates {ticket}",)


def test_thanks_open_nothing(inbox: Inbox) -> None:
    ticket = inbox.take(mail(ANNA, "Scanner", "It is broken.")).ticket
    inbox.close(ticket)
    inbox.take(mail(ANNA, f"Re: [{ticket}]", "Σας ευχαριστώ πολύ!\n\nΆννα\n"))
    found = inbox.ticket(ticket)
    assert found.state == "closed"
    assert (found.thread[-1].kind, found.thread[-1].by) == ("note", "desk")
    assert "ευχαριστώ" in found.thread[-1].text


def test_the_same_mail_is_taken_in_once_and_another_of_its_id_as_well(inbox: Inbox) -> None:
    raw = mail(ANNA, "Twice", "Once.", own="<twice@clinic.example>")
    first = inbox.take(raw)
    before = inbox.tip()
    other_way = b"Received: from elsewhere\r\nDelivered-To: legal@ncpeh.example\r\n" + raw
    assert [inbox.take(one).state for one in (raw, other_way)] == ["known", "known"]
    assert inbox.take(raw).ticket == first.ticket
    assert inbox.tip() == before
    other = inbox.take(mail(ANNA, "Twice", "Another text.", own="<twice@clinic.example>"))
    assert other.state == "taken"
    assert "same id" in other.reasons[-1]


def test_mails_without_an_id_are_told_apart_by_what_they_say(inbox: Inbox) -> None:
    raw = b"".join(
        line for line in mail(ANNA, "Nameless", "Hello.").splitlines(keepends=True) if not line.startswith(b"Message")
    )
    assert [inbox.take(one).state for one in (raw, raw, raw.replace(b"Hello", b"Hullo"))] == ["taken", "known", "taken"]


def test_another_desk_s_number_joins_its_own_tickets_and_nobody_else_s(inbox: Inbox) -> None:
    malta = inbox.register("Malta", "desk@malta.example", numbers="INC{n}")
    first = inbox.take(mail("desk@malta.example", "INC0042: no answer from Cyprus", "Please look."))
    assert inbox.ticket(first.ticket).numbers == ("INC0042",)
    again = inbox.take(mail("desk@malta.example", "Update on inc0042", "Still nothing."))
    assert (again.ticket, inbox.ticket(first.ticket).requester) == (first.ticket, malta)
    assert inbox.take(mail("desk@malta.example", "INC0043", "Another one.")).ticket != first.ticket
    assert inbox.take(mail(EVA, "INC0042", "Mine.")).ticket != first.ticket
    late = inbox.take(mail("desk@malta.example", f"Re: [{first.ticket}] here it is INC0077", "Renamed."))
    assert inbox.ticket(late.ticket).numbers == ("INC0042", "INC0077")
