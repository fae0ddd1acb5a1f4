"""Finmo's staff ask for a reading in the cockpit, and see what it found."""

from django.urls import reverse

from integrations.models import SyncRun
from tests.conftest import signed_in
from tests.contact_matching.conftest import read_contacts
from tests.factories import make_customer
from tests.portal.pages import text_of

FINDINGS = "/admin/integrations/contactfinding/"


def test_staff_see_what_the_newest_reading_found(staff, qbo, organization):
    make_customer(organization, name="Kestrel Foods")
    read_contacts(organization)
    qbo.make("Customer", {"DisplayName": "Kestrel Foods Ltd"})
    [finding] = read_contacts(organization).findings.all()
    browser = signed_in(staff)
    cockpit = browser.get(f"/admin/integrations/organization/{organization.pk}/change/")
    where = f"{FINDINGS}?reading__organization__id__exact={organization.pk}"
    assert where in cockpit.content.decode()
    page = text_of(browser.get(where))
    assert "Possible match 93 Same name but for the legal form" in page
    assert page.count("Kestrel Foods") == 1
    assert "Same name but for the legal form" in text_of(browser.get(f"{FINDINGS}{finding.pk}/change/"))


def test_staff_ask_for_a_reading_in_the_cockpit(staff, qbo, organization):
    browser = signed_in(staff)
    page = text_of(browser.get(f"/admin/integrations/organization/{organization.pk}/change/"))
    assert "Reconcile customers" in page
    assert "Reconcile beneficiaries" in page
    press = reverse("admin:integrations_organization_press", args=[organization.pk, "match-customers"])
    browser.post(press)
    run = SyncRun.objects.get(direction="match")
    assert (run.entity, run.trigger, run.requested_by) == ("customers", "admin", staff)
