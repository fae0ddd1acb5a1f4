"""Choices of one organization only: what a person may refer to is what the same merchant has."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.widgets import AutocompleteSelect, RelatedFieldWidgetWrapper
from django.db.models import ForeignKey, Model
from django.forms import Field
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from ..ids import read_id
from ..models import Organization, SyncedRecord


class OrganizationAutocomplete(AutocompleteSelect):
    """Searches one organization's records. `labels` are chosen records that need no query to be shown."""

    def __init__(self, field: ForeignKey, admin_site, organization_id: int | None, labels: dict[str, str]):
        super().__init__(field, admin_site)
        self.organization_id = organization_id
        self.labels = labels

    def get_url(self) -> str:
        return f"{reverse('admin:autocomplete')}?{urlencode({'organization': self.organization_id or 0})}"

    def optgroups(self, name: str, value: list, attr: dict | None = None) -> list:
        chosen = [str(each) for each in value if str(each) not in self.choices.field.empty_values]
        if not all(each in self.labels for each in chosen):
            return super().optgroups(name, value, attr)
        options = [] if self.is_required else [self.create_option(name, "", "", False, 0)]
        options += [
            self.create_option(name, each, self.labels[each], True, place)
            for place, each in enumerate(chosen, start=1)
        ]
        return [(None, options, 0)]


class OrganizationScoped:
    """For a ModelAdmin or an inline: foreign keys to synced records offer the organization's own.

    The organization is the record's, or on a new record the one that the address or the form names.
    """

    def formfield_for_foreignkey(self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any):
        related = db_field.remote_field.model
        if not issubclass(related, SyncedRecord):
            return super().formfield_for_foreignkey(db_field, request, **kwargs)
        organization_id = getattr(request, "form_organization_id", None)
        kwargs["queryset"] = related.objects.filter(organization_id=organization_id)
        labels = self.chosen_labels(request, db_field)
        kwargs["widget"] = OrganizationAutocomplete(db_field, self.admin_site, organization_id, labels)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field, request: HttpRequest, **kwargs: Any):
        return without_related_links(super().formfield_for_dbfield(db_field, request, **kwargs))

    def chosen_labels(self, request: HttpRequest, db_field: ForeignKey) -> dict[str, str]:
        """{primary key: text} of what the form's records refer to already."""
        return {}


def without_related_links(formfield: Field | None) -> Field | None:
    """Without the signs that add, change or show what is chosen: they know no organization."""
    if formfield is not None and isinstance(formfield.widget, RelatedFieldWidgetWrapper):
        for right in ("add", "change", "delete", "view"):
            setattr(formfield.widget, f"can_{right}_related", False)
    return formfield


def remember_organization(request: HttpRequest, record: Model | None) -> None:
    """Notes on the request whose choices its forms offer."""
    request.form_organization_id = record.organization_id if record else asked_organization_id(request)


def asked_organization_id(request: HttpRequest) -> int | None:
    return read_id(request.POST.get("organization") or request.GET.get("organization"))


def organization_to_add_to(request: HttpRequest) -> Organization | None:
    """The one that was asked for; without asking, the only one that there is."""
    asked = asked_organization_id(request)
    if asked:
        return Organization.objects.filter(pk=asked).first()
    first_two = list(Organization.objects.order_by("pk")[:2])
    return first_two[0] if len(first_two) == 1 else None
