"""The text of an answer: as given, from a custom response, or from the editor."""

from __future__ import annotations

from desk.app import App
from desk.commands import writing
from desk.domain.record import Record
from desk.domain.ticket import Ticket
from desk.errors import NotFound, UsageFault


def text_for(
    app: App, kind: str, ids: list[str], text: str | None, response: str | None, *, may_be_empty: bool
) -> str | dict[str, str]:
    """One text for all tickets, or one for each when a custom response is rendered."""
    if response and text is not None:
        raise UsageFault("--response can't be used with --body or --file", "render it, edit it, then give it as --file")
    name = f"{kind}-{ids[0]}"
    if response:
        rendered = {i: render(app, response, i) for i in ids}
        if len(ids) > 1 or not writing.interactive():
            return {i: _without_gaps(text, response) for i, text in rendered.items()}
        start = rendered[ids[0]]
        return writing.entry_text(
            app, None, name, _context(app, ids[0]), start, accept=lambda t: _without_gaps(t, response)
        )
    if text is None and may_be_empty and not writing.interactive():
        return ""
    return writing.entry_text(app, text, name, _context(app, ids[0]) if text is None else "")


def _without_gaps(text: str, response: str) -> str:
    """A response may hold places for a person to fill in, written [[ … ]]; they never reach a requester."""
    if (start := text.find("[[")) >= 0:
        place = text[start:].partition("]]")[0].partition("\n")[0]
        raise UsageFault(
            f"{response} has a place to be filled in: {place}]]", "use it in a terminal, where the editor opens"
        )
    return text


def _context(app: App, ticket_id: str) -> str:
    """The ticket as its file says, to be read while answering."""
    from desk.store import codec  # noqa: PLC0415 - for the editor only

    return codec.encode(app.store.read("ticket", ticket_id)).decode()


def render(app: App, name: str, ticket_id: str) -> str:
    """A custom response with the ticket's values filled in, in the ticket's language if there is one in it."""
    from desk.view.template import fill  # noqa: PLC0415 - 40 ms of Jinja, only for responses

    ticket = app.store.read("ticket", ticket_id)
    if not isinstance(ticket, Ticket):
        raise NotFound(f"there is no ticket {ticket_id}")
    language = ticket.language or app.config["desk.languages"][0]
    record, used = variant(app, name, language)
    if used != language:
        app.warnings.append(f"there is no {name} in {language}; {used} is used for {ticket_id}")
    return fill(record.body, record.path, variables(app, ticket))


def variant(app: App, name: str, language: str) -> tuple[Record, str]:
    """The response in a language, else in the desk's first one, else in any."""
    rows = app.store.ask(lambda index: index.rows("response", "id LIKE ? || '.%'", (name.lower(),), "ORDER BY id"))
    found = {str(row["language"]): str(row["id"]) for row in rows}
    if not found:
        raise app.store.missing("response", name)
    order = [language, *app.config["desk.languages"], *sorted(found)]
    used = next(one for one in order if one in found)
    return app.store.read("response", found[used]), used


def variables(app: App, ticket: Ticket) -> dict[str, dict[str, str]]:
    """What a template may name: plain text, never objects."""
    requester = app.store.read("user", ticket.requester) if ticket.requester else None
    staff = app.store.read("staff", app.me())
    config = app.config
    return {
        "ticket": {
            "id": ticket.id,
            "title": ticket.title,
            "department": _name(app, ticket.department),
            "priority": ticket.priority,
            "created": app.local(ticket.created).strftime("%Y-%m-%d %H:%M"),
        },
        "requester": {
            n: str(requester.values.get(n, "")) if requester else "" for n in ("name", "email", "organisation")
        },
        "staff": {"name": str(staff.values["name"]), "email": str(staff.values["email"])},
        "desk": {n: config[f"{'desk' if n == 'name' else 'contact'}.{n}"] for n in ("name", "email", "phone", "hours")},
    }


def _name(app: App, department: str) -> str:
    rows = app.store.ask(lambda index: index.rows("department", "id = ?", (department,)))
    return str(rows[0]["name"]) if rows else department
