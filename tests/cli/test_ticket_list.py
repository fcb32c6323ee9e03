"""Lists of tickets, incidents and problems."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import pytest

from tests.cli.conftest import MALTA, Acts, More, Refuses
from tests.conftest import Make, Runner

LATER = {"DESK_NOW": "2040-01-01T00:00:00Z"}
"""After whatever git's own clock says."""


class Titles(Protocol):
    def __call__(self, *args: str, who: str = "maria", noun: str = "ticket") -> list[str]: ...


@pytest.fixture
def titles(desk: Runner) -> Titles:
    def run(*args: str, who: str = "maria", noun: str = "ticket") -> list[str]:
        return [t["title"] for t in desk("--as", who, noun, "list", *args, "-f", "json").data]

    return run


@pytest.fixture
def at(make: Make, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """A ticket made at a time."""

    def run(when: str, title: str, *args: str) -> str:
        monkeypatch.setenv("DESK_NOW", when)
        found = make(title, *args)
        monkeypatch.setenv("DESK_NOW", "2026-07-23T06:12:44Z")
        return found

    return run


def test_shape(desk: Runner, make: Make) -> None:
    ticket = make("Title", "--tag", "incident")
    answer = desk("ticket", "list", "-f", "json").json
    assert (answer["schema"], answer["kind"], answer["warnings"]) == (1, "tickets", [])
    [row] = answer["data"]
    shown = desk("ticket", "show", ticket, "-f", "json").data
    fields = {
        k: v
        for k, v in shown.items()
        if k not in ("body", "thread", "people", "steps", "problems", "known_errors", "as_of", "files")
    }
    assert {k: row[k] for k in fields} == fields
    assert desk("ticket", "list", "-f", "ids").out == f"{ticket}\n"
    table = desk("ticket", "list").out.splitlines()
    assert table[0].split() == [
        "ID",
        "STATE",
        "PRIO",
        "DEPARTMENT",
        "TITLE",
        "DUE",
        "TAGS",
        "CREATED",
    ]  # nobody owns one: no column
    assert table[1].startswith(f"{ticket}  open   low   technical   Title  due in 1 d  incident  23 Jul 09:12")


def test_empty(desk: Runner) -> None:
    found = desk("ticket", "list")
    assert (found.out, found.err) == ("", "no tickets found\n")
    assert desk("incident", "list").err == "no incidents found\n"
    assert desk("ticket", "list", "-f", "json").data == []
    assert desk("ticket", "list", "-f", "ids") == (0, "", "")
    assert desk("ticket", "list", "-f", "csv").out.startswith("id,")


def test_newest_first(at: Callable[..., str], titles: Titles) -> None:
    at("2026-07-20T10:00:00Z", "Old")
    at("2026-07-22T10:00:00Z", "New")
    at("2026-07-21T10:00:00Z", "Middle")
    assert titles() == ["New", "Middle", "Old"]
    assert titles("--sort", "created") == ["Old", "Middle", "New"]
    assert titles("--sort", "title") == ["Middle", "New", "Old"]


def test_titles_stand_as_in_a_dictionary(make: Make, more: More, titles: Titles) -> None:
    more(make("ωμέγα"), "Ύδρευση", "Zebra", "άλφα", "Άλφα και βήτα", "École", "egg", "υγεία")
    ordered = ["École", "egg", "Zebra", "άλφα", "Άλφα και βήτα", "υγεία", "Ύδρευση", "ωμέγα"]
    assert titles("--sort", "title") == ordered
    assert titles("--sort", "-title", "--limit", "3") == ordered[:-4:-1]


def test_tickets_of_one_second(make: Make, titles: Titles) -> None:
    made = [f"T{number}" for number in range(6)]
    for title in made:
        make(title)
    assert titles() == made[::-1]
    assert titles("--limit", "2", "--page", "2") == ["T3", "T2"]
    assert titles("--sort", "created") == made


def test_priority_sorts_by_rank(make: Make, titles: Titles, refuses: Refuses) -> None:
    for level in ("medium", "low", "high"):
        make(level, "--priority", level)
    assert titles("--sort", "-priority") == ["high", "medium", "low"]
    assert titles("--sort", "priority") == ["low", "medium", "high"]
    assert "fields: created" in refuses(2, "ticket", "list", "--sort", "colour")["hint"]
    refuses(2, "ticket", "list", "--sort", "-")


def test_filters(make: Make, acts: Acts, titles: Titles) -> None:
    one = make("One", "--tag", "incident", "--tag", "certificate", "--priority", "high", "--requester", MALTA)
    two = make("Two", "--department", "legal", "--tag", "problem")
    make("Three", "--tag", "certificate")
    acts("ticket", "assign", one, "--to", "petros")
    acts("ticket", "pending", two)
    acts("ticket", "close", make("Four"))
    requester = acts("ticket", "note", one, "--body", "x").data["requester"]
    for expected, args in (
        (["Three", "Two", "One"], ()),
        (["Four", "Three", "Two", "One"], ("--state", "any")),
        (["Four"], ("--state", "closed")),
        (["Four", "Two"], ("--state", "closed", "--state", "pending")),
        (["Four", "Two"], ("--state", "closed,PENDING")),
        (["Three", "One"], ("--state", "open")),
        (["One"], ("--kind", "incident")),
        (["Two", "One"], ("--kind", "incident", "--kind", "problem")),
        (["Three"], ("--kind", "ticket")),
        (["Two"], ("--department", "Legal")),
        (["Three", "Two", "One"], ("--department", "legal", "--department", "technical")),
        (["Three", "One"], ("--tag", "certificate")),
        (["One"], ("--tag", "certificate", "--tag", "Incident")),
        (["One"], ("--owner", "petros")),
        (["Three", "Two"], ("--owner", "none")),
        ([], ("--owner", "me")),
        ([], ("--mine",)),
        (["Three", "Two"], ("--new",)),
        (["Three", "Two", "One"], ("--all",)),
        (["One"], ("--requester", MALTA.upper())),
        (["One"], ("--requester", requester)),
        (["One"], ("--priority", "HIGH")),
        (["Three", "Two", "One"], ("--priority", "high", "--priority", "low")),
        (
            ["One"],
            ("--priority", "high", "--tag", "certificate", "--state", "any", "--owner", "petros", "--search", "one"),
        ),
        ([], ("--priority", "high", "--department", "legal")),
    ):
        assert sorted(titles(*args)) == sorted(expected), args
    assert titles(noun="incident") == ["One"]
    assert titles(noun="problem") == ["Two"]


def test_refused(refuses: Refuses) -> None:
    for code, args in (
        (2, ("--state", "ajar")),
        (2, ("--kind", "change")),
        (3, ("--department", "nowhere")),
        (3, ("--tag", "nosuch")),
        (3, ("--owner", "nobody")),
        (3, ("--requester", "u-nobody")),
        (3, ("--requester", "nobody@example.org")),
        (2, ("--priority", "urgent")),
        (2, ("--since", "whenever")),
        (2, ("--until", "2026-13-01")),
        (2, ("--since", "99999y")),
        (2, ("--until", "9999-12-31")),
        (2, ("--limit", "-1")),
        (2, ("--page", "0")),
        (2, ("--limit", "0", "--page", "2")),
        (2, ("--mine", "--owner", "petros")),
        (2, ("extra",)),
    ):
        refuses(code, "ticket", "list", *args)


def test_isolation(make: Make, acts: Acts, titles: Titles) -> None:
    """Staff see their departments and what they wrote; without departments, that alone."""
    make("Technical")
    make("Legal", "--department", "legal")
    acts("--as", "nikos", "ticket", "create", "--title", "By Nikos", "--department", "legal")
    assert titles(who="petros") == ["Technical"]
    assert sorted(titles(who="eleni")) == ["By Nikos", "Legal"]
    assert titles(who="nikos") == titles("--all", who="nikos") == ["By Nikos"]
    assert titles("--new", who="nikos") == []  # new tickets are those of one's departments
    assert titles("--department", "technical", who="nikos") == []


def test_pages(desk: Runner, make: Make, home: Path) -> None:
    for number in range(5):
        make(f"T{number}")
    first = desk("ticket", "list", "--limit", "2")
    assert len(first.out.splitlines()) == 3
    assert first.err == "tickets 1-2 of 5; next: --page 2, all: --limit 0\n"
    assert desk("ticket", "list", "--limit", "2", "--page", "3").err == ""
    pages = [desk("ticket", "list", "--limit", "2", "--page", str(n), "-f", "ids").out for n in (1, 2, 3)]
    assert "".join(pages) == desk("ticket", "list", "-f", "ids").out
    past = desk("ticket", "list", "--limit", "2", "--page", "4")
    assert (past.out, past.err) == ("", "page 4 is past the end; tickets in all: 5\n")
    text = (home / "desk.toml").read_text(encoding="utf-8").replace("limit = 50 ", "limit = 3 ")
    (home / "desk.toml").write_text(text, encoding="utf-8")
    assert len(desk("ticket", "list").out.splitlines()) == 4
    assert len(desk("ticket", "list", "--limit", "0").out.splitlines()) == 6
    assert len(desk("ticket", "list", "-f", "md").out.splitlines()) == 5
    for machine in ("json", "yaml"):
        assert desk("ticket", "list", "-f", machine).out.count("260723-") == 5
    assert len(desk("ticket", "list", "-f", "jsonl").out.splitlines()) == 5
    assert len(desk("ticket", "list", "-f", "csv").out.splitlines()) == 6
    assert len(desk("ticket", "list", "-f", "json", "--page", "2").data) == 2


def test_days_are_the_desks(at: Callable[..., str], titles: Titles, monkeypatch: pytest.MonkeyPatch) -> None:
    """The desk is in Nicosia, three hours ahead of UTC in summer."""
    at("2026-07-21T20:59:59Z", "21st 23:59:59")
    at("2026-07-21T21:00:00Z", "22nd 00:00")
    at("2026-07-22T20:59:59Z", "22nd 23:59:59")
    at("2026-07-22T21:00:00Z", "23rd 00:00")
    at("2026-07-15T21:30:00Z", "a week and a day")
    assert titles("--since", "today") == ["23rd 00:00"]
    assert titles("--since", "yesterday", "--until", "yesterday") == ["22nd 23:59:59", "22nd 00:00"]
    assert titles("--since", "2026-07-22", "--until", "2026-07-22") == ["22nd 23:59:59", "22nd 00:00"]
    assert titles("--since", "2026-07-22T23:00", "--until", "2026-07-23T00:00") == ["22nd 23:59:59"]
    assert titles("--since", "2026-07-22T20:59:59Z", "--until", "2026-07-22T21:00:00Z") == ["22nd 23:59:59"]
    assert len(titles("--since", "7d")) == 4
    assert titles("--until", "7d") == ["a week and a day"]
    assert len(titles("--since", "2W")) == 5
    monkeypatch.setenv("DESK_NOW", "2026-07-22T21:00:00Z")
    assert titles("--since", "today") == ["23rd 00:00"]
    monkeypatch.setenv("DESK_NOW", "2026-07-22T20:59:59Z")
    assert titles("--since", "TODAY", "--until", "today") == ["22nd 23:59:59", "22nd 00:00"]


def test_ids_carry_the_desks_date(at: Callable[..., str]) -> None:
    assert at("2026-07-22T21:00:00Z", "T").startswith("260723-")
    assert at("2026-07-22T20:59:59Z", "T").startswith("260722-")


def test_search(make: Make, acts: Acts, titles: Titles) -> None:
    make("Σφάλμα στη Μάλτα", "--body", "Ο ασθενής δεν βρέθηκε")
    ticket = make("Error 4703", "--body", "patient summary")
    acts("ticket", "note", ticket, "--body", "Certificate expired")
    for words, expected in (
        ("μαλτα", "Σφάλμα στη Μάλτα"),
        ("ΑΣΘΕΝΗΣ", "Σφάλμα στη Μάλτα"),
        ("σφαλ βρεθ", "Σφάλμα στη Μάλτα"),
        ("summ", "Error 4703"),
        ("4703 CERTIF", "Error 4703"),
        (ticket, "Error 4703"),
    ):
        assert titles("--search", words) == [expected], words
    assert titles("--search", "4703 μαλτα") == []


def test_hostile_searches(titles: Titles, make: Make) -> None:
    make()
    for words in (
        '"',
        '""',
        "AND",
        "OR NOT",
        "*",
        "NEAR(a b)",
        "-",
        "--",
        "a-b",
        "title:x",
        "(",
        "^x",
        "'; --",
        "\\",
        "+",
        "{}",
        "%",
        "_",
    ):
        titles(f"--search={words}")


def test_an_empty_search(titles: Titles, make: Make) -> None:
    make("T")
    assert titles("--search", "") == ["T"]
    titles("--search", "  ")


def test_a_broken_record_is_said_and_the_rest_listed(
    desk: Runner, make: Make, home: Path, git: Callable[..., str]
) -> None:
    good, bad = make(), make()
    path = home / f"records/tickets/2026/07/23/{bad}.md"
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole.replace("state: open", "state: [open"), encoding="utf-8")
    by_hand = desk("ticket", "list", "-f", "json")
    assert [t["id"] for t in by_hand.data] == [bad, good]
    assert f"{path.relative_to(home)}:" in by_hand.json["warnings"][0]
    assert "not committed" in by_hand.json["warnings"][0]
    git("commit", "-qam", "break it")
    committed = desk("ticket", "list")
    assert good in committed.out
    assert f"warning: {path.relative_to(home)}:" in committed.err
    path.write_text(whole, encoding="utf-8")
    git("commit", "-qam", "mend it")
    assert desk("ticket", "list").err == ""


def test_whatever_counts_or_lists_says_what_it_could_not_read(
    desk: Runner, make: Make, home: Path, git: Callable[..., str], tmp_path: Path
) -> None:
    """A figure that is short must not look whole."""
    bad = make()
    path = f"records/tickets/2026/07/23/{bad}.md"
    (home / path).write_text(
        (home / path).read_text(encoding="utf-8").replace("state: open", "state: [open"), encoding="utf-8"
    )
    git("commit", "-qam", "break it")
    for words in (
        "stats", "stats --by group", "stats --as-of HEAD", "report daily", "report sla", "sla list", "handover", "activity",
        "activity --all", "search anything", "problem candidates", "ticket list", "incident list", "problem list",
    ):  # fmt: skip
        warnings = desk(*words.split(), "-f", "json", env=LATER).json["warnings"]
        assert any(warning.startswith(f"{path}:") for warning in warnings), words
    for name in ("page.html", "page.md", "page.csv", "page.json"):
        desk("report", "daily", "--output", str(tmp_path / name))
        assert path in (tmp_path / name).read_text(encoding="utf-8"), name
    assert desk("stats", "--as-of", "HEAD~1", "-f", "json", env=LATER).json["warnings"] == []


def test_a_pipeline_is_one_commit(desk: Runner, acts: Acts, make: Make) -> None:
    for number in range(3):
        make(f"T{number}", "--tag", "certificate")
    ids = desk("ticket", "list", "--tag", "certificate", "-f", "ids").out
    done = acts("ticket", "assign", "-", "--to", "petros", stdin=ids)
    assert [t["owner"] for t in done.data] == ["petros"] * 3
    assert done.commit.subject == f"{', '.join(ids.split())} assign: petros"
    make("T", "--tag", "certificate")
    done = acts("ticket", "tag", "-", "security", stdin=desk("ticket", "list", "-f", "ids").out)
    assert done.commit.subject == "4 tickets tag: security"


def test_a_long_list_is_not_counted_to_its_end(desk: Runner, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        make(f"T{number}")
    assert "tickets 1-1 of 5; next" in desk("ticket", "list", "--limit", "1").err
    monkeypatch.setattr("desk.queries.tickets._COUNTED", 2)
    assert "tickets 1-1 of more than 2; next" in desk("ticket", "list", "--limit", "1").err
    assert "tickets 3-3 of more than 4; next" in desk("ticket", "list", "--limit", "1", "--page", "3").err
    assert "all: --limit 0" not in desk("ticket", "list", "--limit", "1", "--page", "5").err
    assert "past the end; tickets in all: 5" in desk("ticket", "list", "--limit", "1", "--page", "9").err
