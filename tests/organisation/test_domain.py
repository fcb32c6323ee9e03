"""Rules that the command line can't reach, because others stand before them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from desk.domain.model.organisation import CustomField, Department
from desk.domain.model.person import Staff, User
from desk.domain.model.ticket import Ticket
from desk.domain.people import users as people_users
from desk.domain.rights.rights import is_users, require_public
from desk.errors import Refused, UsageFault

AT = datetime(2026, 7, 23, 6, 12, 44, tzinfo=UTC)


def person(handle: str, level: int) -> Staff:
    return Staff.new(id=handle, name=handle, email=f"{handle}@x.example", level=level, departments=["legal"])


def ticket(**values: str) -> Ticket:
    full = {
        "id": "260723-7K3Q",
        "title": "T",
        "state": "open",
        "priority": "low",
        "department": "legal",
        "created": "2026-07-23T06:12:44Z",
    }
    return Ticket.new(**{**full, **values})


@pytest.mark.parametrize(("values", "users"), [
    ({"author": "maria"}, False),
    ({}, False),
    ({"author": "u-4f9x2"}, True),
    ({"author": "maria", "requester": "u-4f9x2"}, True),
])  # fmt: skip
@pytest.mark.parametrize("private", [False, True])
def test_rule_4_private_departments_hold_only_tickets_of_staff(
    values: dict[str, str], *, users: bool, private: bool
) -> None:
    department = Department.new(id="board", name="Board", private=private)
    assert is_users(ticket(**values)) is users
    if users and private:
        with pytest.raises(Refused, match="only staff's own"):
            require_public(department, ticket(**values))
    else:
        require_public(department, ticket(**values))


def test_custom_values_of_removed_fields_and_other_groups_stay() -> None:
    declared = [
        CustomField.new(id="licence", type="number", on="user", groups=["health-professional"]),
        CustomField.new(id="country", type="select", on="user", options=["MT", "CY"]),
        CustomField.new(id="depth", type="text", on="ticket", required=True),
    ]
    before = {"gone": "kept", "licence": 7}
    assert people_users.custom_values(declared, "patient", before, {"country": "mt"}) == {
        "gone": "kept",
        "licence": 7,
        "country": "MT",
    }
    assert people_users.custom_values(declared, "patient", before, {"gone": ""}) == {"licence": 7}
    assert people_users.custom_values(declared, "health-professional", before, {"licence": ""}) == {"gone": "kept"}
    with pytest.raises(UsageFault, match="licence"):
        people_users.custom_values(declared, "patient", {}, {"licence": "8"})
    with pytest.raises(UsageFault, match="no custom field 'gone'"):
        people_users.custom_values(declared, "patient", {}, {"gone": ""})


def test_a_ban_never_shows_its_address_in_the_id() -> None:
    change = people_users.ban("Anna@Clinic.example", by=person("chief", 3), at=AT, reason="spam")
    record = change.edits[0].record
    assert record.id == people_users.ban_id("anna@clinic.EXAMPLE")
    assert "anna" not in record.path
    assert record.values["email"] == "Anna@Clinic.example"


def test_what_a_deleted_user_leaves_behind() -> None:
    user = User.new(id="u-4f9x2", name="Anna", email="a@x.example", phone="1", group="patient", fields={"a": 1})
    left = people_users.delete(user, [], by=person("chief", 3), at=AT).edits[0].after
    assert left is not None
    assert dict(left.values) == {"id": "u-4f9x2", "disabled": True, "registered": False}
    with pytest.raises(Refused, match="deleted already"):
        people_users.delete(User(left.values), [], by=person("chief", 3), at=AT)
