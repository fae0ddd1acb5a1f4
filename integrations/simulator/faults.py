"""QuickBooks' faults: one exception that carries one or more errors, and the words for each code.

Sources: recorded answers, and Intuit's page "Review QuickBooks Online Accounting API error codes".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from . import clock

MESSAGES = {
    "120": "Authorization Failure",
    "500": "Unsupported Operation",
    "600": "Duplicate Request ID",
    "610": "Object Not Found",
    "620": "Txn ID cannot be linked",
    "700": "Parent Reference Invalid",
    "900": "Parent cannot be child",
    "1040": "Batch size exceeds allowed limit",
    "2010": "Request has invalid or unsupported property",
    "2020": "Required param missing, need to supply the required value for the API",
    "2030": "Invalid ID",
    "2040": "Invalid String",
    "2050": "String length is either shorter or longer than supported by specification",
    "2060": "Invalid Date",
    "2070": "Invalid Number",
    "2080": "Invalid Decimal",
    "2090": "Invalid Amount",
    "2130": "Invalid Request Id Format",
    "2170": "Invalid Enumeration",
    "2210": "Invalid Email Address format",
    "2220": "Invalid Currency Type",
    "2250": "Missing lines in the request",
    "2290": "Negative Amount",
    "2410": "Exchange rate missing",
    "2500": "Invalid Reference Id",
    "4000": "Error parsing query",
    "4001": "Invalid query",
    "5010": "Stale Object Error",
    "5030": "Feature Not Supported Error",
    "6000": "A business validation error has occurred while processing your request",
    "6010": "Invalid Account Type or Sub Type",
    "6070": "Amount calculation incorrect in the request.",
    "6080": "No name provided",
    "6090": "Discount line missing required information",
    "6100": "Invalid Line TaxCode in the request",
    "6140": "Duplicate Document Number Error",
    "6150": "ParentRef required",
    "6160": "Invalid TaxCode in the request",
    "6170": "TxnTaxDetail is not allowed",
    "6180": "Sub-level limit exceeded",
    "6190": "Invalid Company Status",
    "6210": "Account Period Closed",
    "6220": "Delete entity has balance",
    "6240": "Duplicate Name Exists Error",
    "6270": "Transaction date is prior to start date for inventory item",
    "6420": "Email address required",
    "6430": "Invalid account type used",
    "6440": "Line needs an item or an account",
    "6520": "Tracked inventory item needs a quantity",
    "10000": "An application error has occurred while processing your request",
}

INACTIVE = (
    "Object Not Found : Something you're trying to use has been made inactive. "
    "Check the fields with accounts, customers, items, vendors or employees."
)


@dataclass(frozen=True)
class Error:
    """One error. `element` None is left out of the answer, "" is sent: recordings have both."""

    code: str
    detail: str
    element: str | None = None

    def document(self) -> dict[str, Any]:
        result = {"Message": MESSAGES[self.code], "Detail": self.detail, "code": self.code}
        return result if self.element is None else result | {"element": self.element}


class Fault(Exception):
    """A refusal. It leaves as HTTP 400, or as one item of a batch's answer."""

    def __init__(self, *errors: Error) -> None:
        super().__init__("; ".join(f"{error.code} {error.detail}" for error in errors))
        self.errors = errors

    def document(self) -> dict[str, Any]:
        return {"Error": [error.document() for error in self.errors], "type": "ValidationFault"}

    def envelope(self) -> dict[str, Any]:
        return {"Fault": self.document(), "time": clock.envelope_time()}


def fault(code: str, detail: str, element: str | None = None) -> Fault:
    return Fault(Error(code, detail, element))


def business(text: str) -> Fault:
    """6000, the catch-all."""
    return fault("6000", f"Business Validation Error: {text}", "")


def not_found() -> Fault:
    return fault("610", INACTIVE, "")


def transaction_deleted() -> Fault:
    return fault("610", "Object Not Found : Another user has deleted this transaction.", "")


def invalid_reference(family: str, value: str, element: str) -> Fault:
    return fault("2500", f"Invalid Reference Id : {family} element id {value} not found", element)


def missing(element: str) -> Fault:
    return fault("2020", f"Required parameter {element} is missing in the request", element)


def stale(entity: str) -> Fault:
    return fault(
        "5010",
        "Stale Object Error : You and Sam Keeper were working on this at the same time. Sam Keeper finished "
        f"before you did, so your work was not saved. Entity={entity}",
        "",
    )


def unsupported(detail: str) -> Fault:
    return fault("500", f"Operation {detail} is not supported.")


def gateway(kind: str, name: str, code: str, status: int, detail: str | None, time_ms: int) -> dict[str, Any]:
    """The lower-case envelope of Intuit's gateway, which answers before the company is asked."""
    error = {
        "message": f"message={name}; errorCode={code.zfill(6)}; statusCode={status}",
        "detail": detail,
        "code": code,
        "element": None,
    }
    return {
        "warnings": None,
        "intuitObject": None,
        "fault": {"error": [error], "type": kind},
        "report": None,
        "queryResponse": None,
        "batchItemResponse": [],
        "attachableResponse": [],
        "syncErrorResponse": None,
        "requestId": None,
        "time": time_ms,
        "status": None,
        "cdcresponse": [],
    }
