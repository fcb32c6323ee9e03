"""Markdown on a terminal: tables, paragraphs, emphasis, rules; at any width, in linear time, never steering it."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.view.model import Detail
from desk.view.pages.article import articles, reviews
from desk.view.text.cells import width
from desk.view.text.markdown import layout
from tests.view.samples import ESCAPE, looking

_PAINT = re.compile(r"\x1b\[[0-9;]*m")


def laid(text: str, cells: int = 40, *, reflow: bool = True, color: bool = False) -> list[str]:
    return list(layout(text, cells, looking(color=color), reflow=reflow))


def test_a_paragraph_is_set_anew_in_an_article_and_kept_in_a_ticket() -> None:
    text = "One two\nthree four.\n\nFive  \nsix\\\nseven"
    assert laid(text) == ["One two three four.", "", "Five", "six", "seven"]
    assert laid(text, reflow=False) == ["One two", "three four.", "", "Five", "six\\", "seven"]


def test_lists_are_set_anew_with_their_indent() -> None:
    text = "- one\n  goes on\n  1. nested item that is\n     long enough to wrap\n  2. two\n\n   ```\n   code   stays\n   ```\n- end"
    assert laid(text, 24) == [
        "- one goes on",
        "  1. nested item that is",
        "     long enough to wrap",
        "  2. two",
        "",
        "   ```",
        "   code   stays",
        "   ```",
        "- end",
    ]


def test_quotes_rules_and_underlined_headings() -> None:
    assert laid("> said\n> by one\n\n---\n\nHead\n====\ntext") == ["> said by one", "", "─" * 40, "", "# Head", "text"]
    assert laid("a\n---\nb", reflow=False) == ["a", "---", "b"]


def test_a_table_is_aligned() -> None:
    text = "| Name | Number |\n|:--|--:|\n| Μάλτα | 7 |\n| `a|b` and more | 12 |\n| one |\n"
    assert laid(text) == [
        "Name            Number",
        "──────────────  ──────",
        "Μάλτα                7",
        "`a|b` and more      12",
        "one",
    ]


def test_a_wide_table_is_wrapped_in_its_cells() -> None:
    text = "| What | Meaning |\n|---|---|\n| 4703 | the certificate of the partner has expired |\n"
    assert laid(text, 24) == [
        "What   Meaning",
        "─────  ─────────────────",
        "4703   the certificate",
        "       of the partner",
        "       has expired",
    ]


def test_what_is_no_table_or_has_no_room_stays_as_it_is() -> None:
    many = "|" + "a|" * 30 + "\n|" + "-|" * 30
    assert laid(many, 40) == many.split("\n")
    assert laid("| a | b |\n| c | d |") == ["| a | b |", "| c | d |"]


def test_emphasis_is_shown_where_it_can_be() -> None:
    text = "a **bold move** and *some* _more_ `code` snake_case_name 2 * 3 * 4 [t](u.md)"
    assert laid(text, 100) == ["a **bold move** and *some* _more_ `code` snake_case_name 2 * 3 * 4 t (u.md)"]
    [painted] = laid(text, 100, color=True)
    assert painted.startswith(
        "a \x1b[1mbold move\x1b[0m and \x1b[3msome more\x1b[0m \x1b[36mcode\x1b[0m snake_case_name 2 * 3"
    )
    assert painted.endswith(" t \x1b[2m(u.md)\x1b[0m")
    assert laid("a **bold move** b", 8, color=True) == ["a \x1b[1mbold\x1b[0m", "\x1b[1mmove\x1b[0m b"]


PARTS = ["# h", "- i", "  - j", "1. n", "> q", "```", "| a | b |", "|---|---|", "text *e* **s** `c`", "[l](u)", "", "---", "===", "    x", "Ελλάδα 日本 👩‍👩‍👧", ESCAPE]  # fmt: skip


@given(st.lists(st.sampled_from(PARTS) | st.text(max_size=12), max_size=12), st.integers(8, 60))
def test_any_text_fits_and_steers_nothing(parts: list[str], cells: int) -> None:
    text = "\n".join(parts)
    plain = laid(text, cells)
    painted = [_PAINT.sub("", line) for line in laid(text, cells, color=True)]
    assert not set("".join(plain + painted)) & set("\x1b\x07\u202e")
    if not re.search(r"(?m)^(\s{4}|\s*\||\s*[`~]{3}|\t)", text):
        # Wider than the page are only a character that doesn't fit at all, and what hangs behind a deep indent.
        assert all(width(line) <= cells + 12 for line in plain)
    if "|" not in text:
        shown = re.sub(r"\s", "", "".join(plain))
        assert all(word in shown for word in re.findall(r"[^\W_]{2,}", text.replace(ESCAPE, " ")))


@pytest.mark.parametrize(
    "part", ["**a ", "*a", "_a_ ", "|a|b", "`a``b", "- a\n", "| a | b |\n", "> a\n", "a\n", "a  \n", "[x](y "]
)
def test_a_hostile_text_takes_linear_time(part: str) -> None:
    """Within half a second, where code that is quadratic takes four."""
    text = "| a | b |\n|---|---|\n" + part * (15_000 if len(part) < 5 else 5_000)
    before = time.process_time()
    assert laid(text, 80, color=True)
    assert time.process_time() - before < 2


ARTICLE = {
    "id": "malta-4703", "title": "Malta answers 4703", "topic": "known-errors", "topic_title": "Known errors", "state": "published",
    "type": "known-error", "language": "en", "published": "2026-07-01T08:00:00Z", "review": "2026-07-20", "author": "maria",
    "approved_by": None, "service": None, "problem": "260723-AB01", "problem_state": "open", "tags": [], "keywords": [],
    "symptom": "No answer", "cause": "It expired\nover night", "workaround": None, "fix": None, "body": "Look\nhere.",
    "private": True, "people": {"maria": "Maria Georgiou"}, "languages": [{"id": "malta-4703.el", "language": "el", "state": "draft"}],
    "incidents": [{"id": "260723-AB02", "state": "open", "title": "It fails"}],
}  # fmt: skip


def test_an_article_is_a_page() -> None:
    lines = "".join(articles(Detail("article", ARTICLE), looking())).splitlines()
    assert lines[0] == "malta-4703  Malta answers 4703"
    text = "\n".join(lines)
    for part in (
        "Known errors (staff only)",
        "2026-07-20, 3 d ago",
        "260723-AB01 (open)",
        "el (malta-4703.el, draft)",
        "\nSymptom  No answer\n",
        "\nCause\n  It expired\n  over night\n",
        "\nLook here.\n",
        "\nIncidents\n  260723-AB02  open  It fails",
    ):
        assert part in text
    assert "workaround" not in text.lower()
    assert all(width(line) <= 80 for line in lines)
    assert "Look\nhere." in "".join(articles(Detail("article", ARTICLE), looking(tty=False)))


@pytest.mark.parametrize("tty", [True, False])
def test_no_article_steers_the_terminal(tty: bool) -> None:  # noqa: FBT001 - pytest passes it
    hostile = dict.fromkeys(ARTICLE, ESCAPE) | {
        "people": {ESCAPE: ESCAPE},
        "tags": [ESCAPE],
        "languages": [{"id": ESCAPE, "language": ESCAPE, "state": ESCAPE}],
        "incidents": [{"id": ESCAPE, "state": ESCAPE, "title": ESCAPE}],
        "extra": {ESCAPE: ESCAPE},
    }
    diff = {
        "id": ESCAPE,
        "path": ESCAPE,
        "state": ESCAPE,
        "since": ESCAPE,
        "author": ESCAPE,
        "approved_by": ESCAPE,
        "diff": f"a\nb\n+{ESCAPE}",
    }
    text = "".join(articles(Detail("article", hostile), looking(tty=tty)))
    text += "".join(reviews(Detail("reviews", [diff]), looking(tty=tty)))
    assert not set(text) & set("\x1b\x07\u202e\u200b")


def test_a_diff_is_coloured() -> None:
    diff = {
        "id": "x",
        "path": "kb/faq/x.md",
        "state": "review",
        "since": "a" * 40,
        "author": "maria",
        "approved_by": None,
        "diff": "--- published\n+++ now\n@@ -1 +1 @@\n-old\n+new",
    }
    lines = "".join(reviews(Detail("reviews", [diff]), looking(color=True))).splitlines()
    assert lines[-2:] == ["\x1b[31m-old\x1b[0m", "\x1b[32m+new\x1b[0m"]
    assert "published with commit aaaaaaaaaa" in lines[1]
    assert "nothing has changed since" in "".join(reviews(Detail("reviews", [{**diff, "diff": ""}]), looking()))
