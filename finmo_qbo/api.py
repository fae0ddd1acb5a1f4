"""Where each resource of the API stands, under /api/."""

from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.routers import SimpleRouter

from contacts.api import BeneficiaryViewSet, CustomerViewSet
from integrations.api.conflicts import ConflictViewSet
from integrations.api.contact_matching import ActOnFindings, Findings, NewestReading
from integrations.api.pages import NoSuchAddress, SwaggerPage
from integrations.api.quickbooks import Connect, Disconnect, QuickBooks
from integrations.api.reconciliation import Newest, Repair, Stored
from integrations.api.references import AccountViewSet, ItemViewSet, TaxCodeViewSet
from integrations.api.runs import SyncRunViewSet
from integrations.api.statement_change import Change
from integrations.api.tokens import IssueToken, RevokeToken
from payables.api import BillViewSet
from receivables.api import InvoiceViewSet

app_name = "api"

router = SimpleRouter(use_regex_path=False)
router.register("customers", CustomerViewSet, "customers")
router.register("beneficiaries", BeneficiaryViewSet, "beneficiaries")
router.register("invoices", InvoiceViewSet, "invoices")
router.register("bills", BillViewSet, "bills")
router.register("items", ItemViewSet, "items")
router.register("accounts", AccountViewSet, "accounts")
router.register("tax-codes", TaxCodeViewSet, "tax-codes")
router.register("sync-runs", SyncRunViewSet, "sync-runs")
router.register("conflicts", ConflictViewSet, "conflicts")

version_1 = [
    path("", include(router.urls)),
    path("auth/token/", IssueToken.as_view(), name="token"),
    path("auth/token/revoke/", RevokeToken.as_view(), name="token-revoke"),
    path("integrations/quickbooks/", QuickBooks.as_view(), name="quickbooks"),
    path("integrations/quickbooks/connect/", Connect.as_view(), name="quickbooks-connect"),
    path("integrations/quickbooks/disconnect/", Disconnect.as_view(), name="quickbooks-disconnect"),
    re_path(r"^reconciliation/(?P<stream>receivables|payables)/$", Newest.as_view(), name="reconciliation"),
    re_path(
        r"^reconciliation/(?P<stream>receivables|payables)/(?P<pk>[0-9]{1,18})/$",
        Stored.as_view(),
        name="statement",
    ),
    re_path(
        r"^reconciliation/(?P<stream>receivables|payables)/(?P<pk>[0-9]{1,18})/repair/$",
        Repair.as_view(),
        name="statement-repair",
    ),
    re_path(
        r"^reconciliation/(?P<entity>customers|beneficiaries)/$",
        NewestReading.as_view(),
        name="contact-reading",
    ),
    re_path(
        r"^reconciliation/(?P<entity>customers|beneficiaries)/(?P<pk>[0-9]{1,18})/findings/$",
        Findings.as_view(),
        name="contact-findings",
    ),
    re_path(
        r"^reconciliation/(?P<entity>customers|beneficiaries)/(?P<pk>[0-9]{1,18})/act/$",
        ActOnFindings.as_view(),
        name="contact-act",
    ),
    re_path(
        r"^reconciliation/(?P<stream>receivables|payables)/(?P<pk>[0-9]{1,18})/compare/(?P<other>[0-9]{1,18})/$",
        Change.as_view(),
        name="statement-compare",
    ),
]

urlpatterns = [
    path("v1/", include(version_1)),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SwaggerPage.as_view(url_name="api:schema"), name="docs"),
    re_path("", NoSuchAddress.as_view()),
]
