"""What is known of a problem: desk problem cause and workaround."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from desk.app import App
from desk.commands import common, writing
from desk.commands.acting import Draft, acted, check_first
from desk.domain import problem as verbs
from desk.domain.person import Staff
from desk.domain.record import Change
from desk.domain.ticket import Ticket
from desk.view.model import Done

Tell = Callable[..., Change]


@common.leaf("cause", example='desk problem cause 7K3Q --body "Nobody is told when a certificate runs out."')
@common.ticket_ids
@writing.body_options("The root cause.")
def cause(app: App, ids: tuple[str, ...], body: str | None, file: str | None) -> Done:
    """Record the root cause of a problem. Without a text, the editor opens with the one recorded."""
    return _told(app, verbs.CAUSE, verbs.cause, ids, (body, file))


@common.leaf("workaround", example='desk problem workaround 7K3Q --body "Ask for the summary by phone."')
@common.ticket_ids
@writing.body_options("What helps until the problem is solved.")
def workaround(app: App, ids: tuple[str, ...], body: str | None, file: str | None) -> Done:
    """Record what helps until a problem is solved. Its incidents show it. Without a text, the editor opens."""
    return _told(app, verbs.WORKAROUND, verbs.workaround, ids, (body, file))


def _told(app: App, verb: str, tell: Tell, ids: tuple[str, ...], source: tuple[str | None, str | None]) -> Done:
    with writing.kept(app, verb):
        given = writing.given_text(app, *source)
        found = common.resolve(app, ids)
        if given is None and writing.interactive():
            check_first(app, found, verb)
        text = given if given is not None else written(app, verb, found)

        def one(_: Draft, ticket: Ticket, by: Staff, at: datetime) -> Change:
            return tell(ticket, text, by=by, at=at)

        return acted(app, found, verb, one)


def written(app: App, name: str, ids: list[str]) -> str:
    """A text from the editor, which starts with what the first of the problems has."""
    ticket = app.store.read("ticket", ids[0])
    if isinstance(ticket, Ticket):
        verbs.require(ticket)
    from desk.store import codec  # noqa: PLC0415 - for the editor only

    start = str(ticket.values.get(name, ""))
    return writing.entry_text(app, None, f"{name}-{ids[0]}", codec.encode(ticket).decode(), start)
