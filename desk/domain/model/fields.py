"""Field types: each knows how to parse a plain YAML value, to put it back, and how the index stores it.

A parse function takes what YAML or an option gave (str, int, bool, None, list, dict) and returns the value a record
holds, or raises ValueError with a sentence that fits behind "title: ". Values are immutable.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any, Generic, Literal, Self, TypeVar, overload

from desk.domain.model.filenames import DEVICES, like_slug
from desk.domain.model.states import DUPLICATE, RESOLUTIONS, WAITING
from desk.named import NamedTuple
from desk.setting import canonical_address
from desk.text import _

T = TypeVar("T")

TITLE_MAX = 250  # characters, not bytes: a limit in bytes would halve Greek
TEXT_MAX = 4_000_000
SLUG_MAX = 64
SLUG_BYTES = 200  # a file name has at most 255 on every common system, and something is put behind
# Patterns are texts, compiled by re when first used: a list parses nothing, and eight of them cost it 4 ms.
_CONTROL = r"[\x00-\x1f\x7f-\x9f\u2028\u2029]"
_SURROGATE = r"[\ud800-\udfff]"
_SLUG = r"[^\W_][\w.\-]*"
_EMAIL = r"[^\s@<>()\[\],;:\"\\]+@[^\s@<>()\[\],;:\"\\.\-][^\s@<>()\[\],;:\"\\]*"
_COLOUR = r"#[0-9a-f]{6}"
_TIME = r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:?\d\d)"
_DATE = r"\d{4}-\d\d-\d\d"
TICKET_ID = r"[0-9]{6}-[0-9A-HJKMNP-TV-Z]{4}"
LINK_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "relates": "relates",
        "duplicates": "duplicated-by",
        "duplicated-by": "duplicates",
        "caused-by": "causes",
        "causes": "caused-by",
    }
)
"""Each relation and the one that stands on the other ticket."""


def check_text(value: str, limit: int = TEXT_MAX) -> str:
    """Any text but NUL and lone surrogates; `limit` counts characters."""
    if "\0" in value:
        raise ValueError(_("text can't contain a NUL character; is this a binary file? attach it instead"))
    if re.search(_SURROGATE, value):
        raise ValueError(_("text must be valid UTF-8"))
    if len(value) > limit:
        more = _("shorten it, the rest belongs into the text") if limit < TEXT_MAX else _("attach it as a file instead")
        raise ValueError(
            _("is {n:,} characters long, {limit:,} are allowed; {more}", n=len(value), limit=limit, more=more)
        )
    return value


def scalar(raw: object) -> str:
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, str | int):
        return str(raw)
    raise ValueError(_("expected text, found {name_of}", name_of=_name_of(raw)))


def _name_of(raw: object) -> str:
    names: dict[type, str] = {list: _("a list"), dict: _("a mapping"), type(None): _("nothing"), float: _("a fraction")}
    return names.get(type(raw), type(raw).__name__)


def parse_text(raw: object) -> str:
    return check_text(scalar(raw))


def parse_line(raw: object) -> str:
    value = check_text(scalar(raw), TITLE_MAX)
    if not value.strip():
        raise ValueError(_("must not be empty"))
    if re.search(_CONTROL, value):
        raise ValueError(_("must be one line without control characters"))
    return value


def parse_slug(raw: object) -> str:
    """A name that is also a file name: letters of any script, digits, dot, dash; lower case, NFC."""
    value = unicodedata.normalize("NFC", scalar(raw))
    fits = re.fullmatch(_SLUG, value) and len(value) <= SLUG_MAX and len(value.encode()) <= SLUG_BYTES
    if not fits or value.endswith(".") or ".." in value:
        shown = value if len(value) <= SLUG_MAX else value[:SLUG_MAX] + "…"
        raise ValueError(
            _(
                "{shown!r} is not a valid name such as {like}: up to {slug_max} letters, digits, dots and dashes, a "
                "letter or digit first",
                shown=shown,
                like=like_slug(value) or "big-tag",
                slug_max=SLUG_MAX,
            )
        )
    if value != value.lower():
        raise ValueError(_("{value!r} must be in lower case: {lower}", value=value, lower=value.lower()))
    if value.split(".", 1)[0] in DEVICES:
        raise ValueError(_("{value!r} is a name that some systems reserve; choose another", value=value))
    return value


def parse_ticket_id(raw: object) -> str:
    value = scalar(raw).upper()
    if not re.fullmatch(TICKET_ID, value):
        raise ValueError(_("{value!r} is not a ticket id such as 260723-7K3Q", value=value[:40]))
    return value


def parse_email(raw: object) -> str:
    value = canonical_address(parse_line(raw))
    if not re.fullmatch(_EMAIL, value):
        raise ValueError(_("{value!r} is not an e-mail address", value=value))
    return value


def parse_colour(raw: object) -> str:
    value = scalar(raw).strip().lower()
    if re.fullmatch(_COLOUR[1:], value):
        value = f"#{value}"  # a shell takes what follows a # for a comment
    if not re.fullmatch(_COLOUR, value):
        raise ValueError(_("{value!r} is not a colour such as 1f77b4", value=value[:40]))
    return value


_LARGEST = 10**18
"""What an index holds, and any reader."""


def parse_integer(raw: object) -> int:
    if isinstance(raw, int) and not isinstance(raw, bool) and abs(raw) < _LARGEST:
        return raw
    if isinstance(raw, str) and re.fullmatch(r"-?[0-9]{1,18}", raw):
        return int(raw)
    raise ValueError(_("expected a whole number"))


def parse_number(raw: object) -> int | str:
    """A whole number, or one with decimals behind a point or a comma: as text, which no reader rounds."""
    if isinstance(raw, str) and (match := re.fullmatch(r"(-?)([0-9]{1,18})[.,]([0-9]{1,9})", raw)):
        sign, whole, decimals = match[1], int(match[2]), match[3].rstrip("0")
        return f"{sign}{whole}.{decimals}" if decimals else int(f"{sign}{whole}")
    try:
        return parse_integer(raw)
    except ValueError:
        raise ValueError(_("expected a number, such as 4 or 2.5")) from None


def parse_level(raw: object) -> int:
    value = parse_integer(raw)
    if value not in (1, 2, 3):
        raise ValueError(_("{value} is not a level: 1, 2 or 3", value=value))
    return value


def parse_flag(raw: object) -> bool:
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, str) and raw.lower() in ("true", "yes", "false", "no"):
        return raw.lower() in ("true", "yes")
    raise ValueError(_("expected true or false"))


def parse_time(raw: object) -> datetime:
    """RFC 3339 with an offset or Z; kept in UTC, to the second."""
    value = scalar(raw)
    if not re.fullmatch(_TIME, value):
        raise ValueError(_("{value!r} is not a time such as 2026-07-23T06:12:44Z", value=value[:40]))
    try:
        found = datetime.fromisoformat(value.upper())
        return found if found.tzinfo is UTC and not found.microsecond else found.astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError) as error:
        raise ValueError(_("{value!r} is not a time: {error}", value=value[:40], error=error)) from None


def parse_date(raw: object) -> date:
    value = scalar(raw)
    if not re.fullmatch(_DATE, value):
        raise ValueError(_("{value!r} is not a date such as 2026-07-23", value=value[:40]))
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise ValueError(_("{value!r} is not a date: {error}", value=value[:40], error=error)) from None


def _each(raw: object, parse: Callable[[object], str]) -> list[str]:
    if isinstance(raw, str):
        raw = [raw]
    if not isinstance(raw, list | tuple | set | frozenset):
        raise ValueError(_("expected a list, found {name_of}", name_of=_name_of(raw)))
    return [parse(item) for item in raw]


def name_of(record_id: str) -> str:
    """What the languages of an article, a response or a checklist have in common: `malta-4703` of `malta-4703.el`."""
    return record_id.rpartition(".")[0] or record_id


def parse_slugs(raw: object) -> tuple[str, ...]:
    """A set: sorted, each once, so that two clones that add the same tags write the same line."""
    return tuple(sorted(set(_each(raw, parse_slug))))


def parse_emails(raw: object) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_each(raw, parse_email)))


def parse_lines(raw: object) -> tuple[str, ...]:
    return tuple(_each(raw, parse_line))


_KEY = r"(?:valid-(?:after|before)=\d{8}(?:\d{4,6})?Z?(?:,| ))*(?:sk-)?(?:ssh|ecdsa)-[a-z0-9@.-]+ [A-Za-z0-9+/]+={0,3}(?: .*)?"


def parse_keys(raw: object) -> tuple[str, ...]:
    """Public ssh keys, each as ssh-keygen writes it, with `valid-after=DAY,valid-before=DAY ` before it where it ends."""
    keys = [" ".join(line.split()) for line in _each(raw, parse_line)]
    for key in keys:
        if "PRIVATE" in key or not re.fullmatch(_KEY, key):
            raise ValueError(_("{key!r} is not a public ssh key, such as 'ssh-ed25519 AAAA… maria'", key=key[:40]))
    return tuple(dict.fromkeys(keys))


def parse_steps(raw: object) -> tuple[str, ...]:
    """Steps of a checklist, each with its mark."""
    steps = [re.sub(r"^\[X\]", "[x]", line) for line in _each(raw, parse_line)]
    for step in steps:
        if not re.fullmatch(r"\[[ x]\] \S.*", step):
            raise ValueError(
                _(
                    "{step!r} is not a step such as '[ ] call Malta', or '[x] call Malta' when it is done",
                    step=step[:60],
                )
            )
    return tuple(steps)


def parse_link(raw: object) -> str:
    value = scalar(raw)
    relation, _rest, other = value.partition(" ")
    if relation not in LINK_TYPES:
        raise ValueError(
            _(
                "{value!r} is not a link such as 'relates 260723-7K3Q'; relations: {link_types}",
                value=value[:60],
                link_types=", ".join(LINK_TYPES),
            )
        )
    return f"{relation} {parse_ticket_id(other.strip())}"


def parse_links(raw: object) -> tuple[str, ...]:
    return tuple(sorted(set(_each(raw, parse_link))))


def parse_values(raw: object) -> Mapping[str, Any]:
    """Custom fields: name → text, number or true/false; their declarations check the rest."""
    if not isinstance(raw, Mapping):
        raise ValueError(_("expected a mapping of names to values, found {name_of}", name_of=_name_of(raw)))
    out: dict[str, Any] = {}
    for key in sorted(raw, key=str):
        value = raw[key]
        if not isinstance(value, str | int | bool):
            raise ValueError(
                _("{key}: expected text, a number or true/false, found {name_of}", key=key, name_of=_name_of(value))
            )
        out[parse_slug(key)] = check_text(str(value)) if isinstance(value, str) else value
    return MappingProxyType(out)


def parse_titles(raw: object) -> Mapping[str, str]:
    """Language → title."""
    if not isinstance(raw, Mapping):
        raise ValueError(_("expected a mapping of languages to titles, found {name_of}", name_of=_name_of(raw)))
    return MappingProxyType({parse_slug(key): parse_line(raw[key]) for key in sorted(raw, key=str)})


def utc_text(value: datetime) -> str:
    """RFC 3339 in UTC: the one way desk writes a time."""
    there = value if value.tzinfo is UTC else value.astimezone(UTC)
    return there.isoformat(timespec="seconds")[:19] + "Z"  # %Y leaves out the zeros of 0900


Merge = Literal["take_later", "unite", "unite_sorted", "meet_by_key", "tick", "weave", "unite_pauses"]


def parse_follow(raw: object) -> str:
    """What follows a prepared answer: `close`, `close workaround`, `pending`, `pending requester 3d`, `pending 2w`."""
    text = " ".join(parse_line(raw).lower().split())
    ends = "|".join(code for code in RESOLUTIONS if code != DUPLICATE)
    if not re.fullmatch(rf"close( ({ends}))?|pending( ({'|'.join(WAITING)}))?( \d{{1,3}}[dw])?", text):
        raise ValueError(
            _("{text!r} can't follow an answer; write close, close RESOLUTION, or pending [WHOM] [3d]", text=text[:60])
        )
    return text


class FieldType(NamedTuple):
    """How a kind of value is parsed, how two changes of it meet, and how the index stores it.

    `store` is text, int, set (one row a member) or json. `merge` names a rule of `domain/merge/merging.RULES`: who merges
    nothing needn't load them.
    """

    name: str
    parse: Callable[[object], Any]
    merge: Merge
    store: str = "text"


FOLLOW = FieldType("what follows an answer", parse_follow, "take_later")
LINE = FieldType("one line of text", parse_line, "take_later")
TEXT = FieldType("text", parse_text, "weave")
SLUG = FieldType("a name", parse_slug, "take_later")
TICKET = FieldType("a ticket id", parse_ticket_id, "take_later")
EMAIL = FieldType("an e-mail address", parse_email, "take_later")
EMAILS = FieldType("e-mail addresses", parse_emails, "unite", "set")
COLOUR = FieldType("a colour", parse_colour, "take_later")
INTEGER = FieldType("a whole number", parse_integer, "take_later", "int")
LEVEL = FieldType("1, 2 or 3", parse_level, "take_later", "int")
FLAG = FieldType("true or false", parse_flag, "take_later", "int")
TIME = FieldType("a time", parse_time, "take_later")
DATE = FieldType("a date", parse_date, "take_later")
SLUGS = FieldType("names", parse_slugs, "unite_sorted", "set")
LINES = FieldType("lines of text", parse_lines, "unite", "json")
NUMBERS = FieldType("ticket numbers of other desks", parse_lines, "unite", "set")
KEYS = FieldType("public ssh keys", parse_keys, "unite", "json")
STEPS = FieldType("steps", parse_steps, "tick", "json")
LINKS = FieldType("links", parse_links, "unite_sorted", "set")
TITLES = FieldType("titles by language", parse_titles, "meet_by_key", "json")
VALUES = FieldType("custom fields", parse_values, "meet_by_key", "json")


class Field(Generic[T]):
    """One field of a record: the single line that declares it.

    `default` is what an absent key means and is never written; `required` keys are always written; `fixed` ones can't
    be edited after creation. `ref` names the kind of record the value must exist in, `setting` the list in desk.toml
    that the value must stand in.
    """

    __slots__ = ("default", "fixed", "help", "name", "ref", "required", "setting", "type")

    def __init__(
        self,
        type_: FieldType,
        help_: str,
        *,
        default: T | None = None,
        required: bool = False,
        fixed: bool = False,
        ref: str | None = None,
        setting: str | None = None,
    ) -> None:
        self.type = type_
        self.help = help_
        self.default = default
        self.required = required
        self.fixed = fixed
        self.ref = ref
        self.setting = setting
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, obj: None, owner: type) -> Self: ...
    @overload
    def __get__(self, obj: object, owner: type) -> T: ...
    def __get__(self, obj: Any, owner: type) -> Self | T:
        if obj is None:
            return self
        value: T = obj.values.get(self.name, self.default)
        return value

    def __repr__(self) -> str:
        return f"Field({self.name}: {self.type.name})"
