"""A person's own shortcuts, in a file of theirs outside of any desk; and those that a desk shares, in desk.toml.

[alias]
ans = "ticket reply @"               # desk ans --close
[filter]
late = "--mine --overdue"            # desk ticket list --filter late
[list]
columns = "id,age,title,due"         # as list.columns of desk.toml, for one person
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, Literal

from desk.cli.env import Env, is_in_desk
from desk.errors import ConfigError, DeskError, NotFound, UsageFault, did_you_mean
from desk.text import _, arranged

Sort = Literal["alias", "filter", "list"]
ALIAS: Sort = "alias"
FILTER: Sort = "filter"
LIST: Sort = "list"
SHARED: Mapping[Sort, str] = {ALIAS: "command.aliases", FILTER: "list.filters"}
"""The settings in desk.toml that a desk shares its own by."""
_TABLES = (ALIAS, FILTER, LIST)
_NAME = r"[a-z][a-z0-9-]{0,31}"


def load(env: Env, sort: Sort) -> dict[str, str]:
    """A person's own, by name; ConfigError, naming file and line, for a file that can't be read or says what nobody knows."""
    text = _text(env)
    if not text:
        return {}
    import tomllib  # noqa: PLC0415 - where somebody has such a file

    try:
        found = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise _wrong(env, text, (), arranged("{error}", error=error)) from None
    for table, given in found.items():
        if table not in _TABLES or not isinstance(given, dict):
            meant = did_you_mean(table, _TABLES)
            raise _wrong(
                env, text, (table,), _("there is no table [{table}] here{meant}", table=table[:40], meant=meant)
            )
        for name, words in given.items():
            if not isinstance(words, str) and not (table == LIST and _are_words(words)):
                raise _wrong(env, text, (table, name), _("{name} is no text in quotes", name=name[:40]))
    return {n: words if isinstance(words, str) else ",".join(words) for n, words in found.get(sort, {}).items()}


def _are_words(given: object) -> bool:
    """Whether a default of lists is written as desk.toml has it."""
    return isinstance(given, list) and all(isinstance(word, str) for word in given)


def wrong_default(env: Env, name: str, problem: str) -> ConfigError:
    """The error for a default of lists that says what there is not."""
    return _wrong(env, _text(env), (LIST, name), problem)


def _wrong(env: Env, text: str, place: tuple[str, ...], problem: str) -> ConfigError:
    from desk.codec import locate  # noqa: PLC0415 - for a mistake alone

    line = locate.setting_line(text.encode(), place) if place else locate.line_in(problem)
    where = f"{env.own_file}:{line}" if line else env.own_file
    return ConfigError(arranged("{where}: {problem}", where=where, problem=problem), _("mend the file"))


def _text(env: Env) -> str:
    try:
        with open(env.own_file, encoding="utf-8") as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except UnicodeDecodeError:
        raise _wrong(env, "", (), _("it isn't written in UTF-8")) from None
    except OSError as error:
        raise _wrong(env, "", (), arranged("{why}", why=error.strerror)) from None


def save(env: Env, sort: Sort, name: str, words: str | None) -> None:
    """Keep one under a name, the file's comments with it; None takes it away. UsageFault for a name that is none."""
    if not re.fullmatch(_NAME, name):
        raise UsageFault(_("{name!r} can't be a name", name=name[:40]), _("small letters, digits and -: late, my-new"))
    from desk.codec.toml import with_settings  # noqa: PLC0415 - for a change alone
    from desk.local.kept import keep  # noqa: PLC0415 - as above

    path = os.path.realpath(env.own_file)  # of somebody who keeps such files elsewhere, and links to them
    try:
        with _alone(os.path.dirname(path)):
            known = load(env, sort)  # a file that can't be read is not written over
            if words is None and name not in known:
                raise unknown(name, known)
            keep(path, with_settings(_text(env), {f"{sort}.{name}": words}).encode(), durable=True)
    except OSError as error:
        raise ConfigError(
            _("can't write {file}: {why}", file=env.own_file, why=error.strerror), _("see: ls -ld of its folder")
        ) from None


@contextmanager
def _alone(folder: str) -> Iterator[None]:
    """One writer in a folder at a time, which takes away what one left that was killed."""
    import fcntl  # noqa: PLC0415 - for a change alone

    from desk.local.kept import is_abandoned  # noqa: PLC0415 - as above

    os.makedirs(folder, exist_ok=True)
    held = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # a file system without locks
            fcntl.flock(held, fcntl.LOCK_EX)
        for name in filter(is_abandoned, os.listdir(folder)):
            with suppress(OSError):
                os.unlink(os.path.join(folder, name))
        yield
    finally:
        os.close(held)


def unknown(name: str, known: Mapping[str, str]) -> NotFound:
    """The error for a name that nobody has given."""
    meant = did_you_mean(name, known)
    named = ", ".join(sorted(known)) or _("none yet")
    return NotFound(
        _("nothing is called {name!r}{meant}", name=name[:40], meant=meant), _("there are: {named}", named=named)
    )


def split_words(name: str, words: str) -> list[str]:
    """Words as a shell splits them."""
    try:
        return shlex.split(words)
    except ValueError:
        raise UsageFault(
            _("{name}: a quote has no end: {words}", name=name, words=words), _("quotes come in pairs")
        ) from None


def expand(env: Env, folder: str, name: str) -> list[str]:
    """The words that a name stands for as a command: a person's own, else the desk's; empty for a name that is no alias.

    What a desk shares comes with a clone: it never takes anything away.
    """
    own = load(env, ALIAS).get(name)
    if own is not None:
        return split_words(name, own)
    words = split_words(name, shared(env, folder, ALIAS).get(name, ""))
    from desk.domain.rights import synonyms  # noqa: PLC0415 - where a word is no command

    if len(synonyms.harmless(words)) < len(words):
        raise UsageFault(
            _("{name} is shared by this desk, and takes something away", name=name),
            _("type what it stands for: desk {words}", words=" ".join(words)),
        )
    return words


def shared(env: Env, folder: str, sort: Sort) -> dict[str, str]:
    """What the desk around a folder shares; nothing where there is none, or its settings can't be read."""
    if not is_in_desk(folder):
        return {}
    from desk.git import place  # noqa: PLC0415 - where a word is no command
    from desk.store import settings  # noqa: PLC0415 - as above

    found: Mapping[str, Any] = {}
    with suppress(DeskError, OSError):
        found = settings.read(place.find(folder, env.environ))[SHARED[sort]]
    return dict(found)
