"""Mail that comes back: which address could not be reached, for good or for now, and which mail it was.

Reports in the standard's form (RFC 3464) are read here; the hundred forms that servers had before it by flufl.bounce.
"""

from __future__ import annotations

import email
import logging
import re
from collections.abc import Iterator

from flufl.bounce import all_failures

from desk.intake.mails import Failure
from desk.intake.parts import Piece, payload
from desk.mail import addresses, headers
from desk.mail.headers import Headers
from desk.mail.threading import BOUNCED, message_ids
from desk.named import NamedTuple

_SERVER = re.compile(r"(?:mailer-?daemon|postmaster|mdaemon|mail-daemon|mail\.delivery)\b", re.IGNORECASE)
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
# It writes a traceback for every detector that trips, to the standard error where nothing else takes it.
logging.getLogger("flufl.bounce").propagate = False
logging.getLogger("flufl.bounce").addHandler(logging.NullHandler())
_MOST = 50
"""Failed addresses of one report that are told."""


class Bounced(NamedTuple):
    """`returned` are the Message-IDs of the mail that came back."""

    failures: tuple[Failure, ...]
    returned: tuple[str, ...]


def read(raw: bytes, head: Headers, tree: Piece) -> Bounced:
    """What a bounce reports; nothing for any other mail."""
    if not _suspected(head):
        return Bounced((), ())
    returned = tuple(dict.fromkeys(_returned(tree)))
    reported = tuple(_reported(tree))[:_MOST]
    return Bounced(reported, returned) if reported else Bounced(_recognised(raw), returned or _ids_below(raw))


def _suspected(head: Headers) -> bool:
    """Whether a mail server wrote it. Never by its subject: people forward what came back, and ask about it."""
    kind, options = headers.parameters(head.raw("content-type"))
    sender = next(iter(addresses.read(head.raw("from"))), None)
    return (
        head.raw("return-path").replace(" ", "") == "<>"
        or (kind == "multipart/report" and options.get("report-type", "").lower() != "disposition-notification")
        or sender is None
        or _SERVER.match(sender.email) is not None
        or any(BOUNCED in value for value in head.all("delivered-to"))
    )


def _reported(tree: Piece) -> Iterator[Failure]:
    for part in tree.every():
        if str(part.get("content-type") or "").lower().startswith("message/delivery-status"):
            for block in _blocks(part):
                failure = _failure(block)
                if failure is not None:
                    yield failure


def _blocks(part: Piece) -> Iterator[Headers]:
    """The fields of each recipient; some servers wrap them in base64, or in text."""
    texts = [block.as_bytes() for block in part.children] or re.split(rb"\r?\n\r?\n", payload(part))
    for text in texts:
        yield headers.split(text.strip() + b"\r\n\r\n")[0]


def _failure(block: Headers) -> Failure | None:
    action = block.text("action").lower()
    told = block.text("original-recipient") or block.text("final-recipient")
    found = addresses.read(told.partition(";")[2] or told)
    if not found or action.startswith(("delivered", "relayed", "expanded")):
        return None
    words = block.text("diagnostic-code").partition(";")[2].strip() or block.text("diagnostic-code")
    status = next((m[1] for m in map(_STATUS.search, (block.text("status"), words)) if m), "")
    permanent = not action.startswith("delayed") and not status.startswith("4")
    return Failure(found[0].email, permanent, status, words[:300])


def _returned(tree: Piece) -> Iterator[str]:
    """The Message-IDs in the mail that a report gives back, whole or its header alone."""
    for part in tree.every():
        kind = str(part.get("content-type") or "").lower()
        if kind.startswith(("message/rfc822", "message/global")):
            yield from message_ids(headers.split(payload(part))[0].raw("message-id"))
        elif kind.startswith(("text/rfc822-headers", "message/rfc822-headers")):
            yield from message_ids(headers.split(payload(part) + b"\r\n\r\n")[0].raw("message-id"))


def _recognised(raw: bytes) -> tuple[Failure, ...]:
    try:
        temporary, permanent = all_failures(email.message_from_bytes(raw))
    except Exception:  # noqa: BLE001 - a detector that trips over a mail has recognised nothing in it
        return ()
    found = [(a, True) for a in sorted(permanent)] + [(a, False) for a in sorted(temporary - permanent)]
    read_ = ((addresses.read(a.decode("ascii", "replace")), lasting) for a, lasting in found)
    return tuple(Failure(who[0].email, lasting, "", "") for who, lasting in read_ if who)[:_MOST]


def _ids_below(raw: bytes) -> tuple[str, ...]:
    """The Message-ID in a copy of the mail that stands in the text."""
    body = headers.split(raw)[1][:200_000].decode("ascii", "replace")
    lines = re.findall(r"^[> \t]*Message-I[dD]:[ \t]*(<[^<>\s]{1,900}>)", body, re.MULTILINE)
    return tuple(dict.fromkeys(lines))[:5]
