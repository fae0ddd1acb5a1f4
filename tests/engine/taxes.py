"""Tax codes as the tests of taxes need them."""

from integrations.models import TaxCode


def code(organization, name: str) -> TaxCode:
    return TaxCode.objects.get(organization=organization, name=name)


def without_defaults(organization) -> None:
    configuration = organization.configuration
    configuration.default_receivable_tax_code = configuration.default_payable_tax_code = None
    configuration.save()
