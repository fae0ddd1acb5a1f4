"""Entities that no company of the simulator keeps objects of: queries know their properties all the same.

`COMPUTED` are documents made from the company's settings; the others QuickBooks has and the simulator leaves empty.
"""

from ..schema import Part, known
from .declaration import BASE_SEARCH, TRANSACTION_SEARCH, Entity
from .parts import BASE

LISTED = {"Name": "text"}
NESTED = LISTED | {"FullyQualifiedName": "text", "ParentRef": "reference"}
SOLD = {"CustomerRef": "reference"}
BOUGHT = {"VendorRef": "reference"}
TIMES = {name: kind for name, kind in BASE_SEARCH.items() if name != "Active"}

# What is refused as a reference (2500) calls some lists by other names than the entity's.
FAMILIES = {"Class": "Klasses", "Department": "Depts"}


def _bare(name: str, searchable: dict[str, str], *others: str, transaction: bool = False) -> Entity:
    """`others` exist, without being queryable."""
    names = {each.partition(".")[0] for each in (*searchable, *others)}
    return Entity(
        Part(name, BASE | known(*sorted(names))),
        family=FAMILIES.get(name, f"{name}s"),
        transaction=transaction,
        operations=frozenset(),
        searchable=searchable,
    )


def _list(name: str, searchable: dict[str, str], *others: str) -> Entity:
    return _bare(name, BASE_SEARCH | searchable, *others)


def _transaction(name: str, searchable: dict[str, str], *others: str) -> Entity:
    common = (
        "Line",
        "PrivateNote",
        "CurrencyRef",
        "ExchangeRate",
        "DepartmentRef",
        "LinkedTxn",
        "TxnTaxDetail",
    )
    return _bare(name, TRANSACTION_SEARCH | searchable, *common, *others, transaction=True)


SALE = ("CustomerMemo", "BillAddr", "ShipAddr", "BillEmail", "ClassRef", "TotalTax", "GlobalTaxCalculation")
COMPUTED = {
    entity.name: entity
    for entity in (
        _bare(
            "CompanyInfo", TIMES, "CompanyName", "LegalName", "CompanyAddr", "CustomerCommunicationAddr",
            "LegalAddr", "PrimaryPhone", "CompanyStartDate", "FiscalYearStartMonth", "Country", "Email",
            "WebAddr", "SupportedLanguages", "NameValue", "EmployerId", "DefaultTimeZone",
        ),
        _bare(
            "Preferences", TIMES, "AccountingInfoPrefs", "SalesFormsPrefs", "VendorAndPurchasesPrefs", "TaxPrefs",
            "CurrencyPrefs", "ReportPrefs", "EmailMessagesPrefs", "ProductAndServicesPrefs", "TimeTrackingPrefs",
            "OtherPrefs",
        ),
        _bare(
            "ExchangeRate", {"SourceCurrencyCode": "text", "AsOfDate": "date"}, "TargetCurrencyCode", "Rate",
            "CustomField",
        ),
    )
}  # fmt: skip
EMPTY = {
    entity.name: entity
    for entity in (
        _list("Attachable", {"FileName": "text", "Note": "text"}, "Category", "ContentType", "Size", "Tag"),
        _list("Budget", LISTED | {"BudgetType": "text"}, "StartDate", "EndDate", "BudgetDetail"),
        _list("Class", NESTED | {"SubClass": "boolean"}),
        _transaction(
            "CreditCardPayment", {}, "CreditCardAccountRef", "BankAccountRef", "Amount", "VendorRef"
        ),
        _list("CustomerType", LISTED),
        _list("Department", NESTED | {"SubDepartment": "boolean"}),
        _transaction("Deposit", {}, "DepositToAccountRef", "CashBack"),
        _transaction("Estimate", SOLD | {"TxnStatus": "text"}, "ExpirationDate", "AcceptedBy", *SALE),
        _transaction("InventoryAdjustment", {}, "AdjustAccountRef"),
        _list("JournalCode", LISTED | {"Type": "text"}, "Description"),
        _transaction("JournalEntry", {"Adjustment": "boolean"}),
        _list("PaymentMethod", LISTED | {"Type": "text"}),
        _transaction("Purchase", {"PaymentType": "text"}, "AccountRef", "EntityRef", "Credit"),
        _transaction("PurchaseOrder", BOUGHT | {"POStatus": "text"}, "APAccountRef", "DueDate", "ShipAddr"),
        _list("RecurringTransaction", {}, "RecurringInfo"),
        _transaction("RefundReceipt", SOLD, "DepositToAccountRef", "PaymentMethodRef", *SALE),
        _transaction("ReimburseCharge", SOLD, "HasBeenInvoiced", "Amount"),
        _transaction("SalesReceipt", SOLD, "DepositToAccountRef", "PaymentMethodRef", "Balance", *SALE),
        _list("TimeActivity", SOLD | {"TxnDate": "date"}, "NameOf", "EmployeeRef", "Hours", "Minutes"),
        _transaction("Transfer", {"Amount": "number"}, "FromAccountRef", "ToAccountRef"),
    )
}
