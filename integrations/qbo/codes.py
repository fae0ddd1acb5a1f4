"""QuickBooks' codes that the client and the engine act upon, by what they mean. The fault table has all of them, in
people's words."""

# Of the company as a whole.
RIGHTS_LOST = "120"
COMPANY_LOCKED = ("130", "140", "150")
THROTTLED = "3001"
GRANT_ENDED = "3100"
SUBSCRIPTION_LAPSED = "6190"

# Of one request or one of its records.
DUPLICATE_REQUEST = "600"
GONE = "610"
RATE_MISSING = "2410"
REFERENCE_GONE = "2500"
STALE = "5010"
AGAINST_A_RULE = "6000"
NUMBER_TAKEN = "6140"
NAME_TAKEN = "6240"
SYSTEM_FAILURE = "10000"

# Something in the body, or the kind of update, is nothing that QuickBooks knows.
UNKNOWN_TO_IT = {"500", "2010"}
# Of a list of fields that the company does not know (contract section 3).
FIELDS_UNKNOWN = {"4000", "4001"}
# Of what a statement says, such as an odd character in a name; others concern the call as such.
NOT_UNDERSTOOD = {"2030", "2040", "4002"} | UNKNOWN_TO_IT | FIELDS_UNKNOWN
