"""The help of a command in the language of the run: looked up when it is printed, and not before."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from desk.cli.env import Env
from desk.cli.speech import language
from desk.text import looked_up, said, speaking

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

HELP = ("-h", "--help")
UNWRAPPED = "\b\n"
"""click's mark before a paragraph whose lines stay as they are."""


class SpokenCommand(click.Command):
    """A command whose help speaks the language of the run."""

    def get_help_option_names(self, ctx: click.Context) -> list[str]:
        """`-h` and `--help` whoever asks: click keeps the first option it makes, with the names of that context."""
        ctx.help_option_names = list(HELP)
        return super().get_help_option_names(ctx)

    def get_help(self, ctx: click.Context) -> str:
        with speaking_of(ctx):
            return super().get_help(ctx)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """What can be typed next, with the help of each as a person reads it."""
        found = self.complete_name(ctx, incomplete)
        with speaking_of(ctx):
            for item in found:
                item.help = looked_up(said(item.help)) if item.help else item.help
        return found

    def complete_name(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Names of options, and of commands where there are any."""
        return super().shell_complete(ctx, incomplete)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        if self.help:
            formatter.write_paragraph()
            with formatter.indentation():
                formatter.write_text(looked_up(inspect.cleandoc(self.help)))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with _looked_up(self, ctx):
            super().format_options(ctx, formatter)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """The example, whose lines are typed as they stand, under a heading of words."""
        if self.epilog:
            whole = self.epilog.removeprefix(UNWRAPPED)
            text = looked_up(whole)
            head, _, rest = text.partition("\n")
            formatter.write_paragraph()
            with formatter.indentation():
                formatter.write_text(f"{UNWRAPPED}{looked_up(head) if text == whole else head}\n{rest}")


class SpokenOption(click.Option):
    """An option whose help has values in it: click would make a plain string of it."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.help = more.get("help")


@contextmanager
def speaking_of(ctx: click.Context) -> Iterator[None]:
    """The language of the run that asks for help; a context without one (a page of the documentation) is English."""
    found = ctx.find_root().obj
    env = found if isinstance(found, Env) else getattr(found, "env", None)
    with speaking(language.spoken(env) if env else None):
        yield


@contextmanager
def _looked_up(command: click.Command, ctx: click.Context) -> Iterator[None]:
    """The options of a command with their help in the language that is spoken, while it is written."""
    options = [param for param in command.get_params(ctx) if isinstance(param, click.Option)]
    kept = [option.help for option in options]
    for option in options:
        option.help = looked_up(said(option.help)) if option.help else option.help
    try:
        yield
    finally:
        for option, text in zip(options, kept, strict=True):
            option.help = text
