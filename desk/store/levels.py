"""Service levels where disk and settings meet: the policies that desk.toml states, and their reaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import tzinfo

from desk.codec import locate
from desk.config import FILE, Config
from desk.domain.levels.calendar import Calendar
from desk.domain.levels.policy import Policies, Surroundings, read, read_calendars
from desk.domain.levels.reading import SettingFault, label_place
from desk.domain.model.organisation import WORK
from desk.errors import ConfigError
from desk.git import place as git_place
from desk.local.holidays import days_off
from desk.setting import zone
from desk.store import worktree
from desk.text import _, arranged

POLICY = "sla.policy"


def policies(place: git_place.Place | None, config: Config, text: bytes | None = None) -> Policies:
    """The policies in force; ConfigError with the line for what can't be meant. `text` is desk.toml, if it isn't the place's."""
    with _faults_as_errors(place, text):
        return read(config["sla.calendar"], config[POLICY], config["sla.warn"], _surroundings(place, config))


def calendars(place: git_place.Place | None, config: Config, text: bytes | None = None) -> dict[str, Calendar]:
    """The business calendars by name, 24x7 among them; ConfigError as of policies."""
    with _faults_as_errors(place, text):
        return read_calendars(config["sla.calendar"], _surroundings(place, config))


def _surroundings(place: git_place.Place | None, config: Config) -> Surroundings:
    try:
        local = _zone(config["desk.timezone"])
    except ValueError as error:
        raise ConfigError(
            _("{file}: desk.timezone: {error}", file=FILE, error=error), "desk config set desk.timezone Europe/Athens"
        ) from None
    return Surroundings(local, _zone, days_off(place), {"priority": config["ticket.priorities"], "kind": WORK})


@contextmanager
def _faults_as_errors(place: git_place.Place | None, text: bytes | None) -> Iterator[None]:
    try:
        yield
    except SettingFault as fault:
        content = text if text is not None else (place and worktree.read(place, FILE)) or b""
        number = locate.setting_line(content, fault.place)
        raise ConfigError(
            arranged(
                "{file}:{number}: {place}: {problem}",
                file=FILE,
                number=number,
                place=label_place(fault.place),
                problem=fault.problem,
            ),
            fault.hint,
        ) from None


def _zone(name: str) -> tzinfo:
    found = zone(name)
    if found is None:
        raise ValueError(_("there is no time zone {name!r} on this machine", name=name))
    return found


def strangers(found: Policies, ids: Callable[[str], set[str]]) -> Iterator[str]:
    """Departments and groups that a target names and that aren't there."""
    for number, one in enumerate(found.policies, 1):
        for n, target in enumerate(one.targets, 1):
            for kind in ("department", "group"):
                for word in target.conditions.get(kind, ()):
                    if word not in ids(kind):
                        yield _(
                            "{field}: there is no {kind} {id}",
                            field=label_place((POLICY, number, "target", n, kind)),
                            kind=kind,
                            id=word,
                        )
