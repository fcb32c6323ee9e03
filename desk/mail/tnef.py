"""What Outlook packs in a way of its own (winmail.dat), by Microsoft's open description of it: [MS-OXTNEF].

A stream of attributes; those of interest hold lists of properties, whose values have types and lengths. Everything is
checked against the room that there is: a stream that ends early has what came before. One pass; nothing is looked at twice.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping

from desk.mail import charsets, rtf
from desk.named import NamedTuple

_MARK = b"\x78\x9f\x3e\x22"
_BODY, _TITLE, _DATA, _CODEPAGE = 0x800C, 0x8010, 0x800F, 0x9007
_BEGINS, _OF_FILE, _OF_MESSAGE = 0x9002, 0x9005, 0x9003
_TEXT, _HTML, _RTF = 0x1000, 0x1013, 0x1009
_CONTENT, _NAME, _LONG_NAME, _SHOWN, _TYPE, _CID = 0x3701, 0x3704, 0x3707, 0x3001, 0x370E, 0x3712
_STRING, _UNICODE, _OBJECT, _BINARY = 0x001E, 0x001F, 0x000D, 0x0102
_VARIABLE = (_STRING, _UNICODE, _OBJECT, _BINARY)
_SIZES = {
    0x0002: 4,
    0x0003: 4,
    0x0004: 4,
    0x000A: 4,
    0x000B: 4,
    0x0005: 8,
    0x0006: 8,
    0x0007: 8,
    0x0014: 8,
    0x0040: 8,
    0x0048: 16,
}
"""Bytes that a value of a type takes; others bring their length along."""
_SEVERAL = 0x1000
_OBJECT_ID = 16
"""Bytes before the contents of an object that say what it is."""
_MOST = 1000
"""Files, and values of one property, that are read."""


class PackedFile(NamedTuple):
    """`cid`: by which HTML names a picture; empty for most."""

    name: str
    type: str
    data: bytes
    cid: str


class Packed(NamedTuple):
    """The body in each form that it has there, empty where it has none, and the files. Not `whole`: it is cut off."""

    text: str
    html: str
    files: tuple[PackedFile, ...]
    whole: bool


class _Cut(Exception):
    """The stream ends before what it says that it has."""


def read(data: bytes) -> Packed | None:
    """What is packed in these bytes; None where they are no such stream."""
    return _Stream().read(data) if data.startswith(_MARK) else None


class _Stream:
    def __init__(self) -> None:
        self.charset = "cp1252"
        self.whole = True
        self.text, self.html = "", ""
        self.files: list[PackedFile] = []
        self._file: dict[int, bytes | str] = {}

    def read(self, data: bytes) -> Packed:
        for number, value in self._attributes(data):
            if number == _CODEPAGE and len(value) >= 4:
                self.charset = f"cp{struct.unpack_from('<I', value)[0]}"
            elif number == _BODY:
                self.text = self.text or self._string(value)
            elif number == _OF_MESSAGE:
                self._message(_properties(value, self))
            elif number == _BEGINS:
                self._end_file()
            elif number == _TITLE:
                self._file.setdefault(_NAME, self._string(value))
            elif number == _DATA:
                self._file.setdefault(_CONTENT, value)
            elif number == _OF_FILE:
                self._file = {**self._file, **_properties(value, self)}
        self._end_file()
        return Packed(self.text, self.html, tuple(self.files), self.whole)

    def _attributes(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Number and contents of each attribute; behind the contents stand two bytes of a sum, which some programs get wrong."""
        at = len(_MARK) + 2
        while at + 9 <= len(data):
            _level, number, _kind, length = struct.unpack_from("<BHHI", data, at)
            at += 9
            if at + length > len(data):
                self.whole = False
                break
            yield number, data[at : at + length]
            at += length + 2

    def _message(self, found: Mapping[int, bytes | str]) -> None:
        text, html, packed = (found.get(name, "") for name in (_TEXT, _HTML, _RTF))
        self.text = self._string(text) or self.text
        self.html = self._string(html)
        if not self.text and not self.html and isinstance(packed, bytes):
            self.text = rtf.to_text(rtf.unpacked(packed), self.charset)

    def _end_file(self) -> None:
        found, self._file = self._file, {}
        content = found.get(_CONTENT, b"")
        if isinstance(content, bytes) and content and len(self.files) < _MOST:
            names = (self._string(found.get(name, "")) for name in (_LONG_NAME, _NAME, _SHOWN))
            name = next((one for one in names if one), "")
            type_, cid = (self._string(found.get(one, "")) for one in (_TYPE, _CID))
            if content.startswith(_MARK):
                name, type_ = name or "winmail.dat", "application/ms-tnef"
            self.files.append(PackedFile(name, type_ or "application/octet-stream", content, cid.lower()))

    def _string(self, value: bytes | str) -> str:
        if isinstance(value, str):
            return value.rstrip("\0")
        return charsets.decode(value.rstrip(b"\0"), self.charset)

    def text_of(self, kind: int, value: bytes) -> bytes | str:
        """A value of a property as text, where it is one."""
        if kind == _UNICODE:
            return value.decode("utf-16-le", "replace")
        return charsets.decode(value.rstrip(b"\0"), self.charset) if kind == _STRING else value


def _properties(data: bytes, stream: _Stream) -> dict[int, bytes | str]:
    """The properties that are bytes or text, by number; of several values the first one."""
    found: dict[int, bytes | str] = {}
    try:
        number, at = _number(data, 0)
        for _ in range(min(number, len(data) // 8)):
            kind, name = struct.unpack_from("<HH", data, at) if at + 4 <= len(data) else (0, 0)
            at = _past_name(data, at + 4) if name >= 0x8000 else at + 4
            value, at = _value(data, at, kind)
            if value is not None:
                found.setdefault(name, stream.text_of(kind & ~_SEVERAL, value))
    except _Cut:
        pass
    return found


def _value(data: bytes, at: int, kind: int) -> tuple[bytes | None, int]:
    """The first value, where it is of those that bring their length along, and where the next property begins."""
    bare = kind & ~_SEVERAL
    several = bool(kind & _SEVERAL)
    if bare in _SIZES:
        number, at = _number(data, at) if several else (1, at)
        return None, _within(data, at + number * _SIZES[bare])
    if bare not in _VARIABLE:
        raise _Cut
    number, at = _number(data, at)
    first: bytes | None = None
    for _ in range(min(number, _MOST)):
        length, at = _number(data, at)
        end = _within(data, at + length)
        if first is None:
            first = data[at + (_OBJECT_ID if bare == _OBJECT else 0) : end]
        at = end + -length % 4
    return first, at


def _past_name(data: bytes, at: int) -> int:
    """Where the value of a property begins that has a name of its own: a number, or words."""
    kind, at = _number(data, at + 16)
    if kind == 0:
        return at + 4
    length, at = _number(data, at)
    return _within(data, at + length + -length % 4)


def _number(data: bytes, at: int) -> tuple[int, int]:
    if at + 4 > len(data):
        raise _Cut
    return int(struct.unpack_from("<I", data, at)[0]), at + 4


def _within(data: bytes, at: int) -> int:
    if at > len(data):
        raise _Cut
    return at
