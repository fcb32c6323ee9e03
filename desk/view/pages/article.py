"""An article as a page to read; and what changed in one since it was published."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from desk.text import _, arranged, listed, pgettext
from desk.view.labels import say_word
from desk.view.look import Look, ago, paint
from desk.view.model import Detail
from desk.view.pages.ticket import block, headline, person
from desk.view.text.cells import visible, wrap
from desk.view.text.prose import INDENT, measure, prose
from desk.view.values import is_empty, one_line, rows_of, say

ARTICLES = frozenset(("article", "articles"))
REVIEWS = "reviews"
"""Kinds of view that this module shows."""
_SECTIONS = ("symptom", "cause", "workaround", "fix")
_TITLES = {
    "en": {"symptom": "Symptom", "cause": "Cause", "workaround": "Workaround", "fix": "Fix", "incidents": "Incidents"},
    "el": {
        "symptom": "Σύμπτωμα",
        "cause": "Αιτία",
        "workaround": "Προσωρινή λύση",
        "fix": "Λύση",
        "incidents": "Περιστατικά",
    },
}
"""What the parts of a known error are called, in the language of the article."""
_COLOURS = {"+": "32", "-": "31", "@": "36"}

Data = Mapping[str, Any]


def articles(view: Detail, look: Look) -> Iterator[str]:
    """Each article, with an empty line between two."""
    for number, data in enumerate(rows_of(view)):
        if number:
            yield "\n"
        yield from (f"{line}\n" for line in _article(data, look))


def _article(data: Data, look: Look) -> Iterator[str]:
    yield from headline(data, look)
    yield from block(list(_facts(data, look)), look)
    titles = _TITLES.get(str(data.get("language")), _TITLES["en"])
    short = [(titles[n], say(data[n]), "") for n in _SECTIONS if data.get(n) and "\n" not in str(data[n])]
    if short:
        yield ""
        yield from block(short, look)
    for name in _SECTIONS:
        if "\n" in str(data.get(name) or ""):
            yield ""
            yield paint(titles[name], "heading", look)
            yield from prose(str(data[name]), look, INDENT)
    if str(data.get("body") or "").strip():
        yield ""
        yield from prose(str(data["body"]), look, "", reflow=True)
    if data.get("incidents"):
        yield ""
        yield paint(titles["incidents"], "heading", look)
        yield from (_ticket(ticket, look) for ticket in data["incidents"])


def _facts(data: Data, look: Look) -> Iterator[tuple[str, str, str]]:
    """Label, value and style of what is known of an article, in the order people ask for it."""
    people = data.get("people") or {}
    topic = say(data.get("topic_title") or data.get("topic"))
    if data.get("topic_icon"):
        topic = f"{say(data['topic_icon'])} {topic}"
    shown = _("{topic} (staff only)", topic=topic) if data.get("private") else topic
    problem = say(data.get("problem"))
    state = f" ({say_word(data['problem_state'])})" if data.get("problem_state") else ""
    others = [v for v in data.get("languages") or () if v.get("id") != data.get("id")]
    facts = (
        (pgettext("label", "topic"), shown, ""),
        (pgettext("label", "state"), say_word(data.get("state")), str(data.get("state"))),
        (pgettext("label", "type"), say_word(data.get("type")), ""),
        (pgettext("label", "language"), say(data.get("language")), ""),
        (pgettext("label", "published"), _time(data.get("published"), look), ""),
        (pgettext("label", "review"), _time(data.get("review"), look), ""),
        (pgettext("label", "author"), person(data.get("author"), people), ""),
        (pgettext("label", "approved by"), person(data.get("approved_by"), people), ""),
        (pgettext("label", "service"), say(data.get("service")), ""),
        (pgettext("label", "problem"), problem + state, ""),
        (pgettext("label", "tags"), say(data.get("tags")), ""),
        (pgettext("label", "keywords"), say(data.get("keywords")), ""),
        (
            pgettext("label", "also in"),
            ", ".join(f"{say(v['language'])} ({say(v['id'])}{_unless_same(v, data)})" for v in others),
            "",
        ),
    )
    empty = say(None)
    yield from (fact for fact in facts if fact[1] and fact[1] != empty)
    yield from ((one_line(str(k)), say(v, look), "") for k, v in (data.get("extra") or {}).items())


def _unless_same(variant: Data, data: Data) -> str:
    return "" if variant.get("state") == data.get("state") else f", {say_word(variant.get('state'))}"


def _time(value: Any, look: Look) -> str:
    if is_empty(value):
        return ""
    distance = ago(str(value), look)
    return arranged("{value}, {distance}", value=say(value, look), distance=distance) if distance else say(value, look)


def _ticket(ticket: Data, look: Look) -> str:
    state = paint(say_word(ticket.get("state")), str(ticket.get("state")), look)
    start = f"{INDENT if look.tty else ''}{paint(say(ticket.get('id')), 'id', look)}  {state}"
    return f"{start}  {say(ticket.get('title'))}"


def reviews(view: Detail, look: Look) -> Iterator[str]:
    """What changed in each article since it was published, as a coloured diff."""
    for number, data in enumerate(rows_of(view)):
        if number:
            yield "\n"
        yield from (f"{line}\n" for line in _review(data, look))


def _review(data: Data, look: Look) -> Iterator[str]:
    since = (
        _("published with commit {commit}", commit=say(data["since"])[:10])
        if data.get("since")
        else _("never published")
    )
    words = [_("state {state}", state=say_word(data.get("state"))), since]
    if data.get("author"):
        words.append(_("text last changed by {who}", who=say(data["author"])))
    if data.get("approved_by"):
        words.append(_("approved by {who}", who=say(data["approved_by"])))
    elif data.get("state") == "review":
        words.append(_("not approved yet"))
    told = listed(words)
    lines = wrap(told, measure(look)) if look.tty else [told]
    yield paint(say(data.get("id")), "id", look) + f"  {say(data.get('path'))}"
    yield from lines
    if not data.get("diff"):
        yield _("nothing has changed since")
        return
    yield ""
    for line in str(data["diff"]).split("\n")[2:]:
        code = _COLOURS.get(line[:1], "") if look.color else ""
        shown = visible(line)
        yield f"\x1b[{code}m{shown}\x1b[0m" if code else shown
