"""Customers are QuickBooks' Customers, beneficiaries its Vendors."""

from typing import Any

from django.db import models

from integrations import documents
from integrations.mapping import (
    FORBIDDEN_IN_NAMES,
    Company,
    Field,
    Flag,
    Links,
    Mapper,
    Problem,
    Values,
    given,
    register,
)
from integrations.models import Organization, name_key

from .models import Beneficiary, Contact, Customer

# QuickBooks puts this behind the name of what was made inactive, which frees the name (contract section 4).
INACTIVE_SUFFIX = " (deleted)"
LONGEST_NAME = 500
# Where QuickBooks keeps a tax number, by kind of contact and country.
TAX_NUMBERS = ("PrimaryTaxIdentifier", "TaxIdentifier", "BusinessNumber", "GSTIN")


class Name(Field):
    def theirs(self, document: documents.Contact) -> str:
        name = super().theirs(document)
        return name.removesuffix(INACTIVE_SUFFIX) if given(document.Active) is False else name

    def columns(self, value: str, links: Links) -> dict[str, Any]:
        return {"name": value, "name_key": name_key(value)}


class ContactMapper(Mapper):
    rank = 10
    stream = "contacts"
    adds_unknown = False
    looks_first = True
    matched = True
    merges = True
    select_related = ("merged_into",)
    survivor_column = "merged_into_id"
    key, key_column = "DisplayName", "name"
    always_sent = ("name",)
    searched = ("DisplayName", "CompanyName")
    known_by = ("company_name", "email", "phone", "currency")
    fields = (
        Name("name", "DisplayName"),
        Field("company_name", "CompanyName"),
        Field("email", "PrimaryEmailAddr.Address"),
        Field("phone", "PrimaryPhone.FreeFormNumber"),
        Field("address_line1", "BillAddr.Line1"),
        Field("address_line2", "BillAddr.Line2"),
        Field("address_city", "BillAddr.City"),
        Field("address_state", "BillAddr.CountrySubDivisionCode"),
        Field("address_postal_code", "BillAddr.PostalCode"),
        Field("address_country", "BillAddr.Country"),
        Field("currency", "CurrencyRef.value", create_only=True),
        Flag("is_active", "Active"),
    )

    def theirs(self, document: documents.Contact, company: Company) -> Values:
        values = super().theirs(document, company)
        values["currency"] = values["currency"] or company.home_currency
        return values

    def mirrored(
        self, document: documents.Contact, company: Company, known: Contact | None = None
    ) -> dict[str, Any]:
        """A name that was merged away and is active again stands for itself."""
        return {self.survivor_column: None} if self.active(document) else {}

    def our_tax_numbers(self, record: Contact) -> tuple[str, ...]:
        return tuple(filter(None, [record.tax_number]))

    def their_tax_numbers(self, document: Any) -> tuple[str, ...]:
        told = (given(getattr(document, name, None)) for name in TAX_NUMBERS)
        return tuple(str(each) for each in told if each)

    def merged(self, record: Contact) -> bool:
        return record.merged_into_id is not None

    def merged_columns(self, survivor: Contact) -> dict[str, Any]:
        return super().merged_columns(survivor) | {self.survivor_column: survivor.pk}

    def refuse(self, record: Contact, values: Values, changed: set[str], company: Company) -> Problem | None:
        if record.linked and record.merged_into:
            return Problem("merged_contact", f"QuickBooks merged {record} into {record.merged_into}.")
        name = record.name
        if not name.strip() or len(name) > LONGEST_NAME or any(mark in name for mark in FORBIDDEN_IN_NAMES):
            return Problem("name_invalid")
        if company.is_foreign(record.currency) and not company.connection.multicurrency:
            return Problem("currency_not_enabled")
        if record.linked and "currency" in changed:
            return Problem(
                "currency_mismatch",
                "QuickBooks keeps a contact in the currency that it was created with.",
                "Change the currency back, or create a second contact for the other currency.",
            )
        if not record.linked and not record.is_active:
            return Problem(
                "inactive",
                "This contact is inactive, so it was not created in QuickBooks.",
                "Make it active first.",
            )
        return None

    def refuse_answer(self, record: Contact, document: Any, company: Company) -> Problem | None:
        kept = self.theirs(document, company)["currency"]
        if kept == record.currency:
            return None
        return Problem(
            "currency_mismatch",
            f"QuickBooks created this contact in {kept} instead of {record.currency}.",
            f"Enable {record.currency} in QuickBooks, make this contact inactive there and create a new one.",
        )

    def complete(
        self, target: dict, record: Contact, values: Values, changed: set[str], company: Company
    ) -> None:
        if not record.linked:
            target.pop("Active", None)
            if not company.connection.multicurrency:
                target.pop("CurrencyRef", None)

    def bears_its_name(self, document: Any) -> bool:
        """A child's is unique with its parents' (contract section 10.1, unconfirmed): QuickBooks' 6240 decides."""
        return not given(getattr(document, "ParentRef", None))

    def same(self, record: Contact, document: Any, company: Company) -> Problem | None:
        theirs = self.theirs(document, company)
        if not self.bears_its_name(document) or name_key(theirs["name"]) != name_key(record.name):
            return Problem("name_taken")
        if theirs["currency"] != record.currency:
            return Problem(
                "currency_mismatch",
                f"QuickBooks has {theirs['name']} already, in {theirs['currency']} instead of {record.currency}.",
                "Rename this contact, or change its currency.",
            )
        if record.email and theirs["email"] and record.email.casefold() != theirs["email"].casefold():
            return Problem("same_name_different_email")
        return None

    def candidates(
        self, organization: Organization, documents_and_values: list[tuple[Any, Values]]
    ) -> models.QuerySet:
        keys = {name_key(values["name"]) for _, values in documents_and_values}
        return self.records(organization).filter(qbo_id__isnull=True, name_key__in=keys)

    def local_match(self, document: Any, values: Values, candidates: list[Contact]) -> Contact | None:
        for record in candidates:
            emails = {text.casefold() for text in (record.email, values["email"]) if text}
            if (
                record.name_key == name_key(values["name"])
                and record.currency == values["currency"]
                and len(emails) < 2
            ):
                return record
        return None


@register
class CustomerMapper(ContactMapper):
    entity = "customers"
    remote = "Customer"
    document = documents.Customer
    model = Customer
    # Of a vendor QuickBooks lets nobody ask for the e-mail address (contract section 3).
    searched = (*ContactMapper.searched, "PrimaryEmailAddr")
    web_path = "customerdetail?nameId={id}"


@register
class BeneficiaryMapper(ContactMapper):
    entity = "beneficiaries"
    remote = "Vendor"
    document = documents.Vendor
    model = Beneficiary
    web_path = "vendordetail?nameId={id}"
    # Without its tax number, which QuickBooks shows masked.
    repeated = (
        "Title",
        "GivenName",
        "MiddleName",
        "FamilyName",
        "Suffix",
        "CompanyName",
        "PrintOnCheckName",
        "PrimaryEmailAddr",
        "PrimaryPhone",
        "AlternatePhone",
        "Mobile",
        "Fax",
        "WebAddr",
        "BillAddr",
        "TermRef",
        "AcctNum",
        "Vendor1099",
        "Active",
    )
