"""Records brought in from elsewhere: one commit each, in its own time and by its own author."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from desk.actions.care.incoming import Incoming
from desk.codec import records
from desk.codec.locate import BOM
from desk.domain.changes import discretion, exchange, salt
from desk.domain.changes import message as changes_message
from desk.domain.model import filenames
from desk.domain.model.actor import Importer, nameless
from desk.domain.model.article import Article, Response
from desk.domain.model.change import Change, Edit
from desk.domain.model.person import USER_PREFIX, Staff
from desk.domain.model.plain import label
from desk.domain.model.record import Record
from desk.domain.model.ticket import Ticket, files_folder
from desk.domain.rights import rights
from desk.errors import Broken, DeskError, Refused
from desk.git import objects, write
from desk.named import NamedTuple
from desk.session.session import Session
from desk.store import bulk
from desk.store.snapshot import Snapshot
from desk.text import _, arranged

_NAMED = 20
"""Bad lines that are named one by one."""


class BadLine(NamedTuple):
    """A line that can't be imported, counted from 1."""

    line: int
    problem: str


class Imported(NamedTuple):
    """What came of an import.

    `commit` is the newest that was made, None for none; `created` counts records by kind, `known` those that were there
    already; `bad` are the first lines that couldn't be imported, of `bad_number` in all.
    """

    commit: str | None
    created: Mapping[str, int]
    known: int
    bad: tuple[BadLine, ...]
    bad_number: int


def import_records(
    session: Session, source: Iterable[bytes | ValueError], file: str, *, strict: bool = False, history: bool = False
) -> Imported:
    """Create records from JSON lines; level 3 only. Those that are there already are passed over.

    A line holds one record, or a list of some. `file` is what errors call the source. `strict`: nothing is imported if one
    line is bad. `history`: a ticket is a commit for the request, one for each entry of the thread, and one for the end.
    """
    with session.store.writing() as hold:
        base = session.store.commit_now()
        snapshot = session.store.snapshot(session.store.keeper.at(base), base)
        by = snapshot.staff(session.me())
        rights.require_level(by, "settings")
        _require_own_machine(session, by)
        run = _Run(session, snapshot, by.id, file, strict=strict, history=history)
        new, warnings = bulk.commit_all(session.store, run.commits(source), hold)
    session.warnings.extend(warnings)
    if new:
        session.store.keeper.at(new)
    return Imported(new, run.created, run.known, tuple(run.bad), run.bad_number)


def _decoded(line: bytes | ValueError) -> str:
    if isinstance(line, ValueError):
        return _WRONG + str(line)
    return line.decode(errors="replace").removeprefix(BOM)


_WRONG = "\0"
"""What stands before the words for a line that whoever made it couldn't make."""


def _items(text: str) -> Iterator[exchange.Item]:
    """The records of a line: one, or a list of some."""
    if text.startswith(_WRONG):
        raise ValueError(text.removeprefix(_WRONG))
    found = _parsed(text)
    yield from map(exchange.parse, found if isinstance(found, list) else [found])


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        said = _("{error}: an import is JSON lines, a record each; a table of another program: --csv", error=error)
        raise ValueError(said) from None


def _require_own_machine(session: Session, by: Staff) -> None:
    """The authors of what is imported are of long ago: the machine alone says who has imported it."""
    machine = session.identity.committer_email or session.identity.author_email
    if machine.lower() not in by.addresses:
        raise Refused(
            _("{by} can't import from a machine that signs as {machine}", by=by.id, machine=machine or "-"),
            arranged("git config user.email {email}", email=by.email),
        )


class _Run:
    """One run: what is known, what came in, what was bad."""

    def __init__(
        self, session: Session, snapshot: Snapshot, importer: str, file: str, *, strict: bool, history: bool
    ) -> None:
        self.session = session
        self.snapshot = snapshot
        self.importer = importer
        self.file = file
        self.strict = strict
        self.history = history
        self.bad: list[BadLine] = []
        self.bad_number = 0
        self.known = 0
        self.created: dict[str, int] = {}
        self.now = int(session.clock().timestamp())
        self.staff = {str(r["id"]): (str(r["name"]), str(r["email"])) for r in snapshot.index.rows(Staff.kind)}
        self.desk = Incoming(session, snapshot)
        self.line = 0
        """The line that is read."""
        self.salts: dict[str, str] = {}
        """Of records that came without one, by path: a file may name a record twice."""
        self.new: dict[str, bytes] = {}
        """Paths that this run writes, with a digest of each: a file may name a record twice."""

    def commits(self, source: Iterable[bytes | ValueError]) -> Iterator[write.NewCommit]:
        """The commits of all good lines. Texts that name each other are judged together, when all of them are known."""
        lines = self.session.store.keeper.progress((_decoded(line) for line in source), 0, _("Importing"))
        late: list[tuple[int, exchange.Item]] = []
        for number, text in enumerate(lines, 1):
            if not text.strip():
                continue
            made: list[write.NewCommit] = []
            self.line = number
            try:
                for item in _items(text):
                    if isinstance(item.record, Article | Response):
                        late.append((number, item))
                    else:
                        made += self._commits_of(item)
            except (ValueError, RecursionError) as error:
                self._note(number, str(error))
            yield from made  # whom a bad line made known before is known: other lines name them too
        yield from self._of_texts(late)
        for number, problem in self.desk.owed():
            self._note(number, problem)

    def _of_texts(self, late: list[tuple[int, exchange.Item]]) -> Iterator[write.NewCommit]:
        """The commits of articles and responses: what would be refused by a command, or an editor, is a bad line here too."""
        fresh = {item.record.id: item.record for _number, item in late if isinstance(item.record, Response)}
        paths = {item.record.path for _number, item in late}
        files, private = self.desk.files(paths), self.desk.private()
        for number, item in late:
            try:
                self.line = number
                self.desk.require_text(item.record, fresh, files, private)
                made = list(self._commits_of(item))
            except (ValueError, RecursionError) as error:
                self._note(number, str(error))
                continue
            except DeskError as error:
                self._note(number, error.message)
                continue
            yield from made

    def _note(self, number: int, problem: str) -> None:
        if self.strict:
            raise Broken(
                problem,
                self.file,
                number,
                _("nothing was imported; mend the line, or leave --strict out to pass over it"),
            )
        self.bad_number += 1
        if len(self.bad) < _NAMED:
            self.bad.append(BadLine(number, problem))

    def _commits_of(self, item: exchange.Item) -> Iterator[write.NewCommit]:
        record = self._with_salt(item.record)
        encoded = records.encode(record)
        path = record.path
        if self._is_known(record, path, encoded):
            self.known += 1
            return
        self.desk.require(record, self.line)
        files: dict[str, bytes | None] = {}
        if isinstance(record, Ticket):
            files = self._attachments(record, item.files)
        self.new[path] = objects.blob_id(encoded, "").encode()
        self.desk.add(record)
        if isinstance(record, Staff):
            self.staff[record.id] = record.name, record.email
        self.created[record.kind] = self.created.get(record.kind, 0) + 1
        previous: Record | None = None
        for stage in exchange.stages(record, history=self.history):
            content = encoded if stage.record is record else records.encode(stage.record)
            yield self._commit(stage, previous, {**files, path: content})
            previous, files = stage.record, {}

    def _with_salt(self, record: Record) -> Record:
        """A record that comes without a salt gets one; one that is there already has its own."""
        if not record.salted or record.salt:
            return record
        there = self.snapshot.index.path_of(record.kind, record.id) is not None
        known = self.snapshot.find(record.kind, record.id) if there else None
        new = self.salts.setdefault(record.path, known.salt if known else self.snapshot.new_salt())
        return record.with_salt(new)

    def _attachments(self, ticket: Ticket, given: Mapping[str, bytes]) -> dict[str, bytes | None]:
        """The files of a ticket's folder; ValueError where names and contents don't go together."""
        named = ticket.all_attachments
        missing = [n for n in named if n not in given]
        known = {n for n in named if n == filenames.attachment_name(n, set())} | ({salt.FILE} if named else set())
        odd = [n for n in given if n not in known]
        if missing or odd:
            raise ValueError(
                _(
                    "files: {name}: {problem}",
                    name=(missing or odd)[0],
                    problem=_("no content") if missing else _("not a name the ticket has"),
                )
            )
        if not given:
            return {}
        # It is checked as any: a foreign desk may have put there what it likes.
        own = given.get(salt.FILE) or salt.content(self.snapshot.new_salt())
        salt.parse(own.decode(errors="replace").removesuffix("\n"))
        folder = files_folder(ticket.id)
        return {f"{folder}/{n}": content for n, content in {**given, salt.FILE: own}.items()}

    def _is_known(self, record: Record, path: str, encoded: bytes) -> bool:
        digest = self.new.get(path)
        oid = digest.decode() if digest else self.snapshot.index.blob(path)
        if oid is None and record.id in self.desk.known[record.kind]:
            raise ValueError(_("{kind} {id} is there already, elsewhere", kind=record.kind, id=record.id))
        if oid is None:
            return False
        if objects.blob_id(encoded, oid) != oid and not self._is_founder(record):
            raise ValueError(_("{kind} {id} is there already, and differs", kind=record.kind, id=record.id))
        return True

    def _is_founder(self, record: Record) -> bool:
        """Whether it is whoever founded this desk, as another one has them: nothing differs but since when."""
        if record.kind != Staff.kind or record.id != self.importer or record.path in self.new:
            return False
        known = self.snapshot.find(Staff.kind, record.id)
        mine, theirs = ({**one.values, "created": None} if one else {} for one in (known, record))
        return mine == theirs and known is not None and known.extra == record.extra

    def _commit(
        self, stage: exchange.Stage, previous: Record | None, files: dict[str, bytes | None]
    ) -> write.NewCommit:
        who = stage.by or self.importer
        name, email = self.staff.get(who) or (who, nameless(who) if who.startswith(USER_PREFIX) else "")
        at = exchange.seconds(stage.at, self.now)
        title = str(stage.record.values.get("title") or label(stage.record)) if previous is None else ""
        edit = Edit(previous, stage.record, (stage.event,))
        change = Change(stage.event.verb, Importer(who), self.session.now, (edit,), None, title)
        told = change if self.session.config["history.titles"] else discretion.discreet(change)
        message = changes_message.message(told) + f"Desk-Import: {self.importer}\n"
        committer = self.session.identity
        return write.NewCommit(
            name, email, at, committer.committer or name, committer.committer_email or email, self.now, message, files
        )
