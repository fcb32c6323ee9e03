"""A table fits the screen, and isn't cut for a pipe."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from desk.cli.answers import TICKET_COLUMNS
from desk.view.model import Column, Listing
from desk.view.table import table
from desk.view.text.cells import width
from tests.view.samples import ESCAPE, listing, looking, row

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("cells", [80, 100, 120, 200])
def test_no_line_is_wider_than_the_screen(cells: int) -> None:
    lines = "".join(table(listing(), looking(width=cells))).splitlines()
    assert len(lines) == 6
    assert max(map(width, lines)) <= cells
    assert lines == [line.rstrip() for line in lines]


def test_columns_stand_below_each_other_in_greek_and_emoji() -> None:
    header, *lines = "".join(table(listing(), looking(width=100))).splitlines()
    start = header.index("CREATED")
    for line in lines:
        before = re.split(r"(23 Jul|2025-01-02)", line)[0]
        assert width(before) == start


def test_a_pipe_gets_the_whole_text() -> None:
    text = "".join(table(listing(), looking(width=40, tty=False)))
    assert "δεν τυπώνει τίποτα από χθες το πρωί" in text
    assert "…" not in text


def test_no_cell_steers_the_terminal_or_breaks_the_line() -> None:
    text = "".join(table(listing(), looking(width=300)))
    assert "hostile ^[]0;owned^G^[[31mred<U+202E>gnp.exe<U+200B> second line" in text
    assert "\x1b" not in text
    assert ESCAPE not in text


def test_colour_changes_nothing_but_colour() -> None:
    plain = "".join(table(listing(), looking()))
    coloured = "".join(table(listing(), looking(color=True)))
    assert "\x1b[36m260723-AB01\x1b[0m" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == plain


def test_columns_nobody_fills_are_left_out_and_numbers_stand_right() -> None:
    columns = (Column("n", "n"), Column("yes", "yes"), Column("none", "none"), Column("share", "share"))
    rows: list[dict[str, Any]] = [
        {"n": 5, "yes": True, "none": None, "share": 0.5},
        {"n": 1200, "yes": False, "none": [], "share": None},
    ]
    lines = "".join(table(Listing("x", rows, columns, ""), looking())).splitlines()
    assert lines == ["   N  YES  SHARE", "   5  yes    0.5", "1200  no       -"]


def test_a_list_of_greek_tickets_starts_fast() -> None:
    program = """
import sys
from tests.view.samples import COLUMNS, looking, row
import io
from desk.view.model import Listing
from desk.view.render import render
out = io.StringIO()
rows = [row(1, "Ο εκτυπωτής δεν τυπώνει"), row(2, "Party 🎉 日本")]
render(Listing("tickets", rows, COLUMNS, ""), "table", looking(), lambda chunks, _: out.writelines(chunks), out)
assert "εκτυπωτής" in out.getvalue(), out.getvalue()
slow = {"yaml", "json", "csv", "tabulate", "wcwidth", "click", "jinja2", "git", "dataclasses", "shutil"}
print(sorted(slow & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.stderr == ""
    assert done.stdout == "[]\n"


def test_a_title_gives_way_last() -> None:
    header, line = "".join(table(listing()._replace(rows=listing().rows[:1]), looking(width=60))).splitlines()
    assert "Printer on fire" not in line
    assert "TITLE" in header
    columns = (Column("title", "title", "title"), Column("tags", "tags", "tags"))
    wide = Listing("x", [{"title": "t" * 50, "tags": "g" * 50}], columns, "")
    assert "".join(table(wide, looking(width=36))).splitlines()[1] == "t" * 23 + "…  " + "g" * 9 + "…"


def test_a_history_shows_whole_times_and_short_commits() -> None:
    columns = (Column("at", "when", "moment"), Column("commit", "commit", "commit"))
    history = Listing("history", [{"at": "2026-07-23T06:12:00Z", "commit": "ab" * 20}], columns, "")
    assert "".join(table(history, looking())).splitlines()[1] == "2026-07-23 09:12  ababababab"
    assert "".join(table(history, looking(tty=False))).splitlines()[1] == "2026-07-23 09:12  ababababab"


def test_a_tag_is_shown_in_its_own_colour() -> None:
    tags = Listing("tags", [{"id": "vpn", "color": "#00ff00"}], (Column("id", "tag", "tags"),), "")
    assert "\x1b[38;5;46mvpn\x1b[0m" in "".join(table(tags, looking(color=True)))
    assert "\x1b" not in "".join(table(Listing("t", [row(1, "x")], (Column("id", "id", "id"),), ""), looking()))


def test_a_narrow_terminal_spares_columns_before_the_title_is_cut() -> None:
    columns = (
        Column("id", "id", "id"),
        Column("title", "title", "title"),
        Column("tags", "tags", "tags", 2),
        Column("at", "at", "moment", 1),
    )
    rows = [{"id": "260723-7K3Q", "title": "t" * 40, "tags": "one, two", "at": "2026-07-23T06:12:00Z"}]
    listing = Listing("x", rows, columns, "")
    heads = {size: next(iter(table(listing, looking(width=size)))).split() for size in (100, 60, 56, 30)}
    assert heads[100] == ["ID", "TITLE", "TAGS", "AT"]
    assert heads[60] == heads[56] == ["ID", "TITLE", "AT"]
    assert heads[30] == ["ID", "TITLE"]
    assert next(iter(table(listing, looking(tty=False)))).split() == ["ID", "TITLE", "TAGS", "AT"]


@pytest.mark.parametrize("major", [False, True])
@pytest.mark.parametrize("unread", [False, True])
def test_a_list_of_tickets_says_what_is_due_in_80_columns(*, major: bool, unread: bool) -> None:
    more = {"department": "operation-services", "major": major, "unread": unread, "next_due": "2026-04-10T06:12:00Z"}
    rows = [
        row(1, "Patient summaries from Malta fail, and no prescription comes either", state="pending",
            priority="medium", owner="petros", tags=["incident"], **more),
    ]  # fmt: skip
    head, line = "".join(table(Listing("tickets", rows, TICKET_COLUMNS, ""), looking())).splitlines()
    assert {"PRIO", "TITLE", "DUE"} <= set(head.split())
    assert "overdue 3 months" in line
    assert width(line) <= 80


def test_noes_go_before_anything_is_cut_and_names_stay_as_long_as_they_can() -> None:
    columns = (
        *(Column("id", "id", "id"), Column("name", "name", "name"), Column("email", "e-mail", "email")),
        *(
            Column("off", "off"),
            Column("away", "away"),
            Column("phone", "phone", "name", 1),
            Column("words", "words", "prose"),
        ),
    )
    rows: list[dict[str, Any]] = [
        {"id": "maria", "name": "Μαρία Γεωργίου", "email": "maria.georgiou@ncpeh.example", "phone": "+357 99 123456"},
        {"id": "petros", "name": "Petros", "email": "p@x.example", "phone": None},
    ]
    rows = [{**row, "off": False, "away": at == 0, "words": "one two three four " * 5} for at, row in enumerate(rows)]
    wide, middle, narrow = (
        "".join(table(Listing("people", rows, columns, ""), looking(width=cells))).splitlines()
        for cells in (240, 100, 70)
    )
    assert wide[0].split() == ["ID", "NAME", "E-MAIL", "OFF", "AWAY", "PHONE", "WORDS"]
    assert middle[0].split() == ["ID", "NAME", "E-MAIL", "AWAY", "PHONE", "WORDS"]
    assert narrow[0].split() == ["ID", "NAME", "E-MAIL", "AWAY", "WORDS"]
    for lines in (middle, narrow):
        assert "Μαρία Γεωργίου  maria.georgiou@ncpeh.example  yes" in lines[1]
        assert "…" in lines[1]
        assert max(map(width, lines)) <= 100
