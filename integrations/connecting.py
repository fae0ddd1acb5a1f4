"""The door's other half: connecting an organization to its QuickBooks company, and letting go of it."""

from __future__ import annotations

import hashlib
import logging
import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.db.models import Case, F, Value, When
from django.utils import timezone
from django_q.tasks import async_task

from .history import note
from .mapping import mappers
from .models import (
    CallCount,
    Change,
    Configuration,
    ConnectAttempt,
    Connection,
    Cursor,
    Membership,
    Organization,
    SuspectedMerge,
    Trigger,
)
from .qbo import oauth
from .qbo.client import Client
from .qbo.errors import QuickBooksError
from .services import Asked, Refused, require_connection, ring_after_commit
from .sync.company import read_company
from .sync.counting import count_call
from .sync.gate import FreeGate
from .sync.grant import StoredGrant, token_columns
from .sync.lease import hold_lane
from .sync.leaving import end_all_work
from .sync.writing import untie

logger = logging.getLogger(__name__)

STATE_LIFETIME = timedelta(minutes=10)
# As many as SQLite takes in one statement.
UNLINKED_AT_A_TIME = 500


class ConnectRefused(Refused):
    """Connecting did not work; `attempt` says where to go back to, where it is known."""

    def __init__(self, code: str, message: str, attempt: ConnectAttempt | None = None):
        super().__init__(code, message)
        self.attempt = attempt


def begin(organization: Organization, user: AbstractBaseUser, *, redirect_uri: str, return_to: str) -> str:
    """The address at Intuit where the person agrees. Its state is good once, for this person, ten minutes."""
    if not organization.quickbooks_enabled:
        raise Refused("not_enabled")
    if not settings.QBO_CLIENT_ID:
        raise Refused("misconfigured")
    state = secrets.token_urlsafe(32)
    ConnectAttempt.objects.filter(created_at__lt=timezone.now() - timedelta(days=1)).delete()
    ConnectAttempt.objects.create(
        organization=organization,
        user=user,
        state_hash=_hash(state),
        redirect_uri=redirect_uri,
        return_to=return_to,
    )
    return oauth.authorization_url(state, redirect_uri)


def finish(user: AbstractBaseUser, *, state: str, code: str, realm_id: str, error: str) -> ConnectAttempt:
    """Trades the code for tokens and stores them. Raises ConnectRefused; nothing is half-connected."""
    attempt = _use(user, state)
    if not _may_connect(user, attempt.organization):
        raise ConnectRefused(
            "not_allowed",
            "QuickBooks was not connected: you may not do this any more. Ask an admin of your organization.",
            attempt,
        )
    if error or not code or not realm_id:
        raise ConnectRefused(
            "denied",
            "QuickBooks was not connected: the request was declined at QuickBooks. Press Connect to try again.",
            attempt,
        )
    _require_free_realm(attempt, realm_id)
    count_call(attempt.organization_id, CallCount.Kind.TOKEN)
    try:
        tokens = oauth.exchange(code, attempt.redirect_uri)
    except QuickBooksError as refusal:
        raise ConnectRefused(
            refusal.code, f"QuickBooks was not connected. {refusal.message}", attempt
        ) from refusal
    connection = _store(attempt, realm_id, tokens)
    try:
        read_company(connection, Client(StoredGrant(connection), FreeGate(attempt.organization_id)))
    except QuickBooksError as refusal:
        # The grant is good; the lane reads the company again before its first work.
        logger.warning("Company of organization %s not read yet: %s", attempt.organization_id, refusal)
    _note(
        attempt.organization,
        f"Connected QuickBooks: {connection.company_name or 'company'} ({realm_id}).",
        # Finmo's own people belong to no organization; they come from admin.
        Asked(Trigger.ADMIN if user.is_staff else Trigger.PORTAL, user),
    )
    return attempt


def disconnect(organization: Organization, *, asked: Asked) -> None:
    """Lets go of the grant, which a task then gives back at Intuit. Ids and history stay.

    A run under way stops before its next call.
    """
    with transaction.atomic():
        _note(organization, "Disconnected QuickBooks.", asked)
        Connection.objects.filter(organization=organization).update(
            status=Connection.Status.NOT_CONNECTED,
            access_token=None,
            access_expires_at=None,
            # Whoever renews the tokens right now must not store them any more.
            token_version=F("token_version") + 1,
            revoke_asked_at=timezone.now(),
            **_only_paused_by_people(),
        )
        transaction.on_commit(lambda: async_task("integrations.tasks.revoke", organization.pk))
    logger.info("Organization %s disconnected from QuickBooks by %s", organization.slug, asked.user)


def forget_company(organization: Organization, *, asked: Asked) -> None:
    """Unlinks every record and ends all work that waits, so that another company may be connected.

    Only while disconnected. Raises Refused: `still_connected`, `still_working`.
    """
    with transaction.atomic():
        lane = hold_lane(organization.pk)
        connection = Connection.objects.select_for_update().get(organization=organization)
        if connection.status != Connection.Status.NOT_CONNECTED:
            raise Refused("still_connected", "Disconnect QuickBooks first, then unlink the records.")
        if lane.taken:
            raise Refused(
                "still_working",
                "An answer of QuickBooks is still on its way to your records. Wait a minute, then unlink them again.",
            )
        end_all_work(organization)
        for mapper in mappers():
            # The former company's accounts, items and tax codes serve no more.
            retired = {"is_active": False} if mapper.mirrors else {}
            linked = list(mapper.records(organization).linked().values_list("pk", flat=True))
            for start in range(0, len(linked), UNLINKED_AT_A_TIME):
                untie(mapper, linked[start : start + UNLINKED_AT_A_TIME], **retired)
        Configuration.objects.filter(organization=organization).update(
            default_receivable_account=None,
            default_payable_account=None,
            default_receivable_tax_code=None,
            default_payable_tax_code=None,
        )
        Cursor.objects.filter(organization=organization).delete()
        SuspectedMerge.objects.filter(organization=organization).delete()
        _note(organization, f"Unlinked all records from {connection.company_name or 'QuickBooks'}.", asked)
        connection.realm_id = ""
        connection.company_name = ""
        connection.save(update_fields=["realm_id", "company_name"])
    logger.info("Organization %s unlinked all records from QuickBooks by %s", organization.slug, asked.user)


def pause(organization: Organization, *, asked: Asked) -> None:
    """Holds all of the organization's work, a run under way before its next call, until `resume`."""
    with transaction.atomic():
        require_connection(organization)
        Connection.objects.filter(organization=organization).update(
            pause=Connection.Pause.PAUSED, pause_detail=f"By {asked.user}.", paused_at=timezone.now()
        )
        _note(organization, "Paused the synchronization.", asked)


def resume(organization: Organization, *, asked: Asked) -> None:
    """Lets the work go on, whatever it was paused for. Raises NotConnected where there is no grant."""
    with transaction.atomic():
        require_connection(organization)
        Connection.objects.filter(organization=organization).update(**Connection.NOT_PAUSED)
        _note(organization, "Resumed the synchronization.", asked)
        ring_after_commit(organization)


def _only_paused_by_people() -> dict[str, Case]:
    """The columns of a pause after connecting or disconnecting: what a person paused stays paused."""
    by_person = When(pause=Connection.Pause.PAUSED, then=F("pause"))
    return {
        "pause": Case(by_person, default=Value(Connection.Pause.NONE)),
        "pause_detail": Case(When(pause=Connection.Pause.PAUSED, then=F("pause_detail")), default=Value("")),
        "paused_at": Case(When(pause=Connection.Pause.PAUSED, then=F("paused_at"))),
    }


def _note(organization: Organization, sentence: str, asked: Asked) -> None:
    note(organization, Change.Subject.CONNECTION, sentence, user=asked.user, trigger=asked.trigger)


def _use(user: AbstractBaseUser, state: str) -> ConnectAttempt:
    """Claims the attempt; a state that is unknown, used, old or somebody else's is refused alike."""
    attempts = ConnectAttempt.objects.filter(
        state_hash=_hash(state),
        user=user,
        used_at__isnull=True,
        created_at__gt=timezone.now() - STATE_LIFETIME,
    )
    if not attempts.update(used_at=timezone.now()):
        raise ConnectRefused(
            "state_invalid",
            "This connection request is no longer valid. Press Connect to start again; it stays open for ten minutes.",
        )
    return ConnectAttempt.objects.select_related("organization").get(state_hash=_hash(state))


def _may_connect(user: AbstractBaseUser, organization: Organization) -> bool:
    """Asked again on return: within ten minutes a person may have been given another role, or have left."""
    if user.is_staff and user.has_perm("integrations.change_connection"):
        return True
    membership = Membership.objects.filter(user=user, organization=organization).first()
    return membership is not None and membership.can_configure


def _require_free_realm(attempt: ConnectAttempt, realm_id: str) -> None:
    held = Connection.objects.get(organization=attempt.organization)
    taken = Connection.objects.filter(realm_id=realm_id).exclude(organization=attempt.organization)
    if not attempt.organization.quickbooks_enabled:
        raise ConnectRefused(
            "not_enabled", "The integration is not switched on for this organization.", attempt
        )
    if taken.exclude(status=Connection.Status.NOT_CONNECTED).exists():
        raise ConnectRefused(
            "realm_in_use",
            "This QuickBooks company is connected to another organization. Disconnect it there first, "
            "or choose another company.",
            attempt,
        )
    if held.realm_id and held.realm_id != realm_id and has_links(attempt.organization):
        raise ConnectRefused(
            "different_company",
            f"Your records are linked to {held.company_name or 'another QuickBooks company'}. Connect that company "
            "again, or unlink all records first if you really want to move to another one.",
            attempt,
        )


def has_links(organization: Organization) -> bool:
    return any(mapper.records(organization).linked().exists() for mapper in mappers())


def _store(attempt: ConnectAttempt, realm_id: str, tokens: oauth.Tokens) -> Connection:
    organization = attempt.organization
    try:
        with transaction.atomic():
            hold_lane(organization.pk)
            _leave_former_company(attempt, realm_id)
            Connection.objects.filter(organization=organization).update(
                status=Connection.Status.CONNECTED,
                realm_id=realm_id,
                connected_at=timezone.now(),
                connected_by=attempt.user,
                refresh_hard_expires_at=None,
                **_only_paused_by_people(),
                company_read_at=None,
            )
            Connection.objects.filter(organization=organization).update(**token_columns(tokens))
            # Another grant, or another person's, may do what the former one could not.
            Configuration.objects.filter(organization=organization).update(failures_due_at=None)
            ring_after_commit(organization)
    except IntegrityError as error:
        raise ConnectRefused(
            "realm_in_use", "This QuickBooks company was connected to another organization just now.", attempt
        ) from error
    return Connection.objects.get(organization=organization)


def _leave_former_company(attempt: ConnectAttempt, realm_id: str) -> None:
    """Where no record is linked another company is welcome, but not to what was asked of the former one."""
    _require_free_realm(attempt, realm_id)
    organization = attempt.organization
    if Connection.objects.filter(organization=organization).exclude(realm_id__in=["", realm_id]).exists():
        end_all_work(organization)
        Cursor.objects.filter(organization=organization).delete()


def _hash(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()
