"""Tax rates and tax codes by country, as QuickBooks sets them up for a new company."""

from __future__ import annotations

# Rates: (name, percent). Their ids are their positions, from 1.
# Codes: (id, name, description, taxable, positions of the sales rates, positions of the purchase rates).
Rates = tuple[tuple[str, str], ...]
Codes = tuple[tuple[str, str, str, bool, tuple[int, ...], tuple[int, ...]], ...]

RATES: dict[str, Rates] = {
    "US": (("AZ State tax", "7.1"), ("Tucson City", "2"), ("California", "8")),
    "AU": (
        ("GST (sales)", "10"), ("GST (purchases)", "10"), ("GST free (sales)", "0"), ("GST free (purchases)", "0"),
        ("GST (capital purchases)", "10"), ("Out of scope", "0"),
    ),
    "SG": (
        ("SR 9%", "9"), ("TX 9%", "9"), ("ZR 0%", "0"), ("ZP 0%", "0"), ("ES33 0%", "0"), ("EP 0%", "0"),
        ("OS 0%", "0"), ("OP 0%", "0"), ("IM 9%", "9"),
    ),
    "GB": (
        ("20.0% S (sales)", "20"), ("20.0% S (purchases)", "20"), ("5.0% R (sales)", "5"), ("5.0% R (purchases)", "5"),
        ("0.0% Z (sales)", "0"), ("0.0% Z (purchases)", "0"), ("Exempt", "0"), ("No VAT", "0"),
    ),
    "CA": (
        ("GST (sales)", "5"), ("GST (purchases)", "5"), ("HST ON (sales)", "13"), ("HST ON (purchases)", "13"),
        ("PST BC (sales)", "7"), ("PST BC (purchases)", "7"), ("Zero-rated", "0"), ("Exempt", "0"),
    ),
}  # fmt: skip

CODES: dict[str, Codes] = {
    "US": (
        ("2", "California", "California", True, (3,), ()),
        ("3", "Tucson", "Tucson", True, (1, 2), ()),
    ),
    "AU": (
        ("2", "GST", "Goods and services tax", True, (1,), (2,)),
        ("3", "GST free", "GST free", True, (3,), (4,)),
        ("4", "GST on capital", "GST on capital purchases", True, (), (5,)),
        ("5", "Out of Scope", "Outside the scope of GST", False, (6,), (6,)),
    ),
    "SG": (
        ("2", "SR", "Standard-rated supplies, 9%", True, (1,), ()),
        ("3", "ZR", "Zero-rated supplies", True, (3,), ()),
        ("4", "ES33", "Regulation 33 exempt supplies", True, (5,), ()),
        ("5", "OS", "Out-of-scope supplies", False, (7,), ()),
        ("6", "TX", "Standard-rated purchases, 9%", True, (), (2,)),
        ("7", "ZP", "Zero-rated purchases", True, (), (4,)),
        ("8", "EP", "Exempt purchases", True, (), (6,)),
        ("9", "OP", "Out-of-scope purchases", False, (), (8,)),
        ("10", "IM", "Imports, 9% GST paid to customs", True, (), (9,)),
        ("11", "GST 9%", "Standard-rated supplies and purchases, 9%", True, (1,), (2,)),
    ),
    "GB": (
        ("2", "20.0% S", "Standard rate", True, (1,), (2,)),
        ("3", "5.0% R", "Reduced rate", True, (3,), (4,)),
        ("4", "0.0% Z", "Zero rate", True, (5,), (6,)),
        ("5", "Exempt", "Exempt from VAT", True, (7,), (7,)),
        ("6", "No VAT", "Outside the scope of VAT", False, (8,), (8,)),
    ),
    "CA": (
        ("2", "GST", "GST 5%", True, (1,), (2,)),
        ("3", "HST ON", "HST Ontario 13%", True, (3,), (4,)),
        ("4", "GST/PST BC", "GST 5% and PST 7%", True, (1, 5), (2, 6)),
        ("5", "Zero-rated", "Zero-rated", True, (7,), (7,)),
        ("6", "Exempt", "Exempt", True, (8,), (8,)),
    ),
}

# The codes of seeded lines: (on sales, on purchases). In the United States a line is taxable or not.
LINE_CODES = {"US": ("NON", "NON"), "AU": ("2", "2"), "SG": ("2", "6"), "GB": ("2", "2"), "CA": ("2", "2")}
PSEUDO_CODES = {"TAX": True, "NON": False, "CustomSalesTax": True}
