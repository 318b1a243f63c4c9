"""One settings file, driven by the environment; `.env.example` lists every variable.

With nothing set it is a complete local installation on SQLite with everything under `var/`.
`DATABASE_URL` and `REDIS_URL` switch to PostgreSQL and Redis/Valkey without a code change.
`RALLY_ENV=production` refuses demo data, the simulator, DEBUG, default keys and http.
"""

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from rally import env, keys, rates, schedule, toolkit
from rally.kit import cachefile, logs

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = Path(env.text("RALLY_VAR", str(BASE_DIR / "var"))).resolve()
for _folder in (VAR, VAR / "mail", VAR / "media", VAR / "private"):
    _folder.mkdir(parents=True, exist_ok=True)

# What this installation is ------------------------------------------------------------------
RALLY_ENV = env.text("RALLY_ENV", "local")
if RALLY_ENV not in {"local", "production"}:
    raise ImproperlyConfigured(f"RALLY_ENV must be local or production, not {RALLY_ENV!r}.")
PRODUCTION = RALLY_ENV == "production"
DEBUG = env.flag("RALLY_DEBUG", False)

if PRODUCTION:
    SECRET_KEY = env.text("RALLY_SECRET_KEY")
    if len(SECRET_KEY) < 50:
        raise ImproperlyConfigured("Production needs RALLY_SECRET_KEY, 50 characters or more.")
    if DEBUG:
        raise ImproperlyConfigured("RALLY_DEBUG can't be on in production.")
else:
    SECRET_KEY = env.text("RALLY_SECRET_KEY") or keys.installation_key(VAR)
# Former keys: they still open what was signed or encrypted under them, and sign nothing.
SECRET_KEY_FALLBACKS = env.names("RALLY_SECRET_KEY_FALLBACKS")

# Written by the supervisor for the health check; empty when something else supervises.
RALLY_UP_STATE = env.text("RALLY_UP_STATE")

# Where it is reached ------------------------------------------------------------------------
HOST = env.text("HOST", "127.0.0.1")
PORT = env.number("PORT", 8000)
# Whether the web server speaks https itself (rally/up/tls.py); the simulator then does, too.
TLS = bool(env.text("TLS_CERT") and env.text("TLS_KEY"))
SCHEME = "https" if TLS else "http"
RALLY_BASE_URL = env.text("RALLY_BASE_URL", f"{SCHEME}://127.0.0.1:{PORT}").rstrip("/")
ALLOWED_HOSTS = env.names("RALLY_HOSTS")
if not PRODUCTION:
    ALLOWED_HOSTS += ["localhost", "127.0.0.1", "[::1]"]
if PRODUCTION and (not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS):
    raise ImproperlyConfigured("Production needs RALLY_HOSTS, the host names it answers to.")
if PRODUCTION and not RALLY_BASE_URL.startswith("https://"):
    raise ImproperlyConfigured("Production needs RALLY_BASE_URL, an https:// address.")
HTTPS = RALLY_BASE_URL.startswith("https://")
# How many proxies in front may be believed about X-Forwarded-For and -Proto (0: none).
RALLY_PROXIES = env.number("RALLY_PROXIES", 0)
if RALLY_PROXIES < 0:
    raise ImproperlyConfigured("RALLY_PROXIES is a number of proxies, 0 or more.")
CSRF_TRUSTED_ORIGINS = [f"https://{name}" for name in ALLOWED_HOSTS] if HTTPS else []

# Applications -------------------------------------------------------------------------------
INSTALLED_APPS = [
    "rally.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "oauth2_provider",
    "rest_framework",
    "django_filters",
    "accounts",
    "campaigns",
    "boards",
    "payments",
    "rally",
]

MIDDLEWARE = [
    "rally.web.middleware.RequestIdMiddleware",
    "rally.web.middleware.ProxyMiddleware",
    "rally.web.plainhttp.PlainHttpMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "rally.web.middleware.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "rally.web.middleware.BadInputMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "rally.urls"
WSGI_APPLICATION = "rally.wsgi.application"
# Requests of one process that may be reading their body, and how many of one address: it is a
# proxy's if there is one, and proxies wait for the whole body themselves.
BODIES_AT_ONCE = max(1, env.number("RALLY_WEB_THREADS", 8) // 2)
BODIES_AT_ONCE_EACH = BODIES_AT_ONCE if RALLY_PROXIES else max(1, BODIES_AT_ONCE // 2)
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
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Data ---------------------------------------------------------------------------------------
DATABASE_URL = env.text("DATABASE_URL")
REDIS_URL = env.text("REDIS_URL")
DATABASES = {
    "default": env.database(DATABASE_URL, VAR / "rally.sqlite3"),
    # Cache and rate counters: never money, so no synced write, and the file may be deleted.
    "cache": env.sqlite(VAR / "cache.sqlite3", synchronous="OFF", tables=cachefile.TABLES),
}
DATABASE_ROUTERS = ["rally.kit.router.CacheRouter"]

if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "django_redis.cache.RedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": env.text("RALLY_CACHE_PREFIX", "rally"),
            "OPTIONS": {"SOCKET_CONNECT_TIMEOUT": 2, "SOCKET_TIMEOUT": 2},
        }
    }
else:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "rally_cache",
            "OPTIONS": {"MAX_ENTRIES": 5_000},
        }
    }

# People -------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "organizers:start"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_ADAPTER = "rally.web.accounts.AccountAdapter"
DOORS = ("Login", "Signup", "Add_Email", "Reset_Password", "Change_Password",
         "Reset_Password_From_Key")  # fmt: skip
ACCOUNT_FORMS = {n.lower(): f"rally.web.account_forms.{n.replace('_', '')}Form" for n in DOORS}
# The second step: offered to everybody, asked for at /admin/ (rally/admin.py).
MFA_ADAPTER = "rally.web.mfa.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Rally"
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "rally.web.mfa.OnceAuthenticateForm",
    "reauthenticate": "rally.web.mfa.OnceReauthenticateForm",
}
MFA_PASSKEY_LOGIN_ENABLED = True
# Browsers make passkeys on http://localhost; the library needs to be told.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION

OAUTH2_PROVIDER_APPLICATION_MODEL = "accounts.ApiClient"
OAUTH2_PROVIDER_GRANT_MODEL = "accounts.ApiGrantCode"
OAUTH2_PROVIDER_ACCESS_TOKEN_MODEL = "accounts.ApiAccessToken"
OAUTH2_PROVIDER_REFRESH_TOKEN_MODEL = "accounts.ApiRefreshToken"
OAUTH2_PROVIDER_ID_TOKEN_MODEL = "accounts.ApiIdToken"
RALLY_CODE_SECONDS, RALLY_ACCESS_TOKEN_SECONDS = 600, 1_800
RALLY_TOKENS_PER_GRANT = env.number("RALLY_TOKENS_PER_GRANT", 20)
OAUTH2_PROVIDER = toolkit.STRICT

# Cookies, headers ---------------------------------------------------------------------------
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
HOLD_COOKIE_NAME = "__Host-hold" if HTTPS else "hold"
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$", r"^api/healthz$"]
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Written to the setting names of Django 6, so that our middleware can go when we are there.
SECURE_CSP = {
    "default-src": ["'none'"],
    "base-uri": ["'none'"],
    "connect-src": ["'self'"],
    "font-src": ["'self'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
    "img-src": ["'self'", "data:"],
    "manifest-src": ["'self'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 11_000

# Words and time -----------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True

# Files --------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "public": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(VAR / "private"), "base_url": None},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 3600
WHITENOISE_KEEP_ONLY_HASHED_FILES = False

# Mail ---------------------------------------------------------------------------------------
EMAIL_HOST = env.text("EMAIL_HOST")
EMAIL_PORT = env.number("EMAIL_PORT", 587)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", True)
EMAIL_TIMEOUT = 10
EMAIL_FILE_PATH = str(VAR / "mail")
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if EMAIL_HOST
    else "django.core.mail.backends.filebased.EmailBackend"
)
DEFAULT_FROM_EMAIL = env.text("RALLY_MAIL_FROM", "Rally <rally@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# Stripe -------------------------------------------------------------------------------------
STRIPE_SECRET_KEY = env.text("STRIPE_SECRET_KEY")
STRIPE_WEBHOOK_SECRETS = env.names("STRIPE_WEBHOOK_SECRET")
# The simulator's address; set by `./run`, never by hand. Empty: talk to Stripe itself.
STRIPE_API_BASE = env.text("RALLY_SIMULATOR_URL").rstrip("/")
if PRODUCTION and STRIPE_API_BASE:
    raise ImproperlyConfigured("Production talks to Stripe only: unset RALLY_SIMULATOR_URL.")
if PRODUCTION and not (STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRETS):
    raise ImproperlyConfigured("Production needs STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET.")
SIMULATED = not STRIPE_SECRET_KEY
if SIMULATED:
    STRIPE_SECRET_KEY = "sk_test_simulator"
    STRIPE_WEBHOOK_SECRETS = ["whsec_" + keys.derive(SECRET_KEY, "stripe webhook")]
STRIPE_TIMEOUT_SECONDS = 10
# Calls that may wait for Stripe in one process, and how long another waits for its turn.
STRIPE_CALLS_AT_ONCE = max(1, env.number("RALLY_WEB_THREADS", 8) // 2)
STRIPE_ROOM_SECONDS = 3
STRIPE_LIVEMODE = STRIPE_SECRET_KEY.startswith(("sk_live_", "rk_live_"))
# What a card payment costs, for "cover the fees": percent in hundredths, and a fixed part in
# the currency's smallest unit scaled from a two-decimal currency.
RALLY_FEE_PERCENT = env.text("RALLY_FEE_PERCENT", "2.9")
RALLY_FEE_FIXED = env.text("RALLY_FEE_FIXED", "0.30")
# What this installation keeps of charges on connected accounts, in percent.
RALLY_APPLICATION_FEE_PERCENT = env.text("RALLY_APPLICATION_FEE_PERCENT", "0")

# Numbers (docs/settings) --------------------------------------------------------------------
RALLY_TILES_PER_HOLD = env.number("RALLY_TILES_PER_HOLD", 100)
RALLY_HOLD_EXTENSIONS = 10
RALLY_HOLD_EXTENSION_SECONDS = 600
RALLY_SESSION_SECONDS = 2_100
VIEWS_WRITTEN_AFTER_SECONDS = 30
RALLY_LIMITS = env.flag("RALLY_LIMITS", True)
if PRODUCTION and not RALLY_LIMITS:
    raise ImproperlyConfigured("RALLY_LIMITS can't be off in production.")
RALLY_RATES = rates.read()
# Webhooks to our own machine, over http: for trying things out.
RALLY_ALLOW_LOCAL_WEBHOOKS = env.flag("RALLY_ALLOW_LOCAL_WEBHOOKS", False)
if PRODUCTION and RALLY_ALLOW_LOCAL_WEBHOOKS:
    raise ImproperlyConfigured("RALLY_ALLOW_LOCAL_WEBHOOKS can't be on in production.")
# Where developers write to when they need something that isn't on the portal.
RALLY_SUPPORT_EMAIL = env.text("RALLY_SUPPORT_EMAIL", "support@localhost")
RALLY_OPEN_CHECKOUTS = env.number("RALLY_OPEN_CHECKOUTS", 5)

# Work in the background ---------------------------------------------------------------------
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {
        "visibility_timeout": 600,
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
    }
else:
    CELERY_BROKER_URL = "rallyfs://localhost"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(VAR / "queue" / "messages"),
        "data_folder_out": str(VAR / "queue" / "messages"),
        "control_folder": str(VAR / "queue" / "control"),
        "processed_folder": str(VAR / "queue" / "processed"),
        "store_processed": False,
    }
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = env.text("RALLY_QUEUE", "rally")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_max": 0.2}
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"
CELERY_BEAT_SCHEDULE = schedule.EVERY

# Interfaces for programs --------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_PARSER_CLASSES": ["rally.api.strictjson.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "UNAUTHENTICATED_USER": None,
    "NUM_PROXIES": RALLY_PROXIES,
}

# Logs ---------------------------------------------------------------------------------------
LOGGING = logs.config(as_json=PRODUCTION, level=env.text("RALLY_LOG_LEVEL", "WARNING"))
