"""Lists of tickets, incidents and problems."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from desk.app import App
from desk.commands import common
from desk.domain.fields import utc_text
from desk.domain.query import SORTABLE, Query, Scope
from desk.domain.workflow import LIVE, STATES
from desk.errors import NotFound, UsageFault
from desk.store import lists, seen
from desk.view.model import Column, Listing

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
        click.option("--service", "services", metavar="S", multiple=True, help="Of this affected service; repeat for more."),
        click.option("--major", is_flag=True, help="Only major incidents."),
        click.option("--since", metavar="D", help="Created on or after: 2026-07-23, today, 7d, 2w."),
        click.option("--until", metavar="D", help="Created on or before."),
        click.option("--field", "fields", metavar="K=V", multiple=True, help="With this custom field; repeated: all of them."),
        click.option("--unread", is_flag=True, help="Only with something I haven't seen; desk ticket show marks it as seen."),
        click.option("--overdue", is_flag=True, help="Only with a reply or a resolution overdue."),
        click.option("--search", metavar="WORDS", help="Containing these words, with or without accents."),
        click.option("--sort", metavar="FIELD", default="-created", help="Sort by a field; - in front: highest first."),
        click.option("--limit", metavar="N", type=click.IntRange(0), help="At most N rows; 0 for all."),
        click.option("--page", metavar="N", type=click.IntRange(1), default=1, help="The Nth lot of --limit rows."),
    ]  # fmt: skip
    for option in reversed(options):
        function = option(function)
    return function


@common.leaf(
    "list",
    example="desk ticket list --mine --priority high\ndesk ticket list --state any --tag malta -f csv > malta.csv",
)
@filters
@click.option(
    "--kind", "kinds", metavar="K", multiple=True, type=click.Choice(_KINDS), help="ticket, incident or problem."
)
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
    view = listing(app, given, ("problem",), "problems")
    from desk.store import problems as asked  # noqa: PLC0415 - for this list only

    known = app.store.ask(lambda index: asked.counts(index, [row["id"] for row in view.rows]))
    rows = [{**row, "incidents": known.get(row["id"], 0)} for row in view.rows]
    columns = [*view.columns[:-2], Column("incidents", "INCIDENTS", "number"), *view.columns[-2:]]
    return view._replace(rows=rows, columns=tuple(columns))


def listing(app: App, given: dict[str, Any], kinds: tuple[str, ...], noun: str) -> Listing:
    """One page of tickets."""
    query = _query(app, given, kinds)
    page = app.store.ask(lambda index: lists.tickets(index, query))
    rows = common.with_due(app, _marked(app, page.rows))
    notes = []
    if len(page.rows) < page.total - query.offset:
        first = query.offset + 1
        last = query.offset + len(page.rows)
        total = f"more than {page.total - 1}" if page.more else page.total
        notes.append(f"{noun} {first}-{last} of {total}; next: --page {given['page'] + 1}, all: --limit 0")
    warnings = _broken(app) + _broken_by_hand(app, page.rows)
    empty = f"page {given['page']} is past the end: {page.total} {noun} in all" if page.total else f"no {noun} found"
    return Listing("tickets", rows, common.TICKET_COLUMNS, empty, tuple(warnings), tuple(notes))


def _query(app: App, given: dict[str, Any], kinds: tuple[str, ...]) -> Query:
    sort = given["sort"].removeprefix("-")
    if sort not in SORTABLE:
        raise UsageFault(f"can't sort by {sort!r}", f"fields: {', '.join(SORTABLE)}")
    whose = given["whose"]
    if given["owner"] and whose in ("mine", "new"):
        raise UsageFault(f"--{whose} and --owner can't be used together", "--mine is --owner me, --new is --owner none")
    limit = _limit(app, given["limit"], given["page"])
    return tickets_of(app, {**given, "owner": {"mine": "me", "new": "none"}.get(whose, given["owner"])})._replace(
        scope=_scope(app, whose),
        states=_states(given["states"]),
        kinds=kinds,
        major=given["major"],
        since=common.moment(app, given["since"]),
        until=common.moment(app, given["until"], end=True),
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


def tickets_of(app: App, given: Mapping[str, Any]) -> Query:
    """The filters that lists and figures share, each value known to the desk."""
    return Query(
        kinds=tuple(given.get("kinds", ())),
        departments=tuple(common.existing(app, "department", d) for d in given["departments"]),
        tags=tuple(common.existing(app, "tag", t) for t in given["tags"]),
        owner=_owner(app, given["owner"]),
        requesters=_requesters(app, given["requester"]),
        priorities=tuple(str(common.chosen(app, "ticket.priorities", p)) for p in given["priorities"]),
        services=tuple(s.strip().lower() for s in given["services"]),
        search=given["search"],
        fields=_fields(app, given["fields"]),
    )


def _scope(app: App, whose: str | None) -> Scope | None:
    """New tickets are those of my departments alone (row 4.5); other lists have the ones I wrote as well."""
    found = app.scope()
    return found._replace(author="") if found and whose == "new" else found


def _limit(app: App, given: int | None, page: int) -> int:
    """Rows of a page; 0 for all. A table has pages unless told otherwise, machine formats when asked for one."""
    limit: int = given if given is not None else app.config["list.limit"]
    if given is None and page == 1 and app.format not in ("table", "md"):
        return 0
    if page > 1 and not limit:
        raise UsageFault(f"there is no page {page} of a list without a limit", "--limit N says how long a page is")
    return limit


def _owner(app: App, given: str | None) -> str | None:
    """A handle, "none", or None when nothing is asked; somebody deleted may still be named by old tickets."""
    if given is None:
        return None
    handle = app.person(given)
    if handle is None:
        return "none"
    if app.store.ask(lambda index: index.path_of("staff", handle)) is None and not app.store.ask(
        lambda index: index.rows("ticket", "owner = ?", (handle,), "LIMIT 1")
    ):
        raise app.store.missing("staff", given)
    return handle


def _states(given: tuple[str, ...]) -> tuple[str, ...]:
    wanted = tuple(word.lower() for state in given for word in state.split(","))
    for word in wanted:
        if word not in (*STATES, "any"):
            raise UsageFault(f"there is no state {word!r}", f"known: {', '.join(STATES)}, any")
    if "any" in wanted:
        return ()
    return wanted or LIVE


def _requesters(app: App, given: str | None) -> tuple[str, ...]:
    """Whose tickets: a requester's and, where the desk says so, those of everybody in the same organisation."""
    if not given:
        return ()
    found = _requester(app, given)
    if not app.config["users.share_organisation"]:
        return (found,)
    from desk.store.organisation import colleagues  # noqa: PLC0415 - for this filter only

    return tuple(app.store.ask(lambda index: colleagues(index, found)))


def _requester(app: App, given: str) -> str:
    """A requester's id, from that or from an e-mail address."""
    if "@" not in given:
        return common.existing(app, "user", given)
    rows = app.store.ask(lambda index: index.rows("user", "lower(email) = lower(?)", (given.strip(),)))
    if not rows:
        raise NotFound(f"nobody here has the address {given}", "desk user list --search WORDS")
    return str(rows[0]["id"])


def _fields(app: App, given: tuple[str, ...]) -> dict[str, Any]:
    if not given:
        return {}
    from desk.commands import custom_values  # noqa: PLC0415 - for this filter only

    return custom_values.wanted(app, "ticket", common.fields_of(given))


def _unread(app: App) -> tuple[str, ...]:
    """Ids of all tickets in which something happened that I haven't seen."""
    handle = app.me()
    mine = seen.load(app.place, handle, int(app.now.timestamp()))
    return tuple(sorted(app.store.ask(lambda index: seen.unread(index, handle, mine))))


def _marked(app: App, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows with `unread`: null for somebody unknown, who has nothing to come back to."""
    handle = None if app.format == "ids" else app.handle()
    if handle is None:
        return [{**row, "unread": None} for row in rows]
    mine = seen.load(app.place, handle, int(app.now.timestamp()))
    new = app.store.ask(lambda index: seen.unread(index, handle, mine, [row["id"] for row in rows]))
    return [{**row, "unread": row["id"] in new} for row in rows]


def _broken(app: App) -> list[str]:
    """Committed records that can't be read never break a list; they are said."""
    found = app.store.ask(lambda index: index.broken("records/tickets/"))
    said = [f"{path}:{line}: {problem}" for path, line, problem in found[:5]]
    return said + ([f"and {len(found) - 5} more records that can't be read: desk doctor"] if len(found) > 5 else [])


def _broken_by_hand(app: App, rows: Any) -> list[str]:
    """Of the rows shown, those whose file was broken by a hand edit that isn't committed yet."""
    from desk.store.broken import broken_now  # noqa: PLC0415 - 50 small files at most

    return [
        f"{e.message} (not committed; the list shows the last good version)"
        for e in broken_now(app.store, [r["id"] for r in rows[:100]])
    ]
