"""Names made from titles and from people's names: Latin letters; Greek is written as ELOT 743 (ISO 843) transcribes it."""

from __future__ import annotations

import re
import unicodedata

from desk.domain.model.person import RESERVED_HANDLES, USER_PREFIX

LONGEST = 40
"""Characters of a slug made from a title; a language such as `.el` still fits behind it."""
_LETTERS = dict(
    zip(
        "αβγδεζηθικλμνξοπρσςτυφχψω",
        [
            "a",
            "v",
            "g",
            "d",
            "e",
            "z",
            "i",
            "th",
            "i",
            "k",
            "l",
            "m",
            "n",
            "x",
            "o",
            "p",
            "r",
            "s",
            "s",
            "t",
            "y",
            "f",
            "ch",
            "ps",
            "o",
        ],
        strict=True,
    )
)
_PAIRS = {"γγ": "ng", "γξ": "nx", "γχ": "nch", "ου": "ou"}
_BEFORE_VOICED = "αβγδεζηιλμνορυω"
"""Letters before which αυ, ευ, ηυ sound as av, ev, iv; elsewhere as af, ef, if."""
_TONOS, _DIALYTIKA = "\u0301", "\u0308"
_LATIN = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}


def slug_of(title: str) -> str:
    """`Σφάλμα πιστοποιητικού` becomes `sfalma-pistopoiitikou`; empty when the title has no letter that can be written so."""
    words = re.findall(r"[a-z0-9]+", _latin(title))
    slug = ""
    for word in words:
        joined = f"{slug}-{word}" if slug else word[:LONGEST]
        if len(joined) > LONGEST:
            break
        slug = joined
    return slug


def handle_from(name: str, email: str) -> str:
    """A short handle for a person: the first name in Latin letters, else the address before the @, else `admin`."""
    for source in (*name.split()[:1], email.partition("@")[0]):
        found = "".join(c for c in _latin(source) if c.isascii() and (c.isalnum() or c in "-."))[:32].strip("-.")
        if found and found not in RESERVED_HANDLES and not found.startswith(USER_PREFIX):
            return found
    return "admin"


def _latin(title: str) -> str:
    """The title in lower-case Latin letters; what has none is left as it is."""
    letters = _clusters(title.replace("’", "").replace("'", "").lower())
    out = []
    at = 0
    while at < len(letters):
        written, used = _written(letters, at)
        out.append(written)
        at += used
    return "".join(out)


def _clusters(text: str) -> list[tuple[str, str]]:
    """Letters, each with the accents that stand on it."""
    found: list[tuple[str, str]] = []
    for char in unicodedata.normalize("NFKD", text):
        if unicodedata.combining(char):
            if found:
                found[-1] = found[-1][0], found[-1][1] + char
        else:
            found.append((char, ""))
    return found


def _written(letters: list[tuple[str, str]], at: int) -> tuple[str, int]:
    """What the letter at a place is written as, and how many letters that takes in."""
    letter, accents = letters[at]
    following, over = letters[at + 1] if at + 1 < len(letters) else ("", "")
    # An accent on the first of two vowels, or two dots on the second, keep them apart: άυλος, προϊόν.
    apart = _DIALYTIKA in over or _TONOS in accents
    if letter in "αεη" and following == "υ" and not apart:
        after = letters[at + 2][0] if at + 2 < len(letters) else ""
        return _LETTERS[letter] + ("v" if after and after in _BEFORE_VOICED else "f"), 2
    if letter + following == "μπ":
        inside = at > 0 and letters[at - 1][0] in _LETTERS and at + 2 < len(letters) and letters[at + 2][0] in _LETTERS
        return ("mp" if inside else "b"), 2
    if letter + following in _PAIRS and not (letter == "ο" and apart):
        return _PAIRS[letter + following], 2
    return _LETTERS.get(letter) or _LATIN.get(letter, letter), 1
