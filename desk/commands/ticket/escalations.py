"""desk ticket escalations: to whom a ticket was handed or told of, and why."""

from __future__ import annotations

from typing import Any

from desk.actions import identifiers
from desk.cli import arguments, leaf
from desk.cli.app import App
from desk.codec import places
from desk.commands.ticket.history import first_day
from desk.domain.model.person import Staff
from desk.domain.model.rows import HistoryRow
from desk.errors import Broken
from desk.git import objects
from desk.queries import counting, tickets
from desk.text import _, pgettext
from desk.view.model import Column, Listing

FUNCTIONAL, HIERARCHICAL = "functional", "hierarchical"
_KIND = {"escalate": FUNCTIONAL, "escalate-up": HIERARCHICAL}


@leaf.leaf("escalations", example="desk ticket escalations 7K3Q")
@arguments.ticket_ids
def escalations(app: App, ids: tuple[str, ...]) -> Listing:
    """Show the escalations of a ticket that weren't taken back, oldest first.

    Functional ones handed it to another owner, hierarchical ones told who is named for the department. LEVEL is the
    level that person had at the time.
    """
    found = [identifiers.require_known(app, i) for i in arguments.ticket_words(app, ids)]
    app.warn_of_cut(first_day(found))
    rows: list[dict[str, Any]] = []
    for ticket_id in found:
        events = app.store.ask(lambda index, i=ticket_id: tickets.history(index, "ticket", i))  # type: ignore[misc]
        standing = app.store.ask(lambda index, i=ticket_id: counting.standing(index, -1, ticket=i))  # type: ignore[misc]
        stand = {change.oid for change in standing}
        rows += [_row(ticket_id, event) for event in events if event["verb"] in _KIND and event["commit"] in stand]
    columns = [
        Column("at", pgettext("column", "WHEN"), "moment"),
        Column("by", pgettext("column", "WHO")),
        Column("type", pgettext("column", "ESCALATION"), "word"),
        Column("from", pgettext("column", "FROM")),
        Column("to", pgettext("column", "TO")),
        Column("level", pgettext("column", "LEVEL"), "number"),
        Column("reason", pgettext("column", "REASON"), "sentence"),
        Column("commit", pgettext("column", "COMMIT"), "commit", 1),
    ]
    if len(found) > 1:
        columns.insert(0, Column("id", pgettext("column", "ID"), "id"))
    return Listing("escalations", _with_levels(app, rows), tuple(columns), _("it was never escalated"))


def _row(ticket_id: str, event: HistoryRow) -> dict[str, Any]:
    kept = {name: event[name] for name in ("at", "by", "from", "to", "reason", "commit")}
    return {"id": ticket_id, "type": _KIND[event["verb"]], "level": None, **kept}


def _with_levels(app: App, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The level of each person as the commit of the escalation has it: they may have left since."""
    if not rows:
        return rows
    with objects.blobs(app.place) as blobs:
        return [{**row, "level": _level(blobs, row)} for row in rows]


def _level(blobs: objects.Blobs, row: dict[str, Any]) -> int | None:
    path = Staff.path_of(str(row["to"]))
    content = blobs.get(f"{row['commit']}:{path}")
    try:
        record = places.decode_at(path, "", content) if content is not None else None
    except Broken:
        return None
    return record.level if isinstance(record, Staff) else None
