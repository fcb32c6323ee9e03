"""What waits for somebody's decision on the mail host: mails that were put aside, and messages that go to nobody."""

from __future__ import annotations

from typing import TypedDict

from desk.git.place import Place
from desk.local import delivery, held, outbox
from desk.text import ngettext


class Stopped(TypedDict):
    """How many: mails that came in and are held, messages that are held, and messages refused for good."""

    held: int
    messages_held: int
    messages_failed: int


def stopped(place: Place) -> Stopped:
    """What is stopped on this machine; nothing on one that neither fetches nor sends."""
    messages = delivery.stopped(place.own(outbox.FOLDER))
    return {"held": held.count(place), "messages_held": messages["held"], "messages_failed": messages["failed"]}


def lines(stopped: Stopped) -> list[str]:
    """The same in words, with what shows them; nothing where nothing is stopped."""
    found: list[str] = []
    if number := stopped["held"]:
        found.append(ngettext("1 mail is held: desk mail held", "{n} mails are held: desk mail held", number))
    if number := stopped["messages_failed"]:
        found.append(
            ngettext(
                "1 message was refused for good: desk mail outbox --held",
                "{n} messages were refused for good: desk mail outbox --held",
                number,
            )
        )
    if number := stopped["messages_held"]:
        found.append(
            ngettext(
                "1 message is held: desk mail outbox --held",
                "{n} messages are held: desk mail outbox --held",
                number,
            )
        )
    return found
