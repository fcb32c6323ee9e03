"""desk log: what happened in the whole desk, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from desk.actions import identifiers
from desk.cli import arguments, complete, dates, leaf
from desk.cli.app import App
from desk.cli.speech.helping import SpokenOption
from desk.domain.changes import sentences
from desk.domain.changes.message import SETTINGS
from desk.domain.model.kinds import KINDS
from desk.domain.model.organisation import RESERVED_TAGS
from desk.errors import NotFound, UsageFault
from desk.git import log as git_log
from desk.queries import events
from desk.queries.events import Wanted
from desk.text import _, pgettext, said
from desk.view.model import Column, Listing, Row

_KINDS = (*KINDS, SETTINGS, *RESERVED_TAGS)


@leaf.leaf(
    "log",
    example="desk log --since yesterday\ndesk log --by petros --verb close --verb reply --since 7d\n"
    "desk log --kind tag --record malta\n"
    "desk log --kind staff --kind settings --limit 0 -f csv > organisation.csv",
)
@click.option("--by", "who", metavar="WHO", shell_complete=complete.complete_person,
              help="Only what this person did: a handle, `me`, a requester's id, or an e-mail address.")  # fmt: skip
@click.option(
    "--verb",
    "verbs",
    metavar="V",
    multiple=True,
    shell_complete=complete.complete_verb,
    help="Only this verb (close, move, edit …); repeatable.",
)
@click.option("--ticket", "tickets", metavar="ID", multiple=True, shell_complete=complete.complete_ticket,
              help="Only this ticket; repeatable, - reads ids from stdin.")  # fmt: skip
@click.option("--kind", "kinds", metavar="KIND", multiple=True, type=click.Choice(_KINDS), cls=SpokenOption,
              help=_("Only this kind of record; repeatable: {kinds}.", kinds=", ".join(_KINDS)))  # fmt: skip
@click.option("--record", "records", metavar="ID", multiple=True,
              help="Only this record: a handle, a name, a setting; repeatable, also for one that is gone.")  # fmt: skip
@click.option("--since", metavar="D", help="From then on: 2026-07-23, 2026-07-23T10:00, yesterday, 7d.")
@click.option("--until", metavar="D", help="Up to then; a day counts whole.")
@click.option("--department", metavar="D", shell_complete=complete.complete_department,
              help="Only tickets that are in this department now.")  # fmt: skip
@click.option("--limit", metavar="N", type=click.IntRange(0, 10**9), help="At most N lines; 0 for all.")
def log(app: App, kinds: tuple[str, ...], verbs: tuple[str, ...], limit: int | None, **options: Any) -> Listing:
    """Tell what happened, newest first: who did what, when, in which commit.

    Everything is told, whatever department you serve: it is what `git log` tells. Commits made without desk are marked
    "by hand"; what they mean is read from the records they changed.
    """
    most = app.rows_wanted(limit)
    wanted = _wanted(app, kinds, verbs, most + 1 if most else 0, **options)
    rows: list[dict[str, Any]] = [{**row} for row in app.store.ask(lambda index: events.log(index, wanted))]
    more = bool(most) and len(rows) > most
    rows = rows[:most] if more else rows
    if not more:
        app.warn_of_cut(wanted.since)
    _tell(app, rows)
    columns = (
        Column("at", pgettext("column", "WHEN"), "moment"),
        Column("by", pgettext("column", "WHO")),
        Column("what", pgettext("column", "WHAT"), "sentence"),
        Column("how", pgettext("column", "HOW"), "word"),
        Column("commit", pgettext("column", "COMMIT"), "commit"),
    )
    notes = (_("the newest {most}; more: --limit N, 0 for all", most=most),) if more else ()
    return Listing("log", rows, columns, _("nothing happened"), notes=notes, spell=_spell)


def _spell(rows: Sequence[Row]) -> list[Row]:
    return [{**row, "what": _what(row), "how": "by hand" if row["by_hand"] else None} for row in rows]


def _wanted(
    app: App,
    kinds: tuple[str, ...],
    verbs: tuple[str, ...],
    limit: int,
    *,
    who: str | None,
    tickets: tuple[str, ...],
    since: str | None,
    until: str | None,
    department: str | None,
    records: tuple[str, ...],
) -> Wanted:
    by = None if who is None else person(app, who)
    first, last = dates.parse_moment(app, since), dates.parse_moment(app, until, end=True)
    dates.require_order(first, last)
    return Wanted(
        by,
        app.store.ask(lambda index: events.addresses(index, by)) if by else (),
        tuple(v.lower() for v in arguments.split_words(app, verbs)) if verbs else (),
        tuple(identifiers.require_known(app, i) for i in arguments.ticket_words(app, tickets)) if tickets else (),
        kinds,
        first,
        last,
        identifiers.require_existing(app, "department", department) if department else None,
        limit,
        tuple(_record(app, word) for word in arguments.split(app, records)) if records else (),
    )


def _record(app: App, word: str) -> str:
    """The id of a record of any kind, or of a setting, that was ever there; NotFound for one of which nothing is told."""
    word = word.encode(errors="replace").decode()  # what a shell passes need be no text
    either = (identifiers.normalise_id(word), word.strip().upper())
    known = app.store.ask(lambda index: events.told_of(index, either))
    if known is None:
        raise NotFound(
            _("nothing is told of a record {word!r}", word=word[:60]),
            _("of a ticket: --ticket ID; of all of a kind: --kind"),
        )
    return known


def person(app: App, who: str) -> str:
    """A handle, an id or an address in lower case; whoever acted once is known, also after they left."""
    wanted = str(app.person(who) or "").strip()
    if not wanted:
        raise UsageFault(_("--by names a person"), _("a handle, me, a requester's id, or an e-mail address"))
    if "@" in wanted and (handles := app.store.ask(lambda index: index.staff_by_email(wanted))):
        return handles[0]
    known = app.store.ask(lambda index: index.path_of("staff", wanted) or events.acted(index, wanted))
    if not known:
        raise app.store.missing("staff", wanted)
    return wanted


def _tell(app: App, rows: list[dict[str, Any]]) -> None:
    """Names, changed fields and a sentence for each row."""
    people = app.store.ask(lambda index: events.names(index, {str(row["by"]) for row in rows}))
    events.add_changes(app.place, rows)
    bare = git_log.subjects(app.place, [row["commit"] for row in rows if row["id"] is None])
    for row in rows:
        row["name"] = people.get(str(row["by"]))
        if row["id"] is None:
            row["sentence"] = f"{row['name'] or row['by']}: {bare.get(row['commit'], '')}"
        else:
            row["sentence"] = sentences.sentence(row, row["name"])


def _what(row: Row) -> str:
    """The sentence without its beginning, which has a column of its own, and what the ticket is about."""
    who = str(row["name"] or row["by"])
    text = said(row["sentence"]).removeprefix(who).removeprefix(":").strip()
    renamed = row["verb"] == "edit" and row["from"]  # the new title is told already
    return f"{text} · {row['title']}" if row["title"] and not renamed else text
