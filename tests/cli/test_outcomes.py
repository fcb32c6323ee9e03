"""What tests begin with from memory is, byte for byte, what commands have made (tests/outcomes.py)."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.conftest import Result, Runner, copy_of
from tests.outcomes import Outcomes

OWN = ("index", "identity", "settings")
"""Files of a copy that know the inodes of others."""


def files(top: Path) -> dict[str, bytes]:
    found = (path for path in top.rglob("*") if path.is_file() and path.name not in OWN)
    return {str(path.relative_to(top)): path.read_bytes() for path in found}


def staged(top: Path) -> list[str]:
    told = (("status", "--porcelain"), ("ls-files", "-s"))
    return [subprocess.check_output(["git", "-C", str(top), *words], text=True) for words in told]


def test_what_is_done_from_memory(
    program: Runner, home: Path, few_articles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "other").mkdir()
    other = copy_of(few_articles, tmp_path / "other")
    outcomes, given = Outcomes(), list[tuple[str, ...]]()

    def begin(*words: str) -> Result:
        def run() -> Result:
            given.append(words)
            return program(*words)

        return outcomes.repeat(Path.cwd(), words, run)

    def play() -> str:
        ticket = begin("ticket", "create", "--title", "T", "--body", "x", "-f", "ids").out.strip()
        begin("ticket", "delete", ticket)
        begin("undo")
        begin("ticket", "close", ticket)  # git's index is as long as before
        return ticket

    first = play()
    assert len(given) == 4
    monkeypatch.chdir(other)
    assert play() == first
    assert len(given) == 4
    assert files(other) == files(home)
    assert staged(other) == staged(home)
    assert staged(other)[0] == ""
    assert "open again" in program("ticket", "reopen", first).out
    begin("ticket", "list")
    monkeypatch.chdir(home)
    begin("ticket", "list")  # in another desk by now
    assert len(given) == 6
