"""The manual page desk(1), from the table of commands: what `man desk` shows where the program is installed."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import click

from desk import __version__
from desk.cli import main as cli_main
from desk.cli.clerk import manual
from desk.cli.table import COMMANDS
from desk.errors import DeskError

ENVIRONMENT = {
    "DESK_DIR": "The desk to work on, where --desk isn't given.",
    "DESK_AS": "Who acts, where --as isn't given: a staff handle.",
    "DESK_LANG": "The language of what people read, where --lang isn't given: en, el.",
    "DESK_LOCALE": "A folder with a catalogue that is being translated; see desk help translating.",
    "DESK_TERMINAL": "A name for what lies at hand (@), where there is no terminal, as in an editor.",
    "DESK_OPEN": "The program that looks at attachments.",
    "DESK_NOTIFY": "The program that shows notices, called with -- desk TEXT.",
    "DESK_PUSHER": "Who pushes, for the hooks of a guarded server that can't know it otherwise.",
    "DESK_NOW": "The time to act at, as 2026-07-23T06:12:44Z; for replays and tests.",
    "GIT_EDITOR, VISUAL, EDITOR": "The editor, as git chooses it.",
    "NO_COLOR": "No colours, whatever its value.",
    "PAGER, LESS": "What shows more than a screen holds.",
}
FILES = {
    "desk.toml": "The settings of a desk: desk config list.",
    "records/, kb/, templates/": "Tickets, people and all else; articles; texts to answer with. Markdown and YAML, in git.",
    ".git/desk/": "What is derived or this machine's own: the index, drafts, what lies at hand. Never in a commit.",
    "$XDG_CONFIG_HOME/desk/config.toml": "Aliases, filters and defaults of one's own.",
}
_MEANT = {
    0: "done",
    1: "unexpected, which is a bug; or interrupted",
    2: "the words of the command are off",
    3: "no such record, file or command",
    4: "several records fit",
    5: "a rule or a right says no",
    6: "stale data, a hand edit that isn't committed, a lock that is held",
    7: "a record that can't be read; file and line are named",
    8: "desk.toml, git's identity, or the environment",
    9: "git, the disk below it, or a remote",
    10: "a mail server",
}


def page() -> str:
    """The page in man's own macros."""
    return "\n".join([*_head(), *_options(), *_commands(), *_tail()]) + "\n"


def _said(text: str) -> str:
    """Words as they stand: what roff would take for its own is escaped."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^([.'])", r"\\&\1", text, flags=re.MULTILINE)


def _head() -> Iterator[str]:
    about = inspect.cleandoc(cli_main.root.help or "")
    yield '.\\" Written by python -m docs.generate from the table of commands.'
    yield f'.TH DESK 1 "" "desk {__version__}" "User Commands"'
    yield ".SH NAME"
    yield _said("desk - a service desk in a git repository")
    yield ".SH SYNOPSIS"
    yield ".B desk"
    yield _said("[OPTIONS] COMMAND [ARGUMENTS]")
    yield ".SH DESCRIPTION"
    yield _said(about)


def _options() -> Iterator[str]:
    yield ".SH OPTIONS"
    yield _said("Understood before a command and behind it.")
    with click.Context(cli_main.root) as ctx:
        yield from _listed(cli_main.root, ctx)


def _listed(command: click.Command, ctx: click.Context) -> Iterator[str]:
    for param in command.get_params(ctx):
        record = param.get_help_record(ctx)
        if record is not None:
            yield from (".TP", f".B {_said(record[0])}", _said(record[1]) or "\\&")


def _commands() -> Iterator[str]:
    yield ".SH COMMANDS"
    for path, row in COMMANDS.items():
        if row.target is None:
            continue
        command = cli_main.load(row)
        with click.Context(command, info_name=f"desk {path}") as ctx:
            pieces = " ".join(command.collect_usage_pieces(ctx))
            yield f".SS {_said(f'desk {path}')}"
            yield _said(f"desk {path} {pieces}")
            yield ".PP"
            yield _said(inspect.cleandoc(command.help or "").replace("\n\n", "\n.PP\n")).replace("\\&.PP", ".PP")
            yield from _listed(command, ctx)


def _errors(cls: type[DeskError]) -> Iterator[type[DeskError]]:
    for one in cls.__subclasses__():
        yield one
        yield from _errors(one)


def _tail() -> Iterator[str]:
    yield ".SH EXIT STATUS"
    known = sorted({0, 1, *(cls.exit_code for cls in _errors(DeskError) if cls.__module__ == "desk.errors")})
    for code in known:
        yield from (".TP", f".B {code}", _said(_MEANT[code]))
    for title, table in (("ENVIRONMENT", ENVIRONMENT), ("FILES", FILES)):
        yield f".SH {title}"
        for name, text in table.items():
            yield from (".TP", f".B {_said(name)}", _said(text))
    yield ".SH SEE ALSO"
    yield _said(f"git(1), less(1), fzf(1); desk help TOPIC, where TOPIC is one of: {', '.join(manual.topics())}")
