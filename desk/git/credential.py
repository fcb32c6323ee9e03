"""git's credential helpers: they know the secret for a host and a user, or nothing."""

from __future__ import annotations

from contextlib import suppress

from desk.errors import GitError
from desk.git import process
from desk.git.place import Place
from desk.text import _


def fill(place: Place, protocol: str, host: str, user: str) -> str | None:
    """The secret that a helper has; None where none has one, since nobody is there to be asked."""
    try:
        answer = process.run(place, "credential", "fill", data=_asked(protocol, host, user).encode()).decode()
    except GitError:
        return None
    told = dict(line.partition("=")[::2] for line in answer.splitlines())
    return told.get("password") or None


def tell(place: Place, protocol: str, host: str, user: str, secret: str, *, good: bool) -> None:
    """Tell the helpers whether the secret that they gave was right; they only keep it, so trouble with them is none."""
    words = _asked(protocol, host, user) + f"password={secret}\n"
    with suppress(GitError):
        process.run(place, "credential", "approve" if good else "reject", data=words.encode())


def _asked(protocol: str, host: str, user: str) -> str:
    return _("protocol={protocol}\nhost={host}\nusername={user}\n", protocol=protocol, host=host, user=user)
