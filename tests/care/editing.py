"""What a person with an editor does to the files of a desk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from desk.domain.model.ticket import Ticket

Git = Callable[..., str]
Make = Callable[..., str]


def file_of(home: Path, ticket: str) -> Path:
    return home / Ticket.path_of(ticket)


def swap(path: Path, *pairs: tuple[str, str]) -> None:
    """Replace text in a file; each must be there."""
    text = path.read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text, f"{old!r} is not in {path}"
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")


def add_line(path: Path, line: str) -> None:
    """A line more in the front matter, or at the end of a YAML file."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        head, fence, rest = text.partition("\n---\n")
        path.write_text(f"{head}\n{line}{fence}{rest}", encoding="utf-8")
    else:
        path.write_text(f"{text}{line}\n", encoding="utf-8")


def by_hand(git: Git, message: str = "by hand") -> None:
    """Commit everything past desk, as git allows anybody to."""
    git("add", "-A")
    git("commit", "-q", "-m", message)


def commits(git: Git) -> int:
    return int(git("rev-list", "--count", "HEAD"))
