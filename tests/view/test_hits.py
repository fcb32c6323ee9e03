"""What a search found, on a terminal: two lines a hit, no wider than the screen."""

from __future__ import annotations

import pytest

from desk.view.formats import people
from desk.view.model import Column, Listing
from desk.view.text.cells import width
from tests.view.samples import ESCAPE, looking

TICKET = {
    "id": "260723-AB01",
    "kind": "ticket",
    "state": "open",
    "owner": "petros",
    "created": "2026-07-23T06:12:44Z",
    "title": "Η Μάλτα δεν απαντά " * 9,
    "snippet": f"…before [Μάλτα] {ESCAPE} after " * 9,
}
ARTICLE = {
    "id": "partner-certificate-expired",
    "kind": "article",
    "state": "published",
    "owner": None,
    "created": None,
    "title": "Nothing can be retrieved",
    "snippet": "",
}
HITS = Listing("hits", [TICKET, ARTICLE], (Column("id", "ID", "id"),), "nothing found")


@pytest.mark.parametrize("cells", [40, 60, 80, 200])
def test_two_lines_a_hit_fit_the_screen(cells: int) -> None:
    first, second, third = "".join(people(HITS, looking(width=cells))).splitlines()
    assert first.startswith("260723-AB01  open  petros  " if cells > 60 else "260723-AB01  open  ")
    assert second.startswith("    …before [Μάλτα] ")
    assert third.startswith(
        "partner-certificate-expired  published  " if cells > 40 else "partner-certificate-expired  "
    )
    assert max(map(width, (first, second))) <= cells
    assert ESCAPE not in first + second


def test_what_was_looked_for_is_painted() -> None:
    lines = "".join(people(HITS, looking(color=True)))
    assert "\x1b[33m[Μάλτα]\x1b[0m" in lines
    assert "\x1b[32mopen\x1b[0m" in lines


def test_a_pipe_gets_a_table_of_them() -> None:
    assert "".join(people(HITS, looking(tty=False))).splitlines()[0] == "ID"


ANSWERS = [
    {"ticket": "260723-AB01", "kind": "article", "id": "partner-certificate-expired", "title": "Nothing can be had " * 9,
     "why": "certificate, Μάλτα", "sure": "unsure"},
    {"ticket": "260723-AB01", "kind": "open now", "id": "260723-AB02", "title": f"Malta {ESCAPE}", "why": "Malta", "sure": ""},
]  # fmt: skip


@pytest.mark.parametrize("cells", [40, 60, 80, 200])
def test_two_lines_a_suggestion_fit_the_screen(cells: int) -> None:
    view = Listing("suggestions", ANSWERS, (Column("id", "ID", "id"),), "none")
    lines = "".join(people(view, looking(width=cells))).splitlines()
    assert lines[0].startswith("article   partner-certificate-expired" + ("  Nothing can be h" if cells > 60 else ""))
    assert lines[1] == "    certificate, Μάλτα · unsure"
    assert lines[2].startswith("open now  260723-AB02  Malta")
    assert max(map(width, lines)) <= cells
    assert ESCAPE not in lines[2]
    both = Listing("suggestions", [*ANSWERS, {**ANSWERS[1], "ticket": "260723-AB03"}], (), "none")
    assert [
        line
        for line in "".join(people(both, looking(width=cells))).splitlines()
        if line in ("260723-AB01", "260723-AB03")
    ]
    assert "".join(people(view, looking(tty=False))).splitlines()[0] == "ID"
