from django.conf import settings
from django.contrib import admin
from django.contrib.auth.views import LogoutView
from django.urls import include, path

from integrations import notifications

from . import pages, views

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", pages.Overview.as_view(), name="overview"),
    path("login/", pages.SignIn.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("organization/", pages.SwitchOrganization.as_view(), name="switch-organization"),
    path("", include("integrations.urls")),
    path("", include("contacts.urls")),
    path("", include("receivables.urls")),
    path("", include("payables.urls")),
    path("api/", include("finmo_qbo.api")),
    path("webhooks/quickbooks/", notifications.quickbooks, name="quickbooks-webhook"),
    path("healthz/", views.alive, name="alive"),
    path("readyz/", views.ready, name="ready"),
]

if settings.QBO_ENVIRONMENT == "simulator":
    urlpatterns.append(path("simulator/", include("integrations.simulator.urls")))
