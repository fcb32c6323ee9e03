"""Ids as arguments: typed, joined by commas, or read from stdin; whole, or a part that only one has."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import click

from desk.cli.app import App
from desk.cli.complete import complete_kind, complete_ticket, complete_user
from desk.errors import UsageFault
from desk.text import _

F = TypeVar("F", bound=Callable[..., Any])
ASK = "?"
"""The value of an option that was given without one."""


class PickedArgument(click.Argument):
    """A required argument that a person at a terminal chooses from a list where it was left out."""

    def __init__(self, *args: Any, kind: str, **attrs: Any) -> None:
        super().__init__(*args, **attrs)
        self.kind = kind

    def process_value(self, ctx: click.Context, value: Any) -> Any:
        try:
            return super().process_value(ctx, value)
        except click.MissingParameter:
            found = _ask(ctx, self.kind)
            if found is None:
                raise
            return super().process_value(ctx, (found,) if self.nargs == -1 else found)


class PickedOption(click.Option):
    """An option whose value a person at a terminal chooses from a list where it was given without one."""

    def __init__(self, *args: Any, kind: str, **attrs: Any) -> None:
        attrs |= {"is_flag": False, "flag_value": ASK}
        super().__init__(*args, **attrs)
        self.kind = kind

    def process_value(self, ctx: click.Context, value: Any) -> Any:
        found = super().process_value(ctx, value)
        if not ctx.resilient_parsing and (found == ASK or (isinstance(found, tuple) and ASK in found)):
            chosen = _ask(ctx, self.kind)
            if chosen is None:
                raise UsageFault(
                    _("{option} needs a value", option=max(self.opts, key=len)),
                    _("see: {path} --help", path=ctx.command_path),
                )
            return tuple(chosen if one == ASK else one for one in found) if isinstance(found, tuple) else chosen
        return found


def requester_option(told: str) -> Callable[[F], F]:
    """--requester of a command that says whose a ticket is; `told` is its help."""
    return click.option(
        "--requester",
        cls=PickedOption,
        kind="user",
        metavar="USER|EMAIL",
        shell_complete=complete_user,
        help=told,
    )


def _ask(ctx: click.Context, kind: str) -> str | None:
    """What a person chooses; None where nobody can be asked, or there is nothing to choose from."""
    if ctx.resilient_parsing or not isinstance(ctx.obj, App):
        return None
    from desk.cli.clerk import offered  # noqa: PLC0415 - where something was left out

    return offered.choose(ctx.obj, kind)


# -- ids ---------------------------------------------------------------------------------------------------------------

ticket_ids = click.argument(
    "ids", cls=PickedArgument, kind="ticket", metavar="ID…", nargs=-1, required=True, shell_complete=complete_ticket
)
one_ticket = click.argument(
    "ids", cls=PickedArgument, kind="ticket", metavar="ID[,ID…]", shell_complete=complete_ticket
)
"""For commands in which other words follow: several ids are joined by commas."""


class NothingGiven(Exception):
    """Ids were to come from stdin, and none came: a quiet day for a pipeline."""


def split_words(app: App, given: Iterable[str]) -> list[str]:
    """Ids as typed: repeated, joined by commas, or `-` for those on stdin; each once, in order.

    NothingGiven where stdin had none.
    """
    given = list(given)
    found = split(app, given)
    app.several = app.several or "-" in given or len(found) > 1
    return list(dict.fromkeys(found))


def ticket_words(app: App, given: Iterable[str]) -> list[str]:
    """Ids of tickets as typed: those at hand in this terminal put in, and without what they were pasted with."""
    from desk.cli.clerk import hand  # noqa: PLC0415 - a list names no ticket

    return list(dict.fromkeys(hand.require_id(app, word) for word in split_words(app, given)))


def split(app: App, given: Iterable[str]) -> list[str]:
    """What was typed, word by word, as `words` reads it: names of tags and the like, of which the answer does not tell."""
    given, found = list(given), list[str]()
    for word in given:
        text = app.env.read_stdin().decode(errors="replace") if word == "-" else word
        found += [part for part in re.split(r"[,\s]+", text) if part]
    if not found and "-" in given:
        raise NothingGiven
    if not found:
        raise UsageFault(
            _("no ids were given"), _("name one, or pipe some in: desk ticket list -f ids | desk ticket … -")
        )
    return found


def resolve(app: App, given: Iterable[str] | str) -> list[str]:
    """Ticket ids from what was typed."""
    given = [given] if isinstance(given, str) else list(given)
    if "-" in given and app.typed is not None:
        raise UsageFault(
            _("stdin can't give both the ids and the text"), _("give the text with --body, or --file PATH")
        )
    return list(dict.fromkeys(app.store.resolve(word) for word in ticket_words(app, given)))


def require_one(app: App, given: str) -> str:
    """The other ticket, of which there is one."""
    found = resolve(app, given)
    if len(found) > 1:
        raise UsageFault(
            _("{given} names {n} tickets where one is expected", given=given, n=len(found)),
            _("several stand before it, joined by commas"),
        )
    return found[0]


# -- articles

complete_topic = complete_kind("topic")
complete_article = complete_kind("article")
slugs = click.argument(
    "slugs",
    cls=PickedArgument,
    kind="article",
    metavar="SLUG…",
    nargs=-1,
    required=True,
    shell_complete=complete_article,
)
reason_option = click.option("--reason", metavar="TEXT", help="Why; it stays in the history and can't be taken back.")


def article_names(app: App, given: Iterable[str]) -> list[str]:
    """Names as typed, repeated, joined by commas, or from stdin; the path of an article's file will do."""
    from desk.actions.identifiers import normalise_id  # noqa: PLC0415 - where ids are given

    typed = (normalise_id(word) for word in split_words(app, given))
    return list(dict.fromkeys(w.rpartition("/")[2].removesuffix(".md") for w in typed))


def read_keys(app: App, given: Iterable[str]) -> tuple[str, ...]:
    """Public keys as typed, or from the files that were named."""
    found: list[str] = []
    for word in given:
        if " " in word.strip():
            found.append(word)
            continue
        try:
            with open(os.path.join(app.env.cwd, os.path.expanduser(word)), encoding="utf-8") as file:
                found += [line for line in file.read().splitlines() if line.strip() and not line.startswith("#")]
        except (OSError, UnicodeDecodeError):
            raise UsageFault(
                _("{word} is neither a public key nor a file that holds one", word=word),
                _("such as ~/.ssh/id_ed25519.pub; a new one: ssh-keygen -t ed25519"),
            ) from None
    return tuple(found)
