"""Bytes of a mail as text: what was declared, put right where it is known to be wrong, else what it probably is."""

from __future__ import annotations

import codecs
import re

ALIASES = {
    "8859-8-i": "iso-8859-8",
    "ansi": "cp1252",
    "cp-850": "cp850",
    "gb2312": "gb18030",
    "gb2312_charset": "gb18030",
    "gbk": "gb18030",
    "greek": "iso-8859-7",
    "iso-8859-1": "cp1252",
    "iso-8859-8-e": "iso-8859-8",
    "iso-8859-8-i": "iso-8859-8",
    "iso-gb2312": "gb18030",
    "iso_8859-1": "cp1252",
    "ks_c_5601": "cp949",
    "ks_c_5601-1987": "cp949",
    "latin1": "cp1252",
    "macintosh": "mac-roman",
    "shift_jis": "cp932",
    "sjis": "cp932",
    "unicode": "utf-16",
    "unicode-1-1-utf-7": "utf-7",
    "us-ascii": "ascii",
    "windows-874": "cp874",
    "x-gbk": "gb18030",
    "x-mac-greek": "mac-greek",
    "x-sjis": "cp932",
}
"""Names that mails use, and the codec that reads what their writers meant: the wider one, where there is one."""
_NOT_FOR_MAIL = frozenset({"unicode-escape", "raw-unicode-escape", "idna", "punycode", "undefined"})
_TEXT = re.compile(
    r"(iso-?8859-\d+|windows-\d+|cp(932|949|874|950)|koi8-[ru]|gb18030|gb2312|big5\S*|shift_jis\S*|euc-\w+|iso-2022-\S+|utf-\S+)$"
)
"""What a guess may say: charsets that mail programs write."""
_RUN = re.compile(rb"[\x80-\xff]+")
_SAMPLE = 65536
"""Bytes that a guess looks at: chardet needs 0.4 ms a KiB."""
_TONOS = re.compile("¶(?=[α-ωά-ώ])")


def codec(declared: str) -> str | None:
    """The name of Python's codec for a declared charset; None where there is none, or it isn't one for text."""
    name = declared.strip().strip("\"'").lower()
    try:
        found = codecs.lookup(ALIASES.get(name, name))
    except (LookupError, ValueError):
        return None
    if found.name in _NOT_FOR_MAIL or not found._is_text_encoding:  # noqa: SLF001 - hex and zip are codecs, too
        return None
    return found.name


def decode(data: bytes, declared: str = "") -> str:
    """The text of these bytes; what no charset explains is read as cp1252, with a mark in place of what isn't in it."""
    name = codec(declared) if declared else None
    if name == "iso8859-7" and re.search(rb"[\x80-\x9f]", data):
        name = "cp1253"  # Windows programs say so, and mean this: ISO 8859-7 has only control characters there
    for charset in (name, "utf-8"):
        text = _strict(data, charset) if charset else None
        if text is not None:
            return _TONOS.sub("Ά", text) if charset == "cp1253" else text
    guessed = guess(data)
    # A few wrong bytes in what is otherwise as declared: the rest of it stays.
    if name not in (None, "ascii", "cp1252", "iso8859-7") and _spoilt(data, str(name)):
        return data.decode(str(name), "replace")
    text = _strict(data, guessed)
    return _TONOS.sub("Ά", text) if text is not None else data.decode("cp1252", "replace")


def guess(data: bytes) -> str:
    """The charset that these bytes are probably in, which aren't UTF-8.

    Letters beyond ASCII stand alone in Latin scripts, and there chardet guesses among dozens of them (it takes
    "déjà vu" for Macedonian); in runs they are another script, which it tells reliably.
    """
    runs = _RUN.findall(data[:_SAMPLE])
    if sum(map(len, runs)) < 3 * len(runs):
        return "cp1252"
    import chardet  # noqa: PLC0415 - 60 ms, for mails that don't say what they are written in

    found = str(chardet.detect(data[:_SAMPLE])["encoding"] or "").lower()
    return found if _TEXT.match(found) and codec(found) else "cp1252"


def _spoilt(data: bytes, name: str) -> bool:
    """Whether all but a hundredth of the text is as declared."""
    text = data.decode(name, "replace")
    return text.count("\ufffd") * 100 < len(text)


def _strict(data: bytes, charset: str) -> str | None:
    try:
        text = data.decode(charset)
        if charset == "utf-7":
            text.encode()  # it can write half a letter, which no file and no other charset holds
    except (UnicodeError, ValueError):
        return None
    return text
