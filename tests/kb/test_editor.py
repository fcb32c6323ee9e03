"""Articles in the editor: the skeleton, the file with its hand edits, and what is refused there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Git, tip
from tests.conftest import Runner
from tests.kb.conftest import Write

Editor = Callable[..., list[str]]


@pytest.fixture
def editor(monkeypatch: pytest.MonkeyPatch) -> Editor:
    """`editor(change)`: somebody is at a terminal, and does this to each text they are shown."""

    def use(*changes: Callable[[str], str]) -> list[str]:
        seen: list[str] = []
        steps = iter(changes)

        def run(_app: object, path: str) -> None:
            seen.append(Path(path).read_text(encoding="utf-8"))
            Path(path).write_text(next(steps)(seen[-1]), encoding="utf-8")

        monkeypatch.setattr("desk.cli.editor.interactive", lambda _: True)
        monkeypatch.setattr("desk.cli.editor._run_editor", run)
        monkeypatch.setattr("desk.cli.editor.confirm", lambda *_, **__: True)
        return seen

    return use


def test_the_skeleton_fits_type_and_language(desk: Runner, editor: Editor) -> None:
    headings = {
        ("known-error", "en"): "## How to recognise it",
        ("known-error", "el"): "## Πώς αναγνωρίζεται",
        ("faq", "en"): "## More about it",
        ("root-cause", "el"): "## Γιατί",
    }
    names = []
    for number, ((type_, language), heading) in enumerate(headings.items()):
        seen = editor(lambda text: text.replace("tags:", "tags: [certificate]").replace("[[ ", "").replace(" ]]", ""))
        title = ("--topic", "faq", "--title", f"X {number}")
        names += [desk("kb", "create", *title, "--type", type_, "--language", language, "-f", "ids").out.strip()]
        assert heading in seen[0]
        assert ("workaround:" in seen[0]) == (type_ == "known-error")
    assert [a["tags"] for a in desk("kb", "show", *names, "-f", "json").data] == [["certificate"]] * len(names)
    desk("kb", "publish", *names)


def test_without_a_terminal_the_skeleton_is_the_draft(desk: Runner, home: Path) -> None:
    out = desk("kb", "create", "--topic", "known-errors", "--title", "Do it").out
    assert "Fill it in: desk kb edit do-it" in out
    assert "[[ The first step. ]]" in (home / "kb/known-errors/do-it.md").read_text(encoding="utf-8")
    assert "a place to be filled in" in desk("kb", "publish", "do-it", code=7).err
    assert desk("kb", "edit", "do-it", code=2).err.startswith("error: nothing to change")


def test_an_unchanged_skeleton_makes_no_article(desk: Runner, editor: Editor, home: Path) -> None:
    head = tip(home)
    editor(lambda text: text)
    assert "nothing was written" in desk("kb", "create", "--topic", "faq", "--title", "X", code=2).err
    assert tip(home) == head


def test_what_is_wrong_is_said_and_the_editor_opens_again(desk: Runner, editor: Editor) -> None:
    seen = editor(
        lambda text: text.replace("topic: faq", "topic: [faq"),
        lambda text: text.replace("topic: [faq", "topic: faq").replace("language: en", "language: xx"),
        lambda text: text.replace("language: xx", "language: en").replace("state: published", "state: draft"),
        lambda text: text.replace("state: draft", "state: published").replace("single yes", "simple yes"),
    )
    desk("kb", "edit", "which-countries")
    assert seen[1].startswith("# ERROR: line 4: ")
    assert "language: 'xx' is not known" in seen[2]
    assert "state can't be changed in the editor" in seen[3]
    assert "simple yes" in desk("kb", "show", "which-countries").out


def test_the_editor_shows_hand_edits_and_commits_them(desk: Runner, editor: Editor, home: Path, git: Git) -> None:
    path = home / "kb/faq/which-countries.md"
    path.write_text(path.read_text(encoding="utf-8").replace("single yes", "simple yes"), encoding="utf-8")
    seen = editor(lambda text: text.replace("per country", "for a country"))
    desk("kb", "edit", "which-countries")
    assert "simple yes" in seen[0]
    assert "simple yes or no for a country" in git("show", "HEAD:kb/faq/which-countries.md")
    assert git("status", "--porcelain") == ""


def test_an_article_written_by_hand_can_be_edited_before_it_is_committed(
    desk: Runner, editor: Editor, write: Write, git: Git
) -> None:
    write("fresh")
    editor(lambda text: text.replace("Text.", "More."))
    desk("kb", "edit", "fresh")
    assert "More." in git("show", "HEAD:kb/faq/fresh.md")


def test_level_one_is_told_before_writing(desk: Runner, editor: Editor) -> None:
    seen = editor(lambda text: text + "x")
    assert "takes level 2" in desk("--as", "nikos", "kb", "edit", "which-countries", code=5).err
    assert "takes level 2" in desk("--as", "nikos", "kb", "create", "--topic", "faq", "--title", "X", code=5).err
    assert seen == []
