"""In which order a document's properties stand: the entity's own, what every object has, then those of the classes that
it shares with others (recorded). Readers must not depend on it; people who compare two documents do."""

from __future__ import annotations

from typing import Any

OBJECT = ("domain", "sparse", "Id", "SyncToken", "MetaData", "CustomField")
NAME = (
    "Title", "GivenName", "MiddleName", "FamilyName", "Suffix", "FullyQualifiedName", "CompanyName", "DisplayName",
    "PrintOnCheckName", "Active", "PrimaryPhone", "AlternatePhone", "Mobile", "Fax", "PrimaryEmailAddr", "WebAddr",
    "DefaultTaxCodeRef",
)  # fmt: skip
TRANSACTION = (
    "DocNumber", "TxnDate", "DepartmentRef", "CurrencyRef", "ExchangeRate", "PrivateNote", "LinkedTxn", "Line",
    "TxnTaxDetail",
)  # fmt: skip
SALE = (
    "CustomerRef", "CustomerMemo", "BillAddr", "ShipAddr", "ShipFromAddr", "ClassRef", "SalesTermRef", "DueDate",
    "PONumber", "ShipMethodRef", "ShipDate", "TrackingNum", "GlobalTaxCalculation", "TotalAmt", "HomeTotalAmt",
    "ApplyTaxAfterDiscount", "PrintStatus", "EmailStatus", "BillEmail", "BillEmailCc", "BillEmailBcc", "Balance",
    "HomeBalance", "DepositToAccountRef", "DeliveryInfo",
)  # fmt: skip
PURCHASE = ("VendorRef", "VendorAddr", "APAccountRef", "TotalAmt", "HomeTotalAmt", "GlobalTaxCalculation")

ORDERS = {
    "Customer": (
        "Taxable", "BillAddr", "ShipAddr", "Notes", "Job", "BillWithParent", "ParentRef", "Level", "CustomerTypeRef",
        "SalesTermRef", "PaymentMethodRef", "Balance", "BalanceWithJobs", "CurrencyRef", "PreferredDeliveryMethod",
        "IsProject", "ResaleNum", "ARAccountRef", "PrimaryTaxIdentifier", "TaxExemptionReasonId", *OBJECT, *NAME,
    ),
    "Vendor": (
        "BillAddr", "TaxIdentifier", "TermRef", "Balance", "BillRate", "CostRate", "AcctNum", "Vendor1099",
        "CurrencyRef", "APAccountRef", "Notes", *OBJECT, *NAME,
    ),
    "Employee": (
        "EmployeeNumber", "SSN", "PrimaryAddr", "BillableTime", "BillRate", "CostRate", "BirthDate", "Gender",
        "HiredDate", "ReleasedDate", *OBJECT, *NAME,
    ),
    "Item": (
        "Name", "Sku", "Description", "Active", "SubItem", "ParentRef", "Level", "FullyQualifiedName", "Taxable",
        "SalesTaxIncluded", "UnitPrice", "Type", "IncomeAccountRef", "PurchaseDesc", "PurchaseTaxIncluded",
        "PurchaseCost", "ExpenseAccountRef", "AssetAccountRef", "PrefVendorRef", "TrackQtyOnHand", "QtyOnHand",
        "ReorderPoint", "SalesTaxCodeRef", "PurchaseTaxCodeRef", "ClassRef", "InvStartDate", *OBJECT,
    ),
    "Account": (
        "Name", "SubAccount", "ParentRef", "Level", "Description", "FullyQualifiedName", "Active", "Classification",
        "AccountType", "AccountSubType", "AcctNum", "CurrentBalance", "CurrentBalanceWithSubAccounts", "CurrencyRef",
        "TaxCodeRef", *OBJECT,
    ),
    "Invoice": (
        "Deposit", "AllowIPNPayment", "AllowOnlinePayment", "AllowOnlineCreditCardPayment", "AllowOnlineACHPayment",
        *OBJECT, *TRANSACTION, *SALE,
    ),
    "Bill": ("SalesTermRef", "DueDate", "Balance", "HomeBalance", *OBJECT, *TRANSACTION, *PURCHASE),
    "CreditMemo": ("RemainingCredit", *OBJECT, *TRANSACTION, *SALE),
    "VendorCredit": ("Balance", "HomeBalance", *OBJECT, *TRANSACTION, *PURCHASE),
    "Payment": (
        "CustomerRef", "DepositToAccountRef", "PaymentMethodRef", "PaymentRefNum", "TotalAmt", "UnappliedAmt",
        "ProcessPayment", *OBJECT, *TRANSACTION,
    ),
    "BillPayment": (
        "VendorRef", "APAccountRef", "PayType", "CheckPayment", "CreditCardPayment", "TotalAmt", *OBJECT, *TRANSACTION,
    ),
}  # fmt: skip


ADDRESS = (
    "Id", "Line1", "Line2", "Line3", "Line4", "Line5", "City", "Country", "CountryCode", "CountrySubDivisionCode",
    "PostalCode",
)  # fmt: skip


def in_order(entity: str, document: dict[str, Any]) -> dict[str, Any]:
    """The document with its addresses in order; what an order does not name stands last, as it stood."""
    ordered = _ordered(ORDERS.get(entity, ()), document)
    return {
        name: _ordered(ADDRESS, value) if name.endswith("Addr") else value for name, value in ordered.items()
    }


def _ordered(names: tuple[str, ...], document: dict[str, Any]) -> dict[str, Any]:
    return {name: document[name] for name in names if name in document} | document
