import pytest

from integrations.mapping import mapper_of
from integrations.models import SyncState
from tests.conftest import signed_in

from .visitor import Visitor


@pytest.fixture
def admin(admin_user) -> Visitor:
    """The merchant's own, who connects and configures."""
    return Visitor(signed_in(admin_user))


@pytest.fixture
def clerk(accountant) -> Visitor:
    return Visitor(signed_in(accountant))


@pytest.fixture
def support(staff) -> Visitor:
    """Finmo's own, in admin."""
    return Visitor(signed_in(staff))


@pytest.fixture
def there(qbo):
    """What QuickBooks holds of a record, found by name or number: exactly once."""

    def find(record) -> dict:
        mapper = mapper_of(record)
        name = "DisplayName" if hasattr(record, "name") else "DocNumber"
        [found] = qbo.all(mapper.remote, f"where {name} = '{record}'")
        return found

    return find


@pytest.fixture
def assert_in_step(there):
    """On both sides, and these pages tell of the failure no more."""

    def check(visitor: Visitor, record, *pages: str) -> None:
        failure = record.sync_error_message
        record.refresh_from_db()
        assert (record.sync_state, record.accounting_synced) == (SyncState.SYNCED, True)
        assert (record.sync_error_code, record.sync_error_message) == ("", "")
        held = there(record)
        assert (held["Id"], held["SyncToken"]) == (record.qbo_id, record.qbo_sync_token)
        for page in pages:
            # The record's history goes on telling what happened.
            shown = visitor.open(page).text.partition("History with QuickBooks")[0]
            assert "failed to sync" not in shown
            assert not failure or failure not in shown

    return check
