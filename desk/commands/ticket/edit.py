"""desk ticket edit: title, text and fields by options or in the editor; the last reply by its author."""

from __future__ import annotations

from datetime import datetime

import click

from desk.app import App
from desk.commands import common, form, writing
from desk.commands.acting import Draft, acted
from desk.domain import custom
from desk.domain import ticket as verbs
from desk.domain.person import Staff
from desk.domain.record import Change, join
from desk.domain.ticket import Ticket
from desk.errors import Refused, UsageFault
from desk.view.model import Done

_PLAIN = ("title", "requester", "channel", "language", "fields")


@common.leaf("edit", example='desk ticket edit 7K3Q --title "Patient summaries from Malta fail"\ndesk ticket edit 7K3Q')
@common.ticket_ids
@click.option("--title", metavar="T", help="A new title.")
@writing.body_options("A new text of the request.")
@click.option("--field", "fields", metavar="K=V", multiple=True, help="Set a custom field; empty takes it away.")
@click.option("--entry", metavar="N", type=int, help="Edit entry N of the thread instead: your own, while it is the last.")
def edit(
    app: App,
    ids: tuple[str, ...],
    title: str | None,
    body: str | None,
    file: str | None,
    fields: tuple[str, ...],
    entry: int | None,
) -> Done:
    """Change a ticket. Without options the editor opens with its fields and text."""
    found = common.resolve(app, ids)
    text = writing.given_text(app, body, file)
    if entry is not None:
        return _edit_entry(app, found, entry, text)
    if title is None and text is None and not fields:
        return _in_editor(app, found)
    given = common.fields_of(fields)

    def one(draft: Draft, ticket: Ticket, by: Staff, at: datetime) -> Change:
        after = ticket.evolve(title=title or ticket.title, body=ticket.body if text is None else text)
        if title is not None and not title.strip():
            raise UsageFault("a ticket needs a title")
        if given:
            after = after.evolve(fields=_fields(draft, after, given))
        return verbs.rewrite(ticket, after, by=by, at=at)

    with writing.kept(app, f"edit-{found[0]}"):
        return acted(app, found, "edit", one)


def _fields(draft: Draft, ticket: Ticket, given: dict[str, str]) -> dict[str, object]:
    rows = draft.snapshot.index.rows("field", tail="ORDER BY id")
    declared = [draft.snapshot.get("field", str(row["id"])) for row in rows]
    return custom.checked(declared, "ticket", {**ticket.fields, **given}, ticket.department)  # type: ignore[arg-type]


def _edit_entry(app: App, ids: list[str], number: int, text: str | None) -> Done:
    if len(ids) > 1:
        raise UsageFault("--entry edits one ticket at a time")
    ticket = app.store.read("ticket", ids[0])
    if not isinstance(ticket, Ticket) or not 1 <= number <= len(ticket.thread):
        raise UsageFault(f"{ids[0]} has no entry {number}", f"desk ticket show {ids[0]}")
    old = ticket.thread[number - 1].text
    words = writing.entry_text(app, text, None, f"edit-{ids[0]}", "", old) if text is None else text
    with writing.kept(app, f"edit-{ids[0]}"):
        return acted(app, ids, "edit", lambda _, t, by, at: verbs.edit_reply(t, number, words, by=by, at=at))


def _in_editor(app: App, ids: list[str]) -> Done:
    if len(ids) > 1:
        raise UsageFault("the editor takes one ticket at a time", "give --title, --body or --field for several")
    if not writing.interactive():
        raise UsageFault("nothing to change", "give --title, --body, --file or --field")
    before = app.store.read("ticket", ids[0])
    if not isinstance(before, Ticket):
        raise UsageFault(f"{ids[0]} is not a ticket")

    def apply(text: str) -> Done:
        values, body = form.split(text)
        return acted(app, ids, "edit", lambda d, t, by, at: _rewritten(app, d, t, (values, body), by, at, before))

    done = writing.edit(app, f"edit-{ids[0]}", form.existing_ticket(before), apply)
    with writing.kept(app, f"edit-{ids[0]}"):
        return done


def _rewritten(
    app: App, draft: Draft, ticket: Ticket, written: tuple[dict[str, object], str], by: Staff, at: datetime, seen: Ticket
) -> Change:
    """What the editor gave back, put through the verb of each field it changed."""
    if ticket != seen:
        raise Refused(f"{ticket.id} was changed by somebody else meanwhile", f"see: desk ticket history {ticket.id}")
    values, body = written
    wanted = ticket.evolve(**{n: values.get(n) for n in form.OPEN_FIELDS if n in values or n not in ("title", "department")}, body=body)
    wanted = wanted.evolve(priority=wanted.values.get("priority") or ticket.priority)
    changes: list[Change] = []
    now = ticket
    for change in _steps(app, draft, now, wanted, by, at):
        changes.append(change)
    plain = _latest(changes, ticket).evolve(**{n: wanted.values.get(n) for n in _PLAIN}, body=body)
    if plain != _latest(changes, ticket):
        changes.append(verbs.rewrite(_latest(changes, ticket), plain, by=by, at=at))
    if not changes:
        raise Refused(f"nothing in {ticket.id} was changed", f"see: desk ticket show {ticket.id}")
    joined = join(changes)
    return joined._replace(verb="edit", summary=" ".join(e.verb for e in joined.edits[0].events), reason=None)


def _latest(changes: list[Change], ticket: Ticket) -> Ticket:
    found = changes[-1].edits[0].after if changes else ticket
    return found if isinstance(found, Ticket) else ticket


def _steps(app: App, draft: Draft, ticket: Ticket, wanted: Ticket, by: Staff, at: datetime) -> list[Change]:
    """The verbs of department, owner, levels and tags, each on what the one before left."""
    done: list[Change] = []
    snapshot = draft.snapshot
    if wanted.department != ticket.department:
        snapshot.get("department", wanted.department)
        owner = snapshot.find("staff", ticket.owner) if ticket.owner else None
        done.append(verbs.move(ticket, wanted.department, owner if isinstance(owner, Staff) else None, by=by, at=at))
    now = _latest(done, ticket)
    if wanted.owner != now.owner and wanted.owner != ticket.owner:
        done.append(_own(draft, now, wanted.owner, by, at))
    now = _latest(done, ticket)
    levels = {n: wanted.values.get(n) for n in ("priority", "impact", "urgency") if wanted.values.get(n) != now.values.get(n)}
    if any(levels.values()):
        checked = {n: common.chosen(app, f"ticket.{_PLURAL[n]}", v) for n, v in levels.items()}
        done.append(verbs.classify(now, by=by, at=at, matrix=app.config["priority.matrix"], **checked))
    now = _latest(done, ticket)
    if added := set(wanted.tags) - set(now.tags):
        for name in added:
            snapshot.get("tag", name)
    removed = set(now.tags) - set(wanted.tags)
    if removed:
        done.append(verbs.untag(now, removed, by=by, at=at))
    if added:
        done.append(verbs.tag(_latest(done, ticket), added, by=by, at=at))
    return done


_PLURAL = {"priority": "priorities", "impact": "impacts", "urgency": "urgencies"}


def _own(draft: Draft, ticket: Ticket, owner: str | None, by: Staff, at: datetime) -> Change:
    if owner is None:
        return verbs.unassign(ticket, by=by, at=at)
    to = draft.snapshot.staff(owner)
    return verbs.escalate(ticket, to, by=by, at=at) if ticket.owner else verbs.assign(ticket, to, by=by, at=at)


