"""The fault table against the pages that name the codes, and what its sentences promise."""

import os
import re
from pathlib import Path

import pytest

from integrations.faults import TABLE, Actor, explain
from integrations.mapping import Problem

SAMPLES = Path(os.environ.get("SHARED_SAMPLES") or Path(__file__).resolve().parents[3] / "shared" / "samples")
PAGES = SAMPLES.parent
needs_pages = pytest.mark.skipif(
    not (PAGES / "quickbooks.md").is_file(), reason="the QuickBooks contract is not here"
)


@needs_pages
def test_quickbooks_whole_catalogue_is_covered():
    catalogue = (PAGES / "quickbooks.md").read_text().split("### 9.2")[1].split("\n---")[0]
    rows = re.findall(r"^\| ([\d/ ]+) \|", catalogue, re.MULTILINE)
    codes = {code.strip() for row in rows for code in row.split("/")}
    assert len(codes) > 60
    assert codes - set(TABLE) == set()


@needs_pages
def test_all_codes_of_our_own_are_covered():
    values = (
        (PAGES / "surface.md").read_text().split("QuickBooks' code as a string, or ours: ")[1].split("\n")[0]
    )
    codes = set(re.findall(r"`(\w+)`", values))
    assert len(codes) > 10
    assert codes - set(TABLE) == set()


def test_leading_zeros_say_nothing():
    assert explain("003001") is explain("3001")


def test_an_unknown_code_is_for_finmos_staff():
    entry = explain("6999")
    assert (entry.code, entry.actor, entry.needs_details) == ("6999", Actor.STAFF, True)


def test_quickbooks_words_stand_beside_sentences_that_refer_to_them():
    told = Problem("6000", detail="Business Validation Error: not now")
    assert told.text == f"{explain('6000').meaning} QuickBooks says: “Business Validation Error: not now”"


def test_and_only_beside_those():
    assert Problem("6210", detail="The account period has closed").text == explain("6210").meaning
    assert Problem("6000").text == explain("6000").meaning
