"""A person in front of the product: what they open, press and type, and what the browser complained of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect

from tests.conftest import PASSWORD

# The machine is shared, and a worker is a process of its own.
PATIENCE_MS = 40_000
expect.set_options(timeout=PATIENCE_MS)


class Person:
    """Works at `page`. Signs in by hand once; `sessions` keeps the cookies of who was signed in before."""

    def __init__(self, context: BrowserContext, address: str, sessions: dict[str, list]):
        self._sessions = sessions
        self.address = address
        self.complaints: list[str] = []
        context.set_default_timeout(PATIENCE_MS)
        self.page: Page = context.new_page()
        self.page.on("console", self._told)
        self.page.on("pageerror", lambda error: self.complaints.append(f"{self.page.url}: {error}"))

    def _told(self, message: ConsoleMessage) -> None:
        """Refused scripts and styles, failed requests and errors of ours all come as errors to the console."""
        if message.type == "error":
            self.complaints.append(f"{self.page.url}: {message.text} ({message.location.get('url')})")

    def forgive(self, what: str) -> None:
        """Takes complaints that contain this for what the test brought about itself."""
        self.complaints = [each for each in self.complaints if what not in each]

    # --- where they are ----------------------------------------------------------------------

    def go(self, path: str) -> None:
        """Opens an address of the product. Raises AssertionError where it is refused."""
        answer = self.page.goto(self.address + path)
        assert answer is not None and answer.ok, f"{path} answered {answer and answer.status}"

    def sign_in(self, email: str, *, at: str = "/") -> None:
        """To the portal at `/`, or to admin at `/admin/`."""
        if email in self._sessions:
            self.page.context.add_cookies(self._sessions[email])
            return self.go(at)
        self.go(at)
        self.page.get_by_label(re.compile("E-mail|Username")).fill(email)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name=re.compile("Sign in|Log in")).click()
        expect(self.page).to_have_url(self.address + at)
        cookies = self.page.context.cookies(self.address)
        self._sessions[email] = [each for each in cookies if each["name"] == "sessionid"]

    # --- what they do ------------------------------------------------------------------------

    def press(self, name: str, *, within: Locator | None = None) -> None:
        """The button of this name."""
        (within or self.page).get_by_role("button", name=name, exact=True).click()

    def follow(self, name: str, *, within: Locator | None = None) -> None:
        """The link of this name."""
        (within or self.page).get_by_role("link", name=name, exact=True).first.click()

    def fill(self, label: str, value: str, *, within: Locator | None = None) -> None:
        """The field of this label, "optional" aside."""
        (within or self.page).get_by_label(re.compile(rf"^{re.escape(label)}( optional)?$")).fill(value)

    def fits(self) -> bool:
        """Nothing has to be pushed sideways to be read, once the style is there."""
        self.page.wait_for_load_state()
        return self.page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")

    def sees(self, text: str | re.Pattern[str], *, within: Locator | None = None) -> None:
        """Waits until the text is to be seen."""
        expect((within or self.page).get_by_text(text).locator("visible=true").first).to_be_visible()


@contextmanager
def person_at(
    browser: Browser, address: str, sessions: dict[str, list], *, width: int = 1280, scheme: str = "light"
) -> Iterator[Person]:
    """Ends with an AssertionError where the browser complained of anything."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        reduced_motion="reduce",
        locale="en-SG",
        timezone_id="Asia/Singapore",
    )
    try:
        person = Person(context, address, sessions)
        yield person
        assert not person.complaints, "The browser complained:\n" + "\n".join(person.complaints)
    finally:
        context.close()
