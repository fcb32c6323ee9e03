"""What people do on odd days is no fault to an auditor, from the first commit or from a seal; nor to the doctor."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from tests.audit.cast import Scene, cast
from tests.audit.days import DAYS, Day, a_problem_from_its_beginning
from tests.beginnings import gather_packs
from tests.conftest import Runner

_HALF = DAYS.index(a_problem_from_its_beginning)


@pytest.fixture
def scene(few_articles: Path, tmp_path: Path, program: Runner) -> Scene:
    return cast(tmp_path / "desk", few_articles, program)


@pytest.mark.parametrize("days", [DAYS[:_HALF], DAYS[_HALF:]], ids=["of tickets", "of all else"])
def test_odd_days(scene: Scene, days: list[Day]) -> None:
    ends = [(scene.head, "")]
    for do in days:
        do(scene)
        gather_packs(scene.home)
        ends.append((scene.head, getattr(do, "__name__", "")))
    for found in (scene.verify("--full"), scene.verify("--since", scene.base)):
        faults = [f for f in found if f.level == "fault"]
        assert [(f.record, f.problem) for f in faults] == [], _told(scene, faults[0].commit or "HEAD", ends)
    assert scene.run("doctor", "-f", "json").data == []


def _told(scene: Scene, commit: str, ends: list[tuple[str, str]]) -> str:
    """On which day a commit was made, and what it is."""
    for (before, _day), (after, day) in pairwise(ends):
        if commit in scene.git("rev-list", f"{before}..{after}").split():
            return f"{day}:\n{scene.git('show', commit)}"
    return scene.git("show", commit)
