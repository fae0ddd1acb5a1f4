import pytest

from integrations import contact_matching
from integrations.models import ContactReading, Organization, SyncRun, Trigger
from integrations.services import Asked
from tests.quickbooks import drain


@pytest.fixture
def qbo_options() -> dict:
    return {"country": "SG", "multicurrency": True}


def read_contacts(organization: Organization, entity: str = "customers") -> ContactReading:
    run = contact_matching.compare(organization, entity, asked=Asked(Trigger.API))
    drain(organization)
    run.refresh_from_db()
    assert run.status == SyncRun.Status.SUCCEEDED, run.error
    return run.contact_reading


def found_in(reading: ContactReading) -> set[tuple]:
    """{(kind, the two or the one that it is about)}, records by key and QuickBooks' by id."""
    return {
        (
            each.kind,
            *filter(
                None, (each.record_id, each.quickbooks_id, each.other_record_id, each.other_quickbooks_id)
            ),
        )
        for each in contact_matching.open_findings(reading)
    }


def settle_now(reading: ContactReading, act: str, asked: Asked, **which) -> SyncRun | None:
    run = contact_matching.settle(reading, act, asked=asked, **which)
    drain(reading.organization)
    if run:
        run.refresh_from_db()
    return run
