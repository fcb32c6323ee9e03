"""One word for one thing: the catalogue keeps to docs/glossary.el.md."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from docs import catalogues

TOP = Path(catalogues.__file__).parents[1]
TYPED = re.compile(r"\{[^{}]*\}|`[^`]*`|\"[^\"]*\"|\b(?:desk|git)(?: (?:--\w+ \S+|[a-z-]+)){1,3}|--[\w-]+(?: [A-Z]+)?")
"""What stands in a sentence as it is typed; a term there is a command's name, and stays."""
STEMS = {
    "ticket": "αιτημ", "incident": "περιστατικ", "problem": "προβλημ", "known error": "γνωστ", "workaround": "προσωριν",
    "root cause": "βασικ", "breach": "υπερβασ", "requester": "αιτ", "department": "τμημ", "checklist": "λιστ", "group": "ομαδ",
    "priority": "προτεραιοτητ", "signature": "υπογραφ", "topic": "θεμ", "article": "αρθρ", "escalation": "κλιμακωσ",
    "rule": "κανον", "field": "πεδι", "setting": "ρυθμισ", "folder": "φακελ", "address": "διευθυνσ", "outbox": "εξερχομ",
    "mailbox": "γραμματοκιβωτ", "statistics": "στατιστικ",
    "salt": "αλατ", "coordinator": "συντονιστ", "custom response": "ετοιμ", "duplicate": "διπλ",
    "repository": "αποθετηρ", "hook": "hook", "branch": "κλαδ", "certificate": "πιστοποιητ", "evidence": "τεκμηρ",
    "approval": "εγκρισ", "finding": "ευρημ", "column": "στηλ", "terminal": "τερματικ", "editor": "επεξεργαστ",
}  # fmt: skip
"""Terms of the glossary with what begins, or is in, each of their Greek forms, without accents."""
KEPT = {
    *("Only ticket, incident or problem.", "ticket, incident or problem."),
    *("Put tags on; incident and problem decide the kind.", "the tags incident and problem"),
    "Put tags on tickets. The tags incident and problem decide what kind of ticket it is.",
    "Also tickets that nobody has tagged as incident yet.",
    "Tick off steps of a ticket's checklist.",
    *("Every command explains itself: {program} ticket --help", "user (the default) or ticket."),
    *("{value!r} is none of ticket.{name}", "--on user or --on ticket"),
    "author: {by}; on whose behalf it is registered stands in requester",
    "The columns, such as id,age,requester,title,due; for programs these fields alone.",
    *("Tickets tagged incident.", "Tickets tagged problem."),
}
"""Where the term is what one types (a tag, a field), or the sentence does without it."""


def bare(text: str) -> str:
    """Without accents, in small letters."""
    flat = unicodedata.normalize("NFD", text.lower()).replace("\u0301", "").replace("\u0308", "")
    return flat.replace("ς", "σ")


@cache
def rows() -> tuple[tuple[list[str], str, list[str]], ...]:
    """The terms of a row, their Greek, and words that are not used for them."""
    return tuple(_rows())


def _rows() -> Iterator[tuple[list[str], str, list[str]]]:
    for line in (TOP / "docs/glossary.el.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and len(cells) == 3 and cells[0] != "English":
            terms = re.split(r"[/,]", re.sub(r"\([^)]*\)|^to ", "", cells[0]))
            nots = [] if "εκτός" in cells[2] else cells[2].split(",")
            yield [t.strip() for t in terms], cells[1], [word.strip() for word in nots if word.strip()]


@pytest.fixture(scope="module")
def messages() -> list[tuple[str, str]]:
    """What is said in English and in Greek; headings and the like have no room for whole words."""
    found = []
    for message in catalogues.read("el"):
        forms = [[it] if isinstance(it, str) else list(it or ()) for it in (message.id, message.string)]
        short = message.context in ("column", "label", "figure", "check", "verb", "relation")
        if message.id and not short and not any(path.startswith("click/") for path, _ in message.locations):
            found.append((" ".join(forms[0]), bare(" ".join(forms[1]))))
    return found


@cache
def spoken(english: str) -> tuple[str, str]:
    """A message without what is typed; and that in small letters, which are searched faster."""
    text = TYPED.sub("", english)
    return text, text.lower()


def saying(term: str, messages: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Messages with a term as a word, in the singular or the plural."""
    plural = f"{term[:-1]}(?:y|ies)" if term.endswith("y") else f"{term}(?:s|es)?"
    word = re.compile(rf"(?<![\w./@{{-])(?:{plural}|{plural.capitalize()})(?!:|[\w/.=-]*[\w/=])")
    stem = term.removesuffix("y").lower()
    may = ((english, greek, spoken(english)) for english, greek in messages)
    return [(english, greek) for english, greek, (text, small) in may if stem in small and word.search(text)]


@pytest.mark.parametrize("term", STEMS)
def test_a_term_is_translated_as_the_glossary_has_it(term: str, messages: list[tuple[str, str]]) -> None:
    assert any(term in terms and STEMS[term] in bare(greek) for terms, greek, _ in rows()), "a term of the glossary"
    found = saying(term, messages)
    assert found
    assert [(e, g) for e, g in found if STEMS[term] not in g and e.partition("\n")[0] not in KEPT] == []


def test_words_that_are_not_used_are_not_used(messages: list[tuple[str, str]]) -> None:
    """Where the glossary makes no exception, as it does for merges of git and breaches of security."""
    wrong, looked = [], 0
    for terms, _greek, nots in rows():
        for word in map(bare, nots):
            stem = word if len(word) < 6 else word[:-2]
            for term in terms:
                looked += 1
                wrong += [(e, g) for e, g in saying(term, messages) if re.search(rf"\b{re.escape(stem)}", g)]
    assert looked > 15
    assert [(e, g) for e, g in wrong if not e.startswith("Register yourself")] == []  # which is καταχωρίζω indeed


@pytest.mark.parametrize("word", ["εναλλακτική λύση", "λύση παράκαμψης", "δελτίο αιτήματος", "γραφείο εξυπηρέτησης"])
def test_what_is_shipped_keeps_to_it_as_well(word: str) -> None:
    files = [path for folder in ("kb", "templates") for path in (TOP / folder).rglob("*.el.*")]
    assert len(files) > 30
    stem = bare(word)[:-2]
    assert [path.name for path in files if stem in bare(" ".join(path.read_text(encoding="utf-8").split()))] == []
