"""Files that come along: their names, what isn't worth keeping, and the one line that an invitation says."""

from __future__ import annotations

import re

from desk.domain.model.filenames import attachment_name
from desk.intake.mails import Attachment
from desk.mail import charsets, headers
from desk.named import NamedTuple
from desk.text import _

_ENDINGS = {
    "application/ms-tnef": ".dat",
    "application/pdf": ".pdf",
    "application/pgp-encrypted": ".asc",
    "application/pgp-signature": ".asc",
    "application/pkcs7-mime": ".p7m",
    "application/pkcs7-signature": ".p7s",
    "application/x-pkcs7-mime": ".p7m",
    "application/x-pkcs7-signature": ".p7s",
    "image/gif": ".gif",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "message/delivery-status": ".txt",
    "message/disposition-notification": ".txt",
    "message/rfc822": ".eml",
    "text/calendar": ".ics",
    "text/csv": ".csv",
    "text/html": ".html",
    "text/plain": ".txt",
    "text/rfc822-headers": ".txt",
}
_START = re.compile(
    r"^DTSTART(?:;(?:[^:\r\n]*;)?TZID=([^:;\r\n]+)[^:\r\n]*|;[^:\r\n]*)?:(\d{8})(?:T(\d{4})(?:\d\d)?)?(Z)?",
    re.MULTILINE,
)
_TINY = 200
"""Bytes below which a picture of one point is there to be counted, not seen."""


class Limits(NamedTuple):
    """What one mail may bring: parts, bytes of one file."""

    parts: int = 200
    file: int = 25 << 20


class Files:
    """The files of one mail, as they are found; each gets a name of its own."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.kept: list[Attachment] = []
        self.left: list[str] = []
        self._names: set[str] = set()

    def add(self, name: str, type_: str, data: bytes, *, inline: bool = False) -> str:
        """Keep a file; its name, or nothing for what isn't worth keeping or is too much."""
        if _counts_readers(data):
            return ""
        known = name.strip() or _called(type_)
        if len(data) > self.limits.file:
            self.left.append(_("{clean} ({n:,} bytes)", clean=headers.clean(known)[:120], n=len(data)))
            return ""
        safe = attachment_name(known, self._names)
        self._names.add(safe)
        self.kept.append(Attachment(safe, type_, data, inline))
        return safe


def _called(type_: str) -> str:
    return ("image" if type_.startswith("image/") else type_.replace("/", "-")) + _ENDINGS.get(type_, "")


def _counts_readers(data: bytes) -> bool:
    """Whether it is a picture of one point, as mails carry to learn who opens them."""
    if len(data) >= _TINY:
        return False
    gif = data[:4] == b"GIF8" and data[6:10] == b"\1\0\1\0"
    return gif or (data[:8] == b"\x89PNG\r\n\x1a\n" and data[16:24] == b"\0\0\0\1\0\0\0\1")


def invitation(data: bytes, charset: str) -> str:
    """What an invitation is about and when, on one line; empty if it doesn't say."""
    text = re.sub(r"\r?\n[ \t]", "", charsets.decode(data, charset or "utf-8"))
    event = text.partition("BEGIN:VEVENT")[2]
    summary = re.search(r"^SUMMARY(?:;[^:\r\n]*)?:([^\r\n]*)", event, re.MULTILINE)
    start = _START.search(event)
    if not summary and not start:
        return ""
    words = re.sub(r"\\([,;\\])", r"\1", re.sub(r"\\[nN]", " ", summary[1])) if summary else ""
    return headers.clean(f"{words}, {_when(start)}" if words and start else words or _when(start))


def _when(start: re.Match[str] | None) -> str:
    if start is None:
        return ""
    day = f"{start[2][:4]}-{start[2][4:6]}-{start[2][6:]}"
    clock = f" {start[3][:2]}:{start[3][2:]}" if start[3] else ""
    zone = f" {start[1]}" if start[1] else " UTC" if start[4] else ""
    return day + clock + zone
