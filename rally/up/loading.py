"""Loads Django for set-up and turns what goes wrong with it into one sentence."""

from collections.abc import Iterator
from contextlib import contextmanager

import django
import redis
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connections
from redis.exceptions import RedisError

from rally.up.refusal import Refusal


@contextmanager
def refusing() -> Iterator[None]:
    """A mistake in the configuration is a sentence, not a traceback."""
    try:
        yield
    except ImproperlyConfigured as why:
        raise Refusal(str(why)) from None


def configured() -> None:
    """Read the settings and load the applications."""
    with refusing():
        django.setup()


def reachable() -> None:
    """Refuse when the database or Redis can't be talked to, naming the one and the reason."""
    _reach_database()
    if settings.REDIS_URL:
        _reach_redis()


def _reach_database() -> None:
    database = connections["default"]
    try:
        with refusing():
            database.ensure_connection()
    except DatabaseError as why:
        place = database.settings_dict
        if database.vendor == "sqlite":
            raise Refusal(f"The database {place['NAME']} can't be opened: {_first(why)}.") from None
        where = f"{place['HOST'] or 'localhost'}:{place['PORT'] or 5432}/{place['NAME']}"
        raise Refusal(f"DATABASE_URL: {where} can't be reached: {_first(why)}.") from None


def _reach_redis() -> None:
    try:
        client = redis.Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=5, socket_timeout=5
        )
        client.ping()
    except (RedisError, ValueError, OSError) as why:
        raise Refusal(f"REDIS_URL can't be reached: {_first(why)}.") from None


def _first(why: Exception) -> str:
    """The first line of a driver's message, which may have a dozen."""
    return (str(why).strip() or type(why).__name__).splitlines()[0].rstrip(" .")
