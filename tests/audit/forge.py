"""What somebody with git, and without scruples, does to a desk."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from desk.domain.model.ticket import Ticket
from desk.git import place, refs

MARIA = ("Maria Georgiou", "maria@ncpeh.example")
PETROS = ("Petros Ioannou", "petros@ncpeh.example")
STRANGER = ("Mallory", "mallory@elsewhere.example")


class Forger:
    """Commits with any author, date and message, past desk and its rules."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def git(self, *args: str, env: dict[str, str] | None = None, data: str = "") -> str:
        done = subprocess.run(
            ["git", "-C", str(self.home), *args],
            capture_output=True, text=True, check=True, input=data, env={**os.environ, **(env or {})},
        )  # fmt: skip
        return done.stdout.strip()

    def swap(self, path: str, old: str, new: str) -> None:
        file = self.home / path
        text = file.read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {path}"
        file.write_text(text.replace(old, new, 1), encoding="utf-8")

    def ticket(self, ticket: str, old: str, new: str) -> None:
        self.swap(Ticket.path_of(ticket), old, new)

    def commit(self, message: str, who: tuple[str, str] = MARIA, *, at: str = "", committed: str = "") -> str:
        """Everything in the work tree as one commit; times as git takes them."""
        env = {"GIT_AUTHOR_NAME": who[0], "GIT_AUTHOR_EMAIL": who[1]}
        env |= {"GIT_AUTHOR_DATE": at} if at else {}
        env |= {"GIT_COMMITTER_DATE": committed} if committed else {}
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-F", "-", env=env, data=message)
        return head(self.home)


def head(home: Path) -> str:
    """The newest commit, as git's files say."""
    found = refs.read_head(place.find(str(home), os.environ))
    assert found is not None
    return found.oid or ""


def said(verb: str, actor: str, *lines: str) -> str:
    """A message as desk writes it."""
    return "\n".join((f"{verb}", "", f"Desk-Verb: {verb}", f"Desk-Actor: {actor}", *lines)) + "\n"
