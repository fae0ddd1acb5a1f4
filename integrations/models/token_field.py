import base64
import hashlib
from functools import cached_property

from django.conf import settings
from encrypted_fields.fields import EncryptedTextField


class TokenField(EncryptedTextField):
    """Text encrypted with FIELD_ENCRYPTION_KEYS alone: the newest writes, all of them read.

    The library would mix in SECRET_KEY, whose rotation must not disconnect every merchant.
    """

    @cached_property
    def keys(self) -> list[bytes]:
        return [
            base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest())
            for key in settings.FIELD_ENCRYPTION_KEYS
        ]
