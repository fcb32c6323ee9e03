"""Tickets that look like those of ten years at a contact point: English and Greek, mostly closed, with threads."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
DEPARTMENTS = ("organizational", "legal", "operation-services", "information-security", "technical", "semantic")
STAFF = tuple(f"clerk{n}" for n in range(12))
COUNTRIES = ("Malta", "Greece", "Portugal", "Estonia", "Croatia", "Finland", "Spain", "Poland", "Czechia", "Luxembourg")
SUBJECTS = (
    "Patient summary from {c} can't be retrieved", "ePrescription from {c} not found", "Certificate of {c} about to expire",
    "Wrong translation of a diagnosis code in a summary from {c}", "Dispensation not acknowledged by {c}",
    "Time-out when asking {c} for documents", "Question about consent for {c}", "Planned maintenance in {c}",
    "Το ιστορικό από {c} δεν εμφανίζεται", "Η συνταγή από {c} δεν μπορεί να εκτελεστεί", "Σφάλμα σύνδεσης με {c}",
)  # fmt: skip
SENTENCES = (
    "The request fails since this morning with a connection error.", "The doctor needs the allergies of the patient urgently.",
    "The transaction id and the time in UTC are attached.", "Other countries answer as usual.",
    "Please check whether the trust store holds the new certificate.", "The partner confirms that the fault is on their side.",
    "The medicine isn't in the national terminology.", "Ο φαρμακοποιός βλέπει κενό κατάλογο συνταγών.",
    "Ο ασθενής περιμένει στο φαρμακείο.", "Παρακαλούμε ελέγξτε το πιστοποιητικό της άλλης χώρας.",
    "Η υπηρεσία αποκρίνεται με μεγάλη καθυστέρηση.", "We have informed the service desk abroad by e-mail.",
)  # fmt: skip
FIRST = datetime(2016, 7, 1, tzinfo=UTC)
DAYS = 3650
REPEATED = "timeout"
"""A word that stands in one text alone, 200,000 times."""


def staff() -> Iterator[dict[str, Any]]:
    """The twelve clerks, each of two or three departments."""
    for number, handle in enumerate(STAFF):
        own = sorted(_departments(number))
        email = f"{handle}@ncpeh.example"
        yield {
            "record": "staff",
            "id": handle,
            "name": f"Clerk {number}",
            "email": email,
            "level": 1 + number % 3,
            "departments": own,
        }


def _departments(number: int) -> set[str]:
    return {DEPARTMENTS[number % 6], DEPARTMENTS[(number + 1) % 6], "technical"}


def tickets(count: int, seed: int = 7) -> Iterator[dict[str, Any]]:
    """`count` tickets in order of time; one in a hundred is still open; two thread entries on average."""
    rng = random.Random(seed)
    used: set[str] = set()
    for number in range(count):
        at = FIRST + timedelta(days=DAYS * number / count, seconds=rng.randrange(20_000))
        yield _ticket(rng, at, number / count, used)


def log() -> dict[str, Any]:
    """A ticket with a pasted log: 2.8 MB in which one word stands 200,000 times."""
    lines = (f"{REPEATED} {number:>6}\n" for number in range(200_000))
    at = FIRST + timedelta(days=DAYS / 2)
    return {
        "record": "ticket", "id": f"{at:%y%m%d}-0K0G", "title": "Log of the gateway", "state": "closed", "priority": "low",
        "department": "technical", "language": "en", "channel": "email", "created": _text(at), "author": STAFF[0],
        "closed": _text(at + timedelta(hours=1)), "body": "".join(lines),
    }  # fmt: skip


def _ticket(rng: random.Random, at: datetime, age: float, used: set[str]) -> dict[str, Any]:
    while True:
        ticket_id = f"{at:%y%m%d}-{''.join(rng.choices(ALPHABET, k=4))}"
        if ticket_id not in used:
            used.add(ticket_id)
            break
    country = rng.choice(COUNTRIES)
    subject = rng.choice(SUBJECTS)
    department = rng.choice(DEPARTMENTS)
    is_open = rng.random() < (0.2 if age > 0.97 else 0.004)
    owner = rng.choice([handle for number, handle in enumerate(STAFF) if department in _departments(number)])
    thread, moment = [], at
    for _ in range(rng.choice((0, 1, 1, 1, 2, 2)) if not is_open else rng.choice((0, 1))):
        moment += timedelta(hours=rng.randrange(1, 30))
        kind = "note" if rng.random() < 0.25 else "reply"
        thread.append({"kind": kind, "by": rng.choice(STAFF), "at": _text(moment), "text": _words(rng, 2, 6)})
    raw = {
        "record": "ticket", "id": ticket_id, "title": subject.format(c=country), "state": "open" if is_open else "closed",
        "priority": rng.choice(("low", "low", "medium", "high")), "department": department,
        "tags": ["incident"] if rng.random() < 0.7 else [], "language": "el" if ord(subject[0]) > 900 else "en",
        "channel": rng.choice(("phone", "phone", "email")), "created": _text(at), "author": rng.choice(STAFF),
        "body": _words(rng, 3, 9) + f" needle{len(used)}x",
        "thread": thread,
        # What is closed was closed in time: a check records every breach, which is no night's usual work.
        "respond_by": _text(at + timedelta(days=1 if is_open else 30)), "due": _text(at + timedelta(days=5 if is_open else 60)),
    }  # fmt: skip
    if not is_open:
        raw["closed"] = _text(moment + timedelta(hours=2))
    if not is_open or rng.random() < 0.6:
        raw["owner"] = owner
    return raw


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _words(rng: random.Random, least: int, most: int) -> str:
    return "\n\n".join(" ".join(rng.choices(SENTENCES, k=3)) for _ in range(rng.randrange(least, most) // 2 + 1))
