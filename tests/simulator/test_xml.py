"""Who does not ask for JSON is answered in XML, as by QuickBooks; and may write it."""

from xml.etree import ElementTree

import pytest

NAMESPACE = "{http://schema.intuit.com/finance/v3}"


@pytest.fixture
def call(us):
    """Sends XML and returns the root of the answer."""

    def send(path, body=None, **parameters):
        address = f"/simulator/v3/company/{us.realm}/{path}"
        headers = {"Authorization": f"Bearer {us.token}", "Accept": "application/xml"}
        if body is None:
            response = us.client.get(address, parameters, headers=headers)
        else:
            response = us.client.post(
                address, body, content_type="application/xml", headers=headers, query_params=parameters
            )
        us.status = response.status_code
        assert response["Content-Type"].startswith("application/xml")
        return ElementTree.fromstring(response.content)

    return send


def text(element, path):
    return element.findtext("/".join(NAMESPACE + step for step in path.split("/")))


def test_an_object_is_read_as_xml(call):
    answer = call("customer/1")
    customer = answer.find(f"{NAMESPACE}Customer")
    assert answer.tag == f"{NAMESPACE}IntuitResponse"
    assert (customer.get("domain"), customer.get("sparse")) == ("QBO", "false")
    assert text(customer, "BillAddr/City") == "Bayshore"
    currency = customer.find(f"{NAMESPACE}CurrencyRef")
    assert (currency.text, currency.get("name")) == ("USD", "United States Dollar")


def test_a_query_answers_rows_and_counts_in_attributes(call):
    response = call("query", query="select * from Customer maxresults 2")[0]
    assert (response.get("startPosition"), response.get("maxResults"), len(response)) == ("1", "2", 2)
    assert call("query", query="select count(*) from Invoice")[0].get("totalCount") == "9"


def test_an_invoice_is_written_as_xml(call, us):
    body = """<Invoice xmlns="http://schema.intuit.com/finance/v3">
      <Line><Amount>20.50</Amount><DetailType>SalesItemLineDetail</DetailType>
        <SalesItemLineDetail><ItemRef name="Services">1</ItemRef></SalesItemLineDetail></Line>
      <CustomerRef>1</CustomerRef><CustomerMemo>Thanks</CustomerMemo></Invoice>"""
    created = call("invoice", body, requestid="x-1").find(f"{NAMESPACE}Invoice")
    assert len(created.findall(f"{NAMESPACE}Line")) == 2
    assert text(created, "TotalAmt") == "20.50"
    assert us.read("Invoice", text(created, "Id"))["CustomerMemo"] == {"value": "Thanks"}
    assert text(call("invoice", body, requestid="x-1"), "Invoice/Id") == text(created, "Id")


def test_a_batch_is_written_as_xml(call):
    body = """<IntuitBatchRequest xmlns="http://schema.intuit.com/finance/v3">
      <BatchItemRequest bId="1" operation="create"><Vendor><DisplayName>Acme</DisplayName></Vendor></BatchItemRequest>
      <BatchItemRequest bId="2" operation="create"><Vendor><DisplayName>Acme</DisplayName></Vendor></BatchItemRequest>
      <BatchItemRequest bId="3"><Query>select count(*) from Vendor</Query></BatchItemRequest>
    </IntuitBatchRequest>"""
    made, refused, counted = call("batch", body)
    assert (made.get("bId"), text(made, "Vendor/DisplayName")) == ("1", "Acme")
    assert refused.find(f"{NAMESPACE}Fault/{NAMESPACE}Error").get("code") == "6240"
    assert counted[0].get("totalCount") == "6"


@pytest.mark.parametrize(
    "body", ["<Invoice><Nonsense/></Invoice>", "<Invoice>", "<Else/>", "<!DOCTYPE x []><Invoice/>"]
)
def test_what_cannot_be_read_is_refused_in_xml(call, us, body):
    fault = call("invoice", body).find(f"{NAMESPACE}Fault")
    assert (us.status, fault.get("type"), fault[0].get("code")) == (400, "ValidationFault", "2010")


def test_who_does_not_get_in_is_told_so_in_xml(us, sg, call):
    us.token, own = "made-up", us.token
    denied = call("customer/1").find(f"{NAMESPACE}Fault")
    assert (us.status, denied.get("type")) == (401, "AUTHENTICATION")
    assert denied.find(f"{NAMESPACE}Error").get("code") == "3200"
    assert text(denied, "Error/Message") == "message=AuthenticationFailed; errorCode=003200; statusCode=401"
    us.token = sg.token
    assert text(call("customer/1"), "Fault/Error/Message").endswith("errorCode=003100; statusCode=403")
    us.token = own
    us.switch(requests_per_minute=0)
    assert text(call("customer/1"), "Fault/Error/Detail") == "The request limit was reached.  Try again later"


def test_the_gateway_may_speak_xml_to_who_asked_for_json(us):
    us.switch(denials_as_xml=True)
    us.token = "made-up"
    assert b'<Error code="3200">' in us.get("preferences")
    assert (us.status, us.response["Content-Type"]) == (401, "application/xml")
    assert us.response["WWW-Authenticate"] == 'Bearer realm="Intuit", error="invalid_token"'
