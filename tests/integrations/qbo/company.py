"""What the client is given in these tests: a grant, a gate that notes what happens, and recorded answers."""

import json
from dataclasses import dataclass, field
from datetime import timedelta, timezone

from responses import matchers

from integrations.qbo.client import Client, Kind
from integrations.qbo.errors import NeedsReconnect

REALM = "9130350000000001"
BASE = f"http://quickbooks.test/v3/company/{REALM}"
TOKEN = "eyJlbmMiOiJBMTI4Q0JDLUhTMjU2In0.first-access-token"
FRESH_TOKEN = "eyJlbmMiOiJBMTI4Q0JDLUhTMjU2In0.second-access-token"
# QuickBooks' clock.
PACIFIC = timezone(timedelta(hours=-7))


@dataclass
class FakeGrant:
    realm_id: str = REALM
    token: str = TOKEN
    revoked: bool = False
    rejected: list[str] = field(default_factory=list)

    def access_token(self) -> str:
        return self.token

    def renew(self, rejected: str) -> str:
        self.rejected.append(rejected)
        if self.revoked:
            raise NeedsReconnect
        self.token = FRESH_TOKEN
        return self.token


@dataclass
class FakeGate:
    """`inside` shows that every call that entered has come back, `left` whether each was sent at all."""

    entered: list[Kind] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)
    inside: int = 0
    left: list[bool] = field(default_factory=list)

    def enter(self, kind: Kind) -> None:
        self.entered.append(kind)
        self.inside += 1

    def leave(self, kind: Kind, *, left: bool = True) -> None:
        self.inside -= 1
        self.left.append(left)

    def pause(self, seconds: float) -> None:
        assert self.inside == 0, "a pause must not hold a place"
        self.pauses.append(seconds)


@dataclass
class Company:
    client: Client
    grant: FakeGrant
    gate: FakeGate


def fault(code: str, message: str = "", detail: str = "", **more: str) -> str:
    """The usual envelope of a fault."""
    return '{"Fault":' + fault_object(code, message, detail, **more) + ',"time":"2026-10-01T09:00:00-07:00"}'


def fault_object(code: str, message: str = "", detail: str = "", **more: str) -> str:
    error = {"Message": message, "Detail": detail, "code": code, **more}
    return json.dumps({"Error": [error], "type": "ValidationFault"})


# Recorded by minimul/qbo_api and ruckus/quickbooks-ruby; shortened.
EXPIRED = (
    '{"warnings":null,"intuitObject":null,"fault":{"error":[{"message":"message=AuthenticationFailed; '
    'errorCode=003200; statusCode=401","detail":"Token expired: AB01601391072eyJlbmMi","code":"3200",'
    '"element":null}],"type":"AUTHENTICATION"},"report":null,"batchItemResponse":[],"time":1601391072830}'
)
EXPIRED_XML = (
    '<?xml version="1.0" encoding="UTF-8"?><IntuitResponse time="2020-09-29T08:00:00" '
    'xmlns="http://schema.intuit.com/finance/v3"><Fault type="AUTHENTICATION"><Error code="3200"><Message>'
    "message=AuthenticationFailed; errorCode=003200; statusCode=401</Message><Detail>Token expired: AB0abc"
    "</Detail></Error></Fault></IntuitResponse>"
)
THROTTLED_XML = (
    '<?xml version="1.0" encoding="UTF-8"?><IntuitResponse xmlns="http://schema.intuit.com/finance/v3">'
    '<Fault type="SERVICE"><Error code="3001"><Message>message=ThrottleExceeded; errorCode=003001; '
    "statusCode=429</Message><Detail>The request limit was reached.  Try again later</Detail></Error></Fault>"
    "</IntuitResponse>"
)
THROTTLED_JSON = (
    '{"fault":{"error":[{"message":"message=ThrottleExceeded; errorCode=003001; statusCode=429","detail":'
    '"The request limit was reached. Try again later","code":"003001","element":null}],"type":"SERVICE"}}'
)
NOT_AUTHORISED = (
    '{"fault":{"error":[{"message":"message=ApplicationAuthorizationFailed; '
    'errorCode=003100; statusCode=403","detail":null,"code":"3100"}],"type":"SERVICE"}}'
)
HTML = "<!DOCTYPE html><html><body><h1>503 Service Unavailable</h1></body></html>"
CUSTOMER = '{"Balance":739.00,"Id":"1","SyncToken":"0","DisplayName":"Amy\'s Bird Sanctuary"}'
CUSTOMER_ANSWER = '{"Customer":' + CUSTOMER + ',"time":"2020-09-29T05:58:16.187-07:00"}'


def params(**expected):
    """What the address asks for, beside the minor version that every call names."""
    return matchers.query_param_matcher({"minorversion": "75", **expected})
