"""desk search and desk kb search: what is found, in which order, and what is remembered when nothing is."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from desk.domain.model.fields import parse_time
from desk.git import place as git_place
from desk.local import misses
from tests.conftest import NOW, Runner

Make = Callable[..., str]
Put = Callable[[str, str], None]


def article(slug: str, title: str, body: str = "", *lines: str) -> tuple[str, str]:
    front = "\n".join((f"id: {slug}", f"title: {title}", "topic: faq", "state: published", *lines))
    return f"kb/faq/{slug}.md", f"---\n{front}\n---\n\n{body}\n"


def ids(desk: Runner, *words: str) -> list[str]:
    return [str(hit["id"]) for hit in desk("kb", "search", *words, "-f", "json").data]


def test_a_title_weighs_more_than_a_symptom_and_that_more_than_a_text(desk: Runner, home: Path) -> None:
    filler = "other words that stand here too"
    for path, text in (
        article("c-text", "Something", f"quokka {filler}"),
        article("b-symptom", "Something", filler, "symptom: quokka"),
        article("a-title", "quokka", filler),
    ):
        (home / path).write_text(text, encoding="utf-8")
    desk("commit")
    assert ids(desk, "quokka") == ["a-title", "b-symptom", "c-text"]


@pytest.mark.usefixtures("all_articles")
def test_forms_accents_and_case(desk: Runner) -> None:
    for words in ("πιστοποιητικά", "ΠΙΣΤΟΠΟΙΗΤΙΚΑ", "πιστοποιητικων", "πιστοποιη"):
        assert "partner-certificate-expired.el" in ids(desk, words), words


@pytest.mark.usefixtures("all_articles")
def test_keywords_and_codes_are_found(desk: Runner) -> None:
    assert ids(desk, "4703")[0] == "consent-or-notice-missing"
    assert ids(desk, "error_pi_no_match")[0] == "patient-not-found"


@pytest.mark.usefixtures("all_articles")
def test_variants_are_one_hit_unless_a_language_is_asked_for(desk: Runner) -> None:
    assert len(ids(desk, "ERROR_PI_NO_MATCH")) == 1
    assert ids(desk, "ERROR_PI_NO_MATCH", "--language", "el") == ["patient-not-found.el"]
    assert ids(desk, "ERROR_PI_NO_MATCH", "--topic", "faq", "--language", "el") == []
    assert desk("kb", "search", "x", "--topic", "nowhere", code=3).err


@pytest.mark.usefixtures("all_articles")
def test_the_hit_is_marked(desk: Runner) -> None:
    [hit] = desk("kb", "search", "substitution", "refused", "atc", "-f", "json").data[:1]
    assert hit["id"] == "medicine-not-found"
    assert "[" in hit["snippet"]
    assert set(hit) == {"id", "kind", "title", "snippet", "path", "topic", "state", "type", "language"}
    assert not set("|*`") & set(hit["snippet"])


def test_retired_articles_are_left_out(desk: Runner, record: Put) -> None:
    record(*article("old", "quokka", "", "type: faq"))
    assert ids(desk, "quokka") == ["old"]
    path, text = article("old", "quokka")
    record(path, text.replace("published", "retired"))
    assert ids(desk, "quokka") == []
    assert desk("search", "quokka", "-f", "json").data == []


def test_a_ticket_and_an_article_in_one_list(desk: Runner, make: Make, record: Put) -> None:
    ticket = make("quokka")
    record(*article("q", "Something", "quokka and many words more " * 5))
    assert [h["id"] for h in desk("search", "quokka", "-f", "json").data] == [ticket, "q"]
    assert ids(desk, "quokka") == ["q"]


def test_some_of_the_words_are_better_than_none(desk: Runner, make: Make) -> None:
    ticket = make("quokka")
    found = desk("search", "quokka", "xyzzy")
    assert ticket in found.out
    assert "no text has all these words" in found.err


@pytest.mark.usefixtures("all_articles")
def test_what_was_not_found_is_remembered(desk: Runner, home: Path) -> None:
    place = git_place.find(str(home), os.environ)
    desk("kb", "search", "xyzzy", "\tpacemaker\ncard ")
    desk("search", "xyzzy" * 50)
    desk("search", "certificate")
    found = misses.load(place)
    assert [(m.where, m.words) for m in found] == [("kb", "xyzzy pacemaker card"), ("desk", ("xyzzy" * 50)[:100])]
    assert f"{found[0].at:%Y-%m-%dT%H:%M:%SZ}" == NOW
    desk("config", "set", "kb.remember_misses", "false")
    desk("kb", "search", "plugh")
    assert len(misses.load(place)) == 2


def test_what_is_remembered_is_bounded_and_survives_damage(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = git_place.find(str(home), os.environ)
    monkeypatch.setattr(misses, "_SIZE", 2_000)
    monkeypatch.setattr(misses, "_KEPT", 10)
    when = parse_time(NOW)
    for number in range(200):
        misses.remember(place, when, "kb", f"word {number} \udcff")
    assert Path(place.own(misses.FILE)).stat().st_size < 2_100
    with open(place.own(misses.FILE), "ab") as file:
        file.write(b"\xff\xfe\tkb\nnonsense\n")
    found = misses.load(place)
    assert found[-1].words == "word 199 ?"
    assert len(found) == 10


def test_a_disk_that_cannot_be_written_to_is_no_error(desk: Runner, home: Path) -> None:
    (home / ".git/desk/searches").mkdir()
    desk("kb", "search", "xyzzy")


def test_any_words_can_be_searched(desk: Runner) -> None:
    for words in ("NEAR(", '"', "*", "{title}:", "a AND", "-", "🏥", "NOT x", ")(", "the"):
        desk("kb", "search", "--", words)


def test_letters_of_other_languages_are_found_as_they_are_typed(desk: Runner, make: Make) -> None:
    said = "Ħamrun Đakovo Œuvre Ærø Smørrebrød Økland Paweł straße Große Iğdır"
    typed = "hamrun dakovo oeuvre aero smorrebrod okland pawel strasse grosse igdir"
    ticket = make("Clinic", "--body", said)
    for word in (*typed.split(), *typed.upper().split(), *said.split(), "ｏｋｌａｎｄ"):
        [hit] = [h for h in desk("search", word, "-f", "json").data if h["kind"] == "ticket"]
        assert hit["id"] == ticket
        assert "[" in hit["snippet"], word
    for words in (typed, typed.upper(), said, "ｏｋｌａｎｄ"):
        assert desk("ticket", "list", "--search", words, "-f", "ids").out.split() == [ticket], words
    assert "[straße]" in desk("search", "strasse").out


def test_short_words_that_stand_by_themselves_come_before_beginnings_of_others(
    desk: Runner, home: Path, git: Callable[..., str]
) -> None:
    titles = {f"AA{number:02}": "network certificate check country code" for number in range(25)}
    titles |= {"V1TC": "The product is vitamin C", "C0PP": "C++ redistributable", "D0TN": ".NET framework"}
    for name, title in titles.items():
        path = home / f"records/tickets/2026/07/23/260723-{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            f"---\nid: 260723-{name}\ntitle: {title}\nstate: open\npriority: low\ndepartment: technical\n"
            f"author: maria\ncreated: {NOW}\n---\n\nx\n",
            encoding="utf-8",
        )
    git("add", "records")
    git("commit", "-q", "-m", "by hand")
    found = {w: desk("search", w, "-f", "ids").out.split() for w in ("C", "C++", ".NET")}
    assert set(found["C"][:2]) == set(found["C++"][:2]) == {"260723-V1TC", "260723-C0PP"}
    assert found[".NET"][0] == "260723-D0TN"
    assert len(found["C"]) == 20


def test_tickets_are_found_by_whose_they_are_and_by_their_short_fields(desk: Runner, make: Make, home: Path) -> None:
    person = ("--name", "Άννα Νικολάου", "--email", "anna@hospital.example", "--organisation", "Ħamrun Clinic")
    desk("user", "create", *person, "--group", "patient")
    desk("field", "create", "number", "--type", "text", "--on", "ticket")
    (home.parent / "scan-of-form.pdf").write_text("x")
    about = ("--service", "epsos-gateway", "--tag", "terminology", "--field", "number=20260123456789012")
    wanted = make(
        "Q", *about, "--requester", "anna@hospital.example", "--attach", str(home.parent / "scan-of-form.pdf")
    )
    make("Another")
    typed = ("νικολαου άννα", "anna@hospital.example", "anna@hosp", "hamrun", "20260123456789012", "epsos", "terminolo")
    for words in (*typed, "scan-of"):
        hits = [h for h in desk("search", *words.split(), "-f", "json").data if h["kind"] == "ticket"]
        assert [h["id"] for h in hits] == [wanted], words
        assert set(hits[0]) == {"id", "kind", "title", "snippet", "path", "state", "owner", "created"}
        assert (hits[0]["title"], hits[0]["state"]) == ("Q", "open")
        assert desk("ticket", "list", "--search", words, "-f", "ids").out.split() == [wanted]
    assert not [h for h in desk("--as", "eleni", "search", "hamrun", "-f", "json").data if h["kind"] == "ticket"]
