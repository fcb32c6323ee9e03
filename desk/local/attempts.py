"""How often each mail was begun: one that ends the program is seen twice, and then put aside."""

from __future__ import annotations

import json
import os
from contextlib import suppress

from desk.git.place import Place
from desk.local.kept import keep
from desk.local.mailhost import FOLDER

MOST = 2
"""Times that a mail is begun."""


class Attempts:
    """What was begun and has not ended yet, by folder, validity and uid."""

    def __init__(self, place: Place) -> None:
        self._path = place.own(FOLDER, "attempts")
        self._begun: dict[str, int] = {}
        with suppress(OSError, ValueError), open(self._path, encoding="utf-8") as file:
            found = json.load(file)
            self._begun = {str(k): int(v) for k, v in found.items()} if isinstance(found, dict) else {}

    def begin(self, mail: str) -> int:
        """Note on the disk, before it is touched, that a mail is begun; how often it was. Raises OSError."""
        self._begun[mail] = self._begun.get(mail, 0) + 1
        keep(self._path, json.dumps(self._begun).encode(), durable=True)
        return self._begun[mail]

    def end(self, mail: str) -> None:
        """It is done with: the next one that is begun forgets it on the disk, too."""
        self._begun.pop(mail, None)

    def forgive(self, mail: str) -> None:
        """What stood in its way was no fault of its own: this time doesn't count. A full disk is no hindrance."""
        self._begun[mail] = self._begun.get(mail, 0) - 1
        if self._begun[mail] <= 0:
            self.end(mail)
        with suppress(OSError):
            if self._begun:
                keep(self._path, json.dumps(self._begun).encode())
            else:
                os.unlink(self._path)

    def close(self) -> None:
        """Nothing is under way, and nothing is left of what was. Raises OSError."""
        self._begun.clear()
        with suppress(FileNotFoundError):
            os.unlink(self._path)
