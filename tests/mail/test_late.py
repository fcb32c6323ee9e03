"""Whoever is told late, as the process that wrote it was killed, is told the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.beginnings import at_work
from tests.conftest import Runner, copy_of
from tests.copies import copy_desk
from tests.mail.conftest import Followed, take
from tests.store.test_crash import killed_at


class Beginning(NamedTuple):
    """The followed ticket, which is an incident by now; of somebody else one that waits, and one that is closed."""

    top: Path
    ticket: str
    other: str
    closed: str


@pytest.fixture(scope="module")
def beginning(followed: Followed, tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Beginning:
    top = copy_of(followed.top, tmp_path_factory.mktemp("late"))
    with at_work(top, environment) as desk:
        desk("department", "edit", "technical", "--escalation", "petros")
        desk("ticket", "tag", followed.ticket, "incident")
        create = ("ticket", "create", "--requester", "eva@clinic.example", "-f", "ids")
        closed = desk(*create, "--title", "Closed", "--department", "technical").out.strip()
        desk("ticket", "close", closed)
        other = desk(*create, "--title", "Other", "--department", "semantic").out.strip()
        desk("ticket", "pending", other, "--until", "2026-07-24")
    take(top)
    return Beginning(top, followed.ticket, other, closed)


@pytest.fixture(scope="module")
def _template(beginning: Beginning) -> Path:
    return beginning.top


ACTIONS = {
    "reply": ("ticket", "reply", "{0}", "--body", "Ελληνικά", "--attach", "{file}", "--close"),
    "note": ("ticket", "note", "{0}", "--body", "x"),
    "close": ("ticket", "close", "{0}", "{1}", "--reason", "both\n\nare done"),
    "escalate up": ("ticket", "escalate", "{0}", "--up", "--reason", "too hard"),
    "assign": ("ticket", "assign", "{1}", "--to", "petros"),
    "move": ("ticket", "move", "{0}", "--to", "legal"),
    "major": ("ticket", "major", "{0}", "--coordinator", "petros"),
    "merge": ("ticket", "merge", "{1}", "--into", "{0}"),
    "problem": ("ticket", "transfer", "{0}"),
    "create": ("ticket", "create", "--title", "N", "--department", "semantic", "--requester", "new@clinic.example"),
    "due": ("sla", "check"),
    "undo": ("ticket", "undo", "{2}"),
}


@pytest.mark.parametrize("action", ACTIONS)
def test_told_late_is_told_the_same(
    desk: Runner, home: Path, environment: dict[str, str], tmp_path: Path, beginning: Beginning, action: str
) -> None:
    twin = copy_desk(beginning.top, tmp_path / "twin")
    (tmp_path / "form.pdf").write_bytes(b"x")
    _, ticket, other, closed = beginning
    words = [w.format(ticket, other, closed, file=tmp_path / "form.pdf") for w in ACTIONS[action]]
    later = {**environment, "DESK_NOW": "2026-07-24T08:00:00Z"}
    desk("--desk", str(twin), *words, env=later)
    killed_at("desk.session.notify:Notifier.stage:before:1:self", home, later, *words)
    assert take(home) == []
    desk("ticket", "list")
    late, wanted = take(home), plain(take(twin))
    if action == "due":  # a commit for each ticket, of which the first was killed
        assert late
        desk(*words, env=later)
        late += take(home)
    assert plain(late) == wanted
    assert wanted


def plain(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without what is another one in every desk: the commit, and the ids of a new ticket and its requester."""
    kept = [{**d, "id": d["id"].rpartition("-")[2], "commit": "", "to": {**d["to"], "id": ""}} for d in found]
    texts = [json.dumps(k).replace(k["ticket"], k["variables"]["ticket"]["title"]) for k in kept]
    return [json.loads(text) for text in sorted(texts)]
