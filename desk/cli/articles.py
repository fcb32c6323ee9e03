"""Acting on articles: names as typed → every language meant → one plan inside the lock → one commit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, TypeVar, cast

import click

from desk.actions import identifiers
from desk.cli import complete, organisation
from desk.cli.acting import sentence
from desk.cli.organisation import Draft
from desk.domain.knowledge.articles import Untimely
from desk.domain.model import plain
from desk.domain.model.article import Article, base_of
from desk.domain.model.change import Change, Edit, join
from desk.domain.model.person import Staff
from desk.domain.rights import rights
from desk.errors import UsageFault
from desk.index.index import Index
from desk.queries import knowledge
from desk.session.session import App
from desk.store.snapshot import Snapshot
from desk.store.store import Committed
from desk.view.model import Done

F = TypeVar("F", bound=Callable[..., Any])
complete_topic = complete.complete_kind("topic")
complete_article = complete.complete_kind("article")
slugs = click.argument("slugs", metavar="SLUG…", nargs=-1, required=True, shell_complete=complete_article)
one_slug = click.argument("slug", metavar="SLUG", shell_complete=complete_article)
reason_option = click.option("-m", "--reason", metavar="TEXT", help="Why; it stands in the history.")


def named(given: Iterable[str]) -> list[str]:
    """Names as typed, repeated, joined by commas, or from stdin; the path of an article's file will do."""
    words = (organisation.normal(word) for word in identifiers.words(given))
    return list(dict.fromkeys(w.rpartition("/")[2].removesuffix(".md") for w in words))


def meant(index: Index, name: str) -> list[str]:
    """Ids that a name stands for: every language of an article, or the one that is named with it; none if unknown."""
    found = [str(row["id"]) for row in knowledge.variants(index, base_of(name))]
    if name in found and name != base_of(name):
        return [name]
    return found if name == base_of(name) else []


def all_meant(snapshot: Snapshot, names: Iterable[str]) -> list[str]:
    """As `meant` for several names; NotFound for one that is unknown."""
    found: list[str] = []
    for name in names:
        ids = meant(snapshot.index, name)
        if not ids:
            raise snapshot.missing("article", name)
        found += [i for i in ids if i not in found]
    return found


def check_first(app: App) -> None:
    """Before somebody starts to write: whether they may. The commit asks again."""
    rights.require_level(cast("Staff", app.store.read("staff", app.me())), Article.kind)


def act(app: App, given: Iterable[str], one: Callable[[Draft, Article, Staff, datetime], Change | None]) -> Committed:
    """Run a verb on every language of every article named, as one commit.

    None from the verb passes one over, and so does a step that it can't take now, as long as another language can.
    """
    names = named(given)

    def plan(snapshot: Snapshot, by: Staff, at: datetime) -> Change:
        organisation.require_level(snapshot, by, Article.kind)
        draft = Draft(snapshot)
        untimely: list[Untimely] = []
        for article_id in all_meant(snapshot, names):
            try:
                change = one(draft, draft.get(Article, article_id), by, at)
            except Untimely as error:
                if article_id in names and article_id != base_of(article_id):
                    raise
                untimely.append(error)
                continue
            except ValueError as error:
                raise UsageFault(str(error)) from None
            if change is not None:
                draft.take(change)
        if not draft.changes:
            raise untimely[0] if untimely else UsageFault("nothing to do", f"see: desk kb show {names[0]}")
        return join(draft.changes)

    return app.apply(plan)


def told(done: Committed, *, several: bool = True) -> Done:
    """What became of each article, in the order of the commit."""
    articles = [e for e in done.change.edits if isinstance(e.record, Article)]
    items = [{**plain.whole(e.record), **({"deleted": True} if e.after is None else {})} for e in articles]
    lines = tuple(f"{e.record.id}  {said(e)}" for e in done.change.edits)
    return Done("articles", items, lines) if several else Done("article", items[0], lines)


def said(edit: Edit) -> str:
    """The events of one article in words."""
    words = sentence(edit)
    after = edit.after
    if isinstance(after, Article) and edit.events and edit.events[0].verb == "publish" and after.review:
        return f"{words}; to be looked at again by {after.review}"
    return words
