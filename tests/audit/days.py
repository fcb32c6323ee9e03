"""Odd things that people do, all of them honest: an auditor finds no fault in any."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from pathlib import Path

from desk.domain.model.ticket import Ticket
from tests.audit.cast import ANNA, MALLORY, MARIA, NIKOS, PETROS, Scene, Who
from tests.mailin.conftest import mail

Day = Callable[[Scene], object]
DAYS: list[Day] = []
LATER = {"DESK_NOW": "2026-07-24T08:00:00Z"}


def day(do: Day) -> Day:
    """Puts it among the days."""
    DAYS.append(do)
    return do


def make(scene: Scene, *args: str) -> str:
    return str(scene.run(*args, "-f", "ids").out).split()[-1]


def ticket(scene: Scene, *args: str, title: str = "A ticket", department: str = "technical") -> str:
    return make(scene, "ticket", "create", "--department", department, "--title", title, *args)


def sits(scene: Scene, who: Who, *args: str) -> None:
    """One command of somebody at their own machine."""
    scene.machine(who)
    scene.run(*args)
    scene.machine(MARIA)


def file(scene: Scene, name: str, data: bytes = b"data") -> str:
    path = scene.home.parent / name
    path.write_bytes(data)
    return str(path)


def path_of(one: str) -> str:
    return Ticket.path_of(one)


# -- tickets -----------------------------------------------------------------------------------------------------------


@day
def words_that_look_like_something_else(scene: Scene) -> None:
    for title in ("Ends with …", "a: b: c", "close: it", "x" * 140, "…", "12 tickets close", "#1", "- [ ] x"):
        one = ticket(scene, title=title)
        scene.run("ticket", "edit", one, "--title", f"{title} again")
        scene.run("ticket", "close", one, "--reason", title)
    one = ticket(scene, "--body", "<<<<<<< HEAD\na\n=======\nb\n>>>>>>> x")
    scene.run("ticket", "note", one, "--body", "Desk-Verb: close\n\nDesk-Ticket: x\n\n \n\nDesk-To: y")


@day
def reasons_of_all_kinds(scene: Scene) -> None:
    one = ticket(scene)
    for number, reason in enumerate(
        (
            "Desk-Verb: close",
            "x\n \t\nDesk-Actor: maria",
            "a\r\nb\r\n\r\nc",
            "a\u2028Desk-To: b",
            "x\n\n\n\ny",
            "desk-to: z",
            "— …",
        )
    ):
        scene.run("ticket", "classify", one, "--priority", ("high", "low")[number % 2], "--reason", reason)


@day
def two_notes_in_one_second(scene: Scene) -> None:
    one = ticket(scene)
    for _turn in range(2):
        scene.run("ticket", "note", one, "--body", "The same.")
    scene.run("ticket", "edit", one, "--entry", "2", "--body", "Another.")
    scene.run("ticket", "undo", one)
    scene.run("ticket", "undo", one, "--steps", "2")


@day
def files_of_one_name(scene: Scene) -> None:
    name = unicodedata.normalize("NFD", "Αναφορά.pdf")
    one = ticket(scene, "--attach", file(scene, name))
    for other in (name, "Scan.PDF", "scan.pdf"):
        scene.run("ticket", "note", one, "--body", "x", "--attach", file(scene, other, other.encode()))
    two = ticket(scene, "--attach", file(scene, "scan.pdf", b"another"))
    scene.run("ticket", "merge", one, "--into", two)
    scene.run("ticket", "undo", two)
    scene.run("ticket", "merge", one, "--into", two)


@day
def a_split_back_and_forth(scene: Scene) -> None:
    one = ticket(scene)
    sits(scene, PETROS, "ticket", "reply", one, "--body", "First.", "--attach", file(scene, "a.txt"))
    sits(scene, MALLORY, "ticket", "note", one, "--body", "Second.", "--attach", file(scene, "b.txt"))
    sits(scene, PETROS, "ticket", "split", one, "--at", "1", "--title", "Apart")
    sits(scene, MALLORY, "ticket", "undo", one)
    sits(scene, PETROS, "ticket", "undo", one)
    two = ticket(scene)
    sits(scene, PETROS, "ticket", "note", two, "--body", "A note.")
    sits(scene, PETROS, "ticket", "split", two, "--at", "1")


@day
def merged_and_merged_again(scene: Scene) -> None:
    one, two, three = (ticket(scene) for _ in range(3))
    sits(scene, PETROS, "ticket", "watch", one)
    scene.run("ticket", "link", one, three)
    scene.run("ticket", "tag", one, "incident")
    scene.run("ticket", "classify", one, "--impact", "high", "--urgency", "high")
    scene.run("ticket", "merge", one, "--into", two)
    scene.run("ticket", "merge", two, "--into", three)
    scene.run("ticket", "unlink", two, three, code=None)
    scene.run("ticket", "close", three, "--resolution", "duplicate", "--of", ticket(scene))


@day
def a_ticket_that_moves_about(scene: Scene) -> None:
    one = ticket(scene)
    sits(scene, PETROS, "ticket", "assign", one, "--to", "me")
    scene.run("ticket", "move", one, "--to", "legal")
    sits(scene, ANNA, "ticket", "assign", one, "--to", "nikos")
    sits(scene, NIKOS, "ticket", "escalate", one, "--to", "anna")
    sits(scene, ANNA, "ticket", "move", one, "--to", "technical")
    scene.run("department", "edit", "technical", "--escalation", "maria")
    scene.run("ticket", "escalate", one, "--up")
    scene.run("ticket", "close", one, "--resolution", "withdrawn")
    scene.run("ticket", "close", one, "--resolution", "workaround", code=None)
    scene.run("ticket", "reopen", one)
    scene.run("ticket", "pending", one, "--until", "2026-07-30", "--for", "third-party")
    scene.run("ticket", "pending", one, "--until", "2026-07-31", code=None)
    scene.run("ticket", "reply", one, "--body", "x", "--close", "--resolution", "workaround")
    scene.run("ticket", "reopen", one, env=LATER)
    scene.run("ticket", "close", one, env=LATER)


@day
def a_major_incident(scene: Scene) -> None:
    one = ticket(scene)
    scene.run("ticket", "tag", one, "incident")
    scene.run("ticket", "major", one, "--coordinator", "petros", "--reason", "all fail")
    scene.run("ticket", "major", one, "--coordinator", "maria")
    scene.run("ticket", "checklist", one, code=None)
    for words in (("1",), ("1", "2"), ("2", "--undo"), ("3",)):
        scene.run("ticket", "check", one, *words, code=None)
    scene.run("ticket", "close", one)
    scene.run("ticket", "review", one, "--body", "What was learnt.")
    scene.run("ticket", "major", one, "--off")
    two = ticket(scene, "--tag", "incident")
    scene.run("ticket", "major", two)
    scene.run("ticket", "move", two, "--to", "legal")


@day
def time_goes_by(scene: Scene) -> None:
    """Before there are so many tickets that each hour of it takes long."""
    one, two = ticket(scene), ticket(scene)
    scene.run("ticket", "pending", one, "--until", "2026-07-25")
    for at in ("2026-07-24T10:00:00Z", "2026-07-26T10:00:00Z", "2026-09-01T10:00:00Z"):
        scene.run("sla", "check", env={"DESK_NOW": at})
    scene.run("ticket", "undo", one, env={"DESK_NOW": "2026-09-01T10:00:00Z"}, code=None)
    scene.run("ticket", "close", two, env={"DESK_NOW": "2026-09-01T10:00:00Z"})
    scene.run("sla", "check", env={"DESK_NOW": "2026-09-01T11:00:00Z"})


@day
def many_at_once(scene: Scene) -> None:
    several = ",".join(ticket(scene) for _ in range(3))
    for words in (
        ("classify", several, "--priority", "high"), ("tag", several, "incident"), ("assign", several, "--to", "petros"),
        ("note", several, "--body", "To all."), ("close", several), ("reopen", several), ("undo", several),
        ("unassign", several), ("delete", several),
    ):  # fmt: skip
        scene.run("ticket", *words)
    scene.run("undo", "--steps", "3")


# -- problems and articles ---------------------------------------------------------------------------------------------


@day
def a_problem_from_its_beginning(scene: Scene) -> None:
    one, two = (ticket(scene, "--tag", "incident") for _ in range(2))
    problem = make(scene, "problem", "open", "--from", f"{one},{two}", "--title", "It recurs")
    scene.run("problem", "cause", problem, "--body", "A certificate.\n\nOf the gateway.")
    scene.run("problem", "workaround", problem, "--body", "Wait.")
    slug = make(scene, "problem", "known-error", problem)
    scene.run(
        "problem",
        "resolve",
        problem,
        "--reason",
        "Desk-Fix: renewed\n\n\nby hand",
        "--close-incidents",
        "--body",
        "Done.",
        "--yes",
    )
    scene.run("ticket", "reopen", problem)
    scene.run("problem", "resolve", problem, "--fix", "Renewed a month ahead.")
    scene.run("kb", "delete", slug)
    other = ticket(scene, "--tag", "problem")
    slug = make(scene, "problem", "known-error", other)
    sits(scene, PETROS, "ticket", "close", other, "--reason", "  Renewed.\r\nBy petros ")
    scene.run("ticket", "undo", other)


@day
def an_incident_handed_over(scene: Scene) -> None:
    one = ticket(scene, "--attach", file(scene, "t.txt"))
    sits(scene, PETROS, "ticket", "transfer", one)
    two, problem = ticket(scene), ticket(scene, "--tag", "problem")
    scene.run("ticket", "transfer", two, "--to", problem)
    scene.run("ticket", "undo", two)


@day
def an_article_that_is_approved(scene: Scene) -> None:
    scene.run("config", "set", "kb.approval", "true")
    scene.write("kb/how-to/shot.png", b"png")
    path = "kb/how-to/how-to-pull.md"
    scene.run("kb", "create", "--slug", "how-to-pull", "--topic", "how-to", "--title", "Pull", "--body", "Pull.")
    scene.swap(path, ("Pull.\n", "Pull.\n\n![](shot.png)\n"))
    scene.run("commit")
    scene.run("kb", "review", "how-to-pull", "--submit")
    sits(scene, ANNA, "kb", "review", "how-to-pull", "--approve")
    scene.run("kb", "publish", "how-to-pull")
    scene.run("kb", "review", "how-to-pull", "--submit")
    scene.write("kb/how-to/shot.png", b"better")
    scene.run("commit")
    sits(scene, ANNA, "kb", "review", "how-to-pull", "--approve")
    scene.run("kb", "publish", "how-to-pull")
    scene.run("kb", "edit", "how-to-pull", "--topic", "faq")
    scene.run("config", "set", "kb.approval", "false")
    for words in (("retire",), ("review", "--submit"), ("review", "--return"), ("publish",)):
        scene.run("kb", words[0], "how-to-pull", *words[1:])


@day
def a_published_article_gets_a_picture(scene: Scene) -> None:
    scene.run("kb", "publish", "which-countries")
    path = "kb/faq/which-countries.md"
    scene.write("kb/faq/map.png", b"png")
    scene.write(path, scene.text(path) + "\n![](map.png)\n")
    scene.run("kb", "publish", "which-countries")
    assert "map.png" in scene.git("ls-files")


# -- the organisation --------------------------------------------------------------------------------------------------


@day
def people_come_and_go(scene: Scene) -> None:
    scene.run(
        "staff",
        "create",
        "sofia",
        "--name",
        "Sofia",
        "--email",
        "s@ncpeh.example",
        "--level",
        "2",
        "--department",
        "technical",
    )
    one = ticket(scene)
    scene.run("ticket", "assign", one, "--to", "sofia")
    scene.run("staff", "edit", "sofia", "--level", "1", "--department", "legal")
    scene.run("staff", "delete", "sofia", "--reason", "left")
    scene.run("undo")
    user = make(scene, "user", "create", "--name", "A", "--email", "a@x.example", "--group", "patient")
    scene.run("user", "edit", user, "--email", "b@x.example")
    scene.run("user", "edit", user, "--email", "a@x.example")
    two = ticket(scene, "--requester", "new@x.example")
    scene.run("user", "signup", "--name", "B", "--email", "c@x.example", "--group", "patient")
    scene.run("user", "ban", "c@x.example", "--reason", "spam")
    scene.run("user", "unban", "c@x.example")
    scene.run("user", "ban", "c@x.example", "--reason", "again")
    scene.run("ticket", "close", two)
    scene.run("user", "delete", user)
    scene.run("user", "create", "--name", "A", "--email", "a@x.example", "--group", "patient")


@day
def the_house_is_built_anew(scene: Scene) -> None:
    scene.run("department", "create", "training", "--name", "Training", code=None)
    scene.run("staff", "edit", "petros", "--department", "technical", "--department", "training")
    one = ticket(scene, department="training")
    scene.run("ticket", "assign", one, "--to", "petros")
    scene.run("department", "delete", "training", "--transfer-to", "legal")
    scene.run("tag", "create", "gozo")
    scene.run("ticket", "tag", ticket(scene), "gozo")
    scene.run("tag", "edit", "gozo", "--description", "x")
    scene.run("tag", "delete", "gozo")
    scene.run("field", "create", "code", "--type", "text", "--on", "ticket")
    two = ticket(scene)
    scene.run("ticket", "edit", two, "--field", "code=42")
    scene.run("field", "delete", "code")
    scene.run("field", "purge", "code")
    scene.run("machine", "create", "cron", "--may", "sla")
    scene.run("machine", "edit", "cron", "--description", "x")
    scene.run("machine", "delete", "cron")
    scene.run("response", "create", "v", "--title", "V", "--body", "Dear all,")
    scene.run("response", "edit", "v", "--title", "W")
    scene.run("response", "delete", "v")
    for name, value in (
        ("list.limit", "60"),
        ("desk.name", "A: b …"),
        ("sla.warn", "70"),
        ("ticket.channels", "phone,email,x"),
    ):
        scene.run("config", "set", name, value, code=None)


# -- by hand -----------------------------------------------------------------------------------------------------------


@day
def several_things_by_hand(scene: Scene) -> None:
    one = ticket(scene)
    scene.swap(path_of(one), ("title: A ticket", "title: By hand"))
    mails = sorted((scene.home / "templates/mail").iterdir())
    mails[0].write_text(mails[0].read_text() + "x")
    scene.run("commit")
    for text in mails[:5]:
        text.write_text(text.read_text() + "y")
    scene.run("commit", "--reason", "nicer")
    mails[0].write_text(mails[0].read_text() + "z")
    scene.swap("desk.toml", ("limit = ", "limit = 1"))
    scene.swap("kb/faq/which-countries.md", ("title: ", "title: The "))
    scene.run("commit")


@day
def an_article_is_moved_by_hand(scene: Scene) -> None:
    scene.run("kb", "create", "--slug", "moving", "--topic", "how-to", "--title", "Moving", "--body", "x")
    scene.write("kb/faq/moving.md", scene.text("kb/how-to/moving.md").replace("topic: how-to", "topic: faq"))
    scene.drop("kb/how-to/moving.md")
    scene.run("commit")


@day
def one_takes_off_ones_own_file(scene: Scene) -> None:
    one = ticket(scene, "--attach", file(scene, "own.txt"))
    scene.swap(path_of(one), ("attachments: [own.txt]\n", ""))
    scene.drop(f"{path_of(one).removesuffix('.md')}.files/own.txt")
    scene.run("commit")


@day
def the_doctor_mends(scene: Scene) -> None:
    one, two = ticket(scene), ticket(scene, department="legal")
    scene.key(path_of(one), f"links: [relates {two}]")
    scene.write(f"{path_of(one).removesuffix('.md')}.files/found.txt", b"x")
    scene.swap(path_of(one), ("state: open", "state: closed"))
    scene.hand(MARIA)
    sits(scene, NIKOS, "doctor", "--fix")


@day
def git_takes_back_what_one_did(scene: Scene) -> None:
    one = ticket(scene)
    scene.run("ticket", "classify", one, "--priority", "high")
    scene.as_(MARIA, "revert", "--no-edit", "HEAD")
    scene.run("ticket", "note", one, "--body", "Mine.")
    scene.run("ticket", "delete", one)
    scene.as_(MARIA, "revert", "--no-edit", "HEAD")


# -- branches ----------------------------------------------------------------------------------------------------------


@day
def two_branches_meet(scene: Scene) -> None:
    scene.git("checkout", "-q", "-b", "side")
    one = ticket(scene)
    sits(scene, PETROS, "ticket", "note", scene.t, "--body", "On the side.")
    scene.git("checkout", "-q", "main")
    two = ticket(scene)
    scene.run("ticket", "close", two)
    scene.as_(MARIA, "merge", "-q", "--no-ff", "-m", "Merge", "side")
    scene.git("branch", "-q", "-D", "side")
    assert one != two


@day
def both_sides_answer(scene: Scene) -> None:
    """A conflict that somebody ends by keeping both answers, in order of time."""
    scene.git("checkout", "-q", "-b", "side")
    sits(scene, PETROS, "ticket", "reply", scene.t, "--body", "From the side.")
    theirs = scene.text("T").rpartition("\n## ")[2]
    scene.git("checkout", "-q", "main")
    sits(scene, MALLORY, "ticket", "note", scene.t, "--body", "From here.")
    both = f"{scene.text('T')}\n## {theirs}"
    try:
        scene.as_(MARIA, "merge", "-q", "--no-ff", "-m", "Merge", "side")
    except OSError:
        raise
    except Exception:  # noqa: BLE001 - a conflict
        scene.write("T", both)
        scene.git("add", "-A")
        scene.as_(MARIA, "commit", "-q", "-m", "Merge")
    scene.git("branch", "-q", "-D", "side")


@day
def a_commit_is_picked(scene: Scene) -> None:
    """What somebody did on another branch is brought over by them, before the branches meet."""
    scene.git("checkout", "-q", "-b", "side")
    one = ticket(scene)
    scene.git("checkout", "-q", "main")
    scene.run("ticket", "note", scene.t, "--body", "Meanwhile.")
    scene.as_(MARIA, "cherry-pick", "side")
    scene.as_(MARIA, "merge", "-q", "--no-ff", "-m", "Merge", "side")
    scene.git("branch", "-q", "-D", "side")
    scene.run("ticket", "note", one, "--body", "Here.")


@day
def deleted_on_one_side(scene: Scene) -> None:
    one = ticket(scene)
    scene.git("checkout", "-q", "-b", "side")
    scene.run("ticket", "delete", one)
    scene.git("checkout", "-q", "main")
    scene.run("ticket", "note", scene.t, "--body", "Meanwhile.")
    scene.as_(MARIA, "merge", "-q", "--no-ff", "-m", "Merge", "side")
    scene.git("branch", "-q", "-D", "side")


# -- mail --------------------------------------------------------------------------------------------------------------


@day
def mail_comes(scene: Scene) -> None:
    scene.run("config", "set", "mail.machines", MARIA[1])
    for raw in (
        mail("Eve <eve@y.example>", "A question", "Where is it?"),
        mail("Eve <eve@y.example>", "Out of office", "I am away.", "Auto-Submitted: auto-replied"),
        mail(
            "Anna <anna@ncpeh.example>",
            "Fwd: help",
            "See below.\n\n---------- Forwarded message ---------\nFrom: Zoe <zoe@y.example>\nSubject: help\n\nHelp!",
        ),
        mail(None, "Nobody", "x"),
    ):
        scene.run("mail", "import", file(scene, "one.eml", raw), code=None)
    one = str(scene.run("ticket", "list", "--search", "question", "-f", "ids").out).split()[0]
    scene.run("ticket", "reply", one, "--body", "There.", "--close")
    raw = mail("Eve <eve@y.example>", f"Re: [{one}] A question", "Not there.")
    scene.run("mail", "import", file(scene, "two.eml", raw), code=None)
    raw = mail("Petros <petros@ncpeh.example>", f"Re: [{one}] A question", "I see it.")
    scene.run("mail", "import", file(scene, "three.eml", raw), code=None)


__all__ = ["DAYS", "Path"]
