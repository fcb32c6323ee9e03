"""The verbs of everything but tickets: people, departments, definitions, knowledge, settings, the desk as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from desk.domain.model.article import DRAFT, PUBLISHED, RETIRED, REVIEW, STATES
from desk.domain.rights.verb import ANY, ANYBODY, OF_CAUSE, Grant, Verb, Words, fields
from desk.text import _, pgettext

ARTICLE = ("article",)
_USER, _BAN, _FIELD = ("user",), ("ban",), ("field",)
SETTINGS, DESK = ("settings",), ("desk",)
"""What is done to desk.toml; and what is done to any number of records of any kind."""

_ONE, _TWO, _THREE = (Grant("staff", level) for level in (1, 2, 3))
"""The level that it takes, which is one and the same for all verbs of a kind (rule 2)."""
_CREATED = Words(_("created"), _("created {what}: {after}"))
_CHANGED = Words(_("changed: {after}"), _("changed {what}: {after}"))
_DELETED = Words(_("deleted"), _("deleted {what}: {before}"))


def _keep(
    kind: str,
    right: Grant,
    functions: tuple[str, str, str],
    command: str | None = None,
    *,
    renamed: Words | None = None,
) -> tuple[Verb, ...]:
    """Create, edit and delete of one kind; `command` is what they share, None where files are written by hand."""
    create, edit, delete = (f"{command} {name}" if command else "commit" for name in ("create", "edit", "delete"))
    otherwise = {"before": renamed} if renamed else {}
    named = fields("named", ANY)
    return (
        Verb("create", (kind,), right, create, functions[0], _CREATED, whole=True),
        Verb("edit", (kind,), right, edit, functions[1], _CHANGED, may=named, otherwise=otherwise),
        Verb("delete", (kind,), right, delete, functions[2], _DELETED, whole=True),
    )


_MET = (
    "user",
    "ban",
    "topic",
    "article",
    "response",
    "checklist",
    "field",
    "staff",
    "machine",
    "department",
    "group",
    "tag",
)
"""Everything that is a record and no ticket."""
_GENERIC = ("domain.changes.generic:create", "domain.changes.generic:edit", "domain.changes.generic:delete")

ROWS: tuple[Verb, ...] = (
    # -- people --------------------------------------------------------------------------------------------------------
    *_keep(
        "user", _ONE,
        ("domain.people.users:register", "domain.people.users:edit", "domain.people.users:delete"), "user",
    ),
    Verb(
        "signup", _USER, ANYBODY, "user signup", "domain.people.users:register",
        Words(_("signed up"), _("signed up {what}")),
        whole=True,
    ),
    Verb(
        "ban", _BAN, _ONE, "user ban", "domain.people.users:ban",
        Words(_("banned"), _("banned an address: {what}")),
        whole=True,
    ),
    Verb(
        "unban", _BAN, _ONE, "user unban", "domain.people.users:unban",
        Words(_("no longer banned"), _("lifted the ban {what}")),
        whole=True,
    ),
    # -- service levels ------------------------------------------------------------------------------------------------
    Verb(
        "check", ("sla",), _ONE, "sla check", "actions.duties:check",
        None,
        told_as=("resume", "renew", "warning", "breach"),
    ),
    # -- knowledge -----------------------------------------------------------------------------------------------------
    *_keep("topic", _TWO, _GENERIC, "kb topic"),
    *_keep(
        "article", _TWO,
        ("domain.knowledge.articles:create", "domain.knowledge.articles:edit", "domain.knowledge.articles:delete"), "kb",
        renamed=Words(_("now called: {after}"), _("renamed {what}: {after} (was: {before})")),
    ),
    Verb(
        "publish", ARTICLE, _TWO, "kb publish", "domain.knowledge.articles:publish",
        Words(_("published"), _("published {what}")),
        (STATES, PUBLISHED), (("state", "value"), *fields("untold", "published", "review", "approved_by")),
    ),
    Verb(
        "submit", ARTICLE, _TWO, "kb review --submit", "domain.knowledge.articles:submit",
        Words(_("handed in for review"), _("handed in {what} for review")),
        ((DRAFT, PUBLISHED, RETIRED), REVIEW), (("state", "value"), ("approved_by", "untold")),
        spoken=pgettext("can't", "wait for review"),
    ),
    Verb(
        "approve", ARTICLE, _TWO, "kb review --approve", "domain.knowledge.articles:approve",
        Words(_("approved"), _("approved {what}")),
        ((REVIEW,), None), (("approved_by", "untold"),),
        spoken=pgettext("can't", "be approved"), instead="first: desk kb review {id} --submit",
    ),
    Verb(
        "return", ARTICLE, _TWO, "kb review --return", "domain.knowledge.articles:send_back",
        Words(_("sent back as a draft"), _("sent {what} back as a draft")),
        ((REVIEW,), DRAFT), (("state", "value"), ("approved_by", "untold")),
        spoken=pgettext("can't", "be sent back"), instead="see: desk kb show {id}",
    ),
    Verb(
        "retire", ARTICLE, _TWO, "kb retire", "domain.knowledge.articles:retire",
        Words(_("retired"), _("retired {what}")),
        ((DRAFT, REVIEW, PUBLISHED), RETIRED), (("state", "value"),),
        spoken=pgettext("can't", "be retired"), instead="see: desk kb history {id}",
    ),
    Verb(
        "move", ARTICLE, _TWO, "kb edit --topic", "domain.knowledge.articles:move",
        Words(_("moved from {before} to {after}"), _("moved {what} from {before} to {after}")),
        may=(("topic", "value"), *fields("untold", "body", "approved_by")),
    ),
    Verb(
        "known-error", ARTICLE, _TWO, "problem known-error", "domain.knowledge.knownerrors:draft_known_error",
        Words(_("drafted from {after}"), _("drafted {what} from {after}")),
        whole=True, told_as=("create",),
    ),
    Verb(
        "relink", ARTICLE, OF_CAUSE, "kb edit --topic", "domain.knowledge.articles:move",
        Words(_("links follow the move to {after}"), _("had the links of {what} follow a move to {after}")),
        may=fields("untold", "body", "approved_by"),
    ),
    Verb(
        "problem-closed", ARTICLE, OF_CAUSE, "ticket close", "domain.knowledge.knownerrors:follow_problem",
        Words(_("its problem {after} was closed"), _("closed the problem {after} of {what}")),
        may=(("approved_by", "untold"),), elsewhere=True,
    ),
    Verb(
        "problem-reopened", ARTICLE, OF_CAUSE, "ticket reopen", "domain.knowledge.knownerrors:follow_problem",
        Words(_("its problem {after} is open again"), _("opened the problem {after} of {what} again")),
        elsewhere=True,
    ),
    *_keep("response", _TWO, _GENERIC, "response"),
    *_keep("checklist", _TWO, _GENERIC),
    # -- the organisation ----------------------------------------------------------------------------------------------
    *_keep("field", _TWO, _GENERIC, "field"),
    Verb(
        "purge", _FIELD, _TWO, "field purge", "domain.people.definitions:purge",
        None,
        told_as=("edit",),
    ),
    *_keep(
        "staff", _THREE,
        ("domain.people.staff:create", "domain.people.staff:edit", "domain.people.staff:delete"), "staff",
    ),
    *_keep("machine", _THREE, _GENERIC, "machine"),
    *_keep(
        "department", _THREE,
        ("domain.people.departments:create", "domain.people.departments:edit", "domain.people.departments:delete"),
        "department",
    ),
    *_keep("group", _THREE, (_GENERIC[0], _GENERIC[1], "domain.people.definitions:delete_group"), "group"),
    *_keep(
        "tag", _THREE, (_GENERIC[0], _GENERIC[1], "domain.people.definitions:delete_tag"), "tag",
    ),
    # -- the desk as a whole -------------------------------------------------------------------------------------------
    Verb(
        "config", SETTINGS, _THREE, "config set", "commands.care.config:set_",
        Words(_("changed from {before} to {after}"), _("set {what} to {after} (was {before})")),
        may=((ANY, "value"),),
    ),
    Verb(
        "seal", ("history",), _THREE, "audit seal", "audit.seals:make",
        None,
        told_as=(),
    ),
    Verb("init", DESK, ANYBODY, "init", "store.founding:commit_first", None, told_as=("create",)),
    Verb("commit", DESK, OF_CAUSE, "commit", "checks.edits:review", None, told_as=(ANY,)),
    Verb("doctor", DESK, _THREE, "doctor --fix", "doctor.table:mend", None, told_as=(ANY,)),
    Verb(
        "import", DESK, _THREE, "import", "domain.changes.exchange:stages",
        None,
        told_as=("create", "reply", "note", "close"),
    ),
    Verb(
        "decide", (*_MET, *SETTINGS), OF_CAUSE, "sync", "actions.care.sync:sync",
        Words(_("kept {after}, not {before}"), _("met two changes of {what}, and kept {after}, not {before}")),
        elsewhere=True,
    ),
    Verb(
        "rename", ("user",), OF_CAUSE, "sync", "actions.care.sync:sync",
        Words(_("one with {before}"), _("found that {what} and {before} are one")),
        elsewhere=True,
    ),
    Verb(
        "undo",
        (*_MET, *SETTINGS),
        OF_CAUSE, "ticket undo", "domain.changes.undo:undo",
        Words(_("taken back: {after}"), _("took back the last change of {what}: {after}")),
        may=((ANY, "untold"),),
    ),
)  # fmt: skip
ON_ARTICLES: Mapping[str, Verb] = MappingProxyType({verb.name: verb for verb in ROWS if verb.kinds == ARTICLE})
