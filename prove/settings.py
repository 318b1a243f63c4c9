"""The settings of a part that runs in one process: the real ones, without waiting for disks."""

from typing import Any

from rally.settings import *  # noqa: F403  # as is
from rally.settings import DATABASES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
# Wake-ups go nowhere: the machine itself decides when the worker does what.
CELERY_BROKER_URL = "memory://"
CELERY_BROKER_TRANSPORT_OPTIONS = {}
if str(DATABASES["default"]["ENGINE"]).endswith("sqlite3"):
    options: Any = DATABASES["default"]["OPTIONS"]
    options["init_command"] = options["init_command"].replace("FULL", "OFF")
