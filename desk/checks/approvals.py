"""Approvals of articles: given by somebody who didn't write the text, in their own name, for this very text."""

from __future__ import annotations

from desk.checks.act import Act, Before
from desk.checks.world import Known
from desk.domain.knowledge import articles, links
from desk.domain.model.article import Article
from desk.errors import Refused
from desk.store.handedits import NEW, OTHER, HandEdit
from desk.text import _, arranged


def check_approval(edit: HandEdit, act: Act, before: Before, world: Known) -> None:
    """Refuse an approval that nobody gave, or that somebody gave themselves."""
    old, new = edit.old, edit.new
    if edit.kind == OTHER and edit.change != NEW:
        _check_picture(edit, act, before, world)
    if not isinstance(new, Article) or edit.path in act.comes_back:
        return
    was = old.approved_by if isinstance(old, Article) else None
    if new.approved_by in (None, was):
        _check_kept(edit, new)
        _check_published(edit, new, world)
        return
    given = [event for event in act.events(edit) if event.verb == "approve"]
    hint = arranged("desk kb review {id} --approve", id=new.id)
    if not given or not act.is_told(edit):
        raise Refused(_("{path}: approved_by: an approval is not written by hand", path=edit.path), hint)
    if new.approved_by != act.by.id:
        raise Refused(
            _(
                "{path}: approved_by: {by} can't approve in the name of {name}",
                path=edit.path,
                by=act.by.id,
                name=new.approved_by,
            ),
            hint,
        )
    if given[-1].after != articles.digest(new) or (
        isinstance(old, Article) and articles.digest(old) != articles.digest(new)
    ):
        raise Refused(_("{path}: approved_by: it is another text that was approved", path=edit.path), hint)
    if act.author_of(new.id) == act.by.id:
        raise Refused(
            _(
                "{by} changed the text of {article} last, so somebody else has to approve it",
                by=act.by.id,
                article=new.id,
            ),
            hint,
        )


def _check_kept(edit: HandEdit, new: Article) -> None:
    """Whoever approved a text has approved no other."""
    old = edit.old
    if new.approved_by is not None and isinstance(old, Article) and articles.digest(old) != articles.digest(new):
        raise Refused(
            _("{path}: approved_by: {name} approved another text than this one", path=edit.path, name=new.approved_by),
            _("take the line out; desk kb review {id} --approve", id=new.id),
        )


def _check_picture(edit: HandEdit, act: Act, before: Before, world: Known) -> None:
    """Where approval is asked for, what was approved shows the pictures that it showed then."""
    if world.config is None or not world.config["kb.approval"] or not edit.path.startswith(f"{Article.folder}/"):
        return
    after = {e.id: e.new for e in act.edits if e.kind == Article.kind}
    for record_id in sorted(world.ids(Article.kind)):
        old = before.find(Article.kind, record_id)
        new = after.get(record_id, old)
        if all(isinstance(one, Article) and _is_shown(one, edit.path) for one in (old, new)):
            raise picture_refused(edit.path, record_id)


def _is_shown(article: Article, path: str) -> bool:
    """Whether readers see a file in an article, or somebody who approved it did."""
    if not article.approved_by and article.state != articles.PUBLISHED:
        return False
    folder = article.path.rpartition("/")[0]
    return any(
        links.is_relative(one.url) and links.target(folder, one.url) == path for one in links.links(article.body)
    )


def picture_refused(path: str, article: str) -> Refused:
    """What is said of a picture of an approved article that is another one now."""
    return Refused(
        _("{path}: {article} was approved with this file, and is not shown with another", path=path, article=article),
        _("first: desk kb review {article} --submit", article=article),
    )


def _check_published(edit: HandEdit, new: Article, world: Known) -> None:
    """Where approval is asked for, readers see no text without one."""
    old = edit.old
    if world.config is None or not world.config["kb.approval"] or new.state != articles.PUBLISHED or new.approved_by:
        return
    same = isinstance(old, Article) and old.state == articles.PUBLISHED and articles.digest(old) == articles.digest(new)
    if not same:
        raise Refused(_("{path}: {article} was published, and nobody had approved it", path=edit.path, article=new.id))
