"""desk kb show and history."""

from __future__ import annotations

from typing import Any

import click

from desk.actions import identifiers, publishing
from desk.cli import answers, arguments, complete, leaf
from desk.cli.app import App
from desk.commands.ticket.history import HISTORY
from desk.domain.model import plain
from desk.domain.model.article import Article, base_of
from desk.index.index import Index
from desk.queries import knowledge, problems
from desk.queries import tickets as queries_tickets
from desk.text import _, pgettext
from desk.view.model import Column, Detail, Listing


@leaf.leaf("show", example="desk kb show which-countries\ndesk kb show which-countries --language el")
@arguments.slugs
@click.option(
    "--language", metavar="L", shell_complete=complete.complete_language, help="In this language, if there is one."
)
def show(app: App, slugs: tuple[str, ...], language: str | None) -> Detail:
    """Show articles as their files say now, laid out for the terminal, as written when piped.

    SLUG without a language means the desk's first language; a missing translation falls back to one that exists.
    """
    wanted = identifiers.require_listed(app, "desk.languages", language)
    names = arguments.article_names(app, slugs)
    return answers.detail("article", "articles", [_item(app, n, wanted) for n in names], several=len(names) > 1)


def _item(app: App, name: str, language: str | None) -> dict[str, Any]:
    article_id = _chosen(app, name, language)
    path, _ = publishing.file_of(app.store, article_id)
    record = publishing.read_as_written(app.store, path)
    return {**plain.whole(record), **app.store.ask(lambda index: _more(app, index, record))}


def _chosen(app: App, name: str, language: str | None) -> str:
    """Which of the languages is shown: the one that was named, the one asked for, the first of the desk's that exists."""
    variants = app.store.ask(lambda index: knowledge.variants(index, base_of(name)))
    known = {str(v["id"]): v["language"] for v in variants}
    if not known or (name not in known and name != base_of(name)):
        return name
    if language is None and (name in known and name != base_of(name)):
        return name
    order: list[str | None] = [language] if language else []
    order += [x for x in app.config["desk.languages"] if x not in order]
    found = min(known, key=lambda i: (order.index(known[i]) if known[i] in order else len(order), i))
    if language and known[found] != language:
        app.warnings.append(
            _(
                "{article} is not there in {language}; it is shown in {other}",
                article=base_of(name),
                language=language,
                other=known[found] or _("its language"),
            )
        )
    return found


def _more(app: App, index: Index, article: Article) -> dict[str, Any]:
    """What is known of an article beside its own file."""
    rows = knowledge.variants(index, article.base)
    topics = index.rows("topic", "id = ?", (article.topic,))
    scope = app.scope()
    tickets = problems.incidents_of(index, article.problem) if article.problem else []
    seen = [t for t in tickets if scope is None or scope.shows(t["department"], t["author"])]
    problem = index.rows("ticket", "id = ?", (article.problem,)) if article.problem else []
    return {
        "languages": [{"id": r["id"], "language": r["language"], "state": r["state"]} for r in rows],
        "topic_title": _topic_title(topics[0], article.language) if topics else None,
        "topic_icon": topics[0]["icon"] if topics else None,
        "private": bool(topics[0]["private"]) if topics else True,
        "problem_state": problem[0]["state"] if problem else None,
        "incidents": [{n: t[n] for n in ("id", "state", "priority", "department", "title")} for t in seen],
        "people": queries_tickets.names(index, {p for p in (article.author, article.approved_by) if p}),
    }


def _topic_title(topic: dict[str, Any], language: str | None) -> str:
    return str(topic["titles"].get(language) or topic["title"])


@leaf.leaf("history", example="desk kb history which-countries")
@arguments.slugs
def history(app: App, slugs: tuple[str, ...]) -> Listing:
    """Show who did what to an article and when, in all its languages, oldest first. It comes from git's history."""
    names = arguments.article_names(app, slugs)
    ids = [i for name in names for i in _ever(app, name)]
    app.warn_of_cut()
    rows: list[dict[str, Any]] = []
    for article_id in ids:
        events = app.store.ask(lambda index, i=article_id: queries_tickets.history(index, Article.kind, i))  # type: ignore[misc]
        rows += [{"id": article_id, **e} for e in events]
    rows.sort(key=lambda r: str(r["at"]))
    columns = HISTORY if len(set(ids)) < 2 else (Column("id", pgettext("column", "ARTICLE"), "id"), *HISTORY)
    return Listing("history", rows, columns, _("nothing has happened since it came with the desk"))


def _ever(app: App, name: str) -> list[str]:
    """The languages of an article; a deleted article has a history too."""
    found = app.store.ask(lambda index: knowledge.article_ids(index, name))
    if not found and app.store.ask(lambda index: index.used(Article.kind, name)):
        return [name]
    if not found:
        raise app.store.missing(Article.kind, name)
    return found
