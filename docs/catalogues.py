"""Keeps the catalogues in step with the program: what it says, and what of that each language has.

python -m docs.catalogues                 writes desk.pot, and merges it into every desk.po
python -m docs.catalogues --check         ends with 1 if one of them is not what the program says now
python -m docs.catalogues --missing el    prints what isn't translated yet, a JSON object a line, to be filled in
python -m docs.catalogues --take el FILE  puts such lines in: {"context": null, "one": "…", "many": null, "el": ["…"]}

Babel reads and writes the files; what is a message is decided where the tests decide it (tests/house/sentences.py). There are
no line numbers and no dates in them, so that a file changes where a message does.
"""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

import desk
from tests.house import sentences

TOP = Path(desk.__file__).parent
FOLDER = TOP / "locale"
TEMPLATE = FOLDER / "desk.pot"
WIDTHS = {"column": "the heading of a column: short, in capitals where English has them, without accents then"}
"""What a translator is told of a context."""
HEADER = """# What desk says, in {language}: docs/translating.md tells how this file is worked on.
# This file is distributed under the licence of desk."""


def template() -> Catalog:
    """What the program says, in the order of its files."""
    found = _empty("")
    for path in sentences.modules(TOP):
        for message in sentences.messages(path.read_text(encoding="utf-8")):
            _add(found, message, str(path.relative_to(TOP.parent)))
    for name, message in click_messages():
        _add(found, message, name)
    return found


def click_messages() -> Iterator[tuple[str, sentences.Message]]:
    """What click itself says: every message of the modules that are installed, but those for programmers."""
    for path in sorted(Path(click.__file__).parent.glob("*.py")):
        if not path.name.startswith("_win"):
            for message in sentences.messages(path.read_text(encoding="utf-8"), sentences.CLICK):
                yield f"click/{path.name}", message
    yield "click/core.py", sentences.Message(0, "required")  # what click looks up by a name of its own


def _empty(language: str) -> Catalog:
    made = Catalog(locale=language or None, project="desk", header_comment=HEADER.format(language=language or "…"))
    made.fuzzy = False
    return made


def _add(catalog: Catalog, message: sentences.Message, path: str) -> None:
    key = (message.one, message.many) if message.many else message.one
    comment = WIDTHS.get(message.context or "")
    catalog.add(key, locations=[(path, 0)], context=message.context, auto_comments=[comment] if comment else ())


def languages() -> list[str]:
    return sorted(path.parents[1].name for path in FOLDER.glob("*/LC_MESSAGES/desk.po"))


def path_of(language: str) -> Path:
    return FOLDER / language / "LC_MESSAGES/desk.po"


def read(language: str) -> Catalog:
    path = path_of(language)
    return _read(path, language) if path.exists() else _empty(language)


def read_template() -> Catalog:
    """What the program said when its messages were last collected."""
    return _read(TEMPLATE, None)


def _read(path: Path, language: str | None) -> Catalog:
    text = re.sub(r"(?<!\\)\\b", "\b", path.read_text(encoding="utf-8"))
    return read_po(io.BytesIO(text.encode()), locale=language)


def merged(language: str, now: Catalog) -> Catalog:
    """The catalogue of a language with what the program says now: what it had stays, what is said no longer goes."""
    before, after = read(language), _empty(language)
    for message in now:
        if message.id:
            made = after.add(
                message.id, locations=message.locations, context=message.context, auto_comments=message.auto_comments
            )
            if had := _had(before, message):
                made.string, made.user_comments = had.string, had.user_comments
    return after


def _had(catalog: Catalog, message: Message) -> Message | None:
    one = message.id[0] if isinstance(message.id, tuple | list) else message.id
    found = catalog.get(one, message.context)
    several = isinstance(message.id, tuple | list)
    return found if found is not None and several == isinstance(found.id, tuple | list) else None


def missing(catalog: Catalog) -> Iterator[Message]:
    """What has no translation, or not one for each number."""
    for message in catalog:
        strings = message.string if isinstance(message.string, tuple | list) else [message.string]
        if message.id and (not all(strings) or message.fuzzy):
            yield message


def written(catalog: Catalog) -> bytes:
    """The file, the same for the same messages."""
    out = io.BytesIO()
    write_po(out, catalog, width=0, omit_header=True, include_lineno=False)
    head = (
        catalog.header_comment
        + "\n"
        + _HEAD.format(plural=catalog.plural_expr, n=catalog.num_plurals, language=catalog.locale_identifier or "")
    )
    # click's mark for a paragraph that is not to be wrapped, which Babel writes as it is.
    return (head + "\n" + out.getvalue().decode()).replace("\b", "\\b").encode()


_HEAD = """msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals={n}; plural={plural};\\n"
"""


def take(catalog: Catalog, language: str, lines: Iterable[str]) -> int:
    """Put translations in that came as JSON lines; how many found their message."""
    count = 0
    for line in lines:
        row: dict[str, Any] = json.loads(line)
        found = catalog.get(row["one"], row.get("context"))
        strings = row[language]
        if found is None or not all(strings) or len(strings) != (2 if row.get("many") else 1):
            continue
        found.string = tuple(strings) if row.get("many") else strings[0]
        count += 1
    return count


def files(now: Catalog) -> dict[Path, bytes]:
    """Each file as it should be."""
    return {TEMPLATE: written(now), **{path_of(name): written(merged(name, now)) for name in languages()}}


def main(words: list[str]) -> int:
    now = template()
    if words[:1] == ["--missing"]:
        for message in missing(merged(words[1], now)):
            one, many = message.id if isinstance(message.id, tuple | list) else (message.id, None)
            row = {"context": message.context, "one": one, "many": many, words[1]: ["", ""] if many else [""]}
            print(json.dumps(row, ensure_ascii=False))  # noqa: T201 - a tool for the developer
        return 0
    if words[:1] == ["--take"]:
        catalog = merged(words[1], now)
        for name in words[2:]:
            taken = take(catalog, words[1], Path(name).read_text(encoding="utf-8").splitlines())
            print(f"{name}: {taken}")  # noqa: T201 - as above
        path_of(words[1]).write_bytes(written(catalog))
        return 0
    stale = [path for path, text in files(now).items() if not path.exists() or path.read_bytes() != text]
    for path in stale:
        if words != ["--check"]:
            path.write_bytes(files(now)[path])
        print(f"{path.relative_to(TOP.parent)} {'is out of date' if words == ['--check'] else 'written'}")  # noqa: T201 - as above
    return int(words == ["--check"] and bool(stale))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
