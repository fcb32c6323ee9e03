"""What the tests of care begin with: a small desk with one commit, for each examination reads all of it again, and a ticket."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.beginnings import add_ticket
from tests.conftest import copy_of


class Cared(NamedTuple):
    top: Path
    one: str


@pytest.fixture(scope="session")
def cared(few_articles: Path, tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Cared:
    top = copy_of(few_articles, tmp_path_factory.mktemp("cared"))
    for words in (("reset", "-q", "--soft", "HEAD~1"), ("commit", "-q", "--amend", "--no-edit")):
        subprocess.run(["git", "-C", str(top), *words], check=True, env=environment)
    return Cared(top, add_ticket(top, environment, "One"))


@pytest.fixture(scope="session")
def _template(cared: Cared) -> Path:
    return cared.top


@pytest.fixture
def ticket(cared: Cared) -> str:
    """A ticket called One, as maria made it."""
    return cared.one
