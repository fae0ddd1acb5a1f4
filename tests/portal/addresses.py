"""The portal's addresses, taken from the product's own list, so that a test forgets none."""

from collections.abc import Iterator

from django.urls import URLPattern, get_resolver

# What stands beside the portal and has tests of its own.
ELSEWHERE = ("admin/", "api/", "simulator/", "webhooks/", "healthz/", "readyz/")


def portal(patterns=None, prefix: str = "") -> Iterator[URLPattern]:
    for each in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(each.pattern)
        if route.startswith(ELSEWHERE):
            continue
        if isinstance(each, URLPattern):
            yield each
        else:
            yield from portal(each.url_patterns, route)


def opened() -> set[str]:
    """The names of those that a browser can open."""
    return {each.name for each in portal() if _opens(each)}


def _opens(pattern: URLPattern) -> bool:
    view = pattern.callback.view_class
    allowed = pattern.callback.view_initkwargs.get("http_method_names", view.http_method_names)
    return "get" in allowed and hasattr(view, "get")
