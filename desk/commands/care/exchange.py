"""desk export and desk import: records as JSON lines, in and out."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import IO, Any

import click

from desk.actions.care import importing, sheets
from desk.actions.care.importing import Imported
from desk.cli import complete, leaf
from desk.cli.app import App
from desk.cli.speech.helping import SpokenOption
from desk.codec import records
from desk.domain.changes import exchange, salt
from desk.domain.model.kinds import KINDS
from desk.domain.model.record import Record
from desk.domain.model.ticket import Ticket, files_folder
from desk.domain.rights.words import word
from desk.errors import Broken, GitError, NotFound, UsageFault
from desk.git import objects
from desk.queries import records as queries_records
from desk.text import _, arranged
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
@click.option(
    "--output", metavar="FILE", shell_complete=complete.complete_file, help="Write to a file instead of stdout."
)
def export(app: App, kinds: tuple[str, ...], no_files: bool, output: str | None) -> Done:
    """Write records as JSON lines, one a line, as `desk import` reads them; desk help exchange describes the fields."""
    wanted = kinds or tuple(KINDS)
    paths = app.store.ask(
        lambda index: [(kind, path) for kind in wanted for path in queries_records.paths(index, kind)]
    )
    commit = app.store.commit_now()
    out = _written(output) if output else app.env.stdout
    count = 0
    try:
        for record, files in _records(app, commit, paths, with_files=not no_files):
            out.write(json.dumps(exchange.line(record, files), ensure_ascii=False) + "\n")
            count += 1
        out.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise GitError(
            _("can't write the export: {why}", why=error.strerror),
            _("what was written is not whole; nothing was changed"),
        ) from None
    finally:
        if output:
            with suppress(OSError):
                out.close()
    broken = app.store.ask(lambda index: index.broken())
    warnings = tuple(
        _("left out: {path}:{line}: {problem}", path=path, line=line, problem=problem)
        for path, line, problem in broken[:_SHOWN]
    )
    lines = (_("{count:,} records written to {output}", count=count, output=output),) if output else ()
    # Where the records are the answer, a form around them would spoil them.
    return Done("export", {"id": commit, "records": count, "output": output}, lines, warnings, bare=not output)


def _written(path: str) -> IO[str]:
    try:
        return open(path, "w", encoding="utf-8")
    except OSError as error:
        raise UsageFault(
            _("can't write {path}: {why}", path=path, why=error.strerror), _("name a file in a folder that is there")
        ) from None


def _records(
    app: App, commit: str, paths: list[tuple[str, str]], *, with_files: bool
) -> Iterator[tuple[Record, dict[str, bytes]]]:
    with objects.blobs(app.store.place) as blobs, objects.blobs(app.store.place) as contents:
        shown = progress(iter(paths), len(paths), _("Exporting"), app.env.stderr)
        for (kind, path), data in zip(shown, blobs.each([f"{commit}:{p}" for _, p in paths]), strict=True):
            record = records.decode(data or b"", path, kind)
            files = {}
            if with_files and isinstance(record, Ticket):
                folder = files_folder(record.id)
                names = (*record.all_attachments, salt.FILE) if record.all_attachments else ()
                found = ((n, contents.get(f"{commit}:{folder}/{n}")) for n in names)
                files = {n: c for n, c in found if c is not None}
            yield record, files


@leaf.leaf(
    "import",
    example="desk import tickets.jsonl\nold-system-dump | desk import - --history\ndesk import customers.csv --record user",
)
@click.argument("file", metavar="FILE|-", shell_complete=complete.complete_file)
@click.option(
    "--csv", "table", is_flag=True, help="A table of another program, with or without this option if FILE ends in .csv."
)
@click.option("--record", "kind", cls=SpokenOption, metavar="KIND", type=click.Choice(tuple(sheets.KNOWN)),
              default=Ticket.kind, show_default=True,
              help=_("What a row of a table is: {kinds}.", kinds=", ".join(sheets.KNOWN)))  # fmt: skip
@click.option(
    "--encoding", metavar="NAME", default="utf-8", show_default=True, help="What a table is written in: windows-1253 …"
)
@click.option("--strict", is_flag=True, help="Import nothing if one line is bad.")
@click.option(
    "--history", "with_history", is_flag=True, help="One commit for the request, each entry of the thread, and the end."
)
def import_(app: App, file: str, strict: bool, with_history: bool, table: bool, kind: str, encoding: str) -> Done:
    """Create records from JSON lines or a CSV table, one commit each, in its own time and by its own author. Level 3 only.

    Records that are there already are passed over, so an import that was interrupted can be run again.
    """
    started = time.monotonic()
    with _open(app, file) as source:
        name = "stdin" if file == "-" else file
        is_table = table or file.lower().endswith(".csv")
        lines = sheets.lines(app, source.read(), kind, encoding) if is_table else source
        done = importing.import_records(app, lines, name, strict=strict, history=with_history)
    app.exit_code = Broken.exit_code if done.bad_number else 0
    return _told(done, time.monotonic() - started)


def _open(app: App, file: str) -> IO[bytes]:
    if file == "-":
        return app.env.stdin.buffer
    try:
        return open(file, "rb")
    except FileNotFoundError:
        raise NotFound(_("there is no file {file}", file=file), _("- reads from stdin")) from None
    except OSError as error:
        raise UsageFault(_("can't read {file}: {why}", file=file, why=error.strerror)) from None


def _told(done: Imported, seconds: float) -> Done:
    """What was imported, and what wasn't."""
    total = sum(done.created.values())
    data: dict[str, Any] = {
        "id": done.commit,
        "created": total,
        "kinds": dict(done.created),
        "known": done.known,
        "bad": done.bad_number,
        "errors": [b._asdict() for b in done.bad],
    }
    kinds = [arranged("{n:,} {kind}", n=n, kind=word(k)) for k, n in done.created.items()]
    lines = [
        _("{total:,} records imported ({kinds}) in {seconds:.1f} s", total=total, kinds=kinds, seconds=seconds)
        if total
        else _("{total:,} records imported in {seconds:.1f} s", total=total, seconds=seconds)
    ]
    if done.known:
        lines.append(_("{known:,} were there already", known=done.known))
    if done.bad_number:
        lines.append(_("{bad_number:,} lines could not be imported", bad_number=done.bad_number))
    warnings = [_("line {line}: {problem}", line=b.line, problem=b.problem) for b in done.bad]
    if done.bad_number > len(done.bad):
        warnings.append(_("and {n:,} more", n=done.bad_number - len(done.bad)))
    return Done("import", data, tuple(lines), tuple(warnings))
