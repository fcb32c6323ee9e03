"""The life of an article: draft → review → published → retired, who may approve it, and what follows for its variants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from desk.domain.changes import compare, generic
from desk.domain.model import article as model_article
from desk.domain.model.actor import Actor
from desk.domain.model.article import Article
from desk.domain.model.change import Change, Edit, Event
from desk.domain.model.fields import utc_text
from desk.domain.model.plain import plain
from desk.domain.model.record import NOTHING
from desk.domain.rights import recordverbs
from desk.domain.rights.words import word
from desk.errors import Refused
from desk.text import _

DRAFT, REVIEW, PUBLISHED, RETIRED = STATES = model_article.STATES
LIVE = (DRAFT, REVIEW, PUBLISHED)
"""What `kb list` shows unless it is asked for more."""
KNOWN_ERROR = "known-error"
TYPES = ("faq", "how-to", KNOWN_ERROR, "root-cause", "workaround")
STAMPS = ("state", "published", "review", "approved_by")
"""What a step of an article's life sets; the rest is its text, which is what somebody approves."""
STRUCTURE = ("symptom", "cause", "workaround", "fix")
"""What a known error says in fields of its own."""


class Untimely(Refused):
    """A step that an article in its state can't take."""


class Approval(Refused):
    """An article can't be published before somebody else has approved its text."""


def digest(article: Article) -> str:
    """A short name of everything a reader is told: any change of it makes an approval void."""
    told = [f"{n}={plain(v)}" for n, v in article.values.items() if n not in STAMPS]
    text = "\n".join([*sorted(told), *sorted(f"{k}={plain(v)}" for k, v in article.extra.items()), "", article.body])
    import hashlib  # noqa: PLC0415 - 3 ms, for approvals only

    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _after(verb: str, article: Article) -> str:
    row = recordverbs.ON_ARTICLES[verb]
    states, target = row.moves or (STATES, None)
    if article.state not in states:
        if article.state == target:
            raise Untimely(
                _("{article} is in state {target} already", article=article.id, target=target),
                _("see: desk kb show {article}", article=article.id),
            )
        hint = row.instead.format(id=article.id)
        raise Untimely(
            _("{article} can't {verb}: it is {state}", article=article.id, verb=row.spoken, state=_spoken(article)),
            hint,
        )
    return target or article.state


def _spoken(article: Article) -> str:
    return {DRAFT: _("a draft"), REVIEW: _("in review")}.get(article.state) or word(article.state)


def create(article: Article, *, by: Actor, at: datetime) -> Change:
    """A new article, or another language of one."""
    event = Event("create", None, article.title)
    return Change("create", by, at, (Edit(None, article, (event,)),), summary=article.title)


def edit(before: Article, after: Article, *, by: Actor, at: datetime, approval: bool) -> Change:
    """Change an article's text. Whoever approved it approved another text; where approval is asked for, it waits for one."""
    if digest(before) != digest(after):
        after = after.evolve(approved_by=None)
        if approval and before.state == PUBLISHED:
            after = after.evolve(state=REVIEW)
    return generic.edit(before, after, by=by, at=at)


def publish(
    before: Article | None,
    after: Article,
    review: date | None,
    *,
    by: Actor,
    at: datetime,
    files: Mapping[str, bytes] = NOTHING,
) -> Change:
    """Put an article before its readers, with the day by which somebody looks at it again.

    `after` may bring changes made by hand; they are part of the same act, and so are the pictures in `files`.
    """
    stamped = after.evolve(state=PUBLISHED, published=utc_text(at), review=review.isoformat() if review else None)
    if before is not None and digest(before) != digest(after):
        stamped = stamped.evolve(approved_by=None)  # whoever approved the text has approved no other
    events = [Event("publish", before.state if before else None, PUBLISHED)]
    if before is None:
        events.append(Event("create", None, after.title))
    else:
        told = compare.events(before.evolve(**dict.fromkeys(STAMPS)), after.evolve(**dict.fromkeys(STAMPS)))
        events += told
    return Change("publish", by, at, (Edit(before, stamped, tuple(events)),), files=dict(files))


def _step(verb: str, article: Article, by: Actor, at: datetime, reason: str | None) -> Change:
    state = _after(verb, article)
    event = Event(verb, article.state, state)
    after = article.evolve(state=state)
    if verb in ("return", "submit"):
        after = after.evolve(approved_by=None)
    return Change(verb, by, at, (Edit(article, after, (event,)),), reason)


def submit(article: Article, *, by: Actor, at: datetime, reason: str | None = None) -> Change:
    """Hand an article in for review. A published one is not shown to readers until it is published again."""
    return _step("submit", article, by, at, reason)


def send_back(article: Article, *, by: Actor, at: datetime, reason: str | None = None) -> Change:
    """Give an article in review back to its author, as a draft."""
    return _step("return", article, by, at, reason)


def retire(article: Article, *, by: Actor, at: datetime, reason: str | None = None) -> Change:
    """Take an article from its readers; it stays in the desk."""
    return _step("retire", article, by, at, reason)


def approve(article: Article, author: str | None, *, by: Actor, at: datetime, reason: str | None = None) -> Change:
    """Approve this very text. `author` is who changed it last, and can't be the one who approves."""
    _after("approve", article)
    if author == by.id:
        raise Approval(
            _(
                "{by} changed the text of {article} last, so somebody else has to approve it",
                by=by.id,
                article=article.id,
            ),
            _("ask a colleague of level 2 or 3: desk kb review {article} --approve", article=article.id),
        )
    event = Event("approve", None, digest(article))
    after = article.evolve(approved_by=by.id)
    return Change("approve", by, at, (Edit(article, after, (event,)),), reason)


def require_approval(article: Article, approved: str | None) -> None:
    """Refuse a text that nobody approved. `approved` is the digest in the last approval that `approved_by` names."""
    if article.approved_by is None:
        raise Approval(
            _(
                "{article} has to be approved by somebody who didn't write it (kb.approval in desk.toml)",
                article=article.id,
            ),
            _(
                "desk kb review {article} --submit, then a colleague: desk kb review {article} --approve",
                article=article.id,
            ),
        )
    if approved != digest(article):
        raise Approval(
            _(
                "{approved_by} approved another text of {article} than this one",
                approved_by=article.approved_by,
                article=article.id,
            ),
            _(
                "see: desk kb history {article}; then: desk kb review {article} --submit, and --approve anew",
                article=article.id,
            ),
        )


def delete(article: Article, *, by: Actor, at: datetime, reason: str | None = None) -> Change:
    """Take an article out of the desk; git keeps what it said."""
    event = Event("delete", article.title)
    return Change("delete", by, at, (Edit(article, None, (event,)),), reason, article.title)


def move(
    articles: Iterable[Article],
    to: str,
    relinked: Iterable[tuple[Article, Article]],
    *,
    by: Actor,
    at: datetime,
    approval: bool,
) -> Change:
    """Put the variants of an article into another topic; `relinked` are these and others whose links had to follow.

    Another topic has other readers: where approval is asked for, what was published waits for a new one.
    """
    after = {before.id: linked for before, linked in relinked}
    moved = list(articles)
    edits = []
    for article in moved:
        new = after.pop(article.id, article).evolve(topic=to, approved_by=None)
        events = [Event("move", article.topic, to)]
        if approval and article.state == PUBLISHED:
            new = new.evolve(state=REVIEW)
            events.append(Event("submit", PUBLISHED, REVIEW))
        edits.append(Edit(article, new, tuple(events)))
    changed = {a.id for a in moved}
    edits += [Edit(b, a, (Event("relink", None, to),)) for b, a in relinked if b.id not in changed]
    return Change("move", by, at, tuple(edits), summary=to)
