"""Who may write, and as whom: every row of the table, honest and forged."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from desk.actions import requesters
from tests.mailin.conftest import DESK, Inbox, mail

pytestmark = pytest.mark.usefixtures("people")
ANNA, PETROS, ELENI = "anna@clinic.example", "petros@ncpeh.example", "eleni@ncpeh.example"
PASSED = "Authentication-Results: mx.ncpeh.example; dmarc=pass header.from=ncpeh.example"
FAILED = "Authentication-Results: mx.ncpeh.example; dmarc=fail header.from={}"


class People(NamedTuple):
    anna: str
    ticket: str


@pytest.fixture(scope="module")
def people(inbox: Inbox) -> Iterator[People]:
    inbox.settle(
        'authserv = ["mx.ncpeh.example"]',
        'departments = {"legal@ncpeh.example" = "legal", "nobody@ncpeh.example" = "nowhere"}',
    )
    anna = inbox.register("Anna", ANNA)
    yield People(anna, inbox.open("No summary", anna))
    assert inbox.faults() == []


def test_a_known_requester_is_that_requester(inbox: Inbox, people: People) -> None:
    done = inbox.take(mail(f"Somebody Else <{ANNA.upper()}>", "New", "Text."))
    ticket = inbox.ticket(done.ticket)
    assert (ticket.author, ticket.requester, ticket.channel) == (people.anna, people.anna, "email")
    assert inbox.head("%an %ae %ce") == f"{people.anna} {people.anna}@users.desk.invalid maria@ncpeh.example"
    assert inbox.user(people.anna).name == "Anna"


def test_somebody_new_becomes_a_requester_who_is_not_registered(inbox: Inbox) -> None:
    done = inbox.take(mail("=?utf-8?b?zobOvc69zrE=?= <new@pharmacy.example>", "Καλημέρα", "Δεν βλέπω τη συνταγή."))
    ticket = inbox.ticket(done.ticket)
    user = inbox.user(ticket.requester)
    assert (user.name, user.email, user.registered, user.language) == ("Άννα", "new@pharmacy.example", False, "el")
    assert ticket.language == "el"
    again = inbox.take(mail("new@pharmacy.example", "Again", "Text."))
    assert inbox.ticket(again.ticket).requester == user.id
    message = inbox.head("%B")
    assert "pharmacy" not in message
    assert "Again" not in message


@pytest.mark.parametrize("case", ["banned", "disabled"])
def test_the_banned_and_the_disabled_are_rejected_and_not_answered(inbox: Inbox, case: str) -> None:
    user = inbox.register(case, f"{case}@x.example")
    if case == "banned":
        requesters.ban(inbox.session(), f"{case}@x.example")
    else:
        requesters.edit(inbox.session(), [user], {"disabled": True})
    ticket = inbox.take(mail(ANNA, "Mine", "Text.")).ticket
    before = inbox.tip()
    for raw in (
        mail(f"{case}@x.example", "Let me in", "Please."),
        mail(f"{case}@x.example", "Re", "Please.", answers=(inbox.code(ticket, f"{case}@x.example"),)),
    ):
        done = inbox.take(raw)
        assert (done.state, case in done.reasons[-1]) == ("rejected", True)
    assert inbox.tip() == before


def test_a_banned_address_without_an_account_is_rejected(inbox: Inbox) -> None:
    requesters.ban(inbox.session(), "spam@y.example")
    assert inbox.take(mail("SPAM@y.example", "Buy", "now")).state == "rejected"


def test_staff_who_answer_their_own_copy_write_a_note(inbox: Inbox, people: People) -> None:
    done = inbox.take(mail(PETROS, "Re: x", "Malta looks into it.", answers=(inbox.code(people.ticket, PETROS),)))
    entry = inbox.ticket(people.ticket).thread[-1]
    assert (done.ticket, entry.kind, entry.by) == (people.ticket, "note", "petros")
    assert inbox.head("%ae") == PETROS


def test_staff_have_the_rights_that_they_have(inbox: Inbox, people: People) -> None:
    done = inbox.take(mail(ELENI, "Re: x", "Not mine.", answers=(inbox.code(people.ticket, ELENI),)))
    assert done.state == "held"
    assert "eleni may not note" in done.reasons[-1]


@pytest.mark.parametrize(
    ("setting", "own", "header", "kind"),
    [
        ("reply", 1, PASSED, "reply"),
        ("reply", 1, "X-Nothing: x", "note"),  # nobody vouches for the sender
        ("reply", 0, PASSED, "note"),  # a subject proves nothing
        ("note", 1, PASSED, "note"),
    ],
)
def test_a_public_reply_takes_a_code_and_proof(
    inbox: Inbox, people: People, setting: str, own: int, header: str, kind: str
) -> None:
    inbox.set("mail.staff", setting) if inbox.session().config["mail.staff"] != setting else None
    answers = (inbox.code(people.ticket, PETROS),) if own else ()
    inbox.take(mail(PETROS, f"Re: [{people.ticket}]", "Here it is.", header, answers=answers))
    assert inbox.ticket(people.ticket).thread[-1].kind == kind


def test_staff_by_mail_can_be_turned_off(inbox: Inbox, people: People) -> None:
    inbox.set("mail.staff", "off")
    done = inbox.take(mail(PETROS, f"Re: [{people.ticket}]", "Here it is."))
    assert done.state == "rejected"
    inbox.set("mail.staff", "note")


@pytest.mark.parametrize("who", [PETROS, "desk@malta.example"])
def test_forged_staff_and_forged_desks_are_held(inbox: Inbox, people: People, who: str) -> None:
    if who != PETROS:
        inbox.register("Malta", who, numbers="INC{n}")
    header = FAILED.format(who.partition("@")[2])
    done = inbox.take(
        mail(who, f"Re: [{people.ticket}]", "Close it.", header, answers=(inbox.code(people.ticket, who),))
    )
    assert (done.state, "looks forged" in done.reasons[-1]) == ("held", True)


def test_a_forged_requester_s_answer_says_so(inbox: Inbox, people: People) -> None:
    header = FAILED.format("clinic.example")
    inbox.take(mail(ANNA, "Re", "It is mended.", header, answers=(inbox.code(people.ticket, ANNA),)))
    assert inbox.ticket(people.ticket).thread[-1].meta["auth"] == "fail"


FORWARDED = """Please take this one.

---------- Forwarded message ----------
From: Dr Andreou <andreou@hospital.example>
Date: Thu, 23 Jul 2026 08:00
Subject: No summary from Malta
To: petros@ncpeh.example

The patient is here.
"""


def test_staff_pass_on_what_reached_them(inbox: Inbox) -> None:
    done = inbox.take(mail(PETROS, "Fwd: No summary from Malta", FORWARDED))
    ticket = inbox.ticket(done.ticket)
    user = inbox.user(ticket.requester)
    assert (user.email, user.name, user.registered) == ("andreou@hospital.example", "Dr Andreou", False)
    assert (ticket.author, ticket.title, ticket.body) == ("petros", "No summary from Malta", "The patient is here.")
    assert [(e.kind, e.by, e.text) for e in ticket.thread] == [("note", "petros", "Please take this one.")]


def test_a_mail_attached_counts_too(inbox: Inbox) -> None:
    inner = "From: Rita <rita@hospital.example>\nSubject: Inner\n\nThe inner text.\n"
    body = f"--b\n\nSee below.\n--b\nContent-Type: message/rfc822\n\n{inner}\n--b--\n"
    done = inbox.take(
        mail(PETROS, "something", body, "MIME-Version: 1.0", 'Content-Type: multipart/mixed; boundary="b"')
    )
    ticket = inbox.ticket(done.ticket)
    assert (ticket.title, ticket.body, ticket.thread[0].text) == ("Inner", "The inner text.", "See below.")
    assert inbox.user(ticket.requester).email == "rita@hospital.example"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Please take this one.", "without a line that says who wrote it"),
        (FORWARDED.replace("andreou@hospital.example", "gone@z.example"), "banned or disabled"),
        (FORWARDED.replace("andreou@hospital.example", "eleni@ncpeh.example"), "without a line that says who wrote it"),
    ],
)
def test_what_names_nobody_names_nobody(inbox: Inbox, text: str, why: str) -> None:
    if "gone@z" in text:
        requesters.ban(inbox.session(), "gone@z.example")
    done = inbox.take(mail(PETROS, "Fwd: x", text))
    ticket = inbox.ticket(done.ticket)
    assert ticket.requester is None
    assert why in ticket.thread[0].text


def test_staff_who_write_to_the_desk_open_a_ticket_of_their_own(inbox: Inbox) -> None:
    ticket = inbox.ticket(inbox.take(mail(ELENI, "A question", "When?")).ticket)
    assert (ticket.author, ticket.requester) == ("eleni", None)


@pytest.mark.parametrize(
    "raw",
    [
        mail(DESK, "x", "y"),
        mail(ANNA, "x", "y", f"X-Desk-Loop: {DESK}"),
        mail(
            "list@x.example", "x", "y", "Precedence: list", own="<260723-7K3Q.4f9a1c22.aaaaaaaaaaaaaaaa@ncpeh.example>"
        ),
    ],
)
def test_our_own_mail_that_comes_back_is_dropped(inbox: Inbox, raw: bytes) -> None:
    before = inbox.tip()
    assert inbox.take(raw).state == "dropped"
    assert inbox.tip() == before


def test_a_mail_of_nobody_is_not_lost(inbox: Inbox) -> None:
    done = inbox.take(mail(None, "Help", "Nobody knows who I am."))
    ticket = inbox.ticket(done.ticket)
    assert (ticket.author, ticket.requester, ticket.title) == (None, None, "Help")


@pytest.mark.parametrize(
    ("accept", "known", "stranger"),
    [
        ("registered", ANNA, "else@clinic.example"),
        ("known-domains", "else@clinic.example", "else@elsewhere.example"),
    ],
)
def test_whose_mail_is_accepted(inbox: Inbox, accept: str, known: str, stranger: str) -> None:
    inbox.set("mail.accept", accept)
    try:
        assert inbox.take(mail(stranger, "Hello", "Text.")).state == "rejected"
        assert inbox.take(mail(known, "Hello", "Text.")).state == "taken"
    finally:
        inbox.set("mail.accept", "all")


def test_a_flood_is_held(inbox: Inbox) -> None:
    inbox.set("mail.max_new_per_hour", "3")
    inbox.register("Loop", "loop@x.example")
    states = [inbox.take(mail("loop@x.example", f"Alarm {n}", "Text.")).state for n in range(4)]
    assert states == ["taken", "taken", "taken", "held"]
    inbox.set("mail.max_new_per_hour", "30")


@pytest.mark.parametrize(
    ("to", "department"),
    [
        ("legal@ncpeh.example", "legal"),
        ("Legal@NCPEH.example, servicedesk@ncpeh.example", "legal"),
        ("servicedesk@ncpeh.example", "operation-services"),
        ("nobody@ncpeh.example", "operation-services"),
    ],
)
def test_the_department_by_the_address(inbox: Inbox, to: str, department: str) -> None:
    assert inbox.ticket(inbox.take(mail(ANNA, "To whom", "Text.", to=to)).ticket).department == department


def test_no_machine_but_a_named_one_takes_mail_in(inbox: Inbox) -> None:
    """The audit faults what claims to have come by mail and was committed elsewhere."""
    before = inbox.tip()
    other = {**inbox.environ, "GIT_COMMITTER_EMAIL": "petros@ncpeh.example"}
    forged = Inbox(Path(inbox.folder), other, inbox.reader)
    forged.now = inbox.now
    forged.take(mail(ANNA, "By whom", "Text."))
    [fault] = inbox.faults(before)
    assert fault == "mails: claims to have come by mail, but petros@ncpeh.example may not take mail in"
    inbox.undo()
