"""Everybody is told once of what was committed here, whatever is killed, fails, or comes from elsewhere."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desk.git import log, place
from tests.beginnings import at_work
from tests.conftest import Begin, Result, Runner
from tests.mail.conftest import Drafts, Followed, take
from tests.outcomes import Outcomes
from tests.store.indexes import head
from tests.store.test_crash import killed_at, victim
from tests.store.test_many import start

Kill = Callable[..., None]
Make = Callable[..., str]
Git = Callable[..., str]
BEFORE = "desk.local.outbox:stage:before:1:self"
"""The commit stands, and nobody was told."""
AFTER = "desk.store.journal:end:after:1:self"
"""All is decided, and nothing is in the outbox yet."""


@pytest.fixture(scope="session")
def _template(followed: Followed) -> Path:
    return followed.top


@pytest.fixture
def ticket(followed: Followed) -> str:
    return followed.ticket


@pytest.fixture
def kill(home: Path, environment: dict[str, str], outcomes: Outcomes) -> Kill:
    """As `killed_at`, for what a test begins with: done from memory where it was done before."""

    def run(step: str, *words: str) -> None:
        def die() -> Result:
            killed_at(step, home, environment, *words)
            return Result(-signal.SIGKILL, "", "")

        outcomes.repeat(home, (step, *words), die)

    return run


HEARD = ["anna@clinic.example", "bob@clinic.example", "petros@ncpeh.example"]


def addresses(found: list[dict[str, Any]]) -> list[str]:
    return sorted(d["to"]["email"] for d in found)


def test_killed_at_each_rename_of_a_write_and_sent_before_anybody_looks(
    desk: Runner, home: Path, environment: dict[str, str], ticket: str
) -> None:
    committed = 0
    for number in range(1, 40):
        before = head(home)
        done = victim(
            home, environment, "kill", f"os:replace:after:{number}:self", "ticket", "reply", ticket, "--body", "x"
        )
        sent = take(home)
        desk("ticket", "list")
        sent += take(home)
        stands = head(home) != before
        committed += stands
        assert addresses(sent) == (HEARD if stands else []), number
        if not done.returncode:
            break
    assert done.returncode == 0
    assert committed > 4  # the ticket's file, three messages, and the whole one
    desk("ticket", "note", ticket, "--body", "next")
    assert addresses(take(home)) == ["petros@ncpeh.example"]


@pytest.mark.parametrize("step", [BEFORE, AFTER])
@pytest.mark.parametrize("point", ["os:replace:after", "os:replace:before", "desk.local.untold:keep:after"])
def test_killed_again_and_again_while_catching_up(
    desk: Runner, kill: Kill, home: Path, environment: dict[str, str], ticket: str, step: str, point: str
) -> None:
    kill(step, "ticket", "reply", ticket, "--body", "x")
    sent = take(home)
    kills = 0
    for number in (*range(1, 20), *range(1, 20)):
        done = victim(home, environment, "kill", f"{point}:{number}:self", "ticket", "list")
        sent += take(home)
        kills += done.returncode == -signal.SIGKILL
        if not done.returncode:
            break
    assert kills
    desk("ticket", "list")
    assert addresses(sent + take(home)) == HEARD
    assert not (home / ".git/desk/untold").exists()


def test_several_writers_and_killed_ones_among_them(
    desk: Runner, home: Path, environment: dict[str, str], drafts: Drafts, ticket: str
) -> None:
    writers = start(home, environment, "tests.store.victim", "crowd", "2", "5")
    create = ("ticket", "create", "--title", "killed", "--department", "technical")
    for step in (BEFORE, AFTER, "desk.local.outbox:publish:after:1:self"):
        killed_at(step, home, environment, *create)
    _, err = writers.communicate()
    assert writers.returncode == 0, err
    listed = [row for row in desk("ticket", "list", "-f", "json", "--limit", "0").data if row["id"] != ticket]
    made = [row["title"] for row in listed if row["title"] != "killed"]
    assert sorted(made) == sorted(f"p{n} {m}" for n in range(2) for m in range(5))
    # The first one killed had committed; a later one may have died over finishing what the one before it had left.
    assert 11 <= len(listed) <= 13
    assert sorted(d["ticket"] for d in drafts()) == sorted(row["id"] for row in listed)  # petros hears of each, once


# -- from elsewhere ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def colleague(followed: Followed, tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Path:
    """Another clone, in which something was written; tests pull from it alone."""
    there = tmp_path_factory.mktemp("colleague") / "desk"
    subprocess.run(["git", "clone", "-q", str(followed.top), str(there)], check=True)
    with at_work(there, environment) as desk:
        desk("ticket", "reply", followed.ticket, "--body", "from there")
    assert addresses(take(there)) == HEARD
    return there


def test_a_pull_is_told_where_it_was_written(desk: Runner, home: Path, git: Git, ticket: str, colleague: Path) -> None:
    git("pull", "-q", "--ff-only", str(colleague), "main")
    desk("ticket", "list")
    assert take(home) == []
    desk("ticket", "note", ticket, "--body", "here")
    assert [d["event"] for d in take(home)] == ["note"]


@pytest.mark.parametrize("how", ["--no-rebase", "--rebase"])
def test_killed_then_pulled(
    desk: Runner, kill: Kill, make: Make, home: Path, git: Git, colleague: Path, how: str
) -> None:
    other = make("Other", "--requester", "eva@clinic.example")
    take(home)
    kill("desk.local.outbox:publish:after:1:self", "ticket", "reply", other, "--body", "told")
    take(home)
    kill(BEFORE, "ticket", "reply", other, "--body", "untold")
    git("reset", "-q", "--hard")  # the files that the kill left behind
    git("pull", "-q", "--no-edit", how, str(colleague), "main")
    desk("ticket", "list")
    [late] = take(home)
    assert (late["to"]["email"], late["variables"]["reply"]["text"]) == ("eva@clinic.example", "untold")
    assert "untold" in git("show", late["commit"])
    git("merge-base", "--is-ancestor", late["commit"], "HEAD")
    desk("ticket", "list")
    assert take(home) == []


@pytest.mark.parametrize("step", [AFTER, "desk.local.outbox:publish:after:1:self"])
def test_decided_then_rebased(
    desk: Runner, home: Path, environment: dict[str, str], git: Git, colleague: Path, ticket: str, step: str
) -> None:
    """The commit has another name by now, and bears its mark; what is decided is decided all the same."""
    killed_at(step, home, environment, "ticket", "tag", ticket, "incident")
    other = ("ticket", "create", "--title", "Other", "--department", "technical", "--requester", "eva@clinic.example")
    killed_at(step, home, environment, *other)
    sent = take(home)
    git("pull", "-q", "--rebase", str(colleague), "main")
    desk("ticket", "list")
    assert addresses(sent + take(home)) == ["eva@clinic.example", "petros@ncpeh.example"]


def test_hand_edits_and_imports_are_told_to_nobody(desk: Runner, home: Path, git: Git, ticket: str) -> None:
    exported = desk("export").out
    [path] = home.glob(f"records/tickets/*/*/*/{ticket}.md")
    path.write_bytes(path.read_bytes().replace(b"state: open", b"state: closed\nclosed: 2026-07-23T06:12:44Z"))
    desk("commit")
    path.write_bytes(path.read_bytes().replace(b"title: T", b"title: U"))
    git("commit", "-q", "-a", "-m", "by hand")
    desk("import", "-", stdin=exported.replace(ticket, "260701-7K3Q"), code=None)
    assert desk("ticket", "show", "260701-7K3Q", "-f", "json").data["title"] == "T"
    assert take(home) == []
    desk("ticket", "reopen", ticket)
    assert {d["event"] for d in take(home)} == {"reopen"}


def test_killed_then_committed_by_hand(
    desk: Runner, home: Path, environment: dict[str, str], git: Git, ticket: str
) -> None:
    killed_at("desk.local.outbox:publish:after:1:self", home, environment, "ticket", "note", ticket, "--body", "x")
    take(home)
    killed_at(
        "desk.session.notify:Notifier.stage:before:1:self", home, environment, "ticket", "reply", ticket, "--body", "x"
    )
    (home / "records/tags/malta.yaml").write_text("id: malta\n", encoding="utf-8")
    git("add", ".")
    git("commit", "-q", "-m", "by hand")
    desk("ticket", "list")
    assert addresses(take(home)) == HEARD


# -- where it begins, and where it ends -------------------------------------------------------------------------------------


def test_a_desk_whose_folder_was_deleted_begins_where_it_stands(desk: Runner, home: Path, ticket: str) -> None:
    desk("ticket", "reply", ticket, "--body", "old")
    shutil.rmtree(home / ".git/desk")
    desk("ticket", "list")
    assert take(home) == []
    desk("ticket", "reply", ticket, "--body", "new")
    assert [d["variables"]["reply"]["text"] for d in take(home)] == ["new"] * 3


@pytest.mark.parametrize("cursor", ["0" * 40, "a" * 40])
def test_a_cursor_that_git_has_no_commit_for(desk: Runner, kill: Kill, home: Path, ticket: str, cursor: str) -> None:
    """History was replaced altogether: what bears the mark is told wherever it lies, and nothing else is."""
    kill("desk.store.journal:end:before:1:self", "ticket", "reply", ticket, "--body", "old")
    take(home)
    kill("desk.local.untold:made:before:1:self", "ticket", "list")
    untold = home / ".git/desk/untold"
    write, mark, _ = untold.read_text(encoding="ascii").split()
    untold.write_text(f"{write} {mark} {cursor}\n", encoding="ascii")
    assert desk("ticket", "list").err == ""
    assert addresses(take(home)) == HEARD
    assert not untold.exists()


@pytest.mark.parametrize("content", ["", "junk\n", "\xff\n", "one two three four\n", "0" * 40 + "\n"])
def test_a_list_of_the_untold_that_means_nothing(desk: Runner, home: Path, ticket: str, content: str) -> None:
    (home / ".git/desk/untold").write_text(content, encoding="latin-1")
    assert desk("ticket", "list").err == ""
    assert take(home) == []
    assert not (home / ".git/desk/untold").exists()
    desk("ticket", "reply", ticket, "--body", "new")
    assert addresses(take(home)) == HEARD


def test_a_commit_that_was_thrown_away_is_not_told(desk: Runner, kill: Kill, home: Path, git: Git, ticket: str) -> None:
    kill(BEFORE, "ticket", "reply", ticket, "--body", "x")
    git("reset", "-q", "--hard", "HEAD~1")
    assert desk("ticket", "list").err == ""
    assert take(home) == []
    desk("ticket", "reply", ticket, "--body", "new")
    assert [d["variables"]["reply"]["text"] for d in take(home)] == ["new"] * 3


@pytest.mark.parametrize("where", [("-c", "side", "HEAD~1"), ("--detach", "HEAD~1")])
def test_on_another_branch_it_is_told_all_the_same(
    desk: Runner, kill: Kill, home: Path, git: Git, ticket: str, where: tuple[str, ...]
) -> None:
    kill(BEFORE, "ticket", "reply", ticket, "--body", "x")
    git("reset", "-q", "--hard")
    git("switch", "-q", *where)
    assert desk("ticket", "show", ticket, "-f", "json").data["thread"] == []
    assert addresses(take(home)) == HEARD
    git("switch", "-q", "main")
    desk("ticket", "note", ticket, "--body", "x")
    assert [d["event"] for d in take(home)] == ["note"]


def test_turned_off_in_between(desk: Runner, kill: Kill, home: Path, git: Git, ticket: str) -> None:
    kill(BEFORE, "ticket", "reply", ticket, "--body", "x")
    settings = home / "desk.toml"
    settings.write_text(
        settings.read_text(encoding="utf-8").replace("notify = true", "notify = false"), encoding="utf-8"
    )
    desk("ticket", "list")
    desk("ticket", "close", ticket)
    git("checkout", "-q", "--", "desk.toml")
    desk("ticket", "list")
    desk("ticket", "reopen", ticket)
    assert {d["event"] for d in take(home)} == {"reopen"}


# -- what stands in the way ---------------------------------------------------------------------------------------------


def test_an_outbox_that_cannot_be_written_to_loses_nothing(desk: Runner, home: Path, ticket: str) -> None:
    outbox = home / ".git/desk/outbox"
    shutil.rmtree(outbox)
    outbox.write_text("in the way", encoding="utf-8")
    assert "done, but no message was written to the outbox" in desk("ticket", "reply", ticket, "--body", "1").err
    second = desk("ticket", "reply", ticket, "--body", "2").err
    assert second.count("messages about earlier changes are not written to the outbox yet") == 1
    assert "not written to the outbox yet" in desk("status").err
    assert desk("status", "-f", "json").data["untold"] == 2
    assert "Nobody has been told yet of 2 commits" in desk("status").out
    desk("ticket", "note", ticket, "--body", "3")
    found = [row for row in desk("doctor", "-f", "json", code=7).data if row["check"] == "untold"]
    assert [(row["path"], row["fixable"]) for row in found] == [(".git/desk/untold", False)]
    assert "nobody has been told yet of 3 commits" in found[0]["problem"]
    outbox.unlink()
    assert desk("ticket", "list").err == ""
    assert sorted(d["variables"]["reply"]["text"] for d in take(home)) == ["1"] * 3 + ["2"] * 3 + ["3"]
    assert desk("status").err == ""
    assert desk("status", "-f", "json").data["untold"] == 0
    assert take(home) == []


def test_a_commit_that_cannot_be_read_keeps_nobody_waiting(
    desk: Runner, make: Make, home: Path, git: Git, ticket: str
) -> None:
    other = make("Other", "--requester", "eva@clinic.example")
    take(home)
    outbox = home / ".git/desk/outbox"
    shutil.rmtree(outbox)
    outbox.write_text("in the way", encoding="utf-8")
    desk("ticket", "reply", other, "--body", "1")
    desk("ticket", "reply", ticket, "--body", "2")
    outbox.unlink()
    [path] = home.glob(f"records/tickets/*/*/*/{ticket}.md")
    was = path.read_bytes()
    path.write_bytes(b"junk")
    git("commit", "-q", "-a", "--amend", "--no-edit")
    path.write_bytes(was)
    git("commit", "-q", "-a", "-m", "mended")
    said = desk("ticket", "list").err
    assert "has a record that can't be read" in said
    assert path.name in said
    assert addresses(take(home)) == ["eva@clinic.example"]
    assert desk("ticket", "list").err == ""


def test_one_record_that_cannot_be_read_keeps_nobody_else_from_being_told(
    desk: Runner, make: Make, home: Path, environment: dict[str, str], git: Git, ticket: str
) -> None:
    other = make("Other", "--requester", "eva@clinic.example")
    take(home)
    killed_at(BEFORE, home, environment, "ticket", "close", ticket, other)
    [path] = home.glob(f"records/tickets/*/*/*/{ticket}.md")
    path.write_bytes(b"junk")
    git("commit", "-q", "-a", "--amend", "--no-edit")
    assert path.name in desk("ticket", "list").err
    assert addresses(take(home)) == ["eva@clinic.example"]


# -- as it was then ------------------------------------------------------------------------------------------------------


def test_who_is_told_late_are_the_people_of_then(desk: Runner, kill: Kill, home: Path, git: Git, ticket: str) -> None:
    """Of these three one has another address by now, one is gone, and one is banned."""
    kill(BEFORE, "ticket", "reply", ticket, "--body", "x")
    git("reset", "-q", "--hard")
    [anna] = [p for p in home.glob("records/users/*.yaml") if "anna@" in p.read_text(encoding="utf-8")]
    anna.write_text(anna.read_text(encoding="utf-8").replace("anna@", "elsewhere@"), encoding="utf-8")
    staff = home / "records/staff/petros.yaml"
    staff.write_text(staff.read_text(encoding="utf-8").replace("technical", "legal"), encoding="utf-8")
    (home / "records/departments/technical.yaml").write_text(
        "id: technical\nname: Renamed\nprivate: true\n", encoding="utf-8"
    )
    git("commit", "-q", "-a", "-m", "later")
    desk("ticket", "list")
    late = take(home)
    assert addresses(late) == HEARD
    assert "Renamed" not in {d["variables"]["ticket"]["department"] for d in late}


def test_killed_then_history_is_not_what_it_was(
    desk: Runner, home: Path, environment: dict[str, str], tmp_path: Path, ticket: str
) -> None:
    """A clone without the beginning of history, in which the commit that a killed write began from was made anew."""
    shallow = tmp_path / "shallow"
    subprocess.run(["git", "clone", "-q", "--depth", "2", f"file://{home}", str(shallow)], check=True)
    desk("--desk", str(shallow), "ticket", "list")
    step = "desk.git.write:fast_import:before:1:self"
    killed_at(step, shallow, environment, "ticket", "reply", ticket, "--body", "never made")
    (shallow / ".git/index.lock").unlink()  # as git says, where the next command isn't desk's
    amend = ["git", "-C", str(shallow), "commit", "-q", "--amend", "--allow-empty", "--no-edit", "--date", "2026-07-01"]
    subprocess.run(amend, check=True, env=environment)
    desk("--desk", str(shallow), "ticket", "reply", ticket, "--body", "made")
    assert [d["variables"]["reply"]["text"] for d in take(shallow)] == ["made"] * 3


def test_what_lies_before_the_cursor_is_not_looked_at(desk: Runner, git: Git, home: Path, ticket: str) -> None:
    """Nor when it is on no branch any more: then it is what the branches have in common with it."""
    for number in range(3):
        desk("ticket", "note", ticket, "--body", str(number))
    left = git("rev-parse", "HEAD").strip()
    git("reset", "-q", "--hard", "HEAD~1")
    desk("ticket", "note", ticket, "--body", "instead")
    assert log.commits_since(place.find(str(home), os.environ), left) == [git("rev-parse", "HEAD").strip()]


# -- what was taken back -------------------------------------------------------------------------------------------------

UNDO = [
    "desk.git.write:fast_import:after:1:self",
    "desk.session.notify:Notifier.stage:before:1:self",
    "desk.local.outbox:stage:after:1:self",
    "desk.store.journal:end:after:1:self",
    "desk.local.outbox:drop:before:1:self",
    "desk.local.outbox:drop:after:1:self",
    "desk.local.outbox:drop:after:3:self",
    "desk.local.outbox:publish:after:1:self",
]


@pytest.mark.parametrize("step", UNDO)
def test_an_undo_that_was_killed_takes_out_what_waits(
    desk: Runner, begin: Begin, home: Path, environment: dict[str, str], drafts: Drafts, ticket: str, step: str
) -> None:
    begin("ticket", "reply", ticket, "--body", "to the wrong one", "--close")
    assert addresses(drafts()) == HEARD
    killed_at(step, home, environment, "ticket", "undo", ticket)
    desk("ticket", "list")
    assert desk("ticket", "show", ticket, "-f", "json").data["thread"] == []
    assert drafts() == []


def test_an_undo_that_was_killed_is_told_of_where_the_rest_was_sent(
    desk: Runner, home: Path, environment: dict[str, str], ticket: str
) -> None:
    desk("ticket", "close", ticket)
    assert addresses(take(home)) == HEARD
    killed_at(BEFORE, home, environment, "ticket", "undo", ticket)
    desk("ticket", "list")
    assert {d["event"] for d in take(home)} == {"reopen"}


def test_taken_back_before_anybody_was_told(desk: Runner, home: Path, ticket: str) -> None:
    outbox = home / ".git/desk/outbox"
    shutil.rmtree(outbox)
    outbox.write_text("in the way", encoding="utf-8")
    desk("ticket", "reply", ticket, "--body", "wrong", "--close")
    desk("ticket", "undo", ticket)
    outbox.unlink()
    desk("ticket", "list")
    assert take(home) == []


def test_undo_takes_out_what_waits_also_where_nobody_is_told_any_more(
    desk: Runner, drafts: Drafts, ticket: str
) -> None:
    desk("ticket", "close", ticket)
    desk("config", "set", "mail.notify", "false")
    assert "3 messages that were not sent yet" in desk("ticket", "undo", ticket).err
    assert drafts() == []


# -- what it costs -------------------------------------------------------------------------------------------------------


def test_reading_pays_nothing_when_all_is_told(home: Path, environment: dict[str, str], ticket: str) -> None:
    code = (
        "import sys\nfrom desk.cli import main\nmain.run(['ticket', 'list'])\nsys.stderr.write(' '.join(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=home, env=environment, capture_output=True, text=True, check=True
    )
    assert ticket in done.stdout
    assert not {"desk.session.notify", "desk.session.past", "desk.local.outbox"} & set(done.stderr.split())
