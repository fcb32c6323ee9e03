"""Ticket ids as people type them."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from desk.errors import Ambiguous, NotFound
from desk.git import place
from desk.store.store import Store
from tests.conftest import Runner
from tests.store.indexes import git

IDS = ("260723-7K3Q", "260723-7KAB", "260722-10VM", "260722-ZZ3Q", "251231-0000")
TEXT = """---
id: {0}
title: T
state: open
priority: low
department: technical
created: 2026-07-23T06:12:44Z
---
"""


@pytest.fixture
def store(home: Path) -> Iterator[Store]:
    for i in IDS:
        path = home / f"records/tickets/20{i[:2]}/{i[2:4]}/{i[4:6]}/{i}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(TEXT.format(i))
    git(home, "add", ".")
    git(home, "commit", "-qm", "five")
    found = Store(place.find(str(home), os.environ))
    yield found
    if isinstance(found._index and found._index.db, sqlite3.Connection):  # noqa: SLF001
        found.index.db.close()


FOUND = (
    ("260723-7K3Q", "260723-7K3Q"),
    ("260723-7k3q", "260723-7K3Q"),
    (" 260723-7K3Q ", "260723-7K3Q"),
    ("7K3Q", "260723-7K3Q"),
    ("k3q", "260723-7K3Q"),
    ("260723-7K3", "260723-7K3Q"),
    ("260723-7ka", "260723-7KAB"),
    ("lOvm", "260722-10VM"),
    ("IOVM", "260722-10VM"),
    ("260722-lovm", "260722-10VM"),
    ("2512", "251231-0000"),
    ("oooo", "251231-0000"),
    ("-zz3q", "260722-ZZ3Q"),
)


def test_found(store: Store) -> None:
    for typed, wanted in FOUND:
        assert store.resolve(typed) == wanted


def test_ambiguous(store: Store) -> None:
    for typed in ("3Q", "260723", "26", "260723-7K", "2607"):
        with pytest.raises(Ambiguous, match="260723-7K3Q") as caught:
            store.resolve(typed)
        assert caught.value.exit_code == 4


MISSING = (
    "",
    " ",
    "XXXX",
    "260723-7K3U",
    "../../x",
    "a\nb",
    "%",
    "_",
    "'",
    "٢٦٠٧٢٣",
    "-" * 11,
    "260723-7K3Q0",
    "x" * 5000,
)


def test_not_found(store: Store) -> None:
    for typed in MISSING:
        with pytest.raises(NotFound) as caught:
            store.resolve(typed)
        assert len(caught.value.message) < 120


def test_through_the_program(desk: Runner, store: Store) -> None:
    assert desk("ticket", "show", "7k3q", "-f", "ids").out.split() == ["260723-7K3Q"]
    desk("ticket", "show", "3q", code=4)
    desk("ticket", "show", "xxxx", code=3)
    assert desk("ticket", "show", "7K3Q,lovm", "zz3q", "-f", "ids").out.split() == [
        "260723-7K3Q",
        "260722-10VM",
        "260722-ZZ3Q",
    ]
    store.ask(lambda index: index.commit)


def test_a_file_not_committed_yet_is_found_by_its_whole_id(store: Store, home: Path) -> None:
    path = home / "records/tickets/2026/07/23/260723-ABCD.md"
    path.write_text(TEXT.format("260723-ABCD"))
    assert store.resolve("260723-abcd") == "260723-ABCD"
    with pytest.raises(NotFound):
        store.resolve("abcd")
