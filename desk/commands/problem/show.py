"""desk problem show: a problem with its incidents and what they cost together."""

from __future__ import annotations

from typing import Any, Final

from desk.cli import answers, arguments, leaf
from desk.cli.app import App
from desk.commands.ticket import show as tickets
from desk.domain.figures import impact
from desk.domain.model.ticket import Ticket
from desk.domain.tickets import problems
from desk.queries import problems as queries_problems
from desk.queries import tickets as queries_tickets
from desk.view.model import Detail

_KEPT: Final = ("id", "title", "state", "priority", "department", "requester", "created", "closed", "resolution")


@leaf.leaf("show", example="desk problem show 7K3Q\ndesk problem show 7K3Q -f json")
@arguments.ticket_ids
def show(app: App, ids: tuple[str, ...]) -> Detail:
    """Show problems with their incidents, what these cost together, and the known errors."""
    items = []
    for ticket_id in arguments.resolve(app, ids):
        ticket = app.store.read("ticket", ticket_id)
        if isinstance(ticket, Ticket):
            problems.require(ticket)
        items.append(_item(app, ticket_id))
    tickets.remember(app, [str(item["id"]) for item in items])
    return answers.detail("problem", "problems", items, several=len(items) > 1)


def _item(app: App, ticket_id: str) -> dict[str, Any]:
    app.warn_of_unread(Ticket.folder)
    rows = app.store.ask(lambda index: queries_problems.incidents(index, ticket_id))
    requesters = {row["requester"] for row in rows if row["requester"]}
    groups = app.store.ask(lambda index: queries_problems.groups(index, requesters))
    names = app.store.ask(lambda index: queries_tickets.names(index, requesters))
    item = tickets.item(app, ticket_id)
    return {
        **item,
        "incidents": [{n: row[n] for n in _KEPT} for row in rows],
        "total": impact.total(rows, sorted(groups), app.now),
        "known_errors": app.store.ask(lambda index: queries_problems.known_errors(index, ticket_id)),
        "people": {**item["people"], **names},
    }
