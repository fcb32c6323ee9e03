"""desk ticket edit: title, text and fields by options or in the editor; the last reply by its author."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from zlib import crc32

import click

from desk.actions import identifiers, requesters
from desk.actions.acting import require_tickets
from desk.actions.draft import Draft
from desk.actions.tickets import matrix_of
from desk.cli import arguments, editor, form, leaf
from desk.cli.app import App
from desk.cli.told import acted
from desk.domain.model.actor import Actor
from desk.domain.model.change import Change, Edit, join
from desk.domain.model.ticket import Ticket
from desk.domain.people import customfields
from desk.domain.tickets import classification, lifecycle, ownership, thread
from desk.errors import Conflict, NotFound, UsageFault
from desk.view.model import Done


@leaf.leaf("edit", example='desk ticket edit 7K3Q --title "Patient summaries from Malta fail"\ndesk ticket edit 7K3Q')
@arguments.ticket_ids
@click.option("--title", metavar="T", help="A new title.")
@editor.body_options("A new text of the request.")
@click.option("--service", metavar="S", help="The affected service; empty takes it away.")
@click.option("--field", "fields", metavar="K=V", multiple=True, help="Set a custom field; empty takes it away.")
@click.option("--reason", metavar="TEXT", help="Why; it stands in the history.")
@click.option("--entry", metavar="N", type=int, help="Edit entry N of the thread: your own, while it is the last.")
def edit(
    app: App,
    ids: tuple[str, ...],
    title: str | None,
    body: str | None,
    file: str | None,
    service: str | None,
    fields: tuple[str, ...],
    reason: str | None,
    entry: int | None,
) -> Done:
    """Change a ticket. Without options the editor opens with its fields and text."""
    with editor.kept(app, "edit"):
        text = editor.given_text(app, body, file)
        found = arguments.resolve(app, ids)
        if entry is not None:
            if title is not None or service is not None or fields:
                raise UsageFault("--entry changes a text alone", "give the others in a command of their own")
            return _edit_entry(app, found, entry, text)
        if title is None and text is None and service is None and not fields:
            return _in_editor(app, found, reason)
        return _by_options(app, found, (title, text, service), identifiers.fields_of(fields), reason)


def _by_options(
    app: App,
    ids: list[str],
    given: tuple[str | None, str | None, str | None],
    fields: dict[str, str],
    reason: str | None,
) -> Done:
    title, text, service = given
    if title is not None and not title.strip():
        raise UsageFault("a ticket needs a title", '--title "What it is about"')

    def one(draft: Draft, ticket: Ticket, by: Actor, at: datetime) -> Change:
        after = ticket.evolve(title=title or ticket.title, body=text)
        if service is not None:
            after = after.evolve(service=service or None)
        if fields:
            after = after.evolve(fields=_fields(draft, after, {**ticket.fields, **fields}))
        return lifecycle.rewrite(ticket, after, by=by, at=at, reason=reason)

    return acted(app, ids, "edit", one)


def _fields(draft: Draft, ticket: Ticket, values: dict[str, object]) -> dict[str, object]:
    rows = draft.snapshot.index.rows("field", tail="ORDER BY id")
    declared = [draft.snapshot.get("field", str(row["id"])) for row in rows]
    return customfields.checked(declared, "ticket", values, ticket.department)  # type: ignore[arg-type]


def _one(app: App, ids: list[str], otherwise: str) -> Ticket:
    if len(ids) > 1:
        raise UsageFault("one ticket at a time, please", otherwise)
    ticket = app.store.read("ticket", ids[0])
    if not isinstance(ticket, Ticket):
        raise NotFound(f"{ids[0]} is not a ticket")
    return ticket


def _edit_entry(app: App, ids: list[str], number: int, text: str | None) -> Done:
    ticket = _one(app, ids, "--entry N means an entry of one ticket")
    if text is None:
        thread.require_last(ticket, number, app.me())
        old = ticket.thread[number - 1].text
        text = editor.entry_text(app, None, f"entry-{ids[0]}-{number}", "", old)
    words = text
    return acted(app, ids, "edit", lambda _, t, by, at: thread.edit_reply(t, number, words, by=by, at=at))


class Written(NamedTuple):
    """What the editor gave back, and the reason that was given with the command."""

    values: dict[str, object]
    body: str
    reason: str | None


def _in_editor(app: App, ids: list[str], reason: str | None) -> Done:
    if not editor.interactive(app):
        raise UsageFault("nothing to change", "give --title, --body, --file, --service or --field")
    before = _one(app, ids, "give --title, --body or --field to change several alike")
    require_tickets(app, ids, "edit")
    start = form.existing_ticket(before)

    def apply(text: str) -> Done:
        written = Written(*form.split(text, form.OPEN_FIELDS), reason)
        return acted(app, ids, "edit", lambda d, t, by, at: _rewritten(app, d, t, before, written, by, at))

    # A draft from before the ticket changed must not be taken up again: it would undo that change.
    return editor.edit(app, f"edit-{ids[0]}-{crc32(start.encode()):08x}", start, apply)


def _rewritten(
    app: App,
    draft: Draft,
    ticket: Ticket,
    seen: Ticket,
    written: Written,
    by: Actor,
    at: datetime,
) -> Change:
    """What the editor gave back: each field the person changed is put through the verb that changes it."""
    wanted, user = _wanted(app, draft, ticket, seen, written)
    changes = _steps(app, draft, (ticket, wanted), written, by, at)
    now = _latest(changes, ticket)
    plain = now.evolve(**{n: wanted.values.get(n) for n in _PLAIN}, body=wanted.body)
    if (plain.requester, plain.department) != (ticket.requester, ticket.department):
        draft.require_public(plain)
    if plain != now or not changes:
        changes.append(lifecycle.rewrite(now, plain, by=by, at=at))
    joined = join(changes)
    summary = " ".join(event.verb for event in joined.edits[0].events)
    if len(changes) == 1 and changes[0].verb == "edit":
        summary = changes[0].summary
    edits = joined.edits if user is None else (*joined.edits, user)
    return joined._replace(verb="edit", summary=summary, reason=written.reason, edits=edits)


_PLAIN = ("title", "requester", "service", "channel", "language", "fields")


def _wanted(app: App, draft: Draft, ticket: Ticket, seen: Ticket, written: Written) -> tuple[Ticket, Edit | None]:
    """The ticket with what the person changed; and the requester, if the change made one known."""
    given, body, _ = written
    values = form.parsed(given)
    user: Edit | None = None
    if "requester" in given:
        values["requester"], user = requesters.find_or_make(app, draft.snapshot, str(given["requester"]))
    if values.get("owner"):
        values["owner"] = app.person(values["owner"])
    values.update({n: v for n, v in {**form.levels(app, values), **form.ways(app, values)}.items() if v})
    changed = {n: values.get(n) for n in form.OPEN_FIELDS if values.get(n) != seen.values.get(n)}
    if "fields" in changed:
        changed["fields"] = _fields(draft, ticket, dict(values.get("fields", {})))
    for name in ("department", "priority", "impact", "urgency"):
        if name in changed and changed[name] is None:
            raise UsageFault(f"{name} can't be taken away", "give it another value")
    text = body if body != seen.body else ticket.body
    clashing = [n for n in changed if ticket.values.get(n) not in (seen.values.get(n), changed[n])]
    if clashing or (body != seen.body and ticket.body not in (seen.body, body)):
        what = ", ".join(clashing) or "the text"
        raise Conflict(
            f"{what} of {ticket.id} was changed by somebody else meanwhile", f"see: desk ticket history {ticket.id}"
        )
    return ticket.evolve(**changed, body=text), user


def _latest(changes: list[Change], ticket: Ticket) -> Ticket:
    found = changes[-1].edits[0].after if changes else ticket
    return found if isinstance(found, Ticket) else ticket


def _steps(
    app: App, draft: Draft, pair: tuple[Ticket, Ticket], written: Written, by: Actor, at: datetime
) -> list[Change]:
    """The verbs of department, owner, levels and tags, each on what the one before left."""
    ticket, wanted = pair
    done: list[Change] = []
    if wanted.department != ticket.department:
        done.append(draft.moved(ticket, wanted.department, by, at))
    if wanted.owner != ticket.owner and wanted.owner != _latest(done, ticket).owner:
        done.append(_own(draft, _latest(done, ticket), wanted.owner, by, at))
    levels = {n: wanted.values[n] for n in _LEVELS if wanted.values.get(n) != ticket.values.get(n)}
    if levels:
        now = _latest(done, ticket)
        done.append(
            classification.classify(now, by=by, at=at, matrix=matrix_of(app.config), reason=written.reason, **levels)
        )
    removed, added = set(ticket.tags) - set(wanted.tags), set(wanted.tags) - set(ticket.tags)
    for name in added:
        draft.snapshot.get("tag", name)
    if removed:
        done.append(classification.untag(_latest(done, ticket), removed, by=by, at=at))
    if added:
        done.append(classification.tag(_latest(done, ticket), added, by=by, at=at))
    return done


_LEVELS = ("priority", "impact", "urgency")


def _own(draft: Draft, ticket: Ticket, owner: str | None, by: Actor, at: datetime) -> Change:
    if owner is None:
        return ownership.unassign(ticket, by=by, at=at)
    to = draft.snapshot.staff(owner)
    return ownership.escalate(ticket, to, by=by, at=at) if ticket.owner else ownership.assign(ticket, to, by=by, at=at)
