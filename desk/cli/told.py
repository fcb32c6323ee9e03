"""What an action did, in words and as data: the answers of commands that change something."""

from __future__ import annotations

from collections.abc import Iterable

from desk.actions.acting import Acted
from desk.cli import answers
from desk.cli.app import App
from desk.domain.changes import compare, sentences
from desk.domain.changes.undo import VERB as UNDO
from desk.domain.model import due, plain
from desk.domain.model.article import Article
from desk.domain.model.change import Edit, Event
from desk.domain.model.person import User
from desk.domain.model.record import Record
from desk.domain.model.ticket import Ticket
from desk.domain.rights.words import word
from desk.queries.people import near
from desk.store.store import Committed
from desk.text import Text, _, arranged, either, listed
from desk.view.model import Done


def answer_tickets(done: Acted) -> Done:
    """What an action made of the tickets it was asked to act on."""
    return answer_change(done.edits, several=len(done.ids) > 1)


def answer_change(edits: list[Edit], *, several: bool) -> Done:
    """What a change made of these tickets."""
    lines = [line for e in edits for line in _lines(e)]
    return answers.answer_with("ticket", "tickets", [e.record for e in edits], lines, several=several)


def tell_of_requester(app: App, edits: Iterable[Edit]) -> None:
    """Say that an address made somebody known; and warn where it is nearly that of somebody who was known before."""
    for user in (e.after for e in edits if e.before is None and isinstance(e.after, User) and e.after.email):
        app.notes.append(_("new requester {user} ({email})", user=user.id, email=user.email))
        close = app.store.ask(lambda index, email=str(user.email): near(index, email))  # type: ignore[misc]
        if close:
            app.warnings.append(
                _("{email} is new here: did you mean {close}?", email=user.email, close=either(*close[:3]))
            )


def _lines(edit: Edit) -> list[str]:
    """What became of a ticket, in one line; steps of a checklist that are ticked together in one each."""
    if not edit.events:
        return [_("{id}  is so already", id=edit.record.id)]
    if len(edit.events) > 1 and all(event.verb in ("check", "uncheck") for event in edit.events):
        return [arranged("{id}  {words}", id=edit.record.id, words=_words(event, "ticket")) for event in edit.events]
    return [arranged("{id}  {words}", id=edit.record.id, words=describe_events(edit))]


def describe_events(edit: Edit) -> str:
    """The events of one record in words."""
    # What is not an article is told as a ticket is: a new title, a state.
    kind = "article" if isinstance(edit.after or edit.before, Article) else "ticket"
    return listed(_words(event, kind) for event in edit.events)


def describe_edit(edit: Edit) -> str:
    """What becomes of a record, for whoever is to agree to it: also what an undo brings back."""
    before, after = edit.before, edit.after
    if after is None:
        title = next((str(v) for n in ("title", "name", "email") if (v := edit.record.values.get(n))), "")
        return _("deleted: {title}", title=title) if title else _("deleted")
    if before is None or all(event.verb != UNDO for event in edit.events):
        back = before is None and any(event.verb == UNDO for event in edit.events)
        return _("is there again") if back else describe_events(edit) or _("changed")
    kind = "article" if isinstance(after, Article) else "ticket"
    told = listed(_words(event, kind) for event in compare.events(before, after))
    return _("as before: {what}", what=told) if told else _("as before")


def _words(event: Event, kind: str) -> str:
    if event.verb == due.BREACH:
        clock = (event.after or "").partition(" ")[0]
        return _("{clock} was late", clock=due.SPOKEN.get(clock, clock))
    return sentences.describe_outcome(event.verb, event.before, event.after, kind=kind)


# -- other records ---------------------------------------------------------------------------------------------------


def answer_records(cls: type[Record], done: Committed, *, several: bool, named: Iterable[str] | None = None) -> Done:
    """What became of the records of this kind, and a line for each other record that was touched."""
    edits = done.change.edits
    wanted = {edits[0].record.id} if named is None else set(named)
    own = [e for e in edits if e.record.kind == cls.kind and e.record.id in wanted]
    items = [{**plain.whole(e.record), **({"deleted": True} if done.change.verb == "delete" else {})} for e in own]
    lines = [arranged("{id}  {words}", id=e.record.id, words=_told_of(e, done.change.verb)) for e in own]
    lines += [arranged("{id}  {words}", id=e.record.id, words=_told_of(e, "")) for e in edits if e not in own]
    if done.change.verb == "delete":
        lines.append(way_back(done))
    return Done(cls.plural, items, tuple(lines)) if several else Done(cls.kind, items[0], tuple(lines))


def way_back(done: Committed) -> Text:
    """How a deletion is taken back."""
    return _("to take it back: desk undo {commit}", commit=done.commit[:10])


def describe_settings(before: bytes | None, after: bytes | None) -> list[Text]:
    """What a hand edit of desk.toml changed, a sentence for each setting."""
    from desk.index import derive  # noqa: PLC0415 - for hand edits only

    return [describe_setting(name, event) for name, event in derive.settings_events(before, after)]


def describe_setting(name: str, event: Event) -> Text:
    """What becomes of one setting."""
    before, after = sentences.differing(event.before, event.after)
    return _(
        "{name}: {after} (was {before})",
        name=name,
        after=after or _("nothing"),
        before=before or _("nothing"),
    )


def _told_of(edit: Edit, verb: str) -> str:
    record = edit.record
    if isinstance(record, Ticket):
        return describe_events(edit)
    if verb in sentences.RECORD and verb != "edit":
        shown = next(
            (str(record.values[n]) for n in ("name", "title", "email", "description") if record.values.get(n)), ""
        )
        done = sentences.RECORD[verb].done
        return arranged("{done}: {shown}", done=done, shown=shown) if shown else done
    changed = ", ".join(e.after or e.verb for e in edit.events)
    if verb:
        return _("changed: {what}", what=changed)
    return _("({kind}) changed: {what}", kind=word(record.kind), what=changed)


def answer_articles(done: Committed, *, several: bool = True) -> Done:
    """What became of each article, in the order of the commit."""
    articles = [e for e in done.change.edits if isinstance(e.record, Article)]
    items = [{**plain.whole(e.record), **({"deleted": True} if e.after is None else {})} for e in articles]
    lines = [arranged("{id}  {words}", id=e.record.id, words=describe_article(e)) for e in done.change.edits]
    if done.change.verb == "delete":
        lines.append(way_back(done))
    return Done("articles", items, tuple(lines)) if several else Done("article", items[0], tuple(lines))


def describe_article(edit: Edit) -> str:
    """The events of one article in words."""
    words = describe_events(edit)
    after = edit.after
    if isinstance(after, Article) and edit.events and edit.events[0].verb == "publish" and after.review:
        return _("{words}; to be looked at again by {review}", words=words, review=after.review)
    return words
