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
from typing import NamedTuple

from desk.domain.model.change import Change, Edit, Event, Received

SUBJECT_MAX = 100
MAIL = "Desk-Mail"
SETTINGS = "settings"
"""Stands where a kind of record does in the events of desk.toml, whose ids are the names of settings."""
SET = "config"
"""The verb of a changed setting."""
_TRAILER = r"([A-Za-z][A-Za-z0-9-]*): ?(.*)"
_POSING = re.compile(r"desk-[a-z]+:", re.IGNORECASE)
_ONCE = ("Desk-Verb", "Desk-Actor", "Desk-Import", "Desk-Merge", MAIL, "Desk-Joined", "Desk-Automatic")


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
        # Nothing in it may pass for a trailer, to git log --grep least of all.
        paragraphs.append(re.sub(r"^(?=desk-[a-z]+:)", "> ", change.reason.strip(), flags=re.MULTILINE | re.IGNORECASE))
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
    paragraphs = [p for p in re.split(r"\n[ \t]*\n", text.strip("\n")) if p.strip()]
    trailers = _trailer_lines(paragraphs[-1]) if len(paragraphs) > 1 else []
    named = dict(reversed(trailers))
    verb = named.get("Desk-Verb")
    if verb is None:
        return Parsed(None, None, None, ())
    reason = "\n\n".join(paragraphs[1:-1]).strip() or None
    return Parsed(verb, named.get("Desk-Actor"), reason, tuple(_events(trailers, verb)))


def find_twice(text: str) -> list[str]:
    """Trailers that stand once, and are there again."""
    keys = Counter(key for key, _value in _trailer_lines(text.strip("\n").rpartition("\n\n")[2]))
    return [key for key in _ONCE if keys[key] > 1]


def find_posing(text: str) -> list[str]:
    """Lines that look like trailers of desk's, and aren't read as such: in a reason, in another spelling."""
    if "desk-" not in text.lower():
        return []
    body, _blank, last = text.strip("\n").rpartition("\n\n")
    read = set(last.splitlines()) if body and _trailer_lines(last) else set()
    posing = [line for line in text.splitlines() if re.match(_POSING, line)]
    return [line for line in posing if line not in read or not line.startswith("Desk-")]


def importer(text: str) -> str | None:
    """Who imported what a commit holds, for those of `desk import`: its actors are the authors of long ago."""
    return trailer(text, "Desk-Import")


def trailer(text: str, name: str) -> str | None:
    """The value of a trailer that stands once in a message; None where it doesn't stand."""
    last = text.strip("\n").rpartition("\n\n")[2]
    return dict(_trailer_lines(last)).get(name)


def _trailer_lines(paragraph: str) -> list[tuple[str, str]]:
    found = [re.fullmatch(_TRAILER, line) for line in paragraph.splitlines()]
    return [(m[1], m[2]) for m in found if m] if all(found) else []


def _events(trailers: list[tuple[str, str]], verb: str) -> list[Happened]:
    events: list[Happened] = []
    for key, value in trailers:
        if key == "Desk-Ticket":
            events.append(Happened("ticket", value, verb, None, None))
        elif key == "Desk-Record":
            kind, _, record_id = value.partition("/")
            events.append(Happened(kind, record_id, verb, None, None))
        elif not events:
            continue
        elif key == "Desk-Effect":
            events[-1] = events[-1]._replace(verb=value)
        elif key == "Desk-Also":
            events.append(Happened(events[-1].kind, events[-1].id, value, None, None))
        elif key == "Desk-From":
            events[-1] = events[-1]._replace(before=value)
        elif key == "Desk-To":
            events[-1] = events[-1]._replace(after=value)
    return events
