from __future__ import annotations

from collections.abc import Callable

from tests.conftest import Runner


def test_a_ticket_lives(desk: Runner, make: Callable[..., str], git: Callable[..., str]) -> None:
    ticket = make("Patient summary from Malta returns error 4703", "--tag", "incident")
    desk("ticket", "assign", ticket, "--to", "petros")
    desk("--as", "petros", "ticket", "reply", ticket, "--body", "Solved.", "--close")
    assert desk("ticket", "show", ticket, "-f", "json").data["state"] == "closed"
    assert [e["verb"] for e in desk("ticket", "history", ticket, "-f", "json").data] == [
        "create",
        "assign",
        "reply",
        "close",
    ]
    assert git("status", "--porcelain") == ""
