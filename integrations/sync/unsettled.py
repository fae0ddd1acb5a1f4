"""Batches that a worker left without storing an answer, because it died or ran out of time: the next one settles them
before it does anything else."""

from __future__ import annotations

import logging

from django.db import InterfaceError, OperationalError

from ..mapping import Problem
from ..models import PushBatch
from ..qbo.errors import QuickBooksError, Refused
from . import outcomes
from .ending import settle_ending
from .lease import LeaseLost
from .leaving import LEFT
from .settle import give_up, transmit
from .work import Work

logger = logging.getLogger(__name__)


def settle_open(work: Work) -> None:
    """Oldest first."""
    open_batches = PushBatch.objects.filter(organization=work.organization, settled_at__isnull=True)
    for batch in open_batches.order_by("pk"):
        if batch.realm_id != work.realm_id:
            # What the former company made of it is nothing to this one.
            give_up(batch, LEFT)
            continue
        try:
            _settle(work, batch)
        except Refused as refusal:
            give_up(batch, outcomes.in_doubt(refusal))
        except (QuickBooksError, LeaseLost, OperationalError, InterfaceError):
            raise
        except Exception as error:
            # It would stop the lane at this place for ever; in doubt, its records are looked for before they go again.
            logger.exception("Organization %s: an answer could not be stored", work.organization.slug)
            give_up(batch, Problem("in_doubt", detail=f"{type(error).__name__}: {error}"))


def _settle(work: Work, batch: PushBatch) -> None:
    settle = transmit if batch.operation == "batch" else settle_ending
    settle(work, work.company(), batch)
