"""Finmo's own staff run all merchants' integrations here. Domain apps build theirs on `synced` and `document`."""

from . import changes, conflicts, jobs, journal, organization, people, reference, runs

__all__ = ["changes", "conflicts", "jobs", "journal", "organization", "people", "reference", "runs"]
