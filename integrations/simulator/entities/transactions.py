"""Invoices and bills with their lines, the credits given for them, and the payments that settle them."""

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
    part,
    parts,
    text,
)
from .declaration import TRANSACTION_SEARCH, Entity
from .parts import (
    ACCOUNT_EXPENSE_LINE,
    ADDRESS,
    BASE,
    CUSTOM_FIELD,
    DESCRIPTION_LINE,
    DISCOUNT_LINE,
    EMAIL,
    ITEM_EXPENSE_LINE,
    LINE,
    LINKED_TXN,
    MEMO,
    SALES_ITEM_LINE,
    TXN_TAX_DETAIL,
)

TRANSACTION = (
    BASE
    | {
        "DocNumber": text(21),
        "TxnDate": DATE,
        "PrivateNote": text(4000),
        "CurrencyRef": CURRENCY,
        "ExchangeRate": DECIMAL,
        "DepartmentRef": REFERENCE,
        "CustomField": parts(CUSTOM_FIELD),
        "TransactionLocationType": text(50),
    }
    | known(
        "RecurDataRef",
        "TxnStatus",
        "TxnSource",
        "RecurringInfo",
        "TxnApprovalInfo",
        "Tag",
        "TaxFormType",
        "TaxFormNum",
    )
)

WITHOUT_DUE_DATE = {
    "SalesTermRef": REFERENCE,
    "GlobalTaxCalculation": choice("TaxExcluded", "TaxInclusive", "NotApplicable"),
    "TxnTaxDetail": part(TXN_TAX_DETAIL),
    "LinkedTxn": parts(LINKED_TXN),
}
TAXED = {"DueDate": DATE} | WITHOUT_DUE_DATE

SALES_LINE = Part(
    "Line",
    LINE
    | {
        "DetailType": choice(
            "SalesItemLineDetail",
            "DescriptionOnly",
            "DiscountLineDetail",
            "SubTotalLineDetail",
            "GroupLineDetail",
        ),
        "SalesItemLineDetail": part(SALES_ITEM_LINE),
        "DescriptionLineDetail": part(DESCRIPTION_LINE),
        "DiscountLineDetail": part(DISCOUNT_LINE),
    }
    | known("SubTotalLineDetail", "GroupLineDetail", "DescriptionOnly"),
)
PURCHASE_LINE = Part(
    "Line",
    LINE
    | {
        "DetailType": choice(
            "AccountBasedExpenseLineDetail", "ItemBasedExpenseLineDetail", "DescriptionOnly"
        ),
        "AccountBasedExpenseLineDetail": part(ACCOUNT_EXPENSE_LINE),
        "ItemBasedExpenseLineDetail": part(ITEM_EXPENSE_LINE),
        "DescriptionLineDetail": part(DESCRIPTION_LINE),
    }
    | known("TDSLineDetail"),
)
PAYMENT_LINE = Part("Line", LINE | known("DetailType", "LineEx", "DiscountLineDetail"))

# What every form that is given to a customer has.
SALE = {
    "CustomerRef": REFERENCE,
    "Line": parts(SALES_LINE),
    "CustomerMemo": part(MEMO),
    "BillAddr": part(ADDRESS),
    "ShipAddr": part(ADDRESS),
    "ShipFromAddr": part(ADDRESS),
    "BillEmail": part(EMAIL),
    "BillEmailCc": part(EMAIL),
    "BillEmailBcc": part(EMAIL),
    "ClassRef": REFERENCE,
    "ShipMethodRef": REFERENCE,
    "ShipDate": DATE,
    "TrackingNum": text(31),
    "PONumber": text(15),
    "ApplyTaxAfterDiscount": BOOLEAN,
    "PrintStatus": choice("NotSet", "NeedToPrint", "PrintComplete"),
    "EmailStatus": choice("NotSet", "NeedToSend", "EmailSent"),
    "AutoDocNumber": BOOLEAN,
} | known(
    "TotalAmt", "Balance", "HomeTotalAmt", "HomeBalance", "DeliveryInfo", "TaxExemptionRef", "FreeFormAddress",
    "PaymentMethodRef", "PaymentRefNum", "FOB", "SalesRepRef", "RemitToRef", "DiscountRate", "DiscountAmt",
    "ARAccountRef", "FinanceCharge", "TemplateRef", "PriceLevelRef", "GovtTxnRefIdentifier",
)  # fmt: skip

INVOICE = Entity(
    Part(
        "Invoice",
        TRANSACTION
        | TAXED
        | SALE
        | {
            "DepositToAccountRef": REFERENCE,
            "Deposit": AMOUNT,
            "AllowIPNPayment": BOOLEAN,
            "AllowOnlinePayment": BOOLEAN,
            "AllowOnlineCreditCardPayment": BOOLEAN,
            "AllowOnlineACHPayment": BOOLEAN,
        }
        | known(
            "InvoiceLink", "EInvoiceStatus", "ECloudStatusTimeStamp", "callToAction", "invoiceStatus",
            "invoiceStatusLog", "InvoiceEx", "PaymentDetailsMessage", "LessCIS", "ConvenienceFeeDetail", "CCDetail",
            "Linked",
        ),
    ),
    family="Transactions",
    transaction=True,
    operations=frozenset({"create", "update", "delete", "void"}),
    searchable=TRANSACTION_SEARCH
    | {"CustomerRef": "contact", "DueDate": "date", "Balance": "number", "SalesTermRef": "reference"},
)  # fmt: skip
CREDIT_MEMO = Entity(
    Part(
        "CreditMemo",
        TRANSACTION
        | WITHOUT_DUE_DATE
        | SALE
        | known("RemainingCredit", "DueDate", "DepositToAccountRef", "InvoiceRef", "CreditMemoEx"),
    ),
    family="Transactions",
    transaction=True,
    operations=frozenset({"create", "update", "delete"}),
    searchable=TRANSACTION_SEARCH
    | {"CustomerRef": "contact", "Balance": "number", "SalesTermRef": "reference"},
)
# What every form that a vendor gives has.
PURCHASE = {
    "VendorRef": REFERENCE,
    "APAccountRef": REFERENCE,
    "VendorAddr": part(ADDRESS),
    "Line": parts(PURCHASE_LINE),
} | known(
    "TotalAmt", "Balance", "HomeBalance", "HomeTotalAmt", "PayerRef", "ReplyEmail", "Memo", "RemitToAddr", "ShipAddr",
    "LessCIS", "IncludeInAnnualTPAR", "GovtTxnRefIdentifier",
)  # fmt: skip

BILL = Entity(
    Part("Bill", TRANSACTION | TAXED | PURCHASE | known("BillEx")),
    family="Transactions",
    transaction=True,
    operations=frozenset({"create", "update", "delete"}),
    searchable=TRANSACTION_SEARCH
    | {
        "VendorRef": "contact",
        "APAccountRef": "reference",
        "DueDate": "date",
        "Balance": "number",
        "SalesTermRef": "reference",
    },
)
VENDOR_CREDIT = Entity(
    Part("VendorCredit", TRANSACTION | WITHOUT_DUE_DATE | PURCHASE | known("VendorCreditEx")),
    family="Transactions",
    transaction=True,
    operations=frozenset({"create", "update", "delete"}),
    searchable=TRANSACTION_SEARCH
    | {"VendorRef": "contact", "APAccountRef": "reference", "Balance": "number"},
)
PAYMENT = Entity(
    Part(
        "Payment",
        TRANSACTION
        | {
            "CustomerRef": REFERENCE,
            "TotalAmt": AMOUNT,
            "Line": parts(PAYMENT_LINE),
            "ARAccountRef": REFERENCE,
            "DepositToAccountRef": REFERENCE,
            "PaymentMethodRef": REFERENCE,
            "PaymentRefNum": text(21),
            "ProcessPayment": BOOLEAN,
        }
        | known(
            "UnappliedAmt", "LinkedTxn", "CreditCardPayment", "TaxExemptionRef", "PaymentType",
            "CheckPayment", "RemitToRef", "PaymentEx", "HomeTotalAmt",
        ),
    ),
    family="Transactions",
    transaction=True,
    operations=frozenset({"create", "update", "delete", "void"}),
    searchable=TRANSACTION_SEARCH | {"CustomerRef": "contact", "PaymentRefNum": "text"},
)  # fmt: skip
CHECK = Part(
    "BillPaymentCheck",
    {"BankAccountRef": REFERENCE, "PrintStatus": text(20)} | known("CheckDetail", "PayeeAddr"),
)
CREDIT_CARD = Part("BillPaymentCreditCard", {"CCAccountRef": REFERENCE} | known("CCDetail"))
BILL_PAYMENT = Entity(
    Part(
        "BillPayment",
        TRANSACTION
        | {
            "VendorRef": REFERENCE,
            "PayType": choice("Check", "CreditCard"),
            "CheckPayment": part(CHECK),
            "CreditCardPayment": part(CREDIT_CARD),
            "APAccountRef": REFERENCE,
            "TotalAmt": AMOUNT,
            "Line": parts(PAYMENT_LINE),
            "ProcessBillPayment": BOOLEAN,
        }
        | known("LinkedTxn", "BillPaymentEx", "HomeTotalAmt"),
    ),
    family="Transactions",
    transaction=True,
    operations=frozenset({"create", "update", "delete", "void"}),
    searchable=TRANSACTION_SEARCH | {"VendorRef": "contact"},
)
