"""A QuickBooks company and a client for it, through Django's test client."""

import json
from decimal import Decimal

import pytest
from django.test import Client

from integrations.simulator import tokens
from integrations.simulator.models import Company
from integrations.simulator.seed import seed_company


class QuickBooks:
    """One company's API as a client sees it. `status` and `headers` are those of the last answer."""

    def __init__(self, company: Company, token: str = "") -> None:
        self.realm = company.realm_id
        self.token = token or tokens.access_token(tokens.issue(company)).token
        self.client = Client()
        self.status = 0
        self.response = None

    @property
    def company(self) -> Company:
        return Company.objects.get(realm_id=self.realm)

    def switch(self, **values) -> None:
        Company.objects.filter(realm_id=self.realm).update(**values)

    def _read(self, response):
        self.response, self.status = response, response.status_code
        if "json" not in response["Content-Type"]:
            return response.content
        return json.loads(response.content, parse_float=Decimal)

    def get(self, path, **parameters):
        return self._read(
            self.client.get(
                f"/simulator/v3/company/{self.realm}/{path}",
                parameters,
                headers={"Authorization": f"Bearer {self.token}", "Accept": "application/json"},
            )
        )

    def post(self, path, body, **parameters):
        query = "&".join(f"{key}={value}" for key, value in parameters.items())
        return self._read(
            self.client.post(
                f"/simulator/v3/company/{self.realm}/{path}" + (f"?{query}" if query else ""),
                data=body if isinstance(body, str | bytes) else json.dumps(body, default=str),
                content_type="application/json",
                headers={"Authorization": f"Bearer {self.token}", "Accept": "application/json"},
            )
        )

    def create(self, entity, body, **parameters):
        answer = self.post(entity.lower(), body, **parameters)
        assert self.status == 200, answer
        return answer[entity]

    def read(self, entity, qbo_id):
        return self.get(f"{entity.lower()}/{qbo_id}")[entity]

    def error(self, path, body, **parameters):
        """The first error of a call that must be refused."""
        answer = self.post(path, body, **parameters)
        assert self.status == 400, answer
        return answer["Fault"]["Error"][0]

    def query(self, text):
        return self.get("query", query=text)["QueryResponse"]

    def batch(self, *items, **parameters):
        return self.post("batch", {"BatchItemRequest": list(items)}, **parameters)["BatchItemResponse"]


@pytest.fixture
def us(db):
    return QuickBooks(seed_company(country="US"))


@pytest.fixture
def sg(db):
    return QuickBooks(seed_company(country="SG"))


@pytest.fixture
def world(db):
    """A Singapore company with several currencies."""
    return QuickBooks(seed_company(country="SG", multicurrency=True))


def invoice(customer="1", amount=100, **values):
    """The recorded one-line request."""
    line = {
        "Amount": amount,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": "1"}} | values.pop("detail", {}),
    }
    return {"Line": [line], "CustomerRef": {"value": customer}} | values


def bill(vendor="11", amount=200, account="20", **values):
    line = {
        "Amount": amount,
        "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": account}} | values.pop("detail", {}),
    }
    return {"Line": [line], "VendorRef": {"value": vendor}} | values
