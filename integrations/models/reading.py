"""What reading QuickBooks leaves to remember: how far it came, and what it has yet to look at."""

from django.db import models

from .organization import Organization


class Cursor(models.Model):
    """How far a stream of changes was read, in QuickBooks' own clock."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="cursors")
    entity = models.CharField(max_length=40)
    changed_since = models.DateTimeField()
    read_at = models.DateTimeField()
    # When all ids and sync tokens of both sides were last laid beside each other.
    compared_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "entity"], name="one_cursor_per_entity")
        ]

    def __str__(self) -> str:
        return f"{self.entity} since {self.changed_since}"


class SuspectedMerge(models.Model):
    """Two names that may have been merged into one. It waits for the end of a pull, which looks whether it is so.

    A notification said it (`told`), or a document names another contact than before: the change feed itself does not
    tell of merges (contract section 12, trap 12).
    """

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    entity = models.CharField(max_length=40)
    loser = models.CharField(max_length=32)
    survivor = models.CharField(max_length=32)
    told = models.BooleanField(default=False)
    noted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "entity", "loser", "survivor"], name="merge_suspected_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.entity}: {self.loser} into {self.survivor}"
