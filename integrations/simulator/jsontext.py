"""JSON text to plain dicts and back, with every number exact: Decimal in, the same digits out."""

from decimal import Decimal
from typing import Any

import msgspec

_decoder = msgspec.json.Decoder(float_hook=Decimal)
_encoder = msgspec.json.Encoder(decimal_format="number")


def decode(text: str | bytes) -> Any:
    """Raises msgspec.DecodeError where `text` is not JSON or not UTF-8."""
    return _decoder.decode(text)


def encode(value: Any) -> bytes:
    return _encoder.encode(value)


def number(value: Decimal | int) -> Decimal:
    """Without exponent and without trailing zeros, as QuickBooks writes quantities and rates."""
    return Decimal(f"{Decimal(value).normalize():f}")
