"""A salt: 80 random bits in a record or a folder of attachments, so that its name in git is no way to guess what it held.

git names a file by a sum of its bytes. Whoever has the name of one that was erased, and a guess at what stood there,
could else make sure of it.
"""

from __future__ import annotations

import re

from desk.text import _

KEY = "salt"
"""The last key of the front matter."""
FILE = ".salt"
"""The file that has a folder's."""
LENGTH = 16
"""Random characters of five bits each."""
_FIRST = "s"
"""A letter in front, so that no YAML takes one for a number."""
PATTERN = f"{_FIRST}[0-9a-hjkmnp-tv-z]{{{LENGTH}}}"


def made(characters: str) -> str:
    """A salt of so many random characters."""
    return _FIRST + characters.lower()


def parse(raw: object) -> str:
    """A salt as a file has it; ValueError for anything else."""
    if not isinstance(raw, str) or not re.fullmatch(PATTERN, raw):
        raise ValueError(
            _("expected {first} and {length} random characters, as desk puts there", first=_FIRST, length=LENGTH)
        )
    return raw


def content(salt: str) -> bytes:
    """The content of a folder's file."""
    return f"{salt}\n".encode()
