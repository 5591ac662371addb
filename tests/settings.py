"""The product's settings with the few values a test run changes; the servers come from tests/cluster.py."""

from config.settings import *  # noqa: F403

# Argon2 is slow by design, and every test makes its own members.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

# Tests use threads that end: a pooled connection would go with them and never come back.
DATABASES["default"]["OPTIONS"].pop("pool", None)  # noqa: F405
