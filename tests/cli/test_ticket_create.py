from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.cli.conftest import MALTA, Acts, Git, Refuses
from tests.conftest import Runner

KEYS = [
    "id", "title", "state", "kind", "priority", "impact", "urgency", "department", "owner", "requester", "tags",
    "language", "channel", "created", "author", "pending_until", "closed", "merged_into", "links", "attachments",
    "fields", "responded", "replies", "notes", "body", "thread",
]  # fmt: skip
FIELD = "id: {id}\ntype: {type}\n"


def test_a_ticket_with_nothing_but_a_title(acts: Acts, events: Callable[[str], Any]) -> None:
    done = acts("ticket", "create", "--title", "Nothing works")
    assert done.result.json["kind"] == "ticket"
    ticket = done.data
    assert set(KEYS) <= set(ticket)
    assert ticket["id"].startswith("260723-")
    assert ticket["title"] == "Nothing works"
    assert (ticket["state"], ticket["kind"], ticket["priority"], ticket["department"]) == (
        "open",
        "ticket",
        "low",
        "operation-services",
    )
    assert (ticket["language"], ticket["channel"], ticket["created"], ticket["author"]) == (
        "en",
        "phone",
        "2026-07-23T06:12:44Z",
        "maria",
    )
    assert [ticket[n] for n in ("owner", "requester", "impact", "urgency", "closed", "responded")] == [None] * 6
    assert [ticket[n] for n in ("tags", "links", "attachments", "thread")] == [[]] * 4
    assert (done.commit.author, done.commit.email) == ("Maria Georgiou", "maria@ncpeh.example")
    assert done.commit.subject == f"{ticket['id']} create: operation-services"
    assert done.commit.trailers == (
        ("Desk-Verb", "create"),
        ("Desk-Actor", "maria"),
        ("Desk-Ticket", ticket["id"]),
        ("Desk-To", "operation-services"),
    )
    assert events(ticket["id"]) == [("create", None, "operation-services")]


def test_every_option(acts: Acts, shown: Callable[[str], Any], record: Callable[..., None], tmp_path: Path) -> None:
    record("records/fields/country.yaml", "id: country\ntype: select\noptions: [MT, IT]\n")
    record("records/fields/calls.yaml", FIELD.format(id="calls", type="number"))
    (tmp_path / "log.txt").write_bytes(b"\0\1\2")
    (tmp_path / "screen.png").write_bytes(b"png")
    done = acts(
        "--as", "petros", "ticket", "create", "--title", "Σφάλμα 4703", "--department", "technical", "--body", "Κείμενο",
        "--requester", MALTA, "--channel", "email", "--language", "el", "--tag", "incident", "--tag", "certificate",
        "--impact", "high", "--urgency", "medium", "--attach", str(tmp_path / "log.txt"), "--attach", str(tmp_path / "screen.png"),
        "--field", "country=mt", "--field", "calls=3",
    )  # fmt: skip
    ticket = shown(done.data["id"])
    assert (ticket["kind"], ticket["tags"]) == ("incident", ["certificate", "incident"])
    assert ticket["priority"] == "high"  # by the matrix
    assert ticket["attachments"] == ["log.txt", "screen.png"]
    assert ticket["fields"] == {"calls": 3, "country": "MT"}
    assert (ticket["body"], ticket["language"], ticket["channel"], ticket["author"]) == (
        "Κείμενο",
        "el",
        "email",
        "petros",
    )
    assert done.commit.author == "Petros Ioannou"
    assert done.commit.subject == f"{ticket['id']} create: technical"
    assert done.commit.values("Desk-Record") == [f"user/{ticket['requester']}"]


def test_attachments_are_stored_as_they_are(acts: Acts, git: Git, tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "log.txt").write_text(folder)
    first, second = (str(tmp_path / f / "log.txt") for f in "ab")
    done = acts("ticket", "create", "--title", "T", "--attach", first, "--attach", second)
    names = done.data["attachments"]
    assert len(set(names)) == 2
    [warning] = done.result.json["warnings"]
    assert names[1] in warning
    folder = f"records/tickets/2026/07/23/{done.data['id']}.files"
    assert [git("show", f"HEAD:{folder}/{n}") for n in names] == ["a", "b"]


def test_a_priority_given_overrides_the_matrix(acts: Acts, refuses: Refuses) -> None:
    given = ("ticket", "create", "--title", "T", "--impact", "high", "--urgency", "high", "--priority", "LOW")
    assert "--reason" in refuses(5, *given)["hint"]
    done = acts(*given, "--reason", "an exercise")
    assert (done.data["priority"], done.commit.reason) == ("low", "an exercise")
    assert done.commit.values("Desk-Also") == ["classify"]
    assert done.commit.values("Desk-To") == ["operation-services", "priority=low (override, matrix: high)"]


def test_an_address_becomes_a_requester_once(acts: Acts) -> None:
    first = acts("ticket", "create", "--title", "One", "--requester", MALTA).data["requester"]
    assert acts("ticket", "create", "--title", "Two", "--requester", MALTA.upper()).data["requester"] == first
    assert acts("ticket", "create", "--title", "Three", "--requester", first).data["requester"] == first


def test_the_text_from_a_file_and_from_stdin(acts: Acts, tmp_path: Path) -> None:
    text = "Γραμμή 1\r\n---\n## Reply by x\n\n\\"
    (tmp_path / "t.md").write_bytes(text.encode())
    assert acts("ticket", "create", "--title", "T", "--file", str(tmp_path / "t.md")).data["body"] == text
    assert acts("ticket", "create", "--title", "T", "--file", "-", stdin=text.encode()).data["body"] == text


def test_refusals(refuses: Refuses) -> None:
    for code, args, words in (
        (2, (), "title"),
        (2, ("--title", "  "), "title"),
        (2, ("--title", "two\nlines"), "one line"),
        (2, ("--title", "x" * 251), "250"),
        (3, ("--title", "T", "--department", "tecnical"), "tecnical"),
        (3, ("--title", "T", "--tag", "nosuch"), "nosuch"),
        (3, ("--title", "T", "--requester", "u-nobody"), "u-nobody"),
        (2, ("--title", "T", "--requester", "no one@example"), "e-mail"),
        (2, ("--title", "T", "--priority", "urgent"), "urgent"),
        (2, ("--title", "T", "--impact", "huge"), "huge"),
        (2, ("--title", "T", "--urgency", "now"), "now"),
        (2, ("--title", "T", "--channel", "pigeon"), "pigeon"),
        (2, ("--title", "T", "--language", "fr"), "fr"),
        (2, ("--title", "T", "--field", "country"), "NAME=VALUE"),
        (2, ("--title", "T", "--field", "nosuch=1"), "nosuch"),
        (2, ("--title", "T", "--body", "x", "--file", "y"), "together"),
        (3, ("--title", "T", "--file", "/nowhere/at/all"), "/nowhere"),
        (3, ("--title", "T", "--attach", "/nowhere/at/all"), "/nowhere"),
        (2, ("--title", "T", "--attach", "/"), "folder"),
        (5, ("--title", "T", "--tag", "incident", "--tag", "problem"), "incident"),
    ):
        assert words in refuses(code, "ticket", "create", *args)["message"], words


def test_the_nearest_department_is_named(refuses: Refuses) -> None:
    assert (
        refuses(3, "ticket", "create", "--title", "T", "--department", "tecnical")["hint"] == "did you mean technical?"
    )


def test_nul_and_broken_text_are_refused(refuses: Refuses) -> None:
    assert "NUL" in refuses(2, "ticket", "create", "--title", "T", "--file", "-", stdin=b"a\0b")["message"]
    assert "stdin:2" in refuses(2, "ticket", "create", "--title", "T", "--file", "-", stdin=b"a\n\xff")["message"]


def test_a_required_custom_field(refuses: Refuses, acts: Acts, record: Callable[..., None]) -> None:
    record("records/fields/country.yaml", "id: country\ntype: text\nrequired: true\n")
    assert "country" in refuses(2, "ticket", "create", "--title", "T")["message"]
    assert acts("ticket", "create", "--title", "T", "--field", "country=MT").data["fields"] == {"country": "MT"}


def test_a_banned_address_gets_no_ticket(refuses: Refuses, acts: Acts, record: Callable[..., None]) -> None:
    """Rule 7: by address, whatever its case, an account that is there already included."""
    known = acts("ticket", "create", "--title", "T", "--requester", MALTA).data["requester"]
    record("records/bans/b-x.yaml", f"id: b-x\nemail: {MALTA.title()}\nreason: abuse\n")
    for requester in (MALTA, MALTA.upper(), known):
        error = refuses(5, "ticket", "create", "--title", "T", "--requester", requester)
        assert "banned: abuse" in error["message"]


def test_a_private_department_takes_no_ticket_of_a_user(
    refuses: Refuses, acts: Acts, record: Callable[..., None]
) -> None:
    record("records/departments/audit.yaml", "id: audit\nname: Audit\nprivate: true\n")
    refuses(5, "ticket", "create", "--title", "T", "--department", "audit", "--requester", MALTA)
    assert acts("ticket", "create", "--title", "T", "--department", "audit").data["department"] == "audit"


def test_somebody_who_is_not_staff(refuses: Refuses, git: Git) -> None:
    git("config", "user.email", "visitor@example.org")
    error = refuses(5, "ticket", "create", "--title", "T")
    assert "visitor@example.org is not registered as staff" in error["message"]
    assert "desk staff create" in error["hint"]


def test_the_line_for_people(desk: Runner) -> None:
    said = desk("ticket", "create", "--title", "T", "--department", "legal").out
    assert said.endswith("  registered in legal\n")
    assert said[:7] == "260723-"
