from decimal import Decimal

import pytest
from django.test import Client

from integrations.models import Item, TaxCode
from tests.conftest import signed_in
from tests.factories import (
    make_customer,
)


@pytest.fixture
def admins(admin_user) -> Client:
    return signed_in(admin_user)


@pytest.fixture
def viewers(viewer) -> Client:
    return signed_in(viewer)


@pytest.fixture
def customer(organization):
    return make_customer(organization, name="Blue Ocean", currency="USD")


@pytest.fixture
def item(organization) -> Item:
    return Item.objects.create(
        organization=organization,
        name="Hosting",
        sku="HST",
        type="Service",
        description="One month",
        unit_price=Decimal("120.50"),
        purchase_cost=Decimal("80"),
        qbo_id="5",
    )


@pytest.fixture
def tax_code(organization) -> TaxCode:
    code = TaxCode.objects.create(
        organization=organization,
        name="SR",
        sales_rate=9,
        purchase_rate=9,
        sales_rates=[["1", "9"]],
        purchase_rates=[["2", "9"]],
        qbo_id="3",
    )
    organization.configuration.default_receivable_tax_code = code
    organization.configuration.save()
    return code
