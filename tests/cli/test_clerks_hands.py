"""What a clerk or a spreadsheet gets that was missing: whose ticket it was, a section, Excel's own CSV, any record's history."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import MALTA, Acts, Refuses
from tests.conftest import Make, Runner
from tests.terminals import run, said_last, spawn

HEADS = ("\ufeffid,", "\ufeffid;")


def test_whose_ticket_it_was_after_all(desk: Runner, acts: Acts, make: Make, refuses: Refuses) -> None:
    """One commit with the answer, by words as at registration; what was written for somebody else isn't sent."""
    desk("user", "create", "--name", "Άννα Ανδρέου", "--email", "anna@x.example", "--group", "patient")
    ticket = make("T", "--requester", MALTA)
    done = acts("ticket", "reply", ticket, "--requester", "ανδρεου", "--body", "Found it.", "--close")
    assert done.commit.values("Desk-Verb") == ["reply"]
    user = desk("user", "show", "anna@x.example", "-f", "json").data["id"]
    assert (done.data["requester"], done.data["state"]) == (user, "closed")
    told = desk("ticket", "history", ticket, "-f", "json").data
    assert [e["verb"] for e in told] == ["create", "reply", "close", "edit"]
    assert [c["field"] for c in told[-1]["changes"]] == ["requester"]
    sent = [row for row in desk("mail", "outbox", "-f", "json").data if row["event"] == "reply"]
    assert [row["to"] for row in sent] == ["Άννα Ανδρέου <anna@x.example>"]
    assert desk("audit", "verify", "-f", "json").data["faults"] == 0
    desk("ticket", "reopen", ticket)
    refuses(2, "ticket", "reply", ticket, "--requester", "ανδρεου", "--response", "more-information")
    refuses(2, "ticket", "reply", ticket, "--requester", "ανδρεου")
    refuses(3, "ticket", "reply", ticket, "--requester", "nobodyatall", "--body", "x")
    other = make("Other")
    made = desk("ticket", "reply", ticket, other, "--requester", "new@x.example", "--body", "Both.")
    assert made.err.count("new requester") == 1
    new = desk("user", "show", "new@x.example", "-f", "json").data["id"]
    assert {desk("ticket", "show", t, "-f", "json").data["requester"] for t in (ticket, other)} == {new}


def test_a_spreadsheet_of_ones_language(desk: Runner, make: Make) -> None:
    """A byte order mark; the comma in numbers, and so the semicolon between cells, where Greek has it; times as such."""
    desk("field", "create", "dose", "--type", "number", "--on", "ticket")
    make("Δόση; μισή", "--field", "dose=2.5")
    english, greek = (desk("--lang", lang, "ticket", "list", "-f", "excel").out for lang in ("en", "el"))
    assert english.startswith("\ufeffid,title,")
    assert greek.startswith("\ufeffid;title;")
    assert '"Δόση; μισή"' in greek
    assert ";2,5" in greek
    assert ",2.5" in english
    assert "2026-07-23 09:12:44" in english
    plain = desk("--lang", "el", "ticket", "list", "-f", "csv").out
    assert plain.startswith("id,title,")
    assert "2026-07-23T06:12:44Z" in plain
    assert desk("--lang", "el", "ticket", "list", "--search", "zz", "-f", "excel").out.startswith("\ufeffid;title;")
    assert desk("--lang", "el", "staff", "list", "-f", "excel").out.startswith(HEADS)


def test_one_section_of_a_report(desk: Runner, make: Make) -> None:
    make()
    text = desk("report", "weekly", "--days", "7", "--section", "by-owner", "-f", "csv").out.splitlines()
    assert [line.split(",")[0] for line in text] == ["section", "by-owner"]
    assert "title" not in text[0].split(",")
    sections = desk("report", "weekly", "-f", "json").data["sections"]
    assert "by-owner" in {section["id"] for section in sections}
    error = desk("report", "weekly", "--section", "by-own", code=3).err
    assert "did you mean by-owner?" in error


def test_any_record_has_a_history(desk: Runner, make: Make) -> None:
    ticket = make()
    desk("tag", "create", "malta")
    desk("tag", "edit", "malta", "--color", "#00ff00")
    desk("tag", "delete", "malta")
    told = desk("log", "--record", "malta", "-f", "json").data
    assert {row["verb"] for row in told} == {"create", "edit", "delete"}
    assert [row["verb"] for row in desk("log", "--record", ticket.lower(), "-f", "json").data] == ["create"]
    assert desk("log", "--record", "nosuchrecord", "-f", "json", code=3).json["error"]["code"] == "not-found"
    assert "desk log --kind tag --record ID" in desk("tag", "history", "malta", code=2).err
    assert "desk log --kind topic --record ID" in desk("kb", "topic", "history", "faq", code=2).err


def test_an_article_without_a_link_is_in_the_answer(desk: Runner, make: Make) -> None:
    ticket = make("T", "--requester", MALTA)
    told = desk("ticket", "reply", ticket, "--article", "what-is-myhealth-eu")
    assert "holds the text of what-is-myhealth-eu" in told.err
    text = desk("ticket", "show", ticket, "-f", "json").data["thread"][0]["text"]
    assert text.startswith("What is MyHealth@EU?\n\n")
    assert len(text) > 200
    desk("config", "set", "kb.url", "https://help.example/{slug}")
    desk("ticket", "reply", ticket, "--article", "what-is-myhealth-eu")
    text = desk("ticket", "show", ticket, "-f", "json").data["thread"][1]["text"]
    assert text == "What is MyHealth@EU?\nhttps://help.example/what-is-myhealth-eu"


def test_groups_that_are_lists_and_options_that_are_times(desk: Runner) -> None:
    """`desk alias` and `desk filter` alone; `--every 60s` wherever it stands."""
    desk("filter", "save", "late", "--", "--mine", "--overdue")
    assert desk("filter", "-f", "json").data == [{"id": "late", "words": "--mine --overdue", "whose": "own"}]
    assert desk("filter", "list", "-f", "json").json == desk("filter", "-f", "json").json
    assert desk("alias", "-f", "json").json["kind"] == "aliases"
    assert desk("alias", "--help").out.startswith("Usage: desk alias")
    for target in ("ticket nosuch", "kb topic nosuch"):
        assert f"there is no command desk {target}" in desk("alias", "set", "zz", target, code=2).err
    desk("alias", "set", "zz", "kb topic list -f json")
    assert desk("zz").json["kind"] == "topics"
    for words in (("ticket", "list", "--watch"), ("sync",), ("mail", "fetch"), ("activity", "--follow")):
        error = desk(*words, "--every", "5x", "-f", "json", code=2).json["error"]["message"]
        assert error.startswith("--every 5x is no time from "), words


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash isn't installed")
def test_bash_completes_behind_an_equals_sign(
    environment: dict[str, str], home: Path, program: Runner, desk: Runner, tmp_path: Path
) -> None:
    """bash breaks words there; what it fills in is what stands behind."""
    desk("field", "create", "country", "--type", "select", "--option", "CY", "--option", "MT", "--on", "ticket")
    script = program("completion", "bash").out
    shim = tmp_path / "bin" / "desk"
    shim.parent.mkdir()
    shim.write_text(f"#!{sys.executable}\nfrom desk.cli.main import main\nmain()\n", encoding="utf-8")
    shim.chmod(0o755)
    tries = {
        "desk ticket list --field country=": ("--field country =", "CY MT"),
        "desk ticket list --field country=M": ("--field country = M", "MT"),
        "desk ticket list --field=cou": ("--field = cou", "nospace country="),
        "desk ticket list --field cou": ("--field cou", "nospace country="),
    }
    lines = [script, "compopt() { echo ${2-}; }"]
    for line, (words, _wanted) in tries.items():
        lines += [f"COMP_LINE='{line}'; COMP_WORDS=(desk ticket list {words}); COMP_CWORD=$(( ${{#COMP_WORDS[@]}} - 1 ))",
                  '_desk_completion desk; printf "%s\\n" "${COMPREPLY[@]}"; echo --']  # fmt: skip
    env = {**environment, "PATH": f"{shim.parent}:{environment['PATH']}"}
    done = subprocess.run(
        ["bash", "--norc", "-c", "\n".join(lines)], env=env, cwd=home, capture_output=True, text=True, check=True
    )
    assert [part.split() for part in done.stdout.split("--\n")[:-1]] == [w.split() for _words, w in tries.values()]


def test_every_list_of_the_day_can_be_watched(
    environment: dict[str, str], home: Path, make: Make, desk: Runner
) -> None:
    """One that shows no records is read anew at each look: the branch doesn't tell of it."""
    words = ("mail", "outbox", "--watch", "--every", "1s")
    child = spawn(*words, cwd=home, env=environment, timeout=30, dimensions=(30, 100))
    child.expect_exact("no messages wait to be sent")
    ticket = make("T", "--requester", MALTA)
    child.expect_exact(ticket)
    desk("mail", "drop", "-", stdin="\n".join(row["id"] for row in desk("mail", "outbox", "-f", "json").data))
    child.expect_exact("no messages wait to be sent")
    child.sendintr()
    said_last(child)
    assert child.exitstatus == 0
    for listed in (("incident", "list"), ("problem", "list"), ("sla", "list"), ("mail", "held")):
        assert "--watch is for a terminal" in desk(*listed, "--watch", code=2).err, listed
        assert "go with --watch" in desk(*listed, "--bell", code=2).err, listed


def test_what_happened_is_told_to_its_end(environment: dict[str, str], home: Path, make: Make) -> None:
    """On a narrow terminal a sentence goes on below; through a pipe it is one line."""
    title = "The patient summary of a traveller from Malta can't be retrieved since the certificate was renewed"
    ticket = make(title)
    for words in (("log", "--ticket", ticket), ("activity", "--limit", "0")):
        child = spawn(*words, cwd=home, env=environment | {"COLUMNS": "60"}, timeout=30)
        lines = said_last(child).replace("\r\n", "\n").splitlines()
        assert max(map(len, lines)) <= 60
        assert not any("…" in line for line in lines)
        assert "was renewed" in " ".join(" ".join(line[17:].split()) for line in lines)
    told = run("log", "--ticket", ticket, cwd=home, env=environment)
    assert len(told.stdout.splitlines()) == 2
    assert json.dumps(title)[1:-1] in told.stdout
