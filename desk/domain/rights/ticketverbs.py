"""The verbs of tickets, a row each: the desk's own stand last. docs/states.md has them in this order."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from desk.domain.model.states import CLOSED, LIVE, OPEN, PENDING, STATES
from desk.domain.rights.verb import (
    ANY,
    BEATEN,
    DEPARTMENT,
    DESK_ALONE,
    NAMED,
    OF_CAUSE,
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
from desk.text import _, arranged, pgettext

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
_BY_MAIL = fields("untold", "numbers", "cc")
"""What a mail brings beside its text."""
_OWNER_OFF = ("unassign", ("owner",))
"""An owner who can't go on with it (rule 3)."""


def _own(line: int, word: int, *, public: bool = False, requester: bool = False) -> Grant:
    """On tickets of departments they serve, or that they wrote (rule 1)."""
    return Grant("staff", 1, everywhere=False, public=public, requester=requester, line=line, word=word)


ROWS: tuple[Verb, ...] = (
    Verb(
        "create", _KINDS, Grant("staff", 1, public=True, requester=True, line=1, word=1), "ticket create",
        "domain.tickets.lifecycle:create",
        Words(_("registered in {after}"), _("registered {what} in {after}")),
        whole=True,
        brings=(_STEPS,),
        hears=(
            Hearing("create", "a ticket is registered, or split off another one", 1, (
                (3, REQUESTER, "ticket-created"),
                (18, DEPARTMENT, "ticket-new"),
            )),
            Hearing("open", "a problem is opened from an incident", 2, ((19, DEPARTMENT, "ticket-new"),)),
        ),
    ),
    # -- whose it is ---------------------------------------------------------------------------------------------------
    Verb(
        "assign", _KINDS, _own(2, 1), "ticket assign", "domain.tickets.ownership:assign",
        Words(_("assigned to {after}"), _("assigned {what} to {after}")),
        _ALWAYS, (("owner", "value"),),
        hears=(Hearing("assign", "a ticket gets an owner", 3, ((5, OWNER, "ticket-assigned"),)),),
    ),
    Verb(
        "unassign", _KINDS, _own(2, 2), "ticket unassign", "domain.tickets.ownership:unassign",
        Words(_("owner {before} taken off"), _("took the owner {before} off {what}")),
        _ALWAYS, (("owner", "value"),),
    ),
    Verb(
        "escalate", _KINDS, _own(2, 3), "ticket escalate", "domain.tickets.ownership:escalate",
        Words(_("escalated to {after}"), _("escalated {what} to {after}")),
        _WHILE_LIVE, (("owner", "value"),),
        hears=(Hearing("escalate", "a ticket is handed to another owner", 4, ((6, OWNER, "ticket-assigned"),)),),
    ),
    Verb(
        "escalate-up", _KINDS, _own(2, 4), "ticket escalate --up", "domain.tickets.ownership:escalate_up",
        Words(_("escalated upwards: {after} is told"), _("escalated {what} upwards: {after} is told")),
        _WHILE_LIVE, (("watchers", "untold"),), spoken=pgettext("can't", "escalate"),
        hears=(
            Hearing("escalate-up", "a ticket is escalated upwards, and its owner goes on with the work", 5, (
                (7, NAMED, "ticket-escalated"),
            ), urgent=True),
        ),
    ),
    Verb(
        "move", _KINDS, _own(7, 2, public=True), "ticket move", "domain.tickets.ownership:move",
        Words(_("moved from {before} to {after}"), _("moved {what} from {before} to {after}")),
        _ALWAYS, (("department", "value"),),
        brings=(_OWNER_OFF, ("major", ("coordinator",)), _STEPS),
        hears=(Hearing("move", "a ticket goes to another department", 10, ((20, DEPARTMENT, "ticket-moved"),)),),
    ),
    # -- what it is ----------------------------------------------------------------------------------------------------
    Verb(
        "classify", _KINDS, _own(2, 5), "ticket classify", "domain.tickets.classification:classify",
        Words(_("now {after}"), _("classified {what} as {after} (was {before})")),
        _ALWAYS, fields("level", "priority", "impact", "urgency"),
    ),
    Verb(
        "tag", _KINDS, _own(2, 6), "ticket tag", "domain.tickets.classification:tag",
        Words(_("tagged {after}"), _("tagged {what} {after}")),
        _ALWAYS, (("tags", "added"),),
        brings=(_STEPS,),
    ),
    Verb(
        "untag", _KINDS, _own(2, 7), "ticket untag", "domain.tickets.classification:untag",
        Words(_("no longer tagged {before}"), _("took the tag {before} off {what}")),
        _ALWAYS, (("tags", "removed"),),
        brings=(_STEPS,),
    ),
    Verb(
        "edit", _KINDS, _own(7, 1, public=True), "ticket edit", "domain.tickets.lifecycle:rewrite",
        Words(_("changed: {after}"), _("changed {what}: {after}")),
        _ALWAYS,
        fields("named", "title", "requester", "service", "channel", "language", "fields", "body"),
        otherwise={"before": Words(_("now called: {after}"), _("renamed {what}: {after} (was: {before})"))},
    ),
    # -- the thread ----------------------------------------------------------------------------------------------------
    Verb(
        "edit-reply", _KINDS, _own(6, 1), "ticket edit --entry", "domain.tickets.thread:edit_reply",
        None,
        _WHILE_LIVE, (("thread", "named"),), told_as=("edit",), spoken=pgettext("can't", "edit a reply of"),
    ),
    Verb(
        "note", _KINDS, _own(3, 2), "ticket note", "domain.tickets.thread:add_entry",
        Words(_("private note added"), _("wrote a private note on {what}")),
        _ALWAYS, (("thread", "entry"), *_BY_MAIL),
        hears=(
            Hearing("note", "staff write a private note", 13, (
                (15, OWNER, "ticket-noted"),
                (16, STAFF_WATCHERS, "ticket-noted"),
            ), quotes=True),
        ),
    ),
    Verb(
        "reply", _KINDS, _own(3, 1, requester=True), "ticket reply", "domain.tickets.thread:add_entry",
        Words(_("reply added"), _("replied to {what}")),
        _WHILE_LIVE, (("thread", "entry"), *_BY_MAIL), spoken=pgettext("can't", "reply to"),
        hears=(
            Hearing("reply", "staff answer the requester", 11, (
                (2, REQUESTER, "reply-sent"),
                (23, WATCHERS, "ticket-watched"),
            ), quotes=True, lasting=True),
            Hearing("answer", "the requester writes", 12, (
                (4, RESPONSIBLE, "ticket-answered"),
                (17, STAFF_WATCHERS, "ticket-answered"),
            ), quotes=True),
        ),
    ),
    # -- the state -----------------------------------------------------------------------------------------------------
    Verb(
        "pending", _KINDS, _own(3, 3), "ticket pending", "domain.tickets.lifecycle:pending",
        Words(arranged("{after}"), _("put {what} aside: {after}")),
        (LIVE, PENDING), _STATE, spoken=pgettext("can't", "put aside"),
        hears=(
            Hearing("pending", "the work waits", 14, (
                (14, REQUESTER, "ticket-pending"),
                (26, WATCHERS, "ticket-watched"),
            )),
        ),
    ),
    Verb(
        "close", _KINDS, _own(3, 4, requester=True), "ticket close", "domain.tickets.lifecycle:close",
        Words(arranged("{after}"), _("closed {what} {rest}")),
        (LIVE, CLOSED), _STATE,
        hears=(
            Hearing("close", "the work is done", 15, (
                (12, REQUESTER, "ticket-closed"),
                (24, WATCHERS, "ticket-watched"),
            ), lasting=True),
        ),
    ),
    Verb(
        "reopen", _KINDS, _own(3, 5, requester=True), "ticket reopen", "domain.tickets.lifecycle:reopen",
        Words(_("open again"), _("opened {what} again")),
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
        Words(_("a major incident, coordinated by {after}"), _("made {what} a major incident, coordinated by {after}")),
        _WHILE_LIVE, (("major", "untold"), ("coordinator", "value")), spoken=pgettext("can't", "declare a major incident of"),
        otherwise={
            "no after": Words(_("coordinator {before} taken off"), _("took the coordinator {before} off {what}")),
            "neither": Words(_("a major incident, coordinated by nobody"), _("made {what} a major incident")),
        },
        hears=(
            Hearing("major", "an incident is declared a major one, or gets another coordinator", 6, (
                (8, DEPARTMENT, "ticket-major"),
            ), urgent=True),
        ),
    ),
    Verb(
        "major-off", _KINDS, _own(5, 2), "ticket major --off", "domain.tickets.major:end",
        Words(_("no longer a major incident"), _("ended the major incident {what}")),
        _ALWAYS, (("major", "untold"), ("coordinator", "value")),
    ),
    Verb(
        "review", _KINDS, _own(5, 3), "ticket review", "domain.tickets.major:review",
        Words(_("review written"), _("wrote the review of {what}")),
        ((CLOSED,), None), (("review", "untold"),),
    ),
    Verb(
        "checklist", _KINDS, _own(5, 4), "ticket checklist", "domain.tickets.checklists:put",
        Words(_("checklist added: {after}"), _("added a checklist to {what}: {after}")),
        _WHILE_LIVE, (("checklist", "untold"),), spoken=pgettext("can't", "put a checklist on"),
    ),
    Verb(
        "check", _KINDS, _own(5, 5), "ticket check", "domain.tickets.checklists:check",
        Words(_("done: {after}"), _("ticked off a step of {what}: {after}")),
        _ALWAYS, (("checklist", "step"),),
    ),
    Verb(
        "uncheck", _KINDS, _own(5, 6), "ticket check --undo", "domain.tickets.checklists:check",
        Words(_("to be done again: {before}"), _("took back a step of {what}: {before}")),
        _ALWAYS, (("checklist", "step"),),
    ),
    # -- problems ------------------------------------------------------------------------------------------------------
    Verb(
        "transfer", _KINDS, _own(7, 5, public=True), "ticket transfer", "domain.tickets.relations:transfer",
        Words(_("handed to problem management as {after}"), _("handed {what} to problem management as {after}")),
        _ALWAYS, (("links", "untold"),),
        brings=(("tag", ("tags",)), _STEPS),
        carries=True,
    ),
    Verb(
        "cause", _KINDS, _own(4, 1), "problem cause", "domain.tickets.problems:cause",
        Words(_("cause: {after}"), _("recorded the cause of {what}: {after}")),
        _ALWAYS, (("cause", "text"),),
    ),
    Verb(
        "workaround", _KINDS, _own(4, 2), "problem workaround", "domain.tickets.problems:workaround",
        Words(_("workaround: {after}"), _("recorded a workaround of {what}: {after}")),
        _ALWAYS, (("workaround", "text"),),
    ),
    Verb(
        "resolve", _KINDS, _own(4, 3), "problem resolve", "domain.tickets.problems:resolve",
        Words(_("solved"), _("solved {what}: {after}")),
        (LIVE, CLOSED), (("fix", "text"),),
    ),
    # -- what belongs together -----------------------------------------------------------------------------------------
    Verb(
        "link", _KINDS, _own(6, 2), "ticket link", "domain.tickets.relations:link",
        Words(_("linked: {after}"), _("linked {what}: {after}")),
        _ALWAYS, (("links", "added"),),
    ),
    Verb(
        "unlink", _KINDS, _own(6, 3), "ticket unlink", "domain.tickets.relations:unlink",
        Words(_("no longer linked: {before}"), _("unlinked {what}: {before}")),
        _ALWAYS, (("links", "removed"), ("merged_into", "untold")),
    ),
    Verb(
        "watch", _KINDS, _own(6, 4), "ticket watch", "domain.tickets.watching:watch",
        Words(_("watched by {after}"), _("made {after} a watcher of {what}")),
        _ALWAYS, (("watchers", "added"),),
    ),
    Verb(
        "unwatch", _KINDS, _own(6, 5), "ticket unwatch", "domain.tickets.watching:unwatch",
        Words(_("no longer watched by {before}"), _("took the watcher {before} off {what}")),
        _ALWAYS, (("watchers", "removed"),),
    ),
    Verb(
        "merge", _KINDS, _own(7, 3, public=True), "ticket merge", "domain.tickets.relations:merge",
        Words(_("merged into {after}"), _("merged {what} into {after}")),
        (STATES, CLOSED),
        fields("untold", "state", *_STANDING, "thread", "watchers", "merged_into"),
        otherwise={"before": Words(_("took over {before}"), _("had {what} take over {before}"))},
        brings=(
            ("tag", ("tags",)), ("classify", ("priority", "impact", "urgency")), ("edit", ("service", "fields")),
            ("link", ("links",)), ("unlink", ("links",)), _STEPS,
        ),
        carries=True,
        hears=(
            Hearing("merge", "the work goes on in another ticket", 17, (
                (1, REQUESTER, "ticket-merged"),
                (22, WATCHERS, "ticket-watched"),
            ), lasting=True),
        ),
    ),
    Verb(
        "split", _KINDS, _own(7, 4, public=True), "ticket split", "domain.tickets.relations:split",
        Words(_("split off as {after}"), _("split {after} off {what}")),
        _ALWAYS, fields("untold", "links", "thread"), carries=True,
    ),
    # -- back, and away ------------------------------------------------------------------------------------------------
    Verb(
        "undo", _KINDS, _own(8, 1, public=True), "ticket undo", "domain.changes.undo:undo",
        Words(_("taken back: {after}"), _("took back the last change of {what}: {after}")),
        _ALWAYS, ((ANY, "untold"),),
    ),
    Verb(
        "delete", _KINDS, Grant("staff", 3, line=9, word=1), "ticket delete", "domain.tickets.lifecycle:delete",
        Words(_("deleted: {before}"), _("deleted {what}: {before}")),
        _ALWAYS, whole=True, carries=True,
    ),
    # -- clones that meet ----------------------------------------------------------------------------------------------
    Verb(
        "decide", _KINDS, OF_CAUSE, "sync", "actions.care.sync:sync",
        Words(_("kept {after}, not {before}"), _("met two changes of {what}, and kept {after}, not {before}")),
        elsewhere=True,
        hears=(
            Hearing("decide", "two clones met, and of two changes of one thing another one was kept", 18, (
                (27, BEATEN, "sync-decided"),
            )),
        ),
    ),
    Verb(
        "rename", _KINDS, OF_CAUSE, "sync", "actions.care.sync:sync",
        Words(
            _("called {after} from now on: another ticket is {before}"),
            _("called {what} so from now on: another ticket is {before}"),
        ),
        elsewhere=True,
    ),
    # -- the desk's own ------------------------------------------------------------------------------------------------
    Verb(
        "resume", _KINDS, DESK_ALONE, "sla check", "domain.levels.check:act",
        Words(_("open again: its day has come"), _("opened {what} again")),
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
        Words(_("due times brought up to date"), _("brought the due times of {what} up to date")),
        may=fields("untold", *CLOCKS),
    ),
    Verb(
        "warning", _KINDS, DESK_ALONE, "sla check", "domain.levels.clocks:with_lines",
        Words(_("due soon: {after}"), _("warned that {what} is due soon: {after}")),
        _WHILE_LIVE, fields("untold", *CLOCKS),
        brings=(("escalate-up", ("watchers",)),),
        hears=(
            Hearing("warning", "most of the time for a reply or a resolution has passed", 7, (
                (10, RESPONSIBLE, "ticket-due"),
            ), urgent=True),
        ),
    ),
    Verb(
        "breach", _KINDS, DESK_ALONE, "sla check", "domain.levels.clocks:with_lines",
        Words(_("missed: {after}"), _("noted what was missed on {what}: {after}")),
        may=fields("untold", *CLOCKS),
        brings=(("escalate-up", ("watchers",)),),
        hears=(Hearing("breach", "a reply or a resolution is overdue", 8, ((9, RESPONSIBLE, "ticket-late"),), urgent=True),),
    ),
    Verb(
        "undelivered", _KINDS, DESK_ALONE, "mail send", "domain.tickets.thread:add_undelivered",
        Words(_("not delivered to {after}"), _("noted on {what} that a message to {after} was not delivered")),
        may=(("thread", "note"),),
        hears=(
            Hearing("undelivered", "a message to somebody was refused for good, or came back", 19, (
                (28, RESPONSIBLE, "ticket-noted"),
            ), quotes=True),
        ),
    ),
)  # fmt: skip
BY_NAME: Mapping[str, Verb] = MappingProxyType({verb.name: verb for verb in ROWS})
