"""A catalogue as translators write it (.po) into the one that is read at run time (.mo), as GNU msgfmt does.

Nothing but the standard library: the build has no other tools. Empty and fuzzy messages are left out, so English stands there.
"""

from __future__ import annotations

import ast
import os
import struct
from collections.abc import Iterator

MAGIC = 0x950412DE
CONTEXT_END = "\x04"
"""Between context and message in a key, as gettext has it."""
_HEADER = 28
_PLACES = ("msgctxt", "msgid_plural", "msgid", "msgstr[", "msgstr")


def compiled(text: str) -> bytes:
    """The .mo of a .po; ValueError has the number of the line that can't be read, and the line."""
    entries = sorted((key.encode(), value.encode()) for key, value in read(text))
    keys = b"".join(key + b"\0" for key, _ in entries)
    values = b"".join(value + b"\0" for _, value in entries)
    start = _HEADER + 16 * len(entries)
    originals, translations, at = list[int](), list[int](), 0
    for key, _ in entries:
        originals += (len(key), start + at)
        at += len(key) + 1
    for _, value in entries:
        translations += (len(value), start + at)
        at += len(value) + 1
    count = len(entries)
    head = struct.pack("<7I", MAGIC, 0, count, _HEADER, _HEADER + 8 * count, 0, 0)
    return head + struct.pack(f"<{4 * count}I", *originals, *translations) + keys + values


def read(text: str) -> Iterator[tuple[str, str]]:
    """Each message that is translated: its key (context, one and several), and its forms between NULs."""
    entry, fuzzy, place = dict[str, str](), False, ""
    for number, line in enumerate([*text.split("\n"), ""], 1):
        word = line.strip()
        if not word or (word.startswith(("msgctxt", "#")) and "msgstr" in "".join(entry)):
            yield from _made(entry, fuzzy=fuzzy)
            entry, fuzzy, place = {}, False, ""
        if word.startswith("#,"):
            fuzzy = fuzzy or "fuzzy" in word
        if not word or word.startswith("#"):
            continue
        if not word.startswith('"'):
            place, _, word = word.partition(" ")
            if not place.startswith(_PLACES) or place in entry:
                raise ValueError(number, line)
            entry[place] = ""
        try:
            entry[place] += ast.literal_eval(word.strip())
        except (ValueError, SyntaxError, KeyError, TypeError):
            raise ValueError(number, line) from None


def _made(entry: dict[str, str], *, fuzzy: bool) -> Iterator[tuple[str, str]]:
    forms = [entry[name] for name in sorted(entry) if name.startswith("msgstr")]
    if fuzzy or "msgid" not in entry or not all(forms) or not forms:
        return
    key = entry["msgid"] + (f"\0{entry['msgid_plural']}" if "msgid_plural" in entry else "")
    yield (entry["msgctxt"] + CONTEXT_END if "msgctxt" in entry else "") + key, "\0".join(forms)


def compile_file(source: str, target: str) -> bytes:
    """Write the .mo beside or elsewhere, whole or not at all, and return it."""
    with open(source, encoding="utf-8") as file:
        made = compiled(file.read())
    part = f"{target}.{os.getpid()}"
    with open(part, "wb") as out:
        out.write(made)
    os.replace(part, target)
    return made
