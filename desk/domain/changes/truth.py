"""Whether what a commit's message tells of a record is what happened to it: nothing false, nothing left out.

The message's events are held against the record before and after. Verbs that set one field form a chain: the first says
the value before, the last the value after. Every field that changed must be one that a told verb may change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from desk.domain.changes import compare, salt
from desk.domain.changes.message import Happened
from desk.domain.model.person import Ban, User
from desk.domain.model.plain import label
from desk.domain.model.record import Record
from desk.domain.model.ticket import NOTE, Ticket
from desk.domain.rights import recordverbs, ticketverbs, verbs
from desk.domain.rights.verb import Telling, Verb
from desk.named import NamedTuple
from desk.text import _


class Case(NamedTuple):
    """What is told of one record in one commit, and the record before and after; `others` are the commit's tickets after."""

    events: tuple[Happened, ...]
    old: Record | None
    new: Record | None
    others: Mapping[str, Record]
    changed: frozenset[str]
    """Names of the fields that differ; `body` and `thread` among them."""


def case(events: tuple[Happened, ...], old: Record | None, new: Record | None, others: Mapping[str, Record]) -> Case:
    """A case, with what differs worked out once."""
    changed = compare.differing(old, new) if old and new else frozenset()
    if old and new and old.salt != new.salt:
        changed |= {salt.KEY}
    return Case(events, old, new, others, changed)


FOLLOWS = frozenset((*ticketverbs.CLOCKS, salt.KEY))
"""What follows from whatever happens to a ticket: fields of service levels, and the salt of one that had none."""
TIDINGS = frozenset(verb.name for verb in recordverbs.ON_ARTICLES.values() if verb.elsewhere)
"""Verbs that tell an article of something elsewhere, and need not change it."""
_EDITED = MappingProxyType({"reply": "thread", "note": "thread", "attachment": "attachments"})
UNDO = "undo"
"""The verb that puts a record back to what it was, whatever that was."""
_NO_FIELDS = frozenset(("layout", "mended"))
"""What an edit may name that is no field: another way to write the same, and a file that couldn't be read before."""


def known(event: Happened) -> bool:
    """Whether this program knows what a verb may change; of another one, only its values can be looked at."""
    return _row(event.kind, event.verb) is not None


def is_whole(event: Happened) -> bool:
    """Whether a record is there afterwards that wasn't, or the other way round."""
    row = _row(event.kind, event.verb)
    return row is not None and row.whole


@lru_cache(maxsize=1 << 10)
def _row(kind: str, name: str) -> Verb | None:
    """What the table says of a verb that is told; None where history has none of that name on that kind of record."""
    told = "ban" if (kind, name) == (Ban.kind, "create") else name  # as an import tells it
    row = verbs.find(kind, told)
    return row if row and row.told_as is None else None


@lru_cache(maxsize=1 << 10)
def _fields_told(kind: str, verb: str, how: Telling) -> tuple[str, ...]:
    """The fields of which the event of a verb tells in this way."""
    return tuple(row.telling_fields(how)) if (row := _row(kind, verb)) else ()


def find_untruths(case: Case) -> Iterator[str]:
    """What is false, or left out, in sentences that fit behind the record's name."""
    events = case.events
    if any(e.verb == UNDO for e in events):
        return
    if any(is_whole(e) for e in events):
        yield from _whole(case)
        if case.old is None and isinstance(case.new, Ticket):
            yield from _chains(case)
            yield from _thread(case)
        return
    if case.old is None or case.new is None:
        told = ", ".join(e.verb for e in events) or _("nothing")
        yield (
            _("it appeared, and the message tells of {verbs}", verbs=told)
            if case.old is None
            else _("it disappeared, and the message tells of {verbs}", verbs=told)
        )
        return
    for look in _LOOKS:
        yield from look(case)
    yield from _left_out(case)


def _whole(case: Case) -> Iterator[str]:
    old, new = case.old, case.new
    for event in case.events:
        if event.verb in ("create", "signup") and (new is None or (old is not None and not _made_known(old))):
            yield _(
                "the message says {verb}, but it was {how}",
                verb=event.verb,
                how=_("there before") if old else _("never there"),
            )
        elif event.verb in ("delete", "unban") and new is not None and not _placeholder(new):
            yield _("the message says {verb}, but it is still there", verb=event.verb)
        elif event.verb in ("create", "signup") and isinstance(new, Ticket):
            yield from _is("department", event.after, new.department)
        elif event.verb == "create" and new is not None:
            yield from _is("name", event.after, label(new), _title(new))
        elif event.verb == "delete" and old is not None:
            yield from _is("name", event.before, label(old), _title(old))


def _made_known(old: Record) -> bool:
    """Somebody known only from a ticket, who registers."""
    return isinstance(old, User) and not old.registered


def _placeholder(new: Record) -> bool:
    """What is left of a requester who was deleted."""
    return isinstance(new, User) and new.disabled and not new.name and not new.email


def _title(record: Record) -> str:
    return str(record.values.get("title") or "")


def _is(what: str, told: str | None, *real: str | None) -> Iterator[str]:
    if told and _line(told) not in {_line(r) for r in real if r}:
        yield _(
            "{field}: the message says {told!r}, it is {real!r}",
            field=what,
            told=told,
            real=real[0] or real[-1] or _("nothing"),
        )


def _line(text: str | None) -> str:
    return " ".join((text or "").split())


# -- one field, one chain ------------------------------------------------------------------------------------------------


def _pairs(event: Happened) -> Iterator[tuple[str, str | None, str | None]]:
    """Field, value before and value after, as an event tells them; remarks in brackets are no values."""
    row = _row(event.kind, event.verb)
    for name, telling in row.may if row else ():
        if telling == "value":
            yield name, event.before, event.after
        elif telling == "state":
            before, after = ((v.split()[0].rstrip(":,") if v else None) for v in (event.before, event.after))
            yield name, before, after
    if _fields_told(event.kind, event.verb, "level"):
        sides = [_levels(side) for side in (event.before, event.after)]
        for name in dict.fromkeys((*sides[0], *sides[1])):
            yield name, sides[0].get(name), sides[1].get(name)


def _levels(text: str | None) -> dict[str, str | None]:
    words = (text or "").partition(" (")[0].split()
    if any("=" in w for w in words):
        split = (w.partition("=") for w in words if "=" in w)
        return {name: None if value == "none" else value for name, _, value in split}
    return {"priority": words[0]} if words else {}


def _chains(case: Case) -> Iterator[str]:
    chains: dict[str, list[tuple[str | None, str | None]]] = {}
    for event in (e for e in case.events if e.kind == Ticket.kind):
        for name, before, after in _pairs(event):
            chains.setdefault(name, []).append((before, after))
    for name, links in chains.items():
        old, new = (_text(record, name) for record in (case.old, case.new))
        # An event may leave out what was before; what it says is held against what was. Of a ticket that is registered
        # and closed at once, it says in which state it was for a moment.
        if case.old and links[0][0] and links[0][0] != old:
            yield _(
                "{name}: the message says it was {link}, it was {old}",
                name=name,
                link=links[0][0],
                old=old or _("nothing"),
            )
        for (_turn, after), (before, _turn) in pairwise(links):
            if before and after and before != after:
                yield _(
                    "{name}: the message contradicts itself: {after}, then {before}",
                    name=name,
                    after=after,
                    before=before,
                )
        if links[-1][1] != new:
            yield _(
                "{field}: the message says {told}, it is {real}",
                field=name,
                told=links[-1][1] or _("nothing"),
                real=new or _("nothing"),
            )


def _text(record: Record | None, name: str) -> str | None:
    value = getattr(record, name, None) if record is not None else None
    return None if value is None or value == "" else str(value)


_OF_STATE = frozenset(verbs.changing(Ticket.kind, "state", "state"))


def _standing(case: Case) -> Iterator[str]:
    """`pending until 2026-07-30` and the like: the words behind the state, told by the same rule as for a hand edit."""
    told = [e for e in case.events if e.verb in _OF_STATE and e.after]
    if not told or not isinstance(case.old, Ticket) or not isinstance(case.new, Ticket):
        return
    real = [e for e in compare.standing(case.old, case.new) if e.verb in _OF_STATE]
    if real and real[-1].after:
        words = told[-1].after or ""
        # Of a ticket that was merged that verb tells how it ended.
        short = words == _text(case.new, "state") and any(e.verb == "merge" for e in case.events)
        if not short and words != real[-1].after and not words.startswith(f"{real[-1].after} ("):
            yield _("state: the message says {told!r}, it is {real!r}", told=words, real=real[-1].after)


# -- sets, threads, references -------------------------------------------------------------------------------------------

_SETS: Mapping[str, tuple[str, Mapping[str, Telling]]] = MappingProxyType(
    {
        name: (joint, verbs.changing(Ticket.kind, name, "added", "removed", "untold"))
        for name, joint in (("tags", " "), ("watchers", " "), ("links", ", "))
    }
)
"""Fields that are sets: what stands between their members in an event, and the verbs that change them."""
_THREAD = verbs.changing(Ticket.kind, "thread")


def _sets(case: Case) -> Iterator[str]:
    if not isinstance(case.old, Ticket) or not isinstance(case.new, Ticket):
        return
    for name, (joint, tellings) in _SETS.items():
        told = [(tellings[e.verb], e) for e in case.events if e.verb in tellings]
        if not told:
            continue
        have = set(getattr(case.old, name))
        for telling, event in told:
            if telling == "removed":
                gone = {v for v in (event.before or "").split(joint) if v and not v.startswith("merged-into ")}
                yield from (
                    _("{name}: the message says {v} was taken off, it wasn't there", name=name, v=v)
                    for v in sorted(gone - have)
                )
                have -= gone
            elif telling == "added":
                have |= {v for v in (event.after or "").split(joint) if v}
        real = set(getattr(case.new, name))
        # Some verbs add to a set what they tell in other words.
        untold = [event for telling, event in told if telling == "untold"]
        if have - real or any(not any(_is_brought(case, e, v) for e in untold) for v in real - have):
            shown = [", ".join(sorted(s)) or "nothing" for s in (have, real)]
            yield _(
                "{field}: by the message they are {told}, they are {real}", field=name, told=shown[0], real=shown[1]
            )


def _is_brought(case: Case, event: Happened, value: str) -> bool:
    """Whether a verb puts a value into a set that it tells in other words: whom or what it names, who watched elsewhere."""
    other = case.others.get(event.before or "")
    return value.rpartition(" ")[2] == event.after or (isinstance(other, Ticket) and value in other.watchers)


def _steps(case: Case) -> Iterator[str]:
    """The steps that are ticked off, or back again, are those that are told, and say what they did."""
    told = [e for e in case.events if e.verb in _CHECKLIST]
    if not told or case.old is None or any(_CHECKLIST[e.verb] != "step" for e in told):
        return
    sides = [
        sorted((e.verb, (e.after or e.before or "").split(" ")[0]) for e in events if e.verb in _CHECKLIST)
        for events in (told, compare.events(case.old, case.new))
    ]
    if sides[0] != sides[1]:
        shown = [", ".join(" ".join(one) for one in side) or _("no steps") for side in sides]
        yield _("checklist: the message tells of {told}, it was {real}", told=shown[0], real=shown[1])


_CHECKLIST = {name: how for name, how in verbs.changing(Ticket.kind, "checklist").items() if how != "whole"}


def _thread(case: Case) -> Iterator[str]:
    """As many replies and notes as are told; a merge, a split and an edit of an entry move them about."""
    told = [(_THREAD[e.verb], e.verb) for e in case.events if _THREAD.get(e.verb, "whole") != "whole"]
    if any(telling not in ("entry", "note") for telling, _ in told) or case.new is None or (not case.old and not told):
        return
    counted = sorted(NOTE if telling == "note" else verb for telling, verb in told)
    real = sorted(entry.kind for entry in case.new.thread[len(case.old.thread) if case.old else 0 :])
    if counted != real:
        yield _("thread: the message tells of {told}, there are {real}", told=_counted(counted), real=_counted(real))


def _counted(found: list[str]) -> str:
    return ", ".join(f"{n} {kind}" for kind, n in sorted(Counter(found).items())) or "no new entries"


def _references(case: Case) -> Iterator[str]:
    new = case.new
    if not isinstance(new, Ticket):
        return
    for event in case.events:
        if event.verb == "merge" and event.after and new.merged_into != event.after:
            if new.merged_into:
                yield _("the message says it was merged into {into}, it was merged", into=event.after)
            else:
                yield _("the message says it was merged into {into}, it was not merged", into=event.after)
        elif event.verb == "merge" and event.before:
            other = case.others.get(event.before)
            if not isinstance(other, Ticket) or other.merged_into != new.id:
                yield _("the message says it took over {before}, which wasn't merged into it", before=event.before)
        elif event.verb == "escalate-up" and event.after not in (new.owner, *new.watchers):
            yield _("the message says that {after} was told, who neither owns nor watches it", after=event.after)
        elif event.verb in ("transfer", "split") and event.after and event.after not in case.others:
            yield _(
                "the message says {verb} to {after}, which this commit doesn't make", verb=event.verb, after=event.after
            )


def _edits(case: Case) -> Iterator[str]:
    """`edit`: a title before and after, or the names of fields."""
    told = [e for e in case.events if e.verb == "edit"]
    for event in told:
        if event.before:
            yield from _is("title, before", event.before, _title(case.old) if case.old else None)
            yield from _is("title", event.after, _title(case.new) if case.new else None)
        else:
            for name in named(event) - _NO_FIELDS - case.changed - {"attachments"}:
                yield _("the message says that {name} was changed, it wasn't", name=name)


def _texts(case: Case) -> Iterator[str]:
    """What is known of a problem is told by its beginning."""
    for event in case.events:
        for name in _fields_told(event.kind, event.verb, "text"):
            yield from _is(name, event.after, compare.first_line(_text(case.new, name)))


def named(event: Happened) -> frozenset[str]:
    """The fields that an edit names; a title that is told with its values is one."""
    if event.before:
        return frozenset(("title",))
    words = (event.after or "").split()
    if words and words[0] in _EDITED:
        return frozenset((_EDITED[words[0]],))
    return frozenset(words)


def _left_out(case: Case) -> Iterator[str]:
    may: set[str] = set(FOLLOWS) if isinstance(case.new, Ticket) else {salt.KEY}
    if case.changed <= may or not all(known(e) for e in case.events):
        return
    for event in case.events:
        row = _row(event.kind, event.verb)
        if event.verb != "edit":
            told = {name for name, _, _ in _pairs(event)}
            may |= {name for name, telling in (row.may if row else ()) if telling != "level" or name in told}
        else:
            names = named(event)
            # A key of the front matter that desk doesn't know may have spaces.
            more = (n for n in case.changed if " " in n and names.issuperset(n.split()))
            may |= {*names, *more}
    for name in sorted(case.changed - may):
        yield _("{name} was changed, and the message doesn't tell", name=name)


_LOOKS: tuple[Callable[[Case], Iterable[str]], ...] = (
    _chains,
    _standing,
    _sets,
    _steps,
    _thread,
    _references,
    _edits,
    _texts,
)


def unsure_values(case: Case, event: Happened) -> str:
    """What an unknown verb tells, in brackets, where it can't be found in what changed; else empty."""
    values: set[Any] = {None, ""}
    for change in compare.fields(case.old, case.new):
        values |= {_line(v) for v in (change.before, change.after) if v}
    told = [v for v in (event.before, event.after) if _line(v) not in values]
    return f" ({' → '.join(map(str, told))})" if told else ""
