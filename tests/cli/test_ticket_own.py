"""assign, unassign, escalate, move."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.cli.conftest import MALTA, Acts, Refuses
from tests.conftest import Make, Runner

Events = Callable[[str], Any]
Record = Callable[[str, str], None]
Shown = Callable[[str], Any]


def test_assign(acts: Acts, make: Make, events: Events) -> None:
    ticket = make()
    done = acts("ticket", "assign", ticket, "--to", "petros")
    assert done.data["owner"] == "petros"
    assert done.commit.subject == f"{ticket} assign: petros"
    assert done.commit.values("Desk-To") == ["petros"]
    assert events(ticket)[1:] == [("assign", None, "petros")]


def test_assign_to_me_and_to_nobody(acts: Acts, make: Make, events: Events) -> None:
    ticket = make()
    assert acts("--as", "petros", "ticket", "assign", ticket, "--to", "me").data["owner"] == "petros"
    assert acts("ticket", "assign", ticket, "--to", "none").data["owner"] is None
    assert events(ticket)[1:] == [("assign", None, "petros"), ("unassign", "petros", None)]


def test_an_owned_ticket_is_not_assigned(refuses: Refuses, desk: Runner, make: Make) -> None:
    """Rule 3."""
    ticket = make()
    desk("ticket", "assign", ticket, "--to", "petros")
    error = refuses(5, "ticket", "assign", ticket, "--to", "maria")
    assert "already owned by petros" in error["message"]
    assert f"desk ticket escalate {ticket} --to maria" in error["hint"]
    assert "--to WHO" in refuses(5, "ticket", "assign", ticket, "--to", "petros")["hint"]


def test_the_owner_serves_the_department(refuses: Refuses, make: Make) -> None:
    ticket = make()
    for verb in ("assign", "escalate"):
        error = refuses(5, "ticket", verb, ticket, "--to", "eleni")
        assert "eleni doesn't serve technical" in error["message"]
        assert error["hint"] == "who does: desk staff list --department technical"


def test_unknown_staff(refuses: Refuses, make: Make) -> None:
    assert refuses(3, "ticket", "assign", make(), "--to", "petro")["hint"] == "did you mean petros?"
    refuses(2, "ticket", "assign", make())


def test_unassign(acts: Acts, refuses: Refuses, make: Make, events: Events) -> None:
    ticket = make()
    refuses(5, "ticket", "unassign", ticket)
    acts("ticket", "assign", ticket, "--to", "petros")
    done = acts("ticket", "unassign", ticket)
    assert done.commit.subject == f"{ticket} unassign"
    assert done.commit.values("Desk-From") == ["petros"]
    assert events(ticket)[-1] == ("unassign", "petros", None)


def test_escalate_to_a_person(acts: Acts, refuses: Refuses, make: Make, events: Events) -> None:
    ticket = make()
    acts("ticket", "escalate", ticket, "--to", "petros")
    done = acts("ticket", "escalate", ticket, "--to", "maria", "--reason", "needs the\ncertificate team")
    assert done.data["owner"] == "maria"
    assert done.commit.reason == "needs the\ncertificate team"
    assert (done.commit.values("Desk-From"), done.commit.values("Desk-To")) == (["petros"], ["maria"])
    assert events(ticket)[1:] == [("escalate", None, "petros"), ("escalate", "petros", "maria")]
    refuses(5, "ticket", "escalate", ticket, "--to", "maria")
    refuses(2, "ticket", "escalate", ticket, "--to", "none")
    acts("ticket", "close", ticket)
    refuses(5, "ticket", "escalate", ticket, "--to", "petros")


def test_escalate_to_the_next_tier(acts: Acts, refuses: Refuses, make: Make, record: Record) -> None:
    for handle, level, away in (("anna", 2, "false"), ("yiota", 2, "false"), ("zoe", 2, "true")):
        record(
            f"records/staff/{handle}.yaml",
            f"id: {handle}\nname: {handle.title()}\nemail: {handle}@ncpeh.example\nlevel: {level}\ndepartments: [technical]\naway: {away}\n",
        )
    busy, ticket = make(), make()
    acts("ticket", "assign", busy, "--to", "anna")
    assert (
        acts("--as", "petros", "ticket", "escalate", ticket).data["owner"] == "yiota"
    )  # the least loaded, not the one away
    assert acts("ticket", "escalate", ticket).data["owner"] == "maria"
    assert "level above 3" in refuses(5, "ticket", "escalate", ticket)["message"]
    assert acts("ticket", "escalate", make()).data["owner"] == "maria"  # nobody owned it, and nobody stands above her


def test_move(acts: Acts, refuses: Refuses, make: Make, events: Events) -> None:
    ticket = make()
    acts("ticket", "assign", ticket, "--to", "petros")
    kept = acts("ticket", "move", ticket, "--to", "semantic")
    assert (kept.data["department"], kept.data["owner"]) == ("semantic", "petros")
    assert kept.commit.subject == f"{ticket} move: semantic"
    dropped = acts("ticket", "move", ticket, "--to", "LEGAL")
    assert (dropped.data["department"], dropped.data["owner"]) == ("legal", None)
    assert dropped.commit.values("Desk-Also") == ["unassign"]
    assert events(ticket)[2:] == [
        ("move", "technical", "semantic"),
        ("move", "semantic", "legal"),
        ("unassign", "petros", None),
    ]
    refuses(5, "ticket", "move", ticket, "--to", "legal")
    refuses(3, "ticket", "move", ticket, "--to", "nowhere")


def test_a_users_ticket_is_not_moved_to_a_private_department(
    refuses: Refuses, acts: Acts, make: Make, record: Record
) -> None:
    """Rule 4."""
    record("records/departments/audit.yaml", "id: audit\nname: Audit\nprivate: true\n")
    refuses(5, "ticket", "move", make("T", "--requester", MALTA), "--to", "audit")
    acts("ticket", "move", make(), "--to", "audit")


def test_what_people_read(desk: Runner, make: Make) -> None:
    ticket = make()
    assert desk("ticket", "assign", ticket, "--to", "petros").out == f"{ticket}  assigned to petros\n"
    assert desk("ticket", "escalate", ticket, "--to", "maria").out == f"{ticket}  escalated to maria\n"
    assert desk("ticket", "unassign", ticket).out == f"{ticket}  owner maria taken off\n"
    assert desk("ticket", "move", ticket, "--to", "legal").out == f"{ticket}  moved from technical to legal\n"


def test_escalate_up(acts: Acts, refuses: Refuses, make: Make, events: Events, shown: Shown) -> None:
    """It tells who is named for the department; the owner goes on with the work."""
    ticket = make()
    assert "--escalation WHO" in refuses(5, "ticket", "escalate", ticket, "--up")["hint"]
    assert "doesn't serve" in refuses(5, "department", "edit", "technical", "--escalation", "eleni")["message"]
    acts("department", "edit", "technical", "--escalation", "petros")
    acts("ticket", "assign", ticket, "--to", "me")
    done = acts("ticket", "escalate", ticket, "--up", "--reason", "no answer from Malta")
    assert (done.commit.subject, done.commit.reason) == (f"{ticket} escalate-up: petros", "no answer from Malta")
    assert (shown(ticket)["owner"], shown(ticket)["watchers"]) == ("maria", ["petros"])
    assert events(ticket)[-1] == ("escalate-up", "maria", "petros")
    acts("ticket", "escalate", ticket, "--up")  # once more, before the next breach: it is told again
    refuses(2, "ticket", "escalate", ticket, "--up", "--to", "petros")
    acts("ticket", "close", ticket)
    refuses(5, "ticket", "escalate", ticket, "--up")
    acts("staff", "edit", "petros", "--department", "semantic")
    acts("ticket", "reopen", ticket)
    assert "nobody is named" in refuses(5, "ticket", "escalate", ticket, "--up")["message"]
