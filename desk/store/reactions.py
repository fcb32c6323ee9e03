"""What follows from a change by itself: each reaction looks at what a plan made and may add to it, before it is committed.

So the verbs needn't know of service levels or of articles, and whatever command closes a ticket, the same follows.
Hand edits are committed byte for byte, and imports bring their own history: neither has reactions.
"""

from __future__ import annotations

from collections.abc import Callable

from desk.config import Config
from desk.domain import known_error
from desk.domain.article import Article
from desk.domain.record import Change
from desk.domain.ticket import Ticket
from desk.store import automatic
from desk.store import known_errors as problems
from desk.store.snapshot import Snapshot

Reaction = Callable[[Change, Snapshot, Config], Change]


def known_errors(change: Change, snapshot: Snapshot, config: Config) -> Change:
    """Articles hear of it when the problem they come from is closed or re-opened.

    One that somebody is editing by hand is left alone: closing a ticket must not depend on it, and `desk kb review`
    names it afterwards.
    """
    turned = [(edit, verb) for edit in change.edits if (verb := known_error.turned(edit))]
    edits = []
    for edit, verb in turned:
        for article_id in problems.of_problems(snapshot.index, (edit.record.id,)):
            article = snapshot.find(Article.kind, article_id)
            if isinstance(article, Article) and isinstance(edit.after, Ticket) and article.path in snapshot.clean:
                frozen = bool(config["kb.approval"]) and article.state == "published"
                edits.append(known_error.followed(article, edit.after, verb, change.reason, frozen=frozen))
    return change._replace(edits=(*change.edits, *edits)) if edits else change


def service_levels(change: Change, snapshot: Snapshot, config: Config) -> Change:
    """Due times, where the desk has service levels; last, since the others may change what a ticket is."""
    if not config.given("sla.policy"):
        return change
    from desk.store.service_levels import react  # noqa: PLC0415 - for writes only, in desks with a policy

    return react(change, snapshot, config)


REACTIONS: tuple[Reaction, ...] = (automatic.checklist, known_errors, service_levels)


def follow(change: Change, snapshot: Snapshot, config: Config) -> Change:
    """The change with everything that follows from it, still one action and one commit."""
    if change.verb == "undo":
        return change  # it takes back what followed as well
    for reaction in REACTIONS:
        change = reaction(change, snapshot, config)
    return change
