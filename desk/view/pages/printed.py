"""The format `html`: a view as one page to print, keep or send, which needs nothing else: no script, no request.

Texts come from anywhere: every one is escaped, none can bring an element, and links lead to http and https alone.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import Any

from desk.templates import pages
from desk.text import _, arranged
from desk.view.look import Look
from desk.view.model import Done, Listing, Paper, Sections, View
from desk.view.pages import ticket
from desk.view.pages.page import page as report_page
from desk.view.pages.problems import LONG
from desk.view.table import as_read, cell, used_columns
from desk.view.text.cells import visible
from desk.view.text.inline import runs
from desk.view.values import NOTHING, is_empty, one_line, rows_of, say

_OWN = os.path.join(os.path.dirname(__file__), "printed.html")
_LINK = re.compile(r"https?://[^\s<>\"]{3,2000}[^\s<>\".,;:!?)\]'»]")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_ELEMENTS = {"strong": "strong", "emphasis": "em", "code": "code", "heading": "strong"}
"""What a style of a line within a text is in HTML; others are plain."""
_SORTS = {"id": "i", "time": "i", "moment": "i", "number": "n", "size": "n"}
"""Styles of columns whose cells stay in one line, and how they stand."""
Data = Mapping[str, Any]


def printed(view: View, look: Look) -> Iterator[str]:
    """The whole page, in one piece."""
    if isinstance(view, Paper):
        yield report_page(view.report, look)
        return
    with open(_OWN, encoding="utf-8") as file:
        template = file.read()
    yield pages.document(template, "printed.html", _context(view, look), html=True)


def _context(view: View, look: Look) -> dict[str, Any]:
    things: list[dict[str, Any]] = []
    tables: list[dict[str, Any]] = []
    lines, title = "", say(view.kind.replace("_", " "))
    if isinstance(view, Listing):
        tables = [_table("", view, look)]
    elif isinstance(view, Sections):
        title = one_line(view.headline[0])
        tables = [_table(name, listing, look) for name, listing, _most in view.parts if listing.rows]
    elif isinstance(view, Done):
        lines = visible("\n".join(view.lines))
    else:
        things = [_thing(view.kind, data, look) for data in rows_of(view)]
        title = things[0]["title"] if len(things) == 1 else title
    about = {
        "title": title,
        "wide": any(len(table["columns"]) > _NARROW for table in tables),
        "lines": lines,
        "footer": _("as of {at}", at=look.now.isoformat(" ", "minutes")[:16] + " UTC"),
    }
    return {"page": about, "things": things, "tables": tables}


_NARROW = 5
"""A table with more columns takes the whole width of the page."""


def _table(title: str, listing: Listing, look: Look) -> dict[str, Any]:
    view = as_read(listing)
    columns = used_columns(view) if view.rows else list(view.columns)
    return {
        "title": title,
        "empty": listing.empty,
        "columns": [{"label": c.label, "sort": _SORTS.get(c.style, "")} for c in columns],
        "cells": [[_shown(cell(row.get(c.name), c, look)) for c in columns] for row in view.rows],
    }


def _shown(text: str) -> str:
    return "–" if text == NOTHING else text


def _thing(kind: str, data: Data, look: Look) -> dict[str, Any]:
    """One thing: a ticket with its thread, or labels and values."""
    name = say(data.get("title") or data.get("name") or data.get("id") or kind)
    made = {"id": say(data["id"]) if data.get("id") and data["id"] != name else "", "title": name, "parts": []}
    text = marked_up(str(data.get("body") or ""), look)
    if kind in ticket.TICKETS:
        facts = [(label, value) for label, value, _style in ticket.facts(data, look)]
        return {**made, "facts": facts, "text": text, "lang": data.get("language") or "", "parts": _parts(data, look)}
    apart = ("id", "title", "name", "body")
    told = [(say(n.replace("_", " ")), say(v, look)) for n, v in data.items() if n not in apart and not is_empty(v)]
    return {**made, "facts": told, "text": text, "lang": ""}


def _parts(data: Data, look: Look) -> list[dict[str, Any]]:
    """What stands below a ticket's text: causes and workarounds, the checklist, the thread, the review."""
    found = [
        _part(name.capitalize(), text=marked_up(str(data[name]), look)) for name in LONG if not is_empty(data.get(name))
    ]
    if data.get("steps"):
        steps = [arranged("{box} {text}", box="☑" if s["done"] else "☐", text=say(s["text"])) for s in data["steps"]]
        found.append(_part(_("Checklist"), steps=steps))
    for number, entry in enumerate(data.get("thread") or (), 1):
        files = ticket.attached(entry["attachments"], data) if entry.get("attachments") else ""
        part = _part(
            ticket.entry_title(number, entry, data.get("people") or {}, look),
            text=marked_up(str(entry.get("text") or ""), look),
            files=_("attached: {names}", names=files) if files else "",
        )
        found.append({**part, "note": entry.get("kind") == "note"})
    if data.get("review"):
        found.append(_part(_("Review"), text=marked_up(str(data["review"]), look)))
    return found


def _part(title: str, **more: Any) -> dict[str, Any]:
    return {"title": title, "note": False, "steps": [], "text": "", "files": "", **more}


# -- texts -------------------------------------------------------------------------------------------------------------


def marked_up(text: str, look: Look) -> Any:
    """A text as it was written, line by line: emphasis, code and links in HTML, everything else escaped."""
    return pages.safe("\n".join(_lines(visible(text).strip("\n").split("\n"), look)))


def _lines(source: Iterable[str], look: Look) -> Iterator[str]:
    fence, code = "", list[str]()
    for line in source:
        mark = _FENCE.match(line)
        if fence and (not mark or not line.strip().startswith(fence)):
            code.append(line)
        elif fence:
            yield _code(code)
            fence, code = "", []
        elif mark:
            fence = mark[1]
        else:
            yield _inline(line, look)
    if fence:
        yield _code(code)


def _code(lines: list[str]) -> str:
    inner = escape("\n".join(lines))
    return f"<pre>{inner}</pre>"


def _inline(line: str, look: Look) -> str:
    heading = re.fullmatch(r"#{1,6} +(\S.*)", line)
    pieces = runs(heading[1] if heading else line, look._replace(color=True), "heading" if heading else "")
    return "".join(_element(_ELEMENTS.get(run.style, ""), _linked(run.text)) for run in pieces)


def _element(name: str, inner: str) -> str:
    return f"<{name}>{inner}</{name}>" if name else inner


def _linked(text: str) -> str:
    """A piece of text, escaped, its web addresses as links."""
    done, at = "", 0
    for found in _LINK.finditer(text):
        address = escape(found[0])
        done += escape(text[at : found.start()]) + f'<a rel="noreferrer noopener" href="{address}">{address}</a>'
        at = found.end()
    return done + escape(text[at:])
