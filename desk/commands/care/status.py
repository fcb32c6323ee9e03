"""desk status: what is uncommitted, unfinished or broken here."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from typing import Any

from desk.checks import edits as checks_edits
from desk.cli import leaf, told
from desk.cli.app import App, config_error
from desk.cli.clerk import mailhost
from desk.config import Config
from desk.domain.model.change import Edit
from desk.domain.model.fields import utc_text
from desk.domain.model.kinds import KINDS
from desk.domain.rights.words import word
from desk.errors import DeskError
from desk.git import cone, log, refs
from desk.git.place import Place
from desk.index import keeper
from desk.local import meetings, outbox, untold
from desk.store import handedits, journal
from desk.store.handedits import HandEdit
from desk.store.store import Store
from desk.text import _, arranged, listed, ngettext
from desk.view.model import Done

_STALE = 2
"""Days that a message waits for a server; longer, and probably nothing sends."""
_SHOWN = 40
"""Hand edits named one by one; after a mass edit more of them help nobody."""


@leaf.leaf("status", example="desk status\ndesk status -f json")
def status(app: App) -> Done:
    """Show what was edited by hand and not committed, what is unfinished, and whether the index is up to date."""
    interrupted = _journal(app.place)
    wrong = config_error(app)
    store = app.store
    pending = journal.pending(app.place)
    head = store.head()
    index = keeper.index_state(store.keeper, head.oid)
    broken = len(store.ask(lambda i: i.broken())) if head.oid else 0
    scan = handedits.scan(app.place)
    edits = _edits(store, scan.edits, None if wrong else app.config, known=head.oid is not None)
    operation = store.operation()
    drafts = _drafts(app.place)
    unfinished = bool(operation or pending or head.ref is None)
    data: dict[str, Any] = {
        "branch": head.ref.removeprefix("refs/heads/") if head.ref else None,
        "commit": head.oid,
        "detached": head.ref is None,
        "clean": not (edits or scan.staged or broken or wrong or unfinished),
        "hand_edits": edits,
        "staged": scan.staged,
        "operation": operation[0] if operation else None,
        "merging": store.is_merging(),
        "pending": interrupted if pending else [],
        "recovered": [] if pending else interrupted,
        "index": index,
        "broken": broken,
        "settings": wrong.message if wrong else None,
        "drafts": drafts,
        "untold": len(untold.load(app.place)),
        "mail": mailhost.stopped(app.place),
        "outbox": _outbox(app),
        "met": _met(app, head.oid),
        "years": cone.years(app.place) or None,
        "begins": _begins(app),
    }
    return Done("status", data, tuple(_lines(app.place, data, scan.edits, operation)), answer=True)


def _outbox(app: App) -> dict[str, Any]:
    """How many messages wait, and since when the oldest does: their names begin with when they were written."""
    ids = outbox.ids(app.place.own(outbox.FOLDER))
    try:
        oldest = datetime.strptime(ids[0][:15], "%Y%m%dT%H%M%S").replace(tzinfo=UTC) if ids else None
    except ValueError:
        oldest = None
    days = (app.now - oldest).days if oldest else 0
    return {"waiting": len(ids), "oldest": utc_text(oldest) if oldest else None, "days": days}


def _met(app: App, head: str | None) -> dict[str, Any] | None:
    """Which other clone was met, when, and what it doesn't have yet; None for a desk that meets nobody."""
    meeting = meetings.last(app.place)
    if meeting is None or head is None:
        return None
    there = refs.commit_of(app.place, meeting.ref)
    ago = int(app.clock().timestamp()) - meeting.at
    warn = int(app.config["sync.warn"])
    return {
        "remote": meeting.remote,
        "at": utc_text(datetime.fromtimestamp(meeting.at, UTC)),
        "unpublished": log.count(app.place, there, head) if there else None,
        "minutes": ago // 60,
        "late": bool(warn) and ago >= warn * 60,
    }


def _begins(app: App) -> str | None:
    """When the history of this clone begins; None where all of it is here."""
    found = refs.begins(app.place)
    return utc_text(datetime.fromtimestamp(found, UTC)) if found is not None else None


def _journal(place: Place) -> list[str]:
    """The paths of a write that was begun and not finished."""
    try:
        with open(place.own("journal"), encoding="utf-8") as file:
            paths = json.load(file)["paths"]
    except (OSError, ValueError, KeyError, TypeError):
        return []
    return [str(p) for p in paths] if isinstance(paths, list) else []


def _drafts(place: Place) -> list[dict[str, Any]]:
    """Texts that were begun in the editor, or kept when a command failed."""
    found = []
    try:
        for entry in sorted(os.scandir(place.own("drafts")), key=lambda e: e.name):
            if entry.is_file(follow_symlinks=False):
                at = datetime.fromtimestamp(entry.stat().st_mtime, UTC)
                found.append({"name": entry.name.removesuffix(".md"), "path": entry.path, "modified": utc_text(at)})
    except FileNotFoundError:
        return []
    return found


def _edits(store: Store, edits: list[HandEdit], config: Config | None, *, known: bool) -> list[dict[str, Any]]:
    """Hand edits as data, each with what stands against it."""
    world = checks_edits.world_with(store.index, config, edits, store.place) if known and edits else None
    return [_data(e, checks_edits.find_edit_problem(e, world) if world else e.fault) for e in edits]


def _data(edit: HandEdit, problem: DeskError | None) -> dict[str, Any]:
    line, words = checks_edits.locate_problem(problem, edit.path) if problem else (None, None)
    return {
        "path": edit.path.encode(errors="surrogateescape").decode(errors="replace"),
        "change": edit.change,
        "kind": edit.kind,
        "id": edit.id,
        "valid": problem is None,
        "problem": words,
        "hint": problem.hint if problem else None,
        "line": line,
        "events": [{"verb": e.verb, "from": e.before, "to": e.after} for e in edit.events],
    }


# -- for people --------------------------------------------------------------------------------------------------------


def _lines(place: Place, data: dict[str, Any], edits: list[HandEdit], operation: tuple[str, str] | None) -> list[str]:
    where = _("On {branch}", branch=data["branch"]) if data["branch"] else _("HEAD is detached")
    at = _(" at {commit}", commit=data["commit"][:7]) if data["commit"] else _(", without a commit yet")
    lines: list[str] = [arranged("{where}{at}{how}", where=where, at=at, how=_(": clean") if data["clean"] else "")]
    lines += _unfinished(place, data, operation)
    if edits:
        lines += ["", _("Edited by hand, not committed:"), *_edit_lines(data["hand_edits"], edits)]
    lines += _rest(data)
    following = _next(data)
    return [*lines, "", *following] if following else lines


_BEGUN = {
    "a merge": _("A merge"),
    "a rebase": _("A rebase"),
    "a cherry-pick": _("A cherry-pick"),
    "a revert": _("A revert"),
}
"""What git was told to do, at the beginning of a sentence."""


def _unfinished(place: Place, data: dict[str, Any], operation: tuple[str, str] | None) -> list[str]:
    lines: list[str] = []
    if operation and data["merging"]:
        lines.append(
            _("A merge is in progress: finish it with desk sync --continue, or give it up: {undo}", undo=operation[1])
        )
    elif operation:
        what, undo = operation
        lines.append(
            _(
                "{operation} is in progress: finish it with git, or give it up: {undo}",
                operation=_BEGUN.get(what, what),
                undo=undo,
            )
        )
    if data["detached"]:
        lines.append(_("Nothing can be committed until you are on a branch: {way}", way=refs.way_back(place)))
    if data["pending"]:
        lines.append(_("Another desk command is writing now: {few}", few=_few(data["pending"])))
    if data["recovered"]:
        lines.append(_("A write that was interrupted was finished: {few}", few=_few(data["recovered"])))
    if data["settings"]:
        edited = any(row["kind"] == handedits.SETTINGS for row in data["hand_edits"])
        if edited:
            lines.append(_("desk.toml as edited can't be meant: the settings of the newest commit are in force"))
        else:
            lines.append(_("{settings} (the defaults are in force)", settings=data["settings"]))
    return lines


def _edit_lines(rows: list[dict[str, Any]], edits: list[HandEdit]) -> list[str]:
    lines: list[str] = []
    across = max(len(row["path"]) for row in rows[:_SHOWN])
    for row, edit in list(zip(rows, edits, strict=True))[:_SHOWN]:
        if row["valid"]:
            change, path, meaning = word(row["change"]), row["path"], _meaning(edit)
            lines.append(
                arranged("  {change:8}  {path}  {meaning}", change=change, path=path.ljust(across), meaning=meaning)
                if meaning
                else arranged("  {change:8}  {path}", change=change, path=path)
            )
        else:
            line = f":{row['line']}" if row["line"] else ""
            lines += [
                arranged(
                    "  {change:8}  {path}{line}: {problem}",
                    change=word(row["change"]),
                    path=row["path"],
                    line=line,
                    problem=row["problem"],
                ),
                arranged("  {what:8}  -> {hint}", what="", hint=row["hint"]),
            ]
    if len(rows) > _SHOWN:
        lines.append(_("  and {n} more", n=len(rows) - _SHOWN))
    return lines


def _meaning(edit: HandEdit) -> str:
    if edit.kind == handedits.SETTINGS:
        return listed(told.describe_settings(edit.before, edit.after), "; ") or word("settings")
    if edit.kind not in KINDS or (edit.old is None and edit.new is None):
        return "" if edit.kind == handedits.OTHER else word(edit.kind)
    if edit.kind != "ticket" and edit.change != handedits.MODIFIED:
        return arranged("{kind} {id}", kind=word(edit.kind), id=edit.id)
    return told.describe_events(Edit(edit.old, edit.new, edit.events))


def _rest(data: dict[str, Any]) -> list[str]:
    lines: list[str] = []
    if data["staged"]:
        lines.append(_("Staged in git: {files}", files=_few(data["staged"])))
    if data["broken"]:
        lines.append(
            ngettext(
                "{n} committed record can't be read: desk doctor",
                "{n} committed records can't be read: desk doctor",
                data["broken"],
            )
        )
    if data["index"] != "up to date":
        lines.append(_("The index was {index}; it is up to date now", index=word(data["index"])))
    if (days := data["outbox"]["days"]) >= _STALE:
        lines.append(
            ngettext(
                "{n} message waits in the outbox, for {days} days: desk mail outbox",
                "{n} messages wait in the outbox, the oldest for {days} days: desk mail outbox",
                data["outbox"]["waiting"],
                days=days,
            )
        )
        lines.append(_("to send them: desk mail send; to write none: desk config set mail.notify false"))
    if data["drafts"]:
        lines.append(_("Drafts: {paths}", paths=_few([d["path"] for d in data["drafts"]])))
        lines.append(_("to go on with one: desk draft resume; see: desk draft list; or --file PATH of its command"))
    if data["untold"]:
        lines.append(
            _(
                "Nobody has been told yet of {counted}: messages can't be written",
                counted=untold.counted(data["untold"]),
            )
        )
    lines += mailhost.lines(data["mail"])
    lines += _here(data)
    if data["met"]:
        lines.append(_others(data["met"]))
    return ["", *lines] if lines and data["hand_edits"] else lines


def _here(data: dict[str, Any]) -> list[str]:
    """What of the desk this clone has, where that isn't all."""
    lines: list[str] = []
    if data["years"]:
        text = ngettext(
            "Tickets of {n} year are files here, older ones are read from git: desk maintain --years N, 0 for all",
            "Tickets of {n} years are files here, older ones are read from git: desk maintain --years N, 0 for all",
            data["years"],
        )
        lines.append(text)
    if data["begins"]:
        lines.append(_("History begins on {day} here; all of it: git fetch --unshallow", day=data["begins"][:10]))
    return lines


def _others(met: dict[str, Any]) -> str:
    remote, minutes = met["remote"], met["minutes"]
    waits = ngettext("{n:,} commit not published", "{n:,} commits not published", met["unpublished"] or 0)
    if minutes < 2:
        ago, alone = _("met {remote} just now", remote=remote), _("Met {remote} just now", remote=remote)
    elif minutes < 120:
        ago = _("met {remote} {n} minutes ago", remote=remote, n=minutes)
        alone = _("Met {remote} {n} minutes ago", remote=remote, n=minutes)
    elif minutes < 2880:
        ago = _("met {remote} {n} hours ago", remote=remote, n=minutes // 60)
        alone = _("Met {remote} {n} hours ago", remote=remote, n=minutes // 60)
    else:
        ago = _("met {remote} {n} days ago", remote=remote, n=minutes // 1440)
        alone = _("Met {remote} {n} days ago", remote=remote, n=minutes // 1440)
    line = arranged("{waits}, {ago}", waits=waits, ago=ago) if met["unpublished"] else ago
    return _("{line}: desk sync", line=line) if met["late"] or met["unpublished"] else alone


def _next(data: dict[str, Any]) -> list[str]:
    if not data["hand_edits"]:
        return []
    if data["merging"]:
        return [_("Bring both sides together by the rules of desk: desk commit    look at it: git diff")]
    wrong = [row for row in data["hand_edits"] if not row["valid"]]
    if len(wrong) == len(data["hand_edits"]):
        path = wrong[0]["path"]
        drop = f"rm {path}" if wrong[0]["change"] == handedits.NEW else f"git checkout HEAD -- {path}"
        return [_("Mend it, then: desk commit    or drop it: {drop}", drop=drop)]
    if wrong:
        return [_("Mend what is wrong, then: desk commit    or commit the rest: desk commit PATH…")]
    return [_("Keep it: desk commit    look at it: git diff    drop it: git checkout HEAD -- PATH")]


def _few(names: list[str]) -> str:
    shown = ", ".join(names[:3])
    return _("{names} and {n} more", names=shown, n=len(names) - 3) if len(names) > 3 else shown
