"""Every command in a language that only tests speak: each letter outside of ⟦ ⟧ is data, typed as it stands, or a mistake.

What commands say that change something is listened to where all of them are tried: tests/privacy/test_canary.py.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from desk.cli.table import COMMANDS
from tests.conftest import Result, Runner
from tests.locale import pseudo
from tests.locale.listening import Listener, leaks
from tests.privacy.test_canary import Story

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


@pytest.fixture(scope="module")
def catalogues(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return pseudo.write(tmp_path_factory.mktemp("locale"))


@pytest.fixture
def listener(desk: Runner, catalogues: Path) -> Listener:
    return Listener(desk, catalogues)


def test_everything_that_is_asked_is_said(listener: Listener, home: Path) -> None:
    run, story = listener, Story(listener, home)
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
    assert listener.left == {}


def test_all_help_is_said(listener: Listener) -> None:
    """But for what is typed: commands and their groups, options, what stands for a value, examples."""
    wrong = {}
    for path in ("", *COMMANDS):
        text = listener(*path.split(), "--help").out
        told = pseudo.outside(text.partition(pseudo.spoken("Example:"))[0])
        lines = [line for line in told.split("\n") if not re.match(r" {2,4}(-|[a-z-]+ *(⟦|$))|.*desk ", line)]
        if words := [w for line in lines for w in re.findall(r"[a-z]{3,}", line)]:
            wrong[path] = words
    assert wrong == {}


def test_what_is_not_said_is_found() -> None:
    text = f"{pseudo.spoken('{id} is late').format(id='260723-7K3Q')} and {pseudo.spoken('in {n} h').format(n=2)}"
    assert pseudo.outside(text).strip() == "and"
    assert leaks(Result(0, "⟦öpëñ⟧ tickets", ""), ()) == ["tickets"]
