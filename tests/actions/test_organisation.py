"""What the actions keep, whoever calls them: rules that a front end could forget to ask."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from desk.actions import articles, organisation, problems, requesters, responses
from desk.actions.care import settings
from desk.actions.problems import Wish
from desk.actions.tickets import lifecycle
from desk.actions.tickets.lifecycle import NewTicket
from desk.domain.model.article import Response, Topic
from desk.domain.model.organisation import CustomField, Department, Tag
from desk.domain.model.person import Group, Staff, User
from desk.errors import NotFound, Refused, UsageFault
from desk.session.session import Session
from desk.store.store import Committed
from tests.actions.stage import article

NOW = datetime(2026, 7, 23, 6, 12, 44, tzinfo=UTC)
PERSON = {"name": "Anna Georgiou", "email": "anna@clinic.example", "group": "patient"}


def session(home: Path, **who: Any) -> Session:
    return Session(str(home), dict(os.environ), NOW, **who)


@pytest.fixture
def maria(home: Path) -> Session:
    return session(home, who="maria")


def made(done: Committed) -> str:
    return done.change.edits[0].record.id


def read(maria: Session, kind: str, record_id: str) -> Any:
    return maria.store.read(kind, record_id)


def test_a_life_of_a_group(maria: Session, git: Callable[..., str]) -> None:
    organisation.create(maria, Group, {"id": "pharmacy", "name": "Pharmacies", "channel": "EMAIL"})
    assert read(maria, "group", "pharmacy").channel == "email"
    organisation.edit(maria, Group, ["Pharmacy"], {"channel": None, "description": "On every corner"})
    assert read(maria, "group", "pharmacy").values["description"] == "On every corner"
    assert read(maria, "group", "pharmacy").channel is None
    organisation.delete(maria, Group, ["pharmacy"])
    with pytest.raises(NotFound):
        read(maria, "group", "pharmacy")
    assert git("log", "-3", "--format=%s%n").count("pharmacy") == 3


def test_values_that_no_form_offers(maria: Session) -> None:
    there: dict[Any, str] = {Group: "patient", Staff: "petros", Topic: "faq"}
    wrong: list[tuple[Any, dict[str, Any], str]] = [
        (Group, {"channel": "pigeon"}, "no channel 'pigeon'"),
        (Group, {"id": "other"}, "'id' can't be set"),
        (Group, {"nmae": "x"}, "'nmae' can't be set"),
        (Staff, {"language": "xx"}, "no language 'xx'"),
        (Staff, {"created": "2020-01-01T00:00:00Z"}, "'created' can't be set"),
        (Topic, {"titles": {"xx": "T"}}, "no language 'xx'"),
    ]
    for cls, values, what in wrong:
        with pytest.raises(UsageFault, match=what):
            organisation.edit(maria, cls, [there[cls]], values)


def test_what_one_alone_can_have(maria: Session) -> None:
    with pytest.raises(UsageFault, match="several records at once"):
        organisation.edit(maria, Staff, ["petros", "eleni"], {"email": "x@y.example"})
    with pytest.raises(UsageFault, match="several records at once"):
        organisation.edit(maria, Department, ["technical", "legal"], {"default": True})


def test_an_address_has_one_owner(maria: Session) -> None:
    with pytest.raises(Refused, match="address of staff eleni"):
        organisation.edit(maria, Staff, ["petros"], {"email": "ELENI@ncpeh.example"})
    with pytest.raises(Refused, match="address of staff eleni"):
        requesters.register(maria, {**PERSON, "email": "eleni@ncpeh.example"})


def test_a_new_default_takes_over(maria: Session) -> None:
    [before] = [r for r in maria.store.index.rows("department") if r["default"]]
    organisation.edit(maria, Department, ["legal"], {"default": True})
    assert [r["id"] for r in maria.store.index.rows("department") if r["default"]] == ["legal"] != [before["id"]]
    ticket = made(lifecycle.create(maria, NewTicket("No department named")))
    assert read(maria, "ticket", ticket).department == "legal"


def test_a_department_is_not_deleted_without_an_heir(maria: Session) -> None:
    with pytest.raises(Refused, match="must take over"):
        organisation.delete(maria, Department, ["legal"])
    ticket = made(lifecycle.create(maria, NewTicket("Theirs", department="legal")))
    organisation.delete_departments(maria, ["legal"], "technical")
    assert read(maria, "ticket", ticket).department == "technical"


def test_a_custom_field_keeps_its_type(maria: Session) -> None:
    organisation.create(maria, CustomField, {"id": "ward", "type": "text"})
    for values in ({"type": "number"}, {"on": "user"}):
        with pytest.raises(Refused, match="keeps its type"):
            organisation.edit(maria, CustomField, ["ward"], values)


def test_titles_are_set_one_by_one(maria: Session) -> None:
    organisation.create(maria, Topic, {"id": "new", "title": "New", "titles": {"el": "Νέα"}})
    organisation.edit(maria, Topic, ["new"], {"order": 3})
    assert dict(read(maria, "topic", "new").titles) == {"el": "Νέα"}
    organisation.edit(maria, Topic, ["new"], {"titles": {"EL": ""}})
    assert dict(read(maria, "topic", "new").titles) == {}


# -- requesters --------------------------------------------------------------------------------------------------------


@pytest.fixture
def stranger(home: Path, git: Callable[..., str]) -> Session:
    """Somebody whom nobody knows: at a portal, say."""
    git("config", "user.email", "stranger@elsewhere.example")
    return session(home)


def test_a_stranger_signs_up(stranger: Session, maria: Session, git: Callable[..., str]) -> None:
    user = made(requesters.sign_up(stranger, PERSON))
    assert read(maria, "user", user).email == "anna@clinic.example"
    assert git("log", "-1", "--format=%an <%ae>").strip() == f"{user} <{user}@users.desk.invalid>"
    with pytest.raises(Refused, match="already registered"):
        requesters.sign_up(stranger, PERSON)


def test_who_is_banned_does_not_sign_up(stranger: Session, maria: Session) -> None:
    requesters.ban(maria, "ANNA@clinic.example", "advertising")
    with pytest.raises(Refused, match="banned: advertising"):
        requesters.sign_up(stranger, PERSON)
    requesters.unban(maria, "anna@clinic.example")
    requesters.sign_up(stranger, PERSON)


def test_who_is_known_from_a_ticket_signs_up_in_person(home: Path, maria: Session) -> None:
    ticket = made(lifecycle.create(maria, NewTicket("It beeps", requester="anna@clinic.example")))
    known = str(read(maria, "ticket", ticket).requester)
    assert not read(maria, "user", known).registered
    anna = session(home, requester=known)
    with pytest.raises(Refused, match="known here by another address"):
        requesters.sign_up(anna, {**PERSON, "email": "bob@clinic.example"})
    assert made(requesters.sign_up(anna, PERSON)) == known
    assert read(maria, "user", known).registered


def test_nobody_says_everything_of_themselves(stranger: Session) -> None:
    for name in ("registered", "disabled", "id", "created"):
        with pytest.raises(UsageFault, match=f"'{name}' can't be set"):
            requesters.sign_up(stranger, {**PERSON, name: "x"})


def test_custom_fields_are_checked_by_the_action(maria: Session, stranger: Session) -> None:
    field = {"id": "country", "type": "select", "options": ["CY", "MT"], "on": "user", "required": True}
    organisation.create(maria, CustomField, field)
    with pytest.raises(UsageFault, match="country must be filled in"):
        requesters.sign_up(stranger, PERSON)
    with pytest.raises(UsageFault, match="'XX' is not on offer"):
        requesters.sign_up(stranger, {**PERSON, "fields": {"country": "XX"}})
    user = made(requesters.sign_up(stranger, {**PERSON, "fields": {"country": "mt"}}))
    assert dict(read(maria, "user", user).fields) == {"country": "MT"}
    with pytest.raises(UsageFault, match="no custom field 'ward'"):
        requesters.edit(maria, [user], {"fields": {"ward": "3"}})


def test_two_requesters_have_no_one_address(maria: Session) -> None:
    ids = [made(requesters.register(maria, {**PERSON, "email": f"{n}@clinic.example"})) for n in ("a", "b")]
    with pytest.raises(UsageFault, match="several records at once"):
        requesters.edit(maria, ids, {"email": "c@clinic.example"})
    requesters.ban(maria, "c@clinic.example")
    with pytest.raises(Refused, match="is banned"):
        requesters.edit(maria, ids[:1], {"email": "c@clinic.example"})


def test_a_placeholder_is_what_a_requester_leaves(maria: Session) -> None:
    user = made(requesters.register(maria, PERSON))
    requesters.delete(maria, [user], "asked for it")
    left = read(maria, "user", user)
    assert isinstance(left, User)
    assert (left.name, left.email, left.disabled) == (None, None, True)


# -- texts -------------------------------------------------------------------------------------------------------------


def test_a_response_that_could_not_be_used(maria: Session) -> None:
    wrong: list[tuple[dict[str, str], type[Exception]]] = [
        ({"department": "nowhere"}, NotFound),
        ({"id": "hello.el"}, UsageFault),
        ({"language": "fr", "id": "hello.fr"}, UsageFault),
    ]
    for values, error in wrong:
        given = {"id": "hello.en", "title": "Hello", "language": "en", **values}
        with pytest.raises(error):
            responses.create(maria, Response.new(body="Hello.", **given))


def test_an_article_begins_as_a_draft(maria: Session) -> None:
    organisation.create(maria, Topic, {"id": "shelf", "title": "Shelf"})
    forged: list[dict[str, Any]] = [{"state": "published"}, {"approved_by": "eleni"}]
    for values in forged:
        with pytest.raises(Refused, match="begins as a draft"):
            articles.create(maria, article("new").evolve(**values))
    articles.create(maria, article("new"))
    with pytest.raises(UsageFault, match="'state' can't be set"):
        articles.edit(maria, ["new"], {"state": "published"})


def test_a_resolution_says_something(maria: Session) -> None:
    problem = made(lifecycle.create(maria, NewTicket("Rust", department="technical", tags=("problem",))))
    with pytest.raises(UsageFault, match="what are the requesters to be told"):
        problems.plan_resolutions(maria, [problem], Wish(close=True))


def test_a_setting_and_what_it_was(maria: Session, home: Path) -> None:
    done = settings.set_value(maria, "list.limit", "40")
    assert (done.before, done.value) == (50, 40)
    assert "limit = 40" in (home / "desk.toml").read_text(encoding="utf-8")
    with pytest.raises(UsageFault, match="there is no setting"):
        settings.set_value(maria, "list.limt", "40")


def test_a_tag_is_taken_off_everything(maria: Session) -> None:
    organisation.create(maria, Tag, {"id": "malta"})
    ticket = made(lifecycle.create(maria, NewTicket("Far", tags=("malta",))))
    done = organisation.delete(maria, Tag, ["malta"])
    assert [e.record.id for e in done.change.edits] == ["malta", ticket]
    assert read(maria, "ticket", ticket).tags == ()
