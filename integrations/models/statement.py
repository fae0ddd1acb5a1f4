"""The reconciliation statement: what Finmo and QuickBooks say of one stream as of a date, and why they differ."""

from decimal import Decimal

from django.conf import settings
from django.db import models

from .organization import Organization
from .sync import SyncRun


class Stream(models.TextChoices):
    RECEIVABLES = "receivables", "Receivables"
    PAYABLES = "payables", "Payables"


# So many of what cannot be read are named.
MOST_NAMED = 10


def note_of_unread(unread: list[dict[str, str]], thing: str, consequence: str) -> str:
    """A paragraph about QuickBooks' things that Finmo cannot read; empty where there are none."""
    if not unread:
        return ""
    named = [_name_of(each) for each in unread[:MOST_NAMED]]
    more = f" and {len(unread) - MOST_NAMED} more" if len(unread) > MOST_NAMED else ""
    count = f"1 {thing} has" if len(unread) == 1 else f"{len(unread)} {thing}s have"
    return (
        f"{count} a form in QuickBooks that Finmo cannot read: {', '.join(named)}{more}. {consequence} Open each in "
        "QuickBooks and save it again, then read both sides afresh; if that does not help, contact Finmo support."
    )


def _name_of(unread: dict[str, str]) -> str:
    name = f"id {unread['quickbooks_id']}" if unread["quickbooks_id"] else "one without an id"
    return f"{name} ({unread['field']})" if unread["field"] else name


class Kind(models.TextChoices):
    """The classes of difference, gravest first: a document stands under the first that fits."""

    DUPLICATE = "duplicate", "Duplicate in QuickBooks"
    ONLY_IN_FINMO = "only_in_finmo", "Only in Finmo"
    ONLY_IN_QUICKBOOKS = "only_in_quickbooks", "Only in QuickBooks"
    DELETED = "deleted", "Deleted on one side"
    VOIDED = "voided", "Voided on one side"
    UNREADABLE = "unreadable", "Cannot be read in QuickBooks"
    CURRENCY = "currency", "Currency or exchange rate differs"
    CONTACT = "contact", "Contact differs"
    AMOUNT = "amount", "Amount differs"
    TAX = "tax", "Tax differs"
    BALANCE = "balance", "Balance differs"
    DATE = "date", "Date or due date differs"


class Fix(models.TextChoices):
    PUSH = "push", "Sync to QuickBooks"
    PULL = "pull", "Pull from QuickBooks"
    LINK = "link", "Link the two"
    KEEP_FINMO = "keep_finmo", "Keep Finmo's"
    KEEP_QUICKBOOKS = "keep_quickbooks", "Keep QuickBooks'"
    ACCEPT = "accept", "Accept"


def _amount() -> models.DecimalField:
    return models.DecimalField(max_digits=23, decimal_places=4, default=Decimal(0))


class Statement(models.Model):
    """`as_of` selects documents by issue date; their balances are those at `read_at`."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="statements")
    # The QuickBooks company that it was read from: its ids mean nothing in another one.
    realm_id = models.CharField(max_length=32)
    stream = models.CharField(max_length=12, choices=Stream.choices)
    as_of = models.DateField()
    read_at = models.DateTimeField()
    # The run that read it; the history may be cleared while the statement stays.
    run = models.OneToOneField(SyncRun, on_delete=models.SET_NULL, null=True, related_name="statement")
    # [{"quickbooks_id", "field"}] of QuickBooks' documents that Finmo cannot read, and so are in no figure.
    unread = models.JSONField(default=list, blank=True)
    # When a repair last changed the figures.
    repaired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["organization", "stream", "-id"], name="statement_newest")]

    def __str__(self) -> str:
        return f"{self.get_stream_display()} as of {self.as_of}"

    @property
    def unread_note(self) -> str:
        """What the figures leave out, and what to do; empty where they leave out nothing."""
        return note_of_unread(self.unread, "document", "They are in none of QuickBooks' figures.")


class StatementCurrency(models.Model):
    """Both sides' documents in one currency, counted and added up."""

    statement = models.ForeignKey(Statement, on_delete=models.CASCADE, related_name="currencies")
    currency = models.CharField(max_length=3)
    finmo_count = models.IntegerField(default=0)
    finmo_total = _amount()
    finmo_balance = _amount()
    quickbooks_count = models.IntegerField(default=0)
    quickbooks_total = _amount()
    quickbooks_balance = _amount()
    # {bucket: open amount} as of the statement's day; empty in statements that were read before these were kept.
    finmo_aging = models.JSONField(default=dict, blank=True)
    quickbooks_aging = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["currency"]
        constraints = [
            models.UniqueConstraint(fields=["statement", "currency"], name="one_row_per_statement_currency")
        ]

    def __str__(self) -> str:
        return f"{self.statement}: {self.currency}"


class Difference(models.Model):
    """One document's part in a statement's difference, Finmo minus QuickBooks, in one currency.

    `finmo` and `quickbooks` are what each side says of it, as `Side.saved` writes it; null where a side has no such
    document. A settled line was repaired and counts no more; an accepted one counts, with the reason in `note`.
    """

    statement = models.ForeignKey(Statement, on_delete=models.CASCADE, related_name="differences")
    currency = models.CharField(max_length=3)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    also = models.JSONField(default=list, blank=True)
    record_id = models.BigIntegerField(null=True, blank=True)
    quickbooks_id = models.CharField(max_length=32, blank=True)
    number = models.CharField(max_length=100, blank=True)
    contact = models.CharField(max_length=500, blank=True)
    total = _amount()
    balance = _amount()
    finmo = models.JSONField(null=True, blank=True)
    quickbooks = models.JSONField(null=True, blank=True)
    # The other side's document that an unlinked one may be linked to.
    link_record_id = models.BigIntegerField(null=True, blank=True)
    link_quickbooks_id = models.CharField(max_length=32, blank=True)
    note = models.TextField(blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    accepted_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["statement", "kind", "id"], name="difference_list")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.number or self.record_id or self.quickbooks_id}"
