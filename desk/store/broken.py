"""Records that a hand edit has broken, seen cheaply: the files of a page held against what the index knows of them."""

from __future__ import annotations

import os

from desk.domain.model.ticket import Ticket
from desk.errors import Broken
from desk.git import objects
from desk.store.store import Store


def broken_now(store: Store, ticket_ids: list[str]) -> list[Broken]:
    """Of these tickets, those whose file differs from the commit and can't be read."""
    names = store.ask(lambda index: index.blobs([Ticket.path_of(i) for i in ticket_ids]))
    found = []
    for path, oid in names.items():
        try:
            with open(os.path.join(store.place.root, path), "rb") as file:
                data = file.read()
            if objects.blob_id(data, oid) != oid:
                from desk.codec import places  # noqa: PLC0415 - where a file differs

                places.decode_at(path, "", data)
        except Broken as error:
            found.append(error)
        except OSError:
            continue  # gone, or no file any more: `desk status` tells
    return found
