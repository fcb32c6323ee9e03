"""Events in plain English: what became of a record, and what somebody did to it. One table for every place that tells.

`desk ticket assign` answers with the first ("assigned to petros"), logs and reports with the second ("maria assigned
260723-7K3Q to petros"). A verb that has no row is told by its name and its values, so nothing is ever left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from desk.domain.model import due


class Words(NamedTuple):
    """`done` is what became of the record; `act` what somebody did, with {what} for the record."""

    done: str
    act: str


TICKET: Mapping[str, Words] = MappingProxyType(
    {
        "create": Words("registered in {after}", "registered {what} in {after}"),
        "assign": Words("assigned to {after}", "assigned {what} to {after}"),
        "unassign": Words("owner {before} taken off", "took the owner {before} off {what}"),
        "escalate": Words("escalated to {after}", "escalated {what} to {after}"),
        "escalate-up": Words("escalated upwards: {after} is told", "escalated {what} upwards: {after} is told"),
        "move": Words("moved from {before} to {after}", "moved {what} from {before} to {after}"),
        "classify": Words("now {after}", "classified {what} as {after} (was {before})"),
        "tag": Words("tagged {after}", "tagged {what} {after}"),
        "untag": Words("no longer tagged {before}", "took the tag {before} off {what}"),
        "reply": Words("reply added", "replied to {what}"),
        "note": Words("private note added", "wrote a private note on {what}"),
        "close": Words("{after}", "closed {what} {rest}"),
        "major": Words(
            "a major incident, coordinated by {after}", "made {what} a major incident, coordinated by {after}"
        ),
        "major-off": Words("no longer a major incident", "ended the major incident {what}"),
        "review": Words("review written", "wrote the review of {what}"),
        "checklist": Words("checklist added: {after}", "added a checklist to {what}: {after}"),
        "check": Words("done: {after}", "ticked off a step of {what}: {after}"),
        "uncheck": Words("to be done again: {before}", "took back a step of {what}: {before}"),
        "reopen": Words("open again", "opened {what} again"),
        "pending": Words("{after}", "put {what} aside: {after}"),
        "resume": Words("open again: its day has come", "opened {what} again: its day has come"),
        "renew": Words("due times brought up to date", "brought the due times of {what} up to date"),
        "warning": Words("due soon: {after}", "warned that {what} is due soon: {after}"),
        "breach": Words("missed: {after}", "noted what was missed on {what}: {after}"),
        "edit": Words("changed: {after}", "changed {what}: {after}"),
        "delete": Words("deleted: {before}", "deleted {what}: {before}"),
        "transfer": Words("handed to problem management as {after}", "handed {what} to problem management as {after}"),
        "cause": Words("cause: {after}", "recorded the cause of {what}: {after}"),
        "workaround": Words("workaround: {after}", "recorded a workaround of {what}: {after}"),
        "resolve": Words("solved", "solved {what}: {after}"),
        "link": Words("linked: {after}", "linked {what}: {after}"),
        "unlink": Words("no longer linked: {before}", "unlinked {what}: {before}"),
        "watch": Words("watched by {after}", "made {after} a watcher of {what}"),
        "unwatch": Words("no longer watched by {before}", "took the watcher {before} off {what}"),
        "merge": Words("merged into {after}", "merged {what} into {after}"),
        "undo": Words("taken back: {after}", "took back the last change of {what}: {after}"),
        "split": Words("split off as {after}", "split {after} off {what}"),
    }
)
"""Verbs of tickets; {before} and {after} are the event's values."""

RECORD: Mapping[str, Words] = MappingProxyType(
    {
        "create": Words("created", "created {what}: {after}"),
        "signup": Words("signed up", "signed up {what}"),
        "edit": Words("changed: {after}", "changed {what}: {after}"),
        "delete": Words("deleted", "deleted {what}: {before}"),
        "undo": Words("taken back: {after}", "took back the last change of {what}: {after}"),
        "ban": Words("banned", "banned an address: {what}"),
        "unban": Words("no longer banned", "lifted the ban {what}"),
        "move": Words("moved from {before} to {after}", "moved {what} from {before} to {after}"),
        "publish": Words("published", "published {what}"),
        "submit": Words("handed in for review", "handed in {what} for review"),
        "approve": Words("approved", "approved {what}"),
        "return": Words("sent back as a draft", "sent {what} back as a draft"),
        "known-error": Words("drafted from {after}", "drafted {what} from {after}"),
        "retire": Words("retired", "retired {what}"),
        "relink": Words("links follow the move to {after}", "had the links of {what} follow a move to {after}"),
        "problem-closed": Words("its problem {after} was closed", "closed the problem {after} of {what}"),
        "problem-reopened": Words("its problem {after} is open again", "opened the problem {after} of {what} again"),
        "config": Words("changed from {before} to {after}", "set {what} to {after} (was {before})"),
    }
)
"""Verbs of everything else: people, departments, tags, articles, settings."""

_OTHERWISE: Mapping[tuple[str, str], Words] = MappingProxyType(
    {
        # A ticket's events whose values stand on the other side than the row above expects.
        ("merge", "before"): Words("took over {before}", "had {what} take over {before}"),
        ("edit", "before"): Words("now called: {after}", "renamed {what}: {after} (was: {before})"),
        ("major", "no after"): Words("coordinator {before} taken off", "took the coordinator {before} off {what}"),
        ("major", "neither"): Words("a major incident, coordinated by nobody", "made {what} a major incident"),
    }
)
_EMPTY = "nothing"


def _words(kind: str, verb: str, before: str | None, after: str | None) -> Words:
    sides = ["before"] if before else []
    sides += [] if after else ["no after" if before else "neither"]
    if kind == "article" and verb == "edit" and before:
        return _OTHERWISE["edit", "before"]
    for side in sides if kind == "ticket" else ():
        if (verb, side) in _OTHERWISE:
            return _OTHERWISE[verb, side]
    known = (TICKET if kind == "ticket" else RECORD).get(verb)
    return known or Words(_escaped(verb), f"{_escaped(verb)} {{what}}")


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _filled(template: str, before: str | None, after: str | None, what: str, *, known: bool) -> str:
    if known:
        for name, value in (("after", after), ("before", before)):
            if not value:
                # A colon or a bracket that would introduce nothing goes with what is missing.
                template = template.replace(f": {{{name}}}", "").replace(f" (was {{{name}}})", "")
        rest = (after or "").partition(" ")[2]
        return template.format(before=before or _EMPTY, after=after or _EMPTY, what=what, rest=rest)
    values = " → ".join(v for v in (before, after) if v)
    return template.format(what=what) + (f": {values}" if values else "")


def _clock(verb: str, after: str | None) -> str | None:
    """`respond 2026-07-23T06:42:44Z` as `first reply, due 2026-07-23T06:42:44Z`."""
    if verb not in (due.WARNING, due.BREACH) or not after:
        return after
    clock, _, at = after.partition(" ")
    return f"{due.SPOKEN.get(clock, clock)}, due {at}" if at else after


def done(verb: str, before: str | None, after: str | None, *, kind: str = "ticket") -> str:
    """What became of the record: `assigned to petros`."""
    after = _clock(verb, after)
    known = verb in (TICKET if kind == "ticket" else RECORD)
    return _filled(_words(kind, verb, before, after).done, before, after, "", known=known).strip()


def act(verb: str, before: str | None, after: str | None, *, kind: str, what: str) -> str:
    """What somebody did, to stand behind their name: `assigned 260723-7K3Q to petros`."""
    after = _clock(verb, after)
    known = verb in (TICKET if kind == "ticket" else RECORD)
    return _filled(_words(kind, verb, before, after).act, before, after, what, known=known).strip()


def name_of(kind: str, record_id: str) -> str:
    """How a sentence names a record: a ticket and a setting by the id alone, anything else with its kind."""
    return record_id if kind in ("ticket", "settings", "file") else f"{kind} {record_id}"


class Changed(NamedTuple):
    """One field before and after, each as one line of text; None where there is nothing. Text is counted in lines."""

    field: str
    before: str | None
    after: str | None


def changes(found: Iterable[Changed]) -> str:
    """`channel phone → email, body +3 -1 lines`."""
    return ", ".join(_change(c) for c in found)


def _change(change: Changed) -> str:
    if change.before is None and change.after is None:
        return change.field
    if change.before is None:
        return f"{change.field} {change.after}"
    return f"{change.field} {change.before} → {change.after or _EMPTY}"


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
    text = act(verb, before, after, kind=kind, what=name_of(kind, str(row["id"])))
    reason = " ".join(str(row.get("reason") or "").split())
    return f"{name or row['by']} {text}" + (f" ({reason})" if reason else "")
