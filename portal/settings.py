"""
Django settings, read from environment variables.

`LAUREL_ENV` is `local` or `production`. `local` is the default: SQLite, e-mail on the console, and only this computer
can connect. In `production`, the portal does not start without `SECRET_KEY`, `ALLOWED_HOSTS` and `EMAIL_URL`.
`docs/operating.md` describes every variable. Variables can also be in a file `.env` beside `manage.py`; those of the
environment have priority.
"""

import re
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

from portal import cache_settings, log_settings, media_settings, response_headers
from portal.databases import configuration
from portal.environment import HOST, Environment
from record import former_countries

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

env = Environment()
env.read_env(BASE_DIR / ".env", overwrite=False)

# Unlike other variables, this one can't be set to nothing: a portal on a server would run without its protections.
if not env.ENVIRON.get("LAUREL_ENV", "local").strip():
    raise ImproperlyConfigured("LAUREL_ENV is set to nothing; it can be 'local' or 'production'.")
LAUREL_ENV = env.one_of("LAUREL_ENV", "local", ("local", "production"))
PRODUCTION = LAUREL_ENV == "production"

SECRET_KEY = env.str("SECRET_KEY", default="")
ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS")
DEBUG = env.bool("DEBUG", default=False)
if PRODUCTION:
    # Without an e-mail server, Django would write invitations and password reset links to a log.
    missing = [name for name in ("SECRET_KEY", "ALLOWED_HOSTS", "EMAIL_URL") if not env.list(name, default=[])]
    if missing:
        raise ImproperlyConfigured(f"In production, set {' and '.join(missing)} in the environment.")
    if DEBUG:
        raise ImproperlyConfigured("DEBUG shows secrets to visitors: it can't be on in production.")
# Outside production, a random secret key at each start is enough, because no other process needs the same key.
SECRET_KEY = SECRET_KEY or get_random_secret_key()
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = ALLOWED_HOSTS or ["127.0.0.1", "localhost", "[::1]"]

# The base URL of links in e-mails. It is never taken from the Host header of a request, because a visitor can forge
# this header.
SITE_URL = env.str("SITE_URL", default="").rstrip("/")
if not SITE_URL and PRODUCTION:
    named = next((host for host in ALLOWED_HOSTS if not host.startswith((".", "*"))), None)
    if named is None:
        raise ImproperlyConfigured(
            "ALLOWED_HOSTS names no single host: set SITE_URL, such as https://laurel.example.org."
        )
    SITE_URL = f"https://{named}"
SITE_URL = SITE_URL or f"http://127.0.0.1:{env.str('PORT', default='') or '8000'}"
if not re.fullmatch(rf"https?://{HOST}(:[0-9]{{1,5}})?", SITE_URL, re.IGNORECASE):
    raise ImproperlyConfigured(f"SITE_URL is {SITE_URL!r}; it has to be like https://laurel.example.org.")

INSTALLED_APPS = [
    "record",
    "accounts",
    "people",
    "contests",
    "search",
    "api",
    "publishing",
    "portal",
    "portal.admin_config.LaurelAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_countries",
    "django_filters",
    "simple_history",
    "django_tasks",
    "portal.admin_config.BackgroundTasksConfig",
    "csp",
]

MIDDLEWARE = [
    "portal.request_log.RequestLogMiddleware",
    "portal.outages.middleware.CommitsMiddleware",
    "portal.response_headers.ResponseHeadersMiddleware",
    # Before SecurityMiddleware, which answers requests over HTTP and those for another host itself.
    "portal.middleware.PermissionsPolicyMiddleware",
    "portal.middleware.PolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    # In production, WhiteNoise is in front of Django (portal/wsgi.py).
    *([] if PRODUCTION else ["whitenoise.middleware.WhiteNoiseMiddleware"]),
    "portal.middleware.CompressionMiddleware",
    # HealthMiddleware answers before anything that needs the database or a valid host name.
    "portal.views.health.HealthMiddleware",
    "portal.middleware.ViewpointMiddleware",
    # PreviewMiddleware changes `request.viewpoint` and the path, so it comes before all middleware that reads them.
    "portal.preview.PreviewMiddleware",
    "api.middleware.ApiMiddleware",
    "accounts.sign_in.middleware.PrivatePagesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    # LanguageMiddleware comes after ApiMiddleware, because the API is always in English. It comes before URLs are
    # resolved, because the URL prefix depends on the language.
    "record.web.interface_languages.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # BodyMiddleware comes after authentication, and before views and the CSRF check read the request body.
    "portal.body_limits.BodyMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "search.middleware.RefreshMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"

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
            ],
            "builtins": ["portal.templatetags.laurel", "portal.templatetags.title_sizes"],
        },
    },
]

FORM_RENDERER = "portal.form_renderer.FormRenderer"

# Settings for the database and the cache ----------------------------------------------------------

DATABASES: dict[str, dict[str, Any]] = configuration.databases(env, VAR_DIR / "laurel.sqlite3")
# Only for the embedded database: a service may not write to the folder of its code.
if DATABASES["default"]["NAME"] == VAR_DIR / "laurel.sqlite3":
    VAR_DIR.mkdir(mode=0o700, exist_ok=True)
#: How many seconds a request waits for a statement and for a lock. Commands and workers wait longer.
REQUEST_LIMITS = configuration.request_limits(env)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FIXTURE_DIRS = [BASE_DIR / "fixtures"]
# The memory in MB for kept pages in each process (portal/page_cache.py); 0 turns the page cache off. It is off outside
# production, so that changed templates are visible after reloading the page.
PAGE_CACHE = env.int("PAGE_CACHE", default=64 if PRODUCTION else 0)
CACHES = {"default": cache_settings.configuration(env)}

# Where background tasks run (record/background.py): at once in the process that starts them, or in `db_worker`.
TASK_BACKENDS = {"": "django_tasks.backends.immediate.ImmediateBackend", "database": "django_tasks_db.DatabaseBackend"}
if env.str("TASKS", default="") not in TASK_BACKENDS:
    raise ImproperlyConfigured(f"TASKS is {env.str('TASKS')!r}; it can be 'database', or not set.")
TASKS = {"default": {"BACKEND": TASK_BACKENDS[env.str("TASKS", default="")]}}

# Settings for accounts and sign-in ----------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "admin:index"
LOGOUT_REDIRECT_URL = "home"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
# Users who may do something irreversible or manage accounts need a second factor (accounts/second_factor.py).
REQUIRE_SECOND_FACTOR = env.bool("REQUIRE_SECOND_FACTOR", default=PRODUCTION)
ACCOUNT_ADAPTER = "accounts.sign_in.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# An account has one e-mail address. The administrator who creates the account confirms this address. If a user enters
# another address later, it must be confirmed by e-mail.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
# For an unknown e-mail address, the response is the same as for a known one, and no e-mail is sent.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
# Failed sign-ins are limited for each pair of account and IP address (accounts/sign_in/adapters.py), and for each IP
# address. Password resets are limited for each IP address only, because otherwise a stranger could block the reset of
# an account. The number of e-mails per account is limited.
ACCOUNT_RATE_LIMITS = {
    "login_failed": "10/m/ip,5/5m/key",
    "reset_password": "20/m/ip",
    "reset_password_mail": "5/h/key",
}
ACCOUNT_FORMS = {
    name: f"accounts.sign_in.forms.{form}"
    for name, form in {
        "login": "LoginForm",
        "reset_password": "ResetPasswordForm",
        "reset_password_from_key": "NewPasswordForm",
        "set_password": "FirstPasswordForm",
        "change_password": "ChangePasswordForm",
        "add_email": "ChangeAddressForm",
    }.items()
}
MFA_ADAPTER = "accounts.sign_in.adapters.SecondFactorAdapter"
MFA_FORMS = {
    "add_webauthn": "accounts.sign_in.forms.PasskeyForm",
    "login_webauthn": "accounts.sign_in.forms.LoginPasskeyForm",
    "authenticate_webauthn": "accounts.sign_in.forms.AuthenticatePasskeyForm",
    "reauthenticate_webauthn": "accounts.sign_in.forms.ReauthenticatePasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Laurel"
# Browsers allow passkeys on http://localhost even without HTTPS.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION

# Settings for editing -----------------------------------------------------------------------------

# If False, nobody can approve a result that they have entered alone.
SINGLE_EDITOR = env.bool("SINGLE_EDITOR", default=not PRODUCTION)

# Settings for languages and time zones ------------------------------------------------------------

LANGUAGE_CODE = "en"
# The name of each language is written in the language itself, so that its speakers recognise it.
LANGUAGES = [("en", "English"), ("ja", "日本語"), ("zh-hans", "简体中文"), ("ko", "한국어"), ("pl", "Polski")]
LOCALE_PATHS = [BASE_DIR / "locale"]
# The date formats and the first day of the week on English pages, British or American. Every other language has only
# one set of formats.
ENGLISH = env.one_of("ENGLISH", "en-gb", ("en-gb", "en-us"))
FORMAT_MODULE_PATH = ["portal.formats"] if ENGLISH == "en-gb" else ["portal.formats.american", "portal.formats"]
# The cookie that stores the visitor's choice of language for one year. It has no other purpose.
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_HTTPONLY = True
# Countries that are no more, and "international". They are not in ISO 3166-1.
COUNTRIES_OVERRIDE = former_countries.NAMES
# The default language of texts by editors, such as descriptions and award names. Quotes and titles have their own
# language field.
CONTENT_LANGUAGE = env.str("CONTENT_LANGUAGE", default="en")
if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", CONTENT_LANGUAGE):
    raise ImproperlyConfigured(f"CONTENT_LANGUAGE is {CONTENT_LANGUAGE!r}; it has to be a code such as en or zh-Hans.")
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

# Settings for static files and uploads ------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=str(VAR_DIR / "static"))()
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = env.path("MEDIA_ROOT", default=str(VAR_DIR / "media"))()
# How long the files of a replaced or deleted image stay in the storage (record/images/put_aside.py).
MEDIA_GRACE = media_settings.grace(env.str("MEDIA_GRACE_HOURS", default="24"))
STORAGES = {
    "default": media_settings.storage(env.str("MEDIA_STORAGE", default="")),
    "staticfiles": {
        "BACKEND": "portal.style_bundles.BundlingStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage",
        "OPTIONS": {"file_permissions_mode": 0o644, "directory_permissions_mode": 0o755},
    },
}
# Outside production, serve files directly from static/, so that changes are visible after reloading the page.
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = not PRODUCTION
WHITENOISE_ADD_HEADERS_FUNCTION = response_headers.of_static_file
# Only the portal's user account can read uploaded files (portal/file_permissions.py). A view decides which visitors may
# see a file.
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
# The admin form of an event with 500 quotes has about 5,000 fields. Django's default limit is 1,000.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
# An editor may bring 500 pictures at once (record/importing/picture_files.py). Django's default limit is 100.
DATA_UPLOAD_MAX_NUMBER_FILES = 1_000

# Limits on requests -------------------------------------------------------------------------------

# API requests per minute and client address. 0 means unlimited.
API_RATE_LIMIT = env.int("API_RATE_LIMIT", default=120)
# Press kits per minute and client address. Each download occupies a server thread.
PRESS_KIT_RATE_LIMIT = env.int("PRESS_KIT_RATE_LIMIT", default=10)
# Searches per minute and client address, including suggestions. Typing one word causes several requests for
# suggestions.
SEARCH_RATE_LIMIT = env.int("SEARCH_RATE_LIMIT", default=300)
# The number of our own proxies in front of the portal. Each proxy adds an address to the header X-Forwarded-For.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=int(env.bool("BEHIND_PROXY", default=False)), most=20)

# Settings for e-mail ------------------------------------------------------------------------------

vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
# Every e-mail goes through record/mail.py, which leaves it to the worker. Without a secret key in the environment, the
# worker could not decrypt it.
EMAIL_TRANSPORT, EMAIL_BACKEND = vars()["EMAIL_BACKEND"], "record.mail.Backend"
EMAIL_BY_WORKER = bool(env.str("SECRET_KEY", default=""))
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", default=10, least=1, most=3600)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="laurel@localhost")
if not re.fullmatch(r"([^<>@\r\n]+ )?<[^<>@\s,]+@[^<>@\s,]+>|[^<>@\s,]+@[^<>@\s,]+", DEFAULT_FROM_EMAIL):
    raise ImproperlyConfigured(
        f"DEFAULT_FROM_EMAIL is {DEFAULT_FROM_EMAIL!r}; it has to be one e-mail address, such as laurel@example.org or "
        "Laurel <laurel@example.org>."
    )
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# Settings for security ----------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "portal.unsaved_forms.form_expired"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
if PRODUCTION:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    # Browsers accept cookies with this prefix only over HTTPS, for all paths, and never from a subdomain.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME, LANGUAGE_COOKIE_NAME = "__Host-session", "__Host-csrf", "__Host-language"
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    # Monitoring tools request these URLs over plain HTTP inside the network, so they do not redirect to HTTPS.
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=365 * 24 * 3600)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = env.bool("SECURE_HSTS_SUBDOMAINS", default=True)
    CSRF_TRUSTED_ORIGINS = env.origins("CSRF_TRUSTED_ORIGINS")
    if env.bool("BEHIND_PROXY", default=False):
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

LOG_FORMAT = env.one_of("LOG_FORMAT", "json" if PRODUCTION else "text", log_settings.FORMATS)
LOGGING = log_settings.logging_of(env.one_of("LOG_LEVEL", "WARNING", log_settings.LEVELS), LOG_FORMAT)
# The port for Prometheus (portal/metrics); 0 means none. Never open it to the public.
METRICS_PORT = env.int("METRICS_PORT", default=0, most=65_535)
METRICS_HOST = env.str("METRICS_HOST", default="127.0.0.1")
if not re.fullmatch(r"localhost|[0-9]+(\.[0-9]+){3}|[0-9a-fA-F:]*:[0-9a-fA-F:.]*", METRICS_HOST):
    raise ImproperlyConfigured(f"METRICS_HOST is {METRICS_HOST!r}; it has to be an IP address, such as 127.0.0.1.")
