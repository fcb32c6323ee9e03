"""Which commit the desk stood at: named by git, or by a day."""

from __future__ import annotations

import re

from desk.errors import NotFound
from desk.store import git
from desk.store.desk import Store

_NAME = r"[0-9A-Za-z_][0-9A-Za-z_./~^@{}-]*"


def commit_at(store: Store, moment: str) -> str:
    """The last commit before a moment (RFC 3339 UTC), by the time at which it says that somebody acted."""
    row = store.ask(
        lambda index: index.db.execute(
            "SELECT oid FROM commits WHERE at < CAST(strftime('%s', ?) AS INTEGER) ORDER BY depth DESC, at DESC LIMIT 1",
            (moment,),
        ).fetchone()
    )
    if row is None:
        raise NotFound(f"this desk had no commit before {moment}", "git log --reverse shows when it began")
    return str(row[0])


def commit_named(store: Store, name: str) -> str:
    """The commit that a name means to git (an object name, a tag, HEAD~3); NotFound for none, or one of another history."""
    if re.fullmatch(_NAME, name):
        process = git.spawn(
            store.place, ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"), stdout=git.PIPE
        )
        out, _ = process.communicate()
        oid = out.decode(errors="replace").strip()
        known = store.ask(lambda index: index.db.execute("SELECT 1 FROM commits WHERE oid = ?", (oid,)).fetchone())
        if process.returncode == 0 and known is not None:
            return oid
    raise NotFound(
        f"{name[:60]!r} is neither a date nor a commit of this desk", "2026-07-23, 7d, or a name from git log"
    )
