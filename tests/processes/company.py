"""A simulated QuickBooks company, seen from outside: over HTTP, as somebody else's program would."""

from __future__ import annotations

from collections import Counter
from typing import Any

import requests

SECONDS = 60
PAGE = 1000


class Company:
    def __init__(self, address: str, **options: Any):
        """`options`: the simulator's own, such as latency_ms=200. It has lists, but no documents."""
        self._address = address
        self._session = requests.Session()
        # The machine's proxy settings have nothing to say about loopback.
        self._session.trust_env = False
        # Kept open between polls, a connection could be reset just when the next one leaves.
        self._session.headers["Connection"] = "close"
        document = self._control("POST", "", {"country": "SG", "seed": False, **options})
        self.realm = document["realm_id"]

    def _control(self, method: str, path: str, body: dict | None = None) -> Any:
        answer = self._session.request(method, f"{self._address}/control/{path}", json=body, timeout=SECONDS)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def switch(self, **switches: Any) -> None:
        self._control("PATCH", f"{self.realm}/", switches)

    def mishap(self, kind: str, *, count: int = 1, matching: str = "/batch", seconds: float = 0) -> None:
        options = {"kind": kind, "count": count, "matching": matching, "seconds": seconds}
        self._control("POST", f"{self.realm}/mishaps/", options)

    def mishap_kinds(self) -> dict[str, str]:
        """What can go wrong, in words, by kind."""
        return self._control("GET", f"{self.realm}/mishaps/")["kinds"]

    def calm(self) -> None:
        self._control("DELETE", f"{self.realm}/mishaps/")

    @property
    def calls(self) -> Counter:
        """How many calls came, by kind; refused ones count."""
        counted = self._control("GET", f"{self.realm}/calls/")
        return Counter({kind: number for kind, number in counted.items() if isinstance(number, int)})

    @property
    def newest_calls(self) -> list[dict[str, Any]]:
        """The newest hundred, newest first: at, kind, path, request_id, status."""
        return self._control("GET", f"{self.realm}/calls/")["calls"]

    def forget_calls(self) -> None:
        self._control("DELETE", f"{self.realm}/calls/")

    def _authorization(self) -> dict[str, str]:
        token = self._control("POST", f"{self.realm}/tokens/")["access_token"]
        return {"Authorization": f"Bearer {token}", "Accept": "application/json"}

    def all(self, entity: str) -> list[dict[str, Any]]:
        """Everything of a kind, by pages."""
        headers, found = self._authorization(), []
        while True:
            statement = f"select * from {entity} orderby Id startposition {len(found) + 1} maxresults {PAGE}"
            answer = self._session.get(
                f"{self._address}/v3/company/{self.realm}/query",
                params={"query": statement},
                headers=headers,
                timeout=SECONDS,
            )
            answer.raise_for_status()
            page = answer.json()["QueryResponse"].get(entity, [])
            found += page
            if len(page) < PAGE:
                return found

    def numbers(self, entity: str = "Invoice") -> Counter:
        """How many documents there are under each number."""
        return Counter(document.get("DocNumber", "") for document in self.all(entity))

    def write(self, entity: str, body: dict[str, Any]) -> dict[str, Any]:
        [answer] = self.write_all(entity, [body])
        return answer

    def change(self, entity: str, held: dict[str, Any], **fields: Any) -> dict[str, Any]:
        """Somebody edits a document in QuickBooks."""
        known = {"Id": held["Id"], "SyncToken": held["SyncToken"], "sparse": True}
        [answer] = self.write_all(entity, [known | fields], operation="update")
        return answer

    def write_all(
        self, entity: str, bodies: list[dict[str, Any]], operation: str = "create"
    ) -> list[dict[str, Any]]:
        """Creates these, at most 30, or changes them."""
        items = [{"bId": str(n), "operation": operation, entity: body} for n, body in enumerate(bodies)]
        answer = self._session.post(
            f"{self._address}/v3/company/{self.realm}/batch",
            json={"BatchItemRequest": items},
            headers=self._authorization(),
            timeout=SECONDS,
        )
        answer.raise_for_status()
        return [item[entity] for item in answer.json()["BatchItemResponse"]]
