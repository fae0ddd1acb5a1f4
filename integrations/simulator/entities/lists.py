"""Items, accounts, terms, currencies and the tax lists."""

from ..schema import (
    AMOUNT,
    BOOLEAN,
    DATE,
    DECIMAL,
    INTEGER,
    REFERENCE,
    Part,
    choice,
    known,
    name,
    parts,
    text,
)
from .accounttypes import ACCOUNT_TYPES
from .declaration import BASE_SEARCH, Entity
from .parts import BASE, CUSTOM_FIELD

ITEM = Entity(
    Part(
        "Item",
        BASE
        | {
            "Name": name(100),
            "Sku": text(100),
            "Description": text(4000),
            "Active": BOOLEAN,
            "SubItem": BOOLEAN,
            "ParentRef": REFERENCE,
            "Taxable": BOOLEAN,
            "SalesTaxIncluded": BOOLEAN,
            "PurchaseTaxIncluded": BOOLEAN,
            "UnitPrice": AMOUNT,
            "Type": choice("Inventory", "NonInventory", "Service", "Category", "Group"),
            "IncomeAccountRef": REFERENCE,
            "PurchaseDesc": text(1000),
            "PurchaseCost": AMOUNT,
            "ExpenseAccountRef": REFERENCE,
            "AssetAccountRef": REFERENCE,
            "TrackQtyOnHand": BOOLEAN,
            "QtyOnHand": DECIMAL,
            "InvStartDate": DATE,
            "SalesTaxCodeRef": REFERENCE,
            "PurchaseTaxCodeRef": REFERENCE,
            "ClassRef": REFERENCE,
            "PrefVendorRef": REFERENCE,
            "ReorderPoint": DECIMAL,
            "CustomField": parts(CUSTOM_FIELD),
        }
        | known(
            "FullyQualifiedName", "Level", "AbatementRate", "ReverseChargeRate", "ServiceType",
            "ItemCategoryType", "TaxClassificationRef", "UQCDisplayText", "UQCId", "AvgCost", "ManPartNum",
            "DepositToAccountRef", "Source", "ItemGroupDetail", "PrintGroupedItems", "QtyOnPurchaseOrder",
            "QtyOnSalesOrder", "UOMSetRef", "ItemEx", "RatePercent", "RateInfo", "PaymentMethodRef",
            "SpecialItem", "SpecialItemType", "COGSAccountRef",
        ),
    ),
    family="Items",
    searchable=BASE_SEARCH
    | {"Name": "text", "FullyQualifiedName": "text", "Sku": "text", "Type": "text", "ParentRef": "reference"},
)  # fmt: skip
ACCOUNT = Entity(
    Part(
        "Account",
        BASE
        | {
            "Name": text(100, forbidden=':"\t\n'),
            "AcctNum": text(20, forbidden=":"),
            "Description": text(100),
            "Active": BOOLEAN,
            "ParentRef": REFERENCE,
            "AccountType": choice(*ACCOUNT_TYPES),
            "AccountSubType": text(80),
            "TaxCodeRef": REFERENCE,
        }
        | known(
            "FullyQualifiedName", "SubAccount", "Classification", "CurrentBalance",
            "CurrentBalanceWithSubAccounts", "CurrencyRef", "AccountAlias", "TxnLocationType",
            "OpeningBalance", "OpeningBalanceDate", "BankNum", "AcctNumExtn", "DisplayName", "LastName",
            "TaxAccount", "OnlineBankingEnabled", "FIName", "JournalCodeRef", "LeadAcctNum", "AccountEx",
        ),
    ),
    family="Accounts",
    searchable=BASE_SEARCH
    | {
        "Name": "text",
        "FullyQualifiedName": "text",
        "AcctNum": "text",
        "AccountType": "text",
        "AccountSubType": "text",
        "Classification": "text",
        "SubAccount": "boolean",
        "ParentRef": "reference",
        "CurrentBalance": "number",
    },
)  # fmt: skip
TERM = Entity(
    Part(
        "Term",
        BASE
        | {
            "Name": text(31),
            "Active": BOOLEAN,
            "DiscountPercent": DECIMAL,
            "DueDays": INTEGER,
            "DiscountDays": INTEGER,
            "DayOfMonthDue": INTEGER,
            "DueNextMonthDays": INTEGER,
            "DiscountDayOfMonth": INTEGER,
        }
        | known("Type", "SalesTermEx"),
    ),
    family="Terms",
    searchable=BASE_SEARCH | {"Name": "text", "Type": "text", "DueDays": "number"},
)
COMPANY_CURRENCY = Entity(
    Part(
        "CompanyCurrency",
        BASE | {"Code": text(3), "Name": text(100), "Active": BOOLEAN, "CustomField": parts(CUSTOM_FIELD)},
    ),
    family="CompanyCurrencies",
    searchable=BASE_SEARCH | {"Code": "text", "Name": "text"},
)
TAX_CODE = Entity(
    Part(
        "TaxCode",
        BASE
        | known(
            "Name", "Description", "Active", "Hidden", "Taxable", "TaxGroup", "SalesTaxRateList",
            "PurchaseTaxRateList", "AdjustmentTaxRateList", "TaxCodeConfigType", "SalesTaxRateDetail",
        ),
    ),
    family="TaxCodes",
    operations=frozenset(),
    searchable=BASE_SEARCH | {"Name": "text", "Description": "text", "Taxable": "boolean"},
)  # fmt: skip
TAX_RATE = Entity(
    Part(
        "TaxRate",
        BASE
        | known(
            "Name", "Description", "Active", "RateValue", "AgencyRef", "TaxReturnLineRef", "EffectiveTaxRate",
            "SpecialTaxType", "DisplayType", "OriginalTaxRate",
        ),
    ),
    family="TaxRates",
    operations=frozenset(),
    searchable=BASE_SEARCH | {"Name": "text", "RateValue": "number"},
)  # fmt: skip
TAX_AGENCY = Entity(
    Part(
        "TaxAgency",
        BASE | known("DisplayName", "TaxTrackedOnPurchases", "TaxTrackedOnSales", "TaxRegistrationNumber"),
    ),
    family="TaxAgencies",
    operations=frozenset(),
    searchable=BASE_SEARCH | {"DisplayName": "text"},
)
