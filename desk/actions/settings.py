"""Settings in desk.toml: one is changed, the file's comments stay, and the change is one commit."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from desk import config
from desk.domain.changes import message
from desk.domain.model.actor import Actor
from desk.domain.model.change import Change, Event
from desk.domain.rights import rights
from desk.errors import Refused, UsageFault, did_you_mean
from desk.session.session import Session, zone
from desk.store import worktree
from desk.store.snapshot import Snapshot
from desk.store.store import Committed


class ChangedSetting(NamedTuple):
    """A setting that was changed."""

    done: Committed
    before: Any
    value: Any


def set_value(session: Session, name: str, given: str) -> ChangedSetting:
    """Change a setting; lists are joined by commas."""
    require_known(name)
    if name in config.NESTED:
        raise UsageFault(
            f"{name} has tables of its own", f"edit them in {config.FILE}, then: desk commit {config.FILE}"
        )
    value = config.check(name, given)
    if name == "desk.timezone":
        zone(value)
    before = session.config[name]
    if before == value:
        raise Refused(f"{name} is {given} already", f"desk config get {name}")

    def plan(_: Snapshot, by: Actor, at: datetime) -> Change:
        rights.require_level(by, "settings")
        was, now = config.plain(before), config.plain(value)
        event = Event(message.SET, was, now)
        text = f"{name} = {now} (was {was})"
        files = {config.FILE: _changed(session, name, value)}
        return Change(message.SET, by, at, (), None, text, files, ((name, event),))

    done = session.apply(plan)
    if name in ("ticket.impacts", "ticket.urgencies") and (missing := config.holes(config.load(_text(session)))):
        shown = ", ".join(f"{impact} × {urgency}" for impact, urgency in missing[:4])
        session.warnings.append(f"priority.matrix has no priority for {shown}: fill it in in {config.FILE}")
    return ChangedSetting(done, before, value)


def require_known(name: str) -> None:
    """Refuse the name of a setting that there isn't, naming the nearest."""
    if name not in config.SETTINGS:
        raise UsageFault(
            f"there is no setting {name!r}{did_you_mean(name, config.SETTINGS)}", "desk config list shows all of them"
        )


def _text(session: Session) -> str:
    return (worktree.read(session.place, config.FILE) or b"").decode()


def _changed(session: Session, name: str, value: Any) -> bytes:
    from desk.codec.toml import with_setting  # noqa: PLC0415 - 25 ms, for this alone

    return with_setting(_text(session), name, value).encode()
