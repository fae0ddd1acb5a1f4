"""The conflicts' part of the door: what a person decided, and what of it has to go out."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from .models import Conflict
from .services import Asked, Refused, push
from .sync import merge
from .sync.lease import hold_lane


class AlreadyResolved(Refused):
    """A conflict that somebody decided meanwhile."""


def resolve(conflict: Conflict, choices: dict[str, str], *, asked: Asked) -> Conflict:
    """Settles a conflict field by field, {field: "finmo"|"quickbooks"}, and queues what has to go out.

    Raises Refused where a field has no decision, or where it was decided already.
    """
    with transaction.atomic():
        hold_lane(conflict.organization_id)
        conflict = _settle(conflict, choices, asked)
        if "finmo" in choices.values():
            _push_decided([conflict], asked)
    return conflict


def resolve_many(conflicts: Iterable[Conflict], keep: str, *, asked: Asked) -> int:
    """Keeps one side, "finmo" or "quickbooks", of every field, and queues what has to go out in one run for each
    entity. Returns how many were decided: what somebody else decided meanwhile stays as it was."""
    settled, conflicts = [], list(conflicts)
    with transaction.atomic():
        for organization_id in sorted({conflict.organization_id for conflict in conflicts}):
            hold_lane(organization_id)
        for conflict in conflicts:
            try:
                settled.append(_settle(conflict, dict.fromkeys(conflict.fields, keep), asked))
            except AlreadyResolved:
                continue
        if keep == "finmo":
            _push_decided(settled, asked)
    return len(settled)


def _settle(conflict: Conflict, choices: dict[str, str], asked: Asked) -> Conflict:
    conflict = Conflict.objects.select_for_update().get(pk=conflict.pk)
    if conflict.resolved_at:
        raise AlreadyResolved("already_resolved", "This conflict has been decided already.")
    missing = conflict.fields.keys() - choices.keys()
    wrong = choices.keys() - conflict.fields.keys()
    if missing or wrong or set(choices.values()) - {"finmo", "quickbooks"}:
        names = ", ".join(sorted(missing | wrong))
        raise Refused("incomplete_choice", f"Decide “finmo” or “quickbooks” for each field: {names}.")
    merge.decide(conflict, choices)
    conflict.choices = choices
    conflict.resolved_at = timezone.now()
    conflict.resolved_by = asked.user
    conflict.save(update_fields=["choices", "resolved_at", "resolved_by"])
    return conflict


def _push_decided(conflicts: Iterable[Conflict], asked: Asked) -> None:
    """Sends what was decided for ours, as far as the organizations are connected."""
    decided: dict[tuple[int, str], list[Conflict]] = {}
    for conflict in conflicts:
        decided.setdefault((conflict.organization_id, conflict.entity), []).append(conflict)
    for (_, entity), together in decided.items():
        organization = together[0].organization
        if organization.connection.connected:
            push(organization, entity, asked=asked, ids=[each.record_id for each in together])
