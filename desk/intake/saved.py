"""Mails saved on disk: single ones (.eml), mailboxes (mbox, Maildir), and what another program hands over in a pipe."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import BinaryIO

from desk.errors import NotFound, UsageFault
from desk.named import NamedTuple
from desk.text import _

_FROM = re.compile(rb"From \S+ .*\d{4}|From \S+@\S+|From - ")
_QUOTED = re.compile(rb">+From ")


class Saved(NamedTuple):
    """`name` tells where it was; of a mail larger than was asked for only its beginning is in `raw`, `size` is all of it."""

    name: str
    raw: bytes
    size: int


def read(path: str, most: int) -> Iterator[Saved]:
    """The mails at a path, in order; at most `most` bytes of each. NotFound, or UsageFault where there are none."""
    if os.path.isdir(path):
        yield from _folder(path, most)
    elif os.path.isfile(path):
        with open(path, "rb") as file:
            yield from of_stream(file, os.path.basename(path), most)
    else:
        raise NotFound(
            _("there is no mail {path}", path=path),
            _("name files, mbox mailboxes or Maildir folders; - reads from a pipe"),
        )


def of_stream(stream: BinaryIO, name: str, most: int, *, mbox: bool | None = None) -> Iterator[Saved]:
    """The mails of a stream: an mbox if it begins as one, unless the caller knows better, else one mail."""
    first = stream.readline(4096)
    if mbox or (mbox is None and _FROM.match(first) is not None and not name.endswith(".eml")):
        yield from _mbox(stream, first, name, most)
        return
    # The line that an MTA writes above a mail it pipes; it is no part of the mail.
    kept = b"" if _FROM.match(first) else first
    kept += stream.read(max(0, most - len(kept)))
    size = len(kept)
    while len(kept) >= most and (more := stream.read(1 << 20)):
        size += len(more)
    yield Saved(name, kept, size)


def _mbox(stream: BinaryIO, first: bytes, name: str, most: int) -> Iterator[Saved]:
    number, kept, size, room, blank = 1, list[bytes](), 0, most, False
    if not _FROM.match(first):
        kept, size, room = [first], len(first), most - len(first)
    for line in stream:
        if blank and _FROM.match(line):
            yield _mail(f"{name}:{number}", kept, size)
            number, kept, size, room, blank = number + 1, [], 0, most, False
            continue
        text = line[1:] if _QUOTED.match(line) else line
        size += len(text)
        if room > 0:
            kept.append(text[:room])
            room -= len(text)
        blank = not line.strip()
    yield _mail(f"{name}:{number}", kept, size)


def _mail(name: str, lines: list[bytes], size: int) -> Saved:
    return Saved(name, b"".join(lines), size)


def _folder(path: str, most: int) -> Iterator[Saved]:
    """A Maildir, or a folder of .eml files; by name, which in a Maildir is the order in which they came."""
    maildir = [part for part in ("new", "cur") if os.path.isdir(os.path.join(path, part))]
    found = [
        os.path.join(part, name) for part in maildir for name in os.listdir(os.path.join(path, part)) if name[0] != "."
    ]
    if not maildir:
        found = [name for name in os.listdir(path) if name.lower().endswith(".eml")]
        if not found:
            raise UsageFault(
                _("{path} is neither a Maildir nor a folder of .eml files", path=path), _("name the files themselves")
            )
    for name in sorted(found, key=os.path.basename):
        whole = os.path.join(path, name)
        with open(whole, "rb") as file:
            yield Saved(name, file.read(most), os.fstat(file.fileno()).st_size)
