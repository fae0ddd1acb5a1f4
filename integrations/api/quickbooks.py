"""The QuickBooks Configuration page as data: the connection, the switches, the defaults."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from .. import connecting
from ..eligible import DEFAULTS
from ..faults import explain
from ..history import save_configuration
from ..models import Account, Configuration, Connection, Organization, SyncedRecord, TaxCode
from ..web_links import callback_address
from .fields import LinkedReference
from .organizations import AdminsChange, OrganizationView
from .serializers import ExplainedSerializer

CHANGEABLE = (
    "contacts_auto_sync",
    "receivables_auto_push",
    "receivables_auto_pull",
    "payables_auto_push",
    "payables_auto_pull",
    "default_receivable_account",
    "default_payable_account",
    "default_receivable_tax_code",
    "default_payable_tax_code",
)
READ_ONLY = (
    "contacts_last_synced_at",
    "receivables_last_pushed_at",
    "receivables_last_pulled_at",
    "payables_last_pushed_at",
    "payables_last_pulled_at",
    "accounts_last_synced_at",
    "items_last_synced_at",
    "tax_codes_last_synced_at",
)


def default(model: type[SyncedRecord], name: str) -> LinkedReference:
    return LinkedReference(model, rule=DEFAULTS[name], required=False, allow_null=True)


class ConfigurationSerializer(serializers.ModelSerializer):
    default_receivable_account = default(Account, "default_receivable_account")
    default_payable_account = default(Account, "default_payable_account")
    default_receivable_tax_code = default(TaxCode, "default_receivable_tax_code")
    default_payable_tax_code = default(TaxCode, "default_payable_tax_code")

    class Meta:
        model = Configuration
        fields = (*CHANGEABLE, *READ_ONLY)
        read_only_fields = READ_ONLY

    def update(self, instance: Configuration, validated_data: dict[str, Any]) -> Configuration:
        for name, value in validated_data.items():
            setattr(instance, name, value)
        save_configuration(instance, validated_data, asked=self.context["view"].asked)
        return instance


class QuickBooksSerializer(serializers.Serializer):
    """The integration of one organization."""

    enabled = serializers.BooleanField(source="quickbooks_enabled", help_text="Switched on by Finmo.")
    connected = serializers.BooleanField(source="connection.connected")
    status = serializers.ChoiceField(Connection.Status.choices, source="connection.status")
    realm_id = serializers.SerializerMethodField(help_text="The QuickBooks company; kept when disconnected.")
    company_name = serializers.SerializerMethodField()
    connected_at = serializers.DateTimeField(source="connection.connected_at", allow_null=True)
    expires_at = serializers.DateTimeField(
        source="connection.expires_at",
        allow_null=True,
        help_text="When the consent ends without being renewed.",
    )
    error = serializers.SerializerMethodField(help_text="Why work waits, where it does.")
    configuration = ConfigurationSerializer()

    def get_realm_id(self, organization: Organization) -> str | None:
        return organization.connection.realm_id or None

    def get_company_name(self, organization: Organization) -> str | None:
        return organization.connection.company_name or None

    @extend_schema_field(ExplainedSerializer(allow_null=True))
    def get_error(self, organization: Organization) -> dict[str, str] | None:
        connection = organization.connection
        dead = connection.status == Connection.Status.NEEDS_RECONNECT
        code = connection.pause or (connection.status if dead else "")
        if not code:
            return None
        return {"code": code, "message": explain(code).meaning, "remedy": explain(code).remedy}


class AuthorizationSerializer(serializers.Serializer):
    authorization_url = serializers.URLField(
        help_text="At Intuit. Open it in a browser where the same person is signed in to Finmo; good for ten minutes."
    )


class AdminsView(OrganizationView, APIView):
    permission_classes = (AdminsChange,)

    def shown(self) -> Response:
        read = Organization.objects.select_related("configuration", "connection").get(pk=self.organization.pk)
        return Response(QuickBooksSerializer(read).data)


class QuickBooks(AdminsView):
    @extend_schema(responses=QuickBooksSerializer)
    def get(self, request: Request) -> Response:
        return self.shown()

    @extend_schema(request=ConfigurationSerializer, responses=QuickBooksSerializer)
    def patch(self, request: Request) -> Response:
        """Changes the configuration; its fields stand at the top level of what is sent."""
        configuration = self.organization.configuration
        sent = ConfigurationSerializer(
            configuration, data=request.data, partial=True, context={"view": self, "request": request}
        )
        sent.is_valid(raise_exception=True)
        sent.save()
        return self.shown()


class Connect(AdminsView):
    @extend_schema(request=None, responses=AuthorizationSerializer)
    def post(self, request: Request) -> Response:
        """Begins connecting to a QuickBooks company, in which the person then agrees at Intuit."""
        address = connecting.begin(
            self.organization,
            request.user,
            redirect_uri=callback_address(request),
            return_to=reverse("quickbooks-configuration"),
        )
        return Response(AuthorizationSerializer({"authorization_url": address}).data)


class Disconnect(AdminsView):
    @extend_schema(request=None, responses=QuickBooksSerializer)
    def post(self, request: Request) -> Response:
        """Gives the consent back at Intuit. QuickBooks' ids and the history stay."""
        connecting.disconnect(self.organization, asked=self.asked)
        return self.shown()
