"""Field types of what a ticket keeps of its service level: pauses, and warnings and breaches."""

from __future__ import annotations

import re
from datetime import datetime

from desk.domain.model.fields import FieldType, parse_lines, parse_time, utc_text
from desk.text import _

_RECORD = r"(warning|breach) (respond|update|resolve) (\S+)"


def _pause(line: str) -> tuple[datetime, datetime]:
    since, _rest, until = line.partition(" ")
    try:
        times = parse_time(since), parse_time(until)
    except ValueError:
        raise ValueError(
            _("{line!r} is not two times such as '2026-07-23T06:12:44Z 2026-07-24T06:12:44Z'", line=line[:60])
        ) from None
    if times[0] >= times[1]:
        raise ValueError(_("{line!r} ends before it begins", line=line[:60]))
    return times


def parse_pauses(raw: object) -> tuple[str, ...]:
    """From and until; in order, and pauses that overlap as one: two clones may have noted the same."""
    found: list[tuple[datetime, datetime]] = []
    for since, until in sorted(map(_pause, parse_lines(raw))):
        if found and since < found[-1][1]:
            found[-1] = (found[-1][0], max(until, found[-1][1]))
        else:
            found.append((since, until))
    return tuple(f"{utc_text(since)} {utc_text(until)}" for since, until in found)


def _record(line: str) -> str:
    match = re.fullmatch(_RECORD, line)
    if match is None:
        raise ValueError(
            _("{line!r} is not a breach or a warning such as 'breach resolve 2026-07-23T10:12:44Z'", line=line[:60])
        )
    return f"{match[1]} {match[2]} {utc_text(parse_time(match[3]))}"


def parse_records(raw: object) -> tuple[str, ...]:
    """What, which clock, and when it was due; each once."""
    return tuple(dict.fromkeys(map(_record, parse_lines(raw))))


PAUSES = FieldType("pauses", parse_pauses, "unite_pauses", "json")
RECORDS = FieldType("warnings and breaches", parse_records, "unite", "json")
