"""What the editor shows of a ticket or an article, front matter and body, and what is made of it when it comes back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from desk.actions import identifiers
from desk.actions.tickets import edits
from desk.cli.app import App
from desk.domain.knowledge import articles
from desk.domain.model.article import Article
from desk.domain.model.fields import LINE
from desk.domain.model.plain import plain
from desk.domain.model.record import NOTHING, Record, parse_values_of
from desk.domain.model.ticket import Ticket
from desk.errors import Broken, Refused, UsageFault
from desk.text import _, arranged, listed

FRESH = ("title", "department", "requester", "tags", "priority", "impact", "urgency", "service", "channel", "language",
         "fields")  # fmt: skip
"""What the form of a new ticket may set; the rest has verbs of its own."""


def _compose(values: dict[str, Any], body: str, taught: Mapping[str, str] = NOTHING) -> str:
    """Front matter and body; above a field what it may hold, as a comment, which nobody keeps."""
    from desk.codec import records  # noqa: PLC0415 - for the editor only

    lines = (f"# {taught[n]}\n{records.dump_yaml({n: v})}" if n in taught else records.dump_yaml({n: v})
             for n, v in values.items())  # fmt: skip
    return f"---\n{''.join(lines)}---\n\n{body}"


def teach(app: App) -> dict[str, str]:
    """What each field of a ticket may hold, a line of words for each."""
    known = {kind: app.store.ask(lambda index, kind=kind: index.rows(kind, "1", (), "ORDER BY id"))  # type: ignore[misc]
             for kind in ("department", "tag", "field", "staff")}  # fmt: skip
    of_tickets = [row for row in known["field"] if row["on"] == Ticket.kind]
    values = {
        "department": _named(str(row["id"]) for row in known["department"]),
        "owner": _named(str(row["id"]) for row in known["staff"]),
        "tags": _named(str(row["id"]) for row in known["tag"]),
        **{name: _named(app.config[setting]) for name, setting in {**edits.LEVELS, **edits.WAYS}.items()},
    }
    values["fields"] = _named(_field(row) for row in of_tickets)
    told: dict[str, str] = {
        name: arranged("{name}: {values}", name=name, values=listing) for name, listing in values.items() if listing
    }
    told["requester"] = _("requester: an id, an e-mail address, a name or a number; empty: nobody")
    if "priority" in told:
        told["priority"] = _("priority: {values}; empty: what impact and urgency give", values=values["priority"])
    return told


_MOST = 25
"""Values that a comment names; more of them are found by completion, on the command line."""


def _named(values: Iterable[str]) -> str:
    found = list(values)
    return listed(found if len(found) <= _MOST else [*found[:_MOST], "…"])


def _field(row: Mapping[str, Any]) -> str:
    """`country (CY, MT, …)`, `calls (number)`."""
    may = _named(str(option) for option in row["options"]) if row["options"] else str(row["type"])
    return arranged("{name} ({may})", name=row["id"], may=may)


def write_new_ticket(values: Mapping[str, Any], body: str, taught: Mapping[str, str] = NOTHING) -> str:
    """The form of a new ticket, with what the options gave. An empty priority is left to the matrix."""
    names = [n for n in FRESH if n != "fields" or values.get(n) or "fields" in taught]
    blank: dict[str, Any] = {"tags": [], "fields": {}}
    return _compose({n: values.get(n) or blank.get(n, "") for n in names}, body or "\n", taught)


def write_ticket(ticket: Ticket, taught: Mapping[str, str] = NOTHING) -> str:
    """A ticket as the form to change it."""
    names = [n for n in edits.OPEN_FIELDS if n != "fields" or ticket.fields]
    shown = {n: plain(getattr(ticket, n)) if getattr(ticket, n) is not None else "" for n in names}
    return _compose(shown, ticket.body, taught)


def _take_as_typed(text: str, kind: type[Record]) -> str:
    """A form in which fields of one line hold what was typed, whatever YAML makes of `Fax #4` or `Error 4703: no answer`.

    What is in quotes as YAML has them, as the form writes them itself, stays; quotes round what it can't read go.
    """
    from desk.codec import locate, records  # noqa: PLC0415 - for the editor only

    names = "|".join(name for name, field in kind.FIELDS.items() if field.type is LINE)

    def quoted(found: re.Match[str]) -> str:
        name, typed = found["name"], found["typed"].strip()
        if not typed or locate.is_quoted(typed):
            return found[0]
        if typed[0] in _QUOTES and typed[-1] == typed[0] and len(typed) > 1:
            typed = typed[1:-1]
        return records.dump_yaml({name: typed}).rstrip("\n")

    end = text.find(f"\n{locate.FENCE}\n", len(locate.FENCE))
    if end < 0:
        return text
    return re.sub(rf"^(?P<name>{names}):(?P<typed>[ \t].*)$", quoted, text[:end], flags=re.MULTILINE) + text[end:]


_QUOTES = ("'", '"')


def split(text: str, names: Iterable[str]) -> tuple[dict[str, Any], str]:
    """Front matter (what is filled in) and body of what the editor gave back; `names` may stand in the former."""
    from desk.codec import locate, records  # noqa: PLC0415 - for the editor only

    try:
        front, rest = locate.split(_take_as_typed(text, Ticket), "your text")
        values = records.load_yaml(front, "your text", 2)
    except Broken as error:
        raise UsageFault(
            _("line {line}: {problem}", line=error.line, problem=error.problem),
            _("fields stand as `name: value` between two lines ---"),
        ) from None
    allowed = tuple(names)
    unknown = [n for n in values if n not in allowed]
    if unknown:
        raise UsageFault(
            _("{unknown!r} can't be set here", unknown=unknown[0]), _("fields: {allowed}", allowed=", ".join(allowed))
        )
    given = {n: v for n, v in values.items() if v not in ("", None)}
    if "title" not in given:
        raise UsageFault(_("a ticket needs a title"), _("write one after title:"))
    return given, rest.removeprefix("\n").removesuffix("\n")


def parse_fields(values: Mapping[str, Any]) -> dict[str, Any]:
    """Field values by their types; the requester may be an address, which is no field value yet."""
    return parse_values_of(Ticket, {k: v for k, v in values.items() if k != "requester"}, UsageFault)


def parse_levels(app: App, values: Mapping[str, Any]) -> dict[str, str | None]:
    """Priority, impact and urgency, each one of those that the desk knows."""
    return {name: identifiers.require_listed(app, setting, values.get(name)) for name, setting in edits.LEVELS.items()}


def parse_ways(app: App, values: Mapping[str, Any]) -> dict[str, str | None]:
    """Channel and language, each one of those that the desk knows."""
    return {name: identifiers.require_listed(app, setting, values.get(name)) for name, setting in edits.WAYS.items()}


def parse_new(app: App, text: str) -> tuple[dict[str, Any], str]:
    """The values of a new ticket; errors are shown above the text in the editor."""
    given, body = split(text, FRESH)
    values = parse_fields(given)
    used = parse_ways(app, values)
    for tag in values.get("tags", ()):
        identifiers.require_existing(app, "tag", tag)
    return {
        "title": values["title"],
        "department": identifiers.require_existing(app, "department", values["department"])
        if "department" in values
        else None,
        "requester": str(given["requester"]) if "requester" in given else None,
        "tags": list(values.get("tags", ())),
        "channel": used["channel"] or app.config["ticket.channel"],
        "language": used["language"],
        "service": values.get("service"),
        "fields": dict(values.get("fields", {})),
        **parse_levels(app, values),
    }, body.strip("\n")


# -- articles ------------------------------------------------------------------------------------------------------------

_PROMPTED = ("service", "tags", "keywords")
"""Fields that the form of a new article shows though they are empty."""
_KEPT = {
    "id": _("an article keeps its name"),
    "topic": _("to move it: desk kb edit SLUG --topic TOPIC"),
    "state": _("steps of its life: desk kb publish, desk kb review, desk kb retire"),
    "published": _("desk kb publish sets it"),
    "approved_by": _("desk kb review SLUG --approve sets it"),
}


def new_article(article: Article) -> str:
    """The form of a new article: its file, with the fields to think of, though they are empty."""
    from desk.codec import records  # noqa: PLC0415 - for the editor only

    whole = records.encode(article).decode()
    names = (*(articles.STRUCTURE if article.type == articles.KNOWN_ERROR else ()), *_PROMPTED)
    empty = "".join(f"{n}:\n" for n in names if n not in article.values)
    head, fence, rest = whole.partition("\n---\n")
    return f"{head}\n{empty.rstrip()}{fence}{rest}" if empty else whole


def read_article(text: str, before: Article) -> Article:
    """The article in a text from the editor; errors name the line."""
    from desk.codec import records  # noqa: PLC0415 - for the editor only

    try:
        found = records.decode(_take_as_typed(text, Article).encode(), before.path, Article.kind)
    except Broken as error:
        raise UsageFault(
            _("line {line}: {problem}", line=error.line, problem=error.problem),
            _("fields stand as `name: value` between two lines ---"),
        ) from None
    for name, hint in _KEPT.items():
        if found.values.get(name) != before.values.get(name):
            raise Refused(_("{name} can't be changed in the editor", name=name), hint)
    if not isinstance(found, Article):
        raise UsageFault(_("not an article"), _("leave the file as it was to give up"))
    return found
