"""What incidents say is taken from the index where it has been read before, and is the same as read anew."""

from __future__ import annotations

import sqlite3
from typing import Any

from desk.domain.matching.likeness import READ, weigh_rows
from desk.domain.model.fields import parse_time
from desk.domain.model.ticket import Ticket
from desk.index.filling import Filling
from desk.queries.likeness import load_compared

CREATED = parse_time("2026-07-01T08:00:00Z")
LONG = "The gateway of Malta answers ERR4703 " * (READ // 30)


def test_the_words_of_the_index_are_those_of_the_texts() -> None:
    index = Filling(sqlite3.connect(":memory:"))
    index.create()
    texts = (
        ("Time-out at ConnectionReset", "  It says java.net.SocketException near Malta, see https://a.example/x\n"),
        ("Η πύλη της Μάλτας δεν απαντά", "Λήξη του πιστοποιητικού στη Λάρνακα"),
        ("Long", LONG + "Zanzibar"),
        ("Nothing said", ""),
    )
    for number, (title, body) in enumerate(texts):
        put(index, number, title, body)
    put(index, 9, "Gateway", "What a problem says", tags=("problem",), cause="Expired certificate in Malta")
    rows = load_compared(index, "2026-06-01T00:00:00Z")
    assert [row.terms is not None for row in rows] == [True, True, False, True, False]
    assert weigh_rows(rows) == weigh_rows([row._replace(terms=None) for row in rows])


def put(index: Filling, number: int, title: str, body: str, **more: Any) -> None:
    values = {
        "id": f"260701-000{number}",
        "title": title,
        "created": CREATED,
        "department": "technical",
        "state": "open",
    }
    ticket = Ticket({"tags": ("incident",), **values, **more}, body=body)
    index.put_file(Ticket.path_of(ticket.id), "", 0, ticket)
