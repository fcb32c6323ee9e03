"""What code and pages name is there: rules and requirements, modules, and rooms."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
RULES = (TOP / "docs/rules.md").read_text(encoding="utf-8")
SKIPPED = ("docs/rules.md", "CHANGELOG.md", "tests/docs/test_names.py")


def texts() -> dict[str, str]:
    folders = ("desk", "tests", "docs", "bench")
    found = [p for folder in folders for p in (TOP / folder).rglob("*") if p.suffix in (".py", ".md")]
    named = {str(p.relative_to(TOP)): p.read_text(encoding="utf-8") for p in [*found, TOP / "README.md"]}
    return {name: text for name, text in named.items() if name not in SKIPPED and "__pycache__" not in name}


def uncited(text: str) -> list[str]:
    """What a text cites as a rule or a requirement that docs/rules.md doesn't have, or by the name of another file."""
    rules = set(re.findall(r"^### Rule (\d)\. ", RULES, re.MULTILINE))
    rows = set(re.findall(r"^\| (\d[\d.a-z-]*) \|", RULES, re.MULTILINE))
    missing = []
    lines = text.lower().splitlines()
    text = "\n".join(line for line in lines if "rule" in line or "requirement" in line or "row" in line)
    for cited in re.findall(r"\brules? ((?:\d+(?:, | and |-)?)+)", text):
        missing += [f"rule {n}" for n in re.findall(r"\d+", cited) if n not in rules]
    for cited in re.findall(r"\brequirements? ((?:\d[\d.]*(?:-a)?(?:, | and )?)+)", text):
        names = [c.rstrip(".") for c in re.findall(r"\d[\d.]*(?:-a)?", cited)]
        missing += [f"requirement {n}" for n in names if n not in rows]
    return missing + re.findall(r"\brows? \d\.\d[\d.]*", text)


def test_the_rules_are_numbered_from_one_to_eight() -> None:
    assert re.findall(r"^### Rule (\d+)\. ", RULES, re.MULTILINE) == list("12345678")


def test_every_rule_that_is_cited_is_written_down() -> None:
    cited = {name: uncited(text) for name, text in texts().items()}
    assert {name: missing for name, missing in cited.items() if missing} == {}


@pytest.mark.parametrize("text", ["rules 1, 3 and 9", "Rule 12", "requirements 1.9 and 4.9", "row 1.9"])
def test_a_citation_that_leads_nowhere_is_found(text: str) -> None:
    assert len(uncited(text)) == 1


def test_nothing_cites_a_file_that_is_not_here() -> None:
    """The rules came from a page outside of the repository, by a name that nobody could follow."""
    away = "mission" + ".md"
    out = subprocess.run(["git", "ls-files", "-z"], cwd=TOP, capture_output=True, text=True, check=True).stdout
    files = [TOP / name for name in out.split("\0") if name]
    assert TOP / "docs/rules.md" in files
    assert [f.name for f in files if f.is_file() and away.encode() in f.read_bytes()] == []


def test_modules_that_pages_name_are_there() -> None:
    for name, text in texts().items():
        if name.endswith(".md"):
            for path in re.findall(r"`(desk/[\w/]+\.py)", text):
                assert (TOP / path).is_file(), f"{name}: {path}"
    page = (TOP / "docs/architecture.md").read_text(encoding="utf-8")
    for path in re.findall(r"`((?:cli|domain|session|queries|reports|doctor|audit|view)/[\w/]+)\.(?:py|[A-Z]+)", page):
        assert (TOP / "desk" / f"{path}.py").is_file(), path


@pytest.mark.parametrize("room", ["store", "session", "actions", "queries"])
def test_the_architecture_names_the_rooms(room: str) -> None:
    assert room in (TOP / "docs/architecture.md").read_text(encoding="utf-8")
