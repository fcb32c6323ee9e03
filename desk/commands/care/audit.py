"""desk audit: what an auditor asks of the whole history, and how it is sealed."""

from __future__ import annotations

import os
from itertools import groupby
from typing import Any

import click

from desk.cli import dates, leaf
from desk.cli.app import App
from desk.domain.model.fields import utc_text
from desk.errors import DeskError
from desk.text import _, arranged, ngettext, pgettext
from desk.view.model import Column, Done, Listing

FOUND = 7
"""The exit code when there are faults: as for `desk doctor`, that of a broken record."""
_SHOWN = 20
"""Findings of one check that people are shown."""


# -- verify --------------------------------------------------------------------------------------------------------------


@leaf.leaf("verify", example="desk audit verify\ndesk audit verify --full -f json > audit.json")
@click.option("--since", metavar="SEAL|COMMIT|DATE",
              help="Check what came after this; default: after the newest sound seal.")  # fmt: skip
@click.option("--full", is_flag=True, help="Check everything from the first commit, and measure every seal again.")
@click.option("--witness", metavar="REMOTE|FILE", multiple=True,
              help="Compare the seals with those of another repository, or with printed lines.")  # fmt: skip
def verify(app: App, since: str | None, full: bool, witness: tuple[str, ...]) -> Done:
    """Check that history is whole, that its messages are true, its records sound, and each change allowed then.

    Faults end with exit code 7. Remarks (hand-made commits, odd dates, commits in another's name) are for you to
    judge. desk help audit says what this proves, and what it can't.
    """
    from desk.audit import verify as audit_verify  # noqa: PLC0415 - for this command and the next alone

    known = [one for whence in witness for one in _witnessed(app, whence)]
    found = audit_verify.verify(app.store, _since(app, since) if since else None, full=full)
    found = found._replace(findings=(*known, *found.findings))
    faults, remarks = found.count(audit_verify.FAULT), found.count(audit_verify.REMARK)
    app.exit_code = FOUND if faults else 0
    data = {
        "id": found.head,
        "since": found.since,
        "seal": found.seal,
        "commits": found.commits,
        "changes": found.changes,
        "seals": found.seals,
        "faults": faults,
        "remarks": remarks,
        "findings": [f._asdict() for f in found.findings],
    }
    return Done("audit", data, tuple(_lines(app, found)), answer=bool(app.exit_code))


_LEVELS = {"fault": _("FAULT"), "remark": _("REMARK")}


def _witnessed(app: App, whence: str) -> list[Any]:
    """What a remote, or a file of printed lines, contradicts."""
    from desk.actions.care import sealing  # noqa: PLC0415 - as above

    path = os.path.join(app.env.cwd, whence)
    if not os.path.isfile(path):
        return sealing.witnessed(app, whence, None)
    with open(path, encoding="utf-8", errors="replace") as file:
        return sealing.witnessed(app, whence, file.read())


def _since(app: App, text: str) -> str:
    """The commit that a seal, a commit or a date names; a bare name may leave out `seal/`."""
    try:
        return dates.commit_as_of(app, text, strictly=True)
    except DeskError:
        return dates.commit_as_of(app, f"seal/{text}", strictly=True)


def _lines(app: App, found: Any) -> list[str]:
    from desk.audit import verify as audit_verify  # noqa: PLC0415 - as above

    lines: list[str] = []
    order = {name: number for number, name in enumerate(audit_verify.TITLES)}
    ordered = sorted(found.findings, key=lambda f: (f.level != audit_verify.FAULT, order[f.check]))
    for (level, check), group in groupby(ordered, key=lambda f: (f.level, f.check)):
        members = list(group)
        lines.append(
            arranged("{level}  {titles} ({n})", level=_LEVELS[level], titles=audit_verify.TITLES[check], n=len(members))
        )
        for finding in members[:_SHOWN]:
            lines += _finding(app, finding)
        if len(members) > _SHOWN:
            lines.append(_("  and {n} more: desk audit verify -f json", n=len(members) - _SHOWN))
        lines.append("")
    return [*lines, _last(found, found.count(audit_verify.FAULT), found.count(audit_verify.REMARK))]


def _finding(app: App, finding: Any) -> list[str]:
    where = ""
    if finding.commit and finding.at:
        at = app.local(dates.parse_instant(finding.at)).isoformat(" ", "minutes")[:16]
        where = f"{finding.commit[:10]}  {at}  {finding.by}  "
    record = f"{finding.record}: " if finding.record and finding.record not in finding.problem else ""
    return [
        arranged("  {where}{record}{problem}", where=where, record=record, problem=finding.problem),
        arranged("    -> {hint}", hint=finding.hint),
    ]


def _last(found: Any, faults: int, remarks: int) -> str:
    span = (
        _("since {seal}", seal=found.seal)
        if found.seal
        else _("since {since}", since=found.since[:10])
        if found.since
        else _("from the beginning")
    )
    looked = ngettext("checked {n:,} commit {span}", "checked {n:,} commits {span}", found.commits, span=span)
    if not faults:
        return (
            _("{looked}: no fault, {remarks}", looked=looked, remarks=_remarks(remarks))
            if remarks
            else _("{looked}: no fault", looked=looked)
        )
    return arranged("{looked}: {faults}, {remarks}", looked=looked, faults=_faults(faults), remarks=_remarks(remarks))


def _faults(count: int) -> str:
    return ngettext("{n:,} fault", "{n:,} faults", count)


def _remarks(count: int) -> str:
    return ngettext("{n:,} remark", "{n:,} remarks", count)


# -- seal ----------------------------------------------------------------------------------------------------------------


@leaf.leaf("seal", example='desk audit seal\ndesk audit seal --name q3 --message "Quarterly review, no complaints"')
@click.option("--name", metavar="N", help="What the tag is called behind seal/; default: today's date.")
@click.option("--message", metavar="M", help="What you want to say with it.")
@click.option("--verify/--no-verify", default=True, help="Check history since the last seal first; default: yes.")
@click.option("--sign/--no-sign", default=None, help="Sign the tag; default: if git has a key (user.signingKey).")
@click.option("--publish", metavar="REMOTE", multiple=True, help="Push it to an auditor's repository; repeat for more.")
@click.option("--print", "printed", is_flag=True, help="Print it as three lines, for paper or a mail.")
def seal(
    app: App,
    name: str | None,
    message: str | None,
    *,
    verify: bool,
    sign: bool | None,
    publish: tuple[str, ...],
    printed: bool,
) -> Done:
    """Seal history up to now: an annotated tag with its counts and digest. Level 3.

    A commit rewritten after that shows. Put a copy of the seal where nobody who can write here can change it: push the
    tag to another remote, or print the digest. Nothing is sealed over faults or hand edits that are not committed.
    """
    from desk.actions.care import sealing  # noqa: PLC0415 - as above

    done = sealing.seal(app, name, message, verified=verify, sign=sign)
    published = sealing.publish(app, done.name, publish)
    measured = done.measured
    data = {
        "id": done.name,
        "tag": done.tag,
        "commit": done.commit,
        "commits": measured.commits,
        "records": measured.records,
        "kinds": dict(measured.kinds),
        "digest": measured.digest,
        "previous": done.previous,
        "signed": done.signed,
        "verified": done.verified,
        "published": published,
    }
    commits = ngettext("{n:,} commit", "{n:,} commits", measured.commits)
    records = ngettext("{n:,} record", "{n:,} records", measured.records)
    how = _("signed") if done.signed else _("not signed")
    lines: tuple[str, ...] = (
        _(
            "{name}: {commits} and {records} sealed at {commit}, {how}",
            name=done.name,
            commits=commits,
            records=records,
            commit=done.commit[:10],
            how=how,
        ),
        measured.digest,
        "",
        _("Keep a copy where nobody who can write here can change it:"),
        _("  git push REMOTE {done}    or print the line above", done=done.name),
    )
    if printed:
        from desk.audit import witness  # noqa: PLC0415 - as above

        lines = (*lines[:1], "", *witness.printed(sealing.find(app, done.name)))
    elif published:
        lines = (*lines[:2], _("published to {remotes}", remotes=", ".join(published)))
    return Done("seal", data, lines)


# -- cosign --------------------------------------------------------------------------------------------------------------


@leaf.leaf("cosign", example="desk audit cosign\ndesk audit cosign seal/2026-09-30 --publish origin")
@click.argument("seal", required=False)
@click.option("--publish", metavar="REMOTE", multiple=True, help="Push the signature; repeat for more.")
def cosign(app: App, seal: str | None, publish: tuple[str, ...]) -> Done:
    """Sign under a seal as an auditor, in a clone and with a key of your own; default: the newest seal.

    All of history is checked first, and that it continues what you signed last. What doesn't is refused, and kept as
    evidence.
    """
    from desk.actions.care import sealing  # noqa: PLC0415 - as above

    done = sealing.cosign(app, seal)
    published = sealing.publish(app, done.name, publish)
    data = {"id": done.name, "tag": done.tag, "seal": done.seal.name, "commit": done.seal.commit,
            "previous": done.previous, "published": published}  # fmt: skip
    since = _(", which continues {previous}", previous=done.previous) if done.previous else ""
    lines = [_("{name}: signed under {seal}{since}", name=done.name, seal=done.seal.name, since=since)]
    lines.append(
        _("published to {remotes}", remotes=", ".join(published))
        if published
        else _("publish it: git push REMOTE {name}", name=done.name)
    )
    return Done("seal", data, tuple(lines))


# -- seals ---------------------------------------------------------------------------------------------------------------


@leaf.leaf("seals", example="desk audit seals")
def list_(app: App) -> Listing:
    """List the seals, newest first, each measured again: whether it holds, and whose signature it bears."""
    from desk.audit import seals  # noqa: PLC0415 - as above
    from desk.audit import verify as audit_verify  # noqa: PLC0415 - as above

    place, head = app.place, app.store.commit_now()
    every = seals.seals(place)
    known, measuring, there = {s.name: s for s in every}, seals.Measuring(place), seals.in_history(place, every, head)
    rows: list[dict[str, Any]] = []
    for one in reversed(every):
        state = seals.signature(place, one)
        told = seals.problems(place, one, head, known, measured=measuring, there=one.commit in there, state=state)
        found = list(told)
        faults = [f.problem.removeprefix(f"{one.name}: ") for f in found if f.level == audit_verify.FAULT]
        rows.append(
            {
                "id": one.name,
                "at": _moment(one.at) if one.at else None,
                "by": one.by or None,
                "email": one.email or None,
                "commit": one.commit,
                "commits": _count(one.said.get("Seal-Commits")),
                "records": _count(one.said.get("Seal-Records")),
                "digest": one.said.get("Seal-Digest"),
                "previous": (one.said.get("Seal-Previous") or "none").split()[0].replace("none", "") or None,
                "signature": state,
                "holds": not faults,
                "problems": faults,
            }
        )
    app.exit_code = 0 if all(row["holds"] for row in rows) else FOUND
    columns = (
        Column("id", pgettext("column", "SEAL"), "id"),
        Column("at", pgettext("column", "MADE"), "moment"),
        Column("by", pgettext("column", "BY")),
        Column("commits", pgettext("column", "COMMITS"), "number"),
        Column("records", pgettext("column", "RECORDS"), "number", 1),
        Column("signature", pgettext("column", "SIGNATURE"), "word"),
        Column("holds", pgettext("column", "HOLDS"), "verb"),
        Column("problems", pgettext("column", "PROBLEM"), "title"),
        Column("commit", pgettext("column", "COMMIT"), "commit", 2),
    )
    return Listing("seals", rows, columns, _("no seals yet: desk audit seal makes one"))


def _moment(seconds: int) -> str:
    from datetime import UTC, datetime  # noqa: PLC0415 - beside its one use

    from desk.git.objects import clamped  # noqa: PLC0415 - as above

    return utc_text(datetime.fromtimestamp(clamped(seconds), UTC))


def _count(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 18 else None
