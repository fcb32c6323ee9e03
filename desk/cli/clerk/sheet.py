"""Tickets as a spreadsheet has them: whom a cell names, and what a custom field holds, each in a column of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from desk.cli.app import App
from desk.queries import people


def spread(app: App, rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Rows of tickets as a spreadsheet has them: the requester's name and address, and a column for each custom field."""
    wanted = sorted({str(row["requester"]) for row in rows if row.get("requester")})
    users = {str(u["id"]): u for u in app.store.ask(lambda index: people.of_ids(index, wanted))} if wanted else {}
    declared = [
        str(r["id"]) for r in app.store.ask(lambda index: index.rows("field", "\"on\" = 'ticket'", (), "ORDER BY id"))
    ]
    held = [name for row in rows for name in row.get("fields") or ()]
    names = list(dict.fromkeys((*declared, *held)))
    return [_spread(row, users.get(str(row.get("requester"))) or {}, names) for row in rows]


def _spread(row: Mapping[str, Any], user: Mapping[str, Any], names: Iterable[str]) -> Mapping[str, Any]:
    made: dict[str, Any] = {}
    for name, value in row.items():
        if name == "fields":
            made |= {f"fields.{field}": (value or {}).get(field) for field in names}
            continue
        made[name] = value
        if name == "requester":
            made |= {"requester_name": user.get("name"), "requester_email": user.get("email")}
    return made
