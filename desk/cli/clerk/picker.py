"""Choosing from a list at a terminal, where something was left out: what is typed narrows it, an arrow and Enter take one.

`fzf` does it for whoever has that; prompt_toolkit, which is imported here and only then, for everybody else. In a pipe, and
where the terminal can't move its cursor, nothing is ever asked.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from desk.cli.app import App
from desk.domain.matching.folding import fold
from desk.errors import Interrupted
from desk.named import NamedTuple
from desk.text import _, arranged, ngettext, said
from desk.view.values import one_line

if TYPE_CHECKING:
    from prompt_toolkit.application import Application
    from prompt_toolkit.formatted_text import StyleAndTextTuples

SHOWN = 12
"""Rows on the screen at a time."""


class Choice(NamedTuple):
    """One of those to choose from: what is taken, and the line that tells of it."""

    key: str
    line: str


def may_pick(app: App) -> bool:
    """Whether a person is there who can be asked so."""
    return app.env.interactive and app.talks and app.env.environ.get("TERM", "dumb") != "dumb"


def pick(app: App, title: str, rows: Sequence[Choice]) -> str:
    """The key of the row that a person takes, asked in the language spoken now; Interrupted where none is."""
    shown = [row._replace(line=one_line(row.line)) for row in rows]
    program = shutil.which("fzf", path=app.env.environ.get("PATH"))
    found = _by_fzf(app, program, title, shown) if program else _chooser(title, shown).run()
    if found is None:
        raise Interrupted(_("given up: nothing was chosen"), _("name it on the command line; --help says how"))
    return found


def narrow(rows: Sequence[Choice], typed: str) -> list[Choice]:
    """Those whose line has every word that was typed, accents and case aside."""
    words = fold(typed).split()
    return [row for row in rows if all(word in fold(row.line) for word in words)]


def _by_fzf(app: App, program: str, title: str, rows: Iterable[Choice]) -> str | None:
    words = [program, "--height=~60%", "--layout=reverse", "--delimiter=\t", "--with-nth=2..", "--prompt", f"{title}> "]
    lines = "\n".join(f"{row.key}\t{row.line}" for row in rows)
    done = subprocess.run(words, input=lines, stdout=subprocess.PIPE, text=True, check=False, env=dict(app.env.environ))
    return done.stdout.partition("\t")[0] or None


def _chooser(title: str, rows: Sequence[Choice]) -> Application[str | None]:
    """A line to type in, and below it the rows that fit."""
    from prompt_toolkit.application import Application  # noqa: PLC0415 - 0.2 s, for a person who is asked
    from prompt_toolkit.buffer import Buffer  # noqa: PLC0415 - as above, and those below
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent  # noqa: PLC0415
    from prompt_toolkit.layout import HSplit, Layout, Window  # noqa: PLC0415
    from prompt_toolkit.layout.controls import BufferControl, FormattedTextControl  # noqa: PLC0415
    from prompt_toolkit.layout.processors import BeforeInput  # noqa: PLC0415

    at, keys = 0, KeyBindings()

    def typed(_buffer: Any) -> None:
        nonlocal at
        at = 0

    words = Buffer(multiline=False, on_text_changed=typed)

    def found() -> list[Choice]:
        return narrow(rows, words.text)

    def drawn() -> StyleAndTextTuples:
        left = found()
        first = max(0, min(at - SHOWN // 2, len(left) - SHOWN))
        told = said(ngettext("{n} of {all}", "{n} of {all}", len(left), all=len(rows)))
        lines: StyleAndTextTuples = [
            ("reverse" if number == at else "", arranged("  {line}\n", line=row.line))
            for number, row in enumerate(left[first : first + SHOWN], first)
        ]
        return [*lines, ("class:bottom-toolbar.text", told)]

    def move(steps: int) -> None:
        nonlocal at
        at = max(0, min(at + steps, len(found()) - 1))

    @keys.add("down")
    @keys.add("c-n")
    def _down(_event: KeyPressEvent) -> None:
        move(1)

    @keys.add("up")
    @keys.add("c-p")
    def _up(_event: KeyPressEvent) -> None:
        move(-1)

    @keys.add("enter")
    def _take(event: KeyPressEvent) -> None:
        left = found()
        if left:
            event.app.exit(result=left[at].key)

    @keys.add("escape", eager=True)
    @keys.add("c-c")
    @keys.add("c-d")
    def _leave(event: KeyPressEvent) -> None:
        event.app.exit(result=None)

    line = BufferControl(words, input_processors=[BeforeInput(str(arranged("{title}> ", title=title)))])
    below = Window(FormattedTextControl(drawn), dont_extend_height=True, wrap_lines=False)
    return Application(Layout(HSplit([Window(line, height=1), below])), key_bindings=keys, erase_when_done=True)
