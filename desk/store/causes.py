"""What a ticket's file can't say of the problems behind it: their state, and what is known of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from desk.domain.organisation import PROBLEM
from desk.store.index import Index

CAUSED = "caused-by "


def causes(index: Index, links: Iterable[str]) -> list[dict[str, Any]]:
    """The problems that an incident's links name, with their known errors: what a clerk on the phone asks for."""
    named = [link.removeprefix(CAUSED) for link in links if link.startswith(CAUSED)]
    if not named:
        return []
    rows = index.rows("ticket", f"id IN ({','.join('?' * len(named))})", named, "ORDER BY created, id")
    kept = ("id", "title", "state", "cause", "workaround", "fix")
    return [
        {**{k: row[k] for k in kept}, "known_errors": known_errors(index, row["id"])}
        for row in rows
        if row["kind"] == PROBLEM
    ]


def known_errors(index: Index, problem: str) -> list[dict[str, Any]]:
    """The articles that tell of a problem."""
    rows = index.rows("article", "problem = ?", (problem,), "ORDER BY id")
    return [{k: row[k] for k in ("id", "title", "state", "language")} for row in rows]
