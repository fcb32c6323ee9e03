"""Any text comes back exactly, and a file that desk wrote is written the same again."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.codec import plainlines, records, yaml
from desk.domain.model.fields import parse_time, utc_text
from desk.domain.model.kinds import KINDS
from desk.domain.model.record import Entry, Record
from desk.domain.model.ticket import Ticket
from desk.errors import Broken, Refused
from tests.store.texts import DEAR, MODERATE, NASTY, lines, plain_values, slugs, texts, ticket_ids, times

PATH = "records/tickets/2026/07/23/260723-7K3Q.md"
HEAD = """---
id: 260723-7K3Q
title: Patient summary
state: open
priority: high
department: technical
created: 2026-07-23T06:12:44Z
---
"""
_DECLARED = frozenset(Ticket.FIELDS)

metas = st.dictionaries(
    st.sampled_from(["via", "message-id", "from", "x", "0", "no"]),
    st.one_of(texts, st.booleans(), st.integers(-99, 99)),
    max_size=3,
)
attachments = st.lists(lines, max_size=2).map(lambda names: {"attachments": names} if names else {})
entries = st.builds(
    lambda kind, by, at, text, meta, files: Entry(kind, by, at, text, {**meta, **files}),
    st.sampled_from(["reply", "note"]),
    slugs,
    times,
    texts,
    metas,
    attachments,
)


@st.composite
def tickets(draw: st.DrawFn) -> Ticket:
    created = draw(times)
    base = Ticket.new(
        id=draw(ticket_ids),
        title=draw(lines),
        state="open",
        priority="low",
        department=draw(slugs),
        created=utc_text(created),
        tags=draw(st.lists(slugs, max_size=3)),
        fields=draw(st.dictionaries(slugs, st.one_of(texts, st.booleans(), st.integers(-99, 99)), max_size=3)),
        attachments=draw(st.lists(lines, max_size=2)),
        cause=draw(texts),
        workaround=draw(st.lists(texts, min_size=1, max_size=5).map("\n".join)),
        body=draw(texts),
    )
    extra = draw(
        st.dictionaries(st.one_of(slugs, texts).filter(lambda k: k not in _DECLARED), plain_values, max_size=2)
    )
    return Ticket(base.values, extra=extra, body=base.body, thread=tuple(draw(st.lists(entries, max_size=3))))


def same(one: Record, two: Record) -> bool:
    return one == two and [dict(e.meta) for e in one.thread] == [dict(e.meta) for e in two.thread]


@DEAR
@given(tickets())
def test_every_ticket_comes_back_exactly(ticket: Ticket) -> None:
    data = records.encode(ticket)
    again = records.decode(data, ticket.path, "ticket")
    assert same(again, ticket)
    assert records.encode(again) == data


@pytest.mark.parametrize("piece", NASTY)
def test_each_dangerous_piece_alone_in_every_place(piece: str) -> None:
    meta = {"via": piece}
    when = parse_time("2026-07-23T07:15:02Z")
    thread = (Entry("reply", "maria", when, piece, meta), Entry("note", "maria", when, f"a\n{piece}\n"))
    for body in (piece, f"\n{piece}", f"{piece}\n", f"a\n{piece}\nb"):
        values = {"id": "260723-7K3Q", "title": "T", "state": "open", "priority": "low", "department": "d"}
        base = Ticket.new(**values, created="2026-07-23T06:12:44Z", fields={"f": piece})
        ticket = Ticket(base.values, extra={"x": piece, "list": [piece, {"k": piece}]}, body=body, thread=thread)
        data = records.encode(ticket)
        again = records.decode(data, ticket.path, "ticket")
        assert same(again, ticket)
        assert records.encode(again) == data


@DEAR
@given(slugs, lines, texts, lines)
def test_yaml_records_and_articles_come_back(name: str, title: str, text: str, line: str) -> None:
    staff = KINDS["staff"].new(id=name, name=title, email="a@b.example", level=2, departments=["x"])
    tag = KINDS["tag"].new(id=name, description=line)
    article = KINDS["article"](KINDS["article"].new(id=name, title=title, topic="t").values, body=text)
    for record in (staff, tag, article):
        data = records.encode(record)
        again = records.decode(data, "any", record.kind)
        assert again == record
        assert records.encode(again) == data


@MODERATE
@given(texts)
def test_escape_is_undone(text: str) -> None:
    assert records.unescape(records.escape(text)) == text


def test_what_looks_like_another_type_stays_as_written() -> None:
    fm = HEAD.replace("title: Patient summary", "title: no").replace("---\n", "", 1).rpartition("---\n")[0]
    text = f"---\n{fm}a: no\nb: 0123\nc: 1e3\nd: 2026-07-23T08:00:00+02:00\ne: 2026-07-23\nf: ~\ng: on\nh: 1.5\ni: 0x1f\n---\n"
    ticket = records.decode(text.encode(), PATH, "ticket")
    assert ticket.values["title"] == "no"
    assert dict(ticket.extra) == {
        "a": "no",
        "b": "0123",
        "c": "1e3",
        "d": "2026-07-23T08:00:00+02:00",
        "e": "2026-07-23",
        "f": None,
        "g": "on",
        "h": "1.5",
        "i": "0x1f",
    }
    again = records.decode(records.encode(ticket), PATH, "ticket")
    assert again == ticket
    assert b"\nd: 2026-07-23T08:00:00+02:00\ne: 2026-07-23\n" in records.encode(ticket)


@pytest.mark.parametrize("stamp", ["2026-07-23t06:12:44z", "2٠26-07-23", "2026-07-23T06:12:44.5Z", "2026-7-3"])
def test_odd_times_under_unknown_keys_keep_their_line(stamp: str) -> None:
    data = HEAD.replace("created:", f"x: {stamp}\ncreated:").encode()
    ticket = records.decode(data, PATH, "ticket")
    assert ticket.extra["x"] == stamp
    assert "!!" not in records.encode(ticket).decode()


def test_keys_are_written_in_canonical_order_and_unknown_ones_last() -> None:
    shuffled = """---
zebra: 1
created: 2026-07-23T06:12:44Z
department: technical
priority: high
state: open
tags: [b, a, b]
title: Patient summary
aardvark: [1, 2]
id: 260723-7K3Q
---

Body
"""
    ticket = records.decode(shuffled.encode(), PATH, "ticket")
    lines_ = records.encode(ticket).decode().splitlines()
    keys = [ln.partition(":")[0] for ln in lines_[1 : lines_.index("---", 1)]]
    assert keys == ["id", "title", "state", "priority", "department", "tags", "created", "zebra", "aardvark"]
    assert "tags: [a, b]" in lines_


def test_a_whole_file_reads_as_the_design_draws_it() -> None:
    text = """---
id: 260723-7K3Q
title: Patient summary from Malta returns error 4703
state: open
priority: high
impact: high
urgency: medium
department: technical
owner: maria
requester: u-4f9x2
tags: [incident, patient-summary]
language: en
channel: phone
created: 2026-07-23T06:12:44Z
---

The patient summary of a Maltese citizen cannot be retrieved.

## Reply by maria, 2026-07-23T07:15:02Z

We are looking into it together with the Maltese service desk.

## Note by maria, 2026-07-23T07:20:10Z <!-- {via: email, message-id: "<a@b>"} -->

Malta confirms a certificate problem.
"""
    ticket = records.decode(text.encode(), PATH, "ticket")
    assert [e.text for e in ticket.thread][1] == "Malta confirms a certificate problem."
    assert records.encode(ticket).decode().replace("<a@b>", '"<a@b>"') in (text, text.replace('"<a@b>"', '""<a@b>""'))


def front(more: str) -> str:
    return HEAD.replace("created:", f"{more}\ncreated:")


BROKEN: list[tuple[str, bytes, int, str]] = [
    ("empty", b"", 1, "first line"),
    ("no fence", b"id: x\n", 1, "first line"),
    ("no closing fence", b"---\nid: 260723-7K3Q\n", 3, "closing"),
    ("empty front", b"---\n---\n", 2, "empty"),
    ("a list", b"---\n- a\n---\n", 2, "key: value"),
    ("text", b"---\njust text\n---\n", 2, "key: value"),
    ("a tab", front("\tx: 1").encode(), 7, "YAML"),
    ("open quote", front('x: "abc').encode(), 7, "YAML"),
    ("two of a key", front("x: 1\nx: 2").encode(), 8, "twice"),
    ("two of a declared key", front("title: again").encode(), 7, "twice"),
    ("alias", front("x: &a [1]\ny: *a").encode(), 7, "anchors"),
    ("alias only", front("y: *a").encode(), 7, ""),
    ("python tag", front("x: !!python/object/apply:os.system [id]").encode(), 7, ""),
    ("own tag", front("x: !mine 1").encode(), 7, ""),
    ("binary", front("x: !!binary aGk=").encode(), 7, ""),
    ("set", front("x: !!set {a, b}").encode(), 7, ""),
    ("omap", front("x: !!omap [a: 1]").encode(), 7, ""),
    ("float", front("x: !!float 1.5").encode(), 7, ""),
    ("odd int", front("x: !!int twelve").encode(), 7, ""),
    ("odd time", front("x: !!timestamp soon").encode(), 7, ""),
    ("odd map", front("x: !!map soon").encode(), 7, ""),
    ("odd bool", front("x: !!bool [1]").encode(), 7, ""),
    ("list as key", front("? [a]\n: 1").encode(), 7, ""),
    ("merge key twice", front("<<: {a: 1}\n<<: {b: 1}").encode(), 8, "twice"),
    ("deep list", front("x: " + "[" * 100_000).encode(), 7, "deep"),
    ("deep map", front("x: " + "{a: " * 60_000).encode(), 7, "deep"),
    ("deep but short", front("x: " + "[" * 60 + "]" * 60).encode(), 7, "deep"),
    ("deep block", front("x:\n" + "".join(" " * n + "-\n" for n in range(1, 600))).encode(), 0, "deep"),
    ("deep compact", front("x:\n  " + "- " * 9_000 + "a").encode(), 0, "deep"),
    ("bad time", HEAD.replace("06:12:44Z", "26:12:44Z").encode(), 7, "created"),
    ("bad state", HEAD.replace("open", "[open]").encode(), 4, "state"),
    ("bad id", HEAD.replace("260723-7K3Q", "7").encode(), 2, "id"),
    ("foreign digits in the id", HEAD.replace("260723", "٢٦٠٧٢٣").encode(), 2, "id"),
    ("no title", HEAD.replace("title: Patient summary\n", "").encode(), 1, "title: missing"),
    ("not UTF-8", HEAD.encode() + b"\nabc\n\xff\n", 11, "UTF-8"),
    ("UTF-16", HEAD.encode("utf-16"), 1, "UTF-8"),
    ("NUL", HEAD.encode() + b"\na\0b\n", 10, "NUL"),
    ("conflict in front", front("<<<<<<< HEAD\nx: 1\n=======\nx: 2\n>>>>>>> other").encode(), 7, "conflict"),
    ("bad entry time", (HEAD + "\na\n\n## Reply by maria, 2026-13-45T07:15:02Z\n\nx\n").encode(), 12, ""),
    (
        "bad entry meta",
        (HEAD + "\na\n\n## Reply by maria, 2026-07-23T07:15:02Z <!-- {a: [} -->\n\nx\n").encode(),
        12,
        "",
    ),
    (
        "bad attachments",
        (HEAD + "\na\n\n## Reply by m, 2026-07-23T07:15:02Z <!-- {attachments: x} -->\n\nx\n").encode(),
        12,
        "list",
    ),
]


@pytest.mark.parametrize(("data", "line", "words"), [b[1:] for b in BROKEN], ids=[b[0] for b in BROKEN])
def test_what_cannot_be_read_is_broken_and_names_the_line(data: bytes, line: int, words: str) -> None:
    with pytest.raises(Broken) as caught:
        records.decode(data, PATH, "ticket")
    assert caught.value.path == PATH
    assert words.lower() in caught.value.problem.lower()
    if line:
        assert caught.value.line == line
    assert caught.value.exit_code == 7


def test_a_conflict_in_the_text_alone_is_text() -> None:
    data = (HEAD + "\n<<<<<<< HEAD\nours\n=======\ntheirs\n>>>>>>> x\n").encode()
    assert "theirs" in records.decode(data, PATH, "ticket").body


@MODERATE
@given(st.binary(max_size=200), st.integers(0, len(HEAD)))
def test_no_bytes_do_worse_than_broken(junk: bytes, place: int) -> None:
    whole = HEAD.encode()
    for data in (junk, whole[:place] + junk + whole[place:], whole[:place]):
        for kind in ("ticket", "staff", "article"):
            try:
                record = records.decode(data, PATH, kind)
            except Broken:
                continue
            again = records.decode(records.encode(record), PATH, kind)
            assert same(again, record)


def test_fields_too_large_to_be_read_again_are_not_written() -> None:
    values: dict[str, Any] = {"id": "260723-7K3Q", "title": "T", "state": "open", "priority": "low", "department": "d"}
    ticket = Ticket.new(**values, created="2026-07-23T06:12:44Z", fields={"f": "x" * (plainlines.FRONT_MAX + 1)})
    with pytest.raises(Refused, match="KiB"):
        records.encode(ticket)


_TRICKY = st.sampled_from(
    ["no", "Yes", "NULL", "y", "a, b", "a: b", "a #b", "it's", "x - y", "-", "Σφάλμα", "260723-7K3Q", "123456-1E10", "a.", "~", "=",
     "<<", "@a", "!x", "&a", "*a", "a\u00a0b", "ª", "a²", "𝒜", "a😀", "0x1f", "1:30", "a ", "a  b", "inf", "a/b", "\ufeffa"]
)  # fmt: skip
_VALUES = st.one_of(
    _TRICKY,
    st.text(),
    st.text("abyn ,.'()/+-_:#@ΣΜάλτα019"),
    st.lists(_TRICKY, max_size=3),
    st.just(plainlines.Stamp("2026-01-01")),
    texts,
    st.lists(texts, min_size=1, max_size=5).map("\n".join),
)


@MODERATE
@given(st.one_of(st.sampled_from(["title", "no", "y", "Foo"]), st.text()), _VALUES)
def test_the_quick_way_to_write_a_line_gives_the_bytes_of_libyaml(key: str, value: object) -> None:
    line = plainlines.line(key, value)
    assert line is None or line == yaml.export({key: value})


_LINES = st.builds(
    "{}: {}".format,
    st.one_of(st.sampled_from(["title", "no", "level", "a"]), st.text("ab-_ ")),
    st.one_of(
        _TRICKY,
        st.text("abyn ,.'()/+-_:#@ΣΜάλτα019[]"),
        st.sampled_from(["[a, b]", "[]", "[no]", "'a: b'", "'it''s'", "true", "3", "0123", "-1", "a'"]),
        st.sampled_from(
            ["2026-07-23", "2026-07-23T06:12:44Z", "2026-07-23t06:12:44z", "'", "''", "' '", "[a,b]", "[ a]", "a  "]
        ),
        st.builds(
            "{}\n{}".format,
            st.sampled_from(["|", "|-", "|+", "|2", ">", "| # x"]),
            st.lists(
                st.builds("{}{}".format, st.sampled_from(["", " ", "  ", "  ", "  ", "\t", "   "]), texts), max_size=4
            ).map("\n".join),
        ),
    ),
)


@MODERATE
@given(st.lists(_LINES, min_size=1, max_size=3).map("\n".join), st.sampled_from(["\n", "", "\r\n", "\n  more\n"]))
def test_the_quick_way_to_read_lines_gives_what_libyaml_gives(text: str, end: str) -> None:
    known = plainlines.front(text + end)
    if known is not None:
        read = yaml.load(text + end, "x", 1)
        assert known == read
        assert [type(v) for v in known.values()] == [type(v) for v in read.values()]


BLOCKS = {
    "a\nb": "cause: |-\n  a\n  b\n",
    "a\n\nb\n": "cause: |\n  a\n\n  b\n",
    "- a: b\n# c  \n\td": "cause: |-\n  - a: b\n  # c  \n  \td\n",
    "α\n😀\n\n\n": "cause: |+\n  α\n  😀\n\n\n",
    "one line": "cause: one line\n",
}


@pytest.mark.parametrize("text", BLOCKS)
def test_text_of_several_lines_reads_as_it_was_written(text: str) -> None:
    lines_of_it = records.dump_yaml({"cause": text})
    assert lines_of_it == BLOCKS[text]
    assert records.load_yaml(lines_of_it, "x") == yaml.load(lines_of_it, "x") == {"cause": text}


def test_rare_line_ends_beside_rare_letters_come_back() -> None:
    for text in ("\x85\U00010000", "a\u2028😀", "😀\nb\u2029"):
        assert records.load_yaml(records.dump_yaml({"cause": text}), "x") == {"cause": text}


def test_a_block_is_read_without_the_library() -> None:
    assert plainlines.front("a: b\ncause: |-\n  one\n\n  two\nfix: |\n  x\n") == {
        "a": "b",
        "cause": "one\n\ntwo",
        "fix": "x\n",
    }
    assert [
        plainlines.front(f"cause: {m}") for m in ("|-\n", "|\nx: y\n", "|-\n   deep\n", "|2\n  x\n", "|-\n  x\n\n")
    ] == [None] * 5


def test_steps_are_written_a_line_each_and_read_without_the_library() -> None:
    steps = ["[ ] Call Malta's desk: now # or later", "[x] Πες το"]
    text = records.dump_yaml({"state": "open", "checklist": steps, "tags": ["a", "b"]})
    written = "- '[ ] Call Malta''s desk: now # or later'\n- '[x] Πες το'\n"
    assert text == f"state: open\nchecklist:\n{written}tags: [a, b]\n"
    assert plainlines.front(text) == yaml.load(text, "x") == {"state": "open", "checklist": steps, "tags": ["a", "b"]}
    for odd in (
        "x:\n",
        "x:\ny: z\n",
        "x:\n- '[ ] a\n",
        "x:\n- '[ ] a' b'\n",
        'x:\n- "[ ] a"\n',
        "x:\n- [ ]\n",
        "x:\n- '\n",
    ):
        assert plainlines.front(odd) is None
    assert records.dump_yaml({"sla": ["breach due x"]}) == "sla: [breach due x]\n"


@given(st.lists(st.tuples(st.sampled_from(("[ ] ", "[x] ")), texts), min_size=1, max_size=5))
def test_steps_come_back(pairs: list[tuple[str, str]]) -> None:
    steps = [mark + " ".join(text.split("\n")) for mark, text in pairs]
    text = records.dump_yaml({"checklist": steps})
    assert records.load_yaml(text, "x") == yaml.load(text, "x") == {"checklist": steps}
    assert yaml.dump({"checklist": steps}) == text


def test_a_long_thread_is_read_in_linear_time() -> None:
    """Four times the entries take four times as long; by a count of lines from the beginning it were sixteen."""

    def seconds(entries: int) -> float:
        thread = "".join(f"## Note by maria, 2026-07-23T07:15:02Z\n\nnote {n}\n\n" for n in range(entries))
        head = "id: 260723-7K3Q\ntitle: T\nstate: open\npriority: low\ndepartment: legal\ncreated: 2026-07-23T06:12:44Z"
        data = f"---\n{head}\n---\n\n{thread}".encode()
        began = time.thread_time()
        assert len(records.decode(data, Ticket.path_of("260723-7K3Q"), Ticket.kind).thread) == entries
        return time.thread_time() - began

    assert min(seconds(8_000) for _turn in range(2)) < 8 * min(seconds(2_000) for _turn in range(3))


@DEAR
@given(tickets(), st.sampled_from(("", "swap", "twice", "drop", "indent", "spaces", "comment")), st.integers(0, 99))
def test_fields_read_one_by_one_are_those_of_the_whole(ticket: Ticket, change: str, place: int) -> None:
    """Also in a front matter that somebody has edited: then it is read so, or as a whole."""
    rows = records.encode(ticket).decode().partition("\n---\n")[0].split("\n")[1:]
    n = place % len(rows)
    row = rows[n]
    changed = {
        "twice": [row, row],
        "drop": [],
        "indent": [f"  {row}"],
        "spaces": [f"{row} "],
        "comment": [f"{row} # x"],
    }
    rows[n : n + 1] = changed.get(change, [row])
    text = "\n".join(rows[::-1] if change == "swap" else rows) + "\n"
    quick = records.quick_fields(Ticket, text)
    if quick is not None:
        assert quick == records.whole_fields(Ticket, text, text, PATH, 2)
    elif not change:
        assert ticket.extra or plainlines.front(text) is None
