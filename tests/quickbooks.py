"""The embedded QuickBooks in process: HTTP of the product reaches its views through Django's test client, in the
same thread and transaction, and only over the product's own HTTP layer."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import SplitResult, parse_qs, urlsplit

import msgspec
import responses
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone
from django.utils.module_loading import import_string
from django_q.models import OrmQ

from integrations import connecting, documents, tasks
from integrations.models import Connection, Organization

BASE = settings.QBO_API_BASE_URL
STAND_IN_TID = "1-5f72fd1e-6fc2a1c47a2d4b2f0e6f5a3b"
CALLBACK = "http://testserver/integrations/quickbooks/callback/"


@dataclass(frozen=True)
class StandIn:
    """An answer that the company itself would not give."""

    matching: str
    status: int
    headers: dict[str, str]
    body: bytes


class QuickBooks:
    """One simulated company, a new one or that of `realm`. `calls` counts what reached its API, by kind."""

    def __init__(
        self,
        mock: responses.RequestsMock,
        *,
        realm: str = "",
        country: str = "SG",
        seed: bool = False,
        **switches: Any,
    ):
        self._http = Client(headers={"host": "127.0.0.1"})
        mock.add_callback(responses.GET, re.compile(re.escape(BASE)), callback=self._answer)
        mock.add_callback(responses.POST, re.compile(re.escape(BASE)), callback=self._answer)
        self._others: Counter = Counter()
        self._actions: list = []
        self._alterations: list = []
        self.refusals = 0
        self._stand_ins: list[StandIn] = []
        self._item_faults: list[tuple[bytes, dict]] = []
        self._refused_queries: list[tuple[str, int, str]] = []
        options = {"country": country, "seed": seed, **switches}
        self.realm = realm or self.control("", options)["realm_id"]

    # --- what a test does in QuickBooks ------------------------------------------------------

    def control(self, path: str, body: dict | None = None, method: str = "POST") -> Any:
        answer = self._http.generic(
            method, f"/simulator/control/{path}", json.dumps(body or {}), content_type="application/json"
        )
        assert answer.status_code < 300, answer.content
        return json.loads(answer.content, parse_float=Decimal) if answer.content else None

    def switch(self, **switches: Any) -> None:
        self.control(f"{self.realm}/", switches, "PATCH")

    def mishap(self, kind: str, count: int = 1, **options: Any) -> None:
        self.control(f"{self.realm}/mishaps/", {"kind": kind, "count": count, **options})

    def token(self) -> str:
        return self.control(f"{self.realm}/tokens/")["access_token"]

    def api(self, method: str, path: str, body: Any = None) -> dict:
        """A call by somebody else's program, not counted by `calls`."""
        answer = self._http.generic(
            method,
            f"/simulator/v3/company/{self.realm}/{path}",
            documents.encode(body) if body is not None else b"",
            content_type="application/json",
            headers={"authorization": f"Bearer {self.token()}", "accept": "application/json"},
        )
        found = json.loads(answer.content, parse_float=Decimal)
        self._others[_kind(method, path)] += 1
        assert answer.status_code == 200, found
        return found

    def make(self, entity: str, body: dict, operation: str = "") -> dict:
        suffix = f"?operation={operation}" if operation else ""
        return self.api("POST", f"{entity.lower()}{suffix}", body)[entity]

    def read(self, entity: str, qbo_id: str) -> dict:
        return self.api("GET", f"{entity.lower()}/{qbo_id}")[entity]

    def all(self, entity: str, where: str = "") -> list[dict]:
        statement = f"select * from {entity} {where} orderby Id maxresults 1000"
        return self.api("GET", f"query?query={statement.replace(' ', '%20')}")["QueryResponse"].get(
            entity, []
        )

    def change(self, entity: str, qbo_id: str, **fields: Any) -> dict:
        """Somebody edits a document in QuickBooks."""
        token = self.read(entity, qbo_id)["SyncToken"]
        return self.make(entity, {"Id": qbo_id, "SyncToken": token, "sparse": True, **fields})

    def merge(self, entity: str, loser: str, survivor: str) -> None:
        """A person merges two names in QuickBooks' pages; the API has no call for it."""
        self.control(f"{self.realm}/merge/", {"entity": entity, "loser": loser, "survivor": survivor})

    def pay(self, invoice_id: str, amount: str, *, received: str = "") -> dict:
        """Somebody applies `amount` to an invoice, of `received` where the customer paid more."""
        invoice = self.read("Invoice", invoice_id)
        line = {"Amount": amount, "LinkedTxn": [{"TxnId": invoice_id, "TxnType": "Invoice"}]}
        kept = {name: invoice[name] for name in ("CustomerRef", "CurrencyRef") if name in invoice}
        return self.make("Payment", kept | {"TotalAmt": received or amount, "Line": [line]})

    # --- counting ----------------------------------------------------------------------------

    def _all(self) -> Counter:
        counted = self.control(f"{self.realm}/calls/", method="GET")
        return Counter({kind: counted[kind] for kind in ("read", "query", "cdc", "batch", "write")})

    @property
    def calls(self) -> Counter:
        return self._all() - self._others

    def reset_calls(self) -> None:
        self.control(f"{self.realm}/calls/", method="DELETE")
        self._others = Counter()

    # --- connecting --------------------------------------------------------------------------

    def connect(self, organization: Organization, user) -> Connection:
        """The whole consent, as the person's browser goes through it."""
        address = connecting.begin(organization, user, redirect_uri=CALLBACK, return_to="/")
        state = parse_qs(urlsplit(address).query)["state"][0]
        code = self.consent(address)
        connecting.finish(user, state=state, code=code, realm_id=self.realm, error="")
        return Connection.objects.get(organization=organization)

    def consent(self, address: str) -> str:
        page = urlsplit(address)
        answer = self._http.post(f"{page.path}?{page.query}", {"realm_id": self.realm, "decision": "connect"})
        assert answer.status_code == 302, answer.content
        return parse_qs(urlsplit(answer["Location"]).query)["code"][0]

    # --- the wire ----------------------------------------------------------------------------

    def _answer(self, request) -> tuple[int, dict, bytes]:
        page = urlsplit(request.url)
        for path, action in list(self._actions):
            if page.path.startswith(path):
                self._actions.remove((path, action))
                action()
        for stand_in in self._stand_ins:
            if stand_in.matching in request.url:
                self._stand_ins.remove(stand_in)
                return stand_in.status, {"intuit_tid": STAND_IN_TID, **stand_in.headers}, stand_in.body
        statement = _statement(request, page)
        for matching, status, body in self._refused_queries:
            if matching in statement:
                self.refusals += 1
                return status, {"intuit_tid": STAND_IN_TID}, body.encode()
        if self._item_faults and page.path.endswith("/batch"):
            return self._answer_without_faulty_items(request, page)
        status, headers, body = self._pass_on(request, page, request.body or b"")
        for planned in self._alterations:
            if planned[0] in request.url and status == 200:
                self._alterations.remove(planned)
                answer = json.loads(body, parse_float=Decimal)
                planned[1](answer)
                return status, headers, documents.encode(answer)
        return status, headers, body

    def _pass_on(self, request, page: SplitResult, body: bytes | str) -> tuple[int, dict, bytes]:
        headers = {
            name: value
            for name, value in request.headers.items()
            if name.lower() not in ("content-type", "content-length", "host")
        }
        answer = self._http.generic(
            request.method,
            f"{page.path}?{page.query}",
            body.encode() if isinstance(body, str) else body,
            content_type=request.headers.get("Content-Type", ""),
            headers=headers,
        )
        headers = {name: value for name, value in answer.headers.items() if name != "Content-Length"}
        return answer.status_code, headers, answer.content

    def _answer_without_faulty_items(self, request, page: SplitResult) -> tuple[int, dict, bytes]:
        """Items that are to fault never reach the company; the others do, under the same request id."""
        batch = msgspec.json.decode(request.body, type=dict[str, list[dict[str, msgspec.Raw]]])
        faults, others = [], []
        for item in batch["BatchItemRequest"]:
            text = b"".join(map(bytes, item.values()))
            planned = next((each for each in self._item_faults if each[0] in text), None)
            if planned is None or "Query" in item:
                others.append(item)
            else:
                self._item_faults.remove(planned)
                fault = {"Error": [planned[1]], "type": "ValidationFault"}
                faults.append({"Fault": fault, "bId": msgspec.json.decode(item["bId"])})
        left = msgspec.json.encode({"BatchItemRequest": others})
        status, headers, body = self._pass_on(request, page, left)
        document = json.loads(body, parse_float=Decimal)
        document["BatchItemResponse"] += faults
        return status, headers, documents.encode(document)

    def fault_item(self, matching: str, code: str, *, message: str = "Refused", detail: str = "") -> None:
        """The next item of a batch whose document contains `matching` is refused, and not carried out."""
        error = {"Message": message, "Detail": detail, "code": code, "element": ""}
        self._item_faults.append((matching.encode(), error))

    def answer_next(
        self, matching: str, status: int, body: str, content_type: str = "application/json"
    ) -> None:
        """The next call whose address contains `matching` is answered with this, and not carried out."""
        headers = {"Content-Type": content_type}
        self._stand_ins.append(StandIn(matching, status, headers, body.encode()))

    def alter_next(self, matching: str, alter: Callable[[dict], Any]) -> None:
        """The next good answer to a call whose address contains `matching` comes as `alter` changes it."""
        self._alterations.append((matching, alter))

    def refuse_queries(self, matching: str, code: str, *, status: int = 400, body: str = "") -> None:
        """From now on every query whose statement contains `matching` is refused; `refusals` counts them."""
        self._refused_queries.append((matching, status, body or fault_body(code, "not like this")))

    def understand_queries(self) -> None:
        """Refuses no query any more."""
        self._refused_queries.clear()

    def during_next_call(self, action, path: str = "/simulator/v3/") -> None:
        """Something that happens on our side while a call travels."""
        self._actions.append((path, action))


def _kind(method: str, path: str) -> str:
    """As what the company counts a call."""
    first = re.split(r"[/?]", path)[0]
    if first in ("query", "cdc", "batch"):
        return first
    return "read" if method == "GET" else "write"


def _statement(request, page: SplitResult) -> str:
    """What a query asks for; empty for any other call."""
    if not page.path.endswith("/query"):
        return ""
    body = request.body or b""
    return parse_qs(page.query).get("query", [""])[0] or (body.decode() if isinstance(body, bytes) else body)


def fault_body(code: str, detail: str) -> str:
    """The body of a call that is refused as a whole."""
    error = {"Message": "Refused", "Detail": detail, "code": code, "element": ""}
    return json.dumps({"Fault": {"Error": [error], "type": "ValidationFault"}})


def drain(organization: Organization) -> None:
    """What a worker does when the bell rings."""
    tasks.drain(organization.pk)


@contextmanager
def drained_after(organization: Organization, part: str) -> Iterator[list[str]]:
    """The worker's turn comes while a page is read: after the first statement that contains `part`, which is told."""
    seen: list[str] = []

    def work(execute, sql, params, many, context):
        answer = execute(sql, params, many, context)
        if part in sql and not seen:
            seen.append(sql)
            drain(organization)
        return answer

    with connection.execute_wrapper(work):
        yield seen


def answer_bells() -> None:
    """What workers do with the queue: every task once."""
    for queued in list(OrmQ.objects.order_by("pk")):
        queued.delete()
        import_string(queued.task["func"])(*queued.task["args"])


def later(minutes: int):
    return timezone.now() + timezone.timedelta(minutes=minutes)
