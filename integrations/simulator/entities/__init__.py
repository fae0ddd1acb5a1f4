"""The entities that the simulator keeps, by name; and those that QuickBooks knows and it keeps no objects of."""

from .bare import COMPUTED, EMPTY
from .declaration import Entity
from .lists import ACCOUNT, COMPANY_CURRENCY, ITEM, TAX_AGENCY, TAX_CODE, TAX_RATE, TERM
from .names import CUSTOMER, EMPLOYEE, VENDOR
from .transactions import BILL, BILL_PAYMENT, CREDIT_MEMO, INVOICE, PAYMENT, VENDOR_CREDIT

ENTITIES: dict[str, Entity] = {
    entity.name: entity
    for entity in (
        CUSTOMER, VENDOR, EMPLOYEE, ITEM, ACCOUNT, INVOICE, BILL, PAYMENT, BILL_PAYMENT, CREDIT_MEMO,
        VENDOR_CREDIT, TERM, COMPANY_CURRENCY,
        TAX_CODE, TAX_RATE, TAX_AGENCY,
    )
}  # fmt: skip

KNOWN = ENTITIES | COMPUTED | EMPTY
BY_LOWER_NAME = {name.lower(): name for name in KNOWN}

__all__ = ["BY_LOWER_NAME", "COMPUTED", "EMPTY", "ENTITIES", "KNOWN", "Entity"]
