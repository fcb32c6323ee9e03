"""A desk with something of everything that actions act on, and actors of every kind, for whom a desk is rehearsed on."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from desk.actions import articles, organisation, problems, requesters, responses
from desk.actions.problems import Wish
from desk.actions.tickets import checklists, lifecycle, major, ownership, relations, watching
from desk.actions.tickets.lifecycle import NewEntry, NewTicket
from desk.domain.model.actor import STAFF, Actor, Desk, Importer
from desk.domain.model.article import Article, Response, Topic
from desk.domain.model.change import Change
from desk.domain.model.organisation import CustomField, Department, Machine, Tag
from desk.domain.model.person import Group, Staff, requester
from desk.git.identity import Identity
from desk.session.session import Session
from desk.store.snapshot import Snapshot
from desk.store.store import Committed, Store

NOW = datetime(2026, 7, 23, 6, 12, 44, tzinfo=UTC)
SERVED, FOREIGN = "technical", "legal"
"""The one department that staff of the stage serve, and one that they don't."""
LEVELS = {"one": 1, "two": 2, "three": 3}


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
    """Somebody of any kind on a desk that stays as it is: what would be done, by the rights and rules of the desk."""

    def __init__(self, folder: str, environ: Mapping[str, str], by: Actor) -> None:
        staff = by.kind == STAFF
        super().__init__(folder, environ, NOW, who=by.id if staff else None, requester=None if staff else by.id)
        self.by = by

    def actor(self, snapshot: Snapshot) -> Actor:  # noqa: ARG002
        return self.by

    @functools.cached_property
    def store(self) -> Store:
        return RehearsedStore(self.place)


class Stage:
    """The desk, its actors by name, and the tickets by where they are and what they are for."""

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        self.folder = str(folder)
        self.environ = environ
        self.maria = Session(self.folder, environ, NOW, who="maria")
        _define(self.maria)
        self.anna = _register(self.maria, "Anna", "anna@clinic.example")
        self.bob = _register(self.maria, "Bob", "bob@clinic.example")
        self.tickets = {where: self._tickets(where) for where in (SERVED, FOREIGN)}
        self.idle = _register(self.maria, "Dora", "dora@clinic.example")
        _write(self.maria)
        self.plans = {
            found["problem"]: problems.plan_resolutions(
                self.maria, [found["problem"]], Wish(close=True, body="Mended.")
            )
            for found in self.tickets.values()
        }
        self.actors: dict[str, Actor] = {
            **{handle: self.maria.store.snapshot(self.maria.store.index, self.maria.store.commit_now()).staff(handle)
               for handle in LEVELS},
            "requester": requester(self.maria.store.read("user", self.anna)),  # type: ignore[arg-type]
            "desk": Desk("desk", "desk@localhost"),
            "importer": Importer("old"),
        }  # fmt: skip

    def rehearse(self, who: str) -> Rehearsal:
        return Rehearsal(self.folder, self.environ, self.actors[who])

    def _tickets(self, where: str) -> dict[str, str]:
        """In the department served those of Anna, in the other one those of Bob."""
        whose = self.anna if where == SERVED else self.bob
        found = {name: self._ticket(where, whose) for name in ("open", "closed")}
        found["problem"] = self._ticket(where, None, tags=("problem",))
        lifecycle.close(self.maria, [found["closed"]])
        problems.hand_over(self.maria, [found["open"]], found["problem"])
        return {**found, **self._worked_on(where, whose, found["closed"])}

    def _worked_on(self, where: str, whose: str, other: str) -> dict[str, str]:
        """Tickets to which something was done that can be taken back, or gone on with."""
        maria = self.maria
        found = {name: self._ticket(where, whose) for name in ("owned", "linked", "answered", "watched")}
        found |= {
            name: self._ticket(where, whose, tags=("incident",)) for name in ("incident", "major", "over", "stepped")
        }
        ownership.assign(maria, [found["owned"]], "maria")
        relations.link(maria, [found["linked"]], other, "relates")
        lifecycle.note(maria, [found["answered"]], NewEntry(lambda _: "We look into it."))
        watching.watch(maria, [found["watched"]], "maria")
        major.declare(maria, [found["major"], found["over"]], "maria")
        lifecycle.close(maria, [found["over"]])
        checklists.put(maria, [found["stepped"]], "security-incident")
        return found

    def _ticket(self, where: str, whose: str | None, tags: tuple[str, ...] = ()) -> str:
        new = NewTicket("Nothing works", "Since Monday.", department=where, requester=whose, tags=tags)
        return lifecycle.create(self.maria, new).change.edits[0].record.id


def _define(maria: Session) -> None:
    """Staff, and a record of each kind to be changed and deleted."""
    for handle, level in LEVELS.items():
        email = f"{handle}@ncpeh.example"
        values = {"id": handle, "name": handle, "email": email, "level": level, "departments": [SERVED]}
        organisation.create(maria, Staff, values)
    organisation.create(maria, Department, {"id": "training", "name": "Training"})
    for where in (SERVED, FOREIGN):
        organisation.edit(maria, Department, [where], {"escalation": "maria"})
    organisation.create(maria, Group, {"id": "pharmacy", "name": "Pharmacies"})
    organisation.create(maria, Tag, {"id": "malta"})
    organisation.create(maria, Machine, {"id": "printer"})
    organisation.create(maria, Topic, {"id": "shelf", "title": "Shelf"})
    organisation.create(maria, Topic, {"id": "empty", "title": "Empty"})
    for name in ("country", "gone"):
        organisation.create(maria, CustomField, {"id": name, "type": "text", "on": "user"})
    requesters.ban(maria, "spam@somewhere.example")


def _register(maria: Session, name: str, email: str) -> str:
    given = {"name": name, "email": email, "group": "patient", "fields": {"gone": "x", "country": "MT"}}
    return requesters.register(maria, given).change.edits[0].record.id


def _write(maria: Session) -> None:
    """A response, and an article in each state; a custom field that is gone, though people hold it."""
    organisation.delete(maria, CustomField, ["gone"])
    responses.create(maria, Response.new(id="hello.en", title="Hello", language="en", body="Dear all, hello."))
    for name in ("draft", "review", "published"):
        articles.create(maria, article(name))
    articles.submit(maria, ["review"])
    articles.publish(maria, ["published"])


def article(name: str, text: str = "Look here.") -> Article:
    return Article.new(id=name, title=name, topic="shelf", language="en", author="maria", body=text)
