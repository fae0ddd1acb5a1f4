from django.db import models

from .organization import Organization


def _default_reference(model: str, label: str) -> models.ForeignKey:
    return models.ForeignKey(
        model, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=label
    )


class Configuration(models.Model):
    """What a merchant set on the QuickBooks Configuration page, and when each stream last ran."""

    organization = models.OneToOneField(Organization, on_delete=models.CASCADE, related_name="configuration")
    contacts_auto_sync = models.BooleanField("Contacts: Auto Sync weekly", default=False)
    receivables_auto_push = models.BooleanField("Receivables: automatic push", default=False)
    receivables_auto_pull = models.BooleanField("Receivables: automatic pull", default=False)
    payables_auto_push = models.BooleanField("Payables: automatic push", default=False)
    payables_auto_pull = models.BooleanField("Payables: automatic pull", default=False)

    default_receivable_account = _default_reference("integrations.Account", "Default account for receivables")
    default_payable_account = _default_reference("integrations.Account", "Default account for payables")
    default_receivable_tax_code = _default_reference(
        "integrations.TaxCode", "Default tax code for receivables"
    )
    default_payable_tax_code = _default_reference("integrations.TaxCode", "Default tax code for payables")

    contacts_last_synced_at = models.DateTimeField(null=True, blank=True, editable=False)
    receivables_last_pushed_at = models.DateTimeField(null=True, blank=True, editable=False)
    receivables_last_pulled_at = models.DateTimeField(null=True, blank=True, editable=False)
    payables_last_pushed_at = models.DateTimeField(null=True, blank=True, editable=False)
    payables_last_pulled_at = models.DateTimeField(null=True, blank=True, editable=False)
    accounts_last_synced_at = models.DateTimeField(null=True, blank=True, editable=False)
    items_last_synced_at = models.DateTimeField(null=True, blank=True, editable=False)
    # entity → when QuickBooks told of a change that no automatic pull will fetch
    changes_waiting = models.JSONField(default=dict, blank=True, editable=False)
    tax_codes_last_synced_at = models.DateTimeField(null=True, blank=True, editable=False)

    # What was switched on since the last tick: it runs at once, however recently it ran by hand.
    due_at_once = models.JSONField(default=list, blank=True, editable=False)

    SWITCHES = (
        "contacts_auto_sync",
        "receivables_auto_push",
        "receivables_auto_pull",
        "payables_auto_push",
        "payables_auto_pull",
    )

    class Meta:
        verbose_name = "QuickBooks configuration"

    def __str__(self) -> str:
        return f"QuickBooks configuration of {self.organization}"

    def save(self, *args, update_fields=None, **kwargs) -> None:
        if self.pk and (update_fields is None or set(update_fields) & set(self.SWITCHES)):
            was = Configuration.objects.filter(pk=self.pk).values(*self.SWITCHES).first() or {}
            switched_on = [name for name in self.SWITCHES if getattr(self, name) and not was.get(name)]
            self.due_at_once = sorted({*self.due_at_once, *switched_on})
            if update_fields is not None:
                update_fields = {*update_fields, "due_at_once"}
        super().save(*args, update_fields=update_fields, **kwargs)
