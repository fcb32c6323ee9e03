"""A mailbox on a server (IMAP): its folder is a queue. Nothing is marked as read, and nothing but our own mail is expunged.

IMAPClient, since it expunges single messages (UIDPLUS): a plain EXPUNGE erases what anybody else has marked in the folder.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any, Literal

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import CapabilityError, IMAPClientAbortError, IMAPClientError, LoginError

from desk.errors import MailError
from desk.named import NamedTuple
from desk.post.secrets import Secret
from desk.post.servers import TIMEOUT, CommandRefused, Server, SignInRefused, context, trouble
from desk.text import _

Gone = Literal["moved", "expunged", "marked"]
"""How a mail left the folder; `marked` as deleted, where the server can't remove a single one."""
_READ = 120.0
"""Seconds between two packets of a large mail on a slow line."""
_PASSING = ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]")
"""What servers say who can't tell at the moment whether a secret is right (RFC 5530)."""
_TOGETHER = 500
"""Mails that are asked about in one command: servers refuse lines of more than some thousand letters."""
_TEXT = 65536
"""Bytes of text that are read of a mail that is too large to be taken in."""


class Waiting(NamedTuple):
    """A mail in the folder; `at` is when the server got it."""

    uid: int
    size: int
    at: datetime | None


class Folder(NamedTuple):
    """With another `validity` the same uids are other mails; 0 of a server that doesn't say."""

    validity: int
    next: int
    mails: int


def connect(server: Server, secret: Secret, tls: ssl.SSLContext | None = None) -> Mailbox:
    """Log in; SignInRefused if the secret isn't taken, MailError for whatever else is in the way. Check the server first."""
    # Only where it is used: to read the authorities of a machine takes longer than to log in.
    tls = tls or (context() if server.security != "none" else None)
    with _told(server):
        client = IMAPClient(
            server.host,
            port=server.port,
            ssl=server.security == "tls",
            ssl_context=tls,
            timeout=SocketTimeout(TIMEOUT, _READ),
        )
    try:
        with _told(server):
            if server.security == "starttls":
                client.starttls(tls)
            client.normalise_times = False
            _sign_in(client, server, secret)
            return Mailbox(client, server)
    except MailError:
        with suppress(IMAPClientError, OSError):
            client.shutdown()
        raise


def _sign_in(client: IMAPClient, server: Server, secret: Secret) -> None:
    try:
        if server.auth == "xoauth2":
            client.oauth2_login(server.user, secret.reveal())
        elif server.auth == "oauthbearer":
            client.oauthbearer_login(server.user, secret.reveal())
        elif server.user.isascii() and secret.reveal().isascii():
            client.login(server.user, secret.reveal())
        else:  # in letters of any script (RFC 4616), which LOGIN doesn't have
            client.plain_login(server.user, secret.reveal())
    except LoginError as error:
        if isinstance(error.__context__, IMAPClientAbortError) or any(one in str(error).upper() for one in _PASSING):
            raise MailError(
                _("{place} logs nobody in at the moment", place=server.place), _("the next run tries it again")
            ) from None
        # The server's own words may repeat what it was sent.
        raise SignInRefused(
            _(
                "{place} refused to log {user} in with the secret from {origin}",
                place=server.place,
                user=server.user,
                origin=secret.origin,
            ),
            "is it right, and may it be used for this way of signing in? desk mail test --imap",
        ) from None


class Mailbox:
    """One connection. Every method raises MailError when the server, or the way to it, fails."""

    def __init__(self, client: IMAPClient, server: Server) -> None:
        self._client = client
        self._server = server
        self._prefix = self._personal()

    @property
    def capabilities(self) -> frozenset[str]:
        """What the server can do: MOVE, UIDPLUS, IDLE …"""
        with _told(self._server):
            return frozenset(c.decode("ascii", "replace").upper() for c in self._client.capabilities())

    def open(self, folder: str) -> Folder:
        """Make a folder the one that is read."""
        with _told(self._server):
            told = self._client.select_folder(self._path(folder))
            return Folder(*(int(told.get(name, 0)) for name in (b"UIDVALIDITY", b"UIDNEXT", b"EXISTS")))

    def make(self, folder: str) -> bool:
        """Make sure that there is such a folder; whether it had to be made."""
        path = self._path(folder)
        with _told(self._server):
            if self._client.folder_exists(path):
                return False
            self._client.create_folder(path)
            with suppress(IMAPClientError):  # webmails show what somebody subscribes to; not all servers know of it
                self._client.subscribe_folder(path)
            return True

    def waiting(self) -> list[Waiting]:
        """The mails of the folder that nobody has marked as deleted, oldest first; read or not makes no difference."""
        with _told(self._server):
            self._client.noop()  # what others did since is told only now
            uids = sorted(set(self._client.search("UNDELETED")))
            told: dict[int, Any] = {}
            for first in range(0, len(uids), _TOGETHER):
                told |= self._client.fetch(uids[first : first + _TOGETHER], ["RFC822.SIZE", "INTERNALDATE"])
            return [
                Waiting(uid, int(told[uid].get(b"RFC822.SIZE") or 0), told[uid].get(b"INTERNALDATE"))
                for uid in uids
                if told.get(uid)
            ]

    def fetch(self, uid: int) -> bytes | None:
        """A mail as it came; None if somebody has taken it."""
        return self._part(uid, "BODY.PEEK[]", b"BODY[]")

    def beginning(self, uid: int) -> bytes | None:
        """The head of a mail that is too large, and the beginning of its first text; None if somebody has taken it."""
        head = self._part(uid, "BODY.PEEK[HEADER]", b"BODY[HEADER]")
        if head is None:
            return None
        return (
            head.rstrip(b"\r\n")
            + b"\r\n\r\n"
            + (self._part(uid, f"BODY.PEEK[TEXT]<0.{_TEXT}>", b"BODY[TEXT]<0>") or b"")
        )

    def move(self, uid: int, folder: str) -> Gone:
        """Put a mail into another folder; where the server can't move, by a copy."""
        path = self._path(folder)
        with _told(self._server):
            if self._client.has_capability("MOVE"):
                self._client.move([uid], path)
                return "moved"
            self._client.copy([uid], path)
        return self.delete(uid)

    def delete(self, uid: int) -> Gone:
        """Take one mail out of the folder, and no other; only marked where the server can't do that."""
        with _told(self._server):
            self._client.delete_messages([uid], silent=True)
            if not self._client.has_capability("UIDPLUS"):
                return "marked"
            self._client.uid_expunge([uid])
            return "expunged"

    def wait(self, seconds: float) -> bool:
        """Wait until a mail comes into the folder, or the time is over; whether one did. Needs IDLE.

        One that comes in the moment between the two commands is announced to neither: look into the folder now and then.
        """
        with _told(self._server):
            if _arrived(self._client.noop()[1]):
                return True
            self._client.idle()
            try:
                happened = self._client.idle_check(timeout=seconds)
            finally:
                self._client.idle_done()
            return _arrived(happened)

    def close(self) -> None:
        """Leave, without expunging anything."""
        with suppress(IMAPClientError, OSError):
            self._client.logout()
        with suppress(IMAPClientError, OSError):  # where there was nobody to say goodbye to
            self._client.shutdown()

    def _part(self, uid: int, asked: str, name: bytes) -> bytes | None:
        with _told(self._server):
            told = self._client.fetch([uid], [asked]).get(uid, {})
        data = told.get(name)
        return bytes(data) if data is not None else None

    def _personal(self) -> str:
        """What stands before each folder of one's own: nothing with most servers, `INBOX.` with Courier's kind."""
        with suppress(CapabilityError):
            found = self._client.namespace().personal
            return str(found[0][0]) if found else ""
        return ""

    def _path(self, folder: str) -> str:
        if folder.upper() == "INBOX" or folder.startswith(self._prefix):
            return folder
        return self._prefix + folder


def _arrived(lines: Iterable[Any]) -> bool:
    """Whether a server's lines tell of mails."""
    return any(isinstance(line, tuple) and b"EXISTS" in line for line in lines)


@contextmanager
def _told(server: Server) -> Iterator[None]:
    """What the library and the network raise, as an error that names the server."""
    try:
        yield
    except (IMAPClientAbortError, OSError) as error:
        raise trouble(server, error) from None
    except IMAPClientError as error:
        raise trouble(server, error, kind=CommandRefused) from None
    except (
        ValueError,
        TypeError,
        LookupError,
        AttributeError,
    ):  # of the library, over an answer as no server should give
        raise CommandRefused(
            _("{place} answers as no mail server should", place=server.place), _("see: desk mail test")
        ) from None
