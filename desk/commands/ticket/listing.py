"""Lists of tickets."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from desk.cli import answers, dates, leaf
from desk.cli import filters as lists
from desk.cli.app import App
from desk.cli.clerk.columns import choose_columns, ranks, sort_keys, with_columns
from desk.cli.filters import filters, narrowed, tickets_of, watched, with_saved
from desk.domain.model import due
from desk.domain.model.fields import utc_text
from desk.domain.model.organisation import WORK
from desk.domain.model.query import Query, Scope
from desk.domain.model.states import CLOSED, LIVE, STATES
from desk.domain.model.ticket import Ticket
from desk.domain.rights.words import word
from desk.errors import UsageFault
from desk.local import seen
from desk.queries import tickets, unread
from desk.text import _
from desk.view.model import Listing

if TYPE_CHECKING:
    from desk.domain.model.rows import TicketRow


@leaf.leaf(
    "list",
    example="desk ticket list --mine --priority high\ndesk ticket list --state any --tag malta -f csv > malta.csv",
)
@watched
@filters
@click.option(
    "--kind", "kinds", metavar="K", multiple=True, type=click.Choice(WORK), help="ticket, incident or problem."
)
def list_(app: App, **given: Any) -> Listing:
    """List tickets, newest first: those of your departments that are not closed, unless you ask otherwise.

    A star before the title marks what you haven't seen. DUE tells what comes first: the next reply, or the solution.
    """
    return listing(app, given, tuple(given["kinds"]), "tickets")


def listing(app: App, given: dict[str, Any], kinds: tuple[str, ...], noun: str) -> Listing:
    """One page of tickets, as they are or as they were."""
    noun = word(noun)
    given = with_saved(app, given)
    kinds = kinds or tuple(given.get("kinds", ()))
    columns = choose_columns(app, given["columns"])
    query = _query(app, given, kinds)
    if given["as_of"]:
        view = _past(app, query, given, noun)
    else:
        page = app.store.ask(lambda index: tickets.tickets(index, query))
        rows = answers.with_due(app, _marked(app, page.rows))
        empty = _empty(app, query, page, given, noun)
        app.warn_of_unread(Ticket.folder)
        if query.updated is not None or any(key.field == "activity" for key in query.order):
            app.warn_of_cut(dates.parse_moment(app, given["updated"]) if given["updated"] else None)
        warnings = tuple(_broken_by_hand(app, page.rows))
        fields = () if rows else answers.ticket_fields(app)
        view = Listing("tickets", rows, columns, empty, warnings, _paged(query, page, given, noun), fields=fields)
    view = view._replace(sheet=partial(answers.as_sheet, app))
    return with_columns(app, view, columns, asked=given["columns"] is not None)


def _past(app: App, query: Query, given: dict[str, Any], noun: str) -> Listing:
    """The list as a commit had it; what was due is told by the clock of that time, and nothing counts as unread."""
    from desk.store import asof  # noqa: PLC0415 - where the past is asked for

    commit = dates.commit_as_of(app, given["as_of"])
    app.now = moment = datetime.fromtimestamp(asof.moment_of(app.store, commit), UTC)
    with asof.index_at(app.store, commit) as index:
        page = tickets.tickets(index, query._replace(overdue=utc_text(moment) if query.overdue else None))
    rows = [due.add_due({**row, "unread": None, "undelivered": None}, utc_text(moment)) for row in page.rows]
    when = app.local(moment).strftime("%Y-%m-%d %H:%M")
    note = _("as it was {when}, at commit {commit}", when=when, commit=commit[:10])
    empty = _("no {things} found", things=noun)
    return Listing("tickets", rows, (), empty, notes=(note, *_paged(query, page, given, noun)))


def _paged(query: Query, page: tickets.Page, given: dict[str, Any], noun: str) -> tuple[str, ...]:
    """How many more there are, and how to see them."""
    if len(page.rows) >= page.total - query.offset:
        return ()
    said = _(
        "{things} {first}-{last} of {total}; next: --page {page}, all: --limit 0",
        things=noun,
        first=query.offset + 1,
        last=query.offset + len(page.rows),
        total=_("more than {total}", total=page.total - 1) if page.more else page.total,
        page=given["page"] + 1,
    )
    return (said,)


def _empty(app: App, query: Query, page: tickets.Page, given: dict[str, Any], noun: str) -> str:
    if page.rows:
        return ""
    if page.total:
        return _(
            "page {page} is past the end; {things} in all: {total}", page=given["page"], total=page.total, things=noun
        )
    return _none(app, query, noun)


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
    if given["as_of"] and given["unread"]:
        raise UsageFault(_("--unread is about now, --as-of about then"), _("leave one of them out"))
    order = sort_keys(app, given["sort"])
    whose = lists.whose(given)
    if given["owner"] and whose in ("mine", "new"):
        raise UsageFault(
            _("--{whose} and --owner can't be used together", whose=whose),
            _("--mine is --owner me, --new is --owner none"),
        )
    limit = _limit(app, given["limit"], given["page"])
    query = tickets_of(app, {**given, "owner": {"mine": "me", "new": "none"}.get(whose or "", given["owner"])})
    found = narrowed(app, query, given)._replace(
        scope=_scope(app, whose),
        states=_states(given["states"] or (("closed",) if given["closed"] else ())),
        kinds=kinds,
        major=given["major"],
        since=dates.parse_moment(app, given["since"]),
        until=dates.parse_moment(app, given["until"], end=True),
        overdue=utc_text(app.now) if given["overdue"] else None,
        among=_unread(app) if given["unread"] else None,
        order=order,
        limit=limit,
        offset=(given["page"] - 1) * limit,
        ranks=ranks(app),
    )
    lists.require_possible(found)
    return found


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
    wanted = tuple(state.lower() for several in given for state in several.split(","))
    for state in wanted:
        if state not in (*STATES, "any"):
            raise UsageFault(
                _("there is no state {word!r}", word=state), _("known: {states}, any", states=", ".join(STATES))
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
    """Rows with `unread`: null for somebody unknown, who has nothing to come back to; and with `undelivered`."""
    ids, handle = [row["id"] for row in rows], app.handle()
    bounced = app.store.ask(lambda index: tickets.find_undelivered(index, ids))
    if handle is None:
        return [{**row, "unread": None, "undelivered": row["id"] in bounced} for row in rows]
    mine = seen.load(app.place, handle, int(app.now.timestamp()))
    new = app.store.ask(lambda index: unread.find_unread(index, handle, mine, ids))
    return [{**row, "unread": row["id"] in new, "undelivered": row["id"] in bounced} for row in rows]


def _broken_by_hand(app: App, rows: Any) -> list[str]:
    """Of the rows shown, those whose file was broken by a hand edit that isn't committed yet."""
    from desk.store.broken import broken_now  # noqa: PLC0415 - 50 small files at most

    return [
        _("{problem} (not committed; the list shows the last good version)", problem=e.message)
        for e in broken_now(app.store, [r["id"] for r in rows[:100]])
    ]
