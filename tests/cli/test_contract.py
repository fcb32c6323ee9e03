"""What scripts rely on: envelopes, formats, exit codes, streams."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from desk.cli import main
from tests.cli.conftest import tip
from tests.conftest import Make, Runner
from tests.terminals import run


def test_help_is_shown_when_nothing_is_asked(program: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # inside a desk it is the morning screen
    for words in ((), ("ticket",), ("config",)):
        alone = program(*words)
        assert alone == program(*words, "--help") == program(*words, "-h")
        assert "Usage: desk" in alone.out
    assert "Daily work:" in program().out
    assert program("--version").out.startswith("desk, version ")


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("tikcet", "list"), "did you mean: desk ticket"),
        (("ticket", "lst"), "did you mean: desk ticket list"),
        (("close", "7K3Q"), "did you mean: desk ticket close"),
        (("xyzzy",), "desk --help lists the commands"),
        (("ticket", "xyzzy"), "desk ticket --help lists the commands"),
        (("ticket", "list", "--stat", "open"), "--state"),
        (("-f", "json", "ticket", "list"), "behind the command"),
        (("ticket", "merge", "7K3Q", "--into"), "desk ticket merge --help"),
        (("ticket", "list", "--format", "xml"), "desk ticket list --help"),
        (("--desk",), "desk --help"),
    ],
)
def test_a_typo_is_answered_never_run(program: Runner, words: tuple[str, ...], hint: str) -> None:
    found = program(*words, code=2)
    assert hint in (found.json["error"]["hint"] if "json" in words else found.err)
    assert not (found.out and found.err)


def test_usage_errors_are_json_too(program: Runner) -> None:
    """Also those found before click has seen the format."""
    for words in (
        ("tikcet",),
        ("ticket", "lst"),
        ("ticket", "list", "--bogus"),
        ("ticket", "show"),
        ("ticket", "split", "x", "--at", "y"),
    ):
        for spelling in (("-f", "json"), ("--format", "json"), ("--format=json",), ("-fjson",)):
            found = program(*words, *spelling, code=2)
            assert found.err == ""
            assert found.json["error"]["code"] == "usage"
            assert set(found.json) == {"schema", "kind", "error"}
    line = program("ticket", "show", "-f", "jsonl", code=2).out
    assert line.count("\n") == 1
    assert json.loads(line)["kind"] == "error"


def test_an_error_for_people_is_on_stderr(desk: Runner) -> None:
    for fmt in ("table", "csv", "yaml", "md", "ids"):
        found = desk("ticket", "show", "ZZZZ", "-f", fmt, code=3)
        assert found.out == ""
        assert found.err.startswith("error: there is no ticket ZZZZ\nhint: ")


def test_exit_codes(
    desk: Runner, make: Make, home: Path, git: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket, other = make(), make()
    path = home / f"records/tickets/2026/07/23/{other}.md"
    desk("ticket", "list", code=0)
    desk("ticket", "list", "--bogus", code=2)
    desk("ticket", "show", "ZZZZ", code=3)
    desk("--desk", str(tmp_path / "nowhere"), "ticket", "list", code=3)
    desk("ticket", "show", "260723", code=4)
    desk("ticket", "reopen", ticket, code=5)
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole + "\nby hand\n", encoding="utf-8")
    desk("ticket", "close", other, code=6)
    path.write_text("no ticket at all", encoding="utf-8")
    desk("ticket", "show", other, code=7)
    path.write_text(whole, encoding="utf-8")
    settings = home / "desk.toml"
    kept = settings.read_text(encoding="utf-8")
    settings.write_text(kept.replace("[list]", "[lst]"), encoding="utf-8")
    assert "the newest commit are in force" in desk("ticket", "list", "-f", "json").json["warnings"][0]
    git("commit", "-qam", "as it is")
    error = desk("ticket", "list", "-f", "json", code=8).json["error"]
    assert error["code"] == "config"
    settings.write_text(kept, encoding="utf-8")
    git("commit", "-qam", "as it was")
    git("checkout", "-q", "--detach")
    desk("ticket", "close", ticket, code=9)
    git("checkout", "-q", "main")
    monkeypatch.setenv("DESK_NOW", "yesterday")
    desk("ticket", "close", ticket, code=8)


def test_absent_is_null_or_empty_never_missing(desk: Runner, make: Make) -> None:
    make("Bare")
    make("Full", "--tag", "incident", "--impact", "low", "--requester", "x@example.org", "--body", "x")
    bare, full = desk("ticket", "list", "-f", "json").data
    assert list(bare) == list(full)
    for value in (*bare.values(), *full.values()):
        assert value is None or isinstance(value, str | int | list | dict)


def test_formats_agree(desk: Runner, make: Make) -> None:
    desk("field", "create", "serial", "--type", "text", "--on", "ticket")
    make('Τίτλος, με "εισαγωγικά" | και άλλα', "--tag", "incident")
    make("+1-900 | *x*", "--body", "a")
    rows = desk("ticket", "list", "-f", "json").data
    assert [json.loads(line) for line in desk("ticket", "list", "-f", "jsonl").out.splitlines()] == rows
    listed = yaml.safe_load(desk("ticket", "list", "-f", "yaml").out)
    assert [r["title"] for r in listed] == [r["title"] for r in rows]
    table = list(csv.DictReader(io.StringIO(desk("ticket", "list", "-f", "csv").out)))
    # Custom fields have a column each, whether a ticket says anything of them or not.
    assert "fields.serial" in table[0]
    assert set(rows[0]) - {"fields"} <= set(table[0])
    assert [r["title"].removeprefix("'") for r in table] == [r["title"] for r in rows]
    assert table[0]["title"].startswith("'+")  # a spreadsheet must not run it
    document = desk("ticket", "list", "-f", "md").out.splitlines()
    assert document[0].startswith("| ID")
    assert len(document) == 4
    assert "\\|" in document[2]
    assert desk("ticket", "list", "-f", "ids").out.split() == [r["id"] for r in rows]


def test_a_document_says_what_a_table_says(desk: Runner, make: Make) -> None:
    """The same columns, none of them empty: what is worked out for people is worked out for both."""
    make("Said twice")
    for command in ("log", "activity", "stats", "stats --by department", "sla list", "config list"):
        table, *_ = desk(*command.split()).out.splitlines()
        head, _, *lines = desk(*command.split(), "-f", "md").out.splitlines()
        heads = [w.strip() for w in head.strip("|").split("|") if w.strip()]
        assert heads == [w for w in re.split(r"  +", table) if w], command
        assert lines, command
        assert not all(line.strip("| ") in ("", "-") for line in lines), command


def test_the_last_format_counts(desk: Runner, make: Make) -> None:
    ticket = make()
    assert desk("ticket", "list", "-f", "json", "-f", "ids").out == f"{ticket}\n"


def test_every_answer_of_every_command(desk: Runner, make: Make) -> None:
    ticket, other, third = make(), make(), make()
    for words in (
        ("list",),
        ("show", ticket),
        ("history", ticket),
        ("create", "--title", "New"),
        ("assign", ticket, "--to", "petros"),
        ("classify", ticket, "--priority", "high"),
        ("edit", ticket, "--title", "x"),
        ("escalate", ticket, "--to", "maria"),
        ("link", ticket, other),
        ("note", ticket, "--body", "x"),
        ("pending", ticket),
        ("tag", ticket, "security"),
        ("transfer", ticket),
        ("move", ticket, "--to", "legal"),
        ("merge", other, "--into", third),
        ("close", ticket),
        ("delete", third),
    ):
        answer = desk("ticket", *words, "-f", "json").json
        assert list(answer) == ["schema", "kind", "data", "warnings"], words
        rows = answer["data"] if isinstance(answer["data"], list) else [answer["data"]]
        assert all(row["id"].startswith("260723-") for row in rows), words
        if words[0] in ("list", "history", "show"):
            for fmt in ("table", "jsonl", "csv", "yaml", "md", "ids"):
                found = desk("ticket", *words, "-f", fmt)
                assert (found.code, found.err) == (0, ""), words
                assert found.out, words
        if words[0] in ("list", "show"):
            assert desk("ticket", *words, "-f", "ids").out == "".join(f"{row['id']}\n" for row in rows)


def test_a_bug_is_told_without_a_traceback(desk: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    def boom(*_: Any) -> Any:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("desk.queries.tickets.tickets", boom)
    found = desk("ticket", "list", code=1)
    assert found.err == (
        "error: unexpected ZeroDivisionError: division by zero\nhint: this is a bug; --debug before the command shows where\n"
    )
    assert desk("ticket", "list", "-f", "json", code=1).json["error"]["code"] == "unexpected"
    with pytest.raises(ZeroDivisionError):
        main.run(["--debug", "ticket", "list"])
    assert desk("--debug", "ticket", "show", "ZZZZ", code=3).err.startswith("error: ")  # no bug, so no traceback


def test_an_interruption(desk: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr("desk.queries.tickets.tickets", stop)
    assert desk("ticket", "list", code=1).err == "error: interrupted\n"
    assert desk("ticket", "list", "-f", "json", code=1).json["error"]["code"] == "interrupted"


def test_an_interruption_while_modules_load(environment: dict[str, str], home: Path) -> None:
    """Nothing was begun: it ends as what is interrupted does, without a word, whichever way it was started."""
    (home / "click.py").write_text(
        "import os, signal, time\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "os.kill(os.getpid(), signal.SIGINT)\ntime.sleep(10)\n",
        encoding="utf-8",
    )
    scripts = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "scripts"
    ]
    module, _colon, name = scripts["desk"].partition(":")
    for started in (("-m", "desk"), ("-c", f"from {module} import {name}; {name}()")):
        command = [sys.executable, *started, "ticket", "list"]
        done = subprocess.run(
            command, cwd=home, env={**environment, "PYTHONPATH": str(home)}, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stdout, done.stderr) == (1, "", "")


def test_a_command_leaves_no_file_open(desk: Runner, make: Make, home: Path) -> None:
    """A program that carries out many of them must not run out of files."""
    ticket = make()
    for words in (("note", ticket, "--body", "x"), ("close", ticket), ("close", ticket), ("show", ticket)):
        desk("ticket", *words, code=None)
        open_now = [
            os.readlink(f"/proc/self/fd/{n}")
            for n in os.listdir("/proc/self/fd")
            if os.path.exists(f"/proc/self/fd/{n}")
        ]
        assert [path for path in open_now if path.startswith(str(home))] == [], words


def test_a_traceback_from_a_process(environment: dict[str, str], home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "sitecustomize.py").write_text(
        "import desk.queries.tickets as tickets\ntickets.tickets = None\n", encoding="utf-8"
    )
    env = {**environment, "PYTHONPATH": str(home)}
    command = [sys.executable, "-m", "desk", "--debug", "ticket", "list"]
    debug = subprocess.run(command, cwd=home, env=env, capture_output=True, text=True, check=False)
    assert (debug.returncode, "Traceback" in debug.stderr) == (1, True)
    monkeypatch.setattr("desk.queries.tickets.tickets", None)
    plain = run("ticket", "list", cwd=home, env=environment)
    assert (plain.returncode, "unexpected TypeError" in plain.stderr, plain.stdout) == (1, True, "")
    assert "Traceback" not in plain.stderr


def test_a_reader_that_leaves(environment: dict[str, str], home: Path, make: Make) -> None:
    """Of a program that is started, to its end; and of others."""
    make("T", "--body", "x\n" * 200_000)
    [ticket] = [p.stem for p in home.rglob("260723-*.md")]
    command = f"({sys.executable} -m desk ticket show {ticket}; echo $? >&2) | true"
    done = subprocess.run(["sh", "-c", command], cwd=home, env=environment, capture_output=True, text=True, check=False)
    assert done.stderr.split("\n")[0] == "0", done.stderr
    for words, code in (("list -f json", 0), ("show ZZZZ -f json", 3)):
        left, pipe = os.pipe()
        os.close(left)
        streams: dict[str, Any] = {"stdout": pipe, "stderr": subprocess.PIPE, "capture_output": False}
        done = run("ticket", *words.split(), cwd=home, env=environment, **streams)
        os.close(pipe)
        assert (done.returncode, done.stderr) == (code, ""), words


def test_a_full_disk_behind_stdout(environment: dict[str, str], home: Path, make: Make) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    make()
    full = "can't print the answer: No space left on device"
    command = f"{sys.executable} -m desk ticket list > /dev/full"
    done = subprocess.run(["sh", "-c", command], cwd=home, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.partition("\n")[0]) == (1, f"error: {full}")
    for words, code, said in (("list -f json", 1, full), ("show ZZZZ -f json", 3, "there is no ticket ZZZZ")):
        with open("/dev/full", "wb") as file:
            streams: dict[str, Any] = {"stdout": file, "stderr": subprocess.PIPE, "capture_output": False}
            done = run("ticket", *words.split(), cwd=home, env=environment, **streams)
        assert (done.returncode, done.stderr.partition("\n")[0]) == (code, f"error: {said}")


def test_streams_that_are_closed_or_narrow(environment: dict[str, str], home: Path, make: Make) -> None:
    ticket = make("Γεια 🙂")
    for words, encoding in (
        ("ticket list >&-", "utf-8"),
        ("ticket list 2>&-", "utf-8"),
        (f"ticket show {ticket} <&-", "ascii"),
    ):
        narrow = {**environment, "PYTHONIOENCODING": encoding}
        command = ["sh", "-c", f"{sys.executable} -m desk {words}"]
        done = subprocess.run(command, cwd=home, env=narrow, capture_output=True, check=False)
        assert done.returncode == 0, words
    wrong = run("ticket", "show", os.fsdecode(b"\xff"), "-f", "json", cwd=home, env=environment)
    assert json.loads(wrong.stdout)["error"]["code"] == "not-found"


def test_a_desk_is_found(program: Runner, home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(home / "records")
    program("ticket", "list")
    monkeypatch.chdir(tmp_path)
    error = program("ticket", "list", "-f", "json", code=8).json["error"]
    assert "desk init" in error["hint"]
    program("--desk", str(home), "ticket", "list")
    program("ticket", "list", env={"DESK_DIR": str(home)})


def test_a_working_folder_that_is_gone(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    script = f"cd {gone} && rmdir {gone} && exec {sys.executable} -m desk ticket list"
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert "has been deleted" in done.stderr


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("ticket", "update", "X"), "did you mean: desk ticket edit"),
        (("ticket", "comment", "X"), "did you mean: desk ticket reply"),
        (("ticket", "answer", "X"), "did you mean: desk ticket reply"),
        (("ticket", "remove", "X"), "did you mean: desk ticket delete"),
        (("ticket", "view", "X"), "did you mean: desk ticket show"),
        (("ticket", "resolve", "X"), "did you mean: desk ticket close"),
        (("ticket", "done", "X"), "did you mean: desk ticket close"),
        (("ticket", "priority", "X"), "did you mean: desk ticket classify"),
        (("ticket", "new", "X"), "did you mean: desk ticket create"),
        (("ticket", "take", "X"), "did you mean: desk ticket assign ID --to me"),
        (("ticket", "search", "X"), "did you mean: desk ticket list --search WORDS"),
        (("kb", "find", "X"), "did you mean: desk kb search"),
        (("user", "add"), "did you mean: desk user create"),
        (("new",), "did you mean: desk ticket create"),
        (("users",), "did you mean: desk user"),
        (("settings",), "did you mean: desk config"),
        (("mail", "list"), "did you mean: desk mail outbox"),
        (("stats", "--json"), "did you mean -f json? see: desk stats --help"),
        (("report", "daily", "-o", "x.md"), "did you mean --output FILE? see: desk report --help"),
        (("ticket", "list", "-o", "json"), "did you mean -f FORMAT, such as -f json? see: desk ticket list --help"),
    ],
)
def test_words_of_other_programs_are_understood(program: Runner, words: tuple[str, ...], hint: str) -> None:
    assert program(*words, "-f", "json", code=2).json["error"]["hint"] == hint


@pytest.mark.parametrize("word", ["delte", "deletion", "undi", "murge", "update", "purgee", "bin"])
def test_no_slip_of_the_finger_is_answered_with_what_destroys(program: Runner, word: str) -> None:
    for group in ("ticket", "user", "mail", "field", "staff", "kb"):
        hint = program(group, word, "-f", "json", code=2).json["error"]["hint"]
        assert not re.search(r"did you mean: desk \w+ (delete|undo|merge|purge|drop|ban)\b", hint)


def test_an_empty_pipe_is_nothing_to_do(desk: Runner, home: Path) -> None:
    before = tip(home)
    for words, kind in (
        (("ticket", "close", "-"), "tickets"),
        (("ticket", "assign", "-", "--to", "me"), "tickets"),
        (("ticket", "tag", "-", "incident"), "tickets"),
        (("ticket", "show", "-"), "tickets"),
        (("user", "edit", "-", "--disabled"), "users"),
        (("kb", "publish", "-"), "articles"),
        (("staff", "show", "-"), "staff"),
    ):
        done = desk(*words, "-f", "json", stdin="\n")
        assert (done.json["kind"], done.data, done.err) == (kind, [], ""), words
        assert desk(*words).out == "", words
        assert tip(home) == before, words
    assert "no ids were given" in desk("ticket", "close", "", code=2).err


def test_a_body_of_a_dash_is_stdin(desk: Runner, make: Make) -> None:
    ticket = make("T", "--body", "x")
    desk("ticket", "reply", ticket, "--body", "-", stdin="From the pipe\n")
    assert desk("ticket", "show", ticket, "-f", "json").data["thread"][-1]["text"].strip() == "From the pipe"
    desk("ticket", "create", "--title", "T", "--body", "-", "--tag", "problem", stdin="The text\n")
    assert (
        desk("ticket", "show", *desk("problem", "list", "-f", "ids").out.split(), "-f", "json").data["body"]
        == "The text\n"
    )


def test_cron_hears_nothing_where_nothing_happened(desk: Runner, home: Path) -> None:
    done = desk("sla", "check")
    assert (done.out, done.err) == ("", "")
    assert desk("report", "daily", "--output", "r.md").out == "written: r.md\n"
    assert (desk("-q", "report", "daily", "--output", "q.md").out, (home / "q.md").exists()) == ("", True)


def test_quiet_says_what_is_asked_for_and_what_is_wrong(desk: Runner, make: Make) -> None:
    ticket = make()
    assert desk("-q", "ticket", "close", ticket).out == ""
    assert desk("--quiet", "ticket", "reopen", ticket, "-f", "ids").out == f"{ticket}\n"
    assert desk("-q", "config", "get", "desk.timezone").out == "Asia/Nicosia\n"
    assert desk("-q", "ticket", "list", "--search", "zzz").err == ""
    assert desk("-q", "doctor").out == ""
    assert "error: " in desk("-q", "ticket", "close", "0000", code=3).err
    assert desk("sla", "check", "-q").out == desk("-q", "sla", "check").out


def test_the_shape_of_an_answer_depends_on_how_it_was_asked(desk: Runner, make: Make) -> None:
    ticket = make()
    for words in (("watch", "-"), ("note", "-", "--body", "x"), ("show", "-"), ("tag", "-", "incident")):
        done = desk("ticket", *words, "-f", "json", stdin=f"{ticket}\n").json
        assert (done["kind"], [t["id"] for t in done["data"]]) == ("tickets", [ticket])
    for words in (("show", ticket, ticket), ("note", f"{ticket},{ticket}", "--body", "x")):
        assert desk("ticket", *words, "-f", "json").json["kind"] == "tickets"
    for words in (("show", ticket), ("untag", ticket, "incident"), ("tag", ticket, "incident", "certificate")):
        assert desk("ticket", *words, "-f", "json").json["kind"] == "ticket"
    made = desk("ticket", "create", "--title", "T", "--tag", "incident,certificate", "-f", "json").json
    assert made["kind"] == "ticket"


def test_filters_take_several_values_by_commas(desk: Runner, make: Make) -> None:
    one = make("1", "--department", "technical", "--tag", "incident", "--tag", "certificate")
    two = make("2", "--department", "legal", "--priority", "high", "--reason", "x")

    def found(*words: str) -> set[str]:
        return set(desk("ticket", "list", *words, "-f", "ids").out.split())

    assert found("--department", "technical,legal") == found("--priority", "low, high") == {one, two}
    assert found("--tag", "incident,certificate") == {one}
    assert "one person" in desk("ticket", "list", "--owner", "maria,petros", code=2).err


def test_an_empty_list_has_the_header_of_a_full_one(desk: Runner, make: Make) -> None:
    make()
    full = desk("ticket", "list", "-f", "csv").out.splitlines()[0]
    assert desk("ticket", "list", "--search", "zzz", "-f", "csv").out.splitlines() == [full]


def test_all_that_stands_in_the_way_of_a_batch_is_named(desk: Runner, make: Make, home: Path) -> None:
    owned, free, tagged = make(), make(), make()
    desk("ticket", "assign", owned, tagged, "--to", "petros")
    before = tip(home)
    error = desk("ticket", "assign", owned, free, tagged, "--to", "maria", "-f", "json", code=5).json["error"]
    assert error["message"].startswith("2 of 3 tickets stand in the way, and none was changed: ")
    assert owned in error["message"]
    assert tagged in error["message"]
    assert free not in error["message"]
    assert tip(home) == before


def test_a_reply_that_reaches_nobody_is_told_of(desk: Runner, make: Make) -> None:
    alone = make()
    assert "nobody to send it to: the ticket has no requester" in desk("ticket", "reply", alone, "--body", "x").err
    user = desk("user", "create", "--name", "A", "--phone", "99123456", "--group", "patient", "-f", "json").data["id"]
    unheard = make("T", "--requester", user)
    assert f"{user} has no e-mail address" in desk("ticket", "reply", unheard, "--body", "x").err
    heard = make("T", "--requester", "a@b.example")
    assert "nobody" not in desk("ticket", "reply", heard, "--body", "x").err
    assert "nobody" not in desk("ticket", "note", alone, "--body", "x").err


def test_options_of_all_commands_stand_behind_them_as_well(
    desk: Runner, make: Make, home: Path, tmp_path: Path
) -> None:
    ticket = make()
    assert desk("whoami", "--as", "eleni", "-f", "ids").out == "eleni\n"
    assert desk("ticket", "list", "--as", "nobody", code=3).err
    assert "\x1b[" in desk("ticket", "list", "--color", "always").out
    assert "\x1b[" in desk("--color=always", "ticket", "list").out
    assert "\x1b[" not in desk("--color=always", "ticket", "list", "--no-color").out
    assert "\x1b[" not in desk("ticket", "list", "--color=always", "-f", "csv").out
    assert desk("ticket", "tag", ticket, "incident", "-q").out == ""
    os.chdir(tmp_path)
    assert desk("ticket", "list", "--desk", str(home), "-f", "ids").out.strip() == ticket
    assert desk("ticket", "link", "--desk", str(home), ticket, ticket, "--as", "duplicates", code=None).code != 2
    assert "--quiet" not in desk("ticket", "list", "--help", "--desk", str(home)).out


def test_what_people_type_first_leads_on(desk: Runner, make: Make, tmp_path: Path) -> None:
    """Help where it is asked for, and the command that was meant; what can't be written is no bug of ours."""
    ticket = make()
    assert desk("help").out.startswith("Usage: desk [OPTIONS]")
    assert desk("help", "ticket", "close").out == desk("ticket", "help", "close").out
    assert desk("ticket", "help").out.startswith("Usage: desk ticket [OPTIONS]")
    for words, code, said in (
        (("ticket", "7K3Q"), 2, "desk ticket show 7K3Q"),
        (("ticket", "note", ticket, "hello", "there"), 3, "--body"),
        (("ticket", "list", "malta", "x"), 2, '--search "malta x"'),
        (("report", "dayly"), 3, "did you mean daily?"),
        (("report", "daily", "--output", str(tmp_path / "no/x.html")), 2, "can't write"),
        (("export", "--output", str(tmp_path / "no/x")), 2, "can't write"),
        (("staff", "show", "mariah"), 3, "there is no staff member mariah"),
    ):
        assert said in desk(*words, code=code).err, words
    assert desk("staff", "show", "me", "-f", "json").data["id"] == "maria"
    assert [c["id"] for c in desk("checklist", "show", "incident", "-f", "json").data] == ["incident.el", "incident.en"]
    assert desk("tag", "create", "red", "--color", "FF0000", "-f", "json").data["color"] == "#ff0000"
