"""What is common to staff and requesters: whose an address is."""

from __future__ import annotations

from desk.errors import Refused
from desk.store import organisation as ask
from desk.store.index import Index


def refuse_taken(index: Index, email: str, own: str | None = None) -> None:
    """An address belongs to one person, staff or requester, whatever its case; `own` is who may have it."""
    for kind, record_id in ask.with_address(index, email):
        if record_id != own:
            raise Refused(
                f"{email} is the address of {kind} {record_id}",
                f"one address, one person: desk {kind} show {record_id}",
            )
