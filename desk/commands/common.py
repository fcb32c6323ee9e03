"""What commands share: the leaf decorator with --format, completion, ids from arguments and stdin, dates, views."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import click

from desk.app import App
from desk.domain import data, due
from desk.domain.fields import utc_text
from desk.domain.record import Record
from desk.domain.workflow import STATES
from desk.errors import DeskError, NotFound, UsageFault
from desk.view.look import PAUSED
from desk.view.model import Column, Detail, Done

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

FORMATS = ("table", "json", "jsonl", "csv", "yaml", "md", "ids")
F = TypeVar("F", bound=Callable[..., Any])


def leaf(name: str, *, example: str) -> Callable[[Callable[..., Any]], click.Command]:
    """A command that does something: takes the App first, returns a view, and has --format and an example."""

    def wrap(function: Callable[..., Any]) -> click.Command:
        with_app = click.pass_obj(function)
        formatted = click.option(
            "-f",
            "--format",
            type=click.Choice(FORMATS),
            metavar="FORMAT",
            default="table",
            expose_value=False,
            is_eager=True,
            callback=_set_format,
            help=f"How to print the answer: {', '.join(FORMATS)}.",
        )(with_app)
        lines = "\n".join(f"  {line}" for line in example.splitlines())
        command = click.command(name, epilog=f"\b\nExample:\n{lines}")(formatted)
        # The option of all commands stands after a command's own in its help.
        command.params.append(command.params.pop(0))
        return command

    return wrap


def _set_format(ctx: click.Context, _param: click.Parameter, value: str) -> None:
    if isinstance(ctx.obj, App):
        ctx.obj.format = value


# -- completion --------------------------------------------------------------------------------------------------------


def _app_for_completion(ctx: click.Context) -> App:
    found = ctx.find_root().params
    return App(found.get("desk"), found.get("who"))


def _complete(question: Callable[[App, str], Iterable[tuple[str, str]]]) -> Callable[..., list[CompletionItem]]:
    """Completion that stays silent where there is no desk."""

    def complete(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        before, comma, word = incomplete.rpartition(",")
        try:
            found = list(question(_app_for_completion(ctx), word))
        except (DeskError, OSError):
            return []
        from click.shell_completion import CompletionItem  # noqa: PLC0415 - for the shell only

        return [CompletionItem(f"{before}{comma}{value}", help=text or None) for value, text in found]

    return complete


def _tickets(app: App, word: str) -> Iterable[tuple[str, str]]:
    rows = app.store.ask(
        lambda index: index.db.execute(
            "SELECT id, title FROM tickets WHERE id LIKE ?1 || '%' OR id LIKE '%' || ?1 ORDER BY created DESC LIMIT 50",
            (word.upper(),),
        ).fetchall()
    )
    return [(str(i), str(t)) for i, t in rows]


def _records(kind: str) -> Callable[[App, str], Iterable[tuple[str, str]]]:
    def question(app: App, word: str) -> Iterable[tuple[str, str]]:
        rows = app.store.ask(lambda index: index.rows(kind, "id LIKE ? || '%'", (word,), "ORDER BY id"))
        return [(str(r["id"]), str(r.get("name") or r.get("title") or r.get("description") or "")) for r in rows]

    return question


def _whos(app: App, word: str) -> Iterable[tuple[str, str]]:
    return [*((w, "") for w in ("me", "none") if w.startswith(word)), *_records("staff")(app, word)]


def _setting(name: str) -> Callable[[App, str], Iterable[tuple[str, str]]]:
    return lambda app, word: [(v, "") for v in app.config[name] if v.startswith(word)]


complete_ticket = _complete(_tickets)
complete_staff = _complete(_records("staff"))
complete_who = _complete(_whos)
complete_user = _complete(_records("user"))
complete_tag = _complete(_records("tag"))
complete_department = _complete(_records("department"))
complete_group = _complete(_records("group"))
complete_response = _complete(
    lambda app, word: {i.rpartition(".")[0]: t for i, t in _records("response")(app, word)}.items()
)
complete_checklist = _complete(
    lambda app, word: {i.rpartition(".")[0]: t for i, t in _records("checklist")(app, word)}.items()
)
complete_state = _complete(lambda _, word: [(s, "") for s in (*STATES, "any") if s.startswith(word)])
complete_priority = _complete(_setting("ticket.priorities"))
complete_impact = _complete(_setting("ticket.impacts"))
complete_urgency = _complete(_setting("ticket.urgencies"))
complete_channel = _complete(_setting("ticket.channels"))
complete_language = _complete(_setting("desk.languages"))


def complete_kind(kind: str) -> Callable[..., list[CompletionItem]]:
    return _complete(_records(kind))


# -- ids ---------------------------------------------------------------------------------------------------------------

ticket_ids = click.argument("ids", metavar="ID…", nargs=-1, required=True, shell_complete=complete_ticket)
one_ticket = click.argument("ids", metavar="ID[,ID…]", shell_complete=complete_ticket)
"""For commands in which other words follow: several ids are joined by commas."""


def words(given: Iterable[str]) -> list[str]:
    """Ids as typed: repeated, joined by commas, or `-` for those on stdin; each once, in order."""
    found: list[str] = []
    for word in given:
        text = sys.stdin.buffer.read().decode(errors="replace") if word == "-" else word
        found += [part for part in re.split(r"[,\s]+", text) if part]
    if not found:
        raise UsageFault("no ids were given", "name one, or pipe some in: desk ticket list -f ids | desk ticket … -")
    return list(dict.fromkeys(found))


def resolve(app: App, given: Iterable[str] | str) -> list[str]:
    """Ticket ids from what was typed."""
    given = [given] if isinstance(given, str) else list(given)
    if "-" in given and app.typed is not None:
        raise UsageFault("stdin can't give both the ids and the text", "give the text with --body, or --file PATH")
    return list(dict.fromkeys(app.store.resolve(word) for word in words(given)))


def only(app: App, given: str) -> str:
    """The other ticket, of which there is one."""
    found = resolve(app, given)
    if len(found) > 1:
        raise UsageFault(
            f"{given} names {len(found)} tickets where one is expected", "several stand before it, joined by commas"
        )
    return found[0]


def known(app: App, typed: str) -> str:
    """A ticket's id; a deleted ticket has a history too."""
    try:
        return app.store.resolve(typed)
    except NotFound:
        wanted = typed.strip().upper()
        if app.store.ask(lambda index: index.known_ticket(wanted)):
            return wanted
        raise


# -- dates -------------------------------------------------------------------------------------------------------------

_AGO = r"(\d{1,5})([dwmy])"
_HOURS_AGO = r"(\d{1,5})h"
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
_NAMED = {"today": 0, "yesterday": -1, "tomorrow": 1}
_DAY = r"\d{4}-\d\d-\d\d"


def moment(app: App, text: str | None, *, end: bool = False) -> str | None:
    """`2026-07-23`, `2026-07-23T10:00`, `today`, `yesterday`, `8h`, `7d`, `2w` in the desk's zone → RFC 3339 UTC.

    A day as the end of a range means the whole day.
    """
    if text is None:
        return None
    try:
        found, whole_day = _point(app.local(app.now), text.strip())
        if end and whole_day:
            found += timedelta(days=1)
        return found.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
    except (ValueError, OverflowError):
        raise UsageFault(
            f"{text!r} is not a date", "write 2026-07-23, 2026-07-23T10:00, today, yesterday, 8h, 7d or 2w"
        ) from None


def instant(text: str) -> datetime:
    """A time as records and answers hold it (RFC 3339)."""
    return datetime.fromisoformat(text)


def _point(now: datetime, text: str) -> tuple[datetime, bool]:
    """A point in local time, and whether a whole day is meant."""
    lowered = text.lower()
    if lowered in _NAMED:
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        return midnight + timedelta(days=_NAMED[lowered]), True
    if ago := re.fullmatch(_HOURS_AGO, lowered):
        return now - timedelta(hours=int(ago[1])), False
    if ago := re.fullmatch(_AGO, lowered):
        return now - timedelta(days=int(ago[1]) * _DAYS[ago[2]]), False
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=now.tzinfo), re.fullmatch(_DAY, text) is not None


def future_day(app: App, text: str | None) -> date | None:
    """A day to come: a date, `tomorrow`, or `3d` and `2w` from today."""
    if text is None:
        return None
    today = app.local(app.now).date()
    try:
        found = _day(today, text.strip().lower())
    except (ValueError, OverflowError):
        raise UsageFault(f"{text!r} is not a day", "write 2026-07-23, tomorrow, 3d or 2w") from None
    if found < today:
        app.warnings.append(f"{found} is past: the ticket is due to come back at once")
    return found


def _day(today: date, text: str) -> date:
    if text in _NAMED:
        return today + timedelta(days=_NAMED[text])
    if ahead := re.fullmatch(_AGO, text):
        return today + timedelta(days=int(ahead[1]) * _DAYS[ahead[2]])
    return date.fromisoformat(text.partition("t")[0])


# -- values ------------------------------------------------------------------------------------------------------------


def chosen(app: App, setting: str, value: str | None) -> str | None:
    """A value that must stand in a list of desk.toml, matched without case."""
    if value is None:
        return None
    known: tuple[str, ...] = app.config[setting]
    for candidate in known:
        if candidate.lower() == value.lower():
            return candidate
    what = setting.rpartition(".")[2].removesuffix("s").replace("prioritie", "priority").replace("urgencie", "urgency")
    raise UsageFault(f"there is no {what} {value!r}", f"known: {', '.join(known)} ({setting} in desk.toml)")


def existing(app: App, kind: str, record_id: str) -> str:
    """The id of a record that exists, matched without case; NotFound with the nearest otherwise."""
    wanted = unicodedata.normalize("NFC", record_id.strip()).lower()
    if app.store.ask(lambda index: index.path_of(kind, wanted)) is None:
        raise app.store.missing(kind, record_id)
    return wanted


def fields_of(given: Iterable[str]) -> dict[str, str]:
    """`--field K=V`, repeated."""
    found: dict[str, str] = {}
    for pair in given:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise UsageFault(f"--field {pair!r} is not NAME=VALUE", "such as --field country=MT")
        found[key.strip().lower()] = value
    return found


def checked_values(build: Callable[[], Any]) -> Any:
    """Run what parses values a person typed; their ValueErrors are usage errors."""
    try:
        return build()
    except ValueError as error:
        raise UsageFault(str(error)) from None


# -- views -------------------------------------------------------------------------------------------------------------


def shown(kind: str, plural: str, records: list[Record], lines: list[str], *, several: bool) -> Done:
    """What a verb did: an object for one thing, a list for several."""
    wholes = [data.whole(r) for r in records]
    return Done(plural, wholes, tuple(lines)) if several else Done(kind, wholes[0], tuple(lines))


def detail(kind: str, plural: str, items: list[dict[str, Any]], *, several: bool) -> Detail:
    return Detail(plural, items) if several else Detail(kind, items[0])


def with_due(app: App, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of tickets with what is due next; in words, a clock that stands still is `paused`."""
    now = utc_text(app.now)
    found = [due.shown(row, now) for row in rows]
    if app.format in ("table", "md"):
        return [{**r, "next_due": PAUSED if r["next_due"] is None and due.running(r) else r["next_due"]} for r in found]
    return found


# The id says the day already and most people serve few departments: these go before the title does, and before what is due.
TICKET_COLUMNS = (
    Column("id", "ID", "id"),
    Column("state", "STATE", "state"),
    Column("priority", "PRIO", "priority"),
    Column("major", "", "major"),
    Column("department", "DEPARTMENT", spare=2),
    Column("owner", "OWNER"),
    Column("unread", "", "mark"),
    Column("title", "TITLE", "title"),
    Column("next_due", "DUE", "due", 1),
    Column("tags", "TAGS", "tags", 4),
    Column("created", "CREATED", "time", 3),
)
