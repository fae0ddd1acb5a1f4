"""How a document is declared, and the check of a request's document against its declaration.

A `Part` names its known properties. Whatever else a request carries is refused (2010); values are converted as
QuickBooks does (`"5"` is a number, `1` is an id), and every error is collected, since one fault carries several.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from . import clock, currencies
from .faults import Error, Fault

EMAIL = re.compile(r"[^\s@,;:<>()\[\]\"]+@[^\s@,;:<>()\[\]\"]+\.[^\s@,;:<>()\[\]\".]+")
SHOWN_PROPERTIES = 62  # the recorded fault names that many before "[truncated]"


@dataclass(frozen=True)
class Field:
    """One property. `max_length` counts characters; `choices` are the allowed values of an enumeration."""

    convert: Callable[[Field, Any, str], Any]
    max_length: int = 0
    choices: tuple[str, ...] = ()
    forbidden: str = ""
    part: Part | None = None
    read_only: bool = False
    many: bool = False


@dataclass(frozen=True)
class Part:
    """A document or a nested part of one, under the class name that QuickBooks' faults print."""

    name: str
    fields: dict[str, Field]
    # Properties that may have so many characters together.
    together: tuple[tuple[str, ...], int] = ((), 0)


class Invalid(Exception):
    """A value that does not fit its field."""

    def __init__(self, code: str, detail: str, element: str | None = None) -> None:
        super().__init__(detail)
        self.error = Error(code, detail, element)


# --- conversions ------------------------------------------------------------------------------


def _mismatch(value: Any, wanted: str, element: str) -> Invalid:
    kind = {dict: "START_OBJECT", list: "START_ARRAY"}.get(type(value), "VALUE_STRING")
    return Invalid(
        "2010",
        f"Property Name:Can not deserialize instance of {wanted} out of {kind} token for {element} "
        "specified is unsupported or invalid",
    )


def _scalar(value: Any, wanted: str, element: str) -> str:
    if isinstance(value, dict | list):
        raise _mismatch(value, wanted, element)
    if "\0" in str(value):
        raise Invalid("2040", f"Invalid String. {element} contains the character '\\x00'", element)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _text(field: Field, value: Any, element: str) -> str | None:
    text = _scalar(value, "java.lang.String", element).strip(" ")
    for character in field.forbidden:
        if character in text:
            shown = {"\t": "tab", "\n": "newline"}.get(character, character)
            raise Invalid("2040", f"Invalid String. {element} contains the character {shown!r}", element)
    if field.max_length and len(text) > field.max_length:
        error = _length_error(field.max_length, len(text), element)
        raise Invalid(error.code, error.detail, element)
    return text or None


def _length_error(longest: int, length: int, element: str) -> Error:
    return Error(
        "2050",
        "String length specified does not match the supported length. "
        f"Min:0 Max:{longest} supported. Supplied length:{length}",
        element,
    )


def _email(field: Field, value: Any, element: str) -> str | None:
    text = _text(field, value, element)
    for address in (text or "").split(","):
        if text and not EMAIL.fullmatch(address.strip()):
            raise Invalid("2210", f"Email Address does not conform to RFC822. Supplied value:{text}", element)
    return text


def _identifier(field: Field, value: Any, element: str) -> str | None:
    text = _scalar(value, "java.lang.String", element).strip()
    if text and not re.fullmatch(r"-?\d{1,19}", text):
        raise Invalid("2030", f"{element} should be a valid number. Supplied value:{text}", element)
    return text or None


def _boolean(field: Field, value: Any, element: str) -> bool | None:
    text = _scalar(value, "java.lang.Boolean", element).lower()
    if text not in ("true", "false", ""):
        raise _mismatch(value, "java.lang.Boolean", element)
    return None if text == "" else text == "true"


def _decimal(field: Field, value: Any, element: str) -> Decimal | None:
    text = _scalar(value, "java.math.BigDecimal", element)
    if text == "":
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite() or number.adjusted() >= 11:
        raise Invalid("2080", f"{element} should be a valid decimal. Supplied value:{text[:40]}", element)
    return number


def _amount(field: Field, value: Any, element: str) -> Decimal | None:
    try:
        number = _decimal(field, value, element)
    except Invalid as invalid:
        raise Invalid("2090", invalid.error.detail.replace("decimal", "amount"), element) from invalid
    return number


def _integer(field: Field, value: Any, element: str) -> int | None:
    text = _scalar(value, "java.lang.Integer", element)
    if text and not re.fullmatch(r"-?\d{1,9}", text):
        raise Invalid("2070", f"{element} should be a valid number. Supplied value:{text[:40]}", element)
    return int(text) if text else None


def _date(field: Field, value: Any, element: str) -> str | None:
    text = _scalar(value, "java.util.Date", element)
    if text == "":
        return None
    try:
        return (date.fromisoformat(text) if len(text) == 10 else clock.parse(text).date()).isoformat()
    except ValueError as error:
        raise Invalid(
            "2060", f"{element} should be a valid date. Supplied value:{text[:40]}", element
        ) from error


def _choice(field: Field, value: Any, element: str) -> str | None:
    text = _scalar(value, "java.lang.Enum", element)
    if text and text not in field.choices:
        raise Invalid("2170", f"Invalid Enumeration : {text}", element)
    return text or None


def _currency(field: Field, value: Any, element: str) -> dict[str, str] | None:
    reference = _reference(field, value, element)
    if reference and not currencies.known(reference["value"]):
        raise Invalid("2220", f"Invalid Currency Type : {reference['value']}", element)
    return reference


def _reference(field: Field, value: Any, element: str) -> dict[str, str] | None:
    if not isinstance(value, dict):
        raise _mismatch(value, "com.intuit.schema.finance.v3.ReferenceType", element)
    for name in value:
        if name not in ("value", "name", "type"):
            raise Invalid("2010", unknown_property(name, "ReferenceType", ["value", "name", "type"]))
    text = "" if value.get("value") is None else _scalar(value["value"], "java.lang.String", element)
    return {"value": text.strip()} if text.strip() else None


def _anything(field: Field, value: Any, element: str) -> Any:
    return value


# --- declarations -----------------------------------------------------------------------------


def text(max_length: int = 0, forbidden: str = "") -> Field:
    return Field(_text, max_length=max_length, forbidden=forbidden)


def name(max_length: int) -> Field:
    """A name that becomes part of a path in QuickBooks: no colon, tab or newline."""
    return Field(_text, max_length=max_length, forbidden=":\t\n")


def choice(*choices: str) -> Field:
    return Field(_choice, choices=choices)


def part(of: Part) -> Field:
    return Field(_anything, part=of)


def parts(of: Part) -> Field:
    return Field(_anything, part=of, many=True)


def known(*names: str) -> dict[str, Field]:
    """Properties that exist and are ignored on input, because QuickBooks sets them or we do not keep them."""
    return {name: Field(_anything, read_only=True) for name in names}


BOOLEAN = Field(_boolean)
DECIMAL = Field(_decimal)
AMOUNT = Field(_amount)
INTEGER = Field(_integer)
DATE = Field(_date)
REFERENCE = Field(_reference)
CURRENCY = Field(_currency)
IDENTIFIER = Field(_identifier)
EMAIL_ADDRESS = Field(_email, max_length=100)


# --- the check --------------------------------------------------------------------------------


def unknown_property(name: str, class_name: str, names: list[str]) -> str:
    """The recorded wording."""
    shown = ", ".join(f'"{known}"' for known in names[:SHOWN_PROPERTIES])
    tail = " [truncated]" if len(names) > SHOWN_PROPERTIES else ""
    return (
        f'Property Name:Unrecognized field "{name}" (class com.intuit.schema.finance.v3.{class_name}), '
        f"not marked as ignorable ({len(names)} known properties: {shown}{tail}])\n specified is unsupported or invalid"
    )


def checked(part: Part, value: Any) -> dict[str, Any]:
    """The writable properties of a request's document, converted; a property that was sent empty is None.

    Raises Fault with every error found; an unknown property (2010) ends the search, as it ends Intuit's parser.
    """
    errors: list[Error] = []
    result = _checked(part, value, errors, "")
    if errors:
        raise Fault(*errors)
    return result


def _checked(part: Part, value: Any, errors: list[Error], path: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Fault(_mismatch(value, f"com.intuit.schema.finance.v3.{part.name}", path or part.name).error)
    result: dict[str, Any] = {}
    for name, raw in value.items():
        field = part.fields.get(name)
        if field is None:
            raise Fault(Error("2010", unknown_property(name, part.name, list(part.fields))))
        if field.read_only:
            continue
        element = f"{path}.{name}" if path else name
        if raw is None:
            result[name] = None
        elif field.part is not None:
            result[name] = _nested(field, raw, errors, element)
        else:
            try:
                result[name] = field.convert(field, raw, element)
            except Invalid as invalid:
                if invalid.error.code == "2010":
                    raise Fault(invalid.error) from invalid
                errors.append(invalid.error)
    errors += _too_long_together(part, result, path)
    return result


def _too_long_together(part: Part, values: dict[str, Any], path: str) -> list[Error]:
    names, longest = part.together
    sent = [name for name in names if values.get(name)]
    length = sum(len(values[name]) for name in sent)
    return [_length_error(longest, length, f"{path}.{sent[-1]}")] if length > longest else []


def _nested(field: Field, raw: Any, errors: list[Error], element: str) -> Any:
    assert field.part is not None
    if not field.many:
        nested = _checked(field.part, raw, errors, element)
        # QuickBooks returns only what has a value, so a part of nothing but empty properties is empty itself.
        return None if nested and all(each is None for each in nested.values()) else nested
    if not isinstance(raw, list):
        raise Fault(_mismatch(raw, "java.util.ArrayList", element).error)
    return [_checked(field.part, each, errors, element) for each in raw]
