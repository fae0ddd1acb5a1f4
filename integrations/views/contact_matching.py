"""Reconciliation of contacts: both sides' lists beside each other, what may be done about each, and its preview."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from .. import contact_matching
from ..contact_matching import Change
from ..ids import read_id
from ..listing import PAGE_SIZE
from ..mapping import matched
from ..models import Act, ContactFinding, ContactReading, FindingKind
from ..progress import things
from ..remedies import address_of
from ..services import Refused
from ..wording import label_of
from .access import PortalView
from .starting import start, watch

IGNORED = "ignored"
MOST_CHANGES = 200
_SUBSTANCE = ("name", "company_name", "email", "phone", "currency")


@dataclass(frozen=True)
class Shown:
    """A contact as one side has it: `facts` are what tells it from others, beside its name."""

    name: str
    facts: list[str]
    url: str


@dataclass(frozen=True)
class Row:
    """`differing` are (field, ours, theirs); a second contact of the same side stands behind the first."""

    finding: ContactFinding
    finmo: list[Shown]
    quickbooks: list[Shown]
    differing: list[tuple[str, Any, Any]]
    acts: list[Act]


class ContactPage(PortalView):
    needs_integration = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if kwargs["entity"] not in {mapper.entity for mapper in matched()}:
            raise Http404("There is no such list.")
        return super().dispatch(request, *args, **kwargs)

    @property
    def context(self) -> dict[str, Any]:
        entity = self.kwargs["entity"]
        return {"entity": entity, "title": things(entity).capitalize(), "lists": lists()}

    def reading(self, pk: int) -> ContactReading:
        readings = ContactReading.objects.select_related("organization")
        return get_object_or_404(
            readings, pk=pk, organization=self.organization, entity=self.kwargs["entity"]
        )


class Contacts(ContactPage):
    def get(self, request: HttpRequest, entity: str) -> HttpResponse:
        reading = contact_matching.newest(self.organization, entity)
        context = self.context | {"reading": reading}
        if reading:
            context |= _findings(request, reading)
        return render(request, "contact_matching/list.html", context)


class ReadContacts(ContactPage):
    def post(self, request: HttpRequest, entity: str) -> HttpResponse:
        return start(request, lambda: contact_matching.compare(self.organization, entity, asked=self.asked))


class ActPage(ContactPage):
    """GET shows what would change, POST does it. Both take `act`, and `kind` or any number of `finding`."""

    reads = PortalView.changes

    def get(self, request: HttpRequest, entity: str, pk: int) -> HttpResponse:
        reading = self.reading(pk)
        act, which = _asked_for(request.GET)
        try:
            changes = contact_matching.preview(reading, act, **which)
        except Refused as refusal:
            return self._refused(refusal)
        context = self.context | {
            "reading": reading,
            "act": act,
            "changes": [_told(change) for change in changes[:MOST_CHANGES]],
            "count": len(changes),
            "kind": which["kind"] or "",
            "keys": which["findings"] or [],
            "back": self._back(changes[0].finding.kind),
        }
        return render(request, "contact_matching/act.html", context)

    def post(self, request: HttpRequest, entity: str, pk: int) -> HttpResponse:
        reading = self.reading(pk)
        act, which = _asked_for(request.POST)
        note = request.POST.get("note", "")
        try:
            run = contact_matching.settle(reading, act, asked=self.asked, note=note, **which)
        except Refused as refusal:
            return self._refused(refusal)
        if run is None:
            messages.success(request, _NOTED[act])
        else:
            watch(request, [run])
            messages.success(request, "It has started. What is settled leaves this list by itself.")
        return redirect(self._back(request.POST.get("from", "")))

    def _back(self, kind: str) -> str:
        where = reverse("contact-reconciliation", args=[self.kwargs["entity"]])
        return f"{where}?kind={kind}" if kind in FindingKind.values else where

    def _refused(self, refusal: Refused) -> HttpResponse:
        messages.error(self.request, str(refusal))
        return redirect(self._back(self.request.GET.get("kind") or self.request.POST.get("from", "")))


_NOTED = {
    Act.IGNORE: "Ignored. It stays so in later readings, and is listed under Ignored with your name.",
    Act.RESTORE: "Shown again.",
}


def lists() -> list[tuple[str, str]]:
    """(entity, label) of the lists that can be reconciled."""
    return [(mapper.entity, things(mapper.entity).capitalize()) for mapper in matched()]


def _findings(request: HttpRequest, reading: ContactReading) -> dict[str, Any]:
    """The chips with their counts, and a page of what is chosen."""
    counts = contact_matching.counts(reading)
    chosen = request.GET.get("kind", "")
    if chosen not in counts:
        chosen = next((kind for kind in FindingKind.values if counts[kind]), FindingKind.POSSIBLE)
    if chosen == IGNORED:
        found = contact_matching.ignored_findings(reading)
    else:
        found = contact_matching.open_findings(reading).filter(kind=chosen)
    page = Paginator(found.select_related("reading", "ignored__by"), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    rows = [_row(each) for each in page.object_list]
    labels = {**dict(FindingKind.choices), IGNORED: "Ignored"}
    return {
        "chips": [(kind, labels[kind], counts[kind]) for kind in (*FindingKind.values, IGNORED)],
        "kind": chosen,
        "total": counts[chosen],
        "open_count": sum(counts[kind] for kind in FindingKind.values),
        "page": page,
        "rows": rows,
        "remedy": contact_matching.REMEDIES.get(chosen, ""),
        "acts": [act for act in Act if any(act in row.acts for row in rows)],
        "for_all": [
            act
            for act in Act
            if act not in (Act.IGNORE, Act.RESTORE) and any(act in row.acts for row in rows)
        ],
    }


def _row(finding: ContactFinding) -> Row:
    entity = finding.reading.entity
    finmo, quickbooks = [], []
    if finding.finmo:
        finmo.append(_shown(finding.finmo, address_of(entity, finding.record_id)))
    if finding.quickbooks:
        quickbooks.append(_shown(finding.quickbooks, ""))
    if finding.other and finding.other_record_id:
        finmo.append(_shown(finding.other, address_of(entity, finding.other_record_id)))
    elif finding.other:
        quickbooks.append(_shown(finding.other, ""))
    differing = []
    if finding.kind == FindingKind.DIFFERS:
        differing = [
            (label_of(entity, name), told["finmo"], told["quickbooks"])
            for name, told in finding.fields.items()
        ]
    return Row(finding, finmo, quickbooks, differing, contact_matching.acts_of(finding))


def _shown(values: dict[str, Any], url: str) -> Shown:
    name = values["name"]
    facts = [values[each] for each in _SUBSTANCE[1:] if values.get(each) and values[each] != name]
    return Shown(name, facts, url)


def _told(change: Change) -> dict[str, Any]:
    entity = change.finding.reading.entity
    fields = [(label_of(entity, name), told["from"], told["to"]) for name, told in change.fields.items()]
    return {"finding": change.finding, "side": change.side, "fields": fields}


def _asked_for(sent: QueryDict) -> tuple[Act, dict[str, Any]]:
    """What the page's own links and forms say: ticked findings, else all of a kind. Anything else has no page."""
    act, kind, keys = sent.get("act"), sent.get("kind") or None, list(map(read_id, sent.getlist("finding")))
    known = act in Act.values and (keys or kind in FindingKind.values)
    if not known or None in keys:
        raise Http404("There is no such act.")
    return Act(act), {"kind": None if keys else kind, "findings": keys or None}
