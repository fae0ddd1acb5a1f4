"""The product's settings with a known environment: nothing of the developer's machine leaks in."""

import os

os.environ.update(
    ENV_FILE=os.devnull,
    DEBUG="0",
    SECRET_KEY="tests",
    FIELD_ENCRYPTION_KEYS="tests",
    FINMO_ENVIRONMENT="production",
    QBO_ENVIRONMENT="simulator",
    SECURE_SSL_REDIRECT="0",
    DATABASE_URL=os.environ.get("TEST_DATABASE_URL", "sqlite://:memory:"),
    REDIS_URL="",
    # One call at a time: threads would not see the test's transaction.
    QBO_CONCURRENCY="1",
    LOG_LEVEL="WARNING",
)

from finmo_qbo.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Nothing is collected for tests, and an absent folder would warn in each of them.
MIDDLEWARE = [each for each in MIDDLEWARE if "whitenoise" not in each]  # noqa: F405
SESSION_COOKIE_SECURE = False
CSRF_COOKIE_SECURE = False
