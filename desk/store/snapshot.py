"""The desk as one commit has it: what a plan reads while the write lock is held."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable

from desk.domain.model.kinds import KINDS
from desk.domain.model.person import Staff
from desk.domain.model.record import Record
from desk.domain.model.ticket import Ticket, files_folder
from desk.errors import Broken, NotFound
from desk.git import objects
from desk.git.place import Place
from desk.index.index import Index
from desk.store import worktree
from desk.text import _

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U to be misread on the phone


class Snapshot:
    """The desk as one commit has it: what a plan reads while the write lock is held."""

    def __init__(self, place: Place, index: Index, commit: str, missing: Callable[[str, str], NotFound]) -> None:
        self.place = place
        self.index = index
        self.commit = commit
        self.missing = missing
        """The error for a record that isn't there: kind and id → what was probably meant."""
        self.clean: set[str] = set()
        """Paths whose file in the work tree was found equal to the commit's."""
        self.taken: dict[str, bytes] = {}
        """Hand edits that the plan has made part of its change: path → content it has seen. The commit writes over them."""

    def get(self, kind: str, record_id: str) -> Record:
        """A record as committed; NotFound, or Broken if it can't be read."""
        record = self.find(kind, unicodedata.normalize("NFC", record_id))
        if record is None:
            raise self.missing(kind, record_id)
        return record

    def find(self, kind: str, record_id: str) -> Record | None:
        """A record as committed, or None."""
        path = self.index.path_of(kind, record_id)
        if path is None:
            path = KINDS[kind].path_of(record_id)
            broken = [b for b in self.index.broken(path) if b[0] == path]
            if broken:
                raise Broken(broken[0][2], path, broken[0][1])
            return None
        from desk.codec import places  # noqa: PLC0415 - a list decodes no record

        return places.decode_at(path, "", self.content(path))

    def content(self, path: str) -> bytes:
        """A record's file as committed: from the work tree if it is unchanged there, else from git."""
        oid = self.index.blob(path)
        data = worktree.read(self.place, path)
        if data is not None and oid is not None and objects.blob_id(data, oid) == oid:
            self.clean.add(path)
            return data
        with objects.blobs(self.place) as blobs:
            return blobs.get(f"{self.commit}:{path}") or b""

    def ticket(self, ticket_id: str) -> Ticket:
        """A ticket; the id of a merged one leads to the ticket that goes on in its place."""
        record = self.get("ticket", ticket_id)
        seen = {record.id}
        while isinstance(record, Ticket) and record.merged_into and record.merged_into not in seen:
            seen.add(record.merged_into)
            record = self.get("ticket", record.merged_into)
        assert isinstance(record, Ticket)  # noqa: S101 - the codec builds the class that the path says
        return record

    def staff(self, handle: str) -> Staff:
        record = self.get("staff", handle)
        assert isinstance(record, Staff)  # noqa: S101 - as above
        return record

    def attachment(self, ticket_id: str, name: str) -> bytes:
        """An attachment's content as committed."""
        path = f"{files_folder(ticket_id)}/{name}"
        with objects.blobs(self.place) as blobs:
            data = blobs.get(f"{self.commit}:{path}")
        if data is None:
            raise NotFound(
                _("{ticket_id} has no attachment {name}", ticket_id=ticket_id, name=name),
                _("see: desk ticket show {ticket_id}", ticket_id=ticket_id),
            )
        return data

    def was_there(self, kind: str, record_id: str) -> bool:
        """Whether an id was used by a record that is gone."""
        path = KINDS[kind].path_of(record_id)
        there = self.index.path_of(kind, record_id) is not None or any(b[0] == path for b in self.index.broken(path))
        return not there and self.index.used(kind, record_id)

    def new_ticket_id(self, day: str) -> str:
        """An id never used before; `day` is YYMMDD in the desk's time zone."""
        while True:
            found = f"{day}-{_random(4)}"
            if not self.index.known_ticket(found):
                return found

    def new_id(self, kind: str, prefix: str) -> str:
        """An opaque id such as u-4f9x2, never used before."""
        while True:
            found = prefix + _random(5).lower()
            if not self.index.used(kind, found):
                return found

    def new_salt(self) -> str:
        """80 random bits for a record or a folder of attachments."""
        from desk.domain.changes import salt  # noqa: PLC0415 - for writes only

        return salt.made(_random(salt.LENGTH))


def _random(length: int) -> str:
    """Characters nobody can guess; 256 is a multiple of 32, so each is as likely as any other."""
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in os.urandom(length))
