"""desk alone, and desk today: what waits for whoever sits down; desk next takes it; desk whoami: who that is."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import Any

import click

from desk.actions import identifiers
from desk.actions.tickets import ownership
from desk.cli import answers, complete, filters, leaf
from desk.cli.app import App
from desk.cli.clerk import mailhost
from desk.cli.clerk.columns import ranks
from desk.cli.told import answer_tickets
from desk.domain.model import plain
from desk.domain.model.fields import utc_text
from desk.domain.model.query import Key, Query
from desk.domain.model.states import LIVE, OPEN
from desk.local import seen
from desk.queries import tickets, unread
from desk.text import _, arranged, listed, pgettext
from desk.view.model import Column, Detail, Done, Listing, Sections

_SHOWN = 5
"""Rows of a section for people."""
_COLUMNS = (
    Column("id", pgettext("column", "ID"), "id"),
    Column("priority", pgettext("column", "PRIO"), "priority"),
    Column("owner", pgettext("column", "OWNER"), spare=1),
    Column("title", pgettext("column", "TITLE"), "title"),
    Column("next_due", pgettext("column", "DUE"), "due"),
    Column("age", pgettext("column", "AGE"), "age", 2),
)
_TITLES = {
    "majors": _("Major incidents"),
    "mine": _("Mine"),
    "new": _("New, and nobody's"),
    "due": _("Overdue, and due today"),
    "unread": _("Something new for you"),
}


@leaf.leaf("today", example="desk\ndesk today -f json")
def today(app: App) -> Sections:
    """Show what waits: major incidents, your tickets, new ones, what is due today, and what others wrote.

    It is what desk alone shows inside a desk. The tickets are those of your departments and those you wrote, as in lists.
    """
    me = app.handle()
    found = {name: _page(app, query) for name, query in _queries(app, me).items()}
    rows = {name: answers.with_due(app, [{**row} for row in page.rows]) for name, page in found.items()}
    parts = tuple(
        (arranged("{title} ({n})", title=_TITLES[name], n=_total(page)), _listing(rows[name]), _SHOWN)
        for name, page in found.items()
    )
    day = app.local(app.now).strftime("%Y-%m-%d %H:%M")
    head = arranged("{desk}, {day}", desk=app.config["desk.name"], day=day)
    who = _("{me}: take the next one by desk next", me=me) if me else _("nobody here knows you: desk whoami")
    stopped = mailhost.stopped(app.place)
    who = listed((who, *mailhost.lines(stopped)), " · ")
    return Sections("today", {"me": me, "mail": stopped, **rows}, (head, who), parts, _("Nothing waits."))


def urgent_first(app: App) -> Query:
    """Tickets nobody owns in one's departments, the most urgent first: by priority, by what is due, by age."""
    scope = app.scope()
    order = (Key("priority", descending=True), Key("due"), Key("created"))
    own = scope._replace(author="") if scope else None
    return Query(own, (OPEN,), owner="none", order=order, ranks=ranks(app))


def _queries(app: App, me: str | None) -> dict[str, Query]:
    scope = app.scope()
    new = urgent_first(app)
    midnight = app.local(app.now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    live = new._replace(scope=scope, states=LIVE, owner=None, order=(Key("due"), Key("priority", descending=True)))
    found = {"majors": live._replace(major=True), "mine": live._replace(owner=me)}
    found |= {"new": new, "due": live._replace(overdue=utc_text(midnight.astimezone(UTC)))}
    if me is None:
        del found["mine"]
        return found
    marks = seen.load(app.place, me, int(app.now.timestamp()))
    ids = tuple(sorted(app.store.ask(lambda index: unread.find_unread(index, me, marks))))
    return {**found, "unread": live._replace(states=(), among=ids, order=(Key("activity", descending=True),))}


def _page(app: App, query: Query) -> tickets.Page:
    limit = _SHOWN if app.talks else 0
    return app.store.ask(lambda index: tickets.tickets(index, query._replace(limit=limit)))


def _total(page: tickets.Page) -> str:
    return _("more than {total}", total=page.total - 1) if page.more else str(page.total)


def _listing(rows: list[dict[str, Any]]) -> Listing:
    return Listing("tickets", rows, _COLUMNS, "", spell=lambda rows: [{**row, "age": row["created"]} for row in rows])


@leaf.leaf("next", example="desk next\ndesk next --department technical")
@click.option("--department", "departments", metavar="D", multiple=True,
              shell_complete=complete.complete_department, help="Only of this department; repeat for more.")  # fmt: skip
def next_(app: App, departments: tuple[str, ...]) -> Done:
    """Take the most urgent ticket that nobody owns in your departments: by priority, by what is due, by age."""
    app.me()
    named = tuple(identifiers.require_existing(app, "department", d) for d in filters.each(departments))
    acted = ownership.take_next(app, urgent_first(app)._replace(departments=named))
    view = answer_tickets(acted)
    return view._replace(lines=(*view.lines, str(acted.edits[0].record.values["title"])))


@leaf.leaf("whoami", example="desk whoami\ndesk --as eleni whoami -f json")
def whoami(app: App) -> Detail:
    """Show as whom you act here: name, address, level and departments, and on which desk."""
    record = app.store.read("staff", app.me())
    return Detail("staff", {**plain.whole(record), "desk": app.config["desk.name"], "folder": app.place.root})
