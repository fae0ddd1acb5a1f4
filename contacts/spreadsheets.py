"""Customers and beneficiaries from and to spreadsheets."""

from integrations.models import SyncedRecord, name_key
from integrations.spreadsheets.records import ALWAYS, FormResource
from integrations.spreadsheets.rows import Row

from .forms import FIELDS, BeneficiaryForm, CustomerForm
from .models import Beneficiary, Contact, Customer


class ContactResource(FormResource):
    columns = FIELDS
    needed = "name"

    def refused_here(self, instance: Contact, row: Row) -> dict[str, str]:
        """The same name twice is nearly always the same contact read twice."""
        problems = {}
        if instance.linked and "currency" in self.given and row["currency"].upper() != instance.currency:
            problems["currency"] = (
                f"QuickBooks keeps this contact in {instance.currency}. Add a new contact for another currency."
            )
        if self.is_new and instance.name:
            alike = self.own().filter(name_key=name_key(instance.name)).first()
            if alike:
                problems["name"] = (
                    f"“{alike}” exists already. Write {alike.pk} into the column “id” to change it, or choose "
                    "another name."
                )
        return problems

    def form_data(self, instance: SyncedRecord, row: Row) -> tuple[Row, dict[str, str]]:
        data, problems = super().form_data(instance, row)
        data["currency"] = data["currency"] or self.of.currency
        return data, problems


class CustomerResource(ContactResource):
    form = CustomerForm

    class Meta(ContactResource.Meta):
        model = Customer
        fields = (*ALWAYS, *FIELDS)


class BeneficiaryResource(ContactResource):
    form = BeneficiaryForm

    class Meta(ContactResource.Meta):
        model = Beneficiary
        fields = (*ALWAYS, *FIELDS)
