"""File names that every system can hold."""

from __future__ import annotations

import re
import unicodedata


def attachment_name(given: str, taken: set[str]) -> str:
    """A file name that every system can hold, from whatever name a file or a mail brought.

    Never a path, an option, a device, a hidden file, nor one that differs from another by case alone.
    """
    name = unicodedata.normalize("NFC", given.replace("\\", "/").rpartition("/")[2])
    name = "".join("_" if c in '<>:"/|?*' or unicodedata.category(c)[0] == "C" else c for c in name)
    name = name.lstrip(" .-").rstrip(" .") or "file"
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 16:
        stem, dot, ending = name, "", ""
    stem = stem or "file"
    # git~1 is another name of .git on Windows, and git refuses to keep such a file anywhere.
    if stem.split(".", 1)[0].strip().lower() in DEVICES or stem.lower() == "git~1":
        stem = f"_{stem}"
    while len(f"{stem}{dot}{ending}".encode()) > 120:
        stem = stem[:-1]
    fold = {t.casefold() for t in taken}
    number, full = 1, f"{stem}{dot}{ending}"
    while full.casefold() in fold:
        number += 1
        full = f"{stem}-{number}{dot}{ending}"
    return full


# Names that a file can't have on Windows, where a clone may live: CON.yaml is the console there.
DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10))})


_TYPES = {
    "csv": "text/csv", "eml": "message/rfc822", "gif": "image/gif", "htm": "text/html", "html": "text/html",
    "jpeg": "image/jpeg", "jpg": "image/jpeg", "json": "application/json", "log": "text/plain", "md": "text/markdown",
    "pdf": "application/pdf", "png": "image/png", "svg": "image/svg+xml", "txt": "text/plain", "webp": "image/webp",
    "xml": "application/xml", "zip": "application/zip",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip
"""By the ends of names, the same on every machine."""


def type_of(name: str) -> str:
    """What the end of a name says that a file is, as mails say it; what it really is, nobody has looked."""
    return _TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream")


_RUN = frozenset(
    (
        *("exe", "com", "scr", "pif", "cpl", "bat", "cmd", "ps1", "vbs", "vbe", "js", "jse", "wsf", "wsh"),
        *("hta", "lnk", "msi", "msp", "msc", "reg", "chm", "iso", "img", "vhd", "vhdx", "jar", "apk"),
        *("sh", "py", "pyw", "command", "desktop", "dmg", "pkg", "deb", "rpm", "appimage", "xll"),
        *("docm", "dotm", "xlsm", "xltm", "xlsb", "xlam", "pptm", "potm", "ppsm", "ppam"),
    )
)
"""Ends of names: programs, scripts, what installs or mounts something, and documents with macros."""
_PROGRAMS = (
    *(b"MZ", b"\x7fELF", b"#!"),
    *(bytes.fromhex(magic) for magic in ("feedface", "feedfacf", "cefaedfe", "cffaedfe", "cafebabe", "bebafeca")),
)
"""How programs begin, whatever they are called: of Windows, of Linux, scripts, of macOS and Java."""


def is_executable(name: str, head: bytes) -> bool:
    """Whether some system would run a file when it is opened, by the end of its name, or by its first bytes (four are enough)."""
    _stem, dot, ending = as_stored(name).rstrip(" .").rpartition(".")
    return bool(dot and ending in _RUN) or head.startswith(_PROGRAMS)


_LOOKS = str.maketrans(
    "авекмнорстухіјѕԁһԛԝүғαεικνορτυχγωηςƅɡɩ01",
    "abekmhopctyxijsdhqwyfaeikvoptuxywncbgiol",
)
"""Letters of other scripts, and digits, that people take for Latin ones."""
_CAPITALS = str.maketrans("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX")
"""Greek ones that look like no small letter of theirs."""


def as_seen(name: str) -> str:
    """What a name looks like to somebody who reads it: two that are one so are not told apart."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).translate(_CAPITALS).casefold())
    return "".join(c for c in plain if not unicodedata.combining(c)).translate(_LOOKS)


def as_stored(name: str) -> str:
    """What a name comes to where letters are put together in one way, capitals are none, and what isn't seen is left out."""
    plain = unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
    return plain if plain.isascii() else "".join(c for c in plain if unicodedata.category(c) != "Cf")


def like_slug(text: str) -> str:
    """The name that somebody probably means by `Big Tag`: big-tag; "" where none of it can be one."""
    return re.sub(r"[^\w.]+", "-", text[:_NAME_MAX].lower().replace("..", ".")).strip("-._")


_NAME_MAX = 64
"""Characters of a name."""
