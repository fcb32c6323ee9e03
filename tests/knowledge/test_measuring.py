"""The harness that measures finding on labelled sets: its figures are those of what desk names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bench import finding
from desk.index.requests import TITLE
from desk.queries import likeness

DOCUMENTS: tuple[dict[str, Any], ...] = (
    {
        "kind": "article",
        "id": "cert",
        "title": "Certificate has expired",
        "text": "Renew it at the gateway of the partner.",
    },
    {"kind": "article", "id": "print", "title": "Printer has no paper", "keywords": ["toner"]},
    {"kind": "ticket", "id": "old", "title": "Zanzibar quokka sleeps all day", "articles": ["a1"]},
    {"kind": "ticket", "id": "live", "title": "Zanzibar wombat digs at night", "state": "open"},
    {"kind": "ticket", "id": "twin", "title": "Marsupial dozing on the island", "duplicate_of": "old"},
)
ASKS: tuple[dict[str, Any], ...] = (
    {"kind": "ask", "id": "1", "title": "The certificate of the gateway expired, the partner waits", "right": ["cert"]},
    {"kind": "ask", "id": "2", "title": "dozing marsupial", "right": ["old"]},
    {"kind": "ask", "id": "3", "title": "wombats dig again", "right": ["live"]},
    {"kind": "ask", "id": "4", "title": "sleeping quokka", "right": ["print"]},
    {"kind": "ask", "id": "5", "title": "Coffee machine", "right": []},
)


def test_what_is_right_is_counted_by_kind() -> None:
    rows = [row.strip("| ").split(" | ") for row in finding.rows(DOCUMENTS + ASKS)]
    told = {(row[0], row[1]): row[2:] for row in rows}
    assert told["articles", "all"][:2] == ["100 % (2 of 2)"] * 2  # the quokka by the ticket that was answered from it
    assert told["solved tickets", "all"][0] == "100 % (1 of 1)"  # by its duplicate's words
    assert told["open tickets", "first half"][0] == "100 % (1 of 1)"
    assert told["articles", "all"][4].endswith("of 5)")


def test_groups_and_forms_are_counted() -> None:
    titles = ("Gateway of Malta refuses the handshake", "Printer on floor two jams", "Salary slip is missing")
    lines = [
        {"kind": "incident", "id": f"{n}{k}", "title": title, "at": f"2026-07-0{n + 1}T08:00:00+00:00", "group": group}
        for k, (title, group) in enumerate(zip(titles, ("malta", None, None), strict=True))
        for n in range(3 if group else 1)
    ]
    assert finding.groups(lines) == "recurring groups found: 100 % (1 of 1); of what was found, right: 100 % (1 of 1)"
    assert finding.groups([]) is None
    [told] = finding.forms([{"kind": "forms", "class": "verbs", "forms": ["εμφανίζω", "εμφανίστηκε", "είδα"]}])
    assert told == "other forms of verbs: same stem 50 % (1 of 2), found by search 50 % (1 of 2)"


def test_sets_are_read_from_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "small.jsonl"
    file.write_text("".join(f"{json.dumps(line)}\n\n" for line in DOCUMENTS + ASKS), encoding="utf-8")
    finding.main([str(file)])
    assert "| articles | all | 100 % (2 of 2) |" in capsys.readouterr().out


def test_many_tickets_are_looked_through_within_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    many = [{"kind": "ticket", "id": f"t{n}", "title": f"Printer jams in room {n + 1000}"} for n in range(60)]
    live = {"kind": "ticket", "id": "live", "title": "Printer jams", "state": "open", "text": "It is in the hall " * 9}
    monkeypatch.setattr(likeness, "_RANKED", 8)
    found = finding.Collection([live, *many]).ask({"title": "Printer jams in room 1004"})
    assert found["solved tickets"].names[0] == "t4"
    assert len(found["solved tickets"].names) == 8
    assert found["open tickets"].names == ["live"]  # beyond the bound, but open
    assert TITLE > 1
