"""What click complains about, in the program's own form: what is wrong, and what to type instead."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import import_module

import click

from desk.cli.table import COMMANDS, PROG
from desk.errors import DeskError, UsageFault
from desk.text import Text, _, arranged, either, recalled

_ELSEWHERE = {
    "-f": _("it stands behind the command: desk ticket list -f json"),
    "--format": _("it stands behind the command: desk ticket list --format json"),
    "--as": _("it stands before the command: desk --as WHO ticket list"),
}
"""Options that people put in the wrong place."""


def in_our_form(error: click.ClickException, argv: list[str]) -> DeskError:
    """What click complains about, in our form."""
    ctx: click.Context | None = getattr(error, "ctx", None)
    command = ctx.command_path if ctx else _command_of(argv)
    hint = f"{command} --help"
    if isinstance(error, click.NoSuchOption):
        from desk.domain.rights import synonyms  # noqa: PLC0415 - for a mistake alone

        known = {name for param in ctx.command.params for name in param.opts} if ctx else set()
        close = [name for name in error.possibilities or () if name != "--help"]
        meant = synonyms.option(known, error.option_name) or (either(*close) if close else "")
        hint = _ELSEWHERE.get(error.option_name) or (
            _("did you mean {meant}? see: {hint}", meant=meant, hint=hint) if meant else hint
        )
        return UsageFault(
            _("{command} has no option {option_name}", command=command, option_name=error.option_name), hint
        )
    if isinstance(error, click.MissingParameter) and error.param is not None:
        return UsageFault(_missing(error, error.param), _("see: {hint}", hint=hint))
    message = error.format_message().rstrip(".")
    if ctx and (extra := re.search(r"unexpected extra arguments? \((.+)\)$", message)):
        known = {name for param in ctx.command.params for name in param.opts}
        for option in ("--search", "--body"):
            if option in known:
                return UsageFault(
                    _("{command} takes no words as they stand: {extra}", command=command, extra=extra[1]),
                    _('did you mean: {option} "{extra}"? see: {hint}', option=option, extra=extra[1], hint=hint),
                )
    told = _begun_small(error.format_message(), message)
    if isinstance(error, click.BadOptionUsage) and (help_ := _help_of(command, error.option_name)):
        return UsageFault(
            told, _("{help} See: {hint}", help=recalled(help_), hint=hint)
        )  # it says what belongs behind it
    return UsageFault(told, _("see: {hint}", hint=hint))


def _help_of(command: str, option: str) -> str:
    """What help says of an option; nothing where there is none."""
    row = COMMANDS.get(command.partition(" ")[2])
    if row is None or not row.target:
        return ""
    module, _colon, attribute = row.target.partition(":")
    params: list[click.Parameter] = getattr(import_module(module), attribute).params
    return next((p.help or "" for p in params if isinstance(p, click.Option) and option in p.opts), "")


def _missing(error: click.MissingParameter, param: click.Parameter) -> str:
    """What click puts together from pieces, as a sentence."""
    name = param.get_error_hint(error.ctx)
    of_option = param.param_type_name == "option"
    text = _("missing option {name}", name=name) if of_option else _("missing argument {name}", name=name)
    more = param.type.get_missing_message(param=param, ctx=error.ctx)
    return arranged("{text}. {more}", text=text, more=more) if more else text


def _begun_small(told: str, message: str) -> str:
    """A message that goes on behind `error:`, without its full stop; a translation of it begins so by itself."""
    small = message[:1].lower() + message[1:]
    if not isinstance(told, Text):
        return small
    text = Text(small)
    text.one, text.many, text.n, text.values = told.one, told.many, told.n, _in_words(told.values)
    return text


_NUMBERS = {"integer": _("integer"), "integer range": _("integer range"), "float": _("float")}
"""What click calls a type, as a word beside its sentence."""


def _in_words(values: Mapping[str, object]) -> Mapping[str, object]:
    inner = values.get("message")
    if isinstance(inner, Text) and inner.values.get("number_type") in _NUMBERS:
        inner.values = {**inner.values, "number_type": _NUMBERS[str(inner.values["number_type"])]}
    return values


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
