"""The words of a text as they are compared: folded, without stop words, cut to a stem, with error codes kept whole.

A stem is always the beginning of the folded word, so that it can be looked for as a beginning in a full-text table.
The stemming is light on purpose: it takes off the endings of English and Greek inflection, and knows no dictionary.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from desk.domain.matching import endings
from desk.domain.matching.folding import fold

LONGEST = 40
"""Characters: longer words are identifiers of machines, which occur once."""
_SHORTEST = 2
# What names one case and never a kind of case: addresses, ids of tickets and transactions, dates and times.
_SINGULAR = (
    r"(?i)[^\s@]{1,64}@[^\s@.]{1,100}\.[^\s@]{1,150}|https?://\S+|\b\d{6}-[0-9a-z]{4}\b|\b[0-9a-f]{8}-[0-9a-f-]{20,}\b"
    r"|\b\d{4}-\d\d-\d\d(?:t[\d:.]+z?)?|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b|\b\d{1,2}:\d\d(?::\d\d)?\b"
)
_WORD = r"[^\W_]+(?:[-'’_.][^\W_]+){0,8}"
_PART = r"[^\W_]+"
# Pieces of a glued word: capitals in a row, a word with or without its capital, a number.
_GLUED = r"[A-ZΑ-Ω]+(?![a-zα-ω])|[A-ZΑ-Ω]?[a-zα-ω]+|\d+"
_PIECES = 6
"""A word of more pieces than this is a digest or a key, whose pieces say nothing."""
_MARKS = "[\u0300-\u036f]+"
_STOP = frozenset(
    """
    a about after again all also am an and any are as at be because been before being but by can cannot could did do does
    doing done don't down during each few for from further get gets getting got had has have having he her here hers him his
    how i if in into is it its just let like me more most my no nor not now of off on once one only or other our out over own
    same she should since so some such than that the their them then there these they this those through to too two under
    until up us very was we were what when where whether which while who whom why will with would you your
    dear hello hi good morning afternoon evening thank thanks please kind regards best sincerely sir madam mr mrs ms dr
    colleague colleagues team help ask asks asked say says said tell tells told know want wants need needs try tried tries
    re fwd today yesterday tomorrow ll ve isn aren wasn doesn didn don won can't couldn t s d m

    ο η το οι τα τη του τησ των τον την τουσ τισ ενα ενασ μια μιασ ενοσ και κι να θα δεν δε μη μην που πωσ ποτε οτι οταν αν για
    απο σε στο στη στην στον στα στουσ στισ με μεσω χωρισ ωσ εωσ κατα μετα πριν προσ υπο αλλα ομωσ επισησ ειναι ειμαι ειμαστε
    ηταν εχω εχει εχουμε εχουν εχετε ειχε ειχαν μου μασ σασ σου τουσ αυτο αυτη αυτοσ αυτα αυτεσ αυτοι αυτου αυτησ αυτων αυτην
    αυτον εδω εκει οπου οποιοσ οποια οποιο οποιοι οποιεσ οποιου ολα ολοι ολεσ ολο καθε καποιοσ καποια καποιο μονο πολυ πιο τι
    ποιοσ ποια ποιο γιατι ετσι τωρα σημερα χθεσ χτεσ αυριο ακομα ακομη ηδη παλι ξανα πρεπει μπορει μπορω μπορουμε μπορειτε
    μπορουν λεει λενε λεω ειπε κανω κανει κανουμε θελω θελει θελουμε εγω εσεισ εμεισ εμασ εσασ οσο οσα οσοι ουτε ειτε τοτε
    αγαπητε αγαπητη αγαπητοι κυριε κυρια κυριοι καλημερα καλησπερα γεια χαιρετε ευχαριστω ευχαριστουμε παρακαλω παρακαλουμε
    εκτιμηση χαιρετισμουσ φιλικα βοηθεια βοηθησετε βοηθησει
    """.split()  # noqa: SIM905 - three hundred words are read more easily without quotes
)


def tokens(text: str) -> list[str]:
    """What a text says, in its order: stems, and codes such as `4703` or `error_pi_no_match` as they are.

    Words joined by hyphens, underscores or capitals come as their parts and as one (`time-out`: time, timeout;
    `ConnectionReset`: connect, reset, connectionreset).
    """
    found: list[str] = []
    for word in _written(text):
        found += _of(word)
    return found


def forms(text: str) -> dict[str, str]:
    """How the words of a text are written in it, by their tokens: the first form of each."""
    found: dict[str, str] = {}
    for match in re.finditer(_WORD, text):
        for token in _of(_bare(match[0])):
            found.setdefault(token, match[0])
    return found


def _written(text: str) -> list[str]:
    """The words of a text, with their capitals, without accents and without what names one case only."""
    bare = _bare(text)
    # Most texts have none of these, and to look for them at every letter is half of the work.
    if "@" in bare or "://" in bare or re.search(r"\d[-./:]\d|\d{6}-", bare):
        bare = re.sub(_SINGULAR, " ", bare)
    return re.findall(_WORD, bare)


def _bare(text: str) -> str:
    return text if text.isascii() else re.sub(_MARKS, "", unicodedata.normalize("NFD", text))


@lru_cache(maxsize=50_000)
def _of(written: str) -> tuple[str, ...]:
    """The tokens of one word without accents."""
    word = fold(written)
    if word in _STOP:
        return ()
    parts = re.findall(_PART, written)
    if len(parts) == 1 or "'" in word or "’" in word:
        return tuple(dict.fromkeys(t for part in parts for t in _pieces(part)))
    whole = word if "_" in word else "".join(map(fold, parts))
    joined = [stem(whole)] if "." not in word and len(whole) <= LONGEST and not whole.isdigit() else []
    return (*dict.fromkeys(t for part in parts for t in _pieces(part)), *joined)


def _pieces(part: str) -> Iterator[str]:
    """A part of a word, after the pieces that it is glued together from."""
    pieces = [] if part.isdigit() or (part.isalpha() and part.islower()) else re.findall(_GLUED, part)
    if 1 < len(pieces) <= _PIECES and not re.search(r"\d[^\W\d_]+\d", part):
        yield from _kept([fold(piece) for piece in pieces if len(piece) > _SHORTEST])
    yield from _kept([fold(part)])


def _kept(parts: list[str]) -> Iterator[str]:
    for part in parts:
        if part in _STOP or not _SHORTEST <= len(part) <= LONGEST:
            continue
        if part.isdigit() and len(part) < 3:
            continue  # the count of something
        yield stem(part)


def is_code(token: str) -> bool:
    """Whether a token is an error code or another name that machines give: `4703`, `error_pi_no_match`, `tls1`."""
    return not token.isalpha() and ("_" in token or any(map(str.isdigit, token)))


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A folded word without its ending; codes are left alone."""
    return word if is_code(word) else endings.take_off(word)
