"""Forged histories by way of what git was told, and of what one commit prepares for another."""

from __future__ import annotations

from desk.domain.people import users
from tests.audit.cases import FAULT, REMARK, forged
from tests.audit.cases_odd import commit_with_head
from tests.audit.cast import ANNA, MALLORY, MARIA, NIKOS, Scene

NOW = "2026-07-23T06:12:44Z"
T, L, OWN = "Desk-Ticket: {T}", "Desk-Ticket: {L}", "Desk-Ticket: {OWN}"
ARTICLE = "kb/how-to/how-to-restart.md"
LINK = f"160000,{'1' * 40},records/staff/evil"


@forged("records/staff/evil: not a plain file")
def a_repository_that_git_is_told_to_ignore(scene: Scene) -> None:
    scene.write(".gitmodules", '[submodule "x"]\n\tpath = records/staff/evil\n\turl = ../x\n\tignore = all\n')
    scene.hand(NIKOS)
    scene.git("update-index", "--add", "--cacheinfo", LINK)
    scene.as_(MALLORY, "commit", "-q", "-m", "x")


@forged("look like trailers", REMARK)
def windows_line_ends_in_a_message(scene: Scene) -> None:
    scene.swap("OWN", ("title: My own", "title: Another"))
    scene.commit(
        f"{scene.own} note\r\n\r\nDesk-Verb: note\r\nDesk-Actor: mallory\r\nDesk-Ticket: {scene.own}\r\n", MALLORY, {}
    )


@forged("doctor is nothing that is done to a ticket")
def trailers_apart_by_odd_line_ends(scene: Scene) -> None:
    scene.swap("T", ("title: The ticket", "title: Another"))
    scene.commit(
        f"x\n\nReviewed-by: y\u2028Desk-Verb: doctor\u2028Desk-Actor: maria\u2028Desk-Ticket: {scene.t}\n", MALLORY, {}
    )


@forged("can't be merged into itself")
def a_ticket_merged_into_itself(scene: Scene) -> None:
    scene.swap("OWN", ("state: open", "state: closed"))
    scene.key("OWN", f"closed: {NOW}\nresolution: duplicate\nmerged_into: {scene.own}")
    scene.hand()


@forged("anna may not change settings")
def the_settings_by_level_2(scene: Scene) -> None:
    scene.swap("desk.toml", ("[desk]", "[kb]\napproval = false\n\n[desk]"))
    scene.told("config", "anna", "Desk-Record: settings/kb.approval", "Desk-From: true", "Desk-To: false", who=ANNA)


@forged("mallory may not change settings")
def a_machine_lets_itself_take_mail(scene: Scene) -> None:
    scene.swap("desk.toml", ("[desk]", '[mail]\nmachines = ["mallory@ncpeh.example"]\n\n[desk]'))
    scene.hand()


@forged("from the machine of mallory", REMARK)
def another_key_for_maria(scene: Scene) -> None:
    scene.write("staff/maria", scene.text("staff/maria") + "keys: [ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE]\n")
    scene.told("edit", "maria", "Desk-Record: staff/maria", "Desk-To: keys", who=MARIA, machine=MALLORY[1])


@forged("mallory may not change staff")
def a_key_of_her_own(scene: Scene) -> None:
    scene.write("staff/mallory", scene.text("staff/mallory") + "keys: [ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE]\n")
    scene.told("edit", "mallory", "Desk-Record: staff/mallory", "Desk-To: keys")


@forged("staff/mal: mallory may not change staff")
def a_staff_record_under_another_name(scene: Scene) -> None:
    text = scene.text("staff/mallory").replace("id: mallory", "id: mal").replace("level: 1", "level: 3")
    scene.drop("staff/mallory")
    scene.write("staff/mal", text)
    scene.told("edit", "mallory", "Desk-Record: staff/mallory", "Desk-To: name")


@forged("was deleted while 5 records")
def a_department_that_tickets_are_in_goes(scene: Scene) -> None:
    scene.drop("departments/legal")
    scene.told("delete", "nikos", "Desk-Record: departments/legal", who=NIKOS)


@forged("doesn't say when")
def a_close_without_a_time(scene: Scene) -> None:
    scene.swap("OWN", ("state: open", "state: closed"))
    scene.told("close", "mallory", OWN, "Desk-From: open", "Desk-To: closed")


@forged("approved_by was changed")
def an_unknown_key_under_a_note(scene: Scene) -> None:
    scene.key("OWN", "approved_by: maria")
    scene.entry("OWN", "Note", "mallory", "x")
    scene.told("note", "mallory", OWN)


@forged("evidence was changed")
def a_note_that_takes_an_unknown_key_away(scene: Scene) -> None:
    scene.key("OWN", "evidence: kept")
    scene.told("edit", "mallory", OWN, "Desk-To: evidence")
    scene.swap("OWN", ("evidence: kept\n", ""))
    scene.entry("OWN", "Note", "mallory", "x")
    scene.told("note", "mallory", OWN)


@forged("a byte order mark")
def a_byte_order_mark(scene: Scene) -> None:
    scene.write("OWN", "\ufeff" + scene.text("OWN"))
    scene.told("edit", "mallory", OWN, "Desk-To: layout")


@forged("mallory may not change topic")
def a_private_topic_by_level_1(scene: Scene) -> None:
    path = "kb/how-to/topic.yaml"
    scene.write(path, scene.text(path) + "private: true\n")
    scene.told("edit", "mallory", "Desk-Record: topic/how-to", "Desk-To: private")


@forged("mallory may not change article")
def a_translation_by_level_1(scene: Scene) -> None:
    scene.write(
        "kb/how-to/how-to-restart.el.md", scene.text(ARTICLE).replace("id: how-to-restart", "id: how-to-restart.el")
    )
    scene.told("create", "mallory", "Desk-Record: article/how-to-restart.el")


@forged("mallory may not watch")
def a_watcher_of_a_foreign_ticket(scene: Scene) -> None:
    scene.key("L", "watchers: [mallory]")
    scene.told("watch", "mallory", L, "Desk-To: mallory")


@forged("mallory may not move")
def a_foreign_ticket_moved_to_herself(scene: Scene) -> None:
    scene.swap("L", ("department: legal", "department: semantic"))
    scene.told("move", "mallory", L, "Desk-From: legal", "Desk-To: semantic")


@forged("may not write a reply in the name of maria")
def a_reply_of_maria_from_her_machine(scene: Scene) -> None:
    scene.entry("OWN", "Reply", "maria", "I approve.")
    scene.told("reply", "mallory", OWN, machine=MARIA[1])


@forged("dated 2 days before", REMARK)
def an_author_date_that_suits_a_reply(scene: Scene) -> None:
    scene.entry("OWN", "Reply", "mallory", "x", at="2026-07-21T06:12:44Z")
    scene.told("reply", "mallory", OWN, at="2026-07-21T06:12:44Z")


@forged("may not delete")
def a_deletion_told_as_a_purge(scene: Scene) -> None:
    scene.drop("OWN")
    scene.told("purge", "mallory", OWN)


@forged("templates/mail/x.txt: line 1: not a plain file")
def a_mail_text_is_a_link(scene: Scene) -> None:
    path = scene.path("templates/mail/x.txt")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to("/etc/passwd")
    scene.told("config", "nikos", "Desk-Record: settings/desk.name", who=NIKOS)


@forged("made by hand", REMARK)
def a_text_of_mails_by_level_2(scene: Scene) -> None:
    scene.write("templates/mail/en/reply.txt", "x")
    scene.hand(ANNA)


@forged("may not change response")
def a_file_in_reports_by_level_1(scene: Scene) -> None:
    scene.write("templates/reports/monthly.md", "x")
    scene.hand()


@forged("already")
def two_tickets_of_one_id(scene: Scene) -> None:
    scene.write(scene.name("OWN").replace("/23/", "/22/"), scene.text("OWN"))
    scene.hand()


@forged("git fsck is told to pass over", FAULT, "--full")
def git_fsck_is_told_to_pass_over(scene: Scene) -> None:
    scene.keep(scene.home / ".git/config")
    scene.git("config", "fsck.multipleAuthors", "ignore")
    commit_with_head(scene, "author Maria Georgiou <maria@ncpeh.example> 1784787164 +0000", "x")


@forged("may not change field")
def a_field_declared_by_level_1(scene: Scene) -> None:
    scene.write("records/fields/country.yaml", "id: country\nname: Country\ntype: text\non: ticket\n")
    scene.told("create", "mallory", "Desk-Record: field/country")


@forged("checklist: the message tells of check")
def a_checklist_step_is_rewritten_as_it_is_done(scene: Scene) -> None:
    scene.key("OWN", "checklist:\n- '[ ] Call Malta'")
    scene.told("checklist", "mallory", OWN, "Desk-To: Call Malta")
    scene.swap("OWN", ("[ ] Call Malta", "[x] Do nothing"))
    scene.told("check", "mallory", OWN, "Desk-To: 1 Do nothing")


@forged("may not declare a major incident")
def a_major_incident_of_a_foreign_ticket(scene: Scene) -> None:
    scene.key("L", "major: true")
    scene.told("major", "mallory", L)


@forged("anna may not change staff")
def another_department_of_her_own(scene: Scene) -> None:
    scene.swap("staff/anna", ("departments: [legal]", "departments: [legal, technical]"))
    scene.told("edit", "anna", "Desk-Record: staff/anna", "Desk-To: departments", who=ANNA)


@forged("can't ban in the name of maria")
def a_ban_of_marias_address(scene: Scene) -> None:
    ban = users.ban_id("maria@ncpeh.example")
    scene.write(f"records/bans/{ban}.yaml", f"id: {ban}\nemail: maria@ncpeh.example\nby: maria\n")
    scene.told("ban", "mallory", f"Desk-Record: ban/{ban}")
