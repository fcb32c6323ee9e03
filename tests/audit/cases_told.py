"""Forged histories in the words of desk: each kind of record, its fields, and the verbs that are told of them."""

from __future__ import annotations

from collections.abc import Callable

from desk.domain.model.actor import nameless
from tests.audit.cases import CASES, FAULT, REMARK, Forged, forged
from tests.audit.cast import ANNA, DESK, GHOST, MALLORY, MARIA, NIKOS, PETROS, Scene, Who

ARTICLE = "kb/how-to/how-to-restart.md"
NOW = "2026-07-23T06:12:44Z"
T, L, OWN = "Desk-Ticket: {T}", "Desk-Ticket: {L}", "Desk-Ticket: {OWN}"


def row(
    name: str,
    words: str,
    file: str,
    pair: tuple[str, str],
    *told: str,
    who: Who = MALLORY,
    actor: str = "",
    level: str = FAULT,
) -> None:
    """A history of one change in one file; by hand, or `told`: the verb and the lines of its message."""

    def do(scene: Scene) -> None:
        if pair[0]:
            scene.swap(file, pair)
        elif pair[1].startswith("---\n") or not scene.path(file).exists():
            scene.write(file, pair[1])
        else:
            scene.key(file, pair[1])
        if told:
            scene.told(told[0], actor or who[0].split()[0].lower(), *told[1:], who=who)
        else:
            scene.hand(who)

    CASES.append(Forged(name, do, level, words))


def _make(scene: Scene, *args: str) -> str:
    return str(scene.run(*args, "-f", "ids").out).strip()


# -- each field of a ticket --------------------------------------------------------------------------------------------

row("the_author_of_a_ticket", "author can't be changed", "T", ("author: maria", "author: mallory"))
row("the_author_of_a_ticket_by_level_3", "author can't be changed", "L", ("author: anna", "author: nikos"), who=NIKOS)
row("a_message_id_by_hand", "message_id can't be changed", "T", ("", "message_id: <a@b.example>"))
row("a_note_made_public", "entry 3", "T", ("## Note by mallory", "## Reply by mallory"))
row(
    "a_note_made_public_as_an_edit",
    "entry 3",
    "T",
    ("## Note by mallory", "## Reply by mallory"),
    "edit",
    T,
    "Desk-To: note 3",
)
row("a_reply_made_a_note", "entry 2", "T", ("## Reply by maria", "## Note by maria"))
row("a_reply_taken_for_ones_own", "entry 1", "T", ("## Reply by petros", "## Reply by mallory"))
row(
    "a_reply_that_came_earlier",
    "entry 1",
    "T",
    ("by petros, 2026-07-23T06:12:44Z", "by petros, 2026-07-23T05:12:44Z"),
    who=PETROS,
)
row("an_attachment_gone_from_a_reply", "entry 1", "T", ("attachments: [report.pdf]", "via: web"), who=MARIA)
row("a_step_under_a_note", "checklist", "OWN", ("", "checklist: ['[x] Asked legal']"), "note", OWN)
row("a_review_of_an_open_ticket", "review", "OWN", ("", "review: All was well."), "review", OWN)
row("a_merge_without_a_closing", "merged_into", "OWN", ("", "merged_into: 260723-AAAA"))
row("a_watcher_of_nobody", "", "OWN", ("", "watchers: [ghost]"), level=REMARK)
row("an_owner_of_another_department", "anna", "OWN", ("", "owner: anna"), "assign", OWN, "Desk-To: anna")
row("a_state_of_ones_own", "state", "OWN", ("state: open", "state: settled"))
row("a_state_twice", "state", "OWN", ("state: open", "state: open\nstate: closed"))
row("a_priority_by_a_note", "priority", "OWN", ("priority: low", "priority: high"), "note", OWN)
row("a_department_of_others", "may not", "L", ("department: legal", "department: technical"))
row(
    "a_requester_by_a_tag",
    "requester",
    "OWN",
    ("", "requester: u-abcd\ntags: [incident]"),
    "tag",
    OWN,
    "Desk-To: incident",
)
row("a_breach_by_hand", "sla", "OWN", ("", f"sla: [breach resolve {NOW}]"))
row(
    "a_pause_by_a_classification",
    "paused",
    "OWN",
    ("priority: low", f"priority: high\npaused: {NOW}"),
    "classify",
    OWN,
    "Desk-From: low",
    "Desk-To: high",
)
row("a_cause_by_a_workaround", "cause", "OWN", ("", "cause: maria"), "workaround", OWN, "Desk-To: restart")
row(
    "a_merged_ticket_by_an_edit",
    "merged_into",
    "OWN",
    ("", "merged_into: 260723-AAAA"),
    "edit",
    OWN,
    "Desk-To: merged_into",
)
row(
    "a_closing_by_hand_of_an_edit",
    "closed",
    "OWN",
    ("state: open", f"state: closed\nclosed: {NOW}"),
    "edit",
    OWN,
    "Desk-To: state",
)
row(
    "a_coordinator_by_a_watch",
    "coordinator",
    "OWN",
    ("", "watchers: [petros]\ncoordinator: petros"),
    "watch",
    OWN,
    "Desk-To: petros",
)
row(
    "a_link_with_one_end",
    "no ticket",
    "T",
    ("", "links: [relates 260723-ZZZZ]"),
    "link",
    T,
    "Desk-To: relates 260723-ZZZZ",
)


@forged("other end")
def a_link_into_a_foreign_ticket(scene: Scene) -> None:
    scene.key("T", f"links: [relates {scene.l}]")
    scene.told("link", "mallory", T, f"Desk-To: relates {scene.l}")


@forged("entry 1")
def entries_in_another_order(scene: Scene) -> None:
    head, one, two, three = scene.text("T").split("\n## ")
    scene.write("T", "\n## ".join((head, two.rstrip("\n") + "\n", one, three)))
    scene.hand()


@forged("entry 2")
def an_entry_before_others(scene: Scene) -> None:
    scene.swap("T", ("\n## Reply by maria", f"\n## Reply by mallory, {NOW}\n\nFirst.\n\n## Reply by maria"))
    scene.told("reply", "mallory", T)


@forged("entry 1")
def ones_own_words_after_an_answer(scene: Scene) -> None:
    scene.swap("T", ("I promise nothing.", "I promised something."))
    scene.told("edit", "petros", T, "Desk-To: reply 1", who=PETROS)


@forged("entry 3")
def ones_own_words_in_a_closed_ticket(scene: Scene) -> None:
    scene.run("ticket", "close", scene.t)
    scene.swap("T", ("\n\nMine.", "\n\nYours."))
    scene.told("edit", "mallory", T, "Desk-To: note 3")


@forged("salt")
def another_salt(scene: Scene) -> None:
    salt = scene.text("T").partition("\nsalt: ")[2].partition("\n")[0]
    scene.swap("T", (f"salt: {salt}", f"salt: {salt[::-1]}"))
    scene.entry("T", "Note", "mallory", "x")
    scene.told("note", "mallory", T)


@forged("message")
def the_message_id_of_a_mail_under_a_note(scene: Scene) -> None:
    scene.entry("T", "Note", "mallory", "x")
    scene.key("T", "message_id: <a@b.example>")
    scene.told("note", "mallory", T)


@forged("maria")
def a_ticket_in_marias_name(scene: Scene) -> None:
    _new(scene, "260723-AAAA", "author: maria")
    scene.told("create", "mallory", "Desk-Ticket: 260723-AAAA", "Desk-To: technical")


@forged("closed")
def a_new_ticket_that_was_closed_long_ago(scene: Scene) -> None:
    _new(scene, "260723-AAAA", "author: mallory\nclosed: 2026-07-01T00:00:00Z", state="closed")
    scene.hand()


@forged("sla")
def a_new_ticket_that_was_late_already(scene: Scene) -> None:
    _new(scene, "260723-AAAA", f"author: mallory\nsla: [breach resolve {NOW}]")
    scene.hand()


@forged("approved.pdf", REMARK)
def a_file_that_no_entry_names(scene: Scene) -> None:
    scene.write(scene.attachment("T", "approved.pdf"), b"%PDF")
    scene.entry("T", "Note", "mallory", "x")
    scene.told("note", "mallory", T)


@forged("brought by maria")
def a_file_of_a_request_is_named_no_more(scene: Scene) -> None:
    file = scene.home.parent / "plan.pdf"
    file.write_bytes(b"%PDF")
    scene.own = _make(scene, "ticket", "create", "--department", "technical", "--title", "X", "--attach", str(file))
    scene.swap("OWN", ("attachments: [plan.pdf]\n", ""))
    scene.told("edit", "mallory", OWN, "Desk-To: attachments")


@forged("report.pdf")
def a_file_moves_to_her_own_ticket(scene: Scene) -> None:
    scene.write(scene.attachment("OWN", "report.pdf"), scene.path(scene.attachment("T", "report.pdf")).read_bytes())
    scene.drop(scene.attachment("T", "report.pdf"))
    scene.hand()


@forged("report.pdf")
def a_file_moves_to_her_own_ticket_beside_a_note(scene: Scene) -> None:
    scene.write(scene.attachment("OWN", "report.pdf"), scene.path(scene.attachment("T", "report.pdf")).read_bytes())
    scene.drop(scene.attachment("T", "report.pdf"))
    for name in ("T", "OWN"):
        scene.entry(name, "Note", "mallory", "x")
    scene.told("note", "mallory", T, OWN)


def _new(scene: Scene, ticket: str, lines: str, text: str = "x", state: str = "open") -> None:
    path = f"records/tickets/20{ticket[:2]}/{ticket[2:4]}/{ticket[4:6]}/{ticket}.md"
    head = f"id: {ticket}\ntitle: Made up\nstate: {state}\npriority: low\ndepartment: technical\ncreated: {NOW}\n"
    scene.write(path, f"---\n{head}{lines}\n---\n\n{text}\n")


# -- merges, splits and transfers of tickets ---------------------------------------------------------------------------


def _merged(scene: Scene) -> None:
    """What desk makes of a merge of OWN into T, and not committed yet."""
    scene.machine(MALLORY)
    scene.run("ticket", "merge", scene.own, "--into", scene.t)
    scene.machine(MARIA)
    scene.git("reset", "-q", "--soft", "HEAD~1")


def _tell_merge(scene: Scene) -> None:
    scene.told(
        "merge",
        "mallory",
        OWN,
        "Desk-To: {T}",
        "Desk-Also: close",
        "Desk-From: open",
        "Desk-To: closed",
        T,
        "Desk-From: {OWN}",
    )


@forged("carried")
def a_merge_of_tickets_takes_a_file_off_a_reply(scene: Scene) -> None:
    _merged(scene)
    scene.swap("T", ("attachments: [report.pdf]", "via: web"))
    _tell_merge(scene)


@forged("carried")
def a_merge_of_tickets_turns_the_thread_round(scene: Scene) -> None:
    _merged(scene)
    head, one, two, *rest = scene.text("T").split("\n## ")
    scene.write("T", "\n## ".join((head, two, one, *rest)))
    _tell_merge(scene)


@forged("may not")
def a_merge_of_a_foreign_ticket(scene: Scene) -> None:
    scene.swap("L", ("state: open", f"state: closed\nclosed: {NOW}\nmerged_into: {scene.t}"))
    scene.entry("T", "Note", "anna", "The contract\n\nIs it signed?")
    scene.told("merge", "mallory", L, f"Desk-To: {scene.t}", T, f"Desk-From: {scene.l}")


@forged("undo takes")
def half_of_a_split_is_taken_back(scene: Scene) -> None:
    """The new ticket goes, and what was split off doesn't come back."""
    new = _make(scene, "ticket", "split", scene.t, "--at", "2")
    done = scene.head
    scene.git("rm", "-q", "-r", f"records/tickets/2026/07/23/{new}.md")
    scene.told("undo", "mallory", f"Desk-Ticket: {new}", f"Desk-To: split {done[:10]}")


@forged("undo takes")
def half_of_a_merge_is_taken_back(scene: Scene) -> None:
    other = _make(scene, "ticket", "create", "--department", "technical", "--title", "Other", "--body", "x")
    scene.run("ticket", "reply", other, "--body", "Words of maria.")
    scene.run("ticket", "merge", other, "--into", scene.t)
    done = scene.head
    scene.git("checkout", f"{done}~1", "--", scene.name("T"))
    scene.told("undo", "mallory", T, f"Desk-To: merge {done[:10]}")


@forged("may not")
def an_undo_of_a_deletion_by_level_1(scene: Scene) -> None:
    scene.run("ticket", "delete", scene.own)
    scene.git("checkout", "HEAD~1", "--", scene.name("OWN"))
    scene.told("undo", "mallory", OWN, f"Desk-To: delete {scene.head[:10]}")


@forged("may not")
def an_undo_of_a_level(scene: Scene) -> None:
    scene.run("staff", "edit", "mallory", "--level", "3")
    scene.run("staff", "edit", "mallory", "--level", "1")
    scene.git("checkout", "HEAD~1", "--", "records/staff/mallory.yaml")
    scene.told("undo", "mallory", "Desk-Record: staff/mallory", f"Desk-To: edit {scene.head[:10]}")


@forged("carried")
def a_split_to_a_ticket_that_was_there(scene: Scene) -> None:
    head, _mark, rest = scene.text("T").partition("\n## Note by mallory")
    scene.write("T", head + "\n")
    scene.write("OWN", f"{scene.text('OWN')}\n## Note by mallory{rest}")
    scene.told("split", "mallory", T, "Desk-To: {OWN}", OWN, "Desk-Effect: note")


@forged("name of maria")
def a_transfer_brings_words_of_maria(scene: Scene) -> None:
    _new(scene, "260723-AAAA", "author: mallory\ntags: [problem]", f"x\n\n## Reply by maria, {NOW}\n\nI approve.")
    scene.key("T", "links: [caused-by 260723-AAAA]")
    scene.told(
        "transfer", "mallory", T, "Desk-To: 260723-AAAA", "Desk-Ticket: 260723-AAAA", "Desk-Effect: create",
        "Desk-To: technical",
    )  # fmt: skip


# -- people ------------------------------------------------------------------------------------------------------------

row("a_level_of_ones_own", "staff", "staff/mallory", ("level: 1", "level: 3"))
row(
    "a_level_of_ones_own_as_an_edit",
    "staff",
    "staff/mallory",
    ("level: 1", "level: 3"),
    "edit",
    "Desk-Record: staff/mallory",
    "Desk-To: level",
)
row("departments_of_ones_own", "staff", "staff/mallory", ("[semantic, technical]", "[semantic, technical, legal]"))
row("a_level_twice", "level", "staff/petros", ("level: 1", "level: 1\nlevel: 3"), who=MARIA)
row("a_level_beyond_all", "level", "staff/petros", ("level: 1", "level: 9"), who=MARIA)
row(
    "an_address_of_another_in_capitals",
    "petros@ncpeh.example",
    "staff/mallory",
    ("email: mallory@ncpeh.example", "email: PETROS@ncpeh.example"),
    who=MARIA,
)
row(
    "a_handle_in_look_alike_letters",
    "pеtros",
    "staff/pеtros",
    ("", "id: pеtros\nname: Petros Ioannou\nemail: p@x.example\nlevel: 1\n"),
    who=MARIA,
)
row(
    "a_colleague_called_desk",
    "desk",
    "staff/desk",
    ("", "id: desk\nname: Desk\nemail: d@x.example\nlevel: 3\n"),
    who=MARIA,
)
row(
    "a_key_in_marias_record",
    "staff",
    "staff/maria",
    ("level: 3", f"level: 3\nkeys: [ssh-ed25519 {'AAAAC3NzaC1lZDI1NTE5AAAAI' * 3}]"),
)
row(
    "staff_since_long_ago",
    "created",
    "staff/newcomer",
    ("", "id: newcomer\nname: New\nemail: n@x.example\nlevel: 1\ncreated: 2010-01-01T00:00:00Z\n"),
    who=MARIA,
)
row("a_colleague_taken_away", "staff", "staff/petros", ("level: 1", "level: 2"), "delete", "Desk-Record: staff/petros")
row("a_machine_with_a_key_of_hers", "machine", "records/machines/gate.yaml", ("", "id: gate\nmay: [relay]\n"))
row(
    "a_machine_with_a_key_of_hers_as_created",
    "machine",
    "records/machines/gate.yaml",
    ("", "id: gate\nmay: [relay]\n"),
    "create",
    "Desk-Record: machine/gate",
    "Desk-To: gate",
)
row("a_private_department", "department", "departments/technical", ("name:", "private: true\nname:"), who=ANNA)
row("a_department_escalates_to_her", "department", "departments/technical", ("name:", "escalation: mallory\nname:"))
row("a_tag_by_level_2", "tag", "tags/malta", ("", "id: malta\n"), who=ANNA)
row("a_group_by_level_2", "group", "groups/patient", ("name:", "self_service: true\nname:"), who=ANNA)
row("a_field_by_level_1", "field", "records/fields/iban.yaml", ("", "id: iban\ntype: text\n"))
row(
    "a_checklist_by_level_1", "checklist", "templates/checklists/incident.en.md", ("title: Incident", "title: Accident")
)
row("a_topic_by_level_1", "topic", "kb/how-to/topic.yaml", ("title:", "private: true\ntitle:"))
row("the_text_of_a_mail_by_level_1", "may not", "templates/mail/reply-sent.txt", ("", "x"))


@forged("response")
def a_response_by_level_1(scene: Scene) -> None:
    path = next(p for p in scene.path("templates/responses").iterdir())
    scene.swap(path.relative_to(scene.home).as_posix(), ("title:", "department: legal\ntitle:"))
    scene.hand()


@forged("not on the staff")
def somebody_signs_up_and_more(scene: Scene) -> None:
    scene.write(
        "users/u-aaaa", f"id: u-aaaa\nname: A\nemail: a@x.example\ngroup: patient\nregistered: true\ncreated: {NOW}\n"
    )
    scene.swap("staff/mallory", ("level: 1", "level: 3"))
    scene.told(
        "signup",
        "u-aaaa",
        "Desk-Record: user/u-aaaa",
        "Desk-Record: staff/mallory",
        who=("u-aaaa", "u-aaaa@users.desk.invalid"),
    )


def _user(scene: Scene) -> str:
    return _make(scene, "user", "create", "--name", "A", "--email", "a@x.example", "--group", "patient")


@forged("used before")
def a_requester_who_left_is_somebody_else(scene: Scene) -> None:
    user = _user(scene)
    ticket = _make(scene, "ticket", "create", "--department", "technical", "--title", "X", "--requester", user)
    scene.run("ticket", "close", ticket)
    scene.run("user", "delete", user)
    scene.swap(f"users/{user}", ("disabled: true", "name: Somebody Else\nemail: else@x.example\ngroup: patient"))
    scene.hand()


def _by_requester(
    change: Callable[[Scene, str], tuple[str, ...]], words: str, *, ready: Callable[[Scene, str], object] | None = None
) -> None:
    def do(scene: Scene) -> None:
        user = _user(scene)
        scene.own = _make(scene, "ticket", "create", "--department", "technical", "--title", "X", "--requester", user)
        if ready:
            ready(scene, user)
        verb, *lines = change(scene, user)
        scene.told(verb, user, *lines, who=(user, nameless(user)))

    CASES.append(Forged(change.__name__.strip("_"), do, FAULT, words))


def _a_requester_answers_in_another_ticket(scene: Scene, user: str) -> tuple[str, ...]:
    scene.entry("T", "Reply", user, "I too.")
    return "reply", T


def _a_requester_writes_a_note(scene: Scene, user: str) -> tuple[str, ...]:
    scene.entry("OWN", "Note", user, "For staff.")
    return "note", OWN


def _a_requester_answers_as_maria(scene: Scene, _user: str) -> tuple[str, ...]:
    scene.entry("OWN", "Reply", "maria", "You are right.")
    return "reply", OWN


def _a_requester_sets_a_priority(scene: Scene, _user: str) -> tuple[str, ...]:
    scene.swap("OWN", ("priority: ", "priority: high\nx-was: "))
    return "reply", OWN


def _a_requester_takes_an_owner(scene: Scene, user: str) -> tuple[str, ...]:
    scene.entry("OWN", "Reply", user, "x")
    scene.key("OWN", "owner: maria")
    return "reply", OWN


def _a_requester_answers_yesterday(scene: Scene, user: str) -> tuple[str, ...]:
    scene.entry("OWN", "Reply", user, "x", "2026-07-22T06:12:44Z")
    return "reply", OWN


def _a_requester_changes_a_colleague(scene: Scene, _user: str) -> tuple[str, ...]:
    scene.swap("staff/mallory", ("level: 1", "level: 3"))
    return "edit", "Desk-Record: staff/mallory", "Desk-To: level"


def _a_requester_makes_themselves_known(scene: Scene, user: str) -> tuple[str, ...]:
    scene.swap(f"users/{user}", ("group: patient", "group: foreign-desk"))
    return "edit", f"Desk-Record: user/{user}", "Desk-To: group"


def _a_disabled_requester_answers(scene: Scene, user: str) -> tuple[str, ...]:
    scene.entry("OWN", "Reply", user, "x")
    return "reply", OWN


def _a_banned_requester_answers(scene: Scene, user: str) -> tuple[str, ...]:
    scene.entry("OWN", "Reply", user, "x")
    return "reply", OWN


for _change, _words in (
    (_a_requester_answers_in_another_ticket, "is no ticket of"),
    (_a_requester_writes_a_note, "note"),
    (_a_requester_answers_as_maria, "name of maria"),
    (_a_requester_sets_a_priority, "priority"),
    (_a_requester_takes_an_owner, "owner"),
    (_a_requester_answers_yesterday, "entry"),
    (_a_requester_changes_a_colleague, "staff"),
    (_a_requester_makes_themselves_known, "user"),
):
    _by_requester(_change, _words)
_by_requester(
    _a_disabled_requester_answers, "disabled", ready=lambda scene, user: scene.run("user", "edit", user, "--disabled")
)
_by_requester(_a_banned_requester_answers, "banned", ready=lambda scene, _user: scene.run("user", "ban", "a@x.example"))


# -- the desk itself ---------------------------------------------------------------------------------------------------


@forged("desk itself")
def desk_registers_a_ticket(scene: Scene) -> None:
    _new(scene, "260723-AAAA", "author: maria")
    scene.told("create", "desk", "Desk-Ticket: 260723-AAAA", "Desk-To: technical", who=DESK)


@forged("desk itself")
def desk_deletes_a_ticket(scene: Scene) -> None:
    scene.drop("OWN")
    scene.told("delete", "desk", OWN, "Desk-From: My own", who=DESK)


@forged("desk itself")
def desk_writes_a_reply(scene: Scene) -> None:
    scene.entry("T", "Reply", "desk", "Approved.")
    scene.told("undelivered", "desk", T, "Desk-To: a@x.example", who=DESK)


@forged("desk itself")
def desk_writes_as_maria(scene: Scene) -> None:
    scene.entry("T", "Note", "maria", "Approved.")
    scene.told("undelivered", "desk", T, "Desk-To: a@x.example", who=DESK)


@forged("watchers")
def desk_has_a_stranger_watch(scene: Scene) -> None:
    scene.key("T", "watchers: [mallory]")
    scene.told("warning", "desk", T, f"Desk-To: resolve {NOW}", "Desk-Also: escalate-up", "Desk-To: mallory", who=DESK)


@forged("desk itself")
def desk_makes_a_colleague_level_3(scene: Scene) -> None:
    scene.swap("staff/mallory", ("level: 1", "level: 3"))
    scene.told("renew", "desk", "Desk-Record: staff/mallory", who=DESK)


@forged("desk itself")
def desk_changes_the_settings(scene: Scene) -> None:
    scene.swap("desk.toml", ("limit = 50", "limit = 60"))
    scene.told("config", "desk", "Desk-Record: settings/list.limit", "Desk-From: 50", "Desk-To: 60", who=DESK)


@forged("sla")
def desk_warns_of_what_is_not_due(scene: Scene) -> None:
    scene.key("OWN", "sla: [warning resolve 2031-01-01T00:00:00Z]")
    scene.told("warning", "desk", OWN, "Desk-To: resolve 2031-01-01T00:00:00Z", who=DESK)


@forged("machine", REMARK)
def desk_at_work_on_a_machine_of_nobody(scene: Scene) -> None:
    scene.entry("T", "Note", "desk", "Not delivered to a@x.example: Approved by maria.")
    scene.told("undelivered", "desk", T, "Desk-To: a@x.example", who=GHOST)


@forged("imported", REMARK)
def an_import_brings_words_of_maria(scene: Scene) -> None:
    """It may; and whose words they are nobody can tell."""
    path = "records/tickets/2020/01/01/200101-AAAA.md"
    head = "id: 200101-AAAA\ntitle: Old\nstate: open\npriority: low\ndepartment: technical\nauthor: maria\n"
    scene.write(path, f"---\n{head}created: 2020-01-01T00:00:00Z\n---\n\nx\n\n## Reply by maria, {NOW}\n\nI approve.\n")
    lines = ("Desk-Ticket: 200101-AAAA", "Desk-To: technical", "Desk-Import: nikos")
    scene.told("create", "maria", *lines, who=MARIA, machine=NIKOS[1], at="2020-01-01T00:00:00Z")


# -- articles and settings ---------------------------------------------------------------------------------------------

row("an_article_by_level_1", "article", ARTICLE, ("Press the button.", "Pull the plug."))
row(
    "a_text_rewritten_as_relinked",
    "links",
    ARTICLE,
    ("Press the button.", "Pull the plug."),
    "relink",
    "Desk-Record: article/how-to-restart",
    "Desk-To: faq",
    who=ANNA,
)
row(
    "an_article_published_by_a_tag",
    "state",
    ARTICLE,
    ("topic: how-to", "topic: how-to\nstate: published"),
    "edit",
    "Desk-Record: article/how-to-restart",
    "Desk-To: tags",
    who=ANNA,
)


@forged("decides")
def a_reserved_tag_is_deleted(scene: Scene) -> None:
    scene.drop("tags/incident")
    scene.hand(MARIA)


@forged("approved")
def published_by_hand_past_approval(scene: Scene) -> None:
    scene.run("config", "set", "kb.approval", "true")
    scene.swap(ARTICLE, ("topic: how-to", "topic: how-to\nstate: published"), ("Press the button.", "Pull the plug."))
    scene.hand(ANNA)


@forged("map.png was changed")
def a_picture_of_another_article(scene: Scene) -> None:
    scene.write("kb/faq/map.png", b"one")
    scene.hand(ANNA)
    scene.write("kb/faq/map.png", b"two")
    scene.swap(ARTICLE, ("title: Restart", "title: Start again"))
    scene.told(
        "edit", "anna", "Desk-Record: article/how-to-restart", "Desk-From: Restart", "Desk-To: Start again", who=ANNA
    )


@forged("body")
def a_move_to_a_topic_changes_the_text(scene: Scene) -> None:
    text = scene.text(ARTICLE).replace("topic: how-to", "topic: faq").replace("Press the button.", "Pull the plug.")
    scene.drop(ARTICLE)
    scene.write("kb/faq/how-to-restart.md", text)
    scene.told("move", "anna", "Desk-Record: article/how-to-restart", "Desk-From: how-to", "Desk-To: faq", who=ANNA)


row(
    "settings_by_level_1",
    "settings",
    "desk.toml",
    ("limit = 50", "limit = 60"),
    "config",
    "Desk-Record: settings/list.limit",
    "Desk-From: 50",
    "Desk-To: 60",
)
row("settings_by_hand_by_level_2", "settings", "desk.toml", ("limit = 50", "limit = 60"), who=ANNA)
row(
    "another_setting_than_told",
    "desk.toml doesn't",
    "desk.toml",
    ("limit = 50", "limit = 60"),
    "config",
    "Desk-Record: settings/desk.name",
    "Desk-From: x",
    "Desk-To: y",
    who=MARIA,
)
row(
    "a_ban_by_an_edit",
    "appeared",
    "records/bans/b-1.yaml",
    ("", "id: b-1\nemail: a@x.example\nby: mallory\n"),
    "edit",
    "Desk-Record: ban/b-1",
    "Desk-To: email",
)


@forged("can't be changed")
def a_ban_of_another_address(scene: Scene) -> None:
    scene.run("user", "ban", "a@x.example")
    ban = next(scene.path("records/bans").iterdir())
    scene.write(f"records/bans/{ban.name}", ban.read_text().replace("a@x.example", "b@x.example"))
    scene.hand()
