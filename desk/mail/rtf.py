"""Rich text (RTF) as plain text, and how Outlook packs it: by Microsoft's open descriptions, [MS-OXRTFCP] and [MS-OXRTFEX].

Of text that was made of HTML the words stay, and none of its tags: they stand in groups of their own, or between marks.
"""

from __future__ import annotations

import re
import struct

from desk.mail import charsets

_BEFORE = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor "
    b"MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    b"\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
"""What the window holds before the first byte."""
_WINDOW = 4096
_LARGEST = 2 << 20
"""Bytes that are unpacked."""
_TOKEN = re.compile(
    rb"\\([a-z]{1,32})(-?\d{1,10})?[ ]?|\\'([0-9a-f]{2})|\\([^a-z'])|([{}])|[\r\n]+|([^\\{}\r\n]+)", re.IGNORECASE
)
_UNSEEN = frozenset(b"fonttbl colortbl stylesheet info pict object header footer generator themedata listtable".split())
_SIGNS = {
    b"par": "\n", b"line": "\n", b"sect": "\n", b"row": "\n", b"tab": "\t", b"cell": "\t", b"emdash": "—", b"endash": "–",
    b"lquote": "‘", b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”", b"bullet": "•",
}  # fmt: skip
_ESCAPED = {b"~": "\u00a0", b"_": "-", b"-": "", b"\n": "\n", b"\r": "\n"}
_DEEPEST = 500


def unpacked(data: bytes) -> bytes:
    """The text in a packed property; what there is of one that is cut off, nothing of what is none."""
    if len(data) < 16:
        return b""
    _size, length, kind, _sum = struct.unpack_from("<IIII", data)
    if kind == 0x414C454D:  # "MELA": as it is
        return data[16 : 16 + min(length, _LARGEST)]
    return _inflated(data[16:], min(length, _LARGEST)) if kind == 0x75465A4C else b""


def _inflated(data: bytes, length: int) -> bytes:
    """Bytes as they are, and references to what stood up to 4 KiB before, eight under each byte of marks."""
    window = bytearray(_BEFORE.ljust(_WINDOW, b"\0"))
    at, place, done = 0, len(_BEFORE), bytearray()
    while at < len(data) and len(done) < length:
        marks = data[at]
        at += 1
        for bit in range(8):
            if at >= len(data) or len(done) >= length:
                break
            if not marks >> bit & 1:
                found = data[at : at + 1]
                at += 1
            else:
                if at + 2 > len(data):
                    return bytes(done)
                told = int.from_bytes(data[at : at + 2], "big")
                at += 2
                start = told >> 4
                if start == place % _WINDOW:
                    return bytes(done)
                found = b""
                for n in range((told & 15) + 2):
                    byte = window[(start + n) % _WINDOW]
                    window[(place + n) % _WINDOW] = byte
                    found += bytes((byte,))
            for n, byte in enumerate(found):
                window[(place + n) % _WINDOW] = byte
            place += len(found)
            done += found
    return bytes(done[:length])


def to_text(data: bytes, charset: str) -> str:
    """The words; `charset` is that of letters beyond ASCII where the text doesn't say."""
    if not data.startswith(b"{\\rtf"):
        return ""
    found = re.search(rb"\\ansicpg(\d{3,5})", data[:200])
    reading = _Reading(f"cp{found[1].decode()}" if found else charset)
    for token in _TOKEN.finditer(data):
        reading.take(token)
    return reading.text()


class _Reading:
    """What was read so far. Groups nest, and one that isn't seen has none in it that is."""

    def __init__(self, charset: str) -> None:
        self.charset = charset
        self.words: list[str] = []
        self.held = bytearray()  # bytes of one charset, which a letter may be cut into
        self.unseen = [False]
        self.spare = 0  # characters that stand in for a letter by number

    def take(self, token: re.Match[bytes]) -> None:
        word, number, byte, sign, brace, text = token.groups()
        if byte is None:
            self.flush()
        if brace is not None:
            self._nest(brace)
        elif sign == b"*" or word in _UNSEEN:
            self.unseen[-1] = True
        elif word == b"htmlrtf":
            self.unseen[-1] = number != b"0"
        elif not self.unseen[-1]:
            self._say(word, number, byte, sign, text)

    def _nest(self, brace: bytes) -> None:
        if brace == b"}":
            self.unseen = self.unseen[:-1] or [True]
        elif len(self.unseen) < _DEEPEST:
            self.unseen.append(self.unseen[-1])

    def _say(
        self, word: bytes | None, number: bytes | None, byte: bytes | None, sign: bytes | None, text: bytes | None
    ) -> None:
        if byte is not None:
            self.held += bytes.fromhex(byte.decode()) if not self.spare else b""
            self.spare = max(0, self.spare - 1)
        elif word == b"u" and number is not None:
            self.words.append(chr(int(number) % 65536))
            self.spare = 1
        elif word is not None:
            self.words.append(_SIGNS.get(word.lower(), ""))
        elif sign is not None:
            self.words.append(_ESCAPED.get(sign, sign.decode("latin-1")))
        elif text is not None:
            self.words.append(text[self.spare :].decode("latin-1"))
            self.spare = 0

    def flush(self) -> None:
        """Read the bytes that stand side by side."""
        if self.held:
            self.words.append(charsets.decode(bytes(self.held), self.charset))
            self.held.clear()

    def text(self) -> str:
        """The words; letters beyond 16 bits were written in two halves."""
        self.flush()
        return "".join(self.words).encode("utf-16", "surrogatepass").decode("utf-16", "replace").strip()
