"""Who git says is at the keyboard, in which language they read, and which machine commits."""

from __future__ import annotations

import re

from desk.git.place import Place
from desk.git.process import run
from desk.named import NamedTuple


class Identity(NamedTuple):
    """Who git says is at the keyboard (author) and which machine commits."""

    author: str
    author_email: str
    emails: tuple[str, ...]
    committer: str
    committer_email: str
    language: str
    """`git config desk.lang`; "" where nobody set it."""


LANGUAGE = "desk.lang"
_IDENT = r"(.*?) ?<(.*?)>"


def identity(place: Place) -> Identity:
    """Names and addresses from git's configuration and GIT_* variables, in one process."""
    found: dict[str, str] = {}
    for line in run(place, "var", "-l").decode(errors="replace").splitlines():
        key, _, value = line.partition("=")
        if key in ("user.name", "user.email", "author.email", "GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT", LANGUAGE):
            found[key] = value
    if not ({"user.email", "author.email"} & found.keys() or {"GIT_AUTHOR_EMAIL", "EMAIL"} & place.environ.keys()):
        # Nobody has said who they are; git would make a name up from the login and the host.
        found.pop("GIT_AUTHOR_IDENT", None)
    author = re.match(_IDENT, found.get("GIT_AUTHOR_IDENT", ""))
    committer = re.match(_IDENT, found.get("GIT_COMMITTER_IDENT", ""))
    emails = (author[2] if author else "", found.get("user.email", ""))
    return Identity(
        author[1] if author else found.get("user.name", ""),
        emails[0] or emails[1],
        tuple(dict.fromkeys(e for e in emails if e)),
        committer[1] if committer else "",
        committer[2] if committer else "",
        found.get(LANGUAGE, ""),
    )
