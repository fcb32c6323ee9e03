"""Rule 2 as a table: which level may create, edit and delete which kind of record."""

from __future__ import annotations

from collections.abc import Callable

from tests.conftest import Runner

LEVELS = {"nikos": 1, "eleni": 2, "maria": 3}
CASES = {
    # kind: (level needed, what makes one, what changes it, what removes it)
    "user": (
        1,
        ("create", "--name", "Anna", "--email", "anna@clinic.example", "--group", "patient"),
        ("edit", "anna@clinic.example", "--phone", "112"),
        ("delete", "anna@clinic.example"),
    ),
    "user ban": (1, ("ban", "x@spam.example"), None, ("unban", "x@spam.example")),
    "field": (
        2,
        ("create", "country", "--type", "text"),
        ("edit", "country", "--required"),
        ("delete", "country"),
    ),
    "response": (
        2,
        ("create", "hello", "--title", "Hello", "--body", "Dear {{ requester.name }}"),
        ("edit", "hello", "--title", "Good day"),
        ("delete", "hello"),
    ),
    "staff": (
        3,
        ("create", "zoe", "--name", "Zoe", "--email", "zoe@ncpeh.example", "--level", "1", "--department", "legal"),
        ("edit", "zoe", "--away"),
        ("delete", "zoe"),
    ),
    "department": (
        3,
        ("create", "training", "--name", "Training"),
        ("edit", "training", "--description", "Courses"),
        ("delete", "training", "--transfer-to", "legal"),
    ),
    "group": (
        3,
        ("create", "pharmacy", "--name", "Pharmacies"),
        ("edit", "pharmacy", "--channel", "email"),
        ("delete", "pharmacy"),
    ),
    "tag": (
        3,
        ("create", "malta", "--color", "#FF0000"),
        ("edit", "malta", "--description", "Malta"),
        ("delete", "malta"),
    ),
    "machine": (
        3,
        ("create", "mailhost", "--may", "mail"),
        ("edit", "mailhost", "--description", "Fetches mails"),
        ("delete", "mailhost"),
    ),
}
ORDERED = sorted(LEVELS, key=LEVELS.__getitem__)


def test_level_decides_who_may_create_edit_and_delete(desk: Runner) -> None:
    for kind, (needed, *verbs) in CASES.items():
        noun = kind.partition(" ")[0]
        for verb in (v for v in verbs if v):
            for who in ORDERED:
                if LEVELS[who] < needed:
                    error = desk("--as", who, noun, *verb, "-f", "json", code=5).json["error"]
                    assert error["code"] == "refused"
                    assert f"takes level {needed}" in error["message"]
                    assert "maria" in error["hint"]
            able = next(w for w in ORDERED if LEVELS[w] >= needed)
            desk("--as", able, noun, *verb)
        rows = desk(noun, "bans" if "ban" in kind else "list", "-f", "json").data
        assert not [r for r in rows if r["id"] in ("country", "zoe", "training", "pharmacy", "malta", "mailhost")]
        if noun == "user":
            assert rows == []


NOUNS = ("department", "staff", "user", "group", "tag", "field")


def test_anybody_may_read(desk: Runner) -> None:
    for noun in NOUNS:
        desk("--as", "nikos", noun, "list")
        desk("--as", "nikos", noun, "show", "nobody-there", code=3)


def test_the_nearest_name_is_offered(desk: Runner) -> None:
    for noun, known in {"department": "technical", "staff": "petros", "group": "patient", "tag": "incident"}.items():
        typo = known[:-1] + "x"
        assert known in desk(noun, "show", typo, code=3).err
        more = ("--transfer-to", "legal") if noun == "department" else ()
        assert known in desk(noun, "delete", typo, *more, code=3).err


def test_nobody_changes_their_own_level_or_deletes_themselves(desk: Runner) -> None:
    assert "own level" in desk("staff", "edit", "maria", "--level", "2", code=5).err
    assert "nobody else has level 3" in desk("staff", "delete", "maria", code=5).err
    desk("staff", "edit", "eleni", "--level", "3")
    assert "eleni" in desk("staff", "delete", "maria", code=5).err
    desk("staff", "edit", "maria", "--name", "Maria G.")
    desk("--as", "eleni", "staff", "edit", "maria", "--level", "2")
    desk("staff", "edit", "eleni", "--level", "1", code=5)


def test_somebody_unknown_to_the_desk_may_change_nothing(desk: Runner, git: Callable[..., str]) -> None:
    git("config", "user.email", "stranger@elsewhere.example")
    for words in (
        ("tag", "create", "x"),
        ("user", "create", "--name", "X", "--email", "x@y.example", "--group", "patient"),
    ):
        assert "not registered as staff" in desk(*words, code=5).err
