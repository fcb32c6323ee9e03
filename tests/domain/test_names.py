"""Names that become file names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain.model.fields import parse_slug, parse_ticket_id
from desk.domain.model.filenames import DEVICES
from tests.store.texts import MODERATE, texts

BAD = (
    "",
    "..",
    ".",
    "../../x",
    "/etc",
    "-rf",
    "a/b",
    "a\\b",
    "a\nb",
    "a\0b",
    "con",
    "con.el",
    "nul",
    ".git",
    "a..b",
    "a.",
    "A",
    "a b",
    "\u202ea",
)


@pytest.mark.parametrize("name", BAD)
def test_a_name_that_is_no_file_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"name|lower case"):
        parse_slug(name)


@MODERATE
@given(st.one_of(texts, st.text(st.characters(categories=("L", "N")), max_size=70)))
def test_whatever_is_accepted_fits_a_file_system(text: str) -> None:
    try:
        name = parse_slug(text)
    except ValueError:
        return
    assert len(f"{name}.yaml".encode()) <= 255
    assert "/" not in name
    assert "\\" not in name
    assert not name.startswith((".", "-"))
    assert name.partition(".")[0] not in DEVICES
    assert parse_slug(name) == name


def test_long_names_of_wide_letters() -> None:
    with pytest.raises(ValueError, match="name"):
        parse_slug("\U00010428" * 64)  # Deseret, lower case: four bytes each


@pytest.mark.parametrize(
    "text", ["", "../../x", "-rf", "260723-7K3Q\n", "٢٦٠٧٢٣-7K3Q", "260723-7K3U", "260723-7K3QQ", "CON"]
)
def test_what_is_no_ticket_id(text: str) -> None:
    with pytest.raises(ValueError, match="ticket id"):
        parse_ticket_id(text)
