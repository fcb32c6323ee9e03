"""Who could be told of a change: staff, the requesters it concerns, and the departments, as the index knows them."""

from __future__ import annotations

from typing import Any

from desk.domain.changes.notices import Audience, Person, find_concerned
from desk.domain.model.change import Change
from desk.domain.model.person import USER_PREFIX
from desk.index.index import Index
from desk.queries.people import with_address


def audience(index: Index, change: Change) -> Audience:
    """Away staff are among them: they read it when they are back."""
    people = {r["id"]: person("staff", r, r["departments"]) for r in index.rows("staff", tail="ORDER BY id")}
    for user_id in sorted(i for i in find_concerned(change) if i.startswith(USER_PREFIX)):
        for row in index.rows("user", "id = ?", (user_id,)):
            people[user_id] = person("user", row, ())._replace(
                barred=bool(row["disabled"]) or bool(row["email"] and with_address(index, row["email"], ("ban",))),
                organisation=row["organisation"] or "",
            )
    rows = index.rows("department")
    return Audience(people, {r["id"]: r["name"] for r in rows}, frozenset(r["id"] for r in rows if r["private"]))


def person(kind: str, row: dict[str, Any], departments: list[str] | tuple[str, ...]) -> Person:
    """Somebody who may be told, from their record as data (`plain.head`)."""
    return Person(kind, row["id"], row["name"] or "", row["email"] or "", row["language"], tuple(departments))
