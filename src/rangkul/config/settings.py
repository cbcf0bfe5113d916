"""Every setting, from the environment; anything missing or unsafe stops the start with a sentence.

| variable | meaning |
| --- | --- |
| DATABASE_URL | any PostgreSQL >= 15, as the app role |
| DATABASE_OWNER_URL | the same database as the owner role; only for migrate, synth, backup |
| RANGKUL_EMBEDDED_URL | set by `rangkul run` for the embedded server; never beside DATABASE_URL |
| RANGKUL_EMBEDDED_OWNER_URL | the owner's, for the commands that `rangkul run` starts |
| RANGKUL_KEYRING | path of the key ring (0600) |
| RANGKUL_TRANSIT_… | the engine that keeps the ring's keys (`foundation.transit.way_from`) |
| RANGKUL_CLAMD | unix:/path or host:port of the clamd that scans what is received |
| RANGKUL_ODK_VALIDATE | 0: uploaded forms are not shown to ODK Validate, though Java is there |
| RANGKUL_REQUESTS_PER_MINUTE | requests of one person or token in a minute, 600; 0 for no limit |
| RANGKUL_CHECKPOINTS | files for the trail's seals (as in PATH); beside the ring when unset |
| RANGKUL_POOL | "0": one connection for each thread instead of a pool |
| RANGKUL_DEMO | "1": the demonstration; impossible beside DATABASE_URL |
| RANGKUL_HOSTS | comma-separated host names; loopback only when empty |
| RANGKUL_TLS | "1" behind TLS: secure cookies, HSTS |
| RANGKUL_PROXIES | how many proxies before the web add to X-Forwarded-For; 0 when unset |
| RANGKUL_OIDC_ISSUER | single sign-on: the provider's issuer address; none when unset |
| RANGKUL_OIDC_CLIENT_ID | our name there |
| RANGKUL_OIDC_SECRET | our secret there; or RANGKUL_OIDC_SECRET_FILE, a file that holds it (0600) |
| RANGKUL_OIDC_NAME | what stands on the button |
| RANGKUL_OIDC_TRUST_MFA | `amr` or `acr` values that count as a second factor, with commas |
| RANGKUL_SITE | the address under which people reach the house, for messages |
| RANGKUL_EMAIL_URL | smtp://user:password@host:587, smtps://…, console:, file:///folder |
| RANGKUL_EMAIL_PASSWORD | the mail server's password, when it should not stand in the URL |
| RANGKUL_EMAIL_FROM | whose name and address stand on letters |
| RANGKUL_TEXT_PROVIDER | dotted name of the text messages' provider; files when unset |
| RANGKUL_OUTGOING | folder for what the file-writing channels write |
| RANGKUL_PUSH_SERVICES | further push services, as origins with commas between |
| RANGKUL_EXIT | where *Keluar cepat* leads, an everyday page; the weather when unset |
| RANGKUL_CHECK | "1": for tools that only read code; no database, a throwaway ring |
"""

from __future__ import annotations

import os
import secrets
from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from rangkul.accounts import sso_settings
from rangkul.alerts import letters
from rangkul.config import database
from rangkul.foundation import keyring

PACKAGE = Path(__file__).resolve().parent.parent


def _flag(name: str) -> bool:
    return os.environ.get(name, "") in {"1", "true", "yes"}


# -- database and keys ------------------------------------------------------------------------

CHECK_ONLY = _flag("RANGKUL_CHECK")
DEMO = _flag("RANGKUL_DEMO")
_url = os.environ.get("DATABASE_URL", "")
_embedded = os.environ.get("RANGKUL_EMBEDDED_URL", "")
# Whoever starts it has the database too: for trying out on one machine, never for real people.
TRIAL = bool(_embedded) and not DEMO
if _url and _embedded:
    raise ImproperlyConfigured("DATABASE_URL and RANGKUL_EMBEDDED_URL cannot both be set.")
if DEMO and not _embedded:
    raise ImproperlyConfigured(
        "The demonstration's one-click sign-ins exist only with the embedded database: "
        "unset RANGKUL_DEMO, or start it with `rangkul demo`."
    )

KEY_RING_PATH = Path(os.environ.get("RANGKUL_KEYRING", "keyring.json")).absolute()
DATABASES: dict[str, dict[str, Any]]
if CHECK_ONLY:
    DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "none"}}
    KEY_RING = keyring.KeyRing(secrets.token_bytes(32), {1: secrets.token_bytes(32)}, 1)
else:
    if not (_url or _embedded):
        raise ImproperlyConfigured(
            "No database is configured. Start with `rangkul run`, or set DATABASE_URL."
        )
    _owner = os.environ.get("DATABASE_OWNER_URL" if _url else "RANGKUL_EMBEDDED_OWNER_URL", "")
    _pool = os.environ.get("RANGKUL_POOL", "1") != "0"
    try:
        DATABASES = {"default": database.settings_of(_url or _embedded, pool=_pool)}
        if _owner:
            DATABASES["owner"] = database.settings_of(_owner, pool=False)
            DATABASES["owner"]["TEST"] = {"MIRROR": "default"}
    except database.LineNotSafe as _fault:
        raise ImproperlyConfigured(str(_fault)) from _fault
    KEY_RING = keyring.load(KEY_RING_PATH)

SECRET_KEY = KEY_RING.derive("django").hex()
# [local] Data keys that one person, and one process, may open in a minute (``foundation.draw``).
KEYS_PER_PERSON = int(os.environ.get("RANGKUL_KEYS_PER_PERSON", "600"))
KEYS_PER_PROCESS = int(os.environ.get("RANGKUL_KEYS_PER_PROCESS", "30000"))
# Where the trail's seals are written, outside the database.
TRAIL_CHECKPOINTS = [
    Path(path) for path in os.environ.get("RANGKUL_CHECKPOINTS", "").split(os.pathsep) if path
] or [KEY_RING_PATH.with_name("checkpoints.jsonl")]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# -- the house --------------------------------------------------------------------------------

INSTALLED_APPS = [
    # Before the libraries whose templates they dress.
    "rangkul.look",
    "rangkul.desk",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "procrastinate.contrib.django",
    "csp",
    "django_vite",
    "axes",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "rangkul.foundation",
    "rangkul.trail",
    "rangkul.reference",
    "rangkul.accounts",
    "rangkul.network",
    "rangkul.alerts",
    "rangkul.custody",
    "rangkul.clocks",
    "rangkul.people",
    "rangkul.consent",
    "rangkul.assessments",
    "rangkul.cases",
    "rangkul.reports",
    "rangkul.referrals",
    "rangkul.conferences",
    "rangkul.shelter",
    "rangkul.repatriation",
    "rangkul.tidings",
    "rangkul.retention",
    "rangkul.exchange",
    "rangkul.api",
    "rangkul.field",
    "rangkul.portal",
    "rangkul.jobs",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "rangkul.config.unkept.UnkeptMiddleware",
    "rangkul.config.methods.MethodMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    # Before the session: the public's pages know nobody.
    "rangkul.config.public.PublicMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "rangkul.config.language.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "rangkul.config.pacing.PacingMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "rangkul.config.acting.ActingMiddleware",
    "rangkul.config.scoped.ScopeMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "rangkul.config.urls"
WSGI_APPLICATION = "rangkul.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "rangkul.desk.shell.shell",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    },
]

# Templates of the house stand before Django's own, for widgets too.
FORM_RENDERER = "rangkul.look.drawing.Drawing"

# -- words and time ---------------------------------------------------------------------------

LANGUAGE_CODE = "id"
LANGUAGES = [("id", "Bahasa Indonesia"), ("en", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Jakarta"
# Behind TLS no other host of the same domain can set or read a cookie of ours.
COOKIE_PREFIX = "__Host-" if _flag("RANGKUL_TLS") else ""
LANGUAGE_COOKIE_NAME = f"{COOKIE_PREFIX}rangkul_language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = _flag("RANGKUL_TLS")

# -- who may come in --------------------------------------------------------------------------

ALLOWED_HOSTS = [h for h in os.environ.get("RANGKUL_HOSTS", "").split(",") if h] or [
    "127.0.0.1",
    "localhost",
    "[::1]",
]
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "rangkul.config.entering.EntranceBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "rangkul.accounts.passwords.LengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "rangkul.accounts.passwords.ContextValidator"},
    {"NAME": "rangkul.network.passwords.AgencyWords"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "rangkul.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_SESSION_REMEMBER = False
# Ours (accounts.tries) counts in the database, and lets nobody shut somebody else out.
ACCOUNT_RATE_LIMITS = {"login_failed": None, "login": "300/m/ip", "reauthenticate": "60/m/user"}
# Further than this many hops no proxy of ours stands: the address before them is the visitor's.
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("RANGKUL_PROXIES", "") or 0)
MFA_ADAPTER = "rangkul.accounts.factor_adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "rangkul.accounts.factor_adapter.CodeForm",
    "reauthenticate": "rangkul.accounts.factor_adapter.ConfirmForm",
}
MFA_TOTP_ISSUER = "Rangkul"
MFA_PASSKEY_LOGIN_ENABLED = True
# Browsers give passkeys to a page on this machine without TLS, and to no other.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = TRIAL or DEMO
AXES_HANDLER = "rangkul.accounts.knocking.Handler"
# Allauth hands the name on as "username", whatever its form calls it.
AXES_USERNAME_FORM_FIELD = "username"
AXES_LOCKOUT_TEMPLATE = "account/slow_down.html"
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False

# Single sign-on by an agency's own directory; see accounts.sso.
SSO = sso_settings.from_environment(os.environ)
SOCIALACCOUNT_PROVIDERS = SSO.providers
SOCIALACCOUNT_ADAPTER = "rangkul.accounts.sso.SsoAdapter"
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False

SESSION_ENGINE = "rangkul.accounts.sessions"
SESSION_LONGEST = timedelta(hours=12)
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
SESSION_COOKIE_AGE = int(SESSION_LONGEST.total_seconds())
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_IDLE = timedelta(minutes=30)
# Whoever may make accounts and tokens leaves no screen open for long.
SESSION_IDLE_OF_ADMINS = timedelta(minutes=15)
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "rangkul.config.faults.form_expired"
# What is said after an act stands in the sealed session, not in a cookie.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
# Uploaded forms are shown to ODK Validate too, where Java is there to run it.
ODK_VALIDATE = os.environ.get("RANGKUL_ODK_VALIDATE", "1") != "0"
# [local] How many requests one person, or one token, may make in a minute (``config.pacing``).
REQUESTS_PER_MINUTE = int(os.environ.get("RANGKUL_REQUESTS_PER_MINUTE", "600"))
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
# No upload ever lies in a temporary file.
FILE_UPLOAD_HANDLERS = ["rangkul.config.uploads.InMemoryOnly"]
# unix:/path or host:port of clamd, which looks into what is received; "" where there is none.
CLAMD = os.environ.get("RANGKUL_CLAMD", "")

# -- messages that leave the house -------------------------------------------------------------

SITE_URL = os.environ.get("RANGKUL_SITE", "").rstrip("/") or (
    f"https://{ALLOWED_HOSTS[0]}" if _flag("RANGKUL_TLS") else "http://127.0.0.1:8000"
)
_outgoing = os.environ.get("RANGKUL_OUTGOING", "")
OUTGOING = _outgoing or str(KEY_RING_PATH.with_name("outgoing"))
# A trial writes letters into files; a real house without a mail server sends none and offers none.
_email = os.environ.get("RANGKUL_EMAIL_URL", "") or ("none:" if _url else f"file://{OUTGOING}/mail")
LETTERS_LEAVE = not _email.startswith("none:")
try:
    vars().update(letters.settings_of(_email, os.environ.get("RANGKUL_EMAIL_PASSWORD", "")))
except ValueError as _fault:
    raise ImproperlyConfigured(str(_fault)) from _fault
DEFAULT_FROM_EMAIL = os.environ.get("RANGKUL_EMAIL_FROM", "") or (
    f"Rangkul <rangkul@{urlsplit(SITE_URL).hostname}>"
)
_provider = os.environ.get("RANGKUL_TEXT_PROVIDER", "")
TEXT_PROVIDER = _provider or "rangkul.alerts.texts.FileProvider"
TEXTS_LEAVE = bool(_provider or _outgoing or not _url)
PUSH_SERVICES = frozenset(
    origin for origin in os.environ.get("RANGKUL_PUSH_SERVICES", "").split(",") if origin
)
# Whom a push service may write to (RFC 8292, 2.1).
PUSH_CONTACT = f"mailto:{parseaddr(DEFAULT_FROM_EMAIL)[1]}"

# -- the public's portal ------------------------------------------------------------------------

# Where a quick exit leads: an everyday page of Indonesia that nobody wonders about.
EXIT = os.environ.get("RANGKUL_EXIT", "") or "https://www.bmkg.go.id/"
if urlsplit(EXIT).scheme not in {"https", "http"} or not urlsplit(EXIT).hostname:
    raise ImproperlyConfigured("RANGKUL_EXIT must be a whole address: https://…")

# -- headers ----------------------------------------------------------------------------------

if _flag("RANGKUL_TLS"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    # A machine that calls in plain text is refused (``api.door``), or it would never notice.
    SECURE_REDIRECT_EXEMPT = [r"^api/", r"^openrosa/"]
    SECURE_HSTS_SECONDS = 63_072_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    # Preloading binds a whole domain for years: a decision of whoever owns the domain.
    SILENCED_SYSTEM_CHECKS = ["security.W021"]
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
SECURE_REFERRER_POLICY = "no-referrer"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        # One policy, in frontend/src/desk/trusted.ts: text becomes markup only where htmx reads.
        "require-trusted-types-for": ["'script'"],
        "trusted-types": ["default"],
    },
}

# -- files ------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_MAX_AGE = 31_536_000
DJANGO_VITE = {
    "default": {
        "dev_mode": False,
        "static_url_prefix": "rangkul",
        "manifest_path": PACKAGE / "look/static/rangkul/manifest.json",
    }
}

# -- jobs, logs -------------------------------------------------------------------------------

PROCRASTINATE_ON_APP_READY = "rangkul.jobs.tasks.register"
PROCRASTINATE_IMPORT_PATHS: list[str] = []

# Logs carry ids and codes; request bodies, names and statements never reach them.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "rangkul.config.logs.OneLine"}},
    "filters": {"no_persons": {"()": "rangkul.config.logs.NoPersons"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["no_persons"],
        }
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"rangkul": {"level": "INFO"}},
}
