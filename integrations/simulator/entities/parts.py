"""Parts that several entities share."""

from ..schema import (
    AMOUNT,
    BOOLEAN,
    DATE,
    DECIMAL,
    EMAIL_ADDRESS,
    IDENTIFIER,
    INTEGER,
    REFERENCE,
    Field,
    Part,
    choice,
    known,
    part,
    parts,
    text,
)

ADDRESS_LINES = tuple(f"Line{line}" for line in range(1, 6))
ADDRESS = Part(
    "PhysicalAddress",
    dict.fromkeys(ADDRESS_LINES, text(500))
    | {name: text(255) for name in ("City", "Country", "CountrySubDivisionCode", "CountryCode", "County")}
    | {"PostalCode": text(30), "PostalCodeSuffix": text(30), "Note": text(500)}
    | known("Id", "Lat", "Long", "Tag"),
    together=(ADDRESS_LINES, 2000),
)
PHONE = Part("TelephoneNumber", {"FreeFormNumber": text(30)} | known("Id", "DeviceType", "Default", "Tag"))
EMAIL = Part("EmailAddress", {"Address": EMAIL_ADDRESS} | known("Id", "Default", "Tag"))
WEB_ADDRESS = Part("WebSiteAddress", {"URI": text(1000)} | known("Id", "Default", "Tag"))
MEMO = Part("MemoRef", {"value": text(1000)} | known("name"))
CUSTOM_FIELD = Part(
    "CustomField",
    {"DefinitionId": text(30), "StringValue": text(31), "Name": text(30), "Type": text(20)}
    | known("BooleanValue", "DateValue", "NumberValue"),
)
LINKED_TXN = Part("LinkedTxn", {"TxnId": text(30), "TxnType": text(40), "TxnLineId": text(30)} | known("Id"))

# What every entity has. Id and SyncToken are read by the writer itself; the rest is QuickBooks' own.
BASE: dict[str, Field] = {"Id": IDENTIFIER, "SyncToken": text(20), "sparse": BOOLEAN} | known(
    "MetaData", "domain", "status", "AttachableRef", "NameAndId", "Overview", "HeaderLite", "HeaderFull",
    "ClientEntityId", "V4IDPseudonym", "time",
)  # fmt: skip

MARKUP = Part(
    "MarkupInfo",
    {"PercentBased": BOOLEAN, "Value": DECIMAL, "Percent": DECIMAL, "PriceLevelRef": REFERENCE}
    | known("MarkUpIncomeAccountRef"),
)
ITEM_LINE = {
    "ItemRef": REFERENCE,
    "Qty": DECIMAL,
    "UnitPrice": DECIMAL,
    "TaxCodeRef": REFERENCE,
    "ClassRef": REFERENCE,
    "TaxInclusiveAmt": AMOUNT,
    "PriceLevelRef": REFERENCE,
    "MarkupInfo": part(MARKUP),
} | known(
    "ItemAccountRef", "InventorySiteRef", "RatePercent", "UOMRef", "TaxClassificationRef", "DeferredRevenue"
)

SALES_ITEM_LINE = Part(
    "SalesItemLineDetail", ITEM_LINE | {"ServiceDate": DATE, "DiscountRate": DECIMAL, "DiscountAmt": AMOUNT}
)
DESCRIPTION_LINE = Part("DescriptionLineDetail", {"ServiceDate": DATE, "TaxCodeRef": REFERENCE})
DISCOUNT_LINE = Part(
    "DiscountLineDetail",
    {
        "PercentBased": BOOLEAN,
        "DiscountPercent": DECIMAL,
        "DiscountAccountRef": REFERENCE,
        "ClassRef": REFERENCE,
        "TaxCodeRef": REFERENCE,
    }
    | known("Discount", "ServiceDate", "DiscountRef"),
)
EXPENSE_LINE = {
    "CustomerRef": REFERENCE,
    "BillableStatus": choice("Billable", "NotBillable", "HasBeenBilled"),
}
ITEM_EXPENSE_LINE = Part("ItemBasedExpenseLineDetail", ITEM_LINE | EXPENSE_LINE)
ACCOUNT_EXPENSE_LINE = Part(
    "AccountBasedExpenseLineDetail",
    EXPENSE_LINE
    | {
        "AccountRef": REFERENCE,
        "TaxCodeRef": REFERENCE,
        "ClassRef": REFERENCE,
        "TaxAmount": AMOUNT,
        "TaxInclusiveAmt": AMOUNT,
        "MarkupInfo": part(MARKUP),
    }
    | known("ExpenseDetailLineDetailEx"),
)
LINE = {
    "Id": text(30),
    "LineNum": INTEGER,
    "Description": text(4000),
    "Amount": AMOUNT,
    "LinkedTxn": parts(LINKED_TXN),
} | known("CustomField", "Received", "CustomExtensions", "LineEx")

TAX_LINE_DETAIL = Part(
    "TaxLineDetail",
    {"TaxRateRef": REFERENCE, "PercentBased": BOOLEAN, "TaxPercent": DECIMAL, "NetAmountTaxable": AMOUNT}
    | known("TaxInclusiveAmount", "OverrideDeltaAmount", "ServiceDate"),
)
TAX_LINE = Part(
    "Line", LINE | {"DetailType": choice("TaxLineDetail"), "TaxLineDetail": part(TAX_LINE_DETAIL)}
)
TXN_TAX_DETAIL = Part(
    "TxnTaxDetail",
    {"TxnTaxCodeRef": REFERENCE, "TotalTax": AMOUNT, "TaxLine": parts(TAX_LINE)}
    | known("DefaultTaxCodeRef", "TaxReviewStatus", "UseAutomatedSalesTax"),
)
