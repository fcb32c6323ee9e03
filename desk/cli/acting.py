"""Acting on tickets: ids → one plan inside the lock → one commit → what is said about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import cast

from desk.actions import identifiers
from desk.cli import answers
from desk.domain.changes import sentences
from desk.domain.model import due
from desk.domain.model.article import Article
from desk.domain.model.change import Change, Edit, Event, join
from desk.domain.model.organisation import Department
from desk.domain.model.person import Staff
from desk.domain.model.ticket import Ticket
from desk.domain.rights import moves, rights
from desk.domain.tickets import ownership
from desk.errors import UsageFault
from desk.session.session import App
from desk.store.snapshot import Snapshot
from desk.store.store import Committed
from desk.view.model import Done


class Draft:
    """A snapshot with the changes of this action already laid over it.

    So an action that touches a ticket twice (`link A,B X`) sees the first touch when it makes the second.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.changes: list[Change] = []
        self._over: dict[str, Ticket] = {}

    def ticket(self, ticket_id: str) -> Ticket:
        """A ticket to act on: the id of a merged one leads to the ticket that goes on in its place."""
        found = self._over.get(ticket_id)
        return found if found is not None else self.snapshot.ticket(ticket_id)

    def own(self, ticket_id: str) -> Ticket:
        """The ticket of this very id, merged or not."""
        found = self._over.get(ticket_id) or self.snapshot.get("ticket", ticket_id)
        return cast("Ticket", found)

    def moved(self, ticket: Ticket, department: str, by: Staff, at: datetime) -> Change:
        """A ticket's move: rule 4 looks at the department, rule 3 at the owner."""
        self.require_public(ticket, department)
        return ownership.move(ticket, department, self.owner(ticket), self._staff(ticket.coordinator), by=by, at=at)

    def require_public(self, ticket: Ticket, department: str | None = None) -> None:
        """Rule 4: a user's ticket, or what was made of one, is in no private department."""
        record = self.snapshot.get("department", department or ticket.department)
        rights.require_public(cast("Department", record), ticket)

    def owner(self, ticket: Ticket) -> Staff | None:
        """Who owns a ticket; None for nobody, and for somebody who was deleted since."""
        return self._staff(ticket.owner)

    def _staff(self, handle: str | None) -> Staff | None:
        return cast("Staff | None", self.snapshot.find("staff", handle) if handle else None)

    def take(self, change: Change) -> None:
        self.changes.append(change)
        for edit in change.edits:
            if isinstance(edit.after, Ticket):
                self._over[edit.after.id] = edit.after


Verb = Callable[[Draft, Ticket, Staff, datetime], Change]
Pick = Callable[[Edit], bool]


def act(app: App, given: Iterable[str] | str, verb: str, one: Verb) -> tuple[Committed, list[str]]:
    """Run a verb on every ticket named, as one change and one commit; the commit and the ids acted on."""
    ids = identifiers.resolve(app, given)
    acted: list[str] = []

    def plan(snapshot: Snapshot, by: Staff, at: datetime) -> Change:
        draft = Draft(snapshot)
        acted.clear()
        for ticket_id in ids:
            ticket = draft.ticket(ticket_id)
            if ticket.id in acted:
                continue
            rights.require_act(by, ticket, verb)
            try:
                draft.take(one(draft, ticket, by, at))
            except ValueError as error:
                raise UsageFault(str(error)) from None
            acted.append(ticket.id)
        return join(draft.changes)

    return app.apply(plan), acted


def check_first(app: App, ids: Iterable[str], verb: str) -> None:
    """Before somebody starts to write: whether they may, and whether the state allows it. The commit asks again."""
    by = cast("Staff", app.store.read("staff", app.me()))
    for ticket_id in ids:
        ticket = cast("Ticket", app.store.read("ticket", ticket_id))
        rights.require_act(by, ticket, verb)
        moves.after(verb, ticket.state, ticket.id)


def acted(app: App, given: Iterable[str] | str, verb: str, one: Verb, *, several: bool | None = None) -> Done:
    """As `act`, and say what became of each ticket."""
    done, ids = act(app, given, verb, one)
    edits = {e.record.id: e for e in done.change.edits}
    mine = [edits[i] for i in ids]
    return told(mine, several=len(ids) > 1 if several is None else several)


def told(edits: list[Edit], *, several: bool) -> Done:
    """What a change made of these tickets."""
    lines = [f"{e.record.id}  {sentence(e)}" for e in edits]
    return answers.shown("ticket", "tickets", [e.record for e in edits], lines, several=several)


def sentence(edit: Edit) -> str:
    """The events of one record in words."""
    # What is not an article is told as a ticket is: a new title, a state.
    kind = "article" if isinstance(edit.after or edit.before, Article) else "ticket"
    return ", ".join(_words(event, kind) for event in edit.events)


def _words(event: Event, kind: str) -> str:
    if event.verb == due.BREACH:
        clock = (event.after or "").partition(" ")[0]
        return f"{due.SPOKEN.get(clock, clock)} was late"
    return sentences.done(event.verb, event.before, event.after, kind=kind)
