"""On whose behalf a ticket is registered: somebody known, or made known by the address."""

from __future__ import annotations

from desk.actions import identifiers
from desk.domain.model.change import Edit, Event
from desk.domain.model.fields import utc_text
from desk.domain.model.person import USER_PREFIX, User
from desk.errors import Refused
from desk.index.index import Index
from desk.queries import people
from desk.session.session import Session
from desk.store.snapshot import Snapshot


def find_or_make(session: Session, snapshot: Snapshot, given: str | None) -> tuple[str | None, Edit | None]:
    """The requester's id; and, for an address nobody has, the record that makes the person known."""
    if not given:
        return None, None
    if "@" not in given:
        record = snapshot.get("user", given.lower())
        refuse_barred(snapshot, record)
        return record.id, None
    email = identifiers.checked_values(lambda: User.FIELDS["email"].type.parse(given))
    refuse_banned(snapshot, email)
    known = people.with_address(snapshot.index, email, ("user",))
    if known:
        record = snapshot.get("user", known[0][1])
        refuse_barred(snapshot, record)
        return record.id, None
    user = User.new(
        id=snapshot.new_id("user", USER_PREFIX), email=email, registered=False, created=utc_text(session.now)
    )
    return user.id, Edit(None, user, (Event("create"),))


def refuse_barred(snapshot: Snapshot, user: object) -> None:
    """A disabled or banned requester opens no tickets (rule 7)."""
    if isinstance(user, User):
        if user.disabled:
            raise Refused(f"{user.id} is disabled and may not open tickets", f"desk user edit {user.id} --no-disabled")
        if user.email:
            refuse_banned(snapshot, user.email)


def refuse_banned(snapshot: Snapshot, email: str) -> None:
    """A ban is by e-mail address, compared without case (rule 7)."""
    banned = people.with_address(snapshot.index, email, ("ban",))
    if banned:
        reason = snapshot.get("ban", banned[0][1]).values.get("reason")
        why = f": {reason}" if reason else ""
        raise Refused(f"{email} is banned{why}", f"to lift the ban: desk user unban {email}")


def refuse_taken(index: Index, email: str, own: str | None = None) -> None:
    """An address belongs to one person, staff or requester, whatever its case; `own` is who may have it."""
    for kind, record_id in people.with_address(index, email):
        if record_id != own:
            raise Refused(
                f"{email} is the address of {kind} {record_id}",
                f"one address, one person: desk {kind} show {record_id}",
            )
