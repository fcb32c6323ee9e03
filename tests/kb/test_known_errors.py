"""Known errors come from problems, and hear of it when the problem is closed or re-opened."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.beginnings import at_work
from tests.cli.conftest import Git, tip
from tests.conftest import Begin, Runner, copy_of
from tests.kb.conftest import COLLEAGUE

Verbs = Callable[[str], list[Any]]
SLUG = "certificate-of-malta"


class Case(NamedTuple):
    """An incident handed to problem management."""

    incident: str
    problem: str


@pytest.fixture(scope="module")
def begun(
    few_articles: Path, tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]
) -> tuple[Path, Case]:
    """What each test's desk is a copy of: an incident, and the problem that was opened from it."""
    top = copy_of(few_articles, tmp_path_factory.mktemp("known-errors"))
    (top / "records/staff/anna.yaml").write_text(COLLEAGUE, encoding="utf-8")
    with at_work(top, environment) as desk:
        new = ("--title", "Malta answers 4703", "--department", "technical", "--tag", "incident")
        incident = desk("ticket", "create", *new, "-f", "ids").out.strip()
        desk("ticket", "transfer", incident, "--title", "Certificate of Malta")
        [problem] = desk("problem", "list", "-f", "ids").out.split()
        path = top / f"records/tickets/2026/07/23/{problem}.md"
        text = path.read_text(encoding="utf-8").replace("created:", "service: patient-summary\ncreated:", 1)
        text = text.replace("\n---\n", "\ncause: It expired\nworkaround: Ask by phone\n---\n", 1)
        path.write_text(text, encoding="utf-8")
        for words in (("add", "."), ("commit", "-q", "-m", "cause and workaround")):
            subprocess.run(["git", *words], check=True)
        desk("ticket", "list")
    return top, Case(incident, problem)


@pytest.fixture(scope="module")
def _template(begun: tuple[Path, Case]) -> Path:
    return begun[0]


@pytest.fixture
def case(begun: tuple[Path, Case]) -> Case:
    return begun[1]


@pytest.fixture
def colleague() -> str:
    return "anna"


@pytest.mark.parametrize(
    ("titles", "options", "name"),
    [
        ("false", (), "known-error-{id}"),
        ("false", ("--title", "Nothing from Malta"), "nothing-from-malta"),
        ("true", (), "certificate-of-malta"),
    ],
)
def test_its_name_has_no_words_of_a_ticket(
    desk: Runner, case: Case, titles: str, options: tuple[str, ...], name: str
) -> None:
    """A name stands in the history for good, unless the desk says that its titles may."""
    desk("config", "set", "history.titles", titles, code=None)
    made = desk("problem", "known-error", case.problem, *options, "-f", "json").data
    assert made["id"] == name.format(id=case.problem.lower())


def test_a_problem_drafts_its_known_error(desk: Runner, case: Case, home: Path, git: Git) -> None:
    head = tip(home)
    made = desk("problem", "known-error", case.problem, "--slug", SLUG, "-f", "json").data
    assert git("rev-parse", "HEAD~1").strip() == head
    assert {
        n: made[n]
        for n in ("id", "type", "state", "topic", "symptom", "cause", "workaround", "fix", "service", "problem")
    } == {
        "id": "certificate-of-malta",
        "type": "known-error",
        "state": "draft",
        "topic": "known-errors",
        "symptom": "Malta answers 4703",
        "cause": "It expired",
        "workaround": "Ask by phone",
        "fix": None,
        "service": "patient-summary",
        "problem": case.problem,
    }
    assert git("log", "-1", "--format=%s").strip() == f"article/certificate-of-malta known-error: {case.problem}"
    again = desk("problem", "known-error", case.problem, code=5).err
    assert "has a known error already: certificate-of-malta" in again
    shown = desk("kb", "show", "certificate-of-malta", "-f", "json").data
    assert [t["id"] for t in shown["incidents"]] == [case.incident]
    problem = desk("ticket", "show", case.problem, "-f", "json").data
    incident = desk("ticket", "show", case.incident, "-f", "json").data
    for known in (problem["known_errors"], incident["problems"][0]["known_errors"]):
        assert [article["id"] for article in known] == ["certificate-of-malta"]
    assert "certificate-of-malta" in desk("ticket", "show", case.problem).out


def test_only_a_problem_of_ones_own_department_becomes_one(desk: Runner, case: Case) -> None:
    assert "is no problem but an incident" in desk("problem", "known-error", case.incident, code=5).err
    assert "may not draft a known error" in desk("--as", "eleni", "problem", "known-error", case.problem, code=5).err
    assert "takes level 2" in desk("--as", "petros", "problem", "known-error", case.problem, code=5).err


def test_other_departments_incidents_are_not_shown(desk: Runner, begin: Begin, case: Case) -> None:
    begin("problem", "known-error", case.problem, "--slug", SLUG)
    assert desk("--as", "eleni", "kb", "show", "certificate-of-malta", "-f", "json").data["incidents"] == []


@pytest.fixture
def drafted(begin: Begin, case: Case) -> None:
    """Its known error is there, with a text."""
    begin("problem", "known-error", case.problem, "--slug", SLUG)
    begin("kb", "edit", SLUG, "--body", "Look at the log.")


@pytest.mark.usefixtures("drafted")
def test_closing_the_problem_fills_in_the_fix(
    desk: Runner, begin: Begin, case: Case, home: Path, git: Git, verbs: Verbs
) -> None:
    begin("kb", "publish", SLUG)
    head = tip(home)
    desk("ticket", "close", case.problem, "--reason", "Malta renewed it")
    assert git("rev-parse", "HEAD~1").strip() == head
    shown = desk("kb", "show", "certificate-of-malta", "-f", "json").data
    assert (shown["fix"], shown["state"], shown["problem_state"]) == ("Malta renewed it", "published", "closed")
    desk("ticket", "reopen", case.problem)
    assert [v for _, v in verbs("certificate-of-malta")][-3:] == ["problem-closed", "edit", "problem-reopened"]
    desk("ticket", "close", case.problem, "--reason", "Again")
    assert desk("kb", "show", "certificate-of-malta", "-f", "json").data["fix"] == "Malta renewed it"
    assert git("status", "--porcelain") == ""


@pytest.mark.usefixtures("drafted")
def test_closing_does_not_depend_on_an_article_that_is_being_edited(
    desk: Runner, begin: Begin, case: Case, home: Path
) -> None:
    begin("kb", "publish", SLUG)
    path = home / "kb/known-errors/certificate-of-malta.md"
    whole = path.read_bytes()
    path.write_bytes(whole + b"more\n")
    desk("ticket", "close", case.problem, "--reason", "done")
    assert path.read_bytes() == whole + b"more\n"
    path.write_bytes(whole)
    assert [r["reason"] for r in desk("kb", "review", "-f", "json").data] == ["problem-closed"]


@pytest.mark.usefixtures("drafted")
def test_where_approval_is_asked_for_a_published_text_stays(
    desk: Runner, case: Case, colleague: str, verbs: Verbs
) -> None:
    desk("config", "set", "kb.approval", "true")
    desk("kb", "review", "certificate-of-malta", "--submit")
    desk("--as", colleague, "kb", "review", "certificate-of-malta", "--approve")
    desk("kb", "publish", "certificate-of-malta")
    desk("ticket", "close", case.problem, "--reason", "done")
    assert desk("kb", "show", "certificate-of-malta", "-f", "json").data["fix"] is None
    assert verbs("certificate-of-malta")[-1] == ("maria", "problem-closed")


def test_an_audit_finds_all_of_it_true(desk: Runner, case: Case, home: Path, colleague: str) -> None:
    """Verbs of articles are checked against what they changed: moves, approvals, tidings, hand edits taken along."""
    desk("kb", "topic", "create", "new", "--title", "New")
    desk("problem", "known-error", case.problem, "--slug", SLUG)
    desk("kb", "edit", "certificate-of-malta", "--body", "See [which](../faq/which-countries.md).", "--title", "Malta")
    desk("kb", "edit", "certificate-of-malta", "--title", "Malta again")
    desk("kb", "review", "certificate-of-malta", "--submit")
    desk("kb", "review", "certificate-of-malta", "--return")
    desk("kb", "review", "certificate-of-malta", "--submit")
    desk("--as", colleague, "kb", "review", "certificate-of-malta", "--approve")
    path = home / "kb/known-errors/certificate-of-malta.md"
    path.write_text(path.read_text(encoding="utf-8").replace("It expired", "It has expired"), encoding="utf-8")
    desk("kb", "publish", "certificate-of-malta")
    desk("kb", "edit", "which-countries,what-is-myhealth-eu", "--topic", "new")
    desk("ticket", "close", case.problem, "--reason", "done")
    desk("ticket", "reopen", case.problem)
    desk("kb", "retire", "certificate-of-malta")
    desk("kb", "publish", "certificate-of-malta")
    desk("kb", "delete", "certificate-of-malta")
    desk("kb", "topic", "edit", "new", "--private")
    path = home / "kb/new/which-countries.md"
    text = path.read_text(encoding="utf-8").replace("topic: new", "topic: faq")
    path.unlink()
    (home / "kb/faq/which-countries.md").write_text(text, encoding="utf-8")
    desk("commit")
    told = desk("audit", "verify", "-f", "json", code=None).data["findings"]
    assert not [f for f in told if f["level"] == "fault" or f["check"] == "trailers"], told
