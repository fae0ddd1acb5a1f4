"""Customers and beneficiaries: two tables of the same shape."""

from integrations.listing import Column, Filter, by_state
from integrations.views.editing import RecordEdit
from integrations.views.linking import RecordLink, RecordUnlink
from integrations.views.records import RecordDelete, RecordSync, RecordTable

from .forms import BeneficiaryForm, CustomerForm


def by_activity() -> Filter:
    def apply(rows, value):
        return rows.filter(is_active=value == "yes")

    return Filter("active", "Active", (("yes", "Active"), ("no", "Inactive")), apply)


class ContactTable(RecordTable):
    template_name = "contacts/table.html"
    drawer_template = "contacts/_drawer.html"
    columns = (
        Column("name", "Name", "name"),
        Column("email", "E-mail", "email"),
        Column("phone", "Phone", spare=True),
        Column("currency", "Currency", "currency"),
        Column("synced", "Accounting Synced", "sync_state"),
    )
    search_fields = ("name", "company_name", "email", "phone")
    search_label = "Search name, e-mail or phone"
    default_order = "name"
    filters = (by_state("True", "False", "Accounting Synced"), by_activity())


class ContactEdit(RecordEdit):
    template_name = "contacts/form.html"


class CustomerPages:
    entity = "customers"
    list_name = "customers"
    record_name = "customer"
    title = "Customers"
    singular = "customer"


class CustomerTable(CustomerPages, ContactTable):
    pass


class CustomerEdit(CustomerPages, ContactEdit):
    form_class = CustomerForm


class CustomerSync(CustomerPages, RecordSync):
    pass


class CustomerLink(CustomerPages, RecordLink):
    pass


class CustomerUnlink(CustomerPages, RecordUnlink):
    pass


class CustomerDelete(CustomerPages, RecordDelete):
    pass


class BeneficiaryPages:
    entity = "beneficiaries"
    list_name = "beneficiaries"
    record_name = "beneficiary"
    title = "Beneficiaries"
    singular = "beneficiary"


class BeneficiaryTable(BeneficiaryPages, ContactTable):
    pass


class BeneficiaryEdit(BeneficiaryPages, ContactEdit):
    form_class = BeneficiaryForm


class BeneficiarySync(BeneficiaryPages, RecordSync):
    pass


class BeneficiaryLink(BeneficiaryPages, RecordLink):
    pass


class BeneficiaryUnlink(BeneficiaryPages, RecordUnlink):
    pass


class BeneficiaryDelete(BeneficiaryPages, RecordDelete):
    pass
