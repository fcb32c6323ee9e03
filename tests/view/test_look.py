"""Times on the desk's clock, and colour where there is any."""

from __future__ import annotations

import pytest

from desk.view.look import ago, local, moment, paint, when
from tests.view.samples import looking

LOOK = looking()


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        ("2026-07-23T06:12:00Z", "23 Jul 09:12"),
        ("2026-07-03T22:30:00Z", " 4 Jul 01:30"),
        ("2025-12-31T21:59:00Z", "2025-12-31"),
        ("2025-12-31T22:00:00Z", " 1 Jan 00:00"),
        ("2026-08-01", " 1 Aug"),
        ("2027-08-01", "2027-08-01"),
        ("no time", "no time"),
        ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00+14:00"),
    ],
)
def test_when(at: str, shown: str) -> None:
    assert when(at, LOOK) == shown


def test_moment() -> None:
    assert moment("2026-01-23T07:15:30Z", LOOK) == "2026-01-23 09:15"
    assert moment("2026-01-23", LOOK) == "2026-01-23"
    assert moment("soon", LOOK) == "soon"


def test_an_unknown_zone_is_utc() -> None:
    for zone in ("Mars/Olympus", "../etc/passwd", "", "Europe"):
        assert local("2026-07-23T06:12:00Z", looking(timezone=zone)).hour == 6


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        ("2026-07-23T09:14:30Z", "just now"),
        ("2026-07-23T09:10:00Z", "5 min ago"),
        ("2026-07-23T07:15:00Z", "2 h ago"),
        ("2026-07-20T09:15:00Z", "3 d ago"),
        ("2026-01-23T09:15:00Z", "6 months ago"),
        ("2020-07-20T09:15:00Z", "6 years ago"),
        ("2026-07-23T11:15:00Z", "in 2 h"),
        ("2026-07-23", "today"),
        ("2026-07-25", "in 2 d"),
        ("soon", ""),
    ],
)
def test_ago(at: str, shown: str) -> None:
    assert ago(at, LOOK) == shown


def test_paint_only_with_colour() -> None:
    assert paint("high", "high", LOOK) == "high"
    bright = looking(color=True)
    assert paint("high", "high", bright) == "\x1b[1;31mhigh\x1b[0m"
    assert paint("vpn", "#ff0000", bright) == "\x1b[38;5;196mvpn\x1b[0m"
    assert paint("vpn", "#fffff;", bright) == "vpn"
    assert paint("odd", "nobody chose this", bright) == "odd"
    assert not paint("", "high", bright)
