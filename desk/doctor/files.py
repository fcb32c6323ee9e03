"""Checks of files: symbolic links, strays, desk.toml, .gitattributes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial

from desk import config as settings
from desk.checks import settings as checks_settings
from desk.checks import twins
from desk.codec import locate
from desk.doctor.exam import Exam, Finding
from desk.domain.model.ticket import files_folder
from desk.errors import ConfigError
from desk.git import repo
from desk.mail.letters import FOLDER
from desk.queries import records
from desk.setting import zone
from desk.store import levels as store_levels
from desk.store import worktree
from desk.text import _, arranged

ATTRIBUTES = ".gitattributes"


def symlinks(exam: Exam) -> Iterator[Finding]:
    """Symbolic links lead out of the desk, and differ from clone to clone."""
    for path in exam.walk.links:
        target = os.path.join(exam.place.root, path)
        try:
            shown = os.readlink(target)
        except OSError:
            shown = "?"
        yield Finding(
            "symlinks",
            path,
            None,
            _("a symbolic link (to {shown}) is not allowed here", shown=shown),
            _("replace it by a file: rm {path}", path=path),
        )


def strays(exam: Exam) -> Iterator[Finding]:
    """Files among the records that are neither records nor attachments, and those that some systems don't keep apart."""
    yield from _alike(exam)
    for path in exam.walk.strays:
        yield Finding(
            "strays", path, None, _("neither a record nor an attachment"), _("move it out of records/, or delete it")
        )


def _alike(exam: Exam) -> Iterator[Finding]:
    """Files in one folder that some systems take for the same: there a clone has only one of them."""
    attached = exam.walk.attached.items()
    files = [f"{files_folder(ticket)}/{name}" for ticket, found in attached for name in found] + exam.walk.others
    names: dict[str, set[str]] = {"": set(os.listdir(exam.place.root))}
    for path in files:
        parts = path.split("/")
        for depth, name in enumerate(parts):
            names.setdefault("/".join(parts[:depth]), set()).add(name)
    for twin in twins.find(files, lambda folder: names.get(folder, ())):
        yield Finding("strays", twin.path, None, twin.problem, twin.hint)


def texts(exam: Exam) -> Iterator[Finding]:
    """Responses and mail texts name nothing that there isn't, and include nothing that can't be included."""
    known = {path for path, _, _ in exam.index.broken()}
    paths = records.paths(exam.index, "response") + [p for p in exam.walk.others if p.startswith("templates/mail/")]
    for path in paths:
        content = exam.content(path)
        wrong = exam.fault(path, content) if exam.fault and content is not None and path not in known else None
        if wrong is not None:
            yield Finding("texts", wrong.path, wrong.line, wrong.problem, wrong.hint or "")


def desk_toml(exam: Exam) -> Iterator[Finding]:
    """desk.toml can be read, and its settings go together."""
    content = exam.content(settings.FILE)
    if exam.wrong is not None:
        name = exam.wrong.setting if isinstance(exam.wrong, ConfigError) else ""
        yield Finding(
            "settings",
            settings.FILE,
            locate.setting_line(content, name.split(".")) if name else locate.line_in(exam.wrong.message),
            exam.wrong.message.removeprefix(f"{settings.FILE}: "),
            exam.wrong.hint or "",
        )
    if exam.config is None:
        return
    yield from _of_no_use(exam, exam.config, content)
    for name, problem, hint in _at_odds(exam.config):
        yield Finding(
            "settings",
            settings.FILE,
            locate.setting_line(content, name.split(".")),
            arranged("{name}: {problem}", name=name, problem=problem),
            hint,
        )
    try:
        levels = store_levels.policies(exam.place, exam.config, content)
    except ConfigError as error:
        line, _rest, problem = error.message.removeprefix(f"{settings.FILE}:").partition(": ")
        if line.isdecimal():  # an unknown time zone has been told above
            yield Finding("settings", settings.FILE, int(line), problem, error.hint or "")
        return
    for problem in store_levels.strangers(levels, exam.world.ids):
        yield Finding("settings", settings.FILE, None, problem, _("mend {file}", file=settings.FILE))


def _of_no_use(exam: Exam, config: settings.Config, content: bytes | None) -> Iterator[Finding]:
    """What is let in no more, and may stay; and a picture that is gone, without which no mail can be sent."""
    for name, problem in checks_settings.misfits(config):
        line = locate.setting_line(content, name.split("."))
        told = _("{name}: must be {error}", name=name, error=problem)
        hint = _("mend {file}, then: desk commit {file}", file=settings.FILE)
        yield Finding("settings", settings.FILE, line, told, hint, info=True)
    for problem in checks_settings.strange_departments(config, exam.world):
        line = locate.setting_line(content, ["mail", "departments"])
        yield Finding("settings", settings.FILE, line, problem, "desk department list")
    picture = config["mail.header_image"]
    if picture and config["mail.html"] and exam.content(f"{FOLDER}/{picture}") is None:
        problem = _("mail.header_image: there is no {folder}/{name}", folder=FOLDER, name=picture)
        hint = _("put the picture there, or: desk config set mail.header_image -")
        yield Finding("settings", settings.FILE, locate.setting_line(content, ["mail", "header_image"]), problem, hint)


def _at_odds(config: settings.Config) -> Iterator[tuple[str, str, str]]:
    name = config["desk.timezone"]
    if zone(name) is None:
        yield (
            "desk.timezone",
            _("there is no time zone {name!r} on this machine", name=name),
            "desk config set desk.timezone Europe/Athens",
        )
    if config["ticket.channel"] not in config["ticket.channels"]:
        yield (
            "ticket.channel",
            _("{channel!r} is none of ticket.channels", channel=config["ticket.channel"]),
            "desk config set ticket.channel CHANNEL",
        )
    lists = {n: config[f"ticket.{n}"] for n in ("impacts", "urgencies", "priorities")}
    for impact, row in config["priority.matrix"].items():
        for urgency, priority in row.items():
            given = (("impacts", impact), ("urgencies", urgency), ("priorities", priority))
            for name, value in given:
                if value not in lists[name]:
                    yield (
                        "priority.matrix",
                        _("{value!r} is none of ticket.{name}", value=value, name=name),
                        _("mend {file}", file=settings.FILE),
                    )

    for impact, urgency in settings.holes(config):
        problem = _("no priority for impact {impact} and urgency {urgency}", impact=impact, urgency=urgency)
        yield "priority.matrix", problem, _("fill it in in {file}, then: desk commit {file}", file=settings.FILE)
    for impact in config["priority.fixed"]:
        if impact not in lists["impacts"]:
            yield (
                "priority.fixed",
                _("{impact!r} is none of ticket.impacts", impact=impact),
                _("mend {file}", file=settings.FILE),
            )


def attributes(exam: Exam) -> Iterator[Finding]:
    """Records come back byte for byte, whatever git is told on other systems."""
    content = exam.content(ATTRIBUTES)
    lines = [line.split() for line in (content or b"").decode(errors="replace").splitlines()]
    if ["*", "-text"] not in lines:
        problem = _("the line `* -text` is missing: line ends may be changed")
        yield Finding(
            "attributes", ATTRIBUTES, None, problem, _("desk doctor --fix adds it"), partial(add_attributes, exam)
        )


def add_attributes(exam: Exam) -> None:
    """Put the line in front: what follows may still say otherwise for some files."""
    content = exam.content(ATTRIBUTES) or b""
    worktree.write(exam.place, ATTRIBUTES, repo.ATTRIBUTES.encode() + content)
