"""An organization's configuration and members in admin."""

from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from integrations.models import (
    Account,
    Configuration,
    Membership,
    Organization,
)
from tests.admin.conftest import form_of
from tests.admin.pages import at
from tests.conftest import make_user


def test_the_configuration_offers_this_organizations_usable_accounts_alone(superuser, organization):
    other = Organization.objects.create(slug="else", name="Elsewhere")
    revenue = {"classification": "Revenue", "account_type": "Income"}
    own = Account.objects.create(organization=organization, name="Sales", qbo_id="1", **revenue)
    Account.objects.create(organization=organization, name="Old", qbo_id="2", is_active=False, **revenue)
    Account.objects.create(organization=other, name="Theirs", qbo_id="3", **revenue)

    inline = superuser.get(at(organization)).context["inline_admin_formsets"][0]
    field = inline.formset.forms[0].fields["default_receivable_account"]

    assert list(field.queryset) == [own]


def test_another_organizations_account_is_not_taken_as_a_default(superuser, organization):
    other = Organization.objects.create(slug="else", name="Elsewhere")
    theirs = Account.objects.create(organization=other, name="Theirs", classification="Revenue", qbo_id="3")
    data = form_of(superuser.get(at(organization)))

    superuser.post(at(organization), data | {"configuration-0-default_receivable_account": theirs.pk})

    assert Configuration.objects.get(organization=organization).default_receivable_account is None


def test_the_configuration_is_saved_with_the_organization(superuser, organization):
    own = Account.objects.create(
        organization=organization, name="Sales", classification="Revenue", qbo_id="1"
    )
    data = form_of(superuser.get(at(organization)))

    superuser.post(
        at(organization),
        data
        | {
            "configuration-0-default_receivable_account": own.pk,
            "configuration-0-receivables_auto_push": "on",
        },
    )

    configuration = Configuration.objects.get(organization=organization)
    assert configuration.default_receivable_account == own
    assert configuration.receivables_auto_push


def test_staff_who_may_only_look_see_the_configuration_and_change_nothing(manager, organization):
    change = Permission.objects.get_by_natural_key("change_configuration", "integrations", "configuration")
    Group.objects.get().permissions.remove(change)
    data = form_of(manager.get(at(organization)))

    manager.post(at(organization), data | {"configuration-0-receivables_auto_push": "on"})

    assert not Configuration.objects.get(organization=organization).receivables_auto_push


def test_finmos_own_people_join_no_organization(superuser, organization, staff):
    data = form_of(superuser.get(at(organization)))
    added = {"memberships-TOTAL_FORMS": "1", "memberships-0-user": staff.pk, "memberships-0-role": "admin"}

    superuser.post(at(organization), data | added)

    assert not Membership.objects.filter(user=staff).exists()


def test_a_member_is_added(superuser, organization):
    user = make_user("new@acme.example")
    data = form_of(superuser.get(at(organization)))
    added = {
        "memberships-TOTAL_FORMS": "1",
        "memberships-0-user": user.pk,
        "memberships-0-role": "accountant",
    }

    superuser.post(at(organization), data | added)

    assert Membership.objects.get(user=user).role == "accountant"


def test_no_organization_can_be_deleted(superuser, organization):
    url = reverse("admin:integrations_organization_delete", args=[organization.pk])

    assert superuser.post(url, {"post": "yes"}).status_code == 403
    assert Organization.objects.filter(pk=organization.pk).exists()
