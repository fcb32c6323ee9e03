"""Texts that were begun: forms that teach, what a colleague wrote meanwhile, and drafts as things of one person."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import MALTA, OTHERS, Git, Refuses, Terminal, tip
from tests.conftest import Make, Runner

WRITE = "text = 'My words\\n' + text"


@pytest.fixture
def seen(tmp_path: Path) -> Callable[[], list[str]]:
    """What the editor was given, each time."""
    return lambda: (tmp_path / "seen").read_text(encoding="utf-8").split("\0")


def begun(home: Path, name: str, text: str) -> Path:
    """A text that a process which is gone has left."""
    folder = home / ".git/desk/drafts"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def test_forms_teach(terminal: Terminal, desk: Runner, seen: Callable[[], list[str]]) -> None:
    """What a field may hold stands above it, and is kept by nobody."""
    desk("field", "create", "country", "--type", "select", "--option", "CY", "--option", "MT", "--on", "ticket")
    fill = "text = text.replace(\"title: ''\", 'title: Fax #4').replace('fields: {}', 'fields: {country: MT}')"
    terminal("ticket", "create", editor=fill)
    [form] = seen()
    for line in (
        "# priority: low, medium, high; empty: what impact and urgency give\npriority: ''",
        "# channel: phone, email, web, cli\nchannel: phone",
        "# tags: ",
        "# requester: an id, an e-mail address, a name or a number; empty: nobody\nrequester: ''",
        "# fields: country (CY, MT)\nfields: {}",
    ):
        assert line in form
    [ticket] = desk("ticket", "list", "--limit", "1", "-f", "json").data
    assert (ticket["title"], ticket["fields"]) == ("Fax #4", {"country": "MT"})
    assert "#" not in desk("ticket", "show", ticket["id"], "-f", "json").data["body"]
    terminal("ticket", "edit", ticket["id"], editor="text = text.replace('impact: \\'\\'', 'impact: high')")
    assert "# owner: eleni, maria, nikos, petros\nowner: ''" in seen()[0]
    assert desk("ticket", "show", ticket["id"], "-f", "json").data["impact"] == "high"


def test_who_will_read_it_stands_first(
    terminal: Terminal, desk: Runner, make: Make, seen: Callable[[], list[str]]
) -> None:
    desk(
        "user",
        "create",
        "--name",
        "Maria Christou",
        "--email",
        "m@clinic.example",
        "--group",
        "patient",
        "--language",
        "el",
    )
    ticket = make("T", "--requester", "m@clinic.example")
    heads = {
        ("reply",): "REPLY to Maria Christou <m@clinic.example>, in Greek -->",
        ("note",): "NOTE, for staff only -->",
        (
            "reply",
            "--draft",
        ): "DRAFT of a reply to Maria Christou <m@clinic.example>, in Greek: for staff only until it is sent",
    }
    for words, head in heads.items():
        terminal("ticket", words[0], ticket, *words[1:], editor=WRITE)
        assert head in seen()[0].splitlines()[0]


def test_what_a_colleague_wrote_meanwhile(
    terminal: Terminal, desk: Runner, make: Make, home: Path, seen: Callable[[], list[str]]
) -> None:
    """It is shown before mine is sent, beside it; and once."""
    ticket = make("T", "--requester", MALTA)
    wait = "if turn == 0: others()\n"

    def other(verb: str) -> tuple[str, Callable[[], object]]:
        return OTHERS, lambda: desk("--as", "petros", "ticket", verb, ticket, "--body", "I was quicker")

    said = terminal(
        "ticket", "reply", ticket, editor=wait + WRITE + " if turn == 0 else text.replace('My', 'Also my')",
        answers=(other("reply"), ("Edit again?", "y")),
    )  # fmt: skip
    assert "petros wrote a reply meanwhile" in said
    first, again = seen()
    assert "I was quicker" not in first
    assert again.startswith("# ERROR: petros wrote a reply meanwhile")
    assert "I was quicker" in again.partition("write above this line")[2]
    thread = desk("ticket", "show", ticket, "-f", "json").data["thread"]
    assert [entry["text"] for entry in thread] == ["I was quicker", "Also my words"]
    before = tip(home)
    said = terminal(
        "ticket", "note", ticket, editor=wait + WRITE, answers=(other("note"), ("Edit again?", "n")), code=6
    )
    assert "your text is kept" in said.replace("\n", " ")
    assert desk("ticket", "show", ticket, "-f", "json").data["thread"][-1]["text"] == "I was quicker"
    assert tip(home) != before
    assert "note-" in desk("draft", "list", "-f", "ids").out


def test_drafts_belong_to_one_person(desk: Runner, make: Make, home: Path, git: Git, refuses: Refuses) -> None:
    """Each sees their own; none is in git; one is dropped by any part of its name, and never by a guess among several."""
    ticket = make()
    desk("ticket", "reply", ticket, "--file", "-", "--article", "nosuch", stdin="Long typed words", code=5)
    assert desk("draft", "list", "-f", "json").data[0]["begins"] == "Long typed words"
    assert oct(os.stat(desk("draft", "list", "-f", "json").data[0]["path"]).st_mode)[-2:] == "00"
    gone = begun(
        home, f"note-{ticket}.maria.999999.md", "<!-- ---------- NOTE -->\n\nfirst\n<!-- ---------- write above"
    )
    begun(home, f"reply-{ticket}.maria.left.md", "second")
    begun(home, f"reply-{ticket}.petros.999999.md", "not hers")
    begun(home, "create.maria.999999.md", "---\ntitle: Printer\n---\n\nburns")
    begun(home, f"edit-{ticket}.maria.{os.getppid()}.md", "busy")
    rows = {row["id"]: row for row in desk("draft", "list", "-f", "json").data}
    assert len(rows) == 5
    assert rows["create.maria.999999"]["begins"] == "Printer"
    assert rows[f"edit-{ticket}.maria.{os.getppid()}"]["busy"]
    assert "petros" not in "".join(rows)
    assert desk("--as", "petros", "draft", "list", "-f", "ids").out == f"reply-{ticket}.petros.999999\n"
    refuses(4, "draft", "drop", ticket)
    refuses(3, "draft", "drop", "nosuch")
    refuses(2, "draft", "drop")
    refuses(6, "draft", "drop", "edit-")
    assert "--file" in refuses(5, "draft", "resume", "stdin")["hint"]
    refuses(2, "draft", "resume", "reply-" + ticket)
    assert desk("draft", "drop", "note-2").out == f"note-{ticket}.maria.999999  thrown away\n"
    assert not gone.exists()
    desk("draft", "drop", "--all")
    assert [row["busy"] for row in desk("draft", "list", "-f", "json").data] == [True]
    assert git("status", "--porcelain", "--ignored") == ""
    assert desk("--as", "petros", "draft", "list", "-f", "ids").out


def test_a_draft_is_taken_up_again(
    terminal: Terminal, desk: Runner, make: Make, home: Path, seen: Callable[[], list[str]]
) -> None:
    ticket = make("T", "--requester", MALTA)
    form = "My words\n\n<!-- ---------- write above this line; what follows is for your eyes only ---------- -->\n\n"
    begun(home, f"reply-{ticket}.maria.999999.md", form)
    said = terminal("draft", "resume", "--close", editor="text = text.replace('My', 'Our')")
    assert "reply added, closed" in said
    assert seen() == [form]
    assert desk("ticket", "show", ticket, "-f", "json").data["thread"][-1]["text"] == "Our words"
    assert desk("draft", "list", "-f", "ids").out == ""
    begun(home, f"edit-{ticket}-00000000.maria.999999.md", "---\ntitle: Other\n---\n")
    said = terminal("draft", "resume", "edit", editor="", code=6)
    assert "would change has changed" in said
    kept = begun(home, f"note-{ticket}.maria.999999.md", form)
    terminal("draft", "drop", "note", answers=(("Throw away", "n"),), code=1)
    assert kept.exists()
    terminal("draft", "drop", "note", answers=(("Throw away", "y"),))
    assert not kept.exists()


def test_a_reply_for_a_colleague_to_look_at(
    terminal: Terminal, desk: Runner, make: Make, seen: Callable[[], list[str]], refuses: Refuses
) -> None:
    """A note that says so, which git takes to them; whoever sends it is its author."""
    ticket = make("T", "--requester", MALTA)
    waiting = len(desk("mail", "outbox", "-f", "json").data)
    told = desk("ticket", "reply", ticket, "--draft", "--body", "Is that right?", "--assign", "petros")
    assert f"desk ticket reply {ticket} --entry 1" in told.err
    shown = desk("ticket", "show", ticket, "-f", "json").data
    assert (shown["owner"], shown["responded"]) == ("petros", None)
    [entry] = shown["thread"]
    assert (entry["kind"], entry["proposal"], entry["by"]) == ("note", True, "maria")
    assert "note, staff only, by maria" in desk("ticket", "show", ticket).out
    assert "a reply to look at" in desk("ticket", "show", ticket).out
    assert MALTA not in str(desk("mail", "outbox", "-f", "json").data[waiting:])
    assert desk("ticket", "show", ticket, "--public", "-f", "json").data["thread"] == []
    refuses(2, "ticket", "reply", ticket, "--draft", "--body", "x", "--close")
    refuses(2, "ticket", "reply", ticket, "--entry", "1", "--body", "x")
    refuses(3, "ticket", "reply", ticket, "--entry", "7")
    terminal(
        "--as",
        "petros",
        "ticket",
        "reply",
        ticket,
        "--entry",
        "1",
        editor="text = text.replace('Is that', 'That is', 1)",
    )
    assert "Is that right?" in seen()[0]
    desk("--as", "petros", "ticket", "reply", ticket, "--entry", "1")
    thread = desk("ticket", "show", ticket, "-f", "json").data["thread"]
    assert [(e["kind"], e["by"], e["text"]) for e in thread[1:]] == [
        ("reply", "petros", "That is right?"),
        ("reply", "petros", "Is that right?"),
    ]
    assert "no fault" in desk("audit", "verify").out
    assert "nothing found" in desk("doctor").out
