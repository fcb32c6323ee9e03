"""A desk with a ticket in it for each test that asks for one: made once, and copied."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from tests.beginnings import at_work
from tests.conftest import copy_of


class _Begun(NamedTuple):
    """A desk, and the ticket in it."""

    top: Path
    ticket: str


@pytest.fixture(scope="session")
def _with_a_ticket(few_articles: Path, tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> _Begun:
    top = copy_of(few_articles, tmp_path_factory.mktemp("with-a-ticket"))
    with at_work(top, environment) as desk:
        made = desk("ticket", "create", "--title", "A ticket", "--department", "technical", "-f", "ids")
    return _Begun(top, made.out.strip())


@pytest.fixture
def _template(request: pytest.FixtureRequest, few_articles: Path) -> Path:
    begun: _Begun | None = request.getfixturevalue("_with_a_ticket") if "ticket" in request.fixturenames else None
    return begun.top if begun else few_articles


@pytest.fixture
def ticket(home: Path, _with_a_ticket: _Begun) -> str:
    """The id of the one ticket that the desk begins with, as `make()` would have made it."""
    del home
    return _with_a_ticket.ticket
