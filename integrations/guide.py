"""The first-time guide: five steps from nothing to the first synced document. It shows itself until it is done."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from .models import Configuration, Organization


@dataclass(frozen=True)
class Step:
    title: str
    help: str
    url: str
    done: bool


@dataclass(frozen=True)
class Guide:
    steps: tuple[Step, ...]

    @property
    def done(self) -> bool:
        return all(step.done for step in self.steps)

    @property
    def next(self) -> Step | None:
        return next((step for step in self.steps if not step.done), None)

    @property
    def number_done(self) -> int:
        return sum(step.done for step in self.steps)

    @classmethod
    def of(cls, organization: Organization) -> Guide:
        """Needs the connection; reads the configuration."""
        configuration = Configuration.objects.get(organization=organization)
        here = reverse("quickbooks-configuration")
        imported = configuration.accounts_last_synced_at and configuration.items_last_synced_at
        chosen = configuration.default_receivable_account_id and configuration.default_payable_account_id
        synced = configuration.receivables_last_pushed_at or configuration.payables_last_pushed_at
        return cls(
            (
                Step(
                    "Connect QuickBooks",
                    "Sign in to your QuickBooks company and allow Finmo to work with it.",
                    reverse("integrations") + "#quickbooks",
                    organization.connection.connected,
                ),
                Step(
                    "Import accounts, items and tax codes",
                    "Press Sync Chart of Accounts, Import items and Import tax codes.",
                    f"{here}#lists",
                    bool(imported and configuration.tax_codes_last_synced_at),
                ),
                Step(
                    "Choose default accounts",
                    "Custom items are booked to them. Choose default tax codes as well.",
                    f"{here}#defaults",
                    bool(chosen),
                ),
                Step(
                    "Sync customers and beneficiaries",
                    "Press Ad-hoc Sync: documents can only be synced when their contact is in QuickBooks.",
                    f"{here}#contacts",
                    bool(configuration.contacts_last_synced_at),
                ),
                Step(
                    "Sync the first invoice or bill",
                    "Press Sync on one of the two cards, or Sync to QuickBooks on a document.",
                    f"{here}#receivables",
                    bool(synced),
                ),
            )
        )
