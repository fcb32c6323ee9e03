"""Measures what a guard costs a push: its judgement of 1 and of 1,000 commits, and whole pushes with and without it.

    python -m bench.pushing [1000 10000 100000]

The commits are the last ones of the desks that `bench.run` builds. The judgement is the pre-receive hook as git runs it,
against `python -c "import click"` (F); a push is git's own, over the file system, against the same without hooks. All
figures are of processor time, with all that is started, in turn; medians of the turns' ratios, and the least of each.
"""

from __future__ import annotations

import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from bench.run import DESK, ENVIRONMENT, FLOOR, RUNS, Timing, build, timed

COMMITS = (1, 1000)
NEWEST = "HEAD~2"
"""What is pushed: the two commits after it are of a ticket with a pasted log of 2.8 MB (`texts.log`)."""


def git(place: Path, *args: str) -> str:
    """What git prints."""
    done = subprocess.run(["git", "-C", str(place), *args], check=True, env=ENVIRONMENT, capture_output=True, text=True)
    return done.stdout.strip()


def guard(desk: Path, top: Path, commits: int) -> Path:
    """A guarded repository that lacks the newest commits of a desk."""
    place = top / f"{desk.parent.name}-lacks-{commits}.git"
    git(top, "clone", "-q", "--bare", "--no-local", str(desk), str(place))
    git(place, "update-ref", "HEAD", f"{NEWEST}~{commits}")
    subprocess.run([*DESK, "guard", "install"], cwd=place, check=True, env=ENVIRONMENT, stdout=subprocess.DEVNULL)
    return place


class Turn(NamedTuple):
    """Seconds of processor time of F, a judgement, a push with the guard and one without; MiB that the judgement takes."""

    floor: float
    judged: float
    guarded: float
    plain: float
    memory: float


def measure(desk: Path, place: Path, runs: int) -> list[str]:
    """One row: the judgement in F and in ms, and pushes with the guard by those without."""
    new, old = git(desk, "rev-parse", NEWEST), git(place, "rev-parse", "HEAD")
    (place / "told").write_text(f"{old} {new} refs/heads/main\n", encoding="utf-8")
    # What it says is thrown away: commits that an import has made as nobody may are refused, after all of them were judged.
    judge = f"GIT_DIR=. DESK_PUSHER=bench {sys.executable} -P -m desk guard hook pre-receive < told || :"

    def push(more: str = "") -> Timing:
        """To a repository that stands there, with its search index: after a push that is taken, both are further on."""
        pushed = place.with_suffix(".pushed")
        shutil.rmtree(pushed, ignore_errors=True)
        shutil.copytree(place, pushed, symlinks=True)
        return timed(["sh", "-c", f"DESK_PUSHER=bench git push -q {more} {pushed} {new}:main || :"], desk)

    plain = "--receive-pack='git -c core.hooksPath=/dev/null receive-pack'"
    turns = []
    for _turn in range(runs + 1):
        floor, judged = timed(FLOOR, place), timed(["sh", "-c", judge], place)
        guarded, bare = push(), push(plain)
        turns.append(Turn(floor.processor, judged.processor, guarded.processor, bare.processor, judged.memory))
    turns = turns[1:]  # the first one warms up
    return [
        f"{statistics.median(turn.judged / turn.floor for turn in turns):.1f}",
        *(f"{min(getattr(turn, name) for turn in turns) * 1000:.0f}" for name in ("judged", "floor")),
        f"{max(turn.memory for turn in turns):.0f}",
        f"{statistics.median(turn.guarded / turn.plain for turn in turns):.1f}",
        *(f"{min(getattr(turn, name) for turn in turns) * 1000:.0f}" for name in ("guarded", "plain")),
    ]


def main(sizes: list[int]) -> None:
    """Measure, and print it."""
    print(
        f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} cores, {time.strftime('%Y-%m-%d')}\n"
    )
    print(
        "| tickets | commits | judged, F | ms | F, ms | peak MiB | push, without a guard | ms | without, ms |\n"
        "|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
    )
    top = Path(tempfile.mkdtemp(prefix="desk-bench-"))
    try:
        for size in sizes:
            desk = build(size)
            for commits in COMMITS:
                row = measure(desk, guard(desk, top, commits), RUNS if commits == 1 else max(RUNS // 3, 2))
                print(f"| {size:,} | {commits:,} | {' | '.join(row)} |", flush=True)
    finally:
        shutil.rmtree(top, ignore_errors=True)


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [1000, 10000, 100000])
