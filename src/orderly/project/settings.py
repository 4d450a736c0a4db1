"""One settings file, read from the environment. What each variable means is in docs/settings.md."""

import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

PACKAGE = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("ORDERLY_VAR", "var")).resolve()


def flag(name: str) -> bool:
    return os.environ.get(name, "").lower() in ("1", "true", "yes", "on")


DEBUG = flag("ORDERLY_DEBUG")
DEMO = flag("ORDERLY_DEMO")
PUBLIC_URL = os.environ.get("ORDERLY_PUBLIC_URL", "http://127.0.0.1:8000")
SECURE = PUBLIC_URL.startswith("https://")


def secret_key() -> str:
    """A missing secret is refused, except for the demo, tests and commands that serve nobody."""
    if secret := os.environ.get("ORDERLY_SECRET_KEY"):
        return secret
    if DEMO or DEBUG or "pytest" in sys.modules:
        return "only-for-the-demo-on-this-machine"
    raise ImproperlyConfigured(
        "ORDERLY_SECRET_KEY is not set. Make one with: "
        "python3 -c 'import secrets; print(secrets.token_urlsafe(50))' — or use `orderly demo`."
    )


SECRET_KEY = secret_key()
ALLOWED_HOSTS = os.environ.get("ORDERLY_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if SECURE else []

APPS = [
    "journal",
    "clinics",
    "people",
    "resources",
    "catalogue",
    "patients",
    "calendars",
    "billing",
    "appointments",
    "packages",
    "parties",
    "absences",
    "series",
    "dossier",
    "edge",
    "web",
    "api",
    "support",
]
INSTALLED_APPS = [
    *(f"orderly.{app}" for app in APPS),
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]
MIDDLEWARE = [
    "orderly.operations.middleware.Probes",
    "orderly.operations.middleware.Observed",
    "django.middleware.security.SecurityMiddleware",
    "orderly.web.middleware.ContentSecurityPolicy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "orderly.web.middleware.NotKept",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "orderly.web.middleware.SignInAgain",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "orderly.web.middleware.SignInEnds",
    "orderly.web.middleware.OwnLanguage",
    "orderly.web.middleware.SecondFactorFirst",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "orderly.web.middleware.TooOftenPage",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "orderly.project.urls"
ASGI_APPLICATION = "orderly.project.asgi.application"
WSGI_APPLICATION = "orderly.project.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]


def database() -> dict[str, Any]:
    """SQLite in `var/` unless ORDERLY_DATABASE_URL says otherwise. The timeouts turn a jam into a refusal."""
    url = os.environ.get("ORDERLY_DATABASE_URL") or f"sqlite:///{VAR / 'orderly.sqlite3'}"
    settings: dict[str, Any] = dict(dj_database_url.parse(url))
    if settings["ENGINE"].endswith("sqlite3"):
        settings["ENGINE"] = "orderly.core.sqlite"
        settings["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536; "
            "PRAGMA mmap_size=1073741824; PRAGMA temp_store=MEMORY;",
        }
    else:
        limits = {"jit": "off", "lock_timeout": "3s", "statement_timeout": "15s"}
        limits["idle_in_transaction_session_timeout"] = "30s"
        settings["TEST"] = {"TEMPLATE": "template0", "CHARSET": "UTF8"}
        settings["OPTIONS"] = {
            **settings.get("OPTIONS", {}),
            "options": " ".join(f"-c {name}={value}" for name, value in limits.items()),
            "pool": {"min_size": 1, "max_size": int(os.environ.get("ORDERLY_POOL", "16")), "timeout": 10},
        }
    return settings


DATABASES = {"default": database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = os.environ.get("ORDERLY_REDIS_URL", "")
if REDIS_URL:
    CACHES = {"default": {"BACKEND": "orderly.core.shared.SharedCache", "LOCATION": REDIS_URL}}


def email() -> dict[str, Any]:
    """How mail goes out, by ORDERLY_EMAIL_URL: `console:`, `smtp://user:password@host:port` (`?tls=on` for STARTTLS),
    `smtps://…`; `?from=` is the sender. What isn't understood is refused now, not with the first mail.
    """
    url = urlsplit(os.environ.get("ORDERLY_EMAIL_URL") or "console:")
    asked = dict(parse_qsl(url.query))
    if url.scheme not in ("console", "smtp", "smtps") or (url.scheme != "console" and not url.hostname):
        raise ImproperlyConfigured("ORDERLY_EMAIL_URL must be console: or smtp://user:password@host:port")
    settings: dict[str, Any] = {
        "EMAIL_BACKEND": f"django.core.mail.backends.{'console' if url.scheme == 'console' else 'smtp'}.EmailBackend",
        "DEFAULT_FROM_EMAIL": asked.get("from") or f"orderly@{urlsplit(PUBLIC_URL).hostname}",
        "EMAIL_TIMEOUT": 10,
    }
    if url.scheme != "console":
        settings |= {
            "EMAIL_HOST": url.hostname,
            "EMAIL_PORT": url.port or (465 if url.scheme == "smtps" else 25),
            "EMAIL_HOST_USER": unquote(url.username or ""),
            "EMAIL_HOST_PASSWORD": unquote(url.password or ""),
            "EMAIL_USE_TLS": asked.get("tls") == "on",
            "EMAIL_USE_SSL": url.scheme == "smtps",
        }
    return settings


globals().update(email())

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "orderly.edge.accounts.AccountAdapter"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_FORMS = {"reset_password": "orderly.edge.accounts.ResetPasswordForm"}
MFA_ADAPTER = "orderly.edge.accounts.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True  # an account begins with a link that was mailed to its address
MFA_TOTP_ISSUER = "Orderly"
SECOND_FACTOR_ROLES = os.environ.get("ORDERLY_SECOND_FACTOR_ROLES", "").replace(",", " ").split()
PASSWORD_RESET_TIMEOUT = 3600
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"

SESSION_COOKIE_AGE = 12 * 3600
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # they name patients: nothing for a cookie
IDLE_MINUTES = int(os.environ.get("ORDERLY_IDLE_MINUTES", "15"))
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "orderly.web.errors.csrf_failed"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
RATE_LIMITS = os.environ.get("ORDERLY_RATE_LIMITS") != "off"
if not RATE_LIMITS:
    ACCOUNT_RATE_LIMITS = False  # the sign-in library's; None would mean its defaults
TRUSTED_PROXIES = os.environ.get("ORDERLY_TRUSTED_PROXIES", "")

LANGUAGE_CODE = os.environ.get("ORDERLY_LANGUAGE", "en")
LANGUAGES = [("en", "English"), ("ru", "Русский"), ("ar", "العربية")]
LOCALE_PATHS = [PACKAGE / "web" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or "pytest" in sys.modules
        else "orderly.web.staticfiles.Storage"
    },
}

# One JSON object a line; for people, lines.
LOG = os.environ.get("ORDERLY_LOG") or ("lines" if DEMO or DEBUG else "json")
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "orderly.core.logs.JsonLines"}, "lines": {"()": "orderly.core.logs.Lines"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": []},
        # Each request is logged by `operations.middleware`, each error where its page is made.
        "django.request": {"level": "CRITICAL"},
        "django.server": {"handlers": [], "level": "WARNING"},
    },
}
METRICS_TOKEN = os.environ.get("ORDERLY_METRICS_TOKEN", "")
METRICS_FROM = [one for one in os.environ.get("ORDERLY_METRICS_FROM", "127.0.0.0/8,::1").split(",") if one]
WORKER_LAG = int(os.environ.get("ORDERLY_WORKER_LAG", "60"))
