"""What is known of a problem: desk problem cause and workaround."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from desk.actions import problems as actions_problems
from desk.actions.acting import Acted, require_tickets
from desk.cli import arguments, editor, leaf
from desk.cli.app import App
from desk.cli.told import answer_tickets
from desk.domain.model.ticket import Ticket
from desk.domain.tickets import problems
from desk.view.model import Done

Record = Callable[[App, Sequence[str], str], Acted]


@leaf.leaf("cause", example='desk problem cause 7K3Q --body "Nobody is told when a certificate runs out."')
@arguments.ticket_ids
@editor.body_options("The root cause.")
def cause(app: App, ids: tuple[str, ...], body: str | None, file: str | None) -> Done:
    """Record the root cause of a problem. Without a text, the editor opens with the one recorded."""
    return _recorded(app, problems.CAUSE, actions_problems.record_cause, ids, (body, file))


@leaf.leaf("workaround", example='desk problem workaround 7K3Q --body "Ask for the summary by phone."')
@arguments.ticket_ids
@editor.body_options("What helps until the problem is solved.")
def workaround(app: App, ids: tuple[str, ...], body: str | None, file: str | None) -> Done:
    """Record what helps until a problem is solved. Its incidents show it. Without a text, the editor opens."""
    return _recorded(app, problems.WORKAROUND, actions_problems.record_workaround, ids, (body, file))


def _recorded(app: App, verb: str, record: Record, ids: tuple[str, ...], source: tuple[str | None, str | None]) -> Done:
    with editor.keep_text(app, verb):
        given = editor.given_text(app, *source)
        found = arguments.resolve(app, ids)
        if given is None and editor.interactive(app):
            require_tickets(app, found, verb)
        text = given if given is not None else read_written(app, verb, found)
        return answer_tickets(record(app, found, text))


def read_written(app: App, name: str, ids: list[str]) -> str:
    """A text from the editor, which starts with what the first of the problems has."""
    ticket = app.store.read("ticket", ids[0])
    if isinstance(ticket, Ticket):
        problems.require(ticket)
    from desk.codec import records  # noqa: PLC0415 - for the editor only

    start = str(ticket.values.get(name, ""))
    return editor.entry_text(app, None, f"{name}-{ids[0]}", records.encode(ticket.with_salt("")).decode(), start)
