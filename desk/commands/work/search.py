"""desk search: tickets and articles by their words; and what it shares with desk kb search."""

from __future__ import annotations

from typing import Any

import click

from desk.cli import leaf
from desk.cli.app import App
from desk.domain.matching.snippet import snippet
from desk.local import misses
from desk.queries import search as queries_search
from desk.queries.search import Hit, Where
from desk.text import _, ngettext, pgettext
from desk.view.model import Column, Listing

EMPTY = _("nothing found; fewer or shorter words may find more")
_COLUMNS = (
    Column("id", pgettext("column", "ID"), "id"),
    Column("kind", pgettext("column", "KIND"), "word"),
    Column("state", pgettext("column", "STATE"), "state"),
    Column("owner", pgettext("column", "OWNER")),
    Column("created", pgettext("column", "CREATED"), "time"),
    Column("title", pgettext("column", "TITLE"), "title"),
    Column("snippet", pgettext("column", "WHERE"), "title"),
)
limit_option = click.option(
    "--limit", metavar="N", type=click.IntRange(1, 10**9), default=20, show_default=True, help="At most N results."
)


@leaf.leaf("search", example="desk search certificate malta\ndesk search σφαλμα")
@click.argument("words", nargs=-1, required=True)
@limit_option
def search(app: App, words: tuple[str, ...], limit: int) -> Listing:
    """Find tickets and articles that contain all these words, best first; accents and case don't matter.

    A word may be the beginning of a longer one; other forms of the words are found too. Where few texts have all of
    them, texts that have some of them follow.
    """
    text = " ".join(words)
    where = Where(app.scope())
    app.warn_of_unread("")
    hits, whole = app.store.ask(lambda index: queries_search.search(index, text, limit, where))
    rows = [_told(hit, text) for hit in hits]
    return Listing("hits", rows, _COLUMNS, EMPTY, notes=describe_misses(app, "desk", text, len(hits), whole))


def row(hit: Hit, words: str) -> dict[str, Any]:
    """A hit with the place where the words stand, in whatever form; they are marked by [brackets]."""
    lead = hit.lead.partition("\n")[0]
    shown = snippet(f"{hit.body}\n{lead}" if hit.kind == "ticket" else f"{lead}\n{hit.body}", words)
    return {"id": hit.id, "kind": hit.kind, "title": hit.title, "snippet": shown, "path": hit.path}


def _told(hit: Hit, words: str) -> dict[str, Any]:
    """A hit with where it stands: whose it is, and since when."""
    return {**row(hit, words), "state": hit.state, "owner": hit.owner, "created": hit.created}


def describe_misses(app: App, where: str, words: str, found: int, whole: int) -> tuple[str, ...]:
    """What is to be told of a search where not all that was `found` has all the words, but the first `whole` only.

    Where none has, it is remembered, unless the settings say no.
    """
    if not whole and app.config["kb.remember_misses"]:
        misses.remember(app.place, app.now, where, words)
    if not found or found == whole:
        return ()
    if not whole:
        return (_("no text has all these words; these have some of them"),)
    return (
        ngettext(
            "the first has all these words; the others have some of them",
            "the first {n} have all these words; the others have some of them",
            whole,
        ),
    )
