"""desk init: a new desk from the starter desk."""

from __future__ import annotations

import os
import shutil

import click

from desk.actions import identifiers
from desk.cli import complete, leaf
from desk.cli.app import App
from desk.domain.knowledge.slugs import handle_from
from desk.domain.model.fields import utc_text
from desk.domain.model.person import Staff
from desk.errors import ConfigError, Refused, UsageFault
from desk.named import NamedTuple
from desk.text import _, arranged, ngettext
from desk.view.model import Done


class Founded(NamedTuple):
    """A new desk: where, its first commit, and who founded it."""

    folder: str
    commit: str
    staff: Staff


@leaf.leaf("init", example='desk init helpdesk --name "Service desk of the clinic"')
@click.argument("directory", metavar="[DIR]", shell_complete=complete.complete_folder, default=".")
@click.option("--name", metavar="NAME", help="What the desk is called in answers and reports.")
@click.option("--empty", is_flag=True, help="Without the departments, articles and responses of the starter desk.")
def init(app: App, directory: str, name: str | None, empty: bool) -> Done:
    """Make a new desk: a git repository with the starter desk as its first commit and you as level-3 staff."""
    made = found_desk(app, directory, name, empty=empty)
    shown = os.path.relpath(made.folder)
    go = "" if shown == "." else f"cd {shown}\n"
    lines = (
        _(
            "A desk is ready in {folder}: you are {staff}, level 3, in {departments}.",
            folder=made.folder,
            staff=made.staff.id,
            departments=_departments(made.staff),
        ),
        "",
        _("Next:"),
        *(
            arranged("  {line}", line=line)
            for line in f'{go}desk ticket create --title "My first ticket"\ndesk ticket list\ndesk --help'.splitlines()
        ),
    )
    data = {
        "id": made.staff.id,
        "folder": made.folder,
        "commit": made.commit,
        "name": made.staff.name,
        "email": made.staff.email,
    }
    return Done("desk", data, lines)


def _departments(staff: Staff) -> str:
    return ngettext(
        "the department {department}", "all {n} departments", len(staff.departments), department=staff.departments[0]
    )


def found_desk(app: App, directory: str, name: str | None, *, empty: bool) -> Founded:
    """Found a desk in a folder that is new, empty, or a git repository without anything in it."""
    from desk.git import identity, process, repo  # noqa: PLC0415 - as above
    from desk.git.place import require_utf8  # noqa: PLC0415 - as above
    from desk.index.keeper import Keeper  # noqa: PLC0415 - as above
    from desk.store import founding  # noqa: PLC0415 - GitPython, for the commands that need it

    folder = os.path.abspath(directory)
    require_utf8(folder)
    _check_folder(folder, repo.work_tree_around(folder))
    existed = os.path.isdir(folder)
    had_git = os.path.isdir(os.path.join(folder, ".git"))
    files = _files(founding.starter(), name, empty=empty)
    place = repo.create(folder, app.environ)
    try:
        process.check_version(place)
        staff = _founder(app, identity.identity(place), files)
        commit = founding.commit_first(place, files, staff, app.now, name or "a desk", committed=app.clock())
    except BaseException:
        _undo(folder, existed=existed, had_git=had_git)
        raise
    Keeper(place).at(commit)
    return Founded(folder, commit, staff)


def _check_folder(folder: str, around: str | None) -> None:
    if os.path.isfile(folder):
        raise UsageFault(_("{folder} is a file", folder=folder), _("name a folder"))
    if os.path.isfile(os.path.join(folder, "desk.toml")):
        raise Refused(
            _("{folder} is a desk already", folder=folder), _("look at it: desk --desk {folder} status", folder=folder)
        )
    present = sorted(set(os.listdir(folder)) - {".git"}) if os.path.isdir(folder) else []
    if present:
        raise Refused(
            _("{folder} is not empty ({present} …)", folder=folder, present=", ".join(present[:3])),
            _("name a new folder: desk init my-desk"),
        )
    if around and os.path.realpath(around) != os.path.realpath(folder):
        raise Refused(
            _("{folder} lies inside another git repository, {around}", folder=folder, around=around),
            _("a desk is a repository of its own: choose a folder outside"),
        )


def _files(starter: dict[str, bytes], name: str | None, *, empty: bool) -> dict[str, bytes]:
    from desk.codec import records, toml  # noqa: PLC0415 - as above
    from desk.git import repo  # noqa: PLC0415 - as above

    files = dict(starter)
    if empty:
        files = {p: d for p, d in starter.items() if p == "desk.toml" or p in _KEPT or p.startswith("templates/mail/")}
        files["records/departments/general.yaml"] = records.dump_yaml(
            {"id": "general", "name": "General", "default": True}
        ).encode()
    if name:
        files["desk.toml"] = toml.with_setting(files["desk.toml"].decode(), "desk.name", name).encode()
    files[".gitattributes"] = repo.ATTRIBUTES.encode()
    return files


_KEPT = ("records/tags/incident.yaml", "records/tags/problem.yaml")


def _founder(app: App, who: object, files: dict[str, bytes]) -> Staff:
    from desk.git.identity import Identity  # noqa: PLC0415 - as above

    if not isinstance(who, Identity) or not who.emails or not who.author:
        raise ConfigError(
            _("git doesn't know who you are"),
            _('git config --global user.name "Your Name" && git config --global user.email you@example.org'),
        )
    departments = sorted(
        p.rpartition("/")[2].removesuffix(".yaml") for p in files if p.startswith("records/departments/")
    )
    return identifiers.checked_values(  # type: ignore[no-any-return]
        lambda: Staff.new(
            id=handle_from(who.author, who.author_email),
            name=who.author,
            email=who.author_email,
            level=3,
            departments=departments,
            created=utc_text(app.now),
        )
    )


def _undo(folder: str, *, existed: bool, had_git: bool) -> None:
    """A desk is founded whole or not at all."""
    if not existed:
        shutil.rmtree(folder, ignore_errors=True)
        return
    for name in os.listdir(folder):
        path = os.path.join(folder, name)
        if name == ".git" and had_git:
            continue
        if os.path.isdir(path):
            shutil.rmtree(path, ignore_errors=True)
        else:
            os.unlink(path)
