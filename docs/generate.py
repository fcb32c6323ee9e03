"""Writes what the documentation takes from the program: the session in the README, the commands, the settings.

python -m docs.generate         writes the files
python -m docs.generate --check ends with 1 if one of them is not what the program says now
"""

from __future__ import annotations

import contextlib
import io
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from copy import copy
from datetime import datetime
from pathlib import Path
from unittest import mock

import click

from desk import cli
from desk.commands.table import COMMANDS
from desk.config import SETTINGS
from desk.domain import notices, policy
from desk.domain.statistics import FIGURES
from desk.mail import drafts

TOP = Path(__file__).resolve().parent.parent
MARK = "<!-- generated: {} -->"
END = "<!-- end -->"
CLOCK = ("06:12:44", "06:13:05", "06:13:20", "06:14:02", "07:15:02", "07:15:30", "07:16:00", "07:16:20", "07:16:40")
SESSION = (
    'desk init helpdesk --name "Clinic service desk"',
    "cd helpdesk",
    (
        'desk ticket create --title "No patient summary from Malta" --requester dr.andreou@hospital.example \\\n'
        "    --department technical --tag incident --impact high --urgency medium --body 'The patient is in the emergency room.'"
    ),
    "desk ticket list",
    "desk ticket assign 7K3Q --to me",
    'desk ticket reply 7K3Q --body "The certificate of the Maltese gateway has been renewed. It works again." --close',
    "desk ticket history 7K3Q",
    "git log --format='%an  %s'",
    "cat records/tickets/2026/07/23/260723-7K3Q.md",
)


def session() -> str:
    """The README's session, as the program plays it: fixed clock, fixed person, fixed ids."""
    with tempfile.TemporaryDirectory() as folder, _stage(folder):
        return "".join(_played(command, moment) for command, moment in zip(SESSION, CLOCK, strict=True)).rstrip("\n")


@contextlib.contextmanager
def _stage(folder: str) -> Iterator[None]:
    (Path(folder) / "gitconfig").write_text(
        "[user]\n\tname = Maria Georgiou\n\temail = maria@clinic.example\n", encoding="utf-8"
    )
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("DESK_", "GIT_", "XDG_"))}
    environment = {
        **kept,
        "HOME": folder,
        "GIT_CONFIG_GLOBAL": f"{folder}/gitconfig",
        "GIT_CONFIG_NOSYSTEM": "1",
        "NO_COLOR": "1",
        "LC_ALL": "C.UTF-8",
        "PWD": f"{folder}/work",
    }
    here = Path.cwd()
    os.mkdir(f"{folder}/work")
    characters = {4: "7K3Q", 5: "4F9X2"}
    with (
        mock.patch.dict(os.environ, environment, clear=True),
        mock.patch("desk.store.snapshot._random", characters.__getitem__),
    ):
        os.chdir(f"{folder}/work")
        try:
            yield
        finally:
            os.chdir(here)


def _played(command: str, moment: str) -> str:
    os.environ["DESK_NOW"] = f"2026-07-23T{moment}Z"
    # The committer's date is always the real one, so the clock itself is set for what is printed here.
    with mock.patch("time.time", _clock):
        return _run(command)


def _clock() -> float:
    return datetime.fromisoformat(os.environ["DESK_NOW"]).timestamp()


def _run(command: str) -> str:
    words = shlex.split(command.replace("\\\n", " "))
    if words[0] == "cd":
        os.chdir(words[1])
        return f"$ {command}\n"
    if words[0] == "desk":
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            code = cli.run(words[1:])
        text = out.getvalue()
        if code:
            sys.exit(f"{command} ended with {code}:\n{text}")
    else:
        text = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    return f"$ {command}\n{text.replace(str(Path.cwd().resolve()), '~').rstrip()}\n\n"


def commands() -> str:
    """Every command's help."""
    parts = []
    for path, row in COMMANDS.items():
        if row.target is None:
            parts.append(f"## desk {path}\n\n{row.help}\n")
            continue
        command = copy(cli.load(row))
        # click keeps the first --help it makes, with the names of whichever context asked; here all get the same.
        setattr(command, "_help_option", None)  # noqa: B010 - click's own, and not declared in every version
        with click.Context(
            command, info_name=f"desk {path}", terminal_width=100, help_option_names=["-h", "--help"]
        ) as ctx:
            level = "##" if " " not in path else "###"
            parts.append(f"{level} desk {path}\n\n```\n{command.get_help(ctx)}\n```\n")
    return "\n".join(parts)


def settings() -> str:
    """The table of settings."""
    rows = ["| setting | default | meaning |", "|---|---|---|"]
    for name, setting in SETTINGS.items():
        default = setting.default
        shown = (
            ", ".join(default)
            if isinstance(default, tuple)
            else "the matrix below"
            if name == "priority.matrix"
            else default
        )
        shown = str(shown).lower() if isinstance(shown, bool) else shown
        rows.append(f"| `{name}` | {shown} | {setting.help} |")
    return "\n".join(rows)


def rights() -> str:
    """The table of rights, as the program holds it."""
    rows = [
        "| records | what | level 1 | level 2 | level 3 | a user's ticket in a private department |",
        "|---|---|---|---|---|---|",
    ]
    for right in policy.RIGHTS:
        cells = ("–" if level < right.level else "yes" if right.everywhere else "own" for level in (1, 2, 3))
        private = "" if right.kind != "ticket" else "refused" if right.public else "there is none"
        rows.append(f"| {right.kind} | {', '.join(right.verbs)} | {' | '.join(cells)} | {private} |")
    return "\n".join(rows)


def heard() -> str:
    """Who hears of what."""
    rows = ["| event | which is | who hears of it (the mail text) |", "|---|---|---|"]
    for event, meaning in notices.MEANING.items():
        told = [f"{row.role} (`{row.template}`)" for row in notices.TABLE if row.event == event]
        rows.append(f"| {event} | {meaning} | {', '.join(told)} |")
    return "\n".join(rows)


def variables() -> str:
    """What a mail text may name."""
    rows = ["| name | is |", "|---|---|"]
    for group, names in drafts.VARIABLES.items():
        rows += [f"| `{group}.{name}` | {meaning} |" for name, meaning in names.items()]
    return "\n".join(rows)


def figures() -> str:
    """What each statistic counts."""
    return "\n".join(
        ["| figure | counts |", "|---|---|", *(f"| `{name}` | {text} |" for name, text in FIGURES.items())]
    )


PARTS = {
    "README.md": {"session": lambda: f"```console\n{session()}\n```"},
    "docs/commands.md": {"commands": commands},
    "docs/settings.md": {"settings": settings},
    "docs/statistics.md": {"figures": figures},
    "docs/rights.md": {"rights": rights},
    "docs/notifications.md": {"heard": heard, "variables": variables},
}


def renewed(name: str) -> str:
    """A file with its generated parts as they should be now."""
    text = (TOP / name).read_text(encoding="utf-8")
    for part, make in PARTS[name].items():
        start = text.index(MARK.format(part)) + len(MARK.format(part))
        text = f"{text[:start]}\n{make()}\n{text[text.index(END, start) :]}"
    return text


def main(*, check: bool) -> int:
    """Write or check every file; 1 if a check found one that is out of date."""
    stale = [name for name in PARTS if (TOP / name).read_text(encoding="utf-8") != renewed(name)]
    for name in stale:
        if not check:
            (TOP / name).write_text(renewed(name), encoding="utf-8")
        print(f"{name} {'is out of date' if check else 'written'}")  # noqa: T201 - a tool for the developer
    return int(check and bool(stale))


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv))
