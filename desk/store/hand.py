"""Hand edits seen cheaply: a few files of the work tree held against what the index knows of the commit."""

from __future__ import annotations

from desk.domain.ticket import Ticket
from desk.errors import Broken
from desk.store import git, refresh, tree
from desk.store.desk import Store


def broken_now(store: Store, ticket_ids: list[str]) -> list[Broken]:
    """Tickets whose file differs from the commit and can't be read."""
    found = []
    for ticket_id in ticket_ids:
        path = Ticket.path_of(ticket_id)
        try:
            data = tree.read(store.place, path)
            oid = store.index.blob(path)
            if data is None or oid is None or git.blob_id(data, oid) == oid:
                continue
            refresh.decode_at(path, "", data)
        except Broken as error:
            found.append(error)
    return found
