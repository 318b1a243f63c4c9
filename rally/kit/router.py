"""Keeps the cache's file and the money's database apart."""

from typing import Any


class CacheRouter:
    """Django's cache rows live in the `cache` database; no model of ours ever does."""

    def db_for_read(self, model: Any, **hints: Any) -> str | None:
        return "cache" if model._meta.app_label == "django_cache" else None

    db_for_write = db_for_read

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool | None:
        return False if db == "cache" else None
