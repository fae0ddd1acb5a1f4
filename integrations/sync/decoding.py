"""Rows of an answer as documents: what fits its type, what does not, and which of two versions holds."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from .. import documents
from ..mapping import Mapper, given

logger = logging.getLogger(__name__)

# A document and the bytes that it was read from.
Read = tuple[documents.Entity, bytes]
# By the keys of their names or numbers, which several may share.
ByKey = dict[str, list[Read]]
# What the decoder says of the place: "Expected `date`, got `str` - at `$.TxnDate`".
_FIELD = re.compile(r"at `\$\.([^`]+)`")


@dataclass(frozen=True)
class Unreadable:
    """A document that does not fit its type, and its bytes. `qbo_id` is empty where not even that can be read, `field`
    where it is the whole."""

    qbo_id: str
    field: str
    raw: bytes = b""

    @property
    def saved(self) -> dict[str, str]:
        """As statements and readings keep it."""
        return {"quickbooks_id": self.qbo_id, "field": self.field}

    @property
    def reason(self) -> str:
        what = f"Finmo cannot read its {self.field}" if self.field else "Finmo cannot read it"
        return (
            f"{what} as QuickBooks tells it, so it was left as it is here. Open it in QuickBooks and save it again; "
            "if that does not help, contact Finmo support."
        )


def read(mapper: Mapper, rows: Iterable[bytes]) -> tuple[list[Read], list[Unreadable]]:
    """(documents with their bytes, those that do not fit their type)"""
    found, unreadable = [], []
    for raw in rows:
        try:
            document = documents.decode(raw, mapper.document)
            if given(document.Id):
                found.append((document, raw))
            else:
                logger.warning("A %s has no id", mapper.remote)
                unreadable.append(Unreadable("", "Id", raw))
        except msgspec.MsgspecError as error:
            logger.warning("A %s does not fit its type: %s", mapper.remote, error)
            named = _FIELD.search(str(error))
            unreadable.append(Unreadable(id_of(raw), named[1] if named else "", raw))
    return found, unreadable


def decoded(mapper: Mapper, rows: Iterable[bytes]) -> list[Read]:
    """Documents with their bytes; one that does not fit its type is logged and left out."""
    return read(mapper, rows)[0]


def id_of(raw: bytes) -> str:
    """Empty where it is missing, or is none."""
    try:
        return str(given(documents.decode(raw, documents.Identified).Id) or "")
    except msgspec.MsgspecError:
        return ""


def newest(pairs: Iterable[Read]) -> dict[str, Read]:
    """By id. Where one answer has several versions of a document, its deletion holds, or else the latest."""
    return {str(document.Id): (document, raw) for document, raw in sorted(pairs, key=_version)}


def _version(pair: Read) -> tuple[bool, int, str]:
    document = pair[0]
    token = str(given(document.SyncToken) or "")
    return document.deleted, len(token), token


def doubtful(ids: Iterable[str], rows: Iterable[bytes], read: Iterable[str]) -> set[str]:
    """Those of the ids that were asked for under which these rows hold something, or may, that is not among what could
    be `read`."""
    told = set(map(id_of, rows))
    wanted = set(ids) - set(read)
    return wanted if "" in told else wanted & told
