"""What a template may do, and that nothing else ends in anything but a clear error, soon and in little memory."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from desk.domain.knowledge.responses import FILTERS, VARIABLES, date_in, time_in
from desk.errors import Broken
from desk.templates.rules import Part
from desk.templates.sandbox import OUTPUT_MAX, SOURCE_MAX, fill, inspect

PATH = "templates/responses/x.en.md"
VALUES: dict[str, dict[str, Any]] = {
    "ticket": {
        "id": "260723-7K3Q",
        "title": "A " * 100,
        "tags": [f"t{n}" for n in range(50)],
        "created": "2026-07-23 09:12",
        "due": "",
        "pending_until": "2026-08-01",
    },
    "requester": {"name": "{{ ticket.id }}{% include 'x' %}", "email": ""},
}
PARTS = {
    "signature": "Bye, {{ ticket.id }}",
    "a": "{% include 'b' %}",
    "b": "{% include 'a' %}",
    "many": "{% include 'signature' %}" * 10,
    "wrong": "first\n{{ ticket.titel }}",
    "x": "never",
}


def part(name: str) -> Part | None:
    return Part(PARTS[name], f"templates/responses/{name}.en.md", 7) if name in PARTS else None


def filled(text: str, language: str = "en") -> str:
    return fill(text, PATH, VALUES, line=7, language=language, part=part)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ ticket.id }}", "260723-7K3Q"),
        ("{{ ticket['id'] }}", "260723-7K3Q"),
        ("{{ requester.name }}", "{{ ticket.id }}{% include 'x' %}"),  # a user's text is no template
        ("{{ requester.email | default('there') }}", "there"),
        ("{% if requester.email %}a{% elif ticket.id == '1' %}b{% else %}c{% endif %}", "c"),
        ("{{ 'a' if not ticket.due and 't1' in ticket.tags else 'b' }}", "a"),
        ("{% set who = requester.email or 'you' %}{{ who ~ '!' }}", "you!"),
        ("{% for tag in ticket.tags %}{% if loop.index <= 2 %}{{ tag }}{% endif %}{% endfor %}", "t0t1"),
        ("{{ ticket.tags | join('-') | truncate(9) }}", "t0-t1-t2…"),
        ("{{ ticket.tags | length }}", "50"),
        ("{{ ticket.created | date }}, {{ ticket.created | time }}", "23 July 2026, 09:12"),
        ("{{ ticket.created | datetime }}", "23 July 2026, 09:12"),
        ("{{ ticket.pending_until | datetime }}", "1 August 2026"),
        ("[{{ ticket.due | date }}{{ ticket.due | time }}]", "[]"),
        ("{{ ' x ' | trim | upper | lower | capitalize }}", "X"),
        ("{% include 'signature' %}.", "Bye, 260723-7K3Q."),
        (
            "{% for tag in ticket.tags %}{% if loop.first %}{% include 'signature' %}{% endif %}{% endfor %}",
            "Bye, 260723-7K3Q",
        ),
        ("{% raw %}{{ x }}{% endraw %}{# {{ y }} #}", "{{ x }}"),
    ],
)
def test_what_a_text_may_do(text: str, expected: str) -> None:
    assert filled(text) == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en", "23 July 2026"), ("el", "23 Ιουλίου 2026"), ("el-CY", "23 Ιουλίου 2026"), ("fr", "2026-07-23")],
)
def test_dates_are_said_in_the_readers_language(language: str, expected: str) -> None:
    assert filled("{{ ticket.created | date }}", language) == expected


def test_months() -> None:
    assert [date_in(f"2026-{n:02}-01", "el")[2:] for n in (1, 5, 12)] == [
        "Ιανουαρίου 2026",
        "Μαΐου 2026",
        "Δεκεμβρίου 2026",
    ]
    assert len({date_in(f"2026-{n:02}-01", "en") for n in range(1, 13)}) == 12
    assert time_in("2026-07-23") == ""


ATTACKS = (
    "{{ ''.__class__ }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ ticket.__class__ }}",
    "{{ ticket['__class__'] }}",
    "{{ ticket.title.format }}",
    "{{ ticket.title[0] }}",
    "{{ ticket.title[1:] }}",
    "{{ self }}",
    "{{ self._TemplateReference__context }}",
    "{{ cycler }}",
    "{{ lipsum() }}",
    "{{ namespace() }}",
    "{{ _budget }}",
    "{% set _budget = 1 %}",
    "{% set ticket = 1 %}",
    "{% set loop = 1 %}",
    "{% set ns.a = 1 %}",
    "{% for ticket in ticket.tags %}{% endfor %}",
    "{% for a, b in ticket.tags %}{% endfor %}",
    "{% for i in range(10**9) %}x{% endfor %}",
    "{% for i in range(1000000000) %}x{% endfor %}",
    "{% for i in 5 %}x{% endfor %}",
    "{{ 'x' * 10**9 }}",
    "{{ 'x' * 1000000000 }}",
    "{{ 10**10**10 }}",
    "{{ 1 / 0 }}",
    "{{ -1 }}",
    "{{ '%099999999d' % 1 }}",
    "{{ '{:>999999999}'.format(1) }}",
    "{{ 'x' | center(1000000000) }}",
    "{{ 'x' | indent(1000000000) }}",
    "{{ 'x' | replace('', 'y') }}",
    "{{ '%0999999999d' | format(1) }}",
    "{{ ticket.tags | map('upper') }}",
    "{{ ticket.title | upper(1, 2) }}",
    "{{ ticket.title | truncate('x') }}",
    "{{ ticket.title | date }}",
    "{{ ticket.tags | join(*ticket.tags) }}",
    "{{ ticket.title is callable }}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{% call m() %}{% endcall %}",
    "{% for a in ticket.tags recursive %}{{ loop(a) }}{% endfor %}",
    "{% filter upper %}x{% endfilter %}",
    "{% set a %}x{% endset %}",
    "{% with a = 1 %}{% endwith %}",
    "{% block a %}{% endblock %}",
    "{% extends 'x' %}",
    "{% import 'x' as x %}",
    "{% from 'x' import y %}",
    "{% include '/etc/passwd' %}",
    "{% include '../../desk.toml' %}",
    "{% include ticket.title %}",
    "{% include ['x', 'y'] %}",
    "{% include 'nowhere' ignore missing %}",
    "{% include 'a' %}",
    "{% include 'many' %}" * 3,
    "{{ ticket.tags | join('" + "x" * 30_000 + "') }}",
    "{% for a in ticket.title %}{% for b in ticket.title %}{% for c in ticket.title %}x{% endfor %}{% endfor %}{% endfor %}",
    "{% for a in ticket.tags %}" + "{{ ticket.title }}" * 1_000 + "{% endfor %}",
    "{% for i in ticket.tags %}{% for j in ticket.tags %}"
    + "{% if i and j and i %}{% endif %}" * 900
    + "{% endfor %}{% endfor %}",
    "{% set x = 'aaaaaaaaaa' %}" + "{% set x = x ~ x ~ x ~ x %}" * 1_100 + "{{ x }}",
    "{{ ticket.title" + " ~ ticket.title" * 2_000 + " }}",
    "{{ " + "(" * 5_000 + "1" + ")" * 5_000 + " }}",
    "{{ " + "not " * 5_000 + "1 }}",
    "{{ " + "1 if 1 else " * 2_500 + "1 }}",
    "{{ ticket" + ".a" * 10_000 + " }}",
    "{{ " + "9" * 20_000 + " }}",
    "{% if 1 %}" * 1_000 + "{% endif %}" * 1_000,
    "{% for i in ticket.tags %}" * 30 + "{% endfor %}" * 30,
    "x" * (SOURCE_MAX + 1),
    "{{ ticket",
    "{% if %}",
    "{% do 1 %}",
    "{{ ticket.titel }}",
    "{{ ticket }}",
    "{{ titel }}",
    "{{ kb }}",
    "{{ kb['x'].title }}",
    "{{ {'a': 1} }}",
)


def attempts() -> Iterator[dict[str, Any]]:
    """What each attack comes to, and the seconds of processor time that it takes."""
    for number, text in enumerate(ATTACKS):
        before = time.process_time()
        try:
            told: dict[str, Any] = {"filled": filled(text)}
        except Broken as error:
            told = {"path": error.path, "line": error.line, "hint": error.hint, "problem": error.problem}
        yield {"number": number, "seconds": time.process_time() - before, **told}


def test_attacks_end_in_a_clear_error_soon_and_in_little_memory() -> None:
    """All of them, in a process of its own with little memory and two seconds of processor time for each.

    Its own peak is read: what getrusage names is at least what the process had that started it.
    """
    script = (
        "import resource; resource.setrlimit(resource.RLIMIT_AS, (512 << 20, 512 << 20))\n"
        "from tests.knowledge.test_template import attempts\n"
        "import json, re\n"
        "print(json.dumps([*attempts()]))\n"
        "print(*re.findall(r'VmHWM:\\s+(\\d+) kB', open('/proc/self/status').read()))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told, peak = done.stdout.splitlines()
    assert int(peak) < 200_000, "kB"
    ends = json.loads(told)
    assert len(ends) == len(ATTACKS)
    assert [end for end in ends if not is_clear(end)] == []


def is_clear(end: dict[str, Any]) -> bool:
    """An error, soon, that says where and what, and nothing of how the program is made; the slowest takes half a second."""
    return (
        end["seconds"] < 2
        and "filled" not in end
        and end["path"].startswith("templates/responses/")
        and end["line"] >= 7
        and bool(end["hint"])
        and len(end["problem"]) < 300
        and not {"<lambda>", "object at"} & set(end["problem"].split())
    )


def test_it_holds_outside_the_main_thread_as_well() -> None:
    found: list[str] = []

    def attack() -> None:
        try:
            filled(ATTACKS[-25])
        except Broken as error:
            found.append(error.problem)

    thread = threading.Thread(target=attack)
    thread.start()
    thread.join()
    assert len(found) == 1


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a\nb {{ ticket.titel }}", 8, ("ticket.titel", "ticket.title")),
        ("{{ requester.nme }}", 7, ("requester.nme", "requester.name")),
        ("\n\n{{ tickt.id }}", 9, ("tickt.id", "ticket.id")),
        ("{% if requester.email %}\n{{ nothing.like }}\n{% endif %}", 8, ("nothing.like", "ticket.…")),
        ("{{ ticket.id | datte }}", 7, ("datte", "date")),
        ("x\n{% endif %}", 8, ("endif",)),
        ("{% include 'wrong' %}", 8, ("ticket.titel",)),
    ],
)
def test_an_error_names_what_and_where_even_where_it_would_not_be_reached(
    text: str, line: int, words: tuple[str, ...]
) -> None:
    with pytest.raises(Broken) as raised:
        filled(text)
    said = f"{raised.value.message} {raised.value.hint}"
    assert raised.value.line == line, said
    assert all(word in said for word in words), said


def test_what_a_text_names() -> None:
    text = "{{ ticket.id }}{% if ticket.due %}{{ desk.name | upper }}{% endif %}{{ kb['which-countries'].link }}{% include 'signature' %}"
    used = inspect(text, PATH, VARIABLES, line=3, part=part)
    assert used.variables == ("ticket.id", "ticket.due", "desk.name")
    assert used.articles == (("which-countries", PATH, 3),)
    assert used.parts == ("signature",)


def test_every_variable_and_filter_of_the_tables_can_be_used() -> None:
    values = {group: dict.fromkeys(names, "2026-07-23") for group, names in VARIABLES.items()}
    for group, names in VARIABLES.items():
        for name in names:
            assert fill(f"{{{{ {group}.{name} }}}}", PATH, values) == "2026-07-23"
    values["ticket"]["id"] = "2026-07-23 09:12"
    for name in FILTERS:
        assert fill(f"{{{{ ticket.id | {name} }}}}", PATH, values)


def test_a_long_text_is_no_attack_until_it_is_too_long() -> None:
    values = {"reply": {"text": "x" * (OUTPUT_MAX - 1)}}
    assert len(fill("{{ reply.text }}", PATH, values)) == OUTPUT_MAX - 1
    with pytest.raises(Broken, match="grows"):
        fill("{{ reply.text }}xx", PATH, values)
