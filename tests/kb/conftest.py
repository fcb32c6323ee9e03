"""A writer who isn't the founder, and articles made by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Git
from tests.conftest import Runner

Write = Callable[..., Path]
COLLEAGUE = "id: anna\nname: Anna Nikolaou\nemail: anna@ncpeh.example\nlevel: 2\ndepartments: [technical]\n"


@pytest.fixture
def all_articles() -> None:
    """For tests that need the starter desk with all its articles and responses, which takes longer."""


@pytest.fixture
def _template(request: pytest.FixtureRequest, few_articles: Path) -> Path:
    found: Path = request.getfixturevalue("_starter") if "all_articles" in request.fixturenames else few_articles
    return found


@pytest.fixture
def colleague(home: Path, git: Git) -> str:
    """Another member of staff of level 2."""
    (home / "records/staff/anna.yaml").write_text(COLLEAGUE, encoding="utf-8")
    git("add", ".")
    git("commit", "-q", "-m", "hire anna")
    return "anna"


@pytest.fixture
def write(home: Path) -> Write:
    """Write an article's file by hand, as an editor does; nothing is committed."""

    def run(
        name: str, body: str = "Text.", *, topic: str = "faq", state: str = "draft", language: str = "en", **more: str
    ) -> Path:
        front = {"id": name, "title": f"About {name}", "topic": topic, "state": state, "language": language, **more}
        lines = "".join(f"{k}: {v}\n" for k, v in front.items())
        path = home / f"kb/{topic}/{name}.md"
        path.write_text(f"---\n{lines}---\n\n{body}\n", encoding="utf-8")
        return path

    return run


@pytest.fixture
def verbs(desk: Runner) -> Callable[[str], list[Any]]:
    """What happened to an article: who and what."""
    return lambda slug: [(e["by"], e["verb"]) for e in desk("kb", "history", slug, "-f", "json").data]
