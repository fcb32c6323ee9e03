"""A desk of few articles."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def _template(few_articles: Path) -> Path:
    return few_articles
