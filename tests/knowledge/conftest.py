"""The fixtures of the command line's tests."""

from __future__ import annotations

from tests.cli.conftest import acts, record, refuses, shown

__all__ = ("acts", "record", "refuses", "shown")
