"""Addresses that lead out of Finmo to QuickBooks and back."""

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from .mapping import Mapper, mapper_of
from .models import SyncedRecord

_WEB_APPLICATIONS = {
    "production": "https://qbo.intuit.com",
    "sandbox": "https://sandbox.qbo.intuit.com",
}


def quickbooks_url(record: SyncedRecord) -> str | None:
    """The record's own page in QuickBooks; None where it has none there."""
    mapper = mapper_of(record)
    gone = getattr(record, "ended", "") == "deleted"
    if not record.linked or gone or not mapper.web_path:
        return None
    return page_there(mapper, record.qbo_id)


def page_there(mapper: Mapper, quickbooks_id: str) -> str:
    """The page in QuickBooks of what has this id there."""
    return f"{_web_application()}/app/{mapper.web_path.format(id=quickbooks_id)}"


def quickbooks_home() -> str:
    """Where a person starts in QuickBooks, in the company that they used last."""
    return f"{_web_application()}/app/homepage"


def _web_application() -> str:
    return _WEB_APPLICATIONS.get(settings.QBO_ENVIRONMENT, settings.QBO_API_BASE_URL)


def callback_address(request: HttpRequest) -> str:
    """Where Intuit sends the person back to: as registered with Intuit, else on the address in use."""
    return settings.QBO_REDIRECT_URI or request.build_absolute_uri(reverse("quickbooks-callback"))
