"""desk problem resolve: the problem is solved, and everybody who suffered from it is told, in one action."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import click

from desk.actions import rendering
from desk.actions.acting import act_on_tickets, require_tickets
from desk.actions.draft import Draft
from desk.actions.tickets.owed import warn_owed
from desk.cli import arguments, complete, editor, leaf
from desk.cli.app import App
from desk.cli.told import told
from desk.domain.model import states
from desk.domain.model.actor import Actor
from desk.domain.model.change import Change
from desk.domain.model.person import Staff
from desk.domain.model.ticket import Ticket
from desk.domain.rights import rights
from desk.domain.tickets import problems
from desk.errors import Conflict, Refused, UsageFault
from desk.queries import problems as queries_problems
from desk.queries import tickets
from desk.view.model import Done
from desk.view.pages.problems import preview
from desk.view.text.prose import MEASURE


class Wish(NamedTuple):
    """What was asked for beside the problem: whom to answer, and with what."""

    close: bool
    response: str | None
    body: str | None
    skip_foreign: bool


@leaf.leaf(
    "resolve",
    example='desk problem resolve 7K3Q --fix "Certificates are renewed a month ahead."\n'
    "desk problem resolve 7K3Q --close-incidents --response incident-resolved",
)
@arguments.ticket_ids
@click.option("--fix", metavar="TEXT", help="What solves the problem; kept with it.")
@click.option("--file", metavar="PATH", help="What solves the problem, from a file; - is stdin.")
@click.option("--reason", metavar="TEXT", help="Why; it stands in the history.")
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
    _check(wish)
    with editor.kept(app, "fix"):
        fix = editor.given_text(app, given["fix"], given["file"])
        found = arguments.resolve(app, ids)
        require_tickets(app, found, "resolve")
        plans = _plans(app, found, wish, fix)
        view = _preview(app, list(plans.values()))
        if given["dry_run"]:
            return view
        if any(plan["incidents"] for plan in plans.values()) and editor.interactive(app) and not given["yes"]:
            _ask(view)
        return _done(app, found, plans, fix, given["reason"])


def _check(wish: Wish) -> None:
    if not wish.close:
        for name in ("response", "body", "skip_foreign"):
            if getattr(wish, name):
                option = name.replace("_", "-")
                raise UsageFault(f"--{option} is about the incidents", "add --close-incidents, or leave it out")
        return
    if wish.response and wish.body is not None:
        raise UsageFault("--response can't be used with --body", "give one of them")
    if wish.response is None and not (wish.body or "").strip():
        raise UsageFault(
            "what are the requesters to be told?",
            "--response NAME (desk response list), or --body TEXT",
        )


def _plans(app: App, ids: Sequence[str], wish: Wish, fix: str | None) -> dict[str, dict[str, Any]]:
    """What is to happen, by problem; an incident that two of them cause is answered once."""
    plans: dict[str, dict[str, Any]] = {}
    answered: set[str] = set()
    for ticket_id in ids:
        plan = _plan(app, ticket_id, wish, fix)
        plan["incidents"] = [row for row in plan["incidents"] if row["id"] not in answered]
        answered |= {row["id"] for row in plan["incidents"]}
        plans[ticket_id] = plan
    return plans


def _plan(app: App, ticket_id: str, wish: Wish, fix: str | None) -> dict[str, Any]:
    """One problem, and what each of its open incidents would get."""
    problem = app.store.read("ticket", ticket_id)
    assert isinstance(problem, Ticket)  # noqa: S101 - the codec builds the class that the path says
    problems.require(problem)
    rows = app.store.ask(lambda index: queries_problems.incidents(index, problem.id)) if wish.close else []
    rows = [row for row in rows if row["state"] != states.CLOSED]
    by = app.store.read("staff", app.me())
    assert isinstance(by, Staff)  # noqa: S101 - as above
    foreign = [row for row in rows if not (row["department"] in by.departments or row["author"] == by.id)]
    if foreign and not wish.skip_foreign:
        _refuse(by, foreign)
    mine = [row for row in rows if row not in foreign]
    names = app.store.ask(lambda index: tickets.names(index, {row["requester"] for row in mine if row["requester"]}))
    return {
        "id": problem.id,
        "title": problem.title,
        "state": problem.state,
        "fix": fix if fix is not None else problem.fix,
        "incidents": [{**_told_row(row, names), "text": _text(app, row["id"], wish)} for row in mine],
        "skipped": [_told_row(row, names) for row in foreign],
    }


def _refuse(by: Actor, foreign: Sequence[dict[str, Any]]) -> None:
    listed = ", ".join(f"{row['id']} ({row['department']})" for row in foreign)
    raise Refused(
        f"{by.id} may not close these incidents of other departments: {listed}",
        "leave them as they are: --skip-foreign; or ask someone who serves them: desk department list --staff",
    )


def _told_row(row: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    kept = {name: row[name] for name in ("id", "title", "state", "department", "requester", "language")}
    return {**kept, "name": names.get(row["requester"])}


def _text(app: App, ticket_id: str, wish: Wish) -> str:
    if wish.response is None:
        return str(wish.body)
    made = rendering.render(app, wish.response, ticket_id)
    if made.gaps:
        left = f"{made.response} has a place to be filled in: {made.gaps[0]}"
        raise UsageFault(left, "choose another one, or give --body TEXT")
    return made.text


def _preview(app: App, plans: list[dict[str, Any]]) -> Done:
    room = min(shutil.get_terminal_size().columns, MEASURE) if editor.interactive(app) else 0
    lines = [line for plan in plans for line in preview(plan, room)]
    return Done("resolution", plans[0], tuple(lines)) if len(plans) == 1 else Done("resolutions", plans, tuple(lines))


def _ask(view: Done) -> None:
    click.echo("\n".join(view.lines), err=True)
    if not click.confirm("Send and close?", default=False, err=True):
        raise UsageFault("nothing was sent or closed", "--dry-run shows it again")


def _done(app: App, ids: list[str], plans: dict[str, dict[str, Any]], fix: str | None, reason: str | None) -> Done:
    def one(draft: Draft, problem: Ticket, by: Actor, at: datetime) -> Change:
        plan = plans.get(problem.id, {"incidents": []})
        answers = [(_as_seen(draft, row, by), row["text"]) for row in plan["incidents"]]
        return problems.resolve(problem, answers, by=by, at=at, fix=fix, reason=reason)

    done, acted = act_on_tickets(app, arguments.resolve(app, ids), "resolve", one)
    for row in (row for plan in plans.values() for row in plan["skipped"]):
        app.warnings.append(f"{row['id']} is left {row['state']}: it is in {row['department']}")
    solved = [e for e in done.change.edits if e.record.id in acted]
    others = [e for e in done.change.edits if e.record.id not in acted]
    if any(isinstance(e.after, Ticket) and not e.after.fix for e in solved):
        app.notes.append("what solved it is not recorded: next time --fix TEXT")
    warn_owed(app, [*solved, *others])
    view = told(solved, several=len(solved) > 1)
    return view._replace(lines=view.lines + told(others, several=True).lines)


def _as_seen(draft: Draft, row: dict[str, Any], by: Actor) -> Ticket:
    """The incident, if it still is what the person was shown."""
    ticket = draft.ticket(row["id"])
    rights.require_act(by, ticket, "close")
    if (ticket.id, ticket.state, ticket.requester) != (row["id"], row["state"], row["requester"]):
        raise Conflict(f"{row['id']} was changed by somebody else meanwhile", "look at it and try again: --dry-run")
    return ticket
