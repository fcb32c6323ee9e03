"""Names from titles: Greek as ELOT 743 transcribes it, never longer than a file name may be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain.knowledge.slugs import LONGEST, slug_of
from desk.domain.model.fields import parse_slug


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Σφάλμα πιστοποιητικού", "sfalma-pistopoiitikou"),
        ("Αυτόματη ευρώ εύκολο", "aftomati-evro-efkolo"),
        ("Άγγελος, μπαμπάς, λάμπα, σύγχρονος", "angelos-bampas-lampa-synchronos"),
        ("Προϊόν, άυλος, αϋπνία", "proion-aylos-aypnia"),
        ("ΟΥΡΑΝΌΣ και Εξετάσεις;", "ouranos-kai-exetaseis"),
        ("What is MyHealth@EU?", "what-is-myhealth-eu"),
        ("Can’t open “x”", "cant-open-x"),
        ("Straße, œuvre, Łódź", "strasse-oeuvre-lodz"),
        ("../../etc/passwd", "etc-passwd"),
        ("日本", ""),
        ("a" * 300, "a" * LONGEST),
    ],
)
def test_a_title_becomes_a_name(title: str, slug: str) -> None:
    assert slug_of(title) == slug


@given(st.text(max_size=120))
def test_a_name_is_always_a_legal_one(title: str) -> None:
    slug = slug_of(title)
    assert len(slug) <= LONGEST
    assert slug.isascii()
    if slug and slug.split(".")[0] not in ("con", "prn", "aux", "nul") and not slug.startswith(("com", "lpt")):
        assert parse_slug(slug) == slug
