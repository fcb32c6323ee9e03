"""desk demo: build a desk and play a day of it through the real commands, each a process of its own.

They are forked from this one, which has loaded what they need: to start Python anew for each takes most of a demo's time.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from importlib import import_module

import click

from desk.cli import complete, leaf, main
from desk.cli.app import App
from desk.cli.table import COMMANDS
from desk.domain.model.fields import TICKET_ID
from desk.errors import DeskError, Refused
from desk.named import NamedTuple
from desk.session.session import zone
from desk.text import _, looked_up, said, speaking
from desk.view.model import Done
from desk.view.text.cells import fit, width
from desk.view.text.prose import folded

ZONE = "Asia/Nicosia"
PERSON = ("Maria Georgiou", "maria@ncpeh.example")


class DemoStep(NamedTuple):
    """One command of the day: local time, what happens, the words after `desk` ({name} is an earlier ticket).

    `keep` names the ticket that the command registers.
    """

    at: str
    why: str
    words: str
    keep: str = ""


DAY = (
    DemoStep("07:58", "Two colleagues join the desk.",
         "staff create petros --name 'Petros Ioannou' --email petros@ncpeh.example --level 2 --department technical --department semantic"),
    DemoStep("07:59", "", "staff create eleni --name 'Ελένη Παύλου' --email eleni@ncpeh.example --level 1 --department operation-services --department legal"),
    DemoStep("08:12", "A doctor phones. Maria registers the incident on her behalf; impact and urgency give the priority.",
         "ticket create --title 'No patient summary from Malta: certificate error' --department technical --channel phone"
         " --requester dr.andreou@hospital.example --tag incident --tag patient-summary --impact high --urgency medium"
         " --body 'The summary of a Maltese tourist cannot be retrieved. She is in the emergency room.'", "malta"),
    DemoStep("08:15", "A patient's pharmacist writes in Greek.",
         "ticket create --title 'Η συνταγή από την Ελλάδα δεν εμφανίζεται' --department operation-services --channel email --language el"
         " --requester farmakeio@example.cy --tag incident --tag eprescription --body 'Ο ασθενής έχει συνταγή, το σύστημα δεν τη βρίσκει.'", "greek"),
    DemoStep("08:16", "What is new, and nobody's yet?", "ticket list --new"),
    DemoStep("08:17", "Petros serves the technical department; he gets it.", "ticket assign {malta} --to petros"),
    DemoStep("08:18", "", "--as eleni ticket assign {greek} --to me"),
    DemoStep("08:25", "Has this happened before? Words are found in articles and tickets, in any of their forms.", "kb suggest {malta}"),
    DemoStep("08:31", "", "--as petros ticket reply {malta} --body 'We are looking into it together with the Maltese desk.'"),
    DemoStep("08:40", "A note is for staff only.", "--as petros ticket note {malta} --body 'Malta confirms: their TLS certificate expired at midnight.'"),
    DemoStep("08:41", "Malta has to act: the ticket waits, and its clocks with it.",
         "--as petros ticket pending {malta} --until 1d --for third-party --reason 'Malta renews the certificate'"),
    DemoStep("09:20", "The same fault, another caller: one ticket is enough.",
         "ticket create --title 'Malta again: no patient summary' --department technical --channel phone --tag incident", "again"),
    DemoStep("09:22", "", "ticket merge {again} --into {malta}"),
    DemoStep("09:40", "A wrong medicine could be given: patient safety makes it urgent, and it is declared a major incident.",
         "ticket create --title 'Doses shown ten times too high in prescriptions from Greece' --department semantic --channel phone"
         " --requester dr.andreou@hospital.example --tag incident --tag eprescription --impact patient-safety --urgency high"
         " --body 'Two pharmacies report it.'", "doses"),
    DemoStep("09:42", "", "ticket major {doses} --coordinator petros --reason 'patients may be harmed'"),
    DemoStep("09:43", "", "--as petros ticket checklist {doses} --from incident"),
    DemoStep("09:50", "", "--as petros ticket check {doses} 1 3"),
    DemoStep("09:52", "", "--as petros ticket reply {doses} --body 'Please do not dispense; ask the prescriber. We are on it with the Greek desk.'"),
    DemoStep("10:05", "Answered from a custom response, in the requester's language, and closed.",
         "--as eleni ticket reply {greek} --response incident-resolved --close"),
    DemoStep("10:06", "Too soon: it was the other prescription. The last change is taken back, message included.", "--as eleni ticket undo {greek}"),
    DemoStep("11:30", "Certificates expire unnoticed: that is a problem, not an incident.",
         "--as petros ticket transfer {malta} --title 'Certificates of partner countries expire unnoticed'", "problem"),
    DemoStep("11:34", "", "--as petros problem cause {problem} --body 'Nobody is told when a certificate is about to expire.'"),
    DemoStep("11:36", "", "--as petros problem workaround {problem} --body 'Ask the partner desk for the summary by phone.'"),
    DemoStep("11:40", "What the desk has learnt goes into the knowledge base, as a draft to be finished.", "--as petros problem known-error {problem}"),
    DemoStep("11:45", "", "--as petros ticket reply {malta} --body 'Malta has renewed its certificate; summaries arrive again.' --close"),
    DemoStep("12:00", "The ticket with everything that was said, and what is known of its cause.", "ticket show {malta}"),
    DemoStep("12:01", "Who did what, and when. It is git's own history.", "ticket history {malta}"),
    DemoStep("14:00", "The next shift takes over.", "handover --since 3h"),
    DemoStep("14:01", "", "stats --days 7"),
    DemoStep("14:02", "An auditor checks that history tells the truth and that everybody was allowed to do what they did.", "audit verify"),
    DemoStep("14:03", "Is everything in order?", "doctor"),
)  # fmt: skip


@leaf.leaf("demo", example="desk demo\ndesk demo /tmp/my-demo")
@click.argument("directory", metavar="[DIR]", shell_complete=complete.complete_folder, required=False)
def demo(app: App, directory: str | None) -> Done:
    """Build a desk and play a day of its life through the real commands; it stays there to be explored."""
    folder = _folder(directory)
    say: Callable[[str], None] = click.echo if app.talks else lambda _: None
    played = Played(app, folder, say)
    _load()
    head = _("A day at the service desk of a national eHealth contact point, played in {folder}", folder=folder)
    say("\n".join(folded(app.say(head), played.columns)) + "\n")
    played.found()
    for step in DAY:
        played.play(step)
    played.git_log()
    return Done("demo", {"id": folder, "folder": folder, "tickets": played.ids}, _closing(folder))


def _folder(given: str | None) -> str:
    if given is None:
        return tempfile.mkdtemp(prefix="desk-demo-")
    folder = os.path.abspath(given)
    if os.path.isdir(folder) and os.listdir(folder):
        raise Refused(_("{folder} is not empty", folder=folder), _("name a new folder, or none: desk demo"))
    return folder


class Played:
    """The day so far."""

    def __init__(self, app: App, folder: str, say: Callable[[str], None]) -> None:
        self.folder = folder
        self.say = say
        self.app = app
        self.ids: dict[str, str] = {}
        self.columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
        """The width of the terminal that the day is played on; 0 for none."""
        self.color = sys.stdout.isatty() and app.color != "never" and "NO_COLOR" not in os.environ
        # Yesterday, so that nothing lies in the future of whoever explores the desk afterwards.
        self.day = app.now.astimezone(zone(ZONE)) - timedelta(days=1)
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("DESK_", "GIT_"))}
        name, email = PERSON
        who = {
            f"GIT_{role}_{what}": value
            for role in ("AUTHOR", "COMMITTER")
            for what, value in (("NAME", name), ("EMAIL", email))
        }
        spoken = {n: os.environ[n] for n in ("DESK_LOCALE",) if n in os.environ}
        self.environment = {**kept, **who, **spoken, "DESK_LANG": app.language}

    def _run(self, command: list[str], at: str, *, piped: bool = False) -> str:
        """A command in the desk at a local time; what it printed, both streams as a terminal, or a pipe, shows them."""
        hour, minute = map(int, at.split(":"))
        when: datetime = self.day.replace(hour=hour, minute=minute, second=0)
        environment = {**self.environment, "DESK_NOW": when.isoformat(timespec="seconds")}
        if command[0] == "desk":
            code, text = self._desk(command[1:], environment, on_terminal=bool(self.columns) and not piped)
        else:
            code, text = self._git(command, environment)
        if code:
            raise DeskError(
                _("the demo stopped at: {command}\n{text}", command=shlex.join(command), text=text),
                _("please report it"),
            )
        return text

    def _git(self, command: list[str], environment: dict[str, str]) -> tuple[int, str]:
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        return done.returncode, done.stdout.decode(errors="replace")

    def _desk(self, words: list[str], environment: dict[str, str], *, on_terminal: bool) -> tuple[int, str]:
        """`on_terminal`: as on the one in front of the person: of its width, in its colours."""
        if on_terminal:
            import pty  # noqa: PLC0415 - there is none where there is no terminal

            mine, theirs = pty.openpty()
            looks = {"COLUMNS": str(self.columns), "PAGER": "cat", **({} if self.color else {"NO_COLOR": "1"})}
        else:
            (mine, theirs), looks = os.pipe(), {}
        child = _forked(words, self.folder, {**environment, **looks}, theirs)
        os.close(theirs)
        pieces: list[bytes] = []
        # Linux ends what comes from a terminal that nobody writes to any more with an error.
        with open(mine, "rb", buffering=0) as told, suppress(OSError):
            while piece := told.read(65536):
                pieces.append(piece)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        return code, b"".join(pieces).decode(errors="replace").replace("\r\n", "\n")

    def _show(self, why: str, command: str, text: str, at: str = "") -> None:
        if why:
            with speaking(self.app.catalogue):
                why = looked_up(said(why))
            self.say(self._dim("\n".join(folded(f"# {at}  {why}" if at else f"# {why}", self.columns, "#   "))))
        self.say(self._bold("\n".join(typed(command, self.columns))))
        self.say(text)

    def _bold(self, text: str) -> str:
        return click.style(text, bold=True) if self.color else text

    def _dim(self, text: str) -> str:
        return click.style(text, fg="cyan") if self.color else text

    def found(self) -> None:
        """Make the desk, with Maria as the person at its keyboard."""
        os.makedirs(self.folder, exist_ok=True)
        text = self._run(["desk", "init"], "07:55", piped=True)
        for key, value in zip(("user.name", "user.email"), PERSON, strict=True):
            self._run(["git", "config", key, value], "07:55")
        self._show(
            _("A desk is a git repository; whoever makes it is its first level-3 member."),
            "desk init",
            "\n".join(folded(text.partition("\n")[0], self.columns, "  ")) + "\n",
            "07:55",
        )

    def play(self, step: DemoStep) -> None:
        """Run one step and show it."""
        words = shlex.split(step.words.format(**self.ids))
        text = self._run(["desk", *words], step.at)
        made = [i for i in re.findall(rf"^({TICKET_ID})  ", text, re.MULTILINE) if i not in self.ids.values()]
        if step.keep and made:
            self.ids[step.keep] = made[-1]
        self._show(step.why, f"desk {step.words.format(**self.ids)}", text, step.at)

    def git_log(self) -> None:
        """The audit trail, without desk."""
        command = ["git", "log", "--reverse", "--format=%ad  %<(15,trunc)%an %s", "--date=format-local:%H:%M"]
        self.environment["TZ"] = ZONE
        text = self._run(command, "14:05")
        if self.columns:
            text = "".join(f"{fit(line, self.columns)}\n" for line in text.splitlines())
        self._show(
            _("And the audit trail, which needs no desk to be read."),
            "git log --reverse --format='%ad  %<(15,trunc)%an %s' --date=format-local:%H:%M",
            text,
            "14:05",
        )


_WORD = r"--[\w-]+ '[^']*'|--[\w-]+ (?!-)\S+|'[^']*'|\S+"
"""An option with its value, a text in quotes, a word."""


def typed(command: str, columns: int) -> list[str]:
    """A command behind its prompt, no wider than the screen: an option stays beside its value, where there is room."""
    lines = ["$"]
    for word in re.findall(_WORD, command):
        if columns and width(f"{lines[-1]} {word}") > columns and lines[-1] != "$":
            lines.append(f"{_HANG}{word}")
        else:
            lines[-1] += f" {word}"
    return [piece for line in lines for piece in folded(line, columns, _HANG)]


_HANG = "    "
_LOADED = (
    "desk.cli.pager",
    "desk.codec.yaml",
    "desk.session.notify",
    "desk.session.reactions",
    "desk.store.writing",
    "desk.templates.sandbox",
    "desk.view.formats",
    "desk.view.pages.ticket",
    "desk.view.render",
    "holidays.countries",
)
"""What commands load when they come to it: most of them, or some that would take long."""


def _load() -> None:
    """The commands of the day, and what is common to them."""
    for step in DAY:
        words = re.sub(r"^--as \S+ ", "", step.words).split(maxsplit=2)
        main.load(COMMANDS.get(" ".join(words[:2])) or COMMANDS[words[0]])
    for name in _LOADED:
        import_module(name)


def _forked(words: list[str], folder: str, environment: Mapping[str, str], output: int) -> int:
    """A process that is one command of desk; all that it says goes to `output`. It never returns here."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(environment)
        for number, stream in enumerate((os.open(os.devnull, os.O_RDONLY), output, output)):
            os.dup2(stream, number)
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - open to the end, as are these
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", buffering=1, encoding="utf-8", closefd=False)  # noqa: SIM115
        code = main.run(words)
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _closing(folder: str) -> tuple[str, ...]:
    found = shutil.which("desk")
    # `make demo` runs the one in .venv, which is on nobody's PATH; another `desk` that is would be the wrong one.
    same = found and os.path.realpath(found) == os.path.realpath(sys.argv[0])
    program = "desk" if same else shlex.quote(os.path.abspath(sys.argv[0]))
    if os.path.basename(sys.argv[0]) == "__main__.py":
        program = f"{shlex.quote(sys.executable)} -m desk"
    return (
        _("The desk stays where it is. You are Maria in it; register a ticket of your own:"),
        "",
        f"  cd {shlex.quote(folder)}",
        f'  {program} ticket create --title "My first ticket"',
        f"  {program} ticket list",
        "  git show",
        "",
        _("Every command explains itself: {program} ticket --help", program=program),
        _("Your own desk:                  {program} init ~/my-desk", program=program),
    )
