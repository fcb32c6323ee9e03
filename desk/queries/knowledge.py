"""Questions to the index about the knowledge base: who may read an article, its languages, its approval, what waits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from desk.codec import places
from desk.domain.knowledge import articles
from desk.domain.model.article import Article, base_of
from desk.errors import Broken
from desk.git import objects
from desk.git.place import Place
from desk.index.index import Index
from desk.queries.counting import exclude_undone
from desk.queries.sql import EVENTS, marks

if TYPE_CHECKING:
    from desk.domain.model.rows import ArticleRow

PUBLIC = "state = 'published' AND topic IN (SELECT id FROM topics WHERE NOT private)"
"""What requesters may read, as a condition on the table of articles. A topic that can't be read hides its articles."""
_TEXT_VERBS = ("create", "edit", "move", "relink")
"""Events that may have changed the text of an article."""


def public_articles(index: Index, where: str = "1", args: tuple[Any, ...] = ()) -> list[ArticleRow]:
    """Articles that may be quoted to a requester, in every language: published, and in no private topic."""
    return index.articles(f"{PUBLIC} AND ({where})", args, "ORDER BY id")


def private_topics(index: Index) -> set[str]:
    """Ids of the topics for staff only; an article's folder that is no topic is taken for one."""
    rows = index.db.execute(
        "SELECT DISTINCT topic FROM articles WHERE topic NOT IN (SELECT id FROM topics WHERE NOT private)"
        " UNION SELECT id FROM topics WHERE private"
    )
    return {str(row[0]) for row in rows}


def variants(index: Index, base: str) -> list[ArticleRow]:
    """Every language of an article, the one that gave the name first."""
    rows = index.articles("id = ?1 OR (id > ?1 || '.' AND id < ?1 || '/')", (base,), "ORDER BY id")
    return [row for row in rows if base_of(row["id"]) == base]


def article_ids(index: Index, name: str) -> list[str]:
    """Ids that a name stands for: every language of an article, or the one that is named with it; none if unknown."""
    ids = [str(row["id"]) for row in variants(index, base_of(name))]
    if name in ids and name != base_of(name):
        return [name]
    return ids if name == base_of(name) else []


def group_articles(index: Index) -> dict[str, list[ArticleRow]]:
    """All articles, each with its languages."""
    found: dict[str, list[ArticleRow]] = {}
    for row in index.articles(tail="ORDER BY id"):
        found.setdefault(base_of(row["id"]), []).append(row)
    return found


def topic_counts(index: Index) -> dict[str, tuple[int, int]]:
    """Topic → its articles, each language counted once, and those of them that are published."""
    found: dict[str, tuple[set[str], set[str]]] = {}
    for row_id, topic, state in index.db.execute("SELECT id, topic, state FROM articles"):
        every, published = found.setdefault(str(topic), (set(), set()))
        every.add(base_of(str(row_id)))
        if state == articles.PUBLISHED:
            published.add(base_of(str(row_id)))
    return {topic: (len(every), len(published)) for topic, (every, published) in found.items()}


def paths(index: Index, *, published: bool = False) -> list[str]:
    """Where the articles lie, in order; or the published ones alone."""
    where = " WHERE state = 'published'" if published else ""
    return [str(row[0]) for row in index.db.execute(f"SELECT path FROM articles{where} ORDER BY path")]


def pages(index: Index) -> set[str]:
    """Where the articles and the topics lie."""
    return {str(row[0]) for row in index.db.execute("SELECT path FROM articles UNION SELECT path FROM topics")}


def unpublished(index: Index, paths: list[str]) -> list[tuple[str, str]]:
    """Id and state of those of some articles that are not published."""
    rows = index.db.execute(
        f"SELECT id, state FROM articles WHERE path IN ({marks(paths)}) AND state <> 'published' ORDER BY id", paths
    )
    return [(str(i), str(s)) for i, s in rows]


def namesakes(index: Index) -> list[tuple[str, str, str]]:
    """Ids that more than one article has, and the paths of two that do."""
    rows = index.db.execute("SELECT id, min(path), max(path) FROM articles GROUP BY id HAVING count(*) > 1")
    return [(str(i), str(first), str(last)) for i, first, last in rows]


_DEEPEST = 1 << 62
"""Deeper than any history."""

# -- history -----------------------------------------------------------------------------------------------------------


def approval(index: Index, article_id: str) -> tuple[str | None, str] | None:
    """Who approved an article last, and the digest of what they approved; an approval that was taken back is none."""
    row = index.db.execute(
        f"SELECT c.actor, e.after FROM {EVENTS} WHERE e.kind = 'article' AND e.id = ?"
        f" AND e.verb = 'approve'{exclude_undone(index)} ORDER BY c.depth DESC, e.at DESC LIMIT 1",
        (article_id,),
    ).fetchone()
    return None if row is None else (row[0], str(row[1]))


def has_approved(index: Index, article_id: str, by: str) -> bool:
    """Whether somebody ever approved an article, in a commit of their own, and didn't take it back."""
    row = index.db.execute(
        f"SELECT 1 FROM {EVENTS} WHERE e.kind = 'article' AND e.id = ? AND e.verb = 'approve' AND c.actor = ?"
        f"{exclude_undone(index)}",
        (article_id, by),
    ).fetchone()
    return row is not None


def last_author(index: Index, article_id: str, until: str | None = None) -> str | None:
    """Who changed an article's text last, up to a commit; None when history doesn't know them as staff.

    Last in history, whatever the dates say: clocks go wrong.
    """
    found = index.db.execute("SELECT depth FROM commits WHERE oid = ?", (until,)).fetchone() if until else None
    rows = index.db.execute(
        f"SELECT c.actor, c.email, e.verb, e.before, e.after FROM {EVENTS}"
        f" WHERE e.kind = 'article' AND e.id = ? AND e.verb IN ({marks(_TEXT_VERBS)}) AND c.depth <= ?"
        " ORDER BY c.depth DESC, e.at DESC, e.place DESC",
        (article_id, *_TEXT_VERBS, found[0] if found else _DEEPEST),
    )
    for actor, email, verb, before, after in rows:
        # An edit names its fields; one that has a value before is a new title.
        if verb == "edit" and before is None and after and set(str(after).split()) <= set(articles.STAMPS):
            continue
        who = [str(actor)] if actor else index.staff_by_email(str(email))
        return who[0] if len(who) == 1 else None
    return None


def published_at(index: Index, article_id: str) -> str | None:
    """The commit that published an article last, and stands; where none did so by name, the one it came with."""
    for verb in ("publish", "create"):
        row = index.db.execute(
            f"SELECT c.oid FROM {EVENTS} WHERE e.kind = 'article' AND e.id = ?"
            f" AND e.verb = ?{exclude_undone(index)} ORDER BY e.at DESC, c.depth DESC LIMIT 1",
            (article_id, verb),
        ).fetchone()
        if row:
            return str(row[0])
    row = index.db.execute("SELECT oid FROM commits ORDER BY depth, at LIMIT 1").fetchone()
    return None if row is None else str(row[0])


def find_touched(index: Index) -> set[str]:
    """Ids of the articles whose text somebody has changed since they were published, or came with the desk.

    Some of them may say by now what they said then: `unchanged` tells.
    """
    rows = index.db.execute(
        f"SELECT e.id, e.verb, e.n FROM {EVENTS} WHERE e.kind = 'article' ORDER BY e.at, c.depth, e.n, e.place"
    )
    found: set[str] = set()
    published: dict[str, int] = {}
    for article_id, verb, commit in rows:
        if verb == "publish":
            published[article_id] = commit
            found.discard(article_id)
        elif verb in _TEXT_VERBS and verb != "create" and published.get(article_id) != commit:
            found.add(article_id)
    return found


def article_at(place: Place, commit: str, article_id: str) -> tuple[str, bytes] | None:
    """Path and content of an article in a commit, in whatever topic it was then."""
    for path, _, _ in objects.files(place, commit, ("kb",)):
        if path.endswith(f"/{article_id}.md") and path.count("/") == 2:
            with objects.blobs(place) as blobs:
                return path, blobs.get(f"{commit}:{path}") or b""
    return None


def published_text(place: Place, index: Index, article_id: str) -> tuple[str, bytes, Article] | None:
    """Commit, content and record of an article as it was published last; None if it never was."""
    commit = published_at(index, article_id)
    found = article_at(place, commit, article_id) if commit else None
    if commit is None or found is None:
        return None
    try:
        record = places.decode_at(found[0], "", found[1])
    except Broken:
        return None
    if not isinstance(record, Article) or record.state != articles.PUBLISHED:
        return None
    return commit, found[1], record


def unchanged(place: Place, index: Index, article: Article) -> bool:
    """Whether an article says what it said when it was published last."""
    found = published_text(place, index, article.id)
    return found is not None and articles.digest(found[2]) == articles.digest(article)
