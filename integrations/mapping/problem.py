"""Why a record cannot be pushed."""

from __future__ import annotations

from dataclasses import dataclass

from ..faults import explain


@dataclass(frozen=True)
class Problem:
    """Why a record cannot be pushed, in the words of the fault table unless said better."""

    code: str
    message: str = ""
    remedy: str = ""
    detail: str = ""
    intuit_tid: str = ""

    @property
    def text(self) -> str:
        entry = explain(self.code)
        if self.detail and not self.message and entry.needs_details:
            return f"{entry.meaning} QuickBooks says: “{self.detail}”"
        return self.message or entry.meaning

    @property
    def advice(self) -> str:
        return self.remedy or explain(self.code).remedy
