"""Problems for people: what an incident shows of the problem behind it, a problem's incidents, candidates, and a preview."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

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
        head = f"problem {say(problem['id'])}, {say(problem['state'])}: {say(problem['title'])}"
        yield paint(fit(head, measure(look)) if look.tty else head, "heading", look)
        for name in LONG:
            if problem.get(name):
                yield paint(f"{INDENT}{name}", "dim", look)
                yield from _indented(str(problem[name]), look, INDENT * 2)
        for article in problem.get("known_errors") or ():
            head, cells = f"{INDENT}known error", look.width if look.tty else 0
            lines = folded(f"{head} {say(article['id'])}: {say(article['title'])}", cells, INDENT * 2)
            yield f"{INDENT}{paint('known error', 'dim', look)}{lines[0].removeprefix(head)}"
            yield from lines[1:]


def sections(data: Data, look: Look) -> Iterator[str]:
    """The long texts of a ticket, each below its name."""
    for name in LONG:
        if data.get(name):
            yield ""
            yield paint(name, "heading", look)
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
        yield paint("known errors", "heading", look)
        yield from (f"{INDENT}{say(a['id'])}{GAP}{say(a['state'])}{GAP}{say(a['title'])}" for a in articles)
    if "total" in data:
        yield ""
        total = summed(data["total"])
        yield from (paint(line, "heading", look) for line in (wrap(total, measure(look)) if look.tty else [total]))
        yield from (_incident(row, data.get("people") or {}, look) for row in data["incidents"])


def summed(total: Data) -> str:
    """`8 incidents, 3 of them open · 6 requesters (patient) · technical · 2026-07-11 to 2026-07-23 · 96.5 h open in all`."""
    if not total["incidents"]:
        return "no incidents"
    parts = [
        _count(total["incidents"], "incident")
        + (f", {total['open']} of them open" if total["open"] else ", all closed")
    ]
    if total["requesters"]:
        groups = f" ({', '.join(map(say, total['groups']))})" if total["groups"] else ""
        parts.append(_count(total["requesters"], "requester") + groups)
    first, last = total["first"][:10], total["last"][:10]
    parts += [", ".join(map(say, total["departments"])), first if first == last else f"{first} to {last}"]
    return " · ".join([*parts, f"{total['hours']:g} h open in all"])


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _incident(row: Data, people: Mapping[str, str], look: Look) -> str:
    who = people.get(str(row.get("requester")), row.get("requester")) or NOTHING
    state = say(row["state"])
    line = f"{INDENT}{paint(say(row['id']), 'id', look)}{GAP}{paint(state, state, look)}{' ' * (7 - width(state))}"
    rest = f"{say(row['created'])[:10]}{GAP}{say(row['title'])}{GAP}({one_line(str(who))})"
    room = max(look.width - len(f"  260723-7K3Q  {'':7}  "), 20)
    return f"{line}{GAP}{fit(rest, room) if look.tty else rest}"


def candidate(data: Data, look: Look) -> Iterator[str]:
    """Why these incidents belong together, which they are, and what to type."""
    head = f"{say(data['reason'])}; last {ago(str(data['last']), look)}"
    yield from (paint(line, "heading", look) for line in (wrap(head, measure(look)) if look.tty else [head]))
    if data["problem"]:
        yield f"{INDENT}belong probably to the problem {paint(say(data['problem']), 'id', look)}: {say(data['problem_title'])}"
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
    yield f"{say(plan['id'])}{GAP}{say(plan['title'])}: is closed as solved"
    if plan["fix"]:
        yield f"{INDENT}fix: {say(plan['fix'])}"
    for row in plan["incidents"]:
        who = row["name"] or row["requester"] or "nobody: it has no requester"
        language = f" ({say(row['language'])})" if row["language"] else ""
        yield ""
        yield f"{say(row['id'])}{GAP}{say(row['title'])}: is answered and closed"
        yield f"{INDENT}to {one_line(str(who))}{language}:"
        yield from (
            INDENT * 2 + one_line(line) if line.strip() else "" for line in str(row["text"]).strip("\n").split("\n")
        )
    for row in plan["skipped"]:
        yield ""
        yield f"{say(row['id'])}{GAP}{say(row['title'])}: is left {say(row['state'])}, being in {say(row['department'])}"
