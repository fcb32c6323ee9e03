"""Desks in which something has happened already: made once, by commands, and copied for each test that begins there."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, cast

import pytest

from tests.conftest import Runner, runner


@contextmanager
def at_work(top: Path, environment: dict[str, str]) -> Iterator[Runner]:
    """`desk(…)` as tests have it, in the desk `top`, for fixtures that live longer than a test."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [n for n in os.environ if n not in environment]:
            patch.delenv(name)
        for name, value in {**environment, "XDG_CONFIG_HOME": str(top.parent / "config")}.items():
            patch.setenv(name, value)
        patch.chdir(top)
        yield runner(cast("pytest.CaptureFixture[str]", _Written(patch)), patch)


def add_ticket(top: Path, environment: dict[str, str], title: str) -> str:
    """The id of a ticket that maria registers in the desk `top`."""
    with at_work(top, environment) as desk:
        return desk("ticket", "create", "--title", title, "--department", "technical", "-f", "ids").out.strip()


def gather_packs(top: Path) -> None:
    """One pack where there are nearly as many as desk makes (a write takes thrice as long from then on), as `desk maintain` does.

    What no branch leads to stays as well.
    """
    packs = [name for name in os.listdir(top / ".git/objects/pack") if name.endswith(".pack")]
    if len(packs) > 24:
        subprocess.run(["git", "-C", str(top), "repack", "-a", "-d", "-k", "-q"], check=True)


class _Said(NamedTuple):
    out: str
    err: str


class _Written:
    """What was written, as pytest's fixture tells it, which is for single tests."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._streams = [io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") for _ in range(2)]
        for name, stream in zip(("stdout", "stderr"), self._streams, strict=True):
            patch.setattr(sys, name, stream)

    def readouterr(self) -> _Said:
        found = []
        for stream in self._streams:
            stream.flush()
            found.append(stream.buffer.getvalue().decode())
            stream.seek(0)
            stream.truncate()
        return _Said(*found)
