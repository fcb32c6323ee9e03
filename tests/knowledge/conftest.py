"""The fixtures of the command line's tests."""

from __future__ import annotations

from tests.cli.conftest import acts, clean, newest, record, refuses, shown
from tests.kb.conftest import _template, all_articles

__all__ = ("_template", "acts", "all_articles", "clean", "newest", "record", "refuses", "shown")
