"""A desk of several people, and what lies in its outbox."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Runner

Drafts = Callable[[], list[dict[str, Any]]]
Told = Callable[[], set[tuple[str, str]]]


@pytest.fixture
def drafts(home: Path) -> Drafts:
    """The files of the outbox, as they are."""
    return lambda: [
        json.loads(p.read_text(encoding="utf-8")) for p in sorted((home / ".git/desk/outbox").glob("*.json"))
    ]


@pytest.fixture
def told(desk: Runner, drafts: Drafts) -> Told:
    """Who was told, by which text, since this was last asked."""

    def ask() -> set[tuple[str, str]]:
        found = {(d["to"]["id"], d["template"]) for d in drafts()}
        if found:
            desk("mail", "drop", "-", stdin=desk("mail", "outbox", "-f", "ids").out)
        return found

    return ask


@pytest.fixture
def anna(desk: Runner) -> str:
    """A requester with an account."""
    options = ("--name", "Anna Georgiou", "--email", "anna@clinic.example", "--group", "patient", "--language", "el")
    return desk("user", "create", *options, "-f", "ids").out.strip()
