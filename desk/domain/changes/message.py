"""A change as a commit message, and a commit message as events: the two directions of the audit trail.

260723-7K3Q assign: maria              subject: id, verb, and what a person wants to see in `git log --oneline`

she knows the Maltese desk             the reason, if one was given

Desk-Verb: assign                      the action, once
Desk-Actor: petros                     who acted
Desk-Ticket: 260723-7K3Q               once a ticket (Desk-Record: kind/id for other records, and settings/NAME for what
                                       changed in desk.toml); then what changed there:
Desk-From: …                           the value before, where one was replaced
Desk-To: maria                         the value after
Desk-Also: close                       a second event on the same ticket, with its own From and To
Desk-Effect: unassign                  right after Desk-Ticket: this one saw another verb than the action's
Desk-Mail: 7d1f… 9c40…                 what came by mail: marks of its Message-ID and of its contents, after Desk-Actor
Desk-Joined: references                by what it found its ticket
Desk-Automatic: reply                  what wrote it, where no person did

Values are told as the change has them. What is better not kept for good is left out before: see `discretion`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from desk.domain.model.change import Change, Edit, Event, Received
from desk.named import NamedTuple

SUBJECT_MAX = 100
MAIL = "Desk-Mail"
SETTINGS = "settings"
"""Stands where a kind of record does in the events of desk.toml, whose ids are the names of settings."""
SET = "config"
"""The verb of a changed setting."""
_TRAILER = re.compile(r"^([A-Za-z][A-Za-z0-9-]*): ?(.*)$", re.MULTILINE)
_BLANK = re.compile(r"\n(?:[ \t]*\n)+")
_POSING = re.compile(r"desk-[a-z-]+:", re.IGNORECASE)
_ONCE = ("Desk-Verb", "Desk-Actor", "Desk-Import", "Desk-Merge", MAIL, "Desk-Joined", "Desk-Automatic")
_RECORDS = ("Desk-Ticket", "Desk-Record")
_PLACES = MappingProxyType({"Desk-Effect": 2, "Desk-From": 3, "Desk-To": 4})
_OF_EVENT = tuple(_PLACES)
"""Trailers that an event has once, and which part of it they tell."""
_KNOWN = frozenset((*_ONCE, *_RECORDS, *_OF_EVENT, "Desk-Also"))


class Happened(NamedTuple):
    """One event as the index keeps it."""

    kind: str
    id: str
    verb: str
    before: str | None
    after: str | None


class Parsed(NamedTuple):
    """What a commit message says; `verb` is None when desk didn't write it."""

    verb: str | None
    actor: str | None
    reason: str | None
    events: tuple[Happened, ...]


def message(change: Change) -> str:
    """The commit message of a change."""
    paragraphs = [subject(change)]
    if change.reason and change.reason.strip():
        paragraphs.append(shown_reason(change.reason))
    lines = [f"Desk-Verb: {change.verb}", f"Desk-Actor: {change.by.id}"]
    lines += _mail_trailers(change.mail) if change.mail else []
    for edit in change.edits:
        lines += _trailers(edit, change.verb)
    for name, event in change.settings:
        lines.append(f"Desk-Record: {SETTINGS}/{name}")
        if event.verb != change.verb:
            lines.append(f"Desk-Effect: {event.verb}")
        lines += _values(event)
    return "\n\n".join([*paragraphs, "\n".join(lines)]) + "\n"


def shown_reason(text: str) -> str:
    """A reason as the message has it: nothing in it may pass for a trailer, to git log --grep least of all."""
    lines = "\n".join(text.strip().splitlines())
    return re.sub(r"^(?=desk-[a-z-]+:)", "> ", lines, flags=re.MULTILINE | re.IGNORECASE)


def _mail_trailers(mail: Received) -> list[str]:
    lines = [f"{MAIL}: {mail.mark} {mail.content}"]
    told = (("Desk-Joined", mail.joined), ("Desk-Automatic", mail.nature))
    return lines + [f"{key}: {value}" for key, value in told if value]


def received(text: str) -> Received | None:
    """The mail that a commit was made of; None for any other."""
    if f"\n{MAIL}: " not in text:
        return None
    mark, _, content = (trailer(text, MAIL) or "").partition(" ")
    told = (trailer(text, "Desk-Joined") or "", trailer(text, "Desk-Automatic") or "")
    return Received(mark, content, *told) if mark else None


def subject(change: Change) -> str:
    """`ID verb: detail`; two or three ids are named, more are counted."""
    own = [e for e in change.edits if e.events and e.events[0].verb == change.verb] or list(change.edits)
    # A requester made known by their first ticket, and the other side of a link, are in the trailers.
    own = [e for e in own if e.record.kind == own[0].record.kind]
    names = [n for n in map(_name, own) if n not in change.summary] or [_name(e) for e in own]
    if not names:
        what = ""
    elif len(names) <= 3:
        what = ", ".join(names) + " "
    else:
        what = f"{len(names)} {own[0].record.plural} "
    tail = f": {_one_line(change.summary)}" if change.summary else ""
    text = f"{what}{change.verb}{tail}"
    return text if len(text) <= SUBJECT_MAX else text[: SUBJECT_MAX - 1].rstrip() + "…"


def _name(edit: Edit) -> str:
    record = edit.record
    return record.id if record.kind == "ticket" else f"{record.kind}/{record.id}"


def _trailers(edit: Edit, verb: str) -> list[str]:
    record = edit.record
    lines = [f"Desk-Ticket: {record.id}" if record.kind == "ticket" else f"Desk-Record: {record.kind}/{record.id}"]
    for number, event in enumerate(edit.events):
        if number:
            lines.append(f"Desk-Also: {event.verb}")
        elif event.verb != verb:
            lines.append(f"Desk-Effect: {event.verb}")
        lines += _values(event)
    return lines


def _values(event: Event) -> list[str]:
    pairs = (("Desk-From", event.before), ("Desk-To", event.after))
    return [f"{key}: {_one_line(value)}" for key, value in pairs if value and _one_line(value)]


def _one_line(text: str) -> str:
    return " ".join(text.split())


def parse(text: str) -> Parsed:
    """What a commit message says happened."""
    paragraphs, trailers = paragraphs_of(text), _trailers_of(text)
    named = dict(reversed(trailers))
    verb = named.get("Desk-Verb")
    if verb is None:
        return Parsed(None, None, None, ())
    reason = "\n\n".join(paragraphs[1:-1]).strip() or None
    return Parsed(verb, named.get("Desk-Actor"), reason, tuple(_events(trailers, verb)))


@lru_cache(maxsize=4)
def paragraphs_of(text: str) -> tuple[str, ...]:
    """A message in pieces, as git tells them apart: by lines with nothing to be seen in them."""
    return tuple(p for p in _BLANK.split(text.strip("\n")) if p.strip())


@lru_cache(maxsize=4)
def _trailers_of(text: str) -> tuple[tuple[str, str], ...]:
    """The trailers of a message; none of one that is a subject alone."""
    paragraphs = paragraphs_of(text)
    return _trailer_lines(paragraphs[-1]) if len(paragraphs) > 1 else ()


def find_twice(text: str) -> list[str]:
    """Trailers that stand once, in the message or in an event, and are there again."""
    trailers = _trailers_of(text)
    if len({key for key, _value in trailers}) == len(trailers):
        return []
    keys = Counter(key for key, _value in trailers)
    found = [key for key in _ONCE if keys[key] > 1]
    seen: set[str] = set()
    for key, _value in trailers:
        if key in _OF_EVENT and key in seen:
            found.append(key)
        seen = {key} if key in (*_RECORDS, "Desk-Also") else seen | {key}
    return list(dict.fromkeys(found))


def find_posing(text: str) -> list[str]:
    """Lines that look like trailers of desk's, and aren't read as such: in a reason, in another spelling, of no meaning."""
    trailers = _trailers_of(text)
    if text.lower().count("desk-") == len(trailers) and all(key in _KNOWN for key, _value in trailers):
        return []  # each of them is in front of one
    read = set(paragraphs_of(text)[-1].splitlines()) if trailers else set()
    posing = [line for line in text.splitlines() if _POSING.match(line)]
    return [line for line in posing if line not in read or line.partition(":")[0] not in _KNOWN]


def importer(text: str) -> str | None:
    """Who imported what a commit holds, for those of `desk import`: its actors are the authors of long ago."""
    return trailer(text, "Desk-Import")


def trailer(text: str, name: str) -> str | None:
    """The value of a trailer that stands once in a message; None where it doesn't stand."""
    return dict(_trailers_of(text)).get(name) if name in text else None


def _trailer_lines(paragraph: str) -> tuple[tuple[str, str], ...]:
    """Empty where one of the lines is none."""
    lines = paragraph.splitlines()
    found = _TRAILER.findall("\n".join(lines))
    return tuple(found) if len(found) == len(lines) else ()


def _events(trailers: Sequence[tuple[str, str]], verb: str) -> list[Happened]:
    events: list[list[Any]] = []
    for key, value in trailers:
        if key == "Desk-Ticket":
            events.append(["ticket", value, verb, None, None])
        elif key == "Desk-Record":
            kind, _, record_id = value.partition("/")
            events.append([kind, record_id, verb, None, None])
        elif not events:
            continue
        elif key == "Desk-Also":
            events.append([*events[-1][:2], value, None, None])
        elif key in _OF_EVENT:
            events[-1][_PLACES[key]] = value
    return [Happened(*event) for event in events]
