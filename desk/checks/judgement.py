"""The one judgement of a change: what differs between two states of the desk, and whether who made it was allowed to.

Asked of hand edits before they are committed, of every commit of the past, and of what is pushed. What the message says
can only narrow: the verbs that it tells are held to what they may change and who may use them; of a record that it tells
nothing of, or with a verb that there isn't, everything is judged as if it had been edited by hand.
"""

from __future__ import annotations

from collections.abc import Iterator

from desk.checks import approvals, attachments, consequences, evidence, rights, words
from desk.checks.act import Act, Before, Judge
from desk.checks.world import Known
from desk.domain.knowledge import links
from desk.domain.model.article import Article
from desk.domain.model.kinds import KINDS
from desk.domain.model.person import Ban, User
from desk.domain.model.ticket import Ticket
from desk.domain.people import users
from desk.domain.rights import rights as rights_rights
from desk.domain.rights import verbs
from desk.domain.rights.verb import DESK_ALONE, OF_CAUSE
from desk.errors import Refused
from desk.named import NamedTuple
from desk.store.handedits import ATTACHMENT, DELETED, NEW, STRAY, HandEdit
from desk.text import _

_OF_MAIL = ("cc", "numbers")
"""Fields of a ticket to which no command gives values."""


class Wrong(NamedTuple):
    """A file of a commit, and what its maker had no right to do with it."""

    edit: HandEdit
    error: Refused


def judge(act: Act, before: Before, world: Known) -> Iterator[Wrong]:
    """What a member of staff had no right to do in a commit; at most one a file."""
    for edit in act.edits:
        if edit.kind == STRAY:
            continue
        try:
            for check in _CHECKS:
                check(edit, act, before, world)
        except Refused as error:
            yield Wrong(edit, error)


def _check_reuse(edit: HandEdit, act: Act, before: Before, _world: Known) -> None:
    """Rule 8: ids are never used again; what went may come back as it was."""
    hint = _("choose another name; what is to come back as it was: desk undo COMMIT")
    if isinstance(edit.old, User) and isinstance(edit.new, User) and users.gone(edit.old) and edit.old != edit.new:
        if edit.path not in act.comes_back and (edit.new.name or edit.new.email):
            raise Refused(_("the id {id} was used before, and ids are never reused", id=edit.id), hint)
        return
    if edit.change != NEW or edit.kind not in KINDS or edit.kind == Ban.kind or edit.path in act.comes_back:
        return  # a ban is named after its address, which may be banned again
    moved = any(e.kind == edit.kind and e.id == edit.id and e.change == DELETED for e in act.edits)
    other = None if moved else before.find(edit.kind, edit.id or "")
    if other is not None and other.path != edit.path:
        raise Refused(
            _("{path}: there is another {id} already: {other}", path=edit.path, id=edit.id, other=other.path),
            _("choose another name: git mv {path} NEW", path=edit.path),
        )
    if not moved and before.was_there(edit.kind, edit.id or ""):
        raise Refused(_("the id {id} was used before, and ids are never reused", id=edit.id), hint)


def _check_right(edit: HandEdit, act: Act, before: Before, world: Known) -> None:
    if edit.path in act.comes_back and isinstance(edit.new, Ticket):
        rights_rights.require_delete(act.by, edit.new)  # it takes back a deletion
    if edit.kind == ATTACHMENT:
        attachments.check_attachment(edit, act, before, world)
    elif not act.is_told(edit):
        rights.check(edit, act.by, world)
    elif edit.kind == Ticket.kind:
        _check_ticket(edit, act, before, world)
    elif not _is_caused(edit, act):
        rights.check(edit, act.by, world)


def _is_caused(edit: HandEdit, act: Act) -> bool:
    """Whether an article only follows the problem that it came from, which whoever may close that may bring about."""
    rows = [verbs.find(edit.kind, name) for name in act.verbs(edit) - {"edit"}]
    if edit.kind != Article.kind or not rows or any(row is None or row.right != OF_CAUSE for row in rows):
        return False
    return consequences.is_followed(edit, act)


def _check_ticket(edit: HandEdit, act: Act, before: Before, world: Known) -> None:
    old, new, by = edit.old, edit.new, act.by
    told = act.verbs(edit)
    if edit.change == DELETED:
        if isinstance(old, Ticket):
            rights_rights.require_delete(by, old)
            rights_rights.require_unowned(old)
        return
    if not isinstance(new, Ticket):
        return
    if not isinstance(old, Ticket):
        if not edit.mended:
            rights.check_author(new, by.id, world)
            return
        rights_rights.require_act(by, new, act.verb or "change")
        return
    if odd := sorted(name for name in told - verbs.COMING_ALONG if _is_desks(name)):
        raise Refused(_("{verb} is what desk does by itself, and nobody else", verb=odd[0]))
    rights.check_states(sorted(told), old, new)
    if not act.by_mail and (odd := [name for name in _OF_MAIL if getattr(old, name) != getattr(new, name)]):
        raise Refused(_("{path}: {name}: only what came by mail brings it", path=edit.path, name=odd[0]))
    if not rights_rights.may_act(by, old) and not consequences.follows(edit, act, before, world):
        rights_rights.require_act(by, old, next(iter(sorted(told)), "change"))


def _is_desks(name: str) -> bool:
    row = verbs.find(Ticket.kind, name)
    return row is not None and row.right == DESK_ALONE


def _check_words(edit: HandEdit, act: Act, _before: Before, _world: Known) -> None:
    if edit.path not in act.comes_back:
        words.check_words(edit, act)


def _check_relinked(edit: HandEdit, act: Act, _before: Before, _world: Known) -> None:
    """Where links have to follow a move, nothing but links changes."""
    old, new = edit.old, edit.new
    if not isinstance(new, Article) or not act.is_told(edit):
        return
    if old is None:
        old = next((e.old for e in act.edits if (e.kind, e.id) == (edit.kind, edit.id) and e.change == DELETED), None)
    told = act.verbs(edit)
    if old is None or not told & {"move", "relink"} or "edit" in told or old.body == new.body:
        return
    was, now = (links.relink_text(one.body, lambda _url: "x") for one in (old, new))
    if was != now:
        raise Refused(_("{path}: body: a move changes links, and no other words", path=edit.path))


def _check_ban(edit: HandEdit, act: Act, _before: Before, _world: Known) -> None:
    if isinstance(edit.new, Ban) and edit.new.by not in (
        None,
        act.by.id,
        edit.old.values.get("by") if edit.old else None,
    ):
        raise Refused(
            _("{path}: by: {by} can't ban in the name of {name}", path=edit.path, by=act.by.id, name=edit.new.by),
            _("by: {by}", by=act.by.id),
        )


_CHECKS: tuple[Judge, ...] = (
    _check_reuse,
    _check_right,
    _check_words,
    attachments.check_named,
    evidence.check_evidence,
    approvals.check_approval,
    _check_relinked,
    _check_ban,
)
