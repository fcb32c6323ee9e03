"""A mail from its bytes to a value. Runs in a guarded child (desk.intake.guard): what it does on hostile bytes is contained."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from desk.intake import attachments, bounces, forwards, language, parts, plaintext, quotes
from desk.intake.mails import Forwarded, Mail
from desk.mail import addresses, headers
from desk.mail.addresses import Address
from desk.mail.headers import Headers
from desk.mail.threading import message_ids

_SENDERS = ("from", "reply-to", "sender", "return-path")
_TARGETS = ("delivered-to", "x-original-to", "envelope-to", "to", "cc")
_FIELD = 20_000
"""Characters of a field that are read for its first thousand letters."""
_INNER = 5
"""Attached mails that are looked at."""


def parse(raw: bytes, languages: Sequence[str], limits: attachments.Limits) -> Mail:
    """Everything that is asked of a mail later. RecursionError, MemoryError: for the guard to tell."""
    head, body = headers.split(raw)
    tree = parts.split(head, body)
    contents = parts.read(tree, limits)
    charset = headers.parameters(head.raw("content-type"))[1].get("charset", "")
    subject = head_text(head, "subject", charset)
    sender, sender_of = _sender(head, charset)
    inner = tuple(filter(None, (_inner(data, limits) for data in contents.inner[:_INNER])))
    forwarded = forwards.candidates(contents.text, inner)
    # In what is forwarded nothing is a quote: it is what the mail is about.
    passed_on = forwards.is_forwarded(subject)
    quoted = quotes.Quoted(contents.text, "") if passed_on else quotes.split(contents.text)
    bounced = bounces.read(raw, head, tree)
    content = _content(head, body)
    return Mail(
        id=_id(head, content),
        hash=hashlib.sha256(raw).hexdigest(),
        content=content,
        headers=head,
        sender=sender,
        sender_of=sender_of,
        reply_to=addresses.read(head.raw("reply-to"), charset),
        to=addresses.read(", ".join(head.all("to")), charset),
        cc=addresses.read(", ".join(head.all("cc")), charset),
        delivered=_delivered(head),
        subject=subject,
        date=_date(head.raw("date")),
        references=references(head),
        text=contents.text,
        kept=quoted.kept,
        cut=quoted.cut,
        language=language.guess(f"{subject}\n{quoted.kept}", head.raw("content-language"), languages),
        attachments=contents.attachments,
        protection=contents.protection,
        left=contents.left,
        forwarded=forwarded,
        failures=bounced.failures,
        returned=bounced.returned,
    )


def head_text(head: Headers, name: str, charset: str = "") -> str:
    """A field as people read it, of at most a thousand characters."""
    raw = head.raw(name)
    if len(raw) > _FIELD:  # not in the middle of an encoded word
        raw = raw[:_FIELD].rpartition(" ")[0] or raw[:_FIELD]
    return headers.decode(raw, charset)[:1000]


def references(head: Headers) -> tuple[str, ...]:
    """The mails that this one answers, newest first, each once."""
    answered = message_ids(head.raw("in-reply-to"))
    older = message_ids(head.raw("references"))[::-1]
    return tuple(dict.fromkeys((*answered, *older)))


def _sender(head: Headers, charset: str) -> tuple[Address | None, str]:
    """Who wrote it: From, or what stands in for one that is missing or broken."""
    for name in _SENDERS:
        found = addresses.read(head.raw(name), charset)
        if found:
            return found[0], name.title()
    return None, ""


def _delivered(head: Headers) -> tuple[str, ...]:
    found = [a.key for name in _TARGETS for value in head.all(name)[:50] for a in addresses.read(value)]
    return tuple(dict.fromkeys(found))


def _id(head: Headers, content: str) -> str:
    """The Message-ID; without one, a name that the same mail always gets (C3 of the intake rules)."""
    found = message_ids(head.raw("message-id"))
    return found[0] if found else f"<{content[:32]}@no-id>"


def _content(head: Headers, body: bytes) -> str:
    """A sum of who wrote what, and when."""
    told = "\0".join(head.raw(name) for name in ("from", "date", "subject")).encode("ascii", "surrogateescape")
    # Servers put the line ends of a mail right: they are no part of what makes it the same one.
    text = re.sub(rb"\r\n?", b"\n", body).strip()
    return hashlib.sha256(b"\0".join((told, text))).hexdigest()


def _date(value: str) -> datetime | None:
    """When it was written, in UTC, by its writer's clock; None where that can't be."""
    with suppress(ValueError, TypeError, IndexError, OverflowError):
        found = parsedate_to_datetime(headers.decode(value)[:100])
        at = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        return at if at.year >= 1990 else None
    return None


def _inner(data: bytes, limits: attachments.Limits) -> Forwarded | None:
    """Who wrote an attached mail, and what; None for one that names nobody."""
    head, body = headers.split(data)
    sender, _ = _sender(head, "")
    if sender is None:
        return None
    contents = parts.read(parts.split(head, body), limits)
    return Forwarded(sender, head_text(head, "subject"), plaintext.clean(quotes.split(contents.text).kept))
