"""desk ticket attachment: what files a ticket has, taken out of it, and looked at."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from typing import TYPE_CHECKING, Any, cast

import click

from desk.cli import arguments, leaf
from desk.domain.model import filenames
from desk.domain.model.fields import utc_text
from desk.domain.model.ticket import Ticket, files_folder
from desk.errors import ConfigError, NotFound, Refused, UsageFault, did_you_mean
from desk.store import worktree
from desk.text import _, arranged, pgettext
from desk.view.model import Column, Done, Listing

if TYPE_CHECKING:
    from desk.cli.app import App

_COLUMNS = (
    Column("ticket", pgettext("column", "TICKET"), "id"),
    Column("id", pgettext("column", "NAME"), "sentence"),
    Column("executable", "", "executable"),
    Column("size", pgettext("column", "SIZE"), "size"),
    Column("type", pgettext("column", "TYPE"), spare=1),
    Column("by", pgettext("column", "BY")),
    Column("at", pgettext("column", "WHEN"), "time"),
)
_LOOKED_AT = frozenset(("application/pdf", "text/plain", "image/png", "image/jpeg", "image/gif", "image/webp"))
"""Types that can be looked at without running anything."""
_OPENED = "opened"
"""The folder of copies that are looked at, in the git directory: not in one of the system, where they would stay."""
_DAY = 86_400
_names = click.argument("names", metavar="[NAME…]", nargs=-1)


@leaf.leaf("list", example="desk ticket attachment list 7K3Q")
@arguments.ticket_ids
def list_(app: App, ids: tuple[str, ...]) -> Listing:
    """List the files of tickets: size, type, whether they would run, who sent them, and when."""
    rows = [row for ticket_id in arguments.resolve(app, ids) for row in _rows(app, ticket_id)]
    return Listing("attachments", rows, _COLUMNS, _("no files are attached"))


def _rows(app: App, ticket_id: str) -> list[dict[str, Any]]:
    ticket = cast("Ticket", app.store.read("ticket", ticket_id))
    sent = [(name, ticket.author, ticket.created) for name in ticket.attachments]
    sent += [(name, entry.by, entry.at) for entry in ticket.thread for name in entry.attachments]
    seen = {name: worktree.glance(app.place, f"{files_folder(ticket.id)}/{name}") for name, _by, _at in sent}
    return [
        {
            "id": name,
            "ticket": ticket.id,
            "size": seen[name].size,
            "type": filenames.type_of(name),
            "executable": filenames.is_executable(name, seen[name].head),
            "by": by,
            "at": utc_text(at),
        }
        for name, by, at in sent
    ]


@leaf.leaf("save", example="desk ticket attachment save 7K3Q\ndesk ticket attachment save 7K3Q log.txt --to /tmp")
@click.argument("ids", metavar="ID")
@_names
@click.option("--to", "folder", metavar="DIR", default=".", type=click.Path(), help="Into this folder; default: here.")
def save(app: App, ids: str, names: tuple[str, ...], folder: str) -> Done:
    """Save files of a ticket, all of them unless some are named. A file that is there is never written over."""
    ticket_id = arguments.require_one(app, ids)
    wanted = _wanted(app, ticket_id, names)
    target = os.path.join(app.env.cwd, folder)
    if not os.path.isdir(target):
        raise NotFound(_("there is no folder {folder}", folder=folder), _("make it first, or name another one"))
    there = [name for name in wanted if os.path.lexists(os.path.join(target, name))]
    if there:
        raise Refused(_("{name} is there already", name=there[0]), _("another folder: --to DIR"))
    for name in wanted:
        _write(os.path.join(target, name), _content(app, ticket_id, name))
    rows = [{"id": name, "ticket": ticket_id, "path": os.path.normpath(os.path.join(target, name))} for name in wanted]
    lines = tuple(arranged("{name}  {path}", name=row["id"], path=row["path"]) for row in rows)
    return Done("attachments", rows, lines)


def _wanted(app: App, ticket_id: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """Names of files that the ticket has; NotFound names the nearest."""
    ticket = cast("Ticket", app.store.read("ticket", ticket_id))
    known = tuple(dict.fromkeys(ticket.all_attachments))
    for name in names:
        if name not in known:
            meant = did_you_mean(name, known)
            hint = _("it has: {names}", names=", ".join(known) or _("none"))
            raise NotFound(
                _("{ticket} has no file {name!r}{meant}", ticket=ticket_id, name=name[:60], meant=meant), hint
            )
    if not known:
        raise NotFound(
            _("{ticket} has no files", ticket=ticket_id), arranged("desk ticket show {ticket}", ticket=ticket_id)
        )
    return tuple(dict.fromkeys(names)) or known


def _content(app: App, ticket_id: str, name: str) -> bytes:
    data = worktree.read(app.place, f"{files_folder(ticket_id)}/{name}")
    if data is None:
        raise NotFound(_("the file {name} of {ticket} is gone", name=name, ticket=ticket_id), "desk doctor")
    return data


def _write(path: str, data: bytes) -> None:
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb") as file:
            file.write(data)
    except OSError as error:
        raise UsageFault(
            _("can't write {path}: {why}", path=path, why=error.strerror), _("another folder: --to DIR")
        ) from None


@leaf.leaf("open", example="desk ticket attachment open 7K3Q screen.png")
@click.argument("ids", metavar="ID")
@click.argument("name", metavar="[NAME]", required=False)
def open_(app: App, ids: str, name: str | None) -> Done:
    """Look at a file of a ticket with the program that this machine has for it, from a copy, which goes when another one is
    opened a day later.

    Pictures, PDF and plain text alone: whatever could do something when it is opened is to be saved, and looked at with
    care. DESK_OPEN names another program.
    """
    ticket_id = arguments.require_one(app, ids)
    wanted = _wanted(app, ticket_id, (name,) if name else ())
    if len(wanted) > 1:
        raise UsageFault(_("{ticket} has {n} files", ticket=ticket_id, n=len(wanted)), ", ".join(wanted))
    [name] = wanted
    data = _content(app, ticket_id, name)
    _require_harmless(ticket_id, name, data)
    copy = _lay_copy(app, name, data)
    program = app.env.environ.get("DESK_OPEN") or ("open" if sys.platform == "darwin" else "xdg-open")
    try:
        # It goes on after desk has ended, and says nothing in between.
        silent = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_RDWR, 0) for stream in range(3)]
        os.posix_spawnp(program, [program, copy], app.env.environ, file_actions=silent)
    except OSError as error:
        shutil.rmtree(os.path.dirname(copy), ignore_errors=True)
        raise ConfigError(
            _("can't start {program}: {why}", program=program, why=error.strerror), _("DESK_OPEN names another one")
        ) from None
    row = {"id": name, "ticket": ticket_id, "path": copy}
    return Done("attachment", row, (arranged("{name}  {path}", name=name, path=copy),))


def _lay_copy(app: App, name: str, data: bytes) -> str:
    """The path of a copy in a folder of its own. The program goes on after desk has ended, so old ones are removed here."""
    folder, now = app.place.own(_OPENED), app.now.timestamp()
    try:
        os.makedirs(folder, 0o700, exist_ok=True)
        with os.scandir(folder) as found:
            old = [one.path for one in found if now - one.stat(follow_symlinks=False).st_mtime >= _DAY]
        for path in old:
            shutil.rmtree(path, ignore_errors=True)
        own = tempfile.mkdtemp(dir=folder)
    except OSError:  # a desk that one may only read
        own = tempfile.mkdtemp(prefix="desk-")
    copy = os.path.join(own, filenames.attachment_name(name, set()))
    _write(copy, data)
    os.utime(own, (now, now))
    return copy


def _require_harmless(ticket_id: str, name: str, data: bytes) -> None:
    """Refused unless a file is a picture, a PDF or a text, by its name, and no program, by what is in it."""
    if filenames.is_executable(name, data):
        problem = _("{name} is not opened: it is executable, whatever it is called", name=name)
    elif filenames.type_of(name) not in _LOOKED_AT:
        problem = _("{name} is not opened: it could be more than a picture or a text", name=name)
    else:
        return
    raise Refused(
        problem,
        _("save it, and look with care: desk ticket attachment save {ticket} {name}", ticket=ticket_id, name=name),
    )
