"""The way back: of settings as of records, of what was deleted; and what is so already, which is no obstacle to others."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Git, Refuses, commit_of, tip
from tests.conftest import Make, Runner


def test_a_setting_goes_back_and_forth(desk: Runner, git: Git, home: Path, refuses: Refuses) -> None:
    """Byte for byte, comments too; the history tells both, and the audit believes it."""
    before = (home / "desk.toml").read_bytes()
    desk("config", "set", "desk.name", "Another")
    after = (home / "desk.toml").read_bytes()
    told = desk("undo", "--dry-run")
    assert "desk.name: " in told.out
    assert "(was Another)" in told.out
    assert (home / "desk.toml").read_bytes() == after
    done = desk("undo", "-f", "json").data
    assert done["records"] == [{"kind": "settings", "id": "desk.name", "deleted": False}]
    assert (home / "desk.toml").read_bytes() == before
    assert git("log", "-1", "--format=%s").strip() == "undo: config desk.name"
    told = desk("log", "--kind", "settings", "-f", "json").data
    assert {(e["verb"], e["id"]) for e in told} == {("undo", "desk.name"), ("config", "desk.name")}
    desk("undo")
    assert (home / "desk.toml").read_bytes() == after
    desk("config", "set", "contact.phone", "111")
    desk("undo", "--steps", "2")
    assert (home / "desk.toml").read_bytes() == before
    assert desk("audit", "verify", "-f", "json").data["faults"] == 0

    desk("config", "set", "desk.name", "Mine")
    commit = git("rev-parse", "HEAD").strip()
    desk("config", "set", "contact.phone", "112")
    error = refuses(6, "undo", commit)
    assert "desk.toml has changed since" in error["message"]
    assert "desk config set" in error["hint"]
    refuses(5, "--as", "petros", "undo", "--commit", "HEAD")


def test_a_setting_that_records_follow_stays(desk: Runner, make: Make, refuses: Refuses) -> None:
    desk("config", "set", "desk.languages", "en,el,fr")
    make("T", "--language", "fr")
    assert "1 record says fr" in refuses(5, "undo", "--commit", "HEAD~1")["message"]


def test_what_was_deleted_says_how_it_comes_back(desk: Runner, make: Make) -> None:
    ticket = make()
    end = ticket.partition("-")[2]
    desk("kb", "topic", "create", "t1", "--title", "T1")
    desk("kb", "create", "--topic", "t1", "--title", "An article", "--body", "x")
    for words in (("ticket", "delete", ticket), ("kb", "delete", "an-article"), ("kb", "topic", "delete", "t1")):
        [line] = [line for line in desk(*words).out.splitlines() if line.startswith("to take it back: desk undo ")]
        command = line.partition("desk ")[2].split()
        assert "is there again" in desk(*command).out
        desk(*words)
    error = desk("ticket", "show", end, code=3).err
    assert f"there is no ticket {ticket}: it was deleted" in error
    assert f"desk ticket undo {ticket}" in error
    assert desk("ticket", "history", end, "-f", "json").data[-1]["verb"] == "delete"
    desk("ticket", "undo", end.lower())
    assert desk("ticket", "show", ticket, "-f", "ids").out == f"{ticket}\n"


ALREADY: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("assign", "--to", "petros"), ("assign", "--to", "petros")),
    (("tag", "malta"), ("tag", "malta")),
    (("classify", "--impact", "high", "--urgency", "high"), ("classify", "--impact", "high", "--urgency", "high")),
    (("escalate", "--to", "maria"), ("escalate", "--to", "maria")),
    (("watch", "--who", "petros"), ("watch", "--who", "petros")),
    (("unwatch", "--who", "petros"), ("unwatch", "--who", "petros")),
    (("unassign",), ("unassign",)),
    (("move", "--to", "semantic"), ("move", "--to", "semantic")),
    (("close",), ("close",)),
    (("reopen",), ("reopen",)),
)


def test_what_is_so_already_stops_no_other(desk: Runner, make: Make, git: Git, home: Path) -> None:
    """One alone is refused; of several the others are done; where nothing is left to do, nothing is."""
    desk("tag", "create", "malta")
    one, other = make(), make()
    for (verb, *words), again in ALREADY:
        desk("ticket", verb, one, *words)
        desk("ticket", *again[:1], one, *again[1:], code=5)
        both = [f"{one},{other}"] if verb == "tag" else [one, other]
        before = tip(home)
        told = desk("ticket", verb, *both, *words)
        assert f"{one}  is so already\n" in told.out, verb
        assert commit_of(git).parent == before, verb
        after = tip(home)
        rows = desk("ticket", verb, *both, *words, "-f", "json")
        assert (rows.code, rows.data, tip(home)) == (0, [], after), verb
        assert desk("ticket", verb, "-", *words, stdin=f"{one}\n{other}\n").out == "", verb
    desk("ticket", "close", one, "--resolution", "withdrawn")
    assert "otherwise: withdrawn" in desk("ticket", "close", one, other, code=5).err
    assert desk("ticket", "show", other, "-f", "json").data["state"] == "open"


def test_what_was_taken_back_is_told_no_more(desk: Runner, make: Make) -> None:
    """Not to the next shift, not as an escalation, not as what an article was approved or published by."""
    desk("staff", "edit", "petros", "--department", "technical", "--department", "operation-services")
    one, other = make(), make()
    desk("ticket", "escalate", one, "--to", "petros")
    desk("undo")
    assert desk("ticket", "escalations", one, "-f", "json").data == []
    desk("undo")  # the undo itself: it stands again
    assert [row["to"] for row in desk("ticket", "escalations", one, "-f", "json").data] == ["petros"]
    desk("ticket", "reply", other, "--body", "by mistake")
    desk("undo")
    changed = {row["id"]: row for row in desk("handover", "-f", "json").data["changed"]}
    assert changed[other]["what"].startswith("registered in ")
    assert "," not in changed[other]["what"]

    desk(
        "staff",
        "create",
        "anna",
        "--name",
        "Anna",
        "--email",
        "anna@s.example",
        "--level",
        "2",
        "--department",
        "legal",
    )
    desk("config", "set", "kb.approval", "true")
    desk("kb", "create", "--topic", "faq", "--title", "New", "--body", "A text of some length", "--type", "faq")
    desk("kb", "review", "new", "--submit")
    desk("--as", "anna", "kb", "review", "new", "--approve")
    desk("--as", "anna", "undo")
    desk("kb", "publish", "new", code=5)
    assert desk("kb", "review", "new", "-f", "json").data[0]["approved_by"] is None
    desk("--as", "anna", "kb", "review", "new", "--approve")
    desk("kb", "publish", "new")
    desk("undo")
    assert "published with commit" not in desk("kb", "review", "new").out
