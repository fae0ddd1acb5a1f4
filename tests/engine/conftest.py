import pytest

from tests.factories import make_beneficiary, make_customer, push


@pytest.fixture
def customers(organization):
    """Three that QuickBooks has never heard of."""
    return [make_customer(organization) for _ in range(3)]


@pytest.fixture
def customer(qbo, organization):
    """One that is in step."""
    customer = make_customer(organization)
    push(customer)
    return customer


@pytest.fixture
def beneficiary(qbo, organization):
    """One that is in step."""
    beneficiary = make_beneficiary(organization)
    push(beneficiary)
    return beneficiary
