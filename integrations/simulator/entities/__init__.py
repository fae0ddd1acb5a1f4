"""The entities that the simulator keeps, by name; and those that QuickBooks knows and it leaves empty."""

from .declaration import Entity
from .lists import ACCOUNT, COMPANY_CURRENCY, ITEM, TAX_AGENCY, TAX_CODE, TAX_RATE, TERM
from .names import CUSTOMER, EMPLOYEE, VENDOR
from .transactions import BILL, BILL_PAYMENT, INVOICE, PAYMENT

ENTITIES: dict[str, Entity] = {
    entity.name: entity
    for entity in (
        CUSTOMER, VENDOR, EMPLOYEE, ITEM, ACCOUNT, INVOICE, BILL, PAYMENT, BILL_PAYMENT, TERM, COMPANY_CURRENCY,
        TAX_CODE, TAX_RATE, TAX_AGENCY,
    )
}  # fmt: skip

# One document each, made from the company's settings.
SINGLETONS = ("CompanyInfo", "Preferences")

# QuickBooks has them, no company of the simulator ever holds one.
EMPTY = (
    "Attachable", "Budget", "Class", "CreditCardPayment", "CreditMemo", "CustomerType", "Department",
    "Deposit", "Estimate", "ExchangeRate", "InventoryAdjustment", "JournalCode", "JournalEntry",
    "PaymentMethod", "Purchase", "PurchaseOrder", "RecurringTransaction", "RefundReceipt", "ReimburseCharge",
    "SalesReceipt", "TimeActivity", "Transfer", "VendorCredit",
)  # fmt: skip

BY_LOWER_NAME = {name.lower(): name for name in (*ENTITIES, *SINGLETONS, *EMPTY)}

__all__ = ["BY_LOWER_NAME", "EMPTY", "ENTITIES", "SINGLETONS", "Entity"]
