"""What most tests of the audit begin with: a ticket that is there."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from tests.beginnings import add_ticket
from tests.conftest import copy_of


class Registered(NamedTuple):
    top: Path
    one: str


@pytest.fixture(scope="session")
def registered(few_articles: Path, tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Registered:
    """A desk in which maria has registered a ticket called One."""
    top = copy_of(few_articles, tmp_path_factory.mktemp("registered"))
    return Registered(top, add_ticket(top, environment, "One"))


@pytest.fixture
def ticket(registered: Registered) -> str:
    """That ticket."""
    return registered.one
