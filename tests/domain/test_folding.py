"""Text folded for searching."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain.matching.folding import fold, fold_in_place, narrow, widen
from tests.store.texts import MODERATE, texts


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Μάλτα", "μαλτα"),
        ("ΑΣΘΕΝΉΣ", "ασθενης"),
        ("ϊΰ", "ιυ"),
        ("ᾧ", "ω"),
        ("Müller", "MULLER"),
        ("Żółw", "zołw"),
        ("Ёж", "еж"),
        ("ABC", "abc"),
        *(("Ħamrun", "hamrun"), ("Đakovo", "dakovo"), ("Økland", "okland"), ("Paweł", "pawel"), ("Iğdır", "igdir")),
        *(("Straße", "STRASSE"), ("GROẞE", "grosse"), ("Œuvre", "oeuvre"), ("Ærø", "aero"), ("Þór", "thor")),
        *(("Ｆａｘ　４", "fax 4"), ("ﬁle", "file")),
    ],
)
def test_case_and_accents_are_gone(one: str, two: str) -> None:
    assert fold(one) == fold(two)
    assert fold(unicodedata.normalize("NFD", one)) == fold(two)


@MODERATE
@given(st.one_of(texts, st.text(st.characters(min_codepoint=0x370, max_codepoint=0x1FFF))))
def test_a_place_in_the_folded_text_is_the_same_place_in_the_text(text: str) -> None:
    precomposed = unicodedata.normalize("NFC", text)
    assert len(fold_in_place(precomposed)) == len(precomposed)


@pytest.mark.parametrize("text", ["İstanbul", "ﬁ", "ß", "Ϊ́", "ΐ"])
def test_letters_that_lower_case_would_make_longer(text: str) -> None:
    precomposed = unicodedata.normalize("NFC", text)
    assert len(fold_in_place(precomposed)) == len(precomposed)


@pytest.mark.parametrize(
    "text", ["straße GROẞE", "Ærø œuvre", "Þór", "Ħamrun Đakovo Økland Paweł", "Ｆａｘ ４", "plain"]
)
def test_letters_that_fold_to_two_have_a_place_for_each(text: str) -> None:
    assert fold_in_place(widen(text)) == fold(text)
    assert narrow(widen(text)) == text


@MODERATE
@given(texts)
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize("text", ["Μάλτα ΑΣΘΕΝΉΣ ϊΰ ᾧ", "Müller Żółw", "Ёж й", "plain", "mixed Άλφα and ñ, ς"])
def test_both_ways_of_folding_agree(text: str) -> None:
    assert fold(text) == fold_in_place(text)


@MODERATE
@given(st.text(st.characters(min_codepoint=0x386, max_codepoint=0x3CE, categories=["L"])))
def test_both_ways_of_folding_agree_on_greek(text: str) -> None:
    assert fold(text) == fold_in_place(text)
