"""What follows in the same breath, as options: --assign, --pending and --until, --close and --resolution."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from desk.actions.tickets.followup import FollowUp, Wait
from desk.cli import complete, dates
from desk.cli.app import App
from desk.domain.model.states import DUPLICATE, REQUESTER, RESOLUTIONS, SOLVED, WAITING
from desk.domain.model.ticket import Ticket
from desk.domain.tickets import lifecycle
from desk.errors import UsageFault
from desk.text import _

F = TypeVar("F", bound=Callable[..., Any])
NAMES = ("owner", "waits_for", "until", "closes", "resolution")
"""What the options are called by the functions of commands."""


def follow_options(*, fresh: bool) -> Callable[[F], F]:
    """The options; a `fresh` ticket can't be a duplicate yet, since nothing names the other one."""
    resolutions = tuple(code for code in RESOLUTIONS if not (fresh and code == DUPLICATE))
    options = (
        click.option("--assign", "owner", metavar="WHO", shell_complete=complete.complete_who,
                     help="Whose it is from now on: a handle, or me."),
        click.option("--pending", "waits_for", type=click.Choice(tuple(WAITING)), help="It waits for somebody."),
        click.option("--until", metavar="D", help="It waits until that day: 2026-07-30, tomorrow, 3d, 2w."),
        click.option("--close", "closes", is_flag=True, help="Close the ticket as well."),
        click.option("--resolution", type=click.Choice(resolutions),
                     help="How it ends, with --close; default: solved."),
    )  # fmt: skip

    def wrap(function: F) -> F:
        for option in reversed(options):
            function = option(function)
        return function

    return wrap


def follow_up(app: App, given: Mapping[str, Any]) -> FollowUp:
    """What the options ask for, each value known to the desk."""
    if given["resolution"] and not given["closes"]:
        raise UsageFault(_("--resolution says how a ticket is closed"), _("add --close, or leave it out"))
    waits = given["waits_for"] or given["until"]
    if waits and given["closes"]:
        raise UsageFault(_("a ticket can't both wait and be closed"), _("leave out --close, or --pending and --until"))
    return FollowUp(
        owner=_owner(app, given["owner"]),
        wait=Wait(dates.future_day(app, given["until"]), given["waits_for"]) if waits else None,
        resolution=(given["resolution"] or SOLVED) if given["closes"] else None,
    )


def _owner(app: App, given: str | None) -> str | None:
    if given is None:
        return None
    handle = app.person(given)
    if handle is None:
        raise UsageFault(_("--assign needs somebody"), _("a handle, or me; a ticket has no owner until it is assigned"))
    return handle


def after_response(app: App, then: FollowUp, said: str | None, ticket: Ticket) -> FollowUp:
    """With what a custom response says (`pending requester 3d`), where the options leave the state as it is.

    A ticket of which nobody is known who could answer just waits.
    """
    if not said or then.wait or then.resolution:
        return then
    verb, *words = said.split()
    if verb == "close":
        return then._replace(resolution=words[0] if words else SOLVED)
    waits_for = words.pop(0) if words and words[0] in WAITING else None
    if waits_for == REQUESTER and not lifecycle.has_requester(ticket):
        waits_for = None
    return then._replace(wait=Wait(dates.future_day(app, words[0]) if words else None, waits_for))
