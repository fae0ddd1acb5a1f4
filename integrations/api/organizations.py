"""Whose data a call is about, and what the person may do there."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from knox.models import AuthToken
from rest_framework.exceptions import NotFound, PermissionDenied, ValidationError
from rest_framework.permissions import SAFE_METHODS, IsAuthenticated
from rest_framework.request import Request

from ..models import Membership, Organization, Trigger
from ..services import Asked

HEADER = "X-Organization"


class OrganizationView:
    """A view of one organization's data, seen as a member of it."""

    request: Request

    @cached_property
    def membership(self) -> Membership:
        """Raises what the API answers where the organization cannot be told."""
        memberships = Membership.objects.filter(user=self.request.user).select_related("organization")
        slug = self.request.headers.get(HEADER)
        if slug is not None:
            found = memberships.filter(organization__slug=slug).first()
            if found is None:
                raise NotFound("There is no such organization.")
            return found
        first_two = list(memberships[:2])
        if not first_two:
            raise PermissionDenied("You belong to no organization.", code="no_organization")
        if len(first_two) > 1:
            raise ValidationError(
                f"You belong to several organizations. Name one in the header {HEADER}.",
                code="organization_required",
            )
        return first_two[0]

    @property
    def organization(self) -> Organization:
        return self.membership.organization

    def own(self, queryset: QuerySet) -> QuerySet:
        """The organization's rows. The OpenAPI document is made without anybody being signed in."""
        if getattr(self, "swagger_fake_view", False):
            return queryset.none()
        return queryset.filter(organization=self.organization)

    @property
    def asked(self) -> Asked:
        with_token = isinstance(self.request.auth, AuthToken)
        return Asked(Trigger.API if with_token else Trigger.PORTAL, self.request.user)


class MembersRead(IsAuthenticated):
    """Every member reads; subclasses say who changes."""

    message = "Your role does not allow this. Ask an admin of your organization."

    def has_permission(self, request: Request, view: Any) -> bool:
        if not super().has_permission(request, view):
            return False
        membership = view.membership
        return request.method in SAFE_METHODS or self.may_change(membership)

    def may_change(self, membership: Membership) -> bool:
        return False


class AccountantsChange(MembersRead):
    def may_change(self, membership: Membership) -> bool:
        return membership.can_edit


class AdminsChange(MembersRead):
    def may_change(self, membership: Membership) -> bool:
        return membership.can_configure
