"""problem open, cause, workaround, show, resolve, candidates; and transfer to a problem that is there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import MALTA, Acts, Git, Refuses, commit_of, tip
from tests.conftest import Begin, Make, Runner
from tests.terminals import said_last, spawn

Events = Callable[[str], Any]
Shown = Callable[[str], Any]
Record = Callable[[str, str], None]
FAULT = ("No patient summary from Malta", "--tag", "incident", "--body", "The gateway says 4703: certificate expired.")


@pytest.fixture
def problem(begin: Begin, make: Make) -> Callable[..., tuple[str, list[str]]]:
    """`problem(2)`: a problem and the incidents it was opened from."""

    def run(count: int = 2, *args: str) -> tuple[str, list[str]]:
        incidents = [make(*FAULT, *args) for _ in range(count)]
        return begin("problem", "open", "--from", ",".join(incidents), "-f", "json").data["id"], incidents

    return run


# -- open and transfer -------------------------------------------------------------------------------------------------


def test_open_from_several(acts: Acts, make: Make, shown: Shown, events: Events) -> None:
    one = make(
        "One", "--tag", "incident", "--tag", "certificate", "--impact", "low", "--urgency", "high", "--requester", MALTA
    )
    two = make("Two", "--tag", "connectivity", "--impact", "high", "--language", "el")
    three = make("Three", "--department", "legal", "--language", "el")
    done = acts("problem", "open", "--from", f"{one},{two}", three, "--title", "Root")
    new = done.data
    assert [new[n] for n in ("kind", "title", "department", "language", "priority", "impact", "urgency", "requester")] == [
        "problem", "Root", "technical", "el", "high", "high", "high", None,
    ]  # fmt: skip
    assert new["tags"] == ["certificate", "connectivity", "problem"]
    assert new["body"] == f"Opened from 3 incidents:\n\n- {one} One\n- {two} Two\n- {three} Three"
    assert new["links"] == sorted(f"causes {i}" for i in (one, two, three))
    assert [shown(i)["kind"] for i in (one, two, three)] == ["incident"] * 3
    assert shown(two)["links"] == [f"caused-by {new['id']}"]
    assert done.commit.subject == f"{one}, {two}, {three} transfer: {new['id']}"
    assert events(one)[-1] == ("transfer", None, new["id"])
    assert events(two)[-2:] == [("transfer", None, new["id"]), ("tag", None, "incident")]
    assert events(new["id"]) == [("create", None, "technical")]


def test_open_reads_stdin_and_takes_each_once(acts: Acts, make: Make) -> None:
    one, two = make("One"), make()
    done = acts("problem", "open", "--from", "-", stdin=f"{one}\n{two}\n{one}\n")
    assert done.data["links"] == sorted([f"causes {one}", f"causes {two}"])
    assert done.data["title"] == "One"


def test_open_refused(refuses: Refuses, make: Make, problem: Callable[..., Any]) -> None:
    known, [incident] = problem(1)
    fresh, legal = make(), make("T", "--department", "legal")
    refuses(2, "problem", "open")
    refuses(2, "problem", "open", "--from", fresh, "--title", " ")
    refuses(3, "problem", "open", "--from", "ZZZZ")
    refuses(5, "problem", "open", "--from", f"{fresh},{known}")
    assert known in refuses(5, "problem", "open", "--from", f"{fresh},{incident}")["message"]
    refuses(5, "--as", "petros", "problem", "open", "--from", f"{fresh},{legal}")


def test_transfer_to_a_problem_that_is_there(
    acts: Acts, refuses: Refuses, make: Make, shown: Shown, events: Events, problem: Callable[..., Any]
) -> None:
    known, [first] = problem(1)
    one, two, legal = make(*FAULT), make(), make("T", "--department", "legal")
    acts("ticket", "close", one)
    done = acts("ticket", "transfer", one, two, "--to", known)
    assert done.data["id"] == known
    assert done.data["links"] == sorted(f"causes {i}" for i in (first, one, two))
    assert (shown(one)["state"], shown(two)["links"]) == ("closed", [f"caused-by {known}"])
    assert done.commit.subject == f"{one}, {two} transfer: {known}"
    assert events(known)[-1] == ("link", None, f"causes {one}, causes {two}")
    refuses(5, "ticket", "transfer", one, "--to", known)
    refuses(5, "ticket", "transfer", legal, "--to", first)
    refuses(2, "ticket", "transfer", legal, "--to", known, "--title", "T")
    refuses(2, "ticket", "transfer", legal, "--to", f"{known},{first}")
    refuses(5, "--as", "eleni", "ticket", "transfer", legal, "--to", known)
    acts("ticket", "close", known)
    assert "reopen" in refuses(5, "ticket", "transfer", legal, "--to", known)["hint"]


# -- cause and workaround ----------------------------------------------------------------------------------------------


def test_what_is_known(
    acts: Acts, refuses: Refuses, events: Events, git: Git, tmp_path: Path, problem: Callable[..., Any]
) -> None:
    known, [incident] = problem(1)
    for verb in ("cause", "workaround"):
        done = acts("problem", verb, known, "--body", "Nobody is told.\n\nThe list is on paper.\n")
        assert done.data[verb] == "Nobody is told.\n\nThe list is on paper.", verb
        assert done.commit.subject == f"{known} {verb}", verb
        assert events(known)[-1] == (verb, None, "Nobody is told. …"), verb
        text = git("show", f"HEAD:records/tickets/2026/07/23/{known}.md")
        assert f"\n{verb}: |-\n  Nobody is told.\n\n  The list is on paper.\n" in text, verb
        (tmp_path / "text").write_text("Known now.", encoding="utf-8")
        acts("problem", verb, known, "--file", str(tmp_path / "text"))
        assert events(known)[-1] == (verb, "Nobody is told. …", "Known now."), verb
        refuses(5, "problem", verb, known, "--body", "Known now.")
        refuses(2, "problem", verb, known, "--body", " \n")
        refuses(2, "problem", verb, known)
        assert "ticket transfer" in refuses(5, "problem", verb, incident, "--body", "x")["hint"], verb
        refuses(5, "--as", "eleni", "problem", verb, known, "--body", "x")
        refuses(2, "problem", verb, known, "--body", "a\0b")


def test_a_hand_edit_of_the_cause_is_told_as_one(
    desk: Runner, home: Path, events: Events, problem: Callable[..., Any]
) -> None:
    known, _ = problem(1)
    path = home / f"records/tickets/2026/07/23/{known}.md"
    path.write_text(
        path.read_text(encoding="utf-8").replace("links:", "cause: |-\n  One\n  two\nlinks:"), encoding="utf-8"
    )
    desk("commit")
    assert events(known)[-1] == ("cause", None, "One …")
    assert desk("problem", "show", known, "-f", "json").data["cause"] == "One\ntwo"


# -- show and list -----------------------------------------------------------------------------------------------------


def test_show(desk: Runner, acts: Acts, record: Record, problem: Callable[..., Any]) -> None:
    known, [one, two] = problem(2, "--requester", MALTA)
    acts("ticket", "close", one)
    acts("problem", "workaround", known, "--body", "Ask by phone.")
    article = f"---\nid: malta\ntitle: Malta\ntopic: faq\ntype: known-error\nproblem: {known}\n---\n\nText\n"
    record("kb/faq/malta.md", article)
    data = desk("problem", "show", known, "-f", "json", env={"DESK_NOW": "2026-07-23T08:12:44Z"}).data
    assert [(i["id"], i["state"]) for i in data["incidents"]] == sorted([(one, "closed"), (two, "open")])
    assert data["total"] == {
        "incidents": 2, "open": 1, "requesters": 1, "groups": [], "departments": ["technical"],
        "first": "2026-07-23T06:12:44Z", "last": "2026-07-23T06:12:44Z", "hours": 2.0,
    }  # fmt: skip
    assert [a["id"] for a in data["known_errors"]] == ["malta"]
    [behind] = desk("ticket", "show", one, "-f", "json").data["problems"]
    assert (behind["id"], behind["state"], behind["workaround"], behind["cause"]) == (
        known,
        "open",
        "Ask by phone.",
        None,
    )
    page = desk("ticket", "show", one).out
    assert f"problem {known}, open: No patient summary from Malta\n  workaround\n    Ask by phone.\n" in page
    assert "known error malta: Malta" in page
    page = desk("problem", "show", known).out
    assert "2 incidents, 1 of them open · 1 requester · technical · 2026-07-23" in page
    assert f"  {one}  closed   2026-07-23  No patient summary from Malta  (" in page
    assert "\nworkaround\n  Ask by phone.\n" in page
    assert desk("problem", "show", one, code=5).err
    assert "## Workaround\n\nAsk by phone.\n" in desk("problem", "show", known, "-f", "md").out


def test_show_without_incidents_and_after_a_merge(
    desk: Runner, acts: Acts, make: Make, problem: Callable[..., Any]
) -> None:
    alone = make("T", "--tag", "problem")
    assert desk("problem", "show", alone, "-f", "json").data["total"]["first"] is None
    assert "no incidents" in desk("problem", "show", alone).out
    known, [one, two] = problem(2)
    goal = make()
    acts("ticket", "merge", one, "--into", goal)
    data = desk("problem", "show", known, "-f", "json").data
    assert {i["id"] for i in data["incidents"]} == {two, goal}
    acts("ticket", "merge", two, "--into", goal)
    assert [i["id"] for i in desk("problem", "show", known, "-f", "json").data["incidents"]] == [goal]


def test_list_counts_incidents(desk: Runner, make: Make, problem: Callable[..., Any]) -> None:
    known, _ = problem(3)
    alone = make("T", "--tag", "problem")
    counts = {row["id"]: row["incidents"] for row in desk("problem", "list", "-f", "json").data}
    assert counts == {known: 3, alone: 0}
    assert "INCIDENTS" in desk("problem", "list").out
    assert desk("problem", "list", "--search", "nothing").out == ""


# -- resolve -----------------------------------------------------------------------------------------------------------


def test_resolve_alone(acts: Acts, refuses: Refuses, events: Events, shown: Shown, problem: Callable[..., Any]) -> None:
    known, [one] = problem(1)
    done = acts("problem", "resolve", known, "--fix", "A reminder.", "--reason", "tested")
    assert [done.data[n] for n in ("state", "fix", "resolution")] == ["closed", "A reminder.", "solved"]
    assert (done.commit.subject, done.commit.reason) == (f"{known} resolve", "tested")
    assert events(known)[-2:] == [("resolve", None, "A reminder."), ("close", "open", "closed")]
    assert shown(one)["state"] == "open"
    refuses(5, "problem", "resolve", known)
    refuses(5, "problem", "resolve", one)
    refuses(2, "problem", "resolve", one, "--body", "x")
    refuses(2, "problem", "resolve", one, "--skip-foreign")
    refuses(2, "problem", "resolve", one, "--close-incidents")
    refuses(2, "problem", "resolve", one, "--close-incidents", "--body", "x", "--response", "incident-resolved")


@pytest.mark.usefixtures("responses")
def test_resolve_answers_and_closes_every_incident(
    acts: Acts, desk: Runner, shown: Shown, events: Events, make: Make, problem: Callable[..., Any]
) -> None:
    known, [english, closed, waiting] = problem(3, "--requester", MALTA)
    greek = make("Ελληνικά", "--language", "el", "--requester", "a@b.example")
    acts("ticket", "transfer", greek, "--to", known)
    acts("ticket", "close", closed)
    acts("ticket", "pending", waiting, "--until", "tomorrow")
    before = len(desk("mail", "outbox", "-f", "json").data)
    done = acts("problem", "resolve", known, "--close-incidents", "--response", "incident-resolved", "--yes")
    assert done.commit.subject == f"{known} resolve: 3 incidents answered and closed"
    assert done.commit.values("Desk-Ticket") == [known, *sorted([english, waiting, greek])]
    for ticket, words in ((english, "has been resolved"), (waiting, "has been resolved"), (greek, "έχει επιλυθεί")):
        data = shown(ticket)
        assert [data[n] for n in ("state", "resolution", "pending_until")] == ["closed", "solved", None]
        assert ticket in data["thread"][-1]["text"]
        assert words in data["thread"][-1]["text"]
        assert [e[0] for e in events(ticket)[-2:]] == ["reply", "close"]
    assert shown(closed)["thread"] == []
    told = desk("mail", "outbox", "-f", "json").data[before:]
    assert sorted(mail["ticket"] for mail in told) == sorted([english, waiting, greek])


def test_what_would_be_sent_is_shown_first(
    desk: Runner, git: Git, home: Path, shown: Shown, problem: Callable[..., Any]
) -> None:
    known, [one] = problem(1, "--requester", MALTA)
    given = ("problem", "resolve", known, "--close-incidents", "--body", "It works\nagain.", "--fix", "A reminder.")
    was = tip(home)
    shown_first = desk(*given, "--dry-run").out
    assert (
        f"{one}  No patient summary from Malta: is answered and closed\n  to {MALTA} (en):\n    It works\n    again.\n"
        in shown_first
    )
    data = desk(*given, "--dry-run", "-f", "json").data
    assert [data[n] for n in ("id", "state", "fix", "skipped")] == [known, "open", "A reminder.", []]
    assert [(i["id"], i["name"], i["text"]) for i in data["incidents"]] == [(one, MALTA, "It works\nagain.")]
    assert tip(home) == was
    desk(*given)  # nobody is there to be asked
    assert commit_of(git).parent == was
    assert shown(one)["state"] == "closed"


@pytest.mark.usefixtures("responses")
def test_on_a_terminal_it_asks(
    environment: dict[str, str], home: Path, shown: Shown, problem: Callable[..., Any]
) -> None:
    known, [one] = problem(1, "--requester", MALTA)
    words = ("problem", "resolve", known, "--close-incidents", "--response", "incident-resolved")
    for answer, code, state in (("n", 2, "open"), ("y", 0, "closed")):
        child = spawn(*words, cwd=home, env=environment, dimensions=(60, 80))
        child.expect_exact("Send and close? [y/N]:")
        assert all(len(line) <= 80 for line in child.before.splitlines())
        assert f"to {MALTA} (en):" in child.before
        child.sendline(answer)
        said_last(child)
        assert child.exitstatus == code
        assert shown(one)["state"] == state


def test_incidents_of_other_departments(
    acts: Acts, refuses: Refuses, shown: Shown, make: Make, problem: Callable[..., Any]
) -> None:
    known, [one] = problem(1)
    legal = make("T", "--department", "legal")
    acts("ticket", "transfer", legal, "--to", known)
    given = ("--as", "petros", "problem", "resolve", known, "--close-incidents", "--body", "Done.", "--yes")
    error = refuses(5, *given)
    assert f"{legal} (legal)" in error["message"]
    assert "--skip-foreign" in error["hint"]
    done = acts(*given, "--skip-foreign")
    assert done.result.json["warnings"] == [f"{legal} is left open: it is in legal"]
    assert [shown(i)["state"] for i in (known, one, legal)] == ["closed", "closed", "open"]


@pytest.mark.usefixtures("responses")
def test_gaps_and_unknown_responses_reach_nobody(refuses: Refuses, problem: Callable[..., Any]) -> None:
    known, _ = problem(1)
    given = ("problem", "resolve", known, "--close-incidents", "--yes", "--response")
    assert "to be filled in" in refuses(2, *given, "known-error-workaround")["message"]
    refuses(3, *given, "no-such")


def test_several_problems_at_once(acts: Acts, shown: Shown, problem: Callable[..., Any]) -> None:
    one, first = problem(1)
    two, second = problem(2)
    done = acts("problem", "resolve", one, two, "--close-incidents", "--body", "Done.", "--yes")
    assert [t["state"] for t in done.data] == ["closed", "closed"]
    assert {shown(i)["state"] for i in (*first, *second)} == {"closed"}


def test_an_incident_of_two_problems_is_answered_once(
    acts: Acts, shown: Shown, make: Make, problem: Callable[..., Any]
) -> None:
    one, [incident] = problem(1)
    two = make("T", "--tag", "problem")
    acts("ticket", "link", incident, two, "--as", "caused-by")
    acts("problem", "resolve", one, two, "--close-incidents", "--body", "Done.", "--yes")
    assert [shown(i)["state"] for i in (one, two, incident)] == ["closed"] * 3
    assert [e["text"] for e in shown(incident)["thread"]] == ["Done."]


def test_where_there_is_nothing_to_send_nobody_is_asked(acts: Acts, desk: Runner, problem: Callable[..., Any]) -> None:
    known, [one] = problem(1)
    acts("ticket", "close", one)
    given = ("problem", "resolve", known, "--close-incidents", "--body", "Done.")
    assert acts(*given).data["state"] == "closed"
    assert "closed already" in desk(*given, code=5).err


# -- candidates --------------------------------------------------------------------------------------------------------


def test_candidates(desk: Runner, acts: Acts, make: Make) -> None:
    for title in ("The label printer is out of order", "A parking permit never came", "The newsletter has a mistake"):
        make(title, "--tag", "incident")
    assert desk("problem", "candidates").err == "nothing recurs in the last 90 days\n"
    assert desk("problem", "candidates", "-f", "json").data == []
    incidents = [make(*FAULT) for _ in range(4)]
    acts("ticket", "close", incidents[0])
    [one] = desk("problem", "candidates", "-f", "json").data
    assert (one["id"], one["count"], one["problem"]) == (min(incidents), 4, None)
    assert {"4703", "malta"} <= set(one["words"])
    assert one["command"] == f"desk problem open --from {','.join(i['id'] for i in one['incidents'])}"
    page = desk("problem", "candidates").out
    assert page.startswith("4 incidents in 1 day, technical; share: ")
    assert f"  {one['command']}\n" in page
    assert desk("problem", "candidates", "--min", "5", "-f", "ids").out == ""
    assert desk("problem", "candidates", "--department", "legal", "-f", "ids").out == ""
    assert desk("--as", "eleni", "problem", "candidates", "-f", "ids").out == ""
    assert desk("problem", "candidates", "-f", "ids", env={"DESK_NOW": "2026-12-23T06:12:44Z"}).out == ""
    for wrong in (("--days", "0"), ("--min", "1"), ("--limit", "-1")):
        desk("problem", "candidates", *wrong, code=2)
    desk("problem", "candidates", "--department", "nowhere", code=3)


def test_candidates_for_a_problem_that_is_open(
    desk: Runner, acts: Acts, make: Make, problem: Callable[..., Any]
) -> None:
    make("The label printer is out of order", "--tag", "incident")
    known, _ = problem(2)
    late = make(*FAULT)
    untagged = make(FAULT[0], *FAULT[3:])
    [one] = desk("problem", "candidates", "-f", "json").data
    assert (one["problem"], one["problem_title"], one["command"]) == (
        known,
        FAULT[0],
        f"desk ticket transfer {late} --to {known}",
    )
    assert f"belong probably to the problem {known}: {FAULT[0]}" in desk("problem", "candidates").out
    [both] = desk("problem", "candidates", "--untagged", "-f", "json").data
    assert {i["id"] for i in both["incidents"]} == {late, untagged}
    acts(*one["command"].split()[1:])
    assert desk("problem", "candidates", "-f", "json").data == []


def test_replies_don_t_make_incidents_alike(desk: Runner, acts: Acts, make: Make) -> None:
    tickets = [
        make(title, "--tag", "incident", "--body", text)
        for title, text in (("Printer", "Out of paper."), ("Permit", "Never came."), ("Newsletter", "A mistake."))
    ]
    acts(
        "ticket",
        "reply",
        *tickets,
        "--body",
        "Thank you for your report; the gateway certificate of Malta is being renewed.",
    )
    assert desk("problem", "candidates", "-f", "json").data == []
