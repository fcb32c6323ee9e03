"""What an arriving mail is judged by: the desk's own addresses and key, and who wrote it, as the desk knows them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import cast

from desk.actions.requesters import is_address
from desk.config import Config
from desk.domain.model.fields import TITLE_MAX
from desk.domain.model.filenames import as_seen
from desk.domain.model.person import Ban, Staff, User
from desk.domain.model.ticket import Ticket
from desk.errors import ConfigError
from desk.intake import authentication, forwards
from desk.intake.authentication import Verdict
from desk.intake.automatic import Ours
from desk.intake.mails import Mail
from desk.local import mailhost
from desk.mail import threading
from desk.mail.addresses import Address
from desk.mail.headers import clean
from desk.named import NamedTuple
from desk.queries import people
from desk.session.session import Session
from desk.setting import canonical_address
from desk.store.snapshot import Snapshot
from desk.text import _


class Door(NamedTuple):
    """What the desk is, to mail that comes in. `now` is aware UTC."""

    address: str
    ours: Ours
    key: bytes
    config: Config
    now: datetime


def door(session: Session) -> Door:
    """The desk as mail finds it; ConfigError where it has no address, or this machine may not take mail in."""
    config = session.config
    address = canonical_address(str(config["mail.address"] or config["contact.email"])).lower()
    if "@" not in address:
        raise ConfigError(_("the desk has no address to which mail could come"), "desk config set mail.address desk@…")
    own = {address, *config["mail.departments"], canonical_address(str(config["mail.imap.user"])).lower()}
    ours = Ours(frozenset(a for a in own if "@" in a), address, address.rpartition("@")[2])
    return Door(address, ours, mailhost.key(session.place), config, session.now)


def require_machine(session: Session) -> None:
    """ConfigError unless desk.toml names this machine among those that may take mail in."""
    mine, named = canonical_address(session.identity.committer_email).lower(), session.config["mail.machines"]
    if not mine or mine not in named:
        raise ConfigError(
            _(
                "this machine ({mine}) may not take mail in: what it commits in others' names would be faulted by the audit",
                mine=mine or _("without an address"),
            ),
            _(
                "level 3 allows it: desk config set mail.machines {addresses}",
                addresses=",".join((*named, mine or "desk@…")),
            ),
        )


class Writer(NamedTuple):
    """Who wrote a mail. Neither `staff` nor `user`: somebody new, or, without an address, nobody who can be told.

    `barred` says why they may not write, empty if they may. `poses`: as whom somebody new makes themselves out, by a name
    that isn't theirs; empty for the honest.
    """

    address: Address | None
    staff: Staff | None
    user: User | None
    barred: str
    verdict: Verdict
    poses: str = ""

    @property
    def email(self) -> str:
        """The address as it is compared."""
        return self.address.key if self.address else ""


def writer_of(mail: Mail, snapshot: Snapshot, door: Door) -> Writer:
    """Who wrote a mail, by its address: a name identifies nobody."""
    servers = {name.lower() for name in door.config["mail.authserv"]}
    verdict = authentication.verdict(mail.headers, mail.sender, servers)
    if mail.sender is None or not is_address(mail.sender.email):
        return Writer(None, None, None, "", verdict)
    found = dict(people.with_address(snapshot.index, mail.sender.email, (Staff.kind, User.kind, Ban.kind)))
    staff = cast("Staff", snapshot.get(Staff.kind, found[Staff.kind])) if Staff.kind in found else None
    user = cast("User", snapshot.get(User.kind, found[User.kind])) if User.kind in found else None
    barred = _("the address is banned") if Ban.kind in found else ""
    if not barred and staff is None and user is not None and user.disabled:
        barred = _("{user} is disabled", user=user.id)
    poses = "" if staff or user else posed_as(mail.sender, snapshot)
    return Writer(mail.sender, staff, None if staff else user, barred, verdict, poses)


def posed_as(sender: Address, snapshot: Snapshot) -> str:
    """Whom a name, or an address, is made to look like: one of the staff, or whoever has the address that is given as a name."""
    if "@" in sender.name and sender.key not in sender.name.lower():
        return sender.name
    name, email = as_seen(sender.name), as_seen(sender.email)
    for row in snapshot.index.rows(Staff.kind):
        if name == as_seen(str(row["name"])) or email == as_seen(str(row["email"])):
            return str(row["name"])
    return ""


def departments_of(mail: Mail, door: Door) -> dict[str, str]:
    """The addresses of departments that a mail was brought to, or written to, in this order, and whose they are."""
    named = door.config["mail.departments"]
    return {address: named[address] for address in mail.delivered if address in named}


def remarks(mail: Mail, writer: Writer, door: Door, ticket: Ticket | None) -> Iterator[str]:
    """What whoever reads a mail should know, and its text doesn't say: a line each. `ticket`: what it goes on with."""
    if writer.address is None and (named := mail.headers.text("from")):
        yield _("[its sender is told as: {sender}]", sender=named[:200])
    if writer.poses:
        email = mail.sender.email.encode("ascii", "backslashreplace").decode() if mail.sender else ""
        yield _("[written from {email} under the name of {name}]", email=email, name=writer.poses)
    if writer.verdict.state == "fail" and ticket is None:  # an entry says so in its heading
        yield _("[looks forged: {why}]", why=writer.verdict.reason)
    # Other desks ask for answers at an address for each ticket; at another domain it is a wish, or a trap.
    asked = [a.email for a in mail.reply_to if mail.sender and a.domain not in (mail.sender.domain, door.ours.domain)]
    if asked and writer.staff is None:
        yield _("[answers are asked for at: {addresses}]", addresses=", ".join(asked[:3]))
    addresses = departments_of(mail, door)
    mine = ticket.department if ticket is not None else next(iter(addresses.values()), "")
    if elsewhere := [address for address, department in addresses.items() if department != mine]:
        yield _("[also sent to: {addresses}]", addresses=", ".join(elsewhere))


def others(mail: Mail, door: Door) -> tuple[str, ...]:
    """Whom else a mail was addressed to: neither the desk nor its writer."""
    named: Iterable[Address] = (*mail.to, *mail.cc)
    local, _at, domain = door.address.partition("@")
    found = [a.key for a in named if is_address(a.email) and a.key not in door.ours.addresses]
    kept = [a for a in found if not (a.startswith(f"{local}+") and a.endswith(f"@{domain}"))]
    return tuple(dict.fromkeys(a for a in kept if mail.sender is None or a != mail.sender.key))[:20]


def title_of(subject: str, text: str) -> str:
    """What a ticket is called: the subject without its prefixes, else the first line of the text."""
    title = threading.bare_subject(subject)
    while forwards.is_forwarded(title):
        title = threading.bare_subject(title.partition(":")[2])
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    words = clean(title or first) or _("[no subject]")
    return words if len(words) <= TITLE_MAX else words[: TITLE_MAX - 1].rstrip() + "…"
