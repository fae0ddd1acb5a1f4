"""Reading answers as a person would, and writing forms as a browser would."""

from html.parser import HTMLParser

from django.http import HttpResponse
from django.test import Client

HTMX = {"HX-Request": "true"}


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.buttons: list[str] = []
        self._in_button = False
        self._in_word = False

    def handle_starttag(self, tag: str, attrs) -> None:
        # A place where a word may break, and no end of it.
        self._in_word = tag == "wbr"
        if tag == "button":
            self._in_button = True
            self.buttons.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "button":
            self._in_button = False

    def handle_data(self, data: str) -> None:
        if self._in_word and self.parts:
            self.parts[-1] += data
        else:
            self.parts.append(data)
        self._in_word = False
        if self._in_button:
            self.buttons[-1] += data


def text_of(response: HttpResponse) -> str:
    reader = _Text()
    reader.feed(response.content.decode())
    return " ".join(" ".join(reader.parts).split())


def buttons_of(response: HttpResponse) -> set[str]:
    reader = _Text()
    reader.feed(response.content.decode())
    return {" ".join(label.split()) for label in reader.buttons}


def contact_form(**fields) -> dict[str, str]:
    return {"name": "Blue Ocean", "currency": "SGD", "is_active": "on"} | fields


def document_form(contact: dict, *lines: dict, **fields) -> dict[str, str]:
    """What the browser sends: `contact` is {"customer": key} or {"beneficiary": key}."""
    sent = {
        "number": "INV-1",
        "issue_date": "2026-10-01",
        "tax_treatment": "exclusive",
        "lines-TOTAL_FORMS": str(len(lines)),
        "lines-INITIAL_FORMS": "0",
        **contact,
    }
    for index, line in enumerate(lines):
        whole = {"item": "", "custom_name": "", "description": "", "quantity": "1", "unit_price": ""} | line
        sent |= {f"lines-{index}-{name}": value for name, value in whole.items()}
    return sent | fields


def version_in(response: HttpResponse) -> str:
    return response.context["form"].initial["version"]


def fragment(client: Client, address: str, data: dict | None = None) -> HttpResponse:
    """What htmx asks for."""
    if data is None:
        return client.get(address, headers=HTMX)
    return client.post(address, data, headers=HTMX)
