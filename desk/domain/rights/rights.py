"""Who may do what (docs/rules.md, rules 1 and 2), as the table of verbs has it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from desk.domain.model.actor import REQUESTER, Actor
from desk.domain.model.organisation import Department
from desk.domain.model.person import USER_PREFIX
from desk.domain.model.query import Scope
from desk.domain.model.ticket import Ticket
from desk.domain.rights import recordverbs, ticketverbs
from desk.domain.rights.verb import Verb
from desk.errors import Refused
from desk.named import NamedTuple
from desk.text import _


class Right(NamedTuple):
    """What may be done to records of a kind, and by whom.

    `level` is the lowest that may. Not `everywhere`: only on tickets of departments they serve, or that they wrote
    (rule 1). `public`: refused where it would bring a user's ticket into a private department (rule 4).
    """

    kind: str
    verbs: tuple[str, ...]
    level: int
    everywhere: bool = True
    public: bool = False

    def allows(self, level: int, *, serves: bool, wrote: bool) -> bool:
        """Whether staff of a level may, who serve the ticket's department or not, and wrote the ticket or not."""
        return level >= self.level and (self.everywhere or serves or wrote)


def _rights(rows: Iterable[Verb]) -> Iterator[Right]:
    """The verbs that take a level, those together that docs/rights.md has in one line: those of a kind, some of tickets."""
    lines: dict[tuple[str, int], list[Verb]] = {}
    for verb in rows:
        if verb.right.who == "staff":
            lines.setdefault((verb.kinds[0], verb.right.line), []).append(verb)
    for (kind, _turn), verbs in sorted(lines.items(), key=lambda line: line[0][1]):
        first = verbs[0].right
        names = tuple(verb.name for verb in sorted(verbs, key=lambda verb: verb.right.word))
        yield Right(kind, names, first.level, first.everywhere, first.public)


RIGHTS: tuple[Right, ...] = (*_rights(ticketverbs.ROWS), *_rights(recordverbs.ROWS))
"""The rights of the three levels, a row each; docs/rights.md is made from it and a test takes every row through the CLI."""
LEVELS: Mapping[str, int] = MappingProxyType({r.kind: r.level for r in reversed(RIGHTS)})
"""Level that may create, edit and delete records of a kind (rule 2); deleting a ticket takes more."""
ON_TICKETS: Mapping[str, Right] = MappingProxyType({v: r for r in RIGHTS if r.kind == "ticket" for v in r.verbs})
"""The right that each verb on tickets takes."""
DELETE_TICKET = ON_TICKETS["delete"].level


def may_act(by: Actor, ticket: Ticket) -> bool:
    """Rule 1: the department is one of theirs, or they wrote it. Level gives no way around that."""
    return Scope(by.id, by.departments).shows(ticket.department, ticket.author)


REQUESTERS: frozenset[str] = frozenset(verb.name for verb in ticketverbs.ROWS if verb.right.requester)
"""What requesters may do themselves, on tickets of their own; notes are for staff (rule 6)."""


def is_own(by: Actor, ticket: Ticket) -> bool:
    """Whether a ticket is about somebody, or was written by them."""
    return by.id in (ticket.requester, ticket.author)


def require_requester(by: Actor, verb: str, ticket: Ticket | None = None) -> None:
    """Refuse what a requester may not do in person: anything but REQUESTERS, on another's ticket, or when barred (rule 7)."""
    if getattr(by, "barred", False):
        raise Refused(
            _("{by} may not {verb} tickets: the account is disabled, or its address banned", by=by.id, verb=verb),
            _("ask the desk"),
        )
    if verb not in REQUESTERS:
        raise Refused(
            _("{by} may not {verb} tickets: that is for staff", by=by.id, verb=verb),
            _("write a reply, which staff will read"),
        )
    if ticket is not None and not is_own(by, ticket):
        # No more than that: whose ticket it is, and where, is nobody else's business.
        raise Refused(
            _("{ticket} is no ticket of {by}", ticket=ticket.id, by=by.id),
            _("only tickets of one's own can be acted on"),
        )


def require_act(by: Actor, ticket: Ticket, verb: str) -> None:
    """Refuse an act on a ticket by someone of another department (rule 1), or by a requester whose ticket it isn't."""
    if by.kind == REQUESTER:
        require_requester(by, verb, ticket)
        return
    if may_act(by, ticket):
        return
    mine = ", ".join(by.departments) or "none"
    row = ticketverbs.BY_NAME.get(verb)
    raise Refused(
        _(
            "{by} may not {verb} {ticket}: it is in {department}, {by} serves {mine}",
            by=by.id,
            verb=(row and row.spoken) or verb,
            ticket=ticket.id,
            department=ticket.department,
            mine=mine,
        ),
        _("ask someone of that department: desk department list --staff (rule: own departments, or own tickets)"),
    )


def require_delete(by: Actor, ticket: Ticket) -> None:
    """Level 3 may delete any ticket that nobody owns (`require_unowned`); nobody else may delete one (rule 1)."""
    if by.level < DELETE_TICKET:
        raise Refused(
            _(
                "{by} may not delete {ticket}: that takes level {level}, {by} has level {own}",
                by=by.id,
                ticket=ticket.id,
                level=DELETE_TICKET,
                own=by.level,
            ),
            _("to end it without deleting: desk ticket close {ticket}", ticket=ticket.id),
        )


def require_unowned(ticket: Ticket) -> None:
    """A ticket that somebody owns is work in hand, and stays."""
    if ticket.owner:
        raise Refused(
            _("{ticket} is owned by {owner}, and work in hand isn't deleted", ticket=ticket.id, owner=ticket.owner),
            _("first: desk ticket unassign {ticket}", ticket=ticket.id),
        )


def require(by: Actor, ticket: Ticket, verb: str, spoken: str | None = None) -> None:
    """Refuse a verb on a ticket by somebody whom the table gives no right to it; `spoken` is how the error calls it."""
    right = ON_TICKETS.get(verb)
    if right is not None and right.level == DELETE_TICKET:
        require_delete(by, ticket)
    if right is None or not right.everywhere:
        require_act(by, ticket, spoken or verb)


def require_level(by: Actor, kind: str, able: Iterable[str] = ()) -> None:
    """Refuse a change of a record of this kind by someone whose level doesn't reach (rule 2).

    `able` are the handles of those who could, for the hint.
    """
    needed = LEVELS[kind]
    if by.level < needed:
        who = ", ".join(able)
        raise Refused(
            _(
                "{by} may not change {kind} records: that takes level {needed}, {by} has level {own}",
                by=by.id,
                kind=kind,
                needed=needed,
                own=by.level,
            ),
            _("who could: {who}", who=who) if who else _("desk staff list shows who has which level"),
        )


def is_users(ticket: Ticket) -> bool:
    """Whether a ticket is a user's: written by one, or registered on behalf of one."""
    return ticket.requester is not None or (ticket.author or "").startswith(USER_PREFIX)


def require_public(department: Department, ticket: Ticket) -> None:
    """Refuse a user's ticket in a private department, which holds only tickets written by staff (rule 4)."""
    if department.private and is_users(ticket):
        raise Refused(
            _(
                "{ticket} is a user's ticket and can't be in {department}: only staff's own go there",
                ticket=ticket.id,
                department=department.id,
            ),
            _("name a public one (desk department list), or open a ticket of your own there and link the two"),
        )
