"""A mail that came in, as a value: everything that is asked of it later, read once."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from desk.mail.addresses import Address
from desk.mail.headers import Headers
from desk.named import NamedTuple
from desk.text import _

REST = _("the rest of the text")
"""What is left out of a text alone: all of it comes along as a file."""
Protection = Literal["", "signed", "encrypted"]


class Attachment(NamedTuple):
    """A file that came along, under a name that every system can hold. `inline`: a picture that stands in the text."""

    name: str
    type: str
    data: bytes
    inline: bool = False


class Failure(NamedTuple):
    """One address that a mail of ours could not be brought to. `status` as RFC 3463 has it, `5.1.1`, or empty."""

    email: str
    permanent: bool
    status: str
    words: str


class Forwarded(NamedTuple):
    """The mail of somebody else inside this one: who wrote it, and what."""

    sender: Address
    subject: str
    text: str


class Mail(NamedTuple):
    """`id` is the Message-ID, or one made of the contents; `hash` is the SHA-256 of all of it, as it came, `content` that of
    sender, date, subject and body: the same for two copies that came by different ways.
    """

    id: str
    hash: str
    content: str
    headers: Headers
    sender: Address | None
    """From, else what stands in for it; None when nobody can be told."""
    sender_of: str
    """The field that names the sender."""
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    delivered: tuple[str, ...]
    """Addresses that it was delivered to, by its servers' word, then To and Cc, in lower case."""
    subject: str
    date: datetime | None
    references: tuple[str, ...]
    """In-Reply-To and References, newest first."""
    text: str
    """The whole text."""
    kept: str
    """What was written, without what was quoted."""
    cut: str
    language: str
    attachments: tuple[Attachment, ...]
    protection: Protection
    left: tuple[str, ...]
    """What was too much to take in, in words."""
    forwarded: tuple[Forwarded, ...]
    failures: tuple[Failure, ...]
    """What a bounce reports; empty for every other mail."""
    returned: tuple[str, ...]
    """Message-IDs of the mail that a bounce gives back."""

    @property
    def lost(self) -> tuple[str, ...]:
        """What of it is nowhere in the desk, in words."""
        return tuple(what for what in self.left if what != REST)
