"""Sending what lies in the outbox, each message once, whatever is killed on the way.

    waiting → ID.eml, on the disk → the server has it → a line in the log, on the disk → gone from the outbox

Between the server's word and the log's line lies one fsync: a message that is cut off there goes again, the same bytes
under the same Message-ID, for a second copy costs less than an answer that never came.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Literal

from desk.actions.mail import digests, letters, queue, recipients, servers, undelivered
from desk.actions.mail.letters import DIGEST, REFUSED, Addressed, Draft, House
from desk.actions.mail.queue import OLD, Dispatch, posted_at
from desk.actions.mail.recipients import Stop
from desk.domain.changes.notices import LASTING
from desk.domain.model.fields import parse_time, utc_text
from desk.domain.model.ticket import Ticket
from desk.errors import Broken, MailError, NotFound
from desk.local import delivery, mailhost, maillog, outbox
from desk.local.delivery import Delivery
from desk.local.maillog import MailRow
from desk.mail import caps
from desk.mail.addresses import Address
from desk.mail.caps import Sent
from desk.mail.composing import Outgoing
from desk.named import NamedTuple
from desk.post.smtp import Outcome, Sender
from desk.session import ledger
from desk.session.deriving import Derived, derive
from desk.session.session import Session
from desk.text import _

State = Literal["sent", "later", "failed", "held", "dropped", "waiting"]
_CAP = timedelta(minutes=10)
_PAST = timedelta(days=60)
"""How far back the log is read for a message that was cut off."""
_CONNECTION = 100
"""Messages over one connection."""
_NO_LOGIN = (530, 534, 535, 538)
"""What servers answer to whoever should have logged in: the message is not at fault."""


class Posted(NamedTuple):
    """What became of one message; `subject` is None where its text is at fault."""

    draft: Draft
    state: State
    to: str
    reason: str = ""
    subject: str | None = None
    message_id: str = ""


class Round(NamedTuple):
    """What a run did. `waiting` messages are left, whose time hasn't come."""

    posted: tuple[Posted, ...]
    waiting: int
    derived: Derived

    @property
    def troubled(self) -> bool:
        """Whether something was refused for good."""
        return any(one.state == "failed" for one in self.posted)


def send(session: Session, settings: Mapping[str, str], dispatch: Dispatch) -> Round:
    """Send what is due. Hold `mailhost.alone` around it.

    `settings` are those of this machine (`mailhost.settings`). ConfigError where this machine may not, MailError where
    the server can't be reached.
    """
    mailhost.require(settings)
    house = letters.house(session)
    server = servers.sending_server(session.config, house.address)
    servers.require_trusted(server, settings)
    derived = derive(session, dry_run=dispatch.dry_run)
    if derived.first and not dispatch.dry_run:
        queue.put_aside(session)
    redirect = session.environ.get("DESK_MAIL_REDIRECT") or settings.get("redirect", "")

    def connect() -> Sender:
        return servers.connect(session, server, settings, house.domain)

    done = _Sending(session, dispatch, house, redirect, connect).run(derived)
    if not dispatch.dry_run:
        ledger.keep(session, settings)
    return done


class _Sending:
    """One run. `connect` gives a way to the server, when the first message is ready to go."""

    def __init__(
        self, session: Session, dispatch: Dispatch, house: House, redirect: str, connect: Callable[[], Sender]
    ) -> None:
        self.session = session
        self.dispatch = dispatch
        self.house = house
        self.redirect = redirect
        self.connect = connect
        self.folder = session.place.own(outbox.FOLDER)
        self.sender: Sender | None = None
        self.carried = 0
        self.posted: list[Posted] = []
        self.recent = [row for row in maillog.since(session.place, session.now - OLD) if row.get("way") == "out"]

    def run(self, derived: Derived) -> Round:
        drafts = queue.due(self.session, self.dispatch, derived)
        room = self._room()
        waiting = 0
        try:
            for draft, one in drafts:
                if room is not None and sum(p.state == "sent" for p in self.posted) >= room:
                    waiting += 1
                    continue
                self._one(draft, one)
        finally:
            if self.sender is not None:
                self.sender.close()
        left = sum(1 for i in outbox.ids(self.folder) if delivery.load(self.folder, i).state == "waiting")
        return Round(tuple(self.posted), waiting if self.dispatch.dry_run else left, derived)

    # -- one of them --------------------------------------------------------------------------------------------------

    def _room(self) -> int | None:
        """How many may be sent now; None for any number. What went in the last minute counts."""
        most = int(self.session.config["mail.smtp.per_minute"])
        since = utc_text(self.session.now - timedelta(minutes=1))
        gone = sum(row.get("state") == "sent" and row["at"] > since for row in self.recent)
        limits = [max(0, most - gone)] if most else []
        limits += [self.dispatch.limit] if self.dispatch.limit else []
        return min(limits) if limits else None

    def _one(self, draft: Draft, one: Delivery) -> None:
        draft_id = str(draft["id"])
        begun = delivery.begun(self.folder, draft_id)
        if begun is not None and self._is_logged(draft_id):
            if not self.dispatch.dry_run:
                outbox.drop(self.folder, draft_id)
            return
        ticket = self._ticket(draft)
        stop = self._stop(draft, one, ticket)
        if stop is not None:
            self._stopped(draft, one, stop)
            return
        to = recipients.address_of(self.session, draft, self.house.address)
        if isinstance(to, Stop):
            self._stopped(draft, one, to)
            return
        try:
            outgoing = letters.outgoing(self.session, self.house, Addressed(draft, to, ticket, self._about(draft)))
            message = begun or letters.compose(outgoing, self.redirect)
        except (Broken, NotFound) as error:
            self._told(draft, "waiting", to.email, error.message)
            self.session.warnings.append(_("{id} can't be sent: {problem}", id=draft_id, problem=error.message))
            return
        except ValueError as error:
            self._failed(draft, one, to, None, Outcome("refused", 0, str(error)))
            return
        if begun is None and not self.dispatch.ids and (words := self._capped(outgoing, draft)):
            self._too_many(draft, one, outgoing, words)
            return
        self._post(draft, one, to, outgoing, message)

    def _stop(self, draft: Draft, one: Delivery, ticket: Ticket | None) -> Stop | None:
        """Why a message goes to nobody, whoever it is for."""
        if draft["ticket"] and ticket is None:
            return Stop("dropped", _("its ticket was deleted"))
        late = self.session.now - posted_at(draft) > OLD and one == delivery.FRESH and not self.dispatch.ids
        if late and draft["to"]["kind"] == "user" and draft["event"] not in (*LASTING, DIGEST):
            return Stop("dropped", _("old news: it is from {at}", at=draft["at"][:10]))
        if draft["event"] == REFUSED or letters.kind_of(draft, ticket) != "acknowledgement":
            return None
        return self._unacknowledged(draft)

    def _unacknowledged(self, draft: Draft) -> Stop | None:
        """Why nobody is told that a mail has arrived."""
        if not self.session.config["mail.acknowledge"]:
            return Stop("dropped", _("mails are not acknowledged: mail.acknowledge"))
        told = queue.shortfall_of(str(draft["id"]))
        if outbox.is_there(self.folder, told) or any(row.get("id") == told for row in self.recent):
            return Stop("dropped", _("its writer hears what was left out of it"))
        return None

    def _post(self, draft: Draft, one: Delivery, to: Address, outgoing: Outgoing, message: bytes) -> None:
        if self.dispatch.dry_run:
            self._told(draft, "sent", self.redirect or to.email, outgoing=outgoing)
            return
        draft_id = str(draft["id"])
        if self.sender is None or not self.sender.alive or self.carried == _CONNECTION:
            if self.sender is not None:
                self.sender.close()
            self.sender, self.carried = self.connect(), 0
        delivery.begin(self.folder, draft_id, message)
        sender = letters.envelope(outgoing, self.house, plus=self.session.config["mail.plus"])
        outcome = self.sender.send(sender, self.redirect or to.email, message)
        self.carried += 1
        if outcome.code in _NO_LOGIN:
            delivery.end(self.folder, draft_id)
            raise MailError(
                _("the server takes no mail from us: {code} {words}", code=outcome.code, words=outcome.words),
                _("see: desk mail test --smtp; nothing is lost, and what waits goes when that is put right"),
            )
        if outcome.state == "sent":
            self._log(draft, "sent", to, outgoing, outcome)
            outbox.drop(self.folder, draft_id)
            self._told(draft, "sent", to.email, outgoing=outgoing)
        elif outcome.state == "later":
            self._later(draft, one, to, outgoing, outcome)
        else:
            self._failed(draft, one, to, outgoing, outcome)

    # -- what became of it --------------------------------------------------------------------------------------------

    def _later(self, draft: Draft, one: Delivery, to: Address, outgoing: Outgoing, outcome: Outcome) -> None:
        put_off = delivery.put_off(one, self.session.now, _words(outcome))
        if put_off.state == "failed":
            words = _("tried for three days; at last: {words}", words=outcome.words)
            self._failed(draft, one, to, outgoing, outcome._replace(words=words))
            return
        delivery.save(self.folder, str(draft["id"]), put_off)
        if outcome.code:  # the server said that it doesn't have it; a connection that broke says nothing
            delivery.end(self.folder, str(draft["id"]))
        self._log(draft, "later", to, outgoing, outcome)
        self._told(draft, "later", to.email, put_off.reason, outgoing)

    def _failed(self, draft: Draft, one: Delivery, to: Address, outgoing: Outgoing | None, outcome: Outcome) -> None:
        reason = _words(outcome)
        if draft["event"] == REFUSED and not draft["ticket"]:  # to an address that somebody may have made up
            self._stopped(draft, one, Stop("dropped", reason))
            return
        if not self.dispatch.dry_run:
            delivery.save(self.folder, str(draft["id"]), one._replace(state="failed", due=None, reason=reason))
            delivery.end(self.folder, str(draft["id"]))
            self._log(draft, "failed", to, outgoing, outcome)
            undelivered.note(self.session, draft, to.email, reason)
        self._told(draft, "failed", to.email, reason, outgoing)

    def _stopped(self, draft: Draft, one: Delivery, stop: Stop) -> None:
        draft_id = str(draft["id"])
        if stop.state == "held" and one.state == "held":
            return
        if not self.dispatch.dry_run:
            self._log(draft, stop.state, Address("", draft["to"]["email"]), None, Outcome("refused", 0, stop.reason))
            if stop.state == "held":
                delivery.save(
                    self.folder, draft_id, one._replace(state="held", due=self.session.now, reason=stop.reason)
                )
            else:
                outbox.drop(self.folder, draft_id)
        self._told(draft, stop.state, draft["to"]["email"], stop.reason)

    def _too_many(self, draft: Draft, one: Delivery, outgoing: Outgoing, words: str) -> None:
        """Acknowledgements beyond the measure are none; of the rest one message is made, when there is room again."""
        if outgoing.kind == "acknowledgement":
            self._stopped(draft, one, Stop("dropped", words))
            return
        due = self.session.now + _CAP
        if not self.dispatch.dry_run:
            put_off = one._replace(collected=True, due=due, reason=words)
            delivery.save(self.folder, str(draft["id"]), put_off)
        self._told(draft, "later", outgoing.to.email, words, outgoing)

    def _capped(self, outgoing: Outgoing, draft: Draft) -> str | None:
        sent = [
            Sent(parse_time(r["at"]), r["to"].lower(), r["ticket"], r["kind"], r["text"])  # type: ignore[arg-type]
            for r in self.recent
            if r.get("state") == "sent" and {"to", "ticket", "kind", "text"} <= r.keys()
        ]
        to, ticket = outgoing.to.email.lower(), str(draft["ticket"] or "")
        message = Sent(self.session.now, to, ticket, outgoing.kind, letters.text_hash(outgoing))
        return caps.held_back(message, sent)

    def _log(self, draft: Draft, state: State, to: Address, outgoing: Outgoing | None, outcome: Outcome) -> None:
        row: MailRow = {
            "at": utc_text(self.session.now),
            "way": "out",
            "state": state,
            "id": str(draft["id"]),
            "ticket": str(draft["ticket"] or ""),
            "commit": str(draft["commit"]),
            "event": str(draft["event"]),
            "to": to.email,
            "recipient": str(draft["to"]["id"]),
            "code": outcome.code,
            "reason": outcome.words,
        }
        if outgoing is not None:
            text = letters.text_hash(outgoing)
            row |= {"kind": outgoing.kind, "message_id": outgoing.message_id, "text": text, "subject": outgoing.subject}
        maillog.add(self.session.place, row)
        self.recent.append(row)
        if state == "sent":
            for member in draft.get("members") or ():
                told = {**{name: member[name] for name in digests.MEMBER}, "reason": _("in {id}", id=draft["id"])}
                kept = ("at", "way", "state", "to", "recipient", "message_id")
                maillog.add(self.session.place, {**{name: row[name] for name in kept}, **told})  # type: ignore[literal-required, typeddict-item]

    def _told(self, draft: Draft, state: State, to: str, reason: str = "", outgoing: Outgoing | None = None) -> None:
        subject, message_id = (outgoing.subject, outgoing.message_id) if outgoing else (None, "")
        self.posted.append(Posted(draft, state, to, reason, subject, message_id))

    # -- what is known ------------------------------------------------------------------------------------------------

    def _ticket(self, draft: Draft) -> Ticket | None:
        if not draft["ticket"]:
            return None
        try:
            found = self.session.store.read("ticket", draft["ticket"])
        except NotFound:
            return None
        return found if isinstance(found, Ticket) else None

    def _about(self, draft: Draft) -> list[MailRow]:
        """What went out about its ticket, in all the time that there has been one."""
        if not draft["ticket"]:
            return []
        created = datetime.strptime(draft["ticket"][:6], "%y%m%d").astimezone()
        return maillog.about(self.session.place, draft["ticket"], created)

    def _is_logged(self, draft_id: str) -> bool:
        """Whether a message whose outcome seemed unknown was sent all the same: killed before it left the outbox."""
        past = maillog.since(self.session.place, self.session.now - _PAST)
        return any(row.get("id") == draft_id and row.get("state") == "sent" for row in past)


def _words(outcome: Outcome) -> str:
    return f"{outcome.code} {outcome.words}" if outcome.code else outcome.words
