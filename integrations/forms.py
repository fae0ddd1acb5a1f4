"""What every form of a synced record has: a version against edits meanwhile, numbers, and words for what is wrong."""

from __future__ import annotations

import hashlib
import json
import re
from decimal import Decimal
from typing import Any, ClassVar

from django import forms

from .mapping import plain
from .models import SyncedRecord

_GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+\.\d+")


class RecordForm(forms.ModelForm):
    """A record that may have been changed since the form was opened: nothing typed is lost, nothing is overwritten.

    The form carries what it showed as a fingerprint; where the record says something else now, saving is put
    off once, both versions are shown, and what was typed stays.
    """

    version = forms.CharField(widget=forms.HiddenInput, required=False)
    # Fields whose label the person knows, compared and shown when somebody else changed them.
    compared: ClassVar[tuple[str, ...]]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.stored = self.stored_values() if self.instance.pk else {}
        self.initial["version"] = fingerprint(self.instance, self.stored)
        self.changed_meanwhile = bool(
            self.is_bound and self.instance.pk and self.data.get("version") != self.initial["version"]
        )
        if self.changed_meanwhile:
            self.data = self.data.copy()
            self.data["version"] = self.initial["version"]

        ask_in_words(self)

    def stored_values(self) -> dict[str, str]:
        """{field: what the database says now}, in people's words."""
        return {name: shown(getattr(self.instance, name)) for name in self.compared}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.changed_meanwhile:
            raise forms.ValidationError(
                "This was changed while you were editing it. Compare below: what you typed is still in the form. "
                "Save again to keep yours.",
                code="changed_meanwhile",
            )
        return cleaned

    @property
    def differences(self) -> list[dict[str, str]]:
        """Where what was typed and what is stored now differ."""
        if not self.changed_meanwhile:
            return []
        typed = {name: self._typed(name) for name in self.stored if name in self.fields}
        return [
            {"label": str(self.fields[name].label), "typed": typed[name], "stored": self.stored[name]}
            for name in typed
            if typed[name] != self.stored[name]
        ]

    def _typed(self, name: str) -> str:
        return shown(self.cleaned_data[name]) if name in self.cleaned_data else str(self.data.get(name, ""))


class NumberField(forms.DecimalField):
    """Takes a number as Finmo itself writes it, too, such as one that was copied from a table: 1,250.50. A comma
    without a point may be a decimal one, so that is no number."""

    def to_python(self, value: Any) -> Decimal | None:
        if isinstance(value, str) and _GROUPED.fullmatch(value.strip()):
            value = value.replace(",", "")
        return super().to_python(value)


def ask_in_words(form: forms.BaseForm) -> None:
    """What is left empty and must not be is told by its name; what cannot be read, by how it is written."""
    for field in form.fields.values():
        chosen = isinstance(field, forms.ChoiceField | forms.ModelChoiceField)
        said = field.error_messages
        said["required"] = f"{'Choose' if chosen else 'Fill in'} the {str(field.label).lower()}."
        if chosen:
            said["invalid_choice"] = "This can no longer be chosen. Choose another one."
        elif isinstance(field, forms.EmailField):
            said["invalid"] = "This is no e-mail address. Write it like name@example.com."
        elif isinstance(field, forms.DecimalField):
            said["invalid"] = "This is no number. Write it with a point and no commas, like 1250.50."


def shown(value: Any) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, Decimal):
        return plain(value) or ""
    return "" if value is None else str(value)


def fingerprint(record: SyncedRecord, values: dict[str, Any]) -> str:
    """The record's revision, and its values, since what QuickBooks changes adds no revision."""
    if not record.pk:
        return ""
    digest = hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]
    return f"{record.revision}.{digest}"
