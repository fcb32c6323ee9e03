"""Records that a hand edit has broken, seen cheaply: the files of a page held against what the index knows of them."""

from __future__ import annotations

import os

from desk.domain.ticket import Ticket
from desk.errors import Broken
from desk.store import git, refresh
from desk.store.desk import Store


def broken_now(store: Store, ticket_ids: list[str]) -> list[Broken]:
    """Of these tickets, those whose file differs from the commit and can't be read."""
    names = store.ask(lambda index: index.blobs([Ticket.path_of(i) for i in ticket_ids]))
    found = []
    for path, oid in names.items():
        try:
            with open(os.path.join(store.place.root, path), "rb") as file:
                data = file.read()
            if git.blob_id(data, oid) != oid:
                refresh.decode_at(path, "", data)
        except Broken as error:
            found.append(error)
        except OSError:
            continue  # gone, or no file any more: `desk status` tells
    return found
