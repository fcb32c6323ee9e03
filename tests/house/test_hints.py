"""Commands that sentences name: each is there, with these options, and none that throws something away says nothing of it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import click

from desk.cli.main import load
from desk.cli.table import COMMANDS
from tests.house.sentences import TEXT, called, literal, messages
from tests.house.test_sentences import MODULES
from tests.house.trees import every

_NAMED = re.compile(r"(?<![\w/.-])desk ((?:[a-z][a-z-]*)(?: [^;:,()]*)?)")
_GROUPS = {path.rpartition(" ")[0] for path in COMMANDS} | {
    path for path, row in COMMANDS.items() if row.target is None
}
_HOLDERS = {"alias set", "filter save"}
"""Commands behind which another command's words stand."""
_EVERYWHERE = {"--help", "-h", "--desk", "--as", "--lang", "--color", "--no-color", "-q", "--quiet", "--debug"}
_FORBIDDEN = {
    r"git checkout -- ": "leaves what was staged; say HEAD",
    r"git reset --hard": "throws away what nobody has committed",
    r"git push (-f|--force)(?!\S)": "throws away what others pushed",
    r"git clean": "throws away what git doesn't know",
    r"git stash": "hides what somebody wrote",
    r"rm -rf": "asks nothing",
}
_TEXTS = {"arranged", *TEXT}
_AWAY = re.compile(r"git checkout HEAD|git reset|git rm|desk mail (drop|discard)|desk field purge")


class Named(NamedTuple):
    """A command as a sentence names it, and where."""

    where: str
    path: str
    options: tuple[str, ...]


@cache
def _sentences() -> tuple[tuple[str, str], ...]:
    """What people read, templates and commands that need no words alike, with the module of each."""
    return tuple(_said())


def _said() -> Iterator[tuple[str, str]]:
    for module, source in MODULES.items():
        for message in messages(source):
            yield module, message.one
        for call in every(ast.Call, source):
            given = call.args if called(call) in _TEXTS else ()
            yield from ((module, text) for one in given if (text := literal(one)))


def _path_of(words: list[str]) -> str:
    path = ""
    for word in words:
        longer = f"{path} {word}".strip()
        if longer not in COMMANDS and longer not in _GROUPS:
            break
        path = longer
    return path


@cache
def _named() -> list[Named]:
    found = set()
    for module, text in _sentences():
        for match in _NAMED.finditer(text):
            words = match[1].split()
            path = _path_of(words)
            if path in COMMANDS and COMMANDS[path].target is not None:
                options = tuple(w.split("=")[0].rstrip(".…") for w in words if re.fullmatch(r"--?[a-z][a-z-]*\S*", w))
                found.add(Named(module, path, options))
    return sorted(found)


def test_named_options_are_there() -> None:
    named = [one for one in _named() if one.path not in _HOLDERS]
    assert len(named) > 100
    for path in sorted({one.path for one in named}):
        params = load(COMMANDS[path]).params
        known = {word for p in params if isinstance(p, click.Option) for word in (*p.opts, *p.secondary_opts)}
        for one in named:
            if one.path == path:
                assert set(one.options) <= known | _EVERYWHERE, one


def test_no_sentence_leads_to_what_is_lost() -> None:
    for module, text in _sentences():
        for pattern, why in _FORBIDDEN.items():
            if re.search(pattern, text):
                assert "never: " in text, f"{module}: {text}: {why}"


def test_what_throws_away_is_said_beside_it() -> None:
    """`git checkout HEAD -- x.md` alone, as a hint, doesn't tell what it does."""
    for module, text in _sentences():
        for command in re.findall(r"(?:git|desk) [^;:,()]*", text):
            if _AWAY.search(command):
                rest = text.replace(command, "")
                assert re.search(r"[a-z]{3}", rest), f"{module}: {text}"
