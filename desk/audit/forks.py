"""Merges that git made, with or without a person: whatever is not what both sides come to is a change of whoever merged.

What they come to is worked out as `desk sync` would have it; where both sides had changed a field, either value will do,
since somebody had to choose.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from desk.audit import moment as audit_moment
from desk.audit.walk import Step, between
from desk.audit.world import PastWorld
from desk.codec import places
from desk.domain.model.kinds import KINDS
from desk.domain.model.record import Entry, Record
from desk.errors import Broken
from desk.git import diff, objects
from desk.git.diff import Delta
from desk.git.place import Place
from desk.named import NamedTuple
from desk.store import handedits
from desk.store.handedits import HandEdit

_File = tuple[str, str]
"""Mode and object name; both empty where there is no file."""
_NOTHING: _File = ("", "")


class _Versions(NamedTuple):
    """A file in the commit that both sides began at, on each side, and in the merge."""

    base: _File
    one: _File
    two: _File
    merged: _File


def find_edits(step: Step, world: PastWorld) -> tuple[HandEdit, ...]:
    """What whoever merged has changed; `world` is at the first parent."""
    place = world.place
    base = _base(place, step)
    if base is None:
        return tuple(audit_moment.edits(step, world, _unlike_any(place, step)))
    found = _versions(place, step, base)
    asked = {path for path, v in found.items() if not _is_plain(v)}
    expected = _expected(place, base, step) if asked else {}
    edits = (_edit(path, found[path], expected.get(path), world) for path in sorted(asked))
    return tuple(edit for edit in edits if edit is not None)


def _base(place: Place, step: Step) -> str | None:
    """The commit that both sides began at; None where there is none, or more than two sides."""
    if len(step.parents) != 2:
        return None
    from desk.store import sides  # noqa: PLC0415 - as for `merges.rework`

    return sides.common_base(place, *step.parents[::-1])


def _unlike_any(place: Place, step: Step) -> set[str]:
    """The files that no parent has so."""
    paths = {d.path for d in step.deltas}
    for parent in step.parents[1:]:
        paths &= {d.path for d in between(place, parent, step.oid)}
    return paths


def _versions(place: Place, step: Step, base: str) -> dict[str, _Versions]:
    """The files of the desk that either side changed, or the merge."""
    first = {d.path: d for d in between(place, base, step.parents[0])}
    second = {d.path: d for d in between(place, base, step.parents[1])}
    merged = {d.path: d for d in step.deltas}
    found = {}
    for path in {*first, *second, *merged}:
        if path.partition("/")[0] not in handedits.WATCHED:
            continue
        known = first.get(path) or second.get(path)
        before = _old(known) if known else _old(merged[path])
        one = _new(first[path]) if path in first else before
        two = _new(second[path]) if path in second else before
        found[path] = _Versions(before, one, two, _new(merged[path]) if path in merged else one)
    return found


def _old(delta: Delta) -> _File:
    return (delta.mode, delta.oid)


def _new(delta: Delta) -> _File:
    return (delta.new_mode, delta.new_oid)


def _is_plain(v: _Versions) -> bool:
    """Whether the merge has what the one side has that changed the file, or what both have."""
    if v.one == v.two:
        return v.merged == v.one
    if v.base == v.one:
        return v.merged == v.two
    return v.base == v.two and v.merged == v.one


def _expected(place: Place, base: str, step: Step) -> dict[str, bytes | _File | None]:
    """What the sides come to where that is not what the first parent has."""
    from desk.store import sides  # noqa: PLC0415 - as for `merges.rework`

    _merged, brought = sides.meet(place, base, step.parents[1], step.parents[0])
    found: dict[str, bytes | _File | None] = {_shown(path): data for path, data in brought.files.items()}
    return found | {_shown(path): leaf for path, leaf in brought.blobs.items()}


def _shown(path: str) -> str:
    return path.encode(errors=diff.BYTES).decode(errors=diff.NAMES)


def _edit(path: str, v: _Versions, due: bytes | _File | None, world: PastWorld) -> HandEdit | None:
    """The change from what the sides come to, to what the merge has; None where that is no change."""
    if _one_changed(v):
        due = v.two if v.base == v.one else v.one
        due = None if due == _NOTHING else due
    elif due is None and _NOTHING not in (v.one, v.two):
        due = v.one
    mode, oid = v.merged
    before = due if isinstance(due, bytes) or due is None else world.content(due[1])
    name = objects.blob_id(due, oid or v.one[1]) if isinstance(due, bytes) else (due[1] if due else "")
    edit = audit_moment.edit_of(Delta(path, "100644" if name else "", mode, name, oid), world, before)
    if edit.fault is not None and mode not in {one[0] for one in (v.base, v.one, v.two)}:
        return edit
    if edit.kind not in KINDS or not isinstance(edit.old, Record) or not isinstance(edit.new, Record):
        return None if name == oid else _chosen(edit, v)
    old = _leaning(edit.old, edit.new, *(_record(path, one, world) for one in (v.base, v.one, v.two)))
    return None if old == edit.new else edit._replace(old=old)


def _one_changed(v: _Versions) -> bool:
    return v.base in (v.one, v.two)


def _chosen(edit: HandEdit, v: _Versions) -> HandEdit | None:
    """A file that can't be merged: one of both it must be, where both had changed it."""
    return None if edit.kind not in KINDS and not _one_changed(v) and v.merged in (v.one, v.two) else edit


def _record(path: str, file: _File, world: PastWorld) -> Record | None:
    try:
        return places.decode_at(path, file[0], world.content(file[1])) if file[1] else None
    except Broken:
        return None


def _leaning(due: Record, now: Record, base: Record | None, one: Record | None, two: Record | None) -> Record:
    """What the sides come to, with what somebody chose where both had changed it."""
    values = dict(due.values)
    for name in due.FIELDS:
        if _is_choice(*(r.values.get(name) if r else None for r in (now, base, one, two))):
            values[name] = now.values.get(name)
    extra: Mapping[str, Any] = due.extra
    if _is_choice(*(dict(r.extra) if r else None for r in (now, base, one, two))):
        extra = now.extra
    body = now.body if _is_choice(*(r.body if r else None for r in (now, base, one, two))) else due.body
    kept = {n: values[n] for n in due.FIELDS if values.get(n) is not None}
    salted = now.salt if now.salt in {r.salt for r in (one, two) if r} else due.salt
    thread = _thread(due, now, one, two)
    return type(due)(kept, extra=extra, body=body, thread=thread, salt=salted)


def _is_choice(now: Any, base: Any, one: Any, two: Any) -> bool:
    return base not in (one, two) and now in (one, two)


def _thread(due: Record, now: Record, one: Record | None, two: Record | None) -> tuple[Entry, ...]:
    """In whatever order; a text that desk would have kept as a note is in the side that it comes from."""
    said = [e for r in (one, two) if r for e in r.thread]
    wanted = [e for e in due.thread if e in said or e in now.thread]
    if Counter(map(repr, wanted)) == Counter(map(repr, now.thread)):
        return now.thread
    return tuple(wanted)
