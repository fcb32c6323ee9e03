"""Whose words: nobody writes, changes or takes away what somebody else has said (rule 6).

A merge and a split of tickets carry entries from one thread to another. What they carry is worked out here from the
tickets before, so that nothing can be said by the way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from desk.checks.act import Act
from desk.domain.model import states
from desk.domain.model.record import Entry
from desk.domain.model.ticket import NOTE, Ticket
from desk.errors import Refused
from desk.store.handedits import HandEdit
from desk.text import _

Said = tuple[object, ...]
"""An entry without what a move may change of it: the names of its attachments, and where it came from."""
_MOVED = ("attachments", "from")
_OF_MAIL = frozenset(("message-id", "auth", "auto", "copy-of", "from"))
"""What the heading of an entry says that came by mail, or from another ticket; and `via`, where that is `email`."""


def said(entry: Entry) -> Said:
    """An entry as it is recognised in another thread."""
    more = sorted((key, repr(value)) for key, value in entry.meta.items() if key not in _MOVED) if entry.meta else ()
    return (entry.kind, entry.by, entry.at, entry.text, tuple(more))


def _placed(entry: Entry, origin: str | None = None) -> Said:
    """As `said`, with the ticket that it came from."""
    return (*said(entry), origin or entry.meta.get("from"))


def check_words(edit: HandEdit, act: Act) -> None:
    """Refuse words of others that were written, changed or lost."""
    old, new = edit.old, edit.new
    if not isinstance(new, Ticket):
        return
    verbs = act.verbs(edit) if act.is_told(edit) else frozenset()
    if isinstance(old, Ticket) and verbs & {"merge", "split"}:
        _check_carried(edit.path, old, new, act)
    elif old is None and "create" in verbs and new.id in (split := _split_off(act)):
        _check_split_off(edit.path, new, split[new.id])
    elif isinstance(old, Ticket):
        check_thread(edit.path, old, new, act.by.id)
    elif not edit.mended:
        _check_new(edit.path, new, new.thread, act.by.id)
    if not edit.mended:
        check_headings(edit, act)


def check_headings(edit: HandEdit, act: Act) -> None:
    """Refuse a new entry that says of itself what only a mail could."""
    for entry in fresh_entries(edit, act) if not act.by_mail else ():
        odd = sorted(_OF_MAIL & entry.meta.keys()) or (["via"] if entry.meta.get("via") == "email" else [])
        if odd:
            raise Refused(
                _(
                    "{path}: entry by {writer}: {name} is said of what came by mail",
                    path=edit.path,
                    writer=entry.by,
                    name=odd[0],
                ),
                _("take it out of the line that the entry begins with"),
            )


def fresh_entries(edit: HandEdit, act: Act) -> list[Entry]:
    """The entries that a commit has brought into the world: those that no ticket of it had before."""
    if not isinstance(edit.new, Ticket):
        return []
    there = edit.old.thread if isinstance(edit.old, Ticket) else ()
    if edit.new.thread == there:
        return []
    known = Counter(said(e) for old, _ in act.tickets().values() if old for e in (*old.thread, _request(old, act)))
    found = []
    for entry in edit.new.thread:
        key = said(entry)
        if known[key]:
            known[key] -= 1
        else:
            found.append(entry)
    edited = _edited(edit)
    fresh = []
    for entry in found:
        key = said(entry)[:3]
        if edited[key]:
            edited[key] -= 1  # it was there, in other words
        else:
            fresh.append(entry)
    return fresh


def _edited(edit: HandEdit) -> Counter[Said]:
    """By kind, author and time, the entries that are no more as they were."""
    old, new = (Counter(said(e) for e in r.thread) if r else Counter() for r in (edit.old, edit.new))
    found: Counter[Said] = Counter()
    for key, count in (old - new).items():
        found[key[:3]] += count
    return found


def check_thread(path: str, old: Ticket, new: Ticket, by: str) -> None:
    """Rule 6: only the author edits an entry, and only while it is the last one of an open ticket."""
    kept = len(old.thread)
    hint = _("put it back as it was, and write a new entry instead: desk ticket note")
    if len(new.thread) < kept:
        raise Refused(
            _("{path}: the thread has lost an entry: it had {kept}, now {n}", path=path, kept=kept, n=len(new.thread)),
            hint,
        )
    for number, (was, now) in enumerate(zip(old.thread, new.thread, strict=False), 1):
        if was == now:
            continue
        mine = was.by == by and was._replace(text=now.text) == now
        if not mine or number != kept or old.state not in states.LIVE:
            raise Refused(
                _(
                    "{path}: entry {number} of the thread was changed: only its author may, while it is the last",
                    path=path,
                    number=number,
                ),
                hint,
            )
    _check_new(path, new, new.thread[kept:], by)


def _check_new(path: str, new: Ticket, entries: Iterable[Entry], by: str) -> None:
    for entry in entries:
        if entry.by not in (by, new.requester):
            raise Refused(
                _(
                    "{path}: {by} may not write a {kind} in the name of {writer}",
                    path=path,
                    by=by,
                    kind=entry.kind,
                    writer=entry.by,
                ),
                _("by {by}", by=by),
            )


# -- carried from one ticket to another ----------------------------------------------------------------------------------


def _request(ticket: Ticket, act: Act) -> Entry:
    """The request of a ticket as the note that it becomes in another one."""
    text = f"{ticket.title}\n\n{ticket.body}".strip()
    return Entry(NOTE, ticket.author or act.by.id, ticket.created, text)


def _check_carried(path: str, old: Ticket, new: Ticket, act: Act) -> None:
    """What a thread has after tickets were merged into it, or others split off it."""
    due = [_placed(entry) for entry in old.thread]
    for gone, after in act.tickets().values():
        if gone is not None and after is not None and after.merged_into == new.id and gone.merged_into != new.id:
            due += [_placed(entry, gone.id) for entry in (_request(gone, act), *gone.thread)]
    for one, parent in _split_off(act).items():
        if parent.id == new.id:
            due = _without_split(path, due, parent, act.tickets()[one][1])
    kept = [entry for entry in old.thread if _placed(entry) in due]
    stayed = [entry for entry in new.thread if entry in kept]
    if Counter(_placed(entry) for entry in new.thread) != Counter(due) or stayed != kept:
        raise Refused(
            _("{path}: an entry of the thread was changed, lost or added while it was carried over", path=path),
            _("a merge and a split move entries, and change none"),
        )


def _without_split(path: str, due: list[Said], parent: Ticket, off: Ticket | None) -> list[Said]:
    """The entries that stay when some have gone to a ticket of their own: those before the first that went."""
    went = _thread_of_split(parent, off)
    if went is None or not went or due[-len(went) :] != [_placed(entry) for entry in went]:
        raise Refused(
            _("{path}: an entry of the thread is in neither ticket after the split", path=path),
            _("a merge and a split move entries, and change none"),
        )
    return due[: -len(went)]


def _thread_of_split(parent: Ticket, off: Ticket | None) -> tuple[Entry, ...] | None:
    """The entries of a ticket that were split off; None where the new one has others. A reply becomes the request."""
    if off is None:
        return None
    for number in range(len(parent.thread)):
        rest = parent.thread[number:]
        there = [_placed(entry) for entry in off.thread]
        if there == [_placed(entry) for entry in rest] or (
            there == [_placed(entry) for entry in rest[1:]] and off.body == rest[0].text and rest[0].kind != NOTE
        ):
            return rest
    return None


def _split_off(act: Act) -> dict[str, Ticket]:
    """The tickets that are split off, each with the one that it was a part of, as that was before."""
    found = {}
    tickets = act.tickets()
    for (kind, parent), events in act.told.items():
        old = tickets.get(parent, (None, None))[0] if kind == Ticket.kind else None
        for event in events if old is not None else ():
            if event.verb == "split" and event.after in tickets and tickets[event.after][0] is None and old:
                found[event.after] = old
    return found


def _check_split_off(path: str, new: Ticket, parent: Ticket) -> None:
    if _thread_of_split(parent, new) is None:
        raise Refused(
            _("{path}: an entry was put into the thread that {parent} never had", path=path, parent=parent.id),
            _("a merge and a split move entries, and change none"),
        )
