"""Calendar files as programs write them, and some of few lines."""

from __future__ import annotations

from pathlib import Path

FILES = Path(__file__).parent / "data/calendars"


def file_of(*lines: str, end: str = "\r\n") -> bytes:
    return end.join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", *lines, "END:VCALENDAR", ""]).encode()


def event(*lines: str) -> tuple[str, ...]:
    return ("BEGIN:VEVENT", *lines, "END:VEVENT")
