"""What stands beside a text that is being written: its ticket below it, and what a colleague wrote meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from desk.cli.app import App
from desk.domain.model.record import Entry
from desk.domain.model.ticket import Ticket
from desk.errors import Conflict, NotFound
from desk.text import Text, _, listed

_LANGUAGES = {
    "bg": _("Bulgarian"), "cs": _("Czech"), "da": _("Danish"), "de": _("German"), "el": _("Greek"), "en": _("English"),
    "es": _("Spanish"), "et": _("Estonian"), "fi": _("Finnish"), "fr": _("French"), "ga": _("Irish"), "hr": _("Croatian"),
    "hu": _("Hungarian"), "it": _("Italian"), "lt": _("Lithuanian"), "lv": _("Latvian"), "mt": _("Maltese"),
    "nl": _("Dutch"), "pl": _("Polish"), "pt": _("Portuguese"), "ro": _("Romanian"), "ru": _("Russian"),
    "sk": _("Slovak"), "sl": _("Slovenian"), "sv": _("Swedish"), "tr": _("Turkish"), "uk": _("Ukrainian"),
}  # fmt: skip
"""Names of languages by their codes; another one is called by its code."""


def language_named(code: str) -> str:
    return _LANGUAGES.get(code, code)


class Meanwhile(Conflict):
    """Somebody else wrote something while a text was being written. `form` is the text with that beside it."""

    def __init__(self, message: str, hint: str, form: str) -> None:
        super().__init__(message, hint)
        self.form = form


class Companion:
    """The first of the tickets that a text is for, as its writer has it before them."""

    def __init__(self, app: App, ids: Sequence[str]) -> None:
        self.app = app
        self.id = ids[0]
        self.context, self.seen = self._read()

    def _read(self) -> tuple[str, tuple[Entry, ...]]:
        """The ticket as its file says, to be read while answering; and its thread."""
        from desk.codec import records  # noqa: PLC0415 - for the editor only

        ticket = cast("Ticket", self.app.store.read("ticket", self.id))
        return records.encode(ticket.with_salt("")).decode(), ticket.thread

    def require_unchanged(self, whole: str) -> None:
        """Raise Meanwhile, once for each entry that came while the text was being written."""
        before, context = self.seen, self.context
        self.context, self.seen = self._read()
        new = [entry for entry in self.seen if entry not in before]
        if new:
            told = listed(_describe(entry) for entry in new)
            raise Meanwhile(
                _("{told} meanwhile: it stands below your text", told=told),
                _("save it again, as it is or changed, to go on"),
                whole.replace(context, self.context),
            )


def _describe(entry: Entry) -> Text:
    return _("{by} wrote a note", by=entry.by) if entry.kind == "note" else _("{by} wrote a reply", by=entry.by)


def entry_of(ticket: Ticket, number: int) -> Entry:
    """An entry by the number that `desk ticket show` gives it; NotFound where there is none."""
    if not 1 <= number <= len(ticket.thread):
        raise NotFound(
            _("{ticket} has no entry {number}", ticket=ticket.id, number=number),
            _("it has {n}: desk ticket show {ticket}", n=len(ticket.thread), ticket=ticket.id),
        )
    return ticket.thread[number - 1]
