"""What time alone does to tickets: they come back on their day, warnings ahead of a breach, breaches."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import cast

from desk.config import Config
from desk.domain.levels import check as levels_check
from desk.domain.levels.check import Instant, TicketFacts
from desk.domain.model.actor import Actor, Desk
from desk.domain.model.change import Change, Edit
from desk.domain.model.organisation import Department
from desk.domain.model.person import Staff, User
from desk.domain.model.ticket import Ticket
from desk.domain.rights import rights
from desk.errors import Broken, Conflict, Refused
from desk.git import place as git_place
from desk.index.index import Index
from desk.named import NamedTuple
from desk.queries import events, people
from desk.queries.sql import UNSETTLED
from desk.session.session import Session
from desk.store import settings
from desk.store.levels import policies
from desk.store.snapshot import Snapshot
from desk.text import arranged


def _moment(place: git_place.Place, config: Config, at: datetime) -> Instant:
    """When a check looks, with the policies."""
    found = policies(place, config)
    return Instant(at, at.astimezone(found.zone).date(), found)


def _todo(index: Index, now: Instant) -> list[str]:
    """Tickets on which there is something to do, the oldest first: live ones, and closed ones with something unrecorded."""
    groups = people.groups_by_user(index) if now.policies.asks_for_groups else {}
    rows = index.rows("ticket", UNSETTLED, (), "ORDER BY created, id")
    return [str(row["id"]) for row in rows if any(levels_check.look(row, groups.get(row["requester"]), now))]


def _facts(snapshot: Snapshot, ticket: Ticket, now: Instant) -> TicketFacts:
    """What a check must know of a ticket."""
    owner = snapshot.find("staff", ticket.owner) if ticket.owner else None
    user = snapshot.find("user", ticket.requester) if ticket.requester and now.policies.asks_for_groups else None
    department = snapshot.find("department", ticket.department)
    handle = department.escalation if isinstance(department, Department) else None
    named = snapshot.find("staff", handle) if handle else None
    since, until = (_last(snapshot.index, ticket.id, verb) for verb in ("pending", "reopen"))
    group = user.group if isinstance(user, User) else None
    return TicketFacts(cast("Staff | None", owner), group, cast("Staff | None", named), since, until)


def _last(index: Index, ticket_id: str, verb: str) -> datetime | None:
    at = events.last_at(index, ticket_id, verb)
    return None if at is None else datetime.fromtimestamp(at, UTC)


class Duties(NamedTuple):
    """What time has done to tickets, an edit each, and why some could not be written."""

    edits: tuple[Edit, ...]
    warnings: tuple[str, ...]


def check(session: Session, *, dry_run: bool = False) -> Duties:
    """Do what time asks for, each ticket as one commit by the desk itself, whoever runs it; or, `dry_run`, only look."""
    rights.require_level(cast("Staff", session.store.read(Staff.kind, session.me())), "sla")
    now = _moment(session.place, session.config, session.now)
    config = settings.recorded(session.place, session.store.commit_now(), session.config)
    now = now if config is session.config else _moment(session.place, config, session.now)
    by = _desk(session)
    edits: list[Edit] = []
    warnings: list[str] = []
    for ticket_id in session.store.ask(lambda index: _todo(index, now)):
        try:
            found = _check(session, ticket_id, now, by, dry_run=dry_run)
        except (Refused, Broken, Conflict) as error:
            warnings.append(arranged("{ticket_id}: {problem}", ticket_id=ticket_id, problem=error.message))
        else:
            edits += found.edits[:1] if found else ()
    return Duties(tuple(edits), tuple(warnings))


def _check(session: Session, ticket_id: str, now: Instant, by: Actor, *, dry_run: bool) -> Change | None:
    """What there is to do on a ticket, as it is once the write lock is held; None when it is done already."""
    found: Change | None = None

    def plan(snapshot: Snapshot) -> Change | None:
        nonlocal found
        record = snapshot.find(Ticket.kind, ticket_id)
        ticket = record if isinstance(record, Ticket) else None
        found = levels_check.act(ticket, _facts(snapshot, ticket, now), now, by=by) if ticket else None
        return None if dry_run else found

    session.commit(plan)
    return found


def _desk(session: Session) -> Desk:
    """The desk itself, with the address of the machine it runs on."""
    who = session.identity
    return Desk(session.config["desk.name"], who.committer_email or who.author_email or "desk@localhost")
