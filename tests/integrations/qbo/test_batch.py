"""Batches: each item is answered by its id, and what is left unanswered stays unknown."""

import pytest

from integrations.qbo.client import BatchAnswer, Kind
from integrations.qbo.errors import Fault, Unreachable

from .company import BASE, fault_object, params


def test_a_batch_answers_each_item_by_its_id(company, http):
    gone = fault_object("610", "Object Not Found", "Object Not Found : Something is inactive.", element="")
    http.post(
        f"{BASE}/batch",
        headers={"intuit_tid": "1-batch"},
        body='{"BatchItemResponse":[{"QueryResponse":{"Bill":[{"Id":"7"}],"maxResults":1},"bId":"b3"},'
        '{"Vendor":{"Id":"71","Balance":0},"bId":"b1"},{"Fault":'
        + gone
        + ',"bId":"b2"},{"QueryResponse":{},"bId":"b4"}],'
        '"time":"2020-09-29T08:13:20.000-07:00"}',
        match=[params(requestid="r2")],
    )

    answers = company.client.batch(b'{"BatchItemRequest":[]}', "r2")

    not_found = Fault("610", "Object Not Found", "Object Not Found : Something is inactive.", "", "1-batch")
    assert answers == [
        BatchAnswer("b3", None, "Bill", None, [b'{"Id":"7"}']),
        BatchAnswer("b1", b'{"Id":"71","Balance":0}', "Vendor", None, []),
        BatchAnswer("b2", None, None, not_found, []),
        BatchAnswer("b4", None, None, None, []),
    ]
    assert company.gate.entered == [Kind.BATCH]


@pytest.mark.parametrize(
    ("item", "answer"),
    [
        ('{"Vendor":{"Id":"1"},"bId":7}', BatchAnswer("7", b'{"Id":"1"}', "Vendor", None, [])),
        ('{"Vendor":{"Id":"1"}}', BatchAnswer("", b'{"Id":"1"}', "Vendor", None, [])),
        ('{"Vendor":{"Id":"1"},"bId":{}}', BatchAnswer("", b'{"Id":"1"}', "Vendor", None, [])),
        ('{"bId":"b1"}', BatchAnswer("b1", None, None, None, [], answered=False)),
        ('{"bId":"b1","Vendor":null}', BatchAnswer("b1", None, None, None, [], answered=False)),
        ('{"bId":"b1","QueryResponse":[]}', BatchAnswer("b1", None, None, None, [], answered=False)),
    ],
)
def test_an_item_of_another_shape_leaves_the_rest_of_the_batch_alone(company, http, item, answer):
    http.post(f"{BASE}/batch", body='{"BatchItemResponse":[' + item + ',{"Bill":{"Id":"2"},"bId":"b2"}]}')

    answers = company.client.batch(b"{}", "r3")

    assert answers == [answer, BatchAnswer("b2", b'{"Id":"2"}', "Bill", None, [])]


def test_a_query_that_its_batch_leaves_unanswered_is_not_taken_for_an_empty_list(company, http):
    http.post(f"{BASE}/batch", body='{"BatchItemResponse":[{"QueryResponse":{},"bId":"0"},{"bId":"1"}]}')

    with pytest.raises(Unreachable):
        company.client.select_any("Bill", ["Id = '1'", "Id = '2'"], order_by="Id", size=25)


@pytest.mark.parametrize(
    "body",
    [
        '{"time":"2020-09-29T08:13:20-07:00"}',
        '{"BatchItemResponse":null}',
        '{"BatchItemResponse":{"bId":"b1"}}',
    ],
)
def test_a_batch_answer_of_another_shape_leaves_the_outcome_unknown(company, http, body):
    http.post(f"{BASE}/batch", body=body)

    with pytest.raises(Unreachable):
        company.client.batch(b"{}", "r3")

    assert len(http.calls) == 1
