"""Django settings: one file, fed by the environment (see docs/running.md for every name)."""

from __future__ import annotations

import re
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse_lazy

from config import environment as env

BASE_DIR = Path(__file__).resolve().parent.parent.parent
env.load_dotenv(BASE_DIR / ".env")

ENVIRONMENT = env.text("SWITCHBOARD_ENV", "production")
if ENVIRONMENT not in {"development", "test", "production"}:
    raise ImproperlyConfigured("SWITCHBOARD_ENV must be development, test or production.")
PRODUCTION = ENVIRONMENT == "production"
DEBUG = False

SECRET_KEY = env.text("SECRET_KEY")
MASTER_KEY = env.text("MASTER_KEY")
for name, value in {"SECRET_KEY": SECRET_KEY, "MASTER_KEY": MASTER_KEY}.items():
    if len(value) < 32:
        raise ImproperlyConfigured(f"{name} must be set to at least 32 random characters.")

PUBLIC_URL = env.text("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env.listing("ALLOWED_HOSTS", "" if PRODUCTION else "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = env.listing("CSRF_TRUSTED_ORIGINS", PUBLIC_URL)

INSTALLED_APPS = [
    "daphne",
    "unfold.apps.BasicAppConfig",
    "config.apps.ConsoleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "channels",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
    "django_celery_beat",
    "django_structlog",
    "core",
    "audit",
    "tenants",
    "engine.telemetry",
    "engine.budgets",
    "engine.gateway",
    "engine.guardrails",
    "engine.matrix",
    "engine.tools",
    "engine.knowledge",
    "engine.releases",
    "engine.evaluation",
    "conversations",
    "escalation",
    "integrations",
    "demo",
]

MIDDLEWARE = [
    "django_structlog.middlewares.RequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
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
    },
]

# `default` is the application's role (no owner, no superuser); `owner` migrates and does nothing else.
DATABASES = {"default": env.database("DATABASE_URL", pool=env.number("DATABASE_POOL", 8))}
if env.text("DATABASE_OWNER_URL"):
    DATABASES["owner"] = env.database("DATABASE_OWNER_URL", pool=0)
DATABASE_ROUTERS = ["config.databases.OwnerMigrates"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.text("REDIS_URL", "redis://127.0.0.1:6379/0")
# redis-py gives sockets five seconds by default, which would drop every quiet WebSocket.
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "conversations.layer.SteadyLayer",
        "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": None, "socket_connect_timeout": 5}]},
    },
}
CACHES = {
    "default": {
        "BACKEND": "config.caches.SteadyCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "cache",
    },
}
SILENCED_SYSTEM_CHECKS = ["django_ratelimit.W001"]

CELERY_BROKER_URL = REDIS_URL
# Who sends a task with Redis gone hears so at once: kombu would try for ever, and hold a database thread meanwhile.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
}
CELERY_WORKER_CONSUMER = "config.worker:SteadyConsumer"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = {
    "take-up-dead-runs": {
        "task": "conversations.take_up_dead_runs",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "keep-queue": {
        "task": "escalation.keep_queue",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "look-after": {
        "task": "escalation.look_after",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "read-along": {
        "task": "escalation.read_along",
        "schedule": 20.0,
        "options": {"expires": 20},
    },
    "roll-up": {
        "task": "escalation.roll_up",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "expire-reservations": {
        "task": "budgets.expire_reservations",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
    "watch-spending": {
        "task": "budgets.watch_spending",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "look-at-servers": {
        "task": "tools.look_at_servers",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "sweep-idempotency": {
        "task": "integrations.sweep_idempotency",
        "schedule": 900.0,
        "options": {"expires": 900},
    },
}

AUTH_USER_MODEL = "tenants.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = reverse_lazy("admin:index")
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "tenants.accounts.MembersOnly"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_SESSION_REMEMBER = None

EMAIL_HOST = env.text("EMAIL_HOST")
EMAIL_PORT = env.number("EMAIL_PORT", 587)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_SSL = EMAIL_PORT == 465
EMAIL_USE_TLS = not EMAIL_USE_SSL and env.flag("EMAIL_USE_TLS", True)
EMAIL_TIMEOUT = 10
EMAIL_BACKEND = env.text(
    "EMAIL_BACKEND", f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
)
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "switchboard@localhost")

LANGUAGE_CODE = "en"
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(BASE_DIR / "var" / "static")))
if PRODUCTION:
    STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "config.statics.ByContent"},
    }

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_URL.startswith("https://")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("BEHIND_PROXY") else None
SECURE_HSTS_SECONDS = 31_536_000 if SESSION_COOKIE_SECURE else 0
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "style-src": ["'self'"],
        "script-src": ["'self'"],
        "connect-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
# The largest document, 20 MB, with room for the form around it.
REQUEST_MAX_BYTES = 21 * 1024 * 1024

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["integrations.api.authentication.ApiKeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["integrations.api.parsing.StrictJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "integrations.api.problems.as_problem",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Switchboard API",
    "DESCRIPTION": "Conversations and knowledge of one organisation, by API key. See docs/api.md.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "displayRequestDuration": True, "validatorUrl": None},
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "OwnerEnum": "conversations.models.Owner.choices",
        "IdentityEnum": "conversations.models.Identity.choices",
        "DocumentStatusEnum": "engine.knowledge.models.Status.choices",
        "RunStatusEnum": "conversations.models.RunStatus.choices",
        "StepStatusEnum": "conversations.models.StepStatus.choices",
        "ApprovalStatusEnum": "conversations.models.ApprovalStatus.choices",
    },
}
# What one API key, and one tenant with all its keys, may call; how long a message waits for its whole answer.
API_RATE_PER_KEY = env.text("API_RATE_PER_KEY", "600/minute")
API_RATE_PER_TENANT = env.text("API_RATE_PER_TENANT", "3000/minute")
API_ANSWER_SECONDS = env.number("API_ANSWER_SECONDS", 55)

# The installation's own model; a tenant's ProviderAccount goes before it. Without either: stored answers.
OPENAI_BASE_URL = env.text("OPENAI_BASE_URL")
OPENAI_API_KEY = env.text("OPENAI_API_KEY")
OPENAI_MODEL = env.text("OPENAI_MODEL", "gpt-4o-mini")
# What its account may be asked for in a minute by all tenants together, shared fairly; 0: no limit of ours.
OPENAI_REQUESTS_PER_MINUTE = env.number("OPENAI_REQUESTS_PER_MINUTE", 0)
OPENAI_TOKENS_PER_MINUTE = env.number("OPENAI_TOKENS_PER_MINUTE", 0)
# Whether calls of models take proxies and certificate authorities from the environment (HTTPS_PROXY, SSL_CERT_FILE).
MODEL_TRUST_ENV = env.flag("MODEL_TRUST_ENV")

# Vectors of knowledge: the bundled model, an endpoint that speaks OpenAI's protocol, or "none" for words alone.
EMBEDDING_BASE_URL = env.text("EMBEDDING_BASE_URL")
EMBEDDING_API_KEY = env.text("EMBEDDING_API_KEY")
EMBEDDING_MODEL = env.text("EMBEDDING_MODEL")
EMBEDDING_DIMS = env.number("EMBEDDING_DIMS", 0)
if (
    EMBEDDING_BASE_URL
    and EMBEDDING_MODEL != "none"
    and not (EMBEDDING_MODEL and 1 <= EMBEDDING_DIMS <= 16000)
):
    raise ImproperlyConfigured(
        "EMBEDDING_BASE_URL needs EMBEDDING_MODEL, and its width from 1 to 16000 in EMBEDDING_DIMS."
    )

# Whether texts are screened at all. Without: only to measure what screening costs.
GUARDRAILS = env.flag("GUARDRAILS", True)

# Threads for database work of asynchronous code, in each of two lanes (short and long): together fewer than the pool
# has connections. More than two a lane take turns at the interpreter's lock and make the slowest turns slower.
DATABASE_THREADS = env.number("DATABASE_THREADS", 2)

CHAT_MAX_FRAME_BYTES = 64 * 1024
CHAT_FRAMES_PER_SECOND = env.number("CHAT_FRAMES_PER_SECOND", 10)
CHAT_FRAMES_BURST = env.number("CHAT_FRAMES_BURST", 40)
CHAT_SOCKETS_PER_IP = env.number("CHAT_SOCKETS_PER_IP", 200)
CHAT_IDLE_SECONDS = env.number("CHAT_IDLE_SECONDS", 900)
# Development and tests only: tools may call servers on this machine's own addresses.
TOOLS_ALLOW_LOOPBACK = env.flag("TOOLS_ALLOW_LOOPBACK")
# What a model without a price costs: "refuse", or US dollars for a million tokens in and out, as "0.15,0.60".
# Whether model calls are counted, paid and limited. Without: only for a model that costs nothing.
MODEL_METERING = env.flag("MODEL_METERING", True)
UNKNOWN_MODEL_PRICE = env.text("UNKNOWN_MODEL_PRICE", "refuse")
if not re.fullmatch(r"refuse|\d{1,6}(\.\d{1,9})?,\d{1,6}(\.\d{1,9})?", UNKNOWN_MODEL_PRICE):
    raise ImproperlyConfigured(
        'UNKNOWN_MODEL_PRICE must be "refuse", or dollars for a million tokens in and out, as "0.15,0.60".'
    )
# How many tokens a model takes of which nothing is known: a release whose prompt does not fit is not published.
UNKNOWN_MODEL_WINDOW = env.number("UNKNOWN_MODEL_WINDOW", 32_768)
# Answers that one process writes at once, and how many more may wait for their turn before messages are refused.
ANSWERS_AT_ONCE = env.number("ANSWERS_AT_ONCE", 100)
ANSWERS_WAITING = env.number("ANSWERS_WAITING", 200)
RUN_LEASE_SECONDS = env.number("RUN_LEASE_SECONDS", 8)
SHOP_URL = env.text("SHOP_URL", "http://127.0.0.1:8001")
# The demo shop's back office, which the retail tenant's tools call; without an address it has none.
OFFICE_URL = env.text("OFFICE_URL")
SHOP_TOKEN = env.text("SHOP_TOKEN")

from config.sidebar import UNFOLD as UNFOLD  # noqa: E402
from engine.telemetry.logs import logging_config  # noqa: E402

LOGGING = logging_config(json_lines=env.flag("LOG_JSON", PRODUCTION), level=env.text("LOG_LEVEL", "INFO"))
