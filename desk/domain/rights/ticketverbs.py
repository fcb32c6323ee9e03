"""The verbs of tickets, a row each: the desk's own stand last. docs/states.md has them in this order."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from desk.domain.model.states import CLOSED, LIVE, OPEN, PENDING, STATES
from desk.domain.rights.verb import (
    ANY,
    DEPARTMENT,
    DESK_ALONE,
    NAMED,
    OWNER,
    REQUESTER,
    RESPONSIBLE,
    STAFF_WATCHERS,
    WATCHERS,
    Grant,
    Hearing,
    Verb,
    Words,
    fields,
)

_KINDS = ("ticket",)
CLOCKS = ("respond_by", "update_by", "due", "paused", "pauses", "sla")
"""Fields of service levels, which follow from whatever happens to a ticket."""
COMES_ALONG = ("renew", "breach")
"""Verbs by which desk tells of them, in a change of whatever kind."""

_ALWAYS, _WHILE_LIVE = (STATES, None), (LIVE, None)
_STANDING = ("closed", "pending_until", "pending_for", "resolution")
_STATE = (("state", "state"), *fields("untold", *_STANDING))
_STEPS = ("checklist", ("checklist",))
"""An automatic checklist, on a ticket that becomes one for which there is one."""
_OWNER_OFF = ("unassign", ("owner",))
"""An owner who can't go on with it (rule 3)."""


def _own(line: int, word: int, *, public: bool = False, requester: bool = False) -> Grant:
    """On tickets of departments they serve, or that they wrote (rule 1)."""
    return Grant("staff", 1, everywhere=False, public=public, requester=requester, line=line, word=word)


ROWS: tuple[Verb, ...] = (
    Verb(
        "create", _KINDS, Grant("staff", 1, public=True, requester=True, line=1, word=1), "ticket create",
        "domain.tickets.lifecycle:create",
        Words("registered in {after}", "registered {what} in {after}"),
        whole=True,
        brings=(_STEPS,),
        hears=(
            Hearing("create", "a ticket is registered, or split off another one", 1, (
                (2, REQUESTER, "ticket-created"),
                (18, DEPARTMENT, "ticket-new"),
            )),
            Hearing("open", "a problem is opened from an incident", 2, ((19, DEPARTMENT, "ticket-new"),)),
        ),
    ),
    # -- whose it is ---------------------------------------------------------------------------------------------------
    Verb(
        "assign", _KINDS, _own(2, 1), "ticket assign", "domain.tickets.ownership:assign",
        Words("assigned to {after}", "assigned {what} to {after}"),
        _ALWAYS, (("owner", "value"),),
        hears=(Hearing("assign", "a ticket gets an owner", 3, ((5, OWNER, "ticket-assigned"),)),),
    ),
    Verb(
        "unassign", _KINDS, _own(2, 2), "ticket unassign", "domain.tickets.ownership:unassign",
        Words("owner {before} taken off", "took the owner {before} off {what}"),
        _ALWAYS, (("owner", "value"),),
    ),
    Verb(
        "escalate", _KINDS, _own(2, 3), "ticket escalate", "domain.tickets.ownership:escalate",
        Words("escalated to {after}", "escalated {what} to {after}"),
        _WHILE_LIVE, (("owner", "value"),),
        hears=(Hearing("escalate", "a ticket is handed to another owner", 4, ((6, OWNER, "ticket-assigned"),)),),
    ),
    Verb(
        "escalate-up", _KINDS, _own(2, 4), "ticket escalate --up", "domain.tickets.ownership:escalate_up",
        Words("escalated upwards: {after} is told", "escalated {what} upwards: {after} is told"),
        _WHILE_LIVE, (("watchers", "untold"),), spoken="escalate",
        hears=(
            Hearing("escalate-up", "a ticket is escalated upwards, and its owner goes on with the work", 5, (
                (7, NAMED, "ticket-escalated"),
            )),
        ),
    ),
    Verb(
        "move", _KINDS, _own(7, 2, public=True), "ticket move", "domain.tickets.ownership:move",
        Words("moved from {before} to {after}", "moved {what} from {before} to {after}"),
        _ALWAYS, (("department", "value"),),
        brings=(_OWNER_OFF, ("major", ("coordinator",)), _STEPS),
        hears=(Hearing("move", "a ticket goes to another department", 10, ((20, DEPARTMENT, "ticket-moved"),)),),
    ),
    # -- what it is ----------------------------------------------------------------------------------------------------
    Verb(
        "classify", _KINDS, _own(2, 5), "ticket classify", "domain.tickets.classification:classify",
        Words("now {after}", "classified {what} as {after} (was {before})"),
        _ALWAYS, fields("level", "priority", "impact", "urgency"),
    ),
    Verb(
        "tag", _KINDS, _own(2, 6), "ticket tag", "domain.tickets.classification:tag",
        Words("tagged {after}", "tagged {what} {after}"),
        _ALWAYS, (("tags", "added"),),
        brings=(_STEPS,),
    ),
    Verb(
        "untag", _KINDS, _own(2, 7), "ticket untag", "domain.tickets.classification:untag",
        Words("no longer tagged {before}", "took the tag {before} off {what}"),
        _ALWAYS, (("tags", "removed"),),
        brings=(_STEPS,),
    ),
    Verb(
        "edit", _KINDS, _own(7, 1, public=True), "ticket edit", "domain.tickets.lifecycle:rewrite",
        Words("changed: {after}", "changed {what}: {after}"),
        _ALWAYS,
        fields("named", "title", "requester", "service", "channel", "language", "fields", "body"),
        otherwise={"before": Words("now called: {after}", "renamed {what}: {after} (was: {before})")},
    ),
    # -- the thread ----------------------------------------------------------------------------------------------------
    Verb(
        "edit-reply", _KINDS, _own(6, 1), "ticket edit --entry", "domain.tickets.thread:edit_reply",
        None,
        _WHILE_LIVE, (("thread", "named"),), told_as=("edit",), spoken="edit a reply of",
    ),
    Verb(
        "note", _KINDS, _own(3, 2), "ticket note", "domain.tickets.thread:add_entry",
        Words("private note added", "wrote a private note on {what}"),
        _ALWAYS, (("thread", "entry"),),
        hears=(
            Hearing("note", "staff write a private note", 13, (
                (15, OWNER, "ticket-noted"),
                (16, STAFF_WATCHERS, "ticket-noted"),
            )),
        ),
    ),
    Verb(
        "reply", _KINDS, _own(3, 1, requester=True), "ticket reply", "domain.tickets.thread:add_entry",
        Words("reply added", "replied to {what}"),
        _WHILE_LIVE, (("thread", "entry"),), spoken="reply to",
        hears=(
            Hearing("reply", "staff answer the requester", 11, (
                (3, REQUESTER, "reply-sent"),
                (23, WATCHERS, "ticket-watched"),
            )),
            Hearing("answer", "the requester writes", 12, (
                (4, RESPONSIBLE, "ticket-answered"),
                (17, STAFF_WATCHERS, "ticket-answered"),
            )),
        ),
    ),
    # -- the state -----------------------------------------------------------------------------------------------------
    Verb(
        "pending", _KINDS, _own(3, 3), "ticket pending", "domain.tickets.lifecycle:pending",
        Words("{after}", "put {what} aside: {after}"),
        (LIVE, PENDING), _STATE, spoken="put aside",
        hears=(
            Hearing("pending", "the work waits", 14, (
                (14, REQUESTER, "ticket-pending"),
                (26, WATCHERS, "ticket-watched"),
            )),
        ),
    ),
    Verb(
        "close", _KINDS, _own(3, 4, requester=True), "ticket close", "domain.tickets.lifecycle:close",
        Words("{after}", "closed {what} {rest}"),
        (LIVE, CLOSED), _STATE,
        hears=(
            Hearing("close", "the work is done", 15, (
                (12, REQUESTER, "ticket-closed"),
                (24, WATCHERS, "ticket-watched"),
            )),
        ),
    ),
    Verb(
        "reopen", _KINDS, _own(3, 5, requester=True), "ticket reopen", "domain.tickets.lifecycle:reopen",
        Words("open again", "opened {what} again"),
        ((PENDING, CLOSED), OPEN), _STATE,
        brings=(_OWNER_OFF,),
        hears=(
            Hearing("reopen", "the work is taken up again", 16, (
                (13, REQUESTER, "ticket-reopened"),
                (21, OWNER, "ticket-watched"),
                (25, WATCHERS, "ticket-watched"),
            )),
        ),
    ),
    # -- major incidents and checklists --------------------------------------------------------------------------------
    Verb(
        "major", _KINDS, _own(5, 1), "ticket major", "domain.tickets.major:declare",
        Words("a major incident, coordinated by {after}", "made {what} a major incident, coordinated by {after}"),
        _WHILE_LIVE, (("major", "untold"), ("coordinator", "value")), spoken="declare a major incident of",
        otherwise={
            "no after": Words("coordinator {before} taken off", "took the coordinator {before} off {what}"),
            "neither": Words("a major incident, coordinated by nobody", "made {what} a major incident"),
        },
        hears=(
            Hearing("major", "an incident is declared a major one, or gets another coordinator", 6, (
                (8, DEPARTMENT, "ticket-major"),
            )),
        ),
    ),
    Verb(
        "major-off", _KINDS, _own(5, 2), "ticket major --off", "domain.tickets.major:end",
        Words("no longer a major incident", "ended the major incident {what}"),
        _ALWAYS, (("major", "untold"), ("coordinator", "value")),
    ),
    Verb(
        "review", _KINDS, _own(5, 3), "ticket review", "domain.tickets.major:review",
        Words("review written", "wrote the review of {what}"),
        ((CLOSED,), None), (("review", "untold"),),
    ),
    Verb(
        "checklist", _KINDS, _own(5, 4), "ticket checklist", "domain.tickets.checklists:put",
        Words("checklist added: {after}", "added a checklist to {what}: {after}"),
        _WHILE_LIVE, (("checklist", "untold"),), spoken="put a checklist on",
    ),
    Verb(
        "check", _KINDS, _own(5, 5), "ticket check", "domain.tickets.checklists:check",
        Words("done: {after}", "ticked off a step of {what}: {after}"),
        _ALWAYS, (("checklist", "step"),),
    ),
    Verb(
        "uncheck", _KINDS, _own(5, 6), "ticket check --undo", "domain.tickets.checklists:check",
        Words("to be done again: {before}", "took back a step of {what}: {before}"),
        _ALWAYS, (("checklist", "step"),),
    ),
    # -- problems ------------------------------------------------------------------------------------------------------
    Verb(
        "transfer", _KINDS, _own(7, 5, public=True), "ticket transfer", "domain.tickets.relations:transfer",
        Words("handed to problem management as {after}", "handed {what} to problem management as {after}"),
        _ALWAYS, (("links", "untold"),),
        brings=(("tag", ("tags",)), _STEPS),
        carries=True,
    ),
    Verb(
        "cause", _KINDS, _own(4, 1), "problem cause", "domain.tickets.problems:cause",
        Words("cause: {after}", "recorded the cause of {what}: {after}"),
        _ALWAYS, (("cause", "text"),),
    ),
    Verb(
        "workaround", _KINDS, _own(4, 2), "problem workaround", "domain.tickets.problems:workaround",
        Words("workaround: {after}", "recorded a workaround of {what}: {after}"),
        _ALWAYS, (("workaround", "text"),),
    ),
    Verb(
        "resolve", _KINDS, _own(4, 3), "problem resolve", "domain.tickets.problems:resolve",
        Words("solved", "solved {what}: {after}"),
        (LIVE, CLOSED), (("fix", "text"),),
    ),
    # -- what belongs together -----------------------------------------------------------------------------------------
    Verb(
        "link", _KINDS, _own(6, 2), "ticket link", "domain.tickets.relations:link",
        Words("linked: {after}", "linked {what}: {after}"),
        _ALWAYS, (("links", "added"),),
    ),
    Verb(
        "unlink", _KINDS, _own(6, 3), "ticket unlink", "domain.tickets.relations:unlink",
        Words("no longer linked: {before}", "unlinked {what}: {before}"),
        _ALWAYS, (("links", "removed"), ("merged_into", "untold")),
    ),
    Verb(
        "watch", _KINDS, _own(6, 4), "ticket watch", "domain.tickets.watching:watch",
        Words("watched by {after}", "made {after} a watcher of {what}"),
        _ALWAYS, (("watchers", "added"),),
    ),
    Verb(
        "unwatch", _KINDS, _own(6, 5), "ticket unwatch", "domain.tickets.watching:unwatch",
        Words("no longer watched by {before}", "took the watcher {before} off {what}"),
        _ALWAYS, (("watchers", "removed"),),
    ),
    Verb(
        "merge", _KINDS, _own(7, 3, public=True), "ticket merge", "domain.tickets.relations:merge",
        Words("merged into {after}", "merged {what} into {after}"),
        (STATES, CLOSED),
        fields("untold", "state", *_STANDING, "thread", "watchers", "merged_into"),
        otherwise={"before": Words("took over {before}", "had {what} take over {before}")},
        carries=True,
        hears=(
            Hearing("merge", "the work goes on in another ticket", 17, (
                (1, REQUESTER, "ticket-merged"),
                (22, WATCHERS, "ticket-watched"),
            )),
        ),
    ),
    Verb(
        "split", _KINDS, _own(7, 4, public=True), "ticket split", "domain.tickets.relations:split",
        Words("split off as {after}", "split {after} off {what}"),
        _ALWAYS, fields("untold", "links", "thread"), carries=True,
    ),
    # -- back, and away ------------------------------------------------------------------------------------------------
    Verb(
        "undo", _KINDS, _own(8, 1, public=True), "ticket undo", "domain.changes.undo:undo",
        Words("taken back: {after}", "took back the last change of {what}: {after}"),
        _ALWAYS, ((ANY, "untold"),),
    ),
    Verb(
        "delete", _KINDS, Grant("staff", 3, line=9, word=1), "ticket delete", "domain.tickets.lifecycle:delete",
        Words("deleted: {before}", "deleted {what}: {before}"),
        _ALWAYS, whole=True, aftermath=("links", "merged_into"), carries=True,
    ),
    # -- the desk's own ------------------------------------------------------------------------------------------------
    Verb(
        "resume", _KINDS, DESK_ALONE, "sla check", "domain.levels.check:act",
        Words("open again: its day has come", "opened {what} again: its day has come"),
        ((PENDING,), OPEN), _STATE,
        brings=(_OWNER_OFF,),
        hears=(
            Hearing("resume", "the day has come on which a pending ticket comes back", 9, (
                (11, RESPONSIBLE, "ticket-back"),
            )),
        ),
    ),
    Verb(
        "renew", _KINDS, DESK_ALONE, "sla check", "domain.levels.check:act",
        Words("due times brought up to date", "brought the due times of {what} up to date"),
        may=fields("untold", *CLOCKS),
    ),
    Verb(
        "warning", _KINDS, DESK_ALONE, "sla check", "domain.levels.clocks:with_lines",
        Words("due soon: {after}", "warned that {what} is due soon: {after}"),
        _WHILE_LIVE, fields("untold", *CLOCKS),
        brings=(("escalate-up", ("watchers",)),),
        hears=(
            Hearing("warning", "most of the time for a reply or a resolution has passed", 7, (
                (10, RESPONSIBLE, "ticket-due"),
            )),
        ),
    ),
    Verb(
        "breach", _KINDS, DESK_ALONE, "sla check", "domain.levels.clocks:with_lines",
        Words("missed: {after}", "noted what was missed on {what}: {after}"),
        may=fields("untold", *CLOCKS),
        brings=(("escalate-up", ("watchers",)),),
        hears=(Hearing("breach", "a reply or a resolution is overdue", 8, ((9, RESPONSIBLE, "ticket-late"),)),),
    ),
)  # fmt: skip
BY_NAME: Mapping[str, Verb] = MappingProxyType({verb.name: verb for verb in ROWS})
