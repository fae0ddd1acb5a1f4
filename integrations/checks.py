"""What a deploy is told before it goes wrong."""

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register

# The lane's lease is renewed before each call; a call has to end before it does.
MARGIN = 5


@register(Tags.security)
def check_quickbooks_settings(app_configs, **kwargs) -> list:
    found = []
    if settings.QBO_ENVIRONMENT != "simulator":
        for name in ("QBO_CLIENT_ID", "QBO_CLIENT_SECRET"):
            if not getattr(settings, name):
                found.append(
                    Error(
                        f"{name} is not set, so nobody can connect QuickBooks.",
                        hint="Copy it from the app's Keys page on Intuit's developer portal.",
                        id="integrations.E001",
                    )
                )
        if not settings.QBO_WEBHOOK_VERIFIER_TOKEN:
            found.append(
                Warning(
                    "QBO_WEBHOOK_VERIFIER_TOKEN is not set: Intuit's notifications will be refused.",
                    hint="Copy it from the app's Webhooks page on Intuit's developer portal.",
                    id="integrations.W001",
                )
            )
    longest = settings.LANE_LEASE_SECONDS - MARGIN
    if settings.QBO_TIMEOUT > longest:
        found.append(
            Warning(
                "QBO_TIMEOUT is longer than a worker's lease: a second worker could take over during a call.",
                hint=f"Set it to {longest} seconds or less.",
                id="integrations.W002",
            )
        )
    return found
