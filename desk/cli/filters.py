"""The options that narrow a list of tickets, and the query they mean."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from desk.actions import identifiers
from desk.cli import arguments, complete, dates
from desk.cli.app import App
from desk.domain.model.query import Query
from desk.domain.model.states import CLOSED
from desk.errors import NotFound, UsageFault
from desk.text import _, arranged

T = TypeVar("T", bound=Callable[..., Any])
_EVERY = "2s"
"""Seconds between two looks of whoever watches, unless told otherwise."""


def filters(function: T) -> T:
    """The options that every list of tickets has."""
    options = [
        click.option("--mine", is_flag=True, help="Only tickets I own."),
        click.option("--new", is_flag=True, help="Only tickets nobody owns, in my departments."),
        click.option("--all", is_flag=True, help="All tickets of my departments (the default)."),
        click.option("--state", "states", metavar="S", multiple=True, shell_complete=complete.complete_state,
                     help="open, pending, closed or any; default: all but closed."),
        click.option("--department", "departments", metavar="D", multiple=True, shell_complete=complete.complete_department,
                     help="Of this department; repeat for more, or join by commas."),
        click.option("--tag", "tags", metavar="T", multiple=True, shell_complete=complete.complete_tag,
                     help="Carrying this tag; repeated, or joined by commas: all of them."),
        click.option("--owner", metavar="WHO", shell_complete=complete.complete_who, help="A handle, me, or none."),
        click.option("--requester", cls=arguments.PickedOption, kind="user", metavar="U", shell_complete=complete.complete_user,
                                help="Of this requester."),
        click.option("--priority", "priorities", metavar="P", multiple=True, shell_complete=complete.complete_priority,
                     help="Of this priority; repeat for more, or join by commas."),
        click.option("--service", "services", metavar="S", multiple=True,
                     help="Of this affected service; repeat for more, or join by commas."),
        click.option("--not-tag", "without", metavar="T", multiple=True, shell_complete=complete.complete_tag,
                     help="Not carrying this tag; repeat for more."),
        click.option("--language", "languages", metavar="L", multiple=True, shell_complete=complete.complete_language,
                     help="In this language."),
        click.option("--channel", "channels", metavar="C", multiple=True, shell_complete=complete.complete_channel,
                     help="That came this way: phone, email …"),
        click.option("--impact", "impacts", metavar="I", multiple=True, shell_complete=complete.complete_impact,
                     help="Of this impact."),
        click.option("--group", "groups", metavar="G", multiple=True, shell_complete=complete.complete_group,
                     help="Of requesters of this group."),
        click.option("--organisation", metavar="WORDS", help="Of requesters whose organisation is called so."),
        click.option("--updated", metavar="D", help="Something happened on or after that day."),
        click.option("--closed", metavar="D", help="Closed on or after that day."),
        click.option("--major", is_flag=True, help="Only major incidents."),
        click.option("--since", metavar="D", help="Created on or after: 2026-07-23, today, 7d, 2w."),
        click.option("--until", metavar="D", help="Created on or before."),
        click.option("--field", "fields", metavar="K=V", multiple=True, shell_complete=complete.complete_ticket_field,
                     help="With this custom field; repeated: all of them."),
        click.option("--unread", is_flag=True, help="Only with something I haven't seen; desk ticket show marks it as seen."),
        click.option("--overdue", is_flag=True, help="Only with a reply or a resolution overdue."),
        click.option("--search", metavar="WORDS", help="Containing these words, with or without accents."),
        click.option("--sort", metavar="A,-B", shell_complete=complete.complete_sort,
                     help="Sort by fields, the weightiest first; - in front: highest first.  [default: -created]"),
        click.option("--columns", metavar="A,B", shell_complete=complete.complete_columns,
                     help="The columns, such as id,age,requester,title,due; for programs these fields alone."),
        click.option("--filter", "saved", metavar="NAME", shell_complete=complete.complete_filter,
                     help="Options saved by desk filter save; those given beside them go first."),
        dates.as_of_option,
        click.option("--limit", metavar="N", type=click.IntRange(0, 10**9), help="At most N rows; 0 for all."),
        click.option("--page", metavar="N", type=click.IntRange(1, 10**9), default=1, help="The Nth lot of --limit rows."),
    ]  # fmt: skip
    for option in reversed(options):
        function = option(function)
    return function


_WHOSE = ("mine", "new", "all")


def whose(given: Mapping[str, Any]) -> str | None:
    """Which of --mine, --new and --all was asked for; UsageFault for two of them, of which one would be forgotten."""
    asked = [name for name in _WHOSE if given[name]]
    if len(asked) > 1:
        raise UsageFault(
            _("--{one} and --{other} can't be used together", one=asked[0], other=asked[1]),
            _("leave one of them out; what is new is nobody's"),
        )
    return asked[0] if asked else None


def require_possible(query: Query) -> None:
    """Refuse filters that no ticket can pass: an empty list would look like an answer."""
    dates.require_order(query.since, query.until)
    if both := sorted({*query.tags} & {*query.without}):
        raise UsageFault(_("--tag and --not-tag both name {tag}", tag=both[0]), _("leave one of them out"))
    if query.overdue and query.states == (CLOSED,):
        raise UsageFault(_("nothing that is closed is overdue"), _("what was late: desk sla list --breached"))


def watched(function: Callable[..., Any], *, files: bool = False) -> Callable[..., Any]:
    """A list that stays on the screen where --watch asks for it. `files`: what it shows is no record, and is looked at anew
    each time.
    """

    @wraps(function)
    def run(app: App, *, watch: bool, every: int, bell: bool, notice: bool, **given: Any) -> Any:
        if not watch:
            if bell or notice:
                raise UsageFault(_("--bell and --notice go with --watch"), _("add --watch, or leave them out"))
            return function(app, **given)
        if given.get("as_of"):
            raise UsageFault(_("the past doesn't change: --watch is about now"), _("leave out --as-of"))
        from desk.cli.clerk import lookout  # noqa: PLC0415 - for whoever watches

        alarm = lookout.Alarm(bell, notice)
        return lookout.watch(app, lambda: function(app, **given), every, alarm, files=files)

    option = click.option("--watch", is_flag=True, help="Keep it on the screen, as it changes, until Ctrl-C.")
    own = getattr(run, _PARAMS)  # as decorators leave them, the last one first
    setattr(run, _PARAMS, [])
    made = option(lookout_options(run))
    setattr(made, _PARAMS, [*getattr(made, _PARAMS), *own])
    return made


_PARAMS = "__click_params__"
"""Where click keeps the options of a function: those of watching are told behind a list's own."""


def lookout_options(function: T) -> T:
    """--every, --bell and --notice."""
    options = (
        click.option("--every", metavar="TIME", callback=dates.interval(1, 3600), default=_EVERY, show_default=True,
                     help="How often to look: 10s, 5m."),
        click.option("--bell", is_flag=True, help="Ring when a ticket is given to me, or a new one is urgent."),
        click.option("--notice", is_flag=True, help="Tell me so on the desktop as well (notify-send, or the terminal)."),
    )  # fmt: skip
    for option in reversed(options):
        function = option(function)
    return function


def options_of(name: str, words: list[str]) -> dict[str, Any]:
    """What the words of a saved filter set, by the names that a list's options have; UsageFault where they are none."""

    @click.command(name)
    @filters
    @click.option("--kind", "kinds", multiple=True)
    def probe(**_: Any) -> None:
        """Parsed, and never run."""

    try:
        with probe.make_context(name, list(words)) as ctx:
            given = {n: v for n, v in ctx.params.items() if ctx.get_parameter_source(n) is not ParameterSource.DEFAULT}
    except click.UsageError as error:
        from desk.cli.speech import mistakes  # noqa: PLC0415 - for a mistake alone

        problem = mistakes.in_our_form(error, []).message
        raise UsageFault(
            _("filter {name}: {problem}", name=name, problem=problem), _("options: desk ticket list --help")
        ) from None
    if "saved" in given:
        raise UsageFault(_("filter {name} names another filter", name=name), _("write out what that one says"))
    return given


def with_saved(app: App, given: dict[str, Any]) -> dict[str, Any]:
    """Options with those of --filter where none was given on the line; NotFound for a name that nobody has saved."""
    name = given["saved"]
    if name is None:
        return given
    from desk.cli.clerk import personal  # noqa: PLC0415 - where somebody has such a file

    known = {**personal.shared(app.env, app.folder, personal.FILTER), **personal.load(app.env, personal.FILTER)}
    if name not in known:
        raise personal.unknown(name, known)
    ctx = click.get_current_context()
    saved = options_of(name, personal.split_words(name, known[name]))
    kept = {n: v for n, v in saved.items() if n in given and ctx.get_parameter_source(n) is ParameterSource.DEFAULT}
    if any(given[n] for n in _WHOSE):
        kept = {n: v for n, v in kept.items() if n not in _WHOSE}
    return {**given, **kept}


def narrowed(app: App, query: Query, given: Mapping[str, Any]) -> Query:
    """A list's query with the filters that only lists have."""
    people = _employed(app, given["organisation"])
    if people is not None and query.requesters:
        people = tuple(one for one in query.requesters if one in people) or ("-",)
    updated = dates.parse_moment(app, given["updated"])
    return query._replace(
        requesters=query.requesters if people is None else people,
        languages=_listed(app, "desk.languages", given["languages"]),
        channels=_listed(app, "ticket.channels", given["channels"]),
        impacts=_listed(app, "ticket.impacts", given["impacts"]),
        groups=tuple(identifiers.require_existing(app, "group", g) for g in each(given["groups"])),
        without=tuple(identifiers.require_existing(app, "tag", t) for t in each(given["without"])),
        updated=int(dates.parse_instant(updated).timestamp()) if updated else None,
        closed=dates.parse_moment(app, given["closed"]),
    )


def _listed(app: App, setting: str, given: Iterable[str]) -> tuple[str, ...]:
    return tuple(str(identifiers.require_listed(app, setting, value)) for value in each(given))


def _employed(app: App, given: str | None) -> tuple[str, ...] | None:
    """Ids of requesters whose organisation has all these words; NotFound where there is none."""
    if not given:
        return None
    from desk.queries.people import employed  # noqa: PLC0415 - for this filter only

    found = app.store.ask(lambda index: employed(index, given))
    if not found:
        raise NotFound(
            _("no requester's organisation is called {name}", name=given[:60]),
            _("see: desk user list"),
        )
    return tuple(found)


def tickets_of(app: App, given: Mapping[str, Any]) -> Query:
    """The filters that lists and figures share, each value known to the desk."""
    return Query(
        kinds=tuple(given.get("kinds", ())),
        departments=tuple(identifiers.require_existing(app, "department", d) for d in each(given["departments"])),
        tags=tuple(identifiers.require_existing(app, "tag", t) for t in each(given["tags"])),
        owner=_owner(app, given["owner"]),
        requesters=_requesters(app, given["requester"]),
        priorities=tuple(
            str(identifiers.require_listed(app, "ticket.priorities", p)) for p in each(given["priorities"])
        ),
        services=tuple(s.lower() for s in each(given["services"])),
        search=given["search"],
        fields=_fields(app, given["fields"]),
    )


def each(given: Iterable[str]) -> list[str]:
    """Values of an option that may be repeated, or joined by commas."""
    return [part.strip() for value in given for part in value.split(",") if part.strip()]


def _owner(app: App, given: str | None) -> str | None:
    """A handle, "none", or None when nothing is asked; somebody deleted may still be named by old tickets."""
    if given is None:
        return None
    if "," in given:
        raise UsageFault(_("--owner takes one person"), _("for all of a department: --department D"))
    handle = app.person(given)
    if handle is None:
        return "none"
    if app.store.ask(lambda index: index.path_of("staff", handle)) is None and not app.store.ask(
        lambda index: index.rows("ticket", "owner = ?", (handle,), "LIMIT 1")
    ):
        raise app.store.missing("staff", given)
    return handle


def _requesters(app: App, given: str | None) -> tuple[str, ...]:
    """Whose tickets: a requester's and, where the desk says so, those of everybody in the same organisation."""
    if not given:
        return ()
    found = _requester(app, given)
    if not app.config["users.share_organisation"]:
        return (found,)
    from desk.queries.people import colleagues  # noqa: PLC0415 - for this filter only

    return tuple(app.store.ask(lambda index: colleagues(index, found)))


def _requester(app: App, given: str) -> str:
    """A requester's id, from that, an e-mail address, a name or a telephone number."""
    from desk.actions import requesters  # noqa: PLC0415 - for this filter only

    if not requesters.is_address(given):
        return app.store.ask(lambda index: requesters.find(index, given))
    from desk.queries.people import with_address  # noqa: PLC0415 - as above

    found = app.store.ask(lambda index: with_address(index, given, ("user",)))
    if not found:
        raise NotFound(
            _("nobody here has the address {address}", address=given),
            arranged("desk user list --search {given}", given=given.strip()[:60]),
        )
    return found[0][1]


def _fields(app: App, given: tuple[str, ...]) -> dict[str, Any]:
    return fields_wanted(app, "ticket", identifiers.fields_of(given)) if given else {}


def fields_wanted(app: App, on: str, given: dict[str, str]) -> dict[str, Any]:
    """Values of custom fields to compare with, by their declarations; of a field that was removed, as text.

    NotFound for one that never was.
    """
    from desk.domain.model.organisation import CustomField  # noqa: PLC0415 - for this filter only
    from desk.domain.people import customfields  # noqa: PLC0415 - as above

    rows = {str(r["id"]): r for r in app.store.ask(lambda index: index.rows("field", '"on" = ?', (on,)))}
    known = {name: CustomField.new(**rows[name]) for name in given if name in rows}
    for name in given:
        if name not in known and not app.store.ask(lambda index, name=name: index.used("field", name)):  # type: ignore[misc]
            raise app.store.missing("field", name)
    return {name: customfields.parse(known[name], value) if name in known else value for name, value in given.items()}
