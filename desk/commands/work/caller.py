"""desk caller: who is on the line, on one screen."""

from __future__ import annotations

from typing import Any

import click

from desk.cli import answers, arguments, complete, leaf
from desk.cli.app import App
from desk.cli.clerk import caller as clerk_caller
from desk.domain.model import plain
from desk.index.index import Index
from desk.queries import people, problems
from desk.text import _, arranged, listed, pgettext
from desk.view.model import Column, Listing, Sections

_TICKETS = (
    Column("id", pgettext("column", "ID"), "id"),
    Column("state", pgettext("column", "STATE"), "state"),
    Column("priority", pgettext("column", "PRIO"), "priority", 2),
    Column("owner", pgettext("column", "OWNER"), spare=1),
    Column("title", pgettext("column", "TITLE"), "title"),
    Column("next_due", pgettext("column", "DUE"), "due"),
    Column("created", pgettext("column", "CREATED"), "time", 3),
)
_ERRORS = (
    Column("id", pgettext("column", "ID"), "id"),
    Column("title", pgettext("column", "TITLE"), "title"),
)
_SHOWN = 10


@leaf.leaf("caller", example="desk caller andreou\ndesk caller 99 777123\ndesk caller hospital.example -f json")
@click.argument(
    "words",
    cls=arguments.PickedArgument,
    kind="user",
    metavar="WORDS…",
    nargs=-1,
    required=True,
    shell_complete=complete.complete_caller,
)
def caller(app: App, words: tuple[str, ...]) -> Sections:
    """Show who is on the line: by words of the name, a part of the address, digits of the number in any spelling.

    Who they are, their last ten tickets, open ones first, and the known errors that touch them. Of several people a
    terminal asks which one is meant; a pipe is told who they are, with exit code 4.
    """
    user = clerk_caller.require_caller(app, " ".join(words))
    record = app.store.read("user", user)
    language = str(record.values.get("language") or app.config["desk.languages"][0])

    def question(index: Index) -> tuple[list[dict[str, Any]], list[dict[str, Any]], bool]:
        shared = app.config["users.share_organisation"]
        whose = people.colleagues(index, user) if shared else [user]
        found = people.tickets_first_open(index, whose, app.scope())
        email = str(record.values.get("email") or "")
        banned = bool(email and people.with_address(index, email, ("ban",)))
        return found, problems.touching(index, found, language), banned

    tickets, errors, banned = app.store.ask(question)
    rows = answers.with_due(app, tickets)
    whole = plain.whole(record)
    if banned:
        app.warnings.append(_("{email} is banned: desk user bans", email=whole["email"]))
    if whole["disabled"]:
        app.warnings.append(_("{user} is disabled and may not open tickets", user=user))
    data = {**whole, "banned": banned, "tickets": rows, "known_errors": errors}
    parts = (
        (_("Tickets"), Listing("tickets", rows, _TICKETS, ""), _SHOWN),
        (_("Known errors"), Listing("articles", errors, _ERRORS, ""), _SHOWN),
    )
    return Sections("caller", data, _headline(whole), parts, _("No tickets yet."))


def _headline(user: dict[str, Any]) -> tuple[str, str]:
    """The name and the id; and on a line of its own what else is known."""
    name = str(user["name"] or user["email"] or "")
    told = (user[field] for field in ("group", "organisation", "phone", "email", "language"))
    known = [str(value) for value in told if value and value != name]
    head = arranged("{name}  {id}", name=name, id=user["id"]) if name else str(user["id"])
    return head, listed(known) or _("nothing else is known")
