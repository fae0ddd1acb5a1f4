"""Money as accountants round it. Amounts are Decimal in the document's currency, from end to end."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

# ISO 4217: the currencies whose smallest unit is not a hundredth.
_NO_DECIMALS = frozenset("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split())
_THREE_DECIMALS = frozenset("BHD IQD JOD KWD LYD OMR TND".split())

Rates = list[list[str]]


def decimals(currency: str) -> int:
    if currency in _NO_DECIMALS:
        return 0
    return 3 if currency in _THREE_DECIMALS else 2


def rounded(amount: Decimal, currency: str) -> Decimal:
    """Half up to the currency's smallest unit, as invoices are."""
    return amount.quantize(Decimal(1).scaleb(-decimals(currency)), rounding=ROUND_HALF_UP)


def written_amount(amount: Decimal, currency: str) -> str:
    """1,234.50: as pages write it."""
    return f"{rounded(amount, currency):,.{decimals(currency)}f}"


def price_text(price: Decimal, currency: str) -> str:
    """The price of one unit with all decimals that count, and at least the currency's: 0.125, 10.50."""
    counting = -int(price.normalize().as_tuple().exponent)
    return f"{price:.{max(decimals(currency), counting)}f}"


def line_amount(quantity: Decimal, unit_price: Decimal, currency: str) -> Decimal:
    return rounded(quantity * unit_price, currency)


def tax_of(taxed: Iterable[tuple[Decimal, Rates]], *, inclusive: bool, currency: str) -> Decimal:
    """The tax of a document's lines, [(amount, parts of its tax code)].

    QuickBooks computes tax per rate on the summed base, not per line (contract section 10.7).
    """
    bases: dict[tuple[tuple[str, str], ...], Decimal] = defaultdict(Decimal)
    for amount, rates in taxed:
        bases[tuple((rate_id, percent) for rate_id, percent in rates)] += amount
    per_rate: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for rates, base in bases.items():
        combined = sum((Decimal(percent) for _, percent in rates), Decimal())
        net = base * 100 / (100 + combined) if inclusive else base
        for rate in rates:
            per_rate[rate] += net * Decimal(rate[1]) / 100
    return sum((rounded(tax, currency) for tax in per_rate.values()), Decimal())
