"""Forms of the simulator's pages."""

from __future__ import annotations

from typing import Any

from django import forms

from . import merging, mishaps
from .currencies import CURRENCIES
from .models import Company, StoredObject
from .seed import COUNTRY_NAMES

MONEY = {"max_digits": 15, "decimal_places": 2}


class NewCompanyForm(forms.Form):
    country = forms.ChoiceField(choices=list(COUNTRY_NAMES.items()))
    name = forms.CharField(max_length=100, required=False, help_text="Empty: a name is made up.")
    multicurrency = forms.BooleanField(required=False, label="Several currencies")


class SwitchesForm(forms.ModelForm):
    webhook_url = forms.URLField(required=False, assume_scheme="http", label="Webhook address")

    class Meta:
        model = Company
        fields = [
            "name", "multicurrency", "custom_txn_numbers", "duplicate_doc_numbers_allowed", "book_close_date", "ast",
            "subscription_lapsed", "void_word", "exchange_rate_required", "contact_currency_ignored",
            "page_size_clamped", "repeated_request_id_refused", "merged_names_vanish", "requests_per_minute",
            "requests_per_second", "batches_per_minute", "requests_at_once", "throttle_as_xml", "denials_as_xml",
            "latency_ms", "rotate_every_time", "kill_grant_on_stale_refresh", "webhook_url", "webhook_void_verb",
            "webhook_duplicates", "webhook_reversed", "webhook_bare",
        ]  # fmt: skip
        widgets = {"book_close_date": forms.DateInput(attrs={"type": "date"})}

    def save(self, commit: bool = True) -> Company:
        # Never the counters: a write may be taking numbers from them at this moment.
        self.instance.save(update_fields=self.changed_data)
        return self.instance


class MishapForm(forms.Form):
    kind = forms.ChoiceField(choices=list(mishaps.KINDS.items()), label="What goes wrong")
    count = forms.IntegerField(min_value=1, initial=1, label="For so many calls")
    matching = forms.CharField(
        max_length=200, required=False, help_text="A part of the address, such as /batch."
    )
    seconds = forms.DecimalField(min_value=0, max_value=600, initial=0, label="Seconds, where it is slow")


class ChangeForm(forms.Form):
    """Only what the object has; what is left empty stays as it is."""

    name = forms.CharField(max_length=500, required=False)
    email = forms.EmailField(required=False, label="E-mail")
    amount = forms.DecimalField(**MONEY, required=False, label="Amount of the first line")
    memo = forms.CharField(max_length=1000, required=False)

    def __init__(self, row: StoredObject, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown = {
            "Customer": ("name", "email"),
            "Vendor": ("name", "email"),
            "Employee": ("name", "email"),
            "Item": ("name",),
            "Account": ("name",),
            "Term": ("name",),
            "Invoice": ("amount", "memo"),
            "Bill": ("amount", "memo"),
        }.get(row.entity, ())
        self.fields = {name: field for name, field in self.fields.items() if name in shown}


class MergeForm(forms.Form):
    """Into which name of the same list and currency."""

    survivor = forms.ChoiceField(label="Into")

    def __init__(self, row: StoredObject, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["survivor"].choices = [
            (each.qbo_id, each.document()["DisplayName"]) for each in merging.survivors(row)
        ]


class PayForm(forms.Form):
    amount = forms.DecimalField(**MONEY, min_value=0)


class ContactForm(forms.Form):
    name = forms.CharField(max_length=500)
    email = forms.EmailField(required=False, label="E-mail")
    currency = forms.ChoiceField(
        choices=[
            ("", "the home currency"),
            *((code, f"{code} {each[0]}") for code, each in CURRENCIES.items()),
        ],
        required=False,
    )


class DocumentForm(forms.Form):
    contact = forms.ModelChoiceField(StoredObject.objects.none(), to_field_name="qbo_id")
    number = forms.CharField(max_length=21, required=False)
    description = forms.CharField(max_length=4000, required=False)
    amount = forms.DecimalField(**MONEY)

    def __init__(self, company: Company, entity: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = "Customer" if entity == "Invoice" else "Vendor"
        contacts = StoredObject.objects.filter(company=company, entity=kind, active=True)
        field = self.fields["contact"]
        field.label = kind
        field.queryset = contacts.order_by("full_name_key")
        field.label_from_instance = lambda row: row.document()["DisplayName"]
