import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.spreadsheets.cells import guarded, unguarded


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "+1+cmd|' /C calc'!A0", "-2+3*A1", "\t=1", "+A1"])
def test_what_a_spreadsheet_would_reckon_is_guarded(text):
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Acme", "+65 6123 4567", "-5", "+1 (650) 555-0100", "'quoted'"])
def test_names_and_telephone_numbers_stay_as_they_are(text):
    assert guarded(text) == text


@given(st.text(alphabet="=+-@'\t1 a"))
def test_what_was_guarded_comes_back_as_it_was(text):
    if text[:1] != "'":
        assert unguarded(guarded(text)) == text
