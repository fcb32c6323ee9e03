"""A month at a contact point, made up but the same each time: what the pictures in the documentation are drawn from.

python -m docs.month DIR builds the desk in an empty folder, to look around in.
"""

from __future__ import annotations

import json
import os
import random
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from docs.sessions import Step, play

FIRST, DAYS = date(2026, 6, 1), 61
"""June, to compare with, and July."""
NOW = "06:00:00"
DAY = "2026-08-01"
_STAFF = (
    ("petros", "Petros Ioannou", 2, ("technical", "semantic", "operation-services")),
    ("eleni", "Ελένη Παύλου", 1, ("legal", "operation-services", "organizational")),
    ("nikos", "Nikos Christou", 1, ("technical", "information-security", "operation-services")),
)
_SUBJECTS = (
    ("No patient summary from {c}", "technical", "patient-summary"),
    ("ePrescription from {c} not found", "operation-services", "eprescription"),
    ("Time-out when asking {c} for documents", "technical", "patient-summary"),
    ("Η συνταγή από {c} δεν εμφανίζεται", "operation-services", "eprescription"),
    ("Diagnosis shown untranslated in a summary from {c}", "semantic", "patient-summary"),
    ("May we ask {c} without written consent?", "legal", "consent"),
    ("Certificate of {c} expires soon", "information-security", "certificate"),
    ("Planned maintenance in {c}", "organizational", "maintenance"),
)
_WEIGHTS = (9, 8, 5, 5, 3, 2, 2, 2)
_COUNTRIES = ("Malta", "Greece", "Portugal", "Estonia", "Croatia", "Finland", "Spain", "Poland")
_TARGETS = {"high": (2, 8), "medium": (6, 48), "low": (24, 120)}
"""Hours until the first reply and until the end, by priority."""
_PEAK = range(7, 10)
"""Days of July on which a partner's certificate had expired."""
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def lines() -> Iterator[str]:
    """The records as `desk import --history` reads them, oldest first."""
    for handle, name, level, departments in _STAFF:
        person = {"record": "staff", "id": handle, "name": name, "email": f"{handle}@clinic.example", "level": level}
        yield json.dumps({**person, "departments": list(departments)}, ensure_ascii=False)
    yield json.dumps({"record": "tag", "id": "consent", "description": "consent and the law"})
    rng = random.Random(26)  # noqa: S311 - the same month each time
    for number in range(DAYS):
        day = FIRST + timedelta(days=number)
        if day.day % 4 == day.month % 2:
            yield json.dumps(_requester(number, day))
        usual = 2 if day.weekday() > 4 else 6
        for _ in range(rng.randint(usual - 2, usual + 2) + 7 * (day.month == 7 and day.day in _PEAK)):
            yield json.dumps(_ticket(rng, day), ensure_ascii=False)


def _ticket(rng: random.Random, day: date) -> dict[str, Any]:
    at = datetime(
        day.year,
        day.month,
        day.day,
        rng.choice((5, 6, 6, 7, 7, 8, 9, 10, 11, 12, 14, 17)),
        rng.randrange(60),
        tzinfo=UTC,
    )
    subject, department, tag = rng.choices(_SUBJECTS, _WEIGHTS)[0]
    owner = rng.choice([handle for handle, _, _, departments in _STAFF if department in departments] or ["maria"])
    priority = rng.choice(("low", "low", "low", "medium", "high"))
    raw: dict[str, Any] = {
        "record": "ticket", "id": f"{day:%y%m%d}-{''.join(rng.choices(_ALPHABET, k=4))}",
        "title": subject.format(c=rng.choice(_COUNTRIES)),
        "state": "open", "priority": priority, "department": department, "tags": ["incident", tag], "language": "en",
        "channel": rng.choice(("phone", "phone", "email")), "created": _text(at), "author": rng.choice(("maria", owner)),
        "owner": owner,
    }  # fmt: skip
    respond, resolve = _TARGETS[priority]
    raw |= {
        "respond_by": _text(at + timedelta(hours=respond)),
        "due": _text(at + timedelta(hours=resolve)),
    }
    pace = {"high": 0.5, "medium": 2.0, "low": 5.0}[priority]
    replied = at + timedelta(hours=rng.expovariate(1 / pace))
    thread = [{"kind": "reply", "by": owner, "at": _text(replied), "text": "We are looking into it."}]
    closed = replied + timedelta(hours=rng.expovariate(1 / (6 * pace)))
    if rng.random() < 0.4:
        thread.append(
            {"kind": "reply", "by": owner, "at": _text(closed), "text": "It works again. Please tell us if not."}
        )
    end = datetime(2026, 8, 1, tzinfo=UTC)
    raw["thread"] = [entry for entry in thread if entry["at"] < _text(end)]
    if closed < end and rng.random() < 0.97:
        raw |= {
            "state": "closed",
            "closed": _text(closed),
            "resolution": rng.choice(("solved", "solved", "workaround")),
        }
    elif rng.random() < 0.5:
        raw |= {
            "state": "pending",
            "pending_for": "third-party",
            "paused": raw["thread"][0]["at"] if raw["thread"] else _text(at),
        }
    return raw


def _requester(number: int, day: date) -> dict[str, Any]:
    """Somebody who signs up."""
    person = f"user{number:02}"
    return {
        "record": "user", "id": f"u-{person[-4:]}", "name": f"Dr {person.capitalize()}", "email": f"{person}@hospital.example",
        "group": "health-professional", "created": f"{day}T08:00:00Z",
    }  # fmt: skip


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


SESSION = (
    Step("desk stats --since 2026-07-01 --until 2026-07-31", NOW),
    Step("desk stats --since 2026-07-01 --until 2026-07-31 --chart --kind incident", NOW),
    Step("desk stats --since 2026-07-01 --until 2026-07-31 --by department", NOW),
)


@cache
def session() -> str:
    """The commands with what they answer."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
        file.write("\n".join(lines()) + "\n")
        file.flush()
        prepared = (
            Step('desk init helpdesk --name "Clinic service desk"', NOW, silent=True),
            Step("cd helpdesk", NOW, silent=True),
            Step(f"cat {shlex.quote(file.name)} | desk import --history -", NOW, silent=True),
        )
        return play((*prepared, *SESSION), day=DAY)


def session_text() -> str:
    """The session as a page shows it."""
    return f"```console\n{session()}\n```"


def pictures() -> str:
    """The session without what its table of figures says twice, and without the departments."""
    figures, charts, _ = session().split("\n\n$ ")
    command, _, rest = charts.partition("\n")
    drawn = rest[rest.index("Tickets created") :].rpartition("\n")[0]
    return f"```console\n{figures}\n\n$ {command}\n…\n{drawn}\n```"


def main(folder: str) -> None:
    """Build the desk for good."""
    environment = {**os.environ, "DESK_NOW": f"{DAY}T{NOW}Z"}
    for command, given in (
        (["init", folder, "--name", "Clinic service desk"], ""),
        (["--desk", folder, "import", "--history", "-"], "\n".join(lines())),
    ):
        subprocess.run([sys.executable, "-m", "desk", *command], input=given, text=True, check=True, env=environment)


if __name__ == "__main__":
    main(sys.argv[1])
