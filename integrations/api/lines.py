"""A document's lines, nested in it and replaced as a whole."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from ..ids import read_id
from ..lines_grid import NOT_ON_LINES
from ..models import DocumentLine, Item, SyncedRecord, TaxCode
from ..models.document import LARGEST
from .fields import AmountField, NameField, OwnReference, PlainNumberField, PriceField

# QuickBooks takes no more on a taxed document (contract section 10.5).
MOST_LINES = 750
CURRENCY = "document.currency"


@extend_schema_field(OpenApiTypes.INT)
class LineReference(OwnReference):
    """What a line refers to. All lines' references of a kind are read together, in one query."""

    def find(self, data: Any) -> SyncedRecord:
        found = self.parent.parent.referenced[self.field_name].get(read_id(data))
        if found is None:
            self.fail("does_not_exist")
        return found

    def ids_in_use(self) -> set[int]:
        return {getattr(line, f"{self.source}_id") for line in self.parent.parent.held.values()}


class LineList(serializers.ListSerializer):
    """`held` {id: line} are the lines that the document has; `referenced` {field: {id: record}} what was sent."""

    default_error_messages = {
        "empty": "A document needs at least one line. Add one.",
        "max_length": "QuickBooks accepts at most {max_length} lines. Split the document.",
        "not_a_list": "Send a list of lines.",
    }

    @cached_property
    def held(self) -> dict[int, DocumentLine]:
        document = self.parent.instance
        return {line.pk: line for line in document.lines.all()} if document else {}

    def to_internal_value(self, data: Any) -> list[dict[str, Any]]:
        rows = [row for row in data if isinstance(row, dict)] if isinstance(data, list) else []
        self.referenced = {
            name: self._read(field, {read_id(row.get(name)) for row in rows[:MOST_LINES]})
            for name, field in self.child.fields.items()
            if isinstance(field, LineReference)
        }
        lines = super().to_internal_value(data)
        ids = [line["id"] for line in lines if line.get("id")]
        if len(ids) != len(set(ids)):
            raise serializers.ValidationError(["Two lines carry the same id. Leave it out on a new line."])
        return lines

    def _read(self, field: LineReference, keys: set[int | None]) -> dict[int, SyncedRecord]:
        return {record.pk: record for record in field.get_queryset().filter(pk__in=keys - {None})}


class LineSerializer(serializers.ModelSerializer):
    """One line. Sent with its `id` it stays the same line, in QuickBooks too; without, it is a new one."""

    # What stands for what was not sent; lines are whole even where the document is changed in part.
    absent: ClassVar[dict[str, Any]] = {
        "id": None,
        "item": None,
        "item_name": "",
        "description": "",
        "quantity": "1",
        "tax_code": None,
    }
    requires_name: ClassVar[bool] = False

    id = serializers.IntegerField(required=False, allow_null=True)
    item = LineReference(Item, required=False, allow_null=True, help_text="Null for a custom item.")
    item_name = NameField(
        required=False,
        allow_blank=True,
        max_length=100,
        error_messages={
            "max_length": "QuickBooks accepts at most {max_length} characters. Shorten the name."
        },
        help_text="A custom item's own name; else the item's name, read only.",
    )
    quantity = PlainNumberField(
        required=False,
        max_digits=17,
        decimal_places=7,
        min_value=0,
        max_value=LARGEST,
        help_text="Without zeros that say nothing: 2, 1.5.",
    )
    unit_price = PriceField(
        currency=CURRENCY,
        min_value=-LARGEST,
        max_value=LARGEST,
        help_text="Up to seven decimals; answered with at least the currency's: 0.125, 10.50.",
    )
    amount = AmountField(
        currency=CURRENCY, help_text="Quantity × unit price, rounded half up to the currency's decimals."
    )
    tax_code = LineReference(TaxCode, required=False, allow_null=True)

    class Meta:
        list_serializer_class = LineList
        fields = (
            "id",
            "item",
            "item_name",
            "description",
            "quantity",
            "unit_price",
            "amount",
            "tax_code",
        )

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if isinstance(data, dict):
            if "unit_price" not in data:
                raise serializers.ValidationError({"unit_price": ["Send a unit price."]})
            data = {**self.absent, **data}
            if data["item"] is not None:
                data["item_name"] = ""
        return super().to_internal_value(data)

    def validate_id(self, value: int | None) -> int | None:
        """On a new document no line exists yet, so that a copied one may be sent as it was read."""
        if value is None or self.parent.parent.instance is None:
            return None
        if value not in self.parent.held:
            raise serializers.ValidationError(
                "This document has no line with this id. Leave it out on a new line."
            )
        return value

    def validate_item(self, item: Item | None) -> Item | None:
        if item and item.type in NOT_ON_LINES:
            raise serializers.ValidationError(
                f"“{item}” is a category or a bundle, which QuickBooks accepts on no line. Choose an item."
            )
        return item

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if abs(attrs["quantity"] * attrs["unit_price"]) > LARGEST:
            raise serializers.ValidationError(
                {
                    "unit_price": f"Quantity × unit price is over QuickBooks' limit of {LARGEST}. Split the line."
                }
            )
        named = attrs["item"] or attrs["item_name"]
        if self.requires_name and not named and not self._is_nameless(attrs["id"]):
            raise serializers.ValidationError(
                {"item_name": "A custom item needs a name. Send one, or the id of an item."}
            )
        return attrs

    def _is_nameless(self, key: int | None) -> bool:
        """QuickBooks has lines of text alone; they may stay as they are."""
        held = self.parent.held.get(key)
        return held is not None and not held.item_name

    def build(self, attrs: dict[str, Any]) -> DocumentLine:
        values = {name: value for name, value in attrs.items() if name != "item_name"}
        return self.Meta.model(custom_name=attrs["item_name"], **values)
