"""What is said of a candidate: why these incidents belong together, in words, and what to do about it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from desk.domain.matching import words
from desk.domain.matching.candidates import DAY, Candidate
from desk.domain.matching.folding import fold
from desk.domain.matching.likeness import READ, Incident
from desk.domain.model.fields import utc_text
from desk.text import _, listed, ngettext

_SHOWN = 6
_WORD = r"[^\W_]+(?:[-_.][^\W_]+)*"
_SHARE = 0.5
"""A tag is shared when this part of the incidents have it."""


def as_row(candidate: Candidate, titles: Mapping[str, str]) -> dict[str, Any]:
    """A candidate as plain data; `titles` are those of the open problems."""
    rows = candidate.incidents
    first, last = rows[0].at, rows[-1].at
    days = (last - first) // DAY + 1
    services = Counter(row.service for row in rows if row.service)
    service = next((s for s, n in services.most_common(1) if 2 * n >= len(rows)), None)
    tags = _common(row.tags for row in rows)
    data = {
        "id": rows[0].id,
        "problem": candidate.problem,
        "problem_title": titles.get(candidate.problem or ""),
        "count": len(rows),
        "days": days,
        "department": rows[0].department,
        "words": _written(rows, candidate.words),
        "tags": tags,
        "service": service,
        "requesters": len({row.requester for row in rows if row.requester}),
        "first": utc_text(datetime.fromtimestamp(first, UTC)),
        "last": utc_text(datetime.fromtimestamp(last, UTC)),
        "alike": candidate.alike,
        "score": candidate.score,
        "incidents": [_one(row) for row in rows],
    }
    return {**data, "reason": reason(data), "command": _command(candidate)}


def _one(row: Incident) -> dict[str, Any]:
    return {"id": row.id, "title": row.title, "created": utc_text(datetime.fromtimestamp(row.at, UTC))}


def _common(sets: Any) -> list[str]:
    found = [tuple(one) for one in sets]
    counted = Counter(value for one in found for value in one)
    return [value for value, count in counted.most_common() if count >= _SHARE * len(found)]


def _written(rows: Sequence[Incident], tokens: Sequence[str]) -> list[str]:
    """Tokens as these incidents write them most often."""
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    written = Counter(word for row in rows for word in re.findall(_WORD, fold(f"{row.title} {row.text[:READ]}")))
    for word, times in written.items():
        stems = words.tokens(word)
        if len(stems) == 1:
            forms[stems[0]][word] += times
    return [forms[token].most_common(1)[0][0] for token in tokens if token in forms][:_SHOWN]


def reason(data: Mapping[str, Any]) -> str:
    """`8 incidents in 12 days, technical; share: malta, certificate, 4703; tag certificate; 6 requesters`."""
    count, days = data["count"], data["days"]
    span = ngettext("{n} day", "{n} days", days)
    where = data["department"]
    parts: list[str] = [
        ngettext(
            "{n} incident in {span}, {department}",
            "{n} incidents in {span}, {department}",
            count,
            span=span,
            department=where,
        )
    ]
    if data["words"]:
        parts.append(_("share: {words}", words=", ".join(data["words"])))
    if data["tags"]:
        parts.append(ngettext("tag {tags}", "tags {tags}", len(data["tags"]), tags=", ".join(data["tags"])))
    if data["service"]:
        parts.append(_("service {service}", service=data["service"]))
    if data["requesters"] > 1:
        parts.append(_("{requesters} requesters", requesters=data["requesters"]))
    return listed(parts, "; ")


def _command(candidate: Candidate) -> str:
    ids = [row.id for row in candidate.incidents]
    if candidate.problem:
        return f"desk ticket transfer {' '.join(ids)} --to {candidate.problem}"
    return f"desk problem open --from {','.join(ids)}"
