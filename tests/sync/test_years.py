"""Clones with the newest years as files, and with the newer part of history: what isn't here is read from git, or said to be missing."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from desk.domain.model.ticket import Ticket
from tests.store.indexes import assert_sound
from tests.sync.conftest import Brought, Clone

Towns = Callable[..., list[Clone]]
OLD = -3 * 366 * 24 * 60
"""Minutes by which a clock is behind that registers tickets of earlier years."""


def years(town: Clone, _other: Clone) -> tuple[str, ...]:
    """A ticket of three years ago, answered and with a file, and one of today; both are on the hub."""
    scan, lost = town.home.with_name("scan.txt"), town.home.with_name("lost.txt")
    for path in (scan, lost):
        path.write_text("a page\n")
    town.clock = OLD
    old = town.create("From long ago", "--body", "with a Maltese word")
    town("ticket", "reply", old, "--body", "answered then", "--attach", str(scan), "--attach", str(lost))
    town.git("rm", "-q", Ticket.path_of(old).replace(".md", ".files/lost.txt"))
    town.git("commit", "-q", "-m", "lost, as the doctor will say", "--date", "2023-08-01T10:00:00Z")
    town.clock = 0
    new = town.create("From today")
    town.sync()
    return old, new


@pytest.fixture
def decade(brought: Brought) -> tuple[Clone, str, str]:
    town, _, (old, new) = brought(years)
    return town, old, new


def date_commits(town: Clone) -> None:
    """Commits of tests are made at their own time, and made now: git cuts by the latter."""
    git = ["git", "-C", str(town.home)]
    history = subprocess.run([*git, "fast-export", "main"], capture_output=True, check=True).stdout
    dated = re.sub(rb"(?m)^(author .*> )(\d+ .*)\n(committer .*> ).*$", rb"\1\2\n\3\2", history)
    subprocess.run([*git, "fast-import", "--quiet", "--force"], input=dated, check=True)


QUESTIONS = (
    "ticket show {old}", "ticket list --state any", "search Maltese", "log --limit 0", "ticket history {old}", "doctor",
    "ticket blame {old}", "ticket attachment list {old}", "stats --since 2023-07-01 --until 2023-07-31", "handover",
    "audit verify --full", "report monthly",
)  # fmt: skip


def answers(clone: Clone, old: str, folder: Path) -> dict[str, object]:
    """What a clone says of the desk, of the old ticket above all."""
    clone.tick = lambda: 600  # all at one moment
    clone("ticket", "attachment", "save", old, "scan.txt", "--to", str(folder))
    saved = folder / "scan.txt"
    found: dict[str, object] = {"saved": saved.read_text()}
    saved.unlink()
    for question in QUESTIONS:
        said = clone(*question.format(old=old).split(), "-f", "json", code=None)
        assert said.code in (0, 7), said.err
        found[question] = said.data
        assert said.err == ""
    return found


def test_the_newest_years_as_files(decade: tuple[Clone, str, str], tmp_path: Path) -> None:
    """Nothing that desk says changes; git's own status is clean; and all can be had back."""
    town, old, new = decade
    folder = tmp_path / "saved"
    folder.mkdir()
    before = answers(town, old, folder)
    assert "the attachment lost.txt is named and missing" in str(before["doctor"])
    said = town("maintain", "--years", "2").out
    assert "tickets of 2 years kept as files" in said
    path = town.home / Ticket.path_of(old)
    assert not path.exists()
    assert (town.home / Ticket.path_of(new)).exists()
    assert answers(town, old, folder) == before
    status = town("status", "-f", "json").data
    assert (status["clean"], status["years"]) == (True, 2)
    assert "Tickets of 2 years are files here" in town("status").out
    assert town.git("status", "--porcelain") == ""
    town("maintain", "--years", "0")
    assert path.exists()
    assert town.git("status", "--porcelain") == ""
    assert "years" not in town("status").out


def test_what_is_no_file_here_can_be_written_to(decade: tuple[Clone, str, str], tmp_path: Path) -> None:
    """A write brings the file back, a meeting doesn't; what is deleted goes; the next maintain tidies up."""
    town, old, new = decade
    other = Clone(tmp_path / "other", town.run, town.tick, "petros")
    town.run("clone", str(tmp_path / "hub"), str(other.home), "--years", "1")
    path = Ticket.path_of(old)
    assert not (other.home / path).exists()
    assert (other.home / Ticket.path_of(new)).exists()
    assert other.git("status", "--porcelain") == ""
    assert other.git("config", "index.sparse") == "true"

    town("ticket", "note", old, "--body", "from the town")
    town.sync()
    other("ticket", "note", old, "--body", "from the other")
    assert (other.home / path).exists()
    assert other.sync()["merged"] == 1
    assert [e["text"] for e in other.show(old)["thread"]] == ["answered then", "from the town", "from the other"]
    assert other.git("status", "--porcelain") == ""

    other("maintain")
    assert not (other.home / path).exists()
    town.sync()
    town("ticket", "edit", old, "--title", "By the town")
    town.sync()
    other.sync()
    assert not (other.home / path).exists()
    assert other.show(old)["title"] == "By the town"
    assert other.git("status", "--porcelain") == ""
    assert other("status", "-f", "json").data["clean"]

    other("ticket", "note", old, "--body", "a file again")
    (other.home / path).write_text((other.home / path).read_text().replace("By the town", "By hand"))
    assert "hand edits" in other("ticket", "note", old, "--body", "x", code=6).err
    other("commit", "-m", "by hand")
    other.who = "maria"
    (other.home / path).unlink()
    assert other("status", "-f", "json").data["hand_edits"][0]["change"] == "deleted"
    assert "its attachments are not: git rm -r" in other("commit", "-m", "gone by hand").err
    town.sync()
    other.sync()
    town.sync()
    assert old not in str(town("ticket", "list", "--state", "any", "-f", "json").data)
    for clone in (town, other):
        assert_sound(clone.home)


def test_patterns_that_somebody_wrote_by_hand(decade: tuple[Clone, str, str]) -> None:
    """git can be told to leave out anything; what is left out isn't taken for deleted."""
    town, old, new = decade
    town.git("sparse-checkout", "set", "--no-cone", "/*", f"!{Ticket.path_of(new)}")
    assert not (town.home / Ticket.path_of(new)).exists()
    assert town.show(new)["title"] == "From today"
    (town.home / Ticket.path_of(old)).unlink()
    assert "there is no ticket" in town("ticket", "show", old, code=3).err
    town.git("checkout", "-q", "--", Ticket.path_of(old))
    town("maintain", "--years", "0")
    assert (town.home / Ticket.path_of(new)).exists()


def test_the_newer_part_of_history(decade: tuple[Clone, str, str], tmp_path: Path) -> None:
    """What history would have to tell of before the cut is said to be missing; everything else is as in a full clone."""
    town, old, new = decade
    town.create("Another of today")
    date_commits(town)
    town.git("push", "-q", "--force", "origin", "main")
    home = tmp_path / "short"
    town.run("clone", str(tmp_path / "hub"), str(home), "--since", "2026-07-01")
    short = Clone(home, town.run, town.tick)
    assert 0 < len(short.git("rev-list", "HEAD").split()) < len(town.git("rev-list", "HEAD").split())
    missing = "the history of this clone begins on 2026-07-2"
    assert "History begins on 2026-07-2" in short("status").out

    assert short.show(old)["title"] == "From long ago"
    assert old in str(short("search", "Maltese", "-f", "json").data)
    whole = short("ticket", "list", "--state", "any", "-f", "json")
    assert (whole.data, whole.err) == (town("ticket", "list", "--state", "any", "-f", "json").data, "")
    for words in (
        ("ticket", "history", old), ("ticket", "history", old, "--diff"), ("ticket", "blame", old), ("stats", "--days", "90"),
        ("ticket", "escalations", old), ("log",), ("activity",), ("handover", "--since", "2026-01-01"), ("report", "monthly"),
        ("kb", "history", "which-countries"), ("ticket", "list", "--sort", "activity"),
        ("ticket", "list", "--updated", "2026-01-01"), ("incident", "list", "--sort=-activity"),
    ):  # fmt: skip
        assert missing in short(*words).err, words
    assert missing in short("report", "monthly").out  # whoever reads a page hears no warning
    assert short("log", "--limit", "1").err.count(missing) == 0
    assert short("log", "--since", "2026-07-23T11:00", "-f", "json").err == ""
    assert short("ticket", "list", "--updated", "2026-07-23T11:00", "-f", "json").err == ""
    assert [row["verb"] for row in short("ticket", "history", old, "-f", "json").data] == []
    assert {row["by"] for row in short("ticket", "blame", old, "-f", "json").data} == {None}

    for refused in (
        ("audit", "verify"), ("audit", "seal", "--no-verify"), ("mail", "run"), ("ticket", "show", old, "--as-of", "2024-01-01"),
    ):  # fmt: skip
        said = short(*refused, code=None)
        assert said.code, refused
        assert "git fetch --unshallow" in said.out + said.err, refused

    short("ticket", "note", new, "--body", "from a short one")
    assert short.sync()["pushed"] == 1
    town.sync()
    town("ticket", "note", new, "--body", "from a whole one")
    town("audit", "seal", "--name", "s", "--no-sign", "--no-verify")
    town.git("push", "-q", "origin", "seal/s")
    town.sync()
    short("ticket", "note", new, "--body", "both")
    assert short.sync()["merge"]
    assert [e["text"] for e in short.show(new)["thread"]] == ["from a short one", "from a whole one", "both"]
    assert_sound(home)

    short.git("fetch", "-q", "--unshallow", "origin")
    assert [row["verb"] for row in short("ticket", "history", old, "-f", "json").data] == ["create", "reply"]
    assert missing not in short("stats", "--days", "90").err
    assert short("audit", "verify", "--full", "-f", "json").data["faults"] == 0
    assert_sound(home)


def test_a_day_that_is_none(tmp_path: Path, towns: Towns) -> None:
    [town] = towns(1)
    said = town.run("clone", str(tmp_path / "hub"), str(tmp_path / "x"), "--since", "last spring", code=2)
    assert "'last spring' is no day" in said.err
    assert not (tmp_path / "x").exists()
