"""docs/glossary.md has the words that modules are called by, each once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

TOP = Path(__file__).parents[2]
TERM = r"\*\*([^*]+)\*\*"
ENTRY = re.compile(rf"^{TERM}(?:, {TERM})*", re.MULTILINE)


def terms() -> list[str]:
    """The words that entries begin with: `**journal**`, or `**state**, **states**`."""
    page = (TOP / "docs/glossary.md").read_text(encoding="utf-8")
    return [word for entry in ENTRY.finditer(page) for word in re.findall(TERM, entry.group())]


def without_entry(stems: Iterable[str]) -> list[str]:
    """Of these names of modules, those that aren't terms of the glossary."""
    return sorted(set(stems).difference(terms()))


def module_stems() -> list[str]:
    """The modules of all rooms but those of commands, which are called by what people type."""
    desk = TOP / "desk"
    paths = [p.relative_to(desk) for p in desk.rglob("*.py") if not p.stem.startswith("__")]
    return [p.stem for p in paths if p.parts[0] != "commands" and "starter" not in p.parts]


def test_modules_are_called_by_terms_of_the_glossary() -> None:
    stems = module_stems()
    assert {"store", "keeper", "main"} <= set(stems)
    assert without_entry(stems) == []


def test_a_module_called_otherwise_is_found() -> None:
    assert without_entry(["store", "utils", "helpers"]) == ["helpers", "utils"]


def test_a_word_has_one_entry() -> None:
    words = terms()
    assert sorted({w for w in words if words.count(w) > 1}) == []


def test_every_entry_says_what_its_words_mean() -> None:
    page = (TOP / "docs/glossary.md").read_text(encoding="utf-8")
    meanings = [page[m.end() :].split("\n", 1)[0].strip() for m in ENTRY.finditer(page)]
    assert len(meanings) >= 60
    assert all(m.endswith(".") for m in meanings)
