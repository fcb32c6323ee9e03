"""The HTML of a message: the words of its text, escaped, with paragraphs and links, as every mail program can show them."""

from __future__ import annotations

import re
from html import escape

from desk.text import _

IMAGE = "header@desk"
"""The Content-ID of the picture on top."""
_LINK = re.compile(r"https?://[^\s<>\"]{3,2000}[^\s<>\".,;:!?)\]'»]")
_BODY = "font-family:Arial,Helvetica,sans-serif;font-size:15px;line-height:1.45;color:#1a1a1a;max-width:42em;margin:0"
_QUOTE = _("margin:0 0 1em 0;padding-left:.8em;border-left:3px solid #c8c8c8;color:#555555")
_BREAK = "<br>\n"
_SMALL = "color:#767676;font-size:12px"


def page(text: str, language: str, *, image: bool, marker: str = "") -> str:
    """An HTML page; styles stand in the elements, since most mail programs drop style sheets."""
    paragraphs = [p for p in re.split(r"\n[ \t]*\n", text.strip("\n")) if p.strip()]
    lines = [
        "<!DOCTYPE html>",
        _('<html lang="{escape}"><head><meta charset="utf-8"></head>', escape=escape(language)),
        _('<body style="{body}">', body=_BODY),
        *([_('<p style="{small}">{escape}</p>', small=_SMALL, escape=escape(marker))] if marker else []),
        *([_('<p><img src="cid:{image}" alt=""></p>', image=IMAGE)] if image else []),
        *map(_paragraph, paragraphs),
        "</body></html>",
    ]
    return "\n".join(lines) + "\n"


def _paragraph(text: str) -> str:
    lines = text.split("\n")
    if all(line.startswith(">") for line in lines):
        inner = _BREAK.join(_linked(re.sub(r"^>\s?", "", line)) for line in lines)
        return _('<blockquote style="{quote}">{inner}</blockquote>', quote=_QUOTE, inner=inner)
    return f"<p>{_BREAK.join(map(_linked, lines))}</p>"


def _linked(line: str) -> str:
    """The line, escaped, its addresses as links, its indent kept."""
    done, at = "", 0
    for found in _LINK.finditer(line):
        address = escape(found[0])
        done += _('{escape}<a href="{address}">{address}</a>', escape=escape(line[at : found.start()]), address=address)
        at = found.end()
    whole = done + escape(line[at:])
    indent = len(line) - len(line.lstrip(" "))
    return "&nbsp;" * indent + whole[indent:] if indent else whole
