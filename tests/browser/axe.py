"""axe-core's judgement of a page: contrast, names, roles, focus order, and what else a machine can see."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from playwright.sync_api import Page

# Only what is wrong comes back: all that is right would be some megabytes for each page.
JUDGE = "() => axe.run(document, {resultTypes: ['violations']}).then(found => found.violations)"


@cache
def _source() -> str:
    return files("axe_playwright_python").joinpath("axe.min.js").read_text()


def violations(page: Page) -> list[str]:
    """What is wrong on the page as it stands, one sentence each with the elements; empty where nothing is."""
    if not page.evaluate("() => 'axe' in window"):
        # Through the debugger, which the page's Content-Security-Policy does not bind.
        page.evaluate(_source())
    return [_told(each) for each in page.evaluate(JUDGE)]


def violations_in_both_schemes(page: Page) -> list[str]:
    """All of it in light and again in dark, of one load; the page is light again after it."""
    found = violations(page)
    page.emulate_media(color_scheme="dark")
    found += [f"dark: {each}" for each in violations(page)]
    page.emulate_media(color_scheme="light")
    return found


def _told(violation: dict[str, Any]) -> str:
    places = "\n  ".join(f"{node['html']}\n    {node['failureSummary']}" for node in violation["nodes"])
    return f"{violation['id']}: {violation['help']}\n  {places}"
