"""QuickBooks' documents in other spellings than Intuit's own.

Numbers for ids, null or an empty reference for what is absent, "" for no date, a time or an offset behind one. A
document that fits as it came never gets here. Kinds are the structs of `documents`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from types import NoneType
from typing import Any, TypeVar, get_args, get_origin

import msgspec
from msgspec import UNSET, UnsetType

T = TypeVar("T")

_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})([T ].*|Z|[+-]\d{2}:?\d{2})?")
_decoder = msgspec.json.Decoder(float_hook=Decimal)
_encoder = msgspec.json.Encoder(decimal_format="number")


def respelled(data: bytes | str, kind: type[msgspec.Struct]) -> Any:
    """The whole document as plain JSON values with Decimals, spelled as `kind` reads it. What has no such spelling
    stays as it came. Raises msgspec.DecodeError where `data` is no JSON."""
    plain = _decoder.decode(data)
    told = _Speller().struct(plain, kind, "")
    return plain if told is UNSET else told


def decode_respelled(data: bytes | msgspec.Raw, kind: type[T]) -> T:
    """Raises msgspec.ValidationError where even another spelling does not make `data` a `kind`."""
    return _read(respelled(bytes(data), kind), kind)


def decode_what_fits(data: bytes, kind: type[T]) -> tuple[T, set[str]]:
    """(the document without what does not fit, the paths of that). Raises msgspec.DecodeError where `data` is no JSON
    object."""
    speller = _Speller(leaves_out=True)
    return _read(speller.struct(_decoder.decode(data), kind, ""), kind), speller.left_out


class _Speller:
    """Values as their kinds read them; UNSET for what says nothing. `left_out`: paths of what does not fit."""

    def __init__(self, *, leaves_out: bool = False):
        self._leaves_out = leaves_out
        self.left_out: set[str] = set()

    def struct(self, value: Any, kind: type[msgspec.Struct], path: str) -> Any:
        """UNSET, too, where a part that it cannot do without is missing: an empty reference."""
        if not isinstance(value, dict):
            return value
        told = dict(value)
        for name, kind_of_field, _ in _fields(kind):
            if name in value:
                told[name] = self._field(value[name], kind_of_field, f"{path}.{name}" if path else name)
        told = {name: part for name, part in told.items() if part is not UNSET}
        return UNSET if any(required and name not in told for name, _, required in _fields(kind)) else told

    def _field(self, value: Any, kind: Any, path: str) -> Any:
        told = self._value(value, kind, path)
        if self._leaves_out and told is not UNSET and not _fits(told, kind):
            self.left_out.add(path)
            return UNSET
        return told

    def _value(self, value: Any, kind: Any, path: str) -> Any:
        kinds = get_args(kind) or (kind,)
        if get_origin(kind) is list:
            kinds = (kind,)
        if value is None:
            return None if NoneType in kinds else UNSET
        [kind] = [each for each in kinds if each not in (NoneType, UnsetType)]
        if get_origin(kind) is list:
            return self._list(value, get_args(kind)[0], path)
        if issubclass(kind, msgspec.Struct):
            return self.struct(value, kind, path)
        return _plain(value, kind)

    def _list(self, values: Any, kind: Any, path: str) -> Any:
        if not isinstance(values, list):
            return values
        told: Iterable[Any] = (self._value(each, kind, path) for each in values)
        return [
            each for each in told if each is not UNSET and not (self._leaves_out and not _fits(each, kind))
        ]


@cache
def _fields(kind: type[msgspec.Struct]) -> tuple[tuple[str, Any, bool], ...]:
    """(name, kind, whether it has to be there)"""
    return tuple((each.encode_name, each.type, each.required) for each in msgspec.structs.fields(kind))


def _plain(value: Any, kind: type) -> Any:
    """Text, number, day, moment or truth value."""
    if kind is str:
        if isinstance(value, bool):
            return str(value).lower()
        return str(value) if isinstance(value, int | Decimal) else value
    if kind is datetime:
        return _moment(value)
    if not isinstance(value, str):
        return value
    text = value.strip()
    if not text:
        return UNSET
    if kind is date:
        day = _DAY.fullmatch(text)
        return day[1] if day else text
    return _number(text) if kind is Decimal else text


def _moment(value: Any) -> Any:
    """One that cannot be read is left out: nothing is decided by when a document was last saved."""
    try:
        return datetime.fromisoformat(value).isoformat()
    except (TypeError, ValueError):
        return UNSET


def _number(text: str) -> Any:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    return number if number.is_finite() else text


def _fits(value: Any, kind: Any) -> bool:
    try:
        _read(value, kind)
    except msgspec.DecodeError:
        return False
    return True


def _read(value: Any, kind: Any) -> Any:
    return msgspec.json.decode(_encoder.encode(value), type=kind, strict=False)
