"""The simulator's pages: what QuickBooks holds, and forms to act there as the company's user."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import msgspec
from django import forms as django_forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from . import acting, merging, mishaps, tokens, webhooks
from .entities import ENTITIES
from .faults import Fault
from .forms import (
    ChangeForm,
    ContactForm,
    DocumentForm,
    MergeForm,
    MishapForm,
    NewCompanyForm,
    PayForm,
    SwitchesForm,
)
from .models import Company, StoredObject
from .seed import seed_company

PAGE = 50
CREATABLE = ("Customer", "Vendor", "Invoice", "Bill")
# QuickBooks' own addresses of an object: (entity, parameter)
DEEP_LINKS = {
    "invoice": ("Invoice", "txnId"),
    "bill": ("Bill", "txnId"),
    "recvpayment": ("Payment", "txnId"),
    "billpayment": ("BillPayment", "txnId"),
    "customerdetail": ("Customer", "nameId"),
    "vendordetail": ("Vendor", "nameId"),
}


def _company(realm: str) -> Company:
    return get_object_or_404(Company, realm_id=realm)


def _row(realm: str, entity: str, qbo_id: str) -> StoredObject:
    return get_object_or_404(
        StoredObject.objects.select_related("company"), company__realm_id=realm, entity=entity, qbo_id=qbo_id
    )


@require_http_methods(["GET", "POST"])
def companies(request: HttpRequest) -> HttpResponse:
    form = NewCompanyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        company = seed_company(**form.cleaned_data)
        return redirect("simulator:company", realm=company.realm_id)
    listed = Company.objects.annotate(held=Count("objects_stored")).order_by("pk")
    return render(request, "simulator/companies.html", {"companies": listed, "form": form})


def company(request: HttpRequest, realm: str) -> HttpResponse:
    found = _company(realm)
    counts = dict(
        found.objects_stored.filter(deleted=False).order_by().values_list("entity").annotate(Count("pk"))
    )
    context = {
        "company": found,
        "counts": [(name, counts.get(name, 0)) for name in ENTITIES],
        "calls": found.calls.order_by("-pk")[:20],
        "call_count": found.calls.count(),
        "untold": found.changes.filter(sent_at=None).count(),
    }
    return render(request, "simulator/company.html", context)


@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest, realm: str) -> HttpResponse:
    found = _company(realm)
    form = SwitchesForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "The settings are saved.")
        return redirect("simulator:settings", realm=realm)
    context = {
        "company": found,
        "form": form,
        "mishap_form": MishapForm(),
        "waiting": found.mishaps.filter(remaining__gt=0).order_by("pk"),
        "grants": found.grants.filter(revoked=False).count(),
    }
    return render(request, "simulator/settings.html", context)


@require_POST
def add_mishap(request: HttpRequest, realm: str) -> HttpResponse:
    found = _company(realm)
    form = MishapForm(request.POST)
    if form.is_valid():
        mishaps.add(found, **form.cleaned_data)
        messages.success(request, "It will go wrong.")
    else:
        messages.error(request, form.errors.as_text())
    return redirect("simulator:settings", realm=realm)


@require_POST
def clear_mishaps(request: HttpRequest, realm: str) -> HttpResponse:
    _company(realm).mishaps.all().delete()
    messages.success(request, "Nothing waits to go wrong.")
    return redirect("simulator:settings", realm=realm)


@require_POST
def disconnect(request: HttpRequest, realm: str) -> HttpResponse:
    """The user takes every app's access back."""
    for grant in _company(realm).grants.filter(revoked=False):
        tokens.revoke(grant)
    messages.success(request, "No app has access any more.")
    return redirect("simulator:settings", realm=realm)


@require_POST
def tell(request: HttpRequest, realm: str) -> HttpResponse:
    found = _company(realm)
    if not found.webhook_url:
        messages.error(request, "There is no webhook address. Set one under Settings.")
        return redirect("simulator:company", realm=realm)
    delivery = webhooks.send(found, found.webhook_url)
    show = messages.success if delivery.status == 200 or not delivery.events else messages.error
    show(
        request,
        f"{delivery.events} events sent, answered with {delivery.status or 'nothing'}. {delivery.error}",
    )
    return redirect("simulator:company", realm=realm)


# --- objects ----------------------------------------------------------------------------------


def _creation_form(company: Company, entity: str, data: Any = None) -> django_forms.Form | None:
    if entity not in CREATABLE:
        return None
    if entity in ("Customer", "Vendor"):
        return ContactForm(data)
    return DocumentForm(company, entity, data)


@require_http_methods(["GET", "POST"])
def objects(request: HttpRequest, realm: str, entity: str) -> HttpResponse:
    found = _company(realm)
    if entity not in ENTITIES:
        raise Http404
    form = _creation_form(found, entity, request.POST or None)
    if request.method == "POST" and form is not None and form.is_valid():
        created = _try(request, lambda: _create(found, entity, form.cleaned_data))
        if created:
            return redirect("simulator:object", realm=realm, entity=entity, qbo_id=created["Id"])
    search = request.GET.get("q", "").strip()
    page = Paginator(_searched(found, entity, search), PAGE).get_page(request.GET.get("page"))
    for row in page.object_list:
        row.shown = row.document()
        row.voided = not row.total and (row.shown.get("PrivateNote") or "").startswith(found.void_word)
    context = {
        "company": found,
        "entity": entity,
        "transaction": ENTITIES[entity].transaction,
        "page": page,
        "search": search,
        "form": form,
    }
    return render(request, "simulator/objects.html", context)


def _create(company: Company, entity: str, values: dict[str, Any]) -> dict[str, Any]:
    if entity in ("Customer", "Vendor"):
        return acting.create_contact(company, entity, values)
    return acting.create_document(company, entity, values.pop("contact"), values)


def _searched(company: Company, entity: str, search: str) -> QuerySet[StoredObject]:
    rows = company.objects_stored.filter(entity=entity)
    if search:
        text = search.casefold()
        rows = rows.filter(
            Q(full_name_key__contains=text)
            | Q(doc_key__contains=text)
            | Q(qbo_id=search)
            | Q(body__icontains=search)
        )
    return (
        rows.order_by("-txn_date", "-number")
        if ENTITIES[entity].transaction
        else rows.order_by("full_name_key")
    )


def show(request: HttpRequest, realm: str, entity: str, qbo_id: str) -> HttpResponse:
    row = _row(realm, entity, qbo_id)
    operations = ENTITIES[entity].operations
    change = ChangeForm(row)
    payable = entity in acting.PAYMENTS and not row.deleted and bool(row.balance)
    context = {
        "company": row.company,
        "row": row,
        "document": row.document(),
        "json": msgspec.json.format(row.body, indent=2),
        "change_form": change if change.fields and not row.deleted else None,
        "pay_form": PayForm(initial={"amount": row.document()["Balance"]}) if payable else None,
        "credit_form": PayForm(auto_id="credit_%s") if payable else None,
        "merge_form": MergeForm(row) if row.entity in merging.MERGEABLE and row.active else None,
        "can_void": "void" in operations and not row.deleted,
        "can_delete": "delete" in operations and not row.deleted,
        "can_deactivate": "update" in operations and not ENTITIES[entity].transaction,
    }
    return render(request, "simulator/object.html", context)


@require_POST
def act(request: HttpRequest, realm: str, entity: str, qbo_id: str, action: str) -> HttpResponse:
    """Change, pay, credit, merge, void, delete, deactivate or activate."""
    row = _row(realm, entity, qbo_id)
    done = _try(request, _action(request, row, action))
    if done:
        messages.success(request, f"{entity} {qbo_id}: {action} is done.")
    return redirect("simulator:object", realm=realm, entity=entity, qbo_id=qbo_id)


def _action(request: HttpRequest, row: StoredObject, action: str) -> Callable[[], dict[str, Any] | None]:
    def change() -> dict[str, Any] | None:
        form = ChangeForm(row, request.POST)
        return acting.change(row, form.cleaned_data) if _valid(request, form) else None

    def settle(by: Callable[[StoredObject, Decimal], dict[str, Any]]) -> dict[str, Any] | None:
        form = PayForm(request.POST)
        return by(row, form.cleaned_data["amount"]) if _valid(request, form) else None

    def merge() -> dict[str, Any] | None:
        form = MergeForm(row, request.POST)
        if not _valid(request, form):
            return None
        return merging.merge(row.company, row.entity, row.qbo_id, form.cleaned_data["survivor"])

    known: dict[str, Callable[[], dict[str, Any] | None]] = {
        "change": change,
        "void": lambda: acting.act(row.company, row.entity, "void", acting.named(row)),
        "delete": lambda: acting.act(row.company, row.entity, "delete", acting.named(row)),
        "deactivate": lambda: acting.set_active(row, False),
        "activate": lambda: acting.set_active(row, True),
    }
    if row.entity in acting.PAYMENTS:
        known |= {"pay": lambda: settle(acting.pay), "credit": lambda: settle(acting.credit)}
    if row.entity in merging.MERGEABLE:
        known["merge"] = merge
    if action not in known:
        raise Http404
    return known[action]


def _valid(request: HttpRequest, form: django_forms.Form) -> bool:
    if not form.is_valid():
        messages.error(request, form.errors.as_text())
    return form.is_valid()


def _try(request: HttpRequest, action: Callable[[], dict[str, Any] | None]) -> dict[str, Any] | None:
    """The action's document; a refusal is shown in QuickBooks' own words."""
    try:
        return action()
    except Fault as refusal:
        for error in refusal.errors:
            messages.error(request, f"{error.code}: {error.detail}")
        return None


def deep_link(request: HttpRequest, what: str) -> HttpResponse:
    """QuickBooks' own address of an object; without `realm`, in the newest company that has it. `homepage` is what
    a person sees first."""
    if what == "homepage":
        return redirect("simulator:companies")
    if what not in DEEP_LINKS:
        raise Http404
    entity, parameter = DEEP_LINKS[what]
    rows = StoredObject.objects.select_related("company").filter(
        entity=entity, qbo_id=request.GET.get(parameter, "")
    )
    if request.GET.get("realm"):
        rows = rows.filter(company__realm_id=request.GET["realm"])
    row = rows.order_by("-company_id").first()
    if row is None:
        raise Http404
    return redirect("simulator:object", realm=row.company.realm_id, entity=entity, qbo_id=row.qbo_id)
