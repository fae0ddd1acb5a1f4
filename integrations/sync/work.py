"""What a lane's holder works with: the organization, its client and limits, and how long it may go on."""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db import transaction

from ..mapping import Company, company_of
from ..models import Connection, Organization
from ..qbo.client import Client
from ..qbo.errors import Refused
from .company import is_stale, read_company
from .decoding import ByKey
from .gate import LaneGate
from .grant import StoredGrant
from .lease import Lease, hold_lane
from .permission import Stopped, reason_to_wait

logger = logging.getLogger(__name__)


@dataclass
class Held:
    """Of one entity, by name key: what was `asked` for during this turn, and the documents that QuickBooks holds of it,
    with their bytes."""

    asked: set[str] = field(default_factory=set)
    documents: ByKey = field(default_factory=lambda: defaultdict(list))


class Work:
    def __init__(self, lease: Lease, seconds: float):
        self.lease = lease
        self.organization = Organization.objects.get(pk=lease.organization_id)
        self.connection = Connection.objects.get(organization=self.organization)
        # The grant reads its row again when it renews; by then a person may have connected another company.
        self.realm_id = self.connection.realm_id
        self.gate = LaneGate(lease, self.realm_id)
        self.client = Client(StoredGrant(self.connection), self.gate)
        # (currency, date) → rate, as read from QuickBooks during this turn
        self.rates: dict[tuple[str, date], Decimal] = {}
        # entity → everything that QuickBooks holds of it, by name key, as read during this turn
        self.lists: dict[str, ByKey] = {}
        self.held: dict[str, Held] = defaultdict(Held)
        self._company_refused: Refused | None = None
        self._until = time.monotonic() + seconds

    @property
    def time_left(self) -> bool:
        return time.monotonic() < self._until

    @property
    def reason_to_wait(self) -> str:
        """Why nothing may be done for now, as a code of the fault table; empty where it may."""
        return reason_to_wait(self.organization.pk, self.realm_id)

    def require_same_company(self) -> None:
        """Before what a call brought is stored: ids mean other records in another company. Raises Stopped."""
        held = Connection.objects.values_list("realm_id", flat=True).get(organization=self.organization)
        if held != self.realm_id:
            raise Stopped("different_company")

    @contextmanager
    def storing(self) -> Iterator[None]:
        """A transaction for ids that QuickBooks told, in which nobody lets go of the company. Raises Stopped."""
        with transaction.atomic():
            hold_lane(self.organization.pk)
            self.require_same_company()
            yield

    def company(self) -> Company:
        """Fresh settings; a person may have changed them since the last round. Raises Refused where QuickBooks never
        told what the company is like."""
        if self.connection.company_read_at is None:
            self.know_company()
            if self._company_refused:
                raise self._company_refused
        company = company_of(self.organization)
        company.rates = self.rates
        return company

    def know_company(self) -> None:
        """Before a write: the closing date or a currency may have changed there. Reading does without.

        Where QuickBooks refuses to tell, it is not asked again in this turn, and what it told before goes on to hold.
        """
        if self._company_refused or not is_stale(self.connection):
            return
        try:
            read_company(self.connection, self.client)
        except Refused as refusal:
            logger.warning("Organization %s: the company was not told: %s", self.organization.slug, refusal)
            self._company_refused = refusal
