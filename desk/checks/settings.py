"""desk.toml before it is committed: whether it can be meant, and whether what is new in it is of any use.

What a setting must be for desk to work stands in config, and is asked of each file that is read. What is asked here is
asked of new values alone: a desk whose file says something else already opens as it did, and the doctor remarks it.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from desk import config as settings
from desk.checks.world import Known, World
from desk.codec import locate
from desk.config import Config
from desk.errors import ConfigError, DeskError
from desk.git.place import Place
from desk.named import NamedTuple
from desk.setting import MOST_DAYS, as_mailbox, as_phone
from desk.store import levels
from desk.store.handedits import HandEdit
from desk.text import _, arranged

_CONTROL = r"[\x00-\x1f\x7f-\x9f\u2028\u2029]"
_ALIAS = r"[a-z][a-z0-9-]{0,31}"
"""What a person may call a command or a filter (cli.clerk.personal)."""
_BLOCKED = r"[^\s@*?]+|[^\s@*?]*@[^\s@*?]+"


class Misfit(NamedTuple):
    """A value that would do nothing, or break something later: the setting, and what was expected of it."""

    name: str
    problem: str


def _some(value: int) -> None:
    if value < 1:
        raise ValueError(_("1 or more: with 0 no mail would be taken in"))


def _days(value: int) -> None:
    if value > MOST_DAYS:
        raise ValueError(_("{most:,} days at most, which are a hundred years", most=MOST_DAYS))


def _phone(value: str) -> None:
    if value != "-":
        as_phone(value)


def _link(value: str) -> None:
    if set("{}") & set(value.replace("{slug}", "").replace("{language}", "")):
        raise ValueError(
            _("an address in which {slug} and {language} alone are filled in", slug="{slug}", language="{language}")
        )


def _branch(value: str) -> None:
    """git's own rules (git check-ref-format), in so far as a name can break them."""
    parts = value.split("/")
    odd = re.search(r"[\s~^:?*\[\\\x00-\x1f\x7f]|\.\.|@\{|//", value) or value.endswith((".", "/")) or value == "@"
    if value and (odd or any(part.startswith(".") or part.endswith(".lock") for part in parts)):
        raise ValueError(_("the name of a branch, such as main"))


def _servers(value: tuple[str, ...]) -> None:
    if any(re.search(r"[\s;=]", name) for name in value):
        raise ValueError(_("names of servers, such as mx.example.org"))


def _blocked(value: tuple[str, ...]) -> None:
    for word in value:
        if not re.fullmatch(_BLOCKED, word):
            raise ValueError(_("noreply (any domain), a@b.example or @b.example, not {word!r}", word=word[:40]))


def _named_words(value: Mapping[str, str]) -> None:
    for name, words in value.items():
        if not re.fullmatch(_ALIAS, name):
            raise ValueError(_("named in small letters, digits and -, not {name!r}", name=name[:40]))
        try:
            found = shlex.split(words)
        except ValueError as error:
            raise ValueError(_("words with their quotes in pairs, not {words!r}", words=words[:40])) from error
        if not found:
            raise ValueError(_("words that a name stands for; {name} has none", name=name))


FITS: Mapping[str, Callable[[Any], object]] = MappingProxyType(
    {
        "contact.phone": _phone,
        "contact.email": as_mailbox,
        "command.aliases": _named_words,
        "list.filters": _named_words,
        "kb.url": _link,
        "kb.review_days": _days,
        "mail.reopen_days": _days,
        "mail.authserv": _servers,
        "mail.blocked": _blocked,
        "mail.max_mb": _some,
        "mail.max_parts": _some,
        "sync.branch": _branch,
    }
)
"""What more is asked of a new value than that it can be read: each says what was expected."""
_EMPTIED = "mail.imap.folder"
_ASIDE = ("mail.imap.processed", "mail.imap.held", "mail.imap.rejected")


def misfits(config: Config) -> Iterator[Misfit]:
    """What desk.toml says that would be of no use, or break something later."""
    for name in settings.SETTINGS:
        if config.given(name) and (problem := _problem_of(name, config[name])):
            yield Misfit(name, problem)
    for name in _ASIDE:
        if config[name] and config[name] in config[_EMPTIED]:
            yield Misfit(name, _("another folder than those that are emptied: what came in would come in again"))


def _problem_of(name: str, value: Any) -> str:
    if any(re.search(_CONTROL, text) for text in _texts(value)):
        return str(_("without control characters"))
    try:
        if name in FITS:
            FITS[name](value)
    except ValueError as error:
        return str(error)
    return ""


def _texts(value: Any) -> Iterator[str]:
    """Every text in a value, names in tables as well."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for pair in value.items():
            yield from _texts(pair)
    elif isinstance(value, tuple | list):
        for one in value:
            yield from _texts(one)


def require_fit(was: Config, now: Config) -> None:
    """ConfigError for a new value that is of no use; what stood there before is not this change's."""
    known = {(one.name, str(was[one.name])) for one in misfits(was)}
    for name, problem in misfits(now):
        if (name, str(now[name])) not in known:
            raise ConfigError(
                _("{file}: {name} must be {error}", file=settings.FILE, name=name, error=problem),
                arranged("{name}: {help}", name=name, help=settings.SETTINGS[name].help),
            )


def strange_departments(config: Config, world: Known) -> Iterator[str]:
    """Addresses whose mail would go to a department that isn't there, or takes none from outside (rule 4)."""
    known = world.ids("department")
    private = {d.id for d in world.departments() if d.private} if isinstance(world, World) else set()
    for address, department in config["mail.departments"].items():
        if department not in known:
            yield _("mail.departments: {address}: there is no department {id}", address=address, id=department)
        elif department in private:
            yield _("mail.departments: {address}: {id} is for staff only", address=address, id=department)


# -- one edit of the file ----------------------------------------------------------------------------------------------


def find_settings_problem(edit: HandEdit, world: Known, place: Place | None, *, past: bool = False) -> DeskError | None:
    """Why desk.toml can't be committed as it was edited; `past`: why it could never have been."""
    content = edit.after or b""
    try:
        now = settings.load(content.decode())
        unknown = next(levels.strangers(levels.policies(place, now, content), world.ids), None)
        if unknown:
            return ConfigError(
                arranged("{file}: {unknown}", file=settings.FILE, unknown=unknown),
                _("desk department list, desk group list"),
            )
    except ConfigError as error:
        return error
    except UnicodeDecodeError:
        return ConfigError(_("{file} is not UTF-8 text", file=settings.FILE), _("save it as UTF-8 in your editor"))
    before = _before(edit)
    known = settings.holes(before) if before else []
    for impact, urgency in settings.holes(now):
        if (impact, urgency) not in known:
            return ConfigError(
                _(
                    "{file}: priority.matrix has no priority for impact {impact} and urgency {urgency}",
                    file=settings.FILE,
                    impact=impact,
                    urgency=urgency,
                ),
                _("a row for each of ticket.impacts, with a priority for each of ticket.urgencies"),
            )
    return None if past else _new_problem(before or settings.Config({}), now, content, world)


def _before(edit: HandEdit) -> Config | None:
    """The settings before an edit; None where they couldn't be read: its holes are the edit's then."""
    try:
        return settings.load((edit.before or b"").decode())
    except (ConfigError, UnicodeDecodeError):
        return None


def _new_problem(was: Config, now: Config, content: bytes, world: Known) -> DeskError | None:
    """What the edit brings in that nobody could live with."""
    try:
        require_fit(was, now)
    except ConfigError as error:
        return error
    known = list(strange_departments(was, world))
    for problem in strange_departments(now, world):
        if problem not in known:
            line = locate.setting_line(content, ["mail", "departments"])
            return ConfigError(
                arranged("{file}:{line}: {problem}", file=settings.FILE, line=line, problem=problem),
                "desk department list",
            )
    return None
