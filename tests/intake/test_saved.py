"""Mails on disk and in pipes."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from desk.errors import NotFound, UsageFault
from desk.intake import saved

ONE, TWO = b"Subject: 1\n\nFrom here\n>From there\n", b"Subject: 2\n\nb\n"


def test_a_mailbox_is_taken_apart(tmp_path: Path) -> None:
    box = tmp_path / "box"
    box.write_bytes(
        b"From a@x Thu Jul 23 09:00:00 2026\n"
        + ONE.replace(b"\n>From", b"\n>>From")
        + b"\nFrom b@x Thu Jul 23 09:00:00 2026\n"
        + TWO
    )
    found = list(saved.read(str(box), 1000))
    assert [(s.name, s.raw.rstrip(b"\n")) for s in found] == [
        ("box:1", ONE.rstrip(b"\n")),
        ("box:2", TWO.rstrip(b"\n")),
    ]


def test_a_single_mail_is_one_whatever_it_begins_with(tmp_path: Path) -> None:
    file = tmp_path / "x.eml"
    file.write_bytes(b"From a@x Thu Jul 23 09:00:00 2026\n" + TWO)
    assert [s.raw for s in saved.read(str(file), 1000)] == [TWO]
    file.write_bytes(TWO)
    assert [(s.name, s.raw, s.size) for s in saved.read(str(file), 1000)] == [("x.eml", TWO, len(TWO))]


def test_a_folder_is_read_in_order(tmp_path: Path) -> None:
    for part, name, text in (
        ("cur", "2.host:2,S", TWO),
        ("new", "1.host", ONE),
        ("new", ".hidden", b"x"),
        ("tmp", "0", b"x"),
    ):
        (tmp_path / part).mkdir(exist_ok=True)
        (tmp_path / part / name).write_bytes(text)
    assert [s.raw for s in saved.read(str(tmp_path), 1000)] == [ONE, TWO]


def test_only_the_beginning_of_what_is_too_large_is_read() -> None:
    mails = (
        b"From a@x Thu Jul 23 09:00:00 2026\nSubject: 1\n\n"
        + b"x" * 5000
        + b"\n\nFrom b@x Thu Jul 23 09:00:00 2026\n"
        + TWO
    )
    first, second = saved.of_stream(io.BytesIO(mails), "-", 100)
    assert (len(first.raw), first.size, second.raw) == (100, 5014, TWO)
    (only,) = saved.of_stream(io.BytesIO(b"Subject: 1\n\n" + b"x" * 5000), "-", 100, mbox=False)
    assert (len(only.raw), only.size) == (100, 5012)


def test_what_isnt_there(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        list(saved.read(str(tmp_path / "none"), 1))
    with pytest.raises(UsageFault):
        list(saved.read(str(tmp_path), 1))
