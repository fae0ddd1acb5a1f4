"""The demo's merchant: a seller of tills in Singapore, whom it sells to and buys from, and at what prices."""

from typing import NamedTuple

SLUG = "harbourline"
NAME = "Harbourline Retail Systems Pte. Ltd."
COUNTRY, CURRENCY = "SG", "SGD"
PASSWORD = "harbour-lights-42"
# (e-mail, role, what the role may do)
PEOPLE = (
    ("admin@harbourline.example", "admin", "connects, configures and syncs"),
    ("accountant@harbourline.example", "accountant", "creates, edits and syncs"),
    ("viewer@harbourline.example", "viewer", "reads"),
)
ACCOUNT_MANAGER = "manager@finmo.example"


class Party(NamedTuple):
    """A customer or a beneficiary."""

    name: str
    currency: str
    email: str
    phone: str
    line1: str
    city: str
    postal_code: str
    country: str


# Amy's Bird Sanctuary and Travelling Light are in QuickBooks already and will be linked; Diego Rodriguez is there
# with another e-mail, which a person has to look at.
CUSTOMERS = {
    "kopi": Party(
        "Kopi & Kaya Group Pte. Ltd.", "SGD", "accounts@kopikaya.example", "+65 6555 2140",
        "18 Tras Street", "Singapore", "078975", "Singapore",
    ),
    "tanjong": Party(
        "Tanjong Retail Holdings Pte. Ltd.", "SGD", "ap@tanjongretail.example", "+65 6555 3381",
        "7 Maxwell Road #04-12", "Singapore", "069111", "Singapore",
    ),
    "orchard": Party(
        "Orchard Grove Hotels Pte. Ltd.", "SGD", "finance@orchardgrove.example", "+65 6555 9002",
        "391 Orchard Road", "Singapore", "238872", "Singapore",
    ),
    "bukit": Party(
        "Bukit Fresh Markets Pte. Ltd.", "SGD", "payables@bukitfresh.example", "+65 6555 4417",
        "1 Jelebu Road", "Singapore", "677743", "Singapore",
    ),
    "stationers": Party(
        "Raffles Stationers", "SGD", "hello@rafflesstationers.example", "+65 6555 1290",
        "252 North Bridge Road", "Singapore", "179103", "Singapore",
    ),
    "amy": Party(
        "Amy's Bird Sanctuary", "SGD", "amysbirdsanctuary@example.com.sg", "",
        "1 Finch Street", "Singapore", "068898", "Singapore",
    ),
    "diego": Party(
        "Diego Rodriguez", "SGD", "diego@rodriguez-catering.example", "+65 6555 7718",
        "30 Bendemeer Road", "Singapore", "330030", "Singapore",
    ),
    "pacific": Party(
        "Pacific Crest Outfitters, Inc.", "USD", "ap@pacificcrest.example", "+1 503 555 0162",
        "914 NW Couch Street", "Portland", "97209", "United States",
    ),
    "mesa": Party(
        "Blue Mesa Coffee Roasters LLC", "USD", "billing@bluemesa.example", "+1 505 555 0119",
        "2201 Central Avenue", "Albuquerque", "87106", "United States",
    ),
    "light": Party("Travelling Light Ltd", "USD", "", "", "", "", "", ""),
    "lumiere": Party(
        "Atelier Lumière SARL", "EUR", "compta@atelier-lumiere.example", "+33 1 55 55 01 42",
        "12 rue du Faubourg Saint-Antoine", "Paris", "75012", "France",
    ),
    "nordsee": Party(
        "Nordsee Handels GmbH", "EUR", "rechnung@nordsee-handel.example", "+49 40 555 0177",
        "Große Elbstraße 45", "Hamburg", "22767", "Germany",
    ),
}  # fmt: skip

# Lee Advertising, Robertson & Associates and Cloud Harbor are in QuickBooks already.
BENEFICIARIES = {
    "jurong": Party(
        "Jurong Warehousing Pte. Ltd.", "SGD", "billing@jurongwarehousing.example", "+65 6555 8830",
        "25 Pioneer Crescent", "Singapore", "628554", "Singapore",
    ),
    "power": Party(
        "Straits Power & Water", "SGD", "bills@straitspower.example", "+65 6555 1000",
        "2 Kallang Sector", "Singapore", "349277", "Singapore",
    ),
    "office": Party(
        "Telok Office Supplies Pte. Ltd.", "SGD", "sales@telokoffice.example", "+65 6555 2733",
        "110 Telok Ayer Street", "Singapore", "068579", "Singapore",
    ),
    "lee": Party("Lee Advertising", "SGD", "", "", "", "", "", ""),
    "robertson": Party("Robertson & Associates", "SGD", "", "", "", "", "", ""),
    "cloud": Party("Cloud Harbor Inc", "USD", "", "", "", "", "", ""),
    "redwood": Party(
        "Redwood Point Hardware, Inc.", "USD", "ar@redwoodpoint.example", "+1 408 555 0140",
        "1700 Technology Drive", "San Jose", "95110", "United States",
    ),
    "baltic": Party(
        "Baltic Components OÜ", "EUR", "arved@baltic-components.example", "+372 555 0164",
        "Peterburi tee 71", "Tallinn", "11415", "Estonia",
    ),
}  # fmt: skip

# Price by currency. The first block carries the names of QuickBooks' own items and is found there by name; the
# second is unknown to QuickBooks and becomes service items there.
PRICES = {
    "Hours": {"SGD": "120", "USD": "92", "EUR": "84"},
    "Implementation": {"SGD": "950", "USD": "720", "EUR": "655"},
    "Card Reader": {"SGD": "89.50", "USD": "67.90", "EUR": "61.75"},
    "Receipt Printer": {"SGD": "249", "USD": "189", "EUR": "172"},
    "Paper Rolls": {"SGD": "1.375", "USD": "1.045", "EUR": "0.952"},
    "Support Plan": {"SGD": "49", "USD": "37.50", "EUR": "34"},
    "On-site training": {"SGD": "680", "USD": "520", "EUR": "470"},
    "Menu and price import": {"SGD": "340", "USD": "260", "EUR": "235"},
    "Express freight": {"SGD": "58.20", "USD": "74.35", "EUR": "69.90"},
    "Till hire, per week": {"SGD": "125", "USD": "96", "EUR": "88"},
}
