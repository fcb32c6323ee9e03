"""Service levels worked out by hand: what happens, what must be due, and why. Times are those of the desk's clock, 2026.

The policies stand in tests/sla/story.py. In short: `high` 24x7, 30 min / 4 h (2 h for tickets from 1 July on, 4 h again from
1 November); `medium` in the office (Mon-Fri 08-18, Cyprus holidays, a day is 10 h), 2 h / 1 d; `low` in the office, 1 d / 5 d.
"""

from __future__ import annotations

from typing import NamedTuple

import pytest

from desk.domain.model.fields import parse_time
from desk.domain.model.ticket import Ticket
from tests.sla.story import policies, said, told


class Case(NamedTuple):
    """`expected` names what is checked: respond, update, due, paused, sla; - stands for nothing."""

    name: str
    story: str
    expected: str
    why: str


CASES = (
    # -- calendars -----------------------------------------------------------------------------------------------------
    Case("in the office", "create Tue 2 Jun 09:00 medium",
         "respond Tue 2 Jun 11:00; due Wed 3 Jun 09:00", "9 h until 18:00, the tenth from 08:00 on"),
    Case("at opening", "create Tue 2 Jun 08:00 medium",
         "respond Tue 2 Jun 10:00; due Tue 2 Jun 18:00", "a whole day ends when the office closes, not when it opens again"),
    Case("before opening", "create Tue 2 Jun 06:00 medium",
         "respond Tue 2 Jun 10:00; due Tue 2 Jun 18:00", "the clock starts at 08:00"),
    Case("after closing", "create Tue 2 Jun 20:00 medium",
         "respond Wed 3 Jun 10:00; due Wed 3 Jun 18:00", "the clock starts the next morning"),
    Case("at closing", "create Tue 2 Jun 18:00 medium",
         "respond Wed 3 Jun 10:00; due Wed 3 Jun 18:00", "nothing of Tuesday is left"),
    Case("a minute before closing", "create Tue 2 Jun 17:59 medium",
         "respond Wed 3 Jun 09:59; due Wed 3 Jun 17:59", "one minute counts"),
    Case("over a weekend", "create Fri 5 Jun 17:00 medium",
         "respond Mon 8 Jun 09:00; due Mon 8 Jun 17:00", "1 h on Friday, the rest on Monday"),
    Case("on a Saturday", "create Sat 6 Jun 12:00 medium",
         "respond Mon 8 Jun 10:00; due Mon 8 Jun 18:00", "the office is closed until Monday"),
    Case("24x7 on a Saturday night", "create Sat 6 Jun 23:00 high",
         "respond Sat 6 Jun 23:30; due Sun 7 Jun 03:00", "24x7 never closes"),
    Case("over Easter", "create Thu 9 Apr 17:00 medium",
         "respond Tue 14 Apr 09:00; due Tue 14 Apr 17:00", "Good Friday and Easter Monday are holidays"),
    Case("five days over Easter", "create Wed 8 Apr 08:00 low",
         "respond Wed 8 Apr 18:00; due Thu 16 Apr 18:00", "Wed 8, Thu 9, Tue 14, Wed 15, Thu 16"),
    Case("Labour Day", "create Thu 30 Apr 17:30 medium",
         "respond Mon 4 May 09:30; due Mon 4 May 17:30", "half an hour on Thursday; 1 May is a Friday"),
    Case("Independence Day", "create Wed 30 Sep 17:00 medium",
         "respond Fri 2 Oct 09:00; due Fri 2 Oct 17:00", "1 October is a Thursday"),
    Case("a holiday on a Saturday", "create Fri 14 Aug 17:00 medium",
         "respond Mon 17 Aug 09:00; due Mon 17 Aug 17:00", "15 August takes nothing away"),
    Case("Christmas", "create Thu 24 Dec 12:00 medium",
         "respond Thu 24 Dec 14:00; due Mon 28 Dec 12:00", "6 h on Thursday, Friday is a holiday, 4 h on Monday"),
    Case("over the turn of the year", "create Thu 31 Dec 14:00 medium",
         "respond Thu 31 Dec 16:00; due Mon 4 Jan 14:00 2027", "the holidays of the next year count as well"),
    Case("a day closed by the desk", "create Thu 18 Jun 17:00 medium",
         "respond Mon 22 Jun 09:00; due Mon 22 Jun 17:00", "`closed` in the calendar: Fri 19 June"),
    Case("a holiday on which the desk is open", "create Tue 27 Oct 17:00 medium",
         "respond Wed 28 Oct 09:00; due Wed 28 Oct 17:00", "`open` in the calendar: Wed 28 October"),
    Case("a break at noon", "create Tue 2 Jun 11:30 high department=split",
         "respond Tue 2 Jun 13:30; due Thu 4 Jun 11:30", "16 h: half + 4 on Tuesday, 8 on Wednesday, 3 and a half on Thursday"),
    Case("registered in the break", "create Tue 2 Jun 12:30 high department=split",
         "respond Tue 2 Jun 14:00; due Thu 4 Jun 12:00", "16 h: 4 on Tuesday, 8 on Wednesday, 4 on Thursday"),
    Case("thirty days", "create Tue 2 Jun 09:00 low; tag Tue 2 Jun 09:30 problem",
         "respond -; due Wed 15 Jul 09:00", "30 working days; 19 June is closed"),
    # -- the clocks change: 29 March 03:00 -> 04:00, 25 October 04:00 -> 03:00 ---------------------------------------
    Case("24x7 in March", "create Sun 29 Mar 02:30 high",
         "respond Sun 29 Mar 04:00; due Sun 29 Mar 07:30", "four hours on a stopwatch; the clock skips one"),
    Case("24x7 in October", "create Sun 25 Oct 02:00 high",
         "respond Sun 25 Oct 02:30; due Sun 25 Oct 03:00*", "two hours later the clock shows 03:00 for the second time"),
    Case("the office in March", "create Fri 27 Mar 17:00 medium",
         "respond Mon 30 Mar 09:00; due Mon 30 Mar 17:00", "the hour is lost on Sunday, when nobody works"),
    Case("the office in October", "create Fri 23 Oct 17:00 medium",
         "respond Mon 26 Oct 09:00; due Mon 26 Oct 17:00", "and so is the one that is won"),
    Case("24 open hours in March", "create Sat 28 Mar 12:00 high department=daily",
         "due Sun 29 Mar 13:00", "the Sunday has 23 hours"),
    Case("24 open hours in October", "create Sat 24 Oct 12:00 high department=daily",
         "due Sun 25 Oct 11:00", "the Sunday has 25 hours"),
    Case("a night shift in March", "create Sat 28 Mar 22:00 high department=night",
         "due Sun 29 Mar 05:00", "2 h before midnight, 4 h after it, of which the clock shows five"),
    Case("a night shift in October", "create Sat 24 Oct 22:00 high department=night",
         "due Sun 25 Oct 03:00*", "2 h before midnight, 4 h after it, of which the clock shows three"),
    Case("a pause in the night of March", "create Sat 28 Mar 23:00 high; pending Sun 29 Mar 02:00; open Sun 29 Mar 05:00",
         "due Sun 29 Mar 06:00", "due at 04:00; the pause lasted two hours, from 02:00 to 05:00"),
    # -- pauses --------------------------------------------------------------------------------------------------------
    Case("a pause", "create Tue 2 Jun 09:00 high; pending Tue 2 Jun 10:00; open Tue 2 Jun 12:00",
         "due Tue 2 Jun 15:00; paused -", "13:00 and two hours"),
    Case("standing still", "create Tue 2 Jun 09:00 high; pending Tue 2 Jun 10:00",
         "due Tue 2 Jun 13:00; paused Tue 2 Jun 10:00", "the times move when the pause ends"),
    Case("a pause before the first reply was due", "create Tue 2 Jun 09:00 high; pending Tue 2 Jun 09:10; open Tue 2 Jun 10:10",
         "respond Tue 2 Jun 10:30; due Tue 2 Jun 14:00", "both clocks stand still"),
    Case("a pause after the first reply was due", "create Tue 2 Jun 09:00 high; pending Tue 2 Jun 10:00; open Tue 2 Jun 11:00",
         "respond Tue 2 Jun 09:30; due Tue 2 Jun 14:00", "what was late stays late"),
    Case("a pause after the end", "create Tue 2 Jun 09:00 high; pending Tue 2 Jun 13:30; open Tue 2 Jun 15:00",
         "due Tue 2 Jun 13:00", "a clock that has run out is not wound up again"),
    Case("a pause overnight", "create Tue 2 Jun 09:00 medium; pending Tue 2 Jun 17:00; open Wed 3 Jun 08:30",
         "due Wed 3 Jun 10:30", "09:00 and an hour and a half of open time"),
    Case("a pause while closed", "create Tue 2 Jun 09:00 medium; pending Tue 2 Jun 20:00; open Wed 3 Jun 07:00",
         "due Wed 3 Jun 09:00", "no open time passed"),
    Case("a pause over the weekend", "create Fri 5 Jun 09:00 medium; pending Fri 5 Jun 18:00; open Mon 8 Jun 08:00",
         "due Mon 8 Jun 09:00", "no open time passed"),
    Case("two pauses",
         "create Tue 2 Jun 09:00 high; pending Tue 2 Jun 10:00; open Tue 2 Jun 10:30; pending Tue 2 Jun 11:00; open Tue 2 Jun 11:15",
         "due Tue 2 Jun 13:45", "half an hour and a quarter"),
    Case("put aside twice", "create Tue 2 Jun 09:00 high; pending Tue 2 Jun 10:00; pending Tue 2 Jun 11:00; open Tue 2 Jun 12:00",
         "due Tue 2 Jun 15:00", "the pause began at 10:00"),
    Case("until a day", "create Tue 2 Jun 09:00 high; pending Tue 2 Jun 10:00 2026-06-04; check Thu 4 Jun 01:00",
         "due Thu 4 Jun 03:00; paused -", "the pause ended with the night: 38 h after 10:00"),
    Case("until a day, and nobody checks", "create Tue 2 Jun 09:00 high; pending Tue 2 Jun 10:00 2026-06-04; check Sat 6 Jun 12:00",
         "due Thu 4 Jun 03:00; paused -", "when the check runs doesn't matter"),
    Case("until a day, taken up by hand after it",
         "create Tue 2 Jun 09:00 high; pending Tue 2 Jun 10:00 2026-06-04; open Sat 6 Jun 12:00",
         "due Thu 4 Jun 03:00; paused -", "nor does who takes it up"),
    Case("taken up before its day", "create Tue 2 Jun 09:00 high; pending Tue 2 Jun 10:00 2026-06-10; open Tue 2 Jun 12:00",
         "due Tue 2 Jun 15:00", "the pause ended when the work went on"),
    Case("put aside until today", "create Tue 2 Jun 09:00 high; pending Tue 2 Jun 10:00 2026-06-02; check Tue 2 Jun 10:05",
         "due Tue 2 Jun 13:00; paused -", "a day that has begun is no pause"),
    Case("answered while pending", "create Tue 2 Jun 09:00 high; pending Tue 2 Jun 09:10; reply Tue 2 Jun 12:00; open Tue 2 Jun 13:00",
         "respond Tue 2 Jun 12:20; due Tue 2 Jun 16:50; sla -", "20 minutes were left; the reply at 12:00 was in time"),
    Case("closed while pending", "create Tue 2 Jun 09:00 high; pending Tue 2 Jun 10:00; close Tue 2 Jun 14:00",
         "due Tue 2 Jun 17:00; paused -; sla breach respond Tue 2 Jun 09:30",
         "closed at 14:00 it was resolved in time; nobody had replied by 09:30"),
    # -- closed and taken up again -------------------------------------------------------------------------------------
    Case("re-opened", "create Tue 2 Jun 09:00 high; close Tue 2 Jun 11:00; reopen Wed 3 Jun 11:00",
         "due Wed 3 Jun 13:00", "two hours were left, and two hours there are"),
    Case("re-opened after a late end", "create Tue 2 Jun 09:00 high; close Tue 2 Jun 14:00; reopen Wed 3 Jun 10:00",
         "due Tue 2 Jun 13:00; sla breach respond Tue 2 Jun 09:30, breach resolve Tue 2 Jun 13:00",
         "what was late stays late; both breaches were noted as it was closed"),
    Case("re-opened in the office", "create Tue 2 Jun 09:00 medium; close Tue 2 Jun 17:00; reopen Thu 4 Jun 09:00",
         "due Thu 4 Jun 11:00", "two hours of open time were left on Tuesday at 17:00"),
    Case("re-opened twice",
         "create Tue 2 Jun 09:00 high; close Tue 2 Jun 10:00; reopen Tue 2 Jun 11:00; close Tue 2 Jun 11:30; reopen Tue 2 Jun 12:30",
         "due Tue 2 Jun 15:00", "two hours closed"),
    Case("closed without a reply, re-opened", "create Tue 2 Jun 09:00 high; close Tue 2 Jun 09:20; reopen Tue 2 Jun 10:20",
         "respond Tue 2 Jun 10:30; due Tue 2 Jun 14:00", "ten minutes for a first reply were left"),
    # -- re-classified -------------------------------------------------------------------------------------------------
    Case("from low to high", "create Tue 2 Jun 09:00 low; classify Tue 2 Jun 10:00 high",
         "respond Tue 2 Jun 09:30; due Tue 2 Jun 13:00", "reclassify = created: as if it had been high from the beginning"),
    Case("from high to low after the reply",
         "create Tue 2 Jun 09:00 high; reply Tue 2 Jun 09:20; classify Tue 2 Jun 10:00 low",
         "respond Tue 2 Jun 09:30; due Tue 9 Jun 09:00", "the reply keeps its time; 50 h of open time from 09:00"),
    Case("to high with a pause over the weekend",
         "create Fri 5 Jun 17:00 low; pending Fri 5 Jun 17:30; open Mon 8 Jun 09:00; classify Mon 8 Jun 09:10 high",
         "respond Mon 8 Jun 09:00; due Mon 8 Jun 12:30", "the pause was 63 h 30 min of 24x7, though hardly any of the office"),
    Case("to high after it had been closed",
         "create Fri 5 Jun 17:00 low; close Fri 5 Jun 17:15; reopen Mon 8 Jun 09:00; classify Mon 8 Jun 09:01 high",
         "respond Mon 8 Jun 09:15; due Mon 8 Jun 12:45", "a quarter of an hour was used on Friday"),
    Case("re-classified while pending", "create Tue 2 Jun 09:00 low; pending Tue 2 Jun 09:10; classify Tue 2 Jun 10:00 high; open Tue 2 Jun 11:00",
         "respond Tue 2 Jun 11:20; due Tue 2 Jun 14:50", "the pause counts as a whole: an hour and fifty minutes"),
    Case("re-classified while closed", "create Tue 2 Jun 09:00 high; close Tue 2 Jun 10:00; classify Tue 2 Jun 11:00 low",
         "due Tue 2 Jun 13:00", "what is over is judged by what was promised then"),
    Case("counted from now", "create Tue 3 Nov 09:00 low; classify Tue 3 Nov 15:00 high",
         "respond Tue 3 Nov 15:30; due Tue 3 Nov 19:00", "reclassify = now, in the policy from November on"),
    Case("counted from now, while pending",
         "create Tue 3 Nov 09:00 low; pending Tue 3 Nov 10:00; classify Tue 3 Nov 15:00 high; open Tue 3 Nov 16:00",
         "respond Tue 3 Nov 16:30; due Tue 3 Nov 20:00", "of the pause only the hour after it counts"),
    Case("moved to a department with a promise of its own", "create Tue 2 Jun 09:00 medium; move Tue 2 Jun 10:00 split",
         "respond Tue 2 Jun 10:00; due Thu 4 Jun 09:00", "16 h: 3 + 4 on Tuesday, 8 on Wednesday, 1 on Thursday"),
    Case("what changes no promise changes no time", "create Tue 2 Jun 09:00 high; tag Tue 2 Jun 11:00 incident; note Tue 2 Jun 11:30",
         "respond Tue 2 Jun 09:30; due Tue 2 Jun 13:00", "the same target fits"),
    Case("to where nothing is promised", "create Tue 2 Jun 09:00 high; classify Tue 2 Jun 09:10 planned",
         "respond -; due -", "no target fits"),
    Case("from where nothing is promised", "create Tue 2 Jun 09:00 planned; classify Tue 2 Jun 09:10 high",
         "respond Tue 2 Jun 09:30; due Tue 2 Jun 13:00", "counted from the registration"),
    Case("a requester's group", "create Sat 6 Jun 09:00 medium group=foreign-desk",
         "respond Sat 6 Jun 10:00; due Sat 6 Jun 17:00", "foreign desks are served 24x7"),
    # -- policies from a day on ----------------------------------------------------------------------------------------
    Case("the last minute of a policy", "create Tue 30 Jun 23:59 high",
         "due Wed 1 Jul 03:59", "4 h, as promised in June"),
    Case("the first minute of the next", "create Wed 1 Jul 00:00 high",
         "due Wed 1 Jul 02:00", "2 h, as promised in July"),
    Case("an old ticket keeps its policy", "create Tue 30 Jun 22:00 low; classify Wed 1 Jul 00:30 high",
         "due Wed 1 Jul 02:00", "4 h from 22:00, not 2 h"),
    Case("and so when it is taken up again", "create Tue 30 Jun 22:00 high; close Tue 30 Jun 23:00; reopen Thu 2 Jul 23:00",
         "due Fri 3 Jul 02:00", "three of four hours were left"),
    Case("before the first policy", "create Wed 31 Dec 23:59 2025 high; pending Fri 2 Jan 10:00; open Fri 2 Jan 11:00",
         "respond -; due -; paused -", "nothing was promised then"),
    # -- replies again and again ---------------------------------------------------------------------------------------
    Case("a major incident", "create Tue 2 Jun 09:00 high major",
         "respond Tue 2 Jun 09:15; update -; due Tue 2 Jun 13:00", "until the first reply, that is the next one due"),
    Case("replies", "create Tue 2 Jun 09:00 high major; reply Tue 2 Jun 09:10; reply Tue 2 Jun 09:40",
         "update Tue 2 Jun 10:40; due Tue 2 Jun 13:00", "an hour after each"),
    Case("a note is no reply", "create Tue 2 Jun 09:00 high major; reply Tue 2 Jun 09:10; note Tue 2 Jun 09:40",
         "update Tue 2 Jun 10:10", "the requester heard nothing"),
    Case("declared major later", "create Tue 2 Jun 09:00 high; reply Tue 2 Jun 09:20; major Tue 2 Jun 11:00",
         "respond Tue 2 Jun 09:30; update Tue 2 Jun 12:00; due Tue 2 Jun 13:00", "the next reply an hour from then"),
    Case("a reply that came too late",
         "create Tue 2 Jun 09:00 high major; reply Tue 2 Jun 09:10; reply Tue 2 Jun 11:00",
         "update Tue 2 Jun 12:00; sla breach update Tue 2 Jun 10:10", "the time of the breach is kept as the reply moves it on"),
    Case("replies while pending",
         "create Tue 2 Jun 09:00 high major; reply Tue 2 Jun 09:10; pending Tue 2 Jun 09:30; reply Tue 2 Jun 10:00; open Tue 2 Jun 11:00",
         "update Tue 2 Jun 12:00; due Tue 2 Jun 14:30", "an hour from 10:00, and the pause after it"),
    Case("closed and re-opened",
         "create Tue 2 Jun 09:00 high major; reply Tue 2 Jun 09:10; close Tue 2 Jun 10:00; reopen Tue 2 Jun 11:00",
         "update Tue 2 Jun 12:00; due Tue 2 Jun 14:00", "an hour from the re-opening"),
    # -- what time does by itself --------------------------------------------------------------------------------------
    Case("a breach found after a week", "create Tue 2 Jun 09:00 high; check Tue 9 Jun 12:00",
         "sla breach respond Tue 2 Jun 09:30, breach resolve Tue 2 Jun 13:00", "with the time when it happened"),
    Case("a late reply found after a week",
         "create Tue 2 Jun 09:00 high; reply Tue 2 Jun 10:00; check Tue 9 Jun 12:00",
         "sla breach respond Tue 2 Jun 09:30, breach resolve Tue 2 Jun 13:00", "the reply itself notes the first"),
    Case("checked twice", "create Tue 2 Jun 09:00 high; check Tue 2 Jun 09:31; check Tue 2 Jun 09:32",
         "sla breach respond Tue 2 Jun 09:30", "once"),
    Case("a warning", "create Tue 2 Jun 09:00 high; reply Tue 2 Jun 09:10; check Tue 2 Jun 11:59; check Tue 2 Jun 12:00; check Tue 2 Jun 12:30",
         "sla warning resolve Tue 2 Jun 13:00", "at 75 % of four hours, and once"),
    Case("a warning in the office", "create Tue 2 Jun 09:00 medium; reply Tue 2 Jun 09:10; check Tue 2 Jun 16:29; check Tue 2 Jun 16:30",
         "sla warning resolve Wed 3 Jun 09:00", "a quarter of ten hours is left: 1.5 h today and 1 h tomorrow"),
    Case("no warning while it stands still", "create Tue 2 Jun 09:00 high; reply Tue 2 Jun 09:10; pending Tue 2 Jun 12:30; check Tue 2 Jun 12:59",
         "sla -; paused Tue 2 Jun 12:30", "nobody is to hurry"),
    Case("the exact time is in time", "create Tue 2 Jun 09:00 high; reply Tue 2 Jun 09:30; close Tue 2 Jun 13:00; check Wed 3 Jun 12:00",
         "sla -", "due at 13:00 means by 13:00"),
    # -- edges -------------------------------------------------------------------------------------------------------------
    Case("its day has come, and a reply comes before the check",
         "create Tue 2 Jun 09:00 high; pending Tue 2 Jun 09:10 2026-06-04; reply Fri 5 Jun 08:59; check Fri 5 Jun 09:00",
         "due Thu 4 Jun 03:50; sla breach respond Thu 4 Jun 00:20, breach resolve Thu 4 Jun 03:50", "the clocks ran since Thursday"),
    Case("its day has come, and the check comes first",
         "create Tue 2 Jun 09:00 high; pending Tue 2 Jun 09:10 2026-06-04; check Fri 5 Jun 08:59; reply Fri 5 Jun 09:00",
         "due Thu 4 Jun 03:50; sla breach respond Thu 4 Jun 00:20, breach resolve Thu 4 Jun 03:50", "the same as the other way round"),
    Case("put aside again when its day has come", "create Tue 2 Jun 09:00 high; pending Tue 2 Jun 09:10 2026-06-04; pending Fri 5 Jun 09:00 2026-06-08",
         "due Thu 4 Jun 03:50; paused Fri 5 Jun 09:00", "what had run out stays"),
    Case("put aside again in time", "create Tue 2 Jun 09:00 high; pending Tue 2 Jun 09:10 2026-06-04; pending Thu 4 Jun 01:00 2026-06-08; open Thu 4 Jun 02:00",
         "due Thu 4 Jun 04:50; respond Thu 4 Jun 00:20", "an hour used since midnight, and one of pause"),
    Case("re-classified when its day has come", "create Tue 2 Jun 09:00 high; pending Tue 2 Jun 09:10 2026-06-04; classify Fri 5 Jun 09:00 medium",
         "due Thu 4 Jun 17:50", "8 h 50 min were left at 09:10, counted from Thursday on"),
    Case("closed when its day has come",
         "create Tue 2 Jun 09:00 high major; reply Tue 2 Jun 09:10; pending Tue 2 Jun 09:30 2026-06-04; close Fri 5 Jun 09:00",
         "update -; sla breach update Thu 4 Jun 00:40, breach resolve Thu 4 Jun 03:30", "what was missed since Thursday"),
    Case("re-classified while closed, and opened again", "create Fri 5 Jun 17:00 high; close Fri 5 Jun 18:00; classify Sat 6 Jun 12:00 low; reopen Mon 8 Jun 08:30",
         "due Fri 12 Jun 17:30", "as if it was re-classified when it was opened again"),
    Case("as re-classified after re-opening", "create Fri 5 Jun 17:00 high; close Fri 5 Jun 18:00; reopen Mon 8 Jun 08:30; classify Mon 8 Jun 08:30 low",
         "due Fri 12 Jun 17:30", "the same"),
    Case("times that spring skips", "create Sun 29 Mar 02:00 high department=broken",
         "due Sun 29 Mar 04:15", "60 minutes until 03:00, which is 04:00; 15 more from there"),
    Case("closed on a day of every year", "create Tue 23 Jun 17:00 high department=service",
         "due Thu 25 Jun 11:00", "an hour on Tuesday, nothing on the 24th"),
    Case("other hours on a single date", "create Fri 26 Jun 11:00 high department=service",
         "due Mon 29 Jun 10:00", "an hour on Friday, one on Saturday which has hours of its own, two on Monday"),
    Case("other hours every year", "create Tue 30 Jun 12:00 high department=service",
         "due Wed 1 Jul 11:00", "one hour, then three"),
    Case("an answer to every message", "create Tue 2 Jun 09:00 high department=asked; reply Tue 2 Jun 09:10; ask Tue 2 Jun 12:00; ask Tue 2 Jun 13:00",
         "update Tue 2 Jun 16:00", "the first message that waits counts"),
    Case("nobody waits", "create Tue 2 Jun 09:00 high department=asked; reply Tue 2 Jun 09:10; check Wed 3 Jun 09:00", "update -; sla -", "nothing was asked"),
    Case("answered, and asked again",
         "create Tue 2 Jun 09:00 high department=asked; reply Tue 2 Jun 09:10; ask Tue 2 Jun 12:00; reply Tue 2 Jun 17:00; ask Wed 3 Jun 10:00",
         "update Wed 3 Jun 14:00; sla breach update Tue 2 Jun 16:00", "the answer was late, and the next message starts anew"),
    Case("a second breach after re-classification",
         "create Tue 3 Nov 09:00 high; check Tue 3 Nov 13:01; classify Tue 3 Nov 14:00 low; reply Tue 3 Nov 14:01; classify Tue 3 Nov 15:00 high; check Tue 3 Nov 20:00",
         "sla breach respond Tue 3 Nov 09:30, breach resolve Tue 3 Nov 13:00, breach resolve Tue 3 Nov 19:00",
         "two promises for the resolution were broken, at two times"),
)  # fmt: skip


def found(ticket: Ticket, what: str) -> str:
    if what == "sla":
        lines = [line.split(" ") for line in ticket.sla]
        return ", ".join(f"{verb} {clock} {said(parse_time(at))}" for verb, clock, at in lines) or "-"
    value = getattr(ticket, {"respond": "respond_by", "update": "update_by"}.get(what, what))
    return said(value) if value else "-"


@pytest.mark.parametrize("case", CASES, ids=[c.name for c in CASES])
def test_worked_by_hand(case: Case) -> None:
    ticket = told(case.story, policies()).ticket
    assert ticket is not None
    wanted = dict(part.strip().split(" ", 1) for part in case.expected.split(";"))
    assert {what: found(ticket, what) for what in wanted} == wanted, case.why


def test_the_table_is_large_enough_and_names_are_unique() -> None:
    assert len({case.name for case in CASES}) == len(CASES) >= 40
