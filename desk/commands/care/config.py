"""desk config: the settings in desk.toml."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import click

from desk import config as settings
from desk.cli import leaf
from desk.cli.app import App
from desk.domain.changes import message
from desk.domain.model.actor import Actor
from desk.domain.model.change import Change, Event
from desk.domain.rights import rights
from desk.errors import Refused, UsageFault
from desk.session.session import zone
from desk.store import worktree
from desk.store.snapshot import Snapshot
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
    if row["id"] == "sla.calendar":
        return tuple(f"{name}: {_words(keys)}" for name, keys in row["value"].items())
    return (settings.plain(_shown(row)["value"]),)


def _policy(given: Any) -> list[str]:
    """`from 2026-01-01, 5 targets` and a line for each; anything may stand there that desk.toml can hold."""
    given = given if isinstance(given, dict) else {}
    targets = [t for t in given.get("target") or () if isinstance(t, dict)]
    more = {key: value for key, value in given.items() if key not in ("from", "target")}
    head = f"from {given.get('from')}, {len(targets)} targets"
    return [f"{head}: {_words(more)}" if more else head, *(f"  {n}. {_words(t)}" for n, t in enumerate(targets, 1))]


def _words(keys: Any) -> str:
    if not isinstance(keys, dict):
        return settings.plain(keys)
    return ", ".join(f"{key} {settings.plain(value)}" if value is not True else key for key, value in keys.items())


@leaf.leaf("list", example="desk config list")
def list_(app: App) -> Listing:
    """Show every setting: its value, where it comes from, and what it means."""
    rows = [_row(app, name) for name in settings.SETTINGS]
    columns = (
        Column("id", "SETTING", "id"),
        Column("value", "VALUE"),
        Column("source", "FROM"),
        Column("help", "MEANING", "title"),
    )
    return Listing("settings", rows, columns, "there are no settings", spell=lambda rows: [_shown(row) for row in rows])


@leaf.leaf("get", example="desk config get desk.timezone")
@click.argument("name", shell_complete=_complete)
def get(app: App, name: str) -> Done:
    """Show the value of one setting."""
    row = _row(app, _known(name))
    return Done("setting", row, _lines(row))


@leaf.leaf(
    "set", example="desk config set desk.timezone Europe/Athens\ndesk config set ticket.channels phone,email,web"
)
@click.argument("name", shell_complete=_complete)
@click.argument("value")
def set_(app: App, name: str, value: str) -> Done:
    """Change a setting in desk.toml and commit it; comments stay. Level 3 only. Lists are joined by commas."""
    _known(name)
    if name in settings.NESTED:
        raise UsageFault(
            f"{name} has tables of its own", f"edit them in {settings.FILE}, then: desk commit {settings.FILE}"
        )
    checked = settings.check(name, value)
    if name == "desk.timezone":
        zone(checked)
    before = app.config[name]
    if before == checked:
        raise Refused(f"{name} is {value} already", f"desk config get {name}")

    def plan(_snapshot: Snapshot, by: Actor, at: datetime) -> Change:
        rights.require_level(by, "settings")
        was, now = settings.plain(before), settings.plain(checked)
        event = Event(message.SET, was, now)
        text = f"{name} = {now} (was {was})"
        files = {settings.FILE: _changed(app, name, checked)}
        return Change(message.SET, by, at, (), None, text, files, ((name, event),))

    app.apply(plan)
    if name in ("ticket.impacts", "ticket.urgencies") and (missing := settings.holes(_read_again(app))):
        shown = ", ".join(f"{impact} × {urgency}" for impact, urgency in missing[:4])
        app.warnings.append(f"priority.matrix has no priority for {shown}: fill it in in {settings.FILE}")
    return Done(
        "setting", {"id": name, "value": checked, "before": before}, (f"{name} is now {settings.plain(checked)}",)
    )


def _read_again(app: App) -> settings.Config:
    return settings.load((worktree.read(app.place, settings.FILE) or b"").decode())


def _changed(app: App, name: str, value: Any) -> bytes:
    from desk.codec.toml import with_setting  # noqa: PLC0415 - 25 ms, for this command only

    return with_setting((worktree.read(app.place, settings.FILE) or b"").decode(), name, value).encode()


def _known(name: str) -> str:
    if name not in settings.SETTINGS:
        raise UsageFault(f"there is no setting {name!r}{settings.nearest(name)}", "desk config list shows all of them")
    return name
