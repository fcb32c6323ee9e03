"""Lists of tickets, incidents and problems."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from desk.app import App
from desk.commands import common
from desk.domain.query import SORTABLE, Query
from desk.domain.workflow import LIVE, STATES
from desk.errors import UsageFault
from desk.store import lists
from desk.view.model import Listing

T = TypeVar("T", bound=Callable[..., Any])
_KINDS = ("ticket", "incident", "problem")


def filters(function: T) -> T:
    """The options that every list of tickets has."""
    options = [
        click.option("--mine", "whose", flag_value="mine", help="Only tickets I own."),
        click.option("--new", "whose", flag_value="new", help="Only tickets nobody owns, in my departments."),
        click.option("--all", "whose", flag_value="all", help="All tickets of my departments (the default)."),
        click.option("--state", "states", metavar="S", multiple=True, shell_complete=common.complete_state,
                     help="open, pending, closed or any; default: all but closed."),
        click.option("--department", "departments", metavar="D", multiple=True, shell_complete=common.complete_department,
                     help="Of this department; repeat for more."),
        click.option("--tag", "tags", metavar="T", multiple=True, shell_complete=common.complete_tag,
                     help="Carrying this tag; repeated: all of them."),
        click.option("--owner", metavar="WHO", shell_complete=common.complete_who, help="A handle, me, or none."),
        click.option("--requester", metavar="U", shell_complete=common.complete_user, help="Of this requester."),
        click.option("--priority", "priorities", metavar="P", multiple=True, shell_complete=common.complete_priority,
                     help="Of this priority; repeat for more."),
        click.option("--since", metavar="D", help="Created on or after: 2026-07-23, today, 7d, 2w."),
        click.option("--until", metavar="D", help="Created on or before."),
        click.option("--search", metavar="WORDS", help="Containing these words, with or without accents."),
        click.option("--sort", metavar="FIELD", default="-created", help="Sort by a field; - in front: highest first."),
        click.option("--limit", metavar="N", type=click.IntRange(0), help="At most N rows; 0 for all."),
        click.option("--page", metavar="N", type=click.IntRange(1), default=1, help="The Nth lot of --limit rows."),
    ]  # fmt: skip
    for option in reversed(options):
        function = option(function)
    return function


@common.leaf("list", example="desk ticket list --mine --priority high\ndesk ticket list --state any --tag malta -f csv > malta.csv")
@filters
@click.option("--kind", "kinds", metavar="K", multiple=True, type=click.Choice(_KINDS), help="ticket, incident or problem.")
def list_(app: App, **given: Any) -> Listing:
    """List tickets, newest first: those of your departments that are not closed, unless you ask otherwise."""
    return listing(app, given, tuple(given["kinds"]), "tickets")


@common.leaf("list", example="desk incident list --new")
@filters
def incidents(app: App, **given: Any) -> Listing:
    """List incidents: tickets tagged incident."""
    return listing(app, given, ("incident",), "incidents")


@common.leaf("list", example="desk problem list --state any")
@filters
def problems(app: App, **given: Any) -> Listing:
    """List problems: tickets tagged problem."""
    return listing(app, given, ("problem",), "problems")


def listing(app: App, given: dict[str, Any], kinds: tuple[str, ...], noun: str) -> Listing:
    """One page of tickets."""
    query = _query(app, given, kinds)
    page = app.store.ask(lambda index: lists.tickets(index, query))
    notes = []
    if len(page.rows) < page.total - query.offset:
        first = query.offset + 1
        last = query.offset + len(page.rows)
        notes.append(f"{noun} {first}-{last} of {page.total}; next: --page {given['page'] + 1}, all: --limit 0")
    warnings = _broken(app) + _broken_by_hand(app, page.rows)
    return Listing("tickets", page.rows, common.TICKET_COLUMNS, f"no {noun} found", tuple(warnings), tuple(notes))


def _query(app: App, given: dict[str, Any], kinds: tuple[str, ...]) -> Query:
    limit = given["limit"]
    if limit is None:
        limit = app.config["list.limit"] if app.format in ("table", "md") else 0
    sort = given["sort"].removeprefix("-")
    if sort not in SORTABLE:
        raise UsageFault(f"can't sort by {sort!r}", f"fields: {', '.join(SORTABLE)}")
    whose = given["whose"]
    owner = app.person(given["owner"]) or "none" if given["owner"] else None
    return Query(
        scope=app.scope(),
        states=_states(given["states"]),
        kinds=kinds,
        departments=tuple(common.existing(app, "department", d) for d in given["departments"]),
        tags=tuple(t.lower() for t in given["tags"]),
        owner=app.me() if whose == "mine" else "none" if whose == "new" else owner,
        requester=_requester(app, given["requester"]),
        priorities=tuple(str(common.chosen(app, "ticket.priorities", p)) for p in given["priorities"]),
        since=common.moment(app, given["since"]),
        until=common.moment(app, given["until"], end=True),
        search=given["search"],
        sort=sort,
        descending=given["sort"].startswith("-"),
        limit=limit,
        offset=(given["page"] - 1) * limit,
        ranks={n: app.config[f"ticket.{s}"] for n, s in (("priority", "priorities"), ("impact", "impacts"), ("urgency", "urgencies"))},
    )


def _states(given: tuple[str, ...]) -> tuple[str, ...]:
    wanted = tuple(word.lower() for state in given for word in state.split(","))
    for word in wanted:
        if word not in (*STATES, "any"):
            raise UsageFault(f"there is no state {word!r}", f"known: {', '.join(STATES)}, any")
    if "any" in wanted:
        return ()
    return wanted or LIVE


def _requester(app: App, given: str | None) -> str | None:
    if given is None or "@" not in given:
        return given.lower() if given else None
    rows = app.store.ask(lambda index: index.rows("user", "lower(email) = lower(?)", (given,)))
    return str(rows[0]["id"]) if rows else given


def _broken(app: App) -> list[str]:
    """Committed records that can't be read never break a list; they are said."""
    found = app.store.ask(lambda index: index.broken("records/tickets/"))
    said = [f"{path}:{line}: {problem}" for path, line, problem in found[:5]]
    return said + ([f"and {len(found) - 5} more records that can't be read: desk doctor"] if len(found) > 5 else [])


def _broken_by_hand(app: App, rows: Any) -> list[str]:
    """Of the rows shown, those whose file was broken by a hand edit that isn't committed yet."""
    from desk.store.hand import broken_now  # noqa: PLC0415 - 50 small files at most

    return [f"{e.message} (not committed; the list shows the last good version)" for e in broken_now(app.store, [r["id"] for r in rows[:100]])]
