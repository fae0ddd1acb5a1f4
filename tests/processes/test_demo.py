"""`make demo`, as a person starts and ends it; on a copy of the sources, so that nobody's own demo is touched."""

import os
import shutil
import signal
import socket
import subprocess
import sys

import pytest
import requests

from .backends import ROOT
from .house import STARTING, free_port, until

SOURCES = ("manage.py", "finmo_qbo", "integrations", "contacts", "receivables", "payables", "templates")
PASSWORD = "harbour-lights-42"


@pytest.fixture
def copy(tmp_path):
    for name in SOURCES:
        source = ROOT / name
        if source.is_dir():
            # Other tests may be compiling meanwhile.
            shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, tmp_path)
    return tmp_path


def start(folder, port):
    log = (folder / "demo.log").open("w")
    with log:
        return subprocess.Popen(
            [sys.executable, "-m", "finmo_qbo.demo"],
            cwd=folder,
            env=os.environ | {"PORT": str(port)},
            stdout=log,
            stderr=subprocess.STDOUT,
        )


def companies(port):
    return requests.get(f"http://127.0.0.1:{port}/simulator/control/", timeout=30).json()["companies"]


def ask_at_length(port, realm):
    """The status of a query with an address as long as some clients make it, and without a token."""
    address = f"http://127.0.0.1:{port}/simulator/v3/company/{realm}/query"
    statement = f"select * from Customer where DisplayName = '{'x' * 7000}'"
    return requests.get(address, params={"query": statement}, timeout=30).status_code


def sign_in(port):
    address = f"http://127.0.0.1:{port}/api/v1/auth/token/"
    person = {"username": "accountant@harbourline.example", "password": PASSWORD}
    token = requests.post(address, json=person, timeout=30).json()["token"]
    return {"Authorization": f"Token {token}"}


def lost(port):
    """What a person reads who follows an address that leads nowhere."""
    return requests.get(f"http://127.0.0.1:{port}/nowhere/", timeout=30).text


def count(port, resource, headers):
    return requests.get(f"http://127.0.0.1:{port}/api/v1/{resource}/", headers=headers, timeout=30).json()[
        "count"
    ]


def test_the_demo_opens_with_work_to_do_ends_without_a_trace_and_goes_on_with_its_data(copy):
    for number in (signal.SIGINT, signal.SIGTERM):
        port = free_port()
        demo = start(copy, port)
        try:
            until(lambda: "Ctrl-C ends the demo" in (copy / "demo.log").read_text(), STARTING, "the demo")
            headers = sign_in(port)
            counts = [
                count(port, each, headers) for each in ("customers", "beneficiaries", "invoices", "bills")
            ]
            [company] = companies(port)
            asked = ask_at_length(port, company["realm_id"])
            missing = lost(port)
        finally:
            demo.send_signal(number)
            assert demo.wait(STARTING) == 0
        assert counts == [12, 8, 30, 20]
        assert (company["country"], company["multicurrency"]) == ("SG", True)
        assert asked == 401
        # What is wrong with a page is told in the terminal, and nothing else is.
        assert "Warning:" not in (copy / "demo.log").read_text()
        assert "There is no such page here." in missing and "DEBUG" not in missing
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_a_busy_port_is_told_with_the_remedy(copy):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        assert start(copy, port).wait(STARTING) == 1

    said = (copy / "demo.log").read_text()
    assert said.startswith(f"Port {port} cannot be used") and "PORT=9000 make demo" in said
