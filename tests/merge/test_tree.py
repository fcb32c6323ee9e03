"""More than one record: ids, people, departments, articles, settings and files, whichever side asks."""

from __future__ import annotations

from typing import Any

import pytest

from desk import config
from desk.config import FILE
from desk.domain.merge.side import Renamed
from desk.domain.model.kinds import KINDS
from desk.domain.model.ticket import Ticket
from tests.merge.sides import at, common, met, note, oid, record, side, ticket

TECHNICAL = KINDS["department"].new(id="technical", name="Technical", default=True)
LEGAL = KINDS["department"].new(id="legal", name="Legal")
MARIA = KINDS["staff"].new(
    id="maria", name="Maria", email="maria@x.example", level=3, departments=["technical", "legal"]
)
PETROS = KINDS["staff"].new(
    id="petros", name="Petros", email="petros@x.example", level=1, departments=["technical", "legal"]
)
T1, T2 = ticket(1), ticket(2)


def user(number: int, email: str = "a@x.example", **values: Any) -> Any:
    return KINDS["user"].new(id=f"u-{number}", email=email, created=f"2026-07-23T06:00:0{number}Z", **values)


def article(topic: str = "faq", body: str = "one\ntwo\nthree", **values: Any) -> Any:
    return KINDS["article"].new(body=body, **{"id": "malta", "title": "Malta", "topic": topic, **values})


def told(found: Any) -> list[str]:
    return [f"{d.id} {d.field}: {d.kept}, not {d.lost}" for d in found.decisions]


# -- one id, one person ------------------------------------------------------------------------------------------------


def test_two_tickets_of_one_id() -> None:
    base = common()
    older = ticket(1, title="Older", attachments=["a.txt"])
    younger = ticket(
        1, title="Younger", created="2026-07-23T07:00:00Z", attachments=["a.txt"], links=["relates 260723-0002"]
    )
    other = ticket(2, links=["relates 260723-0001"])
    folder = older.path.replace(".md", ".files")
    ours = side(common(older, (f"{folder}/a.txt", b"old")), 9, "maria", base)
    theirs = side(common(younger, other, (f"{folder}/a.txt", b"young")), 1, "petros", base)
    found = met(base, ours, theirs)
    [renamed] = found.renamed
    assert renamed.old == older.id != renamed.new
    assert renamed.new.startswith("260723-")
    assert record(found, older.path) == older
    moved = record(found, Ticket.path_of(renamed.new))
    assert (moved.title, moved.links) == ("Younger", ("relates 260723-0002",))
    assert record(found, other.path).links == (f"relates {renamed.new}",)
    assert found.files[f"{folder}/a.txt"].oid == oid(b"old")  # type: ignore[union-attr]
    path = Ticket.path_of(renamed.new).replace(".md", ".files/a.txt")
    assert found.files[path].oid == oid(b"young")  # type: ignore[union-attr]


def test_two_tickets_of_one_mail_are_one() -> None:
    """Two machines took it in: the older number goes on with what was written to either, the younger one leads there."""
    base = common(T2)
    mail: dict[str, Any] = {"message_id": "<1@x.example>", "channel": "email"}
    one, two = user(1), user(2)
    older = ticket(5, requester="u-1", author="u-1", thread=(note("by maria", 3),), **mail)
    younger = ticket(
        3, created="2026-07-23T06:05:00Z", requester="u-2", author="u-2", tags=["malta"], links=["relates 260723-0002"],
        thread=(note("by petros", 2, "petros", attachments=["a.txt"]),), **mail,
    )  # fmt: skip
    folder = younger.path.replace(".md", ".files")
    linked = T2.evolve(links=["relates 260723-0003"])
    theirs = side(common(two, younger, linked, (f"{folder}/a.txt", b"a")), 9, "petros", base)
    found = met(base, side(common(one, older, T2), 8, "maria", base), theirs)
    stays, leads = record(found, older.path), record(found, younger.path)
    assert [e.text for e in stays.thread] == ["by petros", "by maria"]
    assert (stays.requester, stays.created, stays.state, stays.tags) == ("u-1", older.created, "open", ("malta",))
    assert found.files[older.path.replace(".md", ".files/a.txt")].oid == oid(b"a")  # type: ignore[union-attr]
    assert (leads.state, leads.merged_into, leads.resolution, leads.links) == ("closed", older.id, "duplicate", ())
    assert leads.closed == at(9)
    assert record(found, T2.path).links == (f"relates {older.id}",)
    assert stays.links == ("relates 260723-0002",)
    assert told(found) == [f"{younger.id} merged_into: {older.id}, not nothing"]


def test_two_mails_of_one_id_by_others_stay_two() -> None:
    base = common()
    mail: dict[str, Any] = {"message_id": "<1@x.example>"}
    one, two = ticket(5, requester="u-1", **mail), ticket(3, requester="u-2", **mail)
    people = user(1, "a@x.example"), user(2, "b@x.example")
    found = met(base, side(common(one, *people), 8, "maria", base), side(common(two, *people), 9, "petros", base))
    assert {record(found, t.path).merged_into for t in (one, two)} == {None}


def test_one_ticket_that_both_have_got_otherwise_is_one() -> None:
    base = common()
    found = met(base, side(common(T1), 1, "maria", base), side(common(T1.evolve(title="New")), 2, "petros", base))
    assert (found.renamed, record(found, T1.path).title) == ((), "New")


def test_one_caller_registered_twice() -> None:
    base = common()
    one, two = user(1, group="patients"), user(2, "A@x.example", phone="99", registered=False)
    thread = (note("Hello", 1, "u-2", "reply"),)
    written = ticket(1, requester="u-2", author="u-2", watchers=["u-2", "maria"], thread=thread)
    found = met(base, side(common(one), 1, "maria", base), side(common(two, written), 2, "petros", base))
    assert found.renamed == (Renamed("user", "u-2", "u-1"),)
    assert found.files[two.path] is None
    assert record(found, one.path).values == {**one.values, "phone": "99"}
    moved = record(found, written.path)
    assert (moved.requester, moved.author, moved.watchers, moved.thread[0].by) == (
        "u-1",
        "u-1",
        ("maria", "u-1"),
        "u-1",
    )


# -- what goes, and what stays -----------------------------------------------------------------------------------------


def test_edit_beats_delete() -> None:
    folder = T1.path.replace(".md", ".files")
    named = T1.evolve(attachments=["a.txt"], links=["relates 260723-0002"])
    linked = T2.evolve(links=["relates 260723-0001"])
    base = common(named, linked, (f"{folder}/a.txt", b"a"))
    ours = side(common(T2), 5, "maria", base)
    answered = named.evolve(thread=(note("still here", 1, "petros"),))
    found = met(base, ours, side(common(answered, linked, (f"{folder}/a.txt", b"a")), 1, "petros", base))
    assert record(found, T1.path) == answered
    assert record(found, T2.path).links == linked.links
    assert found.files[f"{folder}/a.txt"] is not None
    assert told(found) == ["260723-0001 deletion: changed, not deleted"]


def test_what_one_side_deleted_and_the_other_left_alone_is_gone() -> None:
    base = common(T1, T2)
    found = met(base, side(common(T2), 1, "maria", base), side(common(T1, T2.evolve(title="N")), 2, "petros", base))
    assert found.files[T1.path] is None
    assert told(found) == []


@pytest.mark.parametrize(
    ("heirs", "there"), [({"legal": "semantic"}, "semantic"), ({}, "technical"), ({"legal": "gone"}, "technical")]
)
def test_a_ticket_put_into_a_department_that_goes(heirs: dict[str, str], there: str) -> None:
    semantic = KINDS["department"].new(id="semantic", name="Semantic")
    response = KINDS["response"].new(id="hello.en", title="Hello", language="en", department="legal")
    base = common(T1, semantic)
    moved = T1.evolve(department="legal", owner="petros")
    freed = [s.evolve(departments=["technical"]) for s in (MARIA, PETROS)]
    ours = side(common(T1, semantic, *freed, without=("legal",)), 1, "maria", base, heirs)
    eleni = KINDS["staff"].new(id="eleni", name="Eleni", email="e@x.example", level=1, departments=["legal"])
    found = met(base, ours, side(common(moved, semantic, eleni, response), 2, "petros", base))
    assert (record(found, T1.path).department, record(found, response.path).department) == (there, there)
    assert record(found, T1.path).owner == ("petros" if there == "technical" else None)
    assert record(found, eleni.path).departments == (there,)


def test_whoever_left_owns_nothing() -> None:
    base = common(T1)
    ours = side(common(T1, without=("petros",)), 1, "maria", base)
    found = met(base, ours, side(common(T1.evolve(owner="petros")), 2, "petros", base))
    assert record(found, T1.path).owner is None
    assert told(found) == ["260723-0001 owner: nothing, not petros"]


def test_an_owner_serves_the_department() -> None:
    base = common(T1)
    ours = side(common(T1, PETROS.evolve(departments=["legal"])), 1, "maria", base)
    found = met(base, ours, side(common(T1.evolve(owner="petros")), 2, "maria", base))
    assert record(found, T1.path).owner is None
    closed: dict[str, Any] = {"state": "closed", "closed": "2026-07-23T07:00:00Z", "resolution": "solved"}
    found = met(base, ours, side(common(T1.evolve(owner="petros", **closed)), 2, "maria", base))
    assert record(found, T1.path).owner == "petros"


def test_what_was_wrong_on_one_side_is_left_alone() -> None:
    wrong = T1.evolve(owner="nobody", department="nowhere", links=["relates 260101-0000"])
    base = common(T2)
    found = met(base, side(common(T2, wrong), 1, "maria", base), side(common(T2.evolve(title="N")), 2, "petros", base))
    assert record(found, T1.path) == wrong
    assert told(found) == []


def test_tags_topics_groups_and_problems() -> None:
    tag, topic = KINDS["tag"].new(id="malta"), KINDS["topic"].new(id="faq", title="FAQ")
    group = KINDS["group"].new(id="vendors", name="Vendors")
    base = common(tag, topic, group, T1, T2)
    ours = side(common(T1), 1, "maria", base)
    anna = user(1, group="vendors")
    answer = article(problem=T2.id, tags=["malta"])
    theirs = common(tag, topic, group, T1.evolve(tags=["malta"]), T2, anna, answer)
    found = met(base, ours, side(theirs, 2, "petros", base))
    assert record(found, T1.path).tags == ()
    assert record(found, topic.path) == topic
    assert record(found, group.path) == group
    assert (record(found, answer.path).problem, record(found, answer.path).tags) == (None, ())


def test_an_incident_and_a_problem_at_once() -> None:
    base = common(T1)
    ours = side(common(T1.evolve(tags=["incident"])), 1, "maria", base)
    found = met(base, ours, side(common(T1.evolve(tags=["problem"])), 2, "petros", base))
    assert record(found, T1.path).tags == ("incident",)
    base = common(T1.evolve(tags=["incident"]))
    ours = side(common(T1.evolve(tags=["incident"], major=True)), 1, "maria", base)
    found = met(base, ours, side(common(T1), 2, "petros", base))
    assert (record(found, T1.path).tags, record(found, T1.path).major) == (("incident",), True)


# -- merged tickets ----------------------------------------------------------------------------------------------------


def merged(one: Ticket, into: Ticket) -> tuple[Ticket, Ticket]:
    gone = one.evolve(state="closed", closed="2026-07-23T06:10:00Z", resolution="duplicate", merged_into=into.id)
    moved = [e._replace(meta={**e.meta, "from": one.id}) for e in (note("T", 0), *one.thread)]
    return gone, into.evolve(thread=tuple(sorted((*into.thread, *moved), key=lambda e: e.at)))


def test_what_is_written_to_a_merged_ticket_goes_on_with_its_target() -> None:
    base = common(T1, T2)
    folder = T1.path.replace(".md", ".files")
    wrote = T1.evolve(state="pending", thread=(note("new", 5, "petros", attachments=["a.txt"]),))
    files = (f"{folder}/a.txt", b"a"), (f"{folder}/.salt", b"s")
    theirs = side(common(wrote, T2, *files), 2, "petros", base)
    found = met(base, side(common(*merged(T1, T2)), 1, "maria", base), theirs)
    one, two = record(found, T1.path), record(found, T2.path)
    assert (one.state, one.merged_into, one.resolution) == ("closed", T2.id, "duplicate")
    assert [e.text for e in one.thread] == ["new"]
    assert [(e.text, e.meta["from"]) for e in two.thread] == [("T", T1.id), ("new", T1.id)]
    for name, content in (("a.txt", b"a"), (".salt", b"s")):
        assert found.files[T2.path.replace(".md", f".files/{name}")].oid == oid(content)  # type: ignore[union-attr]
    assert told(found) == ["260723-0001 state: closed, not pending"]


def test_two_tickets_merged_into_each_other() -> None:
    base = common(T1, T2)
    one, two = merged(T1, T2), merged(T2, T1)
    found = met(base, side(common(*one), 1, "maria", base), side(common(*two), 2, "petros", base))
    assert (record(found, T1.path).merged_into, record(found, T1.path).state) == (T2.id, "closed")
    assert (record(found, T2.path).merged_into, record(found, T2.path).state) == (None, "open")


# -- the whole desk ----------------------------------------------------------------------------------------------------


def test_somebody_of_level_three_remains() -> None:
    top = PETROS.evolve(level=3)
    base = common(top)
    ours = side(common(top, MARIA.evolve(level=1)), 1, "petros", base)
    found = met(base, ours, side(common(without=("petros",)), 2, "maria", base))
    assert (record(found, MARIA.path).level, record(found, top.path).level) == (1, 3)
    lower = side(common(PETROS), 2, "maria", base)
    found = met(base, ours, lower)
    assert (record(found, MARIA.path).level, record(found, top.path).level) == (1, 3)


def test_one_department_is_the_default_one() -> None:
    semantic = KINDS["department"].new(id="semantic", name="Semantic")
    base = common(semantic)
    ours = side(common(semantic, TECHNICAL.evolve(default=None), LEGAL.evolve(default=True)), 1, "maria", base)
    theirs = side(common(semantic.evolve(default=True), TECHNICAL.evolve(default=None)), 2, "petros", base)
    found = met(base, ours, theirs)
    known = [d for d in ("technical", "legal", "semantic") if record(found, f"records/departments/{d}.yaml").default]
    assert known == ["legal"]


def test_a_private_department_is_not_the_default_one() -> None:
    base = common()
    ours = side(common(LEGAL.evolve(private=True)), 1, "maria", base)
    theirs = side(common(LEGAL.evolve(default=True), TECHNICAL.evolve(default=None)), 2, "petros", base)
    found = met(base, ours, theirs)
    assert record(found, LEGAL.path) == LEGAL.evolve(private=True)
    assert record(found, TECHNICAL.path).default
    found = met(base, side(common(LEGAL.evolve(private=True)), 3, "maria", base), theirs)
    assert record(found, LEGAL.path) == LEGAL.evolve(default=True)


def test_a_private_department_holds_no_users_tickets() -> None:
    asked = T1.evolve(requester="u-1")
    base = common(asked, user(1))
    private = side(common(asked, user(1), LEGAL.evolve(private=True)), 1, "maria", base)
    moved = side(common(asked.evolve(department="legal"), user(1)), 2, "petros", base)
    found = met(base, private, moved)
    assert (record(found, T1.path).department, record(found, LEGAL.path).private) == ("technical", True)
    found = met(base, private._replace(stamps={}), moved)
    later = side(common(asked, user(1), LEGAL.evolve(private=True)), 3, "maria", base)
    found = met(base, later, moved)
    assert (record(found, T1.path).department, record(found, LEGAL.path).private) == ("legal", False)


# -- articles, settings, files -----------------------------------------------------------------------------------------


def test_articles_are_woven_and_follow_a_move() -> None:
    base = common(article())
    ours = side(common(article("howto", "ONE\ntwo\nthree")), 1, "maria", base)
    found = met(base, ours, side(common(article(body="one\ntwo\nTHREE", title="New")), 2, "petros", base))
    assert found.files["kb/faq/malta.md"] is None
    assert record(found, "kb/howto/malta.md") == article("howto", "ONE\ntwo\nTHREE", title="New")


def test_a_beaten_article_is_kept_as_a_draft() -> None:
    base = common(article())
    draft = side(common(article(body="theirs")), 2, "petros", base)
    public = side(common(article(body="ours", state="published")), 1, "maria", base)
    found = met(base, public, draft)
    assert record(found, "kb/faq/malta.md").body == "ours"
    [path] = [p for p in found.files if "variant" in p]
    kept = record(found, path)
    assert (kept.state, kept.body) == ("draft", "[Malta](malta.md)\n\ntheirs")
    assert kept.id == path.removeprefix("kb/faq/").removesuffix(".md")
    later = side(common(article(body="ours")), 1, "maria", base)
    assert record(met(base, later, draft), "kb/faq/malta.md").body == "theirs"


def test_an_approval_holds_for_the_text_that_was_approved() -> None:
    base = common(article(state="review"))
    ours = side(common(article(state="review", approved_by="maria")), 1, "maria", base)
    found = met(base, ours, side(common(article(state="review", body="one\ntwo\n3")), 2, "petros", base))
    assert record(found, "kb/faq/malta.md").approved_by is None


def test_a_beaten_template_is_kept_where_nothing_looks_it_up() -> None:
    def response(body: str) -> Any:
        return KINDS["response"].new(id="hello.en", title="Hello", language="en", body=body)

    base = common(response("one"))
    found = met(
        base, side(common(response("two")), 1, "maria", base), side(common(response("three")), 2, "petros", base)
    )
    path = response("").path
    assert record(found, path).body == "three"
    [beside] = [p for p in found.files if "variant" in p]
    assert beside.startswith(f"{path}.variant-")
    mail = "templates/mail/reply-sent.en.txt"
    base = common((mail, b"one\n"))
    sides = (common((mail, b"two\n")), common((mail, b"three\n")))
    found = met(base, side(sides[0], 1, "maria", base), side(sides[1], 2, "petros", base))
    assert found.files[mail].oid == oid(b"three\n")  # type: ignore[union-attr]
    assert [p for p in found.files if p.startswith(f"{mail}.variant-")]


BASE = '[desk]\nname = "One" # ours\n\n[list]\nlimit = 50\n'


@pytest.mark.parametrize(
    ("one", "two", "settings", "decided"),
    [
        (BASE.replace("One", "Two"), BASE.replace("50", "20"), {"desk.name": "Two", "list.limit": 20}, 0),
        (BASE.replace("One", "Two"), BASE.replace("One", "Three"), {"desk.name": "Three", "list.limit": 50}, 1),
        (
            BASE + 'extra = "no"\n',
            BASE.replace("50", "10"),
            {"desk.name": "One", "list.limit": 10},
            1,
        ),
        ("[desk\n", BASE.replace("50", "10"), {"desk.name": "One", "list.limit": 10}, 1),
        (
            BASE.replace("[list]\nlimit = 50\n", ""),
            BASE.replace("One", "Two") + "\n[kb]\nreview_days = 5\n",
            {"desk.name": "Two", "kb.review_days": 5},
            0,
        ),
    ],
)
def test_settings_meet_one_by_one(one: str, two: str, settings: dict[str, Any], decided: int) -> None:
    base = common((FILE, BASE.encode()))
    found = met(
        base,
        side(common((FILE, one.encode())), 1, "maria", base),
        side(common((FILE, two.encode())), 2, "petros", base),
    )
    leaf = found.files[FILE]
    text = (leaf.data or b"").decode() if leaf else ""
    assert dict(config.parse(text)) == settings
    assert "# ours" in text
    assert len(found.decisions) == decided


def test_two_files_attached_under_one_name() -> None:
    """Beside one that is there already, and that neither side has touched; the folder's salt is one."""
    before = T1.evolve(thread=(note("first", 0, attachments=["a-2.txt"]),))
    base = common(before)
    folder = T1.path.replace(".md", ".files")

    def attached(content: bytes, minute: int, who: str) -> Any:
        entry = note("see", minute, who, attachments=["a.txt"])
        files = (f"{folder}/a.txt", content), (f"{folder}/.salt", b"salt of " + content)
        return side(common(before.evolve(thread=(*before.thread, entry)), *files), minute, who, base)

    found = met(base, attached(b"one", 1, "maria"), attached(b"two", 2, "petros"))
    lie = {
        path.removeprefix(f"{folder}/"): leaf.oid for path, leaf in found.files.items() if ".files/" in path and leaf
    }
    assert lie == {"a.txt": oid(b"one"), "a-3.txt": oid(b"two"), ".salt": oid(b"salt of one")}
    assert [e.attachments for e in record(found, T1.path).thread] == [("a-2.txt",), ("a.txt",), ("a-3.txt",)]


def test_the_salt_stays_while_a_file_does() -> None:
    """One side takes the only file away, the other adds one."""
    folder = T1.path.replace(".md", ".files")
    before, salt = T1.evolve(thread=(note("first", 0, attachments=["a.txt"]),)), (f"{folder}/.salt", b"s")
    base = common(before, (f"{folder}/a.txt", b"a"), salt)
    more = before.evolve(thread=(*before.thread, note("see", 2, attachments=["b.txt"])))
    theirs = side(common(more, (f"{folder}/a.txt", b"a"), (f"{folder}/b.txt", b"b"), salt), 2, "petros", base)
    found = met(base, side(common(before.evolve(thread=(note("first", 0),))), 1, "maria", base), theirs)
    assert found.files[salt[0]].oid == oid(b"s")  # type: ignore[union-attr]


def test_other_files_by_line_else_the_later() -> None:
    base = common(("kb/faq/a.svg", b"a\nb\nc\n"), ("kb/faq/b.png", b"\0"))
    ours = side(common(("kb/faq/a.svg", b"A\nb\nc\n"), ("kb/faq/b.png", b"\0one")), 1, "maria", base)
    theirs = side(common(("kb/faq/a.svg", b"a\nb\nC\n"), ("kb/faq/b.png", b"\0two")), 2, "petros", base)
    found = met(base, ours, theirs)
    assert found.files["kb/faq/a.svg"].data == b"A\nb\nC\n"  # type: ignore[union-attr]
    assert found.files["kb/faq/b.png"].oid == oid(b"\0two")  # type: ignore[union-attr]


def test_a_record_that_cant_be_read_gives_way() -> None:
    base = common(T1)
    broken = (T1.path, b"<<<<<<< what\n")
    found = met(base, side(common(broken), 2, "maria", base), side(common(T1.evolve(title="N")), 1, "petros", base))
    assert record(found, T1.path).title == "N"
    assert found.unread == ()
    other = (T1.path, b">>>>>>> that\n")
    found = met(base, side(common(broken), 2, "maria", base), side(common(other), 1, "petros", base))
    assert found.unread == (T1.path,)
    assert found.files[T1.path].oid == oid(broken[1])  # type: ignore[union-attr]
    assert [p for p in found.files if p.startswith(f"{T1.path}.broken-")]


def test_a_third_side_that_knows_a_person_by_the_id_that_went() -> None:
    one, two = user(1), user(2)
    base = common(two)
    merged = side(common(one), 1, "maria", base)._replace(renamed=(Renamed("user", "u-2", "u-1"),))
    third = side(common(two, ticket(1, requester="u-2")), 2, "petros", base)
    found = met(base, merged, third)
    assert found.files[two.path] is None
    assert record(found, T1.path).requester == "u-1"


def test_a_third_side_that_knows_a_ticket_by_the_id_it_had() -> None:
    older, younger = ticket(1, title="Older"), ticket(1, title="Younger", created="2026-07-23T07:00:00Z")
    renamed = Renamed("ticket", T1.id, "260723-ZZZZ")
    base = common(younger, T2)
    merged = side(common(older, younger.evolve(id=renamed.new), T2), 1, "maria", base)._replace(renamed=(renamed,))
    answered = younger.evolve(thread=(note("to the younger", 5, "petros"),))
    third = side(common(answered, T2.evolve(links=[f"relates {T1.id}"])), 2, "petros", base)
    found = met(base, merged, third)
    assert record(found, older.path) == older
    moved = record(found, Ticket.path_of(renamed.new))
    assert (moved.title, [e.text for e in moved.thread]) == ("Younger", ["to the younger"])
    assert record(found, T2.path).links == (f"relates {renamed.new}",)
