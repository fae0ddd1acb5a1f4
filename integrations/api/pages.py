"""The API's documentation as a page, and the answer where there is nothing."""

from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponseBase
from django.shortcuts import redirect
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularSwaggerView
from rest_framework.exceptions import NotAuthenticated, NotFound
from rest_framework.request import Request
from rest_framework.views import APIView


class SwaggerPage(SpectacularSwaggerView):
    def handle_exception(self, exc: Exception) -> HttpResponseBase:
        """Somebody in a browser is asked to sign in."""
        if isinstance(exc, NotAuthenticated):
            return redirect_to_login(self.request.get_full_path())
        return super().handle_exception(exc)


@extend_schema(exclude=True)
class NoSuchAddress(APIView):
    """An address that does not exist, answered as the API answers. One that lacks its last slash is helped."""

    permission_classes = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise NotFound("There is nothing at this address.")

    def dispatch(self, request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.path.endswith("/"):
            return redirect(
                request.get_full_path(force_append_slash=True), permanent=True, preserve_request=True
            )
        return super().dispatch(request, *args, **kwargs)
