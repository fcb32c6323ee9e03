"""Checks of what records say: can they be read, does what they name exist, do the desk's rules hold."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

from desk.checks import admission, edits, judgement, rules, together
from desk.checks.act import Act
from desk.checks.rules import Fault
from desk.checks.world import World
from desk.codec import locate
from desk.config import FILE
from desk.doctor.exam import Exam, Finding, Mend
from desk.domain.changes import message
from desk.domain.model import states
from desk.domain.model.checklist import Checklist
from desk.domain.model.fields import utc_text
from desk.domain.model.kinds import KINDS, id_at, kind_at
from desk.domain.model.organisation import RESERVED_TAGS, Department
from desk.domain.model.record import Record
from desk.domain.model.ticket import Ticket
from desk.git import cone, log
from desk.queries import events, people
from desk.queries import records as queries_records
from desk.queries.sql import REVIEW_OWED
from desk.store.handedits import ATTACHMENT, MODIFIED, NEW, SETTINGS
from desk.text import _, arranged

_CONFLICT = "merge conflict"


def broken(exam: Exam) -> Iterator[Finding]:
    """Records that can't be read, as committed or as edited since."""
    edited = {e.path: e for e in exam.edits}
    for path, line, problem in exam.index.broken():
        edit = edited.get(path)
        hint = _hint(exam, path, problem)
        if edit is not None and edit.fault is None:
            hint = _("the work tree has it mended, or deleted: desk commit {path}", path=path)
        yield Finding("conflicts" if _CONFLICT in problem else "broken", path, line, problem, hint)
    committed = {path for path, _, _ in exam.index.broken()}
    for edit in exam.edits:
        if edit.fault is not None and edit.kind in KINDS and edit.path not in committed:
            check = "conflicts" if _CONFLICT in edit.fault.problem else "broken"
            drop = (
                _("mend it, or drop the edit: git checkout HEAD -- {path}", path=edit.path)
                if edit.change == MODIFIED
                else edit.fault.hint or ""
            )
            yield Finding(check, edit.path, edit.fault.line, edit.fault.problem, drop)


def _hint(exam: Exam, path: str, problem: str) -> str:
    if "doesn't belong to this path" in problem:
        record_id = problem.split(" ")[1]
        cls = kind_at(path)
        there = cls is not None and record_id in {i for i in exam.world.ids(cls.kind) if i != id_at(path)}
        other = _("; {record_id} exists as well", record_id=record_id) if there else ""
        return _("put id: {id_at} into the file, or move it with git mv{other}", id_at=id_at(path), other=other)
    if "symbolic link" in problem:
        return _("replace it by a file: rm {path}", path=path)
    return _("mend the file, then: desk commit {path}   or take an older state: git log -- {path}", path=path)


def edited(exam: Exam) -> Iterator[Finding]:
    """Hand edits that can be read and still couldn't be committed."""
    if not exam.edits:
        return
    world = edits.world_with(exam.index, exam.config, exam.edits, exam.place)
    for edit in exam.edits:
        if edit.fault is not None or edit.kind == SETTINGS or locate.conflict_line(edit.after) is not None:
            continue
        problem = edits.find_edit_problem(edit, world)
        if problem is not None:
            line, text = edits.locate_problem(problem, edit.path)
            yield Finding(
                "edited",
                edit.path,
                line,
                text,
                problem.hint or _("to drop what was edited there: git checkout HEAD -- {path}", path=edit.path),
            )
    yield from _refused(exam, world)


def _refused(exam: Exam, world: World) -> Iterator[Finding]:
    """What whoever asks had no right to do, as `desk commit` would say, and the audit later."""
    sound = [e for e in exam.edits if e.fault is None and edits.find_edit_problem(e, world) is None]
    if exam.by is None or not sound or exam.config is None:
        return
    snapshot = exam.store.snapshot(exam.index, exam.store.commit_now())
    for wrong in judgement.judge(Act(exam.by, exam.store.clock(), sound), snapshot, world):
        if wrong.edit.kind == ATTACHMENT:
            continue  # of files there is a check of its own
        hint = wrong.error.hint or _("to drop what was edited there: git checkout HEAD -- {path}", path=wrong.edit.path)
        line, text = edits.locate_problem(wrong.error, wrong.edit.path)
        yield Finding("edited", wrong.edit.path, line, text, hint)


def conflicts(exam: Exam) -> Iterator[Finding]:
    """Marks that a merge left where they don't keep a file from being read: in a text, a template, desk.toml."""
    known = {path for path, _, _ in exam.index.broken()}
    edited = {e.path for e in exam.edits}
    quoting = {p for p in queries_records.with_conflicts(exam.index) if p not in edited}
    paths = queries_records.with_conflicts(exam.index)
    paths += [*exam.walk.others, FILE, ".gitattributes"]
    paths += [e.path for e in exam.edits if e.kind in KINDS and e.fault is None]
    for path in sorted(set(paths) - known):
        line = locate.conflict_line(exam.content(path))
        if line is not None and not (path in quoting and _is_quoted(exam, path)):
            yield Finding(
                "conflicts",
                path,
                line,
                _("a merge conflict was left in the file"),
                locate.KEEP_BOTH,
            )


def _is_quoted(exam: Exam, path: str) -> bool:
    """Whether the marks came in by a command: somebody quotes a conflict, and nothing was merged."""
    text = log.brought_by(exam.place, path, "<<<<<<< ")
    return text is not None and message.parse(text).verb is not None


def faults(exam: Exam) -> Iterator[Finding]:
    """References, values, owners, kinds, links and merges of every committed record."""
    for kind, cls in KINDS.items():
        rows = exam.index.rows(kind, tail="ORDER BY path")
        shown = exam.store.keeper.progress(
            (str(r["id"]) for r in rows), len(rows), _("Checking {plural}", plural=cls.plural)
        )
        for row, _turn in zip(rows, shown, strict=True):
            for fault in rules.faults(kind, row, exam.world):
                if fault.check == rules.OWNERS and row["state"] == states.CLOSED:
                    continue  # who owned it when it was closed may have changed departments since
                path = _path(kind, row)
                yield Finding(
                    fault.check, path, exam.line(path, fault.field), fault.problem, fault.hint, _mend(kind, row, fault)
                )
            for fault in admission.faults(kind, row, exam.world):
                if not fault.rule:  # what somebody has by a rule is asked for where they come in
                    path = _path(kind, row)
                    yield Finding(fault.check, path, exam.line(path, fault.field), fault.problem, fault.hint, info=True)


def _path(kind: str, row: dict[str, Any]) -> str:
    return f"kb/{row['topic']}/{row['id']}.md" if kind == "article" else KINDS[kind].path_of(str(row["id"]))


def _mend(kind: str, row: dict[str, Any], fault: Fault) -> Mend | None:
    """What can be put right without a decision: a link, or a merge, that leads nowhere."""
    if fault.check == rules.LINKS:
        return Mend(kind, str(row["id"]), partial(_without_link, fault.value))
    if fault.check == rules.MERGED and fault.field == "merged_into":
        return Mend(kind, str(row["id"]), lambda record: record.evolve(merged_into=None))
    return None


def _without_link(link: str, record: Record) -> Record:
    return record.evolve(links=[ln for ln in record.values.get("links", ()) if ln != link] or None)


def _with_link(link: str, record: Record) -> Record:
    return record.evolve(links=[*record.values.get("links", ()), link])


def one_sided(exam: Exam) -> Iterator[Finding]:
    """Links that stand on one of two tickets only."""
    links = queries_records.links(exam.index)
    for ticket_id, link in sorted(links):
        other = link.partition(" ")[2]
        mirror = rules.mirror_link(link, ticket_id)
        if (other, mirror) in links or other == ticket_id or exam.index.path_of("ticket", other) is None:
            continue
        path = Ticket.path_of(other)
        problem = _(
            "links: {ticket_id} says {link!r}, and {mirror!r} is missing here",
            ticket_id=ticket_id,
            link=link,
            mirror=mirror,
        )
        fix = Mend("ticket", other, partial(_with_link, mirror))
        yield Finding("links", path, exam.line(path, "links"), problem, _("desk doctor --fix adds it"), fix)


def departments(exam: Exam) -> Iterator[Finding]:
    """Exactly one department is the default one, and private ones hold no tickets of users (rules 4 and 5)."""
    known = exam.world.departments()
    for breach in together.without_one_default(known):
        if not breach.names:
            problem = _("no department is the default one")
            yield Finding("departments", "records/departments", None, problem, "desk department edit ID --default")
        first, *others = breach.names or ("",)
        for handle in others:
            path = Department.path_of(handle)
            problem = _("default: {first} is the default department already", first=first)
            hint = arranged("desk department edit {first} --default", first=first)
            yield Finding("departments", path, exam.line(path, "default"), problem, hint)
    for department in known:
        for breach in together.holding_users(department, exam.world):
            problem = _(
                "private: {department} holds tickets of users ({number})",
                department=department.id,
                number=breach.number,
            )
            hint = _("move them: desk ticket list --department {department} --state any", department=department.id)
            line = exam.line(department.path, "private")
            yield Finding("departments", department.path, line, problem, hint)


def staff(exam: Exam) -> Iterator[Finding]:
    """Somebody has level 3; nobody shares an address, by which git tells who acts, or a key."""
    known = exam.world.staff()
    for _turn in together.without_highest(known):
        hint = _("edit a file there by hand: level: 3, then: git commit")
        yield Finding("staff", "records/staff", None, _("nobody has level 3"), hint)
    for breach in together.shared(known):
        address, *others = breach.names
        member = breach.record
        # Told of everybody but the first who has it.
        if member is not None and member.id != min(member.id, *others):
            problem = _("email: {address} is the address of {others} as well", address=address, others=min(others))
            hint = arranged("desk staff edit {id} --email ADDRESS", id=member.id)
            yield Finding("staff", member.path, exam.line(member.path, "email"), problem, hint)
    yield from _keys(exam)


def _keys(exam: Exam) -> Iterator[Finding]:
    """A server tells by keys who pushes."""
    for breach in together.shared_keys((*exam.world.staff(), *exam.world.machines())):
        holder, others = breach.record, breach.names[1:]
        # Told of everybody but the first who has it.
        if holder is not None and holder.id > min(others):
            problem = _("keys: one of them is a key of {other} as well", other=min(others))
            hint = arranged("desk {noun} edit {id} --key FILE.pub", noun=holder.noun, id=holder.id)
            yield Finding("staff", holder.path, exam.line(holder.path, "keys"), problem, hint)


def users(exam: Exam) -> Iterator[Finding]:
    """Nobody is registered twice."""
    for address, (first, *others) in people.users_by_address(exam.index).items():
        for user in others:
            path = KINDS["user"].path_of(user)
            problem = _("email: {address} is the address of {first} as well", address=address, first=first)
            yield Finding(
                "users",
                path,
                exam.line(path, "email"),
                problem,
                arranged("desk user edit {user} --email ADDRESS", user=user),
            )


def tags(exam: Exam) -> Iterator[Finding]:
    """The tags that decide what kind a ticket is are there."""
    for tag in RESERVED_TAGS:
        if tag not in exam.world.ids("tag"):
            path = KINDS["tag"].path_of(tag)
            yield Finding(
                "tags",
                path,
                None,
                _("the tag {tag} is missing: it decides the kind of tickets", tag=tag),
                arranged("desk tag create {tag}", tag=tag),
            )


def checklists(exam: Exam) -> Iterator[Finding]:
    """Templates of checklists have steps that a ticket can take over."""
    for checklist_id in sorted(exam.world.ids("checklist")):
        path = Checklist.path_of(checklist_id)
        record = exam.record(path)
        found = rules.template_fault(record, exam.content(path)) if isinstance(record, Checklist) else None
        if found:
            line, problem, hint = found
            yield Finding("checklists", path, line, problem, hint)


def reviews(exam: Exam) -> Iterator[Finding]:
    """Major incidents that are over and were never reviewed."""
    for row in exam.index.rows("ticket", REVIEW_OWED, tail="ORDER BY closed, id"):
        path = Ticket.path_of(str(row["id"]))
        problem = _("the review of this major incident is owed")
        yield Finding(
            "reviews",
            path,
            exam.line(path, "major"),
            problem,
            arranged("desk ticket review {id}", id=row["id"]),
            info=True,
        )


def endings(exam: Exam) -> Iterator[Finding]:
    """Closed tickets say when: a state set by hand alone is in no figure."""
    for row in exam.index.rows("ticket", "state = 'closed' AND closed IS NULL", tail="ORDER BY id"):
        ticket_id = str(row["id"])
        path, at = Ticket.path_of(ticket_id), events.last_at(exam.index, ticket_id, "close")
        when = utc_text(datetime.fromtimestamp(at, UTC)) if at is not None else None
        hint = (
            _("desk doctor --fix takes the time of the commit that closed it")
            if when
            else _("add a line such as  closed: 2026-07-23T06:12:44Z")
        )
        fix = Mend("ticket", ticket_id, partial(_closed_at, when)) if when else None
        yield Finding("endings", path, exam.line(path, "state"), _("state: closed, and nothing says when"), hint, fix)


def _closed_at(when: str, record: Record) -> Record:
    return record.evolve(closed=when)


def attachments(exam: Exam) -> Iterator[Finding]:
    """Every attachment that a ticket names is there, and every one that is there is named."""
    unread = {path for path, _, _ in exam.index.broken()} | {e.path for e in exam.edits if e.fault is not None}
    for ticket_id in sorted({*exam.walk.attached, *_naming(exam)}):
        path = Ticket.path_of(ticket_id)
        ticket = exam.record(path)
        present = exam.walk.attached.get(ticket_id, [])
        if not isinstance(ticket, Ticket):
            if path not in unread and present:
                folder = f"{path.removesuffix('.md')}.files"
                problem = _("attachments of {ticket_id}, and there is no such ticket", ticket_id=ticket_id)
                yield Finding(
                    "attachments",
                    folder,
                    None,
                    problem,
                    _("keep what is needed, then: rm -r {folder}", folder=folder),
                )
            continue
        yield from _unequal(exam, ticket, present)


def _unequal(exam: Exam, ticket: Ticket, present: list[str]) -> Iterator[Finding]:
    named = ticket.all_attachments
    folder = ticket.path.removesuffix(".md") + ".files"
    for name in dict.fromkeys(named):
        if name not in present:
            hint = _("see where it went: git log -- '{folder}/{name}'", folder=folder, name=name)
            line = exam.line(ticket.path, "attachments") if name in ticket.attachments else _mention(exam, ticket, name)
            yield Finding(
                "attachments", ticket.path, line, _("the attachment {name} is named and missing", name=name), hint
            )
    fresh = {e.path for e in exam.edits if e.change == NEW}
    for name in present:
        if name not in named:
            path = f"{folder}/{name}"
            # What isn't committed yet can't be named by a commit.
            fix = None if path in fresh else Mend("ticket", ticket.id, partial(_with_attachment, name))
            hint = _("first: desk commit '{path}'", path=path) if fix is None else _("desk doctor --fix names it there")
            yield Finding(
                "attachments", path, None, _("an attachment that {ticket} doesn't name", ticket=ticket.id), hint, fix
            )


def _with_attachment(name: str, record: Record) -> Record:
    if isinstance(record, Ticket) and name not in record.all_attachments:
        return record.evolve(attachments=[*record.attachments, name])
    return record


def _mention(exam: Exam, ticket: Ticket, name: str) -> int:
    data = exam.content(ticket.path) or b""
    at = data.find(name.encode())
    return data.count(b"\n", 0, at) + 1 if at >= 0 else 1


def _naming(exam: Exam) -> list[str]:
    """Tickets whose file has the word attachments in it."""
    paths = cone.files_saying(exam.place, "attachments", Ticket.folder)
    return [id_at(path) for path in paths if kind_at(path) is Ticket]
