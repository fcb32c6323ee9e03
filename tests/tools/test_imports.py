"""What an import must not let in: whatever a command refuses, or the doctor finds; and tables of other programs."""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from desk.domain.model.fields import FLAG, Field
from desk.domain.model.kinds import KINDS
from tests.conftest import Runner

Git = Callable[..., str]
_ALL = "DESK_TEST_EXAMPLES" in os.environ

GOOD: dict[str, dict[str, Any]] = {
    "department": {"id": "{n}", "name": "N"},
    "group": {"id": "{n}", "name": "N"},
    "tag": {"id": "{n}"},
    "field": {"id": "{n}", "on": "ticket", "type": "text"},
    "staff": {"id": "{n}", "name": "N", "email": "{n}@x.example", "level": 1, "departments": ["legal"]},
    "user": {"id": "u-{n}", "name": "N", "email": "{n}@x.example", "group": "patient"},
    "ban": {"id": "b-{n}", "email": "{n}@x.example"},
    "topic": {"id": "{n}", "title": "T"},
    "article": {"id": "{n}", "title": "T", "topic": "faq", "state": "draft", "type": "faq", "body": "x"},
    "response": {"id": "{n}.en", "title": "T", "language": "en", "body": "x"},
    "checklist": {"id": "{n}.en", "title": "T", "language": "en", "body": "- [ ] x"},
    "machine": {"id": "{n}"},
    "ticket": {"id": "260101-{N}", "title": "T", "state": "open", "priority": "low", "department": "legal", "author": "maria",
               "created": "2026-01-01T00:00:00Z"},
}  # fmt: skip
NASTY: tuple[Any, ...] = (
    *("", " ", "nosuch", "NOSUCH", "a/b", "..", "x" * 300, "a\nb", "\x00", "\x1b[31m", "1-01-01T00:00:00Z"),
    *("0001-01-01T00:00:00Z", "2026-13-01", -1, 0, 4, 10**30, 2.5, True, [], ["nosuch"], {}, {"nosuch": "x"}, "maria"),
    *(
        "maria@ncpeh.example",
        "relates 260101-0000",
        "closed",
        "published",
        "{{ user.name }} {% x",
        "[a](nowhere.md)",
        "con",
    ),
    *("<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n", "u-nosuch", "2026-01-01T00:00:00Z", "duplicate", "requester"),
)


def lines() -> Iterator[str]:
    """Each field of each kind with values that might be wrong, in a record that is right but for that.

    Each value is tried in every other field, those that one leaves out in the next; DESK_TEST_EXAMPLES tries all in all.
    """
    number = 0
    shares = itertools.cycle((NASTY,) if _ALL else (NASTY[::2], NASTY[1::2]))
    for kind, good in GOOD.items():
        names = [*KINDS[kind].FIELDS, *(("body",) if KINDS[kind].suffix == ".md" else ())]
        for name in names:
            field: Field[Any] | None = KINDS[kind].FIELDS.get(name)
            for value in (not field.default,) if field is not None and field.type is FLAG else next(shares):
                number += 1
                fresh = {k: _named(v, number) for k, v in good.items()}
                yield json.dumps({"record": kind, **fresh, name: value})


def _named(value: Any, number: int) -> Any:
    if not isinstance(value, str):
        return value
    digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    four = "".join(digits[number // 32**n % 32] for n in (3, 2, 1, 0))
    return value.replace("{n}", f"n{number}").replace("{N}", four)


def test_nothing_comes_in_that_the_doctor_or_an_audit_would_find(desk: Runner, home: Path) -> None:
    (home.parent / "hostile.jsonl").write_text("\n".join(lines()) + "\n")
    done = desk("import", str(home.parent / "hostile.jsonl"), "-f", "json", code=7).data
    assert done["created"] > (300 if _ALL else 150)
    assert done["bad"] > (1000 if _ALL else 500)
    found = desk("doctor", "-f", "json", code=None).data
    # What leads to a line that never came is told; what was approved elsewhere is not proved here.
    assert [
        (f["check"], f["path"], f["problem"])
        for f in found
        if f["check"] not in ("links", "departments", "approvals")
        and not f["problem"].startswith("escalation: there is no")
    ] == []
    assert len(found) < 30
    audit = desk("audit", "verify", "-f", "json", code=None).data["findings"]
    assert [(f["record"], f["problem"]) for f in audit if f["level"] == "fault"] == []
    for words in (
        ("ticket", "list", "--limit", "0"),
        ("stats",),
        ("report", "sla"),
        ("sla", "list"),
        ("user", "list"),
        ("kb", "list"),
    ):
        desk(*words, "-f", "json")


def _of(kind: str, **values: Any) -> str:
    return json.dumps({"record": kind, **values})


def test_texts_that_name_each_other_come_in_together(desk: Runner, home: Path) -> None:
    """In whatever order: an article that leads to a later one, a response that includes one."""
    file = home.parent / "texts.jsonl"
    article = {"topic": "faq", "type": "faq", "state": "published", "language": "en"}
    texts = (
        _of("article", id="one", title="One", body="[two](two.md)", **article),
        _of("article", id="two", title="Two", body="[one](one.md)", **article),
        _of("article", id="dead", title="Dead", body="[gone](gone.md)", **article),
        _of("article", id="gaps", title="Gaps", body="call [[ whom ]]", **article),
        _of("article", id="empty", title="Empty", body=" ", **article),
        _of("article", id="later", title="Draft", body="[gone](gone.md) [[ whom ]]", **{**article, "state": "draft"}),
        _of("response", id="a.en", title="A", language="en", body="{% include 'b' %}"),
        _of("response", id="b.en", title="B", language="en", body="hello"),
        _of("response", id="bad.en", title="Bad", language="en", body="Hi {{ user.name }}"),
        _of("response", id="worse.en", title="Bad", language="en", body="Hi {% x"),
    )
    file.write_text("\n".join(texts))
    done = desk("import", str(file), "-f", "json", code=7).data
    assert done["kinds"] == {"article": 3, "response": 2}
    assert [e["line"] for e in done["errors"]] == [3, 4, 5, 9, 10]
    assert "nowhere: there is no kb/faq/gone.md" in done["errors"][0]["problem"]
    assert desk("doctor", "-f", "json").data == []
    assert desk("import", str(file), "-f", "json", code=7).data["known"] == 5
    refused = desk("import", "--strict", str(file), code=7).err
    assert "texts.jsonl:3" in refused
    assert "nothing was imported" in refused


def test_what_was_to_come_later_and_did_not_is_told(desk: Runner) -> None:
    first = {"title": "T", "state": "open", "priority": "low", "department": "legal", "created": "2026-01-01T00:00:00Z"}
    given = (
        _of("department", id="new", name="New", escalation="anna"),
        _of("department", id="odd", name="Odd", escalation="maria"),
        _of("ticket", id="260101-0001", links=["relates 260101-0002"], **first),
        _of("ticket", id="260101-0002", links=["relates 260101-0001", "relates 260101-0009"], **first),
        _of("staff", id="anna", name="Anna", email="anna@x.example", level=1, departments=["new"]),
        _of("ticket", id="260101-0003", owner="anna", **{**first, "department": "new"}),
        _of("ticket", id="260101-0004", owner="anna", **first),
    )
    done = desk("import", "-", "-f", "json", stdin="\n".join(given), code=7).data
    assert done["kinds"] == {"department": 2, "ticket": 3, "staff": 1}
    told = {e["line"]: e["problem"] for e in done["errors"]}
    assert sorted(told) == [2, 4, 7]
    assert "odd is in, and its escalation: maria doesn't serve odd" in told[2]
    assert "260101-0002 is in, and there is no ticket 260101-0009" in told[4]
    assert "nothing was imported" in desk("import", "-", "--strict", stdin=given[3].replace("0002", "0005"), code=7).err


def test_a_bad_row_takes_nothing_from_the_others(desk: Runner) -> None:
    """Whom it names is known by then: the next row names them too. And what another program calls id is a number."""
    table = "id;title;created;requester\n17;;2024-02-03;x@y.example\n18;Good;2024-02-04;x@y.example\n"
    done = desk("import", "-", "--csv", "-f", "json", stdin=table, code=7).data
    assert (done["kinds"], [e["line"] for e in done["errors"]]) == ({"user": 1, "ticket": 1}, [2])
    [ticket] = desk("ticket", "list", "--search", "18", "-f", "json").data
    assert (ticket["title"], ticket["numbers"]) == ("Good", ["18"])
    assert desk("user", "show", ticket["requester"], "-f", "json").data["email"] == "x@y.example"
    again = desk("import", "-", "--csv", "-f", "json", stdin=table, code=7).data
    assert (again["created"], again["known"]) == (0, 1)
    assert desk("doctor", "-f", "json").data == []


def test_a_ticket_is_merged_into_one_that_comes_later(desk: Runner) -> None:
    good = {"title": "T", "priority": "low", "department": "legal", "created": "2026-01-01T00:00:00Z"}
    ends = {"state": "closed", "closed": "2026-01-02T00:00:00Z", "resolution": "duplicate"}
    given = (
        _of("ticket", id="260101-0001", merged_into="260101-0002", **good, **ends),
        _of("ticket", id="260101-0002", state="open", **good),
    )
    assert desk("import", "-", "--strict", "-f", "json", stdin="\n".join(given)).data["kinds"] == {"ticket": 2}
    lone = _of("ticket", id="260101-0003", merged_into="260101-0009", **good, **ends)
    assert "260101-0003 is in, and there is no ticket 260101-0009" in desk("import", "-", stdin=lone, code=7).err


def test_the_founder_of_a_new_desk_is_no_stranger(
    desk: Runner, program: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = desk("export").out.splitlines(keepends=True)
    kept = [row for row in rows if json.loads(row)["record"] != "article"]  # which are longer in a new desk
    (tmp_path / "all.jsonl").write_text("".join(kept), encoding="utf-8")
    program("init", str(tmp_path / "new"), env={"DESK_NOW": "2026-11-01T00:00:00Z"})
    monkeypatch.chdir(tmp_path / "new")
    done = program("import", "--strict", str(tmp_path / "all.jsonl"), "-f", "json").data
    assert done["bad"] == 0
    # Anything else about them is a difference.
    line = _of("staff", id="maria", name="Another", email="maria@ncpeh.example", level=3)
    assert "differs" in program("import", "-", stdin=line, code=7).err


def test_a_table_of_another_program(desk: Runner, home: Path) -> None:
    desk("field", "create", "serial", "--type", "text", "--on", "ticket")
    desk("user", "create", "--name", "Νίκος Ανδρέου", "--group", "patient", "--email", "nikos@x.example")
    file = home.parent / "old.csv"
    rows = (
        "Subject;Text;Created;Status;Requester;Requester_name;Tags;fields.serial;Number;Owner;Department",
        '"Fax; no tone";"two\nlines";25/12/2025 10:00;open;"Anna K" <anna@x.example>;;certificate,security;OST-1;20260123456789012;petros;technical',
        "Second;;2026-01-02;waiting;anna@x.example;;;;;Petros@ncpeh.example;technical",
        "Third;;2026-01-02T10:00:00Z;open;Ανδρέου;;;;;",
        ";no title;2026-01-02;open;;;;;;",
        "Fifth;;not a day;open;;;;;;",
        "Sixth;;2026-01-02;open;nobody at all;;;;;",
    )
    text = "\n".join(rows) + "\n"
    file.write_bytes(text.encode("windows-1253"))
    assert "--encoding windows-1253" in desk("import", str(file), code=2).err
    done = desk("import", str(file), "--encoding", "windows-1253", "-f", "json", code=7).data
    assert done["kinds"] == {"user": 1, "ticket": 3}
    assert [e["line"] for e in done["errors"]] == [6, 7, 8]
    [first] = desk("ticket", "list", "--state", "any", "--search", "OST-1", "-f", "json").data
    assert (first["title"], first["created"], first["owner"]) == ("Fax; no tone", "2025-12-25T08:00:00Z", "petros")
    assert (first["tags"], first["numbers"]) == (["certificate", "security"], ["20260123456789012"])
    whole = desk("ticket", "show", first["id"], "-f", "json").data
    assert whole["body"] == "two\nlines"
    assert desk("user", "show", first["requester"], "-f", "json").data["name"] == "Anna K"
    second = desk("ticket", "list", "--search", "Second", "-f", "json").data[0]
    assert (second["state"], second["requester"], second["owner"]) == ("pending", first["requester"], "petros")
    assert desk("ticket", "list", "--requester", "nikos@x.example", "-f", "ids").out
    # The same again is nothing new, with commas and a byte order mark as well.
    file.write_bytes(("\ufeff" + text).encode())
    again = desk("import", str(file), "-f", "json", code=7).data
    assert (again["created"], again["known"]) == (0, 3)
    assert desk("doctor", "-f", "json").data == []
    people = (
        "Name,E-Mail,Group,Company,Tel,Created",
        "Maria X,mx@x.example,patient,Clinic,,2026-01-02",
        "Maria X,,patient,,22 123456,2026-01-02",
        "Maria X,,patient,,22 123457,2026-01-02",
    )
    users = ("import", "-", "--csv", "--record", "user", "-f", "json")
    assert desk(*users, stdin="\n".join(people)).data["kinds"] == {"user": 3}
    assert desk(*users, stdin="\n".join(people)).data["known"] == 3
    assert (
        "known: id, name, email"
        in desk("import", "-", "--csv", "--record", "user", stdin="Shoe size\n42\n", code=2).err
    )
    assert "name the columns" in desk("import", "-", "--csv", stdin="", code=2).err
    assert "--csv" in desk("import", "-", stdin="a;b\n1;2\n", code=7).err


def test_an_id_of_a_table_tells_nothing_of_anybody(desk: Runner, home: Path) -> None:
    """The same people come to other ids at another desk, or after they were deleted: none is made of an address or a name."""
    table = "name,phone,email,group\nAnna,22123456,anna@x.example,patient\nBob,22123457,,patient\n"
    found = set()
    for _turn in range(2):
        desk("import", "-", "--csv", "--record", "user", stdin=table)
        users = desk("user", "list", "-f", "ids").out.split()
        found.update(users)
        desk("user", "delete", *users)
    assert len(found) == 4
    assert len(list(home.glob("records/users/*.yaml"))) == 4
