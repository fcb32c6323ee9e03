from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.cli.conftest import Acts, Refuses
from tests.conftest import Make, Runner

Events = Callable[[str], Any]


def test_title_and_text(acts: Acts, make: Make, events: Events, tmp_path: Path) -> None:
    ticket = make("Old", "--body", "old")
    done = acts("ticket", "edit", ticket, "--title", "New")
    assert (done.data["title"], done.data["body"]) == ("New", "old")
    assert done.commit.subject == f"{ticket} edit: title"
    assert (done.commit.values("Desk-From"), done.commit.values("Desk-To")) == ([], ["title"])
    done = acts("ticket", "edit", ticket, "--title", "Newer", "--body", "new")
    assert (done.data["title"], done.data["body"]) == ("Newer", "new")
    (tmp_path / "t.md").write_text("from file\n")
    assert acts("ticket", "edit", ticket, "--file", str(tmp_path / "t.md")).data["body"] == "from file\n"
    assert acts("ticket", "edit", ticket, "--file", "-", stdin="from stdin").data["body"] == "from stdin"
    assert acts("ticket", "edit", ticket, "--body", "").data["body"] == ""
    assert events(ticket)[1:3] == [("edit", "Old", "New"), ("edit", None, "title body")]


def test_custom_fields(acts: Acts, refuses: Refuses, make: Make, record: Callable[[str, str], None]) -> None:
    record("records/fields/country.yaml", "id: country\ntype: text\n")
    record("records/fields/calls.yaml", "id: calls\ntype: number\n")
    ticket = make("T", "--field", "country=MT")
    assert acts("ticket", "edit", ticket, "--field", "calls=2").data["fields"] == {"calls": 2, "country": "MT"}
    assert acts("ticket", "edit", ticket, "--field", "country=").data["fields"] == {"calls": 2}
    refuses(2, "ticket", "edit", ticket, "--field", "calls=many")
    refuses(2, "ticket", "edit", ticket, "--field", "nosuch=1")


def test_a_closed_ticket_can_be_edited(acts: Acts, make: Make) -> None:
    ticket = make()
    acts("ticket", "close", ticket)
    assert acts("ticket", "edit", ticket, "--title", "New").data["state"] == "closed"


def test_refused(refuses: Refuses, make: Make) -> None:
    ticket, other = make("Title"), make()
    assert "--title" in refuses(2, "ticket", "edit", ticket)["hint"]
    refuses(2, "ticket", "edit", ticket, "--title", " ")
    refuses(2, "ticket", "edit", ticket, "--title", "a\nb")
    refuses(5, "ticket", "edit", ticket, "--title", "Title")
    refuses(2, "ticket", "edit", ticket, other, "--entry", "1", "--body", "x")
    refuses(2, "ticket", "edit", ticket, "--entry", "1", "--body", "x")


def test_several_alike(acts: Acts, make: Make) -> None:
    done = acts("ticket", "edit", make(), make(), "--title", "Same")
    assert [t["title"] for t in done.data] == ["Same", "Same"]


def test_what_people_read(desk: Runner, make: Make) -> None:
    ticket = make()
    assert desk("ticket", "edit", ticket, "--title", "New").out == f"{ticket}  now called: New\n"
    assert desk("ticket", "edit", ticket, "--body", "New").out == f"{ticket}  changed: body\n"
