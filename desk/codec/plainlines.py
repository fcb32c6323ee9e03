"""Lines of YAML whose writing and reading are known beforehand: names, ids, times, plain words.

Most lines of a record are such; done here they take a tenth of the time that YAML's library takes, and a command that
meets no other line doesn't import it. Everything else is left to `yaml_text`; property tests hold both to the same.
"""

from __future__ import annotations

import re
from typing import Any

from desk.codec import blocks

# Nothing but what the emitter takes for a time as well: no lower-case z, ASCII digits.
STAMP = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2}))?\Z"
)

FRONT_MAX = 256 * 1024
"""Characters that the fields of a record may take."""

# Text that libyaml writes without quotes and any YAML reads back as text: letters first, nothing that means something.
_PLAIN = re.compile(r"[A-Za-z\u0370-\u03ff\u1f00-\u1fff](?:[\w .,'()/+@-]*[\w.)])?")
_QUOTED = re.compile(r"'[ -&(-~\u0370-\u03ff\u1f00-\u1fff]*'")
_WORD = re.compile(r"[a-z][a-z0-9_-]*")
_TICKET = re.compile(r"[0-9]{6}-[0-9A-Z]{4}")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,17}")
_MEANING = frozenset(("yes", "no", "on", "off", "true", "false", "null"))


class Stamp(str):
    """A scalar that looks like a time or a date: kept as written, put back without quotes."""

    __slots__ = ()


def line(key: str, value: Any) -> str | None:
    """`key: value` as libyaml would write it, or None if it is to be asked."""
    if not is_word(key):
        return None
    if isinstance(value, list):
        known = value and all(isinstance(v, str) and is_word(v) for v in value)
        return f"{key}: [{', '.join(value)}]\n" if known else blocks.write_steps(key, value)
    if isinstance(value, Stamp) or (isinstance(value, str) and _is_plain(value)):
        return f"{key}: {value}\n"
    return blocks.write(key, value) if isinstance(value, str) else None


def front(text: str) -> dict[str, Any] | None:
    """The mapping that lines of YAML hold, or None if one of them has to be read by the library."""
    out: dict[str, Any] = {}
    if not text.endswith("\n"):
        return None
    rows = text[:-1].split("\n")
    at = 0
    while at < len(rows):
        key, colon, value = rows[at].partition(": ")
        at += 1
        listed = not colon and key.endswith(":")
        key = key[:-1] if listed else key
        if not (colon or listed) or key in out or not is_word(key):
            return None
        if listed:
            first = at
            while at < len(rows) and rows[at].startswith("- "):
                at += 1
            known: Any = blocks.read_steps(rows[first:at])
        elif value.startswith("|"):
            first = at
            while at < len(rows) and blocks.belongs(rows[at]):
                at += 1
            known = blocks.read(value, rows[first:at])
        else:
            known = _value(value)
        if known is None:
            return None
        out[key] = known
    return out


def field(rows: str) -> tuple[str, Any] | None:
    """Name and value of the one field that some lines of YAML are about; None if the library has to read them."""
    key, colon, value = rows.partition(": ")
    if colon and "\n" not in rows and value[:1] != "|":
        known = _value(value) if is_word(key) else None
        return None if known is None else (key, known)
    found = front(f"{rows}\n")
    return next(iter(found.items())) if found is not None and len(found) == 1 else None


def _value(text: str) -> Any:
    if STAMP.match(text):
        return Stamp(text)
    if _is_plain(text):
        return text
    if text.startswith("[") and text.endswith("]"):
        words = text[1:-1].split(", ")
        return words if all(map(is_word, words)) else None
    if _QUOTED.fullmatch(text):
        return text[1:-1]
    if text in ("true", "false"):
        return text == "true"
    return int(text) if _NUMBER.fullmatch(text) else None


def is_word(text: str) -> bool:
    """Whether a key or a member of a set is one that is never quoted."""
    return bool(_WORD.fullmatch(text)) and text not in _MEANING


def _is_plain(text: str) -> bool:
    if _TICKET.fullmatch(text):
        return True
    return bool(_PLAIN.fullmatch(text)) and text.lower() not in _MEANING and (text.isascii() or max(text) <= "\uffff")
