"""The decorator of every command that does something: it takes the App, returns a view, has --format and an example."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from typing import Any, TypeVar

import click

from desk.cli.app import COLORS, App
from desk.cli.arguments import NothingGiven
from desk.cli.speech.helping import UNWRAPPED, SpokenCommand, SpokenOption
from desk.cli.speech.language import require_language
from desk.domain.model.kinds import KINDS
from desk.errors import Unchanged
from desk.text import _
from desk.view.model import Detail, Done

FORMATS = ("table", "json", "jsonl", "csv", "tsv", "excel", "yaml", "md", "html", "ids")
EXAMPLE = _("Example:")
"""What stands above it; an epilog is looked up by its first line."""
_BEFORE = _("As before the command.")
F = TypeVar("F", bound=Callable[..., Any])


def leaf(name: str, *, example: str, careful: bool = False) -> Callable[[Callable[..., Any]], click.Command]:
    """A command that does something: takes the App first, returns a view, and has --format and an example.

    A `careful` one can touch many records, or take one away: it has --dry-run, and asks at a terminal first.
    """

    def wrap(function: Callable[..., Any]) -> click.Command:
        with_app = click.pass_obj(_nothing_is_done(_asking(function) if careful else function))
        formatted = click.option(
            "-f",
            "--format",
            type=click.Choice(FORMATS),
            metavar="FORMAT",
            default="table",
            expose_value=False,
            is_eager=True,
            callback=_set_format,
            cls=SpokenOption,
            help=_("How to print the answer: {formats}.", formats=", ".join(FORMATS)),
        )(with_app)
        lines = "\n".join(f"  {line}" for line in example.splitlines())
        command = click.command(name, cls=SpokenCommand, epilog=f"{UNWRAPPED}{EXAMPLE}\n{lines}")(formatted)
        # The option of all commands stands after a command's own in its help.
        command.params.append(command.params.pop(0))
        command.params += _of_careful() if careful else ()
        command.params += _of_readers() if name in _READERS else ()
        _shorten(command.params)
        taken = {word for param in command.params for word in param.opts}
        command.params += [option for option in _of_all() if taken.isdisjoint(option.opts)]
        return command

    return wrap


_READERS = frozenset(
    ("list", "show", "search", "history", "log", "activity", "caller", "suggest", "candidates", "bans")
)
"""Commands that answer with things, of which a script may want a part."""


def _of_readers() -> list[click.Option]:
    """The options that shape an answer."""

    def set_fields(ctx: click.Context, _param: click.Parameter, value: str | None) -> None:
        if value is not None and isinstance(ctx.obj, App):
            ctx.obj.output = "json"
            ctx.obj.fields = tuple(dict.fromkeys(n.strip() for n in value.split(",") if n.strip()))

    def set_template(ctx: click.Context, _param: click.Parameter, value: str | None) -> None:
        if value is not None and isinstance(ctx.obj, App):
            ctx.obj.output = "jsonl"  # whole rows, without talk
            ctx.obj.template = value

    by_name = click.Option(("--json", "fields_wanted"), metavar="FIELDS", expose_value=False, callback=set_fields,
                           help=_("Only these fields, as JSON: id,title,fields.serial."))  # fmt: skip
    by_text = SpokenOption(("--template",), metavar="TEXT", expose_value=False, callback=set_template,
                           help=_("A Jinja template for each row, or @FILE: '{example}'.",
                                  example="{{ id }}\\t{{ title }}"))  # fmt: skip
    return [by_name, by_text]


def _of_careful() -> list[click.Option]:
    """The options of commands that can touch many records, or take one away."""

    def option(*words: str, sets: str, text: str) -> click.Option:
        def keep(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
            if value and isinstance(ctx.obj, App):
                setattr(ctx.obj, sets, True)

        return click.Option(words, is_flag=True, expose_value=False, is_eager=True, callback=keep, help=text)

    return [
        option("--dry-run", sets="rehearses", text=_("Only say what would be changed.")),
        option("-y", "--yes", sets="agrees", text=_("Don't ask first, at a terminal.")),
    ]


def _asking(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def run(app: App, *args: Any, **options: Any) -> Any:
        if not (app.rehearses or (app.env.interactive and not app.agrees)):
            return function(app, *args, **options)
        from desk.cli.clerk import consent  # noqa: PLC0415 - where somebody is asked, or only wants to know

        return consent.act(app, lambda: function(app, *args, **options))

    return run


_SHORT = {
    "--reason": "-m",
    "--message": "-m",
    "--body": "-b",
    "--title": "-t",
    "--department": "-d",
    "--requester": "-r",
    "--limit": "-n",
}
"""Short words of options, the same wherever there is such a one."""


def _shorten(params: list[click.Parameter]) -> None:
    for option in params:
        short = next((_SHORT[word] for word in option.opts if word in _SHORT), None)
        if isinstance(option, click.Option) and short and short not in option.opts:
            option.opts.insert(0, short)


def _of_all() -> list[click.Option]:
    """The options that stand before a command, understood behind it as well; help shows them once, at the top."""

    def option(*words: str, sets: str, **more: Any) -> click.Option:
        def keep(ctx: click.Context, _param: click.Parameter, value: Any) -> None:
            if value and isinstance(ctx.obj, App):
                if sets == "lang":
                    require_language(ctx.obj.env, value)
                setattr(ctx.obj, sets, "never" if sets == "color" and value is True else value)

        return click.Option(words, expose_value=False, is_eager=True, hidden=True, callback=keep, help=_BEFORE, **more)

    return [
        option("--desk", sets="folder"),
        option("--as", sets="who"),
        option("--color", sets="color", type=click.Choice(COLORS)),
        option("--lang", sets="lang", metavar="LANG"),
        option("--no-color", sets="color", is_flag=True),
        option("-q", "--quiet", sets="quiet", is_flag=True),
        option("--debug", sets="debug", is_flag=True),
    ]


def _nothing_is_done(function: Callable[..., Any]) -> Callable[..., Any]:
    """An empty pipe is answered with nothing, done: a script must not fail on a quiet day."""

    @wraps(function)
    def run(app: App, *args: Any, **options: Any) -> Any:
        try:
            view = function(app, *args, **options)
        except NothingGiven:
            app.idle()
            return Done(_plural(click.get_current_context().command_path.split()[1]), [], ())
        except Unchanged as settled:
            if not app.several:
                raise
            app.notes.append(settled.message)
            return Done(_plural(click.get_current_context().command_path.split()[1]), [], ())
        if isinstance(view, Detail):
            app.warnings.extend(_marks(view))
        view = _as_list(view) if app.several else view
        if app.fields is not None or app.template is not None:
            from desk.cli.clerk import shape  # noqa: PLC0415 - where somebody asks for it

            return shape.shaped(app, view)
        if not (app.talks and app.env.terminal):
            return view
        from desk.cli.clerk import hand  # noqa: PLC0415 - for people at a terminal

        return hand.remember(app, view)

    return run


def _marks(view: Detail) -> Iterator[str]:
    """Marks that a merge by git left in a text are no words of anybody: whoever reads them is told so."""
    for item in [view.data] if isinstance(view.data, Mapping) else view.data:
        # git's marks stand around what differs: in a thread, the first in one entry and the last in another.
        parts = (item.get("body"), *(entry.get("text") for entry in item.get("thread") or ()))
        text = "\n".join(part for part in parts if isinstance(part, str))
        if "<<<<<<<" not in text:
            continue
        from desk.codec import locate  # noqa: PLC0415 - for texts that look like it alone

        if locate.conflict_line(text.encode()) is not None:
            yield _(
                "{id}: a merge by git left both sides in the text, with marks of conflict: desk sync --continue, or desk doctor",
                id=item.get("id") or "",
            )


def _as_list(view: Any) -> Any:
    """An answer about one thing as that about several: its shape must not depend on how many came through a pipe."""
    plural = next((cls.plural for cls in KINDS.values() if cls.kind == getattr(view, "kind", None)), None)
    if not isinstance(view, Done | Detail) or plural is None or not isinstance(view.data, Mapping):
        return view
    return view._replace(kind=plural, data=[view.data])


def _plural(group: str) -> str:
    """What the commands of a group are about; those of `desk problem` are about tickets."""
    return next((cls.plural for cls in KINDS.values() if cls.noun == group), "tickets")


def _set_format(ctx: click.Context, _param: click.Parameter, value: str) -> None:
    if isinstance(ctx.obj, App):
        ctx.obj.output = value
