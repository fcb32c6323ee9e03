"""Salts for records, and folders of attachments, that were made before there were any."""

from __future__ import annotations

from datetime import datetime

from desk.doctor import salts, table
from desk.doctor.exam import Exam
from desk.domain.changes import salt
from desk.domain.model.actor import Actor
from desk.domain.model.change import Change, Edit, Event
from desk.domain.model.kinds import id_at, kind_at
from desk.domain.model.ticket import Ticket, files_folder
from desk.domain.rights import rights
from desk.session.session import Session
from desk.store.snapshot import Snapshot
from desk.store.store import Committed


def add(session: Session) -> Committed | None:
    """Give each one a salt, all as one commit; None when all have one. Records that can't be read are left alone."""

    def plan(snapshot: Snapshot, by: Actor, at: datetime) -> Change | None:
        rights.require_level(by, "settings")
        edits = _records(snapshot)
        files: dict[str, bytes | None] = {}
        for ticket_id in salts.folders(Exam(session.store, None)):
            files[f"{files_folder(ticket_id)}/{salt.FILE}"] = salt.content(snapshot.new_salt())
            ticket = snapshot.get(Ticket.kind, ticket_id)
            edits.setdefault(ticket.path, Edit(ticket, ticket, (Event("edit", None, "attachment"),)))
        return Change(table.VERB, by, at, tuple(edits.values()), summary=salt.KEY, files=files) if edits else None

    return session.attempt(plan)


def _records(snapshot: Snapshot) -> dict[str, Edit]:
    """The records that get one, by path."""
    found: dict[str, Edit] = {}
    for path in salts.records(snapshot.place):
        cls, record_id = kind_at(path), id_at(path)
        if cls is None or snapshot.index.path_of(cls.kind, record_id) != path:
            continue
        before = snapshot.get(cls.kind, record_id)
        if not before.salt:
            after = before.with_salt(snapshot.new_salt())
            found[path] = Edit(before, after, (Event("edit", None, salt.KEY),))
    return found
