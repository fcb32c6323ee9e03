"""The starter desk without its service levels, for tests of something else and for desks that promise nothing."""

from __future__ import annotations

import subprocess
from pathlib import Path


def without_levels(home: Path) -> None:
    """Take [sla] out of desk.toml, in a commit of June."""
    text = (home / "desk.toml").read_text(encoding="utf-8")
    start, end = text.index("# Service levels"), text.index("[list]")
    (home / "desk.toml").write_text(text[:start] + text[end:], encoding="utf-8")
    words = ("commit", "-qam", "no service levels", "--date", "2026-06-01T00:00:00Z")
    subprocess.run(["git", "-C", str(home), *words], check=True)
