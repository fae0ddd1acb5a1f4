"""Customers, vendors and employees: three lists that share one space of names and one sequence of ids.

Limits are those of Intuit's entity pages, which govern over the shorter ones of the old XSD.
"""

from ..schema import (
    AMOUNT,
    BOOLEAN,
    CURRENCY,
    DATE,
    DECIMAL,
    REFERENCE,
    Part,
    choice,
    known,
    name,
    part,
    parts,
    text,
)
from .declaration import BASE_SEARCH, Entity
from .parts import ADDRESS, BASE, CUSTOM_FIELD, EMAIL, PHONE, WEB_ADDRESS

PERSON = {
    "Title": name(16),
    "GivenName": name(100),
    "MiddleName": name(100),
    "FamilyName": name(100),
    "Suffix": name(16),
    "DisplayName": name(500),
    "PrintOnCheckName": name(110),
    "Active": BOOLEAN,
    "PrimaryPhone": part(PHONE),
    "Mobile": part(PHONE),
    "PrimaryEmailAddr": part(EMAIL),
}
COMPANY = PERSON | {
    "CompanyName": text(100),
    "BillAddr": part(ADDRESS),
    "AlternatePhone": part(PHONE),
    "Fax": part(PHONE),
    "WebAddr": part(WEB_ADDRESS),
    "CurrencyRef": CURRENCY,
    "Balance": AMOUNT,
    "Notes": text(2000),
    "CustomField": parts(CUSTOM_FIELD),
}
PERSON_SEARCH = BASE_SEARCH | {
    "DisplayName": "text",
    "GivenName": "text",
    "MiddleName": "text",
    "FamilyName": "text",
    "PrintOnCheckName": "text",
}
COMPANY_SEARCH = PERSON_SEARCH | {"CompanyName": "text", "Balance": "number"}

CUSTOMER = Entity(
    Part(
        "Customer",
        BASE
        | COMPANY
        | {
            "ShipAddr": part(ADDRESS),
            "Job": BOOLEAN,
            "BillWithParent": BOOLEAN,
            "ParentRef": REFERENCE,
            "Taxable": BOOLEAN,
            "DefaultTaxCodeRef": REFERENCE,
            "SalesTermRef": REFERENCE,
            "PaymentMethodRef": REFERENCE,
            "CustomerTypeRef": REFERENCE,
            "ARAccountRef": REFERENCE,
            "PreferredDeliveryMethod": choice("Print", "Email", "None"),
            "ResaleNum": text(16),
            "PrimaryTaxIdentifier": text(20),
            "TaxExemptionReasonId": text(2),
        }
        | known(
            "FullyQualifiedName", "Level", "BalanceWithJobs", "OpenBalanceDate", "IsProject",
            "Organization", "UserId", "RootCustomerRef", "OtherContactInfo", "ContactName", "AltContactName",
            "CCDetail", "JobInfo", "SecondaryTaxIdentifier", "GSTIN",
            "GSTRegistrationType", "BusinessNumber", "CreditLimit", "AcctNum", "SalesRepRef",
            "TaxGroupCodeRef", "TaxRegime", "PriceLevelRef", "OverDueBalance", "TotalRevenue", "TotalExpense",
            "OtherAddr", "ClientCompanyId", "Source", "DisplayContact", "CustomerEx",
        ),
    ),
    family="Names",
    searchable=COMPANY_SEARCH
    | {"FullyQualifiedName": "text", "PrimaryEmailAddr": "email", "ParentRef": "reference", "Job": "boolean"},
)  # fmt: skip
VENDOR = Entity(
    Part(
        "Vendor",
        BASE
        | COMPANY
        | {
            "TermRef": REFERENCE,
            "APAccountRef": REFERENCE,
            "AcctNum": text(100),
            "TaxIdentifier": text(20),
            "Vendor1099": BOOLEAN,
            "BillRate": DECIMAL,
            "CostRate": DECIMAL,
        }
        | known(
            "OpenBalanceDate", "Organization", "OtherContactInfo", "TaxReportingBasis",
            "BusinessNumber", "GSTIN", "GSTRegistrationType", "HasTPAR", "T4AEligible", "T5018Eligible",
            "VendorPaymentBankDetail", "Source", "UserId", "ShipAddr", "OtherAddr", "ContactName",
            "AltContactName", "CreditLimit", "PrefillAccountRef", "TaxCountry", "VendorTypeRef",
            "IsSubContractor", "SubcontractorType", "CISRate", "VendorEx",
        ),
    ),
    family="Names",
    searchable=COMPANY_SEARCH,
)  # fmt: skip
EMPLOYEE = Entity(
    Part(
        "Employee",
        BASE
        | PERSON
        | {
            "PrimaryAddr": part(ADDRESS),
            "SSN": text(100),
            "EmployeeNumber": text(100),
            "BillableTime": BOOLEAN,
            "BillRate": AMOUNT,
            "CostRate": AMOUNT,
            "BirthDate": DATE,
            "HiredDate": DATE,
            "ReleasedDate": DATE,
            "Gender": choice("Male", "Female"),
        }
        | known(
            "Organization",
            "EmployeeType",
            "UseTimeEntry",
            "OtherContactInfo",
            "CompanyName",
            "Fax",
            "WebAddr",
        ),
    ),
    family="Names",
    searchable=PERSON_SEARCH,
)
