"""Whether the sender is who they say, by the word of our own mail server (Authentication-Results, RFC 8601).

Nothing is asked of DNS: a server that takes mail in has done so. Whoever sends can write such a header as well, so only
that of a server which the desk names counts, and only the topmost: a server removes what claims to be its own from below.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Literal

from desk.mail.addresses import Address
from desk.mail.headers import Headers
from desk.named import NamedTuple
from desk.text import _

_COMMENT = re.compile(r"\([^()]*\)")
_RESULT = re.compile(r"\s*(dmarc|dkim|spf)\s*=\s*(\w+)", re.IGNORECASE)
_PROPERTY = re.compile(
    r"\b(header\.from|header\.d|header\.i|smtp\.mailfrom|smtp\.from)\s*=\s*\"?([^\s;\"]+)", re.IGNORECASE
)


class Verdict(NamedTuple):
    """`none`: no server that counts has said anything that bears on this sender."""

    state: Literal["pass", "fail", "none"]
    reason: str


class _Result(NamedTuple):
    method: str
    result: str
    domains: tuple[str, ...]


def verdict(head: Headers, sender: Address | None, servers: Collection[str]) -> Verdict:
    """What the desk's own servers (authserv-ids, in lower case) found out about the domain of the sender."""
    if sender is None:
        return Verdict("none", _("the mail names no sender"))
    results = _results(head, servers)
    about = [r for r in results if any(_aligned(sender.domain, domain) for domain in r.domains)]
    for result in about:
        if result.method == "dmarc" and result.result in ("pass", "fail"):
            return Verdict("pass" if result.result == "pass" else "fail", f"dmarc={result.result}")
    passed = next((r for r in about if r.result == "pass"), None)
    if passed is not None:
        return Verdict("pass", f"{passed.method}=pass")
    failed = next((r for r in about if r.result in ("fail", "permerror")), None)
    if failed is not None:
        return Verdict("fail", f"{failed.method}={failed.result}")
    return Verdict("none", _("no server of the desk vouches for it"))


METHODS = ("spf", "dkim", "dmarc")
"""What a server finds out about a sender: whence it came, who signed it, and whether either is the domain it names."""


def list_unproven(found: str) -> tuple[str, ...]:
    """Of one server's Authentication-Results what didn't pass or wasn't tried, as `dkim=fail` or `spf=none`."""
    results = [r for r in map(_result, _bare(found).partition(";")[2].split(";")) if r is not None]
    passed = {r.method for r in results if r.result == "pass"}
    said = {r.method: r.result for r in reversed(results)}
    return tuple(f"{method}={said.get(method, 'none')}" for method in METHODS if method not in passed)


def _results(head: Headers, servers: Collection[str]) -> list[_Result]:
    for value in head.all("authentication-results"):
        name, _, rest = _bare(value).partition(";")
        words = name.split()
        if words and words[0].lower() in servers:
            return [r for r in map(_result, rest.split(";")) if r is not None]
    return []


def _bare(value: str) -> str:
    """The value without comments, which may hold anything that a sender wrote."""
    for _round in range(5):
        bare = _COMMENT.sub(" ", value)
        if bare == value:
            break
        value = bare
    return re.sub(r"\s+", " ", value.partition("(")[0])


def _result(text: str) -> _Result | None:
    found = _RESULT.match(text)
    if found is None:
        return None
    domains = (value.rpartition("@")[2].lower().rstrip(".") for _, value in _PROPERTY.findall(text))
    return _Result(found[1].lower(), found[2].lower(), tuple(domains))


def _aligned(sender: str, domain: str) -> bool:
    """Whether one vouches for the other: the same domain, or one below it, as relaxed alignment has it."""
    if sender == domain:
        return True
    longer, shorter = (sender, domain) if len(sender) > len(domain) else (domain, sender)
    return "." in shorter and longer.endswith("." + shorter)
