"""The contacts' half of reconciliation: laying both sides' lists beside each other, and settling what is found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from . import linking, services
from .mapping import mapper_for
from .models import (
    Act,
    ContactFinding,
    ContactReading,
    Direction,
    FindingKind,
    IgnoredFinding,
    Organization,
    SyncRun,
    SyncState,
)
from .services import (
    Asked,
    Refused,
    UnknownRecord,
    ask_as_a_whole,
    lift_pause,
    new_run,
    require_connection,
    ring_after_commit,
)
from .sync import merge
from .sync.contact_compare import fingerprint
from .sync.lease import hold_lane

# What settles a kind of finding. Two on one side are merged there, by a person who looks at both.
ACTS: dict[str, tuple[Act, ...]] = {
    FindingKind.POSSIBLE: (Act.LINK, Act.IGNORE),
    FindingKind.DIFFERS: (Act.PUSH, Act.IMPORT, Act.IGNORE),
    FindingKind.ONLY_IN_FINMO: (Act.PUSH, Act.IGNORE),
    FindingKind.ONLY_IN_QUICKBOOKS: (Act.IMPORT, Act.IGNORE),
    FindingKind.DUPLICATE_IN_FINMO: (Act.IGNORE,),
    FindingKind.DUPLICATE_IN_QUICKBOOKS: (Act.IGNORE,),
}
REMEDIES = {
    FindingKind.DUPLICATE_IN_FINMO: "Keep one of the two: move open documents to it, and make the other inactive.",
    FindingKind.DUPLICATE_IN_QUICKBOOKS: (
        "Merge the two in QuickBooks, by giving the one the other's name; Finmo follows with the next pull."
    ),
}
# Settled once the record, or what QuickBooks has, is linked to anything.
_BY_RECORD = (FindingKind.ONLY_IN_FINMO, FindingKind.POSSIBLE)
_BY_QUICKBOOKS_ID = (FindingKind.ONLY_IN_QUICKBOOKS, FindingKind.POSSIBLE)


@dataclass(frozen=True)
class Change:
    """What an act would do with one finding: `fields` are {name: {"from", "to"}} on `side`, none where nothing but
    the link or a note is made."""

    finding: ContactFinding
    side: str
    fields: dict[str, dict[str, Any]] = field(default_factory=dict)


def compare(organization: Organization, entity: str, *, asked: Asked) -> SyncRun:
    """Queues reading both lists afresh, one call for 1,000 contacts. Raises NotConnected."""
    return ask_as_a_whole(organization, Direction.MATCH, mapper_for(entity), asked=asked)


def newest(organization: Organization, entity: str) -> ContactReading | None:
    return ContactReading.objects.filter(organization=organization, entity=entity).first()


def open_findings(reading: ContactReading) -> QuerySet[ContactFinding]:
    """What neither was ignored nor has come into step since it was read."""
    own = mapper_for(reading.entity).records(reading.organization)
    bound_here = Exists(own.filter(pk=OuterRef("record_id"), qbo_id__isnull=False))
    bound_there = Exists(own.filter(qbo_id=OuterRef("quickbooks_id")))
    in_step = own.filter(pk=OuterRef("record_id"), accounting_synced=True)
    moved = in_step.exclude(qbo_sync_token=OuterRef("sync_token"))
    gone_here = Exists(own.filter(pk=OuterRef("record_id"), is_active=False))
    return (
        reading.findings.filter(ignored=None)
        .exclude(Q(kind__in=_BY_RECORD) & bound_here)
        .exclude(Q(kind__in=_BY_QUICKBOOKS_ID) & bound_there)
        .exclude(Q(kind=FindingKind.DIFFERS, was_synced=False) & Exists(in_step))
        .exclude(Q(kind=FindingKind.DIFFERS) & Exists(moved))
        .exclude(Q(kind=FindingKind.DIFFERS, quickbooks=None) & gone_here)
    )


def ignored_findings(reading: ContactReading) -> QuerySet[ContactFinding]:
    return reading.findings.filter(ignored__isnull=False).select_related("ignored__by")


def counts(reading: ContactReading) -> dict[str, int]:
    """How many findings are open, {kind: number}, and how many are ignored, under "ignored"."""
    by_kind = open_findings(reading).order_by().values_list("kind").annotate(number=Count("pk"))
    found = dict.fromkeys(FindingKind.values, 0) | dict(by_kind)
    return found | {"ignored": ignored_findings(reading).count()}


def acts_of(finding: ContactFinding) -> list[Act]:
    if finding.ignored_id:
        return [Act.RESTORE]
    acts = list(ACTS[finding.kind])
    if finding.obstacle:
        acts.remove(Act.LINK)
    if finding.kind == FindingKind.DIFFERS:
        mapper = mapper_for(finding.reading.entity)
        if any(each.create_only and each.name in finding.fields for each in mapper.fields):
            return [Act.IGNORE]
        if finding.quickbooks is None:
            acts.remove(Act.PUSH)
    return acts


def preview(
    reading: ContactReading, act: str, *, findings: Sequence[int] | None = None, kind: str | None = None
) -> list[Change]:
    """What the act would change on which side. Raises as `settle` does."""
    return [_change(each, Act(act)) for each in _chosen(reading, Act(act), findings, kind)]


def settle(
    reading: ContactReading,
    act: str,
    *,
    asked: Asked,
    findings: Sequence[int] | None = None,
    kind: str | None = None,
    note: str = "",
) -> SyncRun | None:
    """Links, imports or pushes these findings' contacts, or those of all open findings of a kind; None where
    nothing but a person's word is noted.

    Raises UnknownRecord, NotConnected, and Refused: `act_not_offered`, `nothing_to_settle`, `two_to_one`,
    `different_company`.
    """
    act = Act(act)
    with transaction.atomic():
        hold_lane(reading.organization_id)
        chosen = _chosen(reading, act, findings, kind)
        if act in (Act.IGNORE, Act.RESTORE):
            _ignore(reading, chosen, asked, note) if act == Act.IGNORE else _restore(chosen)
            return None
        connection = require_connection(reading.organization)
        if connection.realm_id != reading.realm_id:
            raise Refused(
                "different_company", "Another QuickBooks company is connected now. Read both lists afresh."
            )
        return {Act.LINK: _link, Act.IMPORT: _import, Act.PUSH: _push}[act](reading, chosen, asked)


def _chosen(
    reading: ContactReading, act: Act, keys: Sequence[int] | None, kind: str | None
) -> list[ContactFinding]:
    candidates = ignored_findings(reading) if act == Act.RESTORE else open_findings(reading)
    if keys is None:
        of_kind = candidates.filter(kind=kind).select_related("reading")
        found = [each for each in of_kind if act in acts_of(each)]
        if act == Act.LINK:
            # All at once only where there is nothing to choose.
            found = [each for each in found if each.sure]
        if not found:
            raise Refused("nothing_to_settle", f"“{act.label}” settles none of these by itself.")
        return found
    found = list(candidates.filter(pk__in=set(keys)).select_related("reading"))
    if len(found) != len(set(keys)):
        raise UnknownRecord("not_found", "One of these findings does not exist, or is settled already.")
    if refused := [each for each in found if act not in acts_of(each)]:
        why = refused[0].obstacle or REMEDIES.get(refused[0].kind, "")
        raise Refused("act_not_offered", f"“{act.label}” does not settle {refused[0]}. {why}".strip())
    if act == Act.LINK:
        _refuse_two_to_one(found)
    return found


def _refuse_two_to_one(pairs: list[ContactFinding]) -> None:
    ours = Counter(each.record_id for each in pairs)
    theirs = Counter(each.quickbooks_id for each in pairs)
    for each in pairs:
        if ours[each.record_id] > 1:
            name, side = each.finmo["name"], "QuickBooks"
        elif theirs[each.quickbooks_id] > 1:
            name, side = each.quickbooks["name"], "Finmo"
        else:
            continue
        raise Refused(
            "two_to_one", f"“{name}” would be linked to two contacts of {side}. Choose one of them for it."
        )


def _link(reading: ContactReading, chosen: list[ContactFinding], asked: Asked) -> SyncRun:
    pairs = {each.record_id: each.quickbooks_id for each in chosen}
    return linking.link(reading.organization, reading.entity, pairs, asked=asked)


def _import(reading: ContactReading, chosen: list[ContactFinding], asked: Asked) -> SyncRun:
    lift_pause(reading.organization, asked)
    mapper = mapper_for(reading.entity)
    options = {"quickbooks_ids": [each.quickbooks_id for each in chosen], "realm_id": reading.realm_id}
    run = new_run(reading.organization, Direction.IMPORT, mapper, asked, len(chosen), options)
    ring_after_commit(reading.organization)
    return run


def _push(reading: ContactReading, chosen: list[ContactFinding], asked: Asked) -> SyncRun:
    for finding in chosen:
        if finding.kind == FindingKind.DIFFERS:
            _keep_ours(reading, finding, asked)
    ids = [each.record_id for each in chosen]
    return services.push(reading.organization, reading.entity, asked=asked, ids=ids)


def _keep_ours(reading: ContactReading, finding: ContactFinding, asked: Asked) -> None:
    """What QuickBooks said becomes what ours is compared with, so that all that differs goes out. Our sync token
    stays: where QuickBooks has a newer one the engine reads the contact again before it writes."""
    mapper = mapper_for(reading.entity)
    merge.decide_as_a_whole(mapper, [finding.record_id], "finmo", asked.user)
    mapper.records(reading.organization).filter(pk=finding.record_id).exclude(
        sync_state=SyncState.QUEUED
    ).update(
        base={"fields": finding.quickbooks, "ours": {}},
        sync_state=SyncState.CHANGED,
        accounting_synced=False,
    )


def _ignore(reading: ContactReading, chosen: list[ContactFinding], asked: Asked, note: str) -> None:
    for finding in chosen:
        finding.ignored, _ = IgnoredFinding.objects.update_or_create(
            organization=reading.organization,
            entity=reading.entity,
            realm_id=reading.realm_id,
            kind=finding.kind,
            subject=finding.subject,
            defaults={"fingerprint": fingerprint(finding), "note": note.strip(), "by": asked.user},
        )
    ContactFinding.objects.bulk_update(chosen, ["ignored"], batch_size=500)


def _restore(chosen: list[ContactFinding]) -> None:
    IgnoredFinding.objects.filter(pk__in=[each.ignored_id for each in chosen]).delete()


def _change(finding: ContactFinding, act: Act) -> Change:
    ours, theirs = finding.finmo or {}, finding.quickbooks or {}
    if act == Act.PUSH:
        return Change(finding, "quickbooks", _fields(theirs, ours))
    if act == Act.IMPORT and not theirs:
        return Change(finding, "finmo", {"is_active": {"from": True, "to": False}})
    if act == Act.IMPORT:
        return Change(finding, "finmo", _fields(ours, theirs))
    if act == Act.LINK:
        # What is empty here is filled; all else that differs goes out with the next push.
        empty = {name: value for name, value in theirs.items() if not ours.get(name)}
        return Change(finding, "finmo", _fields({name: ours.get(name) for name in empty}, empty))
    return Change(finding, "finmo")


def _fields(now: dict[str, Any], then: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        name: {"from": now.get(name), "to": value}
        for name, value in then.items()
        if (now.get(name) or None) != (value or None)
    }
