"""How a record of ours and a document of QuickBooks correspond.

A domain app declares a Mapper per entity in its `mappers.py` and registers it; the engine, the client, the
commands and the pages learn of entities from the registry alone.

Both sides are compared as *values*: a dict {field name: text, bool, None, or for lines a list of dicts} in our
words. Amounts are normalized decimal text, dates ISO text, references the QuickBooks id of what is referred to.
"""

from .company import Company, company_of
from .declared import Condition
from .fields import Day, Field, Flag, Links, Number, Reference, Values, given, plain, put, walk
from .mapper import FORBIDDEN_IN_NAMES, Mapper
from .problem import Problem
from .registry import mapper_for, mapper_of, mapper_told_by, mappers, matched, referring, register

__all__ = [
    "FORBIDDEN_IN_NAMES",
    "Company",
    "Condition",
    "Day",
    "Field",
    "Flag",
    "Links",
    "Mapper",
    "Number",
    "Problem",
    "Reference",
    "Values",
    "company_of",
    "given",
    "mapper_for",
    "mapper_of",
    "mapper_told_by",
    "mappers",
    "matched",
    "plain",
    "put",
    "referring",
    "register",
    "walk",
]
