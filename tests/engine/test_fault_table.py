"""Every code that QuickBooks publishes, and every code of our own, is explained in whole sentences."""

import os
import re
from pathlib import Path

import pytest

from integrations.faults import TABLE, Actor, Button, explain

# The contract's catalogue (section 9.2), and a request id's two codes (section 2).
QUICKBOOKS = (
    "120 130 140 150 500 600 610 620 630 700 800 900 1040 2010 2020 2030 2040 2050 2060 2070 2080 2090 2100 2110 "
    "2130 2140 2160 2170 2210 2220 2250 2290 2410 2500 3001 3100 3200 3202 4000 4001 4002 5010 5020 5030 6000 6010 "
    "6070 6080 6090 6100 6140 6150 6160 6170 6180 6190 6200 6210 6220 6230 6240 6250 6270 6280 6420 6430 6440 6450 "
    "6480 6520 6540 10000 10100 10200"
).split()
OURS = (
    "contact_not_synced no_default_account name_invalid name_taken same_name_different_email currency_mismatch "
    "currency_not_enabled tax_code_missing tax_treatment_not_supported number_too_long number_taken period_closed "
    "paid_document in_doubt internal inactive conflict lines_not_supported not_connected not_enabled needs_reconnect "
    "subscription_lapsed misconfigured unreachable throttled different_company deleted_record"
).split()
CONTRACT = Path(
    os.environ.get("SHARED_SAMPLES") or Path(__file__).resolve().parents[3] / "shared" / "samples"
)
CONTRACT = CONTRACT.parent / "quickbooks.md"


@pytest.mark.parametrize("code", [*QUICKBOOKS, *OURS])
def test_a_code_is_explained(code):
    entry = TABLE[code]
    assert entry.title and entry.actor in Actor and entry.button in Button
    for sentences in (entry.meaning, entry.remedy):
        assert re.fullmatch(r"[A-Z].*[.]", sentences), sentences


def test_the_table_has_no_other_codes():
    assert set(TABLE) - {"403"} == {*QUICKBOOKS, *OURS}


@pytest.mark.skipif(not CONTRACT.is_file(), reason="the QuickBooks contract is not here")
def test_the_whole_catalogue_is_covered():
    catalogue = CONTRACT.read_text().split("### 9.2")[1].split("\n---")[0]
    rows = re.findall(r"^\| ([\d/ ]+) \|", catalogue, re.MULTILINE)
    codes = {code.strip() for row in rows for code in row.split("/")}
    assert len(codes) > 60
    assert codes <= set(QUICKBOOKS)


def test_leading_zeros_say_nothing():
    assert explain("003001") is explain("3001")


def test_an_unknown_code_is_for_finmos_staff():
    entry = explain("6999")
    assert (entry.code, entry.actor, entry.needs_details) == ("6999", Actor.STAFF, True)


def test_quickbooks_words_stand_beside_sentences_that_refer_to_them():
    assert explain("6000").needs_details and explain("2050").needs_details
    assert not explain("6210").needs_details
