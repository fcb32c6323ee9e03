"""The parts of a mail: which of them are its text, which are files. The standard library splits them, and reads no header."""

from __future__ import annotations

import binascii
import email.parser
import re
from collections.abc import Iterator, Sequence
from email.message import Message
from email.policy import Compat32
from typing import Any, Literal, cast

from desk.intake import attachments, html, plaintext
from desk.intake.mails import REST, Attachment, Protection
from desk.mail import charsets, headers, tnef
from desk.mail.headers import Headers
from desk.named import NamedTuple
from desk.text import _

_DEEPEST = 40
"""Parts inside parts: mails forwarded ten times have twenty."""
_STUB = 300
"""Characters of plain text that may be no more than a request to look at the HTML."""
_OUTLOOK = ("application/ms-tnef", "application/vnd.ms-tnef")
"""Outlook's own packing of files and formatting (TNEF)."""
_PACKED = "[winmail.dat: what Outlook packed in a way of its own; not all of it could be read]"
_TOO_MANY = _("more parts than one mail may have")
_SEALED = ("application/pkcs7-mime", "application/x-pkcs7-mime")


class Contents(NamedTuple):
    """`inner` are mails inside this one, as they came; `protection` is claimed, never verified."""

    text: str
    attachments: tuple[Attachment, ...]
    protection: Protection
    left: tuple[str, ...]
    inner: tuple[bytes, ...]


class _Words(NamedTuple):
    kind: Literal["plain", "html"]
    text: str


class Piece(Message):
    """A part whose bytes can be had as they came: the library's own way decodes them, by a charset it guesses."""

    _payload: Any

    @property
    def raw(self) -> bytes:
        """The contents, still packed; nothing for what has parts itself."""
        return str(self._payload or "").encode("ascii", "surrogateescape") if not self.is_multipart() else b""

    @property
    def children(self) -> list[Piece]:
        """The parts inside, none for a leaf."""
        content = self._payload if self.is_multipart() else ()
        return [child for child in content if isinstance(child, Piece)]

    def every(self) -> Iterator[Piece]:
        """Itself and those inside it, in order."""
        yield self
        for child in self.children:
            yield from child.every()


class _Raw(Compat32):
    """Headers as they stand: decoding them is `desk.mail.headers`' work, and writing them changes nothing."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, _, value = sourcelines[0].partition(":")
        return name, "".join((value.lstrip(" \t"), *sourcelines[1:])).rstrip("\r\n")

    def header_fetch_parse(self, name: str, value: str) -> str:  # noqa: ARG002 - the name is the caller's
        return value

    def fold_binary(self, name: str, value: str) -> bytes:
        return f"{name}: {value}{self.linesep}".encode("ascii", "surrogateescape")


def split(head: Headers, body: bytes) -> Piece:
    """The mail as a tree of parts. Of its own header only what tells about the parts goes into it."""
    told = [f"{name}: {head.raw(name)}\r\n" for name in ("content-type", "content-transfer-encoding") if head.raw(name)]
    lines = "".join(told).encode("ascii", "surrogateescape")
    parser = email.parser.BytesParser(Piece, policy=_Raw())
    return cast("Piece", parser.parsebytes(lines + b"\r\n" + body))


def read(tree: Piece, limits: attachments.Limits) -> Contents:
    """The text and the files of a mail; RecursionError where hundreds of parts are nested."""
    reading = _Reading(limits)
    words = reading.walk(tree, 0)
    text = reading.join(words)
    text, files = plaintext.enclosed(text)
    for name, data in files:
        reading.enclose(name, data)
    text = reading.unarmoured(text)
    if len(text) > plaintext.LONGEST:
        reading.files.add("message.txt", "text/plain", text.encode())
        text = text[: plaintext.LONGEST]
        reading.files.left.append(REST)
    kept = reading.files
    return Contents(text, tuple(kept.kept), reading.protection, tuple(kept.left), tuple(reading.inner))


def payload(part: Piece) -> bytes:
    """The bytes of a part, whatever they were packed in."""
    packed = str(part.get("content-transfer-encoding") or "").strip().lower()
    if part.children:  # a mail as a part, which has been split as well
        whole = part.children[0].as_bytes()
        return headers.base64_bytes(whole) if packed == "base64" else whole
    raw = part.raw
    if packed == "base64":
        return headers.base64_bytes(raw)
    if packed == "quoted-printable":
        return binascii.a2b_qp(raw)
    if packed in ("x-uuencode", "uuencode", "uue", "x-uue"):
        found = plaintext.enclosed(charsets.decode(raw).replace("\r\n", "\n"))[1]
        return found[0].data if found else raw
    return raw


class _Reading:
    """One mail being read: what was found so far."""

    def __init__(self, limits: attachments.Limits) -> None:
        self.files = attachments.Files(limits)
        self.protection: Protection = ""
        self.inner: list[bytes] = []
        self._seen = 0
        self._images: dict[str, str] = {}
        self._packed: list[_Words] = []

    def walk(self, part: Piece, depth: int, *, alone: bool = True) -> list[_Words]:
        """The words of a part, in order; its files are kept. `alone`: nothing of the same mail has been read before it."""
        type_, options = headers.parameters(str(part.get("content-type") or "text/plain"))
        if part.children and type_.startswith("multipart/") and depth < _DEEPEST:
            return self._several(type_, part.children, depth + 1)
        self._seen += 1
        if self._seen > self.files.limits.parts or depth >= _DEEPEST:
            if self._seen == self.files.limits.parts + 1 or depth >= _DEEPEST:
                self.files.left.append(_TOO_MANY)
            return []
        if type_.startswith("multipart/"):  # cut off before its first part
            type_ = "text/plain"
        return self._one(part, type_, options, alone=alone)

    def _several(self, type_: str, children: Sequence[Piece], depth: int) -> list[_Words]:
        if type_ == "multipart/encrypted":
            self.protection = "encrypted"
            for child in children:
                self._file(child)
            return [_Words("plain", "[encrypted message]")]
        if type_ == "multipart/alternative":
            return _chosen([self.walk(child, depth) for child in children])
        if type_ == "multipart/signed":
            self.protection = self.protection or "signed"
        found: list[_Words] = []
        for child in children:
            found += self.walk(child, depth, alone=not found)
        return found

    def _one(self, part: Piece, type_: str, options: dict[str, str], *, alone: bool) -> list[_Words]:
        disposition, name = _disposition(part, options)
        if type_ in ("text/plain", "text/html", "text") and disposition != "attachment" and (not name or alone):
            return self._words(part, type_, options)
        data = payload(part)
        if type_ == "message/rfc822":
            self.inner.append(data)
            name = name or f"{headers.split(data)[0].text('subject') or 'message'}.eml"
        if type_ in _OUTLOOK or name.lower() == "winmail.dat":
            return self._outlook(name, data)
        cid = str(part.get("content-id") or "").strip(" <>").lower()
        inline = type_.startswith("image/") and (bool(cid) or disposition == "inline")
        kept = self.files.add(name, type_, data, inline=inline)
        if cid:
            self._images[cid] = kept
        return self._told(type_, options, data)

    def _outlook(self, name: str, data: bytes) -> list[_Words]:
        """What Outlook packed: its files, and its text for a mail that has no other. What can't be read of it is kept as it is."""
        packed = tnef.read(data)
        if packed is not None:
            self._packed += [_Words("html", packed.html)] if packed.html else [_Words("plain", packed.text)]
            for file in packed.files:
                self._unpack(file)
        if packed is not None and packed.whole and (packed.files or packed.text or packed.html):
            return []
        return [_Words("plain", _PACKED)] if self.files.add(name, _OUTLOOK[0], data) else []

    def enclose(self, name: str, data: bytes) -> None:
        """Keep a file that stood in the text itself, as one more part."""
        self._seen += 1
        if self._seen <= self.files.limits.parts:
            self.files.add(name, "application/octet-stream", data)
        elif _TOO_MANY not in self.files.left:
            self.files.left.append(_TOO_MANY)

    def _unpack(self, file: tnef.PackedFile) -> None:
        self._seen += 1
        if self._seen > self.files.limits.parts:
            return self.files.left.append(_TOO_MANY) if _TOO_MANY not in self.files.left else None
        inner = tnef.read(file.data)  # a mail that was attached to it
        if inner is None:
            kept = self.files.add(
                file.name, file.type, file.data, inline=bool(file.cid) and file.type.startswith("image/")
            )
            self._images |= {file.cid: kept} if file.cid else {}
            return None
        if text := plaintext.clean(inner.text or html.to_text(inner.html, {})):
            self.files.add(f"{file.name}.txt", "text/plain", text.encode())
        for one in inner.files:
            self.files.add(one.name, one.type, one.data)
        return None

    def _told(self, type_: str, options: dict[str, str], data: bytes) -> list[_Words]:
        """What stands in the text for a file."""
        if type_ in _SEALED:
            signed = options.get("smime-type") == "signed-data"
            self.protection = "signed" if signed else "encrypted"
            return [_Words("plain", "[signed message]" if signed else "[encrypted message]")]
        line = attachments.invitation(data, options.get("charset", "")) if type_ == "text/calendar" else ""
        return [_Words("plain", line)] if line else []

    def _words(self, part: Piece, type_: str, options: dict[str, str]) -> list[_Words]:
        data = payload(part)
        text = charsets.decode(data, options.get("charset") or (_meta(data) if type_ == "text/html" else ""))
        if type_ == "text/html":
            return [_Words("html", text)]
        if options.get("format", "").lower() == "flowed":
            text = plaintext.unflow(text, spaces=options.get("delsp", "").lower() == "yes")
        return [_Words("plain", text)]

    def _file(self, part: Piece) -> None:
        type_, options = headers.parameters(str(part.get("content-type") or ""))
        self.files.add(_disposition(part, options)[1], type_, payload(part))

    def join(self, words: Sequence[_Words]) -> str:
        """All words as one text; HTML is read last, when the names of its pictures are known."""
        if not any(plaintext.says_something(w.text) for w in words):
            words = [*words, *self._packed]
        texts = (html.to_text(w.text, self._images) if w.kind == "html" else w.text for w in words)
        return "\n\n".join(text for text in map(plaintext.clean, texts) if text)

    def unarmoured(self, text: str) -> str:
        """The text out of a signature that PGP writes around it."""
        if text.startswith("-----BEGIN PGP MESSAGE-----"):
            self.protection = "encrypted"
        found = re.match(
            r"-----BEGIN PGP SIGNED MESSAGE-----\n(?:\w+: .*\n)*\n((?s:.*?))\n-----BEGIN PGP SIGNATURE-----\n"
            r"(?s:.*?)(?:-----END PGP SIGNATURE-----|\Z)",
            text,
        )
        if found is None:
            return text
        self.protection = "signed"
        below = text[found.end() :].strip("\n")  # what a mailing list, or somebody on the way, wrote under it
        signed = re.sub(r"^- ", "", found[1], flags=re.MULTILINE)
        return f"{signed}\n\n{below}" if below else signed


def _disposition(part: Piece, options: dict[str, str]) -> tuple[str, str]:
    """How a part wants to be shown, and what it is called; `options` are those of its type, where old programs put the name."""
    disposition, more = headers.parameters(str(part.get("content-disposition") or ""))
    return disposition, more.get("filename") or options.get("name") or ""


def _chosen(versions: list[list[_Words]]) -> list[_Words]:
    """Of several versions of one text the plain one, if it says something; an invitation's line goes along."""
    plain = [w for version in versions for w in version if w.kind == "plain" and plaintext.says_something(w.text)]
    rich = [version for version in versions if any(w.kind == "html" for w in version)]
    if plain and not (rich and _points_to_html(plain)):
        return plain
    return rich[-1] if rich else plain


def _points_to_html(plain: list[_Words]) -> bool:
    text = " ".join(w.text for w in plain)
    return len(text) < _STUB and re.search(r"\bhtml\b", text, re.IGNORECASE) is not None


def _meta(data: bytes) -> str:
    """The charset that an HTML page gives itself."""
    found = re.search(rb"<meta[^<>]{0,200}charset\s*=\s*[\"']?([\w.:-]{1,40})", data[:4096], re.IGNORECASE)
    return found[1].decode("ascii", "replace") if found else ""
