"""Views to print: the languages, the emoji and the hostile text a desk meets."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from desk.view.look import Look
from desk.view.model import Column, Detail, Listing

NOW = datetime(2026, 7, 23, 9, 15, tzinfo=UTC)
ESCAPE = "\x1b]0;owned\x07\x1b[31mred\u202egnp.exe\u200b"


def looking(*, width: int = 80, color: bool = False, tty: bool = True, timezone: str = "Europe/Athens") -> Look:
    return Look(width, color, tty, timezone, NOW)


COLUMNS = (
    Column("id", "id", "id"),
    Column("state", "state", "state"),
    Column("priority", "priority", "priority"),
    Column("title", "title", "title"),
    Column("owner", "owner"),
    Column("tags", "tags", "tags"),
    Column("replies", "replies", "number"),
    Column("created", "created", "time"),
    Column("merged_into", "merged into", "id"),
)


def row(number: int, title: str, **values: Any) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "state": "open",
        "priority": "low",
        "owner": None,
        "tags": [],
        "replies": 0,
        "merged_into": None,
    }
    return {"id": f"260723-AB{number:02}", "title": title, "created": "2026-07-23T06:12:00Z", **plain, **values}


def listing() -> Listing:
    rows = [
        row(1, "Printer on fire", priority="high", owner="maria", tags=["incident", "printer"], replies=12),
        row(
            2, "Ο εκτυπωτής του δευτέρου ορόφου δεν τυπώνει τίποτα από χθες το πρωί", state="pending", priority="medium"
        ),
        row(3, "Party 🎉 invitation mails 👩‍👩‍👧 arrive twice, and in the wrong language as well", state="closed"),
        row(4, f"hostile {ESCAPE}\nsecond line", created="2025-01-02T10:00:00Z"),
        row(5, "日本語のタイトルがとても長いのでどこかで切らなければならない", tags=["kb"]),
    ]
    return Listing("tickets", rows, COLUMNS, "no tickets", ("index is old",), ("2 more: desk ticket list --page 2",))


BODY = """\
# What happens

The printer on the second floor prints **nothing**, see [the manual](https://example.org/manual?page=12) and <https://example.org/status>.
Since yesterday.

- first, we turned it off and on again, which is what the sticker on the machine itself says
- δεύτερον, αλλάξαμε το χαρτί και το μελάνι, χωρίς κανένα αποτέλεσμα μέχρι στιγμής
  1. nested, and also quite long, so that it has to be wrapped somewhere around here

> Did you try the other tray? The one below it has had no such problem since we bought it in March.

```
lpstat -p second_floor   # a code line that is much longer than eighty cells and must stay in one piece
```
Thanks
Γιώργος
"""


def ticket() -> dict[str, Any]:
    thread = [
        {
            "kind": "reply",
            "by": "maria",
            "at": "2026-07-23T07:15:00Z",
            "text": "We **look** at it.",
            "via": "email",
            "attachments": ["log.txt"],
        },
        {
            "kind": "note",
            "by": "nikos",
            "at": "2026-07-23T08:55:00Z",
            "text": "Toner is `out` [again](https://x.example).",
            "via": None,
            "attachments": [],
        },
    ]
    return {
        "id": "260723-AB01",
        "title": "Ο εκτυπωτής του δευτέρου ορόφου δεν τυπώνει τίποτα από χθες το πρωί",
        "state": "open",
        "kind": "incident",
        "department": "it",
        "priority": "high",
        "impact": "department",
        "urgency": None,
        "owner": "maria",
        "requester": "giorgos.p",
        "tags": ["incident", "printer"],
        "language": "el",
        "channel": "phone",
        "created": "2026-07-21T06:12:00Z",
        "author": None,
        "pending_until": None,
        "closed": None,
        "merged_into": None,
        "links": ["caused-by 260701-ZZ99"],
        "attachments": [
            "photo of the printer.jpg",
            "another very long attachment name which goes on and on for ever.pdf",
        ],
        "fields": {"room": "2.14", "insured": False},
        "body": BODY,
        "thread": thread,
        "responded": "2026-07-23T07:15:00Z",
        "due": "2026-07-23T11:15:00Z",
        "people": {"maria": "Maria Georgiou", "giorgos.p": "Γιώργος Παπαδόπουλος"},
    }


def detail() -> Detail:
    return Detail("ticket", ticket())
