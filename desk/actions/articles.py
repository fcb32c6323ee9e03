"""What can be done with articles: written, changed, moved, reviewed, published, retired, deleted. Each is one commit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, cast

from desk.actions import identifiers, publishing
from desk.actions.draft import Draft, require_fresh, require_level
from desk.actions.publishing import Publication, Shelf
from desk.domain.knowledge import articles
from desk.domain.knowledge.articles import Untimely
from desk.domain.model.actor import Actor
from desk.domain.model.article import Article, Topic, base_of
from desk.domain.model.change import Change, join
from desk.domain.model.person import Staff
from desk.domain.rights import rights
from desk.errors import Refused, UsageFault
from desk.index.index import Index
from desk.queries import knowledge
from desk.session.session import Session
from desk.setting import MOST_DAYS
from desk.store.snapshot import Snapshot
from desk.store.store import Committed
from desk.text import _

# -- names: a record for each language ---------------------------------------------------------------------------------


def _every_id(snapshot: Snapshot, names: Iterable[str]) -> list[str]:
    """Ids that names stand for, each once; NotFound for one that is unknown."""
    every: list[str] = []
    for name in names:
        ids = knowledge.article_ids(snapshot.index, name)
        if not ids:
            raise snapshot.missing(Article.kind, name)
        every += [i for i in ids if i not in every]
    return every


def require_articles(session: Session) -> None:
    """Before somebody starts to write: whether they may. The commit asks again."""
    rights.require_level(cast("Staff", session.store.read("staff", session.me())), Article.kind)


# -- writing -----------------------------------------------------------------------------------------------------------


def create(session: Session, article: Article) -> Committed:
    """Add an article, which begins as a draft."""
    if article.state != articles.DRAFT or article.published or article.approved_by:
        raise Refused(
            _("{article} begins as a draft", article=article.id),
            _("afterwards: desk kb publish {article}", article=article.id),
        )

    def plan(snapshot: Snapshot, by: Actor, at: datetime) -> Change:
        require_level(snapshot, by, Article.kind)
        draft = Draft(snapshot)
        draft.get(Topic, article.topic)
        for tag in article.tags:
            snapshot.get("tag", tag)
        require_free(snapshot.index, article)
        require_fresh(draft, Article, article.id)
        return articles.create(article, by=by, at=at)

    return session.apply(plan)


def require_free(index: Index, article: Article) -> None:
    """Refuse a name that another article has."""
    if index.path_of(Article.kind, article.id):
        hint = _("see: desk kb show {article}; or choose another name: --slug NAME", article=article.id)
        raise Refused(_("there is an article {article} already", article=article.id), hint)


EDITABLE = (
    "title",
    "type",
    "service",
    "problem",
    "symptom",
    "cause",
    "workaround",
    "fix",
    "tags",
    "keywords",
    "review",
)
"""Fields that are changed as such; the others have verbs of their own, or never change."""
_TEXTS = ("title", "symptom", "cause", "workaround", "fix")


def edit(session: Session, names: Iterable[str], values: Mapping[str, Any], text: str | None = None) -> Committed:
    """Change fields of every language of articles, or a text of one; None takes a field away."""
    identifiers.require_among(values, EDITABLE, Article.kind)
    approval = session.config["kb.approval"]
    own = [n for n in _TEXTS if n in values] + (["the text"] if text is not None else [])
    wanted = list(names)

    def plan(snapshot: Snapshot, by: Actor, at: datetime) -> Change:
        require_level(snapshot, by, Article.kind)
        draft = Draft(snapshot)
        for tag in values.get("tags") or ():
            snapshot.get("tag", tag)
        ids = [i for name in wanted for i in _one_or_all(snapshot, name, own)]
        for article_id in dict.fromkeys(ids):
            before = draft.get(Article, article_id)
            try:
                after = before.evolve(body=None if text is None else text.strip("\n"), **values)
            except ValueError as error:
                raise UsageFault(str(error)) from None
            publishing.require_sound(snapshot, after, session.config)
            draft.take(articles.edit(before, after, by=by, at=at, approval=approval))
        return join(draft.changes)

    return session.apply(plan)


def _one_or_all(snapshot: Snapshot, name: str, own: list[str]) -> list[str]:
    """The languages that are changed: a text belongs to the one that has the very name."""
    ids = _every_id(snapshot, [name])
    if not own or len(ids) == 1:
        return ids
    if name in ids:
        return [name]
    raise UsageFault(
        _("{name} has several languages: {ids}", name=name, ids=", ".join(ids)),
        _("{own} belongs to one of them: name it", own=own[0]),
    )


def save(session: Session, path: str, start: str, after: Article) -> Committed:
    """An article as it came back from an editor that began with its file, `start`: hand edits that were in it are in this, too."""

    def plan(snapshot: Snapshot, by: Actor, at: datetime) -> Change:
        require_level(snapshot, by, Article.kind)
        snapshot.taken[path] = start.encode()
        publishing.require_sound(snapshot, after, session.config)
        before = snapshot.find(Article.kind, after.id)
        if not isinstance(before, Article):
            return articles.create(after, by=by, at=at)
        return articles.edit(before, after, by=by, at=at, approval=session.config["kb.approval"])

    return session.apply(plan)


def move(session: Session, names: Iterable[str], topic: str) -> Committed:
    """Move articles into another topic, with all their languages; links that lead to them follow."""
    bases = [base_of(name) for name in names]

    def plan(snapshot: Snapshot, by: Actor, at: datetime) -> Change:
        require_level(snapshot, by, Article.kind)
        draft = Draft(snapshot)
        draft.get(Topic, topic)
        every = _every_id(snapshot, bases)
        moving = [a for a in draft.several(Article, every) if a.topic != topic]
        if not moving:
            raise UsageFault(
                _("{every} lies in {topic} already", every=", ".join(every), topic=topic), _("desk kb topic list")
            )
        following = publishing.relink_articles(snapshot, moving, topic)
        return articles.move(moving, topic, following, by=by, at=at, approval=session.config["kb.approval"])

    return session.apply(plan)


# -- publishing --------------------------------------------------------------------------------------------------------


def publish(
    session: Session, names: Iterable[str], *, review: date | None = None, reason: str | None = None
) -> Committed:
    """Check articles and put them before their readers, hand edits included, to be looked at again by a day."""
    day, wanted = review or _review_day(session), list(names)

    def plan(snapshot: Snapshot, by: Actor, at: datetime) -> Change:
        require_level(snapshot, by, Article.kind)
        shelf = Shelf(snapshot, session.config, by, at)
        changes = [_published(session, shelf, one, day, at) for one in _wanted(shelf, wanted)]
        files = {path: data for change in changes for path, data in change.files.items()}
        return join(changes)._replace(reason=reason, files=files)

    done = session.apply(plan)
    _warn_of_dead_ends(session, done)
    return done


def _review_day(session: Session) -> date | None:
    days = min(session.config["kb.review_days"], MOST_DAYS)
    return session.local(session.now).date() + timedelta(days=days) if days else None


def _wanted(shelf: Shelf, names: list[str]) -> list[Publication]:
    """What is to be published, each article once."""
    found: dict[str, Publication] = {}
    for name in names:
        ids = shelf.ids(name)
        if not ids:
            raise shelf.snapshot.missing(Article.kind, name)
        every = [shelf.candidate(i) for i in ids]
        kept = [c for c in every if c.after.state != articles.RETIRED] or every
        fresh = [
            c
            for c in kept
            if c.edited
            or c.after.state != articles.PUBLISHED
            or not knowledge.unchanged(shelf.snapshot.place, shelf.snapshot.index, c.after)
        ]
        found.update({c.after.id: c for c in fresh or kept})
    return list(found.values())


def _published(session: Session, shelf: Shelf, one: Publication, day: date | None, at: datetime) -> Change:
    shelf.require_ready(one)
    if session.config["kb.approval"]:
        approved = knowledge.approval(shelf.snapshot.index, one.after.id)
        given = approved[1] if approved and approved[0] == one.after.approved_by else None
        articles.require_approval(one.after, given)
    shelf.take(one)
    return articles.publish(one.before, one.after, day, by=shelf.by, at=at, files=one.files)


def _warn_of_dead_ends(session: Session, done: Committed) -> None:
    """Say which links of a published article lead to one that readers don't see."""
    for change in done.change.edits:
        if isinstance(change.after, Article):
            for other, state in publishing.find_dead_ends(session.store.index, change.after):
                session.warnings.append(
                    _(
                        "{article} leads to {other}, which is {state} and not shown to requesters",
                        article=change.after.id,
                        other=other,
                        state=state,
                    )
                )


# -- taking away -------------------------------------------------------------------------------------------------------


def retire(session: Session, names: Iterable[str], reason: str | None = None) -> Committed:
    """Take articles from their readers; they stay in the desk."""

    def one(_: Draft, article: Article, by: Actor, at: datetime) -> Change:
        return articles.retire(article, by=by, at=at, reason=reason)

    done = _act(session, names, one)
    snapshot = session.store.snapshot(session.store.index, session.store.commit_now())
    for path, line, url in publishing.find_links_to(snapshot, {e.record.path for e in done.change.edits}):
        session.warnings.append(_("{path}:{line} still leads there: {url}", path=path, line=line, url=url))
    return done


def delete(session: Session, names: Iterable[str], reason: str | None = None) -> Committed:
    """Delete articles to which no other leads; git keeps what they said."""
    wanted = list(names)

    def plan(snapshot: Snapshot, by: Actor, at: datetime) -> Change:
        require_level(snapshot, by, Article.kind)
        going = Draft(snapshot).several(Article, _every_id(snapshot, wanted))
        leading = publishing.find_links_to(snapshot, {a.path for a in going}, live=False)
        if leading:
            path, line, url = leading[0]
            more = _(" and {n} more", n=len(leading) - 1) if len(leading) > 1 else ""
            raise Refused(
                _("{path}:{line}{more} leads there: {url}", path=path, line=line, more=more, url=url),
                _("change that first, or: desk kb retire SLUG"),
            )
        if not going:
            raise UsageFault(_("nothing to delete"), "desk kb list")
        return join([articles.delete(a, by=by, at=at, reason=reason) for a in going])

    return session.apply(plan)


# -- review ------------------------------------------------------------------------------------------------------------


def submit(session: Session, names: Iterable[str], reason: str | None = None) -> Committed:
    """Hand articles in for review."""

    def one(draft: Draft, article: Article, by: Actor, at: datetime) -> Change | None:
        states = {row["state"] for row in knowledge.variants(draft.index, article.base)}
        # One language was written anew; those that readers have stay where they are.
        if articles.DRAFT in states and article.state != articles.DRAFT:
            return None
        return articles.submit(article, by=by, at=at, reason=reason)

    return _act(session, names, one)


def approve(session: Session, names: Iterable[str], reason: str | None = None) -> Committed:
    """Approve texts as they are; not possible for whoever changed them last."""

    def one(draft: Draft, article: Article, by: Actor, at: datetime) -> Change:
        author = knowledge.last_author(draft.index, article.id)
        return articles.approve(article, author, by=by, at=at, reason=reason)

    return _act(session, names, one)


def send_back(session: Session, names: Iterable[str], reason: str | None = None) -> Committed:
    """Send articles back to their authors as drafts."""

    def one(_: Draft, article: Article, by: Actor, at: datetime) -> Change:
        return articles.send_back(article, by=by, at=at, reason=reason)

    return _act(session, names, one)


def _act(
    session: Session, names: Iterable[str], one: Callable[[Draft, Article, Actor, datetime], Change | None]
) -> Committed:
    """Run a verb on every language of every article named, as one commit.

    None from the verb passes one over, and so does a step that it can't take now, as long as another language can.
    """
    wanted = list(names)

    def plan(snapshot: Snapshot, by: Actor, at: datetime) -> Change:
        require_level(snapshot, by, Article.kind)
        draft = Draft(snapshot)
        untimely: list[Untimely] = []
        for article_id in _every_id(snapshot, wanted):
            try:
                change = one(draft, draft.get(Article, article_id), by, at)
            except Untimely as error:
                if article_id in wanted and article_id != base_of(article_id):
                    raise
                untimely.append(error)
                continue
            except ValueError as error:
                raise UsageFault(str(error)) from None
            if change is not None:
                draft.take(change)
        if not draft.changes:
            raise (
                untimely[0]
                if untimely
                else UsageFault(_("nothing to do"), _("see: desk kb show {wanted}", wanted=wanted[0]))
            )
        return join(draft.changes)

    return session.apply(plan)
