"""Options, lists and refusals of desk kb."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Git, tip
from tests.conftest import Make, Runner
from tests.kb.conftest import Write

REFUSED = [
    (2, ("create", "--title", "X"), "needs a topic"),
    (2, ("create", "--title", "日本", "--topic", "faq"), "no name can be made"),
    (2, ("create", "--title", "X", "--topic", "faq", "--slug", "x.el"), "a name has no dot"),
    (2, ("create", "--title", "X", "--topic", "faq", "--slug", "a/x"), "not a valid name"),
    (2, ("create", "--title", "X", "--topic", "faq", "--slug", "con"), "reserve"),
    (3, ("create", "--title", "X", "--topic", "fag", "--body", "x"), "did you mean faq?"),
    (3, ("create", "--title", "X", "--topic", "faq", "--tag", "nope"), "there is no tag nope"),
    (2, ("create", "--title", "X", "--topic", "faq", "--language", "xx"), "there is no language"),
    (2, ("create", "--title", "X\x1b[31m", "--topic", "faq"), "one line without control characters"),
    (5, ("create", "--title", "Which countries", "--topic", "faq"), "already"),
    (2, ("create", "--title", "X", "--translation-of", "which-countries"), "needs a language"),
    (5, ("create", "--title", "X", "--translation-of", "which-countries", "--language", "el"), "already"),
    (5, ("create", "--title", "X", "--translation-of", "which-countries", "--language", "en"), "is in en already"),
    (3, ("create", "--title", "X", "--translation-of", "nope", "--language", "el"), "there is no article nope"),
    (2, ("create", "--title", "X", "--translation-of", "faq", "--topic", "faq", "--language", "el"), "--topic can't"),
    (3, ("show", "which-contries"), "did you mean which-countries"),
    (3, ("publish", "which-countries.de"), "there is no article"),
    (3, ("history", "nope"), "there is no article nope"),
    (2, ("edit", "which-countries", "--topic", "security", "--service", "x"), "nothing else"),
    (2, ("edit", "which-countries", "--topic", "faq"), "lies in faq already"),
    (3, ("edit", "which-countries", "--topic", "nope"), "there is no topic nope"),
    (2, ("edit", "which-countries", "--review", "soon"), "is not a day"),
    (3, ("edit", "which-countries", "--problem", "ZZZZ"), "there is no ticket"),
    (2, ("list", "--state", "gone"), "there is no state"),
    (2, ("list", "--type", "novel"), "there is no type"),
    (3, ("list", "--topic", "nope"), "there is no topic"),
    (2, ("review", "--approve"), "which article?"),
    (2, ("review", "x", "--approve", "--submit"), "only one step"),
    (2, ("review", "x", "--stale"), "--stale is for the list"),
    (3, ("topic", "edit", "nope", "--title", "X"), "there is no topic nope"),
    (2, ("topic", "create", "x", "--title", "X", "--color", "red"), "is not a colour"),
]  # fmt: skip


def test_refusals(desk: Runner, home: Path, git: Git) -> None:
    """Each says what was wrong and what to do, and leaves the desk as it was."""
    head = tip(home)
    for code, words, said in REFUSED:
        found = desk("kb", *words, code=code)
        assert said in found.err, words
        assert "hint: " in found.err or found.err.startswith(("error: title: ", "error: id: ", "error: color: ")), words
        assert "\x1b" not in found.err, words
    assert tip(home) == head
    assert git("status", "--porcelain") == ""


@pytest.mark.usefixtures("all_articles")
def test_filters_of_the_list(desk: Runner) -> None:
    def ids(*words: str) -> set[str]:
        return set(desk("kb", "list", *words, "-f", "ids").out.split())

    assert ids("--topic", "faq") == {"what-is-myhealth-eu", "which-countries"}
    assert ids("--topic", "faq", "--topic", "security") > ids("--topic", "faq")
    assert ids("--tag", "certificate", "--tag", "connectivity") == {"partner-certificate-expired"}
    assert ids("--type", "faq") <= ids() == ids("--state", "published")
    assert ids("--language", "de") == set()
    desk("kb", "delete", "which-countries.el")
    assert "which-countries" not in ids("--language", "el")
    assert "which-countries" in ids("--language", "EN")


def test_options_change_all_languages_and_texts_one(desk: Runner, make: Make) -> None:
    ticket = make("P", "--tag", "problem")
    desk(
        "kb",
        "edit",
        "which-countries",
        "--service",
        "eu",
        "--problem",
        ticket,
        "--review",
        "2027-01-01",
        "--tag",
        "certificate",
    )
    for name in ("which-countries", "which-countries.el"):
        shown = desk("kb", "show", name, "-f", "json").data
        assert (shown["service"], shown["problem"], shown["review"], shown["tags"]) == (
            "eu",
            ticket,
            "2027-01-01",
            ["certificate"],
        )
    desk("kb", "edit", "which-countries", "--symptom", "None is shown", "--file", "-", stdin="New text\n")
    assert desk("kb", "show", "which-countries", "-f", "json").data["body"] == "New text"
    assert desk("kb", "show", "which-countries.el", "-f", "json").data["body"] != "New text"
    desk("kb", "edit", "which-countries", "--service", "")
    assert desk("kb", "show", "which-countries", "-f", "json").data["service"] is None


def test_several_names_and_stdin(desk: Runner, home: Path) -> None:
    head = tip(home)
    names = desk("kb", "list", "--topic", "faq", "-f", "ids").out
    done = desk("kb", "retire", "-", "-f", "json", stdin=names).data
    assert len(done) == 4
    assert tip(home) != head
    shown = desk("kb", "show", "what-is-myhealth-eu,which-countries", "-f", "json").data
    assert {a["state"] for a in shown} == {"retired"}


def test_absent_is_null_or_empty_never_missing(desk: Runner) -> None:
    bare = desk("kb", "create", "--topic", "faq", "--title", "Bare", "--body", "x", "-f", "json").data
    listed = {r["id"]: r for r in desk("kb", "list", "-f", "json").data}
    assert list(listed["bare"]) == list(listed["which-countries"])
    shown, other = (desk("kb", "show", n, "-f", "json").data for n in ("bare", "which-countries"))
    assert list(shown) == list(other)
    assert bare["symptom"] is None
    assert bare["keywords"] == []


def test_a_hand_edit_is_not_written_over(desk: Runner, home: Path) -> None:
    path = home / "kb/faq/which-countries.md"
    path.write_bytes(path.read_bytes() + b"by hand\n")
    assert "has hand edits" in desk("kb", "edit", "which-countries", "--title", "X", code=6).err
    assert "has hand edits" in desk("kb", "retire", "which-countries", code=6).err
    assert path.read_bytes().endswith(b"by hand\n")


def test_a_private_topic_keeps_its_articles(desk: Runner, write: Write) -> None:
    desk("kb", "topic", "create", "inner", "--title", "Inner", "--private")
    write("secret", topic="inner")
    desk("kb", "publish", "secret")
    assert desk("kb", "show", "secret", "-f", "json").data["private"] is True
    write("open", "See [it](../inner/secret.md).")
    assert "leads to an article for staff only" in desk("kb", "publish", "open", code=5).err
