"""One thing whole, for people: a ticket as a page to read, anything else as labels and values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import zip_longest
from types import MappingProxyType
from typing import Any

from desk.domain.model import states
from desk.text import _, arranged, listed, said
from desk.view.labels import OF_WORDS, say_field, say_links, say_word
from desk.view.look import Look, ago, moment, paint
from desk.view.model import Column, Detail, Done, Listing
from desk.view.pages import problems
from desk.view.pages.terms import HIDDEN, TIMES, due, missed
from desk.view.table import GAP, table
from desk.view.text.cells import fit, visible, width, wrap
from desk.view.text.prose import INDENT, folded, measure, prose
from desk.view.values import is_empty, is_time, one_line, rows_of, say, say_size

TICKETS = frozenset(("ticket", "tickets", "problem", "problems"))
"""Kinds of view, one or several, that are shown as a ticket."""
_ORDER = (
    *(
        "state",
        "priority",
        "kind",
        "department",
        "owner",
        "coordinator",
        "requester",
        "impact",
        "urgency",
        "tags",
        "channel",
    ),
    *(
        "created",
        "respond_by",
        "update_by",
        "due",
        "sla",
        "pending_for",
        "pending_until",
        "responded",
        "closed",
        "resolution",
        "author",
        "language",
        "merged_into",
    ),
    *("links", "attachments"),
)
_APART = HIDDEN | frozenset(
    (
        *(
            "id",
            "title",
            "body",
            "thread",
            "replies",
            "notes",
            "people",
            "fields",
            "major",
            "checklist",
            "steps",
            "review",
        ),
        *("as_of", "files", "problems", "incidents", "total", "known_errors", *problems.LONG),
    )
)
"""What has a place of its own on the page."""
DIFF = "diff"
"""The kind of a view whose lines are a difference as git writes it."""
_DIFF: Mapping[str, str] = MappingProxyType({"commit ": "heading", "@@": "id", "+": "open", "-": "error"})
_PEOPLE = ("owner", "coordinator", "requester", "author")

Data = Mapping[str, Any]


def detail(view: Detail, look: Look) -> Iterator[str]:
    """Each thing, with an empty line between two."""
    for number, data in enumerate(rows_of(view)):
        if number:
            yield "\n"
        lines = PAGES.get(view.kind, _plain)(data, look)
        yield from (f"{line}\n" for line in lines)


def _plain(data: Data, look: Look) -> Iterator[str]:
    """Labels and values, as of a ticket; what there are several of as a table below."""
    shown = {k: v for k, v in data.items() if k != "body" and not is_empty(v)}
    several = {k: v for k, v in shown.items() if isinstance(v, list | tuple) and isinstance(v[0], Mapping)}
    yield from block(
        [
            (say_field(k), say_word(v, k) if k in OF_WORDS else say(v, look), str(v) if k == "state" else "")
            for k, v in shown.items()
            if k not in several
        ],
        look,
    )
    for name, rows in several.items():
        yield from ("", paint(say_field(name), "heading", look))
        columns = tuple(Column(str(k), say_field(k), _STYLES.get(str(k), "plain")) for k in rows[0])
        inside = look._replace(width=look.width - len(INDENT))
        yield from (f"{INDENT}{line.rstrip()}" for line in table(Listing(name, rows, columns, ""), inside))
    if data.get("body"):
        yield ""
        yield from prose(data["body"], look, "")


_STYLES = {"id": "id", "state": "state", "priority": "priority", "title": "title"}


def _ticket(data: Data, look: Look) -> Iterator[str]:
    if then := data.get("as_of"):
        text = _(
            "As it was {at}, at commit {commit}", at=moment(str(then["at"]), look), commit=str(then["commit"])[:10]
        )
        yield paint(one_line(text), "note", look)
    yield from headline(data, look)
    yield from block(list(facts(data, look)), look)
    yield from problems.behind(data, look)
    if str(data.get("body") or "").strip():
        yield ""
        yield from prose(data["body"], look, INDENT)
    yield from problems.sections(data, look)
    yield from problems.impact(data, look)
    yield from checklist(data, look)
    for number, entry in enumerate(data.get("thread") or (), 1):
        yield ""
        yield _rule(number, entry, data.get("people") or {}, look)
        yield from prose(str(entry.get("text") or ""), look, INDENT)
        if entry.get("attachments"):
            yield paint(
                (INDENT if look.tty else "") + _("attached: {names}", names=attached(entry["attachments"], data)),
                "dim",
                look,
            )
        for one in entry.get("mail") or ():
            words, style = _mailed(one, look)
            yield paint((INDENT if look.tty else "") + words, style, look)
    if data.get("review"):
        yield from ("", _ruled(_("review"), "heading", look))
        yield from prose(str(data["review"]), look, INDENT)


def _mailed(one: Data, look: Look) -> tuple[str, str]:
    """`sent to anna@clinic.example · 2026-07-23 10:15`: what became of an answer's mail, and how it looks."""
    to, at, reason = (
        say(one.get("to")),
        say(moment(str(one.get("at") or ""), look)),
        one_line(str(one.get("reason") or "")),
    )
    if one.get("state") == "sent":
        return _("sent to {to} · {at}", to=to, at=at), "dim"
    if one.get("state") == "later":
        return _("not sent to {to} yet · {at}: {reason}", to=to, at=at, reason=reason), "dim"
    return _("not delivered to {to} · {at}: {reason}", to=to, at=at, reason=reason), "critical"


PAGES: Mapping[str, Callable[[Data, Look], Iterator[str]]] = {
    **dict.fromkeys(TICKETS, _ticket),
    "manual": lambda data, look: prose(str(data["body"]), look, "", reflow=True),
    **dict.fromkeys(("candidate", "candidates"), problems.candidate),
}
"""How things of a kind are shown; others as labels and values."""


def headline(data: Data, look: Look) -> Iterator[str]:
    """The id, and the title beside it."""
    if data.get("major"):
        words = _("MAJOR INCIDENT · its review is owed") if states.owes_review(data) else _("MAJOR INCIDENT")
        yield paint(words, "critical", look)
    number, title = say(data.get("id")), say(data.get("title"))
    lines = wrap(title, max(look.width - width(number + GAP), 12)) if look.tty else [title]
    for at, line in enumerate(lines):
        before = paint(number, "id", look) if at == 0 else " " * width(number)
        yield f"{before}{GAP}{paint(line, 'heading', look)}"


def checklist(data: Data, look: Look) -> Iterator[str]:
    """`1 [x] Call Malta · maria, 2026-07-23 10:15`: the steps with the numbers that `ticket check` takes."""
    steps = data.get("steps") or ()
    if not steps:
        return
    yield ""
    done = sum(bool(step.get("done")) for step in steps)
    yield paint(_("Checklist: {done} of {n} done", done=done, n=len(steps)), "heading", look)
    across = len(str(len(steps)))
    for step in steps:
        start = f"{INDENT if look.tty else ''}{step['n']:>{across}} [{'x' if step['done'] else ' '}] "
        who = f" · {say(step['by'])}, {say(moment(str(step['at']), look))}" if step.get("by") else ""
        words = one_line(str(step["text"])) + who
        lines = wrap(words, max(measure(look) - len(start), 12)) if look.tty else [words]
        style = "dim" if step["done"] else ""
        yield from (paint((start if not at else " " * len(start)) + line, style, look) for at, line in enumerate(lines))


def facts(data: Data, look: Look) -> Iterator[tuple[str, str, str]]:
    """Label, value and style of everything a ticket has, in the order people ask for it; unknown keys are kept."""
    people = data.get("people") or {}
    for name in (*_ORDER, *(k for k in data if k not in _ORDER and k not in _APART)):
        value = data.get(name)
        if is_empty(value) or (name == "kind" and value == "ticket"):
            continue
        style = str(value) if name in ("state", "priority") else ""
        text = attached(value, data) if name == "attachments" else _fact(name, value, people, look)
        if name in TIMES:
            text, style = due(name, data, look)
        elif name == "sla" and not (text := missed(value or [], look)):
            continue
        yield say_field(name), text, style
    for name, value in (data.get("fields") or {}).items():
        yield one_line(str(name)), say(value, look), ""


def attached(names: Any, data: Data) -> str:
    """Names of files, each with how large it is, what it is and whether it would run, where that is known."""
    known = {file["id"]: file for file in data.get("files") or () if file["size"] is not None}
    return listed(_file(known[n]) if n in known else say(n) for n in names)


def _file(file: Data) -> str:
    name, size = say(file["id"]), say_size(file["size"])
    if file["executable"]:
        return arranged(
            "{name} ({size}, {type}, {mark})", name=name, size=size, type=file["type"], mark=_("EXECUTABLE")
        )
    return arranged("{name} ({size}, {type})", name=name, size=size, type=file["type"])


def _fact(name: str, value: Any, people: Mapping[str, str], look: Look) -> str:
    if name in _PEOPLE:
        return person(value, people)
    if name in OF_WORDS:
        return say_word(value, name)
    if name == "links":
        return say_links(value)
    distance = ago(value, look) if is_time(value) or name == "pending_until" else ""
    return arranged("{value}, {distance}", value=say(value, look), distance=distance) if distance else say(value, look)


def person(handle: Any, people: Mapping[str, str]) -> str:
    """A handle, with the name behind it."""
    name = people.get(str(handle))
    return f"{say(handle)} ({one_line(name)})" if name and name != handle else say(handle)


def block(pairs: list[tuple[str, str, str]], look: Look) -> Iterator[str]:
    """Labels and values in two columns where both fit, in one where they don't or nobody measures."""
    across = max((width(label) for label, _, _ in pairs), default=0)
    half = (measure(look) - len(GAP)) // 2
    short = [f for f in pairs if across + len(GAP) + width(f[1]) <= half] if look.tty else []
    rows = (len(short) + 1) // 2
    for left, right in zip_longest(short[:rows], short[rows:]):
        if right is None:
            yield _pair(left, across, look)
        else:
            blank = " " * (half - across - len(GAP) - width(left[1]) + len(GAP))
            yield _pair(left, across, look) + blank + _pair(right, across, look)
    for label, value, style in pairs:
        if (label, value, style) not in short:
            yield from _long((label, value, style), across, look)


def _pair(fact: tuple[str, str, str], across: int, look: Look) -> str:
    label, value, style = fact
    return f"{paint(label, 'dim', look)}{' ' * (across - width(label))}{GAP}{paint(value, style, look)}"


def _long(fact: tuple[str, str, str], across: int, look: Look) -> Iterator[str]:
    label, value, style = fact
    hanging = across + len(GAP)
    lines = wrap(value, max(measure(look) - hanging, 12)) if look.tty else [value]
    yield _pair((label, lines[0], style), across, look)
    yield from (" " * hanging + paint(line, style, look) for line in lines[1:])


def entry_title(number: int, entry: Data, people: Mapping[str, str], look: Look) -> str:
    """`1 · reply by maria (Maria Georgiou) · 2026-07-23 10:15 · via email`; the number is what `split --at` takes."""
    who = person(entry.get("by"), people)
    note = entry.get("kind") == "note"
    by = (
        _("note, staff only, by {who}", who=who)
        if note
        else _("{kind} by {who}", kind=say_word(entry.get("kind")), who=who)
    )
    parts = [str(number), by, say(moment(str(entry.get("at") or ""), look))]
    if entry.get("proposal"):
        parts.append(_("a reply to look at"))
    if entry.get("via"):
        parts.append(_("via {channel}", channel=say_word(entry["via"])))
    parts += _doubts(entry, people)
    return listed(parts, " · ")


def _doubts(entry: Data, people: Mapping[str, str]) -> Iterator[str]:
    """What a mail left open about whoever wrote it."""
    if entry.get("auth") == "fail":
        yield _("looks forged")
    if entry.get("copy-of"):
        yield _("with the copy of {who}", who=person(entry["copy-of"], people))
    if entry.get("signed") or entry.get("encrypted"):
        yield _("signed, not verified") if entry.get("signed") else _("encrypted")


def _rule(number: int, entry: Data, people: Mapping[str, str], look: Look) -> str:
    title = entry_title(number, entry, people, look)
    distance = ago(str(entry.get("at") or ""), look)
    longer = listed((title, distance), " · ") if distance else title
    fitting = longer if not look.tty or width(longer) <= measure(look) - len("──  ──") else title
    return _ruled(fitting, "note" if entry.get("kind") == "note" else "heading", look)


def _ruled(title: str, style: str, look: Look) -> str:
    title = said(title)
    if not look.tty:
        return f"── {title} ──"
    room = measure(look)
    start = f"── {fit(title, room - len('──  ──'))} "
    # Filled to the measure and flush left, where no indented text can pass for it.
    return paint(start + "─" * (room - width(start)), style, look)


_LITERAL = ("completion", "demo")
"""Kinds whose lines stand as they are, however wide: a shell reads them, or a person pastes them into one."""
_TEXTS = ("rendered",)
"""Kinds whose lines are a text, which isn't indented where it goes on."""


def done(view: Done, look: Look) -> Iterator[str]:
    """What a command did, in its own words."""
    if view.kind == DIFF:
        yield from (f"{paint(visible(line), _diff_style(line), look)}\n" for line in view.lines)
        return
    cells = 0 if view.bare or view.kind in _LITERAL or not look.tty else look.width
    for line in (part for text in view.lines for part in visible(text).split("\n")):
        hang = "" if view.kind in _TEXTS else " " * (len(line) - len(line.lstrip(" ")) + len(INDENT))
        yield from (f"{piece}\n" for piece in folded(line, cells, hang))


def _diff_style(line: str) -> str:
    """As git colours a difference, whose every line of text has a mark in front."""
    return next((style for mark, style in _DIFF.items() if line.startswith(mark)), "")
