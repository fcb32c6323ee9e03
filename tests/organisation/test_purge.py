"""What a deleted custom field held stays readable until it is purged."""

from __future__ import annotations

from collections.abc import Callable

from tests.conftest import Runner


def test_a_deleted_field_is_purged(desk: Runner, make: Callable[..., str], git: Callable[..., str]) -> None:
    desk("field", "create", "country", "--type", "text", "--on", "ticket")
    desk("field", "create", "room", "--type", "text", "--on", "ticket")
    one, two, three = (
        make("a", "--field", "country=MT"),
        make("b", "--field", "country=GR", "--field", "room=3"),
        make("c"),
    )
    assert "still declared" in desk("field", "purge", "country", code=5).err
    desk("field", "delete", "country")
    assert desk("ticket", "show", one, "-f", "json").data["fields"] == {"country": "MT"}
    assert "level 2" in desk("--as", "petros", "field", "purge", "country", code=5).err
    before = int(git("rev-list", "--count", "HEAD"))
    assert sorted(desk("field", "purge", "Country", "-f", "json").data["records"]) == sorted([one, two])
    assert int(git("rev-list", "--count", "HEAD")) == before + 1
    assert git("log", "-1", "--format=%s").strip().endswith(" purge: custom field country")
    assert [desk("ticket", "show", t, "-f", "json").data["fields"] for t in (one, two, three)] == [
        {},
        {"room": "3"},
        {},
    ]
    assert desk("ticket", "history", one, "-f", "json").data[-1]["to"] == "fields"
    assert "no record holds" in desk("field", "purge", "country", code=3).err
    assert git("status", "--porcelain") == ""
    assert desk("doctor", "-f", "json").data == []
