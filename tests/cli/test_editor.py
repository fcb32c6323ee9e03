"""The editor, on a real terminal: nothing typed is ever lost."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import MALTA, OTHERS, Git, Terminal, commit_of, tip
from tests.conftest import Make, Runner
from tests.terminals import interrupt, said_last, spawn


@pytest.fixture
def seen(tmp_path: Path) -> Callable[[], list[str]]:
    """What the editor was given, each time."""
    return lambda: (tmp_path / "seen").read_text(encoding="utf-8").split("\0")


def drafts(home: Path) -> list[Path]:
    folder = home / ".git/desk/drafts"
    return sorted(folder.iterdir()) if folder.exists() else []


def newest(desk: Runner) -> Any:
    [ticket] = desk("ticket", "list", "--limit", "1", "-f", "ids").out.split()
    return desk("ticket", "show", ticket, "-f", "json").data


def test_create(terminal: Terminal, desk: Runner, home: Path, seen: Callable[[], list[str]], git: Git) -> None:
    terminal(
        "ticket", "create", "--tag", "incident",
        editor="text = text.replace(\"title: ''\", 'title: From the editor').replace(\"impact: ''\", 'impact: high')"
        f".replace(\"urgency: ''\", 'urgency: high').replace(\"requester: ''\", 'requester: {MALTA}') + 'The text\\n'",
    )  # fmt: skip
    [form] = seen()
    assert "department: operation-services\n" in form
    assert "tags: [incident]" in form or "tags:\n- incident" in form
    ticket = newest(desk)
    assert (ticket["title"], ticket["kind"], ticket["priority"], ticket["body"]) == (
        "From the editor",
        "incident",
        "high",
        "The text",
    )
    assert ticket["requester"].startswith("u-")
    assert drafts(home) == []
    assert git("status", "--porcelain") == ""


def test_an_invalid_form_comes_back_with_the_error_on_top(
    terminal: Terminal, desk: Runner, home: Path, seen: Callable[[], list[str]]
) -> None:
    said = terminal(
        "ticket", "create",
        editor="if turn == 0: text = text.replace(\"title: ''\", 'title: T').replace('operation-services', 'nowhere') + 'Kept'\n"
        "else: text = text.replace('nowhere', 'legal')",
        answers=(("Edit again?", "y"),),
    )  # fmt: skip
    assert "error: there is no department nowhere" in said
    first, again = seen()
    assert again.startswith("# ERROR: there is no department nowhere")
    assert again.endswith("Kept")
    assert "ERROR" not in first
    assert (newest(desk)["department"], newest(desk)["body"]) == ("legal", "Kept")
    assert drafts(home) == []


def test_whatever_is_wrong_the_text_stays(terminal: Terminal, home: Path) -> None:
    for wrong in (
        "'nothing of a form'",
        "text.replace('---', '', 1)",
        "text + text",
        "text.replace('title:', 'titel:')",
        "text.replace('tags: []', 'tags: [')",
    ):
        said = terminal("ticket", "create", editor=f"text = {wrong} + 'Kept'", code=2, answers=(("Edit again?", "n"),))
        [draft] = drafts(home)
        assert draft.read_text(encoding="utf-8").endswith("Kept"), wrong
        assert f"your text is kept: {draft}" in " ".join(said.split()), wrong
        draft.unlink()


def test_a_draft_is_offered_again(terminal: Terminal, desk: Runner, home: Path, seen: Callable[[], list[str]]) -> None:
    terminal("ticket", "create", editor="text += 'Half a text'", code=2, answers=(("Edit again?", "n"),))
    terminal(
        "ticket", "create", editor="text = text.replace(\"title: ''\", 'title: T')", answers=(("Go on with it?", "y"),)
    )
    assert "Half a text" in seen()[0]
    assert newest(desk)["body"] == "Half a text"
    assert drafts(home) == []


def test_a_draft_that_is_declined_stays(terminal: Terminal, desk: Runner, home: Path) -> None:
    terminal("ticket", "create", editor="text += 'Half a text'", code=2, answers=(("Edit again?", "n"),))
    said = terminal(
        "ticket", "create", editor="text = text.replace(\"title: ''\", 'title: T')", answers=(("Go on with it?", "n"),)
    )
    [left] = drafts(home)
    assert f"It stays in {left}" in said.replace("\n", "")
    assert "Half a text" in left.read_text(encoding="utf-8")
    assert newest(desk)["body"] == ""


def test_nothing_written_is_nothing_done(terminal: Terminal, make: Make, home: Path) -> None:
    ticket = make()
    before = tip(home)
    for words in (["create"], ["edit", ticket], ["reply", ticket], ["note", ticket]):
        for editor in ["pass", "text = ''"]:
            assert "nothing was changed" in terminal("ticket", *words, editor=editor, code=2)
    assert tip(home) == before
    assert drafts(home) == []


def test_an_editor_that_fails(terminal: Terminal, home: Path, make: Make) -> None:
    ticket = make()
    before = tip(home)
    said = terminal("ticket", "reply", ticket, editor="save('Half a text' + text)\nsys.exit(3)", code=1)
    [draft] = drafts(home)
    assert f"your text is kept: {draft}" in " ".join(said.split())
    assert "ended with 3" in said
    assert tip(home) == before
    draft.unlink()
    assert "kept" not in terminal("ticket", "reply", ticket, editor="sys.exit(1)", code=1)
    assert drafts(home) == []


def test_no_such_editor(environment: dict[str, str], home: Path) -> None:
    child = spawn("ticket", "create", cwd=home, env={**environment, "EDITOR": "/nowhere/vi"})
    child.expect_exact("can't start the editor")
    said_last(child)
    assert child.exitstatus == 8
    assert drafts(home) == []


def test_reply(terminal: Terminal, desk: Runner, make: Make, home: Path, seen: Callable[[], list[str]]) -> None:
    ticket = make("Title", "--body", "The request")
    desk("ticket", "reply", ticket, "--body", "Earlier")
    terminal("ticket", "reply", ticket, "--close", editor="text = 'Γεια σας\\n\\nSolved.' + text")
    [form] = seen()
    assert "The request" in form
    assert "Earlier" in form
    assert "salt:" not in form
    shown = desk("ticket", "show", ticket, "-f", "json").data
    assert shown["thread"][-1]["text"] == "Γεια σας\n\nSolved."
    assert shown["state"] == "closed"
    assert drafts(home) == []


AS_IT_IS = "Go on with it as it is?"


@pytest.mark.usefixtures("responses")
def test_a_reply_from_a_custom_response_may_stay_as_it_is(terminal: Terminal, desk: Runner, make: Make) -> None:
    ticket = make()
    terminal("ticket", "reply", ticket, "--response", "request-received", editor="pass", answers=((AS_IT_IS, "y"),))
    assert ticket in desk("ticket", "show", ticket, "-f", "json").data["thread"][-1]["text"]


@pytest.mark.usefixtures("responses")
def test_leaving_the_editor_without_saving_sends_nothing(
    terminal: Terminal, desk: Runner, make: Make, home: Path
) -> None:
    ticket = make()
    before = tip(home)
    said = terminal(
        "ticket", "reply", ticket, "--response", "incident-resolved", "--close", editor="pass", code=2,
        answers=((AS_IT_IS, ""),),
    )  # fmt: skip
    assert "nothing was written, so nothing was changed" in said
    assert tip(home) == before
    assert desk("ticket", "show", ticket, "-f", "json").data["thread"] == []
    assert drafts(home) == []


def test_a_draft_that_is_taken_up_again_and_left_as_it_was_sends_nothing_and_stays(
    terminal: Terminal, desk: Runner, make: Make, home: Path, git: Git
) -> None:
    ticket = make()
    closed = (OTHERS, lambda: desk("ticket", "close", ticket))
    terminal("ticket", "reply", ticket, editor="others()\ntext = 'Half an answer' + text", code=5, answers=(closed,))
    git("revert", "--no-edit", "HEAD")
    before = tip(home)
    terminal("ticket", "reply", ticket, editor="pass", code=2, answers=(("Go on with it? [Y/n]", "y"), (AS_IT_IS, "n")))
    [draft] = drafts(home)
    assert draft.read_text(encoding="utf-8").startswith("Half an answer")
    assert tip(home) == before


def test_the_form_says_who_will_read_it(
    terminal: Terminal, desk: Runner, make: Make, seen: Callable[[], list[str]]
) -> None:
    user = desk(
        "user", "create", "--name", "Maria --> Christou", "--email", "m@c.example", "--group", "patient", "-f", "json"
    )
    ticket = make("T", "--requester", user.data["id"], "--language", "el")
    terminal("ticket", "reply", ticket, editor="text = text.replace('-->\\n', '-->\\nHello\\n', 1)")
    assert seen()[0].startswith("<!-- ---------- REPLY to Maria Christou <m@c.example>, in Greek -->\n")
    terminal("ticket", "note", ticket, editor="text = 'On top\\n' + text.partition('\\n')[2]")
    assert seen()[0].startswith("<!-- ---------- NOTE, for staff only -->\n")
    thread = desk("ticket", "show", ticket, "-f", "json").data["thread"]
    assert [entry["text"].strip() for entry in thread] == ["Hello", "On top"]


def test_what_is_written_below_the_line_is_asked_about(
    terminal: Terminal, desk: Runner, make: Make, home: Path
) -> None:
    ticket = make()
    below = "text = 'Above' + text + '\\nBelow one\\nBelow two\\n'"
    asked = "2 lines stand below the line. Leave out what is there? [y/N]"
    terminal("ticket", "reply", ticket, editor=below, code=2, answers=((asked, "n"), ("Edit again?", "n")))
    assert desk("ticket", "show", ticket, "-f", "json").data["thread"] == []
    [draft] = drafts(home)
    assert "Below two" in draft.read_text(encoding="utf-8")
    draft.unlink()
    terminal("ticket", "reply", ticket, editor=below, answers=((asked, "y"),))
    assert desk("ticket", "show", ticket, "-f", "json").data["thread"][-1]["text"].strip() == "Above"


def test_who_may_not_is_told_before_writing(terminal: Terminal, make: Make, home: Path) -> None:
    ticket = make()
    for words in (("reply", ticket), ("note", ticket), ("edit", ticket)):
        assert "eleni may not" in terminal(
            "--as", "eleni", "ticket", *words, editor="raise SystemExit('opened')", code=5
        )
    assert drafts(home) == []


def test_a_reply_that_is_refused_in_the_end(terminal: Terminal, desk: Runner, make: Make, home: Path) -> None:
    """Somebody closes the ticket while the answer is being written."""
    ticket = make()
    closed = (OTHERS, lambda: desk("ticket", "close", ticket))
    said = terminal(
        "ticket", "reply", ticket, editor="others()\ntext = 'A long answer' + text", code=5, answers=(closed,)
    )
    [draft] = drafts(home)
    assert f"your text is kept: {draft}" in " ".join(said.split())
    assert draft.read_text(encoding="utf-8").startswith("A long answer")


def test_edit_goes_through_the_verbs(terminal: Terminal, desk: Runner, make: Make, git: Git, home: Path) -> None:
    ticket = make("Old", "--body", "old")
    desk("ticket", "assign", ticket, "--to", "petros")
    before = tip(home)
    terminal(
        "ticket", "edit", ticket,
        editor="text = text.replace('title: Old', 'title: New').replace('department: technical', 'department: legal')"
        ".replace(\"impact: ''\", 'impact: high').replace(\"urgency: ''\", 'urgency: high').replace('tags: []', 'tags: [incident]')"
        ".replace('old', 'new')",
    )  # fmt: skip
    shown = desk("ticket", "show", ticket, "-f", "json").data
    assert (shown["title"], shown["body"], shown["department"], shown["owner"]) == ("New", "new", "legal", None)
    assert (shown["priority"], shown["kind"]) == ("high", "incident")
    assert commit_of(git).parent == before
    assert commit_of(git).values("Desk-Verb") == ["edit"]
    verbs = [e["verb"] for e in desk("ticket", "history", ticket, "-f", "json").data]
    assert verbs == ["create", "assign", "move", "unassign", "classify", "tag", "edit"]
    assert drafts(home) == []
    assert git("status", "--porcelain") == ""


def test_edit_keeps_the_rules(terminal: Terminal, make: Make, home: Path) -> None:
    ticket = make("Old")
    before = tip(home)
    for old, new, words in (
        ("owner: ''", "owner: eleni", "doesn't serve"),
        ("owner: ''", "owner: nobody", "no staff member nobody"),
        ("department: technical", "department: nowhere", "no department nowhere"),
        ("department: technical", "department:", "can't be taken away"),
        ("priority: low", "priority: urgent", "no priority"),
        ("channel: phone", "channel: pigeon", "no channel"),
        ("language: en", "language: fr", "no language"),
        ("requester: ''", "requester: u-nobody", "no user u-nobody"),
        ("tags: []", "tags: [nosuch]", "no tag nosuch"),
        ("tags: []", "tags: [incident, problem]", "at once"),
        ("title: Old", "title:", "needs a title"),
        ("title: Old", "state: closed", "can't be set here"),
    ):
        said = terminal(
            "ticket",
            "edit",
            ticket,
            editor=f"text = text.replace({old!r}, {new!r})",
            code=_code(words),
            answers=(("Edit again?", "n"),),
        )
        assert words in said, words
        assert tip(home) == before, words
        for draft in drafts(home):
            draft.unlink()


def _code(words: str) -> int:
    if words in ("doesn't serve", "at once"):
        return 5
    return 3 if any(kind in words for kind in ("staff", "department", "user", "tag ")) else 2


def test_what_somebody_else_changed_meanwhile_stays(terminal: Terminal, desk: Runner, make: Make) -> None:
    ticket = make("Old")
    assigned = (OTHERS, lambda: desk("ticket", "assign", ticket, "--to", "petros"))
    new = "others()\ntext = text.replace('title: Old', 'title: New')"
    terminal("ticket", "edit", ticket, editor=new, answers=(assigned,))
    shown = desk("ticket", "show", ticket, "-f", "json").data
    assert (shown["title"], shown["owner"]) == ("New", "petros")
    edited = (OTHERS, lambda: desk("ticket", "edit", ticket, "--title", "Theirs"))
    said = terminal(
        "ticket",
        "edit",
        ticket,
        editor="others()\ntext = text.replace('title: New', 'title: Mine')",
        code=6,
        answers=(edited, ("Edit again?", "n")),
    )
    assert "changed by somebody else meanwhile" in said
    assert desk("ticket", "show", ticket, "-f", "json").data["title"] == "Theirs"


def test_the_last_entry_in_the_editor(
    terminal: Terminal, desk: Runner, make: Make, seen: Callable[[], list[str]]
) -> None:
    ticket = make()
    desk("ticket", "note", ticket, "--body", "Frist")
    terminal("ticket", "edit", ticket, "--entry", "1", editor="text = text.replace('Frist', 'First')")
    assert desk("ticket", "show", ticket, "-f", "json").data["thread"][0]["text"] == "First"
    assert seen()[0].startswith("Frist")


def test_ctrl_c_belongs_to_the_editor(
    environment: dict[str, str], home: Path, make: Make, tmp_path: Path, desk: Runner
) -> None:
    ticket = make()
    script = tmp_path / "slow.py"
    script.write_text(
        "import os, sys, signal, pathlib\nsignal.signal(signal.SIGINT, lambda *_: os.write(1, b'still here'))\n"
        "os.write(1, b'ready')\nsys.stdin.readline()\n"  # print may be at it still when it's interrupted
        "path = pathlib.Path(sys.argv[1])\npath.write_text('Answer' + path.read_text(encoding='utf-8'), encoding='utf-8')\n"
    )
    env = {**environment, "EDITOR": f"{sys.executable} -I -S {script}"}
    child = spawn("ticket", "note", ticket, cwd=home, env=env)
    child.expect("ready")
    child.sendintr()
    child.expect("still here")
    child.sendline("")
    said = said_last(child)
    assert child.exitstatus == 0, said
    assert desk("ticket", "show", ticket, "-f", "json").data["thread"][0]["text"] == "Answer"


def test_an_interrupted_question_says_where_the_text_is(
    environment: dict[str, str], home: Path, tmp_path: Path
) -> None:
    script = tmp_path / "e.py"
    script.write_text("import sys\nopen(sys.argv[1], 'a').write('Long text')\n")
    env = {**environment, "EDITOR": f"{sys.executable} -I -S {script}"}
    child = spawn("ticket", "create", cwd=home, env=env)
    child.expect_exact("Edit again?")
    interrupt(child)
    said = said_last(child)
    [draft] = drafts(home)
    assert child.exitstatus == 1
    assert f"your text is kept: {draft}" in " ".join(said.split())
    assert os.path.getsize(draft) > len("Long text")


def test_a_title_is_what_was_typed(terminal: Terminal, desk: Runner) -> None:
    for typed, title in (
        ("Fax #4 broken", "Fax #4 broken"),
        ("'Can't log in'", "Can't log in"),
        ("Error 4703: no summary", "Error 4703: no summary"),
        ("[urgent] {x} & *y", "[urgent] {x} & *y"),
        ("no", "no"),
        ("'It''s \"quoted\" # here'", 'It\'s "quoted" # here'),
        ('"a \\"b\\" c"', 'a "b" c'),
    ):
        terminal("ticket", "create", editor=f"text = text.replace(\"title: ''\", 'title: ' + {typed!r})")
        assert newest(desk)["title"] == title, title


def test_a_title_that_yaml_would_cut_survives_another_edit(terminal: Terminal, desk: Runner, make: Make) -> None:
    ticket = make("Fax #4: 'broken'")
    terminal("ticket", "edit", ticket, editor="text = text.replace('channel: phone', 'channel: email')")
    assert newest(desk)["title"] == "Fax #4: 'broken'"


def test_an_editor_of_windows(terminal: Terminal, desk: Runner, make: Make) -> None:
    """A byte order mark, and lines that end as there: nothing of them, or of the form, gets into a text."""
    windows = "text = '\\ufeff' + text.replace('\\n', '\\r\\n')\nsave(text)\nsys.exit()"
    ticket = make()
    terminal("ticket", "reply", ticket, editor="text = 'one\\ntwo\\n' + text\n" + windows)
    assert desk("ticket", "show", ticket, "-f", "json").data["thread"][-1]["text"] == "one\ntwo"
    terminal("ticket", "create", editor="text = text.replace(\"title: ''\", 'title: T2') + 'a\\nb'\n" + windows)
    assert (newest(desk)["title"], newest(desk)["body"]) == ("T2", "a\nb")


def test_whoever_saves_again_means_it(terminal: Terminal, desk: Runner, make: Make) -> None:
    """A clash says what the other set; what both left alone, and what the other alone changed, stays."""
    ticket = make("T", "--priority", "medium")

    def act() -> None:
        desk("ticket", "edit", ticket, "--title", "Theirs")
        desk("ticket", "classify", ticket, "--priority", "low")

    said = terminal(
        "ticket",
        "edit",
        ticket,
        editor="if turn == 0: others()\ntext = text.replace('priority: medium', 'priority: high')",
        answers=((OTHERS, act), ("Edit again?", "y"), ("Go on with it", "y")),
    )
    assert "(theirs: priority: low)" in " ".join(said.split())
    data = desk("ticket", "show", ticket, "-f", "json").data
    assert (data["title"], data["priority"]) == ("Theirs", "high")


def test_a_kept_draft_is_taken_up_by_its_writer(terminal: Terminal, desk: Runner, home: Path) -> None:
    terminal(
        "ticket",
        "create",
        editor="save(text.replace(\"title: ''\", 'title: Kept') + 'Mine\\n')\nsys.exit(3)",
        code=1,
    )
    [draft] = drafts(home)
    assert draft.name.startswith("create.maria.")
    said = terminal("--as", "petros", "ticket", "create", editor="text = text.replace(\"title: ''\", 'title: Other')")
    assert "unfinished draft" not in said
    assert "to go on with one: desk draft resume" in desk("status").out
    desk("ticket", "create", "--file", str(draft), "--channel", "email")
    assert (newest(desk)["title"], newest(desk)["body"], newest(desk)["channel"]) == ("Kept", "Mine", "email")
    assert drafts(home) == []
