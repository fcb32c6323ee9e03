"""The one place that prints: a view or an error, in a format, to two streams."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TextIO

from desk.errors import DeskError
from desk.text import Catalogue, _, said, speaking
from desk.view.formats import FORMATS, SCHEMA, encode
from desk.view.look import Look, paint
from desk.view.model import Done, Listing, View
from desk.view.text.cells import visible, width

# The table is safe line by line, and JSON escapes by its own rules; these carry text as it is.
_RAW = frozenset(("md", "csv", "tsv", "excel", "yaml", "html", "ids"))
_PEOPLE = frozenset(("table", "md", "html", "excel"))
"""Formats in which people are spoken to."""
_ENVELOPES = frozenset(("json", "jsonl"))


_INDENT = "  "
Write = Callable[[Iterable[str], Look], None]


def render(view: View, fmt: str, look: Look, write: Write, err: TextIO, *, catalogue: Catalogue | None = None) -> None:
    """Data through `write`, talk to `err`. `fmt` is a name in FORMATS. BrokenPipeError is the caller's.

    What people read is said by the catalogue; English without one, and wherever a program reads.
    """
    fmt = "table" if isinstance(view, Done) and view.bare else fmt
    with speaking(catalogue if fmt in _PEOPLE else None):
        chunks: Iterable[str] = FORMATS[fmt](view, look)
        if look.tty and fmt in _RAW:
            chunks = (visible(chunk) for chunk in chunks)
        write(chunks, look)
    with speaking(catalogue):
        _tell(view, fmt, _talk(look, err), err)


def _tell(view: View, fmt: str, talk: Look, err: TextIO) -> None:
    """What is said beside the answer."""
    if fmt == "table" and isinstance(view, Listing) and not view.rows and view.empty:
        err.write(f"{_laid(view.empty, talk)}\n")
    err.writelines(f"{_headed(_('warning:'), warning, 'warning', talk)}\n" for warning in view.warnings)
    if fmt == "table":
        err.writelines(f"{paint(_laid(note, talk), 'dim', talk)}\n" for note in view.notes)


def render_error(
    error: DeskError, fmt: str | None, look: Look, out: TextIO, err: TextIO, *, catalogue: Catalogue | None = None
) -> None:
    """An error, for a script that asked for JSON as JSON, else for a person."""
    if fmt in _ENVELOPES:
        told = {"code": error.code, "message": error.message, "hint": error.hint}
        envelope = {"schema": SCHEMA, "kind": "error", "error": told}
        out.write(encode(envelope, indent=2 if fmt == "json" else None) + "\n")
        return
    talk = _talk(look, err)
    with speaking(catalogue):
        err.write(f"{_headed(_('error:'), error.message, 'error', talk)}\n")
        if error.hint:
            hint = said(_("hint: {hint}", hint=error.hint))
            err.write(paint(_laid(hint, talk, " " * (len(hint) - len(said(error.hint)))), "dim", talk) + "\n")


def _headed(head: str, text: str, style: str, talk: Look) -> str:
    """A message behind a painted word, what goes on of it below its beginning."""
    head = said(head)
    laid = _laid(f"{head} {text}", talk, " " * (len(head) + 1))
    return paint(head, style, talk) + laid.removeprefix(head)


def _laid(text: str, talk: Look, hang: str = "") -> str:
    """Talk that can't steer the terminal, broken between words where it is wider than that."""
    shown = visible(text)
    if width(shown) <= talk.width or not talk.width:
        return shown
    from desk.view.text.prose import folded  # noqa: PLC0415 - for long talk alone

    lines = shown.split("\n")
    return "\n".join(piece for line in lines for piece in folded(line, talk.width, hang or _indent(line)))


def _indent(line: str) -> str:
    return " " * (len(line) - len(line.lstrip(" ")) + len(_INDENT))


def _talk(look: Look, err: TextIO) -> Look:
    """Colour and width are those of stdout; stderr may lead elsewhere."""
    return look if err.isatty() else look._replace(color=False, width=0)
