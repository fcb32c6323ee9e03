"""The morning on the phone: both ways of typing it leave the same tickets, and the new one takes half of the keys."""

from __future__ import annotations

import json
from typing import Any

from docs import phone

_KEPT = ("id", "title", "state", "resolution", "owner", "requester", "pending_for", "pending_until", "replies")


def left_by(which: str) -> list[dict[str, Any]]:
    return [{name: row[name] for name in _KEPT} for row in json.loads(phone.played(which)[1])["data"]]


def test_both_leave_the_same_tickets() -> None:
    now = left_by("now")
    assert now == left_by("before")
    assert {row["state"] for row in now} == {"pending", "closed"}


def test_half_of_the_commands_and_half_of_the_keys() -> None:
    assert len(phone.CALLS) == 10
    commands = [sum(len(call.before) for call in phone.CALLS), sum(len(call.now) for call in phone.CALLS)]
    keys = [
        sum(phone.keys(one) for call in phone.CALLS for one in call.before),
        sum(phone.keys(one) for call in phone.CALLS for one in call.now),
    ]
    assert 2 * commands[1] <= commands[0]
    assert 2 * keys[1] <= keys[0]
