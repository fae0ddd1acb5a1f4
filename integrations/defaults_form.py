"""The form of the QuickBooks Configuration page: default accounts and tax codes."""

from __future__ import annotations

from typing import Any

from django import forms

from .eligible import DEFAULTS
from .history import save_configuration
from .models import Account, Configuration, SyncRun, TaxCode
from .services import Asked


class DefaultsForm(forms.ModelForm):
    """What a line is booked to that names no account, and how it is taxed when it names no code."""

    class Meta:
        model = Configuration
        fields = (
            "default_receivable_account",
            "default_payable_account",
            "default_receivable_tax_code",
            "default_payable_tax_code",
        )
        help_texts = {
            "default_receivable_account": "An income account. Custom items on invoices are booked to it.",
            "default_payable_account": "An expense or asset account. Custom items on bills are booked to it.",
            "default_receivable_tax_code": "Used on every invoice line without a tax code of its own.",
            "default_payable_tax_code": "Used on every bill line without a tax code of its own.",
        }

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        organization = self.instance.organization_id
        accounts = Account.objects.filter(organization=organization, is_active=True).light()
        codes = TaxCode.objects.filter(organization=organization, is_active=True).light()
        for name, rule in DEFAULTS.items():
            choices = accounts if name.endswith("_account") else codes
            self.fields[name].queryset = choices.filter(rule.condition)
        for field in self.fields.values():
            field.empty_label = "Not chosen"

    def save_as(self, asked: Asked) -> list[SyncRun]:
        """Returns the runs that send again what had failed for want of a default."""
        return save_configuration(self.instance, self.Meta.fields, asked=asked)
