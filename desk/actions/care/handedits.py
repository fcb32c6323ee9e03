"""What was changed past desk's commands: hand edits committed, and what the doctor mends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from desk import config
from desk.actions.care import settings
from desk.checks import edits as checks_edits
from desk.doctor import files, table
from desk.doctor.exam import Mend
from desk.domain.model.actor import Actor
from desk.domain.model.article import Response
from desk.domain.model.change import Change
from desk.domain.rights import rights
from desk.errors import ConfigError
from desk.named import NamedTuple
from desk.session.session import Session, zone
from desk.store import handedits
from desk.store.handedits import HandEdit
from desk.store.snapshot import Snapshot
from desk.store.store import Committed


class HandCommit(NamedTuple):
    """The commit that took hand edits over, byte for byte."""

    done: Committed
    edits: tuple[HandEdit, ...]


def commit(session: Session, paths: Sequence[str], *, reason: str | None = None) -> HandCommit | None:
    """Validate and commit the hand edits at these paths of the desk, or all of them; None when there are none."""
    edits: list[HandEdit] = []
    warnings: tuple[str, ...] = ()

    def plan(snapshot: Snapshot, by: Actor, at: datetime) -> Change | None:
        nonlocal edits, warnings
        edits = handedits.scan(session.place, paths).edits
        if not edits:
            return None
        if any(e.kind == handedits.SETTINGS for e in edits):
            zone(session.config["desk.timezone"])
        found = checks_edits.review(snapshot, edits, session.config, by=by, at=at, reason=reason)
        _check_texts(session, edits)
        warnings = (*found.warnings, *_check_settings(session, snapshot, edits))
        return found.change

    done = session.attempt(plan)
    session.warnings.extend(warnings)
    return None if done is None else HandCommit(done, tuple(edits))


def _check_settings(session: Session, snapshot: Snapshot, edits: list[HandEdit]) -> Iterator[str]:
    """Refuse settings that break; and say which words records still use."""
    for edit in edits:
        if edit.kind == handedits.SETTINGS and edit.before is not None and edit.after is not None:
            try:
                was = config.load(edit.before.decode())
            except (ConfigError, UnicodeDecodeError):
                continue  # nothing to compare with: the edit mends it
            now = config.load(edit.after.decode())
            settings.require_sound(was, now)
            settings.require_picture(session, was, now)
            yield from settings.words_missing(snapshot.index, was, now)


def _check_texts(session: Session, edits: list[HandEdit]) -> None:
    """Responses and mail texts can be filled in."""
    texts = [(e.path, e.after) for e in edits if e.path.startswith("templates/") and e.after is not None]
    if texts:
        from desk.actions import rendering  # noqa: PLC0415 - 40 ms of Jinja, for templates only

        fresh = {e.new.id: e.new for e in edits if e.kind == Response.kind and e.new is not None}
        for path, content in texts:
            if wrong := rendering.fault(session, path, content, fresh):
                raise wrong


# -- the doctor's fixes ------------------------------------------------------------------------------------------------


def mend(session: Session, wanted: list[Mend]) -> Committed | None:
    """Fixes of records, as one commit; None when somebody has mended them meanwhile."""

    def plan(snapshot: Snapshot, by: Actor, at: datetime) -> Change | None:
        return table.mend(snapshot, wanted, by=by, at=at)

    return session.attempt(plan)


def commit_attributes(session: Session) -> Committed | None:
    """.gitattributes is a file of the desk, so its repair is a commit like any other; None where there is none."""

    def plan(_: Snapshot, by: Actor, at: datetime) -> Change | None:
        rights.require_level(by, "settings")
        found = handedits.scan(session.place, [files.ATTRIBUTES]).edits
        if not found:
            return None
        written = {files.ATTRIBUTES: found[0].after}
        return Change(table.VERB, by, at, (), summary=files.ATTRIBUTES, as_written=written)

    return session.attempt(plan)
