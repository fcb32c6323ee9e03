"""The one place that prints: a view or an error, in a format, to two streams."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import TextIO

from desk.errors import DeskError
from desk.view.formats import FORMATS, SCHEMA, encode
from desk.view.look import Look, paint
from desk.view.model import Listing, View
from desk.view.text.cells import visible

# The table is safe line by line, and JSON escapes by its own rules; these carry text as it is.
_RAW = frozenset(("md", "csv", "yaml", "ids"))
_ENVELOPES = frozenset(("json", "jsonl"))


def render(view: View, fmt: str, look: Look, out: TextIO, err: TextIO) -> None:
    """Data to `out`, talk to `err`. `fmt` is a name in FORMATS. BrokenPipeError is the caller's."""
    chunks: Iterable[str] = FORMATS[fmt](view, look)
    if look.tty and fmt in _RAW:
        chunks = (visible(chunk) for chunk in chunks)
    page(chunks, look, out)
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


def page(chunks: Iterable[str], look: Look, out: TextIO) -> None:
    """Write to `out`, through the person's pager when it is a terminal and the text is taller than that."""
    if not look.tty or out is not sys.stdout or _wants_no_pager():
        out.writelines(chunks)
        out.flush()
        return
    import shutil  # noqa: PLC0415 - only a terminal has a height

    text = "".join(chunks)
    if text.count("\n") < shutil.get_terminal_size().lines:
        out.write(text)
        out.flush()
        return
    import click  # noqa: PLC0415 - the library is the command line's; here only its pager is needed

    # As git does: leave when it fits, pass colour on, keep the text on the screen. click hands our environment on, and
    # looks for the R only in words that start with a dash.
    os.environ.setdefault("LESS", "-FRX")
    # None lets click look whether the pager shows colour, and take it out if not.
    click.echo_via_pager(text.removesuffix("\n"), color=None if look.color else False)


def _wants_no_pager() -> bool:
    return os.environ.get("TERM", "dumb") == "dumb" or os.environ.get("PAGER", "less").strip() in ("", "cat")
