"""A message as the bytes that are sent. The same message always becomes the same bytes: sent twice, it is one.

Written by hand, not by the standard library's policies: their folding loses the space between two encoded words, which
spoilt one in seven Greek subjects.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime
from typing import Literal
from urllib.parse import quote

from desk.mail import addresses, headers, layout, threading
from desk.mail.addresses import Address
from desk.named import NamedTuple
from desk.text import _

MARKER = "— Reply above this line / Απαντήστε πάνω από αυτή τη γραμμή —"
"""What a message begins with, so that a quote of it is found in the answer, however it is quoted."""
MOST = 10 << 20
"""Bytes of all files of a message; servers refuse more than 20 to 35 MB, and packing adds a third."""
_LEFT_OUT = {
    "en": "Too large to send by mail: {}",
    "el": "Πολύ μεγάλα για αποστολή με μήνυμα: {}",
}
Kind = Literal["answer", "acknowledgement", "shortfall", "notice"]
"""What staff wrote; that a mail has arrived; that it hasn't arrived whole; what the desk tells by itself."""
_REPLIED = (("Auto-Submitted", "auto-replied"), ("X-Auto-Response-Suppress", "All"))
_AUTOMATIC: dict[Kind, tuple[tuple[str, str], ...]] = {
    "answer": (),
    "acknowledgement": _REPLIED,
    "shortfall": _REPLIED,
    "notice": (("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "All"), ("Precedence", "bulk")),
}
"""How other programs are told not to answer (RFC 3834, and what Exchange and older ones go by)."""


class Enclosure(NamedTuple):
    """A file to go along."""

    name: str
    type: str
    data: bytes


class Outgoing(NamedTuple):
    """One message to one address, all decided. `references` are oldest first, the last one is what it answers."""

    message_id: str
    kind: Kind
    sender: Address
    to: Address
    subject: str
    text: str
    language: str
    at: datetime
    ticket: str
    loop: str
    reply_to: str = ""
    references: tuple[str, ...] = ()
    list_id: str = ""
    enclosures: tuple[Enclosure, ...] = ()
    image: bytes = b""
    html: bool = True
    marked: bool = True


class _Packed(NamedTuple):
    """A part, ready to be put into another one."""

    fields: tuple[tuple[str, str], ...]
    body: bytes


def compose(message: Outgoing) -> bytes:
    """The message, lines ended as SMTP wants them; ValueError for an address that isn't one."""
    body = _body(message)
    fields = (*_head(message), ("MIME-Version", "1.0"), *body.fields)
    return b"".join(f"{name}: {value}\r\n".encode() for name, value in fields) + b"\r\n" + body.body


def redirected(message: Outgoing, to: str) -> Outgoing:
    """The message as it goes in a rehearsal: to this address, with the real one in the subject."""
    return message._replace(to=Address("", to), subject=f"[{message.to.email}] {message.subject}")


def _head(message: Outgoing) -> list[tuple[str, str]]:
    subject = threading.with_ticket(message.subject, message.ticket)
    references = threading.shortened(list(message.references))
    told = [
        ("From", addresses.write(message.sender, 6)),
        ("To", addresses.write(message.to, 4)),
        ("Reply-To", addresses.write(Address("", message.reply_to)) if message.reply_to else ""),
        ("Subject", headers.encode(subject, 9)),
        ("Date", format_datetime(message.at)),
        ("Message-ID", message.message_id),
        ("In-Reply-To", references[-1] if references else ""),
        ("References", "\r\n ".join(references)),
        *_AUTOMATIC[message.kind],
        ("List-Id", headers.encode(message.list_id, 9)),
        ("X-Desk-Loop", headers.encode(message.loop, 13)),
        ("X-Desk-Ticket", message.ticket),
        ("Content-Language", message.language),
    ]
    return [(name, value) for name, value in told if value]


def _body(message: Outgoing) -> _Packed:
    kept, left = fitting(message.enclosures)
    text = message.text
    if left:
        names = ", ".join(e.name for e in left)
        text = f"{text.rstrip()}\n\n{_LEFT_OUT.get(message.language, _LEFT_OUT['en']).format(names)}\n"
    body = _words(message, text)
    return _several(message, "mixed", [body, *map(_file, kept)]) if kept else body


def fitting(enclosures: Sequence[Enclosure], most: int = MOST) -> tuple[list[Enclosure], list[Enclosure]]:
    """The files that go along, in order while there is room, and those that are named instead."""
    kept, left, room = list[Enclosure](), list[Enclosure](), most
    for enclosure in enclosures:
        fits = len(enclosure.data) <= room
        (kept if fits else left).append(enclosure)
        room -= len(enclosure.data) if fits else 0
    return kept, left


def _words(message: Outgoing, text: str) -> _Packed:
    """The text, and beside it the same words as HTML."""
    marker = MARKER if message.marked else ""
    plain = _text("plain", f"{marker}\n\n{text}" if marker else text)
    if not message.html:
        return plain
    page = _text("html", layout.page(text, message.language, image=bool(message.image), marker=marker))
    if message.image:
        fields = (
            ("Content-Type", "image/png"),
            ("Content-Transfer-Encoding", "base64"),
            ("Content-ID", f"<{layout.IMAGE}>"),
            ("Content-Disposition", "inline"),
        )
        page = _several(message, "related", [page, _Packed(fields, _base64(message.image))])
    return _several(message, "alternative", [plain, page])


def _text(kind: str, text: str) -> _Packed:
    lines = "\n".join(text.splitlines()) + "\n"
    body = binascii.b2a_qp(lines.encode(), istext=True).replace(b"\n", b"\r\n")
    return _Packed(
        (
            ("Content-Type", _("text/{kind}; charset=utf-8", kind=kind)),
            ("Content-Transfer-Encoding", "quoted-printable"),
        ),
        body,
    )


def _file(enclosure: Enclosure) -> _Packed:
    name = headers.clean(enclosure.name)
    safe = quote(name, safe="")
    # Old programs read the name from the type, as an encoded word that no standard knows; new ones by RFC 2231.
    type_ = "application/octet-stream" if enclosure.type.startswith(("message/", "multipart/")) else enclosure.type
    fields = (
        ("Content-Type", _('{type};\r\n name="{name}"', type=headers.clean(type_), name=_quoted(name))),
        ("Content-Transfer-Encoding", "base64"),
        ("Content-Disposition", _("attachment;\r\n filename*=utf-8''{safe}", safe=safe)),
    )
    return _Packed(fields, _base64(enclosure.data))


def _quoted(name: str) -> str:
    """A name between quotes: as words where it has other letters, else with what would end the quotes escaped."""
    encoded = headers.encode(name)
    return re.sub(r'(["\\])', r"\\\1", name) if encoded == name else encoded


def _base64(data: bytes) -> bytes:
    return base64.encodebytes(data).replace(b"\n", b"\r\n")


def _several(message: Outgoing, kind: str, parts: Sequence[_Packed]) -> _Packed:
    # No line of what is packed here can begin with this: "=_" occurs neither in quoted-printable nor in base64.
    mark = "=_" + hashlib.sha256(f"{kind}\0{message.message_id}".encode()).hexdigest()[:24]
    pieces = [
        b"--"
        + mark.encode()
        + b"\r\n"
        + b"".join(f"{n}: {v}\r\n".encode() for n, v in part.fields)
        + b"\r\n"
        + part.body
        for part in parts
    ]
    fields = (("Content-Type", _('multipart/{kind};\r\n boundary="{mark}"', kind=kind, mark=mark)),)
    return _Packed(fields, b"\r\n".join((*pieces, b"--" + mark.encode() + b"--\r\n")))
