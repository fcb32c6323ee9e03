"""What a requester may read: published articles of public topics, and nothing else."""

from __future__ import annotations

import os
from pathlib import Path

from desk.git import place
from desk.queries.knowledge import public_articles
from desk.store.store import Store
from tests.cli.conftest import Git

ARTICLE = "---\nid: {id}\ntitle: T\ntopic: {topic}\nstate: {state}\nlanguage: en\n---\n\nText\n"


def put(home: Path, name: str, topic: str, state: str) -> None:
    text = ARTICLE.format(id=name, topic=topic, state=state)
    (home / f"kb/{topic}/{name}.md").write_text(text, encoding="utf-8")


def test_drafts_retired_and_private_articles_are_not_public(home: Path, git: Git) -> None:
    (home / "kb/internal").mkdir()
    (home / "kb/internal/topic.yaml").write_text("id: internal\ntitle: Internal\nprivate: true\n", encoding="utf-8")
    (home / "kb/unread").mkdir()
    (home / "kb/unread/topic.yaml").write_text("id: [", encoding="utf-8")
    for state in ("draft", "review", "published", "retired"):
        put(home, f"open-{state}", "faq", state)
    put(home, "secret", "internal", "published")
    put(home, "doubtful", "unread", "published")
    git("add", ".")
    git("commit", "-q", "-m", "articles")

    index = Store(place.find(str(home), os.environ)).index

    found = {row["id"] for row in public_articles(index)}
    assert "open-published" in found
    assert "what-is-myhealth-eu.el" in found
    assert not found & {"open-draft", "open-review", "open-retired", "secret", "doubtful"}
    assert [row["id"] for row in public_articles(index, "id = ?", ("open-published",))] == ["open-published"]
    assert public_articles(index, "id = ?", ("secret",)) == []
