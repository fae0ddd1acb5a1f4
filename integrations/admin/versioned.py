"""A record's form knows what it showed: what changed meanwhile is not overwritten unseen."""

from typing import Any

from django import forms

from ..forms import RecordForm, shown
from ..lines_grid import describe


class VersionedForm(RecordForm):
    """Put off once where the record is not what the form showed; the error says what is stored now."""

    def stored_values(self) -> dict[str, str]:
        names = [name for name in self.fields if name != "version"]
        values = {name: shown(getattr(self.instance, name)) for name in names}
        if hasattr(self.instance, "lines"):
            values["lines"] = " | ".join(
                describe(line) for line in self.instance.lines.select_related("item")
            )
        return values

    def clean(self) -> dict[str, Any]:
        cleaned = forms.ModelForm.clean(self)
        if self.changed_meanwhile:
            stored = "; ".join(f"{each['label']}: {each['stored'] or '—'}" for each in self.differences)
            raise forms.ValidationError(
                "This was changed while you were editing it. "
                f"Stored now{' is ' + stored if stored else ' are other lines'}. "
                "Save again to keep yours, or open the page anew.",
                code="changed_meanwhile",
            )
        return cleaned
