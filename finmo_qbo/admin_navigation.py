"""Admin's navigation by task, for those who may see each page."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse

# title: [(page, icon, address by name, the permission, to view or to change it)]
_TASKS = {
    "Merchants": [
        (
            "Organizations",
            "storefront",
            "integrations_organization_changelist",
            "integrations",
            "organization",
        ),
    ],
    "Contacts": [
        ("Customers", "groups", "contacts_customer_changelist", "contacts", "customer"),
        ("Beneficiaries", "handshake", "contacts_beneficiary_changelist", "contacts", "beneficiary"),
    ],
    "Receivables": [
        ("Invoices", "request_quote", "receivables_invoice_changelist", "receivables", "invoice"),
    ],
    "Payables": [
        ("Bills", "receipt_long", "payables_bill_changelist", "payables", "bill"),
    ],
    "QuickBooks": [
        ("Accounts", "account_tree", "integrations_account_changelist", "integrations", "account"),
        ("Items", "category", "integrations_item_changelist", "integrations", "item"),
        ("Tax codes", "percent", "integrations_taxcode_changelist", "integrations", "taxcode"),
    ],
    "Operations": [
        ("Operations", "monitoring", "integrations_operations", "integrations", "syncrun"),
        ("Runs", "sync", "integrations_syncrun_changelist", "integrations", "syncrun"),
        ("Jobs", "checklist", "integrations_syncjob_changelist", "integrations", "syncjob"),
        ("Push batches", "outbox", "integrations_pushbatch_changelist", "integrations", "pushbatch"),
        ("Conflicts", "call_split", "integrations_conflict_changelist", "integrations", "conflict"),
        (
            "Contact findings",
            "person_search",
            "integrations_contactfinding_changelist",
            "integrations",
            "contactfinding",
        ),
        ("Changes", "history", "integrations_change_changelist", "integrations", "change"),
        ("Faults", "menu_book", "integrations_faults", "integrations", "syncjob"),
    ],
    "People": [
        ("Users", "person", "auth_user_changelist", "auth", "user"),
        ("Groups", "group", "auth_group_changelist", "auth", "group"),
    ],
}


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """Called by django-unfold on every page; permissions are read once per request."""
    groups = []
    for title, pages in _TASKS.items():
        items = [
            _item(request, page, icon, reverse(f"admin:{name}"))
            for page, icon, name, application, model in pages
            if any(request.user.has_perm(f"{application}.{verb}_{model}") for verb in ("view", "change"))
        ]
        if items:
            groups.append({"title": title, "items": items})
    return groups


def _item(request: HttpRequest, title: str, icon: str, link: str) -> dict[str, Any]:
    """Active on its own page and below; a page under another's address is active by itself alone."""
    below = request.path.removeprefix(link).split("/")[0] if request.path.startswith(link) else None
    active = below is not None and below not in ("operations", "faults")
    return {"title": title, "icon": icon, "link": link, "active": active}


def environment(request: HttpRequest) -> list[str]:
    """The label in the corner: nobody shall take one environment for the other."""
    tone = "danger" if settings.FINMO_ENVIRONMENT == "production" else "info"
    return [settings.FINMO_ENVIRONMENT.capitalize(), tone]


def favicon(request: HttpRequest) -> str:
    return static("favicon.svg")


def stylesheet(request: HttpRequest) -> str:
    return static("integrations/admin.css")
