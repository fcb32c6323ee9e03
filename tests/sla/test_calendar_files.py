"""Days off from calendar files: what a file says, whatever program wrote it, and what becomes of it in desk.toml."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

from desk.codec import ics
from desk.codec.toml import with_table
from desk.domain.levels import daysoff
from desk.domain.levels.calendar import Calendar, Day, DayOff, Span
from desk.domain.levels.daysoff import LARGEST
from desk.errors import ConfigError
from tests.calendars import event, file_of

NICOSIA = ZoneInfo("Asia/Nicosia")
OFFICE = Calendar("office", (((480, 1080),),) * 5 + ((), ()), NICOSIA)


def read(
    content: bytes, first: str = "2026-01-01", last: str = "2029-12-31", *, endless: bool = True
) -> ics.CalendarFile:
    days = date.fromisoformat(first), date.fromisoformat(last)
    return ics.read(content, "utf-8", ics.Frame(*days, NICOSIA, lambda _: True, endless))


def told(found: ics.CalendarFile) -> list[str]:
    """`2026-12-24 12:00-18:00 Eve`, `12-25 Christmas`."""
    parts = [
        (daysoff.write_day(h.day), daysoff.write_hours([h.span]) if h.span else "", h.name) for h in found.holidays
    ]
    return sorted(" ".join(filter(None, part)) for part in parts)


class Case(NamedTuple):
    name: str
    lines: tuple[str, ...]
    holidays: tuple[str, ...]
    remark: str = ""


DAY = "DTSTART;VALUE=DATE:20261225"
FRIDAYS = ("UID:f", "SUMMARY:Fri", "DTSTART;VALUE=DATE:20260703", "RRULE:FREQ=WEEKLY;BYDAY=FR;UNTIL=20260724T000000Z")
CASES = (
    Case("a day", event(DAY, "DTEND;VALUE=DATE:20261226", "SUMMARY:Xmas"), ("2026-12-25 Xmas",)),
    Case("without an end", event(DAY, "SUMMARY:Xmas"), ("2026-12-25 Xmas",)),
    Case("that ends where it begins", event(DAY, "DTEND;VALUE=DATE:20261225"), ("2026-12-25",)),
    Case("days, the last of which is not one", event(DAY, "DTEND;VALUE=DATE:20261228"),
         ("2026-12-25", "2026-12-26", "2026-12-27")),
    Case("days by their length", event(DAY, "DURATION:P2D"), ("2026-12-25", "2026-12-26")),
    Case("a date without being called one", event("DTSTART:20261225"), ("2026-12-25",)),
    Case("names over several lines, with what is escaped and what can't be seen",
         event(DAY, r"SUMMARY;LANGUAGE=el:Χριστού", " γεννα\\, \x1b[31mαργία\\n\u202eόλων"),
         ("2026-12-25 Χριστούγεννα, [31mαργία όλων",)),
    Case("a name without end", event(DAY, "SUMMARY:" + "a" * 5000), ("2026-12-25 " + "a" * 99 + "…",)),
    Case("half a day", event("DTSTART;TZID=Asia/Nicosia:20261224T120000", "DTEND;TZID=Asia/Nicosia:20261224T180000"),
         ("2026-12-24 12:00-18:00",)),
    Case("in UTC", event("DTSTART:20261224T100000Z", "DTEND:20261224T160000Z"), ("2026-12-24 12:00-18:00",)),
    Case("in UTC, in summer", event("DTSTART:20260814T090000Z", "DURATION:PT6H"), ("2026-08-14 12:00-18:00",)),
    Case("on any clock", event("DTSTART:20261224T120000", "DTEND:20261224T180000"), ("2026-12-24 12:00-18:00",)),
    Case("as Windows calls zones", event("DTSTART;TZID=GTB Standard Time:20261224T120000", "DURATION:PT6H"),
         ("2026-12-24 12:00-18:00",)),
    Case("in a zone of its own", ("BEGIN:VTIMEZONE", "TZID:Ours", "BEGIN:STANDARD", "DTSTART:16010101T000000",
         "RRULE:FREQ=SECONDLY", "TZOFFSETFROM:+0000", "TZOFFSETTO:+0900", "END:STANDARD", "END:VTIMEZONE",
         *event("SUMMARY:Eve", "DTSTART;TZID=Ours:20261224T120000", "DURATION:PT6H")),
         ("2026-12-24 12:00-18:00 Eve",), "Eve: there is no time zone Ours here"),
    Case("from midnight to midnight", event("DTSTART;TZID=Asia/Nicosia:20261225T000000", "DURATION:P1D"), ("2026-12-25",)),
    Case("over midnight", event("DTSTART:20261224T150000", "DTEND:20261226T120000"),
         ("2026-12-24 15:00-24:00", "2026-12-25", "2026-12-26 00:00-12:00")),
    Case("the day of 23 hours", event("DTSTART:20260328T220000Z", "DTEND:20260329T210000Z"), ("2026-03-29",)),
    Case("a date of every year", event("DTSTART;VALUE=DATE:20111225", "RRULE:FREQ=YEARLY", "SUMMARY:Xmas"), ("12-25 Xmas",)),
    Case("said the long way", event("DTSTART;VALUE=DATE:20111225", "DTEND;VALUE=DATE:20111227",
         "RRULE:FREQ=YEARLY;INTERVAL=1;BYMONTH=12;BYMONTHDAY=25;WKST=MO"), ("12-25", "12-26")),
    Case("from a year to come on", event("DTSTART;VALUE=DATE:20281225", "RRULE:FREQ=YEARLY", "SUMMARY:Xmas"),
         ("2028-12-25 Xmas", "2029-12-25 Xmas"), "Xmas recurs without an end: read until 2029-12-31"),
    Case("the leap day", event("DTSTART;VALUE=DATE:20240229", "RRULE:FREQ=YEARLY", "SUMMARY:L"), ("2028-02-29 L",), "without an end"),
    Case("every year until", event("DTSTART;VALUE=DATE:20241225", "RRULE:FREQ=YEARLY;UNTIL=20271225"),
         ("2026-12-25", "2027-12-25")),
    Case("every year, but once", event("DTSTART;VALUE=DATE:20241225", "RRULE:FREQ=YEARLY;COUNT=4", "EXDATE;VALUE=DATE:20261225"),
         ("2027-12-25",)),
    Case("the fourth Thursday", event("DTSTART;VALUE=DATE:20261126", "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH;COUNT=3"),
         ("2026-11-26", "2027-11-25", "2028-11-23")),
    Case("the last Monday but one", event("DTSTART;VALUE=DATE:20260518", "RRULE:FREQ=MONTHLY;BYDAY=MO;BYSETPOS=-2;COUNT=2"),
         ("2026-05-18", "2026-06-22")),
    Case("Fridays of a summer", event(*FRIDAYS), ("2026-07-03 Fri", "2026-07-10 Fri", "2026-07-17 Fri", "2026-07-24 Fri")),
    Case("half Fridays over a change of the clocks",
         event("DTSTART;TZID=Europe/Athens:20261023T130000", "DURATION:PT5H", "RRULE:FREQ=WEEKLY;COUNT=2"),
         ("2026-10-23 13:00-18:00", "2026-10-30 13:00-18:00")),
    Case("days beside the rule", event("DTSTART;VALUE=DATE:20260102", "RDATE;VALUE=DATE:20260105,20260107", "EXDATE;VALUE=DATE:20260105"),
         ("2026-01-02", "2026-01-07")),
    Case("one of them moved, one cancelled", (*event(*FRIDAYS),
         *event("UID:f", "RECURRENCE-ID;VALUE=DATE:20260710", "DTSTART;VALUE=DATE:20260711", "SUMMARY:Sat"),
         *event("UID:f", "RECURRENCE-ID;VALUE=DATE:20260717", "DTSTART;VALUE=DATE:20260717", "STATUS:CANCELLED")),
         ("2026-07-03 Fri", "2026-07-11 Sat", "2026-07-24 Fri")),
    Case("cancelled", event(DAY, "STATUS:CANCELLED"), ()),
    Case("a newer version of it", (*event(DAY, "UID:1", "SEQUENCE:1", "SUMMARY:New"), *event(DAY, "UID:1", "SUMMARY:Old")),
         ("2026-12-25 New",)),
    Case("of other years", (*event("DTSTART;VALUE=DATE:20251225"), *event("DTSTART;VALUE=DATE:20301225")), ()),
    Case("with an alarm in it", event(DAY, "BEGIN:VALARM", "TRIGGER:-PT15M", "DTSTART:20200101", "END:VALARM"), ("2026-12-25",)),
    Case("a task is none", ("BEGIN:VTODO", DAY, "END:VTODO"), ()),
    # -- what can't be meant ------------------------------------------------------------------------------------------
    Case("no day at all", event("SUMMARY:x"), (), "left out: line 4: it doesn't say when it begins"),
    Case("two days", event(DAY, DAY), (), "line 4: it has more than one DTSTART"),
    Case("a day that isn't there", event("DTSTART;VALUE=DATE:20261301"), (), "line 4: DTSTART: "),
    Case("no time", event("DTSTART:20261224T120000", "DTEND:20261224T120000"), (), "it takes no time"),
    Case("from a day to a time", event(DAY, "DTEND:20261225T120000"), (), "one is a day, the other a time"),
    Case("longer than a year", event(DAY, "DTEND;VALUE=DATE:20281225"), (), "it lasts longer than a year"),
    Case("the end of time", event("DTSTART;VALUE=DATE:99991231", "DTEND;VALUE=DATE:99991231"), (), "left out: "),
    Case("within a day", event(DAY, "RRULE:FREQ=SECONDLY"), (), "it recurs in a way that days off don't: FREQ=SECONDLY"),
    Case("every second of a day", event(DAY, "RRULE:FREQ=DAILY;BYHOUR=1,2;BYSECOND=1"), (), "in a way that days off don't"),
    Case("a rule of nothing", event(DAY, "RRULE:FREQ=NEVER"), (), "RRULE: "),
    Case("a count of too much", event(DAY, "RRULE:FREQ=YEARLY;COUNT=99999999999999999999"), (), "RRULE: "),
    Case("a day that never comes", event(DAY, "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"), ()),
    Case("lines that are none", event(DAY, "nonsense", ";;;:::"), ("2026-12-25",)),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[c.name for c in CASES])
def test_an_event(case: Case) -> None:
    found = read(file_of(*case.lines))
    assert told(found) == sorted(case.holidays)
    assert case.remark in "\n".join(found.remarks)
    assert bool(case.remark) == bool(found.remarks)
    assert read(file_of(*case.lines, end="\n")) == found, "as other systems end lines"


FAULTS = (
    (b"", "doesn't begin"),
    (b"\x89PNG\r\n\x1a\n\0\0", "it is not in utf-8"),
    (b"BEGIN:VCALENDAR\r\n\0\r\nEND:VCALENDAR", "doesn't begin"),
    (b"<html>Not found</html>", "doesn't begin"),
    (file_of(*event(DAY))[:-20], "it ends before its end"),
    (file_of("BEGIN:VEVENT", DAY), "the event in line 4 has no end"),
    (file_of(*event(DAY) * 5001), "more than 5000 events"),
    (file_of("X:" + "a" * LARGEST), "larger than 1048576 bytes"),
    (file_of(*event("DTSTART;VALUE=DATE:19000101", "RRULE:FREQ=DAILY") * 2), "more days than any"),
    (file_of(*event("DTSTART;VALUE=DATE:20260101", "DURATION:P366D") * 140), "more days than any"),
    ("BEGIN:VCALENDAR\nΚύπρος\nEND:VCALENDAR".encode("cp1253"), "it is not in utf-8"),
)


@pytest.mark.parametrize(("content", "problem"), FAULTS, ids=[str(n) for n in range(len(FAULTS))])
def test_no_calendar_file(content: bytes, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        read(content)


def test_an_end_that_was_asked_for_is_the_end() -> None:
    content = file_of(*event("DTSTART;VALUE=DATE:20111225", "RRULE:FREQ=YEARLY", "SUMMARY:Xmas"))
    assert told(read(content, last="2027-01-01", endless=False)) == ["2026-12-25 Xmas"]


# -- what it leaves of the hours ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("week", "times", "spans", "hours"),
    [
        (((480, 1080),), "off", [(720, 1440)], ((480, 720),)),
        (((480, 1080),), "off", [(0, 600), (720, 780)], ((600, 720), (780, 1080))),
        (((480, 750), (810, 1020)), "off", [(720, 840)], ((480, 720), (840, 1020))),
        (((480, 1080),), "off", [(400, 1100)], ()),
        (((480, 1080),), "off", [(1080, 1200)], None),
        (((480, 1080),), "open", [(480, 600), (590, 720), (780, 800)], ((480, 720), (780, 800))),
        (((480, 1080),), "open", [(480, 1080)], None),
    ],
)
def test_hours_that_are_left(
    week: tuple[Span, ...], times: daysoff.Times, spans: list[Span], hours: tuple[Span, ...] | None
) -> None:
    day = date(2026, 12, 24)
    found = daysoff.find_days_off(
        Calendar("c", (week,) * 7, NICOSIA), [daysoff.Holiday(day, "Eve", span) for span in spans], times
    )
    assert found == ({} if hours is None else {day: DayOff("Eve", hours)})


def test_several_on_one_day() -> None:
    day = date(2026, 12, 24)
    named = [daysoff.Holiday(day, "A", (720, 780)), daysoff.Holiday(day, "B"), daysoff.Holiday(day, "A")]
    assert daysoff.find_days_off(OFFICE, named, "off") == {day: DayOff("A; B")}


def test_a_file_speaks_for_its_years() -> None:
    kept: dict[Day, DayOff] = {(12, 25): DayOff("X"), date(2025, 5, 1): DayOff("Old"), date(2026, 5, 1): DayOff("Gone")}
    found: dict[Day, DayOff] = {date(2026, 10, 1): DayOff("New")}
    assert daysoff.compare(kept, found, replace=True) == [
        (date(2026, 5, 1), DayOff("Gone"), None),
        (date(2026, 10, 1), None, DayOff("New")),
    ]
    assert daysoff.compare(kept, found, replace=False)[0] == (date(2026, 5, 1), DayOff("Gone"), DayOff("Gone"))
    assert daysoff.compare(kept, {}, replace=True) == []


# -- desk.toml ---------------------------------------------------------------------------------------------------------

PATH = ("sla", "calendar", "office", "days_off")


def test_desk_toml_stays_as_it_was_written() -> None:
    """What is new is in order, comments stay, and what stands before the next table stays there."""
    text = "[sla.calendar.office] # ours\r\nclosed = [2026-12-24] # eve\r\n\r\n# Promises\r\n[[sla.policy]]\r\n"
    once = with_table(text, PATH, {"2027-01-06": "Θ", "2026-12-24": {"name": 'A "B"', "hours": "08:00-12:00"}})
    assert once == text.replace(
        "\r\n\r\n#",
        "\r\n\r\n[sla.calendar.office.days_off]\r\n"
        '2026-12-24 = {name = "A \\"B\\"", hours = "08:00-12:00"}\r\n2027-01-06 = "Θ"\r\n\r\n#',
    )
    assert with_table(with_table(once, PATH, {"2027-01-01": "N"}), PATH, {"2027-01-01": None}) == once
    noted = once.replace("2027-01-06", "# moved\r\n2027-01-06")
    assert '# moved\r\n2027-01-06 = "Θ"\r\n2026-01-01 = "N"\r\n\r\n# Promises' in with_table(
        noted, PATH, {"2026-01-01": "N"}
    )


@pytest.mark.parametrize(
    "text",
    [
        '[sla]\ncalendar.office.hours = "08:00-18:00"\n\n[list]\n',
        'sla.calendar = { office = { hours = "08:00-18:00" } }\n',
        '[sla.calendar.office]\ndays_off = { 12-24 = "Eve" }\n\n[list]\n',
    ],
)
def test_tables_in_other_forms_are_left_alone(text: str) -> None:
    with pytest.raises(ConfigError, match="in a form that can't be added to") as found:
        with_table(text, PATH, {"12-25": "X"})
    assert "[sla.calendar.office]" in (found.value.hint or "")
