"""Who may act on a ticket (docs/rules.md, rules 1, 3, 6 and 8)."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Acts, Git, Refuses
from tests.conftest import Make, Runner

VERBS = {
    "assign": ("--to", "petros"),
    "unassign": (),
    "escalate": ("--to", "petros"),
    "move": ("--to", "legal"),
    "classify": ("--priority", "high"),
    "tag": ("security",),
    "untag": ("incident",),
    "reply": ("--body", "x"),
    "note": ("--body", "x"),
    "pending": (),
    "close": (),
    "reopen": (),
    "edit": ("--title", "New"),
    "transfer": (),
    "split": ("--at", "1"),
}


def test_only_the_department_acts(refuses: Refuses, make: Make) -> None:
    """Eleni has a higher level and another department, Nikos has none."""
    ticket, other = make("T", "--tag", "incident"), make()
    more = {"link": (other,), "unlink": (other,), "merge": ("--into", other)}
    for who in ("eleni", "nikos"):
        for verb, args in {**VERBS, **more}.items():
            error = refuses(5, "--as", who, "ticket", verb, ticket, *args)
            spoken = {"reply": "reply to", "pending": "put aside"}.get(verb, verb)
            assert f"{who} may not {spoken} {ticket}" in error["message"], verb
            assert "department" in error["hint"]


def test_whoever_wrote_it_acts_wherever_it_is(acts: Acts, refuses: Refuses) -> None:
    ticket = acts("--as", "nikos", "ticket", "create", "--title", "Mine", "--department", "technical").data["id"]
    acts("--as", "nikos", "ticket", "reply", ticket, "--body", "more on it")
    acts("--as", "nikos", "ticket", "close", ticket)
    refuses(5, "--as", "nikos", "ticket", "assign", ticket, "--to", "nikos")  # rule 3: he doesn't serve the department
    refuses(5, "--as", "nikos", "ticket", "delete", ticket)


def test_one_forbidden_among_several_stops_all(refuses: Refuses, make: Make) -> None:
    mine, theirs = make(), make("T", "--department", "legal")
    refuses(5, "--as", "petros", "ticket", "close", mine, theirs)


def test_who_acts(acts: Acts, make: Make, git: Git, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = make()
    assert acts("--as", "Petros", "ticket", "note", ticket, "--body", "x").commit.author == "Petros Ioannou"
    monkeypatch.setenv("DESK_AS", "petros")
    done = acts("ticket", "note", ticket, "--body", "x")
    assert done.commit.values("Desk-Actor") == ["petros"]
    assert git("log", "-1", "--format=%cn <%ce>").strip() == "Maria Georgiou <maria@ncpeh.example>"
    assert acts("--as", "maria", "ticket", "note", ticket, "--body", "x").commit.author == "Maria Georgiou"
    monkeypatch.delenv("DESK_AS")
    git("config", "user.email", "PETROS@ncpeh.example")
    assert acts("ticket", "note", ticket, "--body", "x").commit.author == "Petros Ioannou"


def test_nobody_known(refuses: Refuses, desk: Runner, make: Make, git: Git) -> None:
    ticket = make()
    assert refuses(3, "--as", "nobody", "ticket", "close", ticket)["message"] == "there is no staff member nobody"
    git("config", "user.email", "visitor@example.org")
    refuses(5, "ticket", "close", ticket)
    refuses(5, "ticket", "list", "--mine")
    assert desk("ticket", "list", "-f", "ids").out == f"{ticket}\n"  # an auditor reads everything


def test_ids_are_never_reused(acts: Acts, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rule 8: not even the id of a ticket that was deleted."""
    gone = make()
    acts("ticket", "delete", gone)
    given = iter([gone[-4:], gone[-4:], "0000"])
    monkeypatch.setattr("desk.store.snapshot._random", lambda length: next(given) if length == 4 else "0" * length)
    assert make() == "260723-0000"


def test_the_commit_of_each_verb_names_its_actor(acts: Acts, make: Make) -> None:
    ticket = make("T", "--tag", "incident")
    for verb in ("assign", "classify", "reply", "unassign", "pending", "reopen", "transfer"):
        done = acts("--as", "petros", "ticket", verb, ticket, *VERBS[verb])
        assert (done.commit.author, done.commit.email) == ("Petros Ioannou", "petros@ncpeh.example")
        assert done.commit.subject.startswith(f"{ticket} {verb}")
        assert done.commit.values("Desk-Verb") == [verb]
        assert done.commit.values("Desk-Actor") == ["petros"]
        assert ticket in done.commit.values("Desk-Ticket")
