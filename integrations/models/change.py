"""Who changed what of an organization's integration, through which door: written once, for people to read."""

from django.conf import settings
from django.db import models

from .organization import Organization
from .sync import Trigger


class Change(models.Model):
    """One change of a setting, the connection, a role or the switch.

    `fields` is {name as people know it: [before, after]} in people's words; a token is never among them. `user` is
    null where nobody in particular did it: QuickBooks ended the grant, or a command ran.
    """

    class Subject(models.TextChoices):
        SWITCH = "switch", "Integration switch"
        CONNECTION = "connection", "Connection"
        CONFIGURATION = "configuration", "Configuration"
        ROLE = "role", "Role"

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="changes")
    subject = models.CharField(max_length=13, choices=Subject.choices)
    sentence = models.CharField("what happened", max_length=500)
    fields = models.JSONField(default=dict, blank=True)
    trigger = models.CharField("asked through", max_length=10, choices=Trigger.choices, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["organization", "-id"], name="change_list")]

    def __str__(self) -> str:
        return self.sentence
