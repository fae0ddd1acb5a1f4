from django.urls import path

from . import views

urlpatterns = [
    path("receivables/", views.InvoiceTable.as_view(), name="receivables"),
    path("receivables/new/", views.InvoiceEdit.as_view(), name="receivable-new"),
    path("receivables/totals/", views.InvoiceTotals.as_view(), name="receivable-totals"),
    path("receivables/items/", views.InvoiceItems.as_view(), name="receivable-items"),
    path("receivables/contacts/", views.InvoiceContacts.as_view(), name="receivable-contacts"),
    path(
        "receivables/<int:pk>/",
        views.InvoiceTable.as_view(http_method_names=["get", "head"]),
        name="receivable",
    ),
    path("receivables/<int:pk>/edit/", views.InvoiceEdit.as_view(), name="receivable-edit"),
    path("receivables/<int:pk>/sync/", views.InvoiceSync.as_view(), name="receivable-sync"),
    path("receivables/<int:pk>/link/", views.InvoiceLink.as_view(), name="receivable-link"),
    path("receivables/<int:pk>/unlink/", views.InvoiceUnlink.as_view(), name="receivable-unlink"),
    path("receivables/<int:pk>/void/", views.InvoiceVoid.as_view(), name="receivable-void"),
    path("receivables/<int:pk>/delete/", views.InvoiceDelete.as_view(), name="receivable-delete"),
]
