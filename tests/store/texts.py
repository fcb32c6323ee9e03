"""Hypothesis strategies: any text a record can hold, with what is likely to break a file format thrown in."""

from __future__ import annotations

import os
import string
from datetime import UTC, datetime

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

EXAMPLES = int(os.environ.get("DESK_TEST_EXAMPLES", "0"))
"""How often each property is tried, where somebody has the time: see tests/conftest.py."""
MODERATE = settings(
    max_examples=EXAMPLES or 40,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
DEAR = settings(MODERATE, max_examples=EXAMPLES or 12)
"""For what takes long to draw: whole records, and changes of several."""
NASTY = (
    "---",
    "---\n",
    "\n---\n",
    "...",
    "## Reply by maria, 2026-07-23T07:15:02Z",
    "## Note by maria, 2026-07-23T07:15:02Z <!-- {via: email} -->",
    "\\## Reply by maria, 2026-07-23T07:15:02Z",
    "\\\\## Note by ",
    "## Reply by ",
    "\n## Note by x, 2026-07-23T07:15:02Z\n\n",
    "-->",
    "<!--",
    "--",
    "\r\n",
    "\r",
    "\n",
    "\n\n",
    "\t",
    " ",
    "\\",
    "\\n",
    "'",
    '"',
    ": ",
    " #",
    "- ",
    "? ",
    "&a",
    "*a",
    "!!python/object:os.system",
    "%YAML 1.1",
    "{",
    "}",
    "[",
    "]",
    "no",
    "yes",
    "null",
    "~",
    "0123",
    "1e3",
    "0x1f",
    "1:30",
    "2026-07-23",
    "2026-07-23t06:12:44z",
    "2026-07-23T06:12:44Z",
    "=",
    "<<",
    "<<<<<<< HEAD",
    "=======",
    ">>>>>>> other",
    "Ελληνικά, με τόνους",
    "\u202eabc\u202c",
    "שלום",
    "🙂",
    "👩\u200d🚑",
    "\U0001d54f",
    "\ufeff",
    "\u2028",
    "\u2029",
    "\x85",
    "\xa0",
    "\x1b[31m",
    "\x07",
    "\x7f",
    "\x9b",
    "\ufffe",
    "\uffff",
    "\ufffd",
)
_characters = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
pieces = st.one_of(st.sampled_from(NASTY), st.text(_characters, max_size=12))
texts = st.lists(pieces, max_size=8).map("".join)
"""Any text but NUL and lone surrogates."""

_line_characters = st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"])
_line_pieces = [p for p in NASTY if p.isprintable()]
lines = (
    st.lists(st.one_of(st.sampled_from(_line_pieces), st.text(_line_characters, max_size=12)), max_size=6)
    .map("".join)
    .filter(lambda t: bool(t.strip()) and len(t) <= 250)
)
"""Any title."""

slugs = st.text(string.ascii_lowercase + "αβγ", min_size=1, max_size=12).filter(
    lambda s: s not in {"con", "nul", "aux", "prn"}
)
times = st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1)).map(lambda t: t.replace(microsecond=0, tzinfo=UTC))  # noqa: DTZ001 - made aware here
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ticket_ids = st.builds(
    lambda day, rest: f"{day:%y%m%d}-{rest}",
    st.dates(datetime(2001, 1, 1).date(), datetime(2080, 1, 1).date()),  # noqa: DTZ001 - a day has no zone
    st.text(ALPHABET, min_size=4, max_size=4),
)
plain_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(10**17), 10**17), texts),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=6,
)
"""What an undeclared key may hold."""
