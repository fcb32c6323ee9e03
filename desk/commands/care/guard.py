"""desk guard: a server that refuses what its pusher had no right to do."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import Any

import click

from desk.actions.care import guard as actions
from desk.audit.moment import AuditFinding
from desk.cli import leaf
from desk.cli.app import App
from desk.cli.dates import parse_instant
from desk.guard import hooks
from desk.text import _, arranged, ngettext
from desk.view.model import Done

REFUSED = 7
"""The exit code where something stands against it: as for `desk audit verify`."""
_SHOWN = 10
_DESK = (sys.executable, "-P", "-m", "desk")
"""How a hook runs this very desk: by its interpreter's own path, whatever PATH is there, and past a folder called desk."""


@leaf.leaf("install", example="cd /srv/git/desk.git && desk guard install\ndesk guard install --for gitea")
@click.option("--for", "server", type=click.Choice(tuple(hooks.FOLDERS)), default="git", show_default=True,
              help="What serves the repository, and so knows who pushes.")  # fmt: skip
@click.option("--branch", metavar="B", help="The desk's branch; default: the one that HEAD names.")
def install(app: App, server: str, branch: str | None) -> Done:
    """Set up a bare repository to judge each push, by the rules and rights of the desk in it: desk help guard.

    It writes two hooks, git's configuration, and the keys that staff and machines have in their records. Again after each
    move of this desk's program.
    """
    done = actions.install(app, server, branch, _DESK)
    lines = [
        _("Every push to {root} is judged from now on.", root=app.place.root),
        *(arranged("  {path}", path=path) for path in done.hooks),
        "",
        _(
            "Who pushes is told by {server}; see who is known: desk --desk {root} guard status",
            server=server,
            root=app.place.root,
        ),
    ]
    data = {"id": app.place.root, "for": server, "hooks": list(done.hooks), "settings": list(done.settings)}
    return Done("guard", data, tuple(lines))


@leaf.leaf("check", example="desk guard check origin/main HEAD\ndesk guard check main in/petros --pusher petros")
@click.argument("old")
@click.argument("new")
@click.option("--pusher", metavar="WHO", help="Ask also whether this staff member or machine may bring them.")
def check(app: App, old: str, new: str, pusher: str | None) -> Done:
    """Judge the commits of NEW that OLD doesn't have, as a guarded server would: before a push, or in a forge's checks."""
    verdict = actions.check(app, old, new, pusher)
    judged = verdict.judged
    app.exit_code = REFUSED if judged.findings else 0
    counted = ngettext("{n:,} commit", "{n:,} commits", judged.commits)
    end = (
        ngettext("{n:,} finding in {counted}: a guarded server would refuse all of it",
                 "{n:,} findings in {counted}: a guarded server would refuse all of it", len(judged.findings), counted=counted)
        if judged.findings
        else _("{counted}: nothing stands against it", counted=counted)
    )  # fmt: skip
    return Done("guard", _data(verdict), (*_findings(app, judged.findings), end), answer=bool(judged.findings))


@leaf.leaf("keys", example="desk guard keys --authorized > ~git/.ssh/authorized_keys")
@click.option(
    "--authorized", "form", flag_value="authorized", help="As authorized_keys: each key runs git as its holder."
)
@click.option("--allowed", "form", flag_value="allowed", default="allowed", help="As allowed_signers; the default.")
def keys(app: App, form: str) -> Done:
    """Print the public keys of staff and machines, for ssh or for signed pushes. They are kept in their records."""
    command = (*_DESK, "--desk", app.place.root, "guard", "shell") if form == "authorized" else None
    lines = actions.keys(app, command)
    if not lines:
        app.notes.append(_("nobody has a key yet: desk staff edit HANDLE --key FILE.pub"))
    return Done("keys", {"form": form, "lines": list(lines)}, lines, answer=True)


@leaf.leaf("status", example="cd /srv/git/desk.git && desk guard status")
def status(app: App) -> Done:
    """Show whether a repository is guarded, what is amiss, and who is known by a key."""
    found = actions.status(app)
    app.exit_code = REFUSED if found.problems else 0
    known = ", ".join(found.holders) or _("nobody")
    lines = [
        _(
            "{root}: pushes to {branch} are judged; {server} tells who pushes",
            root=app.place.root,
            branch=found.branch,
            server=found.server,
        ),
        _("known by a key: {known}", known=known),
        ngettext("{n:,} signed push kept", "{n:,} signed pushes kept", found.pushes),
        *(arranged("  {problem}", problem=problem) for problem in found.problems),
    ]
    if found.problems:
        lines.append(
            _("mend it: desk --desk {root} guard install --for {server}", root=app.place.root, server=found.server)
        )
    data = {"id": app.place.root, "for": found.server, "branch": found.branch, "problems": list(found.problems),
            "holders": list(found.holders), "pushes": found.pushes}  # fmt: skip
    return Done("guard", data, tuple(lines), answer=True)


@leaf.leaf("relay", example="desk guard relay\ndesk guard relay in/petros")
@click.argument("branches", metavar="[BRANCH…]", nargs=-1)
@click.option("--remote", metavar="NAME", help="The forge; default: as for desk sync.")
@click.option("--timeout", metavar="SECONDS", type=click.FloatRange(1), default=120, show_default=True,
              help="How long to wait for the other side.")  # fmt: skip
def relay(app: App, branches: tuple[str, ...], remote: str | None, timeout: float) -> Done:
    """Judge the branches in/HANDLE of a forge that runs no hooks; take the sound ones into the desk, and publish it."""
    from desk.actions.care import relay as actions_relay  # noqa: PLC0415 - not for the hooks
    from desk.actions.care import sync as actions_sync  # noqa: PLC0415 - as above

    done = actions_relay.relay(app, actions_sync.chosen_remote(app, remote), branches, timeout)
    lines: list[str] = []
    for one in done:
        counted = ngettext("{n:,} commit", "{n:,} commits", one.commits)
        if one.findings:
            app.exit_code = REFUSED
            lines += [_("{branch}: refused", branch=one.branch), *_findings(app, one.findings)]
        else:
            lines.append(_("{branch}: {counted} taken", branch=one.branch, counted=counted))
    rows = [
        {"branch": r.branch, "pusher": r.pusher, "commits": r.commits, "findings": [f._asdict() for f in r.findings]}
        for r in done
    ]
    return Done("guard", rows, tuple(lines) or (_("no branch waits"),))


@leaf.leaf("hook", example="desk guard hook pre-receive < lines")
@click.argument("name", type=click.Choice((hooks.PRE, hooks.POST)))
def hook(app: App, name: str) -> Done:
    """What the hooks of a guarded repository run: git tells them on stdin what is pushed."""
    lines = app.env.read_stdin().decode(errors="replace").splitlines()
    if name == hooks.POST:
        actions.received(app)
        return Done("guard", {"pusher": None, "commits": 0, "findings": []}, ())
    verdict = actions.receive(app, lines)
    findings = verdict.judged.findings
    if not findings:
        return Done("guard", _data(verdict), ())
    app.exit_code = 1
    counted = ngettext("{n:,} finding", "{n:,} findings", len(findings))
    return Done(
        "guard",
        _data(verdict),
        (
            _("not taken, with {counted}, as pushed by {pusher}:", counted=counted, pusher=verdict.pusher),
            *_findings(app, findings),
            _("nothing was taken; your commits are safe in your clone"),
        ),
        answer=True,
    )


@leaf.leaf("shell", example="desk guard shell maria")
@click.argument("who")
def shell(app: App, who: str) -> Done:
    """What ssh runs for a key: git, on this repository alone, as the holder of the key. See desk guard keys --authorized."""
    words, environ = actions.shell(app, who, app.environ.get("SSH_ORIGINAL_COMMAND", ""))
    os.execvpe(words[0], words, dict(environ))  # noqa: S606 - in place of this process: git talks to ssh from here on


def _data(verdict: actions.Judgement) -> dict[str, Any]:
    judged = verdict.judged
    return {
        "pusher": verdict.pusher or None,
        "commits": judged.commits,
        "findings": [f._asdict() for f in judged.findings],
    }


def _findings(app: App, findings: Iterable[AuditFinding]) -> list[str]:
    every = list(findings)
    lines: list[str] = []
    for one in every[:_SHOWN]:
        where = ""
        if one.commit and one.at:
            at = app.local(parse_instant(one.at)).isoformat(" ", "minutes")[:16]
            where = f"{one.commit[:10]}  {at}  {one.by}  "
        record = f"{one.record}: " if one.record and one.record not in one.problem else ""
        lines += [
            arranged("  {where}{record}{problem}", where=where, record=record, problem=one.problem),
            arranged("    -> {hint}", hint=one.hint),
        ]
    if len(every) > _SHOWN:
        lines.append(_("  and {n} more", n=len(every) - _SHOWN))
    return lines
