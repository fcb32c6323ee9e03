"""Forged histories in the shapes that git knows: merges of every kind, odd commits, odd files."""

from __future__ import annotations

import unicodedata

from tests.audit.cases import FAULT, REMARK, forged
from tests.audit.cast import ANNA, AT, GHOST, MALLORY, MARIA, Scene, Who

ARTICLE = "kb/how-to/how-to-restart.md"


def _parts(scene: Scene, theirs: Who = MALLORY) -> None:
    """A side branch with a commit of its own."""
    scene.aside(theirs)


def _commit_merge(scene: Scene, who: Who, *parents: str, message: str = "Merge") -> None:
    """What lies in the work tree becomes a merge of these."""
    scene.join(who, *parents, message=f"{message}\n")


def _drops(scene: Scene, *parents: str, who: Who = MALLORY, message: str = "Merge") -> None:
    """A merge that leaves maria's reply out."""
    _parts(scene)
    scene.run("ticket", "reply", scene.t, "--body", "Late words of maria.")
    head, _mark, _rest = scene.text("T").partition("\n## Reply by maria, 2026-07-23T06:12:44Z\n\nLate")
    scene.write("T", f"{head}\n")
    _commit_merge(scene, who, *parents, message=message)


@forged("lost an entry")
def a_merge_drops_a_reply_as_its_own_change(scene: Scene) -> None:
    _drops(scene, "main", "side")


@forged("lost an entry")
def a_merge_drops_a_reply_with_its_parents_swapped(scene: Scene) -> None:
    _drops(scene, "side", "main")


@forged("3 histories")
def an_octopus_drops_a_reply(scene: Scene) -> None:
    scene.git("branch", "third", "HEAD")
    _drops(scene, "main", "side", scene.commits[0])
    scene.git("branch", "-q", "-D", "third")


@forged("sides give")
def a_merge_that_says_it_is_desks_own(scene: Scene) -> None:
    _drops(scene, "side", "main", message="Merge\n\nDesk-Verb: sync\nDesk-Actor: mallory\nDesk-Merge: 1")


@forged("lost an entry")
def a_merge_of_a_commit_with_what_it_stands_on(scene: Scene) -> None:
    _drops(scene, "main", scene.commits[0])


@forged("may not")
def a_merge_between_two_criss_cross_ones(scene: Scene) -> None:
    """Both sides have merged each other; of two common bases, the one that suits is not the one that counts."""
    _parts(scene)
    main, side = scene.git("rev-parse", "main"), scene.git("rev-parse", "side")
    scene.swap("L", ("title: The contract", "title: The contract, signed"))
    one = scene.hand(ANNA, "one")
    scene.git("checkout", "-q", "side")
    scene.as_(MALLORY, "merge", "-q", "--no-ff", "-m", "x", "main")
    two = scene.head
    scene.git("checkout", "-q", "main")
    scene.as_(MARIA, "merge", "-q", "--no-ff", "-m", "y", side)
    scene.swap("L", ("The contract, signed", "The contract, void"))
    scene.hand(ANNA, "three")
    assert main != one
    scene.swap("L", ("The contract, void", "The contract, signed"))
    _commit_merge(scene, MALLORY, scene.head, two)


@forged("neither side", REMARK)
def a_merge_brings_back_what_was_deleted_as_something_else(scene: Scene) -> None:
    _parts(scene)
    scene.git("checkout", "-q", "side")
    scene.swap("OWN", ("title: My own", "title: Mine for ever"))
    scene.hand()
    scene.git("checkout", "-q", "main")
    scene.run("ticket", "delete", scene.own)
    scene.git("checkout", "side", "--", scene.name("OWN"))
    scene.swap("OWN", ("title: Mine for ever", "title: Another"))
    _commit_merge(scene, MALLORY, "main", "side")


@forged("takes level 3")
def a_merge_brings_back_what_was_deleted(scene: Scene) -> None:
    _parts(scene)
    scene.run("ticket", "delete", scene.own)
    scene.git("checkout", "side", "--", scene.name("OWN"))
    _commit_merge(scene, MALLORY, "main", "side")


@forged("takes level 3")
def a_deleted_ticket_comes_back_by_hand(scene: Scene) -> None:
    scene.run("ticket", "delete", scene.own)
    scene.git("checkout", "HEAD~1", "--", scene.name("OWN"))
    scene.hand()


@forged("settings")
def a_merge_keeps_old_settings(scene: Scene) -> None:
    _parts(scene)
    scene.run("config", "set", "list.limit", "60")
    scene.git("checkout", "side", "--", "desk.toml")
    _commit_merge(scene, MALLORY, "main", "side")


@forged("report.pdf")
def a_merge_swaps_an_attachment(scene: Scene) -> None:
    _parts(scene)
    scene.write(scene.attachment("T", "report.pdf"), b"%PDF of mallory")
    _commit_merge(scene, MALLORY, "main", "side")


@forged("report.pdf")
def a_merge_leaves_an_attachment_out(scene: Scene) -> None:
    _parts(scene)
    scene.drop(scene.attachment("T", "report.pdf"))
    _commit_merge(scene, MALLORY, "side", "main")


@forged("may not change")
def a_merge_changes_the_text_of_a_mail(scene: Scene) -> None:
    _parts(scene)
    scene.write("templates/mail/reply-sent.txt", "x")
    _commit_merge(scene, MALLORY, "main", "side")


@forged("executable")
def a_merge_makes_a_record_executable(scene: Scene) -> None:
    _parts(scene)
    scene.path("T").chmod(0o755)
    _commit_merge(scene, MALLORY, "main", "side")


@forged("plain file")
def a_merge_makes_a_record_a_link(scene: Scene) -> None:
    _parts(scene)
    oid = scene.git("rev-parse", f"HEAD:{scene.name('T')}")
    scene.drop("T")
    scene.git("update-index", "--cacheinfo", f"120000,{oid},{scene.name('T')}")
    oid = scene.as_(MALLORY, "commit-tree", scene.git("write-tree"), "-p", "main", "-p", "side", "-m", "Merge")
    scene.git("reset", "-q", "--hard", oid)
    scene.git("branch", "-q", "-D", "side")


@forged("plain file")
def a_merge_brings_a_repository(scene: Scene) -> None:
    _parts(scene)
    scene.git("update-index", "--add", "--cacheinfo", f"160000,{scene.head},{scene.attachment('T', 'sub')}")
    oid = scene.as_(MALLORY, "commit-tree", scene.git("write-tree"), "-p", "main", "-p", "side", "-m", "Merge")
    scene.git("reset", "-q", "--hard", oid)
    scene.git("branch", "-q", "-D", "side")


@forged("beginning")
def another_history_joins(scene: Scene) -> None:
    oid = scene.as_(GHOST, "commit-tree", scene.git("rev-parse", "HEAD^{tree}"), "-m", "from nowhere")
    scene.git("branch", "side", oid)
    scene.swap("staff/mallory", ("level: 1", "level: 3"))
    _commit_merge(scene, MALLORY, "main", "side")


@forged("staff")
def a_merge_names_one_parent_twice(scene: Scene) -> None:
    scene.swap("staff/mallory", ("level: 1", "level: 3"))
    scene.git("add", "-A")
    tree, head = scene.git("write-tree"), scene.head
    who = f"{MALLORY[0]} <{MALLORY[1]}> {AT} +0000"
    text = f"tree {tree}\nparent {head}\nparent {head}\nauthor {who}\ncommitter {who}\n\nMerge\n"
    oid = scene.object("commit", text.encode())
    scene.git("reset", "-q", "--hard", oid)


@forged("tells")
def a_merge_of_nothing_tells_of_an_approval(scene: Scene) -> None:
    _parts(scene)
    told = "Merge\n\nDesk-Verb: approve\nDesk-Actor: maria\nDesk-Record: article/how-to-restart\nDesk-To: x"
    _commit_merge(scene, MALLORY, "main", "side", message=told)


@forged("staff")
def a_merge_by_who_was_level_3_on_one_side_alone(scene: Scene) -> None:
    """What she may, she may on both sides."""
    scene.git("checkout", "-q", "-b", "side")
    scene.swap("staff/mallory", ("level: 1", "level: 3"))
    scene.hand(MARIA, "up")
    scene.git("checkout", "-q", "main")
    scene.hand(MARIA, "elsewhere")
    scene.swap("staff/petros", ("level: 1", "level: 2"))
    scene.swap("staff/mallory", ("level: 1", "level: 3"))
    _commit_merge(scene, MALLORY, "side", "main")


# -- commits -----------------------------------------------------------------------------------------------------------


@forged("not on the staff")
def a_name_that_only_looks_like_marias(scene: Scene) -> None:
    scene.swap("staff/mallory", ("level: 1", "level: 3"))
    scene.hand(("Maria Georgiou", "maria@ncpеh.example"))


@forged("machine of mallory", REMARK)
def marias_name_on_a_machine_of_mallory(scene: Scene) -> None:
    scene.run("staff", "edit", "petros", "--level", "2")
    scene.git("reset", "-q", "--soft", "HEAD~1")
    scene.told("edit", "maria", "Desk-Record: staff/petros", "Desk-To: level", who=MARIA, machine=MALLORY[1])


@forged("not on the staff")
def an_author_without_an_address(scene: Scene) -> None:
    scene.swap("T", ("title: The ticket", "title: Mine"))
    scene.hand(("Maria Georgiou", ""))


@forged("multipleAuthors", FAULT, "--full")
def two_authors(scene: Scene) -> None:
    scene.swap("staff/mallory", ("level: 1", "level: 3"))
    scene.git("add", "-A")
    mallory, maria = (f"{name} <{mail}> {AT} +0000" for name, mail in (MALLORY, MARIA))
    head = f"tree {scene.git('write-tree')}\nparent {scene.head}\nauthor {mallory}\nauthor {maria}\n"
    oid = scene.object("commit", f"{head}committer {maria}\n\nup\n".encode())
    scene.git("reset", "-q", "--hard", oid)


@forged("which this commit doesn't change")
def an_empty_commit_tells_of_a_closing(scene: Scene) -> None:
    scene.told("close", "mallory", "Desk-Ticket: {OWN}", "Desk-From: open", "Desk-To: closed")


@forged("which this commit doesn't change")
def an_empty_commit_tells_of_an_unknown_verb(scene: Scene) -> None:
    scene.told("bless", "mallory", "Desk-Ticket: {L}")


@forged("merges alone")
def an_empty_commit_tells_of_a_decision(scene: Scene) -> None:
    scene.told("decide", "mallory", "Desk-Ticket: {L}", "Desk-From: high", "Desk-To: low")


@forged("merges alone")
def an_empty_commit_tells_of_another_name(scene: Scene) -> None:
    scene.told("rename", "mallory", "Desk-Ticket: {L}", "Desk-From: 260723-AAAA", f"Desk-To: {scene.l}")


@forged("author's address")
def an_empty_commit_in_marias_name(scene: Scene) -> None:
    scene.told("close", "maria", "Desk-Ticket: {T}", "Desk-From: open", "Desk-To: closed")


@forged("twice")
def a_trailer_twice(scene: Scene) -> None:
    scene.entry("T", "Note", "mallory", "x")
    scene.told("note", "mallory", "Desk-Verb: close", "Desk-Ticket: {T}")


@forged("twice")
def two_actors(scene: Scene) -> None:
    scene.entry("T", "Note", "mallory", "x")
    scene.told("note", "mallory", "Desk-Actor: maria", "Desk-Ticket: {T}")


@forged("look like", REMARK)
def trailers_that_are_none(scene: Scene) -> None:
    scene.hand(MALLORY, "quiet\n\nDesk-Verb: close\nDesk-Actor: maria\nDesk-Ticket: 260723-AAAA\n\nas agreed")


@forged("look like", REMARK)
def trailers_in_a_reason(scene: Scene) -> None:
    scene.entry("T", "Note", "mallory", "x")
    text = f"note\n\nDesk-Verb: close\n\nDesk-Verb: note\nDesk-Actor: mallory\nDesk-Ticket: {scene.t}\n"
    scene.hand(MALLORY, text)


@forged("look like", REMARK)
def trailers_in_another_spelling(scene: Scene) -> None:
    scene.hand(MALLORY, f"quiet\n\ndesk-verb: close\ndesk-actor: maria\ndesk-ticket: {scene.l}")


@forged("mail")
def a_mail_from_a_machine_that_may_not(scene: Scene) -> None:
    scene.entry("T", "Reply", "maria", "I approve.")
    scene.told("reply", "maria", f"Desk-Mail: {'7' * 16} {'9' * 16}", "Desk-Ticket: {T}", who=MARIA, machine=MALLORY[1])


@forged("dated", REMARK)
def a_commit_of_next_year(scene: Scene) -> None:
    """The newest one: nothing follows that could show it."""
    scene.entry("T", "Note", "mallory", "x", "2027-12-01T00:00:00Z")
    scene.told("note", "mallory", "Desk-Ticket: {T}", at="2027-12-01T00:00:00Z", committed="2027-12-01T00:00:00Z")


@forged("before the commit it follows", REMARK)
def a_commit_of_last_month(scene: Scene) -> None:
    scene.entry("OWN", "Reply", "mallory", "At once.", "2026-06-23T06:12:44Z")
    scene.told("reply", "mallory", "Desk-Ticket: {OWN}", at="2026-06-23T06:12:44Z", committed="2026-06-23T06:12:44Z")


@forged("notes", REMARK)
def notes_of_git_speak_beside_a_commit(scene: Scene) -> None:
    scene.keep(scene.home / ".git/refs/notes/commits")
    scene.as_(MALLORY, "notes", "add", "-m", "Desk-Verb: close", "HEAD")


# -- files -------------------------------------------------------------------------------------------------------------


@forged(".mailmap", REMARK)
def a_mailmap_gives_commits_other_authors(scene: Scene) -> None:
    scene.write(".mailmap", f"Maria Georgiou <{MARIA[1]}> <{MALLORY[1]}>\n")
    scene.hand()


@forged("settings")
def attributes_of_everything(scene: Scene) -> None:
    scene.write(".gitattributes", "records/** -diff\n")
    scene.hand()


@forged("settings")
def attributes_of_everything_in_other_letters(scene: Scene) -> None:
    scene.write("records/.GitAttributes", "*.md working-tree-encoding=UTF-16\n")
    scene.hand(ANNA)


@forged("", REMARK)
def a_name_in_other_letters(scene: Scene) -> None:
    scene.write("records/staff/Maria.yaml", scene.text("staff/maria").replace("level: 3", "level: 1"))
    scene.hand(MARIA)


@forged("", REMARK)
def one_name_put_together_in_two_ways(scene: Scene) -> None:
    for form in ("NFC", "NFD"):
        name = unicodedata.normalize(form, "άδεια")
        scene.write(f"kb/how-to/{name}.png", form)
    scene.hand(ANNA)


@forged("plain file")
def the_folder_of_tickets_is_a_link(scene: Scene) -> None:
    scene.path("records/users").symlink_to("../../elsewhere")
    scene.hand(MARIA)


@forged("plain file")
def a_repository_among_records(scene: Scene) -> None:
    scene.git("update-index", "--add", "--cacheinfo", f"160000,{scene.head},records/more")
    scene.as_(MARIA, "commit", "-q", "-m", "sub")


@forged("plain file")
def the_settings_are_a_link(scene: Scene) -> None:
    scene.drop("desk.toml")
    scene.path("desk.toml").symlink_to("kb/desk.toml")
    scene.hand(MARIA)
    _lay_settings(scene)


@forged("settings")
def the_settings_are_gone(scene: Scene) -> None:
    scene.drop("desk.toml")
    scene.hand()
    _lay_settings(scene)


def _lay_settings(scene: Scene) -> None:
    """A desk is known by them."""
    scene.path("desk.toml").unlink(missing_ok=True)
    scene.write("desk.toml", scene.git("show", f"{scene.base}:desk.toml"))


@forged("neither a record", REMARK)
def a_name_of_several_lines(scene: Scene) -> None:
    scene.write("records/staff/x\nlevel: 3", "x")
    scene.hand(MARIA)


@forged("no such ticket")
def files_of_a_ticket_that_is_not_there(scene: Scene) -> None:
    scene.write(scene.attachment("T", "x.pdf").replace(scene.t, "260723-ZZZZ"), b"x")
    scene.hand()


@forged("belong to this path")
def a_ticket_of_another_century(scene: Scene) -> None:
    text = scene.text("OWN").replace(scene.own, "260723-AAAA")
    scene.write("records/tickets/1926/07/23/260723-AAAA.md", text)
    scene.hand()


@forged("another how-to-restart")
def one_slug_in_two_topics(scene: Scene) -> None:
    scene.write("kb/faq/how-to-restart.md", scene.text(ARTICLE).replace("topic: how-to", "topic: faq"))
    scene.told("create", "anna", "Desk-Record: article/how-to-restart", "Desk-To: Restart", who=ANNA)
