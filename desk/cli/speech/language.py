"""The language of a run: as its command line says, its environment, git's configuration of this clone, or the system."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from desk.cli.env import Env, is_in_desk
from desk.errors import DeskError, UsageFault
from desk.locale.language import catalogue, choose, known, languages
from desk.text import _

if TYPE_CHECKING:
    from desk.text import Catalogue

OPTION = "--lang"


def name_of(env: Env, asked: str | None = None, kept: Callable[[], str] | None = None) -> str:
    """The language of a run. `kept` gives what git's configuration says, where a session has read it."""
    return choose(env.environ, asked or asked_for(env.argv), kept or partial(_kept, env))


def spoken(env: Env, asked: str | None = None, kept: Callable[[], str] | None = None) -> Catalogue | None:
    """What a run's texts are said by; None for English. Nothing of a catalogue is read before the first look-up."""
    return catalogue(name_of(env, asked, kept), env.environ)


def require_language(env: Env, name: str | None) -> None:
    """UsageFault for a language that there is none of."""
    if name is not None and not known(name, env.environ):
        raise UsageFault(
            _("there is no language {name}", name=name), _("there are: {names}", names=languages(env.environ))
        )


def asked_for(argv: Sequence[str]) -> str | None:
    """The language that a command line asks for, also where it can't be parsed."""
    found = None
    for number, word in enumerate(argv):
        if word == "--":
            break
        if word == OPTION:
            found = argv[number + 1] if number + 1 < len(argv) else None
        elif word.startswith(f"{OPTION}="):
            found = word.partition("=")[2]
    return found


def _kept(env: Env) -> str:
    """`git config desk.lang`, which is kept beside the identity; "" outside of a desk."""
    try:
        folder = env.environ.get("DESK_DIR") or env.cwd
        if not is_in_desk(folder):
            return ""
        from desk.git import place  # noqa: PLC0415 - help and mistakes in a desk alone
        from desk.local import identity  # noqa: PLC0415 - as above

        return identity.identity(place.find(folder, env.environ)).language
    except (DeskError, OSError):
        return ""
