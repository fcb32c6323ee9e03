"""Every forged history that was ever thought of: the audit tells of it, at least as a remark where that is enough."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.audit import cases_merged, cases_odd, cases_prepared, cases_sealed, cases_told
from tests.audit.cases import CASES, FAULT, Forged
from tests.audit.cast import Scene, cast
from tests.conftest import Runner

assert CASES[-1].do.__module__ in (
    cases_merged.__name__,
    cases_prepared.__name__,
    cases_odd.__name__,
    cases_sealed.__name__,
    cases_told.__name__,
)  # they have put theirs among them

_SCENES: dict[Path, Scene] = {}


@pytest.fixture
def scene(few_articles: Path, tmp_path_factory: pytest.TempPathFactory, program: Runner) -> Iterator[Scene]:
    """One desk for all of them, as it was at the beginning of each."""
    known = _SCENES.get(few_articles)
    if known is None:
        known = _SCENES[few_articles] = cast(tmp_path_factory.mktemp("cast") / "desk", few_articles, program)
    known.desk = program
    t, own, legal = known.t, known.own, known.l
    yield known
    known.t, known.own, known.l = t, own, legal
    known.reset()


def test_what_is_forged_from_is_honest(scene: Scene) -> None:
    assert [f for f in scene.verify("--full") if f["level"] == FAULT] == []


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_forged_history_is_told(scene: Scene, case: Forged) -> None:
    case.do(scene)
    found = scene.fresh(scene.verify(*case.args))
    assert [text for level, text in found if level in (FAULT, case.level) and case.words in text], found
