"""All settings, from the environment. Production refuses to start with a weak spot.

TIBIR_MODE is «production» (the default), «demo» or «test». Only demo and test may fall back
to embedded services and to keys that are worth nothing.
"""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from tibir import embedded
from tibir.calendar.hours import quiet_hours
from tibir.staff.providers import providers

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent

MODE = env("TIBIR_MODE", default="production")
if MODE not in {"production", "demo", "test"}:
    raise ImproperlyConfigured("TIBIR_MODE must be production, demo or test.")
PRODUCTION = MODE == "production"
DEMO = MODE == "demo"
DATA_DIR = Path(env("TIBIR_DATA", default=str(BASE_DIR / ".demo")))
if DEMO and (DATA_DIR / "keys.env").exists():
    env.read_env(DATA_DIR / "keys.env")  # the demo's own keys, the same for every shell


def required(name, otherwise):
    """The environment's value; outside production the harmless `otherwise` will do."""
    if PRODUCTION:
        return env(name)
    return env(name, default=otherwise)


DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = required("SECRET_KEY", "demo-only-" + "x" * 50)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

# Keys of the encrypted fields, newest first: "2:base64,1:base64". Losing them loses the data.
TIBIR_KEYS = required("TIBIR_KEYS", "1:" + "ZGVtby1vbmx5LWtleS13b3J0aC1ub3RoaW5nLTAwMDA=")
TIBIR_INDEX_KEY = required("TIBIR_INDEX_KEY", "ZGVtby1vbmx5LWluZGV4LWtleS13b3J0aC1ub3QtMDA=")

if PRODUCTION:
    if DEBUG:
        raise ImproperlyConfigured("DEBUG must be off in production.")
    if len(SECRET_KEY) < 50 or SECRET_KEY.startswith(("demo-only-", "django-insecure-")):
        raise ImproperlyConfigured("SECRET_KEY must be a secret of at least 50 characters.")
    if "ZGVtby1vbmx5" in TIBIR_KEYS + TIBIR_INDEX_KEY:
        raise ImproperlyConfigured("TIBIR_KEYS and TIBIR_INDEX_KEY must be your own.")

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else ["127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# How the outside reaches us; links in e-mail are made from this.
PUBLIC_URL = required("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.admin",
    "django.forms",
    "crispy_forms",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "tibir.core",
    "tibir.audit",
    "tibir.accounts",
    "tibir.access",
    "tibir.cases",
    "tibir.notifications",
    "tibir.deadlines",
    "tibir.documents",
    "tibir.family",
    "tibir.instruments",
    "tibir.staff",
    "referrals",
    "interventions",
    "training",
    "tibir.home",
    "tibir.portal",
    "tibir.operations",
]
if not PRODUCTION:
    INSTALLED_APPS.append("tibir.demo")

MIDDLEWARE = [
    "tibir.core.middleware.RequestId",
    "django.middleware.security.SecurityMiddleware",
    "tibir.core.static.Static",
    "csp.middleware.CSPMiddleware",
    "tibir.core.middleware.Headers",
    "tibir.core.middleware.Unavailable",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "tibir.accounts.middleware.SessionLimits",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "tibir.core.middleware.ButtonsOnly",
    "tibir.access.middleware.Refusals",
    "tibir.staff.reading.Reading",
]

ROOT_URLCONF = "tibir.urls"
WSGI_APPLICATION = "tibir.wsgi.application"

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
                "tibir.home.navigation.navigation",
                "tibir.family.navigation.emergency",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = ("ds",)
CRISPY_TEMPLATE_PACK = "ds"
CRISPY_FAIL_SILENTLY = False

# --- Database -----------------------------------------------------------------------------
# The application's role owns nothing; whoever migrates names the owner's URL instead.
DATABASE_URL = required("DATABASE_URL", embedded.database_url(DATA_DIR))
_database = environ.Env.db_url_config(DATABASE_URL)
_database["HOST"] = _database.get("OPTIONS", {}).pop("host", _database["HOST"])  # a socket's folder
DATABASES = {
    "default": _database
    | {
        "ENGINE": "django.db.backends.postgresql",
        "ATOMIC_REQUESTS": True,
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Put-off work -------------------------------------------------------------------------
REDIS_URL = required("REDIS_URL", embedded.redis_url(DATA_DIR))

# --- People -------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {"NAME": "tibir.accounts.passwords.NotEasilyGuessed"},
    {"NAME": "tibir.accounts.passwords.NotBreached"},
]
# The file of Pwned Passwords, ordered by digest, where there is one.
BREACHED_PASSWORDS = env("BREACHED_PASSWORDS", default="")
if BREACHED_PASSWORDS and not Path(BREACHED_PASSWORDS).is_file():
    raise ImproperlyConfigured("BREACHED_PASSWORDS must be a file.")
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home:start"
LOGOUT_REDIRECT_URL = "login"
SESSION_IDLE = timedelta(minutes=30)
SESSION_ABSOLUTE = timedelta(hours=10)
# Between the two steps of a login, and how long a login is proof enough to change it.
LOGIN_STEP = timedelta(minutes=15)
PROOF_LASTS = timedelta(minutes=10)
# How long a link by e-mail opens: the first one waits for somebody's first day at work.
FIRST_LINK_LASTS = timedelta(days=7)
LINK_LASTS = timedelta(hours=1)
# An account that nobody uses is locked, and its owner is told in time.
IDLE_AFTER = timedelta(days=90)
IDLE_WARNING = timedelta(days=14)
# The second step: django-allauth keeps what it is made of. Its pages are not mounted.
MFA_ADAPTER = "tibir.staff.adapter.Adapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "TIBIR"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
# Where staff may log in instead: a list in JSON, described in docs/deploy.md.
try:
    STAFF_OIDC = providers(env("STAFF_OIDC", default=""), strict=not DEMO)
except ValueError as error:
    raise ImproperlyConfigured(f"STAFF_OIDC {error}.") from error
STAFF_OIDC_TIMEOUT = 5
# Only the demo says which code is right, and takes one twice: many try the same invented person.
SHOW_CODES = DEMO

# --- Cookies and headers ------------------------------------------------------------------
# The demo speaks plain HTTP on loopback, where browsers refuse the __Host- prefix.
HTTPS = not DEMO
COOKIE_PREFIX = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = COOKIE_PREFIX + "sessionid"
CSRF_COOKIE_NAME = COOKIE_PREFIX + "csrftoken"
LANGUAGE_COOKIE_NAME = COOKIE_PREFIX + "language"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_ENGINE = "tibir.accounts.sessions"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^helse/"]
SECURE_HSTS_SECONDS = 63_072_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
# Not «no-referrer»: browsers then send "Origin: null" and no form of ours would be accepted.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if env.bool("BEHIND_PROXY", default=PRODUCTION):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
        "frame-ancestors": ["'none'"],
        "report-uri": ["/avvik-fra-regler/"],
    }
}
CSRF_FAILURE_VIEW = "tibir.core.views.form_too_old"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 400
DATA_UPLOAD_MAX_NUMBER_FILES = 1
# A file that is handed in stays in memory until it is stored, encrypted: no disk ever has it in
# plain. A request with more than this is read to its end and thrown away, and the page says so.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 10_100_000
# Where clamd listens, «/run/clamav/clamd.sock» or «host:3310». When set, nothing that comes in
# is shown before clamd has said that it is clean.
CLAMAV_SOCKET = env("CLAMAV_SOCKET", default="")

# --- Language and time --------------------------------------------------------------------
# Bokmål is the source string of every text, so the main language never needs a catalogue.
LANGUAGE_CODE = "nb"
LANGUAGES = [("nb", "Bokmål"), ("nn", "Nynorsk"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = USE_TZ = True
TIME_ZONE = "Europe/Oslo"

# --- Static files -------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
ASSETS = BASE_DIR / "static" / "build"

# --- E-mail -------------------------------------------------------------------------------
# Demo without a mail server writes messages to files that anyone can read afterwards.
vars().update(env.email_url("EMAIL_URL", default=required("EMAIL_URL", "consolemail://")))
if DEMO and "EMAIL_URL" not in env.ENVIRON:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = DATA_DIR / "mail"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = required("DEFAULT_FROM_EMAIL", "TIBIR <ikke-svar@fjordvik.example>")
# Gets the alarms: whoever owns the system and can make somebody look at it.
SYSTEM_OWNER_EMAIL = required("SYSTEM_OWNER_EMAIL", "systemeier@fjordvik.example")

# --- Between machines ---------------------------------------------------------------------
NEAR = {"", "localhost", "127.0.0.1", "::1"}


def is_near(host):
    """This machine, a socket, or a name without a dot: Docker's network, which leads nowhere."""
    return not host or host in NEAR or host.startswith("/") or not {".", ":"} & set(host)


if PRODUCTION:
    sslmode = _database.get("OPTIONS", {}).get("sslmode")
    if not is_near(_database["HOST"]) and sslmode != "verify-full":
        raise ImproperlyConfigured("DATABASE_URL of another machine must say sslmode=verify-full.")
    if not is_near(urlsplit(REDIS_URL).hostname) and not REDIS_URL.startswith("rediss://"):
        raise ImproperlyConfigured("REDIS_URL of another machine must be rediss://.")
    has_tls = vars().get("EMAIL_USE_TLS") or vars().get("EMAIL_USE_SSL")
    if not is_near(vars().get("EMAIL_HOST")) and not has_tls:
        raise ImproperlyConfigured("EMAIL_URL of another machine must be smtp+tls or smtp+ssl.")

# --- SMS, and when families are left in peace ---------------------------------------------
SMS_URL = env("SMS_URL", default="")
SMS_TOKEN = env("SMS_TOKEN", default="")
SMS_SENDER = env("SMS_SENDER", default="TIBIR")
SMS_TIMEOUT = 10
if PRODUCTION and SMS_URL and not (SMS_URL.startswith("https://") and SMS_TOKEN):
    raise ImproperlyConfigured("SMS_URL must be https:// and have a SMS_TOKEN.")
try:
    QUIET_HOURS = quiet_hours(env("QUIET_HOURS", default="20-8"))
except ValueError as error:
    raise ImproperlyConfigured("QUIET_HOURS must be two hours, such as 20-8.") from error

# --- Logs ---------------------------------------------------------------------------------
# Logs carry ids and verbs, never what a family wrote.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "tibir.core.middleware.RequestIdFilter"}},
    "formatters": {
        "line": {
            "()": "tibir.core.middleware.Discreet",
            "fmt": "{asctime} {levelname} {name} [{request_id}] {message}",
            "style": "{",
        },
        "json": {"()": "tibir.core.middleware.OneLine"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "json" if PRODUCTION else "line",
            "filters": ["request_id"],
        }
    },
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django": {"handlers": []},
        "django.request": {"level": "ERROR"},  # a no is an answer, and stands in the log of events
        "weasyprint": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
        "pikepdf": {"level": "WARNING"},
        "django.server": {"handlers": ["console"], "propagate": False},
    },
}

ADMIN_ENABLED = env.bool("ADMIN_ENABLED", default=not PRODUCTION)

# --- Access to one case -------------------------------------------------------------------
LEADER_ACCESS_DAYS = env.int("LEADER_ACCESS_DAYS", default=14)  # at most, each time

# --- The public form ----------------------------------------------------------------------
DRAFT_LIFETIME = timedelta(days=14)
STATUS_ON_DEVICE = timedelta(hours=1)
SUBMISSIONS_PER_HOUR_PER_ADDRESS = 60
UPLOADS_PER_HOUR_PER_ADDRESS = 40
UPLOADS_PER_DAY_PER_USER = 100
