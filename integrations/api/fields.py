"""Values as the API writes and reads them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import models
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import get_attribute

from ..currencies import known_currency
from ..eligible import Rule
from ..ids import read_id
from ..mapping import FORBIDDEN_IN_NAMES, plain
from ..models import SyncedRecord
from ..money import price_text, rounded


def amount_text(amount: Decimal, currency: str) -> str:
    return str(rounded(amount, currency))


@extend_schema_field({"type": "string", "format": "decimal", "example": "107.00"})
class AmountField(serializers.Field):
    """Read only. Money, with the decimals of the record's currency; `currency` is the path to that."""

    def __init__(self, *, currency: str = "currency", **kwargs: Any):
        self.currency = currency
        super().__init__(read_only=True, **kwargs)

    def get_attribute(self, instance: Any) -> str | None:
        amount = super().get_attribute(instance)
        return (
            None if amount is None else amount_text(amount, get_attribute(instance, self.currency.split(".")))
        )

    def to_representation(self, value: str) -> str:
        return value


class PriceField(serializers.DecimalField):
    """A price of one unit: up to seven decimals, at least as many as the currency has."""

    def __init__(self, *, currency: str, **kwargs: Any):
        self.currency = currency
        super().__init__(max_digits=17, decimal_places=7, **kwargs)

    def get_attribute(self, instance: Any) -> str | None:
        price = super().get_attribute(instance)
        return None if price is None else price_text(price, get_attribute(instance, self.currency.split(".")))

    def to_representation(self, value: str) -> str:
        return value


class PlainNumberField(serializers.DecimalField):
    """A number without zeros that say nothing: 2, 1.5."""

    def to_representation(self, value: Decimal) -> str:
        return plain(Decimal(value))


class CurrencyField(serializers.CharField):
    def __init__(self, **kwargs: Any):
        kwargs.setdefault("help_text", "ISO 4217, such as SGD.")
        super().__init__(validators=[known_currency], **kwargs)


class NameField(serializers.CharField):
    """A name that QuickBooks accepts, wherever in it the forbidden sign stands."""

    def to_internal_value(self, data: Any) -> str:
        if isinstance(data, str) and any(sign in data for sign in FORBIDDEN_IN_NAMES):
            raise serializers.ValidationError(
                "QuickBooks accepts no colon, tab or line break in a name. Take it out."
            )
        return super().to_internal_value(data)


@extend_schema_field(OpenApiTypes.INT)
class OwnReference(serializers.PrimaryKeyRelatedField):
    """The id of an active record of the organization, one that fits the `rule` where there is one.

    What is referred to already may stay as it is.
    """

    default_error_messages = {
        "does_not_exist": "There is no such record in your organization. Send the id of one that exists.",
        "incorrect_type": "Send the id, a whole number.",
        "inactive": "“{label}” is inactive. Make it active again, or choose another one.",
    }

    def __init__(self, model: type[SyncedRecord] | None = None, *, rule: Rule | None = None, **kwargs: Any):
        self.rule = rule
        if model is not None:
            kwargs["queryset"] = model.objects.all()
        super().__init__(**kwargs)

    def get_queryset(self) -> models.QuerySet | None:
        """Scoped to the organization: another one's records do not exist here."""
        queryset = super().get_queryset()
        if queryset is None:
            return None
        own = queryset.filter(organization=self.context["view"].organization).light()
        return own.annotate(fits=self.rule.condition) if self.rule else own

    def to_internal_value(self, data: Any) -> SyncedRecord:
        record = self.find(data)
        if record.pk in self.ids_in_use():
            return record
        if not record.is_active:
            self.fail("inactive", label=str(record))
        if self.rule and not record.fits:
            raise serializers.ValidationError(self.rule.refusal.format(label=record), code="unfit")
        return record

    def find(self, data: Any) -> SyncedRecord:
        if not str(data).isdecimal():
            self.fail("incorrect_type")
        found = self.get_queryset().filter(pk=read_id(data)).first()
        if found is None:
            self.fail("does_not_exist")
        return found

    def ids_in_use(self) -> set[int]:
        instance = self.parent.instance
        return {getattr(instance, f"{self.source}_id")} if instance else set()


class LinkedReference(OwnReference):
    """One that QuickBooks has."""

    default_error_messages = {
        "not_linked": "“{label}” is not in QuickBooks. Choose one that was pulled from there.",
    }

    def to_internal_value(self, data: Any) -> SyncedRecord:
        record = super().to_internal_value(data)
        if not record.linked:
            self.fail("not_linked", label=str(record))
        return record


class PersonField(serializers.EmailField):
    """The e-mail of a user, who may be nobody."""

    def __init__(self, **kwargs: Any):
        super().__init__(read_only=True, allow_null=True, **kwargs)

    def to_representation(self, value: AbstractUser) -> str:
        return value.email or value.get_username()
