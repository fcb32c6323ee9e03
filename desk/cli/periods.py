"""Periods and days as options: --days, --since, --until, --as-of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

import click

from desk.cli import complete, dates
from desk.cli.app import App
from desk.cli.filters import tickets_of
from desk.domain.figures.statistics import Period
from desk.domain.model.fields import parse_time, utc_text
from desk.domain.model.organisation import WORK
from desk.domain.model.query import Query
from desk.errors import UsageFault
from desk.index.index import Index
from desk.named import NamedTuple
from desk.queries import tickets
from desk.queries.counting import Asked
from desk.session.session import zone
from desk.store import asof
from desk.text import _

T = TypeVar("T", bound=Callable[..., Any])

_PERIOD = (
    click.option("--days", metavar="N", type=click.IntRange(1, 3660), help="The last N days, today included."),
    click.option("--since", metavar="D", help="From this day on: 2026-07-23, yesterday, 7d, 2w."),
    click.option("--until", metavar="D", help="Up to and including this day; default: today."),
    click.option(
        "--as-of",
        metavar="D|COMMIT",
        help="As the desk was at a day, a time, a commit, or COMMIT@TIME as a report names it.",
    ),
)
_FILTERS = (
    click.option("--department", "departments", metavar="D", multiple=True, shell_complete=complete.complete_department,
                 help="Only tickets of this department; repeat for more."),
    click.option("--tag", "tags", metavar="T", multiple=True, shell_complete=complete.complete_tag,
                 help="Only tickets carrying this tag; repeated: all of them."),
    click.option("--kind", "kinds", metavar="K", multiple=True, type=click.Choice(WORK), help="Only ticket, incident or problem."),
    click.option("--owner", metavar="WHO", shell_complete=complete.complete_who, help="A handle, me, or none."),
    click.option("--requester", metavar="U", shell_complete=complete.complete_user, help="Only of this requester."),
    click.option("--priority", "priorities", metavar="P", multiple=True, shell_complete=complete.complete_priority,
                 help="Only of this priority; repeat for more."),
    click.option("--service", "services", metavar="S", multiple=True, help="Only about this service; repeat for more."),
    click.option("--field", "fields", metavar="K=V", multiple=True, shell_complete=complete.complete_ticket_field,
                     help="Only with this custom field; repeated: all of them."),
    click.option("--search", metavar="WORDS", help="Only containing these words, with or without accents."),
)  # fmt: skip


def period_options(function: T) -> T:
    """--days, --since, --until and --as-of."""
    for option in reversed(_PERIOD):
        function = option(function)
    return function


def filters(function: T) -> T:
    """The filters of `ticket list` that make sense for figures."""
    for option in reversed(_FILTERS):
        function = option(function)
    return function


# -- the commit and its moment -----------------------------------------------------------------------------------------


class Stand(NamedTuple):
    """The commit that is spoken for, and the moment at which the clock stood."""

    commit: str
    moment: datetime

    @property
    def name(self) -> str:
        """What --as-of takes to get the same again."""
        return f"{self.commit[:12]}@{utc_text(self.moment)}"


def read_stand(app: App, as_of: str | None) -> Stand:
    """What the person asked for; with --as-of the clock of this run is put back to that moment."""
    if as_of is None:
        return Stand(app.store.commit_now(), app.now)
    found = _stand_of(app, as_of.strip())
    if found.moment > app.now:
        raise UsageFault(_("{as_of} lies in the future", as_of=as_of), _("leave --as-of out for the desk as it is now"))
    app.now = found.moment
    return found


def _stand_of(app: App, text: str) -> Stand:
    name, at, time = text.rpartition("@")
    try:
        if at and name:
            return Stand(asof.commit_named(app.store, name), parse_time(time))
    except ValueError:
        pass  # such as main@{yesterday}, which is git's own
    try:
        moment = dates.parse_moment(app, text, end=True)
    except UsageFault:
        oid = asof.commit_named(app.store, text)
        return Stand(oid, datetime.fromtimestamp(asof.moment_of(app.store, oid), UTC))
    if moment == dates.parse_moment(app, text):
        return Stand(asof.commit_at(app.store, str(moment), app.now), parse_time(str(moment)))
    # A whole day ends with its last second, and today has not ended yet.
    last = min(parse_time(str(moment)) - timedelta(seconds=1), app.now)
    return Stand(asof.commit_at(app.store, str(moment), app.now), last)


@contextmanager
def open_reading(app: App, at: Stand) -> Iterator[Index]:
    """The index of the commit that is spoken for."""
    with asof.index_at(app.store, at.commit) as index:
        app.warn_of_unread(index=index)
        yield index


# -- the period --------------------------------------------------------------------------------------------------------


def period(app: App, days: int | None, since: str | None, until: str | None, usual: int) -> Period:
    """The days that were asked for; by default the last `usual` ones."""
    if days and since:
        raise UsageFault(_("--days can't be used with --since"), _("give one or the other; --until goes with both"))
    try:
        last = _day(app, until) if until else app.local(app.now).date()
        if not since:
            return Period(last - timedelta(days=(days or usual) - 1), last)
        first = _day(app, since)
        Period(first, last).before().seconds(UTC)
    except OverflowError:
        raise UsageFault(_("the period lies beyond the calendar"), _("write days such as 2026-07-23")) from None
    if first > last:
        raise UsageFault(
            _("the period ends on {last}, before it begins on {first}", last=last, first=first),
            _("swap --since and --until"),
        )
    return Period(first, last)


def _day(app: App, text: str) -> date:
    return app.local(parse_time(str(dates.parse_moment(app, text)))).date()


def begin_of(app: App, span: Period) -> str:
    """When the period begins that another one is compared to, RFC 3339 UTC."""
    begin, _end = span.before().seconds(zone(app.config["desk.timezone"]) or UTC)
    return utc_text(datetime.fromtimestamp(begin, UTC))


def build_question(app: App, span: Period, given: dict[str, Any] | None = None) -> Asked:
    """The question to the index, with the filters of the command. Says where this clone doesn't know of the whole period."""
    app.warn_of_cut(begin_of(app, span))
    query = Query() if given is None else tickets_of(app, given)
    moment, ranks = int(app.now.timestamp()), {by: app.config[name] for by, name in _ORDERED.items()}
    return Asked(span, zone(app.config["desk.timezone"]), moment, tickets.condition(query), ranks)


_ORDERED = {"priority": "ticket.priorities", "channel": "ticket.channels", "language": "desk.languages"}
"""What is grouped by words that desk.toml has an order of."""
