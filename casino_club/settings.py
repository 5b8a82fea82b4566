"""Everything the product can be told: environment variables (and `.env`), listed in README and `.env.example`."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _
from whitenoise.compress import Compressor

from casino_club.core import catalogues
from casino_club.core.logs import logging_config
from casino_club.local import addresses

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
env.read_env(BASE_DIR / ".env", overwrite=False)


def networks(name, default=""):
    """A comma-separated list of addresses or CIDR networks."""
    return [part.strip() for part in env.str(name, default).split(",") if part.strip()]


# --- Where it runs -----------------------------------------------------------------------------------------------
APP_ENV = env.str("APP_ENV", "development")
PRODUCTION = APP_ENV == "production"
DEBUG = env.bool("DEBUG", False)
DEVELOPMENT_SECRET = "development-only-secret-not-for-production-0123456789"  # noqa: S105 - refused in production
SECRET_KEY = env.str("SECRET_KEY", "") or DEVELOPMENT_SECRET
JWT_SECRET_KEY = env.str("JWT_SECRET_KEY", "") or DEVELOPMENT_SECRET
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=[] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]", "testserver"]
)
SITE_URL = env.str("SITE_URL", "http://127.0.0.1:8000")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[]) or ([SITE_URL] if PRODUCTION else [])
TRUSTED_PROXIES = networks("TRUSTED_PROXIES")
# Asked by supervisors, balancers and Prometheus on the node itself: by its address, and without TLS.
MACHINE_DOORS = ["/health", "/ready", "/metrics"]
AUTO_SEED_BASIC = env.bool("AUTO_SEED_BASIC", False)
DEV_ROUTES = env.bool("DEV_ROUTES", not PRODUCTION)
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
METRICS_NETWORKS = networks("METRICS_NETWORKS", "" if PRODUCTION else "0.0.0.0/0,::/0")
METRICS_PORT = env.int("METRICS_PORT", 0)
API_MAX_BODY_BYTES = env.int("API_MAX_BODY_BYTES", 64 * 1024)
DATA_UPLOAD_MAX_MEMORY_SIZE = env.int("FORM_MAX_BODY_BYTES", 1024 * 1024)

# --- What it is made of ------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "casino_club.core",
    "accounts",
    "economy",
    "events",
    "games",
    "casino_club.web",
    "casino_club.web.apps.CasinoAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "django_prometheus",
    "csp",
    "pgtrigger",
    "pghistory",
    "import_export",
]
MIDDLEWARE = [
    "casino_club.core.request_metrics.RequestMetricsMiddleware",
    "casino_club.core.middleware.RequestContextMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "casino_club.core.middleware.HostMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "accounts.signin.middleware.SignedInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "casino_club.core.audit.OperatorHistoryMiddleware",
]
ROOT_URLCONF = "casino_club.urls"
WSGI_APPLICATION = "casino_club.wsgi.application"
APPEND_SLASH = False
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "casino_club.web.context.player",
            ],
        },
    },
]

# --- PostgreSQL and Redis ----------------------------------------------------------------------------------------
# With no URL given, the embedded servers' addresses are those that the supervisor wrote down when it started them.
_embedded = None if PRODUCTION else addresses.load()
DATABASE_URL = env.str("DATABASE_URL", "") or (_embedded.database_url if _embedded else "")
REDIS_URL = env.str("REDIS_URL", "") or (_embedded.redis_url if _embedded else "")
LOCK_TIMEOUT_MS = env.int("LOCK_TIMEOUT_MS", 10_000)
STATEMENT_TIMEOUT_MS = env.int("STATEMENT_TIMEOUT_MS", 60_000)
DATABASES = {
    "default": {
        **env.db_url_config(DATABASE_URL or "postgresql://nobody@127.0.0.1:1/none"),
        "ENGINE": "casino_club.core.postgres",
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "options": f"-c lock_timeout={LOCK_TIMEOUT_MS} -c statement_timeout={STATEMENT_TIMEOUT_MS} -c TimeZone=UTC",
            "connect_timeout": 5,
            # Nothing is prepared for being asked often, but what asks for it is (`core.sql`).
            "prepare_threshold": 2**31,
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": REDIS_URL or "redis://127.0.0.1:1/0",
        "KEY_PREFIX": "cache",
        "OPTIONS": {"SOCKET_CONNECT_TIMEOUT": 2, "SOCKET_TIMEOUT": 2},
    }
}
# Redis is a fast path: a cache that cannot be reached is a cache that is empty.
DJANGO_REDIS_IGNORE_EXCEPTIONS = True
DJANGO_REDIS_LOG_IGNORED_EXCEPTIONS = True

# --- Celery ------------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULER = "casino_club.core.beat:Scheduler"
CELERY_BEAT_SCHEDULE = {
    "worker-heartbeat": {"task": "core.heartbeat", "schedule": 10.0, "options": {"expires": 10}},
    "resolve-alerts": {"task": "core.resolve_alerts", "schedule": 60.0, "options": {"expires": 60}},
    "send-alert-mails": {"task": "core.send_alert_mails", "schedule": 5.0, "options": {"expires": 5}},
    "sample-online-players": {
        "task": "web.sample_online_players",
        "schedule": crontab(minute="*/5"),
        "options": {"expires": 60},
    },
    "purge-idempotency-records": {"task": "core.purge_idempotency_records", "schedule": timedelta(minutes=10)},
    "purge-sign-in-attempts": {"task": "accounts.purge_sign_in_attempts", "schedule": timedelta(minutes=10)},
    "sweep-crash-rounds": {"task": "games.sweep_crash_rounds", "schedule": 5.0, "options": {"expires": 5}},
    "close-rankings": {"task": "games.close_rankings", "schedule": 60.0, "options": {"expires": 60}},
    "observe-odds": {"task": "games.observe_odds", "schedule": 60.0, "options": {"expires": 60}},
    "purge-sessions": {"task": "accounts.purge_sessions", "schedule": timedelta(hours=1)},
    "send-password-resets": {"task": "accounts.send_password_resets", "schedule": 5.0, "options": {"expires": 5}},
    "flush-telemetry": {"task": "accounts.flush_telemetry", "schedule": 10.0, "options": {"expires": 10}},
    "purge-telemetry": {"task": "accounts.purge_telemetry", "schedule": timedelta(hours=1)},
    "purge-notifications": {"task": "accounts.purge_notifications", "schedule": timedelta(hours=1)},
    "complete-reached-events": {"task": "events.complete_reached", "schedule": 60.0, "options": {"expires": 60}},
    # Midnight of every time zone falls on a quarter of an hour: one of these runs comes a minute after it.
    "repair-streaks": {
        "task": "economy.repair_streaks",
        "schedule": crontab(minute="1-59/15"),
        "options": {"expires": 15 * 60},
    },
    "fold-house-hours": {
        "task": "economy.fold_house_hours",
        "schedule": crontab(minute=13),
        "options": {"expires": 3600},
    },
    "fold-house-hours-again": {
        "task": "economy.fold_house_hours_again",
        "schedule": crontab(hour=3, minute=17),
        "options": {"expires": 3600},
    },
    "segment-players": {
        "task": "economy.segment_players",
        "schedule": crontab(hour=4, minute=11),
        "options": {"expires": 6 * 3600},
    },
    # The books are proved: each hour what is new, each night everything.
    "reconcile-recent": {
        "task": "economy.reconcile_recent",
        "schedule": crontab(minute=7),
        "options": {"expires": 3600},
    },
    "reconcile-full": {
        "task": "economy.reconcile_full",
        "schedule": crontab(hour=3, minute=37),
        "options": {"expires": 6 * 3600},
    },
    "release-expired-purchases": {
        "task": "economy.release_expired_purchases",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
    "watch-fraud": {"task": "economy.watch_fraud", "schedule": 60.0, "options": {"expires": 60}},
    "expire-approvals": {"task": "economy.expire_approvals", "schedule": timedelta(minutes=10)},
    "send-refunds": {"task": "economy.send_refunds", "schedule": 5.0, "options": {"expires": 5}},
    "watch-payment-failures": {"task": "economy.watch_payment_failures", "schedule": 60.0, "options": {"expires": 60}},
    "deliver-webhooks": {"task": "economy.deliver_webhooks", "schedule": 2.0, "options": {"expires": 2}},
    "purge-webhooks": {"task": "economy.purge_webhooks", "schedule": timedelta(hours=1)},
    "settle-seasons": {"task": "events.settle_seasons", "schedule": timedelta(minutes=10)},
}

# --- Who is who --------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
PASSWORD_HASHERS = ["accounts.users.hashers.Argon2idHasher", "accounts.users.hashers.OneTimeHasher"]
PASSWORD_HASHING_CONCURRENCY = env.int("PASSWORD_HASHING_CONCURRENCY", 4)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("site_id", "nickname", "email")},
    },
]
ACCESS_TOKEN_LIFETIME = timedelta(minutes=env.int("ACCESS_TOKEN_MINUTES", 30))
REFRESH_TOKEN_LIFETIME = timedelta(days=env.int("REFRESH_TOKEN_DAYS", 30))
PASSWORD_RESET_TIMEOUT = 60 * env.int("PASSWORD_RESET_MINUTES", 60)
OPERATOR_2FA_REQUIRED = env.bool("OPERATOR_2FA_REQUIRED", PRODUCTION)
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = 30 * 24 * 3600
SESSION_COOKIE_NAME = "__Host-session" if PRODUCTION else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if PRODUCTION else "csrf"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "casino_club.web.errors.csrf_failure"
LOGIN_WINDOW_SECONDS = env.int("LOGIN_WINDOW_SECONDS", 600)
LOGIN_ACCOUNT_ADDRESS_LIMIT = env.int("LOGIN_ACCOUNT_ADDRESS_LIMIT", 5)
LOGIN_ACCOUNT_LIMIT = env.int("LOGIN_ACCOUNT_LIMIT", 20)
LOGIN_ADDRESS_LIMIT = env.int("LOGIN_ADDRESS_LIMIT", 50)

# --- Mail ---------------------------------------------------------------------------------------------------------
# On the console a link to a new password would stand in the logs: production sends.
vars().update(env.email_url("EMAIL_URL", "smtp://localhost:25" if PRODUCTION else "consolemail://"))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", "Casino-Club <no-reply@localhost>")
ALERT_EMAILS = env.list("ALERT_EMAILS", default=[])

# --- Rates (SPEC: counted atomically) ----------------------------------------------------------------------------
RATE_PLAYER_PER_MINUTE = env.int("RATE_PLAYER_PER_MINUTE", 1200)
RATE_BETS_PER_SECOND = env.int("RATE_BETS_PER_SECOND", 20)
RATE_ANONYMOUS_PER_MINUTE = env.int("RATE_ANONYMOUS_PER_MINUTE", 600)
RATE_SIGNUP_PER_HOUR = env.int("RATE_SIGNUP_PER_HOUR", 30 if PRODUCTION else 1000)
RATE_REFRESH_PER_MINUTE = env.int("RATE_REFRESH_PER_MINUTE", 60)
RATE_EXPORTS_PER_HOUR = env.int("RATE_EXPORTS_PER_HOUR", 10)
RATE_PASSWORD_RESETS_PER_HOUR = env.int("RATE_PASSWORD_RESETS_PER_HOUR", 10)
RATE_PURCHASES_PER_MINUTE = env.int("RATE_PURCHASES_PER_MINUTE", 30)
RATE_PUBLIC_EVENTS_PER_5_MINUTES = env.int("RATE_PUBLIC_EVENTS_PER_5_MINUTES", 60)

# --- The game ----------------------------------------------------------------------------------------------------
GAME_TIMEZONE = env.str("GAME_TIMEZONE", "UTC")
BIG_WIN_THRESHOLD_GOLD = env.int("BIG_WIN_THRESHOLD_GOLD", 1000)
# What one operator may give one player in 24 hours alone.
GRANT_APPROVAL_THRESHOLD_GOLD = env.int("GRANT_APPROVAL_THRESHOLD_GOLD", 5_000)
GRANT_APPROVAL_THRESHOLD_GEMS = env.int("GRANT_APPROVAL_THRESHOLD_GEMS", 100)
GRANT_APPROVAL_THRESHOLD_XP = env.int("GRANT_APPROVAL_THRESHOLD_XP", 5_000)
GRANT_APPROVAL_THRESHOLD_VIP_POINTS = env.int("GRANT_APPROVAL_THRESHOLD_VIP_POINTS", 500)
APPROVAL_HOURS = env.int("APPROVAL_HOURS", 48)

# --- Payments ----------------------------------------------------------------------------------------------------
PAYMENTS_PROVIDER = env.str("PAYMENTS_PROVIDER", "" if PRODUCTION else "sandbox")
# The supervisor starts the sandbox and tells these; with SANDBOX_PAY_URL given it starts none.
SANDBOX_PAY_URL = env.str("SANDBOX_PAY_URL", "")
SANDBOX_PAY_SECRET = env.str("SANDBOX_PAY_SECRET", "")
SANDBOX_PAY_KEY = env.str("SANDBOX_PAY_KEY", "")

# --- Fraud: the rules file, and between which percentages of hard blocks a day is an ordinary one ------------------
FRAUD_RULES_PATH = env.str("FRAUD_RULES_PATH", "")
FRAUD_HARD_BLOCK_LEAST_PERCENT = env.float("FRAUD_HARD_BLOCK_LEAST_PERCENT", 0)
FRAUD_HARD_BLOCK_MOST_PERCENT = env.float("FRAUD_HARD_BLOCK_MOST_PERCENT", 5)
FRAUD_HARD_BLOCK_DECISIONS = env.int("FRAUD_HARD_BLOCK_DECISIONS", 50)

# --- Webhooks ----------------------------------------------------------------------------------------------------
# Sent with the active key, every listed one accepted: a new one is listed everywhere before it becomes active.
WEBHOOK_KEYS = env.json("WEBHOOK_KEYS", default={} if PRODUCTION else {"development": DEVELOPMENT_SECRET})
WEBHOOK_ACTIVE_KID = env.str("WEBHOOK_ACTIVE_KID", default=next(iter(WEBHOOK_KEYS), ""))
WEBHOOK_ALLOWED_PRIVATE_HOSTS = env.list("WEBHOOK_ALLOWED_PRIVATE_HOSTS", default=[])

# --- Language, time ----------------------------------------------------------------------------------------------
LANGUAGE_CODE = "ko"
LANGUAGES = [("ko", _("Korean")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale" / area for area in catalogues.SOURCES]
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
FORMAT_MODULE_PATH = "casino_club.formats"
USE_I18N = USE_TZ = USE_THOUSAND_SEPARATOR = True
TIME_ZONE = "UTC"

# --- Static files ------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Source maps are the largest files and only developers ask for them: compressing them takes longer than all the rest.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = [*Compressor.SKIP_COMPRESS_EXTENSIONS, "map"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": env.str("STATICFILES_STORAGE", "casino_club.web.static_storage.HashedStaticFilesStorage"),
    },
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# --- Safe on the wire --------------------------------------------------------------------------------------------
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
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
if PRODUCTION:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", True)
    SECURE_REDIRECT_EXEMPT = [rf"^{door.removeprefix('/')}$" for door in MACHINE_DOORS]
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", 365 * 24 * 3600)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    # Read only behind a trusted proxy: the request middleware drops the header from anybody else.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- API ---------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.signin.authentication.TokenAuthentication",
        "accounts.signin.authentication.CookieAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["casino_club.core.wire.Renderer"],
    "DEFAULT_PARSER_CLASSES": ["casino_club.core.wire.StrictJSONParser"],
    "EXCEPTION_HANDLER": "casino_club.core.api.answer_for",
    "DEFAULT_SCHEMA_CLASS": "casino_club.core.schema.Schema",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "DATETIME_FORMAT": "%Y-%m-%dT%H:%M:%S.%fZ",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Casino-Club F2P API",
    "DESCRIPTION": (
        "A free-to-play social casino: virtual gold and gems only, nothing can be cashed out. "
        "Every figure is the server's; every draw can be verified by the player. See docs/api.md."
    ),
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PUBLIC": True,
    "SCHEMA_PATH_PREFIX": r"/api/",
    "SCHEMA_PATH_PREFIX_TRIM": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {
        "deepLinking": True,
        "defaultModelsExpandDepth": -1,
        "persistAuthorization": False,
        "validatorUrl": None,
    },
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "SORT_OPERATIONS": True,
}

# --- Logs --------------------------------------------------------------------------------------------------------
LOG_LEVEL = env.str("LOG_LEVEL", "INFO")
LOGGING = logging_config(as_json=env.bool("LOG_JSON", PRODUCTION), level=LOG_LEVEL)

# --- Given or not: what the production checks look at ------------------------------------------------------------
EXTERNAL_DATABASE = bool(urlsplit(env.str("DATABASE_URL", "")).scheme)
EXTERNAL_REDIS = bool(urlsplit(env.str("REDIS_URL", "")).scheme)
