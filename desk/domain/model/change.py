"""One action as a value: who did what to which records, when and why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from desk.domain.model.actor import Actor
from desk.domain.model.record import NOTHING, Record
from desk.named import NamedTuple


class Event(NamedTuple):
    """What happened to one record: the verb, and the value before and after where one changed."""

    verb: str
    before: str | None = None
    after: str | None = None


class Changed(NamedTuple):
    """One field before and after, each as one line of text; None where there is nothing. Text is counted in lines."""

    field: str
    before: str | None
    after: str | None


class Edit(NamedTuple):
    """One record before and after. `files` are attachments by name; None as content takes one away."""

    before: Record | None
    after: Record | None
    events: tuple[Event, ...]
    files: Mapping[str, bytes | None] = NOTHING

    @property
    def record(self) -> Record:
        found = self.after or self.before
        assert found is not None  # noqa: S101 - an edit of nothing can't be built by any verb
        return found


Joining = Literal["", "staff", "token", "references", "subject", "number"]
"""By what a mail found its ticket; empty for none."""


class Received(NamedTuple):
    """The mail that a change was made of, as its commit tells it: nothing that could name anybody.

    `mark` is made of its Message-ID, `content` of what it says. `joined`: by what it found its ticket, empty for a new
    one. `nature`: what wrote it (`desk.intake.automatic`), empty for a person.
    """

    mark: str
    content: str
    joined: str = ""
    nature: str = ""


class Change(NamedTuple):
    """One user action, to become one commit: who did what to which records, when and why."""

    verb: str
    by: Actor
    at: datetime
    edits: tuple[Edit, ...]
    reason: str | None = None
    summary: str = ""
    """What follows the verb in the commit's subject."""
    files: Mapping[str, bytes | None] = NOTHING
    """Files that are no records, such as desk.toml, by path; None removes one."""
    settings: tuple[tuple[str, Event], ...] = ()
    """What happened to settings, by their names in desk.toml."""
    as_written: Mapping[str, bytes | None] | None = None
    """For hand edits: the files as the work tree has them (None: gone), committed byte for byte in place of the records."""
    mail: Received | None = None
    """Of what came by mail."""


def join(changes: list[Change]) -> Change:
    """Several changes by the same verb as one; the first says who, when and why.

    A record that several of them touch is one edit: the first one's before, the last one's after, all events.
    """
    merged: dict[tuple[str, str], Edit] = {}
    for edit in (e for change in changes for e in change.edits):
        key = (edit.record.kind, edit.record.id)
        first = merged.get(key)
        merged[key] = (
            edit
            if first is None
            else Edit(first.before, edit.after, first.events + edit.events, {**first.files, **edit.files})
        )
    return changes[0]._replace(edits=tuple(merged.values()))
