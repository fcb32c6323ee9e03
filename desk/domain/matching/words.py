"""The words of a text as they are compared: folded, without stop words, cut to a stem, with error codes kept whole.

A stem is always the beginning of the folded word, so that it can be looked for as a beginning in a full-text table.
The stemming is light on purpose: it takes off the endings of English and Greek inflection, and knows no dictionary.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from desk.domain.matching.folding import fold

LONGEST = 40
"""Characters: longer words are identifiers of machines, which occur once."""
_SHORTEST = 2
_STEM = 3
"""Characters that an ending must leave."""
# What names one case and never a kind of case: addresses, ids of tickets and transactions, dates and times.
_SINGULAR = (
    r"[^\s@]{1,64}@[^\s@.]{1,100}\.[^\s@]{1,150}|https?://\S+|\b\d{6}-[0-9a-z]{4}\b|\b[0-9a-f]{8}-[0-9a-f-]{20,}\b"
    r"|\b\d{4}-\d\d-\d\d(?:t[\d:.]+z?)?|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b|\b\d{1,2}:\d\d(?::\d\d)?\b"
)
_WORD = r"[^\W_]+(?:[-'’_.][^\W_]+){0,8}"
_PART = r"[^\W_]+"
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
# The longest that fits is taken off.
_ENGLISH = """
    ications ication icates icated icate izations ization ations ation ements ement ments ment ities ity ances ance
    ating ators ator ated ates ative ate ables able ible ings ing ions ion ists ist edly ally als al ers er ed ying
    ies ied ive es ly s e y
"""
_GREEK = """
    ουμενουσ ουμενων ουμενοσ ουμενη ουμενο ουμενα ομαστε μενουσ μενων μενου μενησ μενοσ μενοι μενεσ μενη μενο μενα
    ουνται ονται ουμαι ομαι ειται εται αται ηθηκαν ηθηκε ησουμε ουσαν ησαν ηκαν ησει ησετε ησουν ησω ησε ηκε ουμε
    ουνε ουσε ουν ετε ειτε ηση ησησ ησεισ ησεων ησεωσ ματοσ ματων ματα μα εων εωσ εισ ουσ αδεσ αδων ιου ιων ιοι ιεσ
    ιασ ιο ια ιοσ οσ ου ων οι ασ εσ ησ ισ ει αν α ε η ι ο υ ω
"""
_DOUBLING = ("ing", "ings", "ed", "er", "ers")
_ENDINGS = {ascii_: sorted(e.split(), key=len, reverse=True) for ascii_, e in ((True, _ENGLISH), (False, _GREEK))}


def tokens(text: str) -> list[str]:
    """What a text says, in its order: stems, and codes such as `4703` or `error_pi_no_match` as they are.

    Words joined by hyphens or underscores come as their parts and as one (`time-out`: time, timeout).
    """
    folded = re.sub(_SINGULAR, " ", fold(text))
    found: list[str] = []
    for match in re.finditer(_WORD, folded):
        found += _of(match[0])
    return found


def forms(text: str) -> dict[str, str]:
    """How the words of a text are written in it, by their tokens: the first form of each."""
    found: dict[str, str] = {}
    for match in re.finditer(_WORD, text):
        for token in _of(fold(match[0])):
            found.setdefault(token, match[0])
    return found


@lru_cache(maxsize=20_000)
def _of(word: str) -> tuple[str, ...]:
    """The tokens of one word of folded text."""
    if word in _STOP:
        return ()
    parts = re.findall(_PART, word)
    if len(parts) == 1 or "'" in word or "’" in word:
        return tuple(_kept(parts))
    whole = word if "_" in word else "".join(parts)
    joined = [stem(whole)] if "." not in word and len(whole) <= LONGEST and not whole.isdigit() else []
    return (*_kept(parts), *joined)


def _kept(parts: list[str]) -> Iterator[str]:
    for part in parts:
        if part in _STOP or not _SHORTEST <= len(part) <= LONGEST:
            continue
        if part.isdigit() and len(part) < 3:
            continue  # the count of something
        yield stem(part)


def is_code(token: str) -> bool:
    """Whether a token is an error code or another name that machines give: `4703`, `error_pi_no_match`, `tls1`."""
    return "_" in token or any(c.isdigit() for c in token)


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A folded word without its ending; codes are left alone."""
    if is_code(word):
        return word
    english = word.isascii()
    for ending in _ENDINGS[english]:
        if word.endswith(ending) and len(word) - len(ending) >= _STEM + (len(ending) > 2 and english):
            if ending == "s" and word.endswith("ss"):
                return word
            return _single(word[: -len(ending)]) if ending in _DOUBLING else word[: -len(ending)]
    return word


def _single(word: str) -> str:
    """`plann` of planned is `plan`; `miss` and `call` stay."""
    doubled = len(word) > _STEM and word[-1] == word[-2] and word[-1] not in "aeiouslz"
    return word[:-1] if doubled else word
