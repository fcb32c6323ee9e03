"""What was met in use, small things each: wrong words, columns, cells; imports that let in what a command refuses."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cli.conftest import MALTA, Git, Terminal
from tests.conftest import Make, Runner


def test_refusals_are_sentences(desk: Runner, make: Make, git: Git) -> None:
    ticket = make("T", "--department", "legal")
    assert (
        f"petros may not reply to {ticket}"
        in desk("--as", "petros", "ticket", "reply", ticket, "--body", "x", code=5).err
    )
    assert "there is no staff member eleny" in desk("staff", "show", "eleny", code=3).err
    git("config", "user.email", "")
    error = desk("ticket", "create", "--title", "x", "--body", "y", code=8).err
    assert "nobody is not registered" not in error
    assert "user.email" in error


def test_a_list_says_what_its_signs_mean(desk: Runner) -> None:
    assert "star before the title" in " ".join(desk("ticket", "list", "--help").out.split())


def test_contradictions_are_said(desk: Runner) -> None:
    for words in (
        ("--new", "--mine"),
        ("--since", "2026-07-20", "--until", "2026-07-10"),
        ("--mine", "--owner", "petros"),
    ):
        assert desk("ticket", "list", *words, "-f", "json", code=2).json["error"]["hint"], words


def test_a_step_a_line_and_cells_without_padding(desk: Runner, make: Make) -> None:
    ticket = make("T " * 60, "--tag", "incident")
    desk("ticket", "checklist", ticket)
    lines = desk("ticket", "check", ticket, "1", "3").out.splitlines()
    assert [re.sub(r" .*", "", line.removeprefix(f"{ticket}  done: ")) for line in lines] == ["1", "3"]
    rows = [line for line in desk("handover", "-f", "md").out.splitlines() if line.startswith("|") and "T T" in line]
    assert rows
    assert not [line for line in rows if "    " in line]


def test_a_page_keeps_ids_whole_and_names_departments(desk: Runner, make: Make, tmp_path: Path) -> None:
    make("T")
    page = tmp_path / "weekly.html"
    desk("report", "weekly", "--days", "7", "--output", str(page))
    text = page.read_text(encoding="utf-8")
    assert "nowrap" in text
    assert "Technical" in text


BROKEN = {
    "response": {"id": "bad.en", "title": "Bad", "language": "en", "body": "Hi {{ user.name }} {% x"},
    "article": {
        "id": "bad", "title": "Bad", "topic": "faq", "language": "en", "state": "published", "type": "faq",
        "body": "[[ fill ]] and [a dead link](nowhere.md)",
    },
    "ticket": {"id": "260101-AAAA", "title": "T", "state": "sleeping", "department": "legal", "created": "2026-01-01T00:00:00Z"},
}  # fmt: skip


@pytest.mark.parametrize("kind", BROKEN)
def test_an_import_lets_in_nothing_that_a_command_refuses(desk: Runner, git: Git, kind: str) -> None:
    before = git("rev-parse", "HEAD")
    desk("import", "-", code=7, stdin=json.dumps({"record": kind, **BROKEN[kind]}))
    assert git("rev-parse", "HEAD") == before
    assert desk("doctor", "-f", "json").data == []


def test_a_table_of_another_program_is_recognised(desk: Runner) -> None:
    error = desk("import", "-", code=7, stdin="title;department\nPrinter;legal\n").err
    assert "--csv" in error


def test_search_finds_by_whose_it_is_and_what_it_carries(desk: Runner, make: Make, tmp_path: Path) -> None:
    desk("user", "create", "--name", "Άννα Ανδρέου", "--email", "anna@hospital.example", "--group", "patient",
         "--organisation", "Makarios Hospital")  # fmt: skip
    desk("field", "create", "theirs", "--type", "text", "--on", "ticket")
    log = tmp_path / "gateway-trace.txt"
    log.write_text("x", encoding="utf-8")
    ticket = make("T", "--requester", "anna@hospital.example", "--field", "theirs=OST-12345", "--service", "edispensation",
                  "--tag", "certificate", "--attach", str(log))  # fmt: skip
    for words in (
        "ανδρεου",
        "hospital.example",
        "makarios",
        "OST-12345",
        "edispensation",
        "certificate",
        "gateway-trace",
    ):
        for command in (("search", words), ("ticket", "list", "--search", words)):
            assert ticket in desk(*command, "-f", "ids").out, command


def test_a_name_gives_a_terminal_no_orders(desk: Runner, home: Path, git: Git) -> None:
    """desk.name, in the heading of a report and of a chart."""
    text = (home / "desk.toml").read_text(encoding="utf-8")
    text = re.sub(r"(?m)^name = .*$", r'name = "A\\u001b]0;pwn\\u0007"', text, count=1)
    (home / "desk.toml").write_text(text, encoding="utf-8")
    git("commit", "-qam", "a name")
    for words in (("report", "weekly"), ("stats", "--chart"), ("handover",), ("today",)):
        assert "\x1b" not in desk(*words).out, words


def test_cells_of_a_greek_spreadsheet_are_no_formulas(desk: Runner, make: Make) -> None:
    make("x;=1+1")
    make("＝1+1")
    for form in ("csv", "excel"):
        text = desk("--lang", "el", "ticket", "list", "-f", form).out
        assert ";=1+1" not in text.replace('"x;=1+1"', ""), form
        assert not re.search(r'(?:^|[,;"])＝', text), form


def test_an_early_year_is_written_in_four_digits(desk: Runner, make: Make) -> None:
    ticket = make("T")
    desk("ticket", "note", ticket, "--body", "x", env={"DESK_NOW": "0999-01-01T00:00:00Z"}, code=None)
    for words in (("stats",), ("sla", "check"), ("ticket", "show", ticket)):
        desk(*words)


def test_a_seal_without_a_signature(desk: Runner, git: Git) -> None:
    """Whatever git was told to sign by itself."""
    git("config", "tag.gpgSign", "true")
    git("config", "user.signingKey", "nosuchkey")
    desk("audit", "seal", "--no-sign")


def test_a_tag_of_two_words_is_offered_as_one(desk: Runner) -> None:
    assert "big-tag" in desk("tag", "create", "Big Tag", code=2).err


def test_messages_to_nobody_are_no_silence(desk: Runner, make: Make) -> None:
    ticket = make("T", "--requester", MALTA)
    assert desk("ticket", "reply", ticket, "--body", "x").err == ""


def test_what_is_new_or_mistaken_is_said_where_it_is(desk: Runner, make: Make, home: Path, git: Git) -> None:
    """A setting edited by hand, a report for a folder that isn't there, oneself, the matrix, one's own undo."""
    text = (home / "desk.toml").read_text(encoding="utf-8")
    (home / "desk.toml").write_text(re.sub(r"(?m)^name = .*$", 'name = "Foo"', text, count=1), encoding="utf-8")
    for command in ("status", "commit"):
        assert "desk.name: Foo (was " in " ".join(desk(command).out.split()), command
    assert "name a file in a folder that is there" in desk("report", "daily", "--output", "no/x.html", code=2).err
    assert desk("staff", "show", "me", "-f", "ids").out == "maria\n"
    assert (
        desk("config", "get", "priority.matrix").out.splitlines()[-1] == "low: low → low, medium → low, high → medium"
    )
    ticket = make()
    desk("ticket", "close", ticket)
    desk("ticket", "undo", ticket)
    assert "that was an undo itself" in desk("ticket", "undo", ticket).err
    assert git("status", "--porcelain") == ""


def test_a_new_desk_has_an_index(program: Runner, tmp_path: Path) -> None:
    program("init", str(tmp_path / "d"))
    assert "index" not in program("--desk", str(tmp_path / "d"), "status").out


def test_ids_stand_whole_in_a_history_on_a_narrow_screen(make: Make, desk: Runner, terminal: Terminal) -> None:
    one, other = make(), make()
    desk("ticket", "pending", one, "--reason", "a reason of a good many words, to be cut where anything is")
    desk("ticket", "merge", other, "--into", one)
    lines = [line for line in terminal("ticket", "history", one).splitlines() if "merge" in line]
    assert lines
    assert all(other in line for line in lines), lines
