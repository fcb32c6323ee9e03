"""desk.toml: every setting is one row of SETTINGS; an unknown or ill-typed one is an error that names the nearest."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from desk.errors import ConfigError, did_you_mean
from desk.setting import (
    SECRETS,
    Setting,
    as_choice,
    as_count,
    as_departments,
    as_flag,
    as_folder,
    as_folders,
    as_host,
    as_known,
    as_link,
    as_mailbox,
    as_mailboxes,
    as_matrix,
    as_name,
    as_percent,
    as_png,
    as_port,
    as_signature,
    as_some_words,
    as_sort_of,
    as_table,
    as_tables,
    as_text,
    as_texts,
    as_words,
    as_zone,
    plain,
    without_dates,
)
from desk.text import _, arranged

FILE = "desk.toml"
PARTS = ("records", "kb", "templates")
"""The folders of a desk."""


_LEVELS = ("low", "medium", "high")
_DEFAULT_MATRIX = {
    "high": {"low": "medium", "medium": "high", "high": "high"},
    "medium": {"low": "low", "medium": "medium", "high": "high"},
    "low": {"low": "low", "medium": "low", "high": "medium"},
}
_SECURITY = as_choice("tls", "starttls", "none")
_AUTH = as_choice("password", "xoauth2", "oauthbearer")
_NOBODY = (
    "noreply",
    "no-reply",
    "no_reply",
    "donotreply",
    "do-not-reply",
    "mailer-daemon",
    "postmaster",
    "bounce",
    "bounces",
)

COLUMNS = (
    *(
        "id",
        "state",
        "priority",
        "major",
        "department",
        "owner",
        "unread",
        "undelivered",
        "title",
        "next_due",
        "tags",
        "created",
        "age",
    ),
    *(
        "requester",
        "kind",
        "impact",
        "urgency",
        "service",
        "channel",
        "language",
        "author",
        "pending_until",
        "pending_for",
    ),
    *("closed", "resolution", "replies", "due"),
)
"""The columns that a list of tickets may have (cli.clerk.columns.KNOWN draws them)."""
SORT_KEYS = (
    *("created", "id", "title", "state", "kind", "priority", "impact", "urgency", "department", "owner", "requester"),
    *("channel", "language", "service", "closed", "pending_until", "activity", "due"),
)
"""The fields that it may be sorted by; a - in front is no part of one (domain.model.query.SORTABLE)."""

SETTINGS: Mapping[str, Setting] = MappingProxyType(
    {
        "desk.name": Setting("Service desk", as_text, _("what answers and reports are signed with")),
        "desk.timezone": Setting("UTC", as_zone, _("time zone of days, lists and reports")),
        "desk.languages": Setting(
            ("en", "el"), as_words, _("languages of tickets and answers; the first is the default")
        ),
        "ticket.priorities": Setting(_LEVELS, as_words, _("lowest first; new tickets start with the first")),
        "ticket.impacts": Setting(_LEVELS, as_words, _("impact levels, lowest first")),
        "ticket.urgencies": Setting(_LEVELS, as_words, _("urgency levels, lowest first")),
        "ticket.channels": Setting(
            ("phone", "email", "web", "cli"), as_words, _("ways to reach the desk, preferred first")
        ),
        "ticket.channel": Setting("phone", as_text, _("channel of a ticket that names none")),
        "contact.hours": Setting("24x7", as_text, _("when the desk can be reached")),
        "contact.phone": Setting("-", as_text, _("telephone number in answers")),
        "contact.email": Setting("-", as_text, _("e-mail address in answers")),
        "priority.matrix": Setting(as_matrix(_DEFAULT_MATRIX), as_matrix, _("impact -> urgency -> priority")),
        "priority.fixed": Setting((), as_some_words, _("impacts whose priority is the matrix's, and never overridden")),
        "sla.warn": Setting(75, as_percent, _("per cent of a target after which desk sla check warns")),
        "sla.calendar": Setting(
            MappingProxyType({}), as_table, _("business calendars, beside 24x7: desk help service-levels")
        ),
        "sla.policy": Setting(
            (), as_tables, _("targets of service levels, each policy from a day on; none: nothing is due")
        ),
        "list.limit": Setting(50, as_count, _("rows of a table; 0 for all; machine formats always give all")),
        "command.aliases": Setting(
            MappingProxyType({}), as_texts, _('words for commands, shared by all: ans = "ticket reply @"; desk alias')
        ),
        "list.filters": Setting(
            MappingProxyType({}),
            as_texts,
            _('options of lists by name, shared by all: late = "--overdue"; desk filter'),
        ),
        "list.columns": Setting((), as_known(COLUMNS), _("columns of lists of tickets; empty: the usual ones")),
        "list.sort": Setting(
            "-created", as_sort_of(SORT_KEYS), _("order of lists of tickets: fields, - in front: highest first")
        ),
        "users.share_organisation": Setting(
            False, as_flag, _("whether users of one organisation are shown each other's tickets")
        ),
        "kb.url": Setting(
            "",
            as_link,
            _("where requesters read articles, with {slug} and, if wanted, {language}; answers link there"),
        ),
        "kb.remember_misses": Setting(
            True,
            as_flag,
            _("whether searches that find nothing are kept, on this machine, to see which articles are missing"),
        ),
        "kb.review_days": Setting(
            365, as_count, _("days after publishing until an article is to be looked at again; 0: never")
        ),
        "kb.approval": Setting(
            False, as_flag, _("whether somebody else must approve an article before it is published")
        ),
        "staff.as": Setting(
            "told",
            as_choice("told", "never"),
            _("whether desk --as acts from another's machine: told (the audit remarks it), or never"),
        ),
        "history.titles": Setting(
            False,
            as_flag,
            _("whether commit messages hold titles and texts: only for a desk that holds nothing personal"),
        ),
        "mail.notify": Setting(True, as_flag, _("whether changes of tickets write messages to the outbox")),
        "mail.address": Setting("", as_mailbox, _("address of the desk's mailbox; without one contact.email")),
        "mail.name": Setting(
            "",
            as_signature,
            _(
                "name in front of it, {staff} for who wrote, {desk} for desk.name; without one desk.name",
                staff="{staff}",
                desk="{desk}",
            ),
        ),
        "mail.machines": Setting(
            (), as_mailboxes, _("machines that may take mail in: the addresses that git signs their commits with")
        ),
        "mail.imap.host": Setting("", as_host, _("the server that mail is fetched from; without one none is fetched")),
        "mail.imap.port": Setting(993, as_port, _("its port; 143 for starttls")),
        "mail.imap.security": Setting("tls", _SECURITY, _("tls, starttls, or none on this machine alone")),
        "mail.imap.user": Setting("", as_name, _("who logs in there; without one mail.address")),
        "mail.imap.auth": Setting("password", _AUTH, _("how: password, xoauth2 or oauthbearer")),
        "mail.imap.folder": Setting(("INBOX",), as_folders, _("folders that are emptied, in this order")),
        "mail.imap.processed": Setting(
            "Processed", as_folder, _("where mails go that were taken in; nothing: they are deleted")
        ),
        "mail.imap.held": Setting("Held", as_folder, _("where mails go that were put aside: desk mail held")),
        "mail.imap.rejected": Setting("Rejected", as_folder, _("where mails go that nobody may write")),
        "mail.smtp.host": Setting(
            "", as_host, _("the server that sends, or sendmail, the program; without one nothing is sent")
        ),
        "mail.smtp.port": Setting(587, as_port, _("its port; 465 for tls")),
        "mail.smtp.security": Setting("starttls", _SECURITY, _("tls, starttls, or none on this machine alone")),
        "mail.smtp.user": Setting("", as_name, _("who logs in there; without one mail.address, `none` for no log-in")),
        "mail.smtp.auth": Setting("password", _AUTH, _("how: password, xoauth2 or oauthbearer")),
        "mail.smtp.per_minute": Setting(30, as_count, _("messages sent in a minute at most; 0: as many as there are")),
        "mail.departments": Setting(
            MappingProxyType({}),
            as_departments,
            _("departments by the address that was written to; else the default one"),
        ),
        "mail.accept": Setting(
            "all", as_choice("all", "registered", "known-domains"), _("who may write: all, registered or known-domains")
        ),
        "mail.acknowledge": Setting(True, as_flag, _("whether people who write are told that their mail has arrived")),
        "mail.reopen_days": Setting(
            14, as_count, _("days after closing in which an answer opens a ticket again; later it becomes a new one")
        ),
        "mail.staff": Setting(
            "note", as_choice("note", "reply", "off"), _("what an answer of staff by mail becomes: note, reply, or off")
        ),
        "mail.commands": Setting(
            False, as_flag, _("whether #close, #assign me and the like count at the top of what staff answer by mail")
        ),
        "mail.authserv": Setting(
            (), as_some_words, _("servers whose Authentication-Results count: the names they write there")
        ),
        "mail.plus": Setting(
            True, as_flag, _("whether answers come back to an address of their own, such as desk+260723-7K3Q…@")
        ),
        "mail.max_mb": Setting(30, as_count, _("largest mail that is taken in whole, in MiB")),
        "mail.max_parts": Setting(200, as_count, _("parts that one mail may have")),
        "mail.max_new_per_hour": Setting(
            30, as_count, _("tickets that one sender may open in an hour by mail; more are held; 0: any number")
        ),
        "mail.keep_raw": Setting(
            "signed",
            as_choice("never", "signed", "always"),
            _("which mails are attached as they came: never, signed, always"),
        ),
        "mail.blocked": Setting(
            _NOBODY, as_some_words, _("addresses never written to: noreply (any domain), a@b.example, @b.example")
        ),
        "mail.html": Setting(True, as_flag, _("whether messages have the same words as HTML, too")),
        "mail.header_image": Setting("", as_png, _("picture on top of that, a .png in templates/mail")),
        "mail.digest": Setting(
            "off",
            as_choice("off", "hourly", "daily"),
            _("whether notices to staff are collected: off, hourly, daily; a person's own digest comes first"),
        ),
        "attachment.max_mb": Setting(25, as_count, _("largest attachment, in MiB")),
        "sync.remote": Setting(
            "", as_name, _("the git remote that desk sync meets; without one origin, or the only one")
        ),
        "sync.warn": Setting(60, as_count, _("minutes without a meeting after which desk status says so; 0: never")),
        "seal.cosigners": Setting(0, as_count, _("others who are to sign under a seal within a week; 0: none")),
        "guard.by_hand": Setting(
            True, as_flag, _("whether a guarded server takes commits that plain git made by hand")
        ),
        "sync.branch": Setting("", as_name, _("the branch there; without one, as this desk's is called")),
        "write.lock_timeout": Setting(30, as_count, _("seconds to wait for another desk command")),
    }
)


class Config:
    """The settings in force. `config["ticket.priorities"]`; frozen."""

    __slots__ = ("_given",)

    def __init__(self, given: Mapping[str, Any]) -> None:
        self._given = given

    def __getitem__(self, name: str) -> Any:
        return self._given[name] if name in self._given else SETTINGS[name].default

    def says_the_same(self, other: Config) -> bool:
        """Whether these are the settings of another one, in an object of their own."""
        return self._given == other._given

    def given(self, name: str) -> bool:
        """Whether desk.toml says it, or the default is in force."""
        return name in self._given


Pairs = list[tuple[str, Any]]
"""Settings as desk.toml gives them: name and plain value."""
NESTED = ("priority.matrix", "sla.calendar", "sla.policy", "mail.departments")
"""Settings that are tables of their own: they are written in an editor."""


@lru_cache(maxsize=4)  # an audit asks three times for what hardly ever changes
def load(text: str) -> Config:
    """The settings that the text of desk.toml gives; ConfigError names what is off and what was probably meant."""
    return build(parse(text))


def parse(text: str) -> Pairs:
    """What desk.toml says, before anything is checked."""
    import tomllib  # noqa: PLC0415 - 4 ms that most commands needn't pay

    try:
        return _flatten(tomllib.loads(text))
    except (ValueError, RecursionError) as error:  # a number of thousands of digits is no TOMLDecodeError
        raise ConfigError(
            arranged("{file}: {error}", file=FILE, error=error),
            _("mend the file; desk config list explains each setting"),
        ) from None


def build(pairs: Pairs) -> Config:
    """The settings in force."""
    return Config({name: check(name, value) for name, value in pairs})


def differences(before: str, after: str) -> list[tuple[str, str | None, str | None]]:
    """What a change of desk.toml means: each setting whose value in force is another, before and after, as text.

    None where there is no such value: a name that no setting has, or a text that can't be read.
    """
    was, now = _in_force(before), _in_force(after)
    names = dict.fromkeys((*SETTINGS, *was, *now))
    found = [(name, _told(name, was), _told(name, now)) for name in names]
    return [pair for pair in found if pair[1] != pair[2]]


def _in_force(text: str) -> dict[str, Any]:
    try:
        return dict(parse(text))
    except ConfigError:
        return {}


def is_secret(name: str) -> bool:
    """Whether a name that no setting has asks for something that must not be shown, nor kept here."""
    last = name.rpartition(".")[2].lower()
    return name not in SETTINGS and any(word in last for word in SECRETS)


def _told(name: str, given: Mapping[str, Any]) -> str | None:
    if name in given and is_secret(name):
        return "…"
    if name in given:
        return plain(given[name])
    return plain(SETTINGS[name].default) if name in SETTINGS else None


def _flatten(data: Mapping[str, Any], prefix: str = "") -> Pairs:
    found: Pairs = []
    for key, value in data.items():
        name = prefix + key
        if name in SETTINGS or not isinstance(value, dict):
            found.append((name, without_dates(value) if isinstance(value, dict | list) else value))
        else:
            found += _flatten(value, name + ".")
    return found


def check(name: str, value: Any) -> Any:
    """The value of a setting as it is used; ConfigError for an unknown name or a value that doesn't fit."""
    if name not in SETTINGS and is_secret(name):
        raise ConfigError(
            _(
                "{file}: {name!r} is no place for a secret: everybody who has the desk can read it",
                file=FILE,
                name=name,
            ),
            _(
                "take it out, and change it where it is committed: history keeps it; where secrets belong: desk help mail"
            ),
        )
    if name not in SETTINGS:
        near = did_you_mean(name, SETTINGS)
        raise ConfigError(
            _("{file}: there is no setting {name!r}{near}", file=FILE, name=name, near=near),
            _("desk config list shows all of them"),
        )
    try:
        return SETTINGS[name].check(value)
    except ValueError as error:
        raise ConfigError(
            _("{file}: {name} must be {error}", file=FILE, name=name, error=error),
            arranged("{name}: {help}", name=name, help=SETTINGS[name].help),
        ) from None


def holes(config: Config) -> list[tuple[str, str]]:
    """Pairs of impact and urgency for which the matrix has no priority."""
    matrix = config["priority.matrix"]
    pairs = ((i, u) for i in config["ticket.impacts"] for u in config["ticket.urgencies"])
    return [(i, u) for i, u in pairs if u not in matrix.get(i, {})]


def strangers(config: Config) -> list[tuple[str, str, str]]:
    """Settings that name a word which the list it belongs to doesn't have: the setting, the word, the list."""
    named = [("ticket.channel", config["ticket.channel"], "ticket.channels")]
    named += [("priority.fixed", impact, "ticket.impacts") for impact in config["priority.fixed"]]
    given = dict.fromkeys(priority for row in config["priority.matrix"].values() for priority in row.values())
    named += [("priority.matrix", priority, "ticket.priorities") for priority in given]
    return [(setting, word, where) for setting, word, where in named if word not in config[where]]
