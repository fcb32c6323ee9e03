"""desk ticket show: as the file says now, or as it was."""

from __future__ import annotations

import os
from functools import partial
from typing import Any

import click

from desk.actions import identifiers
from desk.cli import answers, arguments, dates, leaf
from desk.cli.app import App
from desk.codec import places
from desk.domain.model import due, filenames, plain
from desk.domain.model.fields import parse_time, utc_text
from desk.domain.model.record import Record
from desk.domain.model.ticket import REPLY, Ticket, files_folder
from desk.errors import NotFound, Refused
from desk.git import objects
from desk.queries import events, problems, tickets, unread
from desk.queries.tickets import steps
from desk.store import worktree
from desk.text import _
from desk.view.model import Detail


@leaf.leaf(
    "show",
    example="desk ticket show 7K3Q\ndesk ticket show 260723-7K3Q --as-of yesterday -f json\n"
    "desk ticket show 7K3Q --public -f html > 7K3Q.html",
)
@arguments.ticket_ids
@dates.as_of_option
@click.option("--public", is_flag=True, help="Only what its requester may read: no notes, nothing of staff alone.")
def show(app: App, ids: tuple[str, ...], as_of: str | None, *, public: bool) -> Detail:
    """Show tickets with their threads, as their files say now, or as they were.

    As a page that can be printed or sent: -f html, which needs nothing else and asks nobody for anything.
    """
    if as_of:
        items = _past(app, [identifiers.require_known(app, i) for i in arguments.ticket_words(app, ids)], as_of)
    else:
        found = arguments.resolve(app, ids)
        items = list({one["id"]: one for one in (item(app, i) for i in found)}.values())
        remember(app, [str(one["id"]) for one in items])
    if public:
        items = [_public(app, one) for one in items]
    view = answers.detail("ticket", "tickets", items, several=len(items) > 1)
    return view._replace(sheet=partial(answers.as_sheet, app))


_PUBLIC = ("id", "title", "state", "department", "requester", "language", "channel", "created", "closed", "resolution",
           "attachments", "body", "thread", "files", "people", "as_of")  # fmt: skip
_SAID = ("kind", "by", "at", "text", "attachments")
"""What a requester may read of a ticket, and of an entry of its thread: all else is for staff, whatever comes later."""


def _public(app: App, whole: dict[str, Any]) -> dict[str, Any]:
    """A ticket as its requester may read it. Refused where requesters may not know of it at all (rule 4)."""
    rows = app.store.ask(lambda index: index.rows("department", "id = ?", (whole["department"],)))
    if any(row["private"] for row in rows):
        raise Refused(
            _("{id} lies in the private department {department}", id=whole["id"], department=whole["department"]),
            _("its tickets are for staff alone; leave out --public"),
        )
    thread = [{n: entry[n] for n in _SAID} for entry in whole["thread"] if entry["kind"] == REPLY]
    named = {*whole["attachments"], *(name for entry in thread for name in entry["attachments"])}
    people = {str(whole["requester"]), *(str(entry["by"]) for entry in thread)}
    kept = {name: whole[name] for name in _PUBLIC}
    return {
        **kept,
        "thread": thread,
        "files": [file for file in whole["files"] if file["id"] in named],
        "people": {who: name for who, name in whole["people"].items() if who in people},
    }


def remember(app: App, ids: list[str]) -> None:
    """What somebody was shown is no longer unread to them."""
    handle = app.handle()
    if handle is not None:
        app.store.ask(lambda index: unread.mark(app.place, handle, index, ids, int(app.now.timestamp())))


def item(app: App, ticket_id: str) -> dict[str, Any]:
    """A ticket as its file says now, with the names of its people and what is known of the problems that cause it."""
    ticket = app.store.read("ticket", ticket_id)
    seen = {ticket_id}
    while isinstance(ticket, Ticket) and ticket.merged_into and ticket.merged_into not in seen:
        app.warnings.append(
            _(
                "{ticket} was merged into {merged_into}, which is shown",
                ticket=ticket.id,
                merged_into=ticket.merged_into,
            )
        )
        seen.add(ticket.merged_into)
        ticket = app.store.read("ticket", ticket.merged_into)
    links = ticket.values.get("links", ())
    return {
        **_with_mail(app, _whole(app, ticket), ticket),
        "files": _files(app, ticket),
        "problems": app.store.ask(lambda index: problems.causes(index, links)),
        "known_errors": app.store.ask(lambda index: problems.known_errors(index, ticket.id)),
    }


def _with_mail(app: App, whole: dict[str, Any], ticket: Record) -> dict[str, Any]:
    """With what became of the messages about each entry, on the machine that sends; and that nobody gets mail any more."""
    if ticket.values.get("requester"):
        rows = app.store.ask(lambda index: index.rows("user", "id = ?", (ticket.values["requester"],)))
        if rows and rows[0].get("undeliverable"):
            whole["undeliverable"] = rows[0]["undeliverable"]
    if not os.path.isdir(app.place.own("mail")):
        return whole
    from desk.local import delivered  # noqa: PLC0415 - where mail is sent from

    times = [entry.at for entry in ticket.thread]
    found = delivered.by_entry(app.place, ticket.id, ticket.values["created"], times)
    thread = [{**entry, "mail": mail} for entry, mail in zip(whole["thread"], found, strict=True)]
    return {**whole, "thread": thread}


def _whole(app: App, ticket: Record) -> dict[str, Any]:
    people = {str(v) for n in ("owner", "coordinator", "requester", "author") if (v := ticket.values.get(n))}
    people |= {e.by for e in ticket.thread}
    done = app.store.ask(lambda index: steps(index, ticket)) if isinstance(ticket, Ticket) else []
    people |= {str(step["by"]) for step in done if step["by"]}
    whole = due.add_due(plain.whole(ticket), utc_text(app.now))
    names = app.store.ask(lambda index: tickets.names(index, people))
    return {**whole, "steps": done, "people": names, "as_of": None, "files": []}


def _files(app: App, ticket: Record) -> list[dict[str, Any]]:
    """What is attached: each name, its bytes (null where the file isn't there), what the name says, and whether it would run."""
    if not isinstance(ticket, Ticket) or not ticket.all_attachments:
        return []
    folder, names = files_folder(ticket.id), dict.fromkeys(ticket.all_attachments)
    seen = {name: worktree.glance(app.place, f"{folder}/{name}") for name in names}
    return [
        {
            "id": name,
            "size": found.size,
            "type": filenames.type_of(name),
            "executable": filenames.is_executable(name, found.head),
        }
        for name, found in seen.items()
    ]


def _past(app: App, ids: list[str], as_of: str) -> list[dict[str, Any]]:
    """Tickets as a commit had them, by the clock of that time. What was merged since is shown as it was; nothing counts as read."""
    commit = dates.commit_as_of(app, as_of)
    [facts] = app.store.ask(lambda index: events.commits(index, [commit])).values()
    app.now = parse_time(facts["at"])
    items = []
    with objects.blobs(app.place) as blobs:
        for ticket_id in dict.fromkeys(ids):
            path = Ticket.path_of(ticket_id)
            content = blobs.get(f"{commit}:{path}")
            if content is None:
                when = _("at {as_of} (commit {commit})", as_of=as_of, commit=commit[:10])
                raise NotFound(
                    _("{ticket_id} wasn't there {when}", ticket_id=ticket_id, when=when),
                    _("when it was: desk ticket history {ticket_id}", ticket_id=ticket_id),
                )
            then = {"commit": commit, "at": facts["at"]}
            # What is known of the problems behind it is of today.
            items.append(
                {**_whole(app, places.decode_at(path, "", content)), "problems": [], "known_errors": [], "as_of": then}
            )
    return items
