"""Custom responses as texts: the variant in the right language, its variables, what it includes, the articles it names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

from desk.codec import locate, records
from desk.domain.knowledge import responses
from desk.domain.matching.suggestion import slug
from desk.domain.model.article import Response
from desk.domain.model.record import NOTHING, Record
from desk.domain.model.rows import ArticleRow
from desk.domain.model.ticket import Ticket
from desk.errors import Broken, Refused
from desk.mail.letters import FOLDER
from desk.named import NamedTuple
from desk.queries import knowledge
from desk.session.session import Session
from desk.text import _

if TYPE_CHECKING:
    from datetime import datetime

    from desk.templates.rules import Part, Used

SETTING = "kb.url"
Fresh = Mapping[str, Record]


class Rendered(NamedTuple):
    """A response filled in for a ticket.

    `gaps` are the places left for a person; `quotes` says whether it names the article of --article itself; `then` is
    what the response says follows it.
    """

    ticket: str
    response: str
    language: str
    text: str
    gaps: tuple[str, ...]
    quotes: bool
    then: str | None = None


# -- variants ----------------------------------------------------------------------------------------------------------


def find_variants(session: Session, name: str, fresh: Fresh = NOTHING) -> dict[str, str]:
    """The ids of a response by language. `incident-resolved.el` names one variant alone.

    `fresh` are records about to be committed, by id, which count as if they were.
    """
    wanted = name.strip().lower()
    rows = session.store.ask(lambda index: index.rows("response", tail="ORDER BY id"))
    known = {str(row["id"]): str(row["language"]) for row in rows}
    known.update({i: str(record.values["language"]) for i, record in fresh.items()})
    found = {language: i for i, language in known.items() if slug(i, language) == wanted}
    return found or {language: i for i, language in known.items() if i == wanted}


def require_variants(session: Session, name: str) -> dict[str, str]:
    """As `variants`; NotFound, naming the nearest, if there is none."""
    found = find_variants(session, name)
    if not found:
        raise session.store.missing("response", name)
    return found


def _part_in(session: Session, language: str, fresh: Fresh = NOTHING) -> Any:
    """How an included part is found: by the same rule as a response, in the language of the text around it."""

    def part(name: str) -> Part | None:
        found = find_variants(session, name, fresh)
        if not found:
            return None
        chosen = found[responses.variant(found, language, session.config["desk.languages"])]
        return source(fresh[chosen] if chosen in fresh else session.store.read("response", chosen))

    return part


def source(record: Record) -> Part:
    """The text of a response, and where it begins in its file."""
    from desk.templates.rules import Part  # noqa: PLC0415 - as above

    return Part(record.body, record.path, locate.body_line(records.encode(record)))


# -- checking ----------------------------------------------------------------------------------------------------------


def check(session: Session, record: Record, line: int | None = None, fresh: Fresh = NOTHING) -> Used:
    """What a response names; Broken, with file and line, for what can't be filled in or may not be told to a requester."""
    from desk.templates.sandbox import inspect  # noqa: PLC0415 - as above

    text = source(record)
    if not record.body.strip():
        raise responses.empty(record.path)
    language = str(record.values["language"])
    used = inspect(
        text.text,
        text.path,
        responses.VARIABLES,
        line=text.line if line is None else line,
        part=_part_in(session, language, fresh),
    )
    for name, path, where in used.articles:
        _public(session, name, language, Broken(_why_not(session, name), path, where, "desk kb list --state published"))
    return used


def fault(session: Session, path: str, content: bytes, fresh: Fresh = NOTHING) -> Broken | None:
    """Why the text in a file of templates can't be filled in; None if it can, or is no text of responses or mails."""
    if path.startswith(f"{FOLDER}/") and path.endswith(".txt"):
        return _fault_of_mail(path, content.decode(errors="replace"))
    try:
        if path.startswith(f"{Response.folder}/"):
            check(session, records.decode(content, path, Response.kind), locate.body_line(content), fresh)
    except Broken as error:
        return error
    return None


@lru_cache(64)
def _fault_of_mail(path: str, text: str) -> Broken | None:
    """Why the text of a mail can't be filled in: it includes nothing, so that the text alone decides."""
    from desk.mail.drafts import VARIABLES  # noqa: PLC0415 - for checks only
    from desk.templates.sandbox import inspect  # noqa: PLC0415 - as above

    try:
        inspect(text, path, VARIABLES)
    except Broken as error:
        return error
    return None


def find_including(session: Session, name: str) -> list[str]:
    """The responses that include a part of this name."""
    found = []
    for row in session.store.ask(lambda index: index.rows("response", tail="ORDER BY id")):
        record = session.store.read("response", str(row["id"]))
        with suppress(Broken):
            if name in check(session, record).parts:
                found.append(record.id)
    return found


def _public(session: Session, name: str, language: str, otherwise: Exception) -> ArticleRow:
    """An article that requesters may read, in a language if it has that one; `otherwise` is raised for any other."""
    wanted = name.strip().lower()
    rows = session.store.ask(knowledge.public_articles)
    found = {str(r["language"]): r for r in rows if wanted in (slug(r["id"], r["language"]), r["id"])}
    if not found:
        raise otherwise
    return found[responses.variant(found, language, session.config["desk.languages"])]


def _why_not(session: Session, name: str) -> str:
    rows = session.store.ask(lambda index: index.rows("article", "id = ?", (name.strip().lower(),)))
    if not rows:
        return _("there is no article {name!r}", name=name[:60])
    if rows[0]["state"] != "published":
        return _(
            "the article {name} is not published (it is {state}): requesters can't read it",
            name=name,
            state=rows[0]["state"],
        )
    return _(
        "the article {name} is in the private topic {topic}: requesters can't read it",
        name=name,
        topic=rows[0]["topic"],
    )


# -- filling in --------------------------------------------------------------------------------------------------------


def article(session: Session, name: str, language: str) -> dict[str, str]:
    """An article as a text may name it; Refused for one that requesters may not read."""
    row = _public(session, name, language, Refused(_why_not(session, name), "desk kb list --state published"))
    known = slug(row["id"], row["language"])
    link = (
        session.config[SETTING].replace("{slug}", quote(known)).replace("{language}", quote(str(row["language"] or "")))
    )
    texts = {n: str(row[n] or "") for n in ("title", "symptom", "workaround", "fix")}
    return {"id": known, **texts, "link": link}


def render(session: Session, name: str, ticket_id: str, about: Iterable[str] = ()) -> Rendered:
    """A response filled in for a ticket, in its language if there is one in it; `about` are the articles it is made from."""
    from desk.templates.sandbox import fill  # noqa: PLC0415 - as above

    ticket = cast("Ticket", session.store.read("ticket", ticket_id))
    first = session.config["desk.languages"][0]
    wanted = ticket.language or first
    found = require_variants(session, name)
    language = responses.variant(found, wanted, session.config["desk.languages"])
    record = session.store.read("response", found[language])
    if language != wanted and len(found) > 0:
        session.warnings.append(
            _(
                "there is no {response} in {language}; {other} is used for {ticket}",
                response=name,
                language=wanted,
                other=language,
                ticket=ticket_id,
            )
        )
    _require_department(record, ticket)
    used = check(session, record)
    text = source(record)
    values: dict[str, Any] = {**variables(session, ticket), "article": _about(session, about, language)}
    values["kb"] = {n: article(session, n, language) for n, _, _ in used.articles}
    part = _part_in(session, language)
    body = fill(text.text, text.path, values, line=text.line, language=language, part=part)
    # Looked for as the template has them: what looks like one in a requester's words is none.
    sources = [text.text, *(part(name).text for name in used.parts)]
    left = tuple(gap for one in sources for gap in responses.gaps(one) if gap in body)
    empty = _empty(used.variables, values, sources)
    if empty:
        session.warnings.append(
            _(
                "nothing is known of {empty}, which {name} says to {ticket_id}",
                empty=", ".join(empty),
                name=name,
                ticket_id=ticket_id,
            )
        )
    left += tuple(f"{{{{ {variable} }}}}" for variable in empty)
    quotes = any(v.startswith("article.") for v in used.variables)
    return Rendered(ticket.id, record.id, language, body.strip("\n"), left, quotes, record.values.get("then"))


def _empty(variables: Iterable[str], values: Mapping[str, Any], sources: Iterable[str]) -> list[str]:
    """Variables that a text says though they are empty; one that it asks about first (`if`, `or`, a filter) it can do without."""
    text = "\n".join(sources)
    found = []
    for variable in sorted(set(variables)):
        group, _, name = variable.partition(".")
        value = values.get(group)
        known = value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)
        bare = len(re.findall(rf"\{{\{{-?\s*{re.escape(variable)}\s*-?\}}\}}", text))
        if name and known in (None, "") and bare and bare == len(re.findall(rf"\b{re.escape(variable)}\b", text)):
            found.append(variable)
    return found


def _about(session: Session, about: Iterable[str], language: str) -> Mapping[str, str]:
    first = next(iter(about), None)
    return article(session, first, language) if first else dict.fromkeys(responses.VARIABLES["article"], "")


def _require_department(record: Record, ticket: Ticket) -> None:
    only = record.values.get("department")
    if only and only != ticket.department:
        raise Refused(
            _(
                "{id} is for tickets of {only}; {ticket} is in {department}",
                id=record.id,
                only=only,
                ticket=ticket.id,
                department=ticket.department,
            ),
            _("others: desk response list --department {department}", department=ticket.department),
        )


def variables(session: Session, ticket: Ticket) -> dict[str, dict[str, Any]]:
    """What a template may name: plain text, never objects; times in the desk's zone."""
    requester = session.store.read("user", ticket.requester) if ticket.requester else None
    staff = session.store.read("staff", session.me())
    config = session.config
    return {
        "ticket": {
            **{
                n: str(getattr(ticket, n) or "")
                for n in ("id", "title", "state", "priority", "service", "pending_until")
            },
            **{n: _local(session, getattr(ticket, n)) for n in ("created", "due", "closed")},
            "kind": ticket.kind_of_work,
            "department": _name(session, "department", ticket.department),
            "owner": _name(session, "staff", ticket.owner),
            "tags": list(ticket.tags),
        },
        "requester": {
            n: str(requester.values.get(n) or "") if requester else "" for n in responses.VARIABLES["requester"]
        },
        "staff": {n: str(staff.values[n]) for n in responses.VARIABLES["staff"]},
        "desk": {
            **{
                n: str(config["desk.name" if n == "name" else f"contact.{n}"])
                for n in ("name", "email", "phone", "hours")
            },
            "now": _local(session, session.now),
        },
    }


def _local(session: Session, when: datetime | None) -> str:
    return session.local(when).strftime("%Y-%m-%d %H:%M") if when else ""


def _name(session: Session, kind: str, record_id: str | None) -> str:
    rows = session.store.ask(lambda index: index.rows(kind, "id = ?", (record_id,))) if record_id else []
    return str(rows[0]["name"]) if rows else (record_id or "")


def mention_articles(session: Session, names: Iterable[str], language: str) -> str:
    """A paragraph that leads to articles, for the end of a reply."""
    parts = []
    for name in names:
        found = article(session, name, language)
        if found["link"]:
            parts.append(f"{found['title']}\n{found['link']}")
            continue
        said = _("{setting} is not set, so the reply names {name} without a link", setting=SETTING, name=name)
        answer = found["workaround"] or found["fix"]
        if not answer:
            said = _("{setting} is not set, so the reply holds the text of {name}", setting=SETTING, name=name)
            answer = _text_of(session, name, language)
        parts.append(f"{found['title']}\n\n{answer}".rstrip())
        if said not in session.warnings:
            session.warnings.append(said)
    return "\n\n".join(parts)


def _text_of(session: Session, name: str, language: str) -> str:
    """What a public article says."""
    row = _public(session, name, language, session.store.missing("article", name))
    return session.store.read("article", str(row["id"])).body.strip()
