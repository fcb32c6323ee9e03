"""Catalogues are compiled and read: as gettext's own tools do, never stale, and English where something is missing."""

from __future__ import annotations

import gettext
import os
from pathlib import Path

import pytest

from desk.locale import compiling
from desk.locale.catalogue import CatalogueFile
from desk.locale.language import catalogue, choose, known, languages
from docs import catalogues
from tests.conftest import Runner

PO = """
msgid ""
msgstr ""
"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n<5 ? 1 : 2);\\n"

msgid "open"
msgstr "άνοιξε"

msgctxt "state"
msgid "open"
msgstr "ανοικτό"

#, fuzzy
msgid "closed"
msgstr "κλειστή"

msgid "late"
msgstr ""

msgid "{n} ticket"
msgid_plural "{n} tickets"
msgstr[0] "{n} ένα"
msgstr[1] "{n} λίγα"
msgstr[2] "{n} πολλά"

msgid "two "
"lines\\n"
msgstr "δύο "
"γραμμές\\n"
"""


def write(folder: Path, text: str = PO) -> Path:
    path = folder / "el/LC_MESSAGES/desk.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def read(folder: Path) -> CatalogueFile:
    return CatalogueFile(str(folder / "el/LC_MESSAGES/desk.mo"))


def test_messages_are_found(tmp_path: Path) -> None:
    write(tmp_path)
    found = read(tmp_path)
    assert found.gettext("open") == "άνοιξε"
    assert found.pgettext("state", "open") == "ανοικτό"
    assert found.gettext("two lines\n") == "δύο γραμμές\n"
    assert [found.ngettext("{n} ticket", "{n} tickets", n) for n in (1, 3, 9)] == ["{n} ένα", "{n} λίγα", "{n} πολλά"]


def test_what_is_not_translated_is_english(tmp_path: Path) -> None:
    write(tmp_path)
    found = read(tmp_path)
    assert [found.gettext(word) for word in ("closed", "late", "unknown", "")] == ["closed", "late", "unknown", ""]
    assert found.pgettext("column", "open") == "open"
    assert [found.ngettext("1 day", "{n} days", n) for n in (1, 2)] == ["1 day", "{n} days"]


def test_another_reader_finds_the_same(tmp_path: Path) -> None:
    path = catalogues.path_of("el")
    compiling.compile_file(str(path), str(tmp_path / "desk.mo"))
    mine = CatalogueFile(str(tmp_path / "desk.mo"))
    with (tmp_path / "desk.mo").open("rb") as file:
        theirs = gettext.GNUTranslations(file)
    for message in catalogues.read("el"):
        if isinstance(message.id, tuple | list):
            for n in (0, 1, 2, 21):
                assert mine.ngettext(message.id[0], message.id[1], n) == theirs.ngettext(
                    message.id[0], message.id[1], n
                )
        elif message.id:
            context = message.context
            assert (mine.pgettext(context, message.id) if context else mine.gettext(message.id)) == message.string


def test_an_edited_catalogue_is_never_stale(tmp_path: Path) -> None:
    path = write(tmp_path)
    assert read(tmp_path).gettext("open") == "άνοιξε"
    made = path.with_suffix(".mo")
    assert made.exists()
    write(tmp_path, PO.replace("άνοιξε", "ξεκίνησε"))
    later = made.stat().st_mtime_ns + 1
    os.utime(path, ns=(later, later))
    assert read(tmp_path).gettext("open") == "ξεκίνησε"


def test_a_folder_that_cannot_be_written_to_will_do(tmp_path: Path) -> None:
    path = write(tmp_path)
    path.with_suffix(".mo").mkdir()  # whoever runs the tests may write anywhere
    os.utime(path, ns=(1 << 62, 1 << 62))
    assert read(tmp_path).gettext("open") == "άνοιξε"


@pytest.mark.parametrize("text", ['msgid "a"\nmsgstr "b', "msgid 'a' + 'b'", "hello", 'msgid "a"\nmsgid "b"', '"lost"'])
def test_a_line_that_cannot_be_read_is_named(text: str) -> None:
    with pytest.raises(ValueError, match=r"^\(\d, ") as caught:
        list(compiling.read(text))
    assert isinstance(caught.value.args[0], int)


def test_a_catalogue_that_cannot_be_read_is_named_in_english(desk: Runner, tmp_path: Path) -> None:
    """The line is, for its translator; nobody sees a traceback, and a shell that completes sees nothing."""
    path, other = tmp_path / "de/LC_MESSAGES/desk.po", tmp_path / "de/LC_MESSAGES/desk.mo"
    path.parent.mkdir(parents=True)
    for text, problem in (
        (b'msgid "TITLE"\nmsgstr "x\n', "desk.po:2: not as a catalogue is written"),
        (b'msgid "a"\nmsgstr "b"\n\nmsgid "\xff"\n', "desk.po:4: it isn't written in UTF-8"),
        (b"", "desk.mo: "),
    ):
        path.write_bytes(text)
        if not text:
            path.unlink()
            other.write_bytes(b"short")
        env = {"DESK_LOCALE": str(tmp_path), "DESK_LANG": "de"}
        for words in (("ticket", "list", "--state", "any"), ("ticket", "show", "nope"), ("ticket", "--help")):
            err = desk(*words, code=8, env=env).err
            assert err.startswith("error: ")
            assert problem in err
        assert desk("--lang", "en", "ticket", "list", env=env).code == 0


# -- which language ------------------------------------------------------------------------------------------------------


def nothing() -> str:
    return ""


@pytest.mark.parametrize(
    ("environ", "asked", "kept", "chosen"),
    [
        ({}, None, "", "en"),
        ({"LANG": "el_GR.UTF-8"}, None, "", "el"),
        ({"LANG": "el"}, "en", "", "en"),
        ({"DESK_LANG": "el"}, "en", "", "en"),
        ({"DESK_LANG": "en", "LANG": "el_GR.UTF-8"}, None, "el", "en"),
        ({"LC_ALL": "C", "LANG": "el_GR.UTF-8"}, None, "", "en"),
        ({"LC_ALL": "", "LC_MESSAGES": "el_CY.UTF-8", "LANG": "en_GB"}, None, "", "el"),
        ({"LANG": "C.UTF-8"}, None, "el", "el"),
        ({"LANG": "el_GR"}, None, "en", "en"),
        ({"DESK_LANG": "xx", "LANG": "el_GR"}, None, "", "el"),
        ({"LANG": "../../etc"}, None, "elfish", "en"),
        ({"LANG": "de_DE.UTF-8"}, None, "", "en"),
    ],
)
def test_the_language_is_chosen(environ: dict[str, str], asked: str | None, kept: str, chosen: str) -> None:
    assert choose(environ, asked, lambda: kept) == chosen


def test_git_is_not_asked_where_somebody_has_said_it() -> None:
    def asked() -> str:
        raise AssertionError

    assert choose({"DESK_LANG": "el"}, None, asked) == "el"
    assert choose({}, "en", asked) == "en"


def test_a_folder_of_ones_own_comes_first(tmp_path: Path) -> None:
    write(tmp_path)
    assert languages({}) == ["el", "en"]
    mine = catalogue("el", {"DESK_LOCALE": str(tmp_path)})
    assert mine is not None
    assert mine.gettext("open") == "άνοιξε"
    (tmp_path / "el").rename(tmp_path / "it")
    assert languages({"DESK_LOCALE": str(tmp_path)}) == ["el", "en", "it"]
    assert known("it_IT.UTF-8", {"DESK_LOCALE": str(tmp_path)}) == "it"
    assert known("it", {}) == ""
