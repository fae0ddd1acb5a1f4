from django.urls import path

from . import views

urlpatterns = [
    path("customers/", views.CustomerTable.as_view(), name="customers"),
    path("customers/new/", views.CustomerEdit.as_view(), name="customer-new"),
    path(
        "customers/<int:pk>/", views.CustomerTable.as_view(http_method_names=["get", "head"]), name="customer"
    ),
    path("customers/<int:pk>/edit/", views.CustomerEdit.as_view(), name="customer-edit"),
    path("customers/<int:pk>/sync/", views.CustomerSync.as_view(), name="customer-sync"),
    path("customers/<int:pk>/link/", views.CustomerLink.as_view(), name="customer-link"),
    path("customers/<int:pk>/unlink/", views.CustomerUnlink.as_view(), name="customer-unlink"),
    path("customers/<int:pk>/delete/", views.CustomerDelete.as_view(), name="customer-delete"),
    path("beneficiaries/", views.BeneficiaryTable.as_view(), name="beneficiaries"),
    path("beneficiaries/new/", views.BeneficiaryEdit.as_view(), name="beneficiary-new"),
    path(
        "beneficiaries/<int:pk>/",
        views.BeneficiaryTable.as_view(http_method_names=["get", "head"]),
        name="beneficiary",
    ),
    path("beneficiaries/<int:pk>/edit/", views.BeneficiaryEdit.as_view(), name="beneficiary-edit"),
    path("beneficiaries/<int:pk>/sync/", views.BeneficiarySync.as_view(), name="beneficiary-sync"),
    path("beneficiaries/<int:pk>/link/", views.BeneficiaryLink.as_view(), name="beneficiary-link"),
    path("beneficiaries/<int:pk>/unlink/", views.BeneficiaryUnlink.as_view(), name="beneficiary-unlink"),
    path("beneficiaries/<int:pk>/delete/", views.BeneficiaryDelete.as_view(), name="beneficiary-delete"),
]
