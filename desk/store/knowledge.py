"""Questions to the index about the knowledge base."""

from __future__ import annotations

from typing import Any

from desk.store.index import Index

PUBLIC = "state = 'published' AND topic IN (SELECT id FROM topics WHERE NOT private)"
"""What requesters may read, as a condition on the table of articles. A topic that can't be read hides its articles."""


def public_articles(index: Index, where: str = "1", args: tuple[Any, ...] = ()) -> list[dict[str, Any]]:
    """Articles that may be quoted to a requester, in every language: published, and in no private topic."""
    return index.rows("article", f"{PUBLIC} AND ({where})", args, "ORDER BY id")


def is_public(index: Index, article_id: str) -> bool:
    """Whether a requester may read this article."""
    return bool(public_articles(index, "id = ?", (article_id,)))
