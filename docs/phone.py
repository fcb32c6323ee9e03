"""A morning on the phone, for docs/clerk.md: ten calls as they were typed before, and as they are typed now.

Both mornings are played on desks of their own, so each command is one that works; tests hold that both leave the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from docs.sessions import Step, play

_TEXT = re.compile(r'"[^"]*"')
IDS = ("2MQ7", "8VDK", "C4RN", "D5TW", "7K3Q", "E9HB", "F2XA", "G6PZ", "H8YS", "J3ND")
"""The tickets in the order in which they are made: four lie there when the morning begins, six are registered."""
_USERS = ("4f9x2", "8m3kt")


class Call(NamedTuple):
    """What somebody wants, and what is typed for it."""

    what: str
    before: tuple[str, ...]
    now: tuple[str, ...]


NIGHT = (
    'desk init helpdesk --name "Clinic service desk"',
    "cd helpdesk",
    'desk user create --name "Anna Andreou" --email anna@hospital.example --group health-professional --phone "+357 99 777123"',
    'desk user create --name "Pharmacy Lykavitos" --email lykavitos@pharmacy.example --group health-professional',
    'desk ticket create --title "Summary of Malta is empty" --requester anna@hospital.example --impact medium --urgency medium',
    'desk ticket create --title "Cannot sign in" --requester lykavitos@pharmacy.example --impact high --urgency high',
    'desk ticket create --title "Printer asks for a code" --requester lykavitos@pharmacy.example --impact low --urgency low',
    'desk ticket create --title "Please ignore, a test" --requester lykavitos@pharmacy.example --impact low --urgency low',
)
"""What happened before: two people are known, four tickets lie there."""
BEFORE = ('desk response edit more-information.en --then ""',)
"""A response said nothing of what follows it."""
OWN = ('desk alias set new "ticket create --assign me"', 'desk alias set ans "ticket reply @"')
"""Two words of the clerk's own."""
CALLS = (
    Call(
        "The shift begins: what is there?",
        ("desk ticket list --mine", "desk ticket list --new --sort -priority", "desk sla list --within 1d",
         "desk ticket list --unread"),
        ("desk",),
    ),
    Call(
        "Take the most urgent one, and read it.",
        ("desk ticket list --new --sort -priority", "desk ticket assign 8VDK --to me", "desk ticket show 8VDK"),
        ("desk next", "desk ticket show @"),
    ),
    Call(
        "Its answer is known: it is written, and the ticket closed.",
        ('desk ticket reply 8VDK --body "The account was locked; it is open again." --close',),
        ('desk ans --body "The account was locked; it is open again." --close',),
    ),
    Call(
        "Dr Andreou asks where one signs up; she is told at once.",
        ("desk user list --search andreou",
         'desk ticket create --title "Where do I sign up?" --requester u-4f9x2 --body "By phone."',
         "desk ticket assign 7K3Q --to me",
         'desk ticket reply 7K3Q --body "On the first page of the portal." --close'),
        (('desk new --title "Where do I sign up?" --requester andreou --body "By phone." '
         '--reply "On the first page of the portal." --close'),),
    ),
    Call(
        "She also asks how the empty summary is going: nobody has it yet, so the clerk takes it.",
        ("desk user show u-4f9x2", "desk ticket show 2MQ7", "desk ticket assign 2MQ7 --to me"),
        ("desk caller andreou", "desk ticket assign @1 --to me"),
    ),
    Call(
        "A number shows, 99 777123: an ePrescription fails, and she has to look up which one.",
        ("desk user list --search 99777123",
         'desk ticket create --title "ePrescription not found" --requester u-4f9x2 --impact medium --urgency high',
         "desk ticket assign E9HB --to me",
         'desk ticket reply E9HB --body "Which day was it issued?"',
         "desk ticket pending E9HB --for requester --until 3d"),
        (('desk new --title "ePrescription not found" --requester 99777123 --impact medium --urgency high \\\n'
         '    --reply "Which day was it issued?" --pending requester --until 3d'),),
    ),
    Call(
        "The pharmacy has a fault that a vendor must mend; it waits a week.",
        ("desk user list --search lykavitos",
         'desk ticket create --title "Dispensation is refused" --requester u-8m3kt --impact high --urgency medium',
         "desk ticket assign F2XA --to me",
         "desk ticket pending F2XA --for third-party --until 1w"),
        (('desk new --title "Dispensation is refused" --requester lykavitos --impact high --urgency medium \\\n'
         "    --pending third-party --until 1w"),),
    ),
    Call(
        "For the summary of Malta more is needed: the prepared text asks, and the ticket waits.",
        ("desk ticket reply 2MQ7 --response more-information", "desk ticket pending 2MQ7 --for requester"),
        ("desk ticket reply 2MQ7 --response more-information",),
    ),
    Call(
        "Somebody rings who gives an address that nobody had; it is solved while they speak.",
        ('desk ticket create --title "Wrong language" --requester ward3@clinic.example',
         "desk ticket assign G6PZ --to me",
         'desk ticket reply G6PZ --body "It is set to Greek now." --close'),
        (('desk new --title "Wrong language" --requester ward3@clinic.example \\\n'
         '    --reply "It is set to Greek now." --close'),),
    ),
    Call(
        "The pharmacy needs neither of the old ones any more.",
        ("desk user list --search lykavitos", "desk ticket list --requester u-8m3kt",
         "desk ticket close 260723-C4RN 260723-D5TW --resolution withdrawn"),
        ("desk ticket list --requester lykavitos --state open --sort created", "desk ticket close @1 @2 --resolution withdrawn"),
    ),
)  # fmt: skip


_END = "desk ticket list --state any --sort id -f json"
"""What either morning leaves."""


def _steps(which: str) -> Iterator[Step]:
    """The morning as it was typed `before`, or as it is typed `now`; the night before is silent."""
    for number, command in enumerate((*NIGHT, *(OWN if which == "now" else BEFORE))):
        yield Step(command, f"04:{number:02}:00", silent=True)
    for number, call in enumerate(CALLS):
        for second, command in enumerate(call.now if which == "now" else call.before):
            remark = f"     # {call.what}" if which == "now" and not second and "\n" not in command else ""
            yield Step(f"{command}{remark}", f"06:{number * 5:02}:{second * 8:02}")
    yield Step(_END, "12:00:00")


def keys(command: str) -> int:
    """Key strokes for a command and the return key, without the words that are said in it: those are typed either way."""
    line = re.sub(r"\s*\\\n\s*", " ", command)
    return len(_TEXT.sub('""', line)) + 1


@cache
def played(which: str) -> tuple[str, str]:
    """The session of a morning, and the tickets that it leaves, as JSON."""
    told, _, left = play(_steps(which), tickets=IDS, users=(*_USERS, "p6y1d")).partition(f"$ {_END}\n")
    return told.rstrip("\n"), left


def transcript() -> str:
    """The morning as it is typed now."""
    return f"```console\n{played('now')[0]}\n```"


def table() -> str:
    """Commands and key strokes of each call, before and now, and of all."""
    rows = ["| call | commands before | now | keys before | now |", "|---|---|---|---|---|"]
    sums = [0, 0, 0, 0]
    for call in CALLS:
        counts = [len(call.before), len(call.now), sum(map(keys, call.before)), sum(map(keys, call.now))]
        sums = [one + more for one, more in zip(sums, counts, strict=True)]
        rows.append("| " + " | ".join((call.what, *map(str, counts))) + " |")
    rows.append("| **all ten** | " + " | ".join(f"**{one}**" for one in sums) + " |")
    return "\n".join(rows)
