"""Requesters: list, show, create, signup, edit, delete; bans."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, TypeVar

import click

from desk.actions import customfields, identifiers, requesters
from desk.actions.draft import Draft, require_level
from desk.cli import arguments, complete, leaf, records, told
from desk.cli.app import App
from desk.domain.model.actor import Actor
from desk.domain.model.change import Change
from desk.domain.model.fields import utc_text
from desk.domain.model.organisation import CustomField
from desk.domain.model.person import USER_PREFIX, Ban, Group, User, requester
from desk.domain.model.record import Record
from desk.domain.people import users
from desk.errors import NotFound, Refused
from desk.index.index import Index
from desk.queries import people
from desk.store.snapshot import Snapshot
from desk.view.model import Column, Detail, Done, Listing

F = TypeVar("F", bound=Callable[..., Any])


def _data(*, required: tuple[str, ...] = ()) -> Callable[[F], F]:
    """The options that describe a person."""

    def wrap(function: F) -> F:
        options = [
            click.option("--name", metavar="N", required="name" in required, help="Full name."),
            click.option("--email", metavar="E", required="email" in required, help="Where answers go."),
            click.option("--group", metavar="G", required="group" in required, shell_complete=complete.complete_group,
                         help="Actor group: desk group list."),
            click.option("--phone", metavar="P", help="Telephone number."),
            click.option("--organisation", metavar="O", help="Employer or institution."),
            click.option("--language", metavar="L", shell_complete=complete.complete_language, help="What they read."),
            click.option("--field", "fields", metavar="K=V", multiple=True, help="A custom field; repeat for more."),
        ]  # fmt: skip
        for option in reversed(options):
            function = option(function)
        return function

    return wrap


# -- reading -----------------------------------------------------------------------------------------------------------


@leaf.leaf("list", example="desk user list --search georgiou\ndesk user list --group vendor -f csv > vendors.csv")
@click.option(
    "--search", metavar="WORDS", help="In name, addresses, organisation, custom fields; accents and case aside."
)
@click.option("--group", metavar="G", shell_complete=complete.complete_group, help="Only of this group.")
@click.option("--field", "fields", metavar="K=V", multiple=True, help="Only with this value of a custom field.")
@click.option("--limit", metavar="N", type=click.IntRange(0), help="At most N rows; 0 for all.")
def list_(app: App, search: str | None, group: str | None, fields: tuple[str, ...], limit: int | None) -> Listing:
    """List requesters by name."""
    wanted = identifiers.existing(app, "group", group) if group else None
    values = customfields.wanted(app, "user", identifiers.fields_of(fields)) if fields else {}
    limit = app.rows_wanted(limit)

    def question(index: Index) -> list[dict[str, Any]]:
        banned = {str(row["email"]).lower() for row in index.rows("ban")}
        return [
            {**row, "banned": str(row["email"]).lower() in banned}
            for row in people.users(index, search, wanted, values)
        ]

    rows = app.store.ask(question)
    shown = rows[:limit] if limit else rows
    notes = (f"users 1-{len(shown)} of {len(rows)}; all: --limit 0",) if len(shown) < len(rows) else ()
    columns = (
        Column("id", "ID", "id"),
        Column("name", "NAME"),
        Column("email", "E-MAIL"),
        Column("group", "GROUP"),
        Column("organisation", "ORGANISATION", "title"),
        Column("phone", "PHONE"),
        Column("registered", "REGISTERED"),
        Column("disabled", "DISABLED"),
        Column("banned", "BANNED"),
    )
    return Listing("users", shown, columns, "no users found", notes=notes)


@leaf.leaf("show", example="desk user show u-4f9x2\ndesk user show anna@hospital.example")
@records.ids_of("user")
def show(app: App, ids: tuple[str, ...]) -> Detail:
    """Show requesters, by id or e-mail address, with their tickets that are not closed.

    With the setting users.share_organisation, these are the tickets of everybody in the same organisation.
    """
    found = [_by_address(app.store.ask(lambda index: index), i) for i in arguments.words(app, ids)]

    def more(index: Index, record: Record) -> dict[str, Any]:
        email = str(record.values.get("email") or "")
        banned = bool(people.with_address(index, email, ("ban",))) if email else False
        shared = app.config["users.share_organisation"]
        whose = people.colleagues(index, record.id) if shared else [record.id]
        return {"banned": banned, **records.live_tickets(app, index, "requester", *whose)}

    return records.show(app, User, found, more)


def _by_address(index: Index, typed: str) -> str:
    """A requester's id from what was typed: an id, or an e-mail address."""
    if "@" not in typed:
        return typed
    found = people.with_address(index, typed, ("user",))
    if not found:
        raise NotFound(f"there is no user with the address {typed[:60]}", "desk user list --search WORDS")
    return found[0][1]


# -- registering -------------------------------------------------------------------------------------------------------


@leaf.leaf(
    "create",
    example='desk user create --name "Dr Anna Georgiou" --email anna@hospital.example --group health-professional \\\n'
    '    --organisation "Nicosia General Hospital" --phone "+357 22 123456"',
)
@_data(required=("name", "group"))
def create(app: App, **options: Any) -> Done:
    """Register a requester, who may have been known only from a ticket until now."""

    def plan(snapshot: Snapshot, by: Actor, at: datetime) -> Change:
        require_level(snapshot, by, "user")
        draft = Draft(snapshot)
        new, known = _new(app, draft, options)
        return users.register(new, known, by=by, at=at)

    return told.told_of(User, app.apply(plan), several=False)


@leaf.leaf("signup", example='desk user signup --name "Anna Georgiou" --email anna@clinic.example --group patient')
@_data(required=("name", "email", "group"))
def signup(app: App, **options: Any) -> Done:
    """Register yourself as a requester.

    Somebody who isn't staff signs the commit with the name and the address given here.
    """
    handle = app.handle()

    def plan(snapshot: Snapshot) -> Change:
        new, known = _new(app, Draft(snapshot), options)
        by = requester(new) if handle is None else snapshot.staff(handle)
        return users.register(new, known, by=by, at=app.now, verb="signup")

    return told.told_of(User, app.perform(plan), several=False)


def _new(app: App, draft: Draft, options: dict[str, Any]) -> tuple[User, User | None]:
    """The record to be, and the one with this address that is there already."""
    known = None
    email = _address(options["email"]) if options["email"] else None
    if email:
        requesters.refuse_banned(draft.snapshot, email)
        found = people.with_address(draft.index, email, ("user",))
        known = draft.get(User, found[0][1]) if found else None
        requesters.refuse_taken(draft.index, email, known.id if known else None)
    values = {**_checked(app, draft, options), "email": email}
    given = identifiers.fields_of(options["fields"])
    values["fields"] = users.custom_values(
        draft.all(CustomField), values["group"], known.fields if known else {}, given
    )
    values |= {"id": known.id if known else draft.snapshot.new_id("user", USER_PREFIX), "created": utc_text(app.now)}
    return identifiers.checked_values(lambda: User.new(**values)), known


def _checked(app: App, draft: Draft, options: dict[str, Any]) -> dict[str, Any]:
    """Options as values that the desk knows."""
    values = dict(options)
    if values.get("language"):
        values["language"] = identifiers.chosen(app, "desk.languages", values["language"])
    if values.get("group"):
        values["group"] = draft.get(Group, values["group"]).id
    return values


# -- changing ----------------------------------------------------------------------------------------------------------


@leaf.leaf("edit", example='desk user edit u-4f9x2 --phone "+357 22 123456"\ndesk user edit u-4f9x2 --disabled')
@records.ids_of("user")
@_data()
@click.option("--disabled/--no-disabled", default=None, help="May not open tickets.")
def edit(app: App, ids: tuple[str, ...], **options: Any) -> Done:
    """Change requesters. An empty text takes a value away."""
    values = records.given(User, options)
    named = records.one_only(app, ids, "--email") if options["email"] else arguments.words(app, ids)
    fields = identifiers.fields_of(values.pop("fields", ()))

    def one(draft: Draft, before: User, by: Actor, at: datetime) -> Change:
        after = before.evolve(**_checked(app, draft, values))
        if after.email and after.email != before.email:
            requesters.refuse_banned(draft.snapshot, after.email)
            requesters.refuse_taken(draft.index, after.email, before.id)
        if fields or after.group != before.group:
            after = after.evolve(
                fields=users.custom_values(draft.all(CustomField), after.group, before.fields, fields) or None
            )
        return users.edit(before, after, by=by, at=at)

    return _act(app, named, one)


@leaf.leaf("delete", example="desk user delete u-4f9x2")
@records.ids_of("user")
@click.option("--reason", metavar="TEXT", help="Why; it stands in the history. Leave personal data out of it.")
def delete(app: App, ids: tuple[str, ...], reason: str | None) -> Done:
    """Delete requesters whose tickets are all closed.

    A placeholder without name and address stays, so that their tickets and the history can still be read.
    """

    def one(draft: Draft, user: User, by: Actor, at: datetime) -> Change:
        return users.delete(user, people.unfinished(draft.index, user.id), by=by, at=at, reason=reason)

    return _act(app, ids, one)


def _act(app: App, ids: Iterable[str], one: Callable[[Draft, User, Actor, datetime], Change]) -> Done:
    typed = arguments.words(app, ids)
    return records.act(app, User, [_by_address(app.store.index, i) for i in typed], one)


# -- bans --------------------------------------------------------------------------------------------------------------


@leaf.leaf("ban", example='desk user ban spam@somewhere.example --reason "advertising"')
@click.argument("email")
@click.option("--reason", metavar="R", help="Why; the person is told so.")
def ban(app: App, email: str, reason: str | None) -> Done:
    """Ban an e-mail address: no sign-up and no tickets from it, whatever account it has."""
    address = _address(email)

    def plan(snapshot: Snapshot, by: Actor, at: datetime) -> Change:
        require_level(snapshot, by, "ban")
        if people.with_address(snapshot.index, address, ("ban",)):
            raise Refused(f"{address} is banned already", "desk user bans")
        return identifiers.checked_values(lambda: users.ban(address, by=by, at=at, reason=reason))  # type: ignore[no-any-return]

    return told.told_of(Ban, app.apply(plan), several=False)


@leaf.leaf("unban", example="desk user unban spam@somewhere.example")
@click.argument("email")
@click.option("--reason", metavar="R", help="Why; it stands in the history.")
def unban(app: App, email: str, reason: str | None) -> Done:
    """Lift a ban."""
    address = _address(email)

    def plan(snapshot: Snapshot, by: Actor, at: datetime) -> Change:
        require_level(snapshot, by, "ban")
        found = people.with_address(snapshot.index, address, ("ban",))
        if not found:
            raise NotFound(f"{address} is not banned", "desk user bans")
        return users.unban(Draft(snapshot).get(Ban, found[0][1]), by=by, at=at, reason=reason)

    return told.told_of(Ban, app.apply(plan), several=False)


def _address(email: str) -> str:
    found: str = identifiers.checked_values(lambda: Ban.FIELDS["email"].type.parse(email))
    return found


@leaf.leaf("bans", example="desk user bans")
def bans(app: App) -> Listing:
    """List banned e-mail addresses, the newest first."""
    columns = (
        Column("id", "ID", "id"),
        Column("email", "E-MAIL"),
        Column("reason", "REASON", "title"),
        Column("by", "BY"),
        Column("created", "SINCE", "time"),
    )
    rows = app.store.ask(lambda index: index.rows("ban", tail="ORDER BY created DESC, id"))
    return Listing("bans", rows, columns, "nobody is banned")
