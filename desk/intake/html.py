"""Text from a mail's HTML: sanitised first, then written as Markdown; pictures are named, never loaded."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape

import html_to_markdown
import nh3

from desk.intake.plaintext import says_something

MOST_LINKS = 5_000
"""Links in one mail; beyond them only the words stay (C15 of the intake rules)."""
_TAGS = frozenset(nh3.ALLOWED_TAGS) | {"address", "big", "font", "main", "section"}
_DROPPED = {"style", "script", "title", "head", "noscript", "template", "object", "iframe", "svg"}
"""With all that is in them."""
_ATTRIBUTES = {"a": {"href"}, "img": {"src", "alt"}, "ol": {"start"}, "td": {"colspan"}, "th": {"colspan"}}
_SCHEMES = {"http", "https", "mailto", "tel", "cid"}
_IMAGE = re.compile(r"!\[([^\]\n]{0,300})\]\(<?([^)>\s]{0,2000})>?(?:\s+\"[^\"\n]{0,300}\")?\)")
_AUTOLINK = re.compile(r"\[([^\]\n]{1,2000})\]\(<?(?:mailto:|tel:)?([^)>\s]{1,2000})>?\)")
_HIDDEN = re.compile(r"<(\w+)[^<>]{0,2000}\bdisplay\s*:\s*none\b[^<>]{0,2000}>[^<]{0,20000}</\1\s*>", re.IGNORECASE)
_ESCAPED = re.compile(r"^([ >]*\d*)\\([-+.])", re.MULTILINE)
"""A list that somebody typed: it is one, and reads as they wrote it."""
_DEEPEST = 1_000
_HOLDER = re.compile(r"<(/?)(?:div|span|font|blockquote|table|b|i|u|em|strong|a|ul|ol|center)\b", re.IGNORECASE)
_UNSEEN = re.compile(r"<(style|script|title)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile("<[^<>]*>")
_OPTIONS = html_to_markdown.ConversionOptions(
    extract_metadata=False, strong_em_symbol="*", bullets="-", autolinks=False, br_in_tables=False
)


def to_text(html: str, images: Mapping[str, str]) -> str:
    """The words of an HTML body as Markdown. `images` are names by Content-ID, to stand where the picture was."""
    tags = _TAGS if html.lower().count("<a ") <= MOST_LINKS else _TAGS - {"a"}
    if _depth(html) > _DEEPEST:  # both libraries need time by the square of it, and lose the words in the end
        return unescape(_TAG.sub(" ", _UNSEEN.sub("", html)))
    safe = nh3.clean(
        _HIDDEN.sub("", html),
        tags=set(tags),
        clean_content_tags=_DROPPED,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel=None,
    )
    text = html_to_markdown.convert(safe, _OPTIONS).content or ""
    if not says_something(text):  # too deeply nested for it: the words alone, then
        text = unescape(_TAG.sub(" ", safe))
    text = _IMAGE.sub(lambda found: _picture(found[1], found[2], images), text)
    return _ESCAPED.sub(r"\1\2", _AUTOLINK.sub(_link, text))


def _depth(html: str) -> int:
    """How many elements that hold others are open at once, at most."""
    depth = deepest = 0
    for found in _HOLDER.finditer(html):
        depth = max(0, depth - 1) if found[1] else depth + 1
        deepest = max(deepest, depth)
    return deepest


def _picture(alt: str, source: str, images: Mapping[str, str]) -> str:
    """A picture that came along by its name; one from elsewhere by what stands for it; one that says nothing not at all."""
    if source.lower().startswith("cid:"):
        name = images.get(source[4:].lower(), alt or source[4:])
        return f"[image: {name}]" if name else ""
    return f"[image: {alt.strip()}]" if alt.strip() else ""


def _link(found: re.Match[str]) -> str:
    """A link that is its own text stands once."""
    return found[2] if found[1].strip().rstrip("/") in (found[2], found[2].rstrip("/")) else found[0]
