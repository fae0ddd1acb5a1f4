from django.urls import path, re_path

from .views import (
    causes,
    configuration,
    conflicts,
    connection,
    contact_matching,
    reconciliation,
    runs,
    statement_change,
    taking_away,
)

urlpatterns = [
    path("settings/integrations/", connection.Integrations.as_view(), name="integrations"),
    path(
        "settings/integrations/quickbooks/",
        configuration.QuickBooksConfiguration.as_view(),
        name="quickbooks-configuration",
    ),
    path(
        "settings/integrations/quickbooks/automatic/",
        configuration.Automatic.as_view(),
        name="quickbooks-automatic",
    ),
    re_path(
        r"^settings/integrations/quickbooks/(?P<stream>[a-z_]+)/(?P<direction>push|pull)/$",
        configuration.StreamSync.as_view(),
        name="quickbooks-sync",
    ),
    path(
        "settings/integrations/quickbooks/connect/", connection.Connect.as_view(), name="quickbooks-connect"
    ),
    path(
        "settings/integrations/quickbooks/disconnect/",
        connection.Disconnect.as_view(),
        name="quickbooks-disconnect",
    ),
    path(
        "settings/integrations/quickbooks/forget/",
        connection.ForgetCompany.as_view(),
        name="quickbooks-forget",
    ),
    path("integrations/quickbooks/callback/", connection.Callback.as_view(), name="quickbooks-callback"),
    path("sync-history/", runs.History.as_view(), name="sync-history"),
    path("sync-history/tray/", runs.Tray.as_view(), name="sync-tray"),
    path("sync-history/<int:pk>/", runs.RunPage.as_view(), name="sync-run"),
    path("sync-history/<int:pk>/progress/", runs.RunProgress.as_view(), name="sync-run-progress"),
    path("sync-history/<int:pk>/retry/", runs.RunRetry.as_view(), name="sync-run-retry"),
    path("failures/<slug:entity>/<slug:code>/retry/", causes.CauseRetry.as_view(), name="cause-retry"),
    path("conflicts/", conflicts.Conflicts.as_view(), name="conflicts"),
    path("conflicts/resolve/", conflicts.ConflictsResolve.as_view(), name="conflicts-resolve"),
    path("conflicts/<int:pk>/resolve/", conflicts.ConflictResolve.as_view(), name="conflict-resolve"),
    path("reconciliation/", reconciliation.Reconciliation.as_view(), name="reconciliation"),
    re_path(
        r"^reconciliation/(?P<stream>receivables|payables)/read/$",
        reconciliation.ReadStatement.as_view(),
        name="statement-read",
    ),
    path("reconciliation/<int:pk>/", reconciliation.StatementPage.as_view(), name="statement"),
    path("reconciliation/<int:pk>/csv/", taking_away.StatementCsv.as_view(), name="statement-csv"),
    path("reconciliation/<int:pk>/xlsx/", taking_away.StatementXlsx.as_view(), name="statement-xlsx"),
    path("reconciliation/<int:pk>/print/", taking_away.StatementPrint.as_view(), name="statement-print"),
    re_path(
        r"^reconciliation/(?P<entity>[a-z-]+)/$",
        contact_matching.Contacts.as_view(),
        name="contact-reconciliation",
    ),
    re_path(
        r"^reconciliation/(?P<entity>[a-z-]+)/read/$",
        contact_matching.ReadContacts.as_view(),
        name="contacts-read",
    ),
    re_path(
        r"^reconciliation/(?P<entity>[a-z-]+)/(?P<pk>[0-9]{1,18})/act/$",
        contact_matching.ActPage.as_view(),
        name="contacts-act",
    ),
    path(
        "reconciliation/<int:pk>/compare/",
        statement_change.StatementChangePage.as_view(),
        name="statement-change",
    ),
    path("reconciliation/<int:pk>/repair/", reconciliation.RepairPage.as_view(), name="statement-repair"),
]
