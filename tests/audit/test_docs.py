"""docs/audit.md: the commands of git that it names work on a sealed desk, and say what desk says."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from desk.audit.verify import TITLES
from tests.cli.conftest import Git
from tests.conftest import Make, Runner

PAGE = (Path(__file__).parents[2] / "docs/audit.md").read_text(encoding="utf-8")


def test_plain_git_commands(desk: Runner, make: Make, home: Path, git: Git) -> None:
    ticket = make("One")
    desk("ticket", "close", ticket)
    made = desk("audit", "seal", "-f", "json").data
    commands = re.findall(r"`(git (?:log|show|blame|cat-file|merge-base) [^`]+)`", PAGE)
    assert len(commands) >= 10
    known = {"260723-7K3Q": ticket, "COMMIT": "HEAD", "SEAL": made["id"], "petros@": "maria@"}
    for command in commands:
        for word, real in known.items():
            command = command.replace(word, real)  # noqa: PLW2901 - step by step
        done = subprocess.run(["bash", "-c", command], cwd=home, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{command}\n{done.stderr}"
        assert done.stdout or "is-ancestor" in command or "7.days" in command, command
    [digest] = re.findall(r"```sh\n(.*)\n```", PAGE)
    done = subprocess.run(
        ["bash", "-c", digest.replace("SEAL", made["id"])], cwd=home, capture_output=True, text=True, check=True
    )
    assert f"sha256:{done.stdout.split()[0]}" == made["digest"]
    for line in re.findall(r"^    (Seal-\w+):", PAGE, re.MULTILINE):
        assert f"{line}: " in git("cat-file", "-p", made["id"])


def test_every_check_has_a_row() -> None:
    for check in set(TITLES) - {"committers"}:
        assert f"\n| {check} |" in PAGE
