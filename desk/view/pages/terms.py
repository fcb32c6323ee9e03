"""What a service level asks of a ticket, in words: kept, missed by how much, or how long there is still."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from desk.domain.model.due import BREACH, CLOCKS, SPOKEN
from desk.text import _, arranged, listed
from desk.view.look import DUE_NOW, Look, ago, deadline, local, moment, span
from desk.view.values import is_time, say

TIMES = frozenset(CLOCKS.values())
"""Fields that hold when something is due."""
HIDDEN = frozenset(("next_due", "overdue", "paused", "pauses"))
"""What the words say already."""

Data = Mapping[str, Any]


def due(name: str, data: Data, look: Look) -> tuple[str, str]:
    """`2026-07-23 13:12, in 2 h` and its style; once it is done, whether in time."""
    at = str(data[name])
    if not is_time(at):
        return say(at), ""
    done = {"respond_by": data.get("responded") or data.get("closed"), "due": data.get("closed")}.get(name)
    words, style = _kept(at, str(done), look) if done else _ahead(at, data.get("paused"), look)
    return arranged("{at}, {words}", at=say(moment(at, look)), words=words), style


def _kept(at: str, done: str, look: Look) -> tuple[str, str]:
    try:
        late = local(done, look) - local(at, look)
    except (ValueError, OverflowError):
        return _("kept"), ""
    if done <= at:
        return _("kept"), "dim"
    return _("missed by {span}", span=span(late) or _("less than a minute")), "warning"


def _ahead(at: str, paused: str | None, look: Look) -> tuple[str, str]:
    if paused and at >= paused:
        return _("paused {ago}", ago=ago(paused, look)), "dim"
    words, style = deadline(at, look)
    if style == "error":
        return words, style
    return (_("now") if words == DUE_NOW else ago(at, look) or words), style


def missed(lines: list[str], look: Look) -> str:
    """The recorded breaches: `resolution 2026-07-23 13:12`; nothing where there was none."""
    found = [line.split(" ") for line in lines if line.startswith(f"{BREACH} ")]
    return listed(
        arranged("{clock} {at}", clock=SPOKEN.get(p[1], say(p[1])), at=say(moment(p[-1], look)))
        for p in found
        if len(p) > 1
    )
