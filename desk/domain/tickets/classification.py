"""How much a ticket matters and what it is about: classify, tag, untag (docs/rules.md, requirements 1.0-a and 1.2)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from desk.domain.model.actor import Actor
from desk.domain.model.change import Change, Event
from desk.domain.model.record import NOTHING
from desk.domain.model.ticket import Ticket, edit
from desk.domain.rights import moves
from desk.errors import ConfigError, Refused, Unchanged
from desk.named import NamedTuple
from desk.text import _

_OVERRIDE = r" \(override, matrix: (.+)\)$"


class Matrix(NamedTuple):
    """What desk.toml says of priorities: impact → urgency → priority, and impacts whose priority nobody overrides."""

    cells: Mapping[str, Mapping[str, str]] = NOTHING
    fixed: tuple[str, ...] = ()

    def says(self, ticket: Ticket) -> str | None:
        """The priority that follows from a ticket's impact and urgency; None as long as one of them is not known."""
        return self.priority(ticket.impact, ticket.urgency)

    def priority(self, impact: str | None, urgency: str | None) -> str | None:
        """As `says`, for a ticket that isn't there yet."""
        return self.cells.get(impact or "", {}).get(urgency or "")

    def override(self, ticket: Ticket, reason: str | None) -> str:
        """What history adds where a ticket's priority is not the matrix's: nothing, or ` (override, matrix: medium)`.

        It takes a reason, and some impacts don't allow it at all.
        """
        said = self.says(ticket)
        if said is None or said == ticket.priority:
            return ""
        if ticket.impact in self.fixed:
            raise Refused(
                _(
                    "with the impact {impact} the priority is {said}, and can't be overridden",
                    impact=ticket.impact,
                    said=said,
                ),
                _("if the impact is another one, say so: --impact I  (priority.fixed in desk.toml)"),
            )
        if not (reason or "").strip():
            raise Refused(
                _(
                    "the matrix gives {said} for impact {impact} and urgency {urgency}",
                    said=said,
                    impact=ticket.impact,
                    urgency=ticket.urgency,
                ),
                _("to make it {priority} all the same, say why: --reason TEXT", priority=ticket.priority),
            )
        return f" (override, matrix: {said})"


NO_MATRIX = Matrix()


def read_override(after: str | None) -> str | None:
    """What the matrix said where a `classify` event tells of an override; None for any other value."""
    found = re.search(_OVERRIDE, after or "")
    return found[1] if found else None


def classify(
    ticket: Ticket,
    *,
    by: Actor,
    at: datetime,
    matrix: Matrix,
    priority: str | None = None,
    impact: str | None = None,
    urgency: str | None = None,
    reason: str | None = None,
) -> Change:
    """Set impact and urgency; the matrix gives the priority unless one is named, with a reason (requirement 1.2)."""
    moves.after("classify", ticket.state, ticket.id)
    given: dict[str, Any] = {k: v for k, v in (("impact", impact), ("urgency", urgency)) if v is not None}
    after = ticket.evolve(**given)
    if priority is None and given:
        priority = _by_matrix(after, matrix)
    after = after.evolve(priority=priority or ticket.priority)
    changed = [n for n in ("priority", "impact", "urgency") if getattr(ticket, n) != getattr(after, n)]
    if not changed:
        raise Unchanged(
            _("{ticket} already has these values", ticket=ticket.id),
            _("see: desk ticket show {ticket}", ticket=ticket.id),
        )
    override = matrix.override(after, reason)
    if override and "priority" not in changed:
        changed.insert(0, "priority")
    if changed == ["priority"]:
        event = Event("classify", ticket.priority, f"{after.priority}{override}")
    else:
        event = Event("classify", show_levels(ticket, changed), f"{show_levels(after, changed)}{override}")
    return Change("classify", by, at, (edit(ticket, after, event),), reason, event.after or "")


def _by_matrix(ticket: Ticket, matrix: Matrix) -> str | None:
    said = matrix.says(ticket)
    if said is None and ticket.impact and ticket.urgency and matrix.cells:
        raise ConfigError(
            _(
                "desk.toml: priority.matrix has no priority for impact {impact} and urgency {urgency}",
                impact=ticket.impact,
                urgency=ticket.urgency,
            ),
            _("fill it in, or name one: --priority P"),
        )
    return said


def show_levels(ticket: Ticket, names: Iterable[str]) -> str:
    """Levels as a `classify` event tells several of them: `priority=high impact=none`."""
    return " ".join(f"{n}={getattr(ticket, n) or 'none'}" for n in names)


def tag(ticket: Ticket, tags: Iterable[str], *, by: Actor, at: datetime) -> Change:
    """Put tags on; incident and problem decide the kind."""
    added = sorted(set(tags) - set(ticket.tags))
    moves.after("tag", ticket.state, ticket.id)
    if not added:
        raise Unchanged(
            _("{ticket} already carries {tags}", ticket=ticket.id, tags=", ".join(sorted(set(tags)))),
            _("see: desk ticket show {ticket}", ticket=ticket.id),
        )
    event = Event("tag", None, " ".join(added))
    after = ticket.evolve(tags=[*ticket.tags, *added])
    return Change("tag", by, at, (edit(ticket, after, event),), summary=" ".join(added))


def untag(ticket: Ticket, tags: Iterable[str], *, by: Actor, at: datetime) -> Change:
    """Take tags off."""
    moves.after("untag", ticket.state, ticket.id)
    removed = sorted(set(tags) & set(ticket.tags))
    if not removed:
        raise Refused(
            _("{ticket} doesn't carry {tags}", ticket=ticket.id, tags=", ".join(sorted(set(tags)))),
            _("it has: {tags}", tags=", ".join(ticket.tags) or _("none")),
        )
    after = ticket.evolve(tags=[t for t in ticket.tags if t not in removed])
    event = Event("untag", " ".join(removed))
    return Change("untag", by, at, (edit(ticket, after, event),), summary=" ".join(removed))
