"""Sessions in the documentation, as the program plays them: a fixed clock, a fixed person, fixed ids.

A page lists its commands as `Step`s and gets the transcript from `play`. What stands behind `#` in a command is a remark
for the reader, as in a shell.
"""

from __future__ import annotations

import contextlib
import io
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from random import Random
from typing import NamedTuple
from unittest import mock

from desk.cli import main
from desk.domain.changes.salt import LENGTH
from desk.store.snapshot import ALPHABET

DAY = "2026-07-23"


class Step(NamedTuple):
    """One command: `desk …`, `cd DIR`, `$EDITOR FILE`, or any other program; `a | b` hands over what the first one printed.

    `at` is the UTC time of day. `editor` is what the person does to the text when the command opens an editor: it is
    given the text and returns the new one. `code` is how the command ends. A `silent` step is played and not shown.
    `day` is for a session that takes several.
    """

    command: str
    at: str
    editor: Callable[[str], str] | None = None
    code: int = 0
    silent: bool = False
    day: str = ""


def play(
    steps: Iterable[Step],
    *,
    day: str = DAY,
    tickets: Iterable[str] = ("7K3Q",),
    users: Iterable[str] = ("4F9X2",),
    language: str = "en",
) -> str:
    """The transcript of a session; `tickets` and `users` are the random parts of the ids, in the order they are made."""
    drawn = {4: iter(tickets), 5: iter(users), LENGTH: _salts()}
    with tempfile.TemporaryDirectory() as folder, _stage(folder, drawn, language):
        return "".join(_played(step, step.day or day) for step in steps).rstrip("\n")


def _salts() -> Iterator[str]:
    """Salts that are the same each time a page is made."""
    dice = Random(12)  # noqa: S311 - nothing is kept secret in a page
    while True:
        yield "".join(dice.choices(ALPHABET, k=LENGTH))


def replaced(old: str, new: str) -> Callable[[str], str]:
    """An editor that replaces a text which must be there."""

    def edit(text: str) -> str:
        if old not in text:
            sys.exit(f"the editor was to replace {old!r} in:\n{text}")
        return text.replace(old, new, 1)

    return edit


@contextlib.contextmanager
def _stage(folder: str, characters: dict[int, Iterator[str]], language: str) -> Iterator[None]:
    (Path(folder) / "gitconfig").write_text(
        "[user]\n\tname = Maria Georgiou\n\temail = maria@clinic.example\n", encoding="utf-8"
    )
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("DESK_", "GIT_", "XDG_"))}
    environment = {
        **kept,
        "HOME": folder,
        "GIT_CONFIG_GLOBAL": f"{folder}/gitconfig",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_PAGER": "cat",
        "NO_COLOR": "1",
        "LC_ALL": "C.UTF-8",
        "DESK_LANG": language,
        "PWD": f"{folder}/work",
        "DESK_TERMINAL": "docs",
    }
    here = Path.cwd()
    os.mkdir(f"{folder}/work")
    with (
        mock.patch.dict(os.environ, environment, clear=True),
        mock.patch("desk.store.snapshot._random", lambda length: next(characters[length])),
    ):
        os.chdir(f"{folder}/work")
        try:
            yield
        finally:
            os.chdir(here)


def _played(step: Step, day: str) -> str:
    os.environ["DESK_NOW"] = f"{day}T{step.at}Z"
    # The committer's date is always the real one, so the clock itself is set for what is printed here.
    with mock.patch("desk.cli.env.read_clock", _clock):
        return _run(step)


def _clock() -> datetime:
    return datetime.fromisoformat(os.environ["DESK_NOW"])


def _run(step: Step) -> str:
    line = step.command.replace("\\\n", " ")
    if line.startswith("cd "):
        os.chdir(line[3:].partition("#")[0].strip())
        text = ""
    elif line.startswith("$EDITOR "):
        _edit(shlex.split(line, comments=True)[1], step.editor)
        text = "\n"
    else:
        given, code = "", 0
        for words in _stages(line):
            given, code = _desk(words[1:], given, step.editor) if words[0] == "desk" else _other(words, given)
        if code != step.code:
            sys.exit(f"{step.command} ended with {code}:\n{given}")
        text = given.replace(str(Path.cwd().resolve()), "~").rstrip() + "\n\n"
    return "" if step.silent else f"$ {step.command}\n{text}"


def _stages(line: str) -> list[list[str]]:
    """The commands of a pipe, as words."""
    found: list[list[str]] = [[]]
    for word in shlex.split(line, comments=True):
        if word == "|":
            found.append([])
        else:
            found[-1].append(word)
    return found


def _other(words: list[str], given: str) -> tuple[str, int]:
    done = subprocess.run(
        words, check=False, input=given, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
    )
    return done.stdout, done.returncode


def _edit(path: str, editor: Callable[[str], str] | None) -> None:
    if editor is None:
        sys.exit(f"nobody says what the editor does to {path}")
    Path(path).write_text(editor(Path(path).read_text(encoding="utf-8")), encoding="utf-8")


def _desk(words: list[str], given: str, editor: Callable[[str], str] | None) -> tuple[str, int]:
    out = io.StringIO()
    stdin = io.TextIOWrapper(io.BytesIO(given.encode()), encoding="utf-8")

    with (
        mock.patch("sys.stdin", stdin),
        mock.patch("desk.cli.editor._run_editor", lambda _, path: _edit(path, editor)),
        mock.patch("desk.cli.editor.interactive", return_value=editor is not None),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(out),
    ):
        code = main.run(words)
    return out.getvalue(), code
