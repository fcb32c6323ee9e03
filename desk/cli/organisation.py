"""What the commands of the organisation share: one plan for several records, what is said of it, and show.

The level that a kind takes (rule 2) is checked here, before anything else is looked at.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar

import click

from desk.actions import identifiers
from desk.cli import answers, complete
from desk.cli.acting import sentence
from desk.domain.changes import sentences
from desk.domain.model import plain
from desk.domain.model.change import Change, Edit, join
from desk.domain.model.fields import SLUG
from desk.domain.model.person import Staff
from desk.domain.model.record import Record
from desk.domain.model.ticket import Ticket
from desk.domain.rights import rights
from desk.errors import Refused, UsageFault
from desk.index.index import Index
from desk.session.session import App
from desk.store.snapshot import Snapshot
from desk.store.store import Committed
from desk.view.model import Detail, Done

R = TypeVar("R", bound=Record)
F = TypeVar("F", bound=Callable[..., Any])


class Draft:
    """A snapshot with the changes of this action already laid over it, for records of any kind."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.index = snapshot.index
        self.changes: list[Change] = []
        self._over: dict[tuple[str, str], Record | None] = {}

    def get(self, cls: type[R], record_id: str) -> R:
        """A record by its id as typed; NotFound names the nearest."""
        wanted = record_id if issubclass(cls, Ticket) else normal(record_id)
        key = (cls.kind, wanted)
        record = self._over[key] if key in self._over else self.snapshot.get(cls.kind, wanted)
        if not isinstance(record, cls):
            raise self.snapshot.missing(cls.kind, record_id)
        return record

    def all(self, cls: type[R]) -> list[R]:
        """Every record of a kind, by id."""
        known = {str(row["id"]) for row in self.index.rows(cls.kind)}
        known |= {i for kind, i in self._over if kind == cls.kind}
        gone = {i for (kind, i), record in self._over.items() if kind == cls.kind and record is None}
        return [self.get(cls, i) for i in sorted(known - gone)]

    def several(self, cls: type[R], ids: Iterable[str]) -> list[R]:
        return [self.get(cls, i) for i in ids]

    def take(self, change: Change) -> None:
        self.changes.append(change)
        for edit in change.edits:
            self._over[edit.record.kind, edit.record.id] = edit.after


def normal(record_id: str) -> str:
    """A name as typed, in the form that ids have: NFC, lower case."""
    return unicodedata.normalize("NFC", record_id.strip()).lower()


def require_level(snapshot: Snapshot, by: Staff, kind: str) -> None:
    """Rule 2, naming those who could."""
    if by.level < rights.LEVELS[kind]:
        able = snapshot.index.rows("staff", "level >= ?", (rights.LEVELS[kind],), "ORDER BY away, id LIMIT 5")
        rights.require_level(by, kind, [str(row["id"]) for row in able])


def fresh(draft: Draft, cls: type[Record], record_id: str) -> None:
    """Refuse an id that is taken, or that was (rule 8)."""
    wanted = normal(record_id)
    if draft.index.path_of(cls.kind, wanted) is not None:
        raise Refused(f"there is a {cls.kind} {wanted} already", f"see: desk {cls.noun} show {wanted}")
    if draft.index.used(cls.kind, wanted):
        raise Refused(f"there was a {cls.kind} {wanted} once, and ids are never used again", "choose another name")


# -- writing -----------------------------------------------------------------------------------------------------------


def create(
    app: App, cls: type[R], values: Mapping[str, Any], build: Callable[[Draft, R, Staff, datetime], Change]
) -> Done:
    """Add a record of a kind whose id the person chooses."""
    new = identifiers.checked_values(lambda: cls.new(**values))

    def plan(snapshot: Snapshot, by: Staff, at: datetime) -> Change:
        require_level(snapshot, by, cls.kind)
        draft = Draft(snapshot)
        fresh(draft, cls, new.id)
        return build(draft, new, by, at)

    return told(cls, app.apply(plan), several=False)


def act(app: App, cls: type[R], ids: Iterable[str], one: Callable[[Draft, R, Staff, datetime], Change]) -> Done:
    """Run a verb on every record named, as one change and one commit."""
    named = list(dict.fromkeys(normal(i) for i in identifiers.words(ids)))

    def plan(snapshot: Snapshot, by: Staff, at: datetime) -> Change:
        require_level(snapshot, by, cls.kind)
        draft = Draft(snapshot)
        for record_id in named:
            record = draft.get(cls, record_id)
            try:
                draft.take(one(draft, record, by, at))
            except ValueError as error:
                raise UsageFault(str(error)) from None
        return join(draft.changes)

    return told(cls, app.apply(plan), several=len(named) > 1, named=named)


def told(cls: type[Record], done: Committed, *, several: bool, named: Iterable[str] | None = None) -> Done:
    """What became of the records of this kind, and a line for each other record that was touched."""
    edits = done.change.edits
    wanted = {edits[0].record.id} if named is None else set(named)
    own = [e for e in edits if e.record.kind == cls.kind and e.record.id in wanted]
    items = [{**plain.whole(e.record), **({"deleted": True} if done.change.verb == "delete" else {})} for e in own]
    lines = [f"{e.record.id}  {_said(e, done.change.verb)}" for e in own]
    lines += [f"{e.record.id}  {_said(e, '')}" for e in edits if e not in own]
    return Done(cls.plural, items, tuple(lines)) if several else Done(cls.kind, items[0], tuple(lines))


def _said(edit: Edit, verb: str) -> str:
    record = edit.record
    if isinstance(record, Ticket):
        return sentence(edit)
    if verb in sentences.RECORD and verb != "edit":
        shown = next(
            (str(record.values[n]) for n in ("name", "title", "email", "description") if record.values.get(n)), ""
        )
        return f"{sentences.RECORD[verb].done}: {shown}" if shown else sentences.RECORD[verb].done
    changed = ", ".join(e.after or e.verb for e in edit.events)
    return f"{'' if verb else f'({record.kind}) '}changed: {changed}"


# -- reading -----------------------------------------------------------------------------------------------------------


def show(
    app: App, cls: type[Record], ids: Iterable[str], more: Callable[[Index, Record], dict[str, Any]] | None = None
) -> Detail:
    """Records whole, as their files say now."""
    items = []
    for typed in identifiers.words(ids):
        record = read(app, cls, typed)
        extra = {} if more is None else app.store.ask(lambda index, record=record: more(index, record))  # type: ignore[misc]
        items.append({**plain.whole(record), **extra})
    return answers.detail(cls.kind, cls.plural, items, several=len(items) > 1)


def read(app: App, cls: type[R], typed: str) -> R:
    """A record by its id as typed."""
    try:
        wanted = str(SLUG.parse(normal(typed)))
    except ValueError:
        raise app.store.missing(cls.kind, typed) from None
    record = app.store.read(cls.kind, wanted)
    assert isinstance(record, cls)  # noqa: S101 - the codec builds the class that the path says
    return record


def live_tickets(app: App, index: Index, where: str, *people: str) -> dict[str, Any]:
    """The tickets of somebody, or of several, that are not closed; only those that whoever asks may see are named (rule 1)."""
    marks = ",".join("?" * len(people))
    rows = index.rows("ticket", f"{where} IN ({marks}) AND state <> 'closed'", people, "ORDER BY created DESC, id DESC")
    scope = app.scope()
    seen = [r for r in rows if scope is None or r["department"] in scope.departments or r["author"] == scope.author]
    names = ("id", "state", "priority", "department", "title", *((where,) if len(people) > 1 else ()))
    return {"load": len(rows), "tickets": [{n: row[n] for n in names} for row in seen]}


# -- options -----------------------------------------------------------------------------------------------------------


def given(cls: type[Record], values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that options set. One left out changes nothing; an empty text takes a value away."""
    found = {n: v for n, v in values.items() if v is not None and v != ()}
    if not found:
        raise UsageFault("nothing to change", "name at least one option; --help lists them")
    return {n: None if v == "" and not cls.FIELDS[n].required else v for n, v in found.items()}


def ids_of(kind: str) -> Callable[[F], F]:
    """The argument of commands that take several ids."""
    return click.argument("ids", metavar="ID…", nargs=-1, required=True, shell_complete=complete.complete_kind(kind))


def one_only(ids: Iterable[str], option: str) -> list[str]:
    """The id, for options that can't hold for several records at once."""
    found = identifiers.words(ids)
    if len(found) > 1:
        raise UsageFault(f"{option} can't be given for several records at once", "name one id")
    return found
