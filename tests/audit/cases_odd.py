"""Forged histories of odder kinds: what git holds beside records, what messages look like, and duties that hide acts."""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath

from desk.domain.merge.side import VERSION
from desk.domain.model.actor import nameless
from tests.audit.cases import FAULT, REMARK, forged
from tests.audit.cast import ANNA, AT, GHOST, MALLORY, MARIA, NIKOS, PETROS, Scene, Who

NOW = "2026-07-23T06:12:44Z"
T, L, OWN = "Desk-Ticket: {T}", "Desk-Ticket: {L}", "Desk-Ticket: {OWN}"
ARTICLE = "kb/how-to/how-to-restart.md"


def _make(scene: Scene, *args: str) -> str:
    return str(scene.run(*args, "-f", "ids").out).strip()


def _with_folder(scene: Scene, folder: str, *more: tuple[str, str, str], who: Who = MALLORY) -> None:
    """A commit in which a folder has more entries, of mode, name and object, wherever they stand among the others."""
    rows = [line.partition("\t") for line in scene.git("ls-tree", f"HEAD:{folder}").splitlines()]
    entries = [(meta.split()[0].lstrip("0"), name, meta.split()[2]) for meta, _tab, name in rows]
    entries = sorted((*entries, *more), key=lambda entry: entry[1])
    raw = b"".join(f"{mode} {name}\0".encode() + bytes.fromhex(oid) for mode, name, oid in entries)
    path, oid = PurePosixPath(folder), scene.object("tree", raw)
    while path.name:
        where = "HEAD^{tree}" if path.parent.name == "" else f"HEAD:{path.parent}"
        lines = scene.git("ls-tree", where).splitlines()
        lines = [f"040000 tree {oid}\t{path.name}" if x.endswith(f"\t{path.name}") else x for x in lines]
        path, oid = path.parent, scene.git("mktree", data="".join(f"{line}\n" for line in lines))
    commit = scene.as_(who, "commit-tree", oid, "-p", "HEAD", "-F", "-", data="x")
    scene.git("update-ref", "refs/heads/main", commit)


def commit_with_head(scene: Scene, head: str, text: str) -> None:
    """A commit object of mallory's with more lines in its head."""
    scene.git("add", "-A")
    who = f"{MALLORY[0]} <{MALLORY[1]}> {AT + 9_000_000} +0000"
    lines = (f"tree {scene.git('write-tree')}", f"parent {scene.head}", f"author {who}", f"committer {who}")
    raw = "\n".join(lines) + f"\n{head}\n{text}"
    scene.git("reset", "-q", "--hard", scene.object("commit", raw.encode()))


# -- files -------------------------------------------------------------------------------------------------------------


@forged("records lies beside it")
def a_folder_in_other_letters(scene: Scene) -> None:
    scene.write("Records/staff/mallory.yaml", scene.text("staff/mallory").replace("level: 1", "level: 3"))
    scene.hand()


@forged("desk.toml lies beside it")
def settings_in_other_letters(scene: Scene) -> None:
    scene.write("Desk.toml", scene.text("desk.toml"))
    scene.hand()


@forged(".Mailmap", REMARK)
def a_mailmap_in_other_letters(scene: Scene) -> None:
    scene.write(".Mailmap", "Maria Georgiou <maria@ncpeh.example> <mallory@ncpeh.example>\n")
    scene.hand()


@forged("mailmap", REMARK)
def a_merge_brings_a_mailmap(scene: Scene) -> None:
    _parts(scene)
    scene.write(".mailmap", "Maria Georgiou <maria@ncpeh.example> <mallory@ncpeh.example>\n")
    _merged(scene, MALLORY)


@forged("workflows", REMARK)
def a_merge_by_a_stranger_outside_the_desk(scene: Scene) -> None:
    _parts(scene)
    scene.write(".github/workflows/steal.yml", "on: push\n")
    _merged(scene, GHOST)


def _parts(scene: Scene) -> None:
    scene.aside()
    scene.as_(MARIA, "commit", "-q", "--allow-empty", "-m", "m")


def _merged(scene: Scene, who: Who, message: str = "Merge") -> None:
    scene.join(who, "main", "side", message=message)


@forged("may not change article")
def a_merge_drops_a_picture(scene: Scene) -> None:
    scene.write("kb/how-to/shot.png", b"png")
    scene.hand(MARIA)
    _parts(scene)
    scene.git("checkout", "-q", "side")
    scene.write("kb/how-to/shot.png", b"better png")
    scene.hand(MARIA)
    scene.git("checkout", "-q", "main")
    scene.write("kb/how-to/shot.png", b"png")
    _merged(scene, MALLORY)


@forged("salt")
def the_salt_of_a_folder_goes(scene: Scene) -> None:
    assert scene.path(scene.attachment("T", ".salt")).exists()
    scene.drop(scene.attachment("T", ".salt"))
    scene.entry("T", "Note", "mallory", "x")
    scene.told("note", "mallory", T)


def _says(scene: Scene, name: str, meta: str) -> None:
    """A note of mallory's whose heading says more."""
    scene.entry(name, "Note", "mallory", "Mine.", f"{NOW} <!-- {{{meta}}} -->")


@forged("via is said of what came by mail")
def a_note_that_says_it_came_by_mail(scene: Scene) -> None:
    _says(scene, "T", "via: email")
    scene.told("note", "mallory", T)


@forged("stands twice", FAULT, "--full")
def a_tree_with_one_name_twice(scene: Scene) -> None:
    text = scene.text("staff/mallory").replace("level: 1", "level: 3")
    evil = scene.git("hash-object", "-w", "--stdin", data=text)
    _with_folder(scene, "records/staff", ("100644", "mallory.yaml", evil))


@forged("hasDotgit", FAULT, "--full")
def a_folder_of_git_in_the_knowledge_base(scene: Scene) -> None:
    blob = scene.git("hash-object", "-w", "--stdin", data="[core]\n\thooksPath = /tmp\n")
    inner = scene.git("mktree", data=f"100644 blob {blob}\tconfig\n")
    _with_folder(scene, "kb/how-to", ("40000", ".git", inner), who=ANNA)


@forged("may not edit")
def an_undo_of_a_file_with_a_line_break_in_its_name(scene: Scene) -> None:
    name = scene.attachment("OWN", "a\nHEAD:desk.toml")
    scene.write(name, b"x")
    scene.entry("OWN", "Note", "mallory", "x")
    done = scene.told("note", "mallory", OWN)
    scene.git("revert", "-n", done)
    scene.told("undo", "mallory", OWN, f"Desk-To: note {done[:10]}")
    scene.swap("L", ("title: The contract", "title: Void"))
    scene.told("edit", "mallory", L, "Desk-To: title")


# -- messages -----------------------------------------------------------------------------------------------------------


@forged("Desk-Actor")
def a_trailer_twice_after_an_odd_blank(scene: Scene) -> None:
    scene.entry("T", "Note", "mallory", "x")
    scene.commit(
        f"{scene.t} note\n\nwhy\n \t\nDesk-Verb: note\nDesk-Actor: mallory\nDesk-Actor: maria\nDesk-Ticket: {scene.t}\n",
        MALLORY, {},
    )  # fmt: skip


@forged("import")
def an_import_behind_an_odd_blank(scene: Scene) -> None:
    scene.swap("T", ("I promise nothing.", "I promise everything."))
    scene.commit(
        f"x\n\nDesk-Verb: edit\nDesk-Actor: petros\nDesk-Ticket: {scene.t}\nDesk-Import: maria\n\n \n", MALLORY, {}
    )


@forged("the subject says")
def a_subject_that_tells_of_another_verb(scene: Scene) -> None:
    scene.entry("T", "Note", "mallory", "x")
    scene.commit(
        f"{scene.t} close: resolved\n\nDesk-Verb: note\nDesk-Actor: mallory\nDesk-Ticket: {scene.t}\n", MALLORY, {}
    )


@forged("Desk-Approved", REMARK)
def a_trailer_that_there_is_not(scene: Scene) -> None:
    scene.entry("T", "Note", "mallory", "x")
    scene.told("note", "mallory", T, "Desk-Approved: maria")


@forged("look like trailers", REMARK)
def a_message_in_another_encoding(scene: Scene) -> None:
    scene.entry("T", "Note", "mallory", "x")
    text = f"{scene.t} note\n\n+AEQ-esk-Verb: note\nDesk-Actor: mallory\nDesk-Ticket: {scene.t}\n"
    commit_with_head(scene, "encoding UTF-7\n", text)


@forged("nulInCommit", FAULT, "--full")
def a_message_with_an_end_in_its_middle(scene: Scene) -> None:
    scene.entry("T", "Note", "mallory", "x")
    text = f"{scene.t} note\n\nDesk-Verb: note\nDesk-Actor: mallory\nDesk-Ticket: {scene.t}\n"
    commit_with_head(scene, "", f"{text}\0\n\nhidden\n")


@forged("templates/mail")
def a_text_of_mails_changes_under_a_setting(scene: Scene) -> None:
    path = next((scene.home / "templates/mail").iterdir())
    path.write_text(path.read_text(encoding="utf-8") + "x", encoding="utf-8")
    scene.told("config", "anna", who=ANNA)


@forged("approved with this file")
def a_picture_of_an_approved_article_is_swapped(scene: Scene) -> None:
    scene.run("config", "set", "kb.approval", "true")
    scene.write("kb/how-to/shot.png", b"png")
    scene.swap(ARTICLE, ("Press the button.", "![](shot.png)"))
    scene.hand(MARIA)
    scene.run("kb", "review", "how-to-restart", "--submit")
    scene.machine(ANNA)
    scene.run("kb", "review", "how-to-restart", "--approve")
    scene.run("kb", "publish", "how-to-restart")
    scene.machine(MARIA)
    scene.write("kb/how-to/shot.png", b"another")
    scene.hand(ANNA, "by hand")


# -- duties that hide acts ---------------------------------------------------------------------------------------------


@forged("a mail doesn't change staff")
def a_mail_that_makes_mallory_level_3(scene: Scene) -> None:
    scene.run("config", "set", "mail.machines", "post@ncpeh.example")
    scene.swap("staff/mallory", ("level: 1", "level: 3"))
    scene.told(
        "edit", "maria", "Desk-Mail: 0123456789abcdef 0123456789abcdef", "Desk-Record: staff/mallory", "Desk-To: level",
        who=MARIA, machine="post@ncpeh.example",
    )  # fmt: skip


@forged("a mail doesn't close")
def a_mail_that_closes_a_ticket(scene: Scene) -> None:
    scene.run("config", "set", "mail.machines", "post@ncpeh.example")
    scene.swap("T", ("state: open", "state: closed"))
    scene.key("T", f"closed: {NOW}")
    scene.told(
        "close", "maria", "Desk-Mail: 0123456789abcdef 0123456789abcdef", T, "Desk-From: open", "Desk-To: closed",
        who=MARIA, machine="post@ncpeh.example",
    )  # fmt: skip


@forged("is no ticket of")
def a_mail_to_another_ticket_for_no_reason(scene: Scene) -> None:
    user = _make(scene, "user", "create", "--name", "A", "--email", "a@x.example", "--group", "patient")
    scene.run("config", "set", "mail.machines", "post@ncpeh.example")
    scene.entry("T", "Reply", user, "I too.")
    scene.told(
        "reply", user, "Desk-Mail: 0123456789abcdef 0123456789abcdef", "Desk-Joined: because", T,
        who=(user, nameless(user)), machine="post@ncpeh.example",
    )  # fmt: skip


@forged("requesters", REMARK)
def words_of_a_requester_on_mallorys_machine(scene: Scene) -> None:
    user = _make(scene, "user", "create", "--name", "A", "--email", "a@x.example", "--group", "patient")
    scene.own = _make(scene, "ticket", "create", "--department", "legal", "--title", "X", "--requester", user)
    scene.entry("OWN", "Reply", user, "I withdraw.")
    scene.told("reply", user, OWN, who=(user, nameless(user)), machine=MALLORY[1])


@forged("desk itself writes")
def desk_notes_what_mallory_says(scene: Scene) -> None:
    scene.entry("L", "Note", "desk", "Maria has approved the payment.")
    scene.told("undelivered", "desk", L, "Desk-To: u-1234", who=("desk", MALLORY[1]))


@forged("may not edit")
def a_doctor_takes_a_file_off_a_request(scene: Scene) -> None:
    file = scene.home.parent / "plan.pdf"
    file.write_bytes(b"%PDF")
    scene.own = _make(scene, "ticket", "create", "--department", "technical", "--title", "X", "--attach", str(file))
    scene.swap("OWN", ("attachments: [plan.pdf]\n", ""))
    scene.told("doctor", "nikos", OWN, "Desk-Effect: edit", "Desk-To: attachments", who=NIKOS)


@forged("may not link")
def a_doctor_links_what_belongs_apart(scene: Scene) -> None:
    scene.key("T", f"links: [relates {scene.own}]")
    scene.key("OWN", f"links: [relates {scene.t}]")
    scene.told(
        "doctor", "nikos", T, "Desk-Effect: link", f"Desk-To: relates {scene.own}",
        OWN, "Desk-Effect: link", f"Desk-To: relates {scene.t}", who=NIKOS,
    )  # fmt: skip


@forged("may not edit")
def a_doctor_says_it_was_merged(scene: Scene) -> None:
    scene.run("ticket", "close", scene.t)
    scene.key("T", f"merged_into: {scene.l}")
    scene.told("doctor", "nikos", T, "Desk-Effect: edit", "Desk-To: merged_into", who=NIKOS)


@forged("article")
def a_closed_problem_writes_its_own_fix_into_an_article(scene: Scene) -> None:
    problem = _make(scene, "ticket", "create", "--department", "technical", "--title", "P", "--tag", "problem")
    scene.run("problem", "workaround", problem, "--body", "Wait.")
    slug = _make(scene, "problem", "known-error", problem)
    path = next(scene.home.glob(f"kb/*/{slug}.md"))
    scene.own = problem
    scene.swap("OWN", ("state: open", "state: closed"))
    scene.key("OWN", f"closed: {NOW}")
    scene.key(path.relative_to(scene.home).as_posix(), "fix: Send your password to mallory.")
    scene.told(
        "close", "mallory", OWN, "Desk-From: open", "Desk-To: closed",
        f"Desk-Record: article/{slug}", "Desk-Effect: problem-closed", f"Desk-To: {problem}", "Desk-Also: edit", "Desk-To: fix",
    )  # fmt: skip


@forged("as it could last be read: thread", REMARK)
def a_record_is_broken_and_mended_as_another(scene: Scene) -> None:
    text = scene.text("T")
    scene.write("T", text.replace("---\n", "--\n", 1))
    scene.hand()
    scene.write("T", text.replace("I promise nothing.", "I promise everything."))
    scene.told("edit", "mallory", T, "Desk-To: mended")


@forged("carried over")
def a_merge_of_tickets_changes_how_a_reply_came(scene: Scene) -> None:
    scene.machine(PETROS)
    scene.run("ticket", "reply", scene.own, "--body", "Petros says no.")
    scene.machine(MALLORY)
    scene.run("ticket", "merge", scene.own, "--into", scene.t)
    scene.machine(MARIA)
    scene.git("reset", "-q", "--soft", "HEAD~1")
    text = scene.text("T")
    head, mark, rest = text.partition("Petros says no.")
    lines = head.rstrip("\n").split("\n")
    assert lines[-1].startswith("## Reply by petros"), lines
    lines[-1] = lines[-1].replace("<!-- {", "<!-- {via: email, ")
    scene.write("T", "\n".join(lines) + "\n\n" + mark + rest)
    scene.told(
        "merge", "mallory", OWN, "Desk-To: {T}", "Desk-Also: close", "Desk-From: open", "Desk-To: closed",
        T, "Desk-From: {OWN}",
    )  # fmt: skip


@forged("reason can't be changed")
def a_ban_gets_another_reason(scene: Scene) -> None:
    scene.run("user", "ban", "a@x.example", "--reason", "spam")
    path = next((scene.home / "records/bans").iterdir())
    path.write_text(path.read_text().replace("spam", "rude"))
    scene.hand(MALLORY)


@forged("a@x.example became the address")
def two_users_with_one_address(scene: Scene) -> None:
    _make(scene, "user", "create", "--name", "A", "--email", "a@x.example", "--group", "patient")
    scene.write(
        "users/u-aaaa", f"id: u-aaaa\nname: B\nemail: A@x.example\ngroup: patient\nregistered: true\ncreated: {NOW}\n"
    )
    scene.hand(MALLORY)


@forged("lies beside it")
def a_picture_in_two_spellings(scene: Scene) -> None:
    for form in ("NFC", "NFD"):
        scene.write(f"kb/how-to/{unicodedata.normalize(form, 'é')}.png", form)
    scene.hand(ANNA)


@forged("id: missing")
def an_article_in_other_letters(scene: Scene) -> None:
    scene.write("kb/how-to/How-To-Restart.md", scene.text(ARTICLE).replace("id: how-to-restart\n", ""))
    scene.hand(ANNA)


@forged("machine of mallory", REMARK)
def a_sync_merge_in_marias_name(scene: Scene) -> None:
    scene.git("checkout", "-q", "-b", "side")
    scene.run("ticket", "classify", scene.t, "--priority", "high")
    scene.git("checkout", "-q", "main")
    scene.run("ticket", "classify", scene.t, "--priority", "medium")
    tree = scene.git("rev-parse", "main^{tree}")
    text = f"Merge\n\nDesk-Merge: {VERSION}\nDesk-Verb: sync\nDesk-Actor: maria\n"
    oid = scene.as_(MALLORY, "commit-tree", tree, "-p", "main", "-p", "side", "-F", "-", data=text)
    scene.git("reset", "-q", "--hard", oid)
    scene.git("branch", "-q", "-D", "side")


@forged("seal/second")
def a_seal_of_a_seal(scene: Scene) -> None:
    scene.run("audit", "seal", "--name", "first")
    scene.as_(MARIA, "tag", "-a", "-m", "x", "seal/second", "seal/first")


@forged("not a seal")
def a_seal_of_a_tree(scene: Scene) -> None:
    scene.as_(MARIA, "tag", "-a", "-m", "Seal-Version: 1", "seal/second", "HEAD^{tree}")


@forged("not a seal")
def a_light_seal(scene: Scene) -> None:
    scene.git("tag", "seal/second", "HEAD")


@forged("used before")
def a_deleted_article_comes_back_as_another(scene: Scene) -> None:
    text = scene.text(ARTICLE)
    scene.run("kb", "delete", "how-to-restart")
    scene.write(ARTICLE, text.replace("Press the button.", "Pull the plug."))
    scene.hand(ANNA)


@forged("lost an entry")
def half_an_undo_of_a_merge_by_hand(scene: Scene) -> None:
    scene.machine(MALLORY)
    scene.run("ticket", "merge", scene.own, "--into", scene.t)
    scene.machine(MARIA)
    scene.git("checkout", "HEAD~1", "--", scene.name("T"))
    scene.hand(MALLORY)


@forged("entry by petros")
def an_undo_of_an_undo_by_another(scene: Scene) -> None:
    scene.machine(PETROS)
    scene.run("ticket", "note", scene.t, "--body", "Petros saw it.")
    scene.run("ticket", "undo", scene.t)
    scene.machine(MARIA)
    done = scene.head
    scene.git("checkout", "HEAD~1", "--", scene.name("T"))
    scene.told("undo", "mallory", T, f"Desk-To: undo {done[:10]}", who=MALLORY)


@forged("may not change machine")
def a_machine_gets_more_duties(scene: Scene) -> None:
    scene.write("records/machines/post.yaml", "id: post\nkeys: []\nmay: [relay]\n")
    scene.hand(ANNA)


@forged("may not change department")
def a_department_made_public_by_level_2(scene: Scene) -> None:
    scene.swap("departments/legal", ("id: legal", "id: legal\nprivate: true"))
    scene.hand(ANNA)


# -- times, and what is told by the way --------------------------------------------------------------------------------


@forged("is not when it was written")
def an_entry_of_the_second_of_an_older_one(scene: Scene) -> None:
    scene.entry("T", "Note", "mallory", "I had said so at once.")
    scene.told("note", "mallory", T, at="@1784887164 +0000")


@forged("is not when it was closed")
def a_ticket_closed_again_as_of_its_first_end(scene: Scene) -> None:
    scene.run("ticket", "close", scene.own)
    scene.swap("OWN", ("state: closed", "state: open"))
    scene.hand(MALLORY, at="@1784887164 +0000")
    scene.swap("OWN", ("state: open", "state: closed"))
    scene.hand(MALLORY, at="@1784987164 +0000")


@forged("cc")
def an_outsider_in_copy_under_a_note(scene: Scene) -> None:
    scene.entry("T", "Note", "mallory", "x")
    scene.key("T", "cc: [mallory@else.example]")
    scene.told("note", "mallory", T)


@forged("watchers")
def more_watchers_than_an_escalation_tells(scene: Scene) -> None:
    scene.key("T", "watchers: [maria, mallory]")
    scene.told("escalate-up", "petros", T, "Desk-To: maria", who=PETROS)


@forged("links: by the message")
def more_links_than_a_transfer_tells(scene: Scene) -> None:
    problem = _make(scene, "ticket", "create", "--department", "technical", "--title", "P", "--tag", "problem")
    scene.machine(PETROS)
    scene.run("ticket", "transfer", scene.t, "--to", problem)
    scene.machine(MARIA)
    scene.git("reset", "-q", "--soft", "HEAD~1")
    scene.swap("T", (f"caused-by {problem}", f"caused-by {problem}, duplicates {scene.own}"))
    scene.told("transfer", "petros", T, f"Desk-To: {problem}", "Desk-Also: tag", "Desk-To: incident",
        f"Desk-Ticket: {problem}", "Desk-Effect: link", f"Desk-To: causes {scene.t}", who=PETROS)  # fmt: skip


def _with_steps(scene: Scene) -> None:
    scene.key("T", "checklist:\n- '[ ] Call Malta'\n- '[ ] Call Gozo'\n- '[ ] Tell maria'")
    scene.hand(PETROS)


@forged("checklist: the message")
def more_steps_done_than_are_told(scene: Scene) -> None:
    _with_steps(scene)
    scene.swap("T", ("[ ] Call Malta", "[x] Call Malta"), ("[ ] Tell maria", "[x] Tell maria"))
    scene.told("check", "petros", T, "Desk-To: 1", who=PETROS)


@forged("checklist: the message")
def another_step_than_the_one_that_is_done(scene: Scene) -> None:
    _with_steps(scene)
    scene.swap("T", ("[ ] Call Malta", "[x] Call nobody"))
    scene.told("check", "petros", T, "Desk-To: 1", who=PETROS)


@forged("is not when it was published")
def published_long_ago(scene: Scene) -> None:
    scene.key(ARTICLE, "state: published")
    scene.key(ARTICLE, "published: 2020-01-01T00:00:00Z")
    scene.told(
        "publish", "anna", "Desk-Record: article/how-to-restart", "Desk-From: draft", "Desk-To: published", who=ANNA
    )


@forged("in the name of maria")
def a_ticket_is_brought_over_from_another_branch(scene: Scene) -> None:
    """What exists on another branch is made again by somebody else."""
    base = scene.head
    ticket = _make(scene, "ticket", "create", "--department", "legal", "--title", "Theirs")
    scene.run("ticket", "note", ticket, "--body", "By maria.")
    path = f"records/tickets/20{ticket[:2]}/{ticket[2:4]}/{ticket[4:6]}/{ticket}.md"
    text = scene.text(path)
    scene.git("checkout", "-q", "-b", "side", base)
    scene.write(path, text)
    scene.told("create", "nikos", f"Desk-Ticket: {ticket}", "Desk-To: legal", who=NIKOS)
    scene.as_(NIKOS, "merge", "-q", "--no-ff", "-m", "Merge", "main")
    scene.git("checkout", "-q", "-B", "main")
    scene.git("branch", "-q", "-D", "side")


@forged("used before")
def a_slug_used_again_after_a_seal(scene: Scene) -> None:
    scene.run("kb", "delete", "how-to-restart")
    scene.run("audit", "seal", "--no-verify", "--name", "first")
    scene.write(
        ARTICLE,
        "---\nid: how-to-restart\ntitle: Restart\ntopic: how-to\ntype: how-to\nstate: draft\nlanguage: en\n---\n\nPull.\n",
    )
    scene.hand(ANNA)


@forged("withdrawn")
def a_close_that_hides_how(scene: Scene) -> None:
    scene.swap("OWN", ("state: open", "state: closed"))
    scene.key("OWN", f"closed: {NOW}\nresolution: withdrawn")
    scene.told("close", "mallory", OWN, "Desk-From: open", "Desk-To: closed")


@forged("coordinator")
def a_coordinator_under_a_word_of_none(scene: Scene) -> None:
    scene.run("ticket", "tag", scene.t, "incident")
    scene.key("T", "major: true\ncoordinator: petros")
    scene.told("major", "petros", T, who=PETROS)


@forged("state was changed")
def a_reply_that_reopens_without_a_word(scene: Scene) -> None:
    scene.run("ticket", "close", scene.t)
    scene.swap("T", ("state: closed", "state: open"))
    scene.entry("T", "Reply", "petros", "x")
    scene.told("reply", "petros", T, who=PETROS)


@forged("Desk-To")
def two_values_of_one_event(scene: Scene) -> None:
    scene.swap("T", ("priority: low", "priority: high"))
    scene.told("classify", "petros", T, "Desk-From: low", "Desk-To: medium", "Desk-To: high", who=PETROS)


@forged("may not edit")
def a_purge_of_what_is_declared(scene: Scene) -> None:
    scene.run("field", "create", "cause-code", "--on", "ticket", "--type", "text")
    scene.run("ticket", "edit", scene.t, "--field", "cause-code=42")
    scene.swap("T", ("fields: {cause-code: '42'}\n", ""))
    scene.told("purge", "anna", T, "Desk-Effect: edit", "Desk-To: fields", who=ANNA)


@forged("requester was changed")
def a_requester_given_to_a_ticket_under_a_reply(scene: Scene) -> None:
    user = _make(scene, "user", "create", "--name", "A", "--email", "a@x.example", "--group", "patient")
    scene.key("T", f"requester: {user}")
    scene.entry("T", "Reply", user, "I withdraw.")
    scene.told("reply", "mallory", T)


@forged("email was changed")
def a_user_becomes_another_under_layout(scene: Scene) -> None:
    user = _make(scene, "user", "create", "--name", "A", "--email", "a@x.example", "--group", "patient")
    scene.swap(f"users/{user}", ("email: a@x.example", "email: evil@x.example"))
    scene.told("edit", "mallory", f"Desk-Record: user/{user}", "Desk-To: layout")


@forged("it disappeared")
def a_ban_lifted_by_another_message(scene: Scene) -> None:
    scene.run("user", "ban", "a@x.example", "--reason", "spam")
    path = next((scene.home / "records/bans").iterdir())
    ban = path.stem
    path.unlink()
    scene.told("edit", "mallory", f"Desk-Record: ban/{ban}", "Desk-To: reason")


@forged("level was changed")
def the_verb_commit_hides_a_level(scene: Scene) -> None:
    scene.swap("staff/petros", ("level: 1", "level: 2"))
    scene.told("commit", "maria", "Desk-Record: staff/petros", "Desk-Effect: edit", "Desk-To: departments", who=MARIA)


@forged("templates/mail")
def a_template_hidden_behind_commit(scene: Scene) -> None:
    path = next((scene.home / "templates/mail").iterdir())
    path.write_text(path.read_text(encoding="utf-8") + "x", encoding="utf-8")
    scene.told("commit", "anna", who=ANNA)


@forged("lost an entry")
def undo_by_plain_revert_of_others_words(scene: Scene) -> None:
    scene.as_(MALLORY, "revert", "--no-edit", scene.commits[3])
    scene.machine(PETROS)
    scene.run("ticket", "note", scene.t, "--body", "Petros' last.")
    scene.machine(MARIA)
    scene.as_(MALLORY, "revert", "--no-edit", "HEAD")


@forged("may not change staff")
def a_merge_picks_old_staff_by_a_third_side(scene: Scene) -> None:
    """criss-cross: raised and lowered on both sides."""
    scene.swap("staff/mallory", ("level: 1", "level: 2"))
    scene.hand(MARIA, "up")
    up = scene.head
    scene.swap("staff/mallory", ("level: 2", "level: 1"))
    scene.hand(MARIA, "down")
    scene.git("checkout", "-q", "-b", "side", up)
    scene.as_(MALLORY, "commit", "-q", "--allow-empty", "-m", "n")
    scene.git("checkout", "-q", "main")
    scene.git("checkout", up, "--", scene.name("staff/mallory"))
    _merged(scene, MALLORY)


@forged("not a plain file")
def a_symlinked_topic(scene: Scene) -> None:
    scene.path("kb/elsewhere").symlink_to("/etc")
    scene.hand(ANNA)


@forged("not a plain file")
def a_submodule_in_the_knowledge_base(scene: Scene) -> None:
    head = scene.head
    scene.git("update-index", "--add", "--cacheinfo", f"160000,{head},kb/sub")
    scene.as_(ANNA, "commit", "-q", "-m", "sub")


@forged("executable")
def a_picture_is_executable(scene: Scene) -> None:
    scene.write("kb/how-to/x.png", b"x")
    scene.path("kb/how-to/x.png").chmod(0o755)
    scene.hand(ANNA)


@forged("a move changes links")
def an_article_moves_and_changes(scene: Scene) -> None:
    text = scene.text(ARTICLE)
    scene.drop(ARTICLE)
    scene.write("kb/faq/how-to-restart.md", text.replace("topic: how-to", "topic: faq").replace("Press", "Smash"))
    scene.told("move", "anna", "Desk-Record: article/how-to-restart", "Desk-From: how-to", "Desk-To: faq", who=ANNA)


@forged("there is another")
def a_second_file_of_one_ticket(scene: Scene) -> None:
    text = scene.text("T")
    scene.write(f"records/tickets/2026/07/24/{scene.t}.md", text)
    scene.hand(PETROS)


@forged("stands here twice")
def two_levels_in_one_record(scene: Scene) -> None:
    scene.write("staff/petros", scene.text("staff/petros") + "level: 3\n")
    scene.hand(MARIA)


@forged("another document")
def a_staff_record_in_two_documents(scene: Scene) -> None:
    scene.write("staff/petros", scene.text("staff/petros") + "---\nlevel: 3\n")
    scene.hand(MARIA)
