"""Words that people bring from other programs, and the command or option that means the same here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

_COMMANDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "view": ("show",),
        "get": ("show",),
        "cat": ("show",),
        "info": ("show",),
        "display": ("show",),
        "describe": ("show",),
        "print": ("show",),
        "open": ("create",),
        "new": ("create",),
        "add": ("create",),
        "register": ("create",),
        "update": ("edit",),
        "change": ("edit",),
        "modify": ("edit",),
        "set": ("edit",),
        "rename": ("edit",),
        "comment": ("reply",),
        "message": ("reply",),
        "annotate": ("note",),
        "memo": ("note",),
        "answer": ("reply",),
        "respond": ("reply",),
        "resolve": ("close",),
        "done": ("close",),
        "finish": ("close",),
        "solve": ("close",),
        "take": ("assign",),
        "claim": ("assign",),
        "own": ("assign",),
        "give": ("assign",),
        "reassign": ("escalate",),
        "handoff": ("escalate",),
        "release": ("unassign",),
        "hold": ("pending",),
        "park": ("pending",),
        "defer": ("pending",),
        "postpone": ("pending",),
        "wait": ("pending",),
        "snooze": ("pending",),
        "duplicate": ("close",),
        "resume": ("reopen",),
        "restart": ("reopen",),
        "revert": ("undo",),
        "rollback": ("undo",),
        "rm": ("delete",),
        "remove": ("delete",),
        "label": ("tag",),
        "unlabel": ("untag",),
        "join": ("merge",),
        "files": ("attachment list",),
        "attachments": ("attachment list",),
        "unfollow": ("unwatch",),
        "priority": ("classify",),
        "prioritise": ("classify",),
        "prioritize": ("classify",),
        "find": ("search", "list"),
        "search": ("list",),
        "ls": ("list", "outbox"),
        "list": ("outbox",),
        "queue": ("outbox",),
        "log": ("history",),
        "outbox": ("outbox",),
        "follow": ("watch",),
        "subscribe": ("watch",),
    }
)
"""Verbs, and the ones that mean the same; the first that the group has is named."""
_WITH: Mapping[str, str] = MappingProxyType(
    {
        "take": " ID --to me",
        "claim": " ID --to me",
        "own": " ID --to me",
        "give": " ID --to WHO",
        "duplicate": " ID --of OTHER",
        "print": " ID -f html",
        "search": " --search WORDS",
        "find": " --search WORDS",
    }
)
"""What stands behind the verb for it to mean the same."""
_GROUPS: Mapping[str, str] = MappingProxyType(
    {
        "new": "ticket create",
        "add": "ticket create",
        "find": "search",
        "users": "user",
        "customer": "user",
        "requester": "user",
        "tickets": "ticket",
        "issue": "ticket",
        "agent": "staff",
        "tags": "tag",
        "label": "tag",
        "settings": "config",
        "article": "kb",
        "template": "response",
        "resolve": "ticket close",
        "revert": "undo",
        "rollback": "undo",
        "man": "help",
        "docs": "help",
        "doc": "help",
        "who": "whoami",
        "me": "whoami",
        "mine": "ticket list --mine",
        "queue": "ticket list --new",
        "inbox": "ticket list --new",
        "drafts": "draft list",
        "due": "sla list",
        "callers": "caller",
        "history": "log",
        "backup": "export",
    }
)
"""What people call the commands at the top."""
_OPTIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "--json": ("-f json",),
        "--csv": ("-f csv",),
        "-o": ("--output FILE", "-f FORMAT, such as -f json"),
        "--output": ("-f FORMAT, such as -f json",),
        "--message": ("--body TEXT", "--reason TEXT"),
        "--text": ("--body TEXT",),
        "--description": ("--body TEXT",),
        "--comment": ("--reason TEXT", "--body TEXT"),
        "--label": ("--tag T",),
        "--assignee": ("--owner WHO", "--to WHO"),
        "--status": ("--state S",),
        "--query": ("--search WORDS",),
        "--from": ("--since D",),
        "--to": ("--until D",),
    }
)
"""Options, and those that mean the same; the first that the command has is named."""
_HISTORY = ("history", "log", "blame")
_LOGGED = ("department", "group", "tag", "field", "machine", "staff", "user", "response", "kb topic", "checklist")
"""Groups whose records have no history of their own: the log has it."""
_DESTROYING = frozenset(("delete", "purge", "drop", "discard", "ban", "undo", "merge"))
"""Verbs that take something away: a word that only looks like one is never answered with it."""


def find_meant(prefix: str, word: str, commands: Collection[str]) -> str:
    """The command that a word means in a group ("" at the top), with what belongs behind it; "" for a word of no other."""
    if not prefix and word in _GROUPS:
        return _GROUPS[word]
    if word in _HISTORY and prefix in _LOGGED:
        return "log --kind " + prefix.rpartition(" ")[2] + " --record ID"
    for verb in _COMMANDS.get(word, ()):
        path = f"{prefix or 'ticket'} {verb}"
        if path in commands:
            return path + (_WITH.get(word, "") if path.startswith("ticket") else "")
    return ""


def harmless(verbs: Iterable[str]) -> list[str]:
    """Verbs that may be named to whoever typed something that looks like one."""
    return [verb for verb in verbs if verb not in _DESTROYING]


def option(known: Collection[str], name: str) -> str:
    """What an option of other programs is called by a command that knows these; "" where there is no such thing."""
    return next((meaning for meaning in _OPTIONS.get(name, ()) if meaning.split()[0] in known), "")
