"""Title, text and fields of tickets: set one by one, or all of them as an editor gave them back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from desk.actions import identifiers, requesters
from desk.actions.acting import Acted, act_on_tickets
from desk.actions.draft import Draft
from desk.actions.tickets.classification import matrix_of
from desk.domain.model.actor import Actor
from desk.domain.model.change import Change, Edit, join
from desk.domain.model.organisation import CustomField
from desk.domain.model.plain import plain
from desk.domain.model.record import NOTHING, parse_values_of
from desk.domain.model.ticket import Ticket
from desk.domain.people import customfields
from desk.domain.rights import ticketverbs
from desk.domain.tickets import classification, lifecycle, ownership, thread
from desk.domain.tickets.classification import Matrix
from desk.errors import Conflict, UsageFault
from desk.named import NamedTuple
from desk.session.session import Session
from desk.text import _, arranged, listed

OPEN_FIELDS = ("title", "department", "owner", "requester", "tags", "priority", "impact", "urgency", "service", "channel",
               "language", "fields")  # fmt: skip
"""What may be changed of a ticket as a whole; the rest has verbs of its own."""
LEVELS = {"priority": "ticket.priorities", "impact": "ticket.impacts", "urgency": "ticket.urgencies"}
WAYS = {"channel": "ticket.channels", "language": "desk.languages"}
"""Fields, and the setting that says what each may be."""
_PLAIN = tuple(n for n in ticketverbs.BY_NAME["edit"].telling_fields("named") if n != "body")
"""The fields that an edit sets itself, beside the text; the others have verbs of their own."""
_NEEDED = ("department", "priority", "impact", "urgency")


def edit(
    session: Session,
    ids: Sequence[str],
    *,
    title: str | None = None,
    body: str | None = None,
    service: str | None = None,
    requester: str | None = None,
    ways: Mapping[str, str | None] = NOTHING,
    fields: Mapping[str, str] = NOTHING,
    reason: str | None = None,
) -> Acted:
    """Set what is given, on each ticket alike; an empty service, requester or custom field takes it away.

    `ways` are channel and language. A requester may be named by whatever finds one, or by an address that is new here.
    """
    if title is not None and not title.strip():
        raise UsageFault(_("a ticket needs a title"), _('--title "What it is about"'))

    chosen = {n: identifiers.require_listed(session, WAYS[n], value) for n, value in ways.items()}
    known: dict[str, Any] = {n: value for n, value in chosen.items() if value}
    who: str | None = None

    def one(draft: Draft, ticket: Ticket, by: Actor, at: datetime) -> Change:
        nonlocal who
        user: Edit | None = None
        after = ticket.evolve(title=title or ticket.title, body=body, **known)
        if requester is not None:
            if not draft.changes:  # once for all tickets: an address that is new makes one person known
                who, user = requesters.find_or_make(session, draft.snapshot, requester)
            after = after.evolve(requester=who)
            draft.require_public(after)
        if service is not None:
            after = after.evolve(service=service or None)
        if fields:
            after = after.evolve(fields=_check_fields(draft, after, {**ticket.fields, **fields}))
        change = lifecycle.rewrite(ticket, after, by=by, at=at, reason=reason)
        return change if user is None else change._replace(edits=(*change.edits, user))

    return act_on_tickets(session, ids, "edit", one)


def edit_entry(session: Session, ids: Sequence[str], number: int, text: str) -> Acted:
    """Give entry `number` (from 1) of the thread another text: by its author, while it is the last (rule 6)."""

    def one(_: Draft, ticket: Ticket, by: Actor, at: datetime) -> Change:
        return thread.edit_reply(ticket, number, text, by=by, at=at)

    return act_on_tickets(session, ids, "edit", one)


# -- all of it, from an editor -----------------------------------------------------------------------------------------


class Revision(NamedTuple):
    """A ticket as somebody saw it, and as they gave it back: values as typed, by field, of those that are filled in."""

    seen: Ticket
    values: Mapping[str, Any]
    body: str
    reason: str | None = None


def revise(session: Session, ids: Sequence[str], revision: Revision) -> Acted:
    """Put each field that a person changed through the verb that changes it. Conflict where it has changed meanwhile."""

    def one(draft: Draft, ticket: Ticket, by: Actor, at: datetime) -> Change:
        wanted, user = _wanted(session, draft, ticket, revision)
        changes = _steps(draft, (ticket, wanted), matrix_of(session.config), revision.reason, by=by, at=at)
        now = _latest(changes, ticket)
        plain = now.evolve(**{n: wanted.values.get(n) for n in _PLAIN}, body=wanted.body)
        if plain != now or not changes:
            changes.append(lifecycle.rewrite(now, plain, by=by, at=at))
        joined = join(changes)
        summary = " ".join(event.verb for event in joined.edits[0].events)
        if len(changes) == 1 and changes[0].verb == "edit":
            summary = changes[0].summary
        edits = joined.edits if user is None else (*joined.edits, user)
        return joined._replace(verb="edit", summary=summary, reason=revision.reason, edits=edits)

    return act_on_tickets(session, ids, "edit", one)


class Overtaken(Conflict):
    """Somebody else changed what this person changed as well; `seen` is the ticket with that as it is now."""

    def __init__(self, ticket: Ticket, seen: Ticket, names: Sequence[str]) -> None:
        theirs = {n: plain(getattr(ticket, n)) for n in names if n != "body"}
        shown = [arranged("{name}: {value}", name=n, value=value or _("nothing")) for n, value in theirs.items()]
        shown += [_("another text")] if "body" in names else []
        super().__init__(
            _(
                "{field} of {ticket} was changed by somebody else meanwhile (theirs: {shown})",
                field=", ".join(names).replace("body", "the text"),
                ticket=ticket.id,
                shown=listed(shown),
            ),
            _("save again and yours counts; see: desk ticket history {ticket}", ticket=ticket.id),
        )
        self.seen = seen.evolve(**theirs, body=ticket.body if "body" in names else None)


def _wanted(session: Session, draft: Draft, ticket: Ticket, revision: Revision) -> tuple[Ticket, Edit | None]:
    """The ticket with what the person changed; and the requester, if the change made one known."""
    seen, given, body, _rest = revision
    values = parse_values_of(Ticket, {k: v for k, v in given.items() if k != "requester"}, UsageFault)
    user: Edit | None = None
    if "requester" in given:
        values["requester"], user = requesters.find_or_make(session, draft.snapshot, str(given["requester"]))
    if values.get("owner"):
        values["owner"] = session.person(values["owner"])
    known = {
        n: identifiers.require_listed(session, setting, values.get(n)) for n, setting in {**LEVELS, **WAYS}.items()
    }
    values.update({n: v for n, v in known.items() if v})
    changed = {n: values.get(n) for n in OPEN_FIELDS if values.get(n) != seen.values.get(n)}
    if "fields" in changed:
        changed["fields"] = _check_fields(draft, ticket, dict(values.get("fields", {})))
    for name in _NEEDED:
        if name in changed and changed[name] is None:
            raise UsageFault(_("{name} can't be taken away", name=name), _("give it another value"))
    text = body if body != seen.body else ticket.body
    clashing = [n for n in changed if ticket.values.get(n) not in (seen.values.get(n), changed[n])]
    if body != seen.body and ticket.body not in (seen.body, body):
        clashing.append("body")
    if clashing:
        raise Overtaken(ticket, seen, clashing)
    return ticket.evolve(**changed, body=text), user


def _check_fields(draft: Draft, ticket: Ticket, values: dict[str, Any]) -> dict[str, Any]:
    return customfields.check_values(draft.all(CustomField), "ticket", values, ticket.department)


def _latest(changes: list[Change], ticket: Ticket) -> Ticket:
    found = changes[-1].edits[0].after if changes else ticket
    return found if isinstance(found, Ticket) else ticket


def _steps(
    draft: Draft, pair: tuple[Ticket, Ticket], matrix: Matrix, reason: str | None, *, by: Actor, at: datetime
) -> list[Change]:
    """The verbs of department, owner, levels and tags, each on what the one before left."""
    ticket, wanted = pair
    done: list[Change] = []
    if wanted.department != ticket.department:
        done.append(draft.moved(ticket, wanted.department, by, at))
    if wanted.owner != ticket.owner and wanted.owner != _latest(done, ticket).owner:
        done.append(_own(draft, _latest(done, ticket), wanted.owner, by, at))
    levels = {n: wanted.values[n] for n in LEVELS if wanted.values.get(n) != ticket.values.get(n)}
    if levels:
        now = _latest(done, ticket)
        done.append(classification.classify(now, by=by, at=at, matrix=matrix, reason=reason, **levels))
    removed, added = set(ticket.tags) - set(wanted.tags), set(wanted.tags) - set(ticket.tags)
    for name in added:
        draft.snapshot.get("tag", name)
    if removed:
        done.append(classification.untag(_latest(done, ticket), removed, by=by, at=at))
    if added:
        done.append(classification.tag(_latest(done, ticket), added, by=by, at=at))
    return done


def _own(draft: Draft, ticket: Ticket, owner: str | None, by: Actor, at: datetime) -> Change:
    if owner is None:
        return ownership.unassign(ticket, by=by, at=at)
    to = draft.snapshot.staff(owner)
    return ownership.escalate(ticket, to, by=by, at=at) if ticket.owner else ownership.assign(ticket, to, by=by, at=at)
