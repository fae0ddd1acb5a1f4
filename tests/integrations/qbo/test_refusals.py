"""One recorded or documented fault for each way in which QuickBooks says no."""

import logging
import re
import traceback
from datetime import UTC, datetime

import pytest
import time_machine

from integrations.faults import TABLE, Actor, Button, explain
from integrations.qbo.errors import (
    Fault,
    NeedsReconnect,
    QuickBooksError,
    Refused,
    SubscriptionLapsed,
    Throttled,
    TokenRefused,
    TryLater,
    Unreachable,
    error_of,
)
from integrations.qbo.refusals import faults_of, raise_for, redacted

from .company import (
    BASE,
    EXPIRED,
    EXPIRED_XML,
    HTML,
    NOT_AUTHORISED,
    THROTTLED_JSON,
    THROTTLED_XML,
    TOKEN,
    fault,
)

# Every code that Intuit's catalogue and the recordings name.
CODES = """
120 130 140 150 500 600 610 620 630 700 800 900 1040 2010 2020 2030 2040 2050 2060 2070 2080 2090
2100 2110 2130 2140 2160 2170 2210 2220 2250 2290 2410 2500 3001 3100 3200 3202 4000 4001 4002 5010
5020 5030 6000 6010 6070 6080 6090 6100 6140 6150 6160 6170 6180 6190 6200 6210 6220 6230 6240 6250
6270 6280 6420 6430 6440 6450 6480 6520 6540 10000 10100 10200
""".split()
OUR_CODES = """
contact_not_synced no_default_account name_invalid name_taken same_name_different_email
currency_mismatch currency_not_enabled tax_code_missing tax_treatment_not_supported number_too_long
number_taken possible_duplicate period_closed paid_document in_doubt internal inactive merged_contact conflict
lines_not_supported
needs_reconnect subscription_lapsed misconfigured unreachable throttled different_company deleted_record
not_connected not_enabled paused already_linked link_taken link_target_gone in_flight
""".split()


def refusal(status, body, headers=None) -> QuickBooksError:
    with pytest.raises(QuickBooksError) as raised:
        raise_for(status, headers or {}, body.encode())
    return raised.value


@pytest.mark.parametrize("code", CODES + OUR_CODES)
def test_every_code_has_an_entry_that_a_clerk_can_read(code):
    entry = explain(code)

    assert entry.code == code
    assert entry.actor in Actor
    assert entry.button in Button
    for sentence in (entry.meaning, entry.remedy):
        assert re.match(r"[A-Z]", sentence) and sentence.endswith(".")
        assert "{" not in sentence and code not in sentence and "Oops" not in sentence
    assert entry.title and not entry.title.endswith(".")


def test_the_table_is_closed():
    assert set(TABLE) == {*CODES, *OUR_CODES, "403"}
    unknown = explain("6999")
    assert (unknown.code, unknown.actor, unknown.button) == ("6999", Actor.STAFF, Button.NONE)
    assert explain("").actor == Actor.STAFF


def test_leading_zeros_do_not_hide_a_code():
    assert explain("003001") == explain("3001")


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("status", [200, 400])
def test_every_code_becomes_the_error_that_says_what_to_do(code, status):
    expected = {
        "130": TryLater,
        "140": TryLater,
        "150": TryLater,
        "3001": Throttled,
        "3100": NeedsReconnect,
        "6190": SubscriptionLapsed,
        "10000": Unreachable,
    }.get(code, Refused)

    error = refusal(status, fault(code, "Message", "Detail", element="Line"), {"intuit_tid": "1-abc"})

    assert type(error) is expected
    assert error.fault == Fault(code, "Message", "Detail", "Line", "1-abc")
    assert (error.status, error.detail, error.intuit_tid) == (status, "Detail", "1-abc")
    assert str(error) == error.message == explain(error.code).meaning
    if expected in (Refused, TryLater):
        assert error.code == code


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (401, EXPIRED, TokenRefused),
        (401, EXPIRED_XML, TokenRefused),
        (401, HTML, TokenRefused),
        (401, fault("120", "Authorization Failure"), NeedsReconnect),
        (403, NOT_AUTHORISED, NeedsReconnect),
        (403, THROTTLED_XML, Throttled),
        (403, fault("5020"), Refused),
        (403, "", Refused),
        (404, HTML, Unreachable),
        (404, fault("610"), Refused),
        (429, THROTTLED_JSON, Throttled),
        (429, THROTTLED_XML, Throttled),
        (429, HTML, Throttled),
        (400, "{}", Unreachable),
        (400, '{"Fault":{"Error":[]}}', Unreachable),
        (400, '{"Fault":"text"}', Unreachable),
        (500, fault("10000"), Unreachable),
        (500, fault("6000"), Unreachable),
        (503, fault("150"), TryLater),
        (302, "", Unreachable),
        (204, "", Unreachable),
    ],
)
def test_the_status_decides_first(status, body, expected):
    assert type(refusal(status, body)) is expected


def test_all_envelopes_say_the_same():
    expected = ("3001", "message=ThrottleExceeded; errorCode=003001; statusCode=429")

    for body in (THROTTLED_XML, THROTTLED_JSON, THROTTLED_JSON.replace('"code":"003001"', '"code":null')):
        found = faults_of(body.encode())
        assert [(each.code, each.message) for each in found] == [expected]
        assert found[0].detail.startswith("The request limit was reached.")


def test_an_errors_envelope_in_xml_is_read_too():
    body = b"<Errors><Error><Code>003100</Code><Message>Denied</Message><Detail/></Error></Errors>"

    assert faults_of(body) == [Fault("3100", "Denied", "", "", "")]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[1]",
        b'{"Fault":null}',
        b'{"fault":{"error":["text"]}}',
        HTML.encode(),
        b"<a><b></a>",
        b'<!DOCTYPE x [<!ENTITY a "aaaa">]><Errors><Error code="1">&a;</Error></Errors>',
        b"\xff\xfe<",
    ],
)
def test_a_body_without_a_readable_fault_has_none(body):
    assert faults_of(body) == []


def test_the_first_of_several_faults_counts():
    body = '{"Fault":{"Error":[{"Message":"a","code":"6070"},{"Message":"b","code":"2020"}]}}'

    assert refusal(400, body).code == "6070"
    assert [each.code for each in faults_of(body.encode())] == ["6070", "2020"]


@pytest.mark.parametrize(
    ("code", "detail", "existing_id"),
    [
        ("6240", "The name supplied already exists. : Id=1209", "1209"),
        ("6240", "The name supplied already exists. : null", None),
        ("6240", "Another customer, vendor or employee is already using this name.", None),
        (
            "6140",
            "Duplicate Document Number Error : You must specify a different number. This number has already "
            "been used. DocNumber=1047 is assigned to TxnType=Invoice with TxnId=17984",
            "17984",
        ),
        ("6140", "Duplicate Document Number Error : This number has already been used.", None),
        ("610", "Object Not Found : Id=5", None),
    ],
)
def test_a_duplicate_tells_which_object_is_already_there(code, detail, existing_id):
    assert error_of(Fault(code, "", detail, "", "")).fault.existing_id == existing_id


@pytest.mark.parametrize("name", ["Intuit-Tid", "intuit_tid", "INTUIT_TID", "intuit-tid"])
def test_intuits_id_is_found_under_every_spelling(name):
    assert refusal(400, fault("6000"), {name: "1-5f72"}).intuit_tid == "1-5f72"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("30", 30),
        ("0", 0),
        ("-5", 0),
        ("1.5", 1.5),
        ("Thu, 01 Oct 2026 09:01:00 GMT", 60),
        ("Thu, 01 Oct 2026 08:00:00 GMT", 0),
        ("soon", None),
        ("inf", None),
        ("", None),
    ],
)
def test_a_waiting_time_is_seconds_or_a_date(header, seconds):
    with time_machine.travel(datetime(2026, 10, 1, 9, 0, tzinfo=UTC), tick=False):
        assert refusal(429, "", {"retry-after": header}).retry_after == seconds


@pytest.mark.parametrize(
    "text",
    [
        "Token expired: AB01601391072eyJlbmMi",
        "message=bad; token=AB0short",
        "Authorization: Bearer AB0.short",
        "unknown eyJlbmMiOiJBMTI4Q0JDLUhTMjU2IiwiYWxnIjoiZGlyIn0..vC6m.x end",
    ],
)
def test_a_token_in_quickbooks_own_words_is_removed(text):
    assert "AB0" not in redacted(text)
    assert "eyJ" not in redacted(text)
    assert "[removed]" in redacted(text)


def test_harmless_words_stay_and_long_ones_end():
    assert (
        redacted("Id should be a valid number. Supplied value:1.5")
        == "Id should be a valid number. Supplied value:1.5"
    )
    assert redacted("SyncToken=3, TxnId=17984") == "SyncToken=3, TxnId=17984"
    assert len(redacted("a b " * 1000)) == 500


def test_no_secret_reaches_an_error_or_a_log(company, http, caplog):
    caplog.set_level(logging.DEBUG)
    http.get(f"{BASE}/customer/1", status=401, body=EXPIRED.replace("AB01601391072eyJlbmMi", TOKEN))

    with pytest.raises(NeedsReconnect) as raised:
        company.client.read("Customer", "1")

    shown = (
        "".join(traceback.format_exception(raised.value)) + repr(raised.value) + repr(raised.value.__dict__)
    )
    for text in (shown, caplog.text):
        assert TOKEN not in text
        assert "access-token" not in text
