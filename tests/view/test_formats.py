"""What scripts rely on: the shape of each format."""

from __future__ import annotations

import csv
import io
import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from desk.view.formats import FORMATS, encode
from desk.view.model import Column, Detail, Done, Listing, View
from tests.view.samples import ESCAPE, detail, listing, looking, ticket


def written(view: View, fmt: str) -> str:
    return "".join(FORMATS[fmt](view, looking(color=True)))


def one_column(*values: object) -> Listing:
    return Listing("x", [{"v": value} for value in values], (Column("v", "v"),), "")


def test_json_is_an_envelope_with_the_data_as_it_is() -> None:
    text = written(listing(), "json")
    assert json.loads(text) == {"schema": 1, "kind": "tickets", "data": listing().rows, "warnings": ["index is old"]}
    assert text.startswith('{\n  "schema": 1,\n  "kind": "tickets",\n  "data": [\n')
    assert text.endswith("}\n")
    assert "εκτυπωτής" in text
    assert json.loads(written(Done("close", {"id": "a"}, ("closed a",)), "json"))["data"] == {"id": "a"}


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=8,
    )
)
def test_json_escapes_what_steers_a_terminal_and_loses_nothing(value: object) -> None:
    text = encode([value, ESCAPE, "\x7f\x9b\U000e0041"])
    assert json.loads(text) == [value, ESCAPE, "\x7f\x9b\U000e0041"]
    assert not set(text) & set("\x1b\x7f\x9b\u202e\u200b\U000e0041")


def test_jsonl_is_one_object_a_line() -> None:
    assert [json.loads(line) for line in written(listing(), "jsonl").splitlines()] == listing().rows
    assert json.loads(written(detail(), "jsonl")) == ticket()


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+30 210", "'+30 210"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t'=1"),  # one that opens it by tabs sees a cell that begins so
        ("\r=1", "'\r=1"),
        ("-1+cmd|' /C calc'!A0", "'-1+cmd|' /C calc'!A0"),
        (["=1", "b"], "'=1;b"),
        (-5, "-5"),
        ("-5.25", "-5.25"),
        (True, "true"),
        (None, ""),
        (["a", "b"], "a;b"),
        ([{"a": 1}], '[{"a":1}]'),
        ({"a": ["x"]}, '{"a":["x"]}'),
        ('say "x", y\nz', 'say "x", y\nz'),
    ],
)
def test_csv_cells_are_harmless(value: object, cell: str) -> None:
    text = written(one_column(value, "end"), "csv")
    assert list(csv.reader(io.StringIO(text, newline=""))) == [["v"], [cell], ["end"]] if cell else [["v"], [], ["end"]]


def test_csv_has_every_key_once_in_the_order_seen() -> None:
    rows = [{"id": "a", "x": 1}, {"id": "b", "y": 2}]
    assert written(Detail("x", rows), "csv") == "id,x,y\na,1,\nb,,2\n"
    assert written(Listing("x", [], (Column("id", "id"), Column("t", "title")), ""), "csv") == "id,t\n"


def test_yaml_reads_back_and_has_no_anchors() -> None:
    shared = ["a", "b"]
    view = Detail("x", [{"id": "a", "tags": shared}, {"id": "no", "tags": shared, "body": "one\ntwo\n" + "w " * 200}])
    assert yaml.safe_load(written(view, "yaml")) == view.data
    assert "&id" not in written(view, "yaml")
    assert "body: |" in written(detail(), "yaml")
    assert yaml.safe_load(written(detail(), "yaml")) == ticket()


def test_md_escapes_what_would_break_the_table() -> None:
    lines = written(one_column("a|b\nc\\|d", "x"), "md").splitlines()
    assert len(lines) == 4
    assert "a\\|b c\\\\\\|d" in lines[2]
    assert written(one_column("001"), "md").splitlines()[2].split() == ["|", "001", "|"]


def test_md_of_a_ticket_is_a_document() -> None:
    text = written(detail(), "md")
    assert text.startswith("# Ο εκτυπωτής")
    assert "- **due**: 2026-07-23 14:15\n" in text
    assert "\n## 2 · note, staff only, by nikos · 2026-07-23 11:55\n\nToner" in text
    assert written(Detail("user", {"id": "a", "name": None}), "md") == "- **id**: a\n"


def test_ids_are_ids_and_nothing_else() -> None:
    assert written(Listing("x", [{"id": "a"}, {"name": "b"}, {"id": "c"}], (), ""), "ids") == "a\nc\n"
    assert written(detail(), "ids") == "260723-AB01\n"


@pytest.mark.parametrize("fmt", ["json", "jsonl", "csv", "yaml", "md", "ids"])
def test_nothing_but_the_table_is_coloured(fmt: str) -> None:
    assert "\x1b[36m" not in written(listing(), fmt) + written(detail(), fmt)
