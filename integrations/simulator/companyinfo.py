"""CompanyInfo, Preferences and exchange rates: documents made from a company's settings."""

from __future__ import annotations

from datetime import date
from typing import Any

from . import clock, currencies, jsontext
from .faults import fault, missing
from .models import Company

# Country codes of addresses are ISO 3166-1 alpha-3 since late 2025.
COUNTRIES = {
    "US": ("USA", "2500 Garcia Ave", "Mountain View", "CA", "94043"),
    "AU": ("AUS", "100 Harris Street", "Pyrmont", "NSW", "2009"),
    "SG": ("SGP", "1 Raffles Place", "Singapore", "", "048616"),
    "GB": ("GBR", "5 Broadgate", "London", "", "EC2M 2QS"),
    "CA": ("CAN", "120 Bremner Blvd", "Toronto", "ON", "M5J 0A8"),
}


def documents(company: Company, name: str, days: list[date]) -> list[dict[str, Any]]:
    """All documents of an entity that is computed; `days` are those that exchange rates are asked for."""
    if name == "CompanyInfo":
        return [company_info(company)]
    if name == "Preferences":
        return [preferences(company)]
    if name != "ExchangeRate":
        return []
    return [_rate(company, code, day) for day in days or [clock.today()] for code in currencies.CURRENCIES]


def _envelope(company: Company) -> dict[str, Any]:
    moment = clock.stamp(company.created_at)
    return {
        "domain": "QBO",
        "sparse": False,
        "Id": "1",
        "SyncToken": "4",
        "MetaData": {"CreateTime": moment, "LastUpdatedTime": moment},
    }


def company_info(company: Company) -> dict[str, Any]:
    country, street, city, state, postal_code = COUNTRIES[company.country]
    address = {"Id": "1", "Line1": street, "City": city, "Country": country}
    address |= {"CountrySubDivisionCode": state} if state else {}
    address["PostalCode"] = postal_code
    return {
        "CompanyName": company.name,
        "LegalName": company.name,
        "CompanyAddr": address,
        "CustomerCommunicationAddr": address,
        "LegalAddr": address,
        "PrimaryPhone": {"FreeFormNumber": "(650)944-4444"},
        "CompanyStartDate": company.created_at.astimezone(clock.PACIFIC).date().isoformat(),
        "FiscalYearStartMonth": "January",
        "Country": company.country,
        "Email": {"Address": "accounts@example.com"},
        "WebAddr": {},
        "SupportedLanguages": "en",
        "NameValue": [
            {"Name": "NeoEnabled", "Value": "true"},
            {"Name": "IndustryType", "Value": "Professional services"},
            {"Name": "OfferingSku", "Value": "QuickBooks Online Plus"},
            {"Name": "SubscriptionStatus", "Value": "EXPIRED" if company.subscription_lapsed else "PAID"},
        ],
    } | _envelope(company)


def preferences(company: Company) -> dict[str, Any]:
    accounting: dict[str, Any] = {
        "UseAccountNumbers": True,
        "TrackDepartments": False,
        "DepartmentTerminology": "Location",
        "ClassTrackingPerTxn": False,
        "ClassTrackingPerTxnLine": False,
        "FirstMonthOfFiscalYear": "January",
        "TaxYearMonth": "January",
    }
    if company.book_close_date:
        accounting["BookCloseDate"] = company.book_close_date.isoformat()
    accounting["CustomerTerminology"] = "Customers"
    tax: dict[str, Any] = {"UsingSalesTax": True}
    if company.ast:
        # Absent where automated sales tax is not the company's model.
        tax["PartnerTaxEnabled"] = True
    return {
        "AccountingInfoPrefs": accounting,
        "SalesFormsPrefs": {
            "CustomTxnNumbers": company.custom_txn_numbers,
            "AllowDiscount": True,
            "AllowDeposit": True,
            "AllowEstimates": True,
            "AllowShipping": False,
            "AutoApplyCredit": False,
            "DefaultTerms": {"value": "3"},
        },
        "VendorAndPurchasesPrefs": {"TrackingByCustomer": True, "BillableExpenseTracking": True},
        "TaxPrefs": tax,
        "CurrencyPrefs": {
            "MultiCurrencyEnabled": company.multicurrency,
            "HomeCurrency": {"value": company.home_currency},
        },
    } | _envelope(company)


def exchange_rate(company: Company, source: str | None, as_of: str | None) -> dict[str, Any]:
    """Home units for one unit of `source`. Raises Fault 2020, 2220 or 2060."""
    if not source:
        raise missing("sourcecurrencycode")
    code = source.upper()
    if not currencies.known(code):
        raise fault("2220", f"Invalid Currency Type : {source}", "sourcecurrencycode")
    try:
        day = date.fromisoformat(as_of) if as_of else clock.today()
    except ValueError as error:
        raise fault("2060", f"asofdate should be a valid date. Supplied value:{as_of}", "asofdate") from error
    return _rate(company, code, day)


def _rate(company: Company, code: str, day: date) -> dict[str, Any]:
    return {
        "SourceCurrencyCode": code,
        "TargetCurrencyCode": company.home_currency,
        "Rate": jsontext.number(currencies.rate(code, company.home_currency)),
        "AsOfDate": day.isoformat(),
        "domain": "QBO",
        "sparse": False,
    }
