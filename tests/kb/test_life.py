"""From draft to retired, through the command line: what is checked, stamped, committed and told."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desk.domain.rights.rights import RIGHTS
from desk.store.store import Store
from tests.cli.conftest import Git, commit_of, tip
from tests.conftest import Runner
from tests.kb.conftest import Write

Verbs = Callable[[str], list[Any]]


def test_an_article_is_written_published_and_retired(desk: Runner, home: Path, git: Git, verbs: Verbs) -> None:
    made = desk(
        "kb",
        "create",
        "--topic",
        "faq",
        "--title",
        "Πού είναι η συνταγή;",
        "--language",
        "el",
        "--body",
        "Εδώ.",
        "-f",
        "json",
    )
    slug = made.data["id"]
    assert slug == "pou-einai-i-syntagi"
    assert made.data["state"] == "draft"
    assert (home / f"kb/faq/{slug}.md").is_file()
    assert slug in desk("kb", "list", "-f", "ids").out

    published = desk("kb", "publish", slug, "-f", "json").data[0]
    assert (published["state"], published["published"], published["review"]) == (
        "published",
        "2026-07-23T06:12:44Z",
        "2027-07-23",
    )
    commit = commit_of(git)
    assert commit.subject == f"article/{slug} publish"
    assert ("Desk-From", "draft") in commit.trailers
    assert git("status", "--porcelain") == ""

    desk("kb", "retire", slug, "--reason", "out of date")
    assert slug not in desk("kb", "list", "-f", "ids").out
    assert slug in desk("kb", "list", "--state", "retired", "-f", "ids").out
    assert [v for _, v in verbs(slug)] == ["create", "publish", "retire"]
    assert desk("kb", "retire", slug, code=5).err.startswith(f"error: {slug} is in state retired already")


def test_publishing_takes_hand_edits_and_new_pictures_along(desk: Runner, home: Path, git: Git, write: Write) -> None:
    (home / "kb/faq/chart.png").write_bytes(b"\x89PNG")
    write("fresh", "See ![chart](chart.png) and [more](what-is-myhealth-eu.md).")
    head = tip(home)
    desk("kb", "publish", "fresh")
    assert git("diff", "--name-only", head, "HEAD").split() == ["kb/faq/chart.png", "kb/faq/fresh.md"]
    assert git("rev-parse", "HEAD~1").strip() == head
    assert git("status", "--porcelain") == ""
    path = home / "kb/faq/fresh.md"
    assert "state: published" in path.read_text(encoding="utf-8")
    path.write_text(path.read_text(encoding="utf-8").replace("See ", "Look at "), encoding="utf-8")
    desk("kb", "publish", "fresh", env={"DESK_NOW": "2026-08-01T00:00:00Z"})
    assert "Look at" in git("show", "HEAD:kb/faq/fresh.md")
    assert desk("kb", "history", "fresh", "-f", "json").data[-1]["to"] == "body"


def test_killed_after_the_commit_the_hand_edit_is_not_left_behind(
    desk: Runner, git: Git, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its file as it was typed would read as taking the article from its readers again."""
    path = write("fresh")
    with monkeypatch.context() as patch:
        patch.setattr(Store, "_placed", lambda *_, **__: sys.exit(9))
        with pytest.raises(SystemExit):
            desk("kb", "publish", "fresh")
    assert "state: draft" in path.read_text(encoding="utf-8")
    assert "finished" in desk("status").out
    assert "state: published" in path.read_text(encoding="utf-8")
    assert git("status", "--porcelain") == ""


def test_what_keeps_an_article_from_its_readers(desk: Runner, home: Path, write: Write) -> None:
    """And from nobody who is writing it."""
    faults = [
        ("See [this](nowhere.md).", "kb/faq/odd-0.md:9: the link nowhere.md leads nowhere"),
        ("\n\n![x](x.png)", "kb/faq/odd-1.md:11: the picture x.png leads nowhere"),
        ("[out](../../desk.toml)", "leads out of the knowledge base"),
        ("[[ The answer. ]]", "kb/faq/odd-3.md:9: a place to be filled in: [[ The answer. ]]"),
        ("", "the article is empty"),
        ("`[[ -f x ]]` and\n\n```\n[[ a ]]\n```", "a place to be filled in"),
    ]
    head = tip(home)
    for number, (body, said) in enumerate(faults):
        write(f"odd-{number}", body)
        assert said in desk("kb", "publish", f"odd-{number}", code=7).err
        path = write(f"odd-{number}", body, state="published")
        assert said in desk("commit", str(path.relative_to(home)), code=7).err
        assert tip(home) == head
        write(f"odd-{number}", body)
    desk("commit")
    assert tip(home) != head


def test_broken_front_matter_is_named_and_mended(desk: Runner, write: Write) -> None:
    path = write("broken")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("title: About broken", "title: [About"), encoding="utf-8")
    assert "kb/faq/broken.md:" in desk("kb", "publish", "broken", code=7).err
    path.write_text(text.replace("language: en", "language: fr"), encoding="utf-8")
    found = desk("kb", "publish", "broken", code=7).err
    assert "kb/faq/broken.md:6: language: 'fr' is not known" in found
    path.write_text(text, encoding="utf-8")
    desk("kb", "publish", "broken")


def test_languages_stay_together_and_fall_back(desk: Runner, write: Write) -> None:
    desk("kb", "create", "--topic", "faq", "--title", "Where", "--body", "Here.")
    desk("kb", "create", "--translation-of", "where", "--language", "el", "--title", "Πού", "--body", "Εδώ.")
    assert {d["id"] for d in desk("kb", "publish", "where", "-f", "json").data} == {"where", "where.el"}
    [row] = [r for r in desk("kb", "list", "-f", "json").data if r["id"] == "where"]
    assert row["languages"] == ["en", "el"]
    assert desk("kb", "show", "where", "--language", "el", "-f", "json").data["id"] == "where.el"
    assert desk("kb", "show", "where", "-f", "json").data["id"] == "where"
    desk("kb", "delete", "where.el")
    shown = desk("kb", "show", "where", "--language", "el")
    assert "where is not there in el; it is shown in en" in shown.err
    assert "Here." in shown.out
    write("where.el", language="en")
    assert "where.el must be in el" in desk("commit", code=7).err


def test_only_what_changed_is_published_and_else_all_is_confirmed(desk: Runner, home: Path) -> None:
    path = home / "kb/faq/which-countries.el.md"
    path.write_text(path.read_text(encoding="utf-8").replace("ναι ή όχι", "όχι ή ναι"), encoding="utf-8")
    changed = desk("kb", "publish", "which-countries", "-f", "json").data
    assert [a["id"] for a in changed] == ["which-countries.el"]
    again = desk("kb", "publish", "which-countries", "--review", "2w", "-f", "json").data
    assert [(a["id"], a["review"]) for a in again] == [
        ("which-countries", "2026-08-06"),
        ("which-countries.el", "2026-08-06"),
    ]


def test_stale_articles_are_listed(desk: Runner) -> None:
    assert desk("kb", "list", "--stale", "-f", "ids").out == ""
    later = {"DESK_NOW": "2027-07-02T00:00:00Z"}
    listed = desk("kb", "list", "--stale", "-f", "ids", env=later).out.split()
    assert "which-countries" in listed
    waiting = desk("kb", "review", "--stale", "-f", "json", env=later).data
    assert {r["reason"] for r in waiting} == {"stale"}
    assert "which-countries.el" in {r["id"] for r in waiting}


@pytest.mark.usefixtures("all_articles")
def test_links_follow_an_article_to_another_topic(desk: Runner, home: Path, git: Git) -> None:
    head = tip(home)
    desk("kb", "edit", "ask-a-foreign-service-desk", "--topic", "security")
    assert git("rev-parse", "HEAD~1").strip() == head
    assert (home / "kb/security/ask-a-foreign-service-desk.el.md").is_file()
    assert not (home / "kb/how-to/ask-a-foreign-service-desk.md").exists()
    other = (home / "kb/known-errors/partner-certificate-expired.md").read_text(encoding="utf-8")
    assert "(../security/ask-a-foreign-service-desk.md)" in other
    assert git("status", "--porcelain") == ""
    assert desk("doctor", "-f", "json").data == []


def test_moved_by_hand_is_a_move(desk: Runner, home: Path, write: Write, git: Git) -> None:
    path = write("wanderer")
    desk("commit")
    text = path.read_text(encoding="utf-8").replace("topic: faq", "topic: known-errors")
    path.unlink()
    (home / "kb/known-errors/wanderer.md").write_text(text, encoding="utf-8")
    assert "wanderer  moved from faq to known-errors" in desk("commit").out
    assert git("log", "-1", "--format=%s").strip() == "article/wanderer move: known-errors"


@pytest.mark.usefixtures("all_articles")
def test_what_others_lead_to_is_not_deleted(desk: Runner, home: Path) -> None:
    assert "leads there: partner-not-reachable.el.md" in desk("kb", "delete", "partner-not-reachable", code=5).err
    (home / "kb/known-errors/partner-not-reachable.md").unlink()
    assert "can't be deleted: kb/" in desk("commit", code=5).err
    desk("status")
    warned = desk("kb", "delete", "register-on-behalf-by-phone").out
    assert "deleted" in warned


@pytest.mark.usefixtures("all_articles")
def test_retiring_says_who_still_leads_there(desk: Runner) -> None:
    assert "still leads there: partner-not-reachable.md" in desk("kb", "retire", "partner-not-reachable").err
    assert (
        "leads to partner-not-reachable, which is retired" in desk("kb", "publish", "partner-certificate-expired").err
    )


def test_status_says_what_a_hand_edit_means(desk: Runner, home: Path) -> None:
    path = home / "kb/faq/which-countries.md"
    text = path.read_text(encoding="utf-8")
    for old, new, said in (
        ("state: published", "state: retired", "retired"),
        ("title: Which countries can", "title: Which can", "now called: Which can"),
        ("There is no single", "There is not one", "changed: body"),
        ("state: published", "state: review", "handed in for review"),
    ):
        path.write_text(text.replace(old, new), encoding="utf-8")
        assert said in desk("status").out


def test_the_doctor_finds_dead_links_and_double_names(desk: Runner, write: Write, git: Git) -> None:
    write("dead", "See ![p](p.png).", state="published")
    write("which-countries", topic="known-errors")
    git("add", ".")
    git("commit", "-q", "-m", "by hand")
    found = {(f["path"], f["line"]) for f in desk("doctor", "-f", "json", code=None).data}
    assert {("kb/faq/dead.md", 9), ("kb/known-errors/which-countries.md", 1)} <= found


@pytest.mark.usefixtures("all_articles")
def test_topics(desk: Runner, home: Path, git: Git) -> None:
    desk(
        "kb",
        "topic",
        "create",
        "pharmacies",
        "--title",
        "For pharmacies",
        "--icon",
        "⚕",
        "--color",
        "#2CA02C",
        "--order",
        "7",
    )
    assert (
        "there is a topic pharmacies already" in desk("kb", "topic", "create", "pharmacies", "--title", "X", code=5).err
    )
    desk("kb", "topic", "edit", "pharmacies", "--title-in", "el=Για φαρμακεία", "--private")
    rows = {r["id"]: r for r in desk("kb", "topic", "list", "-f", "json").data}
    assert rows["pharmacies"]["private"] is True
    assert rows["pharmacies"]["titles"] == {"el": "Για φαρμακεία"}
    assert "titles: {el: Για φαρμακεία}\n" in (home / "kb/pharmacies/topic.yaml").read_text(encoding="utf-8")
    assert "is not LANGUAGE=TITLE" in desk("kb", "topic", "edit", "pharmacies", "--title-in", "x", code=2).err
    assert "no language 'xx'" in desk("kb", "topic", "edit", "pharmacies", "--title-in", "xx=y", code=2).err
    desk("kb", "topic", "edit", "pharmacies", "--title-in", "el=")
    assert desk("kb", "topic", "show", "pharmacies", "-f", "json").data["titles"] == {}
    assert (rows["faq"]["articles"], rows["faq"]["published"]) == (2, 2)
    assert [r["id"] for r in desk("kb", "topic", "list", "-f", "json").data][-1] == "pharmacies"
    assert "holds what-is-myhealth-eu" in desk("kb", "topic", "delete", "faq", code=5).err
    desk("kb", "topic", "delete", "pharmacies")
    assert git("log", "-1", "--format=%s").strip() == "topic/pharmacies delete: For pharmacies"
    assert "ids are never used again" in desk("kb", "topic", "create", "pharmacies", "--title", "X", code=5).err


ARTICLE_VERBS: dict[str, tuple[tuple[str, ...], ...]] = {
    "create": (("create", "--topic", "faq", "--title", "X", "--body", "x"),),
    "edit": (("edit", "which-countries", "--title", "X"), ("edit", "which-countries", "--review", "2w")),
    "move": (("edit", "which-countries", "--topic", "security"),),
    "publish": (("publish", "which-countries"), ("publish", "theirs")),
    "submit": (("review", "which-countries", "--submit"),),
    "approve": (("review", "which-countries", "--approve"),),
    "return": (("review", "which-countries", "--return"),),
    "retire": (("retire", "which-countries"),),
    "delete": (("delete", "register-on-behalf-by-phone"),),
}
TOPIC_VERBS: dict[str, tuple[str, ...]] = {
    "create": ("create", "x", "--title", "X"),
    "edit": ("edit", "faq", "--title", "X"),
    "delete": ("delete", "faq"),
}


@pytest.mark.usefixtures("all_articles")
def test_level_one_reads_and_no_more(desk: Runner, write: Write) -> None:
    """Every verb of the table of rights."""
    write("theirs")
    rights = {right.kind: set(right.verbs) for right in RIGHTS}
    assert {*ARTICLE_VERBS, "known-error"} == rights["article"]
    assert set(TOPIC_VERBS) == rights["topic"]
    refused = [("kb", *words) for several in ARTICLE_VERBS.values() for words in several]
    refused += [("kb", "topic", *words) for words in TOPIC_VERBS.values()]
    problem = desk("ticket", "create", "--title", "P", "--tag", "problem", "-f", "ids").out.strip()
    refused.append(("problem", "known-error", problem))
    for words in refused:
        error = desk("--as", "nikos", *words, "-f", "json", code=5).json["error"]
        assert "takes level 2" in error["message"]
    reading: list[tuple[str, ...]] = [
        ("list",),
        ("show", "which-countries"),
        ("history", "which-countries"),
        ("review",),
        ("topic", "list"),
    ]
    for words in reading:
        desk("--as", "nikos", "kb", *words)


def test_level_two_does_it_all(desk: Runner) -> None:
    def act(*words: str) -> None:
        desk("--as", "eleni", "kb", *words)

    act("topic", "create", "x", "--title", "X")
    act("create", "--topic", "x", "--title", "By level two", "--body", "x")
    act("publish", "kb/x/by-level-two.md")
    act("edit", "by-level-two", "--topic", "faq")
    act("retire", "by-level-two")
    act("delete", "by-level-two")
    act("topic", "delete", "x")


def test_review_days_may_be_none(desk: Runner) -> None:
    desk("config", "set", "kb.review_days", "0")
    assert desk("kb", "publish", "which-countries", "-f", "json").data[0]["review"] is None


def test_a_review_shows_what_changed_since_it_was_published(desk: Runner) -> None:
    assert desk("kb", "review", "which-countries.el", "-f", "json").data[0]["diff"] == ""
    desk("kb", "edit", "which-countries", "--title", "Which ones?")
    found = desk("kb", "review", "which-countries", "-f", "json").data[0]
    assert (
        "-title: Which countries can exchange data with Cyprus, and for which service?\n+title: Which ones?"
        in found["diff"]
    )
    assert found["since"]
    assert [(r["id"], r["reason"]) for r in desk("kb", "review", "-f", "json").data] == [("which-countries", "changed")]
    desk("kb", "publish", "which-countries")
    assert desk("kb", "review", "-f", "json").data == []
    shown = desk("kb", "review", "which-countries").out
    assert "nothing has changed since" in shown
