"""What code and pages name is there: rules and requirements, modules, and the words that modules are called by."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
RULES = (TOP / "docs/rules.md").read_text(encoding="utf-8")
GLOSSARY = (TOP / "docs/glossary.md").read_text(encoding="utf-8")
SKIPPED = ("docs/rules.md", "CHANGELOG.md", "tests/docs/test_names.py")


def texts() -> dict[str, str]:
    folders = ("desk", "tests", "docs", "bench")
    found = [p for folder in folders for p in (TOP / folder).rglob("*") if p.suffix in (".py", ".md")]
    named = {str(p.relative_to(TOP)): p.read_text(encoding="utf-8") for p in [*found, TOP / "README.md"]}
    return {name: text for name, text in named.items() if name not in SKIPPED and "__pycache__" not in name}


def test_every_rule_that_is_cited_is_written_down() -> None:
    known = set(re.findall(r"^\*\*Rule (\d)\.", RULES, re.MULTILINE))
    rows = set(re.findall(r"^\| (\d[\d.a-z-]*) \|", RULES, re.MULTILINE))
    assert known == set("12345678")
    for name, text in texts().items():
        for cited in re.findall(r"\brules? ((?:\d(?:, | and |-)?)+)", text):
            assert set(re.findall(r"\d", cited)) <= known, f"{name}: rule {cited}"
        for cited in re.findall(r"\brequirements? ((?:\d[\d.]*(?:-a)?(?:, | and )?)+)", text):
            assert {c.rstrip(".") for c in re.findall(r"\d[\d.]*(?:-a)?", cited)} <= rows, (
                f"{name}: requirement {cited}"
            )
        assert "mission.md" not in text, name


def test_modules_that_pages_name_are_there() -> None:
    for name, text in texts().items():
        if name.endswith(".md"):
            for path in re.findall(r"`(desk/[\w/]+\.py)", text):
                assert (TOP / path).is_file(), f"{name}: {path}"
    page = (TOP / "docs/architecture.md").read_text(encoding="utf-8")
    for path in re.findall(r"`((?:cli|domain|session|queries|reports|doctor|audit|view)/[\w/]+)\.(?:py|[A-Z]+)", page):
        assert (TOP / "desk" / f"{path}.py").is_file(), path


def test_modules_are_called_by_words_of_the_glossary() -> None:
    """Those of the command line are named after what people type."""
    words = set(re.findall(r"[a-z]+", GLOSSARY.lower()))
    out = subprocess.run(["git", "ls-files", "desk"], cwd=TOP, capture_output=True, text=True, check=True).stdout
    stems = {
        Path(p).stem
        for p in out.split()
        if p.endswith(".py") and not p.startswith(("desk/commands", "desk/cli")) and "__" not in p
    }
    assert stems - words - {"config", "errors"} == set()


@pytest.mark.parametrize("room", ["store", "session", "actions", "queries"])
def test_the_architecture_names_the_rooms(room: str) -> None:
    assert room in (TOP / "docs/architecture.md").read_text(encoding="utf-8")
