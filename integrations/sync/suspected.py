"""Which names may have been merged, noted until somebody looks: kept as rows, so that no crash forgets it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from ..mapping import mapper_for
from ..models import Organization, SuspectedMerge


def suspect(organization: Organization, pairs: Iterable[tuple[str, str, str]], *, told: bool = False) -> None:
    """Notes (entity, loser's id, survivor's id) for the next `follow_merges`, in one statement."""
    suspect_each(((organization, *pair) for pair in pairs), told=told)


def suspect_each(merges: Iterable[tuple[Organization, str, str, str]], *, told: bool = False) -> None:
    """The same for several organizations together."""
    rows = [
        SuspectedMerge(organization=organization, entity=entity, loser=loser, survivor=survivor, told=told)
        for organization, entity, loser, survivor in set(merges)
        if loser != survivor and mapper_for(entity).merges
    ]
    if told:
        unique = ["organization", "entity", "loser", "survivor"]
        SuspectedMerge.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=unique, update_fields=["told"]
        )
    else:
        SuspectedMerge.objects.bulk_create(rows, ignore_conflicts=True)


def survivors_of(suspicions: list[SuspectedMerge]) -> dict[str, str]:
    """{loser: survivor}: as told, else where all that is suspected is the same; of merges in a row, the last."""
    told = {each.loser: each.survivor for each in suspicions if each.told}
    moved: dict[str, set[str]] = defaultdict(set)
    for each in suspicions:
        moved[each.loser].add(each.survivor)
    pairs = {loser: min(found) for loser, found in moved.items() if len(found) == 1} | told
    return {loser: _last(pairs, loser) for loser in pairs}


def _last(suspected: dict[str, str], loser: str) -> str:
    """Where one merge followed the other, the name that is left."""
    seen = {loser}
    survivor = suspected[loser]
    while survivor in suspected and survivor not in seen:
        seen.add(survivor)
        survivor = suspected[survivor]
    return survivor
