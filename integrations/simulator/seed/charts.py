"""The chart of accounts, the products and services, and the terms that every seeded company starts with."""

from __future__ import annotations

# (name, type, sub type, parent)
ACCOUNTS = (
    ("Checking", "Bank", "Checking", ""),
    ("Savings", "Bank", "Savings", ""),
    ("Accounts Receivable (A/R)", "Accounts Receivable", "AccountsReceivable", ""),
    ("Undeposited Funds", "Other Current Asset", "UndepositedFunds", ""),
    ("Inventory Asset", "Other Current Asset", "Inventory", ""),
    ("Prepaid Expenses", "Other Current Asset", "PrepaidExpenses", ""),
    ("Office Equipment", "Fixed Asset", "MachineryAndEquipment", ""),
    ("Accounts Payable (A/P)", "Accounts Payable", "AccountsPayable", ""),
    ("Mastercard", "Credit Card", "CreditCard", ""),
    ("Tax Payable", "Other Current Liability", "SalesTaxPayable", ""),
    ("Notes Payable", "Long Term Liability", "NotesPayable", ""),
    ("Opening Balance Equity", "Equity", "OpeningBalanceEquity", ""),
    ("Retained Earnings", "Equity", "RetainedEarnings", ""),
    ("Services", "Income", "ServiceFeeIncome", ""),
    ("Sales of Product Income", "Income", "SalesOfProductIncome", ""),
    ("Discounts given", "Income", "DiscountsRefundsGiven", ""),
    ("Billable Expense Income", "Income", "ServiceFeeIncome", ""),
    ("Fees Billed", "Income", "ServiceFeeIncome", ""),
    ("Cost of Goods Sold", "Cost of Goods Sold", "SuppliesMaterialsCogs", ""),
    ("Advertising", "Expense", "AdvertisingPromotional", ""),
    ("Bank Charges", "Expense", "BankCharges", ""),
    ("Office Expenses", "Expense", "OfficeGeneralAdministrativeExpenses", ""),
    ("Rent or Lease", "Expense", "RentOrLeaseOfBuildings", ""),
    ("Legal & Professional Fees", "Expense", "LegalProfessionalFees", ""),
    ("Accounting", "Expense", "LegalProfessionalFees", "Legal & Professional Fees"),
    ("Lawyer", "Expense", "LegalProfessionalFees", "Legal & Professional Fees"),
    ("Utilities", "Expense", "Utilities", ""),
    ("Gas and Electric", "Expense", "Utilities", "Utilities"),
    ("Telephone", "Expense", "Utilities", "Utilities"),
    ("Travel", "Expense", "Travel", ""),
    ("Subcontractors", "Cost of Goods Sold", "CostOfLaborCos", ""),
    ("Interest Earned", "Other Income", "InterestEarned", ""),
    ("Exchange Gain or Loss", "Other Expense", "ExchangeGainOrLoss", ""),
    ("Miscellaneous", "Other Expense", "OtherMiscellaneousExpense", ""),
)
INACTIVE_ACCOUNTS = ("Fees Billed",)

# The first one is what QuickBooks puts on a sales line without an item.
ITEMS: tuple[dict[str, object], ...] = (
    {"Name": "Services", "Type": "Service", "income": "Services"},
    {"Name": "Hours", "Type": "Service", "income": "Services", "UnitPrice": 120, "Description": "Consulting, per hour"},
    {"Name": "Store Hardware", "Type": "Category"},
    {
        "Name": "Implementation", "Type": "Service", "income": "Services", "expense": "Subcontractors",
        "UnitPrice": 950, "PurchaseCost": 600, "Sku": "SRV-IMP", "Description": "Implementation, per day",
    },
    {
        "Name": "Card Reader", "Type": "NonInventory", "income": "Sales of Product Income",
        "expense": "Cost of Goods Sold", "UnitPrice": 89.5, "PurchaseCost": 52.25, "Sku": "HW-READER",
        "Description": "Card reader with stand", "Taxable": True, "parent": "Store Hardware",
    },
    {
        "Name": "Receipt Printer", "Type": "Inventory", "income": "Sales of Product Income",
        "expense": "Cost of Goods Sold", "asset": "Inventory Asset", "UnitPrice": 249, "PurchaseCost": 155,
        "QtyOnHand": 40, "Sku": "HW-PRINTER", "Description": "Thermal receipt printer", "Taxable": True,
        "PurchaseDesc": "Thermal receipt printer",
    },
    {
        "Name": "Paper Rolls", "Type": "NonInventory", "income": "Sales of Product Income",
        "expense": "Cost of Goods Sold", "UnitPrice": 1.375, "PurchaseCost": 0.82, "Sku": "HW-PAPER",
        "Description": "Thermal paper roll", "Taxable": True,
    },
    {"Name": "Support Plan", "Type": "Service", "income": "Services", "UnitPrice": 49, "Description": "Per month"},
    {"Name": "Fax Gateway", "Type": "Service", "income": "Services", "UnitPrice": 15, "Description": "No longer sold"},
)  # fmt: skip
INACTIVE_ITEMS = ("Fax Gateway",)

TERMS: tuple[dict[str, object], ...] = (
    {"Name": "Due on receipt", "DueDays": 0},
    {"Name": "Net 15", "DueDays": 15},
    {"Name": "Net 30", "DueDays": 30},
    {"Name": "Net 60", "DueDays": 60},
    {"Name": "End of month", "DayOfMonthDue": 31},
)
