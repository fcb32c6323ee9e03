"""The command line: a table of commands, the global options, the one error boundary and the one renderer call."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import click

from desk import __version__
from desk.commands.table import COMMANDS, Row
from desk.errors import DeskError, NotFound, UsageFault

if TYPE_CHECKING:
    from desk.app import App
    from desk.view.look import Look
    from desk.view.model import View

PROG = "desk"


class Group(click.Group):
    """A group whose commands are rows of the table, each imported when it is called."""

    def __init__(self, prefix: str = "", **attrs: Any) -> None:
        super().__init__(**attrs)
        self.prefix = prefix

    def _rows(self) -> dict[str, Row]:
        depth = len(self.prefix.split())
        found: dict[str, Row] = {}
        for path, row in COMMANDS.items():
            words = path.split()
            if words[:depth] == self.prefix.split() and len(words) == depth + 1:
                found[words[depth]] = row
        return found

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(self._rows())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        row = self._rows().get(cmd_name)
        if row is None:
            return None
        path = f"{self.prefix} {cmd_name}".strip()
        if row.target is None:
            return Group(path, name=cmd_name, help=row.help, short_help=row.help)
        return load(row)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """A typo is answered with the nearest command, never by running it."""
        name = str(args[0])
        if not name.startswith("-") and name not in self._rows():
            import difflib  # noqa: PLC0415 - for the error only

            close = difflib.get_close_matches(name, self._rows(), 1, 0.5)
            where = f"{PROG} {self.prefix}".strip()
            hint = f"did you mean: {where} {close[0]}" if close else f"{where} --help lists the commands"
            raise UsageFault(f"{where} has no command {name!r}", hint)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """From the table alone: help imports no command. Top-level commands stand in sections."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for name, row in self._rows().items():
            sections.setdefault(row.section or "Commands", []).append((name, row.help))
        for title, rows in sections.items():
            with formatter.section(title):
                formatter.write_dl(rows)
        del ctx


def load(row: Row) -> click.Command:
    """Import a command of the table."""
    from importlib import import_module  # noqa: PLC0415 - loaded by the interpreter anyway

    module, _, attribute = (row.target or "").partition(":")
    command: click.Command = getattr(import_module(module), attribute)
    return command


@click.group(
    cls=Group,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start here:  desk demo  to see a day at a service desk, or  desk init my-desk  to have your own.",
)
@click.option("--desk", metavar="DIR", help="The desk to work on (default: DESK_DIR, or the one around this folder).")
@click.option("--as", "who", metavar="WHO", help="Act as this staff member (default: DESK_AS, or git's user.email).")
@click.option("--no-color", is_flag=True, help="No colours (as does NO_COLOR).")
@click.option("--debug", is_flag=True, help="Show the traceback of an unexpected error.")
@click.version_option(__version__, prog_name=PROG)
@click.pass_context
def root(ctx: click.Context, desk: str | None, who: str | None, no_color: bool, debug: bool) -> None:  # noqa: FBT001 - click
    """A service desk in a git repository: tickets are Markdown files, every change is a commit."""
    from desk.app import App  # noqa: PLC0415 - `desk --help` and `--version` don't need it

    ctx.obj = App(desk, who, color=not no_color, debug=debug)


def main(argv: list[str] | None = None) -> None:
    """Run the program and leave with the exit code of what happened."""
    sys.exit(run(sys.argv[1:] if argv is None else argv))


def run(argv: list[str]) -> int:
    """One command: its exit code. The only place that turns errors into words."""
    holder: dict[str, Any] = {}
    try:
        return _run(argv, holder)
    except DeskError as error:
        return _say(error, argv, holder)
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.ClickException as error:
        return _say(_usage(error), argv, holder)
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted", err=True)
        return 1
    except BrokenPipeError:
        # The reader has left (head, less): not an error. Python must not complain again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 - the boundary
        if "--debug" in argv:
            raise
        hint = "this is a bug; --debug before the command shows where"
        return _say(DeskError(f"unexpected {type(error).__name__}: {error}", hint), argv, holder)


def _run(argv: list[str], holder: dict[str, Any]) -> int:
    with root.make_context(PROG, list(argv)) as ctx:
        holder["ctx"] = ctx
        view = root.invoke(ctx)
        app: App | None = ctx.obj
        if app is not None and isinstance(view, tuple):
            from desk.view.render import render  # noqa: PLC0415 - not for --help

            warned: View = view._replace(warnings=(*view.warnings, *app.warnings))  # type: ignore[attr-defined]
            render(warned, app.format, _look(app), sys.stdout, sys.stderr)
            sys.stdout.flush()
            return int(app.exit_code)
    return 0


def _usage(error: click.ClickException) -> DeskError:
    """click's own complaints in our form."""
    ctx = getattr(error, "ctx", None)
    hint = f"{ctx.command_path} --help" if ctx else f"{PROG} --help"
    if isinstance(error, click.FileError):
        return NotFound(error.format_message(), hint)
    message = error.format_message().rstrip(".")
    return UsageFault(message[:1].lower() + message[1:], hint)


def _look(app: App | None) -> Look:
    """How output looks here: the terminal's width, colours if wanted, the desk's time zone."""
    from datetime import UTC, datetime  # noqa: PLC0415 - loaded already, by whoever needs it

    from desk.view.look import Look  # noqa: PLC0415 - not for --help

    tty = sys.stdout.isatty()
    color = tty and (app is None or app.color) and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
    known = app is not None and "config" in app.__dict__
    zone = app.config["desk.timezone"] if app is not None and known else "UTC"
    return Look(_width() if tty else 0, color, tty, zone, app.now if app else datetime.now(UTC))


def _width() -> int:
    try:
        return int(os.environ.get("COLUMNS") or 0) or os.get_terminal_size().columns
    except (ValueError, OSError):
        return 80


def _say(error: DeskError, argv: list[str], holder: dict[str, Any]) -> int:
    from desk.view.render import render_error  # noqa: PLC0415 - as above

    app = getattr(holder.get("ctx"), "obj", None)
    try:
        render_error(error, _format(argv), _look_for_error(app), sys.stdout, sys.stderr)
    except BrokenPipeError:
        pass
    return error.exit_code


def _look_for_error(app: App | None) -> Look:
    try:
        return _look(app)
    except DeskError:
        return _look(None)


def _format(argv: list[str]) -> str | None:
    """The format asked for, found even where the command line could not be parsed."""
    for word, following in zip(argv, [*argv[1:], ""], strict=True):
        if word in ("-f", "--format"):
            return following
        if word.startswith("--format="):
            return word.partition("=")[2]
        if word.startswith("-f") and word[2:] in ("json", "jsonl"):
            return word[2:]
    return None
