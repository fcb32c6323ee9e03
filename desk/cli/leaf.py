"""The decorator of every command that does something: it takes the App, returns a view, has --format and an example."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from desk.cli.app import App

FORMATS = ("table", "json", "jsonl", "csv", "yaml", "md", "ids")
F = TypeVar("F", bound=Callable[..., Any])


def leaf(name: str, *, example: str) -> Callable[[Callable[..., Any]], click.Command]:
    """A command that does something: takes the App first, returns a view, and has --format and an example."""

    def wrap(function: Callable[..., Any]) -> click.Command:
        with_app = click.pass_obj(function)
        formatted = click.option(
            "-f",
            "--format",
            type=click.Choice(FORMATS),
            metavar="FORMAT",
            default="table",
            expose_value=False,
            is_eager=True,
            callback=_set_format,
            help=f"How to print the answer: {', '.join(FORMATS)}.",
        )(with_app)
        lines = "\n".join(f"  {line}" for line in example.splitlines())
        command = click.command(name, epilog=f"\b\nExample:\n{lines}")(formatted)
        # The option of all commands stands after a command's own in its help.
        command.params.append(command.params.pop(0))
        return command

    return wrap


def _set_format(ctx: click.Context, _param: click.Parameter, value: str) -> None:
    if isinstance(ctx.obj, App):
        ctx.obj.output = value
