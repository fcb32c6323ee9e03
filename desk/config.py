"""desk.toml: every setting is one row of SETTINGS; an unknown or ill-typed one is an error that names the nearest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import tzinfo
from types import MappingProxyType
from typing import Any, NamedTuple

from desk.errors import ConfigError, did_you_mean
from desk.text import _, arranged

FILE = "desk.toml"
PARTS = ("records", "kb", "templates")
"""The folders of a desk."""


class Setting(NamedTuple):
    """`check` returns the value to be used or raises ValueError with what was expected."""

    default: Any
    check: Callable[[Any], Any]
    help: str


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or "\n" in value:
        raise ValueError(_("one line of text in quotes"))
    return value


def _count(value: Any) -> int:
    if isinstance(value, str) and value.isdecimal():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(_("a whole number, 0 or more"))
    return value


def _flag(value: Any) -> bool:
    if isinstance(value, str) and value.lower() in ("true", "yes", "on", "false", "no", "off"):
        value = value.lower() in ("true", "yes", "on")
    if not isinstance(value, bool):
        raise ValueError(_("true or false"))
    return value


def _words(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        value = _list_of(value) if value.lstrip().startswith("[") else [word.strip() for word in value.split(",")]
    if not isinstance(value, list | tuple) or not value or not all(isinstance(w, str) and w.strip() for w in value):
        raise ValueError(_('a list of words such as ["low", "high"]'))
    return tuple(value)


def _list_of(text: str) -> object:
    """A list as TOML writes it, which is how desk.toml shows it; None for what is none."""
    import tomllib  # noqa: PLC0415 - for `config set` only

    try:
        return tomllib.loads(f"list = {text}")["list"]
    except tomllib.TOMLDecodeError:
        return None


def _some_words(value: Any) -> tuple[str, ...]:
    return () if value in ("", [], ()) else _words(value)


def _percent(value: Any) -> int:
    number = _count(value)
    if not 1 <= number <= 99:
        raise ValueError(_("per cent between 1 and 99"))
    return number


# Service levels are read whole where they are used (store/service_levels.py): lists, which only tell what stands in the
# tickets, needn't pay for it.
def _tables(value: Any) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple) or not value or not all(isinstance(row, dict) for row in value):
        raise ValueError(_("tables that begin with [[sla.policy]]"))
    return tuple(value)


def _table(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(_("tables such as [sla.calendar.office]"))
    return value


def _zone(value: Any) -> str:
    # zoneinfo costs 2 ms to import and is needed only where local times are; a wrong name is found by `config set`
    # and `doctor`, so here the shape is checked alone.
    name = _text(value)
    if name.startswith(("/", ".")) or ".." in name:
        raise ValueError(_("a time zone name such as Asia/Nicosia"))
    return name


def _matrix(value: Any) -> Mapping[str, Mapping[str, str]]:
    rows = value.items() if isinstance(value, dict) else ()
    if not rows or not all(isinstance(row, dict) and all(isinstance(v, str) for v in row.values()) for _, row in rows):
        raise ValueError(_('a table impact -> urgency -> priority such as high = { low = "medium", high = "high" }'))
    return MappingProxyType({impact: MappingProxyType(dict(row)) for impact, row in rows})


def _address(value: Any) -> str:
    if value in ("", "-"):
        return ""
    text = _text(value)
    if not text.startswith(("https://", "http://")) or "{slug}" not in text or " " in text:
        raise ValueError(_("an address with {slug} in it, such as https://help.example/kb/{slug}, or nothing"))
    return text


def _name(value: Any) -> str:
    if value in ("", "-"):
        return ""
    name = _text(value)
    if name.startswith("-") or any(c.isspace() for c in name):
        raise ValueError(_("a name as git has it, or nothing"))
    return name


_LEVELS = ("low", "medium", "high")
_DEFAULT_MATRIX = {
    "high": {"low": "medium", "medium": "high", "high": "high"},
    "medium": {"low": "low", "medium": "medium", "high": "high"},
    "low": {"low": "low", "medium": "low", "high": "medium"},
}

SETTINGS: Mapping[str, Setting] = MappingProxyType(
    {
        "desk.name": Setting("Service desk", _text, _("what answers and reports are signed with")),
        "desk.timezone": Setting("UTC", _zone, _("time zone of days, lists and reports")),
        "desk.languages": Setting(
            ("en", "el"), _words, _("languages of tickets and answers; the first is the default")
        ),
        "ticket.priorities": Setting(_LEVELS, _words, _("lowest first; new tickets start with the first")),
        "ticket.impacts": Setting(_LEVELS, _words, _("impact levels, lowest first")),
        "ticket.urgencies": Setting(_LEVELS, _words, _("urgency levels, lowest first")),
        "ticket.channels": Setting(
            ("phone", "email", "web", "cli"), _words, _("ways to reach the desk, preferred first")
        ),
        "ticket.channel": Setting("phone", _text, _("channel of a ticket that names none")),
        "contact.hours": Setting("24x7", _text, _("when the desk can be reached")),
        "contact.phone": Setting("-", _text, _("telephone number in answers")),
        "contact.email": Setting("-", _text, _("e-mail address in answers")),
        "priority.matrix": Setting(_matrix(_DEFAULT_MATRIX), _matrix, _("impact -> urgency -> priority")),
        "priority.fixed": Setting((), _some_words, _("impacts whose priority is the matrix's, and never overridden")),
        "sla.warn": Setting(75, _percent, _("per cent of a target after which desk sla check warns")),
        "sla.calendar": Setting(
            MappingProxyType({}), _table, _("business calendars, beside 24x7: docs/service-levels.md")
        ),
        "sla.policy": Setting(
            (), _tables, _("targets of service levels, each policy from a day on; none: nothing is due")
        ),
        "list.limit": Setting(50, _count, _("rows of a table; 0 for all; machine formats always give all")),
        "users.share_organisation": Setting(
            False, _flag, _("whether users of one organisation are shown each other's tickets")
        ),
        "kb.url": Setting(
            "",
            _address,
            _("where requesters read articles, with {slug} and, if wanted, {language}; answers link there"),
        ),
        "kb.remember_misses": Setting(
            True,
            _flag,
            _("whether searches that find nothing are kept, on this machine, to see which articles are missing"),
        ),
        "kb.review_days": Setting(
            365, _count, _("days after publishing until an article is to be looked at again; 0: never")
        ),
        "kb.approval": Setting(False, _flag, _("whether somebody else must approve an article before it is published")),
        "history.titles": Setting(
            False,
            _flag,
            _("whether commit messages hold titles and texts: only for a desk that holds nothing personal"),
        ),
        "mail.notify": Setting(True, _flag, _("whether changes of tickets write messages to the outbox")),
        "attachment.max_mb": Setting(25, _count, _("largest attachment, in MiB")),
        "sync.remote": Setting(
            "", _name, _("the git remote that desk sync meets; without one origin, or the only one")
        ),
        "sync.warn": Setting(60, _count, _("minutes without a meeting after which desk status says so; 0: never")),
        "seal.cosigners": Setting(0, _count, _("others who are to sign under a seal within a week; 0: none")),
        "guard.by_hand": Setting(True, _flag, _("whether a guarded server takes commits that plain git made by hand")),
        "sync.branch": Setting("", _name, _("the branch there; without one, as this desk's is called")),
        "write.lock_timeout": Setting(30, _count, _("seconds to wait for another desk command")),
    }
)


class Config:
    """The settings in force. `config["ticket.priorities"]`; frozen."""

    __slots__ = ("_given",)

    def __init__(self, given: Mapping[str, Any]) -> None:
        self._given = given

    def __getitem__(self, name: str) -> Any:
        return self._given[name] if name in self._given else SETTINGS[name].default

    def given(self, name: str) -> bool:
        """Whether desk.toml says it, or the default is in force."""
        return name in self._given


Pairs = list[tuple[str, Any]]
"""Settings as desk.toml gives them: name and plain value."""
NESTED = ("priority.matrix", "sla.calendar", "sla.policy")
"""Settings that are tables of their own: they are written in an editor."""


def load(text: str) -> Config:
    """The settings that the text of desk.toml gives; ConfigError names what is off and what was probably meant."""
    return build(parse(text))


def parse(text: str) -> Pairs:
    """What desk.toml says, before anything is checked."""
    import tomllib  # noqa: PLC0415 - 4 ms that most commands needn't pay

    try:
        return _flatten(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            arranged("{file}: {error}", file=FILE, error=error),
            _("mend the file; desk config list explains each setting"),
        ) from None


def build(pairs: Pairs) -> Config:
    """The settings in force."""
    return Config({name: check(name, value) for name, value in pairs})


def differences(before: str, after: str) -> list[tuple[str, str | None, str | None]]:
    """What a change of desk.toml means: each setting whose value in force is another, before and after, as text.

    None where there is no such value: a name that no setting has, or a text that can't be read.
    """
    was, now = _in_force(before), _in_force(after)
    names = dict.fromkeys((*SETTINGS, *was, *now))
    found = [(name, _told(name, was), _told(name, now)) for name in names]
    return [pair for pair in found if pair[1] != pair[2]]


def _in_force(text: str) -> dict[str, Any]:
    try:
        return dict(parse(text))
    except ConfigError:
        return {}


def _told(name: str, given: Mapping[str, Any]) -> str | None:
    if name in given:
        return plain(given[name])
    return plain(SETTINGS[name].default) if name in SETTINGS else None


def plain(value: Any) -> str:
    """A setting's value as one line of text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {plain(v)}" for key, v in value.items())
    return ", ".join(map(plain, value)) if isinstance(value, tuple | list) else str(value)


def _flatten(data: Mapping[str, Any], prefix: str = "") -> Pairs:
    found: Pairs = []
    for key, value in data.items():
        name = prefix + key
        if name in SETTINGS or not isinstance(value, dict):
            found.append((name, _plain(value) if isinstance(value, dict | list) else value))
        else:
            found += _flatten(value, name + ".")
    return found


def _plain(value: Any) -> Any:
    """Tables and lists with their dates as text, as a day in quotes would be."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def check(name: str, value: Any) -> Any:
    """The value of a setting as it is used; ConfigError for an unknown name or a value that doesn't fit."""
    if name not in SETTINGS:
        near = did_you_mean(name, SETTINGS)
        raise ConfigError(
            _("{file}: there is no setting {name!r}{near}", file=FILE, name=name, near=near),
            _("desk config list shows all of them"),
        )
    try:
        return SETTINGS[name].check(value)
    except ValueError as error:
        raise ConfigError(
            _("{file}: {name} must be {error}", file=FILE, name=name, error=error),
            arranged("{name}: {help}", name=name, help=SETTINGS[name].help),
        ) from None


def holes(config: Config) -> list[tuple[str, str]]:
    """Pairs of impact and urgency for which the matrix has no priority."""
    matrix = config["priority.matrix"]
    pairs = ((i, u) for i in config["ticket.impacts"] for u in config["ticket.urgencies"])
    return [(i, u) for i, u in pairs if u not in matrix.get(i, {})]


def strangers(config: Config) -> list[tuple[str, str, str]]:
    """Settings that name a word which the list it belongs to doesn't have: the setting, the word, the list."""
    named = [("ticket.channel", config["ticket.channel"], "ticket.channels")]
    named += [("priority.fixed", impact, "ticket.impacts") for impact in config["priority.fixed"]]
    given = dict.fromkeys(priority for row in config["priority.matrix"].values() for priority in row.values())
    named += [("priority.matrix", priority, "ticket.priorities") for priority in given]
    return [(setting, word, where) for setting, word, where in named if word not in config[where]]


def zone(name: str) -> tzinfo | None:
    """A time zone by its name; None for one that this machine doesn't know."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # noqa: PLC0415 - 5 ms, only where local time is asked for

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
