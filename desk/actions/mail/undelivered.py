"""What a message that can't be delivered leaves behind: a private note on its ticket, by the desk itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from desk.domain.model.actor import Desk
from desk.domain.model.change import Change
from desk.domain.model.person import USER_PREFIX
from desk.domain.model.ticket import Ticket
from desk.domain.tickets import thread
from desk.errors import DeskError
from desk.session.session import Session
from desk.store.snapshot import Snapshot
from desk.text import _


def note(session: Session, draft: Mapping[str, Any], email: str, reason: str) -> None:
    """Note it on the ticket, whose owner hears of it; the log alone says it of staff, who would hear of themselves.

    A desk that can't be written to now is a warning: the log and the outbox say so all the same.
    """
    who = str(draft["to"]["id"])
    if not draft["ticket"] or not who.startswith(USER_PREFIX):
        return
    by = Desk(session.config["desk.name"], session.identity.committer_email or "desk@localhost")
    text = thread.NOT_DELIVERED.format(email=email, event=draft["event"], reason=reason)

    def plan(snapshot: Snapshot) -> Change | None:
        ticket = snapshot.find(Ticket.kind, draft["ticket"])
        if ticket is None:
            return None
        return thread.add_undelivered(cast("Ticket", ticket), who, text, by=by, at=session.now)

    try:
        session.commit(plan)
    except DeskError as error:
        session.warnings.append(
            _(
                "{ticket}: that it wasn't delivered is not noted: {problem}",
                ticket=draft["ticket"],
                problem=error.message,
            )
        )
