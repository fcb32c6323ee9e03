"""The text of an answer: as given, from a custom response, from articles, or from the editor."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from desk.cli import editor
from desk.cli.app import App
from desk.domain.model.ticket import NOTE, Ticket
from desk.errors import UsageFault
from desk.named import NamedTuple
from desk.text import _


class From(NamedTuple):
    """Where an answer comes from: a text that was given, a response, articles that requesters may read, or an entry.

    `proposed`: it is to be looked at by a colleague, and not sent.
    """

    text: str | None = None
    response: str | None = None
    articles: tuple[str, ...] = ()
    entry: int | None = None
    proposed: bool = False


PROPOSAL = "proposal"
"""Marks a note as a reply that a colleague is to look at."""


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
    if given.entry is not None:
        require_alone(given, ids)
    if given.response or given.articles or given.entry is not None:
        return _made(app, kind, ids, given)
    if given.text is None and may_be_empty and not editor.interactive(app):
        return ""
    if given.text is not None or not editor.interactive(app):
        return editor.entry_text(app, given.text, f"{kind}-{ids[0]}", "")
    from desk.cli.clerk import companion  # noqa: PLC0415 - for the editor only

    page = companion.Companion(app, ids)
    head = _head(app, kind, ids, proposed=given.proposed)
    return editor.entry_text(app, None, f"{kind}-{ids[0]}", head=head, page=page)


def require_alone(given: From, ids: list[str]) -> None:
    """An entry of one ticket is that ticket's answer, and nothing else's."""
    if len(ids) > 1:
        raise UsageFault(_("--entry N means an entry of one ticket"), _("one after the other, please"))
    if given.text is not None or given.response:
        raise UsageFault(_("--entry gives the text already"), _("leave it out, or --body, --file and --response"))


def _made(app: App, kind: str, ids: list[str], given: From) -> dict[str, Made]:
    """Filled in for each ticket, and finished in the editor where there is one ticket and a person."""
    made = {i: _text(app, i, given) for i in ids}
    what = given.response or "the reply"
    if len(ids) > 1 or given.text is not None or not editor.interactive(app):
        return {i: one._replace(text=_without_gaps(one.text, what, one.gaps)) for i, one in made.items()}
    from desk.cli.clerk import companion  # noqa: PLC0415 - as above

    [start] = made.values()
    page = companion.Companion(app, ids)
    text = editor.entry_text(
        app,
        None,
        f"{kind}-{ids[0]}",
        "",
        start.text,
        accept=lambda t: _without_gaps(t, what, start.gaps),
        head=_head(app, kind, ids, proposed=given.proposed),
        page=page,
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
        if given.entry is not None:
            from desk.cli.clerk import companion  # noqa: PLC0415 - for somebody's draft only

            text = companion.entry_of(ticket, given.entry).text
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


def _head(app: App, kind: str, ids: list[str], *, proposed: bool = False) -> str:
    """Who will read a text: staff, or the requester, whose language is named."""
    if kind == NOTE and not proposed:
        return _("NOTE, for staff only")
    if len(ids) > 1:
        return _("REPLY to the requesters of {n} tickets", n=len(ids))
    ticket = cast("Ticket", app.store.read("ticket", ids[0]))
    who = requester_named(app, ticket) or _("nobody: the ticket has no requester")
    from desk.cli.clerk import companion  # noqa: PLC0415 - for the editor only

    language = companion.language_named(ticket.language or app.config["desk.languages"][0])
    if proposed:
        return _(
            "DRAFT of a reply to {who}, in {language}: for staff only until it is sent", who=who, language=language
        )
    return _("REPLY to {who}, in {language}", who=who, language=language)


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
