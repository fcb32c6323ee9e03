"""Several tables under one headline, for a terminal and as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from desk.text import _
from desk.view.look import Look, paint
from desk.view.model import Listing, Sections
from desk.view.table import table
from desk.view.text.cells import visible
from desk.view.text.prose import folded
from desk.view.values import one_line


def people(view: Sections, look: Look) -> Iterator[str]:
    """The headline, and each section that has rows; on a terminal all on one screen, if they fit."""
    headline, sums = map(one_line, view.headline)
    yield paint(headline, "heading", look) + "\n"
    yield from (f"{line}\n" for line in folded(sums, look.width if look.tty else 0))
    if not any(listing.rows for _, listing, _ in view.parts):
        yield f"\n{view.empty}\n"
    for title, whole, most in view.parts:
        if not whole.rows:
            continue
        listing, left = _cut(whole, most)
        style = "critical" if listing.kind == "majors" else "heading"
        yield "\n" + paint(visible(title), style, look) + "\n"
        yield from table(listing, look)
        if left:
            yield paint(_("and {n} more", n=left), "dim", look) + "\n"


def markdown(view: Sections, look: Look) -> Iterator[str]:
    """The same as a document, to be pasted into a mail."""
    from desk.view.pages.document import document  # noqa: PLC0415 - a terminal needs no Markdown

    headline, sums = map(one_line, view.headline)
    yield f"# {headline}\n\n{sums}\n"
    if not any(listing.rows for _, listing, _ in view.parts):
        yield f"\n{view.empty}\n"
    for title, whole, most in view.parts:
        if whole.rows:
            listing, left = _cut(whole, most)
            yield f"\n## {title}\n\n"
            yield from document(listing, look)
            if left:
                yield "\n" + _("and {n} more", n=left) + "\n"


def _cut(listing: Listing, most: int) -> tuple[Listing, int]:
    """As many rows as people see, and how many are left."""
    return listing._replace(rows=listing.rows[:most]), max(len(listing.rows) - most, 0)
