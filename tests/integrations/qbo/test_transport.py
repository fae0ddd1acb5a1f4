"""What only a real connection can show: answers that break off, hang or trickle."""

import gzip
import socket
import threading
import time
from contextlib import contextmanager

import pytest

from integrations.qbo.errors import Unreachable

from .company import CUSTOMER, CUSTOMER_ANSWER

BODY = CUSTOMER_ANSWER.encode()
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@contextmanager
def quickbooks_that(settings, answer):
    """A server on loopback whose `answer` writes to each connection after reading a request; yields the
    addresses of the callers."""
    server = socket.create_server(("127.0.0.1", 0))
    callers = []

    def serve():
        while True:
            try:
                connection, caller = server.accept()
            except OSError:
                return
            callers.append(caller)
            with connection:
                try:
                    while connection.recv(65536):
                        if not answer(connection):
                            break
                except OSError:
                    continue

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    settings.QBO_API_BASE_URL = f"http://127.0.0.1:{server.getsockname()[1]}"
    try:
        yield callers
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(timeout=5)


def sending(*parts, stay=False):
    def answer(connection):
        for part in parts:
            if isinstance(part, float):
                time.sleep(part)
            else:
                connection.sendall(part)
        return stay

    return answer


@pytest.mark.parametrize(
    "parts",
    [
        [],
        [b"nonsense\r\n\r\n"],
        [OK + b"Content-Length: %d\r\n\r\n" % len(BODY), BODY[:-1]],
        [OK + b"Content-Length: %d\r\n\r\n" % (len(BODY) + 5), BODY],
        [OK + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(BODY), BODY[:40]],
        [OK + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(BODY), BODY + b"\r\n"],
        [OK + b"\r\n", BODY[:-1]],
        [OK + b"Content-Encoding: gzip\r\n\r\n", gzip.compress(BODY)[:30]],
        [OK + b"Content-Encoding: gzip\r\n\r\n", BODY],
        [OK + b"Content-Length: %d\r\n\r\n" % len(BODY), BODY[:9], 0.6],
        [0.6],
        [
            OK + b"Content-Length: %d\r\n\r\n" % len(BODY),
            *[x for byte in BODY for x in (bytes([byte]), 0.02)],
        ],
    ],
    ids=[
        "closed without a word",
        "no HTTP",
        "one byte short",
        "a complete object that was announced longer",
        "cut within a chunk",
        "cut between chunks",
        "cut without a length",
        "cut while compressed",
        "not compressed as announced",
        "hanging in the body",
        "hanging before the answer",
        "trickling without end",
    ],
)
def test_an_answer_that_breaks_off_leaves_the_outcome_of_a_write_unknown(company, settings, parts):
    settings.QBO_TIMEOUT = 0.3
    with quickbooks_that(settings, sending(*parts)) as callers:
        with pytest.raises(Unreachable) as raised:
            company.client.write("Customer", b"{}", "r1")

    assert len(callers) == 1
    assert company.gate.inside == 0
    assert str(company.grant.realm_id) not in raised.value.detail


def test_nobody_listening_is_unreachable(company, settings):
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.QBO_API_BASE_URL = f"http://127.0.0.1:{server.getsockname()[1]}"

    with pytest.raises(Unreachable):
        company.client.write("Customer", b"{}", "r1")


@pytest.mark.parametrize(
    "parts",
    [
        [OK + b"Content-Length: %d\r\n\r\n" % len(BODY), BODY[:50], 0.05, BODY[50:]],
        [OK + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(BODY), BODY, b"\r\n0\r\n\r\n"],
        [
            OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(gzip.compress(BODY)),
            gzip.compress(BODY),
        ],
    ],
    ids=["in two pieces", "in chunks", "compressed"],
)
def test_a_whole_answer_is_read_and_its_connection_used_again(company, settings, parts):
    with quickbooks_that(settings, sending(*parts, stay=True)) as callers:
        documents = [company.client.read("Customer", "1") for _ in range(3)]
        company.client.close()

    assert documents == [CUSTOMER.encode()] * 3
    assert len(callers) == 1
