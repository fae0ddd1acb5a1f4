"""The door for repairs: what failed for one cause goes out again together, once the cause is gone.

Nothing is sent again that is certain to fail again.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery

from .causes import failed_for, failing
from .faults import TABLE, FaultEntry, explain
from .mapping import Mapper, mapper_for
from .models import Configuration, Connection, Direction, Organization, SyncJob, SyncRun, SyncState
from .progress import things
from .services import Asked, NotConnected, Refused, push, void
from .sync.lease import hold_lane

# {our code: what its repair leaves on the contact}
_CONTACT_REPAIRED = {"contact_not_synced": {"qbo_id__isnull": False}, "inactive": {"is_active": True}}


def retry_cause(
    organization: Organization, entity: str, code: str, *, asked: Asked, with_contacts: bool = False
) -> list[SyncRun]:
    """All records that failed for the cause, in one run for each direction, which is nearly always one run.

    `with_contacts` pushes first the contacts that they wait for. Raises NotConnected, and Refused where nothing
    failed for this cause (any more) or where the cause is still there.
    """
    mapper, entry = mapper_for(entity), explain(code)
    failed = failed_for(mapper, organization, code)
    if not failed.exists():
        raise Refused("nothing_to_retry", "Nothing is left that failed for this reason.")
    ready = failed if with_contacts else _repaired(mapper, organization, entry, failed)
    by_direction = _by_direction(mapper, ready)
    if not by_direction:
        raise Refused("not_repaired", f"Nothing was sent: it would fail again. {entry.remedy}")
    with transaction.atomic():
        hold_lane(organization.pk)
        if entry.judged_by_company:
            read_company_again(organization)
        return [
            void(organization, entity, asked=asked, ids=ids)
            if direction == Direction.VOID
            else push(organization, entity, asked=asked, ids=ids, with_contacts=with_contacts)
            for direction, ids in by_direction.items()
        ]


def worth_sending(mapper: Mapper, configuration: Configuration) -> QuerySet:
    """What has yet to be sent, without what failed for a reason that a person has to take away and that, as far as
    it shows here, is still there."""
    chosen = [code for code, name in mapper.repaired_by.items() if getattr(configuration, f"{name}_id")]
    again = Q(sync_error_code__in=[code for code, entry in TABLE.items() if entry.passes_by_itself] + chosen)
    if mapper.needs:
        for code, condition in _CONTACT_REPAIRED.items():
            again |= Q(sync_error_code=code, **_needed(mapper, condition))
    return (
        mapper.records(configuration.organization).unsynced().filter(~Q(sync_state=SyncState.FAILED) | again)
    )


def after_configuring(configuration: Configuration, names: Iterable[str], *, asked: Asked) -> list[SyncRun]:
    """Whatever failed for want of one of these settings goes out again: one run an entity.

    Without a connection nothing is asked for; the failures stay listed.
    """
    chosen = {name for name in names if getattr(configuration, f"{name}_id", None)}
    runs: list[SyncRun] = []
    for mapper in failing():
        codes = [code for code, setting in mapper.repaired_by.items() if setting in chosen]
        ids = _waiting_for(mapper, configuration.organization, codes)
        runs += _push(mapper, configuration.organization, ids, asked)
    return runs


def after_linking(mapper: Mapper, organization_id: int, ids: Iterable[int], *, asked: Asked) -> list[SyncRun]:
    """Documents that failed because one of these contacts was not in QuickBooks go out again: one run an entity."""
    organization = Organization.objects.get(pk=organization_id)
    runs = []
    for waiting in failing():
        for name in waiting.needs:
            if waiting.model._meta.get_field(name).related_model is mapper.model:
                failed = failed_for(waiting, organization, "contact_not_synced").filter(
                    **{f"{name}__in": list(ids), f"{name}__qbo_id__isnull": False}
                )
                runs += _push(waiting, organization, failed.values_list("pk", flat=True), asked)
    return runs


def _push(mapper: Mapper, organization: Organization, ids: Iterable[int], asked: Asked) -> list[SyncRun]:
    """None where there is nothing to send, or nowhere to send it to: the failures then stay listed."""
    chosen = list(ids)
    try:
        return [push(organization, mapper.entity, asked=asked, ids=chosen)] if chosen else []
    except NotConnected:
        return []


def told(run: SyncRun) -> str:
    """400 invoices that waited for this go out again."""
    return f"{run.total:,} {things(run.entity, run.total)} that waited for this {_go(run)} out again."


def _go(run: SyncRun) -> str:
    return "goes" if run.total == 1 else "go"


def read_company_again(organization: Organization) -> None:
    """The lane reads at its next turn what the company is like: somebody may have changed it over there."""
    Connection.objects.filter(organization=organization).update(company_read_at=None)


def _repaired(mapper: Mapper, organization: Organization, entry: FaultEntry, failed: QuerySet) -> QuerySet:
    """Those of the failed records that are not certain to fail for the same reason again."""
    if entry.only_an_edit_helps:
        return failed.none()
    if entry.code in mapper.repaired_by:
        configuration = Configuration.objects.get(organization=organization)
        return failed if getattr(configuration, f"{mapper.repaired_by[entry.code]}_id") else failed.none()
    return failed.filter(**_needed(mapper, _CONTACT_REPAIRED.get(entry.code, {})))


def _needed(mapper: Mapper, condition: dict[str, bool]) -> dict[str, bool]:
    """The condition on what the record needs, or, where it needs nothing, on itself."""
    prefixes = [f"{name}__" for name in mapper.needs] or [""]
    return {prefix + column: value for prefix in prefixes for column, value in condition.items()}


def _waiting_for(mapper: Mapper, organization: Organization, codes: list[str]) -> list[int]:
    ids: set[int] = set()
    for code in codes:
        ids |= set(failed_for(mapper, organization, code).values_list("pk", flat=True))
    return sorted(ids)


def _by_direction(mapper: Mapper, records: QuerySet) -> dict[str, list[int]]:
    """{push or void: ids}, by what the newest job of each record was about."""
    newest = SyncJob.objects.filter(
        entity=mapper.entity, record_id=OuterRef("pk"), direction__in=[Direction.PUSH, Direction.VOID]
    ).order_by("-id")
    found: dict[str, list[int]] = {}
    asked = records.annotate(asked=Subquery(newest.values("direction")[:1])).order_by("pk")
    for pk, direction in asked.values_list("pk", "asked"):
        voids = direction == Direction.VOID and mapper.ending
        found.setdefault(Direction.VOID if voids else Direction.PUSH, []).append(pk)
    return found
