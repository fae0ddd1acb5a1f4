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

    # When the automatic runs come next; None: as soon as something is switched on.
    documents_due_at = models.DateTimeField(null=True, blank=True, editable=False)
    contacts_due_at = models.DateTimeField(null=True, blank=True, editable=False)
    # When an automatic push next tries the documents again that wait for a person's repair; None: at its next run.
    failures_due_at = models.DateTimeField(null=True, blank=True, editable=False)
    # When the tick rang for what is due, until somebody started it.
    rung_at = models.DateTimeField(null=True, blank=True, editable=False)

    DOCUMENT_SWITCHES = (
        "receivables_auto_push",
        "receivables_auto_pull",
        "payables_auto_push",
        "payables_auto_pull",
    )
    CONTACT_SWITCHES = ("contacts_auto_sync",)
    SWITCHES = (*CONTACT_SWITCHES, *DOCUMENT_SWITCHES)

    class Meta:
        verbose_name = "QuickBooks configuration"

    def __str__(self) -> str:
        return f"QuickBooks configuration of {self.organization}"

    def save(self, *args, update_fields=None, **kwargs) -> None:
        """What is switched on is due at once, however recently it ran by hand."""
        if self.pk and (update_fields is None or set(update_fields) & set(self.SWITCHES)):
            columns = self._due_columns()
            for name in columns:
                setattr(self, name, None)
            if update_fields is not None:
                update_fields = {*update_fields, *columns}
        super().save(*args, update_fields=update_fields, **kwargs)

    def _due_columns(self) -> set[str]:
        was = Configuration.objects.filter(pk=self.pk).values(*self.SWITCHES).first() or {}
        switched_on = {name for name in self.SWITCHES if getattr(self, name) and not was.get(name)}
        documents = {"documents_due_at", "failures_due_at", "rung_at"}
        columns = documents if switched_on & set(self.DOCUMENT_SWITCHES) else set()
        return columns | (
            {"contacts_due_at", "rung_at"} if switched_on & set(self.CONTACT_SWITCHES) else set()
        )
