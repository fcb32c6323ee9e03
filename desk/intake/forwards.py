"""Mails inside a mail: what an officer forwards to the desk, so that a ticket can be registered for whoever wrote it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from desk.intake.mails import Forwarded
from desk.mail import addresses
from desk.named import NamedTuple

_NAMES = {
    "from": "From|Από|Von|De|Da|Van",
    "subject": "Subject|Θέμα|Betreff|Objet|Asunto|Oggetto|Onderwerp",
    "other": "Sent|Date|To|Cc|Reply-To|Στάλθηκε|Ημερομηνία|Προς|Κοιν|Κοιν\\.|Gesendet|Datum|An|Envoyé|À|Enviado|Para"
    "|Inviato|Data|A",
}
_LINE = re.compile(
    r"[>*\s]*(?:"
    + "|".join(f"(?P<{key}>{names})" for key, names in _NAMES.items())
    + r")\s{0,3}:[*\s]*(?P<value>.*?)[*\s]*$"
)
_MARK = re.compile(
    r"[-_*>\s]*(?:Forwarded message|Begin forwarded message:?|Original Message|Προωθημένο μήνυμα|Αρχικό μήνυμα"
    r"|Weitergeleitete Nachricht|Ursprüngliche Nachricht|Message transféré|Message d'origine)[-_*\s]*",
    re.IGNORECASE,
)
_PREFIX = re.compile(r"\s*(?:\[[^\]]{1,40}\]\s*)?(?:FWD?|WG|TR|RV|I|ΠΡΘ|ΠΡ|ENC|VB|VS)\s?:", re.IGNORECASE)
_MOST = 20
"""Mails in one text that are told apart."""


class Split(NamedTuple):
    """`above` is what whoever forwards wrote; `found` are the mails below it."""

    above: str
    found: tuple[Forwarded, ...]


def is_forwarded(subject: str) -> bool:
    """Whether the subject says so: FW, WG, TR, RV, ΠΡΘ …"""
    return _PREFIX.match(subject) is not None


def split(text: str) -> Split:
    """The mails that stand in a text, each below a block of header lines; all of it is `above` if there is none."""
    lines = text.split("\n")
    blocks = [(at, end) for at, end in _blocks(lines) if _written(lines[at:end]) is not None]
    if not blocks:
        return Split(text, ())
    found: list[Forwarded] = []
    for number, (at, end) in enumerate(blocks):
        until = _start(lines, blocks[number + 1][0]) if number + 1 < len(blocks) else len(lines)
        written = _written(lines[at:end])
        if written is not None:
            found.append(written._replace(text=_unquoted(lines[end:until])))
    return Split("\n".join(lines[: _start(lines, blocks[0][0])]).strip("\n"), tuple(found))


def candidates(text: str, inner: Sequence[Forwarded]) -> tuple[Forwarded, ...]:
    """Whom a forwarded mail may be from: those of attached mails, else the first one in the text.

    Below the first mail stand those that it answered; attached mails stand side by side, and are all meant.
    """
    return tuple(inner) or split(text).found[:1]


def _blocks(lines: list[str]) -> list[tuple[int, int]]:
    """Where header blocks stand: From, and within the lines that follow a subject or two other fields."""
    found: list[tuple[int, int]] = []
    at = 0
    while at < len(lines) and len(found) < _MOST:
        first = _LINE.match(lines[at][:400])
        end = _end(lines, at) if first and first["from"] else at
        if end - at >= 3:
            found.append((at, end))
        at = max(end, at + 1)
    return found


def _end(lines: list[str], start: int) -> int:
    at = start
    while at < len(lines) and at - start < 12:
        bare = lines[at].strip("> \t")
        if not bare:
            following = lines[at + 1][:400] if at + 1 < len(lines) else ""
            if at - start >= 3 or not _LINE.match(following):
                break  # HTML gives each field a paragraph of its own; elsewhere an empty line ends the block
        elif not _LINE.match(lines[at][:400]) and not lines[at].startswith((" ", "\t")):
            break
        at += 1
    return at


def _written(block: list[str]) -> Forwarded | None:
    """Who wrote the mail and what it is about; None if no address is told."""
    told: dict[str, str] = {}
    for line in block:
        found = _LINE.match(line[:400])
        if found:
            told.setdefault(_key(found), found["value"])
    sender = addresses.read(_plain(told.get("from", "")))
    return Forwarded(sender[0], told.get("subject", ""), "") if sender else None


def _key(found: re.Match[str]) -> str:
    return next(key for key in _NAMES if found[key])


def _plain(value: str) -> str:
    """An address as HTML and Outlook leave it: `Anna [anna@x](mailto:anna@x)`, `Anna [mailto:anna@x]`."""
    value = re.sub(r"\[([^\]]*)\]\(mailto:([^)\s]+)\)", r"<\2>", value.replace("\\", ""))
    value = re.sub(r"[\[<(](?:mailto:)?([^\s<>()\[\]]+@[^\s<>()\[\]]+)[\])>](?:>)?", r"<\1>", value)
    return re.sub(r"<<([^<>]*)>>?", r"<\1>", value)


def _start(lines: list[str], at: int) -> int:
    """With the line that announces the mail, and a rule above it."""
    start = at
    for back in range(at - 1, max(-1, at - 4), -1):
        bare = lines[back].strip()
        if _MARK.fullmatch(bare) or re.fullmatch(r"[_-]{5,}|\* \* \*|---", bare):
            start = back
        elif bare:
            break
    return start


def _unquoted(lines: list[str]) -> str:
    filled = [line for line in lines if line.strip()]
    if filled and all(line.startswith(">") for line in filled):
        lines = [re.sub(r"^>\s?", "", line) for line in lines]
    return "\n".join(lines).strip("\n")
