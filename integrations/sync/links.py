"""From QuickBooks' ids to our own keys."""

from __future__ import annotations

from collections.abc import Iterable

from ..mapping import Links, Mapper, Values, mapper_for
from ..mapping.lines import LINE_REFERENCES
from ..models import Organization


def known_links(organization: Organization, entity: str, ids: Iterable[str]) -> Links:
    found = mapper_for(entity).records(organization).filter(qbo_id__in=list(ids))
    return {(entity, qbo_id): pk for qbo_id, pk in found.values_list("qbo_id", "pk")}


def links_for_values(organization: Organization, mapper: Mapper, values: Values) -> Links:
    """The same for values alone, as a decided conflict has them. They may be older than a merge of what they name."""
    links: Links = {}
    for each in mapper.fields:
        if getattr(each, "to", "") and values.get(each.name):
            links |= _surviving(
                organization, each.to, known_links(organization, each.to, [values[each.name]])
            )
    for line in values.get("lines", []):
        for name, entity in LINE_REFERENCES.items():
            if line.get(name):
                links |= known_links(organization, entity, [line[name]])
    return links


def _surviving(organization: Organization, entity: str, links: Links) -> Links:
    """With the record that is left in place of each that QuickBooks merged away."""
    mapper = mapper_for(entity)
    if not mapper.survivor_column:
        return links
    gone = mapper.records(organization).filter(pk__in=links.values())
    gone = gone.exclude(**{mapper.survivor_column: None})
    moved = dict(gone.values_list("pk", mapper.survivor_column))
    if not moved:
        return links
    return _surviving(organization, entity, {key: moved.get(pk, pk) for key, pk in links.items()})
