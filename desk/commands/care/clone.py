"""desk clone: a clone of a desk, ready to work in."""

from __future__ import annotations

import os
import shutil
from datetime import date

import click

from desk.cli import complete, leaf
from desk.cli.app import App
from desk.config import FILE
from desk.errors import ConfigError, Refused, UsageFault
from desk.text import _, arranged
from desk.view.model import Done


@leaf.leaf(
    "clone",
    example="desk clone ssh://git@server.example/desk.git nicosia\n"
    "desk clone --years 2 --since 2025-01-01 ssh://git@server.example/desk.git",
)
@click.argument("url")
@click.argument("directory", metavar="[DIR]", shell_complete=complete.complete_folder, required=False)
@click.option(
    "--years",
    metavar="N",
    type=click.IntRange(1, 1000),
    help="Keep the tickets of the last N years as files, this one among them; older ones are read from git.",
)
@click.option(
    "--since",
    metavar="DAY",
    help="Bring history from this day on alone (2025-01-01). Not for audits, nor for mail hosts.",
)
def clone(app: App, url: str, directory: str | None, years: int | None, since: str | None) -> Done:
    """Make a clone of the desk at URL: configured as a desk needs it, and indexed. Meet it again with desk sync."""
    from desk.git import cone, place, process, repo  # noqa: PLC0415 - GitPython, for the commands that need it
    from desk.store import years as store_years  # noqa: PLC0415 - as above
    from desk.store.store import Store  # noqa: PLC0415 - as above

    folder = os.path.abspath(directory or _name(url))
    if os.path.lexists(folder):
        raise Refused(_("{folder} is there already", folder=folder), _("name a new folder: desk clone URL DIR"))
    try:
        made = repo.clone(url, folder, app.environ, _day(since), files=not years)
        if years:
            store_years.keep(made, years, app.now.year)
            cone.fill(made)
        _require_desk(url, folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    process.check_version(made)
    os.makedirs(os.path.join(made.gitdir, place.OWN), exist_ok=True)
    commit = Store(made).commit_now()
    Store(made).ask(lambda index: index.commit)
    lines = (
        _("A clone is ready in {folder}.", folder=folder),
        "",
        _("Next:"),
        arranged("  cd {relpath}", relpath=os.path.relpath(folder)),
        "  desk ticket list",
        "  desk sync",
    )
    return Done("desk", {"id": os.path.basename(folder), "folder": folder, "commit": commit, "url": url}, lines)


def _day(text: str | None) -> str | None:
    try:
        return date.fromisoformat(text).isoformat() if text else None
    except ValueError:
        raise UsageFault(_("{text!r} is no day", text=text), _("write it as 2025-01-01")) from None


def _require_desk(url: str, folder: str) -> None:
    if not os.path.isfile(os.path.join(folder, FILE)):
        raise ConfigError(_("{url} is not a desk: it has no {file}", url=url, file=FILE), _("a new desk: desk init"))


def _name(url: str) -> str:
    """The folder that git would make of an address."""
    name = url.rstrip("/").removesuffix(".git").rstrip("/").replace(":", "/").rpartition("/")[2]
    return name or "desk"
