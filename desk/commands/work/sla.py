"""desk sla: what is due, and what time alone does to tickets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import click

from desk.actions import identifiers
from desk.cli import answers, complete, leaf
from desk.cli.app import App
from desk.cli.filters import watched
from desk.domain.model import due, plain
from desk.domain.model.change import Edit, Event
from desk.domain.model.fields import parse_time, utc_text
from desk.domain.model.query import Key, Query
from desk.domain.model.rows import TicketRow
from desk.domain.model.states import LIVE
from desk.errors import UsageFault
from desk.queries import tickets
from desk.text import _, arranged, pgettext
from desk.view.model import Column, Done, Listing, Row

_WITHIN = r"(\d{1,5})([mhdw])"
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


@leaf.leaf(
    "list", example="desk sla list --mine\ndesk sla list --within 4h --department technical\ndesk sla list --watch"
)
@watched
@click.option("--mine", is_flag=True, help="Only tickets I own.")
@click.option(
    "--department",
    "departments",
    metavar="D",
    multiple=True,
    shell_complete=complete.complete_department,
    help="Of this department; repeat for more.",
)
@click.option("--breached", is_flag=True, help="Only tickets that have missed a target, now or before.")
@click.option("--within", metavar="TIME", help="Only what is overdue or due within 30m, 4h, 2d, 1w.")
@click.option("--limit", metavar="N", type=click.IntRange(0, 10**9), help="At most N rows; 0 for all.")  # fmt: skip
def list_(
    app: App, mine: bool, departments: tuple[str, ...], breached: bool, within: str | None, limit: int | None
) -> Listing:
    """List open and pending tickets with something due, the most urgent first; those whose clock stands still come last."""
    query = Query(
        scope=app.scope(),
        states=LIVE,
        departments=tuple(identifiers.require_existing(app, "department", d) for d in departments),
        owner=app.me() if mine else None,
    )
    rows = [row for row in answers.with_due(app, _rows(app, query)) if due.running(row)]
    if breached:
        rows = [row for row in rows if row["overdue"] or any(line.startswith(f"{due.BREACH} ") for line in row["sla"])]
    if within:
        end = utc_text(app.now + _length(within))
        rows = [row for row in rows if (one := due.find_pressing(row)) and one.at <= end]
    most = app.rows_wanted(limit)
    notes = [_("{n} of {total}; all: --limit 0", n=most, total=len(rows))] if most and len(rows) > most else []
    return Listing("tickets", rows[:most] if most else rows, _COLUMNS, _empty(app), notes=tuple(notes), spell=_spell)


_COLUMNS = (
    Column("id", pgettext("column", "ID"), "id"),
    Column("next_due", pgettext("column", "DUE"), "due"),
    Column("clock", pgettext("column", "WHAT"), "verb"),
    Column("priority", pgettext("column", "PRIO"), "priority"),
    Column("department", pgettext("column", "DEPARTMENT"), spare=1),
    Column("owner", pgettext("column", "OWNER"), spare=2),
    Column("title", pgettext("column", "TITLE"), "title"),
)


def _rows(app: App, query: Query) -> list[dict[str, Any]]:
    app.warn_of_unread()
    rows = app.store.ask(lambda index: tickets.tickets(index, query._replace(order=(Key("due"),)))).rows
    return [{**row, "clock": _clock(row)} for row in rows]


def _clock(row: TicketRow) -> str | None:
    one = due.find_pressing(row)
    return one.clock if one else None


def _spell(rows: Sequence[Row]) -> list[Row]:
    return [{**row, "clock": due.SPOKEN[row["clock"]] if row["clock"] else None} for row in rows]


def _length(text: str) -> timedelta:
    match = re.fullmatch(_WITHIN, text.strip().lower(), re.ASCII)
    if match is None:
        raise UsageFault(_("{text!r} is not a length of time", text=text), _("write 30m, 4h, 2d or 1w"))
    return int(match[1]) * _UNITS[match[2]]


def _empty(app: App) -> str:
    if app.config.given("sla.policy"):
        return _("nothing is due")
    return _("nothing is due: this desk has no service levels (sla.policy in desk.toml, desk help service-levels)")


@leaf.leaf("check", example="desk sla check --dry-run\n*/5 * * * *  cd /srv/helpdesk && desk sla check  # in a crontab")
@click.option("--dry-run", is_flag=True, help="Say what there is to do, and do nothing.")
def check(app: App, dry_run: bool) -> Done:
    """Do what time asks for: pending tickets come back on their day, warnings ahead of a breach, breaches. For cron.

    Each ticket is one commit by the desk itself. A breach is recorded once, with the time at which it happened; a second
    check, or one at the same time, finds nothing more to do.
    """
    from desk.actions import duties  # noqa: PLC0415 - for this command alone

    edits, warnings = duties.check(app, dry_run=dry_run)
    app.warnings.extend(warnings)
    if not edits:
        app.idle()
    lines = tuple(
        arranged("{id}  {words}", id=edit.record.id, words=[_words(event, app) for event in edit.events])
        for edit in edits
    )
    return Done("tickets", [_told(edit) for edit in edits], lines)


def _told(edit: Edit) -> dict[str, Any]:
    """The ticket, and what was done to it."""
    events = [{"verb": e.verb, "from": e.before, "to": e.after} for e in edit.events]
    return {**plain.whole(edit.record), "events": events}


def _words(event: Event, app: App) -> str:
    from desk.domain.changes import sentences  # noqa: PLC0415 - for the check alone

    if event.verb in (due.WARNING, due.BREACH):
        clock, _rest, at = (event.after or "").partition(" ")
        what, at = due.SPOKEN.get(clock, clock), app.local(parse_time(at)).strftime("%Y-%m-%d %H:%M")
        return (
            _("{clock} due at {at}", clock=what, at=at)
            if event.verb == due.WARNING
            else _("{clock} missed, was due at {at}", clock=what, at=at)
        )
    if event.verb == "escalate-up":
        return _("{after} is told", after=event.after)
    return sentences.describe_outcome(event.verb, event.before, event.after)
