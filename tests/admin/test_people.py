from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.urls import reverse
from knox.models import AuthToken

from integrations.models import Connection
from integrations.models.token_field import TokenField
from tests.admin.conftest import form_of
from tests.admin.pages import at
from tests.conftest import make_user


def test_users_and_groups_open(superuser, staff):
    group = Group.objects.create(name="Support")

    for url in (at(staff), at(group), reverse("admin:auth_user_changelist"), reverse("admin:auth_user_add")):
        assert superuser.get(url).status_code == 200


def test_who_may_change_users_cannot_give_anybody_rights(staff_with):
    client = staff_with("auth.change_user", "auth.view_user")
    user = make_user("clerk@acme.example")
    group = Group.objects.create(name="Account Managers")

    client.post(
        at(user),
        form_of(client.get(at(user)))
        | {"is_staff": "on", "is_superuser": "on", "groups": [group.pk], "first_name": "Jo"},
    )

    user.refresh_from_db()
    assert user.first_name == "Jo"
    assert (user.is_staff, user.is_superuser, user.groups.count()) == (False, False, 0)


def test_who_may_change_users_cannot_set_the_password_of_other_staff(staff_with, staff):
    client = staff_with("auth.change_user", "auth.view_user", "auth.delete_user")
    url = reverse("admin:auth_user_password_change", args=[staff.pk])

    assert client.post(url, {"password1": "another one", "password2": "another one"}).status_code == 403
    assert client.post(at(staff, "delete"), {"post": "yes"}).status_code == 403
    assert User.objects.get(pk=staff.pk).check_password("correct horse battery")


def test_only_superusers_change_groups(staff_with, superuser):
    group = Group.objects.create(name="Support")
    client = staff_with("auth.change_group", "auth.view_group")

    assert client.post(at(group), {"name": "Rulers"}).status_code == 403
    superuser.post(at(group), {"name": "Helpers"})
    assert Group.objects.get().name == "Helpers"


def test_no_page_is_made_of_tokens():
    assert not admin.site.is_registered(AuthToken)
    assert not admin.site.is_registered(Connection)
    for model, model_admin in admin.site._registry.items():
        secret = {field.name for field in model._meta.get_fields() if isinstance(field, TokenField)}
        assert not secret, f"{model_admin} shows a model with tokens"
