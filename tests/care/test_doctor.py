from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from desk.doctor.table import CHECKS
from desk.domain.model.ticket import Ticket
from desk.errors import GitError
from desk.git import process as git_process
from desk.index import drift
from desk.index.index import Index
from tests.beginnings import at_work
from tests.care.conftest import Cared
from tests.care.editing import Git, Make, add_line, by_hand, commits, file_of, swap
from tests.conftest import Runner, copy_of


def found(desk: Runner, *words: str, code: int = 7) -> list[dict[str, Any]]:
    result = desk("doctor", *words, "-f", "json", code=code)
    assert result.json["kind"] == "doctor"
    data: list[dict[str, Any]] = result.data
    for row in data:
        assert set(row) >= {"check", "path", "line", "problem", "hint", "fixable", "fixed"}
        assert row["hint"]
    return data


_HEADS = {check.name: key for key, check in CHECKS.items()}
_LINE = re.compile(r"  (\S.*?)(?::(\d+))?: (.*)")


def read(out: str) -> list[dict[str, Any]]:
    """What people are told, as rows: under the name of each check file and line, and below what to do."""
    rows: list[dict[str, Any]] = []
    check, alike = "", 0
    for text in out.splitlines()[:-1]:
        if text and not text.startswith(" "):
            check = _HEADS.get(text, text)
        elif text.startswith("    -> "):
            for row in rows[alike:]:
                row["hint"] = text.removeprefix("    -> ")
            alike = len(rows)
        elif said := _LINE.fullmatch(text):
            path, line, problem = said.groups()
            rows.append({"check": check, "path": path, "line": int(line) if line else None, "problem": problem})
    return rows


def one(desk: Runner, check: str, words: str, *, path: str | None = None, line: int | None = None) -> dict[str, Any]:
    """The only finding, as expected and as people read it."""
    out = desk("doctor", code=7).out
    rows = read(out)
    assert [row["check"] for row in rows] == [check], out
    [row] = rows
    assert words in row["problem"]
    assert row["hint"]
    assert path in (None, row["path"])
    assert line in (None, row["line"])
    assert "1 found" in out
    return {**row, "fixable": "desk doctor --fix mends 1 of them" in out}


def each(desk: Runner, *wanted: tuple[str, str, str | Path, int | None]) -> None:
    """All that is found, as people read it: of each the check, words of the problem, the path, and the line where it is told."""
    out = desk("doctor", code=7).out
    rows = {(row["check"], row["path"]): row for row in read(out)}
    assert rows.keys() == {(check, str(path)) for check, _words, path, _line in wanted}, out
    for check, words, path, line in wanted:
        row = rows[check, str(path)]
        assert words in row["problem"]
        assert row["hint"]
        assert line in (None, row["line"])
    assert f"{len(wanted)} found" in out


def same(desk: Runner) -> list[dict[str, Any]]:
    """What is found, which people and programs read alike; of many that say the same people are told of a few."""
    rows = found(desk)
    out = desk("doctor", code=7).out
    told = read(out)
    kept = [{key: row[key] for key in ("check", "path", "line", "problem", "hint")} for row in rows]
    assert all(row in kept for row in told)
    more = sum(int(number) for number in re.findall(r"^  and (\d+) more that say the same", out, re.MULTILINE))
    assert len(told) + more == len(rows)
    assert f": {sum(not row['info'] for row in rows)} found" in out
    return rows


def mended(desk: Runner) -> list[dict[str, Any]]:
    """After --fix everything is mended, and a second look finds nothing."""
    data = found(desk, "--fix", code=0)
    assert data
    assert all(row["fixed"] for row in data)
    assert found(desk, code=0) == []
    return data


def test_a_fresh_desk_is_healthy(desk: Runner) -> None:
    assert desk("doctor").out.endswith("records: nothing found\n")
    assert found(desk, code=0) == []
    assert "nothing found" in desk("doctor", "--fix").out


def test_an_empty_desk_is_healthy(program: Runner, tmp_path: Path) -> None:
    program("init", str(tmp_path / "d"), "--empty")
    assert "nothing found" in program("--desk", str(tmp_path / "d"), "doctor").out


def test_every_check_has_a_title() -> None:
    assert all(check.title and callable(check.find) for check in CHECKS.values())


def test_after_a_day_at_work_the_desk_is_healthy(desk: Runner, make: Make, tmp_path: Path, git: Git) -> None:
    (tmp_path / "log.txt").write_text("x", encoding="utf-8")
    a, b, c, d = (make(f"Ticket {n}") for n in range(4))
    desk("ticket", "assign", a, "--to", "petros")
    desk("ticket", "tag", a, "incident")
    desk("ticket", "reply", a, "--body", "See =======\n", "--attach", str(tmp_path / "log.txt"))
    desk("ticket", "note", a, "--body", "attachments: nothing")
    desk("ticket", "transfer", a)
    desk("ticket", "link", b, c, "--as", "duplicates")
    desk("ticket", "merge", b, "--into", c)
    desk("ticket", "split", a, "--at", "1", "--title", "Split off")
    desk("ticket", "move", a, "--to", "legal")
    desk("ticket", "classify", c, "--impact", "high", "--urgency", "high")
    desk("ticket", "pending", c, "--until", "3d")
    desk("ticket", "close", d)
    desk("ticket", "delete", d)
    assert found(desk, code=0) == []
    assert git("status", "--porcelain") == ""


def test_broken_records(desk: Runner, ticket: str, home: Path, git: Git) -> None:
    swap(file_of(home, ticket), ("title: One", "title: [One"))
    one(desk, "broken", "not valid YAML", path=Ticket.path_of(ticket))
    by_hand(git)
    one(desk, "broken", "not valid YAML", path=Ticket.path_of(ticket))
    swap(file_of(home, ticket), ("title: [One", "title: One"))
    assert "desk commit" in found(desk)[0]["hint"]
    desk("commit")
    assert found(desk, code=0) == []


def test_a_broken_department_is_one_finding(desk: Runner, home: Path, git: Git) -> None:
    (home / "records/departments/technical.yaml").write_text("id: [\n", encoding="utf-8")
    (home / "records/staff/petros.yaml").write_text("id: [\n", encoding="utf-8")
    by_hand(git)
    assert [row["check"] for row in found(desk)] == ["broken", "broken"]


def test_marks_of_a_merge(desk: Runner, ticket: str, home: Path, git: Git) -> None:
    path = file_of(home, ticket)
    other = path.with_name("260723-0000.md")
    other.write_text(path.read_text(encoding="utf-8").replace(ticket, other.stem), encoding="utf-8")
    by_hand(git)
    path.write_text(
        path.read_text(encoding="utf-8") + "\n<<<<<<< HEAD\na\n=======\nb\n>>>>>>> other\n", encoding="utf-8"
    )
    swap(other, ("title: One\n", "<<<<<<< HEAD\ntitle: One\n=======\ntitle: Two\n>>>>>>> other\n"))
    mail = next(iter(sorted((home / "templates/mail").iterdir())))
    mail.write_text("<<<<<<< a\n=======\n>>>>>>> b\n", encoding="utf-8")
    line = path.read_text(encoding="utf-8").splitlines().index("<<<<<<< HEAD") + 1
    marked = [
        ("conflicts", "merge conflict", file.relative_to(home), at)
        for file, at in ((path, line), (other, 3), (mail, 1))
    ]
    each(desk, *marked)
    by_hand(git)
    each(desk, *marked)


REFERENCES = [
    ("state: open", "state: open\nowner: nobody", "references", "there is no staff nobody", 5),
    ("state: open", "state: open\nrequester: u-00000", "references", "there is no user u-00000", 5),
    ("state: open", "state: open\ntags: [nonsense]", "references", "there is no tag nonsense", 5),
    ("department: technical", "department: space", "references", "there is no department space", 6),
    ("author: maria", "author: stranger", "references", "no staff member or user stranger", None),
    ("priority: low", "priority: whatever", "values", "'whatever' is not known", 5),
    ("state: open", "state: waiting", "values", "'waiting' is not known", 4),
    ("language: en", "language: tlh", "values", "'tlh' is not known", None),
    ("state: open", "state: open\nowner: eleni", "owners", "doesn't serve technical", 5),
    ("state: open", "state: open\ntags: [incident, problem]", "kinds", "at once", 5),
]


class Examined(NamedTuple):
    """What is found where each of those stands in a ticket of its own: as an edit, and once that is committed."""

    paths: list[str]
    edited: list[dict[str, Any]]
    committed: list[dict[str, Any]]


@pytest.fixture(scope="module")
def examined(cared: Cared, tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Examined:
    top = copy_of(cared.top, tmp_path_factory.mktemp("examined"))
    paths = [Ticket.path_of(f"260723-AAA{letter}") for letter, _ in zip("ABCDEFGHJKM", REFERENCES, strict=False)]
    for path in paths:
        shutil.copy(file_of(top, cared.one), top / path)
        swap(top / path, (cared.one, Path(path).stem))

    def git(*words: str) -> str:
        return subprocess.run(["git", *words], capture_output=True, text=True, check=True).stdout

    with at_work(top, environment) as desk:
        by_hand(git)
        for path, (old, new, *_) in zip(paths, REFERENCES, strict=True):
            swap(top / path, (old, new))
        edited = same(desk)
        by_hand(git)
        return Examined(paths, edited, same(desk))


@pytest.mark.parametrize("number", range(len(REFERENCES)), ids=[str(case) for case in REFERENCES])
def test_what_records_say(examined: Examined, number: int) -> None:
    *_, check, words, line = REFERENCES[number]
    for rows, wanted in ((examined.edited, "edited"), (examined.committed, check)):
        [row] = [row for row in rows if row["path"] == examined.paths[number]]
        assert row["check"] == wanted
        assert row["line"] == line if line else row["line"] > 1
    assert words in row["problem"]
    assert row["fixable"] is False


def test_nothing_else_is_found(examined: Examined) -> None:
    assert {row["path"] for row in (*examined.edited, *examined.committed)} == set(examined.paths)


def test_who_left_stays_in_closed_tickets(desk: Runner, ticket: str, home: Path, git: Git) -> None:
    desk("ticket", "assign", ticket, "--to", "petros")
    desk("ticket", "close", ticket)
    (home / "records/staff/petros.yaml").unlink()
    by_hand(git)
    assert found(desk, code=0) == []


def test_dangling_and_one_sided_links_are_mended(desk: Runner, make: Make, home: Path, git: Git) -> None:
    a, b = make("A"), make("B")
    add_line(file_of(home, a), f"links: [caused-by {b}, relates 200101-AAAA]")
    by_hand(git)
    rows = found(desk)
    assert sorted((r["check"], r["path"], r["fixable"]) for r in rows) == sorted(
        [("links", Ticket.path_of(a), True), ("links", Ticket.path_of(b), True)]
    )
    before = commits(git)
    desk("--as", "petros", "doctor", "--fix", code=5)
    assert commits(git) == before
    assert "mended" in desk("doctor", "--fix").out
    assert found(desk, code=0) == []
    assert commits(git) == before + 1
    assert git("status", "--porcelain") == ""
    assert desk("ticket", "show", a, "-f", "json").data["links"] == [f"caused-by {b}"]
    assert desk("ticket", "show", b, "-f", "json").data["links"] == [f"causes {a}"]
    assert " doctor" in git("log", "-1", "--format=%s")
    assert [e["verb"] for e in desk("ticket", "history", b, "-f", "json").data] == ["create", "link"]


def test_a_merge_that_leads_nowhere(desk: Runner, ticket: str, home: Path, git: Git) -> None:
    lines = "state: closed\nmerged_into: 200101-AAAA\nclosed: 2026-07-23T06:12:44Z"
    swap(file_of(home, ticket), ("state: open", lines))
    by_hand(git)
    one(desk, "merged", "there is no ticket 200101-AAAA", path=Ticket.path_of(ticket), line=5)
    mended(desk)


def test_attachments(desk: Runner, make: Make, home: Path, git: Git, tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    ticket = make("One", "--department", "technical", "--attach", str(tmp_path / "a.txt"))
    desk("ticket", "reply", ticket, "--body", "x", "--attach", str(tmp_path / "b.txt"))
    folder = file_of(home, ticket).with_suffix(".files")
    for name in ("a.txt", "b.txt"):
        (folder / name).unlink()
    (folder / "c d.txt").write_text("x", encoding="utf-8")
    rows = found(desk)
    assert [row["check"] for row in rows] == ["attachments"] * 3
    assert next(row for row in rows if "doesn't name" in row["problem"])["fixable"] is False
    assert sorted(row["problem"] for row in rows if row["path"] == Ticket.path_of(ticket)) == [
        f"the attachment {name} is named and missing" for name in ("a.txt", "b.txt")
    ]
    git("checkout", "--", ".")
    desk("commit")
    assert one(desk, "attachments", "doesn't name")["fixable"] is True
    mended(desk)
    assert desk("ticket", "show", ticket, "-f", "json").data["attachments"] == ["a.txt", "c d.txt"]
    lost = home / "records/tickets/2026/07/23/260723-0000.files"
    lost.mkdir()
    (lost / "x").write_text("x", encoding="utf-8")
    by_hand(git)
    one(desk, "attachments", "there is no such ticket", path=str(lost.relative_to(home)))


def test_links_and_strays(desk: Runner, home: Path) -> None:
    (home / "records/more").symlink_to("/etc")
    (home / "records/tags/link.yaml").symlink_to("/etc/passwd")
    (home / "records/note.txt").write_text("x", encoding="utf-8")
    each(
        desk,
        ("symlinks", "a symbolic link (to /etc)", "records/more", None),
        ("symlinks", "a symbolic link (to /etc/passwd)", "records/tags/link.yaml", None),
        ("broken", "", "records/tags/link.yaml", None),
        ("strays", "neither a record nor an attachment", "records/note.txt", None),
    )


def test_departments_staff_and_tags(desk: Runner, ticket: str, home: Path, git: Git) -> None:
    """Several things at once that have nothing to do with each other, each time others of them."""
    departments, staff, users = (home / "records" / name for name in ("departments", "staff", "users"))
    default = next(p for p in departments.iterdir() if "default: true" in p.read_text(encoding="utf-8"))
    swap(default, ("default: true\n", ""))
    swap(staff / "petros.yaml", ("petros@ncpeh.example", "Eleni@ncpeh.example"))
    (home / "records/tags/problem.yaml").unlink()
    path = file_of(home, ticket)
    path.rename(path.with_name("260723-0000.md"))
    by_hand(git)
    each(
        desk,
        ("departments", "no department is the default one", "records/departments", None),
        ("staff", "is the address of eleni as well", "records/staff/petros.yaml", 3),
        ("tags", "the tag problem is missing", "records/tags/problem.yaml", None),
        ("broken", "doesn't belong to this path", path.with_name("260723-0000.md").relative_to(home), 2),
    )
    git("checkout", "HEAD~1", "--", "records/tags", "records/staff", str(path))
    path.with_name("260723-0000.md").unlink()
    for name in ("legal", "semantic"):
        add_line(departments / f"{name}.yaml", "default: true")
    users.mkdir(exist_ok=True)
    for name in ("u-aaaaa", "u-bbbbb"):
        text = f"id: {name}\nemail: x@y.example\nsalt: s{'0' * 16}\n"
        (users / f"{name}.yaml").write_text(text, encoding="utf-8")
    by_hand(git)
    each(
        desk,
        ("departments", "legal is the default department already", "records/departments/semantic.yaml", None),
        ("users", "is the address of u-aaaaa as well", "records/users/u-bbbbb.yaml", 2),
    )
    swap(departments / "semantic.yaml", ("default: true\n", ""))
    add_line(departments / "legal.yaml", "private: true")
    (users / "u-bbbbb.yaml").unlink()
    swap(staff / "maria.yaml", ("level: 3", "level: 2"))
    by_hand(git)
    each(
        desk,
        ("departments", "can't be the default one", "records/departments/legal.yaml", None),
        ("staff", "nobody has level 3", "records/staff", None),
    )


def test_settings(desk: Runner, home: Path) -> None:
    path = home / "desk.toml"
    text = path.read_text(encoding="utf-8")
    swap(path, ("Asia/Nicosia", "Asia/Atlantis"))
    row = one(desk, "settings", "no time zone 'Asia/Atlantis'", path="desk.toml")
    assert "timezone" in path.read_text(encoding="utf-8").splitlines()[row["line"] - 1]
    path.write_text(text, encoding="utf-8")
    swap(path, ('channel = "phone"', 'channel = "pigeon"'))
    one(desk, "settings", "'pigeon' is none of ticket.channels", path="desk.toml")
    path.write_text(text, encoding="utf-8")
    swap(path, ('low = "medium", medium = "high"', 'low = "medium", medium = "top"'))
    one(desk, "settings", "'top' is none of ticket.priorities", path="desk.toml")


def test_a_broken_desk_toml_is_a_finding(desk: Runner, home: Path) -> None:
    for content in (b"[desk\n", b"\xff", b"nonsense = 1\n", b"[desk]\nname = 3\n"):
        (home / "desk.toml").write_bytes(content)
        one(desk, "settings", "", path="desk.toml")
        desk("status")


def test_git_configuration_and_attributes(desk: Runner, home: Path, git: Git) -> None:
    git("config", "core.autocrlf", "true")
    (home / ".gitattributes").write_text("*.md diff=markdown\n", encoding="utf-8")
    each(
        desk,
        ("configuration", "core.autocrlf", ".git/config", None),
        ("attributes", "* -text", ".gitattributes", None),
    )
    before = commits(git)
    mended(desk)
    assert commits(git) == before + 1
    assert git("config", "core.autocrlf") == "false\n"
    assert (home / ".gitattributes").read_text(encoding="utf-8").endswith("* -text\n*.md diff=markdown\n")
    assert git("status", "--porcelain") == ""
    (home / ".gitattributes").unlink()
    mended(desk)
    assert commits(git) == before + 2


def test_an_old_git(desk: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    def old(_place: object) -> str:
        raise GitError("git version 2.20 is too old", "update git")

    monkeypatch.setattr(git_process, "check_version", old)
    one(desk, "git", "too old")


def test_files_that_killed_commands_left(desk: Runner, home: Path) -> None:
    """Named after the process that wrote them; one that is at work is left alone, and the index in use whoever built it."""
    dead = subprocess.Popen(["true"])
    dead.wait()
    own = home / ".git/desk"
    written = [
        "settings",
        "identity",
        "holidays.json",
        "seen-maria",
        "activity-maria-all",
        "outbox/20260723T061244-abc-1.json",
    ]
    indexes = [
        f"index-{dead.pid}-1f.sqlite",
        f"index-{dead.pid}-1f.sqlite-wal",
        f"then-abc-00.sqlite.{dead.pid}.new-journal",
    ]
    used = os.readlink(own / "index.sqlite")
    names = [*(f"{name}.{dead.pid}.new" for name in written), *indexes]
    (own / "outbox").mkdir(exist_ok=True)
    for name in names:
        (own / name).write_text("half")
    (own / "index.sqlite.link").symlink_to(indexes[0])
    writing, building = own / f"settings.{os.getppid()}.new", own / f"index-{os.getppid()}-2f.sqlite"
    for path in (writing, building):
        path.write_text("half")
    left = [row["path"] for row in desk("doctor", "-f", "json", code=7).data if row["check"] == "left-overs"]
    assert sorted(left) == sorted(f".git/desk/{name}" for name in (*names, "index.sqlite.link"))
    desk("doctor", "--fix")
    assert list(own.rglob("*.new")) == [writing]
    assert {p.name for p in own.glob("*index*.sqlite*")} >= {used, building.name, "index.sqlite"}
    assert not [name for name in (*names, "index.sqlite.link") if os.path.lexists(own / name)]


def test_left_overs(desk: Runner, home: Path) -> None:
    now = time.time()
    young = home / ".git/refs/heads/main.lock"
    young.touch()
    (home / ".git/desk/tmp").mkdir(exist_ok=True)
    fresh = home / ".git/desk/tmp/1-x"
    fresh.touch()
    assert found(desk, code=0) == []
    os.utime(young, (now - 7200, now - 7200))
    assert one(desk, "left-overs", "a lock", path=".git/refs/heads/main.lock")["fixable"] is False
    os.utime(young, (now - 90000, now - 90000))
    os.utime(fresh, (now - 90000, now - 90000))
    crash = home / ".git/fast_import_crash_123"
    crash.touch()
    os.utime(crash, (now - 90000, now - 90000))
    assert len(mended(desk)) == 3
    assert not any(p.exists() for p in (young, fresh, crash))


def test_old_drafts_are_worth_a_word(desk: Runner, home: Path) -> None:
    draft = home / ".git/desk/drafts/reply.md"
    draft.parent.mkdir()
    draft.touch()
    assert found(desk, code=0) == []
    os.utime(draft, (time.time() - 10 * 86400,) * 2)
    [row] = found(desk, code=0)
    assert (row["check"], row["info"]) == ("drafts", True)
    assert "10 days ago" in row["problem"]
    assert "nothing found" in desk("doctor").out


def _index(home: Path, sql: str) -> None:
    with sqlite3.connect(home / ".git/desk/index.sqlite") as db:
        db.execute(sql)
    db.close()


DRIFTS = (
    "UPDATE tickets SET title = 'other'",
    "DELETE FROM events",
    "DELETE FROM members WHERE value = 'security'",
    "INSERT INTO words (rowid, title, body) VALUES (99999, 'ghost', 'ghost')",
    "UPDATE commits SET depth = depth + 1",
    "DELETE FROM terms",
    "UPDATE asked SET length = length + 1",
    "UPDATE texts SET lead = 'other'",
    "INSERT INTO article_words (rowid, title, lead, body) VALUES (99999, 'ghost', '', '')",
    "CREATE TABLE ghosts (id TEXT PRIMARY KEY)",
)


def test_index_drift(desk: Runner, make: Make, home: Path) -> None:
    make("One", "--department", "technical", "--tag", "security")
    _index(home, DRIFTS[0])
    one(desk, "index", "differs from one built anew", path=".git/desk/index.sqlite")
    mended(desk)
    assert {t["title"] for t in desk("ticket", "list", "-f", "json").data} == {"One"}
    with closing(sqlite3.connect(home / ".git/desk/index.sqlite")) as whole:
        assert _drift(whole, "") == []
        assert [sql for sql in DRIFTS if not _drift(whole, sql)] == []


def _drift(whole: sqlite3.Connection, sql: str) -> list[str]:
    """How an index differs from a copy of it to which something was done."""
    with closing(sqlite3.connect(":memory:")) as other:
        whole.backup(other)
        other.executescript(sql)
        return drift.list_differing_tables(Index(other), Index(whole))


def test_a_damaged_index_is_no_reason_to_fail(desk: Runner, home: Path) -> None:
    path = home / ".git/desk/index.sqlite"
    data = path.read_bytes()
    damaged = {"junk": b"junk" * 5000, "middle": data[:8192] + b"\xff" * (len(data) - 8192), "gone": None, "empty": b""}
    for damage, left in damaged.items():
        for extra in path.parent.glob("index.sqlite-*"):
            extra.unlink()
        if left is None:
            path.unlink()
        else:
            path.write_bytes(left)
        assert found(desk, code=0) == [], damage


def test_detached_head(desk: Runner, git: Git) -> None:
    git("switch", "-q", "--detach")
    assert found(desk, code=0) == []


def test_everything_wrong_at_once(desk: Runner, make: Make, home: Path, git: Git) -> None:
    for n in range(3):
        make(f"T{n}")
    for n, path in enumerate(sorted((home / "records").rglob("*.*"))):
        if n % 2:
            path.write_bytes(path.read_bytes()[: n * 7] + bytes([n % 256, 0xFF, 0x00]))
    (home / "desk.toml").write_bytes(b"\x00")
    (home / "kb/loop").symlink_to(home / "kb")
    assert len(same(desk)) > 10
    by_hand(git)
    assert len(same(desk)) > 10
    desk("status")


def test_fixes_stay_away_from_hand_edits(desk: Runner, ticket: str, home: Path, git: Git) -> None:
    a = ticket
    add_line(file_of(home, a), "links: [relates 200101-AAAA]")
    by_hand(git)
    swap(file_of(home, a), ("title: One", "title: B"))
    content = file_of(home, a).read_bytes()
    assert "hand edits" in desk("doctor", "--fix", code=6).err
    assert file_of(home, a).read_bytes() == content


def test_formats(desk: Runner, home: Path, git: Git) -> None:
    (home / "records/tags/problem.yaml").write_text("id: [\n", encoding="utf-8")
    for name in ("json", "jsonl", "csv", "yaml", "md", "ids"):
        desk("doctor", "-f", name, code=7)
        desk("status", "-f", name)
    del git


_Process = Callable[..., Any]


def test_as_a_process(process: _Process, home: Path) -> None:
    done = process("doctor", cwd=home)
    assert (done.returncode, done.stderr) == (0, "")
    assert "nothing found" in done.stdout


def test_custom_fields_that_break_their_declaration(desk: Runner, make: Make, home: Path, git: Git) -> None:
    desk("field", "create", "country", "--type", "select", "--option", "MT", "--option", "GR", "--on", "ticket")
    desk("field", "create", "count", "--type", "number", "--on", "ticket")
    ticket = make("x", "--field", "country=MT", "--field", "count=3")
    path = file_of(home, ticket)
    swap(path, ("country: MT", "country: XX"))
    assert "'XX' is not on offer" in desk("commit", code=None).err
    assert git("status", "--porcelain")  # nothing was committed
    git("commit", "-qam", "by hand")
    row = one(desk, "fields", "country: 'XX' is not on offer")
    assert "choose from: MT, GR" in row["hint"]
    desk("field", "delete", "country")
    assert found(desk, code=0) == []  # what a deleted field held stays readable
    assert desk("ticket", "show", ticket, "-f", "json").data["fields"] == {"count": 3, "country": "XX"}


def test_closed_by_hand_without_a_time(desk: Runner, ticket: str, home: Path) -> None:
    """The figures go by the time, so a state alone is mended; and status tells what an edit of desk.toml means."""
    swap(file_of(home, ticket), ("state: open", "state: closed"))
    desk("commit")
    [finding] = desk("doctor", "-f", "json", code=7).data
    assert (finding["check"], "nothing says when" in finding["problem"]) == ("endings", True)
    desk("doctor", "--fix")
    assert desk("ticket", "show", ticket, "-f", "json").data["closed"] == "2026-07-23T06:12:44Z"
    swap(home / "kb/faq/which-countries.md", ("topic: faq", "topic: nosuch"))
    assert "it says nosuch, and lies in the folder of faq" in desk("status").out
    swap(home / "kb/faq/which-countries.md", ("topic: nosuch", "topic: faq"))
    toml = home / "desk.toml"
    toml.write_text(
        toml.read_text(encoding="utf-8").replace('timezone = "Asia/Nicosia"', 'timezone = "Europe/Athens"'),
        encoding="utf-8",
    )
    told = "desk.timezone: Europe/Athens (was Asia/Nicosia)"
    assert told in desk("status").out
    assert told in desk("commit").out


def test_what_desk_commit_would_refuse(desk: Runner, ticket: str, home: Path) -> None:
    """The doctor asks the same judgement of what was edited by hand."""
    desk("--as", "petros", "ticket", "reply", ticket, "--body", "I promise nothing.")
    path = file_of(home, ticket)
    swap(path, ("I promise nothing.", "I promise everything."))
    one(desk, "edited", "only its author may", path=Ticket.path_of(ticket))
    assert "only its author may" in desk("commit", code=5).err
