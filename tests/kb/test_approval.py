"""Four eyes: an approval is somebody else's, for this very text, and nobody writes it by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.beginnings import at_work
from tests.cli.conftest import Git
from tests.conftest import Begin, Runner, copy_of
from tests.kb.conftest import COLLEAGUE, Write


@pytest.fixture(scope="module")
def _template(few_articles: Path, tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Path:
    """A desk that asks for approval, with a draft by the founder, and somebody else to look at it."""
    top = copy_of(few_articles, tmp_path_factory.mktemp("approval"))
    (top / "records/staff/anna.yaml").write_text(COLLEAGUE, encoding="utf-8")
    (top / "kb/security").mkdir()
    (top / "kb/security/topic.yaml").write_text("id: security\ntitle: Security\n", encoding="utf-8")
    with at_work(top, environment) as desk:
        desk("commit")
        desk("config", "set", "kb.approval", "true")
        desk("kb", "create", "--topic", "faq", "--title", "Four eyes", "--body", "Text.")
    return top


@pytest.fixture
def strict(home: Path) -> str:
    """Somebody else, on that desk."""
    return (home / "records/staff/anna.yaml").stem


@pytest.fixture
def approved(begin: Begin, strict: str) -> str:
    """As `strict`, who has approved the draft."""
    begin("kb", "review", "four-eyes", "--submit")
    begin("--as", strict, "kb", "review", "four-eyes", "--approve")
    return strict


def test_somebody_else_approves_and_then_it_is_published(
    desk: Runner, strict: str, git: Git, verbs: Callable[[str], list[Any]]
) -> None:
    assert "has to be approved" in desk("kb", "publish", "four-eyes", code=5).err
    assert (
        "first: desk kb review four-eyes --submit"
        in desk("--as", strict, "kb", "review", "four-eyes", "--approve", code=5).err
    )
    desk("kb", "review", "four-eyes", "--submit", "--reason", "please look")
    assert "four-eyes" in desk("kb", "review", "-f", "ids").out
    assert "maria changed the text of four-eyes last" in desk("kb", "review", "four-eyes", "--approve", code=5).err
    desk("--as", strict, "kb", "review", "four-eyes", "--approve", "--reason", "read it twice")
    assert "Desk-Verb: approve\nDesk-Actor: anna" in git("log", "-1", "--format=%B")
    assert desk("kb", "review", "four-eyes", "-f", "json").data[0]["approved_by"] == "anna"
    desk("kb", "publish", "four-eyes")
    assert verbs("four-eyes") == [("maria", "create"), ("maria", "submit"), ("anna", "approve"), ("maria", "publish")]
    assert desk("doctor", "-f", "json").data == []


@pytest.mark.usefixtures("approved")
def test_any_later_change_needs_a_new_approval(desk: Runner, home: Path) -> None:
    path = home / "kb/faq/four-eyes.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("Text.", "Another text."), encoding="utf-8")
    assert "approved another text" in desk("kb", "publish", "four-eyes", code=5).err
    path.write_text(text, encoding="utf-8")
    desk("kb", "publish", "four-eyes")
    desk("kb", "edit", "four-eyes", "--body", "Other")
    shown = desk("kb", "show", "four-eyes", "-f", "json").data
    assert (shown["state"], shown["approved_by"]) == ("review", None)
    desk("kb", "publish", "four-eyes", code=5)


def test_a_review_date_is_no_text(desk: Runner, approved: str) -> None:
    desk("--as", approved, "kb", "edit", "four-eyes", "--review", "2027-01-01")
    desk("kb", "publish", "four-eyes")
    desk("kb", "publish", "four-eyes")


def test_an_approval_is_not_written_by_hand(desk: Runner, strict: str, home: Path, write: Write, git: Git) -> None:
    path = home / "kb/faq/four-eyes.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("author: maria", "author: maria\napproved_by: anna"), encoding="utf-8")
    for words in (("commit",), ("kb", "publish", "four-eyes")):
        found = desk(*words, code=5).err
        assert "kb/faq/four-eyes.md:7: approved_by: an approval is not written by hand" in found
    path.write_text(text, encoding="utf-8")
    write("new", approved_by=strict)
    desk("commit", code=5)
    git("add", ".")
    git("commit", "-q", "-m", "smuggled")
    found = desk("doctor", "-f", "json", code=None).data
    assert [(f["check"], f["path"]) for f in found] == [("approvals", "kb/faq/new.md")]


def test_readers_see_no_text_without_approval_by_whatever_hand(desk: Runner, strict: str, home: Path) -> None:
    path = home / "kb/faq/which-countries.md"
    text = path.read_text(encoding="utf-8").replace("There is no single", "There is one")
    path.write_text(text, encoding="utf-8")
    assert "has to be approved" in desk("commit", code=5).err
    assert "has to be approved" in desk("status").out
    path.write_text(text.replace("state: published", "state: review"), encoding="utf-8")
    desk("commit")
    desk("--as", strict, "kb", "review", "which-countries", "--approve")
    path.write_text(path.read_text(encoding="utf-8").replace("state: review", "state: published"), encoding="utf-8")
    desk("commit")


def test_sent_back(desk: Runner, begin: Begin, strict: str) -> None:
    begin("kb", "review", "four-eyes", "--submit")
    desk("--as", strict, "kb", "review", "four-eyes", "--return", "--reason", "too short")
    assert desk("kb", "show", "four-eyes", "-f", "json").data["state"] == "draft"
    assert "in state draft already" in desk("kb", "review", "four-eyes", "--return", code=5).err


@pytest.mark.usefixtures("approved")
def test_another_topic_has_other_readers(desk: Runner) -> None:
    desk("kb", "publish", "four-eyes")
    desk("kb", "edit", "four-eyes", "--topic", "security")
    shown = desk("kb", "show", "four-eyes", "-f", "json").data
    assert (shown["state"], shown["topic"], shown["approved_by"]) == ("review", "security", None)
