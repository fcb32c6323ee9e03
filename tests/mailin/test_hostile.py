"""Mails that mean harm, or that no standard knows: what each becomes, as a clerk sees it and as its writer would not wish."""

from __future__ import annotations

import base64
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from desk.actions import requesters
from desk.domain.model.fields import TITLE_MAX
from tests.conftest import Runner
from tests.mailin.conftest import DESK, Inbox, mail

ANNA, EVA = "anna@clinic.example", "eva@evil.example"
MIXED = 'Content-Type: multipart/mixed; boundary="b"'
WORDS = "Content-Type: text/plain; charset=utf-8\n\nSee the file."


class Known(NamedTuple):
    anna: str
    ticket: str


@pytest.fixture(scope="module")
def known(inbox: Inbox) -> Iterator[Known]:
    """Anna, and the ticket that her first mail became."""
    inbox.settle(
        "max_new_per_hour = 0", 'authserv = ["mx.ncpeh.example"]',
        'departments = {"legal@ncpeh.example" = "legal", "tech@ncpeh.example" = "technical"}',
    )  # fmt: skip
    anna = inbox.register("Anna", ANNA)
    yield Known(anna, inbox.take(mail(ANNA, "No summary", "Nothing comes.", own="<first@clinic.example>")).ticket)
    assert inbox.faults() == []


pytestmark = pytest.mark.usefixtures("known")


def _parts(*parts: str) -> str:
    return "".join(f"--b\n{part}\n" for part in parts) + "--b--\n"


def _file(name: str) -> str:
    return _parts(WORDS, f"Content-Type: application/x\nContent-Disposition: attachment; {name}\n\nx")


def _word(text: str, charset: str = "utf-8") -> str:
    return f"=?{charset}?b?{base64.b64encode(text.encode(charset)).decode()}?="


def _nested(depth: int) -> bytes:
    inner = "".join(f"--{n}\nContent-Type: multipart/mixed; boundary={n + 1}\n\n" for n in range(depth))
    return mail(ANNA, "Nested", f"{inner}--{depth}\n\nThe words.\n", 'Content-Type: multipart/mixed; boundary="0"')


def _passed_on(times: int) -> bytes:
    inner = "From: a@b.example\nSubject: deepest\n\nThe end."
    for n in range(times):
        inner = f"From: d{n}@b.example\nSubject: level {n}\nContent-Type: message/rfc822\n\n{inner}"
    return mail(ANNA, "Passed on", inner, "Content-Type: message/rfc822")


def _with_bytes(data: bytes, charset: str) -> bytes:
    return mail(ANNA, "Charset", "BODY", f"Content-Type: text/plain; charset={charset}").replace(b"BODY", data)


class Case(NamedTuple):
    """A mail, and what its ticket is to say: title, text, names of files. An empty title: the mail is held."""

    raw: bytes
    title: str
    text: str
    files: tuple[str, ...] = ()


_GREEK = "Καλημέρα, δεν ανοίγει"
_MANY = ", ".join(f"u{n}@x.example" for n in range(100_000))
_SIGNED = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nSigned.\n-----BEGIN PGP SIGNATURE-----\nx\n-----END PGP SIGNATURE-----"
CASES = {
    "a name in pieces that are missing": Case(
        mail(ANNA, "Gap", _file("filename*0*=utf-8''a%2Fb; filename*5=.exe; filename*999=.pdf"), MIXED),
        "Gap", "See the file.", ("b.exe.pdf",),
    ),
    "a name in five thousand pieces": Case(
        mail(ANNA, "Many", _file("; ".join(f"filename*{n}=a{n}" for n in range(5000))), MIXED),
        "Many", "See the file.", ("".join(f"a{n}" for n in range(60))[:120],),
    ),
    "a name in a charset that is none": Case(
        mail(ANNA, "Odd", _file("filename*=unicode-escape''%5Cx41.txt"), MIXED), "Odd", "See the file.", ("x41.txt",)
    ),
    "a name that reads backwards": Case(
        mail(ANNA, "Rlo", _file("filename*=utf-8''invoice%E2%80%AEfdp.exe"), MIXED),
        "Rlo", "See the file.", ("invoice_fdp.exe",),
    ),
    "a name that is a way": Case(
        mail(ANNA, "Way", _file("filename*=utf-8''..%2F..%2F.git%2Fhooks%2Fpre-commit"), MIXED),
        "Way", "See the file.", ("pre-commit",),
    ),
    "a name with an end in it": Case(
        mail(ANNA, "Nul", _file("filename*=utf-8''a.pdf%00.exe"), MIXED), "Nul", "See the file.", ("a.pdf .exe",)
    ),
    "a thousand parts inside each other": Case(_nested(1000), "", "its parts are nested too deeply"),
    "parts below the fortieth": Case(_nested(45), "Nested", "[left out: more parts than one mail may have]"),
    "parts above it": Case(_nested(38), "Nested", "The words."),
    "passed on five hundred times": Case(_passed_on(500), "", "its parts are nested too deeply"),
    "passed on twenty times": Case(_passed_on(20), "Passed on", "[no text]", ("level 19.eml",)),
    "two parts of one boundary": Case(
        mail(ANNA, "Same", _parts(WORDS, f"{MIXED}\n\n--b\n\nInner."), MIXED), "Same", "See the file.\n\nInner."
    ),
    "utf-8 that says it is Greek": Case(_with_bytes(_GREEK.encode(), "iso-8859-7"), "Charset", _GREEK),
    "Greek that says it is utf-8": Case(_with_bytes(_GREEK.encode("cp1253"), "utf-8"), "Charset", _GREEK),
    "a script in utf-7": Case(
        mail(ANNA, "Utf7", "+ADw-script+AD4-x+ADw-/script+AD4-words", "Content-Type: text/html; charset=utf-7"),
        "Utf7", "words",
    ),
    "half a letter in utf-7": Case(mail(ANNA, "=?utf-7?q?half_+2AA-?=", "x"), "half +2AA-", "x"),
    "a subject of two lines": Case(mail(ANNA, _word("Γεια\n## x", "utf-16"), "x"), "Γεια ## x", "x"),
    "charsets that are none": Case(
        mail(ANNA, "=?zlib?q?a?= =?rot13?q?uryyb?= =?idna?q?xn--a?=", "x"), "auryybxn--a", "x"
    ),
    "what moves a terminal": Case(
        mail(ANNA, "Esc\x1b]0;x\x07", "\x1b[2J\x1b[31mred\u202e\u2066"),
        "Esc ]0;x", "[2J[31mred",
    ),
    "a header of two megabytes": Case(mail(ANNA, "Huge", "x", "X-Huge: " + "a" * 2_000_000), "Huge", "x"),
    "fifty thousand headers": Case(mail(ANNA, "Fields", "x", *(f"X-{n}: {n}" for n in range(50_000))), "Fields", "x"),
    "a subject of half a megabyte": Case(mail(ANNA, "s" * 500_000, "x"), f"{'s' * (TITLE_MAX - 1)}…", "x"),
    "a subject of empty words": Case(mail(ANNA, "=?utf-8?q??= " * 2000, "The first.\nThe second."), "The first.", "The first.\nThe second."),
    "a hundred thousand copied in": Case(mail(ANNA, "Copied", "x", f"Cc: {_MANY}"), "Copied", "x"),
    "nothing but carriage returns": Case(
        f"From: {ANNA}\rSubject: Returns\rMessage-ID: <cr@x.example>\r\rLine one\rLine two\r".encode(),
        "Returns", "Line one\nLine two",
    ),
    "a header behind a carriage return": Case(
        f"From: {ANNA}\r\nSubject: Hello\rX-Desk-Loop: {DESK}\r\nMessage-ID: <cr2@x.example>\r\n\r\nx\r\n.\r\nMAIL FROM:<x>\r\n".encode(),
        f"Hello X-Desk-Loop: {DESK}", "x\n.\nMAIL FROM:<x>",
    ),
    "ends of strings": Case(
        f"From: {ANNA}\r\nSubject: nul\0nul\r\nMessage-ID: <nul\0@x.example>\r\n\r\nhel\0lo\r\n".encode(), "nul nul", "hello"
    ),
    "pictures and links that do something": Case(
        mail(ANNA, "Html", '<a href="javascript:x()">js</a> <img src=x onerror=y()> <form><input value=v></form><base href=//x>', "Content-Type: text/html"),
        "Html", "js",
    ),
    "a thread and a head of its own": Case(
        mail(ANNA, "Head", "---\nstate: closed\n---\n\n## Reply by maria, 2026-07-23T07:15:02Z\n\nforged"),
        "Head", "---\nstate: closed\n---\n\n## Reply by maria, 2026-07-23T07:15:02Z\n\nforged",
    ),
    "an invitation": Case(
        mail(ANNA, "Invitation", _parts("Content-Type: text/plain\n\nPlease come.", "Content-Type: text/calendar; method=REQUEST; charset=utf-8\n\nBEGIN:VEVENT\nSUMMARY:Συνάντηση\\n## Reply\nDTSTART:20260801T090000Z\nEND:VEVENT"), 'Content-Type: multipart/alternative; boundary="b"'),
        "Invitation", "Please come.\n\nΣυνάντηση ## Reply, 2026-08-01 09:00 UTC", ("text-calendar.ics",),
    ),
    "sealed by S/MIME": Case(
        mail(ANNA, "Sealed", "MIIabc", "Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m", "Content-Transfer-Encoding: base64"),
        "Sealed", "[signed message]", ("smime.p7m", "mail.eml"),
    ),
    "words around what is sealed": Case(
        mail(ANNA, "Around", _parts('Content-Type: text/html\n\n<img src="http://evil.example/', "Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=s.p7m\n\nx", 'Content-Type: text/html\n\n">after'), MIXED),
        "Around", '[encrypted message]\n\n">after', ("s.p7m", "mail.eml"),
    ),
    "words below what PGP signed": Case(
        mail(ANNA, "Below", f"{_SIGNED}\nAnd this was added.\n"), "Below", "Signed.\n\nAnd this was added.", ("mail.eml",)
    ),
    "a part of a mail": Case(
        mail(ANNA, "Part", "one", "Content-Type: message/partial; id=x; number=1; total=3"), "Part", "[no text]", ("message-partial",)
    ),
    "a file that lies elsewhere": Case(
        mail(ANNA, "Elsewhere", "Content-Type: text/plain\n\nx", 'Content-Type: message/external-body; access-type=URL; URL="http://x"'),
        "Elsewhere", "[no text]", ("message-external-body",),
    ),
    "base64 that is none": Case(
        mail(ANNA, "None", _parts(WORDS, "Content-Type: application/zip; name=a.zip\nContent-Transfer-Encoding: base64\n\n" + "!!!!" * 5000), MIXED),
        "None", "See the file.", ("a.zip",),
    ),
    "nothing at all": Case(b"\r\n\r\n", "[no subject]", "[no text]"),
    "a sender at a number": Case(mail("root@[127.0.0.1]", "Number", "x"), "Number", "x\n\n[its sender is told as: root@[127.0.0.1]]"),
    "answers to somebody else": Case(
        mail(ANNA, "Elsewhere", "x", "Reply-To: victim@bank.example", "Disposition-Notification-To: victim@bank.example"),
        "Elsewhere", "x\n\n[answers are asked for at: victim@bank.example]",
    ),
}  # fmt: skip


def _seen(text: str) -> Iterator[str]:
    """What moves a terminal, or turns the order of letters."""
    return (c for c in text if (c not in "\n\t" and unicodedata.category(c) in ("Cc", "Cs")) or c in "\u202e\u2066")


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_becomes_of_it(inbox: Inbox, case: Case) -> None:
    done = inbox.take(case.raw)
    if not case.title:
        assert (done.state, done.reasons[-1]) == ("held", case.text)
        return
    assert done.state == "taken", done.reasons
    ticket = inbox.ticket(done.ticket)
    assert (ticket.title, ticket.body, ticket.all_attachments) == (case.title, case.text, case.files)
    assert list(_seen(f"{ticket.title}{ticket.body}{done.message_id if ticket.message_id else ''}")) == []
    assert len(ticket.cc) <= 20


_ODD = b"\xe1\xe2\xff \xce\xb1 \0 =?utf-7?q?+2AA-?= \x1b[31m <\xce\xb1@\xff> <a@b.example\xe2>"
_FIELDS = ("From", "To", "Cc", "Reply-To", "Sender", "Return-Path", "Subject", "Message-ID", "In-Reply-To", "References", "Date",
           "Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "Content-Language", "Delivered-To", "X-Original-To",
           "Auto-Submitted", "Precedence", "X-Auto-Response-Suppress", "Authentication-Results", "X-Desk-Loop", "List-Id")  # fmt: skip


@pytest.mark.parametrize("name", _FIELDS)
def test_no_bytes_in_a_field_end_the_run(inbox: Inbox, name: str) -> None:
    """Whatever it becomes, it is told: in the log, in the records, and where it is put aside."""
    rest = mail(ANNA, f"Field {name}", "x", own=f"<{name.lower()}@x.example>")
    head = b"".join(
        line for line in rest.splitlines(keepends=True) if not line.lower().startswith(f"{name.lower()}:".encode())
    )
    done = inbox.take(f"{name}: ".encode() + _ODD + b"\r\n" + head)
    assert done.state in ("taken", "held")
    f"{done.sender}{done.subject}{done.message_id}{done.reasons}".encode()


POSES = {
    "Maria Georgiou <n1@evil.example>": "[written from n1@evil.example under the name of Maria Georgiou]",
    "MARIA GEORGIOU <n2@evil.example>": "[written from n2@evil.example under the name of Maria Georgiou]",
    f"{_word('Μаria Georgiou')} <n3@evil.example>": "[written from n3@evil.example under the name of Maria Georgiou]",
    '"maria@ncpeh.example" <n4@evil.example>': "[written from n4@evil.example under the name of maria@ncpeh.example]",
    "maria@ncpeh.example (x) <n5@evil.example>": "[written from n5@evil.example under the name of maria@ncpeh.example]",
    "M <mаria@ncpeh.example>": r"[written from m\u0430ria@ncpeh.example under the name of Maria Georgiou]",
    "Maria Georgakis <n6@evil.example>": "",
    '"n7@evil.example" <n7@evil.example>': "",
}


@pytest.mark.parametrize("sender", POSES)
def test_nobody_gets_the_name_of_somebody_else(inbox: Inbox, sender: str) -> None:
    """A name identifies nobody, but people read it: where it is one of the staff's, or an address, the address stands instead."""
    ticket = inbox.ticket(inbox.take(mail(sender, "Who", "Let me in.")).ticket)
    said = POSES[sender]
    assert ticket.body == ("Let me in." if not said else f"Let me in.\n\n{said}")
    assert (inbox.user(ticket.requester).name is None) is bool(said)


@pytest.mark.parametrize(
    "sender", ["maria\u200b@ncpeh.example", "maria@ncpeh.example\u202e", "<maria@ncpeh.example:@x>"]
)
def test_no_address_with_what_nobody_sees_is_one(inbox: Inbox, sender: str) -> None:
    assert inbox.ticket(inbox.take(mail(sender, "Who", "x")).ticket).author is None


def test_the_first_of_several_senders_counts(inbox: Inbox) -> None:
    raw = b"From: two@evil.example\r\n" + mail("maria@ncpeh.example", "Two", "Close it.")
    for one in (raw, mail("two@evil.example, maria@ncpeh.example", "List", "Close it.")):
        assert inbox.user(inbox.ticket(inbox.take(one).ticket).author).email == "two@evil.example"


@pytest.mark.parametrize("first", [True, False])
def test_who_takes_the_id_of_another_mail_gets_no_answers(inbox: Inbox, first: bool) -> None:  # noqa: FBT001
    """Both claim one Message-ID, and the other one has copied Anna in: she goes on with her own ticket, whoever came first."""
    own = f"<taken-{first}@clinic.example>"
    theirs = mail(EVA, "Mine", "I come with another's id.", f"Cc: {ANNA}", own=own)
    tickets = {}
    for raw in (mail(ANNA, "Hers", "Nothing comes.", own=own), theirs)[:: 1 if first else -1]:
        done = inbox.take(raw)
        tickets[done.sender] = done.ticket
    assert inbox.take(mail(ANNA, "Re: Hers", "And now?", answers=(own,))).ticket == tickets[ANNA] != tickets[EVA]
    assert inbox.take(mail(EVA, "Re: Mine", "And mine?", answers=(own,))).ticket == tickets[EVA]


def test_references_to_the_mail_of_others_join_nothing(inbox: Inbox, known: Known) -> None:
    many = (*(f"<g{n}@x.example>" for n in range(3000)), "<first@clinic.example>")
    for answers in (("<first@clinic.example>",), many):
        done = inbox.take(mail(EVA, f"Re: [{known.ticket}] No summary", "Tell me.", answers=answers))
        assert done.ticket != known.ticket
        assert inbox.ticket(done.ticket).links == (f"relates {known.ticket}",)


def test_a_clerk_sees_what_a_mail_left_open(inbox: Inbox, known: Known, desk: Runner) -> None:
    forged = "Authentication-Results: mx.ncpeh.example; dmarc=fail header.from=clinic.example"
    ticket = inbox.take(mail(ANNA, "Forged", "Pay me.", forged)).ticket
    assert inbox.ticket(ticket).body == "Pay me.\n\n[looks forged: dmarc=fail]"
    signed = _parts(WORDS, "Content-Type: application/pgp-signature\n\nx")
    inbox.take(mail(ANNA, f"Re: [{ticket}]", "Now.", forged))
    inbox.take(mail(EVA, "x", "Me, too.", answers=(inbox.code(ticket, ANNA),)))
    inbox.take(mail(ANNA, f"Re: [{ticket}]", signed, 'Content-Type: multipart/signed; boundary="b"'))
    shown = desk("--desk", inbox.folder, "ticket", "show", ticket).out
    for words in (" · via email · looks forged", f" · with the copy of {known.anna} (Anna)", " · signed, not verified"):
        assert words in shown


# -- programs, in the languages that they speak ------------------------------------------------------------------------

LANGUAGES = {
    "en": ("Automatic reply", "Read", "Undelivered Mail Returned to Sender", "I'm sorry to have to inform you"),
    "el": ("Αυτόματη απάντηση", "Διαβάστηκε", "Δεν ήταν δυνατή η παράδοση", "Η παράδοση στους παραλήπτες απέτυχε"),
    "de": (
        "Automatische Antwort",
        "Gelesen",
        "Unzustellbar",
        "Fehler bei der Nachrichtenzustellung an folgende Empfänger",
    ),
    "fr": ("Réponse automatique", "Lu", "Échec de la remise", "Échec de la remise pour ces destinataires"),
    "es": ("Respuesta automática", "Leído", "No se puede entregar", "No se pudo entregar a estos destinatarios"),
    "it": (
        "Risposta automatica",
        "Letto",
        "Impossibile recapitare",
        "Recapito non riuscito per i seguenti destinatari",
    ),
}


@pytest.fixture(scope="module")
def closed(inbox: Inbox, known: Known) -> str:
    """A ticket of Anna's to which nobody but programs write."""
    ticket = inbox.open("Programs", known.anna)
    inbox.close(ticket)
    return ticket


@pytest.mark.parametrize("language", LANGUAGES)
def test_programs_answer_in_many_languages(inbox: Inbox, known: Known, closed: str, language: str) -> None:
    """Without a mark in the header: opening nothing, answering nothing, in nobody's name but the desk's."""
    ticket, (away, read, back, words) = closed, LANGUAGES[language]
    for prefix, sort in ((away, "reply"), (read, "receipt")):
        done = inbox.take(mail(ANNA, f"{prefix}: [{ticket}] No summary", "…"))
        entry = inbox.ticket(ticket).thread[-1]
        assert (done.ticket, entry.by, entry.meta["auto"]) == (ticket, "desk", sort)
    report = _parts(
        f"Content-Type: text/plain; charset=utf-8\n\n{words}:\n\n{ANNA}",
        f"Content-Type: message/delivery-status\n\nReporting-MTA: dns; x.example\n\nFinal-Recipient: rfc822; bob{language}@far.example\nAction: failed\nStatus: 5.1.1",
        "Content-Type: message/rfc822\n\nFrom: us\nSubject: x\nContent-Type: text/html\n\n<p>Our own words",
    )
    kind = 'Content-Type: multipart/report; report-type=delivery-status; boundary="b"'
    for number, raw in enumerate((
        mail("postmaster@far.example", back, report, kind, to=inbox.plus(ticket, ANNA, bounces=True)),
        mail("MAILER-DAEMON@far.example", back, words, to=inbox.plus(ticket, ANNA, bounces=True)),
    )):  # fmt: skip
        done = inbox.take(raw)
        said = f"bob{language}@far.example" if not number else words
        text = inbox.ticket(ticket).thread[-1].text
        assert (done.doing, ANNA in text, said in text, "Our own words" in text) == ("bounce", True, True, False)
    assert inbox.user(known.anna).undeliverable is None, "it is not her address that fails"
    assert inbox.ticket(ticket).state == "closed"
    forged = inbox.plus(ticket, "nobody@x.example", bounces=True)
    assert inbox.take(mail("MAILER-DAEMON@far.example", back, words, to=forged)).state == "dropped"


def test_who_is_away_and_answers_where_messages_come_back(inbox: Inbox, known: Known) -> None:
    """Programs answer the sender of the envelope (RFC 3834), which is that address."""
    to = inbox.plus(known.ticket, ANNA, bounces=True)
    done = inbox.take(
        mail(ANNA, "I am away", "Until Monday.", "Auto-Submitted: auto-replied", "Return-Path: <>", to=to)
    )
    assert (done.ticket, done.doing) == (known.ticket, "remark")


def test_several_departments_are_told_of_and_a_copy_by_another_way_once(inbox: Inbox) -> None:
    raw = mail(ANNA, "Both", "To whom?", to="legal@ncpeh.example, tech@ncpeh.example")
    ticket = inbox.take(raw).ticket
    assert inbox.ticket(ticket).department == "legal"
    assert inbox.ticket(ticket).body == "To whom?\n\n[also sent to: tech@ncpeh.example]"
    raw = mail(ANNA, "One", "To whom?", to="legal@ncpeh.example")
    ticket, before = inbox.take(raw).ticket, inbox.tip()
    copy = b"Delivered-To: tech@ncpeh.example\r\n" + raw
    assert [inbox.take(one).state for one in (raw, copy, copy, raw)] == ["known"] * 4
    [note] = inbox.ticket(ticket).thread
    assert (note.kind, note.by, note.text) == ("note", "desk", "The same mail was also sent to: tech@ncpeh.example")
    assert inbox.head("%P") == before


def test_the_banned_pose_in_vain(inbox: Inbox) -> None:
    requesters.ban(inbox.session(), "banned@evil.example")
    for sender in ("Banned@EVIL.example", '"anna@clinic.example" <banned@evil.example>', "<x:banned@evil.example>"):
        assert inbox.take(mail(sender, "Me", "x", f"Reply-To: {ANNA}")).state == "rejected"
