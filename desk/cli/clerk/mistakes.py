"""What the parser complains about, in our form, with what was probably meant."""

from __future__ import annotations

import re
from importlib import import_module

import click

from desk.cli.table import COMMANDS
from desk.domain.rights import synonyms
from desk.errors import DeskError, UsageFault
from desk.text import _

PROG = "desk"

_ELSEWHERE = {
    "-f": _("it stands behind the command: desk ticket list -f json"),
    "--format": _("it stands behind the command: desk ticket list --format json"),
    "--as": _("it stands before the command: desk --as WHO ticket list"),
}
"""Options that people put in the wrong place."""


def usage(error: click.ClickException, argv: list[str]) -> DeskError:
    """What click complains about, in our form."""
    ctx: click.Context | None = getattr(error, "ctx", None)
    command = ctx.command_path if ctx else _command_of(argv)
    hint = _("{command} --help", command=command)
    if isinstance(error, click.NoSuchOption):
        known = {name for param in ctx.command.params for name in param.opts} if ctx else set()
        close = [name for name in error.possibilities or () if name != "--help"]
        meant = synonyms.option(known, error.option_name) or " or ".join(close)
        hint = _ELSEWHERE.get(error.option_name) or (
            _("did you mean {meant}? see: {hint}", meant=meant, hint=hint) if meant else hint
        )
        return UsageFault(
            _("{command} has no option {option_name}", command=command, option_name=error.option_name), hint
        )
    message = error.format_message().rstrip(".")
    if ctx and (extra := re.search(r"unexpected extra arguments? \((.+)\)$", message)):
        known = {name for param in ctx.command.params for name in param.opts}
        for option in ("--search", "--body"):
            if option in known:
                return UsageFault(
                    _("{command} takes no words as they stand: {extra}", command=command, extra=extra[1]),
                    _('did you mean: {option} "{extra}"? see: {hint}', option=option, extra=extra[1], hint=hint),
                )
    path = command.partition(" ")[2]
    if isinstance(error, click.BadOptionUsage) and (row := COMMANDS.get(path)) and row.target:
        params = _params(row.target)
        said = next((p.help for p in params if isinstance(p, click.Option) and error.option_name in p.opts), None)
        if said:  # what belongs behind it
            return UsageFault(message[:1].lower() + message[1:], _("{help} See: {hint}", help=said, hint=hint))
    return UsageFault(message[:1].lower() + message[1:], _("see: {hint}", hint=hint))


def _command_of(argv: list[str]) -> str:
    """The command that a command line names, also where it could not be parsed."""
    path = ""
    for word in argv:
        longer = f"{path} {word}".strip()
        if longer in COMMANDS:
            path = longer
        elif path and COMMANDS[path].target:
            break
    return f"{PROG} {path}".strip()


def _params(target: str) -> list[click.Parameter]:
    module, _colon, attribute = target.partition(":")
    params: list[click.Parameter] = getattr(import_module(module), attribute).params
    return params
