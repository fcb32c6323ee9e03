"""Sessions are played by the program itself: editor, pipe, exit code, fixed ids."""

from __future__ import annotations

import pytest

from docs.sessions import Step, play, replaced

BEGIN = (Step("desk init d --empty", "06:00:00", silent=True), Step("cd d", "06:00:00", silent=True))


def test_a_session_shows_commands_and_what_they_print() -> None:
    told = play(
        (
            *BEGIN,
            Step("desk ticket create --title One", "06:01:00", silent=True),
            Step("desk ticket list -f ids | desk ticket tag - incident   # all of them", "06:02:00"),
            Step("desk ticket edit 7K3Q", "06:03:00", editor=replaced("title: One", "title: Two")),
            Step("desk ticket assign ZZZZ --to me", "06:04:00", code=3),
            Step("git log -1 --format=%s", "06:05:00"),
        )
    )
    assert told.startswith(
        "$ desk ticket list -f ids | desk ticket tag - incident   # all of them\n260723-7K3Q  tagged"
    )
    assert "error: there is no ticket ZZZZ" in told
    assert told.endswith("$ git log -1 --format=%s\n260723-7K3Q edit: title")


def test_a_command_that_ends_otherwise_stops_it() -> None:
    with pytest.raises(SystemExit, match="ended with 3"):
        play((*BEGIN, Step("desk ticket assign ZZZZ --to me", "06:01:00")))
    with pytest.raises(SystemExit, match="was to replace"):
        replaced("a", "b")("c")
