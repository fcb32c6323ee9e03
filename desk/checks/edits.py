"""Hand edits before they are committed: what is wrong with them, and the change they amount to."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from functools import cache

from desk.checks import admission, articles, judgement, links, rights, rules, together, twins
from desk.checks.act import Act
from desk.checks.rules import Fault
from desk.checks.settings import find_settings_problem
from desk.checks.world import Knowledge, Known, World
from desk.codec import locate
from desk.config import Config
from desk.domain.changes import compare, salt
from desk.domain.model import filenames, plain, states
from desk.domain.model.actor import Actor
from desk.domain.model.change import Change, Edit, Event
from desk.domain.model.checklist import Checklist
from desk.domain.model.fields import LINE
from desk.domain.model.kinds import KINDS, kind_at
from desk.domain.model.record import Record
from desk.domain.model.ticket import Ticket, files_folder
from desk.errors import Broken, DeskError, Refused
from desk.git.place import Place
from desk.index import derive
from desk.index.index import Index
from desk.named import NamedTuple
from desk.store import levels, worktree
from desk.store.handedits import ATTACHMENT, DELETED, SETTINGS, HandEdit
from desk.store.settings import recorded as settings_recorded
from desk.store.snapshot import Snapshot
from desk.text import _, arranged

_VERB = "commit"


class Reviewed(NamedTuple):
    """Hand edits that may be committed: the change they make, and what is worth saying."""

    change: Change
    warnings: tuple[str, ...]


def world_with(index: Index, config: Config | None, edits: list[HandEdit], place: Place) -> World:
    """The world as it will be when the edits are committed."""
    knowledge = None
    if any(edit.path.startswith("kb/") for edit in edits):
        touched = frozenset(edit.path for edit in edits)
        files = links.list_committed(place, index.commit or "HEAD") - touched
        knowledge = Knowledge(place, files | {edit.path for edit in edits if edit.after is not None}, touched)
    return World(index, config, together.sides_of(edits), knowledge)


def find_edit_problem(
    edit: HandEdit, world: Known, place: Place | None = None, *, quoted: bool = False, past: bool = False
) -> DeskError | None:
    """Why an edit can't be committed by anyone; None if it is sound.

    `place`: where days off are kept. `quoted`: marks of a merge conflict are what somebody said, since a command wrote the
    file. `past`: it is history, which what is let in no more doesn't make unsound.
    """
    if edit.fault is not None:
        return edit.fault
    marks = None if quoted and edit.kind in KINDS else locate.conflict_line(edit.after)
    if marks is not None and edit.kind != ATTACHMENT and locate.conflict_line(edit.before) is None:
        return Broken(_("a merge conflict was left in the file"), edit.path, marks, locate.KEEP_BOTH)
    if edit.kind == SETTINGS:
        return find_settings_problem(edit, world, place, past=past)
    if edit.kind == ATTACHMENT:
        return _attachment_problem(edit)
    if edit.new is None:
        return _article_problem(edit, world)
    return (
        _comment_problem(edit, edit.new)
        or _fixed_problem(edit, edit.new)
        or _template_problem(edit)
        or _fault_problem(edit, edit.new, world, past=past)
        or _article_problem(edit, world)
    )


def _template_problem(edit: HandEdit) -> DeskError | None:
    found = rules.template_fault(edit.new, edit.after) if isinstance(edit.new, Checklist) else None
    return Broken(found[1], edit.path, found[0], found[2]) if found else None


def _article_problem(edit: HandEdit, world: Known) -> DeskError | None:
    """The rules of the knowledge base are asked of the desk as it is, not as it was."""
    return articles.find_article_problem(edit, world) if isinstance(world, World) else None


def locate_problem(found: DeskError, path: str) -> tuple[int | None, str]:
    """The line and the words of a problem, for a place that names the file itself."""
    if isinstance(found, Broken):
        return found.line, found.problem
    message = found.message.removeprefix(f"{path}:").removeprefix(" ")
    line, _, rest = message.partition(": ")
    return (int(line), rest) if line.isdecimal() else (None, message)


def _attachment_problem(edit: HandEdit) -> DeskError | None:
    name = edit.path.rpartition("/")[2]
    safe = name if name == salt.FILE else filenames.attachment_name(name, set())
    if edit.after is not None and safe != name:
        return Broken(
            _("not every system can hold a file of this name"), edit.path, hint=_("rename it: {safe}", safe=safe)
        )
    cls = kind_at(edit.path.rpartition(".files/")[0] + ".md")
    if cls is not Ticket or files_folder(edit.id or "") != edit.path.rpartition("/")[0]:
        return Broken(_("an attachment of no ticket"), edit.path, hint=_("attachments lie in ID.files beside ID.md"))
    return _salt_problem(edit) if name == salt.FILE else None


def _salt_problem(edit: HandEdit) -> DeskError | None:
    """A folder's salt can go with the folder, and not become another one."""
    if edit.after is None or edit.before in (edit.after, None):
        return None
    way = _("to drop what was edited there: git checkout HEAD -- {path}", path=edit.path)
    return Refused(_("{path}: the salt can't be changed", path=edit.path), way)


def _comment_problem(edit: HandEdit, new: Record) -> DeskError | None:
    """A text that a # cuts short, unless it is one that stood there before."""
    names = _lines_of(new.kind)
    line = locate.comment_line(edit.after or b"", names)
    if line is None or locate.comment_line(edit.before or b"", names) is not None:
        return None
    hint = _("put the text in quotes, or take away what stands from the # on")
    return Broken(_("what follows the # is not read"), edit.path, line, hint)


@cache
def _lines_of(kind: str) -> tuple[str, ...]:
    return tuple(name for name, field in KINDS[kind].FIELDS.items() if field.type is LINE)


@cache
def _fixed_of(kind: str) -> tuple[str, ...]:
    return tuple(name for name, field in KINDS[kind].FIELDS.items() if field.fixed)


def _fixed_problem(edit: HandEdit, new: Record) -> DeskError | None:
    """What can't change after creation (field.fixed)."""
    if edit.old is None:
        return None
    if edit.old.salt and edit.old.salt != new.salt:
        where = f"{edit.path}:{locate.line_of(edit.after, salt.KEY)}"
        return Refused(
            _("{where}: the salt can't be changed", where=where),
            _("put it back: {key}: {salt}", key=salt.KEY, salt=edit.old.salt),
        )
    for name in _fixed_of(new.kind):
        before, after = edit.old.values.get(name), new.values.get(name)
        if before != after:
            shown = [plain.plain(v) if v is not None else "nothing" for v in (before, after)]
            where = f"{edit.path}:{locate.line_of(edit.after, name)}"
            hint = (
                _("put it back: {name}: {shown}", name=name, shown=shown[0])
                if before is not None
                else _("take the line out: {name}", name=name)
            )
            return Refused(
                _(
                    "{where}: {name} can't be changed (from {before} to {after})",
                    where=where,
                    name=name,
                    before=shown[0],
                    after=shown[1],
                ),
                hint,
            )
    return None


def _fault_problem(edit: HandEdit, new: Record, world: Known, *, past: bool) -> DeskError | None:
    """The first fault that this edit brings in; one that was there before is not the edit's."""
    if past and edit.old is not None and rules.are_alike(edit.old, new):
        return None

    def faults(record: Record) -> Iterator[Fault]:
        yield from rules.faults(edit.kind, rules.row(record), world)
        if not past:
            yield from admission.faults(edit.kind, plain.head(record), world)

    found = list(faults(new))
    was = faults(edit.old) if found and edit.old is not None else ()
    known = {(f.field, f.value) for f in was} - _renewed(edit.old, new)
    fresh = next((fault for fault in found if (fault.field, fault.value) not in known), None)
    return _as_error(edit, fresh) if fresh else None


def _renewed(old: Record | None, new: Record) -> set[tuple[str, str]]:
    """Faults that depend on another field as well: an owner whose ticket has moved."""
    if isinstance(old, Ticket) and isinstance(new, Ticket) and old.department != new.department and new.owner:
        return {("owner", new.owner)}
    return set()


def _as_error(edit: HandEdit, fault: Fault) -> DeskError:
    line = locate.line_of(edit.after, fault.field)
    if fault.rule:
        return Refused(
            arranged("{path}:{line}: {problem}", path=edit.path, line=line, problem=fault.problem), fault.hint
        )
    return Broken(fault.problem, edit.path, line, fault.hint)


# -- the change --------------------------------------------------------------------------------------------------------


def review(
    snapshot: Snapshot, edits: list[HandEdit], config: Config, *, by: Actor, at: datetime, reason: str | None = None
) -> Reviewed:
    """The change that hand edits amount to; raises what stands against the first of them that can't be committed."""
    world = world_with(snapshot.index, config, edits, snapshot.place)
    found = next(filter(None, (find_edit_problem(edit, world, snapshot.place) for edit in edits)), None)
    if found is not None:
        raise found
    before = settings_recorded(snapshot.place, snapshot.commit, config, snapshot.index.settings)
    act = Act(by, at, edits, reason=reason, policies=lambda: levels.policies(snapshot.place, before))
    for wrong in judgement.judge(act, snapshot, world):
        raise wrong.error
    for edit in edits:
        _check_size(edit, config)
    twins.require_apart(snapshot, edits)
    rights.check_together(edits, world)
    tickets = _tickets(snapshot, edits)
    for edit, ticket in tickets.values():
        _check_attachments(snapshot, edit, ticket)
    made = _edits(snapshot, edits)
    change = _change(made, edits, by, at, reason)._replace(as_written={e.path: e.after for e in edits})
    return Reviewed(change, tuple(_remarks(snapshot, edits, world, tickets)))


def _check_size(edit: HandEdit, config: Config) -> None:
    limit = config["attachment.max_mb"]
    size = len(edit.after or b"") / 1024 / 1024
    if edit.kind == ATTACHMENT and size > limit:
        raise Refused(
            _("{path} has {size:.1f} MiB, {limit} are allowed", path=edit.path, size=size, limit=limit),
            "desk config set attachment.max_mb N",
        )


def _tickets(snapshot: Snapshot, edits: list[HandEdit]) -> dict[str, tuple[HandEdit, Ticket]]:
    """The tickets that edits touch, themselves or by an attachment, as they will be."""
    found: dict[str, tuple[HandEdit, Ticket]] = {}
    for edit in edits:
        if isinstance(edit.new, Ticket):
            found[edit.new.id] = edit, edit.new
    for edit in edits:
        gone = any(e.id == edit.id and e.kind == Ticket.kind and e.change == DELETED for e in edits)
        if edit.kind == ATTACHMENT and edit.id and edit.id not in found and not gone:
            ticket = snapshot.find("ticket", edit.id)
            if isinstance(ticket, Ticket):
                found[edit.id] = edit, ticket
            elif edit.after is not None:
                raise Broken(
                    _("an attachment of {id}, and there is no such ticket", id=edit.id),
                    edit.path,
                    hint=_("move it away"),
                )
    return found


def _check_attachments(snapshot: Snapshot, edit: HandEdit, ticket: Ticket) -> None:
    """A file that the ticket names must be there, unless it was missing before."""
    before = edit.old.all_attachments if isinstance(edit.old, Ticket) else ()
    for name in ticket.all_attachments:
        path = f"{files_folder(ticket.id)}/{name}"
        if os.path.isfile(os.path.join(snapshot.place.root, path)):
            continue
        if name not in before or (edit.kind == ATTACHMENT and edit.path == path):
            line = locate.line_of(edit.after, "attachments") if edit.kind == Ticket.kind else 1
            raise Broken(
                _("the attachment {name} is named, and there is no such file", name=name),
                ticket.path,
                line,
                _("put it there: {path}", path=path),
            )


def _remarks(
    snapshot: Snapshot, edits: list[HandEdit], world: World, tickets: dict[str, tuple[HandEdit, Ticket]]
) -> Iterator[str]:
    """What is allowed, and still not quite right."""
    yield from articles.remarks(edits)
    fresh = {e.new.id: e.new for e in edits if isinstance(e.new, Ticket)}
    for ticket in fresh.values():
        if ticket.state == states.CLOSED and ticket.closed is None:
            yield _(
                "{ticket} is closed without a time: add a line such as  closed: 2026-07-23T06:12:44Z", ticket=ticket.id
            )
        for link in ticket.links:
            other = link.partition(" ")[2]
            there = fresh.get(other) or (snapshot.find("ticket", other) if other in world.ids("ticket") else None)
            if isinstance(there, Ticket) and rules.mirror_link(link, ticket.id) not in there.links:
                yield _(
                    "{ticket} is linked to {other}, but not the other way round: desk doctor --fix adds that",
                    ticket=ticket.id,
                    other=other,
                )
    for edit in edits:
        if edit.kind == Ticket.kind and edit.change == DELETED:
            folder = files_folder(edit.id or "")
            if os.path.isdir(os.path.join(snapshot.place.root, folder)) or worktree.read(snapshot.place, folder):
                yield _(
                    "{id} is deleted, its attachments are not: git rm -r {folder}, then: desk commit; or have it back: "
                    "git checkout HEAD -- {path}",
                    id=edit.id,
                    folder=folder,
                    path=edit.path,
                )
        name = edit.path.rpartition("/")[2]
        if edit.kind != ATTACHMENT or edit.after is None or edit.id not in tickets:
            continue
        if name not in (*tickets[edit.id][1].all_attachments, salt.FILE):
            yield _("{id} doesn't name the attachment {name}: desk doctor --fix adds it", id=edit.id, name=name)


def _edits(snapshot: Snapshot, edits: list[HandEdit]) -> list[Edit]:
    """One edit a record, with its events; a ticket whose attachments alone have changed is one too."""
    made: dict[tuple[str, str], Edit] = {}
    for edit in edits:
        if edit.kind in KINDS and edit.id:
            # A record that could not be read before is taken for itself as it is now.
            before = edit.old or (edit.new if edit.mended else None)
            other = made.get((edit.kind, edit.id))
            if other is not None:
                # An article that was moved to another topic: one file gone, and one of the same name elsewhere.
                old, new = other.before or before, other.after or edit.new
                made[edit.kind, edit.id] = Edit(old, new, compare.events(old, new))
            elif before is not None or edit.new is not None:
                made[edit.kind, edit.id] = Edit(before, edit.new, edit.events)
    gone = {e.id for e in edits if e.kind == Ticket.kind and e.change == DELETED}
    for edit in edits:
        if edit.kind == ATTACHMENT and edit.id and edit.id not in gone:
            key = (Ticket.kind, edit.id)
            known = made.get(key)
            if known is None:
                ticket = snapshot.find("ticket", edit.id)
                known = Edit(ticket, ticket, ())
            elif known.before is None or known.after is None:
                continue
            if known.after is not None:
                event = Event("edit", None, f"attachment {edit.path.rpartition('/')[2]}")
                made[key] = known._replace(events=(*known.events, event))
    return list(made.values())


def _change(made: list[Edit], edits: list[HandEdit], by: Actor, at: datetime, reason: str | None) -> Change:
    covered = {(e.record.kind, e.record.id) for e in made}
    uncovered = [e for e in edits if (Ticket.kind if e.kind == ATTACHMENT else e.kind, e.id) not in covered]
    # How attachments were called may be personal.
    others = list(dict.fromkeys(e.path.rpartition("/")[0] if e.kind == ATTACHMENT else e.path for e in uncovered))
    verbs = {e.events[0].verb for e in made}
    if len(verbs) == 1 and not others:
        return Change(verbs.pop(), by, at, tuple(made), reason, _summary(made))
    shown = ", ".join(others[:3]) + (" …" if len(others) > 3 else "")
    told = [e for edit in edits if edit.kind == SETTINGS for e in derive.settings_events(edit.before, edit.after)]
    return Change(_VERB, by, at, tuple(made), reason, shown, settings=tuple(told))


def _summary(made: list[Edit]) -> str:
    """What follows the verb in the subject, if it is the same for all records."""
    return next(iter(found)) if len(found := {*map(_detail, made)}) == 1 else ""


def _detail(edit: Edit) -> str:
    event = edit.events[0]
    if event.verb == "edit" and event.before is not None:
        return "title"
    if event.verb in ("create", "delete"):
        return str(edit.record.values.get("title") or edit.record.values.get("name") or "")
    return event.after or event.before or ""
