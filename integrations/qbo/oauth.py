"""OAuth 2.0 with Intuit: permission asked, tokens obtained, refreshed and given back.

Whoever refreshes must hold the connection alone, and store the newest refresh token before using the access
token: Intuit may take parallel refreshes for theft and end the grant.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import msgspec
import requests
from django.conf import settings
from requests.auth import HTTPBasicAuth
from requests_oauthlib import OAuth2Session

from .errors import Fault, Misconfigured, NeedsReconnect, QuickBooksError, Refused, Throttled, Unreachable
from .refusals import redacted, retry_after, tid
from .transport import Reply, send

SCOPE = "com.intuit.quickbooks.accounting"
# What holds where an answer does not say (contract section 1.3).
ACCESS_LIFETIME = timedelta(hours=1)
REFRESH_LIFETIME = timedelta(days=100)

# RFC 6749, 5.2. invalid_grant is about the customer's grant, the rest about our app.
_BY_ERROR: dict[str, type[QuickBooksError]] = {
    "invalid_grant": NeedsReconnect,
    "invalid_client": Misconfigured,
    "invalid_request": Misconfigured,
    "invalid_scope": Misconfigured,
    "unauthorized_client": Misconfigured,
    "unsupported_grant_type": Misconfigured,
}


@dataclass(frozen=True)
class Tokens:
    """Times are aware. `refresh_hard_expires_at` is the end that no refresh moves, where Intuit tells it."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    access_expires_at: datetime
    refresh_expires_at: datetime
    refresh_hard_expires_at: datetime | None


def authorization_url(state: str, redirect_uri: str) -> str:
    """Where the person agrees. `redirect_uri` must be registered with Intuit, letter for letter."""
    session = OAuth2Session(settings.QBO_CLIENT_ID, scope=[SCOPE], redirect_uri=redirect_uri)
    page = urlsplit(settings.QBO_AUTHORIZE_URL)
    address, _ = session.authorization_url(urlunsplit(page._replace(scheme="https")), state)
    # The library makes https addresses only; the simulator answers on loopback without.
    return urlunsplit(urlsplit(address)._replace(scheme=page.scheme))


def exchange(code: str, redirect_uri: str) -> Tokens:
    """The tokens for a code, which serves once: a second try may end the grant that the first one got."""
    return _tokens({"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri})


def refresh(refresh_token: str, *, sending: Callable[[], None] = lambda: None) -> Tokens:
    """New tokens. After a lost answer one more try with the same token, since the first is over by then; but none
    after a 200, which may have spent it.

    `sending` is called before each try.
    """
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    sending()
    try:
        return _tokens(form)
    except Unreachable as error:
        if error.status == 200:
            raise
        sending()
        return _tokens(form)


def revoke(token: str) -> None:
    """Gives the grant back; either token names it. Raises NeedsReconnect where it had ended before."""
    _post(settings.QBO_REVOKE_URL, json={"token": token})


def _tokens(form: dict[str, str]) -> Tokens:
    headers = {"x-include-refresh-token-hard-expires-in": "true"}
    asked_at = datetime.now(UTC)
    reply = _post(settings.QBO_TOKEN_URL, data=form, headers=headers)
    answer = _object(reply)
    access_token = _token(answer.get("access_token"))
    # A refresh that brings no new token leaves the one that was sent in force (RFC 6749, section 6).
    refresh_token = _token(answer.get("refresh_token")) or form.get("refresh_token")
    if not access_token or not refresh_token:
        raise Unreachable(
            status=200, detail="The answer has no usable tokens.", intuit_tid=tid(reply.headers)
        )
    return Tokens(
        access_token=access_token,
        refresh_token=refresh_token,
        access_expires_at=_expiry(asked_at, answer.get("expires_in")) or asked_at + ACCESS_LIFETIME,
        refresh_expires_at=_expiry(asked_at, answer.get("x_refresh_token_expires_in"))
        or asked_at + REFRESH_LIFETIME,
        refresh_hard_expires_at=_expiry(asked_at, answer.get("x_refresh_token_hard_expires_in")),
    )


def _post(address: str, *, headers: dict[str, str] | None = None, **content: Any) -> Reply:
    """Raises a QuickBooksError for any answer but 200, and for none."""
    with requests.Session() as session:
        reply = send(
            session,
            "POST",
            address,
            headers={"Accept": "application/json", **(headers or {})},
            auth=HTTPBasicAuth(settings.QBO_CLIENT_ID, settings.QBO_CLIENT_SECRET),
            **content,
        )
    if reply.status != 200:
        raise _error(reply)
    return reply


def _error(reply: Reply) -> QuickBooksError:
    answer = _object(reply)
    name = str(answer.get("error") or "")
    description = redacted(str(answer.get("error_description") or ""))
    known = {
        "status": reply.status,
        "detail": f"{name}: {description}" if description else name,
        "intuit_tid": tid(reply.headers),
    }
    if reply.status == 429:
        return Throttled(retry_after=retry_after(reply.headers), **known)
    if reply.status < 500 and name in _BY_ERROR:
        return _BY_ERROR[name](**known)
    if reply.status == 401:
        # Basic authentication failed, whatever the body says: the id and secret are ours.
        return Misconfigured(**known)
    if reply.status < 500 and name:
        return Refused(fault=Fault(name, name, description, "", known["intuit_tid"]), **known)
    return Unreachable(**known)


def _object(reply: Reply) -> dict[str, Any]:
    """The answer's JSON object; empty where it is none, such as a gateway's page."""
    try:
        answer = msgspec.json.decode(reply.body)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _token(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _expiry(asked_at: datetime, seconds: Any) -> datetime | None:
    """None where the answer does not say. Intuit's mocks carry the seconds as text, too."""
    try:
        told = float(seconds)
        return asked_at + timedelta(seconds=told) if told > 0 else None
    except (TypeError, ValueError, OverflowError):
        return None
