from .change import Change
from .configuration import Configuration
from .conflict import Conflict
from .connection import ConnectAttempt, Connection
from .document import Document, DocumentLine, DocumentQuerySet, DocumentStatus, TaxTreatment
from .idempotency import IdempotencyKey
from .indexes import SearchIndex
from .lane import CallCount, Lane
from .matching import Act, ContactFinding, ContactReading, FindingKind, IgnoredFinding
from .operations import Heartbeat, WebhookReceipt
from .organization import Membership, Organization, Role, currency_code
from .reading import Cursor, SuspectedMerge
from .record import HEAVY, SyncedRecord, SyncState, waiting_state
from .reference import Account, Item, TaxCode, name_key
from .search_text import is_cut, text_of
from .statement import Difference, Fix, Kind, Statement, StatementCurrency, Stream
from .sync import (
    PERSONS,
    WITHOUT_JOBS,
    Direction,
    Priority,
    PushBatch,
    QueueStep,
    SyncJob,
    SyncRun,
    Trigger,
)

__all__ = [
    "HEAVY",
    "PERSONS",
    "WITHOUT_JOBS",
    "Account",
    "Act",
    "CallCount",
    "Change",
    "Configuration",
    "Conflict",
    "ConnectAttempt",
    "Connection",
    "ContactFinding",
    "ContactReading",
    "Cursor",
    "Difference",
    "Direction",
    "Document",
    "DocumentLine",
    "DocumentQuerySet",
    "DocumentStatus",
    "FindingKind",
    "Fix",
    "Heartbeat",
    "IdempotencyKey",
    "IgnoredFinding",
    "Item",
    "Kind",
    "Lane",
    "Membership",
    "Organization",
    "Priority",
    "PushBatch",
    "QueueStep",
    "Role",
    "SearchIndex",
    "Statement",
    "StatementCurrency",
    "Stream",
    "SuspectedMerge",
    "SyncJob",
    "SyncRun",
    "SyncState",
    "SyncedRecord",
    "TaxCode",
    "TaxTreatment",
    "Trigger",
    "WebhookReceipt",
    "currency_code",
    "is_cut",
    "name_key",
    "text_of",
    "waiting_state",
]
