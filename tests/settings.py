"""The settings of a test run: the real ones, quicker, in a folder of their own."""

import os

from rally.settings import *  # noqa: F403  # as is
from rally.settings import DATABASES, STORAGES, VAR

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage",
}
# Files, not memory: several processes and threads must see one database.
DATABASES["cache"]["TEST"] = {"NAME": str(VAR / "test-cache.sqlite3"), "MIGRATE": False}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": str(VAR / "test-rally.sqlite3")}
else:
    DATABASES["default"]["TEST"] = {"NAME": "test_rally"}
# Pages count their views; tests write them themselves, and no thread of a test outlives it.
VIEWS_WRITTEN_AFTER_SECONDS = 0
# A worker process started by a test shares the test's cache; its database is its DATABASE_URL.
if "RALLY_TEST_CACHE" in os.environ:
    DATABASES["cache"]["NAME"] = os.environ["RALLY_TEST_CACHE"]
