"""Whether an organization's work may go on: switched on, connected to the same company as before, and not paused."""

from __future__ import annotations

from ..faults import explain
from ..models import Connection
from ..qbo.errors import TryLater


class Stopped(TryLater):
    """The work has to wait from now on: what was to be sent did not leave. `code` is the reason in the fault table."""

    def __init__(self, code: str):
        super().__init__()
        self.code = code
        self.message = explain(code).meaning


def reason_to_wait(organization_id: int, realm_id: str) -> str:
    """Why nothing may go to, or be stored from, this QuickBooks company now; empty where it may. One query."""
    enabled, status, held_realm, pause = Connection.objects.values_list(
        "organization__quickbooks_enabled", "status", "realm_id", "pause"
    ).get(organization=organization_id)
    if not enabled:
        return "not_enabled"
    if status != Connection.Status.CONNECTED:
        return status
    if held_realm != realm_id:
        return "different_company"
    return pause


def require_permission(organization_id: int, realm_id: str) -> None:
    """Raises Stopped."""
    if code := reason_to_wait(organization_id, realm_id):
        raise Stopped(code)
