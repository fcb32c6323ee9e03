"""Every forged history that was ever thought of: the audit tells of it, at least as a remark where that is enough."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.audit import cases_merged, cases_odd, cases_prepared, cases_sealed, cases_told
from tests.audit.cases import CASES, FAULT, Forged
from tests.audit.cast import Looked, Scene, cast
from tests.beginnings import gather_packs
from tests.conftest import Runner

assert CASES[-1].do.__module__ in (
    cases_merged.__name__,
    cases_prepared.__name__,
    cases_odd.__name__,
    cases_sealed.__name__,
    cases_told.__name__,
)  # they have put theirs among them

_AT_ONCE = 16
_PARTS = [CASES[start : start + _AT_ONCE] for start in range(0, len(CASES), _AT_ONCE)]
_SCENES: dict[Path, Scene] = {}


@pytest.fixture
def scene(few_articles: Path, tmp_path_factory: pytest.TempPathFactory, program: Runner) -> Scene:
    """One desk for all of them, as it was at the beginning of each."""
    known = _SCENES.get(few_articles)
    if known is None:
        known = _SCENES[few_articles] = cast(tmp_path_factory.mktemp("cast") / "desk", few_articles, program)
        known.git("config", "core.logAllRefUpdates", "false")
        shutil.rmtree(known.home / ".git/logs")
    known.desk = program
    gather_packs(known.home)
    return known


def test_what_is_forged_from_is_honest(scene: Scene) -> None:
    assert [f for f in scene.verify("--full") if f.level == FAULT] == []


@pytest.mark.parametrize("cases", _PARTS, ids=[f"{part[0].name}..{part[-1].name}" for part in _PARTS])
def test_a_forged_history_is_told(scene: Scene, cases: list[Forged]) -> None:
    """Each is forged from the beginning; the commits of several are read at once."""
    looked = [_forge(scene, case) for case in cases]
    found = {case.name: scene.fresh(told) for case, told in zip(cases, scene.judge(looked), strict=True)}
    assert {case.name: found[case.name] for case in cases if not _is_told(case, found[case.name])} == {}


def _forge(scene: Scene, case: Forged) -> Looked:
    t, own, legal = scene.t, scene.own, scene.l
    try:
        case.do(scene)
        return scene.look(*case.args)
    finally:
        scene.t, scene.own, scene.l = t, own, legal
        scene.reset()


def _is_told(case: Forged, found: list[tuple[str, str]]) -> bool:
    return any(level in (FAULT, case.level) and case.words in text for level, text in found)
