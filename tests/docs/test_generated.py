from __future__ import annotations

import re

import pytest

from docs.generate import PARTS, TOP, renewed


@pytest.mark.parametrize("name", PARTS)
def test_documents_say_what_the_program_says(name: str) -> None:
    assert (TOP / name).read_text(encoding="utf-8") == renewed(name), "python -m docs.generate"


def test_links_in_documents_lead_somewhere() -> None:
    for page in (TOP / "README.md", *(TOP / "docs").glob("*.md")):
        for link in re.findall(r"\]\((?!https?:|#)([^)#\s]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / link).exists(), f"{page.name}: {link}"


def test_every_dependency_is_explained() -> None:
    readme = (TOP / "README.md").read_text(encoding="utf-8").lower()
    project = (TOP / "pyproject.toml").read_text(encoding="utf-8")
    block = project.partition("dependencies = [")[2].partition("]")[0]
    for name in re.findall(r'"([a-z0-9._-]+)', block):
        assert f"[{name}]" in readme, name
