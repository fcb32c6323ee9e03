"""Which files of a desk stand in the work tree: all of them, or those of some folders; the others are read from git."""

from __future__ import annotations

import os
from collections.abc import Iterable

from desk.git.objects import blobs, files
from desk.git.place import Place
from desk.git.process import NULL, PIPE, run, setting, spawn
from desk.named import NamedTuple

YEARS = "desk.years"
"""The setting of git that says of how many years this clone keeps files; nothing of it is ever in the repository."""


class Cone(NamedTuple):
    """The folders of which there are files: all that is below some, and what lies in others themselves; each with its slash.

    `plain` is False for patterns that somebody wrote for git by hand: git alone can tell what they leave out.
    """

    below: tuple[str, ...]
    within: frozenset[str]
    plain: bool = True

    def holds(self, path: str) -> bool:
        """Whether the cone has the file of this path."""
        return path.startswith(self.below) or path[: path.rfind("/") + 1] in self.within


def cone_of(place: Place) -> Cone | None:
    """The files that are kept here; None for all of them."""
    try:
        with open(os.path.join(place.gitdir, "info", "sparse-checkout"), encoding="utf-8") as file:
            lines = file.read().split("\n")
    except (FileNotFoundError, NotADirectoryError, UnicodeDecodeError):
        return None
    if setting(place, "core.sparseCheckout") != "true":
        return None
    # As git writes them: /FOLDER/ for all that is below, and !/FOLDER/*/ behind it where only its own files are meant.
    shut = {line[2:-2] for line in lines if line.startswith("!/") and line.endswith("/*/")}
    named = [line[1:] for line in lines if line.startswith("/") and line.endswith("/")]
    plain = lines[:2] == ["/*", "!/*/"] and all(line[:1] in ("/", "!", "") for line in lines)
    return Cone(
        tuple(name for name in named if f"{name}" not in shut), frozenset((*(n for n in named if n in shut), "")), plain
    )


def is_outside(place: Place, path: str) -> bool:
    """Whether a file that isn't in the work tree is kept out of it, and not taken away by somebody."""
    cone = cone_of(place)
    if cone is None or cone.holds(path):
        return False
    return cone.plain or run(place, "--literal-pathspecs", "ls-files", "-t", "-z", "--", path).startswith(b"S ")


def committed(place: Place, path: str) -> bytes | None:
    """What HEAD has of a file that is kept out of the work tree; None for one that isn't kept out, or isn't there."""
    if not is_outside(place, path):
        return None
    with blobs(place) as reader:
        return reader.get(f"HEAD:{path}")


def left_out(place: Place, folders: Iterable[str]) -> list[str]:
    """The files of HEAD below some folders that are kept out of the work tree."""
    cone = cone_of(place)
    if cone is None:
        return []
    every = [file.path for file in files(place, "HEAD", folders)]
    if not cone.plain:
        said = run(place, "--literal-pathspecs", "ls-files", "-t", "-z", "--", *folders).decode(
            errors="surrogateescape"
        )
        return [one[2:] for one in said.split("\0") if one.startswith("S ")]
    return [path for path in every if not (cone.holds(path) or os.path.lexists(os.path.join(place.root, path)))]


def files_saying(place: Place, word: str, folder: str) -> list[str]:
    """Files that git knows, as they stand, with a word in them. git greps 100,000 in about a second."""
    return _grep(place, ("-l", "-F", "-e", word), [folder])


def files_without(place: Place, line: str, folders: Iterable[str]) -> list[str]:
    """As `files_saying`, those in which no line is as the extended regular expression says."""
    return _grep(place, ("-L", "-E", "-e", f"^{line}$"), list(folders))


def _grep(place: Place, words: tuple[str, ...], folders: list[str]) -> list[str]:
    found = _asked(place, *words, "--", *folders)
    if out := set(left_out(place, folders)):
        there = (path.removeprefix("HEAD:") for path in _asked(place, *words, "HEAD", "--", *folders))
        found += [path for path in there if path in out]
    return found


def _asked(place: Place, *words: str) -> list[str]:
    running = spawn(place, ("--literal-pathspecs", "grep", "-z", *words), stdout=PIPE, stderr=NULL)
    out, _ = running.communicate()
    return [path for path in out.decode(errors="surrogateescape").split("\0") if path]


def fill(place: Place) -> None:
    """Bring the files of HEAD that are kept here into an empty work tree."""
    run(place, "read-tree", "-m", "-u", "HEAD")


def narrow(place: Place, years: int, folders: Iterable[str], hold: int | None) -> None:
    """Keep the files of these folders alone; files with hand edits stay. `years` is what the folders stand for."""
    if setting(place, "core.splitIndex") == "true":
        run(place, "config", "core.splitIndex", "false", hold=hold)  # git can have its index split or sparse, not both
        run(place, "update-index", "--no-split-index", hold=hold)
    run(place, "sparse-checkout", "set", "--cone", "--sparse-index", *folders, hold=hold)
    run(place, "config", YEARS, str(years), hold=hold)


def widen(place: Place, hold: int | None) -> None:
    """Bring the files of all years back."""
    run(place, "sparse-checkout", "disable", hold=hold)
    if years(place):
        run(place, "config", "--unset-all", YEARS, hold=hold)


def years(place: Place) -> int:
    """Of how many years this clone keeps files; 0 for all of them."""
    kept = setting(place, YEARS)
    return int(kept) if kept.isdecimal() else 0
