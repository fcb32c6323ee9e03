"""Report templates of a desk's own: what they may do, and that nothing in them gets out of hand."""

from __future__ import annotations

import time
from typing import Any

import pytest

from desk.errors import Broken
from desk.templates.pages import document, safe

ROWS = [
    {"id": "260723-7K3Q", "title": "<script>alert(1)</script>", "count": 3},
    {"id": "b", "title": "=1+1", "count": 4},
]
VALUES: dict[str, Any] = {
    "report": {"title": "Weekly & more"},
    "sections": [
        {"id": "waiting", "rows": ROWS, "cells": [["a", "1"]], "columns": [{"number": False}, {"number": True}]}
    ],
    "section": {"waiting": {"rows": ROWS, "svg": safe("<svg></svg>")}},
}


def made(text: str, *, html: bool = True) -> str:
    return document(text, "templates/reports/own.html", VALUES, html=html)


def test_values_are_escaped_in_a_page_and_not_in_plain_text() -> None:
    text = "{{ report.title }}{% for row in section.waiting.rows %}|{{ row['title'] }}{% endfor %}{{ section.waiting.svg }}"
    assert made(text) == "Weekly &amp; more|&lt;script&gt;alert(1)&lt;/script&gt;|=1+1<svg></svg>"
    assert made(text, html=False).startswith("Weekly & more|<script>")


def test_cells_may_be_told_by_their_column() -> None:
    text = (
        "{% for s in sections %}{% for row in s.cells %}{% for cell in row %}"
        "{% if s.columns[loop.index0].number %}n{% endif %}{{ cell }}{% endfor %}{% endfor %}{% endfor %}"
    )
    assert made(text) == "an1"


ATTACKS = {
    "class": ("{{ ''.__class__.__mro__ }}", "unsafe"),
    "call": ("{{ report.title.upper() }}", "a call"),
    "power": ("{{ 10 ** 10 ** 10 }}", "a calculation"),
    "long text": ("{{ 'x' * 1000000000 }}", "a calculation"),
    "padding": ("{{ '%0999999999d' % 1 }}", "a calculation"),
    "centre": ("{{ 'x'|center(1000000000) }}", "no filter"),
    "unescaped": ("{{ report.title|safe }}", "no filter"),
    "range": ("{% for n in range(1000000000) %}x{% endfor %}", "a call"),
    "file": ("{% include '/etc/passwd' %}", "include"),
    "import": ("{% import 'x' as y %}", "import"),
    "macro": ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "macro"),
    "private": ("{{ _budget }}", "no variable"),
    "taken budget": ("{% set _budget = 1 %}", "begin with a letter"),
    "unknown": ("\n{{ section.wating.rows }}", "wating"),
    "loops": ("".join("{% for a in 'xxxxxxxxxxxxxxxxxxxx' %}" for _ in range(8)) + "x" + "{% endfor %}" * 8, "turns"),
    "doubling": ("{% set a = 'xxxxxxxxxxxxxxxx' %}" + "{% set a = a ~ a %}" * 40 + "{{ a }}", "grows over"),
    "syntax": ("\n\n{% if %}", "not a valid template"),
    "deep": ("{% if 1 %}" * 60 + "{% endif %}" * 60, "deep"),
}


@pytest.mark.parametrize(("text", "words"), ATTACKS.values(), ids=ATTACKS)
def test_an_attack_ends_in_a_clear_error_within_two_seconds(text: str, words: str) -> None:
    start = time.process_time()
    with pytest.raises(Broken) as caught:
        made(text)
    assert words in caught.value.problem
    assert caught.value.path == "templates/reports/own.html"
    assert caught.value.line == text[: len(text) - len(text.lstrip("\n"))].count("\n") + 1
    assert time.process_time() - start < 2
