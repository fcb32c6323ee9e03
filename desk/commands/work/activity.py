"""desk activity: what happened lately, a sentence each, by day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import click

from desk.cli import dates, leaf
from desk.cli.app import App
from desk.cli.filters import lookout_options
from desk.cli.main import look_of
from desk.domain.changes import sentences
from desk.domain.model.fields import parse_time
from desk.domain.model.rows import ActivityRow
from desk.errors import UsageFault
from desk.local import marks
from desk.queries import events, tickets
from desk.queries.events import Sought
from desk.text import _, arranged, pgettext
from desk.view.formats import as_jsonl
from desk.view.look import day_named
from desk.view.model import Column, Done, Listing, Row
from desk.view.values import one_line

LAST = "last"
_UNTITLED = ("delete",)
"""Verbs of tickets whose own values say the title."""


@leaf.leaf(
    "activity", example="desk activity --mine\ndesk activity --since last\ndesk activity --since 7d --limit 0 -f jsonl"
)
@click.option("--mine", "whose", flag_value="mine", help="Of tickets I own or watch.")
@click.option("--all", "whose", flag_value="all", help="Of the whole desk (the default).")
@click.option(
    "--since", metavar="D", help="From then on: 2026-07-23, yesterday, 7d; last: what I haven't been shown yet."
)
@click.option("--limit", metavar="N", type=click.IntRange(0, 10**9), help="At most N lines; 0 for all.")
@click.option("--follow", is_flag=True, help="Go on, and tell what happens, until Ctrl-C; -f jsonl for a program.")
@lookout_options
def activity(
    app: App,
    whose: str | None,
    since: str | None,
    limit: int | None,
    follow: bool,
    every: int,
    bell: bool,
    notice: bool,
) -> Listing | Done:
    """Tell what happened, newest first: on tickets you own or watch, or in the whole desk.

    Tickets are told of your departments and those you wrote. `--since last` remembers on this machine what it has shown.
    """
    if follow:
        if since is not None or limit is not None:
            raise UsageFault(_("--follow tells of what happens from now on"), _("leave out --since and --limit"))
        return _follow(app, whose, every, bell=bell, notice=notice)
    if bell or notice:
        raise UsageFault(_("--bell and --notice go with --follow"), _("add --follow, or leave them out"))
    mine = whose == "mine"
    handle = app.me() if mine else app.handle()
    most = app.rows_wanted(limit)
    reader, head = f"{handle or 'anybody'}-{'mine' if mine else 'all'}", app.store.commit_now()
    last = (since or "").lower() == LAST
    commits = marks.unseen(app.place, reader, head) if last else None
    moment = None if last else dates.parse_moment(app, since)
    sought = Sought(
        handle if mine else None,
        None if mine else app.scope(),
        int(parse_time(moment).timestamp()) if moment else None,
        commits,
        most + 1 if most else 0,
    )
    app.warn_of_unread()
    rows = app.store.ask(lambda index: events.events(index, sought))
    if last:
        marks.mark(app.place, reader, head)
    if not (most and len(rows) > most) and not commits:
        app.warn_of_cut(moment)
    if most and len(rows) > most:
        rows = rows[:most]
        app.notes.append(_("the newest {most}; more: --limit N, 0 for all", most=most))
    return _told(app, rows, _("nothing new since last time") if last and commits is not None else _("nothing happened"))


def _follow(app: App, whose: str | None, every: int, *, bell: bool, notice: bool) -> Done:
    """Each event in a line of its own, as soon as it is known: in words, or for a program as JSON."""
    from desk.cli.clerk import lookout  # noqa: PLC0415 - for whoever watches

    if app.output not in ("table", "jsonl"):
        raise UsageFault(_("--follow tells a line at a time"), _("a program takes -f jsonl"))
    sought = Sought(app.me() if whose == "mine" else None, None if whose == "mine" else app.scope())

    def tell(rows: list[ActivityRow]) -> None:
        view = _told(app, rows, "")
        lines = as_jsonl(view, look_of(app.env, app)) if app.output == "jsonl" else _lines(app, view)
        app.env.stdout.writelines(lines)
        app.env.stdout.flush()

    lookout.follow(app, tell, sought, every, lookout.Alarm(bell, notice))
    return Done("activity", [], ())


def _lines(app: App, view: Listing) -> Iterator[str]:
    for row in view.rows:
        at = app.local(datetime.fromisoformat(row["at"]))
        yield one_line(arranged("{time}  {what}", time=at.strftime("%H:%M"), what=row["sentence"])) + "\n"


def _told(app: App, found: list[ActivityRow], empty: str) -> Listing:
    people = app.store.ask(lambda index: tickets.names(index, {row["by"] for row in found}))
    rows: list[dict[str, Any]] = [{**row} for row in found]
    for row in rows:
        row["name"] = people.get(str(row["by"]))
        row["sentence"] = _sentence(row)
    columns = (
        Column("day", pgettext("column", "DAY"), "group"),
        Column("time", pgettext("column", "TIME")),
        Column("sentence", pgettext("column", "WHAT"), "sentence"),
    )
    return Listing("activity", rows, columns, empty, spell=partial(_by_day, app))


def _by_day(app: App, rows: Sequence[Row]) -> list[Row]:
    """Each day named once, in its first line."""
    spelled: list[Row] = []
    before = None
    for row in rows:
        at = app.local(datetime.fromisoformat(row["at"]))
        day = day_named(at.date()) if at.date() != before else ""
        spelled.append({**row, "day": day, "time": f"{at:%H:%M}"})
        before = at.date()
    return spelled


def _sentence(row: dict[str, Any]) -> str:
    """As logs tell it, with the ticket's title behind its id."""
    titled = row["kind"] == "ticket" and row["title"] and row["verb"] not in _UNTITLED
    what = f"{row['id']} {row['title']}" if titled else sentences.name_of(row["kind"], row["id"])
    text = sentences.describe_act(row["verb"], row["from"], row["to"], kind=row["kind"], what=what)
    reason = " ".join(str(row["reason"] or "").split())
    who = row["name"] or row["by"]
    return (
        arranged("{who} {text} ({reason})", who=who, text=text, reason=reason)
        if reason
        else arranged("{who} {text}", who=who, text=text)
    )
