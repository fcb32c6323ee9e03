"""desk commit: hand edits validated, then committed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import click

from desk.actions.care import handedits as actions_handedits
from desk.cli import leaf, told
from desk.cli.app import App
from desk.domain.model.change import Change
from desk.domain.model.kinds import KINDS
from desk.errors import NotFound
from desk.store import handedits
from desk.store.handedits import SETTINGS, HandEdit
from desk.text import _, arranged
from desk.view.model import Done


@leaf.leaf("commit", example='desk commit\ndesk commit kb/faq --reason "new wording after the review"')
@click.argument("paths", metavar="[PATH…]", nargs=-1, type=click.Path())
@click.option("--reason", metavar="TEXT", help="Why; it stays in the history and can't be taken back.")
def commit(app: App, paths: tuple[str, ...], reason: str | None) -> Done:
    """Validate what was edited by hand and commit it, byte for byte, as one commit.

    PATH is a file or a folder; without one, all hand edits are committed. Nothing is written if anything is wrong. In a
    merge that git has begun, as after a git pull with conflicts, the merge is made first: as by desk sync --continue.
    """
    if app.store.is_merging():
        return _after_merge(app, paths, reason)
    wanted = handedits.resolve_paths(app.place, paths, app.env.cwd)
    done = actions_handedits.commit(app, wanted, reason=reason)
    if done is None:
        return _nothing(app, paths, wanted)
    return _told(done.done.commit, done.done.change, done.edits)


def _after_merge(app: App, paths: tuple[str, ...], reason: str | None) -> Done:
    """The merge by desk's rules, and then a commit of what somebody has mended by hand meanwhile."""
    from desk.actions.care import sync as actions_sync  # noqa: PLC0415 - for clones that meet, and nobody else
    from desk.commands.care.sync import tell_continued  # noqa: PLC0415 - as above

    merged = actions_sync.continue_merge(app)
    wanted = handedits.resolve_paths(app.place, paths, app.env.cwd)
    done = actions_handedits.commit(app, wanted, reason=reason)
    view = _nothing(app, (), wanted) if done is None else _told(done.done.commit, done.done.change, done.edits)
    more = () if done is None else view.lines  # the merge was what there was to commit
    return view._replace(
        data=_with(view.data, merge=merged.commit), lines=(*tell_continued(app, merged).lines[:1], *more)
    )


def _with(data: Any, **more: Any) -> dict[str, Any]:
    return {**data, **more}


def _nothing(app: App, given: tuple[str, ...], wanted: list[str]) -> Done:
    for word, path in zip(given, wanted, strict=False):
        if len(given) == len(wanted) and not os.path.lexists(os.path.join(app.place.root, path)):
            raise NotFound(_("there is no file {word}", word=word), _("desk status lists what was edited"))
    data: dict[str, Any] = {"commit": None, "records": [], "files": []}
    return Done("commit", data, (_("Nothing to commit: no file differs from the last commit."),))


def _told(oid: str, change: Change, edits: Sequence[HandEdit]) -> Done:
    records: list[dict[str, Any]] = [
        {
            "id": e.record.id,
            "kind": e.record.kind,
            "path": e.record.path,
            "events": [{"verb": v.verb, "from": v.before, "to": v.after} for v in e.events],
        }
        for e in change.edits
    ]
    others = [e.path for e in edits if e.kind not in KINDS]
    lines = [arranged("{id}  {words}", id=e.record.id, words=told.describe_events(e)) for e in change.edits]
    lines += [
        arranged("{id}  {words}", id=path, words=_("deleted") if e.after is None else _("committed"))
        for e in edits
        if (path := e.path) in others
    ]
    for e in edits:
        if e.kind == SETTINGS:
            lines += told.describe_settings(e.before, e.after)
    lines.append(_("committed as {oid}", oid=oid[:7]))
    return Done("commit", {"commit": oid, "records": records, "files": others}, tuple(lines))
