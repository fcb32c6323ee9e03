"""desk ticket show and history."""

from __future__ import annotations

from typing import Any

from desk.app import App
from desk.commands import common
from desk.domain import data
from desk.domain.ticket import Ticket
from desk.store import lists, seen
from desk.store.steps import steps
from desk.view.model import Column, Detail, Listing


@common.leaf("show", example="desk ticket show 7K3Q\ndesk ticket show 260723-7K3Q -f json")
@common.ticket_ids
def show(app: App, ids: tuple[str, ...]) -> Detail:
    """Show tickets with their threads, as their files say now."""
    found = common.resolve(app, ids)
    items = list({item["id"]: item for item in (_item(app, i) for i in found)}.values())
    _remember(app, [str(item["id"]) for item in items])
    return common.detail("ticket", "tickets", items, several=len(items) > 1)


def _remember(app: App, ids: list[str]) -> None:
    """What somebody was shown is no longer unread to them."""
    handle = app.handle()
    if handle is not None:
        app.store.ask(lambda index: seen.mark(app.place, handle, index, ids, int(app.now.timestamp())))


def _item(app: App, ticket_id: str) -> dict[str, Any]:
    ticket = app.store.read("ticket", ticket_id)
    seen = {ticket_id}
    while isinstance(ticket, Ticket) and ticket.merged_into and ticket.merged_into not in seen:
        app.warnings.append(f"{ticket.id} was merged into {ticket.merged_into}, which is shown")
        seen.add(ticket.merged_into)
        ticket = app.store.read("ticket", ticket.merged_into)
    people = {str(v) for n in ("owner", "coordinator", "requester", "author") if (v := ticket.values.get(n))}
    people |= {e.by for e in ticket.thread}
    done = app.store.ask(lambda index: steps(index, ticket)) if isinstance(ticket, Ticket) else []
    people |= {str(step["by"]) for step in done if step["by"]}
    return {**data.whole(ticket), "steps": done, "people": app.store.ask(lambda index: lists.names(index, people))}


@common.leaf("history", example="desk ticket history 7K3Q")
@common.ticket_ids
def history(app: App, ids: tuple[str, ...]) -> Listing:
    """Show who did what to a ticket and when, oldest first. It comes from git's history."""
    found = [common.known(app, i) for i in common.words(ids)]
    rows: list[dict[str, Any]] = []
    for ticket_id in found:
        events = app.store.ask(lambda index, i=ticket_id: lists.history(index, "ticket", i))  # type: ignore[misc]
        rows += [{"id": ticket_id, **e} for e in events]
    columns = [
        Column("at", "WHEN", "moment"),
        Column("by", "WHO"),
        Column("verb", "WHAT", "verb"),
        Column("from", "FROM", "title"),
        Column("to", "TO", "title"),
        Column("reason", "REASON", "title"),
        Column("commit", "COMMIT", "commit"),
    ]
    if len(found) > 1:
        columns.insert(0, Column("id", "ID", "id"))
    return Listing("history", rows, tuple(columns), "nothing has happened yet")
