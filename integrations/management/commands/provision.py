"""Creates or updates an organization and a person in it, and issues an API token. Prints one JSON object."""

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser, Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction
from knox.models import AuthToken

from integrations.currencies import known_currency
from integrations.groups import ACCOUNT_MANAGERS, account_managers
from integrations.history import note_role, note_switch
from integrations.models import Membership, Organization, Role, Trigger
from integrations.services import Asked

_ASKED = Asked(Trigger.COMMAND)


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "organization", metavar="ORG", nargs="?", help="the slug; may be left out with --staff"
        )
        parser.add_argument("--name", help="the organization's name")
        parser.add_argument("--country", help="ISO 3166, such as SG")
        parser.add_argument("--currency", help="ISO 4217, such as SGD")
        parser.add_argument("--user", metavar="EMAIL", required=True)
        parser.add_argument("--password", help="needed for a new person")
        parser.add_argument("--role", choices=Role.values, help="of a new member: admin, unless said")
        parser.add_argument(
            "--staff", action="store_true", help="a person of Finmo's own: joins no organization"
        )
        parser.add_argument("--group", help=f"a group of Finmo's own people, such as {ACCOUNT_MANAGERS}")
        parser.add_argument("--enable-quickbooks", action="store_true", help="in Finmo's production alone")

    def handle(self, *args: Any, **options: Any) -> None:
        _check(options)
        with transaction.atomic():
            organization = _organization(options) if options["organization"] else None
            user = _user(options)
            if organization and not options["staff"]:
                _join(organization, user, options["role"])
            token = AuthToken.objects.create(user)[1]
        answer = {
            "organization": organization.slug if organization else None,
            "user": user.get_username(),
            "token": token,
        }
        self.stdout.write(json.dumps(answer))


def _check(options: dict[str, Any]) -> None:
    """Refuses before anything is written."""
    if options["enable_quickbooks"] and settings.FINMO_ENVIRONMENT != "production":
        raise CommandError(
            "The QuickBooks integration can be switched on in Finmo's production environment only. "
            f"This is “{settings.FINMO_ENVIRONMENT}”: set FINMO_ENVIRONMENT=production where it is the production."
        )
    if not options["organization"] and not options["staff"]:
        raise CommandError("Name the organization. Only Finmo's own people (--staff) belong to none.")
    if not options["organization"] and options["enable_quickbooks"]:
        raise CommandError("Name the organization that QuickBooks is to be switched on for.")
    try:
        validate_email(options["user"])
    except ValidationError as error:
        raise CommandError("--user takes an e-mail address, which is the user name.") from error


def _organization(options: dict[str, Any]) -> Organization:
    slug = options["organization"]
    organization = Organization.objects.filter(slug=slug).first() or Organization(
        slug=slug, name=slug.replace("-", " ").title()
    )
    for name in ("name", "country", "currency"):
        if options[name]:
            setattr(organization, name, options[name])
    was_enabled = organization.quickbooks_enabled
    organization.quickbooks_enabled |= options["enable_quickbooks"]
    try:
        organization.full_clean()
        known_currency(organization.currency)
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error
    organization.save()
    if organization.quickbooks_enabled != was_enabled:
        note_switch(organization, asked=_ASKED)
    return organization


def _user(options: dict[str, Any]) -> AbstractUser:
    users = get_user_model().objects
    user = users.filter(username=options["user"]).first()
    if user is None:
        if not options["password"]:
            raise CommandError("A new person needs a --password.")
        user = users.create_user(username=options["user"], email=options["user"])
    if options["password"]:
        user.set_password(_good_password(options["password"], user))
    user.is_staff |= options["staff"]
    user.save()
    _refuse_staff_in_organizations(user, joins=not options["staff"])
    if options["group"]:
        user.groups.add(_group(options["group"]))
    return user


def _good_password(password: str, user: AbstractUser) -> str:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise CommandError(f"{' '.join(error.messages)} Choose another --password.") from error
    return password


def _refuse_staff_in_organizations(user: AbstractUser, *, joins: bool) -> None:
    """Finmo's own people see every organization in admin, and are members of none."""
    if user.is_staff and joins:
        raise CommandError(
            f"{user} is one of Finmo's own people, who join no organization. Say --staff, or name another person."
        )
    member = Membership.objects.filter(user=user).select_related("organization").first()
    if user.is_staff and member:
        raise CommandError(
            f"{user} is a member of {member.organization}, and Finmo's own people join no organization. Remove "
            "the member there in admin first, or give the person another e-mail address."
        )


def _join(organization: Organization, user: AbstractUser, role: str | None) -> None:
    """A member keeps the role, unless another one is named."""
    membership, is_new = Membership.objects.get_or_create(
        organization=organization, user=user, defaults={"role": role or Role.ADMIN}
    )
    before = "" if is_new else membership.get_role_display()
    if role and not is_new:
        membership.role = role
        membership.save(update_fields=["role"])
    if before != membership.get_role_display():
        note_role(membership, before, membership.get_role_display(), asked=_ASKED)


def _group(name: str) -> Group:
    if name == ACCOUNT_MANAGERS:
        return account_managers()
    group = Group.objects.filter(name=name).first()
    if group is None:
        raise CommandError(f"There is no group “{name}”. Create it in admin, or use “{ACCOUNT_MANAGERS}”.")
    return group
