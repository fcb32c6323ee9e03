"""What somebody wrote, and what their mail program quoted below it. Nothing is lost: both are handed back."""

from __future__ import annotations

import re

from desk.mail.composing import MARKER
from desk.named import NamedTuple

_MARKED = re.compile("|".join(map(re.escape, MARKER.strip("— ").split(" / "))))
_WROTE = re.compile(
    r"(?:On\s.{4,300}\swrote|Am\s.{4,300}\sschrieb.{0,200}|Le\s.{4,300}\sa\sécrit|El\s.{4,300}\sescribió"
    r"|Il\s.{4,300}\sha\sscritto|(?:Στις|Την?|Στο)\s.{4,300}\sέγραψ(?:ε|αν))(?:\s(?:τα εξής|the following))?\s?:"
)
_ADDRESS_WROTE = re.compile(r".{0,200}<[^<>\s]+@[^<>\s]+>.{0,80}\s(?:wrote|έγραψε)\s?:")
_RULE = re.compile(
    r"[-_*\s\\]*(?:Original Message|Αρχικό μήνυμα|Ursprüngliche Nachricht|Message d'origine)[-_*\s\\]*", re.IGNORECASE
)
_FROM = re.compile(r"[*\s]*(?:From|Από|Von|De|Da)\s?:[*\s]*\S")
_SENT = re.compile(r"[*\s]*(?:Sent|Date|Στάλθηκε|Ημερομηνία|Gesendet|Datum|Envoyé|Enviado|Inviato|Data)\s?:[*\s]*\S")
_TOPIC = re.compile(r"[*\s]*(?:Subject|Θέμα|Betreff|Objet|Asunto|Oggetto|To|Προς|An|À|Para|A)\s?:")
_UNDERLINE = re.compile(r"[_-]{8,}|\* \* \*|---")
_CLIENT = re.compile(
    r"(?:Sent from (?:my|Outlook|Mail|Yahoo)|Στάλθηκε από (?:το |τη |την )|Get Outlook for|Αποκτήστε το Outlook|Λήψη του Outlook)"
)
_SIGNATURE = 20
"""Lines below `--` that may be a signature; more of them are text."""


class Quoted(NamedTuple):
    """`kept` is what was written, `cut` what was quoted, without what is neither: signature lines are in `cut` as well."""

    kept: str
    cut: str


def split(text: str) -> Quoted:
    """Part what was written from what was quoted. Never leaves nothing, nor parts what alternates."""
    lines = text.split("\n")
    at, alternating = _quote_start(lines), False
    if at < len(lines):
        alternating = _answers_below(lines[at:])
    if alternating and _filled(lines[:at]):
        return Quoted(text.strip("\n"), "")
    if alternating:
        return _below(lines, text)
    head = _unsigned(lines[:at])
    if not _filled(head):
        return Quoted(text.strip("\n"), "")
    return Quoted("\n".join(head).strip("\n"), "\n".join(lines[len(head) :]).strip("\n"))


def _quote_start(lines: list[str]) -> int:
    """The line from which on everything is quoted; their number when nothing is."""
    for at, line in enumerate(lines):
        bare = line.lstrip("> ").strip()
        if _MARKED.search(bare) or _RULE.fullmatch(bare) or _is_block(lines, at):
            return _above(lines, at)
        if _attribution(lines, at):
            return at
    at = len(lines)
    while at and (lines[at - 1].startswith(">") or not lines[at - 1].strip()):
        at -= 1
    quoted = any(line.startswith(">") for line in lines[at:])
    return at if quoted else _quoted_first(lines)


def _quoted_first(lines: list[str]) -> int:
    """Zero for a text that begins with a quote, and answers below it."""
    first = next((line for line in lines if line.strip()), "")
    return 0 if first.startswith(">") else len(lines)


def _attribution(lines: list[str], at: int) -> bool:
    """Whether `On …, Anna wrote:` begins here; programs break it over up to three lines."""
    if not lines[at].strip() or lines[at].startswith(">"):
        return False
    if _ADDRESS_WROTE.fullmatch(lines[at].strip()):
        return True
    joined = ""
    for line in lines[at : at + 3]:
        if not line.strip():
            break
        joined = f"{joined} {line.strip()}" if joined else line.strip()
        if _WROTE.fullmatch(joined):
            return True
    return False


def _is_block(lines: list[str], at: int) -> bool:
    """Whether the header of another mail begins here, as Outlook writes it."""
    if not _FROM.match(lines[at]):
        return False
    following = lines[at + 1 : at + 8]
    return any(map(_SENT.match, following)) and any(map(_TOPIC.match, following))


def _above(lines: list[str], at: int) -> int:
    """With the line of dashes, or the `On … wrote:`, that stands above it."""
    start = at
    for back in range(at - 1, max(-1, at - 5), -1):
        bare = lines[back].strip()
        if _UNDERLINE.fullmatch(bare) or _RULE.fullmatch(bare) or _attribution(lines, back):
            start = back
        elif bare and not bare.startswith(">"):
            break
    return start


def _answers_below(quote: list[str]) -> bool:
    """Whether somebody wrote below or between lines that are marked as quoted."""
    marked = [n for n, line in enumerate(quote) if line.startswith(">")]
    if not marked:
        return False
    rest = [line for line in _unsigned(quote[marked[0] :]) if not line.startswith(">")]
    return _filled(rest)


def _below(lines: list[str], text: str) -> Quoted:
    """One quote with the answer below it; all of it where quotes and answers alternate."""
    marked = [n for n, line in enumerate(lines) if line.startswith(">")]
    between = lines[marked[0] : marked[-1]]
    if any(line.strip() and not line.startswith(">") for line in between):
        return Quoted(text.strip("\n"), "")
    end = marked[-1] + 1
    answer = _unsigned(lines[end:])
    signature = lines[end + len(answer) :]
    return Quoted("\n".join(answer).strip("\n"), "\n".join((*lines[:end], *signature)).strip("\n"))


def _unsigned(lines: list[str]) -> list[str]:
    """Without a signature below `--`, and without the line in which a mail program praises itself."""
    for at, line in enumerate(lines):
        if line.rstrip() == "--" and len(lines) - at - 1 <= _SIGNATURE:
            lines = lines[:at]
            break
    while lines and (not lines[-1].strip() or _CLIENT.match(lines[-1].strip())):
        lines = lines[:-1]
    return lines


def _filled(lines: list[str]) -> bool:
    return any(line.strip() for line in lines)
