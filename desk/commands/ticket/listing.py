"""Lists of tickets, incidents and problems."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from desk.cli import answers, dates, leaf
from desk.cli.app import App
from desk.cli.filters import filters, tickets_of
from desk.domain.model.fields import utc_text
from desk.domain.model.organisation import WORK
from desk.domain.model.query import SORTABLE, Query, Scope
from desk.domain.model.states import CLOSED, LIVE, STATES
from desk.domain.model.ticket import Ticket
from desk.errors import UsageFault
from desk.local import seen
from desk.queries import tickets, unread
from desk.text import _, pgettext
from desk.view.model import Column, Listing

if TYPE_CHECKING:
    from desk.domain.model.rows import TicketRow


@leaf.leaf(
    "list",
    example="desk ticket list --mine --priority high\ndesk ticket list --state any --tag malta -f csv > malta.csv",
)
@filters
@click.option(
    "--kind", "kinds", metavar="K", multiple=True, type=click.Choice(WORK), help="ticket, incident or problem."
)
def list_(app: App, **given: Any) -> Listing:
    """List tickets, newest first: those of your departments that are not closed, unless you ask otherwise."""
    return listing(app, given, tuple(given["kinds"]), "tickets")


@leaf.leaf("list", example="desk incident list --new")
@filters
def incidents(app: App, **given: Any) -> Listing:
    """List incidents: tickets tagged incident."""
    return listing(app, given, ("incident",), "incidents")


@leaf.leaf("list", example="desk problem list --state any")
@filters
def problems(app: App, **given: Any) -> Listing:
    """List problems: tickets tagged problem."""
    view = listing(app, given, ("problem",), "problems")
    from desk.queries import problems as queries_problems  # noqa: PLC0415 - for this list only

    known = app.store.ask(lambda index: queries_problems.counts(index, [row["id"] for row in view.rows]))
    rows = [{**row, "incidents": known.get(row["id"], 0)} for row in view.rows]
    columns = [*view.columns[:-2], Column("incidents", pgettext("column", "INCIDENTS"), "number"), *view.columns[-2:]]
    return view._replace(rows=rows, columns=tuple(columns))


def listing(app: App, given: dict[str, Any], kinds: tuple[str, ...], noun: str) -> Listing:
    """One page of tickets."""
    query = _query(app, given, kinds)
    page = app.store.ask(lambda index: tickets.tickets(index, query))
    rows = answers.with_due(app, _marked(app, page.rows))
    notes = []
    if len(page.rows) < page.total - query.offset:
        first = query.offset + 1
        last = query.offset + len(page.rows)
        total = _("more than {total}", total=page.total - 1) if page.more else page.total
        notes.append(
            _(
                "{things} {first}-{last} of {total}; next: --page {page}, all: --limit 0",
                things=noun,
                first=first,
                last=last,
                total=total,
                page=given["page"] + 1,
            )
        )
    app.warn_of_unread(Ticket.folder)
    warnings = _broken_by_hand(app, page.rows)
    empty = (
        _("page {page} is past the end: {total} {things} in all", page=given["page"], total=page.total, things=noun)
        if page.total
        else _none(app, query, noun)
    )
    fields = () if rows else answers.ticket_fields(app)
    return Listing("tickets", rows, answers.TICKET_COLUMNS, empty, tuple(warnings), tuple(notes), fields=fields)


def _none(app: App, query: Query, noun: str) -> str:
    """That nothing fits; and how many closed ones would, since a list leaves them out unless asked."""
    if query.states != LIVE:
        return _("no {things} found", things=noun)
    closed = app.store.ask(lambda index: tickets.tickets(index, query._replace(states=(CLOSED,), limit=1, offset=0)))
    if not closed.rows:
        return _("no {things} found", things=noun)
    number = _("more than {total}", total=closed.total - 1) if closed.more else closed.total
    return _("no {noun} found; {number} closed: --state any", noun=noun, number=number)


def _query(app: App, given: dict[str, Any], kinds: tuple[str, ...]) -> Query:
    sort = given["sort"].removeprefix("-")
    if sort not in SORTABLE:
        raise UsageFault(_("can't sort by {sort!r}", sort=sort), _("fields: {sortable}", sortable=", ".join(SORTABLE)))
    whose = given["whose"]
    if given["owner"] and whose in ("mine", "new"):
        raise UsageFault(
            _("--{whose} and --owner can't be used together", whose=whose),
            _("--mine is --owner me, --new is --owner none"),
        )
    limit = _limit(app, given["limit"], given["page"])
    return tickets_of(app, {**given, "owner": {"mine": "me", "new": "none"}.get(whose, given["owner"])})._replace(
        scope=_scope(app, whose),
        states=_states(given["states"]),
        kinds=kinds,
        major=given["major"],
        since=dates.parse_moment(app, given["since"]),
        until=dates.parse_moment(app, given["until"], end=True),
        overdue=utc_text(app.now) if given["overdue"] else None,
        among=_unread(app) if given["unread"] else None,
        sort=sort,
        descending=given["sort"].startswith("-"),
        limit=limit,
        offset=(given["page"] - 1) * limit,
        ranks={
            n: app.config[f"ticket.{s}"]
            for n, s in (("priority", "priorities"), ("impact", "impacts"), ("urgency", "urgencies"))
        },
    )


def _scope(app: App, whose: str | None) -> Scope | None:
    """New tickets are those of my departments alone (requirement 4.5); other lists have the ones I wrote as well."""
    found = app.scope()
    return found._replace(author="") if found and whose == "new" else found


def _limit(app: App, given: int | None, page: int) -> int:
    """Rows of a page; 0 for all. A table has pages unless told otherwise, machine formats when asked for one."""
    limit: int = given if given is not None else app.config["list.limit"]
    if given is None and page == 1:
        return app.rows_wanted(None)
    if page > 1 and not limit:
        raise UsageFault(
            _("there is no page {page} of a list without a limit", page=page), _("--limit N says how long a page is")
        )
    return limit


def _states(given: tuple[str, ...]) -> tuple[str, ...]:
    wanted = tuple(word.lower() for state in given for word in state.split(","))
    for word in wanted:
        if word not in (*STATES, "any"):
            raise UsageFault(
                _("there is no state {word!r}", word=word), _("known: {states}, any", states=", ".join(STATES))
            )
    if "any" in wanted:
        return ()
    return wanted or LIVE


def _unread(app: App) -> tuple[str, ...]:
    """Ids of all tickets in which something happened that I haven't seen."""
    handle = app.me()
    mine = seen.load(app.place, handle, int(app.now.timestamp()))
    return tuple(sorted(app.store.ask(lambda index: unread.find_unread(index, handle, mine))))


def _marked(app: App, rows: list[TicketRow]) -> list[dict[str, Any]]:
    """Rows with `unread`: null for somebody unknown, who has nothing to come back to."""
    handle = app.handle()
    if handle is None:
        return [{**row, "unread": None} for row in rows]
    mine = seen.load(app.place, handle, int(app.now.timestamp()))
    new = app.store.ask(lambda index: unread.find_unread(index, handle, mine, [row["id"] for row in rows]))
    return [{**row, "unread": row["id"] in new} for row in rows]


def _broken_by_hand(app: App, rows: Any) -> list[str]:
    """Of the rows shown, those whose file was broken by a hand edit that isn't committed yet."""
    from desk.store.broken import broken_now  # noqa: PLC0415 - 50 small files at most

    return [
        _("{problem} (not committed; the list shows the last good version)", problem=e.message)
        for e in broken_now(app.store, [r["id"] for r in rows[:100]])
    ]
