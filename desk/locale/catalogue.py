"""The messages of one language, from a .mo file as gettext's tools write it.

Read at the first look-up, and searched where it lies: the standard library's reader makes 3,000 messages into a dictionary,
7 ms of CPU, of which a list needs thirty.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress

from desk.text import CatalogueFault, _, arranged, speaking

_CONTEXT_END = "\x04"
_MAGIC = b"\xde\x12\x04\x95"
_HEADER = 28
"""Bytes before the tables of a .mo."""


class CatalogueFile:
    """What `desk.text` asks for templates; what isn't translated is English."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._known: dict[str, list[str]] = {}
        self._data = b""
        self._count = self._originals = self._translations = 0
        self._plural: Callable[[int], int] | None = None

    def gettext(self, message: str, /) -> str:
        return self._forms(message)[0] if message else message

    def pgettext(self, context: str, message: str, /) -> str:
        return self._forms(f"{context}{_CONTEXT_END}{message}", message)[0]

    def ngettext(self, msgid1: str, msgid2: str, n: int, /) -> str:
        forms = self._forms(msgid1, msgid1, msgid2)
        if len(forms) == 1 or forms == [msgid1, msgid2]:
            return msgid1 if n == 1 and forms[0] == msgid1 else msgid2 if forms[0] == msgid1 else forms[0]
        if self._plural is None:
            self._plural = self._rule()
        return forms[min(self._plural(n), len(forms) - 1)]

    def _forms(self, key: str, *english: str) -> list[str]:
        """The translations of a message, one for each number; English where there are none."""
        found = self._known.get(key)
        if found is None:
            raw = self._search(key.encode("utf-8", "surrogatepass"))
            found = self._known[key] = raw.decode().split("\0") if raw else list(english or (key,))
        return found

    def _search(self, key: bytes) -> bytes:
        """Among the originals, which stand in order; a plural's key ends where its second form begins."""
        if not self._data:
            self._read()
        low, high = 0, self._count
        while low < high:
            middle = (low + high) // 2
            found = self._at(self._originals, middle).partition(b"\0")[0]
            if found == key:
                return self._at(self._translations, middle)
            if found < key:
                low = middle + 1
            else:
                high = middle
        return b""

    def _read(self) -> None:
        try:
            data = _fresh(self.path)
        except OSError as error:
            raise _unreadable(self.path, str(error.strerror)) from None
        if not data.startswith(_MAGIC) or len(data) < _HEADER:
            raise _unreadable(self.path, _("no catalogue as gettext's tools write it"))
        self._data = data
        self._count, self._originals, self._translations = (self._number(place) for place in (8, 12, 16))

    def _at(self, table: int, number: int) -> bytes:
        """A message of a table, whose rows are a length and a place."""
        length, start = self._number(table + 8 * number), self._number(table + 8 * number + 4)
        return self._data[start : start + length]

    def _number(self, place: int) -> int:
        return int.from_bytes(self._data[place : place + 4], "little")

    def _rule(self) -> Callable[[int], int]:
        """Which form a number takes: the rule in the catalogue's head, in C."""
        head = self._search(b"").decode()
        rule = head.partition("plural=")[2].partition(";")[0].partition("\n")[0]
        if rule.strip(" ()") in {"", "n != 1"}:
            return lambda n: int(n != 1)
        from gettext import c2py  # noqa: PLC0415 - compiles expressions to read a rule; most languages have the one above

        try:
            made: Callable[[int], int] = c2py(rule)
        except ValueError as error:
            raise _unreadable(self.path, str(error)) from None
        return made


def _unreadable(where: str, problem: str) -> CatalogueFault:
    """The error for a catalogue that can't be read, which is said in English."""
    with speaking(None):
        return CatalogueFault(arranged("{where}: {problem}", where=where, problem=problem))


def _fresh(path: str) -> bytes:
    """The file; where a newer .po lies beside it, as in the source, it is made anew first."""
    source = f"{path.removesuffix('.mo')}.po"
    with suppress(OSError):
        if os.stat(source).st_mtime_ns > (os.stat(path).st_mtime_ns if os.path.exists(path) else 0):
            return _made(source, path)
    with open(path, "rb") as file:
        return file.read()


def _made(source: str, path: str) -> bytes:
    from desk.locale import compiling  # noqa: PLC0415 - only where translations are written

    try:
        with suppress(OSError):  # a folder that can't be written to
            return compiling.compile_file(source, path)
        with open(source, encoding="utf-8") as file:
            return compiling.compiled(file.read())
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise _unreadable(f"{source}:{line}", _("it isn't written in UTF-8")) from None
    except ValueError as error:
        line, text = error.args
        raise _unreadable(f"{source}:{line}", _("not as a catalogue is written: {text}", text=text)) from None
