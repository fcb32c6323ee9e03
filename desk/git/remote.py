"""Other repositories: what they have, what is brought from them and to them."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable

from desk.errors import GitError, Refused
from desk.git import refs
from desk.git.place import Place
from desk.git.process import NULL, PIPE, as_error, run, setting, spawn
from desk.named import NamedTuple
from desk.text import _

TRACKED = "refs/remotes"
MAILHOSTS = "+refs/desk/mail/*:refs/desk/mailhosts/*"
"""How far the mail hosts of other clones have come."""
SEALS = ("seal", "cosign")
"""Tags that clones give to each other: what vouches for history."""
_HINT = _("your commits are safe here; see: git fetch")


def remotes(place: Place) -> list[str]:
    """The names of the repositories that this one knows."""
    return run(place, "remote").decode(errors="replace").split()


def fetch(place: Place, remote: str, branch: str, timeout: float) -> str | None:
    """Bring a branch here; the commit it stands at, None where the other side has no such branch yet.

    Needs no lock: nothing of the desk changes by it. GitError, with git's words, when the other side can't be reached.
    """
    tracked = f"{TRACKED}/{remote}/{branch}"
    # A seal that is here is never replaced: whether the other side has another one of its name is for the audit to say.
    # Where history is cut off none is fetched: git would bring all that an old one stands on.
    seals = () if refs.cut(place) else (f"refs/tags/{kind}/*:refs/tags/{kind}/*" for kind in SEALS)
    wanted = (f"+refs/heads/{branch}:{tracked}", *seals, MAILHOSTS)
    args = ("fetch", "--no-tags", remote, *wanted)
    code, _, err = _talk(place, timeout, "-c", "fetch.writeCommitGraph=true", *args)
    if code and b"would clobber existing tag" in err and not (b"fatal: " in err or b"error: " in err):
        code = 0
    if code and b"couldn't find remote ref" in err:
        return None
    if code:
        raise _failed(remote, err)
    return refs.tip(place, tracked)


def branches(place: Place, remote: str, prefix: str, timeout: float) -> list[str]:
    """The names of the branches there that begin so."""
    code, out, err = _talk(place, timeout, "ls-remote", "--heads", remote, f"refs/heads/{prefix}*")
    if code:
        raise _failed(remote, err)
    return [line.partition("\trefs/heads/")[2] for line in out.decode(errors="replace").splitlines()]


def tags(place: Place, remote: str, prefixes: Iterable[str], timeout: float) -> str:
    """The tags there whose names begin in one of these ways, a line each: the name, and the tag's own object name."""
    wanted = (f"refs/tags/{prefix}*" for prefix in prefixes)
    code, out, err = _talk(place, timeout, "ls-remote", "--tags", "--refs", remote, *wanted)
    if code:
        raise _failed(remote, err)
    rows = (line.partition("\trefs/tags/") for line in out.decode(errors="replace").splitlines())
    return "".join(f"{name} {oid}\n" for oid, _between, name in rows)


def push_tag(place: Place, remote: str, name: str, timeout: float) -> None:
    """Publish a tag; one of its name that is there is never replaced. Refused, with the server's words, where it says no."""
    push_ref(place, remote, f"refs/tags/{name}", timeout)


def push_ref(place: Place, remote: str, ref: str, timeout: float) -> None:
    """Publish a ref under its own name. Refused, with the server's words, where it says no."""
    _checked(
        remote, *_talk(place, timeout, "push", "--porcelain", "--no-verify", *_signed(place), remote, f"{ref}:{ref}")
    )


class Pushed(NamedTuple):
    """Whether the other side took a commit; if not, whether because it has moved on meanwhile."""

    taken: bool
    raced: bool = False


def push(place: Place, remote: str, oid: str, branch: str, timeout: float) -> Pushed:
    """Publish a commit as a branch there. Refused, with the server's words, where it says no."""
    args = ("push", "--porcelain", "--no-verify", *_signed(place), remote, f"{oid}:refs/heads/{branch}")
    code, out, err = _talk(place, timeout, *args)
    if not code:
        return Pushed(taken=True)
    lines = [line for line in out.decode(errors="replace").splitlines() if line.startswith("!")]
    text = " ".join(lines)
    if re.search(
        r"non-fast-forward|fetch first|stale info|cannot lock ref|failed to update ref|incorrect old value", text
    ):
        return Pushed(taken=False, raced=True)
    _checked(remote, code, out, err)
    return Pushed(taken=True)


def _signed(place: Place) -> tuple[str, ...]:
    """A server that asks for a signature gets one from whoever has a key; without one, git would push nothing at all."""
    return ("--signed=if-asked",) if setting(place, "user.signingKey") else ()


def _checked(remote: str, code: int, out: bytes, err: bytes) -> None:
    """Refused, with the server's words, or GitError, where a push came to nothing."""
    if not code:
        return
    lines = [line for line in out.decode(errors="replace").splitlines() if line.startswith("!")]
    text = " ".join(lines)
    if lines:
        said = (line.partition("remote: ")[2].rstrip() for line in err.decode(errors="replace").splitlines())
        # A server may say several lines, as a guarded desk does: they stay lines.
        why = "\n".join(line for line in said if line) or text.rpartition("[")[2].rstrip("]")
        raise Refused(
            _("{remote} refused: {why}", remote=remote, why=why),
            _("nothing was taken there; your commits are safe here"),
        )
    raise _failed(remote, err)


def _talk(place: Place, timeout: float, *args: str) -> tuple[int, bytes, bytes]:
    """A git process that talks to another machine, ended when it takes too long."""
    import subprocess  # noqa: PLC0415 - only where somebody asks the network

    process = spawn(place, args, stdin=NULL, stdout=PIPE, stderr=PIPE)
    try:
        out, err = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise GitError(_("the other side has not answered for {timeout:g} s", timeout=timeout), _HINT) from None
    return process.returncode, out, err


def _failed(remote: str, err: bytes) -> GitError:
    found = as_error(("fetch",), err)
    return GitError(
        _("{remote} can't be reached: {problem}", remote=remote, problem=found.message.partition(": ")[2]), _HINT
    )


def wait(attempt: int, chance: float) -> None:
    """Before another try after a lost race: long at first, shorter later, so that nobody is always the last."""
    time.sleep(chance * 3 / attempt)
