"""Finmo's own people: who may do what in admin."""

from django.contrib.auth.models import Group, Permission

ACCOUNT_MANAGERS = "Account Managers"
# (application, model, action): they switch a merchant's integration on, connect and configure it.
_PERMISSIONS = (
    ("integrations", "organization", "view"),
    ("integrations", "organization", "change"),
    ("integrations", "connection", "view"),
    ("integrations", "connection", "change"),
    ("integrations", "configuration", "view"),
    ("integrations", "configuration", "change"),
    ("integrations", "syncrun", "view"),
    ("integrations", "syncjob", "view"),
    ("integrations", "conflict", "view"),
    ("integrations", "change", "view"),
)


def account_managers() -> Group:
    """The group, made with its permissions where it is missing; what an administrator changed in it stays."""
    group, is_new = Group.objects.get_or_create(name=ACCOUNT_MANAGERS)
    if is_new:
        group.permissions.set(
            Permission.objects.get_by_natural_key(f"{action}_{model}", application, model)
            for application, model, action in _PERMISSIONS
        )
    return group
