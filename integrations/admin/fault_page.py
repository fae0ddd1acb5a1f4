"""The fault table as a page: what happened, who must act, what helps, and how often it came up, for whom."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Max, QuerySet
from django.db.models.functions import TruncDate
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from ..causes import commonest_causes
from ..faults import TABLE, FaultEntry, explain
from ..ids import read_id
from ..models import Organization, SyncJob
from .charts import columns
from .labels import link, list_of, may
from .repairs import cause_lines
from .tables import moment
from .watching import days_until_now

PERIODS = (7, 30, 90)
COUNTED_DAYS = 30
SHOWN_ORGANIZATIONS = 50


@dataclass(frozen=True)
class Asked:
    """What the address asks for: the newest so many days, of one organization or of all."""

    days: int = COUNTED_DAYS
    organization: Organization | None = None

    @classmethod
    def of(cls, request: HttpRequest) -> Asked:
        days, pk = request.GET.get("days", ""), read_id(request.GET.get("organization"))
        return cls(
            int(days) if days in {str(each) for each in PERIODS} else COUNTED_DAYS,
            Organization.objects.filter(pk=pk).first(),
        )

    @property
    def since(self) -> datetime:
        """Midnight, as the list of jobs counts days too."""
        first = timezone.localdate() - timedelta(days=self.days - 1)
        return timezone.make_aware(datetime.combine(first, datetime.min.time()))

    @property
    def jobs(self) -> QuerySet:
        met = SyncJob.objects.filter(created_at__gte=self.since).exclude(code="").order_by()
        return met.filter(organization=self.organization) if self.organization else met

    def jobs_url(self, code: str) -> str:
        asked = {"fault": code, "created_at_from": timezone.localtime(self.since).date().isoformat()}
        if self.organization:
            asked["organization__id__exact"] = self.organization.pk
        return f"{list_of(SyncJob)}?{urlencode(asked)}"

    def fault_url(self, code: str) -> str:
        return f"{reverse('admin:integrations_fault', args=[code])}?{self.query}"

    @property
    def query(self) -> str:
        chosen = {"organization": self.organization.pk} if self.organization else {}
        return urlencode({"days": self.days, **chosen})


@dataclass
class FaultLine:
    """One row of the table with every code that it explains. `words` are QuickBooks' own, of an unknown code."""

    entry: FaultEntry
    asked: Asked
    codes: list[str] = field(default_factory=list)
    times: int = 0
    organizations: int = 0
    last: datetime | None = None
    words: str = ""

    @property
    def jobs_url(self) -> str:
        return self.asked.jobs_url(self.entry.code)

    @property
    def fault_url(self) -> str:
        return self.asked.fault_url(self.entry.code)

    def add(self, times: int, organizations: int, last: datetime) -> None:
        """Codes of one line may have met the same organizations: the number is the most of them."""
        self.times += times
        self.organizations = max(self.organizations, organizations)
        self.last = max(self.last or last, last)


def fault_lines(asked: Asked) -> list[FaultLine]:
    """All that is known and what was met besides, the most frequent first."""
    lines: dict[tuple[str, ...], FaultLine] = {}
    for code, entry in TABLE.items():
        lines.setdefault(_key(entry), FaultLine(replace(entry, code=entry.codes[0]), asked)).codes.append(
            code
        )
    met = asked.jobs.values("code").annotate(
        times=Count("*"), organizations=Count("organization", distinct=True), last=Max("created_at")
    )
    for each in met:
        entry = explain(each["code"])
        line = lines.setdefault(_key(entry), FaultLine(entry, asked, [entry.code]))
        line.add(each["times"], each["organizations"], each["last"])
    _add_words(asked, [line for line in lines.values() if not line.entry.known])
    return sorted(lines.values(), key=lambda line: (-line.times, line.entry.title))


def _key(entry: FaultEntry) -> tuple[str, ...]:
    """Known codes in the same words are one line; each unknown code is its own."""
    return (entry.title, entry.meaning, entry.remedy) if entry.known else (entry.code,)


def _add_words(asked: Asked, unknown: list[FaultLine]) -> None:
    """What QuickBooks said the last time: two statements, and none where nothing unknown was met."""
    if not unknown:
        return
    codes = [line.entry.code for line in unknown]
    newest = asked.jobs.filter(code__in=codes).values("code").annotate(newest=Max("pk"))
    jobs = SyncJob.objects.in_bulk([each["newest"] for each in newest])
    words = {job.code: job.detail or job.message for job in jobs.values()}
    for line in unknown:
        line.words = words.get(line.entry.code, "")


def faults_view(request: HttpRequest, model_admin: ModelAdmin) -> HttpResponse:
    if not may(request, "view", SyncJob):
        raise PermissionDenied
    asked = Asked.of(request)
    lines = fault_lines(asked)
    unknown = [line for line in lines if not line.entry.known]
    context = {
        **model_admin.admin_site.each_context(request),
        "title": "Faults",
        "lines": lines,
        "unknown": {"times": sum(line.times for line in unknown), "codes": len(unknown)},
        "asked": asked,
        "periods": PERIODS,
        "organizations": _offered(request, asked),
        "here": reverse("admin:integrations_faults"),
    }
    return TemplateResponse(request, "admin/integrations/faults.html", context)


def _offered(request: HttpRequest, asked: Asked) -> list[Organization]:
    """Those that met a fault in the period, for whoever may see organizations."""
    if not may(request, "view", Organization):
        return []
    every = replace(asked, organization=None).jobs.values("organization_id").annotate(times=Count("*"))
    met = [each["organization_id"] for each in every.order_by("-times")[:SHOWN_ORGANIZATIONS]]
    chosen = [asked.organization.pk] if asked.organization else []
    return sorted(Organization.objects.in_bulk([*met, *chosen]).values(), key=lambda each: each.name)


def fault_view(request: HttpRequest, model_admin: ModelAdmin, code: str) -> HttpResponse:
    """One fault: its days, whom it met, and what it stops now."""
    if not may(request, "view", SyncJob):
        raise PermissionDenied
    asked, entry = Asked.of(request), explain(code)
    met = asked.jobs.filter(code__in=entry.codes)
    causes = [
        cause
        for cause in commonest_causes(None, codes=entry.codes)
        if asked.organization is None or cause.organization_id == asked.organization.pk
    ]
    line = FaultLine(entry, asked, list(entry.codes))
    if not entry.known:
        _add_words(asked, [line])
    context = {
        **model_admin.admin_site.each_context(request),
        "title": entry.title,
        "line": line,
        "asked": asked,
        "periods": PERIODS,
        "chart": _per_day(met, asked),
        "met": _per_organization(request, met),
        "causes": cause_lines(request, causes[:SHOWN_ORGANIZATIONS]),
        "here": request.path,
        "all_faults": f"{reverse('admin:integrations_faults')}?{asked.query}",
    }
    return TemplateResponse(request, "admin/integrations/fault.html", context)


def _per_day(met: QuerySet, asked: Asked):
    counted = dict(met.values_list(TruncDate("created_at")).annotate(times=Count("*")))
    return columns("Times per day", days_until_now(asked.days), [("times", "bad", counted)])


def _per_organization(request: HttpRequest, met: QuerySet) -> dict:
    counted = list(
        met.values("organization_id")
        .annotate(times=Count("*"), last=Max("created_at"))
        .order_by("-times", "organization_id")[:SHOWN_ORGANIZATIONS]
    )
    names = Organization.objects.in_bulk([each["organization_id"] for each in counted])
    rows = [
        [
            link(request, Organization, each["organization_id"], names[each["organization_id"]]),
            f"{each['times']:,}",
            moment(each["last"]),
        ]
        for each in counted
    ]
    return {"headers": ["Organization", "Times", "Last"], "rows": rows}
