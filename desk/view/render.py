"""The one place that prints: a view or an error, in a format, to two streams."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TextIO

from desk.errors import DeskError
from desk.view.formats import FORMATS, SCHEMA, encode
from desk.view.look import Look, paint
from desk.view.model import Done, Listing, View
from desk.view.text.cells import visible

# The table is safe line by line, and JSON escapes by its own rules; these carry text as it is.
_RAW = frozenset(("md", "csv", "yaml", "ids"))
_ENVELOPES = frozenset(("json", "jsonl"))


Write = Callable[[Iterable[str], Look], None]


def render(view: View, fmt: str, look: Look, write: Write, err: TextIO) -> None:
    """Data through `write`, talk to `err`. `fmt` is a name in FORMATS. BrokenPipeError is the caller's."""
    fmt = "table" if isinstance(view, Done) and view.bare else fmt
    chunks: Iterable[str] = FORMATS[fmt](view, look)
    if look.tty and fmt in _RAW:
        chunks = (visible(chunk) for chunk in chunks)
    write(chunks, look)
    talk = _talk(look, err)
    if fmt == "table" and isinstance(view, Listing) and not view.rows and view.empty:
        err.write(f"{visible(view.empty)}\n")
    err.writelines(f"{paint('warning:', 'warning', talk)} {visible(warning)}\n" for warning in view.warnings)
    if fmt == "table":
        err.writelines(f"{paint(visible(note), 'dim', talk)}\n" for note in view.notes)


def render_error(error: DeskError, fmt: str | None, look: Look, out: TextIO, err: TextIO) -> None:
    """An error, for a script that asked for JSON as JSON, else for a person."""
    if fmt in _ENVELOPES:
        told = {"code": error.code, "message": error.message, "hint": error.hint}
        envelope = {"schema": SCHEMA, "kind": "error", "error": told}
        out.write(encode(envelope, indent=2 if fmt == "json" else None) + "\n")
        return
    talk = _talk(look, err)
    err.write(f"{paint('error:', 'error', talk)} {visible(error.message)}\n")
    if error.hint:
        err.write(paint(f"hint: {visible(error.hint)}", "dim", talk) + "\n")


def _talk(look: Look, err: TextIO) -> Look:
    """`look.color` speaks of stdout; stderr may lead elsewhere."""
    return look if err.isatty() else look._replace(color=False)
