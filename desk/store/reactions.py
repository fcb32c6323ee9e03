"""What follows from a change by itself: each reaction looks at what a plan made and may add to it, before it is committed.

So the verbs needn't know of service levels or of articles, and whatever command closes a ticket, the same follows.
Hand edits are committed byte for byte, and imports bring their own history: neither has reactions.
"""

from __future__ import annotations

from collections.abc import Callable

from desk.config import Config
from desk.domain.record import Change
from desk.store import automatic
from desk.store.snapshot import Snapshot

Reaction = Callable[[Change, Snapshot, Config], Change]


def service_levels(change: Change, snapshot: Snapshot, config: Config) -> Change:
    """Due times, where the desk has service levels; last, since the others may change what a ticket is."""
    if not config.given("sla.policy"):
        return change
    from desk.store.service_levels import react  # noqa: PLC0415 - for writes only, in desks with a policy

    return react(change, snapshot, config)


REACTIONS: tuple[Reaction, ...] = (automatic.checklist, service_levels)


def follow(change: Change, snapshot: Snapshot, config: Config) -> Change:
    """The change with everything that follows from it, still one action and one commit."""
    if change.verb == "undo":
        return change  # it takes back what followed as well
    for reaction in REACTIONS:
        change = reaction(change, snapshot, config)
    return change
