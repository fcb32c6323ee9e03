"""What proves something later: when a ticket came, was answered and closed, what was due, what was missed.

It changes as desk changes it, which is worked out again here; or by level 3 with a reason, which stays in history. Times
in records lie within the clocks' slack of the commit that brought them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from desk.checks import words
from desk.checks.act import DOCTOR, HIGHEST, Act, Before
from desk.checks.world import Known
from desk.domain.levels import clocks
from desk.domain.levels.policy import Policies, Target
from desk.domain.model import due
from desk.domain.model.article import Article
from desk.domain.model.due import BREACH, WARNING
from desk.domain.model.fields import parse_time, utc_text
from desk.domain.model.person import User
from desk.domain.model.record import Record
from desk.domain.model.states import CLOSED, PENDING
from desk.domain.model.ticket import Ticket
from desk.domain.rights import verbs
from desk.errors import Refused
from desk.named import NamedTuple
from desk.store.handedits import HandEdit
from desk.text import _, arranged

SLACK = timedelta(seconds=300)
"""So much may two clocks differ."""
_BY_HAND = "commit"
"""The verb of what nobody's command wrote: a person may forget when it was closed, desk doesn't."""
_MOVING = ("respond_by", "update_by", "due", "paused", "pauses")
_LOOSE = timedelta(days=14)
"""By so much may due times differ where days off count: of which days those are, a machine's library decides."""


def check_evidence(edit: HandEdit, act: Act, before: Before, _world: Known) -> None:
    """Refuse times that can't be true, and what was due or missed as desk wouldn't have it."""
    if edit.new is None or edit.mended or edit.path in act.comes_back:
        return
    _check_created(edit, act)
    old, new = edit.old, edit.new
    if isinstance(new, Article):
        _check_published(edit.path, old, new, act)
    if not isinstance(new, Ticket) or not (old is None or isinstance(old, Ticket)):
        return
    _check_entries(edit, act)
    _check_closed(edit.path, old, new, act)
    _check_records(edit.path, old, new, act)
    _check_clocks(edit, old, new, act, before)


def _refused(path: str, problem: str) -> Refused:
    hint = _("only level 3 may change it, with a reason that stays: desk commit {path} --reason WHY", path=path)
    return Refused(arranged("{path}: {problem}", path=path, problem=problem), hint)


# -- times ---------------------------------------------------------------------------------------------------------------


def _is_now(at: datetime, act: Act) -> bool:
    try:
        return abs(at - act.at) <= SLACK
    except OverflowError:
        return False


def _check_created(edit: HandEdit, act: Act) -> None:
    created = edit.new.values.get("created") if edit.new is not None else None
    if edit.old is None and created is not None and not _is_now(created, act) and not act.overrides:
        now = utc_text(act.at)
        raise _refused(
            edit.path, _("created: {created} is not when it was registered: {now}", created=utc_text(created), now=now)
        )


def _check_entries(edit: HandEdit, act: Act) -> None:
    for entry in words.fresh_entries(edit, act):
        if not _is_now(entry.at, act) and not act.overrides:
            raise _refused(
                edit.path,
                _(
                    "entry by {writer}: {at} is not when it was written: {now}",
                    writer=entry.by,
                    at=utc_text(entry.at),
                    now=utc_text(act.at),
                ),
            )


def _check_closed(path: str, old: Ticket | None, new: Ticket, act: Act) -> None:
    was = old.closed if old is not None else None
    closes = old is not None and new.state == CLOSED != old.state
    if closes and new.closed is None and act.verb not in (None, _BY_HAND, DOCTOR):
        raise _refused(path, _("closed: it was closed, and doesn't say when"))
    if (new.closed == was and not closes) or act.overrides or (new.closed is None and new.state != CLOSED):
        return
    if old is not None and old.state == new.state == CLOSED and was is not None:
        raise _refused(path, _("closed: when a ticket was closed doesn't change afterwards"))
    if new.closed is not None and not _is_now(new.closed, act) and not _is_doctors(old, new, act):
        at, now = utc_text(new.closed), utc_text(act.at)
        raise _refused(path, _("closed: {at} is not when it was closed: {now}", at=at, now=now))


def _is_doctors(old: Ticket | None, new: Ticket, act: Act) -> bool:
    """Whether the doctor says when a ticket was closed that said nothing of it."""
    if act.verb != DOCTOR or act.by.level < HIGHEST or old is None or old.state != new.state or new.closed is None:
        return False
    return old.closed is None and new.created <= new.closed <= act.at + SLACK


def _check_published(path: str, old: Record | None, new: Article, act: Act) -> None:
    """What is published is published now; a file may say of itself that it was published elsewhere before."""
    verbs = {event.verb for event in act.told.get((Article.kind, new.id), ())}
    was = old.values.get("published") if old is not None else None
    if "publish" in verbs and new.published not in (None, was) and not _is_now(new.published, act):
        at, now = utc_text(new.published), utc_text(act.at)
        raise _refused(path, _("published: {at} is not when it was published: {now}", at=at, now=now))


# -- what was missed -----------------------------------------------------------------------------------------------------


def _check_records(path: str, old: Ticket | None, new: Ticket, act: Act) -> None:
    """Warnings and breaches are added by desk, and never go."""
    before = old.sla if old is not None else ()
    if new.sla == before or act.overrides:
        return
    if gone := [line for line in before if line not in new.sla]:
        raise _refused(path, _("sla: {line} is on record, and stays", line=gone[0]))
    told = act.told.get((Ticket.kind, new.id), ())
    kinds = {event.verb for event in told} or {WARNING, BREACH}
    times = {
        utc_text(at) for ticket in (old, new) if ticket for name in due.CLOCKS.values() if (at := getattr(ticket, name))
    }
    for line in new.sla:
        if line in before:
            continue
        what, _clock, at = line.split(" ")
        early = what == BREACH and parse_time(at) > act.at
        if what not in kinds or at not in times or early or what not in (WARNING, BREACH):
            raise _refused(path, _("sla: {line}: such a line is written by desk alone", line=line))


# -- what is due ---------------------------------------------------------------------------------------------------------


def _check_clocks(edit: HandEdit, old: Ticket | None, new: Ticket, act: Act, before: Before) -> None:
    changed = [n for n in _MOVING if new.values.get(n) != (old.values.get(n) if old is not None else None)]
    if not changed or act.overrides:
        return
    found = act.policies()
    checked = bool({e.verb for e in act.told.get((Ticket.kind, new.id), ())} & verbs.DESKS)
    turn = _Turn(old, new, act, found, _group(act, before)) if found is not None else None
    expected = list(_expected(turn, checked=checked)) if turn is not None else []
    if any(_alike(new, one, timedelta()) for one in expected):
        return
    if turn is not None and any(_alike(new, one, timedelta()) for one in _opened(turn)):
        return
    if found is not None and _counts_holidays(found) and any(_alike(new, one, _LOOSE) for one in expected):
        return
    raise _refused(
        edit.path,
        _("{fields}: not what follows by the service levels of this desk", fields=", ".join(changed)),
    )


def _alike(one: Ticket, two: Ticket, slack: timedelta) -> bool:
    if not slack:
        return all(one.values.get(n) == two.values.get(n) for n in _MOVING)
    for name in _MOVING:
        here, there = one.values.get(name), two.values.get(name)
        if here == there:
            continue
        if not isinstance(here, datetime) or not isinstance(there, datetime) or abs(here - there) > slack:
            return False
    return True


def _counts_holidays(found: Policies) -> bool:
    return any(t.calendar.asks_for_holidays for p in found.policies for t in p.targets)


class _Turn(NamedTuple):
    """A ticket before and after, what it became so by, and which service levels were in force."""

    old: Ticket | None
    new: Ticket
    act: Act
    found: Policies
    group: clocks.Group

    @property
    def at(self) -> datetime:
        return self.act.at

    def as_was(self) -> Ticket:
        """As it is, with the due times of before."""
        kept: dict[str, Any] = {n: _plain(self.old.values.get(n)) if self.old is not None else None for n in _MOVING}
        return self.new.evolve(**kept)


def _expected(turn: _Turn, *, checked: bool) -> Iterator[Ticket]:
    """The ticket with due times as desk would have set them, in each way in which it may have come to that."""
    as_was = turn.as_was()
    try:
        followed, _events = clocks.follow(turn.old, as_was, turn.at, turn.found, turn.group)
        yield followed
        if checked:
            yield from _checked(turn, as_was, followed)
    except (OverflowError, ValueError):
        yield as_was


def _opened(turn: _Turn) -> Iterator[Ticket]:
    """A ticket that is opened again, as what was promised when it was closed has it: another clone may have changed it since."""
    old, new = turn.old, turn.new
    if old is None or old.state != CLOSED or new.state == CLOSED:
        return
    for was in turn.act.versions_of(new.path):
        if isinstance(was, Ticket) and was.state == CLOSED:
            with suppress(OverflowError, ValueError):
                yield clocks.follow(old, turn.as_was(), turn.at, turn.found, turn.group, as_closed=was)[0]


def _group(act: Act, before: Before) -> clocks.Group:
    known = {e.new.id: e.new for e in act.edits if isinstance(e.new, User)}

    def group(ticket: Ticket) -> str | None:
        asked = ticket.requester
        user = (known.get(asked) or before.find(User.kind, asked)) if asked else None
        return user.group if isinstance(user, User) else None

    return group


def _checked(turn: _Turn, as_was: Ticket, followed: Ticket) -> Iterator[Ticket]:
    """As a check of service levels sets them: where a pause began or ended, only the ticket itself says by now."""
    old, new = turn.old, turn.new
    policy = turn.found.at(new.created)
    target = clocks.target_of(new, policy, turn.group) if policy else None
    yield clocks.catch_up(followed, target)
    if old is None or not policy:
        return
    since = old.paused or (new.paused if new.paused and new.created <= new.paused <= turn.at else None)
    for begun in (old, old.evolve(paused=utc_text(since)) if since else old):
        for end in _ends(new, old, turn.at):
            yield from _renewed(begun, as_was, target, end)


def _ends(new: Ticket, old: Ticket, at: datetime) -> Iterator[datetime | None]:
    """When the pause ended that is noted last."""
    yield None
    fresh = [line for line in new.pauses if line not in old.pauses]
    if fresh and (end := parse_time(fresh[-1].partition(" ")[2])) <= at:
        yield end


def _renewed(begun: Ticket, as_was: Ticket, target: Target | None, end: datetime | None) -> Iterator[Ticket]:
    ticket = as_was
    since = begun.paused
    if end is not None and since is None:
        return
    if end is not None and since is not None:
        ticket = clocks.shift_clocks(ticket, target, since, end, responded=begun.responded is not None)
        yield from _caught(ticket.evolve(paused=None), target)
        ticket = clocks.shift_clocks(as_was, target, since, end, responded=False)
        yield from _caught(ticket.evolve(paused=None), target)
        return
    if ticket.state == PENDING and since is not None:
        ticket = ticket.evolve(paused=utc_text(since))
    yield from _caught(ticket, target)


def _caught(ticket: Ticket, target: Target | None) -> Iterator[Ticket]:
    yield ticket
    if ticket.state != CLOSED:
        yield clocks.catch_up(ticket, target)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return utc_text(value)
    return list(value) if isinstance(value, tuple) else value
