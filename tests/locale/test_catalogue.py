"""Every language says everything that the program says, as its translators wrote it down: docs/translating.md."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message

from desk.domain.model.kinds import KINDS
from desk.locale import compiling
from desk.view.labels import FIELDS
from desk.view.text.cells import width
from docs import catalogues
from tests.house.sentences import COMMAND, placeholders

LANGUAGES = catalogues.languages()
SAME = set(
    """--field {name}=VALUE|--language L|--name NAME|--slug some-name|--translation-of SLUG --language L|--type select|1 commit
<blockquote style="{quote}">{inner}</blockquote>|<body style="{body}">
<html lang="{escape}"><head><meta charset="utf-8"></head>|<p style="{small}">{escape}</p>
<p><img src="cid:{image}" alt=""></p>|{escape}<a href="{address}">{address}</a>|text/{kind}; charset=utf-8
margin:0 0 1em 0;padding-left:.8em;border-left:3px solid #c8c8c8;color:#555555|{articles}['SLUG'].title
COMMIT|Commit|commit|{n:,} commit|{n} commit|HANDLE|ID|Id|MESSAGE-ID|block|call|extends|filter|import|macro|with
DESK_NOW: {error}|by: {by}|commit {commit}  {at}  {by}  {id} {verb}|desk --desk {root} guard install|{line}: desk sync
desk department list, desk group list|desk kb topic list|desk ticket list --state any; desk search WORDS|desk.toml
desk.toml: {error}|fields: {problem}|files: {name}: {problem}|git clone SERVER:{mine}.git|git fetch {whence} tag {seal}
git config --global user.name "Your Name" && git config --global user.email you@example.org|git fsck: {line}
git config gpg.format ssh; git config user.signingKey ~/.ssh/id_ed25519.pub|git push origin HEAD:in/{pusher}
git {verb}: {words}|thread {number}: {error}|{file}: desk.timezone: {error}""".replace("\n", "|").split("|")
) | {
    "protocol={protocol}\nhost={host}\nusername={user}\n",
    '{type};\r\n name="{name}"',
    "attachment;\r\n filename*=utf-8''{safe}",
    'multipart/{kind};\r\n boundary="{mark}"',
    "commits",
    "git log --grep='^Desk-Import: {who}'",
}
"""What is the same in Greek as in English: what is typed, names of what is typed, what a page is written in."""
HEADING = 14
"""Cells of the heading of a column, at most: it stands above cells, and tables have 80."""
LETTERS = r"[^\W\d_]"
GREEK, LATIN = re.compile("[\u0370-\u03ff\u1f00-\u1fff]"), re.compile("[A-Za-z]")


@pytest.fixture(scope="module")
def now() -> Catalog:
    return catalogues.template()


@pytest.fixture(scope="module", params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Catalog:
    return catalogues.read(request.param)


def pairs(catalog: Catalog) -> Iterator[tuple[Message, str, str]]:
    """Each message with a form of it in English and in the language."""
    for message in catalog:
        if message.id:
            ids = message.id if isinstance(message.id, tuple | list) else [message.id]
            strings = message.string if isinstance(message.string, tuple | list) else [message.string]
            for number, string in enumerate(strings):
                yield message, ids[min(number, len(ids) - 1)], string or ""


def bare(text: str) -> str:
    """A message without the places of values."""
    return re.sub(r"\{[^{}]*\}|%\(\w+\)s", "", text)


def test_the_files_are_what_the_program_says(now: Catalog) -> None:
    for path, text in catalogues.files(now).items():
        assert path.read_bytes() == text, f"python -m docs.catalogues, for {path.name}"


def test_nothing_is_missing(language: Catalog) -> None:
    assert [m.id for m in catalogues.missing(language)] == []


def test_there_are_as_many_forms_as_the_language_has(language: Catalog) -> None:
    for message in language:
        if message.id:
            several = isinstance(message.id, tuple | list)
            assert not several or len(message.string or ()) == language.num_plurals, message.id


def test_places_lines_and_ends_are_the_same(language: Catalog) -> None:
    wrong = []
    for message, english, string in pairs(language):
        of_click = any(path.startswith("click/") for path, _ in message.locations)
        places = placeholders if "{" in english and english.count("{") == english.count("}") else lambda _: set()
        try:
            fits = places(string) - {"n"} == places(english) - {"n"}
        except ValueError:
            fits = english.count("{") == string.count("{")
        if (
            not fits
            or string.count("\n") != english.count("\n")
            or (
                not of_click
                and (english[:1].isspace(), english[-1:].isspace()) != (string[:1].isspace(), string[-1:].isspace())
            )
        ):
            wrong.append((english, string))
    assert wrong == []


def test_nothing_was_left_in_english(language: Catalog) -> None:
    same = {
        english
        for message, english, string in pairs(language)
        if english == string and re.search(LETTERS, bare(english)) and not COMMAND.fullmatch(bare(english))
    }
    assert same - SAME == set()


def test_no_word_mixes_alphabets(language: Catalog) -> None:
    mixed = []
    for _, english, string in pairs(language):
        words = re.findall(rf"{LETTERS}+", bare(string))
        mixed += [(english, w) for w in words if GREEK.search(w) and LATIN.search(w)]
    assert mixed == []


def accented(text: str) -> bool:
    return "\u0301" in unicodedata.normalize("NFD", text)


def test_capitals_have_no_accents(language: Catalog) -> None:
    words = [
        w for _, _, string in pairs(language) for w in re.findall(rf"{LETTERS}{{2,}}", bare(string)) if w.isupper()
    ]
    assert [w for w in words if GREEK.search(w) and accented(w)] == []


def test_headings_are_short(language: Catalog) -> None:
    heads = [
        (english, string)
        for message, english, string in pairs(language)
        if message.context == "column" and english.isupper()
    ]
    assert len(heads) > 100
    assert [pair for pair in heads if width(pair[1]) > HEADING] == []
    assert [pair for pair in heads if not pair[1].isupper()] == []


def test_every_field_has_a_name() -> None:
    assert {name for cls in KINDS.values() for name in cls.FIELDS} <= set(FIELDS)


def test_the_compiled_catalogue_has_it_all(language: Catalog, tmp_path: Path) -> None:
    """What is read at run time, by the standard library's own reader."""
    import gettext  # noqa: PLC0415 - the program doesn't use it

    path = catalogues.path_of(str(language.locale))
    compiling.compile_file(str(path), str(tmp_path / "desk.mo"))
    with (tmp_path / "desk.mo").open("rb") as file:
        read = gettext.GNUTranslations(file)
    for message, english, string in pairs(language):
        if isinstance(message.id, tuple | list):
            assert read.ngettext(message.id[0], message.id[1], 1 if english == message.id[0] else 2) in (
                message.string or ()
            )
        elif message.context:
            assert read.pgettext(message.context, english) == string
        else:
            assert read.gettext(english) == string
