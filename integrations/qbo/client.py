"""The client of QuickBooks' Accounting API: verbs on entities, each object as the bytes that QuickBooks sent.

Numbers stay exact that way: `integrations.documents.decode` reads them as Decimal. The constructor does no
I/O.
"""

import json
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Protocol
from urllib import parse

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase

from .answers import Answer, read_answer
from .batch import BatchAnswer, batch_answer, rows_or_error
from .errors import QuickBooksError, Refused, Throttled, TokenRefused, Unreachable
from .refusals import tid
from .retry import wait_before_retry
from .statements import selection
from .throttle import Kind
from .transport import Reply, send

# https://blogs.intuit.com/2025/01/21/changes-to-our-accounting-api-that-may-impact-your-application
MINOR_VERSION = "75"
PAGE_SIZE = 1000
# The feed answers with this many objects at most, has no pages, and does not say that it left some out.
CHANGES_LIMIT = 1000
# Gateways refuse long addresses; a statement longer than this (URL-encoded) goes as a body.
LONGEST_STATEMENT = 1500


class Grant(Protocol):
    """A company's permission to call. `renew` is called once after a 401, with the token that was refused; it
    returns a fresh one or raises NeedsReconnect."""

    realm_id: str

    def access_token(self) -> str: ...

    def renew(self, rejected: str) -> str: ...


class Gate(Protocol):
    """The company's budget. `enter` may wait, and precedes every attempt; `leave` follows its answer or
    failure, and says whether the request ever `left`; `pause` waits between attempts."""

    def enter(self, kind: Kind) -> None: ...

    def leave(self, kind: Kind, *, left: bool = True) -> None: ...

    def pause(self, seconds: float) -> None: ...


@dataclass(frozen=True)
class QueryAnswer:
    """`rows`: the objects, as received. `time`: QuickBooks' clock, aware."""

    rows: list[bytes]
    entity: str | None
    time: datetime


@dataclass(frozen=True)
class Changes:
    """`rows` by entity. `time`: QuickBooks' clock. Not `complete`: objects may be missing from the answer."""

    rows: dict[str, list[bytes]]
    time: datetime
    complete: bool


@dataclass(frozen=True)
class _Request:
    """One request but for its token: the same bytes on every try."""

    kind: Kind
    path: str
    parameters: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    content_type: str = "application/json"
    # Whether it changes nothing and may go out again, whatever its kind.
    only_asks: bool = False

    @property
    def retried_as(self) -> Kind:
        return Kind.QUERY if self.only_asks else self.kind


class _Bearer(AuthBase):
    """The access token. Without an `auth`, requests would prefer what a .netrc file says about the host."""

    def __init__(self, token: str):
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class Client:
    """One QuickBooks company. Several threads may share it."""

    def __init__(self, grant: Grant, gate: Gate):
        self._grant = grant
        self._gate = gate
        self._session = requests.Session()
        adapter = HTTPAdapter(pool_maxsize=settings.QBO_CONCURRENCY, max_retries=0)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)
        self._of_this_thread = threading.local()

    def close(self) -> None:
        """Ends the connections that are kept for further calls."""
        self._session.close()

    @property
    def last_intuit_tid(self) -> str:
        """Intuit's id of the newest answer to this thread; empty before the first."""
        return getattr(self._of_this_thread, "intuit_tid", "")

    def read(self, entity: str, id: str) -> bytes:
        path = f"{entity.lower()}/{parse.quote(id, safe='')}"
        return self._call(_Request(Kind.READ, path)).part(entity)

    def company_info(self) -> bytes:
        return self.read("CompanyInfo", self._grant.realm_id)

    def preferences(self) -> bytes:
        return self._call(_Request(Kind.READ, "preferences")).part("Preferences")

    def exchange_rate(self, source: str, as_of: date) -> bytes:
        """Units of the home currency for one of `source`."""
        parameters = {"sourcecurrencycode": source, "asofdate": as_of.isoformat()}
        return self._call(_Request(Kind.READ, "exchangerate", parameters)).part("ExchangeRate")

    def query(self, statement: str) -> QueryAnswer:
        if len(parse.quote(statement)) > LONGEST_STATEMENT:
            request = _Request(Kind.QUERY, "query", body=statement.encode(), content_type="application/text")
        else:
            request = _Request(Kind.QUERY, "query", {"query": statement})
        answer = self._call(request)
        rows = answer.rows(answer.object(answer.part("QueryResponse")))
        return QueryAnswer(rows.documents, rows.entity, answer.time)

    def select(
        self,
        entity: str,
        *,
        where: str = "",
        fields: str = "*",
        order_by: str = "Id",
        start: int = 1,
        size: int = PAGE_SIZE,
    ) -> QueryAnswer:
        """Inactive names are among the rows only where `where` says `Active IN (true,false)`."""
        return self.query(selection(entity, where, fields, order_by, start, size))

    def select_any(self, entity: str, wheres: Sequence[str], *, order_by: str, size: int) -> list[bytes]:
        """Rows that meet one of the conditions, 30 of them at most, in one call: QuickBooks knows no OR, so each is
        a query of its own in a batch. A row that meets several comes several times."""
        if len(wheres) == 1:
            return self.select(entity, where=wheres[0], order_by=order_by, size=size).rows
        answers = self._ask([selection(entity, where, "*", order_by, 1, size) for where in wheres])
        found: list[bytes] = []
        for answer in answers:
            rows = rows_or_error(answer, self.last_intuit_tid)
            if isinstance(rows, QuickBooksError):
                raise rows
            found += rows
        return found

    def select_each(self, selections: Sequence[tuple[str, str]]) -> list[list[bytes] | QuickBooksError]:
        """The first 1,000 rows of each (entity, condition), 30 of them at most, in one call; or why QuickBooks did not
        tell them. Raises what concerns the whole company."""
        if len(selections) == 1:
            [(entity, where)] = selections
            try:
                return [self.select(entity, where=where).rows]
            except Refused as refusal:
                return [refusal]
        answers = self._ask(
            [selection(entity, where, "*", "Id", 1, PAGE_SIZE) for entity, where in selections]
        )
        return [rows_or_error(answer, self.last_intuit_tid) for answer in answers]

    def _ask(self, statements: Sequence[str]) -> list[BatchAnswer]:
        """One answer for each, in their order."""
        items = [{"bId": str(number), "Query": statement} for number, statement in enumerate(statements)]
        body = json.dumps({"BatchItemRequest": items}).encode()
        request = _Request(Kind.BATCH, "batch", body=body, only_asks=True)
        answers = {answer.b_id: answer for answer in self._batch(request)}
        return [
            answers.get(item["bId"], BatchAnswer(item["bId"], None, None, None, [], answered=False))
            for item in items
        ]

    def pages(
        self, entity: str, *, where: str = "", fields: str = "*", order_by: str = "Id"
    ) -> Iterator[QueryAnswer]:
        """Pages of 1,000 until one is short."""
        start = 1
        while True:
            page = self.select(entity, where=where, fields=fields, order_by=order_by, start=start)
            yield page
            if len(page.rows) < PAGE_SIZE:
                return
            start += PAGE_SIZE

    def changes(self, entities: Sequence[str], since: datetime) -> Changes:
        """What changed since an aware moment, 30 days ago at most. Deleted documents come as stubs."""
        parameters = {"entities": ",".join(entities), "changedSince": since.isoformat(timespec="seconds")}
        answer = self._call(_Request(Kind.CDC, "cdc", parameters))
        found: dict[str, list[bytes]] = {entity: [] for entity in entities}
        asked = {entity.lower(): found[entity] for entity in entities}
        complete = True
        for response in answer.query_responses():
            lists = answer.lists(response)
            for name, documents in lists.items():
                asked.get(name.lower(), []).extend(documents)
            complete = complete and not answer.counts_more(response, sum(map(len, lists.values())))
        complete = complete and sum(map(len, found.values())) < CHANGES_LIMIT
        return Changes(found, answer.time, complete)

    def write(self, entity: str, body: bytes, request_id: str) -> bytes:
        """Creates or updates, as the body says. QuickBooks carries one request id out once, and answers a
        repetition with the first answer: https://blogs.intuit.com/2015/04/06/15346/"""
        request = _Request(Kind.WRITE, entity.lower(), {"requestid": request_id}, body)
        return self._call(request).part(entity)

    def operate(self, entity: str, operation: str, body: bytes, request_id: str) -> bytes:
        """`operation` is void or delete; the body names Id and SyncToken."""
        parameters = {"operation": operation, "requestid": request_id}
        return self._call(_Request(Kind.WRITE, entity.lower(), parameters, body)).part(entity)

    def batch(self, body: bytes, request_id: str) -> list[BatchAnswer]:
        """Each item succeeds or fails alone; `request_id`, of 36 characters at most, covers all of them."""
        return self._batch(_Request(Kind.BATCH, "batch", {"requestid": request_id}, body))

    def _batch(self, request: _Request) -> list[BatchAnswer]:
        answer = self._call(request)
        return [batch_answer(answer, item) for item in answer.objects(answer.part("BatchItemResponse"))]

    def _call(self, request: _Request) -> Answer:
        """The answer, after as many tries as `wait_before_retry` allows and one fresh token at most."""
        token = self._grant.access_token()
        renewed = False
        tries = 0
        while True:
            try:
                return self._attempt(request, token)
            except TokenRefused:
                if renewed:
                    raise
                token = self._grant.renew(token)
                renewed = True
            except (Throttled, Unreachable) as error:
                tries += 1
                seconds = wait_before_retry(error, request.retried_as, tries)
                if seconds is None:
                    raise
                self._gate.pause(seconds)
                token = self._grant.access_token()

    def _attempt(self, request: _Request, token: str) -> Answer:
        self._gate.enter(request.kind)
        left = True
        asked_at = datetime.now(UTC)
        try:
            reply = self._send(request, token)
        except Unreachable as error:
            left = error.left
            raise
        finally:
            self._gate.leave(request.kind, left=left)
        self._of_this_thread.intuit_tid = tid(reply.headers)
        return read_answer(reply, asked_at)

    def _send(self, request: _Request, token: str) -> Reply:
        headers = {"Accept": "application/json"}
        if request.body is not None:
            headers["Content-Type"] = request.content_type
        return send(
            self._session,
            "GET" if request.body is None else "POST",
            f"{settings.QBO_API_BASE_URL}/v3/company/{self._grant.realm_id}/{request.path}",
            params={**request.parameters, "minorversion": MINOR_VERSION},
            data=request.body,
            headers=headers,
            auth=_Bearer(token),
        )
