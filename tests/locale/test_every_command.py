from __future__ import annotations

import re
from pathlib import Path

from desk.cli.table import COMMANDS
from tests.conftest import Runner
from tests.locale import pseudo
from tests.privacy.test_canary import STEPS, Story

SEEN = []


class Talking(Story):
    pass


def test_walk(desk: Runner, home: Path, tmp_path: Path, monkeypatch) -> None:
    folder = pseudo.write(tmp_path / "locale")
    monkeypatch.setenv("DESK_LOCALE", str(folder))
    monkeypatch.setenv("DESK_LANG", "qps")
    out = open("/tmp/leaks.txt", "w")

    def run(*args, code=0, **more):
        if "import" not in args[0:1]:
            pass
        r = desk(*args, code=None, **more)
        text = (r.out if not ({"ids", "json"} & set(args)) else "") + r.err
        left = [l for l in text.split("\n")]
        o = pseudo.outside(text)
        for line in o.split("\n"):
            if re.search(r"[A-Za-z]{2}", line):
                out.write(f"{' '.join(args)[:60]:60} | {line}\n")
        if code is not None and r.code != code:
            out.write(f"!!! {args} {r.code} {r.out} {r.err}\n")
        return r

    s = Story(run, home)
    for name, step in STEPS.items():
        if name in ("guard relay", "user signup"):
            continue
        try:
            step(s)
        except Exception as e:
            out.write(f"### {name}: {e!r}\n")
    out.write("======= reads\n")
    t = s.ticket("--tag", "incident", "--requester", "x@y.example")
    p = s.problem()
    a = s.article()
    u = s.user()
    run("ticket", "link", t, p, "--as", "caused-by")
    run("ticket", "reply", t, "--body", "hello")
    run("ticket", "note", t, "--body", "hello")
    run("ticket", "escalate", t, "--to", "petros")
    run("ticket", "major", t)
    run("ticket", "checklist", t, "--from", "incident")
    run("ticket", "pending", t, "--for", "requester", "--until", "2026-07-30")
    for words in READS.split("\n"):
        if words.strip():
            run(*[{"T": t, "P": p, "A": a, "U": u}.get(w, w) for w in words.split()], code=None)
    for path, row in [("", None), *COMMANDS.items()]:
        run(*path.split(), "--help")
    out.close()


READS = """
today
ticket list
ticket list --state any --columns id,state,priority,kind,impact,urgency,channel,requester,owner,age,due,created,closed,resolution,waits,replies,author,language,service
ticket list -f md
ticket show T
ticket show T -f md
ticket history T
ticket blame T
ticket escalations T
ticket attachment list T
incident list
problem list
problem candidates
problem show P
mail outbox
mail log
mail held
mail trust
sla list
sla check
caller x@y.example
whoami
alias list
filter list
log
log --limit 200
search hello
handover
handover -f md
stats
stats --by department
stats -f md
activity
report daily
report weekly -f md
report monthly
report sla
report workload
report audit
report knowledge
report problems
report tickets
report management
report list
response list
response show how-to-reach-us
kb list
kb show A
kb history A
kb search certificate
kb suggest T
kb review
kb topic list
kb topic show faq
department list
department show technical
staff list
staff show petros
user list
user show U
user bans
group list
group show patient
tag list
tag show incident
field list
checklist list
checklist show incident
machine list
status
doctor
audit verify
audit seal
audit seals
audit cosign
config list
config get desk.name
config set desk.name X
index status
index rebuild
maintain
guard check
guard keys
guard status
undo
ticket undo T
ticket list --state nope
ticket list --since foo
ticket show 9ZZZ
ticket close
ticket close T --resolution x
ticket assign T --to nobody
ticket create
nope
ticket nope
ticket list --nope
ticket list --limit x
config set foo 3
config set write.lock_timeout x
staff create x
user create --email bad
kb publish A
import nofile
export --kind ticket -f json
init .
"""
