"""Events of commits made by hand: what their records and settings say before and after, compared."""

from __future__ import annotations

from desk.codec.places import decode_at
from desk.config import FILE, differences
from desk.domain.changes import compare
from desk.domain.changes.message import SET, SETTINGS, Happened
from desk.domain.model.change import Changed, Event
from desk.domain.model.kinds import id_at, kind_at
from desk.domain.model.record import Record
from desk.errors import Broken
from desk.git import objects
from desk.git.diff import Touched, read_touched
from desk.git.place import Place


def derive(blobs: objects.Blobs, commits: list[str]) -> dict[str, list[Happened]]:
    """Events of commits made by hand: what their records and settings say before and after, compared."""
    found: dict[str, list[Happened]] = {oid: [] for oid in commits}
    if not commits:
        return found
    for one in read_touched(blobs.place, commits):
        cls = kind_at(one.path)
        if one.path == FILE:
            told = settings_events(_content(blobs, one.oid), _content(blobs, one.new_oid))
            found[one.commit] += [Happened(SETTINGS, name, *event) for name, event in told]
        elif cls is not None:
            events = compare.events(*read_both(blobs, one))
            found[one.commit] += [Happened(cls.kind, id_at(one.path), *event) for event in events]
    return found


def field_changes(place: Place, commits: list[str]) -> dict[tuple[str, str, str], list[Changed]]:
    """The fields that commits changed, with their values, by commit, kind and id."""
    found = {}
    with objects.blobs(place) as blobs:
        for one in read_touched(place, commits):
            cls = kind_at(one.path)
            if cls is not None:
                found[one.commit, cls.kind, id_at(one.path)] = compare.fields(*read_both(blobs, one))
    return found


def settings_events(before: bytes | None, after: bytes | None) -> list[tuple[str, Event]]:
    """What a change of desk.toml did to the settings in force; a desk's first one sets nothing."""
    if before is None:
        return []
    old, new = (text.decode(errors="replace") for text in (before, after or b""))
    return [(name, Event(SET, was, now)) for name, was, now in differences(old, new)]


def read_both(blobs: objects.Blobs, one: Touched) -> tuple[Record | None, Record | None]:
    """The record before and after; None where there is none, or none that can be read."""
    return _record(blobs, one.path, one.mode, one.oid), _record(blobs, one.path, one.new_mode, one.new_oid)


def _record(blobs: objects.Blobs, path: str, mode: str, oid: str) -> Record | None:
    content = _content(blobs, oid)
    try:
        return None if content is None else decode_at(path, mode, content)
    except Broken:
        return None


def _content(blobs: objects.Blobs, oid: str) -> bytes | None:
    return (blobs.get(oid) or b"") if oid.strip("0") else None
