"""The pages of admin: their addresses, and what people press and choose on them."""

from django.urls import reverse

OPERATIONS = "/admin/integrations/syncrun/operations/"
FAULTS = "/admin/integrations/syncjob/faults/"


def at(record, view: str = "change") -> str:
    return reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_{view}", args=[record.pk])


def choose(client, action: str, *records, follow: bool = True):
    model = type(records[0])
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return client.post(
        url, {"action": action, "_selected_action": [record.pk for record in records]}, follow=follow
    )


def press(client, record, name: str, **options):
    url = reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_press", args=[record.pk, name])
    return client.post(url, **options)
