"""Grants and their tokens: issue, refresh, expiry, revocation. No HTTP here."""

from __future__ import annotations

import math
import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from .models import AccessToken, AuthorizationCode, Company, Grant, SupersededToken

ACCESS_LIFE = timedelta(seconds=3600)
CODE_LIFE = timedelta(minutes=10)
ROTATION = timedelta(hours=24)
ROLLING_LIFE = timedelta(days=101)
HARD_LIFE = timedelta(days=5 * 365)


class InvalidGrant(Exception):
    """The words are the `error_description`."""


def authorize(company: Company, redirect_uri: str) -> str:
    """A person has consented: a code that can be exchanged once."""
    code = AuthorizationCode.objects.create(
        code=f"AB1{secrets.token_urlsafe(36)}",
        company=company,
        redirect_uri=redirect_uri,
        expires_at=timezone.now() + CODE_LIFE,
    )
    return code.code


def exchange(code: str, redirect_uri: str) -> tuple[Grant, AccessToken]:
    """A second use of a code fails, and revokes what the first one issued. Raises InvalidGrant."""
    with transaction.atomic():
        row = AuthorizationCode.objects.select_for_update().filter(code=code).first()
        if (
            row is None
            or row.grant is not None
            or row.expires_at < timezone.now()
            or row.redirect_uri != redirect_uri
        ):
            if row is not None and row.grant is not None:
                revoke(row.grant)
            grant = None
        else:
            grant = issue(row.company)
            row.grant = grant
            row.save(update_fields=["grant"])
    if grant is None:
        raise InvalidGrant("Invalid authorization code")
    return grant, access_token(grant)


def issue(company: Company) -> Grant:
    return Grant.objects.create(company=company, refresh_token=_refresh_token())


def access_token(grant: Grant) -> AccessToken:
    return AccessToken.objects.create(
        token=f"eyJ{secrets.token_urlsafe(60)}", grant=grant, expires_at=timezone.now() + ACCESS_LIFE
    )


def refresh(refresh_token: str) -> tuple[Grant, AccessToken]:
    """A new access token; after 24 hours, or where the company says so, a new refresh token too.

    Raises InvalidGrant for what is unknown, superseded, revoked or past one of its two clocks.
    """
    with transaction.atomic():
        grant = Grant.objects.select_for_update().filter(refresh_token=refresh_token).first()
        if grant is None:
            _punish_stale(refresh_token)
        elif grant.revoked or not _alive(grant):
            grant = None
        else:
            _rotate(grant)
    if grant is None:
        wrong_kind = AccessToken.objects.filter(token=refresh_token).exists()
        raise InvalidGrant(
            "Incorrect Token type or clientID" if wrong_kind else "Incorrect or invalid refresh token"
        )
    return grant, access_token(grant)


def _alive(grant: Grant) -> bool:
    now = timezone.now()
    return now < grant.refreshed_at + ROLLING_LIFE and now < grant.authorized_at + HARD_LIFE


def _rotate(grant: Grant) -> None:
    now = timezone.now()
    grant.refreshed_at = now
    if grant.company.rotate_every_time or now >= grant.rotated_at + ROTATION:
        SupersededToken.objects.create(grant=grant, refresh_token=grant.refresh_token)
        grant.refresh_token, grant.rotated_at = _refresh_token(), now
    grant.save(update_fields=["refresh_token", "refreshed_at", "rotated_at"])


def _punish_stale(refresh_token: str) -> None:
    """A superseded token that comes back is a race or a theft; a strict company ends the grant for it."""
    stale = (
        SupersededToken.objects.select_related("grant__company").filter(refresh_token=refresh_token).first()
    )
    if stale is not None and stale.grant.company.kill_grant_on_stale_refresh:
        revoke(stale.grant)


def revoke(grant: Grant) -> None:
    Grant.objects.filter(pk=grant.pk).update(revoked=True)


def find(token: str) -> Grant | None:
    """The grant of a refresh or an access token."""
    grant = Grant.objects.filter(refresh_token=token).first()
    return grant or Grant.objects.filter(access_tokens__token=token).first()


def company_of(refresh_token: str, code: str) -> Company | None:
    """The company that a call for tokens is about, also where its token is superseded or its code used."""
    grant = find(refresh_token) or Grant.objects.filter(superseded__refresh_token=refresh_token).first()
    if grant is not None:
        return grant.company
    row = AuthorizationCode.objects.select_related("company").filter(code=code).first()
    return row.company if row else None


def hard_expires_in(grant: Grant) -> int:
    """Seconds until the consent ends, however often it is refreshed."""
    # A second that has begun counts: what was issued just now has its whole life before it.
    return math.ceil((grant.authorized_at + HARD_LIFE - timezone.now()).total_seconds())


def _refresh_token() -> str:
    return f"RT1-{secrets.token_urlsafe(36)}"
