"""Checklists that come by themselves: to a ticket that becomes what an automatic template is for."""

from __future__ import annotations

from typing import cast

from desk.config import Config
from desk.domain import checklists, workflow
from desk.domain.checklist import Checklist
from desk.domain.record import Change, Edit
from desk.domain.ticket import Ticket
from desk.store.snapshot import Snapshot


def checklist(change: Change, snapshot: Snapshot, config: Config) -> Change:
    """The change with the steps of the fitting template on every ticket that was made, tagged or moved into its reach."""
    touched = [edit for edit in change.edits if _becomes(edit)]
    if not touched:
        return change
    rows = snapshot.index.rows("checklist", "automatic = 1", tail="ORDER BY id")
    # Without their text, which is read of the one that is used: most tickets get none.
    templates = [Checklist({n: v for n, v in row.items() if v not in (None, [])}) for row in rows]
    given = {id(edit): _with(edit, templates, snapshot, config) for edit in touched} if templates else {}
    return change._replace(edits=tuple(given.get(id(edit), edit) for edit in change.edits))


def _becomes(edit: Edit) -> bool:
    """Whether a ticket without a checklist is another sort of ticket now."""
    after, before = edit.after, edit.before
    if not isinstance(after, Ticket) or after.checklist or after.state not in workflow.LIVE:
        return False
    return not isinstance(before, Ticket) or (before.department, before.tags) != (after.department, after.tags)


def _with(edit: Edit, templates: list[Checklist], snapshot: Snapshot, config: Config) -> Edit:
    ticket = cast("Ticket", edit.after)
    best = checklists.best(ticket, templates, config["desk.languages"])
    found = cast("Checklist", snapshot.get("checklist", best.id)) if best else None
    if found is None or not found.steps:
        return edit
    event, after = checklists.with_steps(ticket, found)
    return edit._replace(after=after, events=(*edit.events, event))
