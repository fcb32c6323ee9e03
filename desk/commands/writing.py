"""Text from --body, --file, stdin or the editor; drafts that survive whatever goes wrong; attachments from files."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

import click

from desk.app import App
from desk.domain.fields import check_text
from desk.errors import ConfigError, DeskError, NotFound, UsageFault
from desk.store import tree

SCISSORS = "<!-- ---------- write above this line; what follows is for your eyes only ---------- -->"
T = TypeVar("T")


def body_options(what: str) -> Callable[[T], T]:
    """--body and --file."""

    def wrap(function: T) -> T:
        by_file = click.option("--file", metavar="PATH", help=f"{what} from a file; - is stdin.")(function)  # type: ignore[type-var]
        return click.option("--body", metavar="TEXT", help=what)(by_file)

    return wrap


def given_text(app: App, body: str | None, file: str | None) -> str | None:
    """The text that --body or --file gave; None if neither was used."""
    if body is not None and file is not None:
        raise UsageFault("--body and --file can't be used together", "give one of them")
    if body is not None:
        return _checked(body)
    if file is None:
        return None
    data = sys.stdin.buffer.read() if file == "-" else read_file(file)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        where = "stdin" if file == "-" else file
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageFault(f"{where}:{line}: not UTF-8 text", "convert it, or attach it: --attach FILE") from None
    if file == "-":
        app.typed = text
    return _checked(text)


def _checked(text: str) -> str:
    try:
        return check_text(text)
    except ValueError as error:
        raise UsageFault(str(error)) from None


def read_file(path: str) -> bytes:
    """A file named on the command line."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        raise NotFound(f"there is no file {path}", "check the name; a path is relative to this folder") from None
    except IsADirectoryError:
        raise UsageFault(f"{path} is a folder, not a file") from None
    except OSError as error:
        raise UsageFault(f"can't read {path}: {error.strerror}") from None


def attachments(app: App, paths: Iterable[str], taken: Iterable[str]) -> dict[str, bytes]:
    """Files to attach: safe name → content. A name that had to be changed is said."""
    limit = app.config["attachment.max_mb"]
    names = set(taken)
    found: dict[str, bytes] = {}
    for path in paths:
        data = read_file(path)
        if len(data) > limit * 1024 * 1024:
            raise UsageFault(
                f"{path} has {len(data) / 1024 / 1024:.1f} MiB, {limit} are allowed",
                "share it another way, or: desk config set attachment.max_mb N",
            )
        name = tree.attachment_name(os.fsencode(path).decode(errors="replace"), names)
        if name != os.path.basename(path):
            app.warnings.append(f"{os.path.basename(path)!r} is kept as {name}")
        names.add(name)
        found[name] = data
    return found


# -- the editor --------------------------------------------------------------------------------------------------------


def interactive() -> bool:
    """Whether a person is there to use an editor."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def editor() -> list[str]:
    """The person's editor, as git would choose it."""
    for name in ("GIT_EDITOR", "VISUAL", "EDITOR"):
        if os.environ.get(name):
            return shlex.split(os.environ[name])
    return ["vi"]


def draft_path(app: App, name: str) -> str:
    folder = app.place.own("drafts")
    os.makedirs(folder, exist_ok=True)
    return os.path.join(folder, f"{name}.md")


def edit(app: App, name: str, start: str, accept: Callable[[str], T]) -> T:
    """Let the person edit a text until `accept` takes it; its error stands on top when it doesn't.

    The text stays in a draft file until the command has succeeded; an older draft of the same thing is offered again.
    """
    path = draft_path(app, name)
    if not os.path.exists(path) or not click.confirm(f"There is an unfinished draft ({path}). Go on with it?", default=True, err=True):
        _write(path, start)
    app.draft = path
    while True:
        _run_editor(path)
        text = _read_draft(path)
        if not text.strip() or text == start:
            _forget(app)
            raise UsageFault("nothing was written", "the editor came back without a change; nothing was done")
        try:
            return accept(text)
        except DeskError as error:
            click.echo(f"error: {error.message}", err=True)
            _write(path, f"# ERROR: {error.message}\n{text}")
            if not click.confirm("Edit again?", default=True, err=True):
                raise


def _run_editor(path: str) -> None:
    command = [*editor(), path]
    try:
        code = subprocess.call(command)
    except FileNotFoundError:
        raise ConfigError(f"there is no editor {command[0]!r}", "set EDITOR, or give the text with --body or --file") from None
    if code:
        raise ConfigError(f"{command[0]} ended with {code}", f"what you wrote is in {path}")


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(text)


def _read_draft(path: str) -> str:
    with open(path, "rb") as file:
        text = file.read().decode(errors="replace")
    while text.startswith("# ERROR: "):
        text = text.partition("\n")[2]
    return text


def _forget(app: App) -> None:
    if app.draft:
        with suppress(FileNotFoundError):
            os.unlink(app.draft)
        app.draft = None


@contextmanager
def kept(app: App, name: str) -> Iterator[None]:
    """Around a write: what was typed into the editor or stdin is in a file if the write fails, and forgotten if not."""
    try:
        yield
    except BaseException as error:
        if app.typed and not app.draft:
            with suppress(OSError):
                app.draft = draft_path(app, name)
                _write(app.draft, app.typed)
        if app.draft and isinstance(error, DeskError):
            error.hint = f"{error.hint or 'nothing was changed'}   (your text is kept: {app.draft})"
        raise
    _forget(app)


def entry_text(app: App, body: str | None, file: str | None, name: str, context: str, start: str = "") -> str:
    """The text of a reply or note: as given, or from the editor with the thread below for reference."""
    text = given_text(app, body, file)
    if text is not None:
        return text
    if not interactive():
        raise UsageFault("no text was given", "--body TEXT, or --file PATH (- is stdin)")

    def accept(whole: str) -> str:
        written = whole.partition(SCISSORS)[0].strip("\n")
        if not written.strip():
            raise UsageFault("the text is empty")
        return _checked(written)

    return edit(app, name, f"{start}\n\n{SCISSORS}\n\n{context}", accept)
