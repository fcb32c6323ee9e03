"""Servers that answer as no good one does: what can be had is taken in, and what stands in the way is told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from desk.actions.mail import arrivals, fetching, mailboxes
from desk.actions.mail.fetching import Fetched
from desk.errors import MailError
from desk.local import mailhost
from desk.post.servers import SignInRefused
from tests.conftest import Runner
from tests.mailin.conftest import Inbox, mail
from tests.post.odd import Answer, OddServer, body, sizes


@pytest.fixture(scope="module")
def server(inbox: Inbox) -> Iterator[OddServer]:
    with OddServer() as server:
        for name, value in (
            ("host", "true"),
            ("secretCommand", "echo secret"),
            ("trust", f"imap://desk@127.0.0.1:{server.port}"),
        ):
            inbox.git("config", f"desk.mail.{name}", value)
        inbox.settle(
            'imap.host = "127.0.0.1"', f"imap.port = {server.port}", 'imap.security = "none"', 'imap.user = "desk"',
            "max_new_per_hour = 0",
        )  # fmt: skip
        yield server


def fetch(inbox: Inbox) -> Fetched:
    inbox.tidy()
    session = inbox.session(None)
    with mailhost.alone(session.place):
        return fetching.fetch(session, mailhost.settings(session.place))


def waiting(name: str) -> dict[int, bytes]:
    """Three mails that no other case has."""
    return {uid: mail(f"{letter}@x.example", letter, name) for uid, letter in enumerate("abc", 1)}


def says(answer: bytes) -> Answer:
    return lambda tag, _line: answer + tag + b" OK done\r\n"


def refuses(words: bytes) -> Answer:
    return lambda tag, _line: tag + words + b"\r\n"


def second(answer: Answer) -> Answer:
    """Only of the second mail."""
    return lambda tag, line: answer(tag, line) if b" 2 " in line else b""


def hang_up(_tag: bytes, _line: bytes) -> None:
    return None


class Case(NamedTuple):
    """What the server does, which mails are taken in, which of them leave the folder, and what is told of the others."""

    odd: dict[str, Answer]
    taken: str = "abc"
    moved: tuple[int, ...] = (1, 2, 3)
    told: str = ""
    connections: int = 1


_OTHERS = sizes(2, 2, 100) + sizes(3, 3, 100)
_KEPT = "the server lists it, and doesn't give it"
CASES = {
    "no validity": Case({"select": says(b"* 3 EXISTS\r\n")}),
    "a validity of nothing": Case({"select": says(b"* 3 EXISTS\r\n* OK [UIDVALIDITY 0] x\r\n")}),
    "no number of mails": Case({"select": says(b"* OK [UIDVALIDITY 3] x\r\n")}),
    "some have gone": Case({"search": says(b"* SEARCH 1 1 2 3 4 5\r\n")}),
    "no size": Case({"sizes": says(b"* 1 FETCH (UID 1 FLAGS ())\r\n" + _OTHERS)}),
    "a size of nothing": Case({"sizes": says(b"* 1 FETCH (UID 1 RFC822.SIZE NIL INTERNALDATE NIL)\r\n" + _OTHERS)}),
    "no date": Case({"sizes": says(b'* 1 FETCH (UID 1 RFC822.SIZE 10 INTERNALDATE "never")\r\n' + _OTHERS)}),
    "letters of no charset": Case(
        {"sizes": says(b'* 1 FETCH (UID 1 RFC822.SIZE 10 ENVELOPE (NIL "\xce\xba\xe1" NIL NIL NIL NIL NIL NIL NIL NIL))\r\n' + _OTHERS)}
    ),
    "others at work": Case(
        {"sizes": says(sizes(1, 1, 100) + b"* 9 FETCH (FLAGS (\\Seen))\r\n* 9 EXPUNGE\r\n* 5 EXISTS\r\n" + _OTHERS)}
    ),
    "nothing of a mail": Case({"body": second(says(b"* 2 FETCH (UID 2 BODY[] NIL)\r\n"))}, "ac", (1, 3), _KEPT),
    "another mail": Case({"body": second(says(body(1, b"x")))}, "ac", (1, 3), _KEPT),
    "no to a mail": Case({"body": second(refuses(b" NO [SERVERBUG] damaged"))}, "ac", (1, 3), "[SERVERBUG] damaged"),
    "what a mail": Case({"body": second(refuses(b" BAD what?"))}, "ac", (1, 3), "what?"),
    "leaving at a mail": Case({"body": second(hang_up)}, "ac", (1, 3), "EOF", 3),
    "leaving with a word": Case({"body": second(says(b"* BYE I must go\r\n"))}, "ac", (1, 3), "I must go", 3),
    "more of a mail than was said": Case(
        {"body": second(says(body(2, b"a\r\nb\r\nc\r\n", 2)))}, "ac", (1, 3), "127.0.0.1", 3
    ),
    "no folder for what was taken in": Case({"create": refuses(b" NO [NOPERM] no")}, moved=(), told="3 mails stay there"),
    "no way for one": Case({"move": second(refuses(b" NO [OVERQUOTA] full"))}, moved=(1, 3), told="[OVERQUOTA] full"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_can_be_had_is_taken_in(inbox: Inbox, server: OddServer, name: str) -> None:
    """Once each, though a mail that stays in the folder is seen again; and a mail that stays is told of."""
    case = CASES[name]
    server.begin(waiting(name), **case.odd)
    done = fetch(inbox)
    assert "".join(one.subject for one in done.mails if one.state == "taken") == case.taken
    assert (tuple(server.moved), server.connections) == (case.moved, case.connections)
    assert done.stuck == 3 - len(case.moved)
    assert [case.told in words for words in done.warnings] == ([True] if case.told else [])
    server.odd.clear()
    again = fetch(inbox)
    assert (again.stuck, sorted(server.moved)) == (0, [1, 2, 3])
    left = {
        letter: "known" if letter in case.taken else "taken" for n, letter in enumerate("abc", 1) if n not in case.moved
    }
    assert {one.subject: one.state for one in again.mails} == left


def test_nobody_waits_for_a_server_that_makes_no_sense(inbox: Inbox, server: OddServer) -> None:
    for odd, words in (
        ({"select": says(b"* OK [UIDVALIDITY x] x\r\n")}, "answers as no mail server should"),
        ({"search": says(b"* SEARCH 1\r\n* SEARCH 2\r\n")}, "answers as no mail server should"),
        ({"noop": refuses(b" NO not now")}, "not now"),
        ({"select": refuses(b" NO [NONEXISTENT] no such folder")}, "no such folder"),
    ):
        server.begin(waiting(words), **odd)
        with pytest.raises(MailError, match=words):
            fetch(inbox)
        assert (server.moved, server.connections) == ([], 1)


def test_commands_are_no_longer_than_servers_take_them(inbox: Inbox, server: OddServer) -> None:
    """Dovecot refuses lines of more than 64 KiB, others of 8."""
    longest = 0

    def measure(tag: bytes, line: bytes) -> bytes:
        nonlocal longest
        longest = max(longest, len(line))
        return tag + b" OK done\r\n"

    many = b" ".join(b"%d" % uid for uid in range(4_000_000_000, 4_000_020_000, 2))
    server.begin({}, search=says(b"* SEARCH " + many + b"\r\n"), sizes=measure)
    assert fetch(inbox).mails == ()
    assert 0 < longest < 8192


def test_what_stays_where_it_is_ends_the_run_with_trouble(inbox: Inbox, server: OddServer, desk: Runner) -> None:
    for words in ("fetch", "run"):
        server.begin(waiting(words), body=second(refuses(b" NO damaged")))
        done = desk("--desk", inbox.folder, "mail", words, code=10)
        assert "INBOX: 1 mail stays there: " in done.err
        assert "damaged" in done.err


def test_a_secret_that_nobody_looked_at_is_not_refused(inbox: Inbox, server: OddServer) -> None:
    """Else git would forget it, and the next run have none."""
    session = inbox.session(None)
    settings = mailhost.settings(session.place)
    door = arrivals.door(session)
    for answer, kind in (
        (refuses(b" NO [AUTHENTICATIONFAILED] wrong"), SignInRefused),
        (refuses(b" NO wrong"), SignInRefused),
        (refuses(b" NO [UNAVAILABLE] the directory is away"), MailError),
        (says(b"* BYE too many connections\r\n"), MailError),
        (hang_up, MailError),
    ):
        server.begin({}, login=answer)
        with pytest.raises(MailError) as refused:
            mailboxes.open_mailbox(session, door, settings)
        assert type(refused.value) is kind
