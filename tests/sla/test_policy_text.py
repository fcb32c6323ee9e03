"""desk.toml's service levels, checked to the last key: what is wrong, where, and what to do."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from desk.config import load
from desk.domain.levels.reading import SettingFault
from desk.errors import ConfigError
from desk.local.holidays import days_off
from desk.store.levels import policies as of_text
from tests.sla.story import CYPRUS, policies

HEAD = '[desk]\ntimezone = "Asia/Nicosia"\n\n'
GOOD = """[sla.calendar.office]
days = "Mon-Fri"
hours = "08:00-18:00"

[[sla.policy]]
from = "2026-01-01"

[[sla.policy.target]]
priority = "high"
resolve = "4h"

[[sla.policy.target]]
calendar = "office"
resolve = "2d"
"""
FAULTS = (
    # what is changed into what; the line; words of the message; words of the hint
    ('days = "Mon-Fri"', 'days = "Mon-Fry"', 5, "sla.calendar office: days: must be days such as", "Mon, Tue"),
    ('hours = "08:00-18:00"', 'hours = "18:00-08:00"', 6, "hours: must be hours such as", "earlier to a later"),
    ('hours = "08:00-18:00"', 'hours = "08:00-25:00"', 6, "hours: must be hours such as", "earlier to a later"),
    ('hours = "08:00-18:00"', 'hours = "08:60-18:00"', 6, "hours: must be hours such as", "earlier to a later"),
    ('hours = "08:00-18:00"', 'hours = "08:00-12:00, 11:00-13:00"', 6, "hours: must be hours such as", "in order"),
    ('hours = "08:00-18:00"', "hours = 8", 6, "hours: must be text in quotes", "desk help service-levels"),
    ('hours = "08:00-18:00"', 'huors = "08:00-18:00"', 6, "there is no key 'huors'; did you mean hours?", "known: days"),
    ('hours = "08:00-18:00"', 'holidays = "XX"', 6, "no holidays are known for 'XX'", '"CY"'),
    ('hours = "08:00-18:00"', 'holidays = ["CY", "cy"]', 6, "no holidays are known for 'cy'", '"DE-BY"'),
    ('hours = "08:00-18:00"', 'timezone = "Asia/Nikosia"', 6, "timezone: must be a time zone", "Asia/Nikosia"),
    ('hours = "08:00-18:00"', 'closed = ["24 December"]', 6, "closed: must be a list of days", "help service-levels"),
    ('hours = "08:00-18:00"', 'closed = ["2026-12-24"]\nopen = ["2026-12-24"]', 7, "open: must be without 2026-12-24", "take it out"),
    ('hours = "08:00-18:00"', 'hours = { Mon = "08:00-12:00" }', 5, "days: must be left out", "the table in hours"),
    ('hours = "08:00-18:00"', 'days_off = ["2026-12-24"]', 6, "days_off: must be a table of names by date", "help service-levels"),
    ('hours = "08:00-18:00"', '[sla.calendar.office.days_off]\n2026-12-32 = "X"', 7, "days_off 2026-12-32: must be given by dates", "help service-levels"),
    ('hours = "08:00-18:00"', "[sla.calendar.office.days_off]\n12-24 = 3", 7, "days_off 12-24: must be a table", "help service-levels"),
    ('hours = "08:00-18:00"', '[sla.calendar.office.days_off]\n12-24 = {nmae = "X"}', 7, "no key 'nmae'; did you mean name?", "known: name, hours"),
    ('hours = "08:00-18:00"', '[sla.calendar.office.days_off]\n12-24 = {hours = "9-17"}', 7, "hours: must be hours such as", "earlier to a later"),
    ("[sla.calendar.office]", "[sla.calendar.24x7]", 4, "24x7 is there by itself", "another name"),
    ('from = "2026-01-01"', 'from = "2026-13-01"', 9, "sla.policy 1: from: must be a day such as", "help service-levels"),
    ('from = "2026-01-01"', 'from = "1026-01-01"', 9, "from: must be a day between 2000 and 2999", "help service-levels"),
    ('from = "2026-01-01"', 'form = "2026-01-01"', 9, "there is no key 'form'; did you mean from?", "known: from"),
    ('from = "2026-01-01"', "", 8, "sla.policy 1: from: must be a day such as", "help service-levels"),
    ('from = "2026-01-01"', 'from = "2026-01-01"\ncalendar = "ofice"', 10, "no calendar 'ofice'; did you mean office?", "24x7, office"),
    ('from = "2026-01-01"', 'from = "2026-01-01"\nreclassify = "then"', 10, "no reclassify 'then'", "created, now"),
    ('priority = "high"', 'priority = "hihg"', 12, "target 1: priority: there is no priority 'hihg'; did you mean high?", "low, medium"),
    ('priority = "high"', 'prioritty = "high"', 12, "target 1: prioritty: there is no key 'prioritty'; did you mean priority?", "known"),
    ('priority = "high"', "priority = []", 12, "priority: must be at least one word", "leave priority out"),
    ('priority = "high"', "priority = 3", 12, "priority: must be a word or a list", "help service-levels"),
    ('priority = "high"', "major = 1", 12, "major: must be true or false", "help service-levels"),
    ('priority = "high"', 'kind = "change"', 12, "there is no kind 'change'", "ticket, incident, problem"),
    ('priority = "high"', "", 15, "target 2: never applies: target 1", "special ones first"),
    ('resolve = "4h"', 'resolve = "4 hours"', 13, "resolve: must be a time such as", "m minutes"),
    ('resolve = "4h"', 'resolve = "0h"', 13, "resolve: must be longer than nothing", "help service-levels"),
    ('resolve = "4h"', 'resolve = "99999d"', 13, "shorter than ten years", "help service-levels"),
    ('resolve = "4h"', "resolve = 4", 13, "resolve: must be text in quotes", "help service-levels"),
    ('resolve = "4h"', "", 11, "sla.policy 1, target 1: promises nothing", "respond, update, resolve"),
    ('resolve = "2d"', 'resolve = "-2d"', 17, "target 2: resolve: must be a time such as", "d days"),
    ("[[sla.policy.target]]\npriority", '[[sla.policy]]\nfrom = "2026-01-01"\n[[sla.policy.target]]\npriority', 8, "sla.policy 1: target: must be one table or more", "[[sla.policy.target]]"),
)  # fmt: skip


@pytest.mark.parametrize(("old", "new", "line", "message", "hint"), FAULTS, ids=[f"{n}" for n in range(len(FAULTS))])
def test_faults(old: str, new: str, line: int, message: str, hint: str) -> None:
    text = HEAD + GOOD
    assert text.count(old) >= 1
    changed = text.replace(old, new, 1)
    with pytest.raises(ConfigError) as found:
        of_text(None, load(changed), changed.encode())
    assert found.value.message.startswith(f"desk.toml:{line}: "), found.value.message
    assert message in found.value.message
    assert hint in (found.value.hint or "")


def test_a_good_one() -> None:
    found = of_text(None, load(HEAD + GOOD), b"")
    [policy] = found.policies
    assert [(t.conditions, t.calendar.name, t.resolve) for t in policy.targets] == [
        ({"priority": ("high",)}, "24x7", timedelta(hours=4)),
        ({}, "office", timedelta(hours=20)),
    ]


def test_days_without_quotes_are_days() -> None:
    text = GOOD.replace('"2026-01-01"', "2026-01-01").replace('hours = "08', 'closed = [2026-12-24]\nhours = "08')
    found = of_text(None, load(HEAD + text), b"")
    assert not found.policies[0].targets[1].calendar.is_open(date(2026, 12, 24))


def test_hours_of_each_day() -> None:
    hours = 'hours = { "Mon-Thu" = "08:00-17:00", Fri = "08:00-13:00", "Sat-Sun" = "10:00-11:00" }'
    text = GOOD.replace('days = "Mon-Fri"\n', "").replace('hours = "08:00-18:00"', hours)
    with pytest.raises(ConfigError, match="resolve: must be given in hours") as found:
        of_text(None, load(HEAD + text), b"")
    assert "differ in length" in (found.value.hint or "")
    found_now = of_text(None, load(HEAD + text.replace('"2d"', '"1h 30m"')), b"")
    week = found_now.policies[0].targets[1].calendar.week
    assert week == (((480, 1020),),) * 4 + (((480, 780),),) + (((600, 660),),) * 2


def test_days_around_the_weekend() -> None:
    found = of_text(None, load(HEAD + GOOD.replace("Mon-Fri", "Sat-Mon, wed")), b"")
    week = found.policies[0].targets[1].calendar.week or ()
    assert [bool(day) for day in week] == [True, False, True, False, False, True, True]


def test_two_policies_of_one_day() -> None:
    text = '[[policy]]\nfrom = "2026-01-01"\ntarget = [{ resolve = "4h" }]\n'
    with pytest.raises(SettingFault, match="two policies begin on the same day"):
        policies(text + text)


def test_the_newest_policy_may_stand_anywhere() -> None:
    text = '[[policy]]\nfrom = "2026-{}-01"\ntarget = [{{ resolve = "4h" }}]\n'
    starts = [p.start for p in policies(text.format("03") + text.format("01") + text.format("02")).policies]
    assert starts == sorted(starts)


@pytest.mark.parametrize("warn", [0, 100, "x", True])
def test_when_to_warn(warn: object) -> None:
    with pytest.raises(ConfigError, match=r"per cent between 1 and 99|a whole number"):
        load(f"[sla]\nwarn = {str(warn).lower() if isinstance(warn, bool) else repr(warn)}\n")


def test_the_library_knows_the_holidays_of_the_table() -> None:
    in_year = days_off(None)("CY")
    assert in_year(2026) == {day for day in CYPRUS if day.year == 2026}
    assert {day for day in CYPRUS if day.year == 2027} <= in_year(2027)
    assert in_year(1066) == in_year(2500) == frozenset()
    assert date(2026, 11, 1) in days_off(None)("DE-BY")(2026)


def test_holidays_of_the_public_sector() -> None:
    """D6 of what was met: its office clock ran on Christmas Eve, and that of banks on Easter Tuesday."""
    text = GOOD.replace('days = "Mon-Fri"', 'holidays = ["CY", "CY:optional", "CY:bank"]\nclosed = ["08-14"]')
    calendar = of_text(None, load(HEAD + text), b"").policies[0].targets[1].calendar
    eve, tuesday, assumption = date(2026, 12, 24), date(2026, 4, 14), date(2026, 8, 14)
    assert not any(calendar.is_open(day) for day in (eve, tuesday, assumption, assumption.replace(year=2028)))
    plain = (
        of_text(None, load(HEAD + GOOD.replace('days = "Mon-Fri"', 'holidays = "CY"')), b"")
        .policies[0]
        .targets[1]
        .calendar
    )
    assert all(plain.is_open(day) for day in (eve, tuesday, assumption))
    assert plain.asks_for_holidays


def test_days_off_by_name() -> None:
    """Between what is typed and what the country's list says; nothing of them hangs on the library."""
    named = """holidays = "CY"
open = ["2026-12-29"]
closed = ["2026-12-30"]

[sla.calendar.office.dates]
12-31 = "09:00-10:00"

[sla.calendar.office.days_off]
2026-12-24 = { name = "Eve", hours = "08:00-12:00" }
2026-12-25 = { name = "All the same", hours = "08:00-09:00" }
12-28 = "Every year"
2026-12-29 = "Open all the same"
2026-12-30 = { name = "Closed all the same", hours = "08:00-12:00" }
2026-12-31 = "Its own hours all the same"
2026-12-26 = { name = "A Saturday", hours = "10:00-11:00" }
"""
    text = GOOD.replace('hours = "08:00-18:00"\n', 'hours = "08:00-18:00"\n' + named)
    calendar = of_text(None, load(HEAD + text), b"").policies[0].targets[1].calendar
    hours = [calendar.hours(date(2026, 12, day)) for day in range(23, 32)]
    assert hours == [
        ((480, 1080),), ((480, 720),), ((480, 540),), ((600, 660),), (), (), ((480, 1080),), (), ((540, 600),),
    ]  # fmt: skip
    assert calendar.hours(date(2026, 10, 28)) == (), "a holiday of the country"
    assert calendar.hours(date(2028, 12, 28)) == (), "a Thursday"
    alone = of_text(None, load(HEAD + text.replace('holidays = "CY"\n', "")), b"").policies[0].targets[1].calendar
    assert not alone.asks_for_holidays


def test_the_starter_desk(home: Path) -> None:
    text = (home / "desk.toml").read_text(encoding="utf-8")
    found = of_text(None, load(text), text.encode())
    assert [len(p.targets) for p in found.policies] == [5]
