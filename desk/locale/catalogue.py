"""The messages of one language, from a .mo file as gettext's tools write it.

Read at the first look-up, and searched where it lies: the standard library's reader makes 3,000 messages into a dictionary,
7 ms of CPU, of which a list needs thirty.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from contextlib import suppress

_CONTEXT_END = "\x04"


class CatalogueFile:
    """What `desk.text` asks for templates; what isn't translated is English."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._known: dict[str, list[str]] = {}
        self._data = b""
        self._originals: tuple[int, ...] = ()
        self._translations: tuple[int, ...] = ()
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
        low, high = 0, len(self._originals) // 2
        while low < high:
            middle = (low + high) // 2
            found = _at(self._data, self._originals, middle).partition(b"\0")[0]
            if found == key:
                return _at(self._data, self._translations, middle)
            if found < key:
                low = middle + 1
            else:
                high = middle
        return b""

    def _read(self) -> None:
        self._data = _fresh(self.path)
        _, _, count, originals, translations = struct.unpack_from("<5I", self._data)
        self._originals = struct.unpack_from(f"<{2 * count}I", self._data, originals)
        self._translations = struct.unpack_from(f"<{2 * count}I", self._data, translations)

    def _rule(self) -> Callable[[int], int]:
        """Which form a number takes: the rule in the catalogue's head, in C."""
        from gettext import c2py  # noqa: PLC0415 - for numbers alone

        head = self._search(b"").decode()
        rule = head.partition("plural=")[2].partition(";")[0].partition("\n")[0]
        made: Callable[[int], int] = c2py(rule or "n != 1")
        return made


def _at(data: bytes, table: tuple[int, ...], number: int) -> bytes:
    length, start = table[2 * number], table[2 * number + 1]
    return data[start : start + length]


def _fresh(path: str) -> bytes:
    """The file; where a newer .po lies beside it, as in the source, it is made anew first."""
    source = f"{path.removesuffix('.mo')}.po"
    with suppress(OSError):
        if os.stat(source).st_mtime_ns > (os.stat(path).st_mtime_ns if os.path.exists(path) else 0):
            from desk.locale import compiling  # noqa: PLC0415 - only where translations are written

            with suppress(OSError):  # a folder that can't be written to
                return compiling.compile_file(source, path)
            with open(source, encoding="utf-8") as file:
                return compiling.compiled(file.read())
    with open(path, "rb") as file:
        return file.read()
