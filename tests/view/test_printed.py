"""The page to print: whole, harmless whatever the texts say, and asking nobody for anything."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from desk.view.formats import FORMATS
from desk.view.model import Detail, Done, View
from tests.view.samples import ESCAPE, detail, listing, looking, ticket

HOSTILE = (
    '<script>alert(1)</script> <img src=x onerror=alert(1)> [here](javascript:alert(1)) [x](https://a.example/"onclick="x)'
    " https://ok.example/a?b=1&c=<b> **bo<i>ld** `co<de`\n```\n<b>code\n~~~ still\n```\n{{ ticket.body }} {% for x in y %}"
)
ALLOWED = {"strong", "em", "code", "pre", "a"}


class Elements(HTMLParser):
    """What elements a page has, and with which attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.said: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.said.append(data)


def html(view: View) -> str:
    return "".join(FORMATS["html"](view, looking()))


def body(text: str) -> str:
    return text.partition("<body")[2]


def test_a_ticket_is_whole() -> None:
    page = html(detail())
    for said in ("Ο εκτυπωτής", "260723-AB01", "Maria Georgiou", "note, staff only", "lpstat -p second_floor", "2.14"):
        assert said in page
    assert "<strong>nothing</strong>" in page
    assert '<a rel="noreferrer noopener" href="https://example.org/manual?page=12">' in page
    assert "@media print" in page
    assert "attached: log.txt" in page


def test_nothing_is_fetched_and_nothing_runs() -> None:
    page = html(detail()) + html(listing())
    assert "default-src 'none'" in page
    assert not re.search(r"<(script|link|img|iframe|form|object)\b|\bsrc=|@import|url\(", page)


def test_texts_bring_no_elements() -> None:
    data = {
        **ticket(),
        "title": HOSTILE,
        "body": HOSTILE,
        "tags": [HOSTILE],
        "language": '"><script>',
        "fields": {"x<b>": HOSTILE},
    }
    data["thread"] = [{**entry, "text": HOSTILE, "attachments": [HOSTILE]} for entry in data["thread"]]
    assert "{{ ticket.body }}" in "".join(Elements(html(Detail("ticket", data))).said)
    plain = Elements(body(html(detail())))
    own = {tag for tag, _ in plain.found} | ALLOWED | {"table", "thead", "tbody", "tr", "th", "td"}
    for view in (Detail("ticket", data), Detail("user", data), listing(), Done("x", {}, (HOSTILE,))):
        page = Elements(body(html(view)))
        assert {tag for tag, _ in page.found} <= own
        for tag, attributes in page.found:
            assert not any(name.startswith("on") for name in attributes), tag
            assert str(attributes.get("href") or "https://").startswith(("http://", "https://"))


@given(st.text())
def test_any_text_reads_as_itself(text: str) -> None:
    """What isn't a mark of emphasis, code or a link is read as it was written."""
    page = Elements(html(Detail("ticket", {"id": "a", "title": "T", "body": text})))
    assert {tag for tag, _ in page.found} <= {*ALLOWED, "html", "head", "meta", "title", "style", "body", "article", "h1",
                                              "small", "dl", "dt", "dd", "div", "footer"}  # fmt: skip


def test_controls_are_shown() -> None:
    page = html(Detail("ticket", {"id": "a", "title": "T", "body": ESCAPE}))
    assert "\x1b" not in page
    assert "\u202e" not in page
