"""Measures what a guard costs a push: its judgement of 1 and of 1,000 commits, and whole pushes with and without it.

    python -m bench.pushing [1000 10000 100000]

The commits are the last ones of the desks that `bench.run` builds. The judgement is the pre-receive hook as git runs it,
against `python -c "import click"` (F); a push is git's own, over the file system, against the same without hooks.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.run import DESK, ENVIRONMENT, FLOOR, RUNS, build, compare

COMMITS = (1, 1000)


def git(place: Path, *args: str) -> str:
    """What git prints."""
    done = subprocess.run(["git", "-C", str(place), *args], check=True, env=ENVIRONMENT, capture_output=True, text=True)
    return done.stdout.strip()


def guard(desk: Path, top: Path, commits: int) -> Path:
    """A guarded repository that lacks the newest commits of a desk."""
    place = top / f"lacks-{commits}.git"
    git(top, "clone", "-q", "--bare", "--no-local", str(desk), str(place))
    git(place, "update-ref", "HEAD", f"HEAD~{commits}")
    subprocess.run([*DESK, "guard", "install"], cwd=place, check=True, env=ENVIRONMENT, stdout=subprocess.DEVNULL)
    return place


def measure(desk: Path, place: Path, runs: int) -> list[str]:
    """One row: the judgement in F and in ms, and pushes with the guard by those without."""
    new, old = git(desk, "rev-parse", "HEAD"), git(place, "rev-parse", "HEAD")
    (place / "told").write_text(f"{old} {new} refs/heads/main\n", encoding="utf-8")
    # What it says is thrown away: commits that an import has made as nobody may are refused, after all of them were judged.
    words = f"GIT_DIR=. DESK_PUSHER=bench {sys.executable} -P -m desk guard hook pre-receive < told || :"
    judged = compare(lambda _: ["sh", "-c", words], lambda _: FLOOR, place, runs)

    def back() -> None:
        git(place, "update-ref", "HEAD", old)

    def push(*more: str) -> list[str]:
        shown = " ".join(("git", "-C", str(desk), "push", "-q", *more, str(place), "HEAD:main"))
        return ["sh", "-c", f"DESK_PUSHER=bench {shown} || :; git update-ref HEAD {old}"]

    plain = "--receive-pack=git -c core.hooksPath=/dev/null receive-pack"
    pushed = compare(lambda _: push(), lambda _: push(f"'{plain}'"), place, runs, back)
    return [
        f"{judged.ratio:.1f}", f"{judged.ours * 1000:.0f}", f"{judged.memory:.0f}",
        f"{pushed.ours * 1000:.0f}", f"{pushed.yardstick * 1000:.0f}",
    ]  # fmt: skip


def main(sizes: list[int]) -> None:
    """Measure, and print it."""
    print(
        f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} cores, {time.strftime('%Y-%m-%d')}\n"
    )
    print(
        "| tickets | commits | judged, F | ms | peak MiB | push, ms | without a guard, ms |\n|---:|---:|---:|---:|---:|---:|---:|"
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
