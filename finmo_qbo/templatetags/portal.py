"""How the portal writes amounts, days, times and states."""

from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from integrations.mapping import plain
from integrations.models import DocumentStatus, SyncedRecord, SyncState
from integrations.money import price_text, written_amount
from integrations.progress import Progress, asked_for
from integrations.views.starting import watched
from integrations.wording import written

register = template.Library()
register.filter(asked_for)

TONES = {
    SyncState.NOT_SYNCED: ("quiet", "circle"),
    SyncState.QUEUED: ("quiet", "dot"),
    SyncState.SYNCED: ("good", "check"),
    SyncState.CHANGED: ("attention", "pencil"),
    SyncState.FAILED: ("bad", "cross"),
    SyncState.CONFLICT: ("attention", "fork"),
}
STATUS_TONES = {
    "open": "quiet",
    "partially_paid": "busy",
    "paid": "good",
    "overdue": "bad",
    "voided": "quiet",
    "deleted": "quiet",
}
# Up to 1,234,567.00 there is room for all columns on a laptop.
LONG_AMOUNT = 12
TONE_ICONS = {"good": "check", "attention": "warning", "bad": "cross", "busy": "dot", "quiet": "circle"}


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """A decorative picture; the word beside it carries the meaning."""
    return format_html(
        '<svg class="icon icon-{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        name,
        static("icons.svg"),
        name,
    )


@register.filter
def tone_icon(tone: str) -> str:
    return TONE_ICONS[tone]


@register.simple_tag
@cache
def status_badge(status: DocumentStatus) -> SafeString:
    tone = STATUS_TONES[status]
    return format_html(
        '<span class="badge badge-{}">{}<span>{}</span></span>', tone, icon(TONE_ICONS[tone]), status.label
    )


@register.filter
def money(amount: Decimal | str | None, currency: str) -> str:
    """1,234.50 in the currency's decimals."""
    if amount is None or amount == "":
        return ""
    return written_amount(amount, currency)


@register.simple_tag
def amount(value: Decimal | str | None, currency: str) -> SafeString:
    """1,234.50 USD, whose digits stand under each other in a table. A table gives up other columns for long ones."""
    shown = money(value, currency)
    return format_html(
        '<span class="amount{}">{}</span> <span class="currency">{}</span>',
        " amount-long" if len(shown) > LONG_AMOUNT else "",
        shown,
        currency,
    )


@register.filter
def email(text: str) -> SafeString:
    """An e-mail address that breaks before its @ where room is short, and not within a word."""
    person, at, domain = text.partition("@")
    return format_html("{}<wbr>{}{}", person, at, domain) if at else format_html("{}", text)


@register.filter
def number(value: Decimal | None) -> str:
    """A quantity or a price without needless zeros."""
    return plain(value) or ""


@register.filter
def price(value: Decimal, currency: str) -> str:
    """At least the currency's decimals, and as many more as the price has: 1,234.50, 0.125."""
    return f"{Decimal(price_text(value, currency)):,f}"


register.filter("typed_price", price_text)


@register.simple_tag
@lru_cache(maxsize=4096)
def day(value: date | None) -> str | SafeString:
    if value is None:
        return "–"
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        value.isoformat(),
        f"{value:%A}, {value.day} {value:%B %Y}",
        written(value),
    )


@register.simple_tag
def moment(value: datetime | None, never: str = "Never") -> str | SafeString:
    """A time; the page's script shows it in the reader's own time zone."""
    if value is None:
        return never
    local = timezone.localtime(value)
    return format_html(
        '<time datetime="{}" title="{}" data-moment>{}</time>',
        value.isoformat(timespec="seconds"),
        f"{local.day} {local:%B %Y, %H:%M} UTC",
        f"{written(local)}, {local:%H:%M}",
    )


@register.simple_tag
def sync_state(record: SyncedRecord, word: str = "") -> SafeString:
    """The same badge everywhere; `word` stands before it: Yes or No, True or False."""
    state = SyncState(record.sync_state)
    if state != SyncState.SYNCED:
        return format_html('<span class="state">{}</span>', _badge(state, word))
    return format_html(
        '<span class="state">{} <span class="state-when">{}</span></span>',
        _badge(state, word),
        moment(record.accounting_synced_at, ""),
    )


@cache
def _badge(state: SyncState, word: str) -> SafeString:
    tone, picture = TONES[state]
    parts = [icon(picture)]
    if word:
        parts.append(format_html("<b>{}</b>", word))
    if not word or state not in (SyncState.SYNCED, SyncState.NOT_SYNCED):
        label = "Conflict: decide" if state == SyncState.CONFLICT else state.label
        parts.append(format_html('<span class="badge-word">{}</span>', label))
    return format_html(
        '<span class="badge badge-{}" data-state="{}">{}</span>', tone, state, mark_safe("".join(parts))
    )


@register.simple_tag(takes_context=True)
def watched_runs(context: template.Context) -> list[Progress]:
    return watched(context["request"])


@register.filter
def lookup(values: dict, key: Any) -> Any:
    return values.get(key)
