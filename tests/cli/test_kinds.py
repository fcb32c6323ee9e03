"""Mistakes that come in kinds, each looked for in all commands: shapes that depend on how many came, cron jobs that speak
when there is nothing to say, values forgotten because they weren't named again, orders that are declared, spellings.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import unicodedata
from pathlib import Path

import pytest

from tests.conftest import Make, Runner

TOP = Path(__file__).parents[2]
LISTS = (
    *(
        "ticket list",
        "incident list",
        "problem list",
        "problem candidates",
        "department list",
        "group list",
        "tag list",
    ),
    *(
        "field list",
        "staff list",
        "machine list",
        "user list",
        "user bans",
        "kb list",
        "kb topic list",
        "kb review",
        "response list",
    ),
    *(
        "checklist list",
        "mail outbox",
        "mail held",
        "sla list",
        "activity",
        "log",
        "search nothingatall",
        "kb search nothingatall",
    ),
    *("filter list", "alias list", "audit seals", "report"),
)


def test_a_list_is_a_list_and_has_one_header_however_many_come(
    desk: Runner, program: Runner, make: Make, tmp_path: Path
) -> None:
    program("init", "--empty", str(tmp_path / "empty"))
    fill = ("ban a@b.example", "create --name N --group patient --email n@x.example --phone 112 --organisation O")
    for user in fill:
        desk("user", *user.split())
    ticket = make("T", "--tag", "incident", "--requester", "n@x.example")
    desk("ticket", "reply", ticket, "--body", "x")
    for command in LISTS:
        words = command.split()
        empty, full = (
            program("--desk", where, *words, "-f", "json", code=None)
            for where in (str(tmp_path / "empty"), str(Path.cwd()))
        )
        assert empty.json["kind"] != "error", f"{command}: {empty.out}"
        assert full.json["kind"] != "error", f"{command}: {full.out}"
        assert isinstance(empty.data, list), command
        assert isinstance(full.data, list), command
        assert empty.json["kind"] == full.json["kind"], command
        if not empty.data and full.data:
            heads = [
                program("--desk", str(d), *words, "-f", "csv", code=None).out.split("\n")[0]
                for d in (tmp_path / "empty", Path.cwd())
            ]
            assert set(heads[0].split(",")) <= set(heads[1].split(",")), command


def test_ids_from_a_pipe_are_answered_with_a_list(desk: Runner, make: Make) -> None:
    verbs = {
        "show": (), "history": (), "note": ("--body", "x"), "reply": ("--body", "x"), "assign": ("--to", "me"), "unassign": (),
        "classify": ("--priority", "high"), "watch": (), "edit": ("--title", "New"), "close": (), "reopen": (), "undo": (),
    }  # fmt: skip
    for count in (1, 2):
        ids = [make(f"T{n}") for n in range(count)]
        for verb, args in verbs.items():
            done = desk("ticket", verb, "-", *args, "-f", "json", stdin="\n".join(ids), code=None)
            if done.code == 5 and verb == "undo":
                continue
            assert done.code == 0, f"{verb}: {done.out}"
            assert isinstance(done.data, list), verb
        assert desk("ticket", "show", "-", "-f", "json", stdin="").data == []


def test_cron_says_nothing_when_there_is_nothing_to_say(desk: Runner, tmp_path: Path) -> None:
    block = re.search(r"```cron\n(.*?)```", (TOP / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert block
    lines = [line.split(maxsplit=5)[5].partition("#")[0] for line in block[1].splitlines()]
    jobs = [shlex.split(job)[1:] for line in lines for job in line.split("&&")]
    assert len(jobs) == 6
    subprocess.run(["git", "clone", "-q", "--bare", ".", str(tmp_path / "server.git")], check=True)
    subprocess.run(["git", "remote", "add", "origin", str(tmp_path / "server.git")], check=True)
    more = (
        "kb review --stale",
        "problem candidates",
        "doctor",
        "index rebuild",
        "sla check",
        "ticket list --overdue",
        "export --output F",
    )
    jobs += [["-q", *job.split()] for job in more]
    for job in jobs:
        words = [str(tmp_path / Path(word).name) if word.startswith("/srv") or word == "F" else word for word in job]
        done = desk(*words)
        assert (done.out, done.err) == ("", ""), words


CREATED: dict[str, tuple[str, dict[str, str]]] = {
    "department": ("dep", {"--name": "N", "--description": "D"}),
    "group": ("grp", {"--name": "N", "--channel": "phone", "--description": "D"}),
    "tag": ("tg", {"--color": "ff0000", "--description": "D"}),
    "staff": ("stf", {"--name": "N", "--email": "stf@x.example", "--level": "1", "--department": "legal", "--language": "el"}),
    "field": ("fld", {"--type": "text", "--description": "D", "--department": "legal", "--on": "ticket"}),
    "user": ("", {"--name": "N", "--email": "usr@x.example", "--group": "patient", "--phone": "112", "--organisation": "O",
                  "--language": "el"}),
}  # fmt: skip


@pytest.mark.parametrize("kind", CREATED)
def test_what_is_not_named_again_stays(desk: Runner, kind: str) -> None:
    name, options = CREATED[kind]
    given = [word for pair in options.items() for word in pair]
    made = desk(kind, "create", *([name] if name else []), *given, "-f", "json").data
    before = made
    fixed = ("--type", "--on")
    new = {"--color": "00ff00", "--level": "2", "--department": "technical", "--language": "en", "--group": "foreign-desk",
           "--channel": "email", "--email": "another@x.example", "--phone": "1460"}  # fmt: skip
    for option in options:
        if option in fixed:
            continue
        after = desk(kind, "edit", made["id"], option, new.get(option, "Another"), "-f", "json").data
        changed = {key for key in before if before[key] != after[key]}
        assert len(changed) == 1, (kind, option, changed)
        before = after
    shown = desk(kind, "show", made["id"], "-f", "json").data
    assert {key: shown[key] for key in before} == before


def test_a_ticket_keeps_what_a_verb_does_not_name(desk: Runner, make: Make) -> None:
    desk("field", "create", "serial", "--type", "text", "--on", "ticket")
    about = (
        "--impact",
        "high",
        "--urgency",
        "medium",
        "--service",
        "gw",
        "--tag",
        "incident",
        "--field",
        "serial=S1",
        "--language",
        "el",
    )
    ticket = make("T", *about, "--requester", "n@x.example", "--channel", "email")
    desk("ticket", "pending", ticket, "--until", "2026-09-20", "--for", "third-party")
    before = desk("ticket", "show", ticket, "-f", "json").data
    for words, fields in (
        (("pending", "--reason", "still"), set()),
        (("classify", "--urgency", "high"), {"urgency", "priority", "respond_by", "due"}),
        (("edit", "--title", "New"), {"title"}),
        (("edit", "--body", "New"), {"body"}),
        (("edit", "--field", "other="), set()),
        (("tag", "security"), {"tags"}),
        (("assign", "--to", "me"), {"owner"}),
        (("note", "--body", "x"), {"thread", "notes"}),
        (("move", "--to", "semantic"), {"department"}),
    ):
        verb, *rest = words
        done = desk("ticket", verb, ticket, *rest, code=None)
        if done.code:
            assert words[-1] == "other=", done.err
            continue
        after = desk("ticket", "show", ticket, "-f", "json").data
        changed = {key for key in before if key in after and before[key] != after[key]} - {
            "next_due",
            "checklist",
            "steps",
            "sla",
        }
        assert changed <= fields | {"paused", "pauses", "people"}, (words, changed)
        before = after


def test_orders_that_are_declared_are_kept(desk: Runner, make: Make) -> None:
    for level in ("high", "low", "medium"):
        make(level, "--impact", level, "--urgency", level)
    declared = {
        "priority": ["low", "medium", "high"],
        "impact": ["low", "medium", "high"],
        "urgency": ["low", "medium", "high"],
    }
    for field, order in declared.items():
        for sign, wanted in (("", order), ("-", order[::-1])):
            rows = desk("ticket", "list", "--sort", f"{sign}{field}", "-f", "json").data
            assert [row[field] for row in rows] == wanted, (sign, field)
    for command in ("stats --by priority", "report sla", "report monthly"):
        rows = desk(*command.split(), "-f", "json").data
        listed = rows if isinstance(rows, list) else [r for s in rows["sections"] for r in s.get("rows", ())]
        found = [r.get("id") for r in listed if r.get("id") in order]
        assert found == sorted(found, key=order.index), command
        shown = re.findall(r"(?m)^(low|medium|high)\b", desk(*command.split()).out)
        assert shown == sorted(shown, key=order.index), command


def nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def test_the_same_address_in_another_spelling_is_the_same(desk: Runner) -> None:
    made = desk(
        "user", "create", "--name", "Άννα", "--group", "patient", "--email", "Anna@Δοκιμή.example", "-f", "json"
    ).data
    spellings = (
        *(
            "anna@δοκιμή.example",
            "ANNA@ΔΟΚΙΜΉ.EXAMPLE",
            "anna@xn--jxalpdlp.example",
            nfd("anna@δοκιμή.example"),
            " anna@δοκιμή.example ",
        ),
        *("ａｎｎａ@δοκιμή.example", "anna@δοκιμή.example.", "anna@XN--JXALPDLP.example."),
    )
    bans = set()
    for email in spellings:
        found = desk("ticket", "create", "--title", "x", "--requester", email, "-f", "json").data
        assert found["requester"] == made["id"], email
        assert desk("ticket", "list", "--requester", email, "-f", "ids").out, email
        bans.add(desk("user", "ban", email, "-f", "json").data["id"])
        assert "banned" in desk("ticket", "create", "--title", "x", "--requester", spellings[0], code=5).err, email
        if email != spellings[-1]:
            desk("user", "unban", spellings[0])
    assert len(bans) == 1  # by which an address is found
    for other in spellings:
        assert "banned" in desk("ticket", "create", "--title", "x", "--requester", other, code=5).err, other
    desk("user", "unban", spellings[-1])
    assert len(desk("user", "list", "-f", "json").data) == 1
    assert desk(
        "ticket", "create", "--title", "x", "--requester", '"Anna K" <anna@xn--jxalpdlp.example>', "-f", "json"
    ).data["requester"]
    new = desk("ticket", "create", "--title", "x", "--requester", '"Ν. Νέος" <neos@x.example>', "-f", "json").data[
        "requester"
    ]
    assert desk("user", "show", new, "-f", "json").data["name"] == "Ν. Νέος"


def test_the_same_name_in_another_spelling_is_the_same(desk: Runner, make: Make) -> None:
    desk("tag", "create", "ετικέτα")
    ticket = make("T", "--tag", nfd("ετικέτα"))
    assert desk("ticket", "show", ticket, "-f", "json").data["tags"] == ["ετικέτα"]
    assert desk("ticket", "list", "--tag", nfd("ετικέτα"), "-f", "ids").out.split() == [ticket]
    desk("ticket", "untag", ticket, nfd("ετικέτα"))
    desk("ticket", "tag", ticket, nfd("ετικέτα"))
    assert "already" in desk("tag", "create", nfd("ετικέτα"), code=5).err
    assert json.loads(desk("tag", "show", nfd("ετικέτα"), "-f", "json").out)["data"]["tickets"] == 1


def test_text_of_other_systems_is_told_how_to_be_read(desk: Runner, make: Make, tmp_path: Path) -> None:
    (tmp_path / "old.txt").write_bytes("Καλημέρα".encode("windows-1253"))
    assert "iconv" in desk("ticket", "note", make(), "--file", str(tmp_path / "old.txt"), code=2).err
