"""The outbox: what is kept, what is shown, and what happens when something is off."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from desk.domain.changes import notices
from tests.conftest import Runner
from tests.mail.conftest import Drafts

Make = Callable[..., str]


def test_list_show_and_drop(desk: Runner, make: Make, anna: str) -> None:
    ticket = make("No summary from Malta", "--requester", anna, "--department", "organizational")
    [row] = desk("mail", "outbox", "-f", "json").data
    assert (row["to"], row["ticket"], row["event"]) == ("Anna Georgiou <anna@clinic.example>", ticket, "create")
    assert row["subject"] == f"[{ticket}] Καταχωρίσαμε το αίτημά σας"
    shown = desk("mail", "show", row["commit"][:8], "-f", "json").data
    assert shown["language"] == "el"
    assert shown["body"].startswith("Προς: Anna Georgiou\n\nΑγαπητή κυρία")
    assert "2026-07-23 09:12" in shown["body"]
    assert shown["body"] in desk("mail", "show", row["id"], "-f", "md").out
    assert "anna@clinic.example" in desk("mail", "outbox", "--ticket", ticket).out
    assert "dropped" in desk("mail", "drop", row["id"]).out
    assert desk("mail", "outbox").err == "no messages wait to be sent\n"
    desk("mail", "show", row["id"], code=3)


def test_ambiguous(desk: Runner, make: Make) -> None:
    make("T", "--requester", "a@clinic.example")
    assert len(desk("mail", "outbox", "-f", "ids").out.split()) == 2
    assert "type more" in desk("mail", "drop", "2026", code=4).err


def test_the_values_are_those_of_the_moment_and_the_text_is_not(
    desk: Runner, make: Make, home: Path, anna: str
) -> None:
    ticket = make("Old title", "--requester", anna, "--department", "organizational")
    desk("ticket", "edit", ticket, "--title", "New title")
    text = home / "templates/mail/ticket-created.el.txt"
    text.write_text("Subject: {{ ticket.title }}\n\n{{ recipient.role }}, {{ event.verb }}\n", encoding="utf-8")
    shown = desk("mail", "show", "2026", "-f", "json").data
    assert (shown["subject"], shown["body"]) == ("Old title", "requester, create\n")


def test_all_texts_can_be_filled_in(desk: Runner, make: Make, home: Path, drafts: Drafts, anna: str) -> None:
    """Each text of the table in each language, on one draft."""
    make("T", "--requester", anna, "--department", "organizational")
    [draft] = drafts()
    folder = home / ".git/desk/outbox"
    for row in notices.TABLE:
        for language in ("en", "el"):
            text = (folder / f"{draft['id']}.json").read_text(encoding="utf-8")
            text = text.replace('"ticket-created"', f'"{row.template}"').replace(
                '"language": "el"', f'"language": "{language}"'
            )
            text = text.replace('"text": ""', '"text": "Words."').replace('"verb": "create"', f'"verb": "{row.event}"')
            (folder / f"x-{row.event}-{row.template}-{language}-1.json").write_text(text, encoding="utf-8")
    found = desk("mail", "outbox", "-f", "json").json
    assert found["warnings"] == []
    ids = [r["id"] for r in found["data"]]
    shown = desk("mail", "show", *ids, "-f", "json").data
    assert all("{" not in s["body"] and "\n\n\n" not in s["body"] and s["subject"] for s in shown)


def test_what_people_write_is_text(desk: Runner, make: Make, anna: str) -> None:
    ticket = make("{{ 7 * 7 }} {% if %}", "--requester", anna, "--department", "organizational")
    desk("ticket", "reply", ticket, "--body", "Subject: x\n\n{{ desk.name }}")
    first, second = desk("mail", "outbox", "-f", "ids").out.split()
    assert "{{ 7 * 7 }} {% if %}" in desk("mail", "show", first, "-f", "json").data["body"]
    assert "{{ desk.name }}" in desk("mail", "show", second, "-f", "json").data["body"]


def test_a_missing_variant_falls_back(desk: Runner, make: Make, home: Path, anna: str) -> None:
    make("T", "--requester", anna, "--department", "organizational")
    os.unlink(home / "templates/mail/ticket-created.el.txt")
    assert desk("mail", "show", "2026", "-f", "json").data["language"] == "en"
    os.unlink(home / "templates/mail/ticket-created.en.txt")
    assert "templates/mail/ticket-created.el.txt" in desk("mail", "show", "2026", code=3).err


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("No subject\n\nx", 1),
        ("Subject: x\nno gap", 2),
        ("Subject: x\n\n\n{{ nobody.name }}", 4),
        ("Subject: {% if %}\n\nx", 1),
        (b"\xff\xfe", 1),
    ],
)
def test_a_broken_text_is_named_and_hides_nothing(
    desk: Runner, make: Make, home: Path, anna: str, text: str | bytes, line: int
) -> None:
    make("T", "--requester", anna)
    file = home / "templates/mail/ticket-created.el.txt"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    listed = desk("mail", "outbox", "-f", "json").json
    in_body = line == 4
    assert [r["subject"] is None for r in listed["data"]] == [not in_body, False]
    assert in_body or f"templates/mail/ticket-created.el.txt:{line}:" in listed["warnings"][0]
    assert f"ticket-created.el.txt:{line}:" in desk("mail", "show", listed["data"][0]["id"], code=7).err


def test_a_damaged_file_hides_nothing(desk: Runner, make: Make, home: Path, anna: str) -> None:
    make("T", "--requester", anna, "--department", "organizational")
    (home / ".git/desk/outbox/20250101T000000-deadbeef-1.json").write_text('{"to"', encoding="utf-8")
    found = desk("mail", "outbox", "-f", "json").json
    assert len(found["data"]) == 1
    assert "deadbeef" in found["warnings"][0]
    desk("mail", "show", "deadbeef", code=7)
    desk("mail", "drop", "deadbeef")
    assert desk("mail", "outbox", "-f", "json").json["warnings"] == []


def test_trouble_is_a_warning_and_the_commit_stands(desk: Runner, home: Path, git: Callable[..., str]) -> None:
    (home / ".git/desk").mkdir(exist_ok=True)
    (home / ".git/desk/outbox").write_text("in the way", encoding="utf-8")
    done = desk("ticket", "create", "--title", "T", "--requester", "a@clinic.example")
    assert "no message was written to the outbox" in done.err
    assert "create: operation-services" in git("log", "-1", "--format=%s")
    os.unlink(home / ".git/desk/outbox")
    shutil.rmtree(home / ".git/desk")
    assert desk("mail", "outbox").code == 0
    assert desk("ticket", "list", "-f", "json").data[0]["title"] == "T"


def test_it_can_be_turned_off(desk: Runner, make: Make, drafts: Drafts) -> None:
    desk("config", "set", "mail.notify", "no")
    assert desk("config", "get", "mail.notify").out == "false\n"
    make("T", "--requester", "a@clinic.example")
    assert drafts() == []
    desk("config", "set", "mail.notify", "maybe", code=8)


def test_what_requesters_are_not_told(desk: Runner, make: Make, drafts: Drafts, anna: str) -> None:
    """A watcher who is a requester learns nothing about another requester, nor why staff decided."""
    ticket = make("T", "--requester", anna)
    bob = desk(
        "user", "create", "--name", "Bob", "--email", "bob@clinic.example", "--group", "patient", "-f", "ids"
    ).out.strip()
    desk("ticket", "watch", ticket, "--who", bob)
    desk("ticket", "close", ticket, "--reason", "internal")
    closed = {d["to"]["id"]: d["variables"] for d in drafts() if d["event"] == "close"}
    assert closed[anna]["requester"]["name"] == "Anna Georgiou"
    assert closed[bob]["requester"] == {"name": "", "email": "", "organisation": ""}
    assert closed[anna]["event"]["reason"] == closed[bob]["event"]["reason"] == ""


def test_attachments_of_a_reply_are_named(desk: Runner, make: Make, drafts: Drafts, home: Path, anna: str) -> None:
    ticket = make("T", "--requester", anna)
    (home / ".git/form.pdf").write_bytes(b"x")
    desk("ticket", "reply", ticket, "--body", "See the form.", "--attach", str(home / ".git/form.pdf"))
    [sent] = [d for d in drafts() if d["event"] == "reply"]
    assert sent["attachments"] == [f"records/tickets/2026/07/23/{ticket}.files/form.pdf"]
    assert sent["variables"]["reply"]["text"] == "See the form."


def test_many_at_once(desk: Runner, make: Make, drafts: Drafts) -> None:
    ids = [make(f"T{n}", "--requester", f"a{n}@clinic.example", "--department", "organizational") for n in range(11)]
    desk("ticket", "close", *ids)
    assert len([d for d in drafts() if d["event"] == "close"]) == 11
    listed = desk("mail", "outbox", "-f", "json").data
    assert [r["to"] for r in listed if r["event"] == "close"] == [f"a{n}@clinic.example" for n in range(11)]
