"""What people do on odd days is no fault to an auditor, from the first commit or from a seal."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.audit.cast import Scene, cast
from tests.audit.days import DAYS
from tests.conftest import Runner


@pytest.fixture
def scene(_starter: Path, tmp_path: Path, program: Runner) -> Scene:
    return cast(tmp_path / "desk", _starter, program)


def test_odd_days(scene: Scene) -> None:
    of: dict[str, str] = {}
    for do in DAYS:
        before = scene.head
        do(scene)
        of |= dict.fromkeys(scene.git("rev-list", f"{before}..HEAD").split(), getattr(do, "__name__", ""))
    for found in (scene.verify("--full"), scene.verify("--since", scene.base)):
        faults = [f"{of.get(f.commit or '', '-')}: {f.record}: {f.problem}" for f in found if f.level == "fault"]
        assert faults == [], scene.git("show", next(f.commit or "HEAD" for f in found if f.level == "fault"))
