"""The form of an invoice and a bill, but for its lines."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.db.models import Q

from .forms import RecordForm, shown
from .ids import read_id
from .lines_grid import LineForms, describe
from .models import Document, SyncedRecord

DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
WHAT_NUMBERS_ARE_FOR = (
    "Finmo finds the document in QuickBooks by it. Without one it cannot tell whether it is there already."
)


class DocumentForm(RecordForm):
    """A subclass's Meta names the model; `contact` is its field for whom the document is with."""

    contact: ClassVar[str]
    fields_of_all: ClassVar[tuple[str, ...]] = (
        "number",
        "issue_date",
        "due_date",
        "tax_treatment",
        "exchange_rate",
        "memo",
    )
    compared: ClassVar[tuple[str, ...]] = (*fields_of_all, "lines")

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        # Changed is what differs from the document, not from today.
        self.fields["issue_date"].show_hidden_initial = False
        self.fields["number"].help_text = WHAT_NUMBERS_ARE_FOR
        too_small = "Write a rate above 0, or leave it empty."
        self.fields["exchange_rate"].error_messages["min_value"] = too_small
        contacts = self.fields[self.contact].queryset.filter(organization=self.instance.organization)
        usable = Q(is_active=True) | Q(pk=self._stored_contact_id)
        self.fields[self.contact].queryset = contacts.filter(usable).light()

    def differences_with(self, lines: LineForms | None) -> list[dict[str, str]]:
        """Those of the document, and those of its lines as they were sent."""
        found = self.differences
        if self.changed_meanwhile and lines is not None:
            sent = " | ".join(map(describe, lines.lines(set()))) if lines.is_valid() else "As below"
            if sent != self.stored["lines"]:
                found.append({"label": "Lines", "typed": sent, "stored": self.stored["lines"]})
        return found

    @property
    def _stored_contact_id(self) -> int | None:
        return getattr(self.instance, f"{self.contact}_id")

    def stored_values(self) -> dict[str, str]:
        document: Document = self.instance
        values = {name: shown(getattr(document, name)) for name in self.fields_of_all}
        values[self.contact] = shown(getattr(document, self.contact))
        return values | {"lines": " | ".join(describe(line) for line in document.lines.all())}

    @property
    def contact_text(self) -> str:
        """The chosen contact's name, else what was typed to find one."""
        contact = self.chosen_contact
        return str(contact) if contact else self.data.get("contact_text", "")

    @cached_property
    def chosen_contact(self) -> SyncedRecord | None:
        return self.fields[self.contact].queryset.filter(pk=read_id(self[self.contact].value())).first()

    def clean_number(self) -> str:
        return self.cleaned_data["number"].strip()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        contact, issued, due = (cleaned.get(name) for name in (self.contact, "issue_date", "due_date"))
        if issued and due and due < issued:
            self.add_error("due_date", "The due date is before the issue date. Choose a later one.")
        if contact and self.instance.linked and contact.currency != self.instance.currency:
            self.add_error(
                self.contact,
                f"QuickBooks keeps this document in {self.instance.currency}. Choose a contact in that currency.",
            )
        return cleaned

    def _post_clean(self) -> None:
        """The currency follows the contact."""
        contact = self.cleaned_data.get(self.contact)
        if contact:
            self.instance.currency = contact.currency
        super()._post_clean()
