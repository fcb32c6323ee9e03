"""desk sync: this desk and another clone's come together."""

from __future__ import annotations

import time
from typing import Any, NoReturn

import click

from desk.actions.care import sync as actions
from desk.actions.care.sync import Synced
from desk.cli import dates, leaf
from desk.cli.app import App
from desk.domain.merge.side import Decision
from desk.domain.model.fields import utc_text
from desk.errors import Broken, Conflict, GitError, Refused, UsageFault
from desk.sync.halted import Continued
from desk.sync.plan import Plan
from desk.text import _, arranged, ngettext
from desk.view.model import Done


@leaf.leaf("sync", example="desk sync\ndesk sync --dry-run\ndesk sync larnaca --no-push\ndesk sync --every 60s")
@click.argument("remote", required=False)
@click.option("--dry-run", is_flag=True, help="Only say what there is to do.")
@click.option("--no-push", is_flag=True, help="Take in what others did, and publish nothing.")
@click.option(
    "--timeout",
    metavar="SECONDS",
    type=click.FloatRange(1),
    default=120,
    show_default=True,
    help="How long to wait for the other side.",
)
@click.option("--continue", "halted", is_flag=True, help="Finish a merge that git began, as after a git pull.")
@click.option(
    "--every",
    metavar="TIME",
    callback=dates.interval(1, 7 * 86400),
    help="Go on, and meet again so often, until stopped: 60s, 5m.",
)
def sync(app: App, remote: str | None, *, halted: bool, every: int | None, **how: Any) -> Done:
    """Fetch what others did, merge it record by record, and publish the result.

    Replies of both sides are kept. Where both changed one field, a rule decides, the history tells, and nobody sees a
    conflict marker. REMOTE is a git remote; without one, sync.remote, origin, or the only one there is.
    """
    if halted:
        if remote or every or how["dry_run"] or how["no_push"]:
            raise UsageFault(
                _("--continue finishes the merge that git has begun here, and meets nobody"),
                _("desk sync --continue   and then: desk sync"),
            )
        return tell_continued(app, actions.continue_merge(app))
    if every is not None:
        _go_on(app, remote, every, **how)
    return _met(app, remote, **how)


def _go_on(app: App, remote: str | None, every: int, **how: Any) -> NoReturn:
    """Meet again and again, saying what came of it where something did; what is in the way is over some time."""
    while True:
        again = App(app.env, app.folder, app.who, color=app.color, debug=app.debug, quiet=app.quiet)
        try:
            done = _met(again, remote, **how)
            lines = done.lines if isinstance(done.data, dict) and (done.data["fetched"] or done.data["pushed"]) else ()
        except (Conflict, GitError, Refused) as error:
            lines = (error.message,)
        for line in lines:
            app.env.stderr.write(f"{utc_text(again.now)}  {app.say(line)}\n")
        app.env.stderr.flush()
        time.sleep(every)


def _met(app: App, remote: str | None, *, dry_run: bool, no_push: bool, timeout: float) -> Done:
    name = actions.chosen_remote(app, remote)
    done = actions.sync(app, name, dry=dry_run, publish=not no_push, timeout=timeout)
    _warn_of_unread(app, done.plan)
    return Done("sync", _data(done, dry=dry_run), tuple(_lines(done, dry=dry_run)))


def _warn_of_unread(app: App, plan: Plan) -> None:
    merged = plan.merged
    if merged is not None and merged.unread:
        app.exit_code = Broken.exit_code
        app.warnings.extend(
            _("{path} can't be read on either side: the later is kept; see desk doctor", path=path)
            for path in merged.unread
        )


def tell_continued(app: App, done: Continued) -> Done:
    """What became of a merge that git had begun."""
    _warn_of_unread(app, done.plan)
    told = done.plan.told
    data = {
        "merged": told.both,
        "decided": [_decided(d) for d in told.decisions],
        "renamed": [{"kind": r.kind, "old": r.old, "new": r.new} for r in told.renamed],
        "merge": done.commit,
        "kept": list(done.kept),
    }
    merged = ngettext(
        "merged {n} file changed on both sides, without a mark of conflict",
        "merged {n} files changed on both sides, without a mark of conflict",
        told.both,
    )
    lines = [merged, *_changes(done.plan)]
    lines += [_("{path}: as you mended it, which is a hand edit now: desk commit", path=path) for path in done.kept]
    return Done("sync", data, (*lines, _("publish it: desk sync")))


def _data(done: Synced, *, dry: bool) -> dict[str, Any]:
    plan = done.plan
    told = plan.told
    return {
        "remote": plan.remote,
        "fetched": plan.fetched,
        "pushed": plan.pushed if dry or done.published else 0,
        "merged": told.both,
        "decided": [_decided(d) for d in told.decisions],
        "renamed": [{"kind": r.kind, "old": r.old, "new": r.new} for r in told.renamed],
        "merge": done.commit if plan.way == "merge" and not dry else None,
        "published": done.published,
    }


def _decided(one: Decision) -> dict[str, str | None]:
    return {
        "kind": one.kind,
        "id": one.id,
        "field": one.field,
        "kept": one.kept,
        "by": one.by or None,
        "lost": one.lost,
        "lost_by": one.lost_by or None,
    }


def _lines(done: Synced, *, dry: bool) -> list[str]:
    plan = done.plan
    told = plan.told
    if plan.way == "same":
        return [_("Nothing to do: {remote} and this desk stand at the same commit.", remote=plan.remote)]
    parts = [_fetched(plan.fetched, dry=dry)] if plan.fetched else []
    parts += [_merged(told.both, dry=dry)] if plan.way == "merge" else []
    if plan.pushed:
        parts.append(_pushed(plan.pushed, dry=dry) if dry or done.published else _("nothing published"))
    return [arranged("{remote}: {parts}", remote=plan.remote, parts=parts), *_changes(plan)]


def _fetched(n: int, *, dry: bool) -> str:
    return (
        ngettext("to fetch {n} commit", "to fetch {n} commits", n)
        if dry
        else ngettext("fetched {n} commit", "fetched {n} commits", n)
    )


def _merged(n: int, *, dry: bool) -> str:
    if dry:
        return ngettext("to merge {n} file changed on both sides", "to merge {n} files changed on both sides", n)
    return ngettext("merged {n} file changed on both sides", "merged {n} files changed on both sides", n)


def _pushed(n: int, *, dry: bool) -> str:
    return (
        ngettext("to push {n} commit", "to push {n} commits", n)
        if dry
        else ngettext("pushed {n} commit", "pushed {n} commits", n)
    )


def _changes(plan: Plan) -> list[str]:
    """What a merge has named anew, and what it has decided."""
    told = plan.told
    lines: list[str] = [
        _("{new}  was {old}, which another {kind} has as well", new=r.new, old=r.old, kind=r.kind) for r in told.renamed
    ]
    return lines + [
        _(
            "{id}  {field}: {kept}{by} and not {lost}{by2}",
            id=d.id,
            field=d.field,
            kept=d.kept,
            by=_by(d.by),
            lost=d.lost,
            by2=_by(d.lost_by),
        )
        for d in told.decisions
    ]


def _by(who: str) -> str:
    return f" ({who})" if who else ""
