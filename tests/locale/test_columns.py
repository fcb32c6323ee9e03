"""What is seen in Greek beside sentences: headings, events, relations, reasons, what a shell completes, the order of titles."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import desk as package
from desk.domain.changes import sentences
from desk.domain.rights import verbs
from desk.domain.rights.words import OF_FIELD, WORDS
from desk.local import maillog
from desk.locale import language
from desk.text import Text, pgettext, said, speaking
from desk.view.model import Column, Listing
from desk.view.table import table
from desk.view.text.cells import capitals
from tests.conftest import Runner
from tests.view.samples import looking


def headings() -> Iterator[list[Column]]:
    """The columns of each table, as they stand in one tuple or list of the commands."""
    for path in Path(package.__file__).parent.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)) if "Column(" in text else ():
            if isinstance(node, ast.Tuple | ast.List):
                found = [c for c in map(_column, node.elts) if c is not None]
                if len(found) > 1:
                    yield found


def _column(node: ast.expr) -> Column | None:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Column"):
        return None
    name, label, *rest = node.args
    if not (
        isinstance(label, ast.Call) and isinstance(label.args[-1], ast.Constant) and isinstance(name, ast.Constant)
    ):
        return None
    style = rest[0].value if rest and isinstance(rest[0], ast.Constant) else "plain"
    spare = next((k.value.value for k in node.keywords if k.arg == "spare" and isinstance(k.value, ast.Constant)), 0)
    return Column(str(name.value), pgettext("column", str(label.args[-1].value)), str(style), int(str(spare)))


@pytest.mark.usefixtures("greek")
def test_no_heading_is_cut_at_80_columns() -> None:
    """Of any table, with a long word in each cell that may be cut: the cells give way, headings don't."""
    tables = list(headings())
    assert len(tables) > 40
    for columns in tables:
        long = {c.name: "x" * 60 for c in columns if c.style in ("plain", "title", "name", "prose", "tags")}
        row = {c.name: long.get(c.name, "260723-7K3Q" if c.style == "id" else 1) for c in columns}
        head = next(iter(table(Listing("things", [row], tuple(columns), ""), looking())))
        shown = [c for c in columns if capitals(c.label) in head]
        assert "…" not in head, head
        assert len(shown) + sum(bool(c.spare) for c in columns) >= len(columns), head


@pytest.fixture
def greek() -> Iterator[None]:
    with speaking(language.catalogue("el", {})):
        yield


def in_greek(text: str) -> str:
    with speaking(language.catalogue("el", {})):
        return said(text)


@pytest.mark.usefixtures("greek")
def test_each_verb_has_a_word() -> None:
    for verb in verbs.VERBS:
        found = OF_FIELD["verb"].get(verb.name) or WORDS.get(verb.name)
        assert isinstance(found, Text), verb.name
        assert said(found) != verb.name
        assert str.__str__(found) == verb.name


@pytest.mark.parametrize(
    ("verb", "value", "greek_words"),
    [
        ("checklist", "incident (7 steps)", "incident (7 βήματα)"),
        ("checklist", "incident (1 step)", "incident (1 βήμα)"),
        ("undo", "reply 9854b7ce2e", "απάντηση 9854b7ce2e"),
        ("undo", "9854b7ce2e", "9854b7ce2e"),
        ("pending", "pending for third-party until 2026-11-26", "σε αναμονή (τρίτος) έως 2026-11-26"),
        ("assign", "open", "open"),
    ],
)
def test_what_an_event_holds_is_told_in_greek(verb: str, value: str, greek_words: str) -> None:
    found = sentences.value_words("ticket", verb, value)
    assert str.__str__(found) == value
    assert in_greek(found) == greek_words


@pytest.mark.parametrize(
    ("reason", "greek_words"),
    [
        ("no server of the desk vouches for it", "κανένας διακομιστής του κέντρου δεν εγγυάται για αυτό"),
        ("looks forged: dmarc=fail", "dmarc=fail"),
        ("looks forged: no server of the desk vouches for it", "δεν εγγυάται για αυτό"),
        ("flood: more than 20 tickets in an hour", "20"),
        ("maria: {advertising}", "maria: {advertising}"),
    ],
)
def test_a_reason_that_was_kept_is_told_in_greek(reason: str, greek_words: str) -> None:
    found = maillog.recall(reason)
    assert str.__str__(found) == reason
    told = in_greek(found)
    assert greek_words in told
    assert not {"looks", "flood"} & {*re.findall("[a-z]+", told)}


def test_history_and_relations_are_greek_and_their_json_is_not(desk: Runner) -> None:
    first, second = (desk("ticket", "create", "--title", t, "-f", "ids").out.strip() for t in ("Fax", "Fax again"))
    desk("ticket", "link", first, second, "--as", "caused-by")
    desk("ticket", "close", first)
    told = desk("--lang", "el", "ticket", "history", first).out
    assert "κλείσιμο" in told
    assert "ανοικτό" in told
    assert f"οφείλεται στο {second}" in desk("--lang", "el", "ticket", "show", first).out
    assert f"caused-by {second}" in desk("ticket", "show", first).out
    assert (
        desk("--lang", "el", "ticket", "history", first, "-f", "json").out
        == desk("ticket", "history", first, "-f", "json").out
    )


def test_titles_stand_in_the_order_of_the_alphabet(desk: Runner) -> None:
    titles = ["Ωράριο", "άλφα", "Βήτα", "Αλφάβητο", "έψιλον"]
    for number, title in enumerate(titles):
        desk("kb", "create", "--slug", f"a{number}", "--title", title, "--topic", "faq", "--body", "x")
    listed = desk("kb", "list", "--state", "any").out
    assert sorted(titles, key=listed.index) == ["άλφα", "Αλφάβητο", "Βήτα", "έψιλον", "Ωράριο"]
