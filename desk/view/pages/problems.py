"""Problems for people: what an incident shows of the problem behind it, a problem's incidents, candidates, and a preview."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from desk.text import _, listed, ngettext, said
from desk.view.labels import say_field, say_word
from desk.view.look import Look, ago, paint
from desk.view.table import GAP
from desk.view.text.cells import fit, width, wrap
from desk.view.text.prose import INDENT, folded, measure, prose
from desk.view.values import NOTHING, one_line, say

LONG = ("cause", "workaround", "fix")
"""Fields of a problem that hold a text, each a section of its own."""
Data = Mapping[str, Any]


def behind(data: Data, look: Look) -> Iterator[str]:
    """The problems behind an incident: a clerk on the phone wants the workaround at once."""
    for problem in data.get("problems") or ():
        yield ""
        head = _(
            "problem {id}, {state}: {title}",
            id=say(problem["id"]),
            state=say_word(problem["state"]),
            title=say(problem["title"]),
        )
        yield paint(fit(head, measure(look)) if look.tty else head, "heading", look)
        for name in LONG:
            if problem.get(name):
                yield paint(f"{INDENT}{say_field(name)}", "dim", look)
                yield from _indented(str(problem[name]), look, INDENT * 2)
        for article in problem.get("known_errors") or ():
            name, cells = said(_("known error")), look.width if look.tty else 0
            lines = folded(f"{INDENT}{name} {say(article['id'])}: {say(article['title'])}", cells, INDENT * 2)
            yield f"{INDENT}{paint(name, 'dim', look)}{lines[0].removeprefix(INDENT + name)}"
            yield from lines[1:]


def sections(data: Data, look: Look) -> Iterator[str]:
    """The long texts of a ticket, each below its name."""
    for name in LONG:
        if data.get(name):
            yield ""
            yield paint(say_field(name), "heading", look)
            yield from _indented(str(data[name]), look, INDENT)


def _indented(text: str, look: Look, indent: str) -> Iterator[str]:
    """As prose, and set in where nobody measures as well: it must not pass for what stands around it."""
    lines = prose(text, look, indent)
    yield from lines if look.tty else (indent + line if line else "" for line in lines)


def impact(data: Data, look: Look) -> Iterator[str]:
    """A problem's known errors, its incidents, a line each, and what they cost together."""
    articles = data.get("known_errors") or ()
    if articles:
        yield ""
        yield paint(_("known errors"), "heading", look)
        yield from (f"{INDENT}{say(a['id'])}{GAP}{say_word(a['state'])}{GAP}{say(a['title'])}" for a in articles)
    if "total" in data:
        yield ""
        total = summarise_impact(data["total"])
        yield from (paint(line, "heading", look) for line in (wrap(total, measure(look)) if look.tty else [total]))
        yield from (_incident(row, data.get("people") or {}, look) for row in data["incidents"])


def summarise_impact(total: Data) -> str:
    """`8 incidents, 3 of them open · 6 requesters (patient) · technical · 2026-07-11 to 2026-07-23 · 96.5 h open in all`."""
    if not total["incidents"]:
        return _("no incidents")
    parts: list[str] = [_incidents(total["incidents"], total["open"])]
    if total["requesters"]:
        parts.append(_requesters(total["requesters"], [say(group) for group in total["groups"]]))
    first, last = total["first"][:10], total["last"][:10]
    parts.append(", ".join(map(say, total["departments"])))
    parts.append(first if first == last else _("{first} to {last}", first=first, last=last))
    return listed([*parts, _("{hours:g} h open in all", hours=total["hours"])], " · ")


def _incidents(number: int, still: int) -> str:
    if not still:
        return ngettext("{n} incident, all closed", "{n} incidents, all closed", number)
    return ngettext("{n} incident, {open} of them open", "{n} incidents, {open} of them open", number, open=still)


def _requesters(number: int, groups: list[str]) -> str:
    if not groups:
        return ngettext("{n} requester", "{n} requesters", number)
    return ngettext("{n} requester ({groups})", "{n} requesters ({groups})", number, groups=groups)


def _incident(row: Data, people: Mapping[str, str], look: Look) -> str:
    who = people.get(str(row.get("requester")), row.get("requester")) or NOTHING
    state = say_word(row["state"])
    line = f"{INDENT}{paint(say(row['id']), 'id', look)}{GAP}{paint(state, say(row['state']), look)}"
    line += " " * (7 - width(state))
    rest = f"{say(row['created'])[:10]}{GAP}{say(row['title'])}{GAP}({one_line(str(who))})"
    room = max(look.width - len(f"  260723-7K3Q  {'':7}  "), 20)
    return f"{line}{GAP}{fit(rest, room) if look.tty else rest}"


def candidate(data: Data, look: Look) -> Iterator[str]:
    """Why these incidents belong together, which they are, and what to type."""
    head = _("{reason}; last {ago}", reason=say(data["reason"]), ago=ago(str(data["last"]), look))
    yield from (paint(line, "heading", look) for line in (wrap(head, measure(look)) if look.tty else [head]))
    if data["problem"]:
        number = paint(say(data["problem"]), "id", look)
        title = say(data["problem_title"])
        yield INDENT + _("belong probably to the problem {id}: {title}", id=number, title=title)
    room = max(measure(look) - len("  260723-7K3Q  2026-07-23  "), 20)
    for row in data["incidents"]:
        title = say(row["title"])
        shown = fit(title, room) if look.tty else title
        yield f"{INDENT}{paint(say(row['id']), 'id', look)}{GAP}{say(row['created'])[:10]}{GAP}{shown}"
    yield f"{INDENT}{paint(say(data['command']), 'dim', look)}"


def preview(plan: Data, room: int = 0) -> Iterator[str]:
    """What resolving a problem would send to whom, in lines that are safe to print; `room`: no wider than so many cells."""
    for line in _previewed(plan):
        inner = line.lstrip(" ")
        indent = line[: len(line) - len(inner)]
        yield from (indent + part for part in wrap(inner, room - len(indent))) if room and inner else (line,)


def _previewed(plan: Data) -> Iterator[str]:
    yield _("{id}  {title}: is closed as solved", id=say(plan["id"]), title=say(plan["title"]))
    if plan["fix"]:
        yield INDENT + _("fix: {fix}", fix=say(plan["fix"]))
    for row in plan["incidents"]:
        who = row["name"] or row["requester"] or _("nobody: it has no requester")
        language = f" ({say(row['language'])})" if row["language"] else ""
        yield ""
        yield _("{id}  {title}: is answered and closed", id=say(row["id"]), title=say(row["title"]))
        yield INDENT + _("to {who}{language}:", who=one_line(str(who)), language=language)
        yield from (
            INDENT * 2 + one_line(line) if line.strip() else "" for line in str(row["text"]).strip("\n").split("\n")
        )
    for row in plan["skipped"]:
        yield ""
        yield _(
            "{id}  {title}: is left {state}, being in {department}",
            id=say(row["id"]),
            title=say(row["title"]),
            state=say_word(row["state"]),
            department=say(row["department"]),
        )
