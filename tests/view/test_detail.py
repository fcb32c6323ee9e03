"""A ticket reads well on a screen, and comes as written through a pipe."""

from __future__ import annotations

import time

import pytest

from desk.view.model import Detail
from desk.view.pages.ticket import detail as shown
from desk.view.text.cells import width
from desk.view.text.markdown import layout, links
from tests.view.samples import BODY, ESCAPE, detail, looking, ticket


def page(view: Detail, **look: object) -> list[str]:
    return "".join(shown(view, looking(**look))).splitlines()  # type: ignore[arg-type]


@pytest.mark.parametrize("cells", [60, 80, 120])
def test_a_ticket_fits_the_screen(cells: int) -> None:
    too_long = [line for line in page(detail(), width=cells) if width(line) > cells]
    assert [line.split()[0] for line in too_long] == (["lpstat"] if cells < 120 else [])


def test_the_facts_of_a_ticket_stand_in_two_columns() -> None:
    lines = page(detail())
    assert lines[0] == "260723-AB01  Ο εκτυπωτής του δευτέρου ορόφου δεν τυπώνει τίποτα από χθες το πρωί"
    assert lines[1] == "state        open                        created      2026-07-21 09:12, 2 d ago"
    assert "urgency" not in "\n".join(lines)
    assert "owner        maria (Maria Georgiou)" in "\n".join(lines)
    assert "room         2.14" in "\n".join(lines)


def test_a_review_is_owed_where_the_ticket_ended() -> None:
    over = {**ticket(), "major": True, "state": "closed", "review": None, "merged_into": None}
    assert page(Detail("ticket", over))[0] == "MAJOR INCIDENT · its review is owed"
    assert page(Detail("ticket", {**over, "merged_into": "260723-AB02"}))[0] == "MAJOR INCIDENT"


def test_the_thread_is_numbered_and_notes_are_marked() -> None:
    rules = [line for line in page(detail(), width=100, color=True) if "──" in line]
    assert "── 1 · reply by maria (Maria Georgiou) · 2026-07-23 10:15 · via email · 2 h ago ─" in rules[0]
    assert rules[1].startswith("\x1b[33m── 2 · note, staff only, by nikos · 2026-07-23 11:55 · 20 min ago ─")


def test_a_text_can_not_pass_for_an_entry() -> None:
    forged = {**ticket(), "body": "── 1 · reply by maria · now ──", "thread": []}
    assert not [line for line in page(Detail("ticket", forged)) if line.startswith("──")]


def test_a_pipe_gets_the_text_as_written() -> None:
    text = "\n".join(page(detail(), tty=False))
    assert BODY.strip() in text
    assert "· via email · 2 h ago ──\nWe **look** at it.\nattached: log.txt" in text


@pytest.mark.parametrize("tty", [True, False])
def test_no_text_of_a_ticket_steers_the_terminal(tty: bool) -> None:  # noqa: FBT001 - pytest passes it
    entry = {"kind": ESCAPE, "by": ESCAPE, "at": ESCAPE, "text": ESCAPE, "via": ESCAPE, "attachments": [ESCAPE]}
    hostile = dict.fromkeys(ticket(), ESCAPE) | {
        "fields": {ESCAPE: ESCAPE},
        "people": {ESCAPE: "x" + ESCAPE},
        "thread": [entry],
    }
    for kind in ("ticket", "user"):
        text = "".join(shown(Detail(kind, {**hostile, ESCAPE: 1}), looking(tty=tty)))
        assert not set(text) & set("\x1b\x07\u202e\u200b")


def test_several_tickets_are_each_shown_as_one() -> None:
    lines = page(Detail("tickets", [ticket(), ticket()]))
    assert [at for at, line in enumerate(lines) if line.startswith("260723-AB01  ")] == [0, len(lines) // 2 + 1]


def test_other_kinds_are_labels_and_values() -> None:
    one = {"id": "maria", "away": False, "joined": "2026-01-02T10:00:00Z", "departments": ["it", "hr"], "phone": None}
    assert page(Detail("staff", [one, {"id": "nikos", "body": "hello"}])) == [
        "id           maria                       joined       2026-01-02 12:00",
        "away         no                          departments  it, hr",
        "",
        "id  nikos",
        "",
        "hello",
    ]


def test_what_there_are_several_of_is_a_table_below() -> None:
    tickets = [{"id": "260723-AB01", "state": "open", "title": "word " * 30}, {"id": "260723-AB02", "title": "b"}]
    lines = page(Detail("user", {"id": "u-1", "tickets": tickets}), width=60)
    assert lines[:4] == ["id  u-1", "", "tickets", "  ID           STATE  TITLE"]
    assert lines[4].startswith("  260723-AB01  open   word word")
    assert lines[5] == "  260723-AB02  -      b"
    assert max(map(width, lines)) <= 60


def test_markdown_is_laid_out() -> None:
    text = (
        "# Head\n- one two three four\n10. five six seven\n> said someone at length\n\n    code stays as long as it is"
    )
    assert list(layout(text, 16, looking(color=True))) == [
        "\x1b[1mHead\x1b[0m",
        "- one two three",
        "  four",
        "10. five six",
        "    seven",
        "\x1b[2m> said someone\x1b[0m",
        "\x1b[2m> at length\x1b[0m",
        "",
        "    code stays as long as it is",
    ]


@pytest.mark.parametrize(("line", "title"), [("## Head ##", "Head"), ("# About C#", "About C#"), ("# a # b", "a # b")])
def test_a_heading_loses_its_marks(line: str, title: str) -> None:
    assert list(layout(line, 80, looking(color=True))) == [f"\x1b[1m{title}\x1b[0m"]


def test_fenced_code_is_untouched_and_ends_with_its_fence() -> None:
    text = "````\n[a](b) # x\n```\n- much longer than that\n````\n# done"
    assert list(layout(text, 10, looking())) == text.split("\n")


@pytest.mark.parametrize("part", ["`", " ", "[", "> ", "a", "Ω", "日", "<https://", "[a](", "# "])
def test_a_hostile_text_is_laid_out_in_linear_time(part: str) -> None:
    """Within half a second, where code that is quadratic takes four; letters beyond ASCII are measured one by one."""
    text = part * (25_000 if part.isascii() else 10_000)
    before = time.process_time()
    assert list(layout(f"# x {text}\n{text}x", 80, looking(color=True)))
    assert time.process_time() - before < 2


def test_where_a_link_leads_is_seen() -> None:
    assert (
        links("see [bank](https://evil.example) or ![cat](c.png)") == "see bank (https://evil.example) or cat (c.png)"
    )
    assert links("`[a](b)` <https://x.example> [u](u)") == "`[a](b)` https://x.example u"
