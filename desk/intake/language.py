"""Which of the desk's languages a text is in: Greek by its letters, or by its words where it is typed in Latin ones."""

from __future__ import annotations

import re
from collections.abc import Collection

_GREEKLISH = re.compile(
    r"\b(?:kai|den|einai|gia|mou|sas|tin|tis|ton|stin|ston|exei|exo|exw|mporeite|parakal[ow]|e[uy]xarist[ow]|kalimera"
    r"|kalispera|m?por[ow]|p[ow]s|giati|apo|sto|sti|thel[ow]|yparxei)\b"
)
"""Small words of Greek in Latin letters that neither English nor its neighbours have."""
_ENOUGH = 3


def guess(text: str, declared: str, known: Collection[str]) -> str:
    """`el`, or what the mail declares (Content-Language), if the desk speaks it; empty when neither says anything."""
    if "el" in known and _is_greek(text):
        return "el"
    code = declared.strip().lower()[:2]
    return code if code in known else ""


def _is_greek(text: str) -> bool:
    sample = text[:20_000]
    letters = [c for c in sample if c.isalpha()]
    greek = sum("Ͱ" <= c <= "Ͽ" or "ἀ" <= c <= "῿" for c in letters)
    if letters and greek * 10 >= len(letters) * 3:
        return True
    return len({*_GREEKLISH.findall(sample.lower())}) >= _ENOUGH
