"""What a setting is, and what its value may be: each check gives the value as it is used, or says what was expected."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from desk.named import NamedTuple
from desk.text import _, listed

if TYPE_CHECKING:
    from datetime import tzinfo

SECRETS = ("password", "passwd", "passphrase", "secret", "token", "apikey", "api_key", "credential")
"""Parts of names that ask for what must not be shown, nor kept in a desk."""


class Setting(NamedTuple):
    """`check` returns the value to be used or raises ValueError with what was expected."""

    default: Any
    check: Callable[[Any], Any]
    help: str


def as_text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or "\n" in value:
        raise ValueError(_("one line of text in quotes"))
    return value


def as_count(value: Any) -> int:
    if isinstance(value, str) and value.isdecimal():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _MOST:
        raise ValueError(_("a whole number, 0 or more"))
    return value


_MOST = 10**9
"""What every count fits, in seconds, days and MiB as well."""


def as_flag(value: Any) -> bool:
    if isinstance(value, str) and value.lower() in ("true", "yes", "on", "false", "no", "off"):
        value = value.lower() in ("true", "yes", "on")
    if not isinstance(value, bool):
        raise ValueError(_("true or false"))
    return value


def as_words(value: Any) -> tuple[str, ...]:
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


def as_some_words(value: Any) -> tuple[str, ...]:
    return () if value in ("", [], ()) else as_words(value)


def as_known(known: tuple[str, ...]) -> Callable[[Any], tuple[str, ...]]:
    """Words of these alone; none of them is allowed too."""

    def check(value: Any) -> tuple[str, ...]:
        found = tuple(word.strip().lower() for word in as_some_words(value))
        if odd := [word for word in found if word not in known]:
            raise ValueError(_("names such as {known}; there is no {odd!r}", known=", ".join(known), odd=odd[0][:40]))
        return found

    return check


def as_sort_of(known: tuple[str, ...]) -> Callable[[Any], str]:
    """Fields of these with commas between them, each perhaps with a - in front."""

    def check(value: Any) -> str:
        words = [word.strip().lower() for word in as_text(value).split(",")]
        if odd := [word for word in words if word.removeprefix("-") not in known]:
            raise ValueError(_("fields such as {known}; there is no {odd!r}", known=", ".join(known), odd=odd[0][:40]))
        return ",".join(words)

    return check


def as_percent(value: Any) -> int:
    number = as_count(value)
    if not 1 <= number <= 99:
        raise ValueError(_("per cent between 1 and 99"))
    return number


# Service levels are read whole where they are used (store/service_levels.py): lists, which only tell what stands in the
# tickets, needn't pay for it.
def as_tables(value: Any) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple) or not value or not all(isinstance(row, dict) for row in value):
        raise ValueError(_("tables that begin with [[sla.policy]]"))
    return tuple(value)


def as_table(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(_("tables such as [sla.calendar.office]"))
    return value


def as_texts(value: Any) -> Mapping[str, str]:
    """A table of texts by name."""
    if not isinstance(value, Mapping) or not all(isinstance(text, str) for text in value.values()):
        raise ValueError(_('a table of texts by name, such as late = "--overdue"'))
    return MappingProxyType(dict(value))


def as_zone(value: Any) -> str:
    # zoneinfo costs 2 ms to import and is needed only where local times are; a wrong name is found by `config set`
    # and `doctor`, so here the shape is checked alone.
    name = as_text(value)
    if name.startswith(("/", ".")) or ".." in name:
        raise ValueError(_("a time zone name such as Asia/Nicosia"))
    return name


def as_matrix(value: Any) -> Mapping[str, Mapping[str, str]]:
    rows = value.items() if isinstance(value, dict) else ()
    if not rows or not all(isinstance(row, dict) and all(isinstance(v, str) for v in row.values()) for _, row in rows):
        raise ValueError(_('a table impact -> urgency -> priority such as high = { low = "medium", high = "high" }'))
    return MappingProxyType({impact: MappingProxyType(dict(row)) for impact, row in rows})


def as_link(value: Any) -> str:
    if value in ("", "-"):
        return ""
    text = as_text(value)
    if not text.startswith(("https://", "http://")) or "{slug}" not in text or " " in text:
        raise ValueError(_("an address with {slug} in it, such as https://help.example/kb/{slug}, or nothing"))
    return text


def as_name(value: Any) -> str:
    if value in ("", "-"):
        return ""
    name = as_text(value)
    if name.startswith("-") or any(c.isspace() for c in name):
        raise ValueError(_("a name as git has it, or nothing"))
    return name


def as_choice(*words: str) -> Callable[[Any], str]:
    """A check for one of these words."""

    def check(value: Any) -> str:
        if value is False and "off" in words:  # `off` in desk.toml is a word, but people leave its quotes out
            return "off"
        if value not in words:
            raise ValueError(_("one of {words}", words=listed(words)))
        return str(value)

    return check


def canonical_address(text: str) -> str:
    """One spelling of an address for all: composed letters of usual width, a domain in its own script without a last dot.

    Case stays as it was typed; nothing that compares addresses minds it.
    """
    local, at, domain = unicodedata.normalize("NFKC", text.strip()).rpartition("@")
    domain = domain.rstrip(".")
    if "xn--" in domain.lower():
        with suppress(UnicodeError):  # no such name: it stays what it is
            domain = domain.lower().encode("ascii").decode("idna")
    return f"{local}{at}{domain}"


_MAILBOX = r"[^\s<>()\[\],;:\"\\@]{1,64}@[^\s<>()\[\],;:\"\\@]{1,189}"


def as_mailbox(value: Any) -> str:
    """An e-mail address, or nothing."""
    if value in ("", "-"):
        return ""
    if not isinstance(value, str) or not re.fullmatch(_MAILBOX, value):
        raise ValueError(_("an e-mail address, or nothing"))
    return canonical_address(value)


def as_mailboxes(value: Any) -> tuple[str, ...]:
    """E-mail addresses, or none."""
    found = as_some_words(value)
    if not all(re.fullmatch(_MAILBOX, address) for address in found):
        raise ValueError(_("e-mail addresses, or none"))
    return tuple(canonical_address(address).lower() for address in found)


def as_signature(value: Any) -> str:
    """The name that messages come from, with gaps for who wrote and for the desk; or nothing."""
    if value in ("", "-"):
        return ""
    text = as_text(value)
    if set("{}") & set(text.replace("{staff}", "").replace("{desk}", "")):
        raise ValueError(_("a name, in which {staff} and {desk} may stand, or nothing", staff="{staff}", desk="{desk}"))
    return text


def as_host(value: Any) -> str:
    """The name or number of a server, or nothing."""
    if value in ("", "-"):
        return ""
    if not isinstance(value, str) or not re.fullmatch(r"[\w.:-]{1,253}", value) or value.startswith("-"):
        raise ValueError(_("the name of a server, such as mail.example.org, or nothing"))
    return value


def as_port(value: Any) -> int:
    number = as_count(value)
    if not 1 <= number <= 65535:
        raise ValueError(_("a port, from 1 to 65535"))
    return number


def as_folder(value: Any) -> str:
    """A folder of a mailbox, or nothing."""
    if value in ("", "-"):
        return ""
    text = as_text(value)
    if any(ord(c) < 32 or c in '*%"\\' for c in text):
        raise ValueError(_("the name of a folder in the mailbox"))
    return text


def as_folders(value: Any) -> tuple[str, ...]:
    """Folders of a mailbox, at least one."""
    found = tuple(map(as_folder, as_words(value)))
    if not all(found):
        raise ValueError(_("names of folders in the mailbox"))
    return found


def as_departments(value: Any) -> Mapping[str, str]:
    """Departments by the address that people write to."""
    rows = dict(value) if isinstance(value, Mapping) else {}
    good = all(isinstance(d, str) and isinstance(a, str) and re.fullmatch(_MAILBOX, a) for a, d in rows.items())
    if not good or not isinstance(value, Mapping):
        raise ValueError(_('a table of addresses such as "legal@clinic.example" = "legal"'))
    return MappingProxyType({canonical_address(address).lower(): department for address, department in rows.items()})


def as_png(value: Any) -> str:
    """A picture's file name, or nothing."""
    if value in ("", "-"):
        return ""
    if not isinstance(value, str) or not re.fullmatch(r"[\w-][\w.-]{0,100}\.png", value):
        raise ValueError(_("the name of a .png file in templates/mail, or nothing"))
    return value


MOST_DAYS = 36_500
"""A hundred years: a day later than that may be none that a calendar has."""

# A number as people write it, several of them, and how one goes on to an extension.
_NUMBER = r"\+?(?:[ ().\-/\u00a0\u2010-\u2013]*[0-9]){3,15}\)?"
_EXTENSION = r"(?:[ ,;]*(?:ext|extension|x|int|εσωτ|εσωτερικό)[.=:]? ?[0-9]{1,6}|#[0-9]{1,6})?"
_PHONES = rf"{_NUMBER}{_EXTENSION}(?:(?: *[,;] *| +/ +){_NUMBER}{_EXTENSION})*"


def as_phone(value: Any) -> str:
    """Telephone numbers as they are written, each of 3 (as 112) to 15 digits (ITU E.164) and perhaps an extension."""
    if not isinstance(value, str) or not re.fullmatch(_PHONES, value, re.IGNORECASE):
        raise ValueError(_("a telephone number such as {example}", example="+357 22 123456 ext. 12"))
    return value


def plain(value: Any) -> str:
    """A setting's value as one line of text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {plain(v)}" for key, v in value.items())
    return ", ".join(map(plain, value)) if isinstance(value, tuple | list) else str(value)


def without_dates(value: Any) -> Any:
    """Tables and lists with their dates as text, as a day in quotes would be."""
    if isinstance(value, dict):
        return {key: without_dates(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [without_dates(inner) for inner in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def zone(name: str) -> tzinfo | None:
    """A time zone by its name; None for one that this machine doesn't know."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # noqa: PLC0415 - 5 ms, only where local time is asked for

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
