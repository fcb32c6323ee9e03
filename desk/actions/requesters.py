"""Requesters: on whose behalf a ticket is registered, who registers, what is known of them, and who is shut out."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from desk.actions import identifiers
from desk.actions.acting import act_on_records
from desk.actions.draft import Draft, require_level
from desk.domain.model.actor import Actor
from desk.domain.model.change import Change, Edit, Event
from desk.domain.model.fields import utc_text
from desk.domain.model.organisation import CustomField
from desk.domain.model.person import USER_PREFIX, Ban, Group, User, requester
from desk.domain.people import users
from desk.errors import Ambiguous, NotFound, Refused
from desk.index.index import Index
from desk.intake import numbers
from desk.queries import people
from desk.session.session import Session
from desk.setting import as_phone
from desk.store.snapshot import Snapshot
from desk.store.store import Committed
from desk.text import _, arranged

Values = Mapping[str, Any]
"""Fields by name; `fields` holds custom ones as they were typed, each checked by its declaration."""
SAID = ("name", "email", "group", "phone", "organisation", "language", "fields")
"""What people say of themselves, and staff of them."""
OF_STAFF = (*SAID, "numbers")
"""What staff say of them."""

# -- on whose behalf ---------------------------------------------------------------------------------------------------


def find_or_make(session: Session, snapshot: Snapshot, given: str | None) -> tuple[str | None, Edit | None]:
    """The requester's id; and, for an address nobody has, the record that makes the person known."""
    if not given:
        return None, None
    name, given = _pasted(given)
    # What has an @ and is part of nobody's address is a slip in a new one, and refused as such below.
    if not is_address(given) and ("@" not in given or people.called(snapshot.index, given)):
        record = snapshot.get("user", find(snapshot.index, given))
        refuse_barred(snapshot, record)
        return record.id, None
    email = address(given)
    refuse_banned(snapshot, email)
    found = people.with_address(snapshot.index, email, ("user",))
    if found:
        record = snapshot.get("user", found[0][1])
        refuse_barred(snapshot, record)
        return record.id, None
    user = User.new(
        id=snapshot.new_id("user", USER_PREFIX),
        email=email,
        registered=False,
        created=utc_text(session.now),
        **({"name": name} if name else {}),
    )
    return user.id, Edit(None, user, (Event("create"),))


def _pasted(given: str) -> tuple[str, str]:
    """Name and address of `"Anna K" <anna@x.example>`, as mail programs copy them; anything else has no name."""
    if "<" not in given:
        return "", given
    from desk.mail import addresses  # noqa: PLC0415 - 6 ms, for what is pasted

    written = addresses.read(given)
    return (written[0].name, written[0].email) if len(written) == 1 else ("", given)


def is_address(typed: str) -> bool:
    """Whether a text is a whole e-mail address, rather than a part of one."""
    try:
        User.FIELDS["email"].type.parse(typed)
    except ValueError:
        return False
    return True


def find(index: Index, typed: str) -> str:
    """A requester's id, from that or whatever a caller gives: name, telephone number, a part of an address.

    Ambiguous names those who could be meant; NotFound says how to look for others.
    """
    wanted = identifiers.normalise_id(typed)
    if index.path_of("user", wanted) is not None:
        return wanted
    shown = typed.strip()[:60]
    found = people.called(index, typed)
    if not found:
        raise NotFound(
            _("there is no user {shown}", shown=shown),
            arranged("desk user list --search {shown}", shown=shlex.quote(shown)),
        )
    if len(found) > 1:
        named = ", ".join(f"{row['id']} {row['name'] or row['email'] or ''}".strip() for row in found[:5])
        more = _(" and {n} more", n=len(found) - 5) if len(found) > 5 else ""
        raise Ambiguous(
            _("{n} users could be {shown}", n=len(found), shown=shown),
            _("name one by id: {named}{more}", named=named, more=more),
        )
    return str(found[0]["id"])


def refuse_barred(snapshot: Snapshot, user: object) -> None:
    """A disabled or banned requester opens no tickets (rule 7)."""
    if isinstance(user, User):
        if user.disabled:
            raise Refused(
                _("{user} is disabled and may not open tickets", user=user.id),
                arranged("desk user edit {user} --no-disabled", user=user.id),
            )
        if user.email:
            refuse_banned(snapshot, user.email)


def refuse_banned(snapshot: Snapshot, email: str) -> None:
    """A ban is by e-mail address, compared without case (rule 7)."""
    banned = people.with_address(snapshot.index, email, ("ban",))
    if banned:
        reason = snapshot.get("ban", banned[0][1]).values.get("reason")
        why = f": {reason}" if reason else ""
        raise Refused(
            _("{email} is banned{why}", email=email, why=why),
            _("to lift the ban: desk user unban {email}", email=email),
        )


def refuse_taken(index: Index, email: str, own: str | None = None) -> None:
    """An address belongs to one person, staff or requester, whatever its case; `own` is who may have it."""
    for kind, record_id in people.with_address(index, email):
        if record_id != own:
            raise Refused(
                _("{email} is the address of {kind} {record_id}", email=email, kind=kind, record_id=record_id),
                _("one address, one person: desk {kind} show {record_id}", kind=kind, record_id=record_id),
            )


# -- what is known of them ---------------------------------------------------------------------------------------------


def register(session: Session, values: Values) -> Committed:
    """Make somebody a requester, who may have been known only from a ticket until now."""

    def plan(snapshot: Snapshot, by: Actor, at: datetime) -> Change:
        require_level(snapshot, by, User.kind)
        new, known = _new(session, Draft(snapshot), values, OF_STAFF)
        return users.register(new, known, by=by, at=at)

    return session.apply(plan)


def sign_up(session: Session, values: Values) -> Committed:
    """Register oneself; whoever isn't staff signs the commit with the name and the address given."""
    handle = session.handle() if session.requester is None else None

    def plan(snapshot: Snapshot) -> Change:
        new, known = _new(session, Draft(snapshot), values, SAID)
        if session.requester not in (None, new.id):
            raise Refused(
                _("{requester} is known here by another address", requester=session.requester),
                _("one registers oneself only"),
            )
        by = requester(new) if handle is None else snapshot.staff(handle)
        return users.register(new, known, by=by, at=session.now, verb="signup")

    return session.perform(plan)


def _new(session: Session, draft: Draft, values: Values, known_values: Iterable[str]) -> tuple[User, User | None]:
    """The record to be, and the one with this address that is there already."""
    identifiers.require_among(values, tuple(known_values), User.kind)
    known = None
    email = address(values["email"]) if values.get("email") else None
    if email:
        refuse_banned(draft.snapshot, email)
        found = people.with_address(draft.index, email, ("user",))
        known = draft.get(User, found[0][1]) if found else None
        refuse_taken(draft.index, email, known.id if known else None)
    made = {**_checked(session, draft, values), "email": email}
    made["fields"] = users.custom_values(
        draft.all(CustomField), made.get("group"), known.fields if known else {}, values.get("fields") or {}
    )
    made |= {"id": known.id if known else draft.snapshot.new_id("user", USER_PREFIX), "created": utc_text(session.now)}
    return identifiers.checked_values(lambda: User.new(**made)), known


def _checked(session: Session, draft: Draft, values: Values) -> dict[str, Any]:
    """Values that the desk knows."""
    found = dict(values)
    if found.get("language"):
        found["language"] = identifiers.require_listed(session, "desk.languages", found["language"])
    if found.get("group"):
        found["group"] = draft.get(Group, found["group"]).id
    if found.get("phone"):
        found["phone"] = identifiers.checked_values(lambda: _phone(found["phone"]))
    if found.get("numbers"):
        found["numbers"] = identifiers.checked_values(lambda: numbers.check(found["numbers"]))
    return found


def _phone(given: str) -> str:
    try:
        return as_phone(given)
    except ValueError as error:
        raise ValueError(_("{name}: must be {error}", name="phone", error=error)) from None


def edit(session: Session, ids: Iterable[str], values: Values) -> Committed:
    """Change what is known of requesters; None takes a value away, and so does an empty text in a custom field."""
    named = list(ids)
    identifiers.require_among(values, (*OF_STAFF, "disabled", "undeliverable"), User.kind)
    identifiers.require_one(named, values, ("email",))
    given = {n: v for n, v in values.items() if n != "fields"}
    fields = values.get("fields") or {}

    def one(draft: Draft, before: User, by: Actor, at: datetime) -> Change:
        after = before.evolve(**_checked(session, draft, given))
        if after.email and after.email != before.email:
            refuse_banned(draft.snapshot, after.email)
            refuse_taken(draft.index, after.email, before.id)
        if fields or after.group != before.group:
            after = after.evolve(
                fields=users.custom_values(draft.all(CustomField), after.group, before.fields, fields) or None
            )
        return users.edit(before, after, by=by, at=at)

    return act_on_records(session, User, named, one)


def delete(session: Session, ids: Iterable[str], reason: str | None = None) -> Committed:
    """Take away what is known of requesters whose tickets are all closed (rule 5)."""

    def one(draft: Draft, user: User, by: Actor, at: datetime) -> Change:
        return users.delete(user, people.unfinished_tickets_of(draft.index, user.id), by=by, at=at, reason=reason)

    return act_on_records(session, User, ids, one)


# -- bans --------------------------------------------------------------------------------------------------------------


def address(given: str) -> str:
    """An e-mail address, in the form that is compared."""
    found: str = identifiers.checked_values(lambda: Ban.FIELDS["email"].type.parse(given))
    return found


def ban(session: Session, email: str, reason: str | None = None) -> Committed:
    """Shut an address out (rule 7)."""
    banned = address(email)

    def plan(snapshot: Snapshot, by: Actor, at: datetime) -> Change:
        require_level(snapshot, by, Ban.kind)
        if people.with_address(snapshot.index, banned, (Ban.kind,)):
            raise Refused(_("{banned} is banned already", banned=banned), "desk user bans")
        return identifiers.checked_values(lambda: users.ban(banned, by=by, at=at, reason=reason))  # type: ignore[no-any-return]

    return session.apply(plan)


def unban(session: Session, email: str, reason: str | None = None) -> Committed:
    """Let an address in again."""
    banned = address(email)

    def plan(snapshot: Snapshot, by: Actor, at: datetime) -> Change:
        require_level(snapshot, by, Ban.kind)
        found = people.with_address(snapshot.index, banned, (Ban.kind,))
        if not found:
            raise NotFound(_("{banned} is not banned", banned=banned), "desk user bans")
        return users.unban(Draft(snapshot).get(Ban, found[0][1]), by=by, at=at, reason=reason)

    return session.apply(plan)
