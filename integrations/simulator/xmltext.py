"""The same documents as XML, which QuickBooks speaks to whoever does not ask for JSON.

References become `<CustomerRef name="…">1</CustomerRef>`, lists repeated elements, and what describes an object
(domain, sparse, status, bId) attributes.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from xml.etree import ElementTree as Tree

from .entities import BY_LOWER_NAME, ENTITIES
from .schema import CURRENCY, REFERENCE, Part

NAMESPACE = "http://schema.intuit.com/finance/v3"
ATTRIBUTES = {
    "domain", "sparse", "status", "bId", "startPosition", "maxResults", "totalCount", "type", "code", "element", "time",
}  # fmt: skip
BATCH = "IntuitBatchRequest"


class Malformed(Exception):
    """The text is not XML that QuickBooks would read."""


# --- answers ----------------------------------------------------------------------------------


def encode(document: dict[str, Any]) -> bytes:
    root = Tree.Element("IntuitResponse", {"xmlns": NAMESPACE})
    _fill(root, document)
    return Tree.tostring(root, encoding="utf-8", xml_declaration=True)


def _fill(element: Tree.Element, value: Any) -> None:
    if not isinstance(value, dict):
        element.text = _text(value)
    elif "value" in value and not isinstance(value["value"], dict):
        element.text = _text(value["value"])
        if value.get("name"):
            element.set("name", value["name"])
    else:
        for name, inner in value.items():
            if name in ATTRIBUTES and not isinstance(inner, dict | list):
                element.set(name, _text(inner))
                continue
            for each in inner if isinstance(inner, list) else [inner]:
                _fill(Tree.SubElement(element, name), each)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


# --- requests ---------------------------------------------------------------------------------


def decode(text: str) -> dict[str, Any]:
    """A request's document with the names and nesting that JSON would have. Raises Malformed."""
    if "<!DOCTYPE" in text:
        raise Malformed("DOCTYPE is disallowed")
    try:
        root = Tree.fromstring(text.encode())
    except Tree.ParseError as error:
        raise Malformed(str(error)) from error
    if _name(root) == BATCH:
        return {"BatchItemRequest": [_batch_item(child) for child in root]}
    return _object(root)


def _name(element: Tree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _object(element: Tree.Element) -> dict[str, Any]:
    entity = ENTITIES.get(BY_LOWER_NAME.get(_name(element).lower(), ""))
    if entity is None:
        raise Malformed(f"unexpected element {_name(element)}")
    return dict(element.attrib) | _part(element, entity.part)


def _part(element: Tree.Element, part: Part) -> dict[str, Any]:
    """The children by the part's declaration; what is not declared stays, to be refused by the check."""
    result: dict[str, Any] = {}
    for child in element:
        name = _name(child)
        field = part.fields.get(name)
        value: Any = child.text or ""
        if field in (REFERENCE, CURRENCY):
            value = {"value": value} | {
                key: text for key, text in child.attrib.items() if key in ("name", "type")
            }
        elif field is not None and field.part is not None:
            value = {"value": value} if "value" in field.part.fields else _part(child, field.part)
        if field is not None and field.many:
            result.setdefault(name, []).append(value)
        else:
            result[name] = value
    return result


def _batch_item(element: Tree.Element) -> dict[str, Any]:
    item: dict[str, Any] = dict(element.attrib)
    for child in element:
        name = _name(child)
        if name == "Query":
            item[name] = child.text or ""
        elif name == "CDCQuery":
            item[name] = {_name(each): each.text or "" for each in child}
        else:
            item[name] = _object(child)
    return item
