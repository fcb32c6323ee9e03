"""desk export and desk import: records as JSON lines, in and out."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from typing import IO, Any, NamedTuple

import click

from desk.cli import leaf
from desk.cli.app import App
from desk.codec import records
from desk.domain.changes import exchange
from desk.domain.changes import message as changes_message
from desk.domain.model import filenames
from desk.domain.model.actor import Importer
from desk.domain.model.change import Change, Edit
from desk.domain.model.kinds import KINDS, id_at
from desk.domain.model.record import Record
from desk.domain.model.ticket import Ticket, files_folder
from desk.domain.rights import rights
from desk.errors import Broken, NotFound, UsageFault
from desk.git import objects, write
from desk.queries import tickets
from desk.store import bulk
from desk.store.snapshot import Snapshot
from desk.view.drawing.progress import progress
from desk.view.model import Done

_SHOWN = 20
"""Bad lines that are named one by one."""


@leaf.leaf("export", example="desk export > desk.jsonl\ndesk export --record ticket --output tickets.jsonl")
@click.option(
    "--record",
    "kinds",
    metavar="KIND",
    multiple=True,
    type=click.Choice(tuple(KINDS)),
    help="Only this kind; repeat for more.",
)
@click.option("--no-files", is_flag=True, help="Without the contents of attachments.")
@click.option("--output", metavar="FILE", help="Write to a file instead of stdout.")
def export(app: App, kinds: tuple[str, ...], no_files: bool, output: str | None) -> Done:
    """Write records as JSON lines, one a line, as `desk import` reads them; docs/exchange.md describes the fields."""
    wanted = kinds or tuple(KINDS)
    paths = app.store.ask(lambda index: [(kind, path) for kind in wanted for path in tickets.paths(index, kind)])
    commit = app.store.commit_now()
    out: IO[str] = open(output, "w", encoding="utf-8") if output else app.env.stdout  # noqa: SIM115 - closed below
    count = 0
    try:
        for record, files in _records(app, commit, paths, with_files=not no_files):
            out.write(json.dumps(exchange.line(record, files), ensure_ascii=False) + "\n")
            count += 1
    finally:
        if output:
            out.close()
    broken = app.store.ask(lambda index: index.broken())
    warnings = tuple(f"left out: {path}:{line}: {problem}" for path, line, problem in broken[:_SHOWN])
    lines = (f"{count:,} records written to {output}",) if output else ()
    # Where the records are the answer, a form around them would spoil them.
    return Done("export", {"id": commit, "records": count, "output": output}, lines, warnings, bare=not output)


def _records(
    app: App, commit: str, paths: list[tuple[str, str]], *, with_files: bool
) -> Iterator[tuple[Record, dict[str, bytes]]]:
    with objects.blobs(app.store.place) as blobs, objects.blobs(app.store.place) as contents:
        shown = progress(iter(paths), len(paths), "Exporting", app.env.stderr)
        for (kind, path), data in zip(shown, blobs.each([f"{commit}:{p}" for _, p in paths]), strict=True):
            record = records.decode(data or b"", path, kind)
            files = {}
            if with_files and isinstance(record, Ticket):
                folder = files_folder(record.id)
                found = ((n, contents.get(f"{commit}:{folder}/{n}")) for n in record.all_attachments)
                files = {n: c for n, c in found if c is not None}
            yield record, files


class Bad(NamedTuple):
    """A line that can't be imported, counted from 1."""

    line: int
    problem: str


@leaf.leaf("import", example="desk import tickets.jsonl\nold-system-dump | desk import - --history")
@click.argument("file", metavar="FILE|-")
@click.option("--strict", is_flag=True, help="Import nothing if one line is bad.")
@click.option(
    "--history", "with_history", is_flag=True, help="One commit for the request, each entry of the thread, and the end."
)
def import_(app: App, file: str, strict: bool, with_history: bool) -> Done:
    """Create records from JSON lines, one commit each, in its own time and by its own author. Level 3 only.

    Records that are there already are passed over, so an import that was interrupted can be run again.
    """
    started = time.monotonic()
    with app.store.writing() as hold:
        base = app.store.commit_now()
        snapshot = app.store.snapshot(app.store.keeper.at(base), base)
        by = snapshot.staff(app.me())
        rights.require_level(by, "settings")
        run = Import(app, snapshot, by.id, "stdin" if file == "-" else file, strict=strict, history=with_history)
        with _open(app, file) as source:
            new = bulk.commit_all(app.store, run.commits(source), hold)
    if new:
        app.store.keeper.at(new)
    return run.result(new, time.monotonic() - started)


def _open(app: App, file: str) -> IO[bytes]:
    if file == "-":
        return app.env.stdin.buffer
    try:
        return open(file, "rb")
    except FileNotFoundError:
        raise NotFound(f"there is no file {file}", "- reads from stdin") from None
    except OSError as error:
        raise UsageFault(f"can't read {file}: {error.strerror}") from None


class Import:
    """One run: what is known, what came in, what was bad."""

    def __init__(self, app: App, snapshot: Snapshot, importer: str, file: str, *, strict: bool, history: bool) -> None:
        self.app = app
        self.snapshot = snapshot
        self.importer = importer
        self.file = file
        self.strict = strict
        self.history = history
        self.bad: list[Bad] = []
        self.bad_count = 0
        self.known = 0
        self.created: dict[str, int] = {}
        self.now = int(app.clock().timestamp())
        self.people: dict[str, tuple[str, str]] = {
            str(r["id"]): (str(r["name"] or r["id"]), str(r["email"] or ""))
            for kind in ("staff", "user")
            for r in snapshot.index.rows(kind)
        }
        self.ids = {kind: {id_at(path) for path in tickets.paths(snapshot.index, kind)} for kind in KINDS}
        self.new: dict[str, bytes] = {}
        """Paths that this run writes, with a digest of each: a file may name a record twice."""

    def commits(self, source: Iterable[bytes]) -> Iterator[write.NewCommit]:
        """The commits of all good lines."""
        lines = progress((line.decode(errors="replace") for line in source), 0, "Importing", self.app.env.stderr)
        for number, text in enumerate(lines, 1):
            if not text.strip():
                continue
            try:
                item = exchange.parse(json.loads(text))
                made = list(self._commits_of(item))
            except (ValueError, RecursionError) as error:
                self._note(number, str(error))
                continue
            yield from made

    def _note(self, number: int, problem: str) -> None:
        if self.strict:
            raise Broken(
                problem, self.file, number, "nothing was imported; mend the line, or leave --strict out to pass over it"
            )
        self.bad_count += 1
        if len(self.bad) < _SHOWN:
            self.bad.append(Bad(number, problem))

    def _commits_of(self, item: exchange.Item) -> Iterator[write.NewCommit]:
        record = item.record
        encoded = records.encode(record)
        path = record.path
        if self._is_known(record, path, encoded):
            self.known += 1
            return
        self._check(record)
        files: dict[str, bytes | None] = {}
        if isinstance(record, Ticket):
            missing = [n for n in record.all_attachments if n not in item.files]
            odd = [n for n in item.files if n not in record.all_attachments or n != filenames.attachment_name(n, set())]
            if missing or odd:
                raise ValueError(
                    f"files: {(missing or odd)[0]}: {'no content' if missing else 'not a name the ticket has'}"
                )
            files = {f"{files_folder(record.id)}/{n}": c for n, c in item.files.items()}
        self.new[path] = objects.blob_id(encoded, "").encode()
        self.ids[record.kind].add(record.id)
        if record.kind in ("staff", "user"):
            self.people[record.id] = (
                str(record.values.get("name") or record.id),
                str(record.values.get("email") or ""),
            )
        self.created[record.kind] = self.created.get(record.kind, 0) + 1
        previous: Record | None = None
        for stage in exchange.stages(record, history=self.history):
            content = encoded if stage.record is record else records.encode(stage.record)
            yield self._commit(stage, previous, {**files, path: content})
            previous, files = stage.record, {}

    def _is_known(self, record: Record, path: str, encoded: bytes) -> bool:
        digest = self.new.get(path)
        oid = digest.decode() if digest else self.snapshot.index.blob(path)
        if oid is None and record.id in self.ids[record.kind]:
            raise ValueError(f"{record.kind} {record.id} is there already, elsewhere")
        if oid is None:
            return False
        if objects.blob_id(encoded, oid) != oid:
            raise ValueError(f"{record.kind} {record.id} is there already, and differs")
        return True

    def _check(self, record: Record) -> None:
        """References must lead somewhere, and listed values must stand in desk.toml."""
        for name, field in record.FIELDS.items():
            value = record.values.get(name)
            if value is None:
                continue
            values = value if isinstance(value, tuple) else (value,)
            if field.ref and field.ref != "ticket":
                unknown = [v for v in values if v not in self.ids[field.ref]]
                if unknown:
                    raise ValueError(f"{name}: there is no {field.ref} {unknown[0]}")
            if field.setting:
                unknown = [v for v in values if v not in self.app.config[field.setting]]
                if unknown:
                    raise ValueError(f"{name}: {unknown[0]!r} is none of {', '.join(self.app.config[field.setting])}")

    def _commit(
        self, stage: exchange.Stage, previous: Record | None, files: dict[str, bytes | None]
    ) -> write.NewCommit:
        who = stage.by or self.importer
        name, email = self.people.get(who, (who, ""))
        at = exchange.seconds(stage.at, self.now)
        title = str(stage.record.values.get("title", stage.record.values.get("name", ""))) if previous is None else ""
        edit = Edit(previous, stage.record, (stage.event,))
        change = Change(stage.event.verb, Importer(who), self.app.now, (edit,), None, title)
        message = changes_message.message(change) + f"Desk-Import: {self.importer}\n"
        committer = self.app.identity
        return write.NewCommit(
            name, email, at, committer.committer or name, committer.committer_email or email, self.now, message, files
        )

    def result(self, new: str | None, seconds: float) -> Done:
        """What was imported, and what wasn't."""
        total = sum(self.created.values())
        data: dict[str, Any] = {
            "id": new,
            "created": total,
            "kinds": self.created,
            "known": self.known,
            "bad": self.bad_count,
            "errors": [b._asdict() for b in self.bad],
        }
        lines = [
            f"{total:,} records imported"
            + (f" ({', '.join(f'{n:,} {k}' for k, n in self.created.items())})" if total else "")
            + f" in {seconds:.1f} s"
        ]
        if self.known:
            lines.append(f"{self.known:,} were there already")
        if self.bad_count:
            self.app.exit_code = Broken.exit_code
            lines.append(f"{self.bad_count:,} lines could not be imported")
        warnings = [f"line {b.line}: {b.problem}" for b in self.bad]
        if self.bad_count > len(self.bad):
            warnings.append(f"and {self.bad_count - len(self.bad):,} more")
        return Done("import", data, tuple(lines), tuple(warnings))
