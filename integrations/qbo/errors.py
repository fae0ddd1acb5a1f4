"""What can go wrong with QuickBooks, named for what the caller does next.

Every error carries `status` (HTTP, 0 where no answer came), `code` (ours; QuickBooks' own for Refused and
TryLater), `message` (a sentence for a finance clerk), `detail` (QuickBooks' own words, tokens removed),
`intuit_tid` (what Intuit's support asks for) and `fault` (where QuickBooks sent one). Bodies and secrets are
never in an error.
"""

import re
from dataclasses import dataclass
from typing import ClassVar

from integrations.faults import explain

from . import codes

_EXISTING_ID = {
    # 6240: "The name supplied already exists. : Id=1209"
    codes.NAME_TAKEN: re.compile(r"\bId=(\d+)"),
    # 6140: "DocNumber=1047 is assigned to TxnType=Invoice with TxnId=17984"
    codes.NUMBER_TAKEN: re.compile(r"\bTxnId=(\d+)"),
}


@dataclass(frozen=True)
class Fault:
    """One error of QuickBooks. `code` has no leading zeros; `element` is the field it names, or empty."""

    code: str
    message: str
    detail: str
    element: str
    intuit_tid: str

    @property
    def existing_id(self) -> str | None:
        """The id of the object that already has the name or the number, where QuickBooks tells it."""
        pattern = _EXISTING_ID.get(self.code)
        match = pattern.search(self.detail) if pattern else None
        return match.group(1) if match else None


class QuickBooksError(Exception):
    """`str(error)` is its `message`."""

    default_code: ClassVar[str] = ""

    def __init__(
        self,
        *,
        status: int = 0,
        detail: str = "",
        intuit_tid: str = "",
        fault: Fault | None = None,
    ):
        self.status = status
        self.code = self.default_code or (fault.code if fault else "")
        self.message = explain(self.code).meaning
        self.detail = detail or (fault.detail or fault.message if fault else "")
        self.intuit_tid = intuit_tid or (fault.intuit_tid if fault else "")
        self.fault = fault
        super().__init__(self.message)


class Unreachable(QuickBooksError):
    """No trustworthy answer came. Whether a write took effect is unknown, except where the call never `left`."""

    default_code = "unreachable"

    def __init__(self, *, left: bool = True, **details):
        super().__init__(**details)
        self.left = left


class Throttled(QuickBooksError):
    """QuickBooks asks for fewer requests and did nothing. `retry_after`: seconds, where it tells."""

    default_code = "throttled"

    def __init__(self, *, retry_after: float | None = None, **details):
        super().__init__(**details)
        self.retry_after = retry_after


class NeedsReconnect(QuickBooksError):
    """The grant is dead: only a person who connects again can go on."""

    default_code = "needs_reconnect"


class TokenRefused(NeedsReconnect):
    """The access token was refused. Where it was a fresh one, this means what its parent says."""


class Misconfigured(QuickBooksError):
    """Our own app's settings are wrong. The customer's connection may be sound."""

    default_code = "misconfigured"


class SubscriptionLapsed(QuickBooksError):
    """The company's QuickBooks subscription ended: writes are refused, the connection is sound."""

    default_code = "subscription_lapsed"


class TryLater(QuickBooksError):
    """The company is locked or under maintenance for a while."""


class Refused(QuickBooksError):
    """Any other fault: QuickBooks understood the request and will not carry it out."""

    fault: Fault


_BY_CODE: dict[str, type[QuickBooksError]] = {
    **dict.fromkeys(codes.COMPANY_LOCKED, TryLater),
    codes.THROTTLED: Throttled,
    codes.GRANT_ENDED: NeedsReconnect,
    codes.SUBSCRIPTION_LAPSED: SubscriptionLapsed,
    codes.SYSTEM_FAILURE: Unreachable,
}


def error_of(fault: Fault, status: int = 200) -> QuickBooksError:
    """The typed error of one fault, also of one item of a batch. An unknown code is Refused."""
    return _BY_CODE.get(fault.code, Refused)(status=status, fault=fault)
