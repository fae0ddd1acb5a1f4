"""QuickBooks' documents as typed structs: data only, shared by the client and the mappers.

Names and shapes are Intuit's (the Accounting API's entity reference). Decoding ignores what we do not own, reads
numbers as Decimal, and tries other spellings where a document does not fit; encoding writes only what was set, and
Decimal as a number, never as a float.
"""

from __future__ import annotations  # fields carry the names of their types

from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from .odd_numbers import refuse_odd_numbers
from .spelling import decode_respelled


class Document(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A part of a document. A field that is UNSET was absent, and is not sent."""


class Ref(Document):
    value: str
    name: str | UnsetType | None = UNSET


class MetaData(Document):
    CreateTime: datetime | None = None
    LastUpdatedTime: datetime | None = None


class Address(Document):
    Line1: str | UnsetType | None = UNSET
    Line2: str | UnsetType | None = UNSET
    Line3: str | UnsetType | None = UNSET
    Line4: str | UnsetType | None = UNSET
    Line5: str | UnsetType | None = UNSET
    City: str | UnsetType | None = UNSET
    CountrySubDivisionCode: str | UnsetType | None = UNSET
    PostalCode: str | UnsetType | None = UNSET
    Country: str | UnsetType | None = UNSET


class Email(Document):
    Address: str | UnsetType | None = UNSET


class Phone(Document):
    FreeFormNumber: str | UnsetType | None = UNSET


class Memo(Document):
    value: str | UnsetType | None = UNSET


class Identified(Document):
    """An object's id alone, readable also where the rest is not."""

    Id: str | UnsetType = UNSET


class Entity(Identified):
    """What every stored object has. `status` is "Deleted" in the change feed's stubs, and only there."""

    SyncToken: str | UnsetType = UNSET
    MetaData: MetaData | UnsetType = UNSET
    sparse: bool | UnsetType = UNSET
    status: str | UnsetType | None = UNSET

    @property
    def deleted(self) -> bool:
        return self.status == "Deleted"


class Contact(Entity):
    DisplayName: str | UnsetType | None = UNSET
    CompanyName: str | UnsetType | None = UNSET
    PrimaryEmailAddr: Email | UnsetType | None = UNSET
    PrimaryPhone: Phone | UnsetType | None = UNSET
    BillAddr: Address | UnsetType | None = UNSET
    CurrencyRef: Ref | UnsetType | None = UNSET
    Active: bool | UnsetType = UNSET
    BusinessNumber: str | UnsetType | None = UNSET
    GSTIN: str | UnsetType | None = UNSET


class Customer(Contact):
    FullyQualifiedName: str | UnsetType | None = UNSET
    ParentRef: Ref | UnsetType | None = UNSET
    PrimaryTaxIdentifier: str | UnsetType | None = UNSET


class Vendor(Contact):
    TaxIdentifier: str | UnsetType | None = UNSET


class Account(Entity):
    Name: str | UnsetType = UNSET
    FullyQualifiedName: str | UnsetType | None = UNSET
    AcctNum: str | UnsetType | None = UNSET
    AccountType: str | UnsetType | None = UNSET
    AccountSubType: str | UnsetType | None = UNSET
    Classification: str | UnsetType | None = UNSET
    CurrencyRef: Ref | UnsetType | None = UNSET
    Active: bool | UnsetType = UNSET


class Item(Entity):
    Name: str | UnsetType = UNSET
    FullyQualifiedName: str | UnsetType | None = UNSET
    Sku: str | UnsetType | None = UNSET
    Description: str | UnsetType | None = UNSET
    Type: str | UnsetType | None = UNSET
    UnitPrice: Decimal | UnsetType | None = UNSET
    PurchaseCost: Decimal | UnsetType | None = UNSET
    IncomeAccountRef: Ref | UnsetType | None = UNSET
    ExpenseAccountRef: Ref | UnsetType | None = UNSET
    Active: bool | UnsetType = UNSET


class TaxRateDetail(Document):
    TaxRateRef: Ref


class TaxRateList(Document):
    TaxRateDetail: list[TaxRateDetail] = []


class TaxCode(Entity):
    Name: str | UnsetType = UNSET
    Description: str | UnsetType | None = UNSET
    Active: bool | UnsetType = UNSET
    Taxable: bool | UnsetType = UNSET
    SalesTaxRateList: TaxRateList | UnsetType | None = UNSET
    PurchaseTaxRateList: TaxRateList | UnsetType | None = UNSET


class TaxRate(Entity):
    Name: str | UnsetType = UNSET
    RateValue: Decimal | UnsetType | None = UNSET
    Active: bool | UnsetType = UNSET


class LinkedTxn(Document):
    TxnId: str | UnsetType = UNSET
    TxnType: str | UnsetType = UNSET


class SalesItemLineDetail(Document):
    ItemRef: Ref | UnsetType | None = UNSET
    Qty: Decimal | UnsetType | None = UNSET
    UnitPrice: Decimal | UnsetType | None = UNSET
    TaxCodeRef: Ref | UnsetType | None = UNSET
    TaxInclusiveAmt: Decimal | UnsetType | None = UNSET


class AccountBasedExpenseLineDetail(Document):
    AccountRef: Ref | UnsetType | None = UNSET
    TaxCodeRef: Ref | UnsetType | None = UNSET
    TaxAmount: Decimal | UnsetType | None = UNSET
    TaxInclusiveAmt: Decimal | UnsetType | None = UNSET
    BillableStatus: str | UnsetType | None = UNSET


class ItemBasedExpenseLineDetail(Document):
    ItemRef: Ref | UnsetType | None = UNSET
    Qty: Decimal | UnsetType | None = UNSET
    UnitPrice: Decimal | UnsetType | None = UNSET
    TaxCodeRef: Ref | UnsetType | None = UNSET
    TaxInclusiveAmt: Decimal | UnsetType | None = UNSET
    BillableStatus: str | UnsetType | None = UNSET


class Line(Document):
    Id: str | UnsetType | None = UNSET
    LineNum: int | UnsetType | None = UNSET
    Description: str | UnsetType | None = UNSET
    Amount: Decimal | UnsetType | None = UNSET
    DetailType: str | UnsetType = UNSET
    SalesItemLineDetail: SalesItemLineDetail | UnsetType | None = UNSET
    AccountBasedExpenseLineDetail: AccountBasedExpenseLineDetail | UnsetType | None = UNSET
    ItemBasedExpenseLineDetail: ItemBasedExpenseLineDetail | UnsetType | None = UNSET


class TxnTaxDetail(Document):
    TxnTaxCodeRef: Ref | UnsetType | None = UNSET
    TotalTax: Decimal | UnsetType | None = UNSET


class Transaction(Entity):
    DocNumber: str | UnsetType | None = UNSET
    TxnDate: date | UnsetType | None = UNSET
    DueDate: date | UnsetType | None = UNSET
    CurrencyRef: Ref | UnsetType | None = UNSET
    ExchangeRate: Decimal | UnsetType | None = UNSET
    GlobalTaxCalculation: str | UnsetType | None = UNSET
    PrivateNote: str | UnsetType | None = UNSET
    Line: list[Line] | UnsetType = UNSET
    TxnTaxDetail: TxnTaxDetail | UnsetType | None = UNSET
    LinkedTxn: list[LinkedTxn] | UnsetType | None = UNSET
    TotalAmt: Decimal | UnsetType | None = UNSET
    Balance: Decimal | UnsetType | None = UNSET


class Invoice(Transaction):
    CustomerRef: Ref | UnsetType | None = UNSET
    CustomerMemo: Memo | UnsetType | None = UNSET


class Bill(Transaction):
    VendorRef: Ref | UnsetType | None = UNSET
    APAccountRef: Ref | UnsetType | None = UNSET


class NamedValue(Document):
    Name: str | UnsetType | None = UNSET
    Value: str | UnsetType | None = UNSET


class CompanyInfo(Entity):
    CompanyName: str | UnsetType = UNSET
    Country: str | UnsetType | None = UNSET
    # Features, edition and subscription (contract section 10.9).
    NameValue: list[NamedValue] | UnsetType | None = UNSET


class CurrencyPrefs(Document):
    MultiCurrencyEnabled: bool | UnsetType = UNSET
    HomeCurrency: Ref | UnsetType | None = UNSET


class SalesFormsPrefs(Document):
    CustomTxnNumbers: bool | UnsetType = UNSET


class AccountingInfoPrefs(Document):
    BookCloseDate: date | UnsetType | None = UNSET


class TaxPrefs(Document):
    UsingSalesTax: bool | UnsetType = UNSET
    PartnerTaxEnabled: bool | UnsetType = UNSET


class Preferences(Entity):
    CurrencyPrefs: CurrencyPrefs | UnsetType | None = UNSET
    SalesFormsPrefs: SalesFormsPrefs | UnsetType | None = UNSET
    AccountingInfoPrefs: AccountingInfoPrefs | UnsetType | None = UNSET
    TaxPrefs: TaxPrefs | UnsetType | None = UNSET


class ExchangeRate(Document):
    Rate: Decimal


T = TypeVar("T")

_encoder = msgspec.json.Encoder(decimal_format="number")


def encode(value: Any) -> bytes:
    """JSON with Decimal written digit for digit as a number."""
    return _encoder.encode(value)


def decode(data: bytes | msgspec.Raw, kind: type[T]) -> T:
    """Raises msgspec.ValidationError or msgspec.DecodeError where `data` is not a `kind`."""
    try:
        document = msgspec.json.decode(data, type=kind, strict=False)
    except msgspec.ValidationError:
        document = decode_respelled(data, kind)
    refuse_odd_numbers(document, bytes(data))
    return document
