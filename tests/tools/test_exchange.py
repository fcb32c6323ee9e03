"""Export and import: exact round trips, doubles, bad lines."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from desk.store import journal
from tests.conftest import Runner
from tests.store.indexes import head

Git = Callable[..., str]
Make = Callable[..., str]


def _line(**values: object) -> str:
    base = {
        "record": "ticket",
        "id": "200102-AAAA",
        "title": "T",
        "state": "open",
        "priority": "low",
        "department": "legal",
    }
    return json.dumps({**base, "created": "2020-01-02T03:04:05Z", **values}) + "\n"


@pytest.fixture
def _template(request: pytest.FixtureRequest, few_articles: Path, _starter: Path) -> Path:
    """All that a new desk has, where an export goes into one."""
    return _starter if "full" in request.fixturenames else few_articles


@pytest.fixture
def full(desk: Runner, make: Make, home: Path) -> Path:
    """A desk with something of everything that an export has to carry."""
    (home.parent / "α.pdf").write_bytes(b"\0\1binary")
    first = make(
        "Πρώτο",
        "--tag",
        "incident",
        "--requester",
        "a@b.example",
        "--attach",
        str(home.parent / "α.pdf"),
        "--body",
        "a\r\n\n## Reply by x, y\n",
    )
    desk("ticket", "reply", first, "--body", "text 😀", "--attach", str(home.parent / "α.pdf"), "--close")
    desk("ticket", "transfer", make("Other"))
    return home


def test_the_round_trip_is_exact(
    full: Path, desk: Runner, program: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exported = desk("export").out
    (tmp_path / "all.jsonl").write_text(exported, encoding="utf-8")
    program("init", str(tmp_path / "new"))
    monkeypatch.chdir(tmp_path / "new")
    done = program("import", str(tmp_path / "all.jsonl"), "-f", "json").data
    assert done["bad"] == 0
    assert done["created"] == 3 + 1 + 3  # staff, a requester, tickets
    assert program("export").out == exported
    for name in ("records/tickets/2026", "records/users"):
        theirs = {p.relative_to(full): p.read_bytes() for p in (full / name).rglob("*") if p.is_file()}
        ours = {
            p.relative_to(tmp_path / "new"): p.read_bytes() for p in (tmp_path / "new" / name).rglob("*") if p.is_file()
        }
        assert ours == theirs


def test_commits_have_their_own_time_and_author(desk: Runner, git: Git, tmp_path: Path) -> None:
    line = _line(
        author="eleni",
        thread=[{"kind": "reply", "by": "petros", "at": "2020-01-03T00:00:00Z", "text": "hi"}],
        state="closed",
        closed="2020-01-04T00:00:00Z",
    )
    (tmp_path / "a.jsonl").write_text(line, encoding="utf-8")
    desk("import", str(tmp_path / "a.jsonl"), "--history")
    log = git("log", "-3", "--reverse", "--format=%an %aI %s%(trailers:key=Desk-Import,separator=%x20)").splitlines()
    assert log == [
        "Ελένη Παύλου 2020-01-02T03:04:05+00:00 200102-AAAA create: legalDesk-Import: maria",
        "Petros Ioannou 2020-01-03T00:00:00+00:00 200102-AAAA replyDesk-Import: maria",
        "Ελένη Παύλου 2020-01-04T00:00:00+00:00 200102-AAAA closeDesk-Import: maria",
    ]
    assert [e["verb"] for e in desk("ticket", "history", "200102-AAAA", "-f", "json").data] == [
        "create",
        "reply",
        "close",
    ]
    assert git("status", "--porcelain") == ""
    git("fsck", "--strict")


def test_an_import_can_be_run_again(desk: Runner, git: Git) -> None:
    lines = _line() + _line(id="200102-BBBB")
    assert desk("import", "-", stdin=lines, code=0).out.startswith("2 records imported")
    head = git("rev-parse", "HEAD")
    again = desk("import", "-", "-f", "json", stdin=lines).data
    assert (again["created"], again["known"]) == (0, 2)
    assert git("rev-parse", "HEAD") == head


BAD = (
    ("{", "Expecting property name"),
    ("[1]", "expected an object"),
    (_line(record="nonsense"), "there is no kind 'nonsense'"),
    (_line(colour="red"), "colour: a ticket has no such field"),
    (_line(title=None), "title: missing"),
    (_line(title="a\u0000b"), "NUL"),
    (_line(id="../../x"), "id: '../../X' is not a ticket id"),
    (_line(department="nowhere"), "department: there is no department nowhere"),
    (_line(owner="nobody"), "owner: there is no staff nobody"),
    (_line(priority="extreme"), "priority: 'extreme' is none of"),
    (_line(created="yesterday"), "created: 'yesterday' is not a time"),
    (_line(attachments=["a.txt"]), "files: a.txt: no content"),
    (_line(attachments=["../a"], files={"../a": ""}), "files: ../a: not a name"),
    (_line(attachments=["a.txt"], files={"a.txt": "%"}), "files: a.txt: not base64"),
    (
        _line(thread=[{"kind": "shout", "by": "x", "at": "2020-01-01T00:00:00Z"}]),
        "thread 1: kind must be reply or note",
    ),
    (_line(thread="x"), "thread: expected a list"),
    (
        _line(record="tag", id="x", thread=[{"kind": "note", "by": "x", "at": "2020-01-01T00:00:00Z"}]),
        "has no such field",
    ),
)


def test_a_bad_line_is_named_and_passed_over(desk: Runner, git: Git, home: Path) -> None:
    good = _line(id="200102-GGGG")
    given = good + "".join(f"{line.rstrip(chr(10))}\n" for line, _problem in BAD)
    done = desk("import", "-", "-f", "json", stdin=given, code=7)
    assert done.data["created"] == 1
    assert [error["line"] for error in done.data["errors"]] == [*range(2, 2 + len(BAD))]
    for error, problem in zip(done.data["errors"], dict(BAD).values(), strict=True):
        assert problem in error["problem"]
    before = head(home)
    for line, problem in BAD:
        strict = desk("import", "-", "--strict", stdin=_line(id="200102-HHHH") + line.rstrip("\n") + "\n", code=7)
        assert "stdin:2" in strict.err, problem
        assert head(home) == before, problem
    assert git("status", "--porcelain") == ""


def test_a_record_that_differs_is_not_overwritten(desk: Runner) -> None:
    desk("import", "-", stdin=_line())
    done = desk("import", "-", "-f", "json", stdin=_line(title="Other") + _line(title="Other"), code=7)
    assert [e["problem"] for e in done.data["errors"]] == ["ticket 200102-AAAA is there already, and differs"] * 2
    assert desk("ticket", "show", "200102-AAAA", "-f", "json").data["title"] == "T"


def test_only_level_three_imports(desk: Runner) -> None:
    assert "level 3" in desk("--as", "petros", "import", "-", stdin=_line(), code=5).err


def test_what_is_edited_by_hand_stays(desk: Runner, git: Git, home: Path) -> None:
    (home / "desk.toml").write_text((home / "desk.toml").read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    desk("import", "-", stdin=_line())
    assert git("status", "--porcelain") == " M desk.toml\n"


def test_an_interrupted_checkout_is_finished_by_the_next_command(
    desk: Runner, git: Git, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(journal, "end", _die)
        with pytest.raises(SystemExit):
            desk("import", "-", stdin=_line())
    (home / "records/tickets/2020/01/02/200102-AAAA.md").unlink()
    assert "finished a write" in desk("ticket", "list").err
    assert git("status", "--porcelain") == ""


def _die(*_: object) -> None:
    raise SystemExit(9)


def test_export_leaves_out_what_is_broken_and_says_so(desk: Runner, make: Make, git: Git, home: Path) -> None:
    kept, broken = make("kept"), make("broken")
    [path] = home.rglob(f"{broken}.md")
    path.write_text("nonsense", encoding="utf-8")
    git("commit", "-aqm", "break it")
    done = desk("export", "--record", "ticket")
    assert [json.loads(line)["id"] for line in done.out.splitlines()] == [kept]
    assert f"{broken}.md:1:" in done.err


def test_a_file_of_another_program(desk: Runner, home: Path) -> None:
    """A byte order mark is no part of a line; what is no JSON at all is told what it should be."""
    (home.parent / "lines").write_text("\ufeff" + _line() + "id;title\n", encoding="utf-8")
    told = desk("import", str(home.parent / "lines"), "-f", "json", code=7).json
    assert told["data"]["created"] == 1
    assert "JSON lines" in told["data"]["errors"][0]["problem"]
