"""What would be changed, told before it is: --dry-run, and a question at a terminal before something grave."""

from __future__ import annotations

from pathlib import Path

import pytest

from desk.actions import organisation
from desk.cli.app import App
from desk.cli.env import of_process
from desk.domain.model.organisation import Tag
from desk.errors import Conflict
from tests.cli.conftest import Git, More, Terminal, tip
from tests.conftest import Make, Runner


@pytest.mark.usefixtures("responses")
def test_a_rehearsal_changes_nothing(desk: Runner, make: Make, home: Path, git: Git) -> None:
    """Whatever deletes or touches many says the same as it would do, with the same rights, and does none of it."""
    first, second = make(), make("T", "--tag", "incident")
    desk("tag", "create", "malta")
    desk("ticket", "tag", first, "malta")
    before = tip(home)
    told = desk("ticket", "close", "-", "--dry-run", stdin=f"{first}\n{second}\n")
    assert told.out == f"{first}  closed\n{second}  closed\n"
    assert told.err == "nothing was changed: this is what would be\n"
    data = desk("tag", "delete", "malta", "--dry-run", "-f", "json").json
    assert (data["kind"], data["data"]["verb"], data["data"]["dry_run"]) == ("rehearsal", "delete", True)
    assert [(r["kind"], r["id"], r["deleted"]) for r in data["data"]["records"]] == [
        ("tag", "malta", True),
        ("ticket", first, False),
    ]
    for words in (
        ("ticket", "delete", first),
        ("ticket", "merge", first, "--into", second),
        ("ticket", "reply", first, second, "--body", "x"),
        ("ticket", "note", first, "--file", "-"),
        ("ticket", "edit", first, "--title", "Other"),
        ("department", "delete", "legal", "--transfer-to", "technical"),
        ("staff", "delete", "petros"),
        ("response", "delete", "incident-resolved"),
        ("kb", "retire", "which-countries"),
        ("tag", "edit", "malta", "--description", "x"),
        ("ticket", "undo", first),
        ("undo",),
    ):
        told = desk(*words, "--dry-run", stdin="a note\n")
        assert told.out, words
        assert "kept" not in told.err, words
    assert desk("undo", "--dry-run").out == f"{first}  as before: no longer tagged malta\n"
    desk("--as", "petros", "tag", "delete", "malta", "--dry-run", code=5)
    desk("ticket", "delete", "ZZZZ", "--dry-run", code=3)
    (home / f"records/tickets/2026/07/23/{first}.md").write_text("mine", encoding="utf-8")
    desk("tag", "delete", "malta", "--dry-run", code=6)  # a hand edit would stand in the way
    git("checkout", "--", ".")
    assert (tip(home), git("status", "--porcelain")) == (before, "")


def test_a_person_is_asked_first(terminal: Terminal, desk: Runner, make: Make, more: More, home: Path) -> None:
    ticket = make()
    others = more(ticket, *(f"T{number}" for number in range(1, 11)))
    before = tip(home)
    said = terminal("ticket", "delete", ticket, answers=(("Go on?", "n"),), code=1)
    assert f"{ticket}  deleted: A ticket" in said
    assert "This changes 1 record. Go on? [y/N]" in said
    assert "nothing was changed" in said
    assert tip(home) == before
    terminal("ticket", "delete", ticket, answers=(("Go on?", "y"),))
    assert f"{ticket}  is there again" in terminal("undo", answers=(("Go on?", "y"),))
    terminal("ticket", "close", ticket)  # one that can be opened again
    terminal("undo", "--yes")
    terminal("ticket", "close", *others, answers=(("This changes 10 records. Go on?", ""),), code=1)
    assert desk("ticket", "show", ticket, "-f", "json").data["state"] == "open"
    desk("ticket", "delete", ticket)  # nobody is there to be asked


def test_who_agreed_to_one_thing_has_not_agreed_to_another(desk: Runner, make: Make, home: Path) -> None:
    ticket = make()
    desk("tag", "create", "malta")
    app = App(of_process([]), str(home))

    def meanwhile(_changes: object) -> None:
        desk("ticket", "tag", ticket, "malta")

    app.review = meanwhile
    with pytest.raises(Conflict, match=f"{ticket} would be touched as well"):
        organisation.delete(app, Tag, ["malta"])
    desk("tag", "show", "malta")


def test_several_steps(desk: Runner, make: Make, home: Path, git: Git) -> None:
    """The last changes that stand, each taken back by a commit of its own; all or none."""
    ticket, other = make(), make()
    start = git("rev-parse", "HEAD^{tree}")
    for priority in ("medium", "high"):
        desk("ticket", "classify", ticket, "--priority", priority)
    desk("ticket", "close", other)
    desk("undo")  # doesn't count, nor does what it took back
    desk("--as", "petros", "ticket", "note", other, "--body", "a colleague's")
    middle = tip(home)
    assert desk("undo", "--steps", "2", "--dry-run", "-f", "json").data["verb"] == "undo"
    assert tip(home) == middle
    told = desk("undo", "--steps", "2", "-f", "json")
    assert (told.json["kind"], [d["verb"] for d in told.data]) == ("undos", ["classify", "classify"])
    assert desk("ticket", "show", ticket, "-f", "json").data["priority"] == "low"
    desk("--as", "petros", "ticket", "undo", other, "--steps", "1")
    assert "was its registration" in desk("undo", "--steps", "1", code=5).err
    assert git("rev-parse", "HEAD^{tree}") == start
    assert "not 99" in desk("undo", "--steps", "99", code=3).err
    desk("undo", "--steps", "1", "--commit", "HEAD", code=2)
    desk("ticket", "undo", ticket, other, "--steps", "1", code=2)
    desk("ticket", "tag", ticket, "incident")
    desk("ticket", "assign", ticket, "--to", "petros")
    desk("--as", "petros", "ticket", "note", ticket, "--body", "between")
    desk("ticket", "close", ticket)
    before = tip(home)
    desk("undo", "--steps", "2", code=6)  # petros wrote in between: neither is taken back
    assert tip(home) == before
    desk("undo", "--commit", before)
    assert "no fault" in desk("audit", "verify").out
