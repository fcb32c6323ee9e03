"""Callers: found by what they say of themselves, and told of when they are new."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from desk.domain.tickets.lifecycle import language_of
from tests.beginnings import at_work
from tests.conftest import NOW, Runner, copy_of

Make = Callable[..., str]
KATERINA = ("Κατερίνα Νικολάου", "k.nikolaou@mail.example", "+357 99 123456", "el")
KOSTAS = ("Kostas Nikolaides", "kostas@clinic.example", "22 445566", "en")


class Known(NamedTuple):
    """A desk that knows two requesters, by id: one reads Greek."""

    top: Path
    ids: list[str]


@pytest.fixture(scope="module")
def known(few_articles: Path, tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Known:
    top = copy_of(few_articles, tmp_path_factory.mktemp("callers"))
    made = []
    with at_work(top, environment) as desk:
        for name, email, phone, language in (KATERINA, KOSTAS):
            words = ("--name", name, "--email", email, "--phone", phone, "--language", language, "--group", "patient")
            made.append(str(desk("user", "create", *words, "-f", "json").data["id"]))
    return Known(top, made)


@pytest.fixture(scope="module")
def _template(known: Known) -> Path:
    return known.top


@pytest.fixture
def callers(known: Known) -> list[str]:
    return known.ids


def test_one_who_fits_is_who_calls(desk: Runner, callers: list[str]) -> None:
    made = []
    for said in (
        "Νικολάου",
        "νικολαου",
        "ΚΑΤΕΡΙΝΑ ΝΙΚΟΛΆΟΥ",
        "99123456",
        "+357 99 123456",
        "0035799123456",
        "99 12-34 56",
        "k.nikolaou@",
    ):
        ticket = desk("ticket", "create", "--title", "x", "--requester", said, "-f", "json").data
        assert ticket["requester"] == callers[0], said
        made.append(ticket["id"])
        assert {t["id"] for t in desk("ticket", "list", "--requester", said, "-f", "json").data} == {*made}, said
        shown = desk("user", "show", said, "-f", "json").data
        assert (shown["id"], {t["id"] for t in shown["tickets"]}) == (callers[0], {*made}), said


def test_several_who_fit_are_named(desk: Runner, callers: list[str]) -> None:
    error = desk("ticket", "create", "--title", "x", "--requester", "example", "-f", "json", code=4).json["error"]
    assert all(f"{i} {name}" in error["hint"] for i, (name, *_) in zip(callers, (KATERINA, KOSTAS), strict=True))
    assert desk("user", "show", "example", code=4).out == ""


def test_nobody_who_fits_is_looked_for_as_typed(desk: Runner, callers: list[str]) -> None:
    assert callers
    said = desk("ticket", "create", "--title", "x", "--requester", "Νικόλαος Π", code=3).err
    assert "there is no user Νικόλαος Π" in said
    assert "desk user list --search 'Νικόλαος Π'" in said


def test_a_number_is_searched_by_its_digits(desk: Runner, callers: list[str]) -> None:
    for typed in ("99123456", "+357 99 123456", "99-12-34-56"):
        assert [u["id"] for u in desk("user", "list", "--search", typed, "-f", "json").data] == callers[:1], typed


def test_who_calls_again_is_known_by_closed_tickets(desk: Runner, callers: list[str]) -> None:
    each = {"record": "ticket", "title": "T", "priority": "low", "department": "technical", "requester": callers[0]}
    each |= {"state": "closed", "created": NOW, "closed": NOW}
    given = "".join(json.dumps({**each, "id": f"260723-AA{n:02}"}) + "\n" for n in range(12))
    desk("import", "-", "--strict", stdin=given)
    shown = desk("user", "show", callers[0], "-f", "json").data
    assert (shown["load"], len(shown["tickets"])) == (0, 10)
    assert {t["state"] for t in shown["tickets"]} == {"closed"}
    assert "no tickets found; 12 closed: --state any" in desk("ticket", "list", "--requester", callers[0]).err
    assert desk("ticket", "list", "--requester", callers[1]).err == "no tickets found\n"
    assert desk("ticket", "list", "--requester", callers[0], "--state", "open").err == "no tickets found\n"


def test_a_new_requester_is_told_of(desk: Runner, callers: list[str], make: Make) -> None:
    assert callers
    said = desk("ticket", "create", "--title", "x", "--requester", "new@mail.example")
    assert "new requester u-" in said.err
    assert "(new@mail.example)" in said.err
    assert "did you mean" not in said.err
    assert "new requester" not in desk("ticket", "create", "--title", "x", "--requester", "new@mail.example").err
    for typo in (
        "k.nikolau@mail.example",
        "k.nikoloau@mail.example",
        "k.nikolaow@mail.example",
        "k.nikolaoou@mail.example",
    ):
        warned = desk("ticket", "create", "--title", "x", "--requester", typo, "-f", "json").json["warnings"]
        assert any(f"{typo} is new here: did you mean k.nikolaou@mail.example" in w for w in warned)
    assert "new requester" in desk("ticket", "edit", make(), "--requester", "other@mail.example").err


def test_a_ticket_is_in_the_requesters_language_or_in_that_of_its_text(desk: Runner, callers: list[str]) -> None:
    def language(title: str, *more: str) -> str:
        return str(desk("ticket", "create", "--title", title, *more, "-f", "json").data["language"])

    assert language("q", "--requester", callers[0]) == "el"
    assert language("Η συνταγή δεν εμφανίζεται", "--requester", callers[1]) == "en"
    assert language("Η συνταγή δεν εμφανίζεται (PDF)") == "el"
    assert language("No prescription", "--requester", callers[0], "--language", "en") == "en"
    assert language("123 !") == "en"


@pytest.mark.parametrize(
    ("text", "known", "found"),
    [
        ("Καλημέρα", ("en", "el"), "el"),
        ("Καλημέρα", ("en", "fr"), None),
        ("Добър ден", ("en", "bg"), "bg"),
        ("hello α", ("el",), None),
        ("", ("el",), None),
    ],
)
def test_the_script_of_a_text_tells_its_language(text: str, known: tuple[str, ...], found: str | None) -> None:
    assert language_of(text, known) == found


def test_who_called_can_be_put_right_on_several_tickets_at_once(desk: Runner, callers: list[str], make: Make) -> None:
    tickets = [make("One"), make("Two")]
    words = ("--requester", "Νικολάου", "--language", "EL", "--channel", "email")
    done = desk("ticket", "edit", *tickets, *words, "-f", "json").data
    assert {(t["requester"], t["language"], t["channel"]) for t in done} == {(callers[0], "el", "email")}
    fresh = desk("ticket", "edit", *tickets, "--requester", "new@mail.example", "-f", "json").data
    assert len({t["requester"] for t in fresh}) == 1
    assert desk("ticket", "edit", tickets[0], "--requester", "", "-f", "json").data["requester"] is None
    assert "no channel 'fax'" in desk("ticket", "edit", tickets[0], "--channel", "fax", code=2).err
    assert desk("doctor").out.endswith("nothing found\n")
    assert desk("audit", "verify", "-f", "json").data["faults"] == 0


def test_a_private_department_takes_no_requester_by_an_option_either(
    desk: Runner, callers: list[str], make: Make
) -> None:
    desk("department", "create", "secret", "--name", "Secret", "--private")
    ticket = make("T", "--department", "secret")
    assert "can't be in secret" in desk("ticket", "edit", ticket, "--requester", callers[0], code=5).err
