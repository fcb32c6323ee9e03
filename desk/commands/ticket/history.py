"""desk ticket history and blame: who changed what of a ticket, by event and by line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

import click

from desk.actions import identifiers
from desk.cli import arguments, dates, leaf
from desk.cli.app import App
from desk.domain.changes import sentences
from desk.domain.model.change import Changed
from desk.domain.model.states import STATES
from desk.domain.model.ticket import Ticket, files_folder
from desk.domain.rights.words import word
from desk.errors import NotFound
from desk.git import log, refs
from desk.queries import blame as queries_blame
from desk.queries import events, tickets
from desk.text import _, pgettext
from desk.view.model import Column, Done, Listing, Row

if TYPE_CHECKING:
    from desk.domain.model.rows import CommitFacts

HISTORY = (
    Column("at", pgettext("column", "WHEN"), "moment"),
    Column("by", pgettext("column", "WHO")),
    Column("verb", pgettext("column", "WHAT"), "word"),
    Column("from", pgettext("column", "FROM"), "phrase"),
    Column("to", pgettext("column", "TO"), "phrase"),
    Column("reason", pgettext("column", "REASON"), "phrase"),
    Column("commit", pgettext("column", "COMMIT"), "commit", 1),
)
"""Columns of a history."""


@leaf.leaf("history", example="desk ticket history 7K3Q\ndesk ticket history 7K3Q --diff")
@arguments.ticket_ids
@click.option("--diff", is_flag=True, help="Show what each commit changed in the ticket's file, as git tells it.")
def history(app: App, ids: tuple[str, ...], diff: bool) -> Listing | Done:
    """Show who did what to a ticket and when, oldest first. It comes from git's history.

    Of an edit, the fields are named with their values before and after; texts are counted in lines.
    """
    found = [identifiers.require_known(app, i) for i in arguments.ticket_words(app, ids)]
    app.warn_of_cut(first_day(found))
    if diff:
        return _diffs(app, found)
    rows: list[dict[str, Any]] = []
    for ticket_id in found:
        rows += [{"id": ticket_id, **e} for e in _events(app, ticket_id)]
    columns = HISTORY if len(found) < 2 else (Column("id", pgettext("column", "ID"), "id"), *HISTORY)
    return Listing("history", rows, columns, _("nothing has happened yet"), spell=_spell)


def first_day(ids: list[str]) -> str:
    """The day on which the oldest of some tickets was registered, by its id: as the beginning of a time in RFC 3339."""
    day = min((f"20{i[:6]}" for i in ids), default="20000101")
    return f"{day[:4]}-{day[4:6]}-{day[6:]}"


def _events(app: App, ticket_id: str) -> list[dict[str, Any]]:
    """The events of a ticket, each edit with the values it changed."""
    rows = app.store.ask(lambda index: tickets.history(index, "ticket", ticket_id))
    keyed = [{**row, "kind": "ticket", "id": ticket_id} for row in rows]
    events.add_changes(app.place, keyed)
    return [{**row, "changes": more["changes"]} for row, more in zip(rows, keyed, strict=True)]


def _spell(rows: Sequence[Row]) -> list[Row]:
    """For people: what an edit changed, in place of the fields' names; one value in the columns, several as a text."""
    changes = [[Changed(c["field"], c["from"], c["to"]) for c in row["changes"]] for row in rows]
    return [{**row, "to": sentences.changes(c)} if c else _worded(row) for row, c in zip(rows, changes, strict=True)]


def _worded(row: Row) -> Row:
    """An event with what it holds as people say it."""
    held = {side: _said(row["verb"], row[side]) for side in ("from", "to") if row["verb"] and row[side]}
    return {**row, **held}


def _said(verb: str, value: str) -> str:
    return word(value) if value in STATES else sentences.value_words("ticket", verb, value)


# -- the textual difference ----------------------------------------------------------------------------------------------


def _diffs(app: App, ids: list[str]) -> Done:
    rows = []
    for ticket_id in ids:
        patches = log.patches(app.place, (Ticket.path_of(ticket_id), files_folder(ticket_id)))
        oids = [oid for oid, _ in patches]
        facts = app.store.ask(lambda index, oids=oids: events.commits(index, oids))  # type: ignore[misc]
        rows += [{"id": ticket_id, **facts[oid], "diff": patch} for oid, patch in patches if oid in facts]
    lines = [line for row in rows for line in (_head(app, row), *str(row["diff"]).rstrip("\n").split("\n"), "")]
    return Done("diff", rows, tuple(lines[:-1]) or (_("nothing has happened yet"),), answer=True)


def _head(app: App, row: dict[str, Any]) -> str:
    at = app.local(dates.parse_instant(row["at"])).isoformat(" ", "minutes")[:16]
    verb = row["verb"] or _("by hand")
    return _(
        "commit {commit}  {at}  {by}  {id} {verb}",
        commit=row["commit"][:10],
        at=at,
        by=row["by"],
        id=row["id"],
        verb=word(verb, "verb"),
    )


# -- line by line --------------------------------------------------------------------------------------------------------


@leaf.leaf("blame", example="desk ticket blame 7K3Q\ndesk ticket blame 7K3Q --as-of 2026-07-01 -f json")
@arguments.ticket_ids
@dates.as_of_option
def blame(app: App, ids: tuple[str, ...], as_of: str | None) -> Listing:
    """Show who set each field and wrote each line of a ticket, when, and in which commit.

    It speaks of what is committed; a field that was taken away again is in `desk ticket history`.
    """
    commit = dates.commit_as_of(app, as_of) if as_of else app.store.commit_now()
    found = [identifiers.require_known(app, i) for i in arguments.ticket_words(app, ids)]
    app.warn_of_cut(first_day(found))
    rows = [row for ticket_id in found for row in _lines(app, ticket_id, commit)]
    columns = [
        Column("field", pgettext("column", "FIELD"), "verb"),
        Column("text", pgettext("column", "VALUE"), "title"),
        Column("by", pgettext("column", "WHO")),
        Column("at", pgettext("column", "WHEN"), "moment"),
        Column("verb", pgettext("column", "DID"), "word", 1),
        Column("commit", pgettext("column", "COMMIT"), "commit"),
    ]
    if len(found) > 1:
        columns.insert(0, Column("id", pgettext("column", "ID"), "id"))
    return Listing("blame", rows, tuple(columns), _("the file is empty"))


def _lines(app: App, ticket_id: str, commit: str) -> list[dict[str, Any]]:
    found = queries_blame.lines(app.place, Ticket.path_of(ticket_id), commit)
    if found is None:
        raise NotFound(
            _("{ticket_id} wasn't there at {commit}", ticket_id=ticket_id, commit=commit[:10]),
            _("when it was: desk ticket history {ticket_id}", ticket_id=ticket_id),
        )
    facts = app.store.ask(lambda index: events.commits(index, [line.commit for line in found]))
    # Of what was there when history was cut off nobody can say who wrote it.
    facts |= {oid: cast("CommitFacts", dict.fromkeys(events.FACTS)) for oid in refs.boundary(app.place)}
    rows = []
    for line in found:
        known = facts.get(line.commit, dict.fromkeys(events.FACTS) | {"commit": line.commit})
        rows.append({"id": ticket_id, "line": line.number, "field": line.field, "text": line.text, **known})
    return rows
