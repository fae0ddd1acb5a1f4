"""What every resource shows of its synchronization, and what the actions take."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from ..ids import LARGEST_ID
from ..linking import LONGEST_ID, LONGEST_SEARCH
from ..models import SyncedRecord
from ..web_links import quickbooks_url

SYNC_FIELDS = (
    "quickbooks_id",
    "accounting_synced",
    "accounting_synced_at",
    "sync_state",
    "sync_error",
    "quickbooks_url",
)
# As many as a person ticks; whoever wants more says all_unsynced.
MOST_IDS = 10_000


class ExplainedSerializer(serializers.Serializer):
    """Why something did not work, and what to do."""

    code = serializers.CharField()
    message = serializers.CharField()
    remedy = serializers.CharField()


class SyncedSerializer(serializers.ModelSerializer):
    """A record that its organization keeps here and in QuickBooks."""

    quickbooks_id = serializers.CharField(source="qbo_id", read_only=True, allow_null=True)
    sync_error = ExplainedSerializer(read_only=True, allow_null=True)
    quickbooks_url = serializers.SerializerMethodField()

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_quickbooks_url(self, record: SyncedRecord) -> str | None:
        return quickbooks_url(record)

    def create(self, validated_data: dict[str, Any]) -> SyncedRecord:
        return super().create({"organization": self.context["view"].organization, **validated_data})


class PushRequestSerializer(serializers.Serializer):
    """Which records to push: those with these ids, or all that are not in step."""

    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_ID),
        required=False,
        allow_empty=False,
        max_length=MOST_IDS,
        error_messages={
            "empty": "Name at least one record, or send all_unsynced.",
            "max_length": "Send at most {max_length} ids at a time, or all_unsynced.",
        },
    )
    all_unsynced = serializers.BooleanField(required=False, default=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("ids" in attrs) == attrs["all_unsynced"]:
            raise serializers.ValidationError("Send either ids or all_unsynced: true.")
        return attrs


class DocumentPushRequestSerializer(PushRequestSerializer):
    with_contacts = serializers.BooleanField(
        required=False, default=False, help_text="Push the contacts that these documents wait for first."
    )


class LookUpRequestSerializer(serializers.Serializer):
    search = serializers.CharField(
        max_length=LONGEST_SEARCH, help_text="A part of a name, a number, an e-mail address or an amount."
    )


class LinkRequestSerializer(serializers.Serializer):
    quickbooks_id = serializers.CharField(max_length=LONGEST_ID, help_text="The record's id in QuickBooks.")


class PullRequestSerializer(serializers.Serializer):
    """Reads what changed in QuickBooks."""

    compare = serializers.BooleanField(
        required=False,
        default=False,
        help_text="Compare all ids and versions of both sides too, as happens weekly by itself.",
    )


class ContactPullRequestSerializer(PullRequestSerializer):
    include_new = serializers.BooleanField(
        required=False, default=False, help_text="Add the contacts that are not known here, too."
    )
