"""Currencies that a company can use, and the rates of the simulator's world."""

from decimal import ROUND_HALF_UP, Decimal

# code: (name as QuickBooks prints it, decimals, US dollars per unit)
CURRENCIES: dict[str, tuple[str, int, str]] = {
    "AED": ("United Arab Emirates Dirham", 2, "0.272294"),
    "AUD": ("Australian Dollar", 2, "0.655738"),
    "BRL": ("Brazilian Real", 2, "0.184502"),
    "CAD": ("Canadian Dollar", 2, "0.714095"),
    "CHF": ("Swiss Franc", 2, "1.251564"),
    "CNY": ("Chinese Yuan Renminbi", 2, "0.139276"),
    "DKK": ("Danish Krone", 2, "0.156250"),
    "EUR": ("Euro", 2, "1.166180"),
    "GBP": ("British Pound Sterling", 2, "1.344086"),
    "HKD": ("Hong Kong Dollar", 2, "0.128535"),
    "IDR": ("Indonesian Rupiah", 2, "0.000061"),
    "INR": ("Indian Rupee", 2, "0.011390"),
    "JPY": ("Japanese Yen", 0, "0.006780"),
    "KRW": ("South Korean Won", 0, "0.000719"),
    "KWD": ("Kuwaiti Dinar", 3, "3.267974"),
    "MXN": ("Mexican Peso", 2, "0.053476"),
    "MYR": ("Malaysian Ringgit", 2, "0.237530"),
    "NOK": ("Norwegian Krone", 2, "0.099108"),
    "NZD": ("New Zealand Dollar", 2, "0.588235"),
    "PHP": ("Philippine Peso", 2, "0.017483"),
    "SEK": ("Swedish Krona", 2, "0.105932"),
    "SGD": ("Singapore Dollar", 2, "0.776398"),
    "THB": ("Thai Baht", 2, "0.030864"),
    "USD": ("United States Dollar", 2, "1"),
    "VND": ("Vietnamese Dong", 0, "0.000038"),
    "ZAR": ("South African Rand", 2, "0.056180"),
}


def known(code: str) -> bool:
    return code in CURRENCIES


def reference(code: str) -> dict[str, str]:
    return {"value": code, "name": CURRENCIES[code][0]}


def rounded(amount: Decimal | int, code: str) -> Decimal:
    """Half up to the currency's decimals; zero is written `0`, as QuickBooks does."""
    quantum = Decimal(1).scaleb(-CURRENCIES[code][1])
    result = Decimal(amount).quantize(quantum, rounding=ROUND_HALF_UP)
    return result if result else Decimal(0)


def rate(source: str, target: str) -> Decimal:
    """Units of `target` for one unit of `source`."""
    if source == target:
        return Decimal(1)
    value = Decimal(CURRENCIES[source][2]) / Decimal(CURRENCIES[target][2])
    return value.quantize(Decimal("0.000001"), rounding=ROUND_HALF_UP)
