"""desk calendar: business calendars, the days that are others in them, and days off from a calendar file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import click

from desk.actions.care import daysoff as actions_daysoff
from desk.actions.care.daysoff import TakenOver, TakeOver
from desk.cli import complete, dates, leaf
from desk.cli.app import App
from desk.cli.editor import read_file
from desk.cli.speech.asking import confirm, tell
from desk.domain.levels import daysoff
from desk.domain.levels.calendar import DayOff
from desk.domain.levels.daysoff import LARGEST, DayChange
from desk.domain.model.fields import parse_time
from desk.errors import Interrupted, UsageFault
from desk.store import levels
from desk.text import Text, _, arranged, ngettext, pgettext
from desk.view.look import day_named
from desk.view.model import Column, Done, Listing, Row

_CLOSED = pgettext("hours", "closed")
_REMARKS = 10
"""What was left out is named one by one up to here."""
_CALENDARS = (
    Column("id", pgettext("column", "CALENDAR"), "id"),
    Column("hours", pgettext("column", "HOURS"), "prose"),
    Column("timezone", pgettext("column", "TIME ZONE"), spare=1),
    Column("holidays", pgettext("column", "HOLIDAYS")),
    Column("days_off", pgettext("column", "DAYS OFF"), "number"),
    Column("until", pgettext("column", "UNTIL")),
)
_DAYS = (
    Column("id", pgettext("column", "DAY"), "id"),
    Column("hours", pgettext("column", "HOURS")),
    Column("name", pgettext("column", "NAME"), "title"),
    Column("source", pgettext("column", "FROM"), "word"),
)


def _complete(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    app = ctx.obj
    names = ("24x7", *app.config[actions_daysoff.SETTING]) if isinstance(app, App) else ()
    return [name for name in names if name.startswith(incomplete)]


@leaf.leaf("list", example="desk calendar list")
def list_(app: App) -> Listing:
    """List the business calendars of the service levels: their hours, and until when their days off are known."""
    rows = []
    for name, calendar in levels.calendars(app.place, app.config).items():
        kept = actions_daysoff.kept(app, name)
        dated = [day for day in kept if isinstance(day, date)]
        given = app.config[actions_daysoff.SETTING].get(name, {}).get("holidays", [])
        rows.append(
            {
                "id": name,
                "hours": daysoff.write_week(calendar),
                "timezone": str(calendar.zone) if calendar.week else None,
                "holidays": [given] if isinstance(given, str) else list(given),
                "days_off": len(kept),
                "until": max(dated).isoformat() if dated else None,
            }
        )
    return Listing("calendars", rows, _CALENDARS, _("there are no calendars"))


@leaf.leaf("show", example="desk calendar show office\ndesk calendar show office --year 2027")
@click.argument("name", shell_complete=_complete)
@click.option("--year", metavar="Y", type=click.IntRange(2000, 2199), help="Of this year; default: the current one.")
def show(app: App, name: str, year: int | None) -> Listing:
    """Show the days of a year on which a calendar isn't open as its weekdays are, and what says so.

    Holidays are those of the countries that desk.toml names, days_off were taken over from a calendar file, and closed,
    open and dates were typed there.
    """
    year = year or app.local(app.now).year
    found = actions_daysoff.find_special_days(app, name, year)
    rows = [
        {"id": one.day.isoformat(), "hours": _hours(one.hours), "name": one.name or None, "source": one.source}
        for one in found
    ]
    return Listing("days", rows, _DAYS, _("every day of {year} is as its weekday is", year=year), spell=_spell)


def _hours(hours: tuple[tuple[int, int], ...]) -> str | None:
    """As desk.toml has them; None for a day that is closed."""
    return daysoff.write_hours(hours) or None


def _spell(rows: Sequence[Row]) -> list[Row]:
    return [{**row, "id": day_named(date.fromisoformat(row["id"])), "hours": row["hours"] or _CLOSED} for row in rows]


@leaf.leaf(
    "import",
    careful=True,
    example="desk calendar import holidays-2027.ics --dry-run\n"
    "desk calendar import google.ics --calendar office --without observance --without 'τήρηση'\n"
    "desk calendar import school.ics --only holiday --until 2027-12-31 --replace",
)
@click.argument("file", metavar="FILE|-", shell_complete=complete.complete_file)
@click.option(
    "--calendar", "name", metavar="NAME", shell_complete=_complete, help="Which one; needed where there are several."
)
@click.option("--since", metavar="D", help="Only days from this one on; default: this year's.")
@click.option("--until", metavar="D", help="Only days up to and including this one; default: ten years on.")
@click.option(
    "--only",
    metavar="TEXT",
    multiple=True,
    help="Only events that say this, with or without accents; repeated: any of them.",
)
@click.option("--without", metavar="TEXT", multiple=True, help="No events that say this; repeat for more.")
@click.option(
    "--times",
    type=click.Choice(("off", "open")),
    default="off",
    show_default=True,
    help="What the times of an event mean: when people have off, or when they work.",
)
@click.option("--replace", is_flag=True, help="Take out days off of the file's years that it doesn't name.")
@click.option(
    "--encoding", metavar="NAME", default="utf-8", show_default=True, help="What the file is written in: windows-1253 …"
)
def import_(
    app: App,
    file: str,
    name: str | None,
    since: str | None,
    until: str | None,
    only: tuple[str, ...],
    without: tuple[str, ...],
    times: daysoff.Times,
    replace: bool,
    encoding: str,
) -> Done:
    """Take over the days off of a calendar file (.ics) into desk.toml, as dates with names, in one commit. Level 3 only.

    The file isn't needed afterwards. Days that are typed in closed, open or dates go before those taken over. Read again,
    a file adds and changes what it says now.
    """
    content = app.env.stdin.buffer.read(LARGEST + 1) if file == "-" else read_file(file, LARGEST)
    wish = TakeOver(
        name or _only_one(app), content, encoding, _day(app, since), _day(app, until), only, without, times, replace
    )
    found = actions_daysoff.rehearse(app, wish)
    _warn(app, found)
    if app.rehearses:
        app.notes.append(_("nothing was changed: this is what would be"))
    elif found.changes:
        _ask(app, found)
        actions_daysoff.take_over(app, wish, found)
    return _told(app, wish, found)


def _only_one(app: App) -> str:
    names = list(app.config[actions_daysoff.SETTING])
    if len(names) != 1:
        raise UsageFault(
            _("there are {n} calendars with hours of their own", n=len(names)),
            _("name one with --calendar: desk calendar list") if names else _("see: desk help service-levels"),
        )
    return str(names[0])


def _day(app: App, text: str | None) -> date | None:
    return app.local(parse_time(str(dates.parse_moment(app, text)))).date() if text else None


def _warn(app: App, found: TakenOver) -> None:
    remarks = found.file.remarks
    app.warnings += remarks[:_REMARKS]
    if len(remarks) > _REMARKS:
        app.warnings.append(_("and {n} more of the kind", n=len(remarks) - _REMARKS))


def _ask(app: App, found: TakenOver) -> None:
    """Show what would be written, and have a person at a terminal say yes to it."""
    if not app.env.interactive or app.agrees:
        return
    for change in (*found.changes, *found.stays):
        tell(app, _line(change))
    number = len(found.changes)
    question = ngettext("This changes {n} day off. Go on?", "This changes {n} days off. Go on?", number)
    if not confirm(app, question, default=False):
        raise Interrupted(_("given up"), _("nothing was changed; without a question: --yes"))


def _told(app: App, wish: TakeOver, found: TakenOver) -> Done:
    asked = app.env.interactive and not app.agrees and not app.rehearses
    both = (*found.changes, *found.stays)
    lines = [] if asked else [_line(change) for change in both]
    if not found.changes:
        lines.append(_("{name} has these days off already: {n} in the file", name=wish.calendar, n=found.days))
    elif not app.rehearses:
        number = len(found.changes)
        lines.append(
            ngettext(
                "{name}: {n} day off written to desk.toml",
                "{name}: {n} days off written to desk.toml",
                number,
                name=wish.calendar,
            )
        )
    if found.stays:
        app.notes.append(_("days that the file doesn't name stay; to take them out as well: --replace"))
    data = {"id": wish.calendar, "events": found.file.events, "days": [_row(change) for change in both]}
    return Done("days_off", data, tuple(lines))


def _line(change: DayChange) -> Text:
    day, before, after = daysoff.write_day(change.day), change.before, change.after
    if after is None:
        return _("{day}  {name}: no day off any more", day=day, name=_name(before))
    if before == after:
        return _("{day}  {name}: stays, though the file doesn't name it", day=day, name=_name(after))
    if before is None or before.hours == after.hours:
        return arranged("{day}  {name}: {hours}", day=day, name=_name(after), hours=_said(after))
    return _(
        "{day}  {name}: {hours} (was {before})", day=day, name=_name(after), hours=_said(after), before=_said(before)
    )


def _name(off: DayOff | None) -> str:
    return (off.name if off else "") or "-"


def _said(off: DayOff) -> str:
    return _("open {hours}", hours=daysoff.write_hours(off.hours)) if off.hours else _CLOSED


def _row(change: DayChange) -> dict[str, Any]:
    was, now = (off and {"name": off.name, "hours": _hours(off.hours)} for off in (change.before, change.after))
    return {"id": daysoff.write_day(change.day), "before": was, "after": now}
