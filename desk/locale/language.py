"""Which language the program speaks: as asked for, as this clone or the system is set; English where there is no catalogue."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desk.locale.catalogue import CatalogueFile


ENGLISH = "en"
FILE = os.path.join("LC_MESSAGES", "desk.mo")
_HERE = os.path.dirname(os.path.abspath(__file__))
_SYSTEM = ("LC_ALL", "LC_MESSAGES", "LANG")
"""The first of them that is set decides, as everywhere."""


def languages(environ: Mapping[str, str]) -> list[str]:
    """Those there are: English, and each with a catalogue."""
    found = {ENGLISH}
    for folder in _folders(environ):
        if os.path.isdir(folder):
            found |= {name for name in os.listdir(folder) if _path(name, environ)}
    return sorted(found)


def choose(environ: Mapping[str, str], asked: str | None, kept: Callable[[], str]) -> str:
    """The language to speak. `kept` gives what git's configuration says, and is called only where nothing else was said."""
    for said in (asked, environ.get("DESK_LANG")):
        if name := known(said or "", environ):
            return name
    return known(kept(), environ) or known(_system(environ), environ) or ENGLISH


def known(name: str, environ: Mapping[str, str]) -> str:
    """`el` for el, el_GR or el_GR.UTF-8 where that has a catalogue; "" for what has none."""
    language, _, country = name.partition(".")[0].partition("@")[0].replace("-", "_").partition("_")
    found = (f"{language}_{country}", language) if country else (language,)
    return next((each for each in found if each == ENGLISH or _path(each, environ)), "")


def catalogue(name: str, environ: Mapping[str, str]) -> CatalogueFile | None:
    """Its messages, which are read when the first is wanted; None for English, which needs none."""
    if name == ENGLISH:
        return None
    from desk.locale.catalogue import CatalogueFile  # noqa: PLC0415 - English has none

    return CatalogueFile(_path(name, environ))


def _system(environ: Mapping[str, str]) -> str:
    return next((environ[name] for name in _SYSTEM if environ.get(name)), "")


def _folders(environ: Mapping[str, str]) -> list[str]:
    """Where catalogues lie. DESK_LOCALE names a folder of one's own, for whoever translates."""
    own = environ.get("DESK_LOCALE")
    return [own, _HERE] if own else [_HERE]


def _path(name: str, environ: Mapping[str, str]) -> str:
    """The catalogue of a language, "" where there is none; in the source it may not have been compiled yet."""
    language, _, country = name.partition("_")
    if not (language.isalpha() and language.islower() and name.isascii() and (not country or country.isalpha())):
        return ""
    for folder in _folders(environ):
        path = os.path.join(folder, name, FILE)
        if os.path.isfile(path) or os.path.isfile(f"{path.removesuffix('.mo')}.po"):
            return path
    return ""
