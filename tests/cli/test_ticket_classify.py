"""classify, tag, untag."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from desk.domain.tickets.classification import read_override
from tests.cli.conftest import Acts, Refuses
from tests.conftest import Make, Runner

Events = Callable[[str], Any]


def test_classify(acts: Acts, make: Make, events: Events) -> None:
    ticket = make()
    done = acts("ticket", "classify", ticket, "--impact", "high", "--urgency", "medium")
    assert [done.data[n] for n in ("priority", "impact", "urgency")] == ["high", "high", "medium"]
    assert done.commit.subject == f"{ticket} classify: priority=high impact=high urgency=medium"
    done = acts("ticket", "classify", ticket, "--priority", "Medium", "--reason", "one patient, and stable")
    assert done.data["priority"] == "medium"
    override = "medium (override, matrix: high)"
    assert (done.commit.values("Desk-From"), done.commit.values("Desk-To")) == (["high"], [override])
    assert done.commit.reason == "one patient, and stable"
    assert events(ticket)[1:] == [
        ("classify", "priority=low impact=none urgency=none", "priority=high impact=high urgency=medium"),
        ("classify", "high", override),
    ]
    assert read_override(override) == "high"
    assert read_override("priority=high impact=high") is None
    acts("ticket", "classify", ticket, "--priority", "high")  # back to what the matrix says: no reason is asked for


def test_an_override_takes_a_reason(refuses: Refuses, acts: Acts, make: Make, events: Events) -> None:
    """Requirement 1.2: staff may override the matrix, and the history shows which it was."""
    ticket = make("T", "--impact", "low", "--urgency", "low")
    for reason in ((), ("--reason", " ")):
        error = refuses(5, "ticket", "classify", ticket, "--priority", "high", *reason)
        assert error["message"] == "the matrix gives low for impact low and urgency low"
        assert "--reason" in error["hint"]
    acts("ticket", "classify", ticket, "--priority", "high", "--impact", "medium", "--reason", "the minister asks")
    words = "priority=high impact=medium (override, matrix: low)"
    assert events(ticket)[1:] == [("classify", "priority=low impact=low", words)]
    assert acts("ticket", "classify", ticket, "--urgency", "medium").data["priority"] == "medium"  # the matrix again
    untouched = make()
    acts("ticket", "classify", untouched, "--priority", "high")  # without impact and urgency it says nothing


def test_patient_safety_is_always_high(refuses: Refuses, acts: Acts, make: Make) -> None:
    ticket = make("T", "--impact", "patient-safety", "--urgency", "low")
    assert acts("ticket", "note", ticket, "--body", "x").data["priority"] == "high"
    error = refuses(5, "ticket", "classify", ticket, "--priority", "low", "--reason", "quiet night")
    assert "can't be overridden" in error["message"]
    assert acts("ticket", "classify", ticket, "--impact", "low").data["priority"] == "low"


def test_a_hole_in_the_matrix(desk: Runner, home: Path, make: Make) -> None:
    """It is named by whatever meets it: config set, commit, doctor, classify."""
    warned = desk("config", "set", "ticket.impacts", "low,medium,high,patient-safety,national", "-f", "json")
    assert "national × low, national × medium" in warned.json["warnings"][0]
    error = desk("ticket", "classify", make(), "--impact", "national", "--urgency", "low", "-f", "json", code=8).json
    assert "no priority for impact national and urgency low" in error["error"]["message"]
    desk("ticket", "classify", make(), "--impact", "national", "--urgency", "low", "--priority", "high")
    assert "no priority for impact national and urgency high" in desk("doctor", code=None).out
    path = home / "desk.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("medium = { low", "middling = { low"), encoding="utf-8")
    assert "impact medium and urgency low" in desk("commit", code=8).err


def test_half_of_the_matrix_leaves_the_priority(acts: Acts, make: Make) -> None:
    ticket = make("T", "--priority", "medium")
    assert acts("ticket", "classify", ticket, "--impact", "high").data["priority"] == "medium"
    assert acts("ticket", "classify", ticket, "--urgency", "high").data["priority"] == "high"


def test_classify_refused(refuses: Refuses, make: Make) -> None:
    ticket = make()
    refuses(2, "ticket", "classify", ticket)
    assert "known: low, medium, high" in refuses(2, "ticket", "classify", ticket, "--priority", "urgent")["hint"]
    refuses(5, "ticket", "classify", ticket, "--priority", "low")


def test_tag_and_untag(acts: Acts, make: Make, events: Events) -> None:
    ticket = make()
    done = acts("ticket", "tag", ticket, "Incident", "certificate,security")
    assert done.data["tags"] == ["certificate", "incident", "security"]
    assert done.data["kind"] == "incident"
    assert done.commit.subject == f"{ticket} tag: certificate incident security"
    done = acts("ticket", "untag", ticket, "incident", "security")
    assert (done.data["tags"], done.data["kind"]) == (["certificate"], "ticket")
    assert done.commit.values("Desk-From") == ["incident security"]
    assert events(ticket)[1:] == [
        ("tag", None, "certificate incident security"),
        ("untag", "incident security", None),
    ]


def test_a_ticket_is_one_kind(refuses: Refuses, make: Make) -> None:
    ticket = make("T", "--tag", "incident")
    assert f"desk ticket transfer {ticket}" in refuses(5, "ticket", "tag", ticket, "problem")["hint"]
    refuses(5, "ticket", "tag", make(), "incident", "problem")


def test_tags_refused(refuses: Refuses, make: Make) -> None:
    ticket, other = make("T", "--tag", "incident"), make()
    assert refuses(3, "ticket", "tag", ticket, "certificat")["hint"] == "did you mean certificate?"
    refuses(5, "ticket", "tag", ticket, "incident")
    assert "it has: incident" in refuses(5, "ticket", "untag", ticket, "security")["hint"]
    refuses(2, "ticket", "tag", ticket)
    for verb in ("tag", "untag"):
        assert "commas" in refuses(2, "ticket", verb, ticket, other, "security")["hint"]


def test_several_at_once(acts: Acts, make: Make) -> None:
    first, second = make(), make()
    done = acts("ticket", "tag", f"{first},{second}", "security")
    assert done.result.json["kind"] == "tickets"
    assert [t["tags"] for t in done.data] == [["security"], ["security"]]
    assert done.commit.subject == f"{first}, {second} tag: security"
    assert done.commit.values("Desk-Ticket") == [first, second]


def test_what_people_read(desk: Runner, make: Make) -> None:
    ticket = make()
    assert desk("ticket", "classify", ticket, "--priority", "high").out == f"{ticket}  now high\n"
    assert desk("ticket", "tag", ticket, "incident").out == f"{ticket}  tagged incident\n"
    assert desk("ticket", "untag", ticket, "incident").out == f"{ticket}  no longer tagged incident\n"
