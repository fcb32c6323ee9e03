"""desk kb publish, retire, delete: before the readers and away from them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import click

from desk.actions import acting, publishing
from desk.actions.draft import Draft, require_level
from desk.actions.publishing import Publication, Shelf
from desk.cli import arguments, dates, leaf, told
from desk.cli.app import App
from desk.domain.knowledge import articles as knowledge_articles
from desk.domain.model.actor import Actor
from desk.domain.model.article import Article
from desk.domain.model.change import Change, join
from desk.errors import Refused, UsageFault
from desk.queries import knowledge
from desk.store.snapshot import Snapshot
from desk.store.store import Committed
from desk.view.model import Done


@leaf.leaf("publish", example="desk kb publish how-do-i-get-my-summary\ndesk kb publish which-countries.el --review 6m")
@arguments.slugs
@click.option(
    "--review",
    metavar="DATE",
    help="To be looked at again by this day: 2027-01-31, 90d, 6m; by default kb.review_days.",
)
@arguments.reason_option
def publish(app: App, slugs: tuple[str, ...], review: str | None, reason: str | None) -> Done:
    """Check articles, stamp them and put them before their readers, hand edits included, as one commit. Level 2.

    SLUG means all languages of the article that changed since they were published; if none has, all are confirmed for
    another period. Front matter, links, pictures and languages are checked; nothing is committed if anything is wrong.
    """
    day = _review_day(app, review)
    names = arguments.article_names(app, slugs)

    def plan(snapshot: Snapshot, by: Actor, at: datetime) -> Change:
        require_level(snapshot, by, Article.kind)
        shelf = Shelf(snapshot, app.config, by)
        changes = [_published(app, shelf, one, day, by, at) for one in _wanted(shelf, names)]
        files = {path: data for change in changes for path, data in change.files.items()}
        return join(changes)._replace(reason=reason, files=files)

    done = app.apply(plan)
    _mind_dead_ends(app, done)
    return told.told_articles(done)


def _review_day(app: App, given: str | None) -> date | None:
    day = dates.future_day(app, given)
    if day or not app.config["kb.review_days"]:
        return day
    return app.local(app.now).date() + timedelta(days=app.config["kb.review_days"])


def _wanted(shelf: Shelf, names: list[str]) -> list[Publication]:
    """What is to be published, each article once."""
    found: dict[str, Publication] = {}
    for name in names:
        ids = shelf.ids(name)
        if not ids:
            raise shelf.snapshot.missing(Article.kind, name)
        every = [shelf.candidate(i) for i in ids]
        kept = [c for c in every if c.after.state != knowledge_articles.RETIRED] or every
        fresh = [
            c
            for c in kept
            if c.edited
            or c.after.state != knowledge_articles.PUBLISHED
            or not knowledge.unchanged(shelf.snapshot.place, shelf.snapshot.index, c.after)
        ]
        found.update({c.after.id: c for c in fresh or kept})
    return list(found.values())


def _published(app: App, shelf: Shelf, one: Publication, day: date | None, by: Actor, at: datetime) -> Change:
    shelf.require_ready(one)
    if app.config["kb.approval"]:
        approved = knowledge.approval(shelf.snapshot.index, one.after.id)
        given = approved[1] if approved and approved[0] == one.after.approved_by else None
        knowledge_articles.require_approval(one.after, given)
    shelf.take(one)
    return knowledge_articles.publish(one.before, one.after, day, by=by, at=at, files=one.files)


def _mind_dead_ends(app: App, done: Committed) -> None:
    """Say which links of a published article lead to one that readers don't see."""
    for edit in done.change.edits:
        if isinstance(edit.after, Article):
            for other, state in publishing.dead_ends(app.store.index, edit.after):
                app.warnings.append(f"{edit.after.id} leads to {other}, which is {state} and not shown to requesters")


@leaf.leaf("retire", example='desk kb retire partner-not-reachable --reason "replaced by partner-outage"')
@arguments.slugs
@arguments.reason_option
def retire(app: App, slugs: tuple[str, ...], reason: str | None) -> Done:
    """Take articles from their readers; they stay in the desk, and desk kb publish brings them back. Level 2."""

    def one(_draft: Draft, article: Article, by: Actor, at: datetime) -> Change:
        return knowledge_articles.retire(article, by=by, at=at, reason=reason)

    done = acting.act_on_articles(app, arguments.article_names(app, slugs), one)
    _mind_links(app, {e.record.path for e in done.change.edits})
    return told.told_articles(done)


def _mind_links(app: App, paths: set[str]) -> None:
    """Say which published articles lead to those that are no longer shown."""
    snapshot = app.store.snapshot(app.store.index, app.store.commit_now())
    for path, line, url in publishing.linking_to(snapshot, paths):
        app.warnings.append(f"{path}:{line} still leads there: {url}")


@leaf.leaf("delete", example='desk kb delete partner-outage --reason "written twice"')
@arguments.slugs
@arguments.reason_option
def delete(app: App, slugs: tuple[str, ...], reason: str | None) -> Done:
    """Delete articles to which no other leads; git keeps what they said. To keep them at hand, retire them. Level 2."""
    names = arguments.article_names(app, slugs)

    def plan(snapshot: Snapshot, by: Actor, at: datetime) -> Change:
        require_level(snapshot, by, Article.kind)
        going = Draft(snapshot).several(Article, acting.every_article_id(snapshot, names))
        leading = publishing.linking_to(snapshot, {a.path for a in going}, live=False)
        if leading:
            path, line, url = leading[0]
            more = f" and {len(leading) - 1} more" if len(leading) > 1 else ""
            raise Refused(f"{path}:{line}{more} leads there: {url}", "change that first, or: desk kb retire SLUG")
        if not going:
            raise UsageFault("nothing to delete", "desk kb list")
        return join([knowledge_articles.delete(a, by=by, at=at, reason=reason) for a in going])

    return told.told_articles(app.apply(plan))
