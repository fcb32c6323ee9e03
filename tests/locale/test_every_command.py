"""Every command in a language that only tests speak: each letter outside of ⟦ ⟧ is data, typed as it stands, or a mistake."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from desk.cli.table import COMMANDS
from tests.conftest import Result, Runner
from tests.locale import pseudo
from tests.privacy.test_canary import STEPS, Story

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
APART = frozenset(("guard relay", "user signup", "mail run"))
"""Steps that need a desk of their own; their words are those of other commands."""
READS = """
today | ticket list | ticket list --state any --columns id,state,priority,kind,impact,urgency,channel,age,due,closed,resolution
ticket list -f md | ticket show T | ticket show T -f md | ticket history T | ticket escalations T | ticket attachment list T
incident list | problem list | problem candidates | problem show P | sla list | sla check | caller x@y.example | whoami
alias list | filter list | log --limit 40 | handover | handover -f md | stats | stats --by department | stats --by priority
stats -f md | activity | report list | report daily | report weekly -f md | report monthly | report sla | report workload
report backlog | report problems | kb review | user bans | machine list | status | audit seals | index status | index rebuild
guard status | undo | ticket list --state nope | ticket list --since foo | ticket show 9ZZZ | ticket close | ticket create
nope | ticket nope | ticket list --nope | ticket list --limit x | config set foo 3 | config set write.lock_timeout x
user create --email bad | kb publish A | init . | audit log | close | tikcet list | config set desk.nmae x
calendar show ofice | ticket list --columns tilte | ticket list --page 99 | ticket list --state any --limit 1
incident list --owner nobody | ticket list --sort nix | ticket list --tag nix | caller georgiu | ticket show T --jsno
ticket create --requester qqq | ticket edit T --priority hihg | undo --steps 99 | audit verify --since nix | kb show nix
report weekly --at foo | ticket list --updated foo | ticket list --filter nix | sla show nix | search zzqqy
user show nix | staff show nix | department show nix | ticket checklist T --check 99 | config unset nix | stats --by nix
ticket attachment save T nix | checklist show nix | response show nix | draft resume nix | machine show nix
"""


def leaks(result: Result, typed: tuple[str, ...]) -> list[str]:
    """Words of an answer that were neither said nor written by somebody."""
    data = {"ids", "json", "csv", "yaml", "jsonl"} & set(typed)
    text = ("" if data else result.out) + result.err
    known = ALLOWED | {w.lower() for given in typed for w in re.findall(r"[A-Za-z']+", given)}
    return [w for w in WORDS.findall(TO_TYPE.sub("", text)) if w.lower().strip("'") not in known]


@pytest.fixture(scope="module")
def catalogues(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return pseudo.write(tmp_path_factory.mktemp("locale"))


@pytest.fixture
def speaking(desk: Runner, catalogues: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Runner, dict[str, list[str]]]:
    """The program in that language, and what it left in English, by command."""
    monkeypatch.setenv("DESK_LOCALE", str(catalogues))
    monkeypatch.setenv("DESK_LANG", pseudo.LANGUAGE)
    found: dict[str, list[str]] = {}

    def run(*args: str, code: int | None = 0, **more: Any) -> Result:
        result = desk(*args, code=code, **more)
        if words := leaks(result, args):
            found[" ".join(args)[:60]] = words
        return result

    return run, found


def test_everything_that_is_done_is_said(speaking: tuple[Runner, dict[str, list[str]]], home: Path) -> None:
    run, found = speaking
    story = Story(run, home)
    for name in [n for n in STEPS if n not in APART]:
        STEPS[name](story)
    assert found == {}


def test_everything_that_is_asked_is_said(speaking: tuple[Runner, dict[str, list[str]]], home: Path) -> None:
    run, found = speaking
    story = Story(run, home)
    ticket, problem = story.ticket("--tag", "incident", "--requester", "x@y.example"), story.problem()
    run("ticket", "link", ticket, problem, "--as", "caused-by")
    for verb in ("reply --body hello", "note --body hello", "escalate --to petros", "major"):
        name, *more = verb.split()
        run("ticket", name, ticket, *more)
    run("ticket", "pending", ticket, "--for", "requester", "--until", "2026-07-30")
    made = {"T": ticket, "P": problem, "A": story.article()}
    for line in re.split(r"\||\n", READS):
        if words := [made.get(word, word) for word in line.split()]:
            run(*words, code=None)
    assert found == {}


def test_all_help_is_said(speaking: tuple[Runner, dict[str, list[str]]]) -> None:
    """But for what is typed: commands and their groups, options, what stands for a value, examples."""
    run, _ = speaking
    wrong = {}
    for path in ("", *COMMANDS):
        text = run(*path.split(), "--help").out
        told = pseudo.outside(text.partition(pseudo.spoken("Example:"))[0])
        lines = [line for line in told.split("\n") if not re.match(r" {2,4}(-|[a-z-]+ *(⟦|$))|.*desk ", line)]
        if words := [w for line in lines for w in re.findall(r"[a-z]{3,}", line)]:
            wrong[path] = words
    assert wrong == {}


def test_what_is_not_said_is_found() -> None:
    text = f"{pseudo.spoken('{id} is late').format(id='260723-7K3Q')} and {pseudo.spoken('in {n} h').format(n=2)}"
    assert pseudo.outside(text).strip() == "and"
    assert leaks(Result(0, "⟦öpëñ⟧ tickets", ""), ()) == ["tickets"]
