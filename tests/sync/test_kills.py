"""kill -9 at each step of a sync: what is here is the old state or the new one, and the next sync puts things right."""

from __future__ import annotations

import pytest

from tests.store.indexes import assert_sound, head
from tests.store.test_crash import killed_at
from tests.sync.conftest import Brought, Clone, acquainted

STEPS = [
    "desk.git.remote:fetch:after:1:self",
    "desk.git.write:fast_import:before:1:self",
    "desk.git.process:spawn:during:1:group",
    "desk.git.write:fast_import:after:1:self",
    "desk.git.remote:push:before:1:self",
    "desk.git.remote:push:after:1:self",
    "desk.store.journal:begin:before:1:self",
    "desk.store.journal:begin:after:1:self",
    "desk.git.write:move_files:before:1:self",
    "desk.git.write:move_files:after:1:self",
    "desk.store.journal:end:before:1:self",
    "desk.store.journal:end:after:1:self",
    "desk.sync.apply:forget_side:before:1:self",
    "desk.sync.apply:forget_side:after:1:self",
]


def part(one: Clone, two: Clone) -> tuple[str, ...]:
    """Both answer one ticket, and the first publishes its answer."""
    ticket, _ = acquainted(one, two)
    one("ticket", "reply", ticket, "--body", "from one")
    two("ticket", "reply", ticket, "--body", "from two")
    one.sync()
    return (ticket,)


@pytest.mark.parametrize("step", STEPS)
def test_killed_at(step: str, brought: Brought, environment: dict[str, str]) -> None:
    one, two, (ticket,) = brought(part)
    before = head(two.home)
    killed_at(step, two.home, {**environment, "DESK_NOW": "2026-07-23T08:00:00Z"}, "--as", "petros", "sync")
    old = {"from two"} if head(two.home) == before else {"from one", "from two"}
    assert {e["text"] for e in two.show(ticket)["thread"]} == old
    two.sync()
    assert [e["text"] for e in two.show(ticket)["thread"]] == ["from one", "from two"]
    assert (two.home.with_name("hub") / "refs/heads/main").read_text().strip() == head(two.home)
    _merge, *sides = two.git("rev-list", "--merges", "--parents", "HEAD").split()
    assert sorted(sides) == sorted((before, head(one.home)))  # the one merge, of what both had published and written
    assert_sound(two.home)
