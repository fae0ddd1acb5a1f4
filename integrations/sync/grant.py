"""The stored grant: tokens read from and written to the connection, refreshed by the lane's holder only."""

from __future__ import annotations

import logging
from datetime import timedelta
from threading import Lock

from django.db.models import F
from django.utils import timezone

from ..models import CallCount, Connection
from ..qbo import oauth
from ..qbo.errors import NeedsReconnect
from .counting import count_call

logger = logging.getLogger(__name__)

# Refreshed this long before its end, so that no call leaves with a token that dies on the way.
EARLY = timedelta(minutes=5)


def token_columns(tokens: oauth.Tokens) -> dict:
    columns = {
        "access_token": tokens.access_token,
        "refresh_token": tokens.refresh_token,
        "access_expires_at": tokens.access_expires_at,
        "refresh_expires_at": tokens.refresh_expires_at,
        "token_version": F("token_version") + 1,
    }
    if tokens.refresh_hard_expires_at:
        columns["refresh_hard_expires_at"] = tokens.refresh_hard_expires_at
    return columns


class StoredGrant:
    """The client's Grant over an organization's Connection row."""

    def __init__(self, connection: Connection):
        self._connection = connection
        self.realm_id = connection.realm_id
        # Calls in flight side by side must not refresh side by side.
        self._one_at_a_time = Lock()
        self._early = EARLY

    def access_token(self) -> str:
        """A token that is good for a while. Raises NeedsReconnect where there is no grant (any more)."""
        with self._one_at_a_time:
            self._require_grant()
            expires_at = self._connection.access_expires_at
            if not expires_at or expires_at - timezone.now() < self._early:
                self._refresh()
            return self._connection.access_token

    def renew(self, rejected: str) -> str:
        """A token other than the one that QuickBooks refused."""
        with self._one_at_a_time:
            self._connection.refresh_from_db()
            self._require_grant()
            if self._connection.access_token == rejected:
                self._refresh()
            return self._connection.access_token

    def _require_grant(self) -> None:
        held = self._connection
        if held.status != Connection.Status.CONNECTED or not held.refresh_token:
            raise NeedsReconnect(detail="There is no grant to refresh.")
        if held.realm_id != self.realm_id:
            raise NeedsReconnect(detail="The grant is to another company by now.")

    def _refresh(self) -> None:
        """Trades the newest refresh token, and stores its successor before anybody uses what came with it."""
        self._connection.refresh_from_db()
        self._require_grant()
        asked_at = timezone.now()
        version = self._connection.token_version
        organization_id = self._connection.organization_id
        tokens = oauth.refresh(
            self._connection.refresh_token, sending=lambda: count_call(organization_id, CallCount.Kind.TOKEN)
        )
        stored = Connection.objects.filter(
            pk=self._connection.pk, token_version=version, status=Connection.Status.CONNECTED
        ).update(**token_columns(tokens))
        if not stored:
            logger.info("Connection %s was renewed or ended by a person meanwhile", self._connection.pk)
        # One that lives for a few minutes only would be refreshed before every call.
        self._early = min(EARLY, (tokens.access_expires_at - asked_at) / 2)
        self._connection.refresh_from_db()
        self._require_grant()
