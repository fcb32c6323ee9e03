"""git as desk talks to it on the hot paths: one process for each job, bytes in, bytes out.

GitPython (in `store.repo`) is used for all that isn't hot: importing it alone takes longer than a whole command here.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING, NamedTuple

from desk.errors import Conflict, GitError
from desk.store.tree import Head, Place

if TYPE_CHECKING:
    import subprocess

PIPE, NULL = -1, -3
"""subprocess.PIPE and DEVNULL, by value: a list runs no process, and the module costs it 3 ms."""
OLDEST = (2, 39)
DURABLE = ("-c", "core.fsync=loose-object,pack,pack-metadata,reference", "-c", "core.fsyncMethod=fsync")
"""Objects and the ref have reached the disk when git returns; git's own default leaves loose objects to chance."""

_CLEARED = r"GIT_(DIR|WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY|NAMESPACE|COMMON_DIR|PREFIX|ALTERNATE_.*|QUARANTINE_.*)$"


def environment() -> dict[str, str]:
    """The environment without what would point git at another repository (as inside a hook), speaking English."""
    kept = {k: v for k, v in os.environ.items() if not re.match(_CLEARED, k)}
    return {**kept, "LC_ALL": "C.UTF-8", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}


def leave_hook() -> None:
    """Take the same out of this process's own environment, for a library that goes by that."""
    for name in [n for n in os.environ if re.match(_CLEARED, n)]:
        del os.environ[name]


def spawn(place: Place, args: Iterable[str], **streams: object) -> subprocess.Popen[bytes]:
    """A git process in the desk; GitError when git isn't there."""
    import subprocess  # noqa: PLC0415 - see PIPE

    command = ["git", "-C", place.root, *args]
    try:
        return subprocess.Popen(command, env=environment(), **streams)  # type: ignore[call-overload, no-any-return]
    except FileNotFoundError:
        raise GitError(
            "git is not installed", "install it (Debian, Ubuntu: apt install git), version 2.39 or newer"
        ) from None


def run(place: Place, *args: str, data: bytes | None = None, hold: int | None = None) -> bytes:
    """What git prints. `hold` is a lock's descriptor, inherited so that the lock outlives a killed desk."""
    process = spawn(
        place,
        args,
        stdin=PIPE if data is not None else NULL,
        stdout=PIPE,
        stderr=PIPE,
        pass_fds=() if hold is None else (hold,),
    )
    out, err = process.communicate(data)
    if process.returncode:
        raise failed(args, err)
    return out


def failed(args: Iterable[str], err: bytes) -> GitError | Conflict:
    """git's own words as an error of desk."""
    text = err.decode(errors="replace").strip()
    verb = next((a for a in args if not a.startswith("-") and "=" not in a), "git")
    first = next(
        (ln for ln in text.splitlines() if ln.startswith(("fatal:", "error:"))), text.splitlines()[0] if text else ""
    )
    words = first.removeprefix("fatal: ").removeprefix("error: ") or "it was stopped"
    if ".lock': File exists" in text:
        return Conflict(f"git {verb}: {words}", "another git command is at work here; if none is, remove that file")
    if "dubious ownership" in text:
        return GitError(
            f"git {verb}: {words}", next((ln.strip() for ln in text.splitlines() if "safe.directory" in ln), None)
        )
    if "No space left" in text or "Disk quota" in text:
        return GitError(f"git {verb}: the disk is full", "make room and try again; nothing was changed")
    return GitError(f"git {verb}: {words}", "see: desk doctor; git fsck")


def setting(place: Place, name: str) -> str:
    """A value of git's configuration; empty if it isn't set."""
    process = spawn(place, ("config", "--get", name), stdin=NULL, stdout=PIPE, stderr=NULL)
    out, _ = process.communicate()
    return str(out.decode(errors="replace").strip())


def loose_objects(place: Place) -> int:
    """About how many objects lie in files of their own, told from one of their 256 folders, as git itself does."""
    try:
        return len(os.listdir(os.path.join(place.common, "objects", "17"))) * 256
    except OSError:
        return 0


def check_version(place: Place) -> str:
    """The version of git; GitError if it is older than desk needs."""
    text = run(place, "version").decode().strip()
    found = re.search(r"(\d+)\.(\d+)", text)
    version = (int(found[1]), int(found[2])) if found else (0, 0)
    if version < OLDEST:
        raise GitError(f"{text} is too old: desk needs {OLDEST[0]}.{OLDEST[1]} or newer", "update git, then try again")
    return text.removeprefix("git version ")


def require(place: Place) -> None:
    """As `check_version`, but asks git again only when the program was changed."""
    for folder in os.get_exec_path():
        try:
            found = os.stat(os.path.join(folder, "git"))
        except OSError:
            continue
        mark = f"{folder}:{found.st_mtime_ns}:{found.st_size}"
        path = place.own("git-version")
        with suppress(FileNotFoundError, UnicodeDecodeError), open(path, encoding="utf-8") as file:
            if file.read() == mark:
                return
        check_version(place)
        with open(path, "w", encoding="utf-8") as file:
            file.write(mark)
        return


def head(place: Place) -> Head:
    """HEAD as git sees it, for repositories whose refs aren't plain files."""
    ref = run(place, "rev-parse", "--symbolic-full-name", "HEAD").decode().strip()
    oid = run(place, "rev-parse", "HEAD").decode().strip()
    return Head(None if ref == "HEAD" else ref, oid)


class Identity(NamedTuple):
    """Who git says is at the keyboard (author) and which machine commits."""

    author: str
    author_email: str
    emails: tuple[str, ...]
    committer: str
    committer_email: str


_IDENT = r"(.*?) ?<(.*?)>"


def identity(place: Place) -> Identity:
    """Names and addresses from git's configuration and GIT_* variables, in one process."""
    found: dict[str, str] = {}
    for line in run(place, "var", "-l").decode(errors="replace").splitlines():
        key, _, value = line.partition("=")
        if key in ("user.name", "user.email", "author.email", "GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"):
            found[key] = value
    if not ({"user.email", "author.email"} & found.keys() or {"GIT_AUTHOR_EMAIL", "EMAIL"} & os.environ.keys()):
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
    )


class Blobs:
    """`git cat-file --batch`: contents by object name or by `commit:path`, one process for any number."""

    def __init__(self, place: Place) -> None:
        self._process = spawn(place, ("cat-file", "--batch"), stdin=PIPE, stdout=PIPE)

    def _pipe(self) -> tuple[IO[bytes], IO[bytes]]:
        if self._process.stdin is None or self._process.stdout is None:
            raise GitError("git cat-file has no pipes")
        return self._process.stdin, self._process.stdout

    def get(self, name: str) -> bytes | None:
        """The content, or None if there is no such object."""
        stdin, stdout = self._pipe()
        stdin.write(f"{name}\n".encode())
        stdin.flush()
        return self._read(stdout)

    @staticmethod
    def _read(stdout: IO[bytes]) -> bytes | None:
        line = stdout.readline()
        if not line:
            raise GitError("git cat-file ended early", "git fsck")
        header = line.rsplit(b" ", 2)
        if len(header) < 3 or not header[2].strip().isdigit():
            return None
        size = int(header[2])
        data = stdout.read(size + 1)
        if len(data) != size + 1:
            raise GitError("git cat-file ended early", "git fsck")
        return data[:-1]

    def each(self, names: list[str]) -> Iterator[bytes | None]:
        """Contents in the order asked, in batches small enough that neither side fills its pipe."""
        stdin, stdout = self._pipe()
        for start in range(0, len(names), 500):
            part = names[start : start + 500]
            stdin.write("".join(f"{n}\n" for n in part).encode())
            stdin.flush()
            for _ in part:
                yield self._read(stdout)

    def close(self) -> None:
        stdin, stdout = self._pipe()
        stdout.close()
        with suppress(BrokenPipeError):
            stdin.close()
        self._process.wait()


@contextmanager
def blobs(place: Place) -> Iterator[Blobs]:
    reader = Blobs(place)
    try:
        yield reader
    finally:
        reader.close()


class NewCommit(NamedTuple):
    """What goes into one commit: files by path (None removes one), and who and when (epoch seconds, UTC)."""

    author: str
    email: str
    at: int
    committer: str
    committer_email: str
    committed_at: int
    message: str
    files: dict[str, bytes | None]


def ident(name: str, email: str) -> str:
    """`Name <address>` with nothing in it that would end a line or a field of a commit."""
    clean = [re.sub(r"[\x00-\x1f\x7f<>]+", " ", part).strip() for part in (name, email)]
    return f"{clean[0] or 'unknown'} <{clean[1]}>"


def seen(name: str, email: str) -> tuple[str, str]:
    """Name and address as `git log` gives back what `ident` wrote."""
    author, _, rest = ident(name, email).rpartition(" <")
    return author, rest.removesuffix(">")


def _quoted(path: str) -> bytes:
    escaped = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'.encode()


def stream(commits: Iterable[NewCommit], ref: str, base: str | None, *, marks: bool = True) -> Iterator[bytes]:
    """The commits in the language of git fast-import, each on top of the one before.

    With `marks`, git prints the object name of each.
    """
    parent = base
    for number, commit in enumerate(commits, 1):
        message = commit.message.encode()
        yield (
            (
                f"commit {ref}\nmark :{number}\nauthor {ident(commit.author, commit.email)} {commit.at} +0000\n"
                f"committer {ident(commit.committer, commit.committer_email)} {commit.committed_at} +0000\n"
                f"data {len(message)}\n"
            ).encode()
            + message
            + b"\n"
        )
        if parent:
            yield f"from {parent}\n".encode()
        parent = f":{number}"
        for path, data in commit.files.items():
            if data is None:
                yield b"D " + _quoted(path) + b"\n"
            else:
                yield b"M 100644 inline " + _quoted(path) + f"\ndata {len(data)}\n".encode() + data + b"\n"
        if marks:
            yield f"get-mark :{number}\n".encode()


class RefMoved(Exception):
    """Somebody committed since the change was planned."""


def fast_import(place: Place, commits: list[NewCommit], ref: str, base: str | None, hold: int) -> list[str]:
    """Write commits durably and move the ref to the last one; RefMoved if the ref no longer points to `base`."""
    data = b"feature done\n" + b"".join(stream(commits, ref, base)) + b"done\n"
    args = (*DURABLE, "fast-import", "--quiet", "--done", "--date-format=raw")
    process = spawn(place, args, stdin=PIPE, stdout=PIPE, stderr=PIPE, pass_fds=(hold,))
    try:
        out, err = process.communicate(data)
    except BaseException:
        # Ctrl-C. It must be over before anybody asks what it did: left alone, it could still make the commit.
        with suppress(OSError), process:
            process.stdin.close()  # type: ignore[union-attr]
            process.wait()
        raise
    if process.returncode == 0:
        return out.decode().split()
    if b"does not contain" in err or b"but expected" in err:
        raise RefMoved
    raise failed(args, err)


def update_index(place: Place, paths: Iterable[str], hold: int) -> None:
    """Make git's own index agree with the work tree for these paths alone; what is staged elsewhere stays staged.

    Another git command may be at work on it: that is waited for, two seconds at most.
    """
    listed = b"".join(p.encode() + b"\0" for p in paths)
    for left in range(40, -1, -1):
        try:
            run(place, "update-index", "--add", "--remove", "-z", "--stdin", data=listed, hold=hold)
        except Conflict:
            if not left:
                raise
            time.sleep(0.05)
        else:
            return


def blob_id(data: bytes, like: str) -> str:
    """The object name git gives this content, in the hash of the repository (told by the length of `like`)."""
    whole = b"blob %d\0" % len(data) + data
    if len(like) == 64:
        from hashlib import sha256  # noqa: PLC0415 - loads OpenSSL, for the rarer kind of repository only

        return sha256(whole).hexdigest()
    from _sha1 import sha1  # type: ignore[import-not-found] # noqa: PLC0415 - hashlib's wrapper costs 2 ms

    return str(sha1(whole).hexdigest())
