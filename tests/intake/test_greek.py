"""Mails as Greek users' programs write them: every letter right, and only what was written is kept."""

from __future__ import annotations

import pytest

from desk.intake import parsing
from desk.intake.attachments import Limits
from tests.intake.greek import QUOTED, Case, cases

CASES = list(cases())


def test_there_are_sixty() -> None:
    assert len({case.raw for case in CASES}) == 60


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_was_written_is_kept(case: Case) -> None:
    mail = parsing.parse(case.raw, ("en", "el"), Limits())
    assert mail.kept == case.kept
    assert mail.language == "el"
    assert mail.subject == "Συνταγή"
    assert mail.sender is not None
    assert mail.sender == ("Άννα Γεωργίου", "anna@clinic.example")
    assert QUOTED.split("\n")[1] in mail.cut
