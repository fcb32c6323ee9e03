"""The endings of English and Greek inflection, and a word without its own.

What is left is always the beginning of the word, so that no past tense with an augment meets its present (γράφω, έγραψε).
The longest ending that leaves enough is taken off. Those of Greek verbs (-ίζει, -ίστηκε, -ώσαμε, -μένος …) need four or five
letters before them, as the rare words that end alike by chance are short; nouns in -ση lose it in every case, so that they
meet their verb and still each other.

Measured on a dictionary of forms (docs/finding.md).
"""

from __future__ import annotations

from functools import cache

STEM = 3
"""Characters that an ending must leave."""
_VERBAL_STEM, _LONG_STEM = 4, 5
_ENGLISH_ENDINGS = """
    ications ication icates icated icate izations ization ations ation ements ement ments ment ities ity ances ance
    ating ators ator ated ates ative ate ables able ible ings ing ions ion ists ist edly ally als al ers er ed ying
    ies ied ive es ly s e y
"""
_GREEK_ENDINGS = """
    ουμενουσ ουμενων ουμενοσ ουμενη ουμενο ουμενα ομαστε μενουσ μενων μενου μενησ μενοσ μενοι μενεσ μενη μενο μενα
    ουνται ονται ουμαι ομαι ειται εται αται ηθηκαν ηθηκε ησουμε ουσαν ησαν ηκαν ησει ησετε ησουν ησω ησε ηκε ουμε
    ουνε ουσε ουν ετε ειτε ηση ησησ ησεισ ησεων ησεωσ ματοσ ματων ματα μα εων εωσ εισ ουσ ιου ιων ιοι ιεσ
    ιασ ιο ια ιοσ οσ ου ων οι ασ εσ ησ ισ ει αν α ε η ι ο υ ω
"""
_ENGLISH, _GREEK = frozenset(_ENGLISH_ENDINGS.split()), frozenset(_GREEK_ENDINGS.split())
_DOUBLING = frozenset(("ing", "ings", "ed", "er", "ers"))
_LONGEST = 10
"""Characters of the longest ending; what is built below is no longer."""
_OF_SHORT = "s es e ed er ers ing y ies", "η ησ εσ εισ εων εωσ α ασ ο οσ ου ων ουσ οι ι ια ιου ιων ε"
"""English and Greek endings of words that leave few letters."""
_PRESENT = "ω ει ουμε ετε ουν ουνε ομαι εσαι εται ομαστε εστε ονται ομουν οσουν οταν ονταν οντασ"
_PAST = "ω ει ουμε ετε ουν ουνε ε αν αμε ατε"
_PASSIVE_PAST = "ηκα ηκεσ ηκε ηκαμε ηκατε ηκαν"
_PASSIVE = f"{_PASSIVE_PAST} ω ει ουμε ειτε ουν"
_PERFECT = "μενοσ μενη μενο μενοι μενεσ μενα μενου μενησ μενων μενουσ"
_CASES = "η ησ εισ εων εωσ"
_TENSES = (
    ("ζ ων", f"{_PRESENT} εισ"),
    ("ζ", "ε αν αμε"),  # not -ζα, -ζες, -σες: τράπεζα, γλώσσες
    ("π β πτ σσ ττ", _PRESENT),  # not -γ, -κ, -φ, -χ, whose nouns keep them: λειτουργία, κάτοικος, εγγραφή, έλεγχος
    ("σ ωσ εσ ξ ψ", _PAST),
    ("στ σθ ωθ", _PASSIVE),
    ("σ ω η ο ζο μ", _PERFECT),
    ("ωσ", _CASES),
    ("οντ ωντ", "ασ"),
    ("οτ οντ ουντ ιοτ", "αν"),
    ("", "αω αει ανε αμε ατε ειτο ουντο ουσα ουσεσ ουσασ ουσων"),
)
"""What Greek verbs, and nouns made of them, end in after four letters and more: consonants of a tense, and persons or cases."""
_LONG_TENSES = (
    ("ισ ησ ασ υσ ωσ", "α"),
    ("θ ηθ", _PASSIVE),
    ("τ", _PASSIVE_PAST),
    ("σ ξ ψ", _CASES),
    ("ουσ", "αμε"),
    ("ηντ", "αι"),
    ("", "αδεσ αδων"),
)
"""The same after five letters and more."""


def take_off(word: str) -> str:
    """A folded word without its ending."""
    return _take_english(word) if word.isascii() else _take_greek(word)


def _take_english(word: str) -> str:
    for length in range(min(_LONGEST, len(word) - STEM), 0, -1):
        ending = word[-length:]
        if ending in _ENGLISH and len(word) - length >= STEM + (length > 2):
            if ending == "s" and word.endswith("ss"):
                return word
            return _single(word[:-length]) if ending in _DOUBLING else word[:-length]
    return word


def _single(word: str) -> str:
    """`plann` of planned is `plan`; `miss` and `call` stay."""
    doubled = len(word) > STEM and word[-1] == word[-2] and word[-1] not in "aeiouslz"
    return word[:-1] if doubled else word


def _take_greek(word: str) -> str:
    for length in range(min(_LONGEST, len(word) - STEM), 0, -1):
        ending = word[-length:]
        if ending in _GREEK or len(word) - length >= _verbal().get(ending, len(word)):
            return word[:-length]
    return word


@cache
def _verbal() -> dict[str, int]:
    """The endings of verbs, with the letters that must stand before them; made when the first Greek word is met."""
    found: dict[str, int] = {}
    for least, tenses in ((_LONG_STEM, _LONG_TENSES), (_VERBAL_STEM, _TENSES)):
        for leads, ends in tenses:
            found.update((lead + end, least) for lead in leads.split() or [""] for end in ends.split())
    return {ending: least for ending, least in found.items() if ending not in _GREEK}


def spell_out(stem: str) -> list[str]:
    """The words that a stem of few letters may stand for: too many others begin with it (πολ: πόλη, but πολιτική)."""
    return [stem, *(stem + ending for ending in _OF_SHORT[not stem.isascii()].split())]
