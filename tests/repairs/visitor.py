"""A person's browser without scripts: it opens pages, follows the links and sends the forms that stand on them.

Nothing is posted that the page does not offer: a button that is missing, or stands in no form, fails the test.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from django.http import HttpResponse
from django.test import Client

ICON = "material-symbols-outlined"
VOID = ("input", "br", "img", "meta", "link", "hr", "use", "path", "rect", "circle", "line")


@dataclass
class Form:
    """`values` are what the browser would send as it stands, `names` what a person can fill in or choose;
    `buttons` are {label: (name, value)}."""

    action: str
    method: str
    values: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    buttons: dict[str, tuple[str, str]] = field(default_factory=dict)


class _Reader(HTMLParser):
    """Links, forms and text of a page; the names of icons and the text of scripts are none."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[tuple[str, str]] = []
        self.forms: list[Form] = []
        self.text: list[str] = []
        self._silent: list[str] = []
        self._in_template = False
        self._open: list[tuple[str, dict, list[str]]] = []
        self._form: Form | None = None
        self._by_id: dict[str, Form] = {}
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "template" or self._in_template:
            self._in_template = True
            return
        if self._silent or tag in ("script", "style") or ICON in given.get("class", "").split():
            self._silent += [] if tag in VOID else [tag]
        if tag == "form":
            self._form = Form(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self._form)
            self._by_id[given.get("id", "")] = self._form
        if self._form and tag in ("input", "select", "textarea"):
            self._form.names.add(given.get("name", ""))
        if tag == "input":
            self._input(given)
        elif tag == "select":
            self._select = given.get("name", "")
        elif tag == "option" and self._form and self._select:
            if "selected" in given or self._select not in self._form.values:
                self._form.values[self._select] = given.get("value", "")
        elif tag in ("a", "button", "textarea"):
            self._open.append((tag, given, []))

    def _input(self, given: dict[str, str]) -> None:
        kind, name = given.get("type", "text"), given.get("name", "")
        if self._form is None:
            return
        if kind == "submit":
            self._form.buttons[given.get("value", "")] = (name, given.get("value", ""))
        elif name and kind != "file" and (kind not in ("checkbox", "radio") or "checked" in given):
            self._form.values[name] = given.get("value", "on" if kind == "checkbox" else "")

    def handle_endtag(self, tag: str) -> None:
        if self._in_template:
            self._in_template = tag != "template"
            return
        if self._silent and self._silent[-1] == tag:
            self._silent.pop()
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""
        elif self._open and self._open[-1][0] == tag:
            _, given, parts = self._open.pop()
            self._closed(tag, given, " ".join("".join(parts).split()))

    def _closed(self, tag: str, given: dict[str, str], text: str) -> None:
        if tag == "a" and "href" in given:
            self.links.append((text, given["href"]))
        elif tag == "textarea" and self._form:
            self._form.values[given.get("name", "")] = text
        elif tag == "button" and given.get("type", "submit") == "submit":
            # A button may stand outside of its form and name it.
            form = self._by_id.get(given.get("form", "")) or self._form
            if form:
                form.buttons[text] = (given.get("name", ""), given.get("value", ""))

    def handle_data(self, data: str) -> None:
        if not self._silent and not self._in_template:
            self.text.append(data)
            for _, _, parts in self._open:
                parts.append(data)


class Visitor:
    """Stands at `page`, an answer with 200, after every redirect was followed."""

    def __init__(self, client: Client):
        self._client = client
        self.address = "/"
        self.page: HttpResponse

    def open(self, address: str) -> Visitor:
        return self._arrive(address, self._client.get, {})

    def follow(self, label: str) -> Visitor:
        links = self._read().links
        found = [address for text, address in links if text == label]
        assert found, f"No link “{label}” on {self.address}: {[text for text, _ in links]}"
        return self.open(found[0])

    def press(self, label: str, /, **filled: str) -> Visitor:
        """Sends the first form with this button and with all fields that are to be filled in."""
        forms = self._read().forms
        fitting = [each for each in forms if label in each.buttons and filled.keys() <= each.names]
        assert fitting, (
            f"No “{label}” with {[*filled]} on {self.address}: {[[*each.buttons] for each in forms]}"
        )
        form, (name, value) = fitting[0], fitting[0].buttons[label]
        sent = form.values | filled | ({name: value} if name else {})
        send = self._client.post if form.method == "post" else self._client.get
        return self._arrive(form.action, send, sent)

    def again(self) -> Visitor:
        """The same page, as it is now."""
        return self.open(self.address)

    @property
    def offers(self) -> set[str]:
        """Everything that can be followed or pressed."""
        read = self._read()
        return {text for text, _ in read.links} | {label for form in read.forms for label in form.buttons}

    @property
    def text(self) -> str:
        return " ".join("".join(self._read().text).split())

    def _read(self) -> _Reader:
        reader = _Reader()
        reader.feed(self.page.content.decode())
        return reader

    def _arrive(self, address: str, send, sent: dict[str, str]) -> Visitor:
        """As a browser does: another host is asked under its own name, and a redirect is followed with a GET."""
        url = urlsplit(urljoin(self.address, address))
        host = {"host": url.netloc} if url.netloc else {}
        path = f"{url.path}?{url.query}" if url.query else url.path
        answer = send(path, sent, headers=host) if sent else send(path, headers=host)
        self.address = url._replace(fragment="").geturl()
        if answer.status_code in (301, 302, 303):
            return self._arrive(answer["Location"], self._client.get, {})
        assert answer.status_code == 200, f"{self.address} answered {answer.status_code}"
        self.page = answer
        return self
