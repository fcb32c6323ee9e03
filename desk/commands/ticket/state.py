"""The state of a ticket: pending, close, reopen; and delete."""

from __future__ import annotations

import click

from desk.actions.tickets import lifecycle as tickets
from desk.actions.tickets.owed import warn_owed
from desk.cli import arguments, complete, dates, leaf
from desk.cli.app import App
from desk.cli.told import answer_tickets, way_back
from desk.domain.model import plain
from desk.domain.model.states import DUPLICATE, RESOLUTIONS, SOLVED, WAITING
from desk.errors import UsageFault
from desk.text import _
from desk.view.model import Done

_reason = click.option("--reason", metavar="TEXT", help="Why; it stays in the history and can't be taken back.")


@leaf.leaf(
    "pending", example='desk ticket pending 7K3Q --until 3d --reason "waiting for the Maltese desk"', careful=True
)
@arguments.ticket_ids
@click.option(
    "--until", metavar="D", help="The day on which it comes back: 2026-07-30, friday, tomorrow, 3d, 2w; or none."
)
@click.option("--for", "waits_for", type=click.Choice((*WAITING, "none")), help="Whom it waits for.")
@_reason
def pending(app: App, ids: tuple[str, ...], until: str | None, waits_for: str | None, reason: str | None) -> Done:
    """Put tickets aside that wait for somebody, or for a day. Of one that waits already, what isn't named stays."""
    drop = [name for name, given in (("until", until), ("for", waits_for)) if given == "none"]
    day = dates.future_day(app, None if "until" in drop else until)
    found = arguments.resolve(app, ids)
    whom = None if "for" in drop else waits_for
    return answer_tickets(tickets.put_aside(app, found, until=day, waits_for=whom, reason=reason, drop=drop))


@leaf.leaf(
    "close",
    example='desk ticket close 7K3Q --reason "certificate renewed"\n'
    "desk ticket close 7K3Q --resolution withdrawn\ndesk ticket close 9ABC --of 7K3Q",
    careful=True,
)
@arguments.ticket_ids
@click.option("--resolution", type=click.Choice(tuple(RESOLUTIONS)), help="How it ends; default: solved.")
@click.option("--of", "original", metavar="OTHER", shell_complete=complete.complete_ticket,
              help="The ticket that it duplicates; the two are linked.")  # fmt: skip
@_reason
def close(app: App, ids: tuple[str, ...], resolution: str | None, original: str | None, reason: str | None) -> Done:
    """Close tickets that are resolved, and say how. They can be re-opened."""
    if original and resolution not in (None, DUPLICATE):
        raise UsageFault(_("--of goes with --resolution {duplicate}", duplicate=DUPLICATE), _("leave one of them out"))
    other = arguments.require_one(app, original) if original else None
    code = DUPLICATE if other else resolution or SOLVED

    done = tickets.close(app, arguments.resolve(app, ids), resolution=code, original=other, reason=reason)
    warn_owed(app, done.edits)
    return answer_tickets(done)


@leaf.leaf("reopen", example='desk ticket reopen 7K3Q --reason "it happened again"', careful=True)
@arguments.ticket_ids
@_reason
def reopen(app: App, ids: tuple[str, ...], reason: str | None) -> Done:
    """Take up closed or pending tickets again. An owner who no longer serves the department is dropped."""
    return answer_tickets(tickets.reopen(app, arguments.resolve(app, ids), reason=reason))


@leaf.leaf("delete", example='desk ticket delete 7K3Q --reason "sent to the wrong desk"', careful=True)
@arguments.ticket_ids
@_reason
def delete(app: App, ids: tuple[str, ...], reason: str | None) -> Done:
    """Delete tickets, their attachments and the links to them. Level 3 only.

    The id is never used again, and git keeps what the ticket said.
    """
    found = arguments.resolve(app, ids)
    done = tickets.delete(app, found, reason=reason)
    gone = [e.before for e in done.change.edits if e.after is None and e.before is not None]
    lines = [_("{id}  deleted: {title}", id=r.id, title=r.values["title"]) for r in gone]
    lines.append(way_back(done))
    wholes = [{**plain.whole(r), "deleted": True} for r in gone]
    return Done("tickets", wholes, tuple(lines)) if len(found) > 1 else Done("ticket", wholes[0], tuple(lines))
