"""Events in plain English: what became of a record, and what somebody did to it, in the words of the table of verbs.

`desk ticket assign` answers with the first ("assigned to petros"), logs and reports with the second ("maria assigned
260723-7K3Q to petros"). A verb that the table doesn't have is told by its name and its values, so nothing is ever left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from desk.domain.changes.message import SETTINGS
from desk.domain.model import due
from desk.domain.model.change import Changed
from desk.domain.model.states import CLOSED
from desk.domain.rights import recordverbs, ticketverbs, verbs
from desk.domain.rights.verb import Words
from desk.domain.rights.words import state_words, word
from desk.text import _, arranged, filled, listed, ngettext

TICKET: Mapping[str, Words] = MappingProxyType({verb.name: verb.words for verb in ticketverbs.ROWS if verb.words})
"""The words of verbs on tickets."""
RECORD: Mapping[str, Words] = MappingProxyType({verb.name: verb.words for verb in recordverbs.ROWS if verb.words})
"""Those of everything else: people, departments, tags, articles, settings. What several kinds share reads the same."""
_EMPTY = _("nothing")
_LONG, _PARTS = 200, 3
"""Characters from which two values of a setting are told by the parts in which they differ, and how many parts of each."""
CUT = "…"
"""What stands for the parts that are alike."""


def _words(kind: str, verb: str, before: str | None, after: str | None) -> Words:
    if row := verbs.find(kind, verb):
        sides = ["before"] if before else []
        sides += [] if after else ["no after" if before else "neither"]
        for side in sides:
            if side in row.otherwise:
                return row.otherwise[side]
    known = (TICKET if kind == "ticket" else RECORD).get(verb)
    return known or Words(_escaped(verb), arranged("{verb} {{what}}", verb=_escaped(verb)))


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _filled(template: str, kind: str, verb: str, sides: tuple[str | None, str | None], what: str) -> str:
    before, after = differing(*sides) if kind == SETTINGS else sides
    if verb in (TICKET if kind == "ticket" else RECORD):
        gaps = tuple(name for name, value in (("after", after), ("before", before)) if not value)
        # How a ticket was closed: `(workaround)`.
        ending, _rest, how = (after or "").partition(" (")
        rest = arranged("({how})", how=word(how[:-1])) if ending == CLOSED and how else (after or "").partition(" ")[2]
        return filled(
            template,
            gaps,
            before=value_words(kind, verb, before),
            after=value_words(kind, verb, after),
            what=what,
            rest=rest,
        )
    values = " → ".join(v for v in (before, after) if v)
    text = template.format(what=what).strip()
    return arranged("{text}: {values}", text=text, values=values) if values else text


def differing(before: str | None, after: str | None) -> tuple[str | None, str | None]:
    """The two values of a setting; of long ones that have parts, the first parts in which they differ."""
    if len(before or "") + len(after or "") <= _LONG:
        return before, after
    both = [(text or "").split("; ") for text in (before, after)]
    most = min(map(len, both))
    start = next((n for n in range(most) if both[0][n] != both[1][n]), most)
    rest = [list(reversed(parts[start:])) for parts in both]
    most = min(map(len, rest))
    end = next((n for n in range(most) if rest[0][n] != rest[1][n]), most)
    return _cut(both[0], start, end), _cut(both[1], start, end)


def _cut(parts: list[str], start: int, end: int) -> str:
    shown = parts[start : len(parts) - end]
    goes_on = end > 0 or len(shown) > _PARTS
    return "; ".join([*([CUT] if start else []), *shown[:_PARTS], *([CUT] if goes_on and shown else [])]) or CUT


def value_words(kind: str, verb: str, value: str | None) -> str:
    """What an event holds; a state or a priority as people say it, and how many steps came from a checklist."""
    if not value:
        return _EMPTY
    if verb == "checklist" and (steps := re.fullmatch(r"(.*) \((\d+) steps?\)", value)):
        number = ngettext("{n} step", "{n} steps", int(steps[2]))
        return arranged("{name} ({steps})", name=steps[1], steps=number)
    if verb == "undo":
        undone, _blank, commit = value.partition(" ")
        return arranged("{verb} {commit}", verb=word(undone, "verb"), commit=commit) if commit else value
    row = verbs.find(kind, verb)
    of_words = row is not None and any(field == "state" or telling == "level" for field, telling in row.may)
    return state_words(value) if of_words else value


def _clock(verb: str, after: str | None) -> str | None:
    """`respond 2026-07-23T06:42:44Z` as `first reply, due 2026-07-23T06:42:44Z`."""
    if verb not in (due.WARNING, due.BREACH) or not after:
        return after
    clock, _rest, at = after.partition(" ")
    return _("{clock}, due {at}", clock=due.SPOKEN.get(clock, clock), at=at) if at else after


def describe_outcome(verb: str, before: str | None, after: str | None, *, kind: str = "ticket") -> str:
    """What became of the record: `assigned to petros`."""
    after = _clock(verb, after)
    return _filled(_words(kind, verb, before, after).done, kind, verb, (before, after), "")


def describe_act(verb: str, before: str | None, after: str | None, *, kind: str, what: str) -> str:
    """What somebody did, to stand behind their name: `assigned 260723-7K3Q to petros`."""
    after = _clock(verb, after)
    return _filled(_words(kind, verb, before, after).act, kind, verb, (before, after), what)


def name_of(kind: str, record_id: str) -> str:
    """How a sentence names a record: a ticket, a setting and a ban by the id alone, anything else with its kind."""
    if kind in ("ticket", "settings", "file", "ban"):
        return record_id
    return arranged("{kind} {id}", kind=word(kind), id=record_id)


def changes(found: Iterable[Changed]) -> str:
    """`channel phone → email, body +3 -1 lines`."""
    return listed(_change(c) for c in found)


def _change(change: Changed) -> str:
    if change.before is None and change.after is None:
        return change.field
    if change.before is None:
        return arranged("{field} {after}", field=change.field, after=change.after)
    return arranged(
        "{field} {before} → {after}", field=change.field, before=change.before, after=change.after or _EMPTY
    )


def sentence(row: Mapping[str, object], name: str | None = None) -> str:
    """An event of the history as a whole sentence: who (`name`, else the handle), what, and why.

    `row` has verb, from, to, kind, id and by, as `desk log -f json` gives them, and reason where one was given.
    `changes`, a list of field, from and to, says what an edit changed.
    """
    before, after = (str(v) if (v := row.get(k)) is not None else None for k in ("from", "to"))
    kind, verb = str(row.get("kind") or "ticket"), str(row["verb"])
    found = row.get("changes")
    if verb == "edit" and not before and isinstance(found, list) and found:
        after = changes(Changed(str(c["field"]), c["from"], c["to"]) for c in found)
    text = describe_act(verb, before, after, kind=kind, what=name_of(kind, str(row["id"])))
    reason = " ".join(str(row.get("reason") or "").split())
    who = name or row["by"]
    return (
        arranged("{who} {text} ({reason})", who=who, text=text, reason=reason)
        if reason
        else arranged("{who} {text}", who=who, text=text)
    )
