"""Settings in desk.toml: one is changed, the file's comments stay, and the change is one commit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from desk import config
from desk.checks import settings as checks_settings
from desk.domain.changes import message
from desk.domain.model.actor import Actor
from desk.domain.model.change import Change, Event
from desk.domain.model.fields import parse_slug
from desk.domain.rights import rights
from desk.errors import Refused, UsageFault, did_you_mean
from desk.index.index import Index
from desk.mail.letters import FOLDER
from desk.named import NamedTuple
from desk.queries import records
from desk.session.session import Session, zone
from desk.setting import plain
from desk.store import worktree
from desk.store.snapshot import Snapshot
from desk.store.store import Committed
from desk.text import _, arranged, ngettext


class ChangedSetting(NamedTuple):
    """A setting that was changed."""

    done: Committed
    before: Any
    value: Any


def set_value(session: Session, name: str, given: str) -> ChangedSetting:
    """Change a setting; lists are joined by commas."""
    require_known(name)
    if name in config.NESTED:
        raise UsageFault(
            _("{name} has tables of its own", name=name),
            _("edit them in {file}, then: desk commit {file}", file=config.FILE),
        )
    value = config.check(name, given)
    if name == "desk.timezone":
        zone(value)
    before = session.config[name]

    def plan(snapshot: Snapshot, by: Actor, at: datetime) -> Change:
        nonlocal before
        rights.require_level(by, "settings")
        before = session.config[name]
        if before == value:
            raise Refused(
                _("{name} is {given} already", name=name, given=given), arranged("desk config get {name}", name=name)
            )
        was, now = plain(before), plain(value)
        event = Event(message.SET, was, now)
        text = f"{name} = {now} (was {was})"
        files = {config.FILE: _changed(session, name, value)}
        after = config.load(files[config.FILE].decode())
        require_sound(session.config, after)
        checks_settings.require_fit(session.config, after)
        require_picture(session, session.config, after)
        if missed := next(words_missing(snapshot.index, session.config, after), None):
            raise Refused(missed, _("keep it in the list: desk config get {name} shows the one in force", name=name))
        return Change(message.SET, by, at, (), None, text, files, ((name, event),))

    done = session.apply(plan)
    if name in ("ticket.impacts", "ticket.urgencies") and (missing := config.holes(config.load(_text(session)))):
        shown = ", ".join(f"{impact} × {urgency}" for impact, urgency in missing[:4])
        session.warnings.append(
            _("priority.matrix has no priority for {shown}: fill it in in {file}", shown=shown, file=config.FILE)
        )
    return ChangedSetting(done, before, value)


def require_known(name: str) -> None:
    """Refuse the name of a setting that there isn't, naming the nearest."""
    if config.is_secret(name):
        raise UsageFault(
            _("{name!r} is no place for a secret: everybody who has the desk can read it", name=name),
            _("where secrets belong: desk help mail"),
        )
    if name not in config.SETTINGS:
        raise UsageFault(
            _(
                "there is no setting {name!r}{did_you_mean}",
                name=name,
                did_you_mean=did_you_mean(name, config.SETTINGS),
            ),
            _("desk config list shows all of them"),
        )


# -- what a change would break -----------------------------------------------------------------------------------------

LISTS = ("desk.languages", "ticket.priorities", "ticket.impacts", "ticket.urgencies", "ticket.channels")
"""Settings whose words stand in records."""
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")


def require_sound(was: config.Config, now: config.Config) -> None:
    """Refuse settings that no record could follow, and such as name a word of another one that isn't there.

    What was so before is not this change's.
    """
    for name in LISTS:
        words = now[name]
        for word in words:
            if word not in was[name]:
                _require_word(name, word)
        if len(set(words)) < len(words) and words != was[name]:
            raise Refused(_("{name} names a word twice: {words}", name=name, words=plain(words)), _("name each once"))
    known = config.strangers(was)
    for setting, word, where in config.strangers(now):
        if (setting, word, where) not in known:
            raise Refused(
                _(
                    "{setting} says {word}, which is not one of {where}: {now}",
                    setting=setting,
                    word=word,
                    where=where,
                    now=plain(now[where]),
                ),
                _("change both in {file}, then: desk commit {file}", file=config.FILE),
            )


def require_picture(session: Session, was: config.Config, now: config.Config) -> None:
    """Refuse a picture of mails that isn't there: no mail could be sent."""
    name = now["mail.header_image"]
    if name and name != was["mail.header_image"] and worktree.read(session.place, f"{FOLDER}/{name}") is None:
        raise Refused(
            _("mail.header_image: there is no {folder}/{name}", folder=FOLDER, name=name),
            _("put the picture there first, then: desk commit {folder}/{name}", folder=FOLDER, name=name),
        )


def _require_word(name: str, word: str) -> None:
    try:
        parse_slug(word)
    except ValueError as error:
        raise UsageFault(
            arranged("{name}: {error}", name=name, error=error),
            _("words joined by commas: desk config set {name} a,b", name=name),
        ) from None
    if name == "desk.languages" and not _LANGUAGE.fullmatch(word):
        raise UsageFault(
            _("{name}: {word!r} is not a language", name=name, word=word), _("a language is named as in en, el, pt-br")
        )


def words_missing(index: Index, was: config.Config, now: config.Config) -> Iterator[str]:
    """A sentence for each word that records say, and that a list of settings no longer has."""
    for name in LISTS:
        for word in was[name]:
            if word not in now[name] and (number := records.saying(index, name, word)):
                said = ngettext("1 record says", "{n} records say", number)
                yield _("{said} {word}, which {name} would no longer know", said=said, word=word, name=name)


# -- desk.toml ---------------------------------------------------------------------------------------------------------


def _text(session: Session) -> str:
    return (worktree.read(session.place, config.FILE) or b"").decode()


def _changed(session: Session, name: str, value: Any) -> bytes:
    from desk.codec.toml import with_setting  # noqa: PLC0415 - 25 ms, for this alone

    return with_setting(_text(session), name, value).encode()
