"""What an invoice and a bill have in common."""

from decimal import Decimal
from functools import reduce
from operator import or_

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone

from ..days import plausible
from ..money import line_amount, rounded, tax_of
from .organization import currency_code
from .record import SyncedQuerySet, SyncedRecord
from .reference import Account, Item, TaxCode
from .search_text import is_cut, text_of

# QuickBooks takes fifteen digits, five of them behind the point (contract section 10.5).
LARGEST = Decimal("9999999999.99999")


class TaxTreatment(models.TextChoices):
    EXCLUSIVE = "exclusive", "Tax exclusive"
    INCLUSIVE = "inclusive", "Tax inclusive"
    NONE = "none", "No tax"


class DocumentStatus(models.TextChoices):
    OPEN = "open", "Open"
    PARTIALLY_PAID = "partially_paid", "Partially paid"
    PAID = "paid", "Paid"
    OVERDUE = "overdue", "Overdue"
    VOIDED = "voided", "Voided"
    DELETED = "deleted", "Deleted"


class DocumentQuerySet(SyncedQuerySet):
    UNSYNCED = SyncedQuerySet.UNSYNCED & Q(ended="")

    def living(self) -> "DocumentQuerySet":
        """What counts: neither voided nor deleted."""
        return self.filter(ended="")

    def in_status(self, *statuses: str) -> "DocumentQuerySet":
        """Those whose property `status` is one of these; plain conditions, which an index can serve."""
        conditions = _status_conditions()
        return self.filter(reduce(or_, (conditions[status] for status in statuses)))

    def with_status(self) -> "DocumentQuerySet":
        """Adds `status_now`, the same as the property `status`, for order."""
        cases = [When(condition, then=Value(status)) for status, condition in _status_conditions().items()]
        return self.annotate(status_now=Case(*cases, output_field=models.CharField()))


def _status_conditions() -> dict[str, Q]:
    """{status: when a document is in it}; exactly one of them holds."""
    living, less = Q(ended=""), Q(balance__lt=F("total"))
    paid = Q(balance__lte=0, total__gt=0)
    overdue = Q(due_date__lt=timezone.localdate(), balance__gt=0)
    return {
        DocumentStatus.VOIDED: Q(ended=DocumentStatus.VOIDED),
        DocumentStatus.DELETED: Q(ended=DocumentStatus.DELETED),
        DocumentStatus.PAID: living & paid,
        DocumentStatus.OVERDUE: living & overdue,
        DocumentStatus.PARTIALLY_PAID: living & less & ~paid & ~overdue,
        DocumentStatus.OPEN: living & ~less & ~paid & ~overdue,
    }


def _amount(**options) -> models.DecimalField:
    return models.DecimalField(max_digits=19, decimal_places=4, default=Decimal(0), **options)


class Document(SyncedRecord):
    """Money owed by or to a contact.

    `subtotal`, `tax_total` and `total` are ours; `qbo_total` and `qbo_tax_total` are QuickBooks' word, and
    `balance` follows it. Where QuickBooks alone knows the tax (US), its tax becomes ours.
    """

    ENGINE_FIELDS = SyncedRecord.ENGINE_FIELDS | {
        "qbo_total",
        "qbo_tax_total",
        "paid",
        "balance",
        "ended",
        "has_other_lines",
    }

    SEARCHED = ("number", "memo")

    class Ended(models.TextChoices):
        NO = "", "Living"
        VOIDED = "voided", "Voided"
        DELETED = "deleted", "Deleted in QuickBooks"

    number = models.CharField(max_length=21, blank=True)
    issue_date = models.DateField(default=timezone.localdate, validators=[plausible])
    due_date = models.DateField(null=True, blank=True, validators=[plausible])
    currency = models.CharField(max_length=3, validators=[currency_code])
    exchange_rate = models.DecimalField(
        max_digits=18,
        decimal_places=9,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.000000001"))],
        help_text="Home currency for one unit. Empty: QuickBooks' rate for the issue date.",
    )
    tax_treatment = models.CharField(
        max_length=10, choices=TaxTreatment.choices, default=TaxTreatment.EXCLUSIVE
    )
    memo = models.CharField(max_length=1000, blank=True)
    subtotal = _amount(editable=False)
    tax_total = _amount(editable=False)
    total = _amount(editable=False)
    qbo_total = models.DecimalField(max_digits=19, decimal_places=4, null=True, editable=False)
    qbo_tax_total = models.DecimalField(max_digits=19, decimal_places=4, null=True, editable=False)
    paid = _amount(editable=False)
    balance = _amount(editable=False)
    ended = models.CharField(
        max_length=7, choices=Ended.choices, default=Ended.NO, blank=True, editable=False
    )
    # QuickBooks holds lines of a kind that we do not keep (a discount, a bundle): we never rewrite its lines.
    has_other_lines = models.BooleanField(default=False, editable=False)
    search_text = text_of(*SEARCHED)
    search_text_cut = is_cut(*SEARCHED)

    objects = DocumentQuerySet.as_manager()

    class Meta(SyncedRecord.Meta):
        abstract = True
        ordering = ["-issue_date", "-id"]
        constraints = [
            *SyncedRecord.Meta.constraints,
            models.CheckConstraint(
                condition=Q(exchange_rate__isnull=True) | Q(exchange_rate__gt=0),
                name="%(class)s_exchange_rate_positive",
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"), name="%(class)s_currency_known"
            ),
            models.CheckConstraint(
                condition=Q(ended__in=["", "voided", "deleted"]), name="%(class)s_ended_known"
            ),
        ]
        indexes = [
            *SyncedRecord.Meta.indexes,
            # The list's own order, with what it is filtered, counted and sorted by: the wide rows are read last.
            models.Index(
                fields=[
                    *("organization", "-issue_date", "-id"),
                    *("ended", "sync_state", "due_date", "balance", "total"),
                ],
                name="%(class)s_list",
            ),
            models.Index(fields=["organization", "number", "id"], name="%(class)s_number"),
            models.Index(fields=["organization", "total", "id"], name="%(class)s_total"),
            models.Index(
                fields=["organization", "balance", "id", "total", "ended", "sync_state"],
                name="%(class)s_balance",
            ),
            models.Index(
                fields=["organization", "due_date", "id", "balance", "ended", "sync_state"],
                name="%(class)s_due",
            ),
            # The few of which a search has to read the row.
            models.Index(
                fields=["organization"], condition=Q(search_text_cut=True), name="%(class)s_search_cut"
            ),
            # How many a bulk push would send is on every page of the list.
            models.Index(fields=["organization", "ended", "sync_state"], name="%(class)s_unsynced"),
            # Lists of all merchants' documents.
            models.Index(fields=["issue_date", "id"], name="%(class)s_issued"),
            models.Index(fields=["due_date", "id"], name="%(class)s_due_of_all"),
            models.Index(fields=["ended", "id"], condition=~Q(ended=""), name="%(class)s_ended"),
        ]

    def __str__(self) -> str:
        return self.number or f"{str(self._meta.verbose_name).capitalize()} without a number"

    @property
    def status(self) -> DocumentStatus:
        if self.ended:
            return DocumentStatus(self.ended)
        if self.balance <= 0 < self.total:
            return DocumentStatus.PAID
        if self.balance > 0 and self.due_date and self.due_date < timezone.localdate():
            return DocumentStatus.OVERDUE
        return DocumentStatus.PARTIALLY_PAID if self.balance < self.total else DocumentStatus.OPEN

    @property
    def difference(self) -> Decimal | None:
        """QuickBooks' total minus ours, once it was told one; None where they agree."""
        if self.qbo_total is None or not self.accounting_synced or self.qbo_total == self.total:
            return None
        return self.qbo_total - self.total

    def replace_lines(self, lines: list["DocumentLine"]) -> None:
        """Saves the document with these lines, and with totals made from them, in one transaction."""
        self.set_totals(lines)
        self.save_with(lines)

    def save_with(self, lines: list["DocumentLine"]) -> None:
        """Saves the document and these lines, from which its totals were made."""
        with transaction.atomic():
            self.save()
            self.lines.all().delete()
            self.lines.model.objects.bulk_create(lines)
            type(self).objects.filter(pk=self.pk).update(balance=F("total") - F("paid"))
            self.refresh_from_db(fields=["balance"])

    def retotal(self) -> None:
        """Totals made from the stored lines, written as the engine writes: no person's edit."""
        self.set_totals(list(self.lines.all()))
        type(self).objects.filter(pk=self.pk).update(
            subtotal=self.subtotal, tax_total=self.tax_total, total=self.total
        )

    def set_totals(self, lines: list["DocumentLine"]) -> None:
        """Positions, amounts and totals as these lines make them. Saves nothing."""
        for position, line in enumerate(lines, start=1):
            line.document = self
            line.position = position
            line.amount = line_amount(line.quantity, line.unit_price, self.currency)
        amounts = sum((line.amount for line in lines), Decimal())
        inclusive = self.tax_treatment == TaxTreatment.INCLUSIVE
        if self.tax_treatment == TaxTreatment.NONE:
            tax = Decimal(0)
        else:
            taxed = [(line.amount, self.rates_of(line)) for line in lines]
            tax = tax_of(taxed, inclusive=inclusive, currency=self.currency)
        self.tax_total = rounded(tax, self.currency)
        self.total = rounded(amounts if inclusive else amounts + tax, self.currency)
        self.subtotal = self.total - self.tax_total

    def rates_of(self, line: "DocumentLine") -> list[list[str]]:
        code = line.tax_code or self.default_tax_code()
        return getattr(code, self.rates_field) if code else []


class DocumentLine(models.Model):
    """One line. A line without `item` is custom: `item_name` is its own name then."""

    position = models.PositiveSmallIntegerField(default=1)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    custom_name = models.CharField("custom item", max_length=100, blank=True)
    description = models.CharField(max_length=4000, blank=True)
    quantity = models.DecimalField(
        max_digits=17,
        decimal_places=7,
        default=Decimal(1),
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(LARGEST)],
    )
    unit_price = models.DecimalField(
        max_digits=17,
        decimal_places=7,
        validators=[MinValueValidator(-LARGEST), MaxValueValidator(LARGEST)],
    )
    amount = models.DecimalField(max_digits=19, decimal_places=4, editable=False)
    tax_code = models.ForeignKey(TaxCode, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    qbo_line_id = models.CharField(max_length=32, blank=True, editable=False)

    class Meta:
        abstract = True
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.item_name or self.description

    @property
    def item_name(self) -> str:
        return self.item.name if self.item else self.custom_name
