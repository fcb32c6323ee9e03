"""Messages out, and in again: nothing is changed on the way, and other programs are told what they are."""

from __future__ import annotations

import email
import email.policy
import random
from datetime import UTC, datetime, timedelta

import pytest

from desk.intake import automatic, parsing
from desk.intake.attachments import Limits
from desk.intake.automatic import Ours
from desk.intake.mails import Mail
from desk.mail import addresses, headers, threading
from desk.mail.addresses import Address
from desk.mail.caps import Sent, held_back
from desk.mail.composing import MARKER, Enclosure, Kind, Outgoing, compose, fitting, redirected

AT = datetime(2026, 7, 23, 6, 12, 44, tzinfo=UTC)
KEY = bytes(range(32))
TICKET = "260723-7K3Q"
ANNA = Address("Άννα Γεωργίου", "anna@clinic.example")
MESSAGE = Outgoing(
    message_id=threading.message_id(TICKET, "abcdef0123", ANNA.email, KEY, "ncpeh.example"),
    kind="answer",
    sender=Address("Υποστήριξη, Υπηρεσίας", "desk@ncpeh.example"),
    to=ANNA,
    subject="Το αίτημά σας",
    text="Καλημέρα σας,\n\nδείτε https://ncpeh.example/a?b=1&c.\n  <εδώ>\n\n> παλιό\n",
    language="el",
    at=AT,
    ticket=TICKET,
    loop="ncpeh-1",
)
LETTERS = "αβγδεζηθικλμνξοπρστυφχψω ΑΒΓΔΆΈΉΊΌΎΏάέήίόύώϊΐ abcdefghijXYZ  0123,.;:()[]\"'=?_-<>@\\/&—«»👩‍⚕️😀ßé"


def read(message: Outgoing) -> Mail:
    return parsing.parse(compose(message), ("en", "el"), Limits())


def test_a_thousand_subjects_and_names_come_back_unchanged() -> None:
    chance = random.Random(7)
    for _ in range(1000):
        text = headers.clean("".join(chance.choices(LETTERS, k=chance.randint(1, 120))))
        lines = headers.encode(text, 9)
        assert headers.decode(lines) == text
        assert lines.isascii()
        assert max(map(len, lines.split("\r\n"))) <= 200
        name = text.strip("'\" ")
        back = addresses.read(addresses.write(Address(name, "a@b.example"), 6).replace("\r\n", ""))
        assert back == (Address(name, "a@b.example"),)


def test_a_whole_message_comes_back_unchanged() -> None:
    mail = read(MESSAGE)
    assert mail.subject == f"[{TICKET}] Το αίτημά σας"
    assert (mail.sender, mail.to) == (MESSAGE.sender, (ANNA,))
    assert mail.text == f"{MARKER}\n\n{MESSAGE.text.rstrip()}"
    assert mail.date == AT
    assert (mail.id, mail.language) == (MESSAGE.message_id, "el")
    assert compose(MESSAGE) == compose(MESSAGE)
    assert all(len(line) < 998 and line.isascii() for line in compose(MESSAGE).split(b"\r\n"))
    assert b"\n" not in compose(MESSAGE).replace(b"\r\n", b"")


def test_html_says_the_same_words() -> None:
    raw = compose(MESSAGE._replace(image=b"\x89PNG\r\n\x1a\n" + bytes(300)))
    # As a program shows it that takes the HTML: the plain part is made to say nothing.
    plain = raw.index(b"Content-Type: text/plain")
    blind = raw[:plain] + raw[plain:].replace(b"text/plain", b"text/x-none", 1)
    text = parsing.parse(blind, ("en", "el"), Limits()).text
    assert text.startswith(f"{MARKER}\n\n[image: image.png]\n\nΚαλημέρα σας,\n\nδείτε https://ncpeh.example/a?b=1&c.\n")
    assert "<εδώ>" in text
    assert text.endswith("> παλιό")


def test_files_go_along_or_are_named() -> None:
    small, large = (
        Enclosure("αρχείο νέο.pdf", "application/pdf", bytes(range(256)) * 20),
        Enclosure("big.bin", "x/y", bytes(11 << 20)),
    )
    mail = read(MESSAGE._replace(enclosures=(large, small)))
    assert [(a.name, a.data) for a in mail.attachments] == [(small.name, small.data)]
    assert mail.text.endswith("Πολύ μεγάλα για αποστολή με μήνυμα: big.bin")
    assert fitting([small, large, small], 6000) == ([small], [large, small])


@pytest.mark.parametrize("name", ['the "final" one.pdf', "back\\slash.pdf", 'q".pdf', "a; b=c.pdf", "x" * 200 + ".pdf"])
def test_names_of_files_stay_between_their_quotes(name: str) -> None:
    message = MESSAGE._replace(enclosures=(Enclosure(name, "application/pdf", b"x"),))
    # As an old program reads it, which knows nothing of the newer way to write a name.
    raw = compose(message).replace(b"filename*", b"x-ignored*")
    [found] = email.message_from_bytes(raw, policy=email.policy.default).iter_attachments()
    assert found.get_content_type() == "application/pdf"
    assert found.get_filename() == name


@pytest.mark.parametrize(
    ("kind", "nature", "marks"),
    [
        ("answer", "person", {}),
        ("acknowledgement", "reply", {"auto-submitted": "auto-replied", "x-auto-response-suppress": "All"}),
        ("notice", "machine", {"auto-submitted": "auto-generated", "precedence": "bulk"}),
    ],
)
def test_another_desk_knows_what_it_is(kind: Kind, nature: str, marks: dict[str, str]) -> None:
    mail = read(MESSAGE._replace(kind=kind, list_id="desk <desk.ncpeh.example>" if kind == "notice" else ""))
    assert {name: mail.headers.text(name) for name in marks} == marks
    other = Ours(frozenset({"help@other.example"}), "other", "other.example")
    assert automatic.classify(mail, other).nature == nature
    ours = Ours(frozenset({"intake@ncpeh.example"}), "ncpeh-1", "ncpeh.example")
    assert automatic.classify(mail, ours).nature == "own"


def test_nothing_is_smuggled_into_a_header() -> None:
    evil = "x\r\nBcc: victim@x.example\r\n\r\nbody"
    mail = read(MESSAGE._replace(subject=evil, loop=evil, sender=Address(evil, "desk@ncpeh.example")))
    assert mail.headers.all("bcc") == []
    assert mail.subject == f"[{TICKET}] x Bcc: victim@x.example body"
    for wrong in ("a@b\r\nBcc: c@d", "a b@c", "@", "a@-ü" + "x" * 70, "x" * 65 + "@b"):
        with pytest.raises(ValueError, match="is no address"):
            compose(MESSAGE._replace(to=Address("", wrong)))
    assert addresses.on_the_wire("anna@κλινική.example") == "anna@xn--jxavaccdp.example"


def test_rehearsals_go_elsewhere() -> None:
    mail = read(redirected(MESSAGE, "tester@ncpeh.example"))
    assert [a.email for a in mail.to] == ["tester@ncpeh.example"]
    assert mail.subject == f"[{TICKET}] [anna@clinic.example] Το αίτημά σας"


def test_threads_are_kept_short() -> None:
    ids = [f"<{n}@x>" for n in range(30)]
    mail = read(MESSAGE._replace(references=tuple(ids)))
    assert mail.references == (*reversed(ids[20:]), ids[0])
    assert mail.headers.raw("in-reply-to") == ids[-1]


def test_a_code_is_of_one_copy() -> None:
    reply = threading.plus_address("desk@ncpeh.example", TICKET, ANNA.email, KEY)
    bounce = threading.plus_address("desk@ncpeh.example", TICKET, ANNA.email, KEY, bounces=True)
    found = threading.tokens([MESSAGE.message_id, "<other@x>"], [reply, bounce.upper()], "Desk@ncpeh.example")
    assert [(t.ticket, t.commit, t.bounced) for t in found] == [
        (TICKET, "", False),
        (TICKET, "", True),
        (TICKET, "abcdef01", False),
    ]
    for token in found:
        assert threading.fits(token, "ANNA@clinic.example", KEY)
        assert not threading.fits(token, "maria@ncpeh.example", KEY)
        assert not threading.fits(token, ANNA.email, bytes(32))
        assert not threading.fits(token._replace(ticket="260723-7K3R"), ANNA.email, KEY)
        assert not threading.fits(token._replace(code=token.code[:4]), ANNA.email, KEY)
    assert (
        threading.tokens(
            [MESSAGE.message_id.replace("ncpeh", "evil")], [reply.replace("desk+", "legal+")], "desk@ncpeh.example"
        )
        == ()
    )


@pytest.mark.parametrize(
    ("subject", "tickets", "bare"),
    [
        ("Re: AW: [260723-7k3q] Error", (TICKET,), "Error"),
        ("ΑΠ: ΣΧΕΤ: Error", (), "Error"),
        ("RE[2]: Error", (), "Error"),
        ("Reply: 260723-7K3Q", (), "Reply: 260723-7K3Q"),
        ("[260723-7K3Q] [260724-AAAA]", (TICKET, "260724-AAAA"), ""),
        ("[260723-7KIQ]", (), "[260723-7KIQ]"),
    ],
)
def test_subjects(subject: str, tickets: tuple[str, ...], bare: str) -> None:
    assert threading.subject_tickets(subject) == tickets
    assert threading.bare_subject(subject) == bare
    assert threading.with_ticket(threading.with_ticket(subject, TICKET), TICKET).upper().count(f"[{TICKET}]") == 1


def _sent(seconds: int, *, ticket: str = TICKET, kind: Kind = "notice", digest: str = "") -> Sent:
    return Sent(AT + timedelta(seconds=seconds), "a@b.example", ticket, kind, digest or str(seconds))


@pytest.mark.parametrize(
    ("past", "message", "words"),
    [
        ([], _sent(0), None),
        ([_sent(0, digest="x")], _sent(59, digest="x"), "the same text within a minute"),
        ([_sent(0, digest="x")], _sent(60, digest="x"), None),
        ([_sent(n * 10) for n in range(10)], _sent(599), "ten messages about one ticket within ten minutes"),
        ([_sent(n * 10) for n in range(10)], _sent(600), None),
        ([_sent(n * 10) for n in range(10)], _sent(599, ticket="260724-AAAA"), None),
        ([_sent(n * 300) for n in range(100)], _sent(35_000), "a hundred messages about one ticket within ten hours"),
        ([_sent(n * 10, ticket=str(n)) for n in range(30)], _sent(599, ticket="T"), "thirty messages within ten minutes"),
        ([_sent(0, ticket="A", kind="acknowledgement")], _sent(299, kind="acknowledgement"), "an acknowledgement within five minutes"),
        ([_sent(0, ticket="A", kind="acknowledgement")], _sent(299), None),
        ([_sent(n * 600, ticket=str(n), kind="acknowledgement") for n in range(40)], _sent(86_399, kind="acknowledgement"), "forty acknowledgements within a day"),
        ([_sent(n, digest="x")._replace(to="c@d.example") for n in range(99)], _sent(99, digest="x"), None),
    ],
)  # fmt: skip
def test_caps(past: list[Sent], message: Sent, words: str | None) -> None:
    assert held_back(message, past) == (words and f"a@b.example has had {words}")


def test_two_desks_that_acknowledge_each_other_stop_at_once() -> None:
    """A real mail, its acknowledgement; the other desk sees what that is, and says nothing."""
    first = read(MESSAGE)
    other = Ours(frozenset({"help@other.example"}), "other", "other.example")
    assert not automatic.classify(first, other).automatic
    answer = read(
        MESSAGE._replace(
            kind="acknowledgement",
            loop="other",
            sender=Address("", "help@other.example"),
            message_id="<1@other.example>",
        )
    )
    ours = Ours(frozenset({"desk@ncpeh.example"}), "ncpeh-1", "ncpeh.example")
    assert automatic.classify(answer, ours).automatic
