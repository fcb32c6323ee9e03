"""The text of an answer: as given, from a custom response, from articles, or from the editor."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, cast

from desk.cli import editor
from desk.cli.app import App
from desk.domain.model.ticket import NOTE, Ticket
from desk.errors import UsageFault
from desk.text import _


class From(NamedTuple):
    """Where an answer comes from: a text that was given, a response, articles that requesters may read."""

    text: str | None = None
    response: str | None = None
    articles: tuple[str, ...] = ()


class Made(NamedTuple):
    """A text for one ticket, the places left for a person, and what the response says follows it."""

    text: str
    gaps: tuple[str, ...] = ()
    then: str | None = None


def text_for(app: App, kind: str, ids: list[str], given: From, *, may_be_empty: bool) -> str | dict[str, Made]:
    """One text for all tickets, or one for each when a custom response or an article is put in."""
    if given.response and given.text is not None:
        raise UsageFault(
            _("--response can't be used with --body or --file"), _("render it, edit it, then give it as --file")
        )
    if given.response or given.articles:
        return _made(app, kind, ids, given)
    if given.text is None and may_be_empty and not editor.interactive(app):
        return ""
    context = _context(app, ids[0]) if given.text is None else ""
    head = "" if given.text is not None else _head(app, kind, ids)
    return editor.entry_text(app, given.text, f"{kind}-{ids[0]}", context, head=head)


def _made(app: App, kind: str, ids: list[str], given: From) -> dict[str, Made]:
    """Filled in for each ticket, and finished in the editor where there is one ticket and a person."""
    made = {i: _text(app, i, given) for i in ids}
    what = given.response or "the reply"
    if len(ids) > 1 or given.text is not None or not editor.interactive(app):
        return {i: one._replace(text=_without_gaps(one.text, what, one.gaps)) for i, one in made.items()}
    [start] = made.values()
    name, context = f"{kind}-{ids[0]}", _context(app, ids[0])
    text = editor.entry_text(
        app,
        None,
        name,
        context,
        start.text,
        accept=lambda t: _without_gaps(t, what, start.gaps),
        head=_head(app, kind, ids),
    )
    return {ids[0]: start._replace(text=text)}


def _text(app: App, ticket_id: str, given: From) -> Made:
    """The response or the given text, with what leads to the articles behind it; and the places left for a person.

    A response that names the article itself needs nothing behind it.
    """
    from desk.actions import rendering  # noqa: PLC0415 - for responses and articles only

    gaps: tuple[str, ...] = ()
    text, articles, then = given.text or "", given.articles, None
    if given.response:
        made = rendering.render(app, given.response, ticket_id, articles)
        text, language, gaps, then = made.text, made.language, made.gaps, made.then
        articles = articles[1:] if made.quotes else articles
    else:
        ticket = cast("Ticket", app.store.read("ticket", ticket_id))
        language = ticket.language or app.config["desk.languages"][0]
    parts = (text.rstrip("\n"), rendering.mention_articles(app, articles, language))
    return Made("\n\n".join(part for part in parts if part), gaps, then)


def require_articles_named(app: App, names: Iterable[str]) -> tuple[str, ...]:
    """The names of the articles given, each once; Refused for one that requesters may not read, whatever the language."""
    names = list(names)
    if not names:
        return ()
    from desk.actions import rendering  # noqa: PLC0415 - as above

    first = app.config["desk.languages"][0]
    return tuple(dict.fromkeys(rendering.article(app, name, first)["id"] for name in names))


def _without_gaps(text: str, response: str, gaps: Iterable[str]) -> str:
    """A response may hold places for a person to fill in, written [[ … ]]; they never reach a requester."""
    left = next((gap for gap in gaps if gap in text), None)
    if left:
        raise UsageFault(
            _("{response} has a place to be filled in: {left}", response=response, left=left),
            _("use it in a terminal, where the editor opens"),
        )
    return text


def _head(app: App, kind: str, ids: list[str]) -> str:
    """Who will read a text: staff, or the requester, whose language is named."""
    if kind == NOTE:
        return _("NOTE, for staff only")
    if len(ids) > 1:
        return _("REPLY to the requesters of {n} tickets", n=len(ids))
    ticket = cast("Ticket", app.store.read("ticket", ids[0]))
    language = ticket.language or app.config["desk.languages"][0]
    return _(
        "REPLY to {requester_named}, in {language}",
        requester_named=requester_named(app, ticket) or _("nobody: the ticket has no requester"),
        language=language,
    )


def requester_named(app: App, ticket: Ticket) -> str:
    """Name and address of a ticket's requester; "" where there is none."""
    user = app.store.read("user", ticket.requester) if ticket.requester else None
    if user is None:
        return ""
    name, email = user.values.get("name"), user.values.get("email")
    address = f"<{email}>" if email else _("(no e-mail address)")
    return f"{name or user.id} {address}"


def tell_of_unheard(app: App, tickets: Iterable[Ticket]) -> None:
    """Say whose answer reaches nobody, since there is no address to send it to."""
    for ticket in tickets:
        if not ticket.requester:
            app.notes.append(_("{ticket}: nobody to send it to: the ticket has no requester", ticket=ticket.id))
        elif not app.store.read("user", ticket.requester).values.get("email"):
            app.notes.append(
                _(
                    "{ticket}: nobody to send it to: {requester} has no e-mail address",
                    ticket=ticket.id,
                    requester=ticket.requester,
                )
            )


def _context(app: App, ticket_id: str) -> str:
    """The ticket as its file says, to be read while answering."""
    from desk.codec import records  # noqa: PLC0415 - for the editor only

    return records.encode(app.store.read("ticket", ticket_id)).decode()
