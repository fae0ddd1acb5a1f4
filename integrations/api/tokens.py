"""Issuing and revoking tokens."""

from django.contrib.auth import authenticate
from drf_spectacular.utils import extend_schema
from knox.models import AuthToken
from knox.views import LogoutView
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import FormParser
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from .authentication import TokenAuthentication
from .parsing import ShallowJSONParser


class SignInThrottle(SimpleRateThrottle):
    """Counts attempts to sign in per address, good and bad ones alike."""

    scope = "sign_in"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}


class CredentialsSerializer(serializers.Serializer):
    username = serializers.CharField(help_text="The e-mail address.")
    password = serializers.CharField(trim_whitespace=False, style={"input_type": "password"})


class IssuedTokenSerializer(serializers.Serializer):
    token = serializers.CharField(help_text="Shown once: Finmo keeps only its hash.")
    expiry = serializers.DateTimeField(help_text="A token in use renews itself; an unused one ends here.")


class IssueToken(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = (SignInThrottle,)
    parser_classes = (ShallowJSONParser, FormParser)

    @extend_schema(
        operation_id="auth_token_create", request=CredentialsSerializer, responses=IssuedTokenSerializer
    )
    def post(self, request: Request) -> Response:
        """Trades user name and password for a token."""
        asked = CredentialsSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        user = authenticate(request, **asked.validated_data)
        if user is None:
            raise ValidationError("User name or password is wrong.", code="invalid_credentials")
        issued, token = AuthToken.objects.create(user)
        answer = IssuedTokenSerializer({"token": token, "expiry": issued.expiry})
        return Response(answer.data)


class RevokeToken(LogoutView):
    """Ends the token that the request carries."""

    authentication_classes = (TokenAuthentication,)
    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="auth_token_revoke", request=None, responses={204: None})
    def post(self, request: Request, format: str | None = None) -> Response:
        return super().post(request, format)
