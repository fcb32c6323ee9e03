"""Times whole processes of desk against a yardstick in the same run, and prints a Markdown table.

    python -m bench.run [1000 10000 100000]

Each figure is the median of pairs: desk, yardstick, desk, yardstick … so that a machine whose speed drifts, drifts for
both. F is `python -c "import click"`, the start that no click program can avoid. G is git's own `add` and `commit`.
Desks are built through `desk import` and kept in DESK_BENCH_DIR (default: ~/.cache/desk-bench).
"""

from __future__ import annotations

import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from bench import texts

CACHE = Path(os.environ.get("DESK_BENCH_DIR", Path.home() / ".cache" / "desk-bench"))
RUNS = int(os.environ.get("DESK_BENCH_RUNS", "10"))
DESK = [sys.executable, "-m", "desk"]
FLOOR = [sys.executable, "-c", "import click"]
# Without PYTHONDONTWRITEBYTECODE, which would make every run compile desk anew, as no installed program does.
ENVIRONMENT = {
    **{k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"},
    "GIT_AUTHOR_NAME": "Bench Mark", "GIT_AUTHOR_EMAIL": "bench@ncpeh.example",
    "GIT_COMMITTER_NAME": "Bench Mark", "GIT_COMMITTER_EMAIL": "bench@ncpeh.example",
}  # fmt: skip
Command = Callable[[int], list[str]]


class Timing(NamedTuple):
    """Seconds of wall time, MiB of peak memory, and seconds of processor time, of one process with all that it starts."""

    seconds: float
    memory: float
    processor: float


def timed(command: list[str], folder: Path) -> Timing:
    """One run; its output is read and thrown away."""
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    _, err = process.communicate() if process.stderr is None else (None, process.stderr.read())
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - start
    if process.returncode:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}:\n{err.decode(errors='replace')}")
    return Timing(seconds, _mib(usage), usage.ru_utime + usage.ru_stime)


def _mib(usage: resource.struct_rusage) -> float:
    return usage.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)


class Pair(NamedTuple):
    """Medians over the pairs of one row."""

    ours: float
    yardstick: float
    ratio: float
    memory: float


def compare(
    ours: Command, yardstick: Command, folder: Path, runs: int = RUNS, before: Callable[[], None] | None = None
) -> Pair:
    """Run both in turn; the first pair warms up and is not counted. `before` prepares each run of ours, untimed."""
    pairs = []
    for number in range(runs + 1):
        if before:
            before()
        pairs.append((timed(ours(number), folder), timed(yardstick(number), folder)))
    pairs = pairs[1:]
    return Pair(
        statistics.median(a.seconds for a, _ in pairs),
        statistics.median(b.seconds for _, b in pairs),
        statistics.median(a.seconds / b.seconds for a, b in pairs),
        max(a.memory for a, _ in pairs),
    )


def build(count: int) -> Path:
    """A desk of `count` tickets, three commits each on average."""
    folder = CACHE / f"desk-{count}"
    if (folder / "done").exists():
        return folder / "desk"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    lines = folder / "tickets.jsonl"
    with lines.open("w", encoding="utf-8") as file:
        for raw in chain(texts.staff(), texts.tickets(count), [texts.log()]):
            file.write(json.dumps(raw, ensure_ascii=False) + "\n")
    subprocess.run([*DESK, "init", str(folder / "desk")], check=True, env=ENVIRONMENT, stdout=subprocess.DEVNULL)
    start = time.perf_counter()
    subprocess.run([*DESK, "import", "--history", str(lines)], cwd=folder / "desk", check=True, env=ENVIRONMENT)
    subprocess.run([*DESK, "maintain"], cwd=folder / "desk", check=True, env=ENVIRONMENT)
    print(f"built {count:,} tickets in {time.perf_counter() - start:.1f} s", file=sys.stderr)
    (folder / "done").touch()
    return folder / "desk"


class Behind:
    """An index that stands for a commit before the last `commits`, put back before each run."""

    def __init__(self, folder: Path, commits: int) -> None:
        self.own = folder / ".git" / "desk"
        self.kept = folder.parent / f"behind-{folder.name}.sqlite"
        self._checkpoint(folder)
        shutil.copyfile(self.own / "index.sqlite", self.kept)
        lines = folder.parent / f"foreign-{commits}.jsonl"
        with lines.open("w", encoding="utf-8") as file:
            for raw in texts.tickets(commits, seed=commits):
                file.write(json.dumps({**raw, "id": f"27{raw['id'][2:]}"}, ensure_ascii=False) + "\n")
        subprocess.run(
            [*DESK, "import", str(lines)], cwd=folder, check=True, env=ENVIRONMENT, stdout=subprocess.DEVNULL
        )

    @staticmethod
    def _checkpoint(folder: Path) -> None:
        subprocess.run([*DESK, "maintain"], cwd=folder, check=True, env=ENVIRONMENT, stdout=subprocess.DEVNULL)

    def restore(self) -> None:
        for file in self.own.glob("index*.sqlite*"):
            if not file.name.endswith(".lock"):
                file.unlink()
        shutil.copyfile(self.kept, self.own / "index-behind.sqlite")
        (self.own / "index.sqlite").symlink_to("index-behind.sqlite")
        os.sync()  # the copy's own writing must not fall into the run


def read_everything(folder: Path) -> Command:
    """What git takes to give out all that an index is made of: the records' contents and the log."""
    script = (
        "git ls-tree -r --format='%(objectname)' HEAD -- records kb templates | git cat-file --batch > /dev/null"
        " && git log --format='%H %P %at %an %ae %B' > /dev/null"
    )
    del folder
    return lambda _: ["sh", "-c", script]


def rows(folder: Path) -> list[tuple[str, str, Command, Command]]:
    """What is measured: operation, yardstick's letter, command, yardstick."""
    listed = subprocess.run(
        [*DESK, "ticket", "list", "--state", "any", "--limit", "400", "-f", "ids"],
        cwd=folder,
        env=ENVIRONMENT,
        check=True,
        capture_output=True,
    )
    ids = listed.stdout.decode().split()
    middle = ids[len(ids) // 2]
    searched = "rg" if shutil.which("rg") else "grep"
    finder = ["rg", "-l"] if searched == "rg" else ["grep", "-rl"]

    def desk(*words: str) -> Command:
        return lambda _: [*DESK, *words]

    def then(*words: str) -> Command:
        """On the day after the last ticket, which lies in the past of whoever measures."""
        now = f"DESK_NOW={texts.FIRST + timedelta(days=texts.DAYS):%Y-%m-%dT%H:%M:%SZ}"
        return lambda _: ["env", now, *DESK, *words]

    def floor(_: int) -> list[str]:
        return FLOOR

    def git_commit(number: int) -> list[str]:
        path = f"records/tickets/bench-{os.getpid()}-{number}.txt"
        return ["sh", "-c", f"echo x > {path} && git add {path} && git commit -q -m x"]

    return [
        ("`desk --version`", "F", desk("--version"), floor),
        ("`desk --help`", "F", desk("--help"), floor),
        ("`ticket list`", "F", desk("ticket", "list"), floor),
        ("`ticket list --department technical --priority high`", "F", desk("ticket", "list", "--department", "technical", "--priority", "high"), floor),
        ("`ticket list --mine`", "F", desk("--as", "clerk3", "ticket", "list", "--mine"), floor),
        ("`ticket list --limit 50 -f json`", "F", desk("ticket", "list", "--limit", "50", "-f", "json"), floor),
        ("`ticket list --state any`", "F", desk("ticket", "list", "--state", "any"), floor),
        ("`ticket show ID`", "F", desk("ticket", "show", middle), floor),
        ("`ticket history ID`", "F", desk("ticket", "history", middle), floor),
        ("`search`, a rare word", "F", desk("search", "needle77x"), floor),
        ("`search`, a word in most tickets", searched, desk("search", "certificate"), lambda _: [*finder, "certificate", "records"]),
        ("`search`, a word 200,000 times in one text", "`search`, a rare word", desk("search", texts.REPEATED), desk("search", "needle77x")),
        ("`ticket show`, a text of 2.8 MB", "`ticket show ID`", desk("ticket", "show", texts.log()["id"]), desk("ticket", "show", middle)),
        ("`kb search`, two words", "F", desk("kb", "search", "certificate", "expired"), floor),
        ("`kb suggest ID`", "F", desk("kb", "suggest", middle), floor),
        ("`stats --days 30`", "F", then("stats", "--days", "30"), floor),
        ("`stats --days 365 --by department`", "F", then("stats", "--days", "365", "--by", "department"), floor),
        ("`stats --days 30 --as-of 60d`, kept", "F", then("stats", "--days", "30", "--as-of", "60d"), floor),
        ("`report monthly`", "F", then("report", "monthly"), floor),
        ("`activity`", "F", then("activity"), floor),
        ("`log`", "F", desk("log"), floor),
        ("`sla list`", "F", then("sla", "list"), floor),
        ("`sla check --dry-run`, every open ticket late", "F", then("sla", "check", "--dry-run"), floor),
        ("`handover`", "F", then("handover"), floor),
        ("`problem candidates`, 90 days", "F", then("problem", "candidates"), floor),
        ("`problem candidates --days 521`, 10,000 incidents of 100,000", "F", then("problem", "candidates", "--days", "521"), floor),
        ("`ticket create`", "F", desk("ticket", "create", "--title", "Bench"), floor),
        ("`ticket create -f json`", "F", desk("ticket", "create", "--title", "Bench", "-f", "json"), floor),
        ("`ticket create`", "G", desk("ticket", "create", "--title", "Bench"), git_commit),
        ("`ticket note ID`", "F", lambda n: [*DESK, "ticket", "note", ids[n], "--body", "Bench"], floor),
        ("`ticket classify`, 1,000 tickets at once", "one `ticket create`",
         lambda n: ["sh", "-c", f"{sys.executable} -m desk ticket list --state any --limit 1000 -f ids | {sys.executable} -m desk ticket classify - --priority {'high' if n % 2 else 'low'} --impact {'low' if n % 2 else 'high'}"],
         desk("ticket", "create", "--title", "Bench")),
    ]  # fmt: skip


def heavy_rows(folder: Path) -> Iterator[tuple[str, str, Command, Command, int, Callable[[], None] | None]]:
    """What takes long or needs the desk prepared, one after another."""
    few = max(3, RUNS // 3)
    yield (
        "`index rebuild`",
        "git reading it all",
        lambda _: [*DESK, "index", "rebuild"],
        read_everything(folder),
        few,
        None,
    )
    for commits in (1, 1000):
        behind = Behind(folder, commits)
        label = f"first `ticket list` after {commits:,} foreign commit{'s' if commits > 1 else ''}"
        yield label, "F", lambda _: [*DESK, "ticket", "list"], lambda _: FLOOR, few, behind.restore
        behind.kept.unlink()


def main(counts: list[int]) -> None:
    """Measure at each size and print the table."""
    found: dict[tuple[str, str], dict[int, Pair]] = {}
    for count in counts:
        source = build(count)
        with_scratch = CACHE / f"scratch-{count}"
        shutil.rmtree(with_scratch, ignore_errors=True)
        shutil.copytree(source, with_scratch, symlinks=True)
        # A copy has other inodes and times; after a look at all files and a night's maintenance it is as a desk in use.
        subprocess.run(["git", "status", "-s"], cwd=with_scratch, check=True, stdout=subprocess.DEVNULL)
        subprocess.run([*DESK, "maintain"], cwd=with_scratch, check=True, env=ENVIRONMENT, stdout=subprocess.DEVNULL)
        timed([*DESK, "ticket", "list"], with_scratch)
        measured = [(*row, RUNS, None) for row in rows(with_scratch)]
        for operation, letter, ours, yardstick, runs, before in chain(measured, heavy_rows(with_scratch)):
            found.setdefault((operation, letter), {})[count] = compare(ours, yardstick, with_scratch, runs, before)
            print(f"{count:>7,} {operation} {found[operation, letter][count].ratio:.2f} {letter}", file=sys.stderr)
        shutil.rmtree(with_scratch)
    print_table(found, counts)


def print_table(found: dict[tuple[str, str], dict[int, Pair]], counts: list[int]) -> None:
    """Markdown: a row an operation, a column a size, and how it grows."""
    print(
        f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} cores, {time.strftime('%Y-%m-%d')}, median of {RUNS}\n"
    )
    sizes = " | ".join(f"{c:,}" for c in counts)
    print(f"| operation | against | {sizes} | ms at {counts[-1]:,} | growth | peak MiB |")
    print("|---|---|" + "---:|" * (len(counts) + 3))
    for (operation, letter), by_count in found.items():
        first, last = by_count[counts[0]], by_count[counts[-1]]
        ratios = " | ".join(f"{by_count[c].ratio:.2f}" for c in counts)
        print(
            f"| {operation} | {letter} | {ratios} | {last.ours * 1000:.0f} | {last.ours / first.ours:.2f} | {last.memory:.0f} |"
        )


if __name__ == "__main__":
    main([int(a) for a in sys.argv[1:]] or [1_000, 10_000, 100_000])
