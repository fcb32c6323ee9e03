"""Who a ticket is registered for: a known requester, or an address that becomes one."""

from __future__ import annotations

from desk.app import App
from desk.commands import common
from desk.domain.fields import utc_text
from desk.domain.person import User
from desk.domain.record import Edit, Event
from desk.errors import Refused
from desk.store.desk import Snapshot


def find_or_make(app: App, snapshot: Snapshot, given: str | None) -> tuple[str | None, Edit | None]:
    """The requester's id; and, for an address nobody has, the record that makes the person known."""
    if not given:
        return None, None
    if "@" not in given:
        record = snapshot.get("user", given.lower())
        refuse_barred(snapshot, record)
        return record.id, None
    email = common.checked_values(lambda: User.FIELDS["email"].type.parse(given))
    refuse_banned(snapshot, email)
    known = snapshot.index.rows("user", "lower(email) = lower(?)", (email,), "ORDER BY id")
    if known:
        record = snapshot.get("user", str(known[0]["id"]))
        refuse_barred(snapshot, record)
        return record.id, None
    user = User.new(id=snapshot.new_id("user", "u-"), email=email, registered=False, created=utc_text(app.now))
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
    banned = snapshot.index.rows("ban", "lower(email) = lower(?)", (email,))
    if banned:
        why = f": {banned[0]['reason']}" if banned[0]["reason"] else ""
        raise Refused(f"{email} is banned{why}", f"to lift the ban: desk user unban {email}")
