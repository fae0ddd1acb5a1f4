"""Every setting comes from the environment or .env; .env.example lists them all."""

import os
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
env.read_env(os.environ.get("ENV_FILE") or BASE_DIR / ".env")

# --- Django ---------------------------------------------------------------------------------

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env("SECRET_KEY", default="")
if not SECRET_KEY:
    if not DEBUG:
        raise ImproperlyConfigured(
            "SECRET_KEY is not set. Put a long random value into the environment or .env, or set DEBUG=1 "
            "on a machine that only you can reach."
        )
    SECRET_KEY = "insecure-key-for-development-only-do-not-use-it-anywhere-else"

# Where `manage.py serve` listens.
HOST = env("HOST", default="127.0.0.1")
PORT = env.int("PORT", default=8000)
WEB_WORKERS = env.int("WEB_WORKERS", default=2)
WEB_THREADS = env.int("WEB_THREADS", default=8)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

FINMO_ENVIRONMENT = env("FINMO_ENVIRONMENT", default="sandbox")
QBO_ENVIRONMENT = env("QBO_ENVIRONMENT", default="simulator" if DEBUG else "production")

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.import_export",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "rest_framework",
    "knox",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "django_q",
    "import_export",
    "csp",
    "integrations",
    "contacts",
    "receivables",
    "payables",
    "finmo_qbo",
]
if QBO_ENVIRONMENT == "simulator":
    INSTALLED_APPS.append("integrations.simulator")

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "finmo_qbo.urls"
WSGI_APPLICATION = "finmo_qbo.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = True
FORMAT_MODULE_PATH = "finmo_qbo.formats"

CSRF_FAILURE_VIEW = "finmo_qbo.pages.stale_form"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# --- Database -------------------------------------------------------------------------------

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'db.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Readers never wait for the writer, and a writer queues up front instead of failing half-way.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32000",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # A page's statements end before PostgreSQL would have compiled them, which it does where it expects many rows.
    wanted = DATABASES["default"].setdefault("OPTIONS", {})
    wanted["options"] = f"{wanted.get('options', '')} -c jit=off".strip()

# --- Queue ----------------------------------------------------------------------------------

REDIS_URL = env("REDIS_URL", default="")
Q_CLUSTER = {
    # Installations that share a broker need a name each.
    "name": env("Q_NAME", default="finmo"),
    "workers": env.int("Q_WORKERS", default=2),
    # A drain works for at most DRAIN_SECONDS, then rings the bell again: far from the timeout.
    "timeout": 600,
    "retry": 660,
    "max_attempts": 1,
    "ack_failures": True,
    "catch_up": False,
    "save_limit": 250,
    "label": "Task queue",
    "poll": 0.5,
}
Q_CLUSTER |= (
    {"redis": REDIS_URL}
    if REDIS_URL
    else {"orm": "default", "broker_class": "integrations.broker.DatabaseBroker"}
)

# The API counts calls in here. Without Redis each web process counts by itself.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 10000}}
}
CACHES["default"]["KEY_PREFIX"] = Q_CLUSTER["name"]

# Between preview and confirmation a file waits where every web process finds it.
if REDIS_URL:
    IMPORT_EXPORT_TMP_STORAGE_CLASS = "integrations.spreadsheets.waiting_files.SharedFile"

# --- Security -------------------------------------------------------------------------------

FIELD_ENCRYPTION_KEYS = env.list("FIELD_ENCRYPTION_KEYS", default=[]) or ([SECRET_KEY] if DEBUG else [])
if not FIELD_ENCRYPTION_KEYS:
    raise ImproperlyConfigured(
        "FIELD_ENCRYPTION_KEYS is not set. QuickBooks' tokens are encrypted with it: put one long random value "
        "into the environment or .env, and back it up. To rotate it, list the new one before the old one."
    )
# The library derives its keys from SECRET_KEY-like secrets with this salt; the newest key encrypts.
SALT_KEY = FIELD_ENCRYPTION_KEYS

if env.bool("TRUST_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
TRUST_PROXY = env.bool("TRUST_PROXY", default=False)
if not DEBUG:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_REDIRECT_EXEMPT = [r"^healthz/$", r"^readyz/$"]
    SECURE_HSTS_SECONDS = 31536000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True

# --- QuickBooks -----------------------------------------------------------------------------

_INTUIT = {
    "AUTHORIZE_URL": "https://appcenter.intuit.com/connect/oauth2",
    "TOKEN_URL": "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer",
    "REVOKE_URL": "https://developer.api.intuit.com/v2/oauth2/tokens/revoke",
}
_SIMULATOR = f"http://127.0.0.1:{PORT}/simulator"
_ENDPOINTS = {
    "production": _INTUIT | {"API_BASE_URL": "https://quickbooks.api.intuit.com"},
    "sandbox": _INTUIT | {"API_BASE_URL": "https://sandbox-quickbooks.api.intuit.com"},
    "simulator": {
        "AUTHORIZE_URL": f"{_SIMULATOR}/connect/oauth2",
        "TOKEN_URL": f"{_SIMULATOR}/oauth2/v1/tokens/bearer",
        "REVOKE_URL": f"{_SIMULATOR}/v2/oauth2/tokens/revoke",
        "API_BASE_URL": _SIMULATOR,
    },
}
if QBO_ENVIRONMENT not in _ENDPOINTS:
    raise ImproperlyConfigured("QBO_ENVIRONMENT must be simulator, sandbox or production.")
_endpoints = _ENDPOINTS[QBO_ENVIRONMENT]
QBO_AUTHORIZE_URL = env("QBO_AUTHORIZE_URL", default=_endpoints["AUTHORIZE_URL"])
QBO_TOKEN_URL = env("QBO_TOKEN_URL", default=_endpoints["TOKEN_URL"])
QBO_REVOKE_URL = env("QBO_REVOKE_URL", default=_endpoints["REVOKE_URL"])
QBO_API_BASE_URL = env("QBO_API_BASE_URL", default=_endpoints["API_BASE_URL"]).rstrip("/")
_simulated = QBO_ENVIRONMENT == "simulator"
QBO_CLIENT_ID = env("QBO_CLIENT_ID", default="") or ("finmo-demo-client" if _simulated else "")
QBO_CLIENT_SECRET = env("QBO_CLIENT_SECRET", default="") or ("finmo-demo-secret" if _simulated else "")
# Empty: the callback address is taken from the address that the person uses.
QBO_REDIRECT_URI = env("QBO_REDIRECT_URI", default="")
QBO_WEBHOOK_VERIFIER_TOKEN = env("QBO_WEBHOOK_VERIFIER_TOKEN", default="") or (
    "finmo-demo-verifier" if _simulated else ""
)
QBO_REQUESTS_PER_MINUTE = env.int("QBO_REQUESTS_PER_MINUTE", default=500)
QBO_REQUESTS_PER_SECOND = env.int("QBO_REQUESTS_PER_SECOND", default=10)
# The reads of Intuit's free tier, for all companies together; operations shows the forecast against it.
QBO_METERED_READS_PER_MONTH = env.int("QBO_METERED_READS_PER_MONTH", default=500_000)
QBO_CONCURRENCY = env.int("QBO_CONCURRENCY", default=8)
QBO_BATCHES_PER_MINUTE = env.int("QBO_BATCHES_PER_MINUTE", default=40)
QBO_BATCH_SIZE = env.int("QBO_BATCH_SIZE", default=30)
QBO_TIMEOUT = env.float("QBO_TIMEOUT", default=50.0)
# Receivables and payables are pushed and pulled this often where Auto Sync is on.
AUTO_SYNC_MINUTES = env.int("AUTO_SYNC_MINUTES", default=15)
# How long a worker holds a company without a sign of life: longer than the longest call.
LANE_LEASE_SECONDS = env.float("LANE_LEASE_SECONDS", default=60.0)

# --- Static files and content security ------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG

_authorize = urlsplit(QBO_AUTHORIZE_URL)
CONTENT_SECURITY_POLICY = {
    # django-unfold needs Alpine's expressions, Swagger its inline styles; the simulator is not ours.
    "EXCLUDE_URL_PREFIXES": ("/admin/", "/api/docs/", "/simulator/"),
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF, f"{_authorize.scheme}://{_authorize.netloc}"],
    },
}

# --- API ------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "integrations.api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["integrations.api.organizations.AccountantsChange"],
    "DEFAULT_PARSER_CLASSES": ["integrations.api.parsing.ShallowJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.UserRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": "600/min", "sign_in": "20/min"},
    # Whose address counts: without a trusted proxy a caller could write any into X-Forwarded-For.
    "NUM_PROXIES": 1 if TRUST_PROXY else 0,
    "DEFAULT_PAGINATION_CLASS": "integrations.api.pagination.Pages",
    "DEFAULT_FILTER_BACKENDS": [
        "integrations.api.filters.ParameterFilter",
        "integrations.api.filters.SearchFilter",
    ],
    "EXCEPTION_HANDLER": "integrations.api.errors.answer",
    "DEFAULT_SCHEMA_CLASS": "integrations.api.schema.ApiSchema",
    "COERCE_DECIMAL_TO_STRING": True,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Finmo accounting sync",
    "DESCRIPTION": "Receivables and payables in step with QuickBooks Online.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    # Several resources have a `status`, each with values of its own.
    "ENUM_NAME_OVERRIDES": {
        "DocumentStatus": "integrations.models.DocumentStatus",
        "SyncRunStatus": "integrations.models.SyncRun.Status",
        "ConnectionStatus": "integrations.models.Connection.Status",
        # One set of values under several names.
        "DifferenceKind": "integrations.models.Kind",
        "FindingKind": "integrations.models.FindingKind",
        "FindingAct": "integrations.models.Act",
        "DifferenceFix": "integrations.models.Fix",
        "WhichSide": "integrations.api.conflicts.SIDES",
        "TriggerEnum": "integrations.models.Trigger",
    },
}
REST_KNOX = {
    # A token that is used renews itself, at most once a day; one that is forgotten ends.
    "TOKEN_TTL": timedelta(days=90),
    "AUTO_REFRESH": True,
    "MIN_REFRESH_INTERVAL": 86400,
}

# --- Admin ----------------------------------------------------------------------------------

UNFOLD = {
    "SITE_TITLE": "Finmo",
    "SITE_HEADER": "Finmo",
    "SITE_SUBHEADER": "Accounting sync",
    "SITE_SYMBOL": "sync_alt",
    "SHOW_VIEW_ON_SITE": False,
    "ENVIRONMENT": "finmo_qbo.admin_navigation.environment",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": "finmo_qbo.admin_navigation.favicon"}],
    "STYLES": ["finmo_qbo.admin_navigation.stylesheet"],
    "SIDEBAR": {"navigation": "finmo_qbo.admin_navigation.sidebar"},
    # A deep teal: white on 600 has a contrast of more than 4.5.
    "COLORS": {
        "primary": {
            "50": "oklch(98.4% .014 180.7)",
            "100": "oklch(95.3% .051 180.8)",
            "200": "oklch(91% .096 180.4)",
            "300": "oklch(85.5% .138 181.1)",
            "400": "oklch(77.7% .152 181.9)",
            "500": "oklch(60% .118 184.7)",
            "600": "oklch(51.1% .096 186.4)",
            "700": "oklch(43.7% .078 188.2)",
            "800": "oklch(38.6% .063 188.4)",
            "900": "oklch(32% .052 189)",
            "950": "oklch(27.7% .046 192.5)",
        }
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
    # Connection-level debug lines would carry query strings and headers.
    "loggers": {
        "urllib3": {"level": "WARNING"},
        "requests_oauthlib": {"level": "WARNING"},
        "oauthlib": {"level": "WARNING"},
    },
}
