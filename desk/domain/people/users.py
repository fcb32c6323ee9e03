"""Requesters and bans: registering, leaving without a trace of the person, and who is shut out (rules 5 and 7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from desk.domain.changes import generic
from desk.domain.model.actor import Actor
from desk.domain.model.change import Change, Edit, Event
from desk.domain.model.fields import utc_text
from desk.domain.model.organisation import CustomField
from desk.domain.model.person import Ban, User
from desk.domain.people import customfields
from desk.errors import Refused, UsageFault
from desk.named import NamedTuple
from desk.setting import canonical_address
from desk.text import Text, _

_SHOWN = 3
"""So many ids are named, the others counted."""


def register(new: User, known: User | None, *, by: Actor, at: datetime, verb: str = "create") -> Change:
    """Make somebody a requester. One `known` only from a ticket keeps the id and what was known."""
    _check(new)
    if known is None:
        return generic.create(new, by=by, at=at, verb=verb)
    if known.disabled:
        hint = _("staff could enable it: desk user edit {user} --no-disabled", user=known.id)
        raise Refused(_("{user} has this e-mail address and is disabled", user=known.id), hint)
    if known.registered:
        raise Refused(
            _("{user} is already registered with this e-mail address", user=known.id),
            _("staff could change what is known of them: desk user edit {user}", user=known.id),
        )
    after = known.evolve(**{**new.values, "id": known.id, "created": utc_text(known.created or at), "registered": None})
    return Change(verb, by, at, (Edit(known, after, (Event(verb),)),))


def edit(before: User, after: User, *, by: Actor, at: datetime) -> Change:
    """Change what is known of a requester."""
    if gone(before):
        raise Refused(_("{id} was deleted", id=before.id), _("register the person again: desk user create"))
    _check(after)
    return generic.edit(before, after, by=by, at=at)


class Want(NamedTuple):
    """What is known of everybody who is registered: one of these fields, what is wrong without it, and the way to give it."""

    fields: tuple[str, ...]
    problem: Text
    hint: Text


WANTS = (
    Want(("name",), _("a requester needs a name"), _("--name NAME")),
    Want(("group",), _("a requester belongs to a group"), _("--group G; see: desk group list")),
    Want(
        ("email", "phone"),
        _("a requester needs an e-mail address or a telephone number"),
        _("--email E or --phone P"),
    ),
)


def _check(user: User) -> None:
    for want in WANTS if user.registered else ():
        if not any(user.values.get(name) for name in want.fields):
            raise UsageFault(want.problem, want.hint)


def gone(user: User) -> bool:
    """Whether this is what a deleted requester left behind."""
    return user.disabled and not user.registered and not (user.name or user.email)


def delete(user: User, unfinished: Iterable[str], *, by: Actor, at: datetime, reason: str | None = None) -> Change:
    """Take the personal data away; a nameless placeholder keeps tickets and history readable."""
    if gone(user):
        raise Refused(
            _("{user} was deleted already", user=user.id),
            _("see: desk ticket list --requester {user} --state any", user=user.id),
        )
    ids = list(unfinished)
    if ids:
        shown = ", ".join(ids[:_SHOWN]) + (" …" if len(ids) > _SHOWN else "")
        raise Refused(
            _(
                "{user} can't be deleted: {n} of their tickets are not closed ({shown})",
                user=user.id,
                n=len(ids),
                shown=shown,
            ),
            _(
                "close them first: desk ticket list --requester {user}; or shut the account: desk user edit {user} "
                "--disabled",
                user=user.id,
            ),
        )
    left = User.new(id=user.id, disabled=True, registered=False)
    return Change("delete", by, at, (Edit(user, left, (Event("delete"),)),), reason)


def custom_values(
    declared: Iterable[CustomField], group: str | None, before: Mapping[str, Any], given: Mapping[str, Any]
) -> dict[str, Any]:
    """Custom fields of a requester: the given ones checked; those of removed fields and other groups stay."""
    fields = list(declared)
    asked = {f.id for f in fields if f.on == "user" and customfields.applies(f, group)}
    idle = {k: v for k, v in before.items() if k not in asked and given.get(k) != ""}
    kept = {k: v for k, v in before.items() if k in asked}
    wanted = {**kept, **{k: v for k, v in given.items() if v != "" or k in asked or k not in before}}
    return {**idle, **customfields.check_values(fields, "user", wanted, group)}


def ban_id(email: str) -> str:
    """From the address, without showing it: the id is a file name and stands in commit messages."""
    from hashlib import sha256  # noqa: PLC0415 - loads OpenSSL, for bans only

    return f"b-{sha256(canonical_address(email).lower().encode()).hexdigest()[:10]}"


def ban(email: str, *, by: Actor, at: datetime, reason: str | None = None) -> Change:
    """Shut an address out: no sign-up and no tickets from it, whatever account it has (rule 7)."""
    record = Ban.new(id=ban_id(email), email=email, reason=reason or None, by=by.id, created=utc_text(at))
    return Change("ban", by, at, (Edit(None, record, (Event("ban"),)),))


def unban(record: Ban, *, by: Actor, at: datetime, reason: str | None = None) -> Change:
    """Let an address in again."""
    return Change("unban", by, at, (Edit(record, None, (Event("unban"),)),), reason)
