"""The command line: a table of commands, the global options, the one error boundary and the one renderer call."""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Callable
from contextlib import nullcontext, suppress
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import click

from desk import __version__
from desk.cli.env import Env, is_in_desk, of_process
from desk.cli.speech import clickwords, helping, language
from desk.cli.table import COMMANDS, PROG, CommandRow
from desk.errors import ConfigError, DeskError, Interrupted, NotFound, Unprinted, UsageFault, nearest
from desk.text import CatalogueFault, _, arranged, either, looked_up, said

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from desk.cli.app import App
    from desk.view.look import Look
    from desk.view.model import View

ALONE = "today"
"""The command that `desk` alone stands for, inside a desk."""
HOLDER = "desk.app"
"""Where a run keeps the App once it is made, so that an error can tell of a draft."""
_LISTED = ("alias", "filter")
"""Groups that alone, or with options alone, stand for their list."""
_HELP = (["-h"], ["--help"])
_TICKET = r"(\d{6}-)?(?=\w*\d)[0-9A-Z]{4}"
"""A whole id, or its end with a digit in it."""


@cache
def _rows_below(head: str) -> dict[str, CommandRow]:
    """The rows of a group, by the word behind its own."""
    found = {path.removeprefix(head): row for path, row in COMMANDS.items() if path.startswith(head)}
    return {word: row for word, row in found.items() if " " not in word}


class CommandGroup(helping.SpokenCommand, click.Group):
    """A group whose commands are rows of the table, each imported when it is called."""

    def __init__(self, prefix: str = "", **attrs: Any) -> None:
        super().__init__(**attrs)
        self.prefix = prefix

    def _rows(self) -> dict[str, CommandRow]:
        return _rows_below(f"{self.prefix} ".lstrip())

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(self._rows())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        row = self._rows().get(cmd_name)
        if row is None:
            return None
        path = f"{self.prefix} {cmd_name}".strip()
        if row.target is None:
            return CommandGroup(path, name=cmd_name, help=row.help, short_help=row.help)
        return load(row)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """`desk` and `desk ticket` alone are a question, not a mistake: inside a desk, what there is to do."""
        is_named = bool(args) and not args[0].startswith("-")
        if not self.prefix and not is_named and not ctx.resilient_parsing and self._is_alone(ctx, args):
            args = [*args, ALONE]
        if self.prefix in _LISTED and not is_named and not ctx.resilient_parsing and args[:1] not in _HELP:
            args = ["list", *args]
        if not args and not ctx.resilient_parsing:
            click.echo(ctx.get_help(), color=ctx.color)
            ctx.exit()
        return super().parse_args(ctx, args)

    def _is_alone(self, ctx: click.Context, args: list[str]) -> bool:
        """Whether no command was named, and there is a desk to show."""
        try:
            options, rest, _order = self.make_parser(ctx).parse_args(list(args))
            env: Env = ctx.obj
            folder = options.get("desk") or env.environ.get("DESK_DIR") or env.cwd
        except (click.UsageError, OSError):
            return False  # said by whoever parses them in earnest
        return not rest and is_in_desk(folder)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """A typo is answered with the nearest command, never by running it."""
        name = str(args[0])
        alias = [] if self.prefix or name.startswith("-") or name in self._rows() else _alias(ctx, name)
        if alias and alias[0] in COMMANDS:
            return super().resolve_command(ctx, [*alias, *args[1:]])
        if name == "help" and name not in self._rows() and not ctx.resilient_parsing:
            if len(args) > 1:
                return super().resolve_command(ctx, [*args[1:], "--help"])
            click.echo(ctx.get_help(), color=ctx.color)
            ctx.exit()
        if not name.startswith("-") and name not in self._rows() and not ctx.resilient_parsing:
            where = f"{PROG} {self.prefix}".strip()
            meant = self._meant(name)
            hint = _("{where} --help lists the commands", where=where)
            if meant:
                hint = _("did you mean: {meant}", meant=meant)
            if alias:
                hint = _("{name} stands for {words}, which is no command: desk alias", name=name, words=" ".join(alias))
            raise UsageFault(_("{where} has no command {name!r}", where=where, name=name), hint)
        return super().resolve_command(ctx, args)

    def _meant(self, name: str) -> str:
        """What was probably meant: `desk close` is `desk ticket close`, `desk tikcet` is `desk ticket`.

        A word of the same meaning comes before one of nearly the same letters.
        """
        from desk.domain.rights import synonyms  # noqa: PLC0415 - for a mistake alone

        if known := synonyms.find_meant(self.prefix, name, COMMANDS):
            return f"{PROG} {known}"
        if self.prefix == "ticket" and re.fullmatch(_TICKET, name, re.IGNORECASE):
            return arranged("desk ticket show {name}", name=name)
        elsewhere = [path for path in COMMANDS if path.rpartition(" ")[2] == name]
        close = nearest(name, synonyms.harmless(self._rows()), 0.5)
        if elsewhere and not (close and self.prefix):
            return either(*(f"{PROG} {path}" for path in elsewhere[:2]))
        return f"{PROG} {self.prefix} {close}".replace("  ", " ") if close else ""

    def complete_name(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """From the table: completing a command's name imports no command."""
        from click.shell_completion import CompletionItem  # noqa: PLC0415 - for completion only

        found = [
            CompletionItem(name, help=row.help) for name, row in self._rows().items() if name.startswith(incomplete)
        ]
        return found + click.Command.shell_complete(self, ctx, incomplete)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """From the table alone: help imports no command. Top-level commands stand in sections."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for name, row in self._rows().items():
            sections.setdefault(row.section or _("Commands"), []).append((name, looked_up(row.help)))
        for title, rows in sections.items():
            with formatter.section(said(title)):
                formatter.write_dl(rows)
        del ctx


def _alias(ctx: click.Context, name: str) -> list[str]:
    """The words that a name stands for which is no command: a person's own, or the desk's; empty for none."""
    from desk.cli.clerk import personal  # noqa: PLC0415 - where a word is no command

    env: Env = ctx.obj
    if not isinstance(env, Env):
        return []
    folder = ctx.params.get("desk") or env.environ.get("DESK_DIR") or env.cwd
    with suppress(DeskError) if ctx.resilient_parsing else nullcontext():  # a shell that completes wants no errors
        return personal.expand(env, folder, name)
    return []


def load(row: CommandRow) -> click.Command:
    """Import a command of the table."""
    from importlib import import_module  # noqa: PLC0415 - loaded by the interpreter anyway

    module, _, attribute = (row.target or "").partition(":")
    command: click.Command = getattr(import_module(module), attribute)
    return command


def _is_spoken(ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    """Before --help speaks it."""
    language.require_language(ctx.obj, value)
    return value


def _completed(name: str) -> Callable[[click.Context, click.Parameter, str], list[CompletionItem]]:
    """Completion that is imported where a shell asks for it, and not by each run."""

    def completed(ctx: click.Context, param: click.Parameter, word: str) -> list[CompletionItem]:
        from desk.cli import complete  # noqa: PLC0415 - for the shell only

        found: list[CompletionItem] = getattr(complete, name)(ctx, param, word)
        return found

    return completed


clickwords.teach()  # before click asks for the first: its way to an English word loads what reads locales, 3 ms


@click.group(
    cls=CommandGroup,
    context_settings={"max_content_width": 100},
    epilog="\b\nStart here:\n  desk demo           see a day at a service desk\n"
    "  desk init my-desk   have a desk of your own",
)
@click.option(
    "--desk",
    metavar="DIR",
    shell_complete=_completed("complete_folder"),
    help="The desk to work on (default: DESK_DIR, or the one around this folder).",
)
@click.option(
    "--as",
    "who",
    metavar="WHO",
    shell_complete=_completed("complete_staff"),
    help="Act as this staff member (default: DESK_AS, or git's user.email).",
)
@click.option("--color", type=click.Choice(("auto", "always", "never")), default="auto", metavar="WHEN",
              help="Colours: auto, always (into a pipe as well) or never.")  # fmt: skip
@click.option("--no-color", is_flag=True, help="No colours (as does NO_COLOR).")
@click.option(
    "--lang",
    metavar="LANG",
    shell_complete=_completed("complete_spoken"),
    is_eager=True,
    callback=_is_spoken,
    help="Speak this language (default: DESK_LANG, git config desk.lang, or the system's).",
)
@click.option("-q", "--quiet", is_flag=True, help="Say only what is asked for and what is wrong; for cron.")
@click.option("--debug", is_flag=True, help="Show the traceback of an unexpected error.")
@click.version_option(__version__, prog_name=PROG)
@click.pass_context
def root(
    ctx: click.Context,
    desk: str | None,
    who: str | None,
    *,
    color: str,
    lang: str | None,
    quiet: bool,
    no_color: bool,
    debug: bool,
) -> None:
    """A service desk in a git repository: tickets are Markdown files, every change is a commit."""
    env: Env = ctx.obj
    try:
        env.cwd  # noqa: B018 - asked here, so that everything after may rely on it
    except FileNotFoundError:
        raise NotFound(_("the folder you are in has been deleted"), _("cd to another one")) from None
    from desk.cli.app import App  # noqa: PLC0415 - `desk --help` and `--version` don't need it

    ctx.obj = app = App(env, desk, who, color="never" if no_color else color, debug=debug, quiet=quiet, lang=lang)
    ctx.meta[HOLDER].append(app)


def main(argv: list[str] | None = None) -> None:
    """Run the program and leave with the exit code of what happened."""
    _prepare_streams()
    env = of_process(argv)
    asked = env.environ.get(f"_{PROG.upper()}_COMPLETE")
    if asked:
        from click.shell_completion import shell_complete  # noqa: PLC0415 - for completion only

        from desk.cli.complete import add_bash  # noqa: PLC0415 - as above

        add_bash()
        with suppress(DeskError, CatalogueFault):  # words that can't be told are told to nobody
            sys.exit(shell_complete(root, {"obj": env}, PROG, f"_{PROG.upper()}_COMPLETE", asked))
        sys.exit(0)
    sys.exit(run(list(env.argv), env))


def _prepare_streams() -> None:
    """Streams that are there (`>&-` closes one), and that print any text: an odd character is escaped, not fatal."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - open to the end
        elif mode == "w" and isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def run(argv: list[str], env: Env | None = None) -> int:
    """One command: its exit code. The only place that turns errors into words."""
    env = env or of_process(argv)
    clickwords.teach()
    holder: list[App] = []
    try:
        return _run(env, holder)
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except BrokenPipeError:
        return _reader_left(env, 0)
    except Exception as error:
        if "--debug" in argv and not isinstance(error, DeskError | click.ClickException | click.Abort):
            raise
        return _say(_in_words(error, argv), env, holder)
    except KeyboardInterrupt as error:
        return _say(_in_words(error, argv), env, holder)
    finally:
        for app in holder:
            app.close()


def _run(env: Env, holder: list[App]) -> int:
    with root.make_context(PROG, list(env.argv), obj=env) as ctx:
        ctx.meta[HOLDER] = holder
        view = root.invoke(ctx)
        if holder and view is not None:
            from desk.view.model import quieted, with_talk  # noqa: PLC0415 - not for --help

            [app] = holder
            whole = with_talk(view, app.warnings, app.notes)
            _print(quieted(whole) if app.quiet else whole, app)
            return app.exit_code
    return 0


def _print(view: View, app: App) -> None:
    """Print the answer; what stands in its way is no bug, and no reason to think that the command wasn't carried out."""
    from desk.cli.pager import page  # noqa: PLC0415 - not for --help
    from desk.view.render import render  # noqa: PLC0415 - as above

    env = app.env
    try:
        render(view, app.output, look_of(env, app), partial(page, env), env.stderr, catalogue=app.catalogue)
        env.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        _reader_left(env, 1)
        raise Unprinted(
            _("can't print the answer: {why}", why=error.strerror), _("what the command did is done: desk ticket list")
        ) from None


def _reader_left(env: Env, code: int) -> int:
    """Whoever read our output has left (head, less): not an error. Python must not complain when it flushes at exit."""
    with suppress(OSError, ValueError):  # a test's stdout has no descriptor
        os.dup2(os.open(os.devnull, os.O_WRONLY), env.stdout.fileno())
    return code


def _in_words(error: BaseException, argv: list[str]) -> DeskError:
    """Any error as one that a person can read."""
    if isinstance(error, DeskError):
        return error
    if isinstance(error, CatalogueFault):
        return ConfigError(error.args[0], _("mend the file, or speak English: --lang en"))
    if isinstance(error, KeyboardInterrupt | click.Abort):
        return Interrupted(_("interrupted"))
    if isinstance(error, click.ClickException):
        from desk.cli.speech import mistakes  # noqa: PLC0415 - for a mistake alone

        return mistakes.in_our_form(error, argv)
    hint = _("this is a bug; --debug before the command shows where")
    return DeskError(_("unexpected {name}: {error}", name=type(error).__name__, error=error), hint)


def look_of(env: Env, app: App | None) -> Look:
    """How output looks here: the terminal's width, colours if wanted, the desk's time zone."""
    from desk.view.look import Look  # noqa: PLC0415 - not for --help

    tty = env.stdout.isatty()
    wanted = "auto" if app is None else app.color
    able = tty and not env.environ.get("NO_COLOR") and env.environ.get("TERM") != "dumb"
    color = wanted == "always" or (able and wanted == "auto")
    zone = app.known_zone if app is not None else "UTC"
    return Look(_width(env) if tty else 0, color, tty, zone, app.now if app else env.clock())


def _width(env: Env) -> int:
    try:
        return int(env.environ.get("COLUMNS") or 0) or os.get_terminal_size().columns
    except (ValueError, OSError):
        return 80


def _say(error: DeskError, env: Env, holder: list[App]) -> int:
    from desk.view.render import render_error  # noqa: PLC0415 - not for --help

    app = holder[0] if holder else None
    if app is not None and app.draft:
        error.hint = _(
            "{hint}   (your text is kept: {draft})", hint=error.hint or _("nothing was changed"), draft=app.draft
        )
    try:
        form = None if isinstance(error, Unprinted) else env.asked_format
        try:
            catalogue = app.catalogue if app is not None else language.spoken(env)
            render_error(error, form, look_of(env, app), env.stdout, env.stderr, catalogue=catalogue)
        except CatalogueFault as broken:  # which can't say so itself
            error = _in_words(broken, [])
            render_error(error, form, look_of(env, app), env.stdout, env.stderr)
        env.stdout.flush()
    except BrokenPipeError:
        _reader_left(env, error.exit_code)
    except OSError:
        _reader_left(env, error.exit_code)
        render_error(error, None, look_of(env, app), env.stdout, env.stderr, catalogue=catalogue)
    return error.exit_code
