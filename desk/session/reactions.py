"""What follows from a change by itself: each reaction looks at what a plan made and may add to it, before it is committed.

So the verbs needn't know of service levels, checklists or articles, and whatever command closes a ticket, the same follows.
Hand edits are committed byte for byte, and imports bring their own history: neither has reactions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from functools import lru_cache
from typing import cast

from desk.codec import places
from desk.config import Config
from desk.domain.changes import salt
from desk.domain.knowledge import knownerrors
from desk.domain.levels import clocks
from desk.domain.levels.policy import Policies
from desk.domain.model import states
from desk.domain.model.article import Article
from desk.domain.model.change import Change, Edit
from desk.domain.model.checklist import Checklist
from desk.domain.model.person import User
from desk.domain.model.ticket import Ticket, files_folder
from desk.domain.rights import verbs
from desk.domain.tickets import checklists
from desk.errors import Broken
from desk.git import objects
from desk.git.place import Place
from desk.queries import events, problems
from desk.store import settings, worktree
from desk.store.levels import policies
from desk.store.snapshot import Snapshot


def checklist(change: Change, snapshot: Snapshot, config: Config) -> Change:
    """The change with the steps of the fitting template on every ticket that was made, tagged or moved into its reach."""
    touched = [edit for edit in change.edits if _becomes(edit)]
    if not touched:
        return change
    rows = snapshot.index.rows("checklist", "automatic = 1", tail="ORDER BY id")
    # Without their text, which is read of the one that is used: most tickets get none.
    templates = [Checklist({n: v for n, v in row.items() if v not in (None, [])}) for row in rows]
    given = {id(edit): _with(edit, templates, snapshot, config) for edit in touched} if templates else {}
    return change._replace(edits=tuple(given.get(id(edit), edit) for edit in change.edits))


def _becomes(edit: Edit) -> bool:
    """Whether a ticket without a checklist is another sort of ticket now."""
    after, before = edit.after, edit.before
    if not isinstance(after, Ticket) or after.checklist or after.state not in states.LIVE:
        return False
    return not isinstance(before, Ticket) or (before.department, before.tags) != (after.department, after.tags)


def _with(edit: Edit, templates: list[Checklist], snapshot: Snapshot, config: Config) -> Edit:
    ticket = cast("Ticket", edit.after)
    best = checklists.best(ticket, templates, config["desk.languages"])
    found = cast("Checklist", snapshot.get("checklist", best.id)) if best else None
    if found is None or not found.steps:
        return edit
    event, after = checklists.with_steps(ticket, found)
    return edit._replace(after=after, events=(*edit.events, event))


Reaction = Callable[[Change, Snapshot, Config], Change]


def known_errors(change: Change, snapshot: Snapshot, config: Config) -> Change:
    """Articles hear of it when the problem they come from is closed or re-opened.

    One that somebody is editing by hand is left alone: closing a ticket must not depend on it, and `desk kb review`
    names it afterwards.
    """
    turned = [(edit, verb) for edit in change.edits if (verb := knownerrors.problem_turn(edit))]
    edits = []
    for edit, verb in turned:
        for article_id in problems.of_problems(snapshot.index, (edit.record.id,)):
            article = snapshot.find(Article.kind, article_id)
            if isinstance(article, Article) and isinstance(edit.after, Ticket) and article.path in snapshot.clean:
                frozen = bool(config["kb.approval"]) and article.state == "published"
                edits.append(knownerrors.follow_problem(article, edit.after, verb, change.reason, frozen=frozen))
    return change._replace(edits=(*change.edits, *edits)) if edits else change


def service_levels(change: Change, snapshot: Snapshot, config: Config) -> Change:
    """Due times, where the desk has service levels; last, since the others may change what a ticket is."""
    if not config.given("sla.policy"):
        return change
    return react(change, snapshot, settings.recorded(snapshot.place, snapshot.commit, config, snapshot.index.settings))


REACTIONS: tuple[Reaction, ...] = (checklist, known_errors, service_levels)


def follow(change: Change, snapshot: Snapshot, config: Config) -> Change:
    """The change with everything that follows from it, still one action and one commit."""
    if change.verb == "undo":
        return change  # it takes back what followed as well
    for reaction in REACTIONS:
        change = reaction(change, snapshot, config)
    return salted(change, snapshot)


def salted(change: Change, snapshot: Snapshot) -> Change:
    """The change with a salt in every record that should have one, and beside the attachments it adds."""
    edits = tuple(_salted(edit, snapshot) for edit in change.edits)
    return change._replace(edits=edits, files={**change.files, **_folder_salts(edits, snapshot)})


def _salted(edit: Edit, snapshot: Snapshot) -> Edit:
    after = edit.after
    if after is None or not after.salted or after.salt or after == edit.before:
        return edit
    return edit._replace(after=after.with_salt(snapshot.new_salt()))


def _folder_salts(edits: Iterable[Edit], snapshot: Snapshot) -> dict[str, bytes | None]:
    """The salts of folders in which attachments come to lie first; and of those in which none is left, gone."""
    found: dict[str, bytes | None] = {}
    for edit in (e for e in edits if isinstance(e.record, Ticket) and e.files):
        path = f"{files_folder(edit.record.id)}/{salt.FILE}"
        there = worktree.read(snapshot.place, path) is not None
        left = isinstance(edit.after, Ticket) and bool(edit.after.all_attachments)
        if not left and there:
            found[path] = None
        elif left and not there:
            found[path] = salt.content(snapshot.new_salt())
    return found


# -- what follows from a change -----------------------------------------------------------------------------------------


def react(change: Change, snapshot: Snapshot, config: Config) -> Change:
    """The change with the due times of its tickets. What undoes another change, and the check itself, have set them."""
    tickets = [e for e in change.edits if isinstance(e.after, Ticket)]
    if not tickets or change.verb in (*verbs.DESKS, "undo"):
        return change
    found = _policies(snapshot.place, config)
    group = _groups(found, change, snapshot)
    edits = [
        _followed(e, change.at, found, group, snapshot) if isinstance(e.after, Ticket) else e for e in change.edits
    ]
    return change._replace(edits=tuple(edits))


@lru_cache(maxsize=1)
def _policies(place: Place, config: Config) -> Policies:
    """The policies, read once of the same settings: a thousand mails are a thousand changes of one run."""
    return policies(place, config)


def _followed(edit: Edit, at: datetime, found: Policies, group: clocks.Group, snapshot: Snapshot) -> Edit:
    before, after = cast("Ticket | None", edit.before), cast("Ticket", edit.after)
    opens = before is not None and before.state == states.CLOSED and after.state != states.CLOSED
    as_closed = _as_closed(snapshot, after.id) if opens else None
    ticket, events = clocks.follow(before, after, at, found, group, as_closed=as_closed)
    return edit._replace(after=ticket, events=(*edit.events, *events))


def _as_closed(snapshot: Snapshot, ticket_id: str) -> Ticket | None:
    """A closed ticket as it was when it was closed; it may have been re-classified since."""
    oid = events.last_commit(snapshot.index, ticket_id, "close")
    if oid is None:
        return None
    path = Ticket.path_of(ticket_id)
    with objects.blobs(snapshot.place) as blobs, suppress(Broken):
        found = places.decode_at(path, "", blobs.get(f"{oid}:{path}") or b"")
        return found if isinstance(found, Ticket) and found.state == states.CLOSED else None
    return None


def _groups(found: Policies, change: Change, snapshot: Snapshot) -> clocks.Group:
    """A requester's group, also of one whom this very change makes known."""
    if not found.asks_for_groups:
        return lambda _: None
    new = {e.after.id: e.after for e in change.edits if isinstance(e.after, User)}

    def group(ticket: Ticket) -> str | None:
        if ticket.requester is None:
            return None
        user = new.get(ticket.requester) or snapshot.find("user", ticket.requester)
        return user.group if isinstance(user, User) else None

    return group
