"""The demo's QuickBooks company, made through the simulator's own interface."""

import json
from typing import Any
from urllib import request

from . import merchant

TIMEOUT = 60


def provide_company(address: str) -> None:
    """Makes the company where there is none, and tells it where this start of the demo listens."""
    control = f"{address}/simulator/control/"
    companies = _send("GET", control)["companies"]
    if not companies:
        options = {"country": merchant.COUNTRY, "name": merchant.NAME, "multicurrency": True}
        companies = [_send("POST", control, options)]
    for company in companies:
        _send("PATCH", f"{control}{company['realm_id']}/", {"webhook_url": f"{address}/webhooks/quickbooks/"})


def _send(method: str, address: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """Raises urllib.error.URLError where the simulator refuses or does not answer."""
    asked = request.Request(
        address,
        method=method,
        data=json.dumps(body).encode() if body is not None else None,
        headers={"Content-Type": "application/json"},
    )
    with request.urlopen(asked, timeout=TIMEOUT) as answer:
        return json.load(answer)
