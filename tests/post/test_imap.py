"""Mailboxes on a real server: what is fetched, moved and removed, and what is left alone."""

from __future__ import annotations

import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from types import TracebackType
from typing import Self

import pytest
from imapclient import IMAPClient

from desk.errors import MailError
from desk.post import imap, servers
from desk.post.imap import Mailbox
from desk.post.secrets import Secret
from desk.post.servers import Auth, Security, SignInRefused
from tests.post.conftest import SECRET, Dovecot, token

ONE = b"From: anna@clinic.example\r\nSubject: one\r\n\r\nwords\r\n"
TWO = b"From: anna@clinic.example\r\nSubject: two\r\n\r\n" + b"x" * 200_000 + b"\r\n"


class _Relay:
    """A way to the server that breaks when it is told to."""

    def __init__(self, to: int) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self._ends: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, args=(to,))]
        self._threads[0].start()

    def _accept(self, to: int) -> None:
        near, _ = self._listening.accept()
        far = socket.create_connection(("127.0.0.1", to))
        self._ends = [near, far]
        self._threads += [threading.Thread(target=self._pass, args=pair) for pair in ((near, far), (far, near))]
        for thread in self._threads[1:]:
            thread.start()

    def _pass(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(65536):
                other.sendall(data)

    def cut(self) -> None:
        for end in self._ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.cut()
        for thread in self._threads:
            thread.join()
        for end in (*self._ends, self._listening):
            end.close()


def uids(box: Mailbox, folder: str = "INBOX") -> list[int]:
    box.open(folder)
    return [w.uid for w in box.waiting()]


def test_mails_are_fetched_as_they_came_and_nobody_sees_it(
    mailbox: Mailbox, colleague: IMAPClient, dovecot: Dovecot, user: str
) -> None:
    dovecot.deliver(user, ONE, TWO)
    found = mailbox.open("INBOX")
    assert (found.mails, found.next) == (2, 3)
    first, second = mailbox.waiting()
    assert second.size > 200_000 > first.size > 0
    assert first.at is not None
    raw = mailbox.fetch(first.uid)
    assert raw is not None
    assert raw.endswith(ONE)
    colleague.noop()
    assert b"\\Seen" not in colleague.get_flags([first.uid])[first.uid]
    assert mailbox.fetch(99) is None


def test_only_the_beginning_of_a_large_mail_is_read(mailbox: Mailbox, dovecot: Dovecot, user: str) -> None:
    dovecot.deliver(user, TWO)
    mailbox.open("INBOX")
    beginning = mailbox.beginning(1)
    assert beginning is not None
    assert b"Subject: two\r\n\r\nxxx" in beginning
    assert len(beginning) < 70_000
    assert mailbox.beginning(99) is None


def test_a_mail_is_moved_and_others_stay(mailbox: Mailbox, dovecot: Dovecot, user: str) -> None:
    dovecot.deliver(user, ONE, ONE, ONE)
    assert mailbox.make("Processed")
    assert not mailbox.make("Processed")
    mailbox.open("INBOX")
    assert mailbox.move(2, "Processed") == "moved"
    assert uids(mailbox) == [1, 3]
    assert uids(mailbox, "Processed") == [1]


@pytest.mark.parametrize("way", ["move", "delete"])
def test_what_others_marked_is_never_expunged(
    mailbox: Mailbox, colleague: IMAPClient, dovecot: Dovecot, user: str, way: str
) -> None:
    dovecot.deliver(user, ONE, ONE, ONE)
    mailbox.open("INBOX")
    mailbox.make("Processed")
    colleague.noop()
    colleague.delete_messages([1])
    assert [w.uid for w in mailbox.waiting()] == [2, 3]
    assert mailbox.move(2, "Processed") == "moved" if way == "move" else mailbox.delete(2) == "expunged"
    colleague.noop()
    assert colleague.search("ALL") == [1, 3]


def test_servers_that_can_do_less(dovecot: Dovecot, colleague: IMAPClient, user: str) -> None:
    """Without MOVE by a copy; without UIDPLUS the mail stays, marked, and isn't taken again."""
    dovecot.deliver(user, ONE, ONE)
    box = imap.connect(dovecot.server(user, host="127.0.0.2"), SECRET, dovecot.tls)
    assert not {"MOVE", "UIDPLUS"} & box.capabilities
    box.make("Processed")
    box.open("INBOX")
    colleague.noop()
    colleague.delete_messages([2])
    assert box.move(1, "Processed") == "marked"
    colleague.noop()
    assert colleague.search("ALL") == [1, 2]
    assert box.waiting() == []
    assert uids(box, "Processed") == [1]
    box.close()


def test_a_folder_made_anew_has_another_validity(mailbox: Mailbox, colleague: IMAPClient) -> None:
    mailbox.make("Held")
    before = mailbox.open("Held").validity
    mailbox.open("INBOX")
    colleague.delete_folder("Held")
    mailbox.make("Held")
    assert mailbox.open("Held").validity != before


def test_waiting_ends_when_a_mail_comes(mailbox: Mailbox, dovecot: Dovecot, user: str) -> None:
    mailbox.open("INBOX")
    assert not mailbox.wait(0.05)
    dovecot.deliver(user, ONE)
    assert mailbox.wait(10)
    later = threading.Timer(0.1, dovecot.deliver, (user, TWO))
    later.start()
    assert mailbox.wait(10)
    later.join()
    assert len(mailbox.waiting()) == 2


def test_a_connection_that_breaks_is_told(dovecot: Dovecot, user: str) -> None:
    with _Relay(dovecot.ports.imap) as relay:
        box = imap.connect(dovecot.server(user, "none")._replace(port=relay.port), SECRET, dovecot.tls)
        box.open("INBOX")
        relay.cut()
        with pytest.raises(MailError, match="localhost"):
            box.waiting()
        box.close()


def test_plus_addresses_come_to_the_same_mailbox(mailbox: Mailbox, dovecot: Dovecot, user: str) -> None:
    dovecot.deliver(user.replace("@", "+260723-7K3Q.abcdefgh@"), ONE)
    (uid,) = uids(mailbox)
    assert b"Delivered-To: " + user.replace("@", "+260723-7K3Q.abcdefgh@").encode() in (mailbox.fetch(uid) or b"")


def test_every_way_to_sign_in(dovecot: Dovecot, user: str) -> None:
    """All at once: the server keeps whoever it refuses waiting for half a second."""

    def told(auth: Auth, security: Security, secret: str) -> str:
        try:
            imap.connect(dovecot.server(user, security, auth), Secret(secret, "the tests"), dovecot.tls).close()
        except SignInRefused as refused:
            return f"{refused}{refused.hint}"
        return "taken"

    bearer = (token(user), token(user, -30))
    secrets: dict[Auth, tuple[str, str]] = {
        "password": ("secret", "wrong-secret"), "xoauth2": bearer, "oauthbearer": bearer
    }  # fmt: skip
    securities: tuple[Security, ...] = ("tls", "starttls", "none")
    with ThreadPoolExecutor(9) as several:
        tried = {
            (auth, security): [several.submit(told, auth, security, secret) for secret in pair]
            for auth, pair in secrets.items()
            for security in securities
        }
    for way, (good, bad) in tried.items():
        assert good.result() == "taken", way
        assert "refused to log" in bad.result(), way
        assert secrets[way[0]][1] not in bad.result(), way


def test_a_server_without_a_good_certificate_gets_nothing(dovecot: Dovecot, user: str) -> None:
    for security in ("tls", "starttls"):
        with pytest.raises(MailError, match="certificate"):
            imap.connect(dovecot.server(user, security), SECRET, servers.context())
    with pytest.raises(MailError, match="Connection refused"):
        imap.connect(dovecot.server(user)._replace(port=1), SECRET, dovecot.tls)
