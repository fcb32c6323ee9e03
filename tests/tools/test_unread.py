"""Whatever tells figures, or lists, says when a record couldn't be read: a number that is short is reported by nobody."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.conftest import Runner

FIGURES = (
    "stats",
    "stats --by group",
    "report daily",
    "report weekly",
    "report monthly",
    "report sla",
    "report workload",
    "sla list",
    "handover",
    "activity",
    "search beeps",
    "ticket list",
    "incident list",
    "problem list",
    "problem candidates",
)


def test_every_figure_says_what_could_not_be_read(desk: Runner, home: Path) -> None:
    """D2 of what was met: 6 broken of 97 tickets moved 25 kinds of figures, and nothing said so."""
    for title in ("It beeps", "Broken"):
        desk("ticket", "create", "--title", title, "--priority", "high", "--department", "technical")
    assert not any(desk(*words.split(), "-f", "json").json["warnings"] for words in FIGURES)
    [path] = [p for p in home.glob("records/tickets/**/*.md") if "title: Broken\n" in p.read_text(encoding="utf-8")]
    path.write_text(path.read_text(encoding="utf-8").replace("state: open", "state: [open"), encoding="utf-8")
    subprocess.run(["git", "-C", str(home), "commit", "-qam", "by hand"], check=True)
    named = f"{path.relative_to(home)}:4: "
    silent = [words for words in FIGURES if named not in "\n".join(desk(*words.split(), "-f", "json").json["warnings"])]
    assert silent == []
    assert named in desk("stats").err
    assert "can't be read" in desk("status").out
