"""One HTTP request and its whole reply: timeouts, and what counts as no reply at all."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests
from django.conf import settings
from urllib3.exceptions import HTTPError, NewConnectionError

from .errors import Unreachable

CONNECT_TIMEOUT = 10
_CHUNK = 65536


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes


def send(session: requests.Session, method: str, address: str, **content: Any) -> Reply:
    """The reply, whatever it says. Raises Unreachable where none came, or only a part of one."""
    try:
        with session.request(
            method,
            address,
            timeout=(CONNECT_TIMEOUT, settings.QBO_TIMEOUT),
            # A redirect would carry the request to an address that nobody chose.
            allow_redirects=False,
            stream=True,
            **content,
        ) as response:
            return Reply(response.status_code, response.headers, _body(response))
    except (requests.RequestException, HTTPError) as error:
        # Its own words would carry the address, and with it names that a query looks for.
        raise Unreachable(detail=type(error).__name__, left=not _never_connected(error)) from None


def _never_connected(error: Exception) -> bool:
    """Whether the request stayed here, because no connection to carry it came about."""
    if isinstance(error, requests.exceptions.ConnectTimeout | requests.exceptions.SSLError):
        return True
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(reason, NewConnectionError)


def _body(response: requests.Response) -> bytes:
    """Each read has the timeout to itself, so a body that trickles needs an end of its own."""
    deadline = time.monotonic() + settings.QBO_TIMEOUT
    body = bytearray()
    while part := response.raw.read1(_CHUNK, decode_content=True):
        body += part
        if time.monotonic() > deadline:
            raise requests.ReadTimeout
    return bytes(body)
