"""An article in the editor: its file as it stands, and what is made of it when it comes back."""

from __future__ import annotations

from desk.domain.knowledge import articles
from desk.domain.model.article import Article
from desk.errors import Broken, Refused, UsageFault

_PROMPTED = ("service", "tags", "keywords")
"""Fields that the form of a new article shows though they are empty."""
_KEPT = {
    "id": "an article keeps its name",
    "topic": "to move it: desk kb edit SLUG --topic TOPIC",
    "state": "steps of its life: desk kb publish, desk kb review, desk kb retire",
    "published": "desk kb publish sets it",
    "approved_by": "desk kb review SLUG --approve sets it",
}


def new(article: Article) -> str:
    """The form of a new article: its file, with the fields to think of, though they are empty."""
    from desk.codec import records  # noqa: PLC0415 - for the editor only

    whole = records.encode(article).decode()
    names = (*(articles.STRUCTURE if article.type == articles.KNOWN_ERROR else ()), *_PROMPTED)
    empty = "".join(f"{n}:\n" for n in names if n not in article.values)
    head, fence, rest = whole.partition("\n---\n")
    return f"{head}\n{empty.rstrip()}{fence}{rest}" if empty else whole


def read(text: str, before: Article) -> Article:
    """The article in a text from the editor; errors name the line."""
    from desk.codec import records  # noqa: PLC0415 - for the editor only

    text = text.replace("\r\n", "\n") if text.startswith("---\r\n") else text
    try:
        found = records.decode(text.encode(), before.path, Article.kind)
    except Broken as error:
        raise UsageFault(
            f"line {error.line}: {error.problem}", "fields stand as `name: value` between two lines ---"
        ) from None
    for name, hint in _KEPT.items():
        if found.values.get(name) != before.values.get(name):
            raise Refused(f"{name} can't be changed in the editor", hint)
    if not isinstance(found, Article):
        raise UsageFault("not an article", "leave the file as it was to give up")
    return found
