"""Whether messages tell the truth: the records they name, the values they give, and nothing left out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote

from desk.audit import merges
from desk.audit.moment import FAULT, REMARK, AuditFinding, Moment, name, tickets
from desk.domain.changes import message, truth, undo
from desk.domain.changes.message import SETTINGS, Happened
from desk.domain.changes.truth import Case
from desk.domain.knowledge import knownerrors
from desk.domain.model.article import Article
from desk.domain.model.change import Edit
from desk.domain.model.fields import TICKET_ID
from desk.domain.model.kinds import KINDS
from desk.domain.model.ticket import Ticket
from desk.domain.rights import verbs
from desk.index import derive
from desk.store import handedits
from desk.store.handedits import HandEdit
from desk.text import _

CHECK = "trailers"

_BY_HAND = "commit"
_OF_FILES = verbs.WITHOUT_RECORD - {_BY_HAND, "config", "decide"}
"""Verbs that bring files, or take them away, whatever they are called."""

_IDS = rf"(?:{TICKET_ID}(?:, )?)+(?= )"
_CUT = 10
"""So many characters may a subject lack that was cut where a word ended."""

Key = tuple[str, str]


def trailers(moment: Moment) -> Iterator[AuditFinding]:
    """What desk's own messages tell, against what their commits changed."""
    told = moment.step.told
    yield from _form(moment)
    if told.verb is None:
        return
    if moment.step.merge:
        if not merges.is_own(moment.step):
            yield moment.finding(
                CHECK, FAULT, _("a merge tells of {verb}, which only what a merge joins can tell", verb=told.verb)
            )
        return
    named, changed = moment.step.by_record, _changed(moment)
    for key, events in named.items():
        if key[0] == SETTINGS:
            continue
        yield from _one(moment, key, events, changed.get(key, ()))
    if moment.step.parents:
        yield from _unnamed(moment, named, changed)
        yield from _others(moment)
    yield from _settings(moment, {k[1]: e[-1] for k, e in named.items() if k[0] == SETTINGS})
    yield from _subject(moment, named)


def _form(moment: Moment) -> Iterator[AuditFinding]:
    """What stands once is not there twice; and nothing else looks as if it were a trailer, to people and to `git log --grep`."""
    for line in message.find_twice(moment.step.message):
        yield moment.finding(CHECK, FAULT, _("the message says twice what it says once: {line}", line=line))
    if posing := message.find_posing(moment.step.message):
        problem = _("the message has lines that look like trailers and are none: {line}", line=posing[0])
        yield moment.finding(CHECK, REMARK, problem)


def _changed(moment: Moment) -> dict[Key, list[HandEdit]]:
    """Files by the record they belong to; an attachment belongs to its ticket."""
    found: dict[Key, list[HandEdit]] = {}
    for edit in moment.edits:
        kind = Ticket.kind if edit.kind == handedits.ATTACHMENT else edit.kind
        if kind in KINDS and edit.id:
            found.setdefault((kind, edit.id), []).append(edit)
    return {key: _moved(edits) if key[0] == Article.kind else edits for key, edits in found.items()}


def _moved(edits: list[HandEdit]) -> list[HandEdit]:
    """An article that went to another topic is one record: a file gone, and one of the same name elsewhere."""
    gone = next((e for e in edits if e.old is not None and e.new is None and e.fault is None), None)
    come = next((e for e in edits if e.new is not None and e.old is None), None)
    return [come._replace(old=gone.old, change=handedits.MODIFIED)] if len(edits) == 2 and gone and come else edits


def _one(moment: Moment, key: Key, events: tuple[Happened, ...], edits: Sequence[HandEdit]) -> Iterator[AuditFinding]:
    record = "/".join(key)
    for event in events:
        if verbs.is_of_merges(event.kind, event.verb):
            problem = _("{verb} is told by desk's own merges alone", verb=event.verb)
            yield moment.finding(CHECK, FAULT, problem, record)
    if not edits and not _as_it_was(moment, key, events):
        problem = _(
            "the message tells of {verb} on {record}, which this commit doesn't change",
            verb=events[0].verb,
            record=record,
        )
        yield moment.finding(CHECK, FAULT, problem, record)
    for edit in edits:
        if edit.kind == handedits.ATTACHMENT or edit.fault is not None or edit.mended:
            continue
        if any(e.verb == undo.VERB for e in events):
            continue  # what is back is held against what was
        case = truth.case(events, edit.old, edit.new, tickets(moment))
        for untruth in truth.find_untruths(case):
            yield moment.finding(CHECK, FAULT, untruth, record)
        yield from _unknown(moment, case, record)


def _unknown(moment: Moment, case: Case, record: str) -> Iterator[AuditFinding]:
    """Verbs that there are not: of a newer desk, and then for a person to look at; or that are for other records."""
    for event in (e for e in case.events if not truth.known(e)):
        changed = ", ".join(sorted(case.changed)) or _("nothing")
        if event.verb in verbs.NAMES:
            problem = _(
                "{verb} is nothing that is done to a {kind}: {changed}",
                verb=event.verb,
                kind=event.kind,
                changed=changed,
            )
            yield moment.finding(CHECK, FAULT, problem, record)
            continue
        words = f"{event.verb}{truth.unsure_values(case, event)}"
        yield moment.finding(
            CHECK, REMARK, _("a verb that this version of desk doesn't know: {words}", words=words), record
        )
        yield moment.finding(CHECK, REMARK, _("under that verb was changed: {changed}", changed=changed), record)


def _as_it_was(moment: Moment, key: Key, events: tuple[Happened, ...]) -> bool:
    """Whether the values told are those that stood there already: pending again, until no other day."""
    record = moment.world.find(*key) if key[0] in KINDS else None
    if record is not None and all(e.verb in truth.TIDINGS for e in events):
        return all(_turned(moment, e) for e in events)
    stands = record is not None and all(e.after and (e.before or e.verb == "escalate-up") for e in events)
    return stands and not any(truth.find_untruths(truth.case(events, record, record, {})))


def _turned(moment: Moment, event: Happened) -> bool:
    """Whether the problem that tidings are of was closed, or opened again, in this commit."""
    old, new = moment.act.tickets().get(event.after or "", (None, None))
    return new is not None and knownerrors.problem_turn(Edit(old, new, ())) == event.verb


_CHANGED = _("{name} was changed, and the message doesn't name it")
_UNNAMED = {
    handedits.NEW: _("{name} was added, and the message doesn't name it"),
    handedits.DELETED: _("{name} was deleted, and the message doesn't name it"),
}


def _unnamed(
    moment: Moment, named: Mapping[Key, tuple[Happened, ...]], changed: dict[Key, list[HandEdit]]
) -> Iterator[AuditFinding]:
    for key, edits in changed.items():
        unreadable = all(e.mended and e.new is None for e in edits)
        if key not in named and not unreadable:
            yield moment.finding(
                CHECK,
                FAULT,
                _UNNAMED.get(edits[0].change, _CHANGED).format(name=name(edits[0])),
                "/".join(key),
            )


def _others(moment: Moment) -> Iterator[AuditFinding]:
    """Files that are no records: texts of mails, pictures of articles. Only some verbs change them."""
    if moment.step.told.verb in _OF_FILES:
        return
    texts = [one.body for e in moment.edits for one in (e.old, e.new) if isinstance(one, Article)]
    for edit in moment.edits:
        if edit.kind not in (handedits.OTHER, handedits.TEMPLATE) or _is_in_subject(edit.path, moment):
            continue
        if not edit.path.startswith("kb/") or not any(_is_shown(edit.path, text) for text in texts):
            yield moment.finding(
                CHECK, FAULT, _("{path} was changed, and the message doesn't tell", path=edit.path), edit.path
            )


def _is_in_subject(path: str, moment: Moment) -> bool:
    """Whether a hand edit's file is named, or left out for there are many: `commit` names the first of them."""
    subject = moment.step.subject
    return moment.step.told.verb == _BY_HAND and (path in subject or subject.endswith("…"))


def _is_shown(path: str, text: str) -> bool:
    """Whether the text of an article names a picture, or another file beside it."""
    name = path.rpartition("/")[2]
    return name in text or quote(name) in text


def _settings(moment: Moment, told: dict[str, Happened]) -> Iterator[AuditFinding]:
    edit = next((e for e in moment.edits if e.kind == handedits.SETTINGS), None)
    real = dict(derive.settings_events(edit.before, edit.after)) if edit else {}
    for setting, event in told.items():
        found = real.get(setting)
        if found is None:
            problem = _(
                "the message says that {setting} was set to {after}, desk.toml doesn't",
                setting=setting,
                after=event.after,
            )
        elif (_line(found.before), _line(found.after)) != (event.before, event.after):
            problem = _(
                "{setting}: the message says {before} → {after}, it is {found_before} → {found_after}",
                setting=setting,
                before=event.before,
                after=event.after,
                found_before=found.before,
                found_after=found.after,
            )
        else:
            continue
        yield moment.finding(CHECK, FAULT, problem, f"{SETTINGS}/{setting}")
    if moment.step.parents:
        for setting in sorted(real.keys() - told.keys()):
            problem = _(
                "{setting} was changed from {before} to {after}, the message doesn't tell",
                setting=setting,
                before=real[setting].before,
                after=real[setting].after,
            )
            yield moment.finding(CHECK, FAULT, problem, f"{SETTINGS}/{setting}")


def _line(text: str | None) -> str | None:
    """As a message keeps a value."""
    return " ".join((text or "").split()) or None


def _subject(moment: Moment, named: Mapping[Key, tuple[Happened, ...]]) -> Iterator[AuditFinding]:
    """The subject begins with the records that it is about, and tells the verb."""
    known = {record_id for kind, record_id in named if kind == Ticket.kind}
    subject, verb = moment.step.subject, moment.step.told.verb or ""
    ids = re.match(_IDS, subject)
    for ticket in ids[0].split(", ") if ids else ():
        if ticket not in known:
            problem = _("the subject speaks of {ticket}, the trailers don't", ticket=ticket)
            yield moment.finding(CHECK, FAULT, problem, f"ticket/{ticket}")
    cut = subject.endswith("…") and ":" not in subject and len(subject) > message.SUBJECT_MAX - _CUT
    told = re.match(r"(?:\d+ \S+ |\S+(?:, \S+)* )??([^\s:]+)(?::|$)", subject)
    if not cut and (told is None or told[1] != verb):
        problem = _("the subject says {subject}, the trailers {verb}", subject=repr(subject), verb=verb)
        yield moment.finding(CHECK, FAULT, problem)
