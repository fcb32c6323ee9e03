"""Requesters: list, show, create, signup, edit, delete; bans."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click

from desk.actions import identifiers, requesters
from desk.cli import arguments, complete, filters, leaf, records, told
from desk.cli.app import App
from desk.domain.model.person import Ban, User
from desk.domain.model.record import Record
from desk.errors import NotFound
from desk.index.index import Index
from desk.queries import people
from desk.text import _, pgettext
from desk.view.model import Column, Detail, Done, Listing


def _data(*required: str) -> list[records.Decorator]:
    """The options that describe a person."""
    return [
        click.option("--name", metavar="N", required="name" in required, help="Full name."),
        click.option("--email", metavar="E", required="email" in required, help="Where answers go."),
        click.option("--group", metavar="G", required="group" in required, shell_complete=complete.complete_group,
                     help="Actor group: desk group list."),
        click.option("--phone", metavar="P", help="Telephone number."),
        click.option("--organisation", metavar="O", help="Employer or institution."),
        click.option("--language", metavar="L", shell_complete=complete.complete_language, help="What they read."),
        click.option("--field", "fields", metavar="K=V", multiple=True, shell_complete=complete.complete_user_field,
                     help="A custom field; repeat for more."),
    ]  # fmt: skip


_numbers = click.option(
    "--numbers", metavar="PATTERN", help="How their own desk writes ticket numbers: INC{n}; found in their mails."
)


def _said(options: dict[str, Any]) -> dict[str, Any]:
    return {**options, "fields": identifiers.fields_of(options["fields"])}


# -- reading -----------------------------------------------------------------------------------------------------------


@leaf.leaf("list", example="desk user list --search georgiou\ndesk user list --group vendor -f csv > vendors.csv")
@click.option(
    "--search", metavar="WORDS", help="In name, addresses, organisation, custom fields; accents and case aside."
)
@click.option("--group", metavar="G", shell_complete=complete.complete_group, help="Only of this group.")
@click.option(
    "--field",
    "fields",
    metavar="K=V",
    multiple=True,
    shell_complete=complete.complete_user_field,
    help="Only with this value of a custom field.",
)
@click.option("--limit", metavar="N", type=click.IntRange(0, 10**9), help="At most N rows; 0 for all.")
def list_(app: App, search: str | None, group: str | None, fields: tuple[str, ...], limit: int | None) -> Listing:
    """List requesters by name."""
    wanted = identifiers.require_existing(app, "group", group) if group else None
    values = filters.fields_wanted(app, "user", identifiers.fields_of(fields)) if fields else {}
    limit = app.rows_wanted(limit)

    def question(index: Index) -> list[dict[str, Any]]:
        banned = {str(row["email"]).lower() for row in index.rows("ban")}
        return [
            {**row, "banned": str(row["email"]).lower() in banned}
            for row in people.users(index, search, wanted, values)
        ]

    app.warn_of_unread("records/users/")
    rows = app.store.ask(question)
    shown = rows[:limit] if limit else rows
    notes = (
        (_("users 1-{n} of {total}; all: --limit 0", n=len(shown), total=len(rows)),) if len(shown) < len(rows) else ()
    )
    columns = (
        Column("id", pgettext("column", "ID"), "id"),
        Column("name", pgettext("column", "NAME"), "name"),
        Column("email", pgettext("column", "E-MAIL"), "email"),
        Column("group", pgettext("column", "GROUP"), spare=2),
        Column("organisation", pgettext("column", "ORGANISATION"), "title"),
        Column("phone", pgettext("column", "PHONE"), "name", 1),
        Column("registered", pgettext("column", "REGISTERED"), spare=4),
        Column("disabled", pgettext("column", "DISABLED")),
        Column("banned", pgettext("column", "BANNED")),
    )
    return Listing("users", shown, columns, _("no users found"), notes=notes)


@leaf.leaf("show", example="desk user show u-4f9x2\ndesk user show anna@hospital.example")
@records.ids_of("user")
def show(app: App, ids: tuple[str, ...]) -> Detail:
    """Show requesters, by id, e-mail address, name or telephone number, with their tickets: open ones, and the last ten.

    With the setting users.share_organisation, these are the tickets of everybody in the same organisation.
    """
    typed = [word for i in ids for word in (arguments.split_words(app, [i]) if i == "-" else i.split(","))]
    found = list(dict.fromkeys(app.store.ask(lambda index: [_found(index, word) for word in typed if word.strip()])))

    def more(index: Index, record: Record) -> dict[str, Any]:
        email = str(record.values.get("email") or "")
        banned = bool(people.with_address(index, email, ("ban",))) if email else False
        shared = app.config["users.share_organisation"]
        whose = people.colleagues(index, record.id) if shared else [record.id]
        return {"banned": banned, **records.tickets_of(app, index, "requester", *whose, closed=LAST)}

    return records.show_records(app, User, found, more)


LAST = 10
"""Tickets of a requester that are shown whatever their state: what a caller may speak of."""


def _found(index: Index, typed: str) -> str:
    return _by_address(index, typed) if requesters.is_address(typed) else requesters.find(index, typed)


def _by_address(index: Index, typed: str) -> str:
    """A requester's id from what was typed: an id, or an e-mail address."""
    if "@" not in typed:
        return typed
    found = people.with_address(index, typed, ("user",))
    if not found:
        raise NotFound(
            _("there is no user with the address {typed}", typed=typed[:60]), "desk user list --search WORDS"
        )
    return found[0][1]


# -- registering -------------------------------------------------------------------------------------------------------


@leaf.leaf(
    "create",
    example='desk user create --name "Dr Anna Georgiou" --email anna@hospital.example --group health-professional \\\n'
    '    --organisation "Nicosia General Hospital" --phone "+357 22 123456"',
)
@records.offer(_data("name", "group"))
@_numbers
def create(app: App, **options: Any) -> Done:
    """Register a requester, who may have been known only from a ticket until now."""
    return told.answer_records(User, requesters.register(app, _said(options)), several=False)


@leaf.leaf("signup", example='desk user signup --name "Anna Georgiou" --email anna@clinic.example --group patient')
@records.offer(_data("name", "email", "group"))
def signup(app: App, **options: Any) -> Done:
    """Register yourself as a requester.

    Somebody who isn't staff signs the commit with the id they get: a history can't forget a name.
    """
    return told.answer_records(User, requesters.sign_up(app, _said(options)), several=False)


# -- changing ----------------------------------------------------------------------------------------------------------


@leaf.leaf(
    "edit", example='desk user edit u-4f9x2 --phone "+357 22 123456"\ndesk user edit u-4f9x2 --disabled', careful=True
)
@records.ids_of("user")
@records.offer(_data())
@_numbers
@click.option(
    "--undeliverable", metavar="TEXT", help="Since when mail comes back; an empty text once it arrives again."
)
@click.option("--disabled/--no-disabled", default=None, help="May not open tickets.")
def edit(app: App, ids: tuple[str, ...], **options: Any) -> Done:
    """Change requesters. An empty text takes a value away."""
    values = records.collect_given(User, options)
    if "fields" in values:
        values = _said(values)
    return records.told_of(app, User, _by_addresses(app, ids), lambda named: requesters.edit(app, named, values))


@leaf.leaf("delete", example="desk user delete u-4f9x2", careful=True)
@records.ids_of("user")
@click.option("--reason", metavar="TEXT", help="Why; it stands in the history. Leave personal data out of it.")
def delete(app: App, ids: tuple[str, ...], reason: str | None) -> Done:
    """Delete requesters whose tickets are all closed.

    A placeholder without name and address stays, so that their tickets and the history can still be read.
    """
    return records.told_of(app, User, _by_addresses(app, ids), lambda named: requesters.delete(app, named, reason))


def _by_addresses(app: App, ids: Iterable[str]) -> list[str]:
    return [_by_address(app.store.index, i) for i in arguments.split_words(app, ids)]


# -- bans --------------------------------------------------------------------------------------------------------------


@leaf.leaf("ban", example='desk user ban spam@somewhere.example --reason "advertising"')
@click.argument("email")
@click.option("--reason", metavar="R", help="Why; the person is told so.")
def ban(app: App, email: str, reason: str | None) -> Done:
    """Ban an e-mail address: no sign-up and no tickets from it, whatever account it has."""
    return told.answer_records(Ban, requesters.ban(app, email, reason), several=False)


@leaf.leaf("unban", example="desk user unban spam@somewhere.example")
@click.argument("email")
@click.option("--reason", metavar="R", help="Why; it stays in the history and can't be taken back.")
def unban(app: App, email: str, reason: str | None) -> Done:
    """Lift a ban."""
    return told.answer_records(Ban, requesters.unban(app, email, reason), several=False)


@leaf.leaf("bans", example="desk user bans")
def bans(app: App) -> Listing:
    """List banned e-mail addresses, the newest first."""
    columns = (
        Column("id", pgettext("column", "ID"), "id"),
        Column("email", pgettext("column", "E-MAIL"), "email"),
        Column("reason", pgettext("column", "REASON"), "phrase"),
        Column("by", pgettext("column", "BY")),
        Column("created", pgettext("column", "SINCE"), "time"),
    )
    rows = app.store.ask(lambda index: index.rows("ban", tail="ORDER BY created DESC, id"))
    return Listing("bans", rows, columns, _("nobody is banned"))
