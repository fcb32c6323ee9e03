"""The index may be lost, damaged or behind: no answer changes."""

from __future__ import annotations

import itertools
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from desk.git import place as git_place
from desk.queries import tickets
from desk.store.store import Store
from tests.beginnings import at_work
from tests.conftest import Runner, copy_of
from tests.store.indexes import assert_index_is_exact, assert_sound, git
from tests.store.test_crash import imported

Make = Callable[..., str]
PAGES = int(os.environ.get("DESK_TEST_PAGES", "6"))
QUESTIONS = (
    ("ticket", "list", "--state", "any", "--sort", "activity", "-f", "json"),
    ("ticket", "list", "--mine", "--tag", "incident", "--search", "μαλτα", "-f", "json"),
    ("search", "certificate", "-f", "json"),
    ("problem", "list", "-f", "ids"),
    ("ticket", "history", "{ticket}", "-f", "json"),
)


def answer(desk: Runner, ticket: str, number: int) -> str:
    found = desk(*(word.format(ticket=ticket) for word in QUESTIONS[number]))
    assert "Traceback" not in found.err
    return found.out


def answers(desk: Runner, ticket: str) -> list[str]:
    return [answer(desk, ticket, number) for number in range(len(QUESTIONS))]


class _Busy(NamedTuple):
    """A desk that has been worked in, a ticket of it, and what it answers."""

    top: Path
    ticket: str
    answers: list[str]


@pytest.fixture(scope="module")
def _worked_in(few_articles: Path, tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> _Busy:
    top = copy_of(few_articles, tmp_path_factory.mktemp("busy"))
    with at_work(top, environment) as desk:
        ticket = work(desk)
        return _Busy(top, ticket, answers(desk, ticket))


@pytest.fixture
def _template(request: pytest.FixtureRequest, _template: Path) -> Path:
    busy: _Busy | None = request.getfixturevalue("_worked_in") if "busy" in request.fixturenames else None
    return busy.top if busy else _template


@pytest.fixture
def busy(home: Path, _worked_in: _Busy) -> str:
    """A desk with some tickets in it; the id of one."""
    del home
    return _worked_in.ticket


@pytest.fixture
def wanted(_worked_in: _Busy) -> list[str]:
    """What that desk answers."""
    return _worked_in.answers


def work(desk: Runner) -> str:
    def make(title: str, *args: str) -> str:
        return desk("ticket", "create", "--title", title, "--department", "technical", *args, "-f", "ids").out.strip()

    first = make("Ασθενής στη Μάλτα", "--body", "certificate\n" * 900, "--tag", "incident")
    for number in range(5):
        make(f"certificate {number}", "--body", "σφάλμα " * 50 * number)
    desk("ticket", "assign", first, "--to", "maria")
    desk("ticket", "reply", first, "--body", "x")
    desk("ticket", "transfer", first)
    return first


def index_file(home: Path) -> Path:
    return (home / ".git/desk/index.sqlite").resolve()


def test_deleted(desk: Runner, home: Path, busy: str, wanted: list[str]) -> None:
    (home / ".git/desk/index.sqlite").unlink()
    assert answer(desk, busy, 0) == wanted[0]
    index_file(home).unlink()
    assert answer(desk, busy, 1) == wanted[1]
    for name in os.listdir(home / ".git/desk"):
        if name.startswith("index") and (home / ".git/desk" / name).is_file():
            (home / ".git/desk" / name).unlink()
    assert answers(desk, busy) == wanted
    assert_sound(home)


def test_truncated(desk: Runner, home: Path, busy: str, wanted: list[str]) -> None:
    for number, share in enumerate((0, 0.001, 0.02, 0.3, 0.6, 0.99)):
        path = index_file(home)
        os.truncate(path, int(path.stat().st_size * share))
        if share < 0.1:  # whatever is asked
            assert answer(desk, busy, number) == wanted[number]
        else:
            assert answers(desk, busy) == wanted
    desk("ticket", "note", busy, "--body", "x")
    desk("index", "rebuild")
    assert_sound(home)


def test_writing_first_after_truncation(desk: Runner, home: Path, busy: str) -> None:
    for number, share in enumerate((0.1, 0.5, 0.9)):
        path = index_file(home)
        os.truncate(path, int(path.stat().st_size * share) // 4096 * 4096)
        desk("ticket", "note", busy, "--body", "x")
        answer(desk, busy, number)
    desk("index", "rebuild")
    assert_sound(home)


def test_filled_with_junk(desk: Runner, home: Path, busy: str, wanted: list[str]) -> None:
    """Whatever is asked first: what is asked next has a new index."""
    question = itertools.cycle(range(len(QUESTIONS)))
    for junk in (b"", b"junk", b"SQLite format 3\0" + b"\0" * 5000, bytes(range(256)) * 200):
        index_file(home).write_bytes(junk)
        number = next(question)
        assert answer(desk, busy, number) == wanted[number]
        (home / ".git/desk/index.sqlite").unlink()
        (home / ".git/desk/index.sqlite").write_bytes(junk)
        number = next(question)
        assert answer(desk, busy, number) == wanted[number]
    assert answers(desk, busy) == wanted
    assert_sound(home)


def test_junk_in_single_pages(desk: Runner, home: Path, busy: str, wanted: list[str]) -> None:
    chance = random.Random(4)
    pages = index_file(home).stat().st_size // 4096
    for page in chance.sample(range(pages), min(pages, PAGES)):
        with index_file(home).open("r+b") as file:
            file.seek(page * 4096)
            file.write(chance.randbytes(4096))
        assert answers(desk, busy) == wanted, page
    desk("ticket", "note", busy, "--body", "x")
    desk("index", "rebuild")
    assert_sound(home)


def test_a_folder_or_a_dangling_link_in_its_place(desk: Runner, home: Path, busy: str, wanted: list[str]) -> None:
    link = home / ".git/desk/index.sqlite"
    link.unlink()
    link.symlink_to("nowhere")
    assert answers(desk, busy) == wanted
    link.unlink()
    link.mkdir()
    assert answer(desk, busy, 0) == wanted[0]
    assert answer(desk, busy, 2) == wanted[2]
    link.rmdir()
    assert_sound(home)


def test_head_goes_back_and_forth(desk: Runner, home: Path, busy: str, wanted: list[str]) -> None:
    here = git(home, "rev-parse", "HEAD").strip()
    git(home, "reset", "-q", "--hard", "HEAD~3")
    assert answers(desk, busy) != wanted
    assert_index_is_exact(home)
    git(home, "reset", "-q", "--hard", here)
    assert answers(desk, busy) == wanted
    git(home, "commit", "-q", "--amend", "-m", "told otherwise")
    assert_index_is_exact(home)
    desk("ticket", "history", busy)
    assert_sound(home)


def test_branches_and_merges(desk: Runner, make: Make, home: Path, busy: str) -> None:
    git(home, "checkout", "-q", "-b", "side", "HEAD~2")
    side = make("side")
    desk("ticket", "list")
    git(home, "checkout", "-q", "main")
    make("main")
    git(home, "merge", "-q", "--no-edit", "side")
    assert side in desk("ticket", "list", "-f", "ids").out
    assert_sound(home)
    git(home, "checkout", "-q", "--orphan", "elsewhere")
    git(home, "commit", "-q", "-m", "unrelated")
    git(home, "checkout", "-q", "main")
    git(home, "merge", "-q", "--no-edit", "--allow-unrelated-histories", "elsewhere")
    answers(desk, busy)
    assert_sound(home)


def test_commits_by_hand_are_told_in_verbs(desk: Runner, home: Path, busy: str) -> None:
    [path] = home.glob(f"records/tickets/*/*/*/{busy}.md")
    path.write_bytes(path.read_bytes().replace(b"owner: maria", b"owner: petros"))
    git(home, "commit", "-qam", "Desk-Verb: delete\n\nby hand")
    last = desk("ticket", "history", busy, "-f", "json").data[-1]
    assert (last["verb"], last["from"], last["to"]) == ("escalate", "maria", "petros")
    path.unlink()
    git(home, "commit", "-qam", "gone")
    assert_sound(home)
    other = home / "records/tags/by-hand.yaml"
    other.write_text("id: by-hand\ndescription: x\n", encoding="utf-8")
    git(home, "add", ".")
    git(home, "commit", "-qam", "a tag")
    assert_sound(home)


def test_a_merge_whose_sides_both_change_the_index(desk: Runner, make: Make, home: Path, ticket: str) -> None:
    one, two = ticket, make("two")
    git(home, "checkout", "-q", "-b", "side")
    desk("ticket", "close", one)
    git(home, "checkout", "-q", "main")
    desk("ticket", "close", two)
    git(home, "merge", "-q", "--no-edit", "side")
    assert desk("ticket", "list", "-f", "ids").out == ""
    assert_sound(home)


BROKEN: dict[str, tuple[bytes | None, bytes, int]] = {
    "YAML": (b"title: A ticket", b"title: [", 3),
    "a missing fence": (b"\n---\n", b"\n", 0),
    "a conflict": (b"title: A ticket\n", b"<<<<<<< HEAD\ntitle: a\n=======\ntitle: b\n>>>>>>> x\n", 3),
    "a required key": (b"title: A ticket\n", b"", 1),
    "another id": (b"id: 26", b"id: 25", 2),
    "bytes": (b"A ticket", b"\xff\xfe", 3),
    "no content": (None, b"", 1),
}


def test_a_record_broken_by_hand_never_breaks_a_list(desk: Runner, home: Path, ticket: str) -> None:
    """A ticket for each way, some broken at once, as a list names five: by a commit, and in the work tree alone."""
    broken = dict(zip(BROKEN, imported(desk, len(BROKEN)), strict=True))
    paths = {name: next(home.glob(f"records/tickets/*/*/*/{broken[name]}.md")) for name in BROKEN}
    whole = {name: path.read_bytes() for name, path in paths.items()}
    for names, committed in itertools.product(([*BROKEN][:4], [*BROKEN][4:]), (True, False)):
        where = {name: break_by_hand(home, paths[name], name) for name in names}
        if committed:
            git(home, "commit", "-qam", "broken")
        listed, searched = desk("ticket", "list"), desk("ticket", "list", "--search", "A ticket")
        assert ticket in listed.out
        assert ticket in searched.out
        for name, place in where.items():
            assert place in listed.err, name
            assert place in searched.err or not committed, name
            assert place in desk("ticket", "show", broken[name], code=7).err, name
            desk("ticket", "history", broken[name])
            assert desk("ticket", "close", broken[name], code=None).code in (6, 7), name
        desk("ticket", "note", ticket, "--body", "x")
        if committed:
            assert_index_is_exact(home)
        for name in names:
            paths[name].write_bytes(whole[name])
        if committed:
            git(home, "commit", "-qam", "mended")
        assert set(desk("ticket", "list", "-f", "ids").out.split()) == {ticket, *broken.values()}
    desk("ticket", "close", ticket)
    assert_sound(home)


def break_by_hand(home: Path, path: Path, name: str) -> str:
    """Where the damage is, as a command is to say."""
    old, new, line = BROKEN[name]
    data = path.read_bytes()
    place = data.rfind(old) if name == "a missing fence" and old else data.find(old or b"")
    path.write_bytes(new if old is None else data[:place] + new + data[place + len(old) :])
    return f"{path.relative_to(home)}:{line or ''}"


def test_a_committed_name_that_is_not_text(desk: Runner, home: Path, ticket: str) -> None:
    folder = os.fsencode(home / "records/tags")
    with open(folder + b"/caf\xe9.yaml", "wb") as file:
        file.write(b"id: cafe\n")
    with open(os.fsencode(next(home.glob("records/tickets/*/*/*"))) + b"/260723-\xff\xff\xff\xff.md", "wb") as file:
        file.write(b"---\n---\n")
    git(home, "add", ".")
    git(home, "commit", "-qm", "from another system")
    found = desk("ticket", "list", "-f", "ids")
    assert found.out.split() == [ticket]
    assert "260723-\\xff" in found.err
    assert_sound(home)
    git(home, "rm", "-qr", "records/tags")
    git(home, "commit", "-qm", "gone")
    assert_sound(home)


def test_other_things_inside_records_are_no_records(desk: Runner, home: Path, ticket: str) -> None:
    for name in (
        "records/README.md",
        "records/tickets/2026/notes.txt",
        "records/tags/x.md",
        "kb/readme.md",
        "records/staff/deep/er.yaml",
    ):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text("x")
    git(home, "add", ".")
    git(home, "commit", "-qm", "papers")
    assert desk("ticket", "list", "-f", "ids").out.split() == [ticket]
    assert_sound(home)


def test_two_stores_in_one_process_see_each_other(desk: Runner, make: Make, home: Path) -> None:
    store = Store(git_place.find(str(home), os.environ))
    first = make()
    assert store.ask(lambda index: tickets.linking(index, first)) == []
    second = make("second")
    desk("index", "rebuild")
    third = make("third")
    assert {row["id"] for row in store.ask(lambda index: index.rows("ticket"))} == {first, second, third}
    store.index.db.close()
    assert_sound(home)
