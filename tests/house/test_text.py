"""A text is the English sentence to whoever takes it for a string, and can be said in another language by whoever asks."""

from __future__ import annotations

import copy
import csv
import io
import json
import pickle
import sqlite3
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.errors import Refused
from desk.text import Text, _, arranged, listed, looked_up, ngettext, numeral, pgettext, said, speaking, translate
from desk.view import formats
from desk.view.look import Look
from desk.view.model import Done

LOOK = Look(80, color=False, tty=False, timezone="UTC", now=datetime(2026, 7, 23, tzinfo=UTC))
LETTERS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


class Backwards:
    """A language whose words are English, in capitals, between marks; it has no other forms than English."""

    def gettext(self, message: str, /) -> str:
        parts = message.replace("{", "\0{").replace("}", "}\0").split("\0")
        return "⟦" + "".join(p if p.startswith("{") else p.upper() for p in parts) + "⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int, /) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)

    def pgettext(self, context: str, message: str, /) -> str:
        return f"{context}:{self.gettext(message)}"


@given(LETTERS, LETTERS)
def test_a_text_is_the_string_it_reads_as(who: str, what: str) -> None:
    text, plain = _("{who} has {what!r}", who=who, what=what), f"{who} has {what!r}"
    assert text == plain
    assert plain == text
    assert hash(text) == hash(plain)
    assert {plain: 1}[text] == 1
    assert repr(text) == repr(plain)
    assert json.dumps({text: text}) == json.dumps({plain: plain})
    assert sorted([text, "x"]) == sorted([plain, "x"])
    assert text.encode("utf-8", "replace") == plain.encode("utf-8", "replace")
    assert [s.upper() for s in (text, plain)] == [plain.upper()] * 2


@given(LETTERS)
def test_what_is_made_of_a_text_is_plain(who: str) -> None:
    text = _("{who} is away", who=who)
    for made in (
        str(text),
        text[1:],
        text + "!",
        "!" + text,
        "".join([text, *"!"]),
        f"{text}",
        text.strip("x"),
    ):
        assert type(made) is str
    assert str(text) == f"{who} is away"


@given(LETTERS, st.integers(0, 3))
def test_copies_and_pickles_remember(who: str, n: int) -> None:
    text = ngettext("{who} has {n} ticket", "{who} has {n} tickets", n, who=_("nobody but {who}", who=who))
    for again in (copy.copy(text), copy.deepcopy(text), *(pickle.loads(pickle.dumps(text, p)) for p in range(2, 6))):  # noqa: S301
        assert isinstance(again, Text)
        assert again == text
        assert translate(again, Backwards()) == translate(text, Backwards())


def test_plain_where_things_are_written() -> None:
    text = _("{n:,} of {n:,}", n=1204)
    lines = io.StringIO()
    csv.writer(lines).writerow([text])
    assert lines.getvalue() == '"1,204 of 1,204"\r\n'
    [(kept,)] = sqlite3.connect(":memory:").execute("SELECT ?", (text,))
    assert (type(kept), kept) == (str, "1,204 of 1,204")


@pytest.mark.parametrize("form", ["json", "jsonl", "yaml", "csv"])
def test_machines_get_english(form: str) -> None:
    said = Done("thing", {"problem": _("{id} is late", id="7K3Q")}, ())
    plain = Done("thing", {"problem": "7K3Q is late"}, ())
    assert list(formats.FORMATS[form](said, LOOK)) == list(formats.FORMATS[form](plain, LOOK))


def test_numbers_choose_the_form() -> None:
    assert [ngettext("{n} ticket", "{n} tickets", n) for n in (0, 1, 2)] == ["0 tickets", "1 ticket", "2 tickets"]
    assert ngettext("one of {of}", "{n:,} of {of}", 1204, of="x") == "1,204 of x"


def test_lists_and_errors_are_values() -> None:
    assert _("known: {known}", known=["a", "b"]) == "known: a, b"
    assert _("known: {known}", known=("a",)) == "known: a"
    assert _("can't: {error}", error=ValueError(_("no {what}", what="x"))) == "can't: no x"
    assert listed([_("assigned"), "x"], "; ") == "assigned; x"
    assert listed([]) == ""
    assert listed(["{x}"]) == "{x}"


def test_without_values_braces_are_braces() -> None:
    assert _("an address with {slug} in it") == "an address with {slug} in it"
    assert translate(_("with {slug}"), Backwards()) == "⟦WITH {slug}⟧"


def test_a_template_from_a_table_is_filled_in_later() -> None:
    told = {"assign": _("assigned to {after}")}["assign"].format(after="maria")
    assert told == "assigned to maria"
    assert translate(told, Backwards()) == "⟦ASSIGNED TO maria⟧"
    assert translate(pgettext("state", "{n} open").format(n=2), Backwards()) == "state:⟦2 OPEN⟧"
    assert type(_("{x}", x="{y}").format(y=1)) is str
    assert _("{x}", x="{y}").format(y=1) == "1"


def test_every_part_is_said_in_the_other_language() -> None:
    inner = ngettext("{n} file", "{n} files", 2)
    assert translate(_("{what} differ: {why}", what=inner, why="mine"), Backwards()) == "⟦⟦2 FILES⟧ DIFFER: mine⟧"
    assert translate(_("{all} left", all=[inner, "x"]), Backwards()) == "⟦⟦2 FILES⟧, x LEFT⟧"
    assert translate(_("not so: {error}", error=Refused(_("no"), None)), Backwards()) == "⟦NOT SO: ⟦NO⟧⟧"
    assert translate(listed([_("a"), "b"], " · "), Backwards()) == "⟦⟦A⟧ · b⟧"
    assert translate(arranged("{id}  {words}", id="7K3Q", words=_("closed")), Backwards()) == "⟦7K3Q  ⟦CLOSED⟧⟧"
    assert translate(pgettext("column", "PRIO"), Backwards()) == "column:⟦PRIO⟧"


def test_somebody_s_own_words_stay() -> None:
    assert translate("wie es ist", Backwards()) == "wie es ist"


def test_a_text_is_said_where_somebody_speaks() -> None:
    text = _("{who} is away", who="Νίκος")
    with speaking(Backwards()):
        assert said(text) == "⟦Νίκος IS AWAY⟧"
        assert f"{text}." == "⟦Νίκος IS AWAY⟧."
        assert f"{text:>16}" == " ⟦Νίκος IS AWAY⟧"
        assert "- " + text == "- ⟦Νίκος IS AWAY⟧"
        assert text + "!" == "⟦Νίκος IS AWAY⟧!"
        assert said("Νίκος") == "Νίκος"
        assert looked_up("Only mine.") == "⟦ONLY MINE.⟧"
        assert json.dumps({"text": text}) == json.dumps({"text": "Νίκος is away"})
        assert text == "Νίκος is away"
    assert said(text) == f"{text}" == "Νίκος is away"
    assert looked_up("Only mine.") == "Only mine."


def test_numbers_have_the_marks_of_the_language() -> None:
    class Comma(Backwards):
        def pgettext(self, context: str, message: str, /) -> str:
            return "1.234,5" if context == "number" else message

        def gettext(self, message: str, /) -> str:
            return message

    with speaking(Comma()):
        assert said(_("{n:,} of {size:.1f} MiB", n=1204, size=3.5)) == "1.204 of 3,5 MiB"
        assert said(_("{id} in {year}", id="1.5", year=2026)) == "1.5 in 2026"
        assert numeral("2.4 MB") == "2,4 MB"
    assert numeral("2.4 MB") == "2.4 MB"


def test_a_translation_with_a_place_that_is_not_there_is_english() -> None:
    class Broken(Backwards):
        def gettext(self, message: str, /) -> str:
            return message.replace("{who}", "{wo}")

    assert translate(_("{who} is away", who="Νίκος"), Broken()) == "Νίκος is away"
