"""What time alone does to tickets: which ones a check looks at, and what it must know of each."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import cast

from desk.config import Config
from desk.domain.levels import check as levels_check
from desk.domain.levels.check import Instant, TicketFacts
from desk.domain.model.actor import Actor
from desk.domain.model.change import Change
from desk.domain.model.organisation import Department
from desk.domain.model.person import Staff, User
from desk.domain.model.ticket import Ticket
from desk.git import place as git_place
from desk.index.index import Index
from desk.store.levels import policies
from desk.store.snapshot import Snapshot


def moment(place: git_place.Place, config: Config, at: datetime) -> Instant:
    """When a check looks, with the policies."""
    found = policies(place, config)
    return Instant(at, at.astimezone(found.zone).date(), found)


def todo(index: Index, now: Instant) -> list[str]:
    """Tickets on which there is something to do, the oldest first: live ones, and closed ones with something unrecorded."""
    groups = _groups_by_user(index) if now.policies.asks_for_groups else {}
    rows = index.rows("ticket", _OPEN_ENDS, (), "ORDER BY created, id")
    return [str(row["id"]) for row in rows if any(levels_check.look(row, groups.get(row["requester"]), now))]


_OPEN_ENDS = (
    "state <> 'closed' OR paused IS NOT NULL OR (due < closed AND instr(sla, 'breach resolve ' || due) = 0)"
    " OR (respond_by < coalesce(responded, closed) AND instr(sla, 'breach respond ' || respond_by) = 0)"
)
"""Live tickets, and closed ones with something that isn't recorded."""


def _groups_by_user(index: Index) -> dict[str, str]:
    return {str(i): str(g) for i, g in index.db.execute('SELECT id, "group" FROM users WHERE "group" IS NOT NULL')}


def facts(snapshot: Snapshot, ticket: Ticket, now: Instant) -> TicketFacts:
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
    sql = "SELECT max(at) FROM events WHERE id = ? AND kind = 'ticket' AND verb = ?"
    [at] = index.db.execute(sql, (ticket_id, verb)).fetchone()
    return None if at is None else datetime.fromtimestamp(at, UTC)


def check(ticket_id: str, now: Instant, by: Actor, snapshot: Snapshot) -> Change | None:
    """What time has done to a ticket as it is now; None when it is done already."""
    record = snapshot.find("ticket", ticket_id)
    return levels_check.act(record, facts(snapshot, record, now), now, by=by) if isinstance(record, Ticket) else None
