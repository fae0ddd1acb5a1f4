from django.urls import path

from . import views

urlpatterns = [
    path("payables/", views.BillTable.as_view(), name="payables"),
    path("payables/new/", views.BillEdit.as_view(), name="payable-new"),
    path("payables/totals/", views.BillTotals.as_view(), name="payable-totals"),
    path("payables/items/", views.BillItems.as_view(), name="payable-items"),
    path("payables/contacts/", views.BillContacts.as_view(), name="payable-contacts"),
    path("payables/<int:pk>/", views.BillTable.as_view(http_method_names=["get", "head"]), name="payable"),
    path("payables/<int:pk>/edit/", views.BillEdit.as_view(), name="payable-edit"),
    path("payables/<int:pk>/sync/", views.BillSync.as_view(), name="payable-sync"),
    path("payables/<int:pk>/link/", views.BillLink.as_view(), name="payable-link"),
    path("payables/<int:pk>/unlink/", views.BillUnlink.as_view(), name="payable-unlink"),
    path("payables/<int:pk>/void/", views.BillVoid.as_view(), name="payable-void"),
    path("payables/<int:pk>/delete/", views.BillDelete.as_view(), name="payable-delete"),
]
