"""desk config: the settings in desk.toml."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import click

from desk import config as settings
from desk.actions.care import settings as actions_settings
from desk.cli import leaf
from desk.cli.app import App
from desk.errors import UsageFault
from desk.setting import plain
from desk.text import _, arranged, listed, pgettext
from desk.view.model import Column, Done, Listing, Row


def _complete(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    return [name for name in settings.SETTINGS if name.startswith(incomplete)]


def _row(app: App, name: str) -> dict[str, Any]:
    value = app.config[name]
    return {
        "id": name,
        "value": _data(value),
        "source": settings.FILE if app.config.given(name) else "default",
        "help": settings.SETTINGS[name].help,
    }


def _data(value: Any) -> Any:
    """A value as JSON knows it."""
    if isinstance(value, Mapping):
        return {key: _data(inner) for key, inner in value.items()}
    return [_data(inner) for inner in value] if isinstance(value, tuple | list) else value


def _shown(row: Row) -> Row:
    """What has tables of its own in one cell, for people."""
    value = row["value"]
    if row["id"] == "priority.matrix":
        return {**row, "value": "; ".join(f"{impact}: {' '.join(levels.values())}" for impact, levels in value.items())}
    if row["id"] == "sla.policy":
        return {**row, "value": "; ".join(_policy(policy)[0] for policy in value) or None}
    return {**row, "value": ", ".join(value) or None} if row["id"] in settings.NESTED else row


def _lines(row: dict[str, Any]) -> tuple[str, ...]:
    """A value by itself, for people: calendars and policies over several lines."""
    if row["id"] == "sla.policy":
        return tuple(line for policy in row["value"] for line in _policy(policy))
    if row["id"] == "priority.matrix":
        return tuple(
            arranged("{name}: {words}", name=name, words=_to_each(levels)) for name, levels in row["value"].items()
        )
    if row["id"] == "sla.calendar":
        return tuple(arranged("{name}: {words}", name=name, words=_words(keys)) for name, keys in row["value"].items())
    return (plain(_shown(row)["value"]),)


def _policy(given: Any) -> list[str]:
    """`from 2026-01-01, 5 targets` and a line for each; anything may stand there that desk.toml can hold."""
    given = given if isinstance(given, dict) else {}
    targets = [t for t in given.get("target") or () if isinstance(t, dict)]
    more = {key: value for key, value in given.items() if key not in ("from", "target")}
    head = _("from {from_}, {n} targets", from_=given.get("from"), n=len(targets))
    return [
        arranged("{head}: {words}", head=head, words=_words(more)) if more else head,
        *(arranged("  {n}. {words}", n=n, words=_words(t)) for n, t in enumerate(targets, 1)),
    ]


def _to_each(levels: dict[str, str]) -> str:
    """Which priority each urgency has."""
    return listed(arranged("{urgency} → {priority}", urgency=u, priority=p) for u, p in levels.items())


def _words(keys: Any) -> str:
    if not isinstance(keys, dict):
        return plain(keys)
    return ", ".join(f"{key} {plain(value)}" if value is not True else key for key, value in keys.items())


@leaf.leaf("list", example="desk config list")
def list_(app: App) -> Listing:
    """Show every setting: its value, where it comes from, and what it means."""
    rows = [_row(app, name) for name in settings.SETTINGS]
    columns = (
        Column("id", pgettext("column", "SETTING"), "id"),
        Column("value", pgettext("column", "VALUE"), "phrase"),
        Column("source", pgettext("column", "FROM"), "word"),
        Column("help", pgettext("column", "MEANING"), "sentence"),
    )
    return Listing(
        "settings", rows, columns, _("there are no settings"), spell=lambda rows: [_shown(row) for row in rows]
    )


@leaf.leaf("get", example="desk config get desk.timezone")
@click.argument("name", shell_complete=_complete)
def get(app: App, name: str) -> Done:
    """Show the value of one setting."""
    actions_settings.require_known(name)
    row = _row(app, name)
    return Done("setting", row, _lines(row), answer=True)


@leaf.leaf(
    "set",
    example="desk config set desk.timezone Europe/Athens\ndesk config set ticket.channels phone,email,web\n"
    "desk config set list.columns id,age,requester,title,due --own",
)
@click.argument("name", shell_complete=_complete)
@click.argument("value")
@click.option(
    "--own", is_flag=True, help="For me alone, in a file of mine: list.columns, list.sort; empty takes it away."
)
def set_(app: App, name: str, value: str, *, own: bool) -> Done:
    """Change a setting in desk.toml and commit it; comments stay. Level 3 only. Lists are joined by commas."""
    if own:
        return _set_own(app, name, value)
    done = actions_settings.set_value(app, name, value)
    shown = _("{name} is now {done}", name=name, done=plain(done.value))
    return Done("setting", {"id": name, "value": done.value, "before": done.before}, (shown,))


def _set_own(app: App, name: str, value: str) -> Done:
    """A default of one person, tried before it is kept; it goes before the desk's, and an option before both."""
    from desk.cli.clerk import columns, personal  # noqa: PLC0415 - for this use alone

    checks: dict[str, Callable[[App, str], object]] = {
        "list.columns": columns.choose_columns,
        "list.sort": columns.sort_keys,
    }
    if name not in checks:
        raise UsageFault(
            _("{name} is a setting of the whole desk", name=name[:60]),
            _("of one's own: {names}", names=", ".join(checks)),
        )
    if value:
        checks[name](app, value)
    personal.save(app.env, personal.LIST, name.removeprefix("list."), value or None)
    said = _("{name} is now {value}, for you", name=name, value=value or _("what the desk says"))
    return Done("setting", {"id": name, "value": value or None, "own": True}, (said,))
