"""Finmo's own staff run all merchants' integrations here. Domain apps build theirs on `synced` and `document`."""

from . import changes, conflicts, findings, jobs, journal, organization, people, reference, runs

__all__ = [
    "changes",
    "conflicts",
    "findings",
    "jobs",
    "journal",
    "organization",
    "people",
    "reference",
    "runs",
]
