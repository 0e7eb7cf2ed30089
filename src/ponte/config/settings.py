"""Django's settings, derived from the typed environment."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from ponte.config.environment import environment
from ponte.config.logs import logging_config

env = environment()
PACKAGE = Path(__file__).resolve().parent.parent
HOME = env.PONTE_HOME.resolve()

DEBUG = env.PONTE_DEBUG
SECRET_KEY = env.PONTE_SECRET_KEY
ALLOWED_HOSTS = env.allowed_hosts

# Shared tables live in the public schema, tenants' tables once in each workspace's.
TENANT_APPS = [
    "ponte.core",
    "ponte.apikit",
    "ponte.conditions",
    "ponte.workplace",
    "ponte.directory",
    "ponte.privacy",
    "ponte.timeline",
    "ponte.commerce",
    "ponte.sales",
]
TENANT_LABELS = {name.rsplit(".", 1)[-1] for name in TENANT_APPS}
SHARED_APPS = [
    "ponte.core.tenancy",
    "ponte.ui",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "procrastinate.contrib.django",
    "django_cotton.apps.SimpleAppConfig",
    "django_htmx",
    "csp",
]
INSTALLED_APPS = [*SHARED_APPS, *TENANT_APPS]

MIDDLEWARE = [
    "ponte.config.middleware.ClientAddressMiddleware",
    "ponte.config.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "ponte.config.start.activity.ActivityMiddleware",
    "ponte.core.tenancy.middleware.WorkspaceMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "ponte.config.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "ponte.config.urls"
WORKSPACE_URLCONF = "ponte.config.workspace_urls"
WSGI_APPLICATION = "ponte.config.wsgi.application"
APPEND_SLASH = True

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "ui" / "templates", PACKAGE / "config" / "start" / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "ponte.ui.context.shell",
            ],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "django.templatetags.i18n",
                "ponte.ui.templatetags.ponte",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
        },
    }
]
if DEBUG:
    TEMPLATES[0]["OPTIONS"]["loaders"] = TEMPLATES[0]["OPTIONS"]["loaders"][0][1]
COTTON_DIR = "cotton"
FORM_RENDERER = "ponte.ui.forms.PonteRenderer"

# "default" is the application's role; "owner" creates and migrates schemas, over a direct connection.
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        **env.database(env.DATABASE_URL),
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,
        "OPTIONS": (
            {"pool": {"min_size": 1, "max_size": env.PONTE_DATABASE_POOL, "timeout": 15}}
            if env.PONTE_DATABASE_POOL
            else {}
        ),
    },
    "owner": {
        "ENGINE": "django.db.backends.postgresql",
        **env.database(env.DATABASE_DIRECT_URL or env.DATABASE_URL),
    },
}
DATABASE_ROUTERS = ["ponte.core.tenancy.router.TenancyRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    # shared by all processes without another service; rate limits count in it
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "ponte_cache"},
    "local": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}
SESSION_ENGINE = "ponte.core.tenancy.sessions"
SESSION_COOKIE_NAME = "ponte_session"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "ponte_csrf"
CSRF_COOKIE_HTTPONLY = True  # pages carry the token in a meta tag
CSRF_FAILURE_VIEW = "ponte.config.errors.csrf_failure"
if env.PONTE_URL:
    CSRF_TRUSTED_ORIGINS = [env.PONTE_URL]
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

AUTH_USER_MODEL = "tenancy.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/"

ACCOUNT_ADAPTER = "ponte.config.accounts.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "ponte.config.accounts.SocialAccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if env.EMAIL_URL and env.is_production else "optional"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = {"login_failed": "5/5m/key,30/m/ip", "login": "60/m/ip"}
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Ponte"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not env.is_production
MFA_ALLOW_UNVERIFIED_EMAIL = ACCOUNT_EMAIL_VERIFICATION != "mandatory"
USERSESSIONS_TRACK_ACTIVITY = False  # ActivityMiddleware does it, without writing on every request
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if env.PONTE_TRUSTED_PROXY else 0
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {}
# the provider is the installation's own: an address it has verified is let in as the account of that address
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
if env.OIDC_SERVER_URL:
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "APPS": [
            {
                "provider_id": "sso",
                "name": env.OIDC_NAME or "SSO",
                "client_id": env.OIDC_CLIENT_ID,
                "secret": env.OIDC_CLIENT_SECRET,
                "settings": {"server_url": env.OIDC_SERVER_URL},
            }
        ]
    }

USE_I18N = True
USE_TZ = True
LANGUAGE_CODE = "pt-br"
LANGUAGES = [("pt-br", _("Portuguese (Brazil)")), ("en", _("English"))]
LANGUAGE_COOKIE_NAME = "ponte_language"
LOCALE_PATHS = [PACKAGE / "core" / "locale"]
TIME_ZONE = "America/Sao_Paulo"

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
# the bundle's names carry a hash
WHITENOISE_IMMUTABLE_FILE_TEST = r"^.+/ponte/.+-[A-Za-z0-9_-]{8}\.(js|css|woff2)$"
WHITENOISE_KEEP_ONLY_HASHED_FILES = False
MEDIA_ROOT = HOME / "files"
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
if env.PONTE_S3_BUCKET:
    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": env.PONTE_S3_BUCKET,
            "endpoint_url": env.PONTE_S3_ENDPOINT or None,
            "region_name": env.PONTE_S3_REGION or None,
            "access_key": env.PONTE_S3_ACCESS_KEY or None,
            "secret_key": env.PONTE_S3_SECRET_KEY or None,
            "default_acl": None,
            "file_overwrite": False,
            "querystring_auth": True,
        },
    }
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
PONTE_MAX_FILE_BYTES = env.PONTE_MAX_FILE_MB * 2**20

DEFAULT_FROM_EMAIL = env.PONTE_EMAIL_FROM
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
if env.EMAIL_URL:
    _mail = urlsplit(env.EMAIL_URL)
    _options = parse_qs(_mail.query)
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT = _mail.hostname or "localhost", _mail.port or 587
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_mail.username or ""), unquote(_mail.password or "")
    EMAIL_USE_TLS = _options.get("tls", ["false"])[0] == "true"
    EMAIL_USE_SSL = _options.get("ssl", ["false"])[0] == "true"
    EMAIL_TIMEOUT = 15
PONTE_SENDS_MAIL = bool(env.EMAIL_URL)


def _origin(url: str) -> list[str]:
    parts = urlsplit(url)
    return [f"{parts.scheme}://{parts.netloc}"] if parts.netloc else []


CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        # the live process answers on the next port of the same host
        "connect-src": [SELF, f"http://localhost:{env.live_port}", f"http://127.0.0.1:{env.live_port}"]
        if not env.is_production
        else [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        # browsers apply it to redirects too: logging in with the identity provider leaves by a form
        "form-action": [SELF, *_origin(env.OIDC_SERVER_URL)],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
_https = env.is_production and env.PONTE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if _https else 0
if env.PONTE_TRUSTED_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
PROCRASTINATE_ON_APP_READY = None
SILENCED_SYSTEM_CHECKS = ["models.W042"]
LOGGING = logging_config(env)

PONTE_ENCRYPTION_KEY = env.PONTE_ENCRYPTION_KEY
PONTE_URL = env.PONTE_URL
PONTE_LIVE_PORT = env.live_port
PONTE_OPEN_SIGNUP = env.PONTE_OPEN_SIGNUP
PONTE_METRICS_TOKEN = env.PONTE_METRICS_TOKEN
PONTE_API_RATE = env.PONTE_API_RATE
PONTE_TRUSTED_PROXY = env.PONTE_TRUSTED_PROXY
PONTE_API = "ponte.config.api.api"  # the composed API, for commands of lower layers
PONTE_LIVE_BEHIND_PROXY = (
    env.is_production
)  # /live on this origin; else the live process answers on the next port
_MICROSOFT_LOGIN = f"https://login.microsoftonline.com/{env.PONTE_MICROSOFT_TENANT}/oauth2/v2.0"
PONTE_CALENDAR_PROVIDERS: dict[str, dict[str, Any]] = {
    "google": {
        "client_id": env.PONTE_GOOGLE_CLIENT_ID,
        "client_secret": env.PONTE_GOOGLE_CLIENT_SECRET,
        "authorise_url": "https://accounts.google.com/o/oauth2/v2/auth",
        "token_url": "https://oauth2.googleapis.com/token",
        "api_url": "https://www.googleapis.com/calendar/v3",
        "scopes": "https://www.googleapis.com/auth/calendar",
        "more": {"access_type": "offline", "prompt": "consent"},
    },
    "microsoft": {
        "client_id": env.PONTE_MICROSOFT_CLIENT_ID,
        "client_secret": env.PONTE_MICROSOFT_CLIENT_SECRET,
        "authorise_url": f"{_MICROSOFT_LOGIN}/authorize",
        "token_url": f"{_MICROSOFT_LOGIN}/token",
        "api_url": "https://graph.microsoft.com/v1.0",
        "scopes": "offline_access Calendars.ReadWrite",
        "more": {"prompt": "select_account"},
    },
}
PONTE_HTTP_ALLOWED_ADDRESSES: frozenset[str] = frozenset(
    filter(None, map(str.strip, env.PONTE_HTTP_ALLOWED_ADDRESSES.split(",")))
)  # besides the public internet, what the guarded client may reach
PONTE_DNS_SERVERS: tuple[str, ...] = tuple(filter(None, map(str.strip, env.PONTE_DNS_SERVERS.split(","))))
