"""Text of several lines as a YAML block, so that a cause or a workaround reads in the file as it was written.

    cause: |-
      The certificate of the gateway runs out.

      Nobody is told.

So are the steps of a checklist written, a line each: a tick is a change of one line, and merges as one.

    checklist:
    - '[x] Call Malta'
    - '[ ] Tell the requester'

libyaml's own emitter turns a text with one space too many at the end of a line into a single quoted line of escapes;
here only what a block can't give back exactly is left to it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

INDENT = "  "
# What libyaml takes as it is: no control characters, and nothing but \n that it takes for the end of a line. The first
# line shows how far the block is indented, so it begins with something that can be seen.
_SEEN = r"!-~\u00a1-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff"
_HELD = rf"[{_SEEN}][\t\n \u00a0{_SEEN}]*"
_STEP = rf"\[[ x]\] [{_SEEN}][ \u00a0{_SEEN}]*"
_ENDS = {"|-": 0, "|": 1}


def write(key: str, text: str) -> str | None:
    """`key: |-` and the lines below it, or None for text of one line, or that a block can't hold."""
    if "\n" not in text or not re.fullmatch(_HELD, text):
        return None
    body = text.rstrip("\n")
    ends = len(text) - len(body)
    mark = ("|-", "|")[ends] if ends < 2 else "|+"
    lines = "\n".join(INDENT + row if row else "" for row in body.split("\n"))
    return f"{key}: {mark}\n{lines}\n" + "\n" * (ends - 1)


def read(mark: str, rows: Sequence[str]) -> str | None:
    """The text of a block's rows, or None if they are to be read by the library."""
    ends = _ENDS.get(mark)
    if ends is None or not rows or not rows[0].startswith(INDENT) or not rows[-1].strip():
        return None
    text = "\n".join(row.removeprefix(INDENT) for row in rows)
    return text + "\n" * ends if re.fullmatch(_HELD, text) else None


def belongs(row: str) -> bool:
    """Whether a row goes on with the block above it."""
    return not row or row.startswith(INDENT)


def write_steps(key: str, values: Sequence[object]) -> str | None:
    """`key:` and a quoted line for each step, or None for any other list."""
    if not values or not all(isinstance(v, str) and re.fullmatch(_STEP, v) for v in values):
        return None
    rows = ("- '" + str(value).replace("'", "''") + "'\n" for value in values)
    return f"{key}:\n{''.join(rows)}"


def read_steps(rows: Sequence[str]) -> list[str] | None:
    """The steps in the rows below a key, or None if they are to be read by the library."""
    found = []
    for row in rows:
        inner = row[3:-1].replace("''", "")
        if row[:3] != "- '" or row[-1:] != "'" or len(row) < 4 or "'" in inner:
            return None
        text = row[3:-1].replace("''", "'")
        if not re.fullmatch(_STEP, text):
            return None
        found.append(text)
    return found or None
