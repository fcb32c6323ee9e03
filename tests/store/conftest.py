"""What most tests of the store begin with: a ticket that is there."""

from __future__ import annotations

import pytest

from tests.conftest import Make


@pytest.fixture
def ticket(make: Make) -> str:
    """The one ticket that the desk begins with."""
    return make()
