"""desk problem resolve: the problem is solved, and everybody who suffered from it is told, in one action."""

from __future__ import annotations

import shutil
from typing import Any

import click

from desk.actions import problems
from desk.actions.acting import Acted
from desk.actions.problems import Resolution, Wish
from desk.cli import arguments, complete, editor, leaf
from desk.cli.app import App
from desk.cli.speech.asking import confirm, tell
from desk.cli.told import answer_change
from desk.errors import UsageFault
from desk.text import _
from desk.view.model import Done
from desk.view.pages.problems import preview
from desk.view.text.prose import MEASURE


@leaf.leaf(
    "resolve",
    example='desk problem resolve 7K3Q --fix "Certificates are renewed a month ahead."\n'
    "desk problem resolve 7K3Q --close-incidents --response incident-resolved",
)
@arguments.ticket_ids
@click.option("--fix", metavar="TEXT", help="What solves the problem; kept with it.")
@click.option(
    "--file",
    metavar="PATH",
    shell_complete=complete.complete_file,
    help="What solves the problem, from a file; - is stdin.",
)
@click.option("--reason", metavar="TEXT", help="Why; it stays in the history and can't be taken back.")
@click.option("--close-incidents", "close", is_flag=True, help="Answer and close every incident that is still open.")
@click.option(
    "--response",
    metavar="NAME",
    shell_complete=complete.complete_response,
    help="The custom response they get, each in its own language.",
)
@click.option("--body", metavar="TEXT", help="The text they get instead of a custom response.")
@click.option("--skip-foreign", is_flag=True, help="Leave incidents of departments I don't serve as they are.")
@click.option("--dry-run", is_flag=True, help="Only show what would be sent to whom.")
@click.option("--yes", is_flag=True, help="Don't ask, on a terminal either.")  # fmt: skip
def resolve(app: App, ids: tuple[str, ...], **given: Any) -> Done:
    """Close problems that are solved; with --close-incidents, answer and close their incidents in the same action.

    On a terminal, what would be sent to whom is shown first and asked for; scripts look at --dry-run.
    """
    wish = Wish(given["close"], given["response"], given["body"], given["skip_foreign"])
    problems.require_told(wish)
    with editor.keep_text(app, "fix"):
        fix = editor.given_text(app, given["fix"], given["file"])
        found = arguments.resolve(app, ids)
        plans = problems.plan_resolutions(app, found, wish, fix)
        view = _preview(app, list(plans.values()))
        if given["dry_run"]:
            return view
        if any(plan["incidents"] for plan in plans.values()) and editor.interactive(app) and not given["yes"]:
            _ask(app, view)
        return _told(problems.resolve(app, plans, fix=fix, reason=given["reason"]))


def _preview(app: App, plans: list[Resolution]) -> Done:
    room = min(shutil.get_terminal_size().columns, MEASURE) if editor.interactive(app) else 0
    lines = [line for plan in plans for line in preview(plan, room)]
    return Done("resolution", plans[0], tuple(lines)) if len(plans) == 1 else Done("resolutions", plans, tuple(lines))


def _ask(app: App, view: Done) -> None:
    for line in view.lines:
        tell(app, line)
    if not confirm(app, _("Send and close?"), default=False):
        raise UsageFault(_("nothing was sent or closed"), _("--dry-run shows it again"))


def _told(acted: Acted) -> Done:
    view = answer_change(acted.edits, several=len(acted.ids) > 1)
    others = [e for e in acted.done.change.edits if e.record.id not in acted.ids]
    return view._replace(lines=view.lines + answer_change(others, several=True).lines)
