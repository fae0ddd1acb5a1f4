"""The lines of an invoice or bill as a grid of forms, and what they may refer to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.db.models import Q

from .eligible import ON_BILLS
from .forms import NumberField, ask_in_words
from .ids import read_id, read_ids
from .mapping import FORBIDDEN_IN_NAMES, plain
from .models import Account, DocumentLine, Item, Organization, TaxCode
from .money import price_text

NOT_ON_LINES = ("Category", "Group")
MOST_LINES = 500
ANY = Q()


def usable_items(organization: Organization) -> Any:
    """What may stand on a line."""
    return Item.objects.filter(organization=organization, is_active=True).exclude(type__in=NOT_ON_LINES)


@dataclass
class LineChoices:
    """What the lines of one document may refer to, read once for all of them.

    `held` are the lines that the document has: what they refer to may stay, also where nobody could choose it anew,
    such as an account that QuickBooks alone books bills to. None: nothing is saved, so anything may be named.
    """

    organization: Organization
    default_tax_code: TaxCode | None
    held: Sequence[DocumentLine] | None = ()
    items: dict[str, Item] = field(default_factory=dict)

    def read_items(self, keys: set[str]) -> None:
        found = Item.objects.filter(organization=self.organization, pk__in=read_ids(keys)).light()
        self.items = {str(item.pk): item for item in found}

    @cached_property
    def tax_codes(self) -> dict[str, TaxCode]:
        codes = TaxCode.objects.filter(self._choosable("tax_code_id"), organization=self.organization)
        return {str(code.pk): code for code in codes.light()}

    @cached_property
    def accounts(self) -> dict[str, Account]:
        choosable = self._choosable("account_id", ON_BILLS.condition)
        accounts = Account.objects.filter(choosable, organization=self.organization)
        return {str(account.pk): account for account in accounts.light()}

    def _choosable(self, reference: str, rule: Q = ANY) -> Q:
        if self.held is None:
            return ANY
        return Q(is_active=True) & rule | Q(pk__in={getattr(line, reference) for line in self.held} - {None})


class LineForm(forms.ModelForm):
    """One line. An empty row is no line."""

    requires_name: ClassVar[bool] = False
    asks_account: ClassVar[bool] = False

    item = forms.CharField(required=False, widget=forms.HiddenInput)
    line = forms.CharField(required=False, widget=forms.HiddenInput)
    tax_code = forms.ChoiceField(required=False, label="Tax")
    account = forms.ChoiceField(required=False, label="Account")

    class Meta:
        fields = ("custom_name", "description", "quantity", "unit_price")
        field_classes: ClassVar = {"quantity": NumberField, "unit_price": NumberField}
        labels = {"custom_name": "Custom item"}
        error_messages: ClassVar = {"quantity": {"min_value": "Write 0 or more."}}
        widgets = {
            "description": forms.TextInput(),
            "quantity": forms.TextInput(attrs={"inputmode": "decimal"}),
            "unit_price": forms.TextInput(attrs={"inputmode": "decimal"}),
        }

    def __init__(self, *args: Any, choices: LineChoices, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.choices = choices
        default = choices.default_tax_code
        blank = f"Default: {default}" if default else "No tax code"
        self.fields["tax_code"].choices = [
            ("", blank),
            *((key, str(code)) for key, code in choices.tax_codes.items()),
        ]
        if self.asks_account:
            named = ((key, str(account)) for key, account in choices.accounts.items())
            self.fields["account"].choices = [("", "Default account"), *named]
        else:
            del self.fields["account"]
        self.fields["quantity"].initial = self.initial.get("quantity", "1")
        ask_in_words(self)

    @property
    def item_text(self) -> str:
        """The chosen item's name, else what was typed to find one."""
        item = self.choices.items.get(str(self["item"].value() or ""))
        return str(item) if item else self.data.get(self.add_prefix("search"), "")

    def has_changed(self) -> bool:
        names = ("item", "custom_name", "description", "unit_price")
        return any(self.data.get(self.add_prefix(name), "").strip() for name in names)

    def clean_item(self) -> Item | None:
        key = self.cleaned_data["item"]
        if key and key not in self.choices.items:
            raise forms.ValidationError("This item is not in the list any more. Choose another one.")
        return self.choices.items.get(key)

    def clean_tax_code(self) -> TaxCode | None:
        return self.choices.tax_codes.get(self.cleaned_data["tax_code"])

    def clean_account(self) -> Account | None:
        return self.choices.accounts.get(self.cleaned_data["account"])

    def clean_custom_name(self) -> str:
        name = self.cleaned_data["custom_name"].strip()
        if any(mark in name for mark in FORBIDDEN_IN_NAMES):
            raise forms.ValidationError(
                "QuickBooks accepts no colon, tab or line break in a name. Take it out."
            )
        return name

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("item"):
            cleaned["custom_name"] = ""
        elif self.requires_name and not cleaned.get("custom_name") and not self.has_error("custom_name"):
            self.add_error("custom_name", "Choose an item, or write the name of a custom one.")
        return cleaned

    def built(self, held: set[int]) -> DocumentLine:
        """The line, not saved; with its key where it is one of those that the document holds."""
        cleaned = self.cleaned_data
        key = read_id(cleaned["line"])
        return self._meta.model(
            pk=key if key in held else None,
            item=cleaned["item"],
            custom_name=cleaned["custom_name"],
            description=cleaned["description"],
            quantity=cleaned["quantity"],
            unit_price=cleaned["unit_price"],
            tax_code=cleaned["tax_code"],
            account=cleaned.get("account"),
        )


class LineForms(forms.BaseFormSet):
    def add_fields(self, form: LineForm, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields[forms.formsets.ORDERING_FIELD_NAME].widget = forms.HiddenInput()

    def clean(self) -> None:
        if not any(self.errors) and not any(form.has_changed() for form in self.forms):
            raise forms.ValidationError("A document needs at least one line. Fill in the first one.")

    def lines(self, held: set[int]) -> list[DocumentLine]:
        return [form.built(held) for form in self.ordered_forms if form.has_changed()]


def line_forms(
    form_class: type[LineForm],
    choices: LineChoices,
    *,
    data: Mapping[str, str] | None = None,
    lines: Sequence[DocumentLine] = (),
) -> LineForms:
    """The grid: bound to what was sent, or showing the document's lines, or one empty line."""
    factory = forms.formset_factory(
        form_class, formset=LineForms, extra=0, can_order=True, max_num=MOST_LINES, absolute_max=MOST_LINES
    )
    if data is not None:
        choices.read_items({value for name, value in data.items() if name.endswith("-item")})
        return factory(data, prefix="lines", form_kwargs={"choices": choices})
    choices.items = {str(line.item_id): line.item for line in lines if line.item_id}
    default = choices.default_tax_code
    initial = [line_initial(line) for line in lines] or [{"tax_code": default.pk if default else ""}]
    return factory(initial=initial, prefix="lines", form_kwargs={"choices": choices})


def line_initial(line: DocumentLine) -> dict[str, Any]:
    return {
        "line": line.pk,
        "item": line.item_id or "",
        "custom_name": line.custom_name,
        "description": line.description,
        "quantity": plain(line.quantity),
        "unit_price": price_text(line.unit_price, line.document.currency),
        "tax_code": line.tax_code_id or "",
        "account": line.account_id or "",
    }


def describe(line: DocumentLine) -> str:
    what = line.item_name or line.description or "Line"
    return f"{what}: {plain(line.quantity)} × {plain(line.unit_price)}"
