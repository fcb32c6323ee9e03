"""Who may do what (mission.md, "Rules", 1 and 2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from desk.domain.organisation import Department
from desk.domain.person import USER_PREFIX, Staff
from desk.domain.ticket import Ticket
from desk.errors import Refused

LEVELS: Mapping[str, int] = MappingProxyType(
    {
        # kind of record: level that may create, edit and delete it (rule 2)
        "ticket": 1,
        "user": 1,
        "ban": 1,
        "topic": 2,
        "article": 2,
        "response": 2,
        "field": 2,
        "staff": 3,
        "department": 3,
        "group": 3,
        "tag": 3,
        "settings": 3,
    }
)
DELETE_TICKET = 3


def may_act(by: Staff, ticket: Ticket) -> bool:
    """Rule 1: the department is one of theirs, or they wrote it. Level gives no way around that."""
    return ticket.department in by.departments or ticket.author == by.id


def require_act(by: Staff, ticket: Ticket, verb: str) -> None:
    """Refuse an act on a ticket by someone of another department (rule 1)."""
    if may_act(by, ticket):
        return
    mine = ", ".join(by.departments) or "none"
    raise Refused(
        f"{by.id} may not {verb} {ticket.id}: it is in {ticket.department}, {by.id} serves {mine}",
        f"ask someone of that department: desk department list --staff (rule: own departments, or own tickets)",
    )


def require_delete(by: Staff, ticket: Ticket) -> None:
    """Level 3 may delete any ticket; nobody else may delete one (rule 1)."""
    if by.level < DELETE_TICKET:
        raise Refused(
            f"{by.id} may not delete {ticket.id}: that takes level {DELETE_TICKET}, {by.id} has level {by.level}",
            f"to end it without deleting: desk ticket close {ticket.id}",
        )


def require_level(by: Staff, kind: str, able: Iterable[str] = ()) -> None:
    """Refuse a change of a record of this kind by someone whose level doesn't reach (rule 2).

    `able` are the handles of those who could, for the hint.
    """
    needed = LEVELS[kind]
    if by.level < needed:
        who = ", ".join(able)
        raise Refused(
            f"{by.id} may not change {kind} records: that takes level {needed}, {by.id} has level {by.level}",
            f"who could: {who}" if who else "desk staff list shows who has which level",
        )


def is_users(ticket: Ticket) -> bool:
    """Whether a ticket is a user's: written by one, or registered on behalf of one."""
    return ticket.requester is not None or (ticket.author or "").startswith(USER_PREFIX)


def require_public(department: Department, ticket: Ticket) -> None:
    """Refuse a user's ticket in a private department, which holds only tickets written by staff (rule 4)."""
    if department.private and is_users(ticket):
        raise Refused(
            f"{ticket.id} is a user's ticket and can't be in {department.id}: only staff's own go there",
            "name a public one (desk department list), or open a ticket of your own there and link the two",
        )
