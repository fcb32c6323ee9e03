"""Whether a mail says thank you and nothing else: it is no reason to open a closed ticket again."""

from __future__ import annotations

import re

from desk.domain.matching.folding import fold

_MOST = 12
"""Words of a text that may be nothing but thanks. Those below are folded: no accents, and σ for ς."""
_THANKS = re.compile(r"\b(?:thanks|thank|thx|ty|cheers|ευχαριστ\w*|euxarist\w*|efxarist\w*|eyxarist\w*|danke|merci)\b")
_KIND = re.compile(
    r"\b(?:a lot|so much|very much|many|you|u|for|your|the|help|quick|fast|reply|answer|response|all|again|and|it|works|now|great"
    r"|perfect|ok|okay|super|dear|hi|hello|best|kind|regards|have|nice|good|day|evening|weekend|too|with|team|everybody"
    r"|πολυ|πολλα|παρα|σασ|σε|για|τη|την|το|τον|βοηθεια|αμεση|γρηγορη|απαντηση|ολα|καλα|τελεια|λειτουργει|τωρα|και|ενταξει"
    r"|καλη|καλημερα|καλησπερα|χαιρετε|γεια|μερα|ημερα|συνεχεια|αγαπητη|αγαπητε|με|εκτιμηση|φιλικα|ολουσ|παιδια"
    r"|poly|polu|para|sas|se|tin|tina|voithia|boitheia|kai|ola|kala|kalh|mera)\b"
)


def is_thanks(text: str) -> bool:
    """Whether a text is only thanks, in Greek, Greeklish or English; a name below it may stand, a question may not."""
    folded = fold(text)
    words = re.findall(r"[^\W\d_]+", folded)
    if not words or len(words) > _MOST or re.search(r"[?;;\d]", text) or not _THANKS.search(folded):
        return False
    lines = [line for line in folded.splitlines() if line.strip()]
    rest = [re.findall(r"[^\W\d_]+", _KIND.sub(" ", _THANKS.sub(" ", line))) for line in lines]
    said, names = rest[: max(1, len(rest) - 2)], rest[max(1, len(rest) - 2) :]
    return not any(said) and all(len(line) <= 3 for line in names)
