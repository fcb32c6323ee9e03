"""The salt of tickets, requesters and folders of attachments: there from the first commit on, fixed, and shown by nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from desk.codec import plainlines, records
from desk.domain.changes import salt
from desk.domain.model.ticket import Ticket
from desk.errors import Broken
from tests.beginnings import at_work
from tests.conftest import NOW, Runner, copy_of
from tests.store import indexes

Git = Callable[..., str]
LINE = re.compile(rf"^salt: ({salt.PATTERN})$", re.MULTILINE)
WHOLE_LINE = re.compile(f"{LINE.pattern}\n", re.MULTILINE)


class Known(NamedTuple):
    """A desk with two tickets: one as plain as can be, and Anna's with an attachment; and the commit before them."""

    top: Path
    base: str
    plain: str
    whole: str


@pytest.fixture(scope="module")
def scan(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("salt") / "scan.txt"
    path.write_text("x", encoding="utf-8")
    return str(path)


@pytest.fixture(scope="module")
def known(few_articles: Path, scan: str, environment: dict[str, str]) -> Known:
    top = copy_of(few_articles, Path(scan).parent)
    base = indexes.head(top)
    with at_work(top, environment) as desk:
        more = ("--attach", scan, "--requester", "anna@clinic.example")
        plain, whole = (
            desk("ticket", "create", "--title", "One", *words, "-f", "ids").out.split()[0] for words in ((), more)
        )
    return Known(top, base, plain, whole)


@pytest.fixture(scope="module")
def _template(known: Known) -> Path:
    return known.top


def file_of(home: Path, ticket: str) -> Path:
    return home / Ticket.path_of(ticket)


def salt_of(path: Path) -> str:
    [found] = LINE.findall(path.read_text(encoding="utf-8"))
    return str(found)


@pytest.fixture
def old(git: Git, known: Known) -> Callable[..., None]:
    """Makes the tickets that are there by hand, with these files as a desk from before there was salt had them."""

    def run(*paths: Path) -> None:
        git("reset", "-q", "--soft", known.base)
        for path in paths:
            if path.name == salt.FILE:
                path.unlink()
            else:
                path.write_text(WHOLE_LINE.sub("", path.read_text(encoding="utf-8")), encoding="utf-8")
        git("add", "-A")
        git("commit", "-q", "-m", "as it was", "--date", NOW)

    return run


def test_each_new_one_has_one_of_its_own(desk: Runner, known: Known, home: Path, scan: str) -> None:
    desk("ticket", "create", "--title", "Two", "--attach", scan, "--requester", "bob@clinic.example")
    desk("ticket", "note", known.plain, "--body", "x", "--attach", scan)
    found = [salt_of(path) for path in home.glob("records/tickets/**/*.md")]
    found += [salt_of(path) for path in home.glob("records/users/*.yaml")]
    found += [path.read_text(encoding="ascii").strip() for path in home.glob("records/tickets/**/.salt")]
    assert len(set(found)) == len(found) == 3 + 2 + 3
    assert all(salt.parse(one) == one for one in found)
    front = file_of(home, known.whole).read_text(encoding="utf-8").split("\n---\n")[0]
    assert front.splitlines()[-1].startswith("salt: ")
    assert desk("doctor", "-f", "json").data == []


def test_it_stays_whatever_happens(desk: Runner, known: Known, home: Path, scan: str) -> None:
    ticket = known.whole
    folder = file_of(home, ticket).with_suffix(".files") / salt.FILE
    before = salt_of(file_of(home, ticket)), folder.read_bytes()
    desk("ticket", "reply", ticket, "--body", "x", "--attach", scan, "--close")
    desk("ticket", "edit", ticket, "--title", "Two")
    desk("ticket", "undo", ticket)
    assert (salt_of(file_of(home, ticket)), folder.read_bytes()) == before
    desk("ticket", "delete", ticket)
    assert not folder.parent.exists()


def test_nothing_shows_it(desk: Runner, known: Known, home: Path) -> None:
    ticket = known.whole
    user = next(home.glob("records/users/*.yaml"))
    secrets = salt_of(file_of(home, ticket)), salt_of(user)
    shown = [
        desk(*words, "-f", form).out
        for form in ("table", "json")
        for words in (
            ("ticket", "show", ticket),
            ("ticket", "list"),
            ("ticket", "history", ticket),
            ("ticket", "blame", ticket),
            ("user", "show", user.stem),
            ("user", "list"),
            ("log",),
            ("search", "One"),
        )
    ]
    with indexes.kept(home) as index:
        shown.append(str(indexes.contents(index)))
    assert not [text for text in shown for one in secrets if one in text]


def test_an_old_record_gets_one_when_it_changes(
    desk: Runner, known: Known, home: Path, old: Callable[..., None], scan: str
) -> None:
    ticket, other = known.whole, known.plain
    path = file_of(home, ticket)
    old(path, file_of(home, other), path.with_suffix(".files") / salt.FILE)
    text = file_of(home, other).read_bytes()
    desk("ticket", "tag", ticket, "incident")
    first = salt_of(path)
    assert not (path.with_suffix(".files") / salt.FILE).exists()
    desk("ticket", "note", ticket, "--body", "x", "--attach", scan)
    assert (path.with_suffix(".files") / salt.FILE).exists()
    assert salt_of(path) == first
    assert file_of(home, other).read_bytes() == text
    told = desk("ticket", "history", ticket, "-f", "json").data
    assert {(e["verb"], e["from"], e["to"]) for e in told} >= {("tag", None, "incident"), ("note", None, None)}
    assert len(told) == 3
    assert "no fault" in desk("audit", "verify").out
    indexes.assert_index_is_exact(home)


def test_a_change_that_brought_it_is_taken_back_with_it(
    desk: Runner, known: Known, home: Path, old: Callable[..., None]
) -> None:
    path = file_of(home, known.plain)
    old(path)
    before = path.read_bytes()
    desk("ticket", "tag", path.stem, "incident")
    desk("ticket", "undo", path.stem)
    assert path.read_bytes() == before
    assert "no fault" in desk("audit", "verify").out


def test_the_doctor_counts_and_adds_them(
    desk: Runner, known: Known, home: Path, git: Git, old: Callable[..., None]
) -> None:
    """In one commit, and without a word of what they hold."""
    ticket, other = known.whole, known.plain
    user = next(home.glob("records/users/*.yaml"))
    folder = file_of(home, ticket).with_suffix(".files")
    old(file_of(home, ticket), file_of(home, other), user, folder / salt.FILE)
    [row] = desk("doctor", "-f", "json").data
    assert (row["check"], row["info"], row["fixable"]) == ("salts", True, True)
    assert row["problem"].endswith(": 2 tickets, 1 user, 1 folder of attachments")
    assert "not mended" in desk("--as", "petros", "doctor", "--fix").err
    before = int(git("rev-list", "--count", "HEAD"))
    desk("doctor", "--fix")
    assert int(git("rev-list", "--count", "HEAD")) == before + 1
    assert git("log", "-1", "--format=%s").strip() == f"{', '.join(sorted((ticket, other)))} doctor: salt"
    assert desk("doctor", "-f", "json").data == []
    assert "no fault" in desk("audit", "verify").out
    assert desk("ticket", "history", ticket, "-f", "json").data[-1]["changes"] == []
    indexes.assert_index_is_exact(home)


def test_by_hand_it_stays(desk: Runner, known: Known, home: Path, git: Git) -> None:
    """Neither taken out nor another one put in, of a record or of a folder; with desk commit or, unseen, with git."""
    plain, whole = file_of(home, known.plain), file_of(home, known.whole)
    folder = whole.with_suffix(".files") / salt.FILE
    plain.write_text(WHOLE_LINE.sub("", plain.read_text(encoding="utf-8")), encoding="utf-8")
    whole.write_text(WHOLE_LINE.sub("salt: s0123456789abcdef\n", whole.read_text(encoding="utf-8")), encoding="utf-8")
    folder.write_bytes(salt.content("s0123456789abcdef"))
    for path in (plain, whole, folder):
        assert "the salt can't be changed" in desk("commit", str(path.relative_to(home)), code=5).err
    git("commit", "-q", "-am", "by hand")
    told = desk("audit", "verify", "-f", "json", code=7).data["findings"]
    faults = [str(f) for f in told if "the salt can't be changed" in str(f)]
    for path in (plain, whole, folder):
        assert [f for f in faults if str(path.relative_to(home)) in f], (path, told)


@pytest.mark.parametrize(
    "value", ["", "abc", "S0123456789ABCDEF", "[a]", "s0123456789abcdeu", "01234567890123456", '"s0123456789abcde\\n"']
)
def test_what_is_none_is_a_broken_record(value: str) -> None:
    text = f"id: u-4f9x2\nname: Anna\nsalt: {value or chr(34) * 2}\n"
    with pytest.raises(Broken, match="salt: expected") as error:
        records.decode(text.encode(), "records/users/u-4f9x2.yaml", "user")
    assert error.value.line == 3


@pytest.mark.parametrize("value", ["s0123456789abcdef", "s1234567890123456", "s00000000000000e1"])
def test_a_record_comes_back_byte_for_byte(value: str) -> None:
    text = f"id: u-4f9x2\nname: Anna\nodd: kept\nsalt: {value}\n".encode()
    record = records.decode(text, "records/users/u-4f9x2.yaml", "user")
    assert (record.salt, dict(record.extra)) == (value, {"odd": "kept"})
    assert records.encode(record) == text
    assert plainlines.front(text.decode()) is not None, "a list reads it without the library"


def test_an_export_brings_it_along(desk: Runner, known: Known, home: Path, git: Git) -> None:
    ticket = known.whole
    files = [file_of(home, ticket), file_of(home, ticket).with_suffix(".files") / salt.FILE]
    files += home.glob("records/users/*.yaml")
    before = [path.read_bytes() for path in files]
    lines = desk("export", "--record", "user", "--record", "ticket").out
    git("reset", "-q", "--hard", "HEAD~1")
    desk("import", "-", "--strict", stdin=lines)
    assert [path.read_bytes() for path in files] == before
    assert desk("export", "--record", "user", "--record", "ticket").out == lines
    assert desk("import", "-", "-f", "json", stdin=lines).data["known"] == 3


def test_an_import_without_it_gets_one(desk: Runner, home: Path) -> None:
    line: dict[str, Any] = {
        "record": "ticket", "id": "260101-AAAA", "title": "T", "state": "open", "priority": "low", "attachments": ["a.txt"],
        "department": "technical", "created": "2026-01-01T10:00:00Z", "files": {"a.txt": "eA=="},
    }  # fmt: skip
    given = (json.dumps(line) + "\n") * 2
    assert desk("import", "-", "-f", "json", stdin=given).data["known"] == 1
    path = file_of(home, "260101-AAAA")
    before = salt_of(path)
    assert salt.parse((path.with_suffix(".files") / salt.FILE).read_text(encoding="ascii").strip())
    assert desk("import", "-", "-f", "json", stdin=given).data["known"] == 2
    assert salt_of(path) == before


def test_a_line_with_another_one_is_bad(desk: Runner) -> None:
    faults: list[tuple[dict[str, Any], str]] = [
        ({"salt": "x"}, "salt: expected"),
        ({"extra": {"salt": "x"}}, "extra: expected"),
        ({"files": {".salt": "eA=="}}, "not a name"),
        ({"attachments": ["a.txt"], "files": {"a.txt": "eA==", ".salt": "eA=="}}, "random characters"),
    ]
    for more, problem in faults:
        line = {
            "record": "ticket", "id": "260101-AAAA", "title": "T", "state": "open", "priority": "low",
            "department": "technical", "created": "2026-01-01T10:00:00Z", **more,
        }  # fmt: skip
        assert problem in desk("import", "-", stdin=json.dumps(line) + "\n", code=7).err
