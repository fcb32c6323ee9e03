"""The verbs that touch two tickets: link, unlink, transfer, merge, split."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from desk.domain.model import states
from desk.domain.model.actor import Actor
from desk.domain.model.change import Change, Edit, Event
from desk.domain.model.fields import LINK_TYPES, utc_text
from desk.domain.model.organisation import INCIDENT, PROBLEM
from desk.domain.model.person import USER_PREFIX
from desk.domain.model.record import NOTHING, Entry, interleave
from desk.domain.model.ticket import NOTE, REPLY, Ticket, edit
from desk.domain.rights import moves
from desk.domain.tickets.classification import show_levels
from desk.errors import Refused, UsageFault
from desk.named import NamedTuple
from desk.text import _


def link(ticket: Ticket, other: Ticket, relation: str, *, by: Actor, at: datetime) -> Change:
    """Relate two tickets; the inverse relation is written on the other one."""
    if ticket.id == other.id:
        raise Refused(_("{ticket} can't be linked to itself", ticket=ticket.id), _("name two tickets"))
    here, there = f"{relation} {other.id}", f"{LINK_TYPES[relation]} {ticket.id}"
    if here in ticket.links:
        raise Refused(
            _("{ticket} already {relation} {other}", ticket=ticket.id, relation=relation, other=other.id),
            _("see: desk ticket show {ticket}", ticket=ticket.id),
        )
    edits = (
        edit(ticket, ticket.evolve(links=[*ticket.links, here]), Event("link", None, here)),
        edit(other, other.evolve(links=[*other.links, there]), Event("link", None, there)),
    )
    return Change("link", by, at, edits, summary=here)


def unlink(ticket: Ticket, other: Ticket, *, by: Actor, at: datetime) -> Change:
    """Take every relation between two tickets away, on both."""
    edits = []
    for one, two in ((ticket, other), (other, ticket)):
        gone = [ln for ln in one.links if ln.endswith(" " + two.id)]
        if gone:
            after = one.evolve(links=[ln for ln in one.links if ln not in gone])
            edits.append(edit(one, after, Event("unlink", ", ".join(gone))))
    if not edits:
        raise Refused(
            _("{ticket} and {other} are not linked", ticket=ticket.id, other=other.id),
            _("its links: {links}", links=", ".join(ticket.links) or _("none")),
        )
    return Change("unlink", by, at, tuple(edits), summary=other.id)


def transfer(incidents: Sequence[Ticket], problem: Ticket, known: Ticket | None, *, by: Actor, at: datetime) -> Change:
    """Hand incidents to problem management: link them to a problem (requirement 1.7).

    `known` is the problem as it stands in the desk; None when it is opened by this. Closed incidents may be handed on
    as well: what recurs has been closed each time.
    """
    if known is not None:
        _require_open_problem(known)
    edits = [_handed(incident, problem.id) for incident in incidents]
    there = [f"causes {incident.id}" for incident in incidents]
    event = Event("link", None, ", ".join(there)) if known else Event("create", None, problem.department)
    edits.append(edit(known, problem.evolve(links=[*problem.links, *there]), event))
    return Change("transfer", by, at, tuple(edits), summary=problem.id)


def _require_open_problem(problem: Ticket) -> None:
    if problem.kind_of_work != PROBLEM:
        raise Refused(
            _("{problem} is no problem", problem=problem.id),
            _("problems: desk problem list; a new one: leave --to out"),
        )
    if problem.state == states.CLOSED:
        raise Refused(
            _("the problem {problem} is {closed}", problem=problem.id, closed=states.CLOSED),
            _("if it is back: desk ticket reopen {problem}; a new one: leave --to out", problem=problem.id),
        )


def _handed(incident: Ticket, problem: str) -> Edit:
    moves.after("transfer", incident.state, incident.id)
    if incident.kind_of_work == PROBLEM:
        raise Refused(
            _("{ticket} is a problem already", ticket=incident.id),
            _("see: desk problem show {incident}", incident=incident.id),
        )
    if known := incident.linked("caused-by"):
        raise Refused(
            _("{ticket} is handed over already: it is caused by {problem}", ticket=incident.id, problem=known[0]),
            _(
                "see: desk problem show {problem}; or first: desk ticket unlink {ticket} {problem}",
                problem=known[0],
                ticket=incident.id,
            ),
        )
    events = [Event("transfer", None, problem)]
    tags = incident.tags
    if INCIDENT not in tags:
        tags = (*tags, INCIDENT)
        events.append(Event("tag", None, INCIDENT))
    return edit(incident, incident.evolve(tags=tags, links=[*incident.links, f"caused-by {problem}"]), *events)


Carried = Mapping[str, tuple[str, bytes]]
"""Attachments that go along: old name → name in the other ticket, and content."""


def _with_carried(entry: Entry, carried: Carried, **more: str) -> Entry:
    meta = {**entry.meta, **more}
    if entry.attachments:
        meta["attachments"] = [carried[name][0] for name in entry.attachments]
    return entry._replace(meta=meta)


class Around(NamedTuple):
    """What a merge must know beside the two tickets: those that the merged one is linked to, the files that go along, and
    the desk's priorities from the lowest on.
    """

    linked: Sequence[Ticket]
    carried: Carried
    priorities: Sequence[str]


def merge(ticket: Ticket, into: Ticket, around: Around, *, by: Actor, at: datetime) -> Change:
    """Close a ticket in favour of another; the old id leads there.

    That one takes over its request, thread, tags and links; what it doesn't say itself of impact, service, custom fields
    or a problem's cause; and the higher priority: whatever was an incident, or led to a problem, stays so.
    """
    _require_mergeable(ticket, into)
    request = Entry(
        NOTE,
        ticket.author or by.id,
        ticket.created,
        f"{ticket.title}\n\n{ticket.body}".strip(),
        {"attachments": list(ticket.attachments)} if ticket.attachments else NOTHING,
    )
    moved = [_with_carried(e, around.carried, **{"from": ticket.id}) for e in (request, *ticket.thread)]
    thread = interleave(into.thread, moved)
    closing: dict[str, Any] = {"closed": utc_text(at)} if ticket.state != states.CLOSED else {}
    gone = ticket.evolve(
        state=states.CLOSED,
        resolution=states.DUPLICATE,
        merged_into=into.id,
        pending_until=None,
        pending_for=None,
        **closing,
    )
    events = [Event("merge", None, into.id)]
    if closing:
        events.append(Event("close", ticket.state, states.CLOSED))
    taken = into.evolve(thread=thread, watchers=_joined(ticket, into))
    taken, more = _taken_over(ticket, taken, around.priorities)
    edits = [
        edit(ticket, gone, *events),
        edit(into, taken, Event("merge", ticket.id), *more, files=dict(around.carried.values())),
    ]
    return Change("merge", by, at, tuple(_with_links(edits, around.linked)), summary=f"into {into.id}")


def _require_mergeable(ticket: Ticket, into: Ticket) -> None:
    if ticket.id == into.id:
        raise Refused(
            _("{ticket} can't be merged into itself", ticket=ticket.id),
            _("name another ticket with --into; a merged one stands for its target"),
        )
    if ticket.major and not into.major:
        raise Refused(
            _("{ticket} is a major incident, and {into} is none", ticket=ticket.id, into=into.id),
            _("merge the other way round, or first: desk ticket major {into}", into=into.id),
        )
    kinds = {ticket.kind_of_work, into.kind_of_work}
    if kinds == {INCIDENT, PROBLEM}:
        incident, problem = (ticket, into) if ticket.kind_of_work == INCIDENT else (into, ticket)
        raise Refused(
            _("{incident} is an incident and {problem} a problem", incident=incident.id, problem=problem.id),
            _(
                "hand it on: desk ticket transfer {incident} --to {problem}",
                incident=incident.id,
                problem=problem.id,
            ),
        )
    causes = ticket.linked("caused-by"), into.linked("caused-by")
    if all(causes) and causes[0] != causes[1]:
        raise Refused(
            _(
                "{ticket} is caused by {cause}, and {into} by {other}",
                ticket=ticket.id,
                cause=causes[0][0],
                into=into.id,
                other=causes[1][0],
            ),
            _("first: desk ticket unlink {ticket} {cause}", ticket=ticket.id, cause=causes[0][0]),
        )


_FILLED_IN = ("service", "cause", "workaround", "fix")
_CLASSES = ("priority", "impact", "urgency")


def _taken_over(ticket: Ticket, into: Ticket, priorities: Sequence[str]) -> tuple[Ticket, list[Event]]:
    """The ticket that goes on, with what it lacked, and the events that tell of it."""
    events = []
    tags = [tag for tag in ticket.tags if tag not in into.tags]
    after = into.evolve(tags=[*into.tags, *tags])
    if tags:
        events.append(Event("tag", None, " ".join(sorted(tags))))
    if not (into.impact or into.urgency):
        after = after.evolve(impact=ticket.impact, urgency=ticket.urgency)
    order = list(priorities)
    if ticket.priority in order and into.priority in order:
        after = after.evolve(priority=max(ticket.priority, into.priority, key=order.index))
    classes = [name for name in _CLASSES if getattr(into, name) != getattr(after, name)]
    if classes:
        events.append(Event("classify", show_levels(into, classes), show_levels(after, classes)))
    lacking = [name for name in _FILLED_IN if getattr(ticket, name) and not getattr(into, name)]
    after = after.evolve(**{name: getattr(ticket, name) for name in lacking})
    if any(name not in into.fields for name in ticket.fields):
        after = after.evolve(fields={**ticket.fields, **into.fields})
        lacking.append("fields")
    if lacking:
        events.append(Event("edit", None, " ".join(lacking)))
    return after, events


def _with_links(edits: list[Edit], linked: Sequence[Ticket]) -> list[Edit]:
    """The edits of a merge, with the links of the ticket that goes, which lead to and from the other from now on."""
    gone, into = (cast("Ticket", one.after) for one in edits)
    there = {other.id: other for other in linked}
    apart, added = list(gone.links), []
    for link in gone.links:
        relation, _, other_id = link.partition(" ")
        other = into if other_id == into.id else there.get(other_id)
        if other is None:
            continue  # it can't be read: the link stays where it is, and the old id leads on
        apart.remove(link)
        back = f"{LINK_TYPES[relation]} {gone.id}"
        instead = f"{LINK_TYPES[relation]} {into.id}" if other is not into else None
        if instead and link not in into.links:
            added.append(link)
        there[other_id] = other.evolve(links=_replaced(other.links, back, instead))
    into = there.pop(into.id, into)
    into = into.evolve(links=[*into.links, *added])
    whole = [one._replace(after=after) for one, after in zip(edits, (gone.evolve(links=apart), into), strict=True)]
    whole += [edit(before, there[before.id]) for before in linked]
    return [_with_link_events(one, befores) for one, befores in zip(whole, _links_before(edits, linked), strict=True)]


def _links_before(edits: list[Edit], linked: Sequence[Ticket]) -> list[tuple[str, ...]]:
    return [cast("Ticket", one.after).links for one in edits] + [other.links for other in linked]


def _replaced(links: Sequence[str], old: str, new: str | None) -> list[str]:
    return list(dict.fromkeys(new or "" if link == old else link for link in links if new or link != old))


def _with_link_events(one: Edit, before: tuple[str, ...]) -> Edit:
    after = cast("Ticket", one.after).links
    gone = [link for link in before if link not in after]
    come = [link for link in after if link not in before]
    events = [Event("unlink", ", ".join(gone))] if gone else []
    events += [Event("link", None, ", ".join(come))] if come else []
    return one._replace(events=(*one.events, *events))


def left_behind(ticket: Ticket, into: Ticket) -> list[str]:
    """What a merged ticket says otherwise than the one that goes on, `name=value` each: it stays in its own record."""
    named = ("department", "owner", "requester", "impact", "urgency", *_FILLED_IN)
    values = {name: getattr(ticket, name) for name in named if getattr(ticket, name) != getattr(into, name)}
    values |= {f"fields.{name}": value for name, value in ticket.fields.items() if into.fields.get(name) != value}
    return [f"{name}={value}" for name, value in values.items() if value]


def _joined(ticket: Ticket, into: Ticket) -> tuple[str, ...]:
    """Staff go on watching where the work goes on; a requester was asked about one ticket, not about another."""
    return (*into.watchers, *(w for w in ticket.watchers if not w.startswith(USER_PREFIX)))


def split(ticket: Ticket, number: int, fresh: Ticket, carried: Carried, *, by: Actor, at: datetime) -> Change:
    """Make the thread from entry `number` on a ticket of its own; `fresh` brings its id, title and classification."""
    if not 1 <= number <= len(ticket.thread):
        raise UsageFault(
            _("{ticket} has no entry {number}", ticket=ticket.id, number=number),
            _("it has {n}: desk ticket show {ticket}", n=len(ticket.thread), ticket=ticket.id),
        )
    moved = tuple(_with_carried(e, carried) for e in ticket.thread[number - 1 :])
    new = fresh.evolve(thread=moved, links=[f"relates {ticket.id}"])
    if moved[0].kind == REPLY:
        # It becomes the request; a note stays one, because the request is not private (rule 6).
        new = new.evolve(body=moved[0].text, thread=moved[1:], attachments=list(moved[0].attachments) or None)
    left = ticket.evolve(thread=ticket.thread[: number - 1], links=[*ticket.links, f"relates {new.id}"])
    edits = (
        edit(ticket, left, Event("split", None, new.id), files=dict.fromkeys(carried)),
        edit(None, new, Event("create", None, new.department), files=dict(carried.values())),
    )
    return Change("split", by, at, edits, summary=new.id)
