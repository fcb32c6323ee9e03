"""What the program leaves in English when it speaks the language of tests: see tests/locale/pseudo.py."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from desk.cli.table import COMMANDS
from tests.conftest import Result, Runner
from tests.locale import pseudo

DATA = """
    quibblewort in the ward indeed again and then too town village zanthippe quaxley jr fizzgigmarrow gmarrow every morning
    vexillary foundation maria georgiou petros ioannou eleni nikos christou anna technical legal operation services re call
    hello good day dear en el x y ncpeh cyprus contact point note txt scan u b how to md desk origin main true spelling by in
    caused relates causes ward asia nicosia faq questions frequently asked id ids json csv yaml jsonl table
    information security semantic organizational
"""
"""What the steps write, and names of what the starter desk has."""
TYPED = """
    incident problem create edit close reply tag note link unlink escalate move assign unassign classify pending open closed
    reopen delete merge split transfer undo checklist check watch unwatch major review import config publish submit retire ban
    unban undelivered breach salts attachments records folders sendmail title body channel reason state owner department
    requester commit git show sha256 low medium high patient safety phone email web cli problem-closed for until priority unread
    tags created age kind impact urgency service language author resolution replies due hour weekday attachment office
"""
"""Names of verbs, fields and values, as somebody types them."""
ALLOWED = set((DATA + TYPED).split())
WORDS = re.compile(r"(?<![\w@/.=:#-])[A-Za-z][A-Za-z']+(?![\w@/=]|[.:][\w/])")
TO_TYPE = re.compile(rf"\b(desk )?({'|'.join(sorted(COMMANDS, reverse=True))})(?![\w-])")
"""A command within a sentence."""


def leaks(result: Result, typed: tuple[str, ...]) -> list[str]:
    """Words of an answer that were neither said nor written by somebody."""
    data = {"ids", "json", "csv", "yaml", "jsonl"} & set(typed)
    text = ("" if data else result.out) + result.err
    known = ALLOWED | {w.lower() for given in typed for w in re.findall(r"[A-Za-z']+", given)}
    return [w for w in WORDS.findall(TO_TYPE.sub("", text)) if w.lower().strip("'") not in known]


class Listener:
    """The program in that language, as `desk` is, and the words that it left in English, by command."""

    def __init__(self, desk: Runner, catalogues: Path) -> None:
        self.desk = desk
        self.speaking = {"DESK_LOCALE": str(catalogues), "DESK_LANG": pseudo.LANGUAGE}
        self.left: dict[str, list[str]] = {}

    def __call__(self, *args: str, env: dict[str, str] | None = None, **more: Any) -> Result:
        result = self.desk(*args, env={**self.speaking, **(env or {})}, **more)
        if words := leaks(result, args):
            self.left[" ".join(args)[:60]] = words
        return result
