"""Custom responses: made, changed, shown, filled in, and sent; nothing of them reaches anybody unchecked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desk.codec.locate import body_line
from desk.domain.knowledge.responses import gaps, variant
from tests.cli.conftest import Acts, Refuses
from tests.conftest import Runner

Make = Callable[..., str]
Shown = Callable[[str], Any]
ADDRESS = "https://help.example/{language}/{slug}"


def response(desk: Runner, body: str, *more: str, name: str = "x") -> None:
    desk("response", "create", name, "--title", "X", "--body", body, *more)


def rendered(desk: Runner, ticket: str, *more: str, name: str = "x") -> str:
    return str(desk("response", "render", name, ticket, *more, "-f", "json").data["text"])


@pytest.mark.parametrize(
    ("found", "wanted", "expected"),
    [(("en", "el"), "el", "el"), (("en", "el"), "fr", "en"), (("el",), "en", "el"), (("de", "fr"), "el", "de")],
)
def test_which_language_is_taken(found: tuple[str, ...], wanted: str, expected: str) -> None:
    assert variant(found, wanted, ("en", "el")) == expected


def test_where_the_text_begins() -> None:
    assert body_line(b"---\nid: x\n---\n\nText\n") == 5
    assert body_line(b"---\nid: x\n---\nText\n") == 4
    assert gaps("a [[ b ]] c [[d]] [[ e\n]]") == ["[[ b ]]", "[[d]]"]


def test_a_life(acts: Acts, desk: Runner) -> None:
    made = acts("response", "create", "Reset", "--title", "Reset", "--body", "Dear {{ requester.name }}")
    assert (made.data["id"], made.data["language"], made.data["body"]) == (
        "reset.en",
        "en",
        "Dear {{ requester.name }}",
    )
    assert made.commit.subject == "response/reset.en create"
    acts("response", "create", "reset", "--language", "el", "--title", "Νέος", "--body", "Προς: {{ requester.name }}")
    acts("response", "edit", "reset.el", "--title", "Επαναφορά", "--department", "legal")
    acts("response", "edit", "reset.el", "--file", "-", stdin="Γεια, {{ requester.name }}\n")
    shown = desk("response", "show", "reset", "-f", "json").data
    assert [(s["id"], s["title"], s["department"], s["body"]) for s in shown] == [
        ("reset.el", "Επαναφορά", "legal", "Γεια, {{ requester.name }}"),
        ("reset.en", "Reset", None, "Dear {{ requester.name }}"),
    ]
    assert shown[0]["variables"] == ["requester.name"]
    assert "ticket.id" in shown[0]["known"]
    rows = desk("response", "list", "--language", "el", "--department", "technical", "-f", "json").data
    assert "reset.el" not in [r["id"] for r in rows]
    assert [r["id"] for r in acts("response", "delete", "reset").data] == ["reset.el", "reset.en"]
    assert "reset" not in desk("response", "list").out


@pytest.mark.usefixtures("all_articles")
def test_the_starter_desk_has_eight_in_both_languages(desk: Runner) -> None:
    rows = desk("response", "list", "-f", "json").data
    names = {r["name"] for r in rows} - {"signature"}
    assert len(names) == 8
    assert {(r["name"], r["language"]) for r in rows} >= {(n, lang) for n in names for lang in ("en", "el")}


@pytest.mark.usefixtures("all_articles")
def test_every_response_of_the_starter_desk_can_be_filled_in(desk: Runner, make: Make) -> None:
    names = {r["name"] for r in desk("response", "list", "-f", "json").data}
    for language, day in {"en": "1 August 2026", "el": "1 Αυγούστου 2026"}.items():
        ticket = make("T", "--requester", "anna@clinic.example", "--language", language)
        desk("ticket", "pending", ticket, "--until", "2026-08-01")
        for name in names:
            done = desk("response", "render", name, ticket, "-f", "json")
            assert "{{" not in done.data["text"]
            assert done.data["language"] == language
            assert done.json["warnings"] == []
            assert name != "waiting-for-partner" or day in done.data["text"]
    assert "waiting-for-partner" in names


def test_the_fallback_is_said(desk: Runner, make: Make) -> None:
    response(desk, "Hello", name="only")
    done = desk("response", "render", "only", make("T", "--language", "el"))
    assert done.out == "Hello\n"
    assert "there is no only in el; en is used" in done.err


def test_a_response_of_one_department(desk: Runner, make: Make) -> None:
    technical, legal = make(), make("T", "--department", "legal")
    response(desk, "Hello", "--department", "legal")
    assert "legal" in desk("response", "render", "x", technical, code=5).err
    assert rendered(desk, legal) == "Hello"


def test_what_a_requester_wrote_is_no_template_and_no_gap(desk: Runner, make: Make, shown: Shown) -> None:
    title = "{{ ticket.id }} [[ mine ]] {% include 'signature' %}"
    ticket = make(title)
    response(desk, "> {{ ticket.title }}")
    desk("ticket", "reply", ticket, "--response", "x")
    assert shown(ticket)["thread"][0]["text"] == f"> {title}"


def test_a_place_to_be_filled_in_never_reaches_a_requester(desk: Runner, make: Make, refuses: Refuses) -> None:
    ticket = make()
    response(desk, "Hello [[ name ]]")
    assert "[[ name ]]" in refuses(2, "ticket", "reply", ticket, "--response", "x")["message"]
    assert desk("response", "render", "x", ticket, "-f", "json").data["gaps"] == ["[[ name ]]"]
    assert "to be filled in" in desk("response", "render", "x", ticket).err


@pytest.mark.usefixtures("all_articles")
def test_nothing_wrong_is_ever_committed(desk: Runner, refuses: Refuses, home: Path) -> None:
    path = "templates/responses/x.en.md"
    faults = [
        ("Dear\n\n{{ requester.nme }}", 9, "requester.nme"),
        ("{{ ticket.id", 7, "not a valid template"),
        ("{% include 'nowhere' %}", 7, "nowhere"),
        ("\n{{ kb['nowhere'].title }}", 7, "there is no article 'nowhere'"),
        ("{{ ''.__class__ }}", 7, "__class__"),
        ("", 1, "no text"),
    ]
    for body, line, words in faults:
        error = refuses(7, "response", "create", "x", "--title", "X", "--body", body)
        assert error["message"].startswith(f"{path}:{line}: ")
        assert words in error["message"]
        assert error["hint"]
        # The same by hand: six lines of front matter and an empty one stand before the text.
        text = f"---\nid: x.en\ntitle: X\nlanguage: en\n---\n\n{body.strip(chr(10))}\n"
        (home / path).write_text(text, encoding="utf-8")
        assert words in desk("commit", code=7).err
        (home / path).unlink()


@pytest.mark.usefixtures("all_articles")
def test_a_part_and_what_includes_it_are_committed_together(desk: Runner, home: Path, refuses: Refuses) -> None:
    front = "---\nid: {0}.en\ntitle: X\nlanguage: en\n---\n\n"
    folder = home / "templates/responses"
    (folder / "whole.en.md").write_text(front.format("whole") + "{% include 'piece' %}\n", encoding="utf-8")
    (folder / "piece.en.md").write_text(front.format("piece") + "{{ ticket.id }}\n", encoding="utf-8")
    desk("commit")
    assert desk("response", "show", "whole.en", "-f", "json").data["includes"] == ["piece"]
    assert "whole.en" in refuses(5, "response", "delete", "piece")["message"]
    desk("response", "delete", "whole", "piece")


@pytest.mark.usefixtures("all_articles")
def test_the_doctor_finds_nothing_in_the_texts_of_the_starter_desk(desk: Runner) -> None:
    assert not [f for f in desk("doctor", "-f", "json").data if f["check"] == "texts"]


def test_the_doctor_reads_texts(desk: Runner, home: Path, git: Callable[..., str]) -> None:
    faulty = {
        "templates/mail/reply-sent.en.txt": "Subject: x\n\n{{ ticket.nothing }}\n",
        "templates/responses/x.en.md": "---\nid: x.en\ntitle: X\nlanguage: en\n---\n\n\n{{ ticket.titel }}\n",
    }
    for path, text in faulty.items():
        (home / path).parent.mkdir(parents=True, exist_ok=True)
        (home / path).write_text(text, encoding="utf-8")
    git("add", "templates")
    git("commit", "-q", "-m", "by hand")
    found = [f for f in desk("doctor", "-f", "json", code=7).data if f["check"] == "texts"]
    assert [(f["path"], f["line"]) for f in found] == [
        ("templates/responses/x.en.md", 8),
        ("templates/mail/reply-sent.en.txt", 3),
    ]


def test_articles_that_requesters_may_read(desk: Runner, make: Make, refuses: Refuses, home: Path) -> None:
    english, greek = make(), make("T", "--language", "el")
    response(desk, "{{ kb['which-countries'].title }}|{{ kb['which-countries'].link }}")
    assert rendered(desk, english).endswith("for which service?|")
    desk("config", "set", "kb.url", ADDRESS)
    assert rendered(desk, greek).endswith("https://help.example/en/which-countries")  # the response is in English alone
    (home / "kb/secret").mkdir()
    for path, text in {
        "kb/secret/topic.yaml": "id: secret\ntitle: Secret\nprivate: true\n",
        "kb/secret/s.md": "---\nid: s\ntitle: S\ntopic: secret\nstate: published\nlanguage: en\n---\n\nText\n",
        "kb/faq/d.md": "---\nid: d\ntitle: D\ntopic: faq\nstate: draft\nlanguage: en\n---\n",
    }.items():
        (home / path).write_text(text, encoding="utf-8")
    desk("commit")
    for slug, words in (("s", "private topic secret"), ("d", "not published"), ("nowhere", "no article")):
        assert (
            words
            in refuses(7, "response", "create", "y", "--title", "Y", "--body", f"{{{{ kb['{slug}'].title }}}}")[
                "message"
            ]
        )
        assert words in refuses(5, "ticket", "reply", english, "--body", "x", "--article", slug)["message"]
        assert words in refuses(5, "response", "render", "x", english, "--article", slug)["message"]


@pytest.mark.usefixtures("all_articles")
def test_a_reply_made_from_articles(desk: Runner, make: Make, shown: Shown, home: Path) -> None:
    ticket, other = make(), make("T", "--language", "el")
    done = desk("ticket", "reply", ticket, "--body", "Hello", "--article", "partner-certificate-expired")
    assert "kb.url is not set" in done.err
    [entry] = shown(ticket)["thread"]
    assert entry["text"].startswith("Hello\n\nNothing can be retrieved from one country")
    assert "Treat without the summary" in entry["text"]
    assert entry["article"] == "partner-certificate-expired"
    desk("config", "set", "kb.url", ADDRESS)
    two = ("--article", "which-countries.el", "--article", "partner-not-reachable", "--article", "which-countries")
    desk("ticket", "reply", other, *two)
    [entry] = shown(other)["thread"]
    assert entry["article"] == ["which-countries", "partner-not-reachable"]
    assert entry["text"].splitlines()[1] == "https://help.example/el/which-countries"
    file = next((home / "records/tickets").rglob(f"{other}.md"))
    assert "<!-- {article: [which-countries, partner-not-reachable]} -->" in file.read_text(encoding="utf-8")


@pytest.mark.usefixtures("all_articles")
def test_a_response_that_names_the_article_itself(desk: Runner, make: Make, shown: Shown) -> None:
    ticket = make("T", "--requester", "a@b.example")
    reply = ("ticket", "reply", ticket, "--response", "known-error-workaround")
    assert "place to be filled in" in desk(*reply, code=2).err
    done = desk(*reply, "--article", "partner-certificate-expired")
    assert done.err == ""
    text = shown(ticket)["thread"][0]["text"]
    assert text.count("Treat without the summary") == 1
    assert "[[" not in text


@pytest.mark.usefixtures("all_articles")
def test_names_are_not_patterns(desk: Runner, make: Make) -> None:
    ticket = make()
    for name in ("%", "_" * len("signature"), "../../etc/passwd", "signature.fr", "", "*"):
        desk("response", "render", name, ticket, code=3)
        desk("response", "show", f"{name}x", code=3)


def test_an_address_of_articles(desk: Runner) -> None:
    for value in ("help.example", "https://help.example/kb", "ftp://x/{slug}", "https://x y/{slug}"):
        desk("config", "set", "kb.url", value, code=8)
    desk("config", "set", "kb.url", ADDRESS)
    desk("config", "set", "kb.url", "-")


def test_what_a_response_says_of_somebody_must_be_known(desk: Runner, make: Make) -> None:
    ticket = make("T", "--requester", "a@b.example")
    response(
        desk, "Dear {{ requester.name }},\n\n{% if requester.organisation %}of {{ requester.organisation }}{% endif %}"
    )
    done = desk("response", "render", "x", ticket, "-f", "json").json
    assert done["data"]["gaps"] == ["{{ requester.name }}"]
    assert any("nothing is known of requester.name" in w for w in done["warnings"])
    sent = desk("ticket", "reply", ticket, "--response", "x", "-f", "json").json
    assert any("nothing is known of requester.name" in w for w in sent["warnings"])
