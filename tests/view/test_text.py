"""Text is measured in cells, and never gives the terminal orders."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcswidth, wcwidth

from desk.view.text.cells import clusters, fit, visible, width, wrap
from tests.view.samples import ESCAPE

ODD = "\u200d\u200c\ufe0f\u0301\U0001f3fd\U0001f1ec\U0001f1f7👩🎉日Ωa \u1100\u1161\u05d0\u0627\u20e3"
TEXTS = st.one_of(st.text(max_size=40), st.text(alphabet=ODD, max_size=20))


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b[31m", "^[[31m"),
        ("a\rb", "a^Mb"),
        ("\x7f", "^?"),
        ("\x9b1m", "<U+009B>1m"),
        ("\u202egnp.exe", "<U+202E>gnp.exe"),
        ("zero\u200bwidth", "zero<U+200B>width"),
        ("\u2028\u2029\ufeff\xad", "<U+2028><U+2029><U+FEFF><U+00AD>"),
        ("\U000e0041", "<U+E0041>"),
    ],
)
def test_orders_to_the_terminal_are_shown(raw: str, shown: str) -> None:
    assert visible(raw) == shown


@pytest.mark.parametrize("harmless", ["Ωμέγα", "שלום عربي", "👩‍👩‍👧 ❤️", "می‌خواهم", "a\tb\nc", "\xa0\ue000", "٠\u0601"])
def test_what_people_write_stays(harmless: str) -> None:
    assert visible(harmless) is harmless


def test_newlines_are_shown_where_a_line_must_stay_one() -> None:
    assert visible("a\n\tb", keep_newlines=False) == "a^J^Ib"


@given(TEXTS)
def test_nothing_visible_is_a_control_character(raw: str) -> None:
    shown = visible(raw + ESCAPE, keep_newlines=False)
    assert not [c for c in shown if unicodedata.category(c) in {"Cc", "Zl", "Zp", "Cs"}]
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u200e\u200f\ufeff")


def test_every_character_alone_is_as_wide_as_wcwidth_says() -> None:
    simple = [chr(n) for n in (*range(0x20, 0xD800), *range(0xF900, 0x10000), *range(0x1F000, 0x1FB00))]
    off = [hex(ord(c)) for c in simple if wcwidth(c) >= 0 and width(c) != wcwidth(c)]
    assert off == []


@pytest.mark.parametrize(
    ("line", "cells"), [("Ωμέγα", 5), ("日本", 4), ("🎉", 2), ("👩‍👩‍👧", 2), ("e\u0301", 1), ("🇬🇷", 2), ("\x1b", 1)]
)
def test_width(line: str, cells: int) -> None:
    assert width(line) == cells


@given(TEXTS.map(visible), TEXTS.map(visible))
def test_width_agrees_with_wcwidth(one: str, other: str) -> None:
    line = visible(one + other, keep_newlines=False)
    assert width(line) == wcswidth(line)


@given(TEXTS, st.integers(0, 30))
def test_fit_never_exceeds_its_cells(raw: str, cells: int) -> None:
    line = visible(raw, keep_newlines=False)
    cut = fit(line, cells)
    assert width(cut) <= cells
    assert cut == line or cut.endswith("…") or cells == 0


def test_fit_cuts_no_cluster() -> None:
    assert fit("👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧", 5) == "👩‍👩‍👧👩‍👩‍👧…"
    assert fit("🇬🇷🇬🇷🇬🇷", 4) == "🇬🇷…"
    assert fit("one two three", 8) == "one two…"


@given(TEXTS)
def test_clusters_lose_nothing(raw: str) -> None:
    assert "".join(clusters(raw)) == raw


@given(st.lists(TEXTS, max_size=6), st.integers(4, 30))
def test_wrap_keeps_every_word_within_the_cells(words: list[str], cells: int) -> None:
    line = visible(" ".join(words), keep_newlines=False)
    lines = wrap(line, cells)
    assert "".join("".join(lines).split()) == "".join(line.split())
    # One family can be wider than the line in a terminal that doesn't join it; it is not cut.
    assert all(width(part) <= cells or len(list(clusters(part))) == 1 for part in lines)


def test_wrap_breaks_long_words() -> None:
    assert wrap("see abcdefghij now", 4) == ["see", "abcd", "efgh", "ij", "now"]
