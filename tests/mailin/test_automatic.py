"""What programs write: noted where it belongs, opening and stopping nothing; bounces proved before they are believed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from desk.actions.mail import fetching
from desk.actions.mail.taking import Arriving
from desk.actions.tickets import lifecycle
from tests.mailin.conftest import DESK, Inbox, mail

ANNA = "anna@clinic.example"


class Asked(NamedTuple):
    anna: str
    ticket: str


pytestmark = pytest.mark.usefixtures("asked")


@pytest.fixture(scope="module")
def asked(inbox: Inbox) -> Iterator[Asked]:
    anna = inbox.register("Anna", ANNA)
    yield Asked(anna, inbox.open("No summary", anna))
    assert inbox.faults() == []


def bounce(
    inbox: Inbox, ticket: str, to: str, *, action: str = "failed", status: str = "5.1.1", code: str | None = None
) -> bytes:
    """A report as a mail server writes it (RFC 3464), with the head of what came back."""
    returned = code or inbox.code(ticket, to)
    body = (
        f"--b\nContent-Type: text/plain\n\nIt could not be delivered.\n"
        f"--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.x.example\n\n"
        f"Final-Recipient: rfc822; {to}\nAction: {action}\nStatus: {status}\nDiagnostic-Code: smtp; 550 {status} no such user\n"
        f"--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: {returned}\nSubject: x\n--b--\n"
    )
    report = 'Content-Type: multipart/report; report-type=delivery-status; boundary="b"'
    return mail("MAILER-DAEMON@mx.x.example", "Undelivered", body, "Return-Path: <>", report)


def test_a_message_that_came_back_is_noted_and_its_recipient_marked(inbox: Inbox, asked: Asked) -> None:
    done = inbox.take(bounce(inbox, asked.ticket, ANNA))
    entry = inbox.ticket(asked.ticket).thread[-1]
    assert (done.ticket, entry.kind, entry.by) == (asked.ticket, "note", "desk")
    assert "5.1.1" in entry.text
    assert inbox.user(asked.anna).undeliverable == "2026-07-23 5.1.1"
    assert inbox.head("%(trailers:key=Desk-Automatic,valueonly)") == "bounce"


def test_it_may_be_told_by_the_address_that_it_comes_back_to(inbox: Inbox, asked: Asked) -> None:
    raw = bounce(inbox, asked.ticket, ANNA, code="<lost@x.example>")
    to = f"Delivered-To: {inbox.plus(asked.ticket, ANNA, bounces=True)}\r\n".encode()
    assert inbox.take(to + raw).ticket == asked.ticket


@pytest.mark.parametrize("case", ["forged code", "somebody else's", "for now", "nothing of ours"])
def test_what_is_not_proved_marks_nobody(inbox: Inbox, asked: Asked, case: str) -> None:
    bob = inbox.register("Bob", f"{case[:2]}{len(case)}@clinic.example")
    email = str(inbox.user(bob).email)
    raw = {
        "forged code": lambda: bounce(
            inbox, asked.ticket, email, code=f"<{asked.ticket}.4f9a1c22.{'a' * 16}@ncpeh.example>"
        ),
        "somebody else's": lambda: bounce(inbox, asked.ticket, email, code=inbox.code(asked.ticket, ANNA)),
        "for now": lambda: bounce(inbox, asked.ticket, email, action="delayed", status="4.2.2"),
        "nothing of ours": lambda: bounce(inbox, asked.ticket, email, code="<x@y.example>"),
    }[case]()
    before = inbox.tip()
    assert inbox.take(raw).state == "dropped"
    assert inbox.tip() == before
    assert inbox.user(bob).undeliverable is None


def test_an_address_of_staff_that_bounces_is_noted_alone(inbox: Inbox, asked: Asked) -> None:
    inbox.take(bounce(inbox, asked.ticket, "petros@ncpeh.example"))
    assert "petros@ncpeh.example" in inbox.ticket(asked.ticket).thread[-1].text


@pytest.mark.parametrize("header", ["Auto-Submitted: auto-replied", "X-Autoreply: yes"])
def test_out_of_office_opens_nothing_and_is_no_answer(inbox: Inbox, asked: Asked, header: str) -> None:
    ticket = inbox.open("Closed", asked.anna)
    inbox.close(ticket)
    done = inbox.take(mail(ANNA, "Automatic reply", "I am away.", header, answers=(inbox.code(ticket, ANNA),)))
    found = inbox.ticket(done.ticket)
    assert (done.ticket, found.state) == (ticket, "closed")
    entry = found.thread[-1]
    assert (entry.kind, entry.by, entry.meta["auto"]) == ("note", "desk", "reply")


def test_out_of_office_that_belongs_nowhere_is_held(inbox: Inbox) -> None:
    done = inbox.take(mail("new@x.example", "Automatic reply: x", "I am away.", "Auto-Submitted: auto-replied"))
    assert (done.state, done.commit) == ("held", "")


def test_printers_may_open_tickets_and_are_marked(inbox: Inbox) -> None:
    done = inbox.take(mail("printer@clinic.example", "Toner low", "Now.", "Auto-Submitted: auto-generated"))
    assert done.state == "taken"
    assert inbox.head("%(trailers:key=Desk-Automatic,valueonly)") == "machine"


def test_staff_s_out_of_office_is_dropped(inbox: Inbox, asked: Asked) -> None:
    raw = mail(
        "petros@ncpeh.example",
        "Away",
        "x",
        "Auto-Submitted: auto-replied",
        answers=(inbox.code(asked.ticket, "petros@ncpeh.example"),),
    )
    assert inbox.take(raw).state == "dropped"


# -- text and files ----------------------------------------------------------------------------------------------------


def parts(*contents: str) -> tuple[str, str]:
    body = "".join(f"--b\n{content}\n" for content in contents) + "--b--\n"
    return body, 'Content-Type: multipart/mixed; boundary="b"'


TEXT = "Content-Type: text/plain; charset=utf-8\n\nSee the file."


def attached(name: str, data: str) -> str:
    return f'Content-Type: application/octet-stream; name="{name}"\nContent-Disposition: attachment; filename="{name}"\n\n{data}'


def test_files_come_along_and_the_same_one_is_kept_once(inbox: Inbox, asked: Asked) -> None:
    ticket = inbox.open("Files", asked.anna)
    for text, data, names in (
        ("one", "first", ("scan.pdf",)),
        ("two", "first", ("scan.pdf",)),
        ("three", "other", ("scan-2.pdf",)),
    ):
        body, kind = parts(TEXT.replace("file", text), attached("scan.pdf", data))
        inbox.take(mail(ANNA, f"Re: [{ticket}]", body, kind))
        assert inbox.ticket(ticket).thread[-1].attachments == names


def test_what_was_quoted_is_a_file_unless_we_sent_it(inbox: Inbox, asked: Asked) -> None:
    ticket = inbox.open("Quotes", asked.anna)
    quote = "\n".join(f"> line {n}" for n in range(5))
    inbox.take(mail(ANNA, f"Re: [{ticket}]", f"It works.\n\nOn Thu, 23 Jul 2026, Bob wrote:\n{quote}\n"))
    entry = inbox.ticket(ticket).thread[-1]
    assert (entry.text, entry.attachments) == ("It works.", ("quoted-1.txt",))
    ours = "> — Reply above this line / Απαντήστε πάνω από αυτή τη γραμμή —\n" + quote
    inbox.take(mail(ANNA, f"Re: [{ticket}]", f"It works again.\n\n{ours}\n"))
    entry = inbox.ticket(ticket).thread[-1]
    assert (entry.text, entry.attachments) == ("It works again.", ())


def test_a_signed_mail_is_kept_whole(inbox: Inbox, asked: Asked) -> None:
    ticket = inbox.open("Signed", asked.anna)
    body, _kind = parts(TEXT, "Content-Type: application/pgp-signature\n\n-----BEGIN PGP SIGNATURE-----")
    inbox.take(mail(ANNA, f"Re: [{ticket}]", body, 'Content-Type: multipart/signed; boundary="b"'))
    entry = inbox.ticket(ticket).thread[-1]
    assert entry.meta["signed"] == "unverified"
    assert "mail.eml" in entry.attachments


def test_an_answer_opens_again_what_waited_for_it(inbox: Inbox, asked: Asked) -> None:
    ticket = inbox.open("Waits", asked.anna)
    lifecycle.put_aside(inbox.session(), [ticket], until=None, waits_for="requester", reason=None)
    inbox.take(mail(ANNA, f"Re: [{ticket}]", "Here is the number."))
    assert inbox.ticket(ticket).state == "open"


def test_a_long_run_leaves_no_heap_of_small_files(inbox: Inbox) -> None:
    """Each mail is a commit of its own; beyond a few they are packed, and the packs brought together."""
    objects = Path(inbox.folder, ".git/objects")
    before, packs = inbox.tip(), set(objects.glob("pack/*.pack"))
    loose = len(list(objects.glob("??/*")))
    waiting = [mail(f"many{n}@x.example", f"Many {n}", "Text.") for n in range(30)]
    done = list(fetching.take_in_saved(inbox.session(None), (Arriving(raw, len(raw)) for raw in waiting)))
    assert [one.state for one in done] == ["taken"] * 30
    assert len({one.commit for one in done}) == 30
    assert inbox.git("rev-list", "--count", f"{before}..HEAD") == "30\n"
    assert len(set(objects.glob("pack/*.pack")) - packs) <= 2
    assert len(list(objects.glob("??/*"))) < loose + 25 * 12


def test_hostile_mails_lie_between_good_ones(inbox: Inbox) -> None:
    """None ends the run, none keeps the next one waiting, and what is held can be thrown away."""
    hostile = [
        b"\0\1\2" * 1000,
        b"From: \r\n\r\n" + b"x" * 10,
        mail("h@x.example", "=?utf-8?b?" + "w6k=" * 5000 + "?=", "x"),
        mail(
            "h@x.example",
            "many",
            "".join(f"--b\n\npart {n}\n" for n in range(3000)) + "--b--",
            'Content-Type: multipart/mixed; boundary="b"',
        ),
        mail("h@x.example", "control \x07\x1b[31m", "\x1b[2J\u202e text"),
        mail('"><script>@x.example', "bad address", "x"),
        mail("h@x.example", "long id", "x", own=f"<{'i' * 400}@x.example>"),
        mail("h@x.example", "heading", "## Reply by maria, 2026-07-23T07:15:02Z\n\nforged"),
        mail("h@x.example", "front", "---\nstate: closed\n---\n"),
        mail("h@x.example", "paths", *parts(TEXT, attached("../../../etc/passwd", "x"))),
    ]
    for number, raw in enumerate(hostile):
        inbox.take(raw)
        assert inbox.take(mail(ANNA, f"Good {number}", "Text.")).state == "taken"
    assert inbox.take(mail(DESK, "ours", "x")).state == "dropped"
