"""Answers in the shape somebody asks for: some fields, a template, a spreadsheet, a page for the requester."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.beginnings import at_work
from tests.cli.conftest import Refuses, tip
from tests.conftest import Make, Runner, copy_of

ANNA = "anna@hospital.example"


class Shown(NamedTuple):
    """A desk with a ticket: a requester of a name, two custom fields, a note, a reply and files of both."""

    top: Path
    ticket: str


@pytest.fixture(scope="module")
def one_shown(few_articles: Path, tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Shown:
    folder = tmp_path_factory.mktemp("shown")
    for name in ("said.txt", "secret.txt"):
        (folder / name).write_text(name, encoding="utf-8")
    with at_work(copy_of(few_articles, folder), environment) as desk:
        desk("user", "create", "--name", "Άννα Γεωργίου", "--email", ANNA, "--group", "patient")
        desk("field", "create", "serial", "--type", "text", "--on", "ticket")
        desk("field", "create", "calls", "--type", "number", "--on", "ticket")
        fields = ("--field", "serial=-2+3", "--field", "calls=7", "--department", "technical")
        words = ("--title", "=1+1", "--requester", ANNA, "--body", "the <b>body")
        ticket = desk("ticket", "create", *words, *fields, "-f", "ids").out.strip()
        desk("ticket", "note", ticket, "--body", "staff only words", "--attach", "../secret.txt")
        desk("ticket", "reply", ticket, "--body", "we look", "--attach", "../said.txt")
    return Shown(folder / "desk", ticket)


@pytest.fixture(scope="module")
def _template(one_shown: Shown) -> Path:
    return one_shown.top


@pytest.fixture
def shown(one_shown: Shown) -> str:
    return one_shown.ticket


def test_a_spreadsheet(desk: Runner, shown: str, make: Make) -> None:
    """A column for each custom field, whether one has it or not; names and addresses; numbers as numbers; no formulas."""
    other = make()
    text = desk("ticket", "list", "-f", "csv").out
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(text, newline=""))}
    row = rows[shown]
    assert (row["title"], row["fields.serial"], row["fields.calls"]) == ("'=1+1", "'-2+3", "7")
    assert (row["requester_name"], row["requester_email"]) == ("Άννα Γεωργίου", ANNA)
    assert (rows[other]["requester_name"], rows[other]["fields.calls"]) == ("", "")
    header = text.splitlines()[0]
    assert desk("ticket", "list", "--search", "nosuchword", "-f", "csv").out.splitlines() == [header]
    tabbed = desk("ticket", "list", "-f", "tsv").out.splitlines()
    assert tabbed[0] == header.replace(",", "\t")
    assert {line.count("\t") for line in tabbed} == {header.count(",")}
    assert desk("staff", "list", "-f", "tsv").out.splitlines()[0].startswith("id\t")
    [one] = csv.DictReader(io.StringIO(desk("ticket", "show", shown, "-f", "csv").out, newline=""))
    assert (one["fields.calls"], one["requester_email"]) == ("7", ANNA)


def test_fields_as_json(desk: Runner, shown: str) -> None:
    told = desk("ticket", "list", "--json", "title,fields.calls").json
    assert (told["kind"], told["data"]) == ("tickets", [{"title": "=1+1", "fields.calls": 7}])
    assert desk("ticket", "show", shown, "--json", "id").data == {"id": shown}
    assert desk("ticket", "show", shown, shown, "--json", "id").data == [{"id": shown}]
    assert desk("ticket", "list", "--search", "nosuchword", "--json", "id").data == []
    wrong = desk("ticket", "list", "--json", "titel", code=2).json
    assert "did you mean title?" in wrong["error"]["message"]
    assert [row["id"] for row in desk("staff", "list", "--json", "id").data] == ["eleni", "maria", "nikos", "petros"]


def test_a_template(desk: Runner, shown: str, home: Path) -> None:
    assert desk("ticket", "list", "--template", r"{{ id }}\t{{ title }}").out == f"{shown}\t=1+1\n"
    (home.parent / "t.j2").write_text("{% if owner %}{{ owner }}{% else %}nobody{% endif %}: {{ fields.calls }}\n")
    assert desk("ticket", "list", "--template", f"@{home.parent / 't.j2'}").out == "nobody: 7\n"
    assert "known: id, title" in desk("ticket", "list", "--template", "{{ idd }}", code=2).err
    for hostile in (
        "{{ id.__class__ }}",
        "{{ ''.join(id) }}",
        "{% for a in id %}{% for b in id %}x",
        "{% include 'x' %}",
    ):
        desk("ticket", "list", "--template", hostile, code=2)


def test_what_the_requester_may_read(desk: Runner, shown: str, refuses: Refuses, home: Path) -> None:
    """No note, in no format; nothing of staff alone; and nothing at all of a private department."""
    before = tip(home)
    for fmt in ("table", "json", "jsonl", "csv", "tsv", "yaml", "md", "html"):
        text = desk("ticket", "show", shown, "--public", "-f", fmt).out
        assert "we look" in text, fmt
        for word in ("staff only", "secret.txt", "priority", "watchers", "serial"):
            assert word not in text.replace("fields.serial", ""), (fmt, word)
    data: dict[str, Any] = json.loads(desk("ticket", "show", shown, "--public", "-f", "json").out)["data"]
    assert [entry["kind"] for entry in data["thread"]] == ["reply"]
    assert [file["id"] for file in data["files"]] == ["said.txt"]
    page = desk("ticket", "show", shown, "-f", "html").out
    assert "staff only words" in page
    assert "the &lt;b&gt;body" in page
    assert tip(home) == before
    desk("department", "create", "board", "--name", "Board", "--private")
    desk("staff", "edit", "maria", "--department", "board", "--as", "maria", code=None)
    hidden = desk("ticket", "create", "--title", "H", "--department", "board", "-f", "ids").out.strip()
    assert "private department" in refuses(5, "ticket", "show", hidden, "--public")["message"]
