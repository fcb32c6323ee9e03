"""The figures once more, from `git log` and the files of a commit alone: nothing of desk is imported here."""

from __future__ import annotations

import io
import math
import re
import subprocess
import tarfile
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo


class Happened(NamedTuple):
    at: int
    kind: str
    id: str
    verb: str
    before: str
    commit: int
    counts: bool = True
    """It took nothing back, and wasn't taken back; or that was."""


def git(home: Path, *args: str) -> str:
    return subprocess.run(["git", "-C", str(home), *args], capture_output=True, text=True, check=True).stdout


@cache
def events(home: Path, commit: str) -> list[Happened]:
    """What the trailers of the messages tell, oldest commit first."""
    found: list[Happened] = []
    log = git(home, "log", "--reverse", "--topo-order", "--format=%H%x00%at%x00%B%x01", commit)
    undone: dict[str, set[str]] = {}
    oids: list[str] = []
    for number, entry in enumerate(log.split("\x01")):
        oid, _, rest = entry.strip().partition("\0")
        at, _, message = rest.partition("\0")
        main = ""
        oids.append(oid)
        if "Desk-Verb: undo\n" in message:
            undone[oid] = set(re.findall(r"^Desk-To: \S+ ([0-9a-f]{10})$", message, re.MULTILINE))
        for line in message.splitlines():
            key, _, value = line.partition(": ")
            if key == "Desk-Verb":
                main = value
            elif key in ("Desk-Ticket", "Desk-Record"):
                kind, record = ("ticket", value) if key == "Desk-Ticket" else value.split("/", 1)
                found.append(Happened(int(at), kind, record, main, "", number))
            elif key == "Desk-Effect":
                found[-1] = found[-1]._replace(verb=value)
            elif key == "Desk-Also":
                found.append(found[-1]._replace(verb=value, before=""))
            elif key == "Desk-From":
                found[-1] = found[-1]._replace(before=value)
    void: set[str] = set()
    for oid, others in reversed(undone.items()):
        if oid not in void:
            void |= {o for o in oids for name in others if o.startswith(name)}
    return [e._replace(counts=oids[e.commit] not in void | undone.keys()) for e in found]


class File(NamedTuple):
    """A ticket's file as it reads."""

    head: dict[str, str]
    replies: list[tuple[str, int]]

    def time(self, name: str) -> int | None:
        return stamp(self.head[name]) if name in self.head else None

    @property
    def responded(self) -> int | None:
        return next((at for by, at in self.replies if by != self.head.get("requester")), None)


def stamp(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


@cache
def files(home: Path, commit: str) -> dict[str, File]:
    archive = subprocess.run(
        ["git", "-C", str(home), "archive", "--format=tar", commit, "records/tickets"], capture_output=True, check=True
    )
    found = {}
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as tar:
        for member in filter(tarfile.TarInfo.isfile, tar):
            content = tar.extractfile(member)
            assert content is not None
            _, head, rest = content.read().decode().split("---\n", 2)
            values = dict(line.split(": ", 1) for line in head.splitlines() if ": " in line)
            replies = re.findall(r"^## Reply by (\S+), (\S+Z)", rest, re.MULTILINE)
            found[values["id"]] = File(values, [(by, stamp(at)) for by, at in replies])
    return found


class Ledger:
    """A desk at a commit, and the clock at a moment."""

    def __init__(self, home: Path, commit: str, moment: int, zone: ZoneInfo) -> None:
        self.events = events(home, commit)
        self.files = files(home, commit)
        self.moment = moment
        self.zone = zone

    def inside(self, at: int | None, first: date, last: date) -> bool:
        return at is not None and first <= datetime.fromtimestamp(at, UTC).astimezone(self.zone).date() <= last

    def times(self, verb: str, first: date, last: date) -> int:
        return sum(
            e.kind == "ticket" and e.verb == verb and e.counts and self.inside(e.at, first, last) for e in self.events
        )

    def signups(self, first: date, last: date) -> int:
        with_ticket = {e.commit for e in self.events if e.kind == "ticket"}
        return sum(
            e.kind == "user"
            and e.verb in ("create", "signup")
            and e.commit not in with_ticket
            and e.counts
            and self.inside(e.at, first, last)
            for e in self.events
        )

    def backlog(self, last: date) -> int:
        live: set[str] = set()
        for e in self.events:
            if e.kind == "ticket" and datetime.fromtimestamp(e.at, UTC).astimezone(self.zone).date() <= last:
                if e.verb in ("create", "reopen", "pending"):
                    live.add(e.id)
                elif e.verb in ("close", "delete"):
                    live.discard(e.id)
        return len(live)

    def figures(self, first: date, last: date) -> dict[str, Any]:
        """Everything but the levels at the commit."""
        resolved = {
            i: f
            for i, f in self.files.items()
            if f.head["state"] == "closed"
            and "merged_into" not in f.head
            and self.inside(f.time("closed"), first, last)
        }
        took = [(f.time("closed") or 0) - (f.time("created") or 0) for f in resolved.values()]
        waited = [
            max(0, at - (f.time("created") or 0))  # a reply that came along in a merge may be older than the ticket
            for f in self.files.values()
            if (at := f.responded) is not None and self.inside(at, first, last)
        ]
        again = sum(
            e.kind == "ticket"
            and (e.verb, e.before, e.counts) == ("reopen", "closed", True)
            and self.inside(e.at, first, last)
            for e in self.events
        )
        hops = {i: self._hops(i) for i in resolved}
        simple = sum(len(f.replies) <= 1 and hops[i] == (0, 0, 0) for i, f in resolved.items())
        closed = self.times("close", first, last)
        kept, breached = self._sla(resolved, first, last)
        return {
            "created": self.times("create", first, last),
            "closed": closed,
            "reopened": self.times("reopen", first, last),
            "replies": self.times("reply", first, last),
            "signups": self.signups(first, last),
            "backlog": self.backlog(last),
            "reopened_share": share(again, closed),
            "first_contact": simple,
            "first_contact_share": share(simple, len(resolved)),
            "response_average": average(waited),
            "response_p90": ninth(waited),
            "resolution_average": average(took),
            "resolution_p90": ninth(took),
            "department_hops": round(sum(h[0] for h in hops.values()) / len(hops), 2) if hops else None,
            "staff_hops": round(sum(h[1] for h in hops.values()) / len(hops), 2) if hops else None,
            "sla_kept": kept,
            "sla_breached": breached,
            "sla_share": share(kept, kept + breached),
        }

    def _hops(self, ticket: str) -> tuple[int, int, int]:
        verbs = [(e.verb, e.before) for e in self.events if e.kind == "ticket" and e.id == ticket and e.counts]
        names = [verb for verb, _ in verbs]
        owners = names.count("assign") + names.count("escalate")
        return names.count("move"), max(owners - 1, 0), verbs.count(("reopen", "closed"))

    def _sla(self, resolved: dict[str, File], first: date, last: date) -> tuple[int, int]:
        kept = breached = 0
        for i, f in self.files.items():
            if "merged_into" in f.head:
                continue
            ends = f.time("closed") or math.inf
            for due, done in ((f.time("respond_by"), f.responded), (f.time("due"), f.time("closed"))):
                if due is None:
                    continue
                in_time = done is not None and done <= due
                if in_time and self.inside(done, first, last) and (due != f.time("due") or i in resolved):
                    kept += 1
                # The clock of what happened doesn't stand still; when it stood, the due time was another.
                stopped = done is None and ends == math.inf and (f.time("paused") or math.inf) <= due
                if not in_time and not stopped and ends > due and due < self.moment and self.inside(due, first, last):
                    breached += 1
        return kept, breached

    def levels(self) -> dict[str, Any]:
        states = [f.head["state"] for f in self.files.values()]
        ages = [self.moment - (f.time("created") or 0) for f in self.files.values() if f.head["state"] != "closed"]
        return {
            "open": states.count("open"),
            "pending": states.count("pending"),
            "age_average": average(ages),
            "age_p90": ninth(ages),
            "age_oldest": max(ages, default=None),
        }


def share(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 1) if whole else None


def average(values: list[int]) -> int | None:
    return round(sum(values) / len(values)) if values else None


def ninth(values: list[int]) -> int | None:
    """The first value, going up, at which nine in ten of all are covered."""
    ordered = sorted(values)
    return next((v for n, v in enumerate(ordered, 1) if n * 10 >= len(ordered) * 9), None)


def days(last: date, number: int) -> tuple[date, date]:
    return last - timedelta(days=number - 1), last
