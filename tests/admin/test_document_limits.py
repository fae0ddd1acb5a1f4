"""What of a document in admin stays as it is, for whom, and how it is voided."""

from decimal import Decimal

import pytest
from django.urls import reverse

from receivables.models import Invoice
from tests.admin.conftest import form_of
from tests.admin.pages import at
from tests.admin.test_documents import add_url, line
from tests.factories import (
    make_invoice,
    push,
)
from tests.quickbooks import drain


def test_lines_that_quickbooks_has_of_another_kind_keep_all_lines_as_they_are(superuser, organization):
    invoice = make_invoice(organization)
    Invoice.objects.update(has_other_lines=True, total=Decimal("70"), qbo_id="9")
    page = superuser.get(at(invoice))
    assert "Change the lines in QuickBooks" in page.content.decode()

    superuser.post(
        at(invoice),
        form_of(page) | {"memo": "Thanks", "tax_treatment": "inclusive", **line(0, unit_price="1")},
    )

    invoice.refresh_from_db()
    assert (invoice.memo, invoice.total, invoice.tax_treatment) == ("Thanks", Decimal("70"), "exclusive")
    assert invoice.lines.get().amount == Decimal("100.00")


@pytest.mark.parametrize("ended", ["voided", "deleted"])
def test_what_has_ended_is_for_reading(superuser, organization, ended):
    invoice = make_invoice(organization)
    Invoice.objects.update(ended=ended)

    assert "can only be read" in superuser.get(at(invoice)).content.decode()
    assert superuser.post(at(invoice), {"memo": "x"}).status_code == 403
    assert not Invoice.objects.filter(memo="x").exists()


def test_staff_who_may_only_look_change_neither_a_document_nor_its_lines(staff_with, organization):
    client = staff_with("receivables.view_invoice")
    invoice = make_invoice(organization)

    assert client.get(at(invoice)).status_code == 200
    assert client.post(at(invoice), {"memo": "x", **line(0, unit_price="1")}).status_code == 403
    assert client.get(add_url("receivables_invoice", organization)).status_code == 403
    assert Invoice.objects.get().total == Decimal("100.00")


def test_who_may_change_invoices_may_change_their_lines(staff_with, organization):
    client = staff_with("receivables.change_invoice")
    invoice = make_invoice(organization)

    client.post(at(invoice), form_of(client.get(at(invoice))) | line(0, unit_price="1"))

    assert Invoice.objects.get().total == Decimal("2.00")


def test_lines_that_were_pulled_while_the_form_was_open_are_not_overwritten(superuser, organization):
    invoice = make_invoice(organization)
    data = form_of(superuser.get(at(invoice))) | {"memo": "Thanks"}
    invoice.lines.update(unit_price=Decimal("70"))

    superuser.post(at(invoice), data)

    invoice.refresh_from_db()
    assert (invoice.memo, invoice.lines.get().unit_price) == ("", Decimal("70"))


def test_voiding_asks_first_then_ends_the_invoice_on_both_sides(qbo, superuser, organization):
    invoice = make_invoice(organization)
    push(invoice.customer)
    push(invoice)
    url = reverse("admin:receivables_invoice_press", args=[invoice.pk, "void"])
    assert "This cannot be undone." in superuser.get(url).content.decode()

    superuser.post(url)
    drain(organization)

    invoice.refresh_from_db()
    assert invoice.status == "voided"
    assert qbo.read("Invoice", invoice.qbo_id)["PrivateNote"].startswith("Voided")


def test_voiding_needs_the_permission(qbo, staff_with, organization):
    invoice = make_invoice(organization)
    client = staff_with("receivables.view_invoice")
    url = reverse("admin:receivables_invoice_press", args=[invoice.pk, "void"])

    assert client.post(url).status_code == 403
