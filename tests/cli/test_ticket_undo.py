"""undo: the last change of a ticket, taken back by a counter-commit."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.cli.conftest import MALTA, Acts, Git, Refuses, commit_of, tip
from tests.conftest import Make, Runner

Events = Callable[[str], Any]
Shown = Callable[[str], Any]

CHANGES: dict[str, tuple[str, ...]] = {
    "link": ("link", "{id}", "{other}"),
    "assign": ("assign", "{id}", "--to", "petros"),
    "move": ("move", "{id}", "--to", "semantic"),
    "classify": ("classify", "{id}", "--impact", "high", "--urgency", "high"),
    "tag": ("tag", "{id}", "malta"),
    "close": ("close", "{id}", "--resolution", "withdrawn"),
    "pending": ("pending", "{id}", "--until", "3d", "--for", "third-party"),
    "note": ("note", "{id}", "--body", "x", "--attach", "{file}"),
    "reply": ("reply", "{id}", "--body", "x", "--close"),
    "edit": ("edit", "{id}", "--title", "U", "--body", "V"),
    "merge": ("merge", "{id}", "--into", "{other}"),
    "split": ("split", "{id}", "--at", "1"),
    "transfer": ("transfer", "{id}"),
    "major": ("major", "{id}"),
    "checklist": ("checklist", "{id}"),
    "delete": ("delete", "{id}"),
}


def test_everything_goes_back(acts: Acts, make: Make, git: Git, home: Path, desk: Runner) -> None:
    """Byte for byte, attachments too, of all these tickets at once; and forth again, and back again."""
    file = home.parent / "a.txt"
    file.write_text("a", encoding="utf-8")
    desk("tag", "create", "malta")
    models = [make(title, "--tag", "incident", "--attach", str(file)) for title in ("One", "Two")]
    desk("ticket", "note", models[0], "--body", "first", "--attach", str(file))
    pairs = {verb: like(home, models, f"{n:02}", linked=verb != "link") for n, verb in enumerate(CHANGES)}
    desk("commit")
    before = commit_of(git).tree
    to, changed = [], []
    for verb, words in CHANGES.items():
        ticket, other = pairs[verb]
        commit = acts("ticket", *(word.format(id=ticket, other=other, file=file) for word in words)).commit
        to.append(f"{verb} {tip(home)[:10]}")
        changed += commit.values("Desk-Ticket")
    after = commit.tree
    tickets = [ticket for ticket, _other in pairs.values()]
    done = acts("ticket", "undo", *tickets, "--reason", "by mistake").commit
    assert git("diff", "--name-only", before, done.tree) == ""
    assert set(to) <= set(done.values("Desk-To"))
    assert (done.values("Desk-Verb"), done.reason) == (["undo"], "by mistake")
    assert sorted(done.values("Desk-Ticket")) == sorted(changed)
    for tree in (after, before):
        assert git("diff", "--name-only", tree, acts("ticket", "undo", *tickets).commit.tree) == ""
    assert "nothing found" in desk("doctor").out
    assert "no fault" in desk("audit", "verify").out


def like(home: Path, models: list[str], number: str, *, linked: bool) -> list[str]:
    """Two more tickets as those are, files and all; `linked`: with each other."""
    folder = home / "records/tickets/2026/07/23"
    made = [f"260723-{letter}{number}X" for letter in "AB"]
    for ticket, model, other in zip(made, models, reversed(made), strict=True):
        text = (folder / f"{model}.md").read_text(encoding="utf-8").replace(model, ticket)
        links = f"links: [relates {other}]\n" if linked else ""
        (folder / f"{ticket}.md").write_text(text.replace("attachments:", f"{links}attachments:", 1), encoding="utf-8")
        shutil.copytree(folder / f"{model}.files", folder / f"{ticket}.files")
    return made


def test_the_audit_believes_no_undo_that_is_none(desk: Runner, make: Make, git: Git, home: Path) -> None:
    ticket = make()
    desk("--as", "petros", "ticket", "note", ticket, "--body", "x")
    new = desk("--as", "petros", "ticket", "split", ticket, "--at", "1", "-f", "ids").out.strip()
    desk("--as", "petros", "ticket", "undo", new)
    assert "no fault" in desk("audit", "verify").out  # taking back a split is no deletion, which takes level 3
    desk("ticket", "close", ticket)
    commit = git("rev-parse", "--short=10", "HEAD").strip()
    path = home / f"records/tickets/2026/07/23/{ticket}.md"
    path.write_text(path.read_text(encoding="utf-8").replace("title: A ticket", "title: Another"), encoding="utf-8")
    trailers = f"Desk-Verb: undo\nDesk-Actor: maria\nDesk-Ticket: {ticket}\nDesk-To: close {commit}"
    git("commit", "-qam", f"{ticket} undo: close\n\n{trailers}")
    assert (
        f"ticket/{ticket}: after the undo of {commit} it is not what it was before that"
        in desk("audit", "verify", code=None).out
    )


def test_what_history_says(acts: Acts, make: Make, events: Events, git: Git, desk: Runner) -> None:
    ticket = make()
    acts("ticket", "close", ticket, "--resolution", "workaround")
    commit = git("rev-parse", "--short=10", "HEAD").strip()
    assert acts("ticket", "undo", ticket).commit.subject == f"{ticket} undo: close"
    assert events(ticket)[-2:] == [("undo", None, f"close {commit}"), ("reopen", "closed", "open")]
    ticket = make()
    acts("ticket", "note", ticket, "--body", "x")
    assert desk("ticket", "undo", ticket).out.startswith(f"{ticket}  taken back: note ")


def test_the_new_ticket_of_a_split_is_gone_for_good(acts: Acts, make: Make, refuses: Refuses, events: Events) -> None:
    ticket = make()
    acts("ticket", "note", ticket, "--body", "x")
    new = acts("ticket", "split", ticket, "--at", "1").data["id"]
    done = acts("ticket", "undo", new)
    assert (done.data["id"], done.data["deleted"]) == (new, True)
    refuses(3, "ticket", "show", new)
    assert events(new)[-1][0] == "undo"


def test_refused(acts: Acts, make: Make, refuses: Refuses, desk: Runner) -> None:
    ticket, other = make(), make()
    assert f"desk ticket delete {ticket}" in refuses(5, "ticket", "undo", ticket)["hint"]
    acts("ticket", "merge", ticket, "--into", other)
    acts("ticket", "note", other, "--body", "later")
    error = refuses(6, "ticket", "undo", ticket)
    assert error["message"].endswith(f"{other} has changed since: note by maria, 2026-07-23 09:12")  # the desk's clock
    assert error["hint"] == f"first that: desk ticket undo {other}"
    acts("ticket", "undo", other)
    acts("ticket", "undo", ticket, other)  # one change, whichever of them is named, or both
    owned = make()
    acts("ticket", "assign", owned, "--to", "petros")
    acts("ticket", "unassign", owned)
    desk("staff", "edit", "petros", "--department", "semantic")
    assert "petros doesn't serve technical" in refuses(6, "ticket", "undo", owned)["message"]
    acts("ticket", "assign", owned, "--to", "maria")
    desk("tag", "create", "malta")
    acts("ticket", "tag", owned, "malta")
    desk("tag", "delete", "malta")
    assert "followed from delete of tag malta" in refuses(5, "ticket", "undo", owned)["message"]
    refuses(3, "ticket", "undo", "260101-ZZZZ")


def test_it_takes_the_right_of_the_change(acts: Acts, make: Make, refuses: Refuses, desk: Runner) -> None:
    ticket, other = make(), make("T", "--department", "semantic")
    acts("ticket", "close", ticket)
    refuses(5, "--as", "eleni", "ticket", "undo", ticket)
    acts("--as", "petros", "ticket", "undo", ticket)
    acts("ticket", "merge", ticket, "--into", other)
    desk("staff", "edit", "petros", "--department", "technical")
    refuses(5, "--as", "petros", "ticket", "undo", ticket)  # of both tickets
    acts("ticket", "undo", ticket)
    acts("ticket", "delete", ticket)
    refuses(5, "--as", "petros", "ticket", "undo", ticket)
    acts("ticket", "undo", ticket)
    refuses(5, "--as", "petros", "ticket", "undo", ticket)  # that would delete it again
    acts("ticket", "undo", ticket)
    refuses(3, "ticket", "show", ticket)
    acts("ticket", "undo", ticket)
    acts("--as", "petros", "ticket", "note", ticket, "--body", "mine")
    assert "only its author" in refuses(5, "ticket", "undo", ticket)["hint"]  # rule 6
    acts("--as", "petros", "ticket", "undo", ticket)


def test_messages_not_sent_yet_are_taken_out(desk: Runner, make: Make) -> None:
    ticket = make("T", "--requester", MALTA)
    waiting = len(desk("mail", "outbox", "-f", "json").data)
    desk("ticket", "reply", ticket, "--body", "wrong person", "--close")
    assert len(desk("mail", "outbox", "-f", "json").data) == waiting + 1
    assert "1 message that was not sent yet" in desk("ticket", "undo", ticket).err
    assert len(desk("mail", "outbox", "-f", "json").data) == waiting
    desk("ticket", "reply", ticket, "--body", "sent")
    for row in desk("mail", "outbox", "-f", "json").data:
        desk("mail", "drop", row["id"])
    assert "can't be unsent" in desk("ticket", "undo", ticket).err


def test_hand_edits_are_safe(desk: Runner, make: Make, home: Path) -> None:
    ticket = make()
    desk("ticket", "close", ticket)
    path = home / f"records/tickets/2026/07/23/{ticket}.md"
    path.write_text(path.read_text(encoding="utf-8") + "\nmine\n", encoding="utf-8")
    assert "hand edits" in desk("ticket", "undo", ticket, code=6).err
    assert "mine" in path.read_text(encoding="utf-8")


def test_any_change_can_be_taken_back(desk: Runner, make: Make) -> None:
    """What was deleted comes back under its name, with all that had named it."""
    desk(
        "staff",
        "create",
        "xenia",
        "--name",
        "Xenia",
        "--email",
        "xenia@ncpeh.example",
        "--level",
        "1",
        "--department",
        "technical",
    )
    ticket = make("T", "--department", "technical")
    desk("ticket", "assign", ticket, "--to", "xenia")
    gone = desk("staff", "delete", "xenia")
    assert "to take it back: desk undo " in gone.out + gone.err
    taken = desk("undo", "-f", "json").data
    assert (taken["verb"], {r["id"] for r in taken["records"]}) == ("delete", {"xenia", ticket})
    assert desk("ticket", "show", ticket, "-f", "json").data["owner"] == "xenia"
    desk("tag", "create", "vip")
    desk("ticket", "tag", ticket, "vip")
    desk("tag", "delete", "vip")
    assert "desk undo" in desk("tag", "create", "vip", code=5).err
    desk("undo")
    assert desk("ticket", "show", ticket, "-f", "json").data["tags"] == ["vip"]
    desk("--as", "eleni", "undo", code=3)
    desk("audit", "verify")


def test_several_steps_back(desk: Runner, make: Make, git: Git) -> None:
    ticket = make()
    desk("ticket", "classify", ticket, "--priority", "medium")
    first = git("rev-parse", "HEAD").strip()
    desk("ticket", "classify", ticket, "--priority", "high")
    desk("undo", first, code=6)  # something came after it
    desk("ticket", "undo", ticket)
    again = desk("ticket", "undo", ticket)
    assert "that was an undo itself" in again.err + again.out
    desk("ticket", "undo", ticket)
    desk("undo", first[:12])
    assert desk("ticket", "show", ticket, "-f", "json").data["priority"] == "low"
    assert "desk tag delete" in desk("tag", "create", "odd").out + desk("undo", code=5).err
    desk("undo", "no/such", code=3)
