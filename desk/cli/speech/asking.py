"""What a person at the terminal is asked and told at once, in the language of the run; answers are understood in English too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from desk.text import _, arranged, pgettext

if TYPE_CHECKING:
    from desk.cli.app import App

_YES = (pgettext("answer", "y"), pgettext("answer", "yes"))
_NO = (pgettext("answer", "n"), pgettext("answer", "no"))
_TYPED = {True: ("ν", "ναι"), False: ("ο", "όχι", "οχι")}
"""Understood in any language: what a Greek keyboard gives, whatever the desk speaks."""


def tell(app: App, text: str) -> None:
    """A line beside the answer."""
    click.echo(app.say(text), err=True)


def ask(app: App, question: str) -> str:
    """What somebody types, which may be nothing; click.Abort where they have left."""
    return str(click.prompt(app.say(question), default="", show_default=False, err=True)).strip()


def confirm(app: App, question: str, *, default: bool) -> bool:
    """Whether the answer is yes; nothing typed is the default."""
    yes, no = app.say(_YES[0]), app.say(_NO[0])
    shown = f"{yes.upper()}/{no}" if default else f"{yes}/{no.upper()}"
    while True:
        answer = ask(app, arranged("{question} [{shown}]", question=question, shown=shown)).lower()
        if not answer:
            return default
        for words, meant in ((_YES, True), (_NO, False)):
            if answer in words or answer in _TYPED[meant] or answer in map(app.say, words):
                return meant
        tell(app, _("answer y or n"))
