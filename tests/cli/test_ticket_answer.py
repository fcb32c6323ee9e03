"""reply, note, and the edit of the last entry."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import MALTA, Acts, Git, Refuses
from tests.conftest import Make, Runner

Events = Callable[[str], Any]
Shown = Callable[[str], Any]


def test_reply(acts: Acts, make: Make, events: Events) -> None:
    ticket = make()
    done = acts("--as", "petros", "ticket", "reply", ticket, "--body", "We are looking into it.")
    assert done.data["thread"] == [
        {
            "kind": "reply",
            "by": "petros",
            "at": "2026-07-23T06:12:44Z",
            "text": "We are looking into it.",
            "via": None,
            "attachments": [],
        }
    ]
    assert (done.data["responded"], done.data["state"]) == ("2026-07-23T06:12:44Z", "open")
    assert (done.commit.author, done.commit.subject) == ("Petros Ioannou", f"{ticket} reply")
    assert events(ticket)[1:] == [("reply", None, None)]


def test_reply_and_close(acts: Acts, make: Make, events: Events) -> None:
    ticket = make()
    done = acts("ticket", "reply", ticket, "--body", "Solved.", "--close")
    assert (done.data["state"], done.data["closed"]) == ("closed", "2026-07-23T06:12:44Z")
    assert done.commit.subject == f"{ticket} reply: closed"
    assert events(ticket)[1:] == [("reply", None, None), ("close", "open", "closed")]


def test_note(acts: Acts, make: Make, events: Events) -> None:
    ticket = make()
    acts("ticket", "close", ticket)
    done = acts("ticket", "note", ticket, "--body", "Malta confirms.")  # also on a closed ticket
    assert (done.data["thread"][0]["kind"], done.data["responded"], done.data["notes"]) == ("note", None, 1)
    assert done.commit.subject == f"{ticket} note"
    assert events(ticket)[-1] == ("note", None, None)


def test_attachments(acts: Acts, make: Make, git: Git, tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(name)
    ticket = make("T", "--attach", str(tmp_path / "a.txt"))
    files = [word for name in ("a.txt", "b.txt") for word in ("--attach", str(tmp_path / name))]
    done = acts("ticket", "reply", ticket, *files)  # an attachment needs no text
    names = done.data["thread"][0]["attachments"]
    assert names[1] == "b.txt"
    assert names[0] not in ("a.txt", "b.txt")
    assert git("show", f"HEAD:records/tickets/2026/07/23/{ticket}.files/{names[0]}") == "a.txt"


def test_any_text_comes_back(acts: Acts, make: Make, shown: Shown) -> None:
    ticket = make()
    texts = ["## Reply by maria, 2026-07-23T07:15:02Z\n\nx", "---\n", "\\", "a\r\nb", "Ελληνικά 🙂 שלום", " x \n\n"]
    for text in texts:
        acts("ticket", "note", ticket, "--file", "-", stdin=text)
    assert [entry["text"] for entry in shown(ticket)["thread"]] == texts


def test_refused(refuses: Refuses, acts: Acts, make: Make) -> None:
    ticket = make()
    assert "--body TEXT" in refuses(2, "ticket", "reply", ticket)["hint"]
    for text in ("", " \n"):
        assert "empty" in refuses(2, "ticket", "reply", ticket, "--body", text)["message"]
    refuses(2, "ticket", "note", ticket, "--body", "x", "--file", "-")
    acts("ticket", "close", ticket)
    hint = refuses(5, "ticket", "reply", ticket, "--body", "x")["hint"]
    assert hint.startswith(f"first: desk ticket reopen {ticket}; from closed it may: reopen, undo, delete")


@pytest.mark.usefixtures("responses")
def test_a_custom_response(acts: Acts, refuses: Refuses, make: Make) -> None:
    english, greek = make("T", "--requester", MALTA), make("T", "--language", "el")
    done = acts("ticket", "reply", f"{english}", greek, "--response", "request-received")
    first, second = (t["thread"][0]["text"] for t in done.data)
    assert english in first
    assert greek in second
    assert first != second.replace(greek, english)
    refuses(3, "ticket", "reply", english, "--response", "nosuch")
    refuses(2, "ticket", "reply", english, "--response", "request-received", "--body", "x")


def test_text_from_stdin_is_kept_when_the_command_fails(refuses: Refuses, acts: Acts, make: Make, home: Path) -> None:
    ticket = make()
    acts("ticket", "close", ticket)
    for args in ((5, ticket), (3, "ZZZZ"), (5, ticket, "--as", "eleni")):
        code, wanted, *who = args
        error = refuses(int(code), *map(str, who), "ticket", "reply", str(wanted), "--file", "-", stdin="Long\nanswer")
        path = error["hint"].rpartition("your text is kept: ")[2].rstrip(")")
        assert Path(path).read_text(encoding="utf-8") == "Long\nanswer"
    assert len(list((home / ".git/desk/drafts").iterdir())) == 3  # none over another


def test_stdin_gives_the_ids_or_the_text(refuses: Refuses, make: Make) -> None:
    ticket = make("T", "--body", "The request")
    for verb in ("reply", "edit"):
        assert "both" in refuses(2, "ticket", verb, "-", "--file", "-", stdin=ticket)["message"]


def test_the_author_edits_the_last_entry(acts: Acts, refuses: Refuses, make: Make, events: Events) -> None:
    """Rule 6."""
    ticket = make()
    acts("--as", "petros", "ticket", "reply", ticket, "--body", "Frist")
    done = acts("--as", "petros", "ticket", "edit", ticket, "--entry", "1", "--body", "First")
    assert [e["text"] for e in done.data["thread"]] == ["First"]
    assert done.commit.subject == f"{ticket} edit: reply 1"
    assert events(ticket)[-1] == ("edit", None, "reply 1")
    assert "written by petros" in refuses(5, "ticket", "edit", ticket, "--entry", "1", "--body", "x")["message"]
    refuses(2, "--as", "petros", "ticket", "edit", ticket, "--entry", "2", "--body", "x")
    refuses(2, "--as", "petros", "ticket", "edit", ticket, "--entry", "1", "--body", " ")
    refuses(5, "--as", "petros", "ticket", "edit", ticket, "--entry", "1", "--body", "First")
    refuses(2, "--as", "petros", "ticket", "edit", ticket, "--entry", "1", "--title", "x")
    acts("ticket", "note", ticket, "--body", "later")
    assert (
        "not the last"
        in refuses(5, "--as", "petros", "ticket", "edit", ticket, "--entry", "1", "--body", "x")["message"]
    )
    acts("ticket", "close", ticket)
    assert "closed" in refuses(5, "ticket", "edit", ticket, "--entry", "2", "--body", "x")["message"]


def test_what_people_read(desk: Runner, make: Make) -> None:
    ticket = make()
    assert desk("ticket", "note", ticket, "--body", "x").out == f"{ticket}  private note added\n"
    assert desk("ticket", "reply", ticket, "--body", "x", "--close").out == f"{ticket}  reply added, closed\n"
