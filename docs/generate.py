"""Writes what the documentation takes from the program: the session in the README, the commands, the settings.

python -m docs.generate         writes the files
python -m docs.generate --check ends with 1 if one of them is not what the program says now
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import click

import docs.recurring
from desk.audit import table as audit_table
from desk.cli import main as cli_main
from desk.cli.table import COMMANDS
from desk.config import SETTINGS
from desk.domain.changes import notices
from desk.domain.figures.statistics import FIGURES
from desk.domain.knowledge import responses
from desk.domain.model import states
from desk.domain.rights import moves as rights_moves
from desk.domain.rights import rights as rights_rights
from desk.mail import drafts
from desk.reports.table import REPORTS
from docs import manpage, month, phone, suggestions
from docs.knowledge_session import ADMINISTRATOR
from docs.mail_session import DAY_OF_MAIL
from docs.sessions import Step, play
from docs.sync_session import WEEK

TOP = Path(__file__).resolve().parent.parent
MARK = "<!-- generated: {} -->"
END = "<!-- end -->"
SESSION = (
    Step('desk init helpdesk --name "Clinic service desk"', "06:12:44"),
    Step("cd helpdesk", "06:13:05"),
    Step(
        'desk ticket create --title "No patient summary from Malta" --requester dr.andreou@hospital.example \\\n'
        "    --department technical --tag incident --impact high --urgency medium --body 'The patient is in the emergency room.'",
        "06:13:20",
    ),
    Step("desk ticket list", "06:14:02"),
    Step("desk ticket assign 7K3Q --to me", "06:31:02"),
    Step(
        'desk ticket reply 7K3Q --body "The certificate of the Maltese gateway has been renewed. It works again." --close',
        "06:31:30",
    ),
    Step("desk ticket history 7K3Q", "06:32:00"),
    Step("git log --format='%an  %s'", "06:32:20"),
    Step("cat records/tickets/2026/07/23/260723-7K3Q.md", "06:32:40"),
)


GREEK = (
    Step('desk init helpdesk --name "Κέντρο εξυπηρέτησης της κλινικής"', "06:12:44"),
    Step("cd helpdesk", "06:13:05"),
    Step(
        'desk ticket create --title "Δεν έρχεται ιατρικό ιστορικό από τη Μάλτα" --requester dr.andreou@hospital.example \\\n'
        "    --department technical --tag incident --impact high --urgency medium --body 'Η ασθενής είναι στα επείγοντα.'",
        "06:13:20",
    ),
    Step("desk ticket list", "06:14:02"),
    Step("desk ticket assign 7K3Q --to me", "06:31:02"),
    Step(
        'desk ticket reply 7K3Q --body "Η πύλη της Μάλτας έχει νέο πιστοποιητικό. Δουλεύει πάλι." --close', "06:31:30"
    ),
    Step("desk ticket show 7K3Q", "06:31:50"),
    Step("desk log", "06:32:00"),
)

WHOLE = ""
"""Stands for the name of a part that is the whole file."""


def console(steps: Iterable[Step]) -> str:
    """A session as a block of a page."""
    return f"```console\n{play(steps)}\n```"


def commands() -> str:
    """Every command's help."""
    parts = []
    for path, row in COMMANDS.items():
        if row.target is None:
            parts.append(f"## desk {path}\n\n{row.help}\n")
            continue
        command = cli_main.load(row)
        with click.Context(command, info_name=f"desk {path}", terminal_width=100) as ctx:
            level = "##" if " " not in path else "###"
            parts.append(f"{level} desk {path}\n\n```\n{command.get_help(ctx)}\n```\n")
    return "\n".join(parts)


def settings() -> str:
    """The table of settings."""
    rows = ["| setting | default | meaning |", "|---|---|---|"]
    for name, setting in SETTINGS.items():
        default = setting.default
        shown = (
            ", ".join(default) or "none"
            if isinstance(default, tuple)
            else "the matrix below"
            if name == "priority.matrix"
            else default
        )
        shown = str(shown).lower() if isinstance(shown, bool) else shown or "none"
        rows.append(f"| `{name}` | {shown} | {setting.help} |")
    return "\n".join(rows)


def rights() -> str:
    """The table of rights, as the program holds it."""
    rows = [
        "| records | what | level 1 | level 2 | level 3 | a user's ticket in a private department |",
        "|---|---|---|---|---|---|",
    ]
    for right in rights_rights.RIGHTS:
        cells = ("–" if level < right.level else "yes" if right.everywhere else "own" for level in (1, 2, 3))
        private = "" if right.kind != "ticket" else "refused" if right.public else "there is none"
        rows.append(f"| {right.kind} | {', '.join(right.verbs)} | {' | '.join(cells)} | {private} |")
    return "\n".join(rows)


def moves() -> str:
    """What may be done in which state."""
    rows = [f"| `desk ticket …` | {' | '.join(states.STATES)} |", "|---" * (len(states.STATES) + 1) + "|"]
    for verb, (allowed, target) in rights_moves.MOVES.items():
        cells = ((target or "yes") if state in allowed else "–" for state in states.STATES)
        rows.append(f"| {rights_moves.command(verb)} | {' | '.join(cells)} |")
    return "\n".join(
        [*rows, "", "*yes*: the state stays; a state: where it leads; –: refused. An undo leads back to what was."]
    )


def fields() -> str:
    """Which verb may change which field."""
    rows = ["| record | field | may change by | beside the right to the verb |", "|---|---|---|---|"]
    rows += [
        f"| {one.kind} | `{one.field}` | {', '.join(one.verbs) or '–'} | {one.beside} |"
        for one in audit_table.permitted()
    ]
    return "\n".join(rows)


def people() -> str:
    """By whom each verb may be used on a record that is there."""
    rows = [
        f"| record | verb | {' | '.join(audit_table.PEOPLE)} | changes |",
        f"|---|---{'|---' * len(audit_table.PEOPLE)}|---|",
    ]
    for one in audit_table.allowed():
        marks = " | ".join("yes" if person in one.people else "–" for person in audit_table.PEOPLE)
        changes = "any field" if len(one.fields) > _MANY else ", ".join(f"`{name}`" for name in one.fields)
        rows.append(f"| {one.kind} | {one.verb} | {marks} | {changes} |")
    return "\n".join(rows)


_MANY = 8
"""Fields that are named one by one."""


def _meanings(head: str, table: Mapping[str, str]) -> str:
    return "\n".join([f"| {head} | means |", "|---|---|", *(f"| `{name}` | {text} |" for name, text in table.items())])


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


def response_variables() -> str:
    """What a response may name."""
    rows = ["| name | is |", "|---|---|"]
    for group, names in responses.VARIABLES.items():
        rows += [f"| `{group}.{name}` | {meaning} |" for name, meaning in names.items()]
    return "\n".join(rows)


def response_filters() -> str:
    """The filters of responses and mail texts."""
    rows = [f"| `{name}` | {meaning.replace(' | ', f' {chr(92)}| ')} |" for name, meaning in responses.FILTERS.items()]
    return "\n".join(["| filter | makes of it |", "|---|---|", *rows])


def figures() -> str:
    """What each statistic is."""
    rows = (f"| `{name}` | {figure.unit} | {figure.meaning} |" for name, figure in FIGURES.items())
    return "\n".join(["| figure | unit | is |", "|---|---|---|", *rows])


def reports() -> str:
    """What there is to report."""
    rows = (f"| `{name}` | {row.help} |" for name, row in REPORTS.items())
    return "\n".join(["| report | tells |", "|---|---|", *rows])


def week() -> str:
    """Two clones that meet after a week."""
    return f"```console\n{play(WEEK, day='2026-07-20', tickets=('7K3Q', '2M8D'))}\n```"


def post() -> str:
    """A day of mail."""
    played = play(DAY_OF_MAIL, tickets=("7K3Q", "2M8D", "9C4R"), users=("4F9X2", "8D2KM", "3P7QW", "5T6VX"))
    return f"```console\n{played}\n```"


def greek() -> str:
    """A first ticket, as a Greek clerk sees it."""
    return f"```console\n{play(GREEK, language='el')}\n```"


PARTS: dict[str, dict[str, Callable[[], str]]] = {
    "README.el.md": {"session": greek},
    "README.md": {"session": lambda: console(SESSION), "month": month.pictures},
    "docs/knowledge.md": {"day": lambda: console(ADMINISTRATOR)},
    "docs/clerk.md": {"calls": phone.table, "morning": phone.transcript},
    "docs/commands.md": {"commands": commands},
    "docs/mail.md": {"day": post},
    "docs/problem-management.md": {"life": docs.recurring.told},
    "docs/settings.md": {"settings": settings},
    "docs/sync.md": {"week": week},
    "docs/statistics.md": {"figures": figures, "month": month.session_text},
    "docs/reports.md": {"reports": reports},
    "docs/states.md": {
        "moves": moves,
        "waiting": lambda: _meanings("it waits for", states.WAITING),
        "resolutions": lambda: _meanings("resolution", states.RESOLUTIONS),
    },
    "docs/rights.md": {"rights": rights},
    "docs/audit.md": {"fields": fields, "people": people},
    "docs/finding.md": {"rates": suggestions.table},
    "docs/responses.md": {"variables": response_variables, "filters": response_filters},
    "docs/desk.1": {WHOLE: manpage.page},
    "docs/notifications.md": {"heard": heard, "variables": variables},
}


def renewed(name: str) -> str:
    """A file with its generated parts as they should be now."""
    if WHOLE in PARTS[name]:
        return PARTS[name][WHOLE]()
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
