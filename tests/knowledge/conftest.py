"""The fixtures of the command line's tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import acts, record, refuses, shown

__all__ = ("acts", "record", "refuses", "shown")


@pytest.fixture(scope="session")
def _template(_starter: Path) -> Path:
    """With all its articles and responses."""
    return _starter
