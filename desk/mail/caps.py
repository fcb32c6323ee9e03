"""How much mail one address may get from us: what keeps two programs that answer each other from going on for ever."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from desk.mail.composing import Kind
from desk.named import NamedTuple
from desk.text import _


class Sent(NamedTuple):
    """One message that went out; `to` in lower case, `digest` is of its text."""

    at: datetime
    to: str
    ticket: str
    kind: Kind
    digest: str


class _Cap(NamedTuple):
    """At most `most` messages within `span` that have these in common with the next one."""

    most: int
    span: timedelta
    alike: tuple[str, ...]
    kind: Kind | None
    words: str


_CAPS = (
    _Cap(1, timedelta(seconds=60), ("to", "digest"), None, "the same text within a minute"),
    _Cap(10, timedelta(minutes=10), ("to", "ticket"), None, "ten messages about one ticket within ten minutes"),
    _Cap(100, timedelta(hours=10), ("to", "ticket"), None, "a hundred messages about one ticket within ten hours"),
    _Cap(30, timedelta(minutes=10), ("to",), None, "thirty messages within ten minutes"),
    _Cap(1, timedelta(minutes=5), ("to",), "acknowledgement", "an acknowledgement within five minutes"),
    _Cap(40, timedelta(days=1), ("to",), "acknowledgement", "forty acknowledgements within a day"),
    _Cap(1, timedelta(minutes=5), ("to",), "shortfall", "word of what was left out within five minutes"),
    _Cap(40, timedelta(days=1), ("to",), "shortfall", "word of what was left out forty times within a day"),
)


def held_back(message: Sent, sent: Iterable[Sent]) -> str | None:
    """Why this message must not go now, in words; None if it may. `sent` is what went out in the last day."""
    past = [s for s in sent if s.to == message.to and s.at <= message.at]
    for cap in _CAPS:
        if cap.kind is not None and cap.kind != message.kind:
            continue
        alike = [
            s
            for s in past
            if message.at - s.at < cap.span
            and (cap.kind is None or s.kind == cap.kind)
            and all(getattr(s, name) == getattr(message, name) for name in cap.alike)
        ]
        if len(alike) >= cap.most:
            return _("{to} has had {words}", to=message.to, words=cap.words)
    return None
