"""What happened lately, newest first, and the local mark of how far somebody has read: never in git."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from typing import Any, NamedTuple

from desk.domain.query import Scope
from desk.store import git
from desk.store.index import Index
from desk.store.tree import Place

_WHO = "coalesce(c.actor, (SELECT id FROM staff WHERE lower(email) = lower(c.email)), c.author)"


class Sought(NamedTuple):
    """`mine`: of tickets that this person owns or watches. `scope`: whose tickets are told at all; records of other
    kinds always are. `since` in epoch seconds; `commits`: only what these did.
    """

    mine: str | None = None
    scope: Scope | None = None
    since: int | None = None
    commits: tuple[str, ...] | None = None
    limit: int = 0


def events(index: Index, sought: Sought) -> list[dict[str, Any]]:
    """Events with the title of their ticket; `at` in RFC 3339 UTC."""
    parts: list[str] = ["1"]
    args: list[Any] = []
    if sought.mine:
        parts.append(
            "e.kind = 'ticket' AND (t.owner = ? OR t.path IN"
            " (SELECT path FROM members WHERE kind = 'ticket' AND field = 'watchers' AND value = ?))"
        )
        args += [sought.mine, sought.mine]
    if sought.scope:
        marks = ",".join("?" * len(sought.scope.departments))
        # A deleted ticket's department is known no more; the event of its deletion has its title.
        parts.append(f"(e.kind <> 'ticket' OR t.department IN ({marks}) OR t.author = ?)")
        args += [*sought.scope.departments, sought.scope.author]
    if sought.since is not None:
        parts.append("e.at >= ?")
        args.append(sought.since)
    if sought.commits is not None:
        parts.append("c.oid IN (SELECT value FROM json_each(?))")
        args.append("[" + ",".join(f'"{oid}"' for oid in sought.commits) + "]")
    rows = index.db.execute(
        f"SELECT strftime('%Y-%m-%dT%H:%M:%SZ', e.at, 'unixepoch'), {_WHO}, e.kind, e.id, t.title, e.verb, e.before, e.after,"
        " c.reason, c.oid FROM events e JOIN commits c ON c.n = e.n LEFT JOIN tickets t ON e.kind = 'ticket' AND t.id = e.id"
        f" WHERE {' AND '.join(parts)} ORDER BY e.at DESC, e.n DESC, e.place DESC LIMIT ?",
        (*args, sought.limit or -1),
    )
    names = ("at", "by", "kind", "id", "title", "verb", "from", "to", "reason", "commit")
    return [dict(zip(names, row, strict=True)) for row in rows]


# -- how far somebody has read -----------------------------------------------------------------------------------------


def _path(place: Place, reader: str) -> str:
    return place.own(f"activity-{reader}")


def unseen(place: Place, reader: str, head: str) -> tuple[str, ...] | None:
    """The commits since this person last looked, those of other clones that arrived since included; None for never."""
    try:
        with open(_path(place, reader), encoding="ascii") as file:
            mark = file.read().strip()
    except (OSError, UnicodeDecodeError):
        return None
    if not re.fullmatch(r"[0-9a-f]{40,64}", mark):
        return None
    process = git.spawn(place, ("rev-list", f"{mark}..{head}"), stdout=git.PIPE, stderr=git.NULL)
    out, _ = process.communicate()
    # A mark that history no longer has says nothing.
    return None if process.returncode else tuple(out.decode().split())


def mark(place: Place, reader: str, head: str) -> None:
    """Remember that everything up to this commit was shown. A disk that can't be written to is no error."""
    path = _path(place, reader)
    with suppress(OSError):
        with open(f"{path}.{os.getpid()}", "w", encoding="ascii") as file:
            file.write(f"{head}\n")
        os.replace(f"{path}.{os.getpid()}", path)
