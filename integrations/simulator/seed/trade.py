"""The people that a seeded company deals with, and what it has sold and bought."""

from __future__ import annotations

# Per country: (city, state, postal code, dialling code, domain)
PLACES = {
    "US": ("Bayshore", "CA", "94326", "+1 650 555 0", "example.com"),
    "AU": ("Melbourne", "VIC", "3000", "+61 3 5550 0", "example.com.au"),
    "SG": ("Singapore", "", "068898", "+65 6555 0", "example.com.sg"),
    "GB": ("Leeds", "", "LS1 4AP", "+44 113 496 0", "example.co.uk"),
    "CA": ("Halifax", "NS", "B3J 1P6", "+1 902 555 0", "example.ca"),
}

# (display name, given name, family name, term)
CUSTOMERS = (
    ("Amy's Bird Sanctuary", "Amy", "Lauterbach", ""),
    ("Bayside Dental & Associates", "Rahul", "Menon", "Net 30"),
    ("Cool Cars", "Grace", "Pariente", ""),
    ("Diego Rodriguez", "Diego", "Rodriguez", "Net 15"),
    ("Freeman Sporting Goods", "Kirby", "Freeman", ""),
    ("Geeta Kalapatapu", "Geeta", "Kalapatapu", "Due on receipt"),
    ("Peet's Coffee, Harbour", "Mei Lin", "Tan", "Net 30"),
    ("Wedding Planning by Whitney", "Dan", "Whitney", ""),
    ("Old Mill Bakery", "Sven", "Larsen", ""),
)
JOB = ("55 Twin Lane", "Freeman Sporting Goods")
INACTIVE_CUSTOMERS = ("Old Mill Bakery",)

VENDORS = (
    ("Brosnahan Insurance Agency", "Nick", "Brosnahan", ""),
    ("Cal Telephone", "", "", "Due on receipt"),
    ("Lee Advertising", "", "", "Net 30"),
    ("Norton Lumber and Building Materials", "Julie", "Norton", ""),
    ("Robertson & Associates", "Jenny", "Robertson", "Net 30"),
    ("Chin's Gas and Oil", "", "", ""),
    ("Pam Seitz", "Pam", "Seitz", "Due on receipt"),
)
INACTIVE_VENDORS = ("Chin's Gas and Oil",)
EMPLOYEE = ("Emily", "Platt")

# A customer and a vendor in a foreign currency, where the company has several.
FOREIGN_CUSTOMER, FOREIGN_VENDOR = "Travelling Light Ltd", "Cloud Harbor Inc"
FOREIGN = {"US": "EUR", "AU": "USD", "SG": "USD", "GB": "EUR", "CA": "USD"}

# (days ago, customer, ((item, quantity, unit price), …), fate): open, part, paid or void
INVOICES = (
    (95, "Cool Cars", (("Implementation", "2", "950"),), "paid"),
    (80, "Amy's Bird Sanctuary", (("Hours", "6", "120"), ("Card Reader", "1", "89.50")), "open"),
    (62, "Geeta Kalapatapu", (("Hours", "5.25", "120"),), "part"),
    (
        45,
        "Bayside Dental & Associates",
        (("Receipt Printer", "3", "249"), ("Paper Rolls", "200", "1.375")),
        "part",
    ),
    (33, "Freeman Sporting Goods", (("Support Plan", "12", "49"),), "void"),
    (21, "Peet's Coffee, Harbour", (("Card Reader", "4", "89.50"), ("Hours", "3", "120")), "open"),
    (14, "Diego Rodriguez", (("Hours", "1.5", "120"),), "paid"),
    (9, "Wedding Planning by Whitney", (("Implementation", "1", "950"), ("Support Plan", "1", "49")), "open"),
    (2, "Amy's Bird Sanctuary", (("Paper Rolls", "48", "1.375"),), "open"),
)

# (days ago, vendor, number, ((account or item, amount, quantity), …), fate); a quantity makes it an item line
BILLS = (
    (70, "Brosnahan Insurance Agency", "BI-2201", (("Office Expenses", "241.23", ""),), "paid"),
    (48, "Lee Advertising", "4117", (("Advertising", "200", ""), ("Travel", "74.86", "")), "open"),
    (30, "Robertson & Associates", "R-0931", (("Accounting", "315", ""),), "part"),
    (18, "Norton Lumber and Building Materials", "", (("Card Reader", "52.25", "20"),), "open"),
    (11, "Cal Telephone", "56789", (("Telephone", "74.36", ""),), "paid"),
    (3, "Pam Seitz", "PS-77", (("Implementation", "600", "2"), ("Bank Charges", "12.50", "")), "open"),
)
