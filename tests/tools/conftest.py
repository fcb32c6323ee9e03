"""A desk of few articles; statistics, reports and activity are tried on due times of the tests' own making."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.conftest import copy_of
from tests.levels import without_levels


@pytest.fixture(scope="session")
def promising_nothing(
    few_articles: Path, tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]
) -> Path:
    """In one commit, so that nothing has happened in it."""
    top = copy_of(few_articles, tmp_path_factory.mktemp("promising-nothing"))
    without_levels(top)
    for words in (("reset", "-q", "--soft", "HEAD~2"), ("commit", "-q", "--amend", "--no-edit")):
        subprocess.run(["git", "-C", str(top), *words], check=True, env=environment)
    return top
