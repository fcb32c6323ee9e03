"""desk kb review: what waits, what changed since it was published, and the approval of somebody else."""

from __future__ import annotations

from difflib import unified_diff
from typing import Any

import click

from desk.actions import articles, publishing
from desk.cli import arguments, leaf, told
from desk.cli.app import App
from desk.commands.kb.listing import STATE
from desk.domain.knowledge import articles as knowledge_articles
from desk.domain.model.article import Article
from desk.errors import UsageFault
from desk.index.index import Index
from desk.queries import knowledge, problems
from desk.text import _, pgettext
from desk.view.model import Column, Detail, Done, Listing

_COLUMNS = (
    Column("id", pgettext("column", "ARTICLE"), "id"),
    STATE,
    Column("why", pgettext("column", "WHY"), "verb"),
    Column("review", pgettext("column", "REVIEW"), "time"),
    Column("title", pgettext("column", "TITLE"), "title"),
    Column("author", pgettext("column", "AUTHOR"), "plain", 1),
)


_STEPS = {"submit": articles.submit, "approve": articles.approve, "back": articles.send_back}


@leaf.leaf(
    "review",
    example="desk kb review\ndesk kb review partner-not-reachable\n"
    'desk kb review partner-not-reachable --approve --reason "checked with operations"',
)
@click.argument("slugs", metavar="[SLUG…]", nargs=-1, shell_complete=arguments.complete_article)
@click.option("--submit", is_flag=True, help="Hand it in for review.")
@click.option("--approve", is_flag=True, help="Approve this very text; not possible for whoever changed it last.")
@click.option("--return", "back", is_flag=True, help="Send it back to its author as a draft.")
@click.option("--stale", is_flag=True, help="List only published articles whose review date has come.")
@arguments.reason_option
def review(
    app: App, slugs: tuple[str, ...], submit: bool, approve: bool, back: bool, stale: bool, reason: str | None
) -> Listing | Detail | Done:
    """Without SLUG, list what waits for somebody; with one, show what changed since it was published.

    --submit, --approve and --return are steps of all languages of an article, or of the one that is named with its
    language. An approval is for that very text: any later change needs a new one. Level 2 for the steps.
    """
    steps = [name for name, given in (("submit", submit), ("approve", approve), ("back", back)) if given]
    if len(steps) > 1:
        raise UsageFault(_("only one step at a time"), _("--submit, --approve or --return"))
    if not slugs:
        if steps or reason:
            raise UsageFault(_("which article?"), "desk kb review SLUG --approve")
        return _waiting(app, stale=stale)
    if stale:
        raise UsageFault(_("--stale is for the list"), "desk kb review --stale")
    if not steps:
        return _differences(app, slugs)
    return told.answer_articles(_STEPS[steps[0]](app, arguments.article_names(app, slugs), reason))


# -- what waits --------------------------------------------------------------------------------------------------------


def _waiting(app: App, *, stale: bool) -> Listing:
    today = app.local(app.now).date().isoformat()

    def question(index: Index) -> list[dict[str, Any]]:
        found = []
        touched = knowledge.find_touched(index)
        for row in index.rows("article", "state <> 'retired'", tail="ORDER BY review IS NULL, review, id"):
            why = _why(index, row, today) or (_changed(app, index, row) if row["id"] in touched else None)
            if why and (not stale or why[0] == "stale"):
                found.append({**row, "reason": why[0], "why": why[1]})
        return found

    empty = _("no review date has come") if stale else _("nothing waits for review")
    app.warn_of_unread("kb/")
    return Listing("articles", app.store.ask(question), _COLUMNS, empty)


def _why(index: Index, row: dict[str, Any], today: str) -> tuple[str, str] | None:
    """Why an article waits for somebody: a word for machines, and words for people."""
    if row["state"] == knowledge_articles.REVIEW:
        return (
            ("review", _("approved by {approved_by}", approved_by=row["approved_by"]))
            if row["approved_by"]
            else ("review", _("waits for review"))
        )
    if row["state"] != knowledge_articles.PUBLISHED:
        return None
    if row["review"] and row["review"] <= today:
        return "stale", _("its review date has come")
    if row["problem"] and not row["fix"] and problems.is_closed(index, row["problem"]):
        return "problem-closed", _("{problem} is closed, and it names no fix", problem=row["problem"])
    return None


def _changed(app: App, index: Index, row: dict[str, Any]) -> tuple[str, str] | None:
    """Whether readers see a text that was never published as it is."""
    record = app.store.read(Article.kind, row["id"]) if row["state"] == knowledge_articles.PUBLISHED else None
    if isinstance(record, Article) and not knowledge.unchanged(app.store.place, index, record):
        return "changed", _("changed since it was published")
    return None


# -- what changed ------------------------------------------------------------------------------------------------------


def _differences(app: App, slugs: tuple[str, ...]) -> Detail:
    items = []
    for name in arguments.article_names(app, slugs):
        ids = app.store.ask(lambda index, n=name: knowledge.article_ids(index, n)) or [name]  # type: ignore[misc]
        items += [_difference(app, article_id) for article_id in ids]
    return Detail("reviews", items)


def _difference(app: App, article_id: str) -> dict[str, Any]:
    path, now = publishing.file_of(app.store, article_id)
    found = app.store.ask(lambda index: knowledge.published_text(app.store.place, index, article_id))
    then = found[1].decode(errors="replace") if found else ""
    lines = list(unified_diff(then.splitlines(), now.splitlines(), "published", "now", lineterm=""))
    approval = app.store.ask(lambda index: knowledge.approval(index, article_id))
    record = publishing.read_committed_or_new(app.store, path)
    approved = bool(approval and approval[0] == record.approved_by and approval[1] == knowledge_articles.digest(record))
    return {
        "id": article_id,
        "path": path,
        "state": record.state,
        "since": found[0] if found else None,
        "author": app.store.ask(lambda index: knowledge.last_author(index, article_id)),
        "approved_by": record.approved_by if approved else None,
        "diff": "\n".join(lines),
    }
