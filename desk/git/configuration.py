"""What git's configuration says, this clone's and this machine's; nothing of it is ever in the repository."""

from __future__ import annotations

from desk.git import process
from desk.git.place import Place


def below(place: Place, prefix: str) -> dict[str, str]:
    """The values whose names begin with this, by the rest of the name in lower case; of several the last, as git counts.

    `below(place, "desk.mail.")` gives `{"host": "true"}` for `git config desk.mail.host true`.
    """
    asked = ("config", "--null", "--get-regexp", f"^{prefix.replace('.', '[.]')}")
    running = process.spawn(place, asked, stdin=process.NULL, stdout=process.PIPE, stderr=process.NULL)
    out, _ = running.communicate()
    found = {}
    for one in out.decode(errors="replace").split("\0"):
        name, equals, value = one.partition("\n")
        if name:
            found[name.lower().removeprefix(prefix.lower())] = value if equals else "true"
    return found


def put(place: Place, name: str, value: str) -> None:
    """Set one in this clone's own configuration, in place of all that it had there. Raises GitError."""
    process.run(place, "config", "--replace-all", name, value)
