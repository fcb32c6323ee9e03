"""What stands in the way of an article, and what is to be remarked."""

from __future__ import annotations

from collections.abc import Iterator

from desk.checks import links
from desk.checks.world import World
from desk.codec import locate
from desk.domain.knowledge import articles
from desk.domain.knowledge.articles import PUBLISHED
from desk.domain.model.article import Article
from desk.errors import DeskError, Refused
from desk.queries import knowledge
from desk.store.handedits import DELETED, HandEdit
from desk.text import _


def find_article_problem(edit: HandEdit, world: World) -> DeskError | None:
    """Why a hand edit in the knowledge base can't be committed; None if nothing is against it."""
    if edit.change == DELETED:
        return _missed(edit, world)
    old, new = edit.old, edit.new
    if not isinstance(new, Article) or not (old is None or isinstance(old, Article)):
        return None
    if new.approved_by not in (None, old.approved_by if old else None):
        where = f"{edit.path}:{locate.line_of(edit.after, 'approved_by')}"
        return Refused(
            _("{where}: approved_by: an approval is not written by hand", where=where),
            _("take the line out; desk kb review {id} --approve", id=new.id),
        )
    return (_unapproved(old, new, world) or _unreadable(edit, new, world)) if new.state == PUBLISHED else None


def _unapproved(old: Article | None, new: Article, world: World) -> DeskError | None:
    """Where approval is asked for, readers see no text without one, whoever wrote `state: published`."""
    if world.config is None or not world.config["kb.approval"]:
        return None
    if old is not None and old.state == PUBLISHED and articles.digest(old) == articles.digest(new):
        return None
    given = knowledge.approval(world.index, new.id)
    try:
        articles.require_approval(new, given[1] if given and given[0] == new.approved_by else None)
    except articles.Approval as error:
        hint = _(
            "state: review, then: desk commit; a colleague: desk kb review {id} --approve; desk kb publish {id}",
            id=new.id,
        )
        return Refused(error.message, hint)
    return None


def _unreadable(edit: HandEdit, new: Article, world: World) -> DeskError | None:
    if world.knowledge is None:
        return None
    try:
        links.require_readable(new, edit.after or b"", world.knowledge.files, world.private_topics())
    except DeskError as error:
        return error
    return None


def _missed(edit: HandEdit, world: World) -> DeskError | None:
    """A file that published articles lead to is not deleted from under them."""
    knows = world.knowledge
    if knows is None or not edit.path.startswith("kb/"):
        return None
    published = knowledge.paths(world.index, published=True)
    others = [path for path in published if path not in knows.touched and path in knows.files]
    contents = links.contents(knows.place, world.index.commit or "HEAD", others)
    found = next(links.find_leading_to({edit.path}, contents), None)
    if found is None:
        return None
    path, line, url = found
    return Refused(
        _("{path} can't be deleted: {where}:{line} leads there: {url}", path=edit.path, where=path, line=line, url=url),
        _("mend the link too, or have it back: git checkout HEAD -- {path}", path=edit.path),
    )


def remarks(edits: list[HandEdit]) -> Iterator[str]:
    """What is allowed, and still not quite right."""
    for edit in edits:
        new, old = edit.new, edit.old
        if isinstance(new, Article) and new.state == PUBLISHED and new.published is None and new != old:
            yield _("{id} is published by hand, without its dates: desk kb publish {id}", id=new.id)
