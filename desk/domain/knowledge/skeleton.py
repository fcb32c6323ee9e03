"""What a new article begins with, for each type and language. Places to be filled in are written [[ … ]]."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from desk.domain.knowledge.links import prose

_ENGLISH: Mapping[str, str] = MappingProxyType(
    {
        "faq": "[[ The answer in one or two sentences. ]]\n\n## More about it\n\n[[ What else the reader needs. ]]",
        "how-to": (
            "[[ When this is done, and what is needed for it. ]]\n\n## Steps\n\n1. [[ The first step. ]]\n\n"
            "## How to see that it worked\n\n[[ What the reader sees then. ]]"
        ),
        "known-error": (
            "## How to recognise it\n\n[[ Quick checks that tell this error from others. ]]\n\n"
            "## What to do\n\n1. [[ The workaround, step by step. ]]\n\n## Who to tell\n\n[[ Departments, partners. ]]"
        ),
        "root-cause": (
            "## What happened\n\n[[ The course of events, with times in UTC. ]]\n\n## Why\n\n[[ The cause behind the cause. ]]\n\n"
            "## What keeps it from happening again\n\n[[ Measures, each with who does it by when. ]]"
        ),
        "workaround": (
            "[[ What does not work, and for whom. ]]\n\n## Until it is mended\n\n1. [[ The first step. ]]\n\n"
            "## Limits\n\n[[ What the workaround does not help with. ]]"
        ),
    }
)
_GREEK: Mapping[str, str] = MappingProxyType(
    {
        "faq": "[[ Η απάντηση σε μία ή δύο προτάσεις. ]]\n\n## Περισσότερα\n\n[[ Τι άλλο χρειάζεται ο αναγνώστης. ]]",
        "how-to": (
            "[[ Πότε γίνεται και τι χρειάζεται. ]]\n\n## Βήματα\n\n1. [[ Το πρώτο βήμα. ]]\n\n"
            "## Πώς φαίνεται ότι πέτυχε\n\n[[ Τι βλέπει τότε ο αναγνώστης. ]]"
        ),
        "known-error": (
            "## Πώς αναγνωρίζεται\n\n[[ Σύντομοι έλεγχοι που το ξεχωρίζουν από άλλα σφάλματα. ]]\n\n"
            "## Τι να κάνετε\n\n1. [[ Η προσωρινή λύση, βήμα προς βήμα. ]]\n\n## Ποιος ενημερώνεται\n\n[[ Τμήματα, εταίροι. ]]"
        ),
        "root-cause": (
            "## Τι συνέβη\n\n[[ Η πορεία των γεγονότων, με ώρες UTC. ]]\n\n## Γιατί\n\n[[ Η αιτία πίσω από την αιτία. ]]\n\n"
            "## Τι θα το αποτρέψει\n\n[[ Μέτρα, με υπεύθυνο και προθεσμία για το καθένα. ]]"
        ),
        "workaround": (
            "[[ Τι δεν λειτουργεί και για ποιους. ]]\n\n## Μέχρι να διορθωθεί\n\n1. [[ Το πρώτο βήμα. ]]\n\n"
            "## Όρια\n\n[[ Σε τι δεν βοηθά. ]]"
        ),
    }
)


def body(type_: str, language: str | None) -> str:
    """The text that an article of this type begins with."""
    known = _GREEK if language == "el" else _ENGLISH
    return known.get(type_, known["how-to"])


def gaps(text: str) -> Iterator[tuple[int, str]]:
    """Places that nobody has filled in, outside of code: line and words."""
    for number, line in prose(text):
        start = line.find("[[ ")
        end = line.find(" ]]", start)
        if 0 <= start < end:
            yield number, line[start : end + 3]
