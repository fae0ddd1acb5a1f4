"""The product with content and an embedded QuickBooks, in the foreground: `make demo`."""

from __future__ import annotations

import os
import socket
import sys
import time
from pathlib import Path
from urllib import request
from urllib.error import URLError

from . import merchant

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".demo"
HOST = "127.0.0.1"
STARTING = 60.0


def main() -> None:
    port = _port()
    environment = _environment(port)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(ROOT)
    _prepare()
    # Django's settings are read from the environment that was made just now.
    from ..children import ChildEnded, Children, ToldToEnd
    from .quickbooks import provide_company

    address = f"http://{HOST}:{port}"
    try:
        with Children(environment) as children:
            # One process, so that the embedded QuickBooks and the API's throttles share a memory.
            children.start_web(HOST, port, workers=1, threads=16)
            children.start_worker()
            _wait_for(f"{address}/readyz/", children)
            provide_company(address)
            print(_welcome(address), flush=True)
            children.watch()
    except ChildEnded as ended:
        sys.exit(str(ended))
    except ToldToEnd:
        print("\nThe demo has ended; `make demo` goes on with the same data.")


def _port() -> int:
    """Leaves with a sentence where the port cannot be used."""
    told = os.environ.get("PORT") or "8000"
    if not told.isdecimal() or not 1 <= int(told) <= 65535:
        sys.exit(f"PORT is “{told}”; it takes a number from 1 to 65535, such as PORT=9000 make demo")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, int(told)))
        except OSError as error:
            sys.exit(
                f"Port {told} cannot be used ({error.strerror}). Choose another one: PORT=9000 make demo"
            )
    return int(told)


def _environment(port: int) -> dict[str, str]:
    """The demo's own settings; no .env, and nothing that a shell has set for another purpose."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("QBO_")}
    return inherited | {
        "ENV_FILE": os.devnull,
        "DJANGO_SETTINGS_MODULE": "finmo_qbo.demo.settings",
        "DEBUG": "1",
        "PORT": str(port),
        "SECRET_KEY": "the-demo-has-no-secrets-and-listens-on-this-machine-only",
        "FIELD_ENCRYPTION_KEYS": "the-demo-has-no-secrets",
        "ALLOWED_HOSTS": "127.0.0.1,localhost,[::1]",
        "DATABASE_URL": f"sqlite:///{FOLDER / 'db.sqlite3'}",
        "REDIS_URL": "",
        "TRUST_PROXY": "0",
        "FINMO_ENVIRONMENT": "production",
        "QBO_ENVIRONMENT": "simulator",
        "LOG_LEVEL": "WARNING",
    }


def _prepare() -> None:
    import django
    from django.core.management import call_command

    FOLDER.mkdir(exist_ok=True)
    django.setup()
    from .seed import seed

    print("Preparing the demo …", flush=True)
    call_command("migrate", verbosity=0, interactive=False)
    with open(os.devnull, "w") as nowhere:
        call_command("setup_schedules", stdout=nowhere)
    seed()


def _wait_for(address: str, children) -> None:
    until = time.monotonic() + STARTING
    while True:
        children.check()
        try:
            with request.urlopen(address, timeout=5):
                return
        except (URLError, ConnectionError, TimeoutError) as error:
            if time.monotonic() > until:
                sys.exit(f"{address} is not ready after {STARTING:.0f} seconds: {error}")
            time.sleep(0.2)


def _welcome(address: str) -> str:
    people = [f"  {email:32} {may}" for email, _, may in merchant.PEOPLE]
    return "\n".join(
        [
            "",
            "─" * 78,
            f"  Finmo accounting sync       {address}/",
            "",
            f"  {merchant.NAME}",
            *people,
            "  Finmo's own account manager, for admin",
            f"  {merchant.ACCOUNT_MANAGER:32} {address}/admin/",
            f"  Everybody's password             {merchant.PASSWORD}",
            "",
            f"  QuickBooks, embedded        {address}/simulator/",
            f"  API                         {address}/api/docs/",
            "",
            "  Begin with Settings → Integrations → QuickBooks → Connect.",
            "  Ctrl-C ends the demo and keeps its data; rm -r .demo begins anew.",
            "─" * 78,
        ]
    )


if __name__ == "__main__":
    main()
