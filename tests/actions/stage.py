"""A desk with something of everything that actions act on, and actors of every kind, for whom a desk is rehearsed on."""

from __future__ import annotations

import functools
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from desk.actions import articles, problems, requesters
from desk.actions.problems import Wish
from desk.actions.tickets import checklists, lifecycle, major, ownership, relations, watching
from desk.actions.tickets.lifecycle import NewEntry
from desk.codec import records
from desk.domain.model.actor import STAFF, Actor, Desk, Importer
from desk.domain.model.article import Article, Response, Topic
from desk.domain.model.change import Change
from desk.domain.model.fields import parse_time
from desk.domain.model.organisation import CustomField, Department, Machine, Tag
from desk.domain.model.person import Group, Staff, User, requester
from desk.domain.model.record import Record
from desk.domain.model.ticket import Ticket
from desk.git.identity import Identity
from desk.session.session import Session
from desk.store.snapshot import Snapshot
from desk.store.store import Committed, Store

CREATED = "2026-07-23T06:12:44Z"
NOW = parse_time(CREATED)
SERVED, FOREIGN = "technical", "legal"
"""The one department that staff of the stage serve, and one that they don't."""
LEVELS = {"one": 1, "two": 2, "three": 3}
ANNA, BOB, IDLE = "u-aaaaa", "u-bbbbb", "u-ddddd"
TICKETS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("open", "closed", "owned", "linked", "answered", "watched"), ()),
    **dict.fromkeys(("incident", "major", "over", "stepped"), ("incident",)),
    "problem": ("problem",),
}
"""What they are for, with their tags."""


class RehearsedStore(Store):
    """Runs a plan on the newest state and writes nothing of it."""

    def commit(
        self,
        plan: Callable[[Snapshot], Change | None],
        identity: Identity | None = None,  # noqa: ARG002
        *,
        titles: bool = False,  # noqa: ARG002
    ) -> Committed | None:
        change = plan(self.snapshot(self.index, self.commit_now()))
        return None if change is None else Committed(self.commit_now(), change)


class Rehearsal(Session):
    """Somebody of any kind on a desk that stays as it is: what would be done, by the rights and rules of the desk.

    All of them read by one store, which has nothing to read again.
    """

    def __init__(self, stage: Stage, by: Actor) -> None:
        staff = by.kind == STAFF
        who, requester = (by.id, None) if staff else (None, by.id)
        super().__init__(stage.folder, stage.environ, NOW, who=who, requester=requester)
        self.stage = stage
        self.by = by

    def actor(self, snapshot: Snapshot) -> Actor:  # noqa: ARG002
        return self.by

    @functools.cached_property
    def store(self) -> Store:
        return self.stage.store


class Stage:
    """The desk, its actors by name, and the tickets by where they are and what they are for."""

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        self.folder = str(folder)
        self.environ = environ
        _put(folder, environ)
        self.maria = Session(self.folder, environ, NOW, who="maria")
        self.bob, self.idle = BOB, IDLE
        self.tickets = {where: {name: _id(where, name) for name in TICKETS} for where in (SERVED, FOREIGN)}
        _work(self.maria, *self.tickets.values())
        self.store = RehearsedStore(self.maria.place)
        self.plans = {
            found["problem"]: problems.plan_resolutions(
                self.maria, [found["problem"]], Wish(close=True, body="Mended.")
            )
            for found in self.tickets.values()
        }
        self.actors: dict[str, Actor] = {
            **{handle: self.maria.store.snapshot(self.maria.store.index, self.maria.store.commit_now()).staff(handle)
               for handle in LEVELS},
            "requester": requester(self.maria.store.read("user", ANNA)),  # type: ignore[arg-type]
            "desk": Desk("desk", "desk@localhost"),
            "importer": Importer("old"),
        }  # fmt: skip

    def rehearse(self, who: str) -> Rehearsal:
        return Rehearsal(self, self.actors[who])


def _put(folder: Path, environ: Mapping[str, str]) -> None:
    """What is there before anything is done, in one commit: records of all kinds, and the tickets as they were made."""
    for record in _records():
        path = folder / record.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(records.encode(record))
    for where in (SERVED, FOREIGN):
        with (folder / f"records/departments/{where}.yaml").open("a", encoding="utf-8") as file:
            file.write("escalation: maria\n")
    for command in (["add", "."], ["commit", "-q", "-m", "stage"]):
        subprocess.run(["git", "-C", str(folder), *command], check=True, env=environ)


def _records() -> Iterator[Record]:
    """Staff, a record of each kind to be changed and deleted, people who hold a field that is gone, and tickets."""
    for handle, level in LEVELS.items():
        yield Staff.new(id=handle, name=handle, email=f"{handle}@ncpeh.example", level=level, departments=[SERVED])
    yield Department.new(id="training", name="Training")
    yield Group.new(id="pharmacy", name="Pharmacies")
    yield Tag.new(id="malta")
    yield Machine.new(id="printer")
    yield Topic.new(id="shelf", title="Shelf")
    yield Topic.new(id="empty", title="Empty")
    yield CustomField.new(id="country", type="text", on="user")
    for user, name in {ANNA: "Anna", BOB: "Bob", IDLE: "Dora"}.items():
        values: dict[str, Any] = {"name": name, "email": f"{name.lower()}@clinic.example", "group": "patient"}
        yield User.new(id=user, created=CREATED, registered=True, fields={"gone": "x", "country": "MT"}, **values)
    for name in ("draft", "review", "published"):
        yield article(name)
    yield Response.new(id="hello.en", title="Hello", language="en", body="Dear all, hello.")
    for where, whose in ((SERVED, ANNA), (FOREIGN, BOB)):
        for name, tags in TICKETS.items():
            values = {
                "title": "Nothing works",
                "body": "Since Monday.",
                "state": "open",
                "priority": "low",
                "tags": tags,
            }
            values |= {"department": where, "author": "maria", "created": CREATED}
            yield Ticket.new(id=_id(where, name), requester=None if "problem" in tags else whose, **values)


def _id(where: str, name: str) -> str:
    """In the department served the tickets of Anna, in the other one those of Bob."""
    return f"260723-{'AB'[where == FOREIGN]}{list(TICKETS).index(name):03}"


def _work(maria: Session, *places: dict[str, str]) -> None:
    """What was done to them since, and can be taken back, or gone on with."""

    def both(*names: str) -> list[str]:
        return [found[name] for found in places for name in names]

    ownership.assign(maria, both("owned"), "maria")
    lifecycle.note(maria, both("answered"), NewEntry(lambda _: "We look into it."))
    watching.watch(maria, both("watched"), "maria")
    major.declare(maria, both("major", "over"), "maria")
    lifecycle.close(maria, both("closed", "over"))
    checklists.put(maria, both("stepped"), "security-incident")
    for found in places:
        relations.link(maria, [found["linked"]], found["closed"], "relates")
        problems.hand_over(maria, [found["open"]], found["problem"])
    requesters.ban(maria, "spam@somewhere.example")
    articles.submit(maria, ["review"])
    articles.publish(maria, ["published"])


def article(name: str, text: str = "Look here.") -> Article:
    return Article.new(id=name, title=name, topic="shelf", language="en", author="maria", body=text)
