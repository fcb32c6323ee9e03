"""Statistics, reports and activity are tried on due times of the tests' own making."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.levels import without_levels


@pytest.fixture(autouse=True)
def _own_due_times(request: pytest.FixtureRequest) -> None:
    if request.path.stem in ("test_activity", "test_report", "test_stats") and "home" in request.fixturenames:
        home: Path = request.getfixturevalue("home")
        without_levels(home)
