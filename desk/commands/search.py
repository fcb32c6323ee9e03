"""desk search: tickets and articles by their words."""

from __future__ import annotations

import click

from desk.app import App
from desk.commands import common
from desk.domain.snippet import snippet
from desk.store import lists
from desk.view.model import Column, Listing

_COLUMNS = (
    Column("id", "ID", "id"),
    Column("kind", "KIND"),
    Column("title", "TITLE", "title"),
    Column("snippet", "WHERE", "title"),
)


@common.leaf("search", example="desk search certificate malta\ndesk search σφαλμα")
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", metavar="N", type=click.IntRange(1), default=20, show_default=True, help="At most N results.")
def search(app: App, words: tuple[str, ...], limit: int) -> Listing:
    """Find tickets and articles that contain all these words, best first; accents and case don't matter."""
    text = " ".join(words)
    scope = app.scope()
    hits = app.store.ask(lambda index: lists.search(index, text, ("ticket", "article"), limit, scope))
    rows = [
        {"id": h.id, "kind": h.kind, "title": h.title, "snippet": snippet(h.body, text), "path": h.path} for h in hits
    ]
    return Listing("hits", rows, _COLUMNS, "nothing found; fewer or shorter words may find more")
