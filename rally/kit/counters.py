"""Counters that stop a flood: exact under parallel calls, shared by all processes.

With Redis one script counts; embedded, one upsert in the cache's own SQLite file does. They
never run inside the money's transaction, and losing them costs nothing but a fresh window.
"""

import logging
import math
import time

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connections
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

COUNT = """INSERT INTO rally_counter (name, hits, ends_at) VALUES (%s, %s, %s)
    ON CONFLICT (name) DO UPDATE SET
        hits = CASE WHEN ends_at <= %s THEN excluded.hits ELSE hits + excluded.hits END,
        ends_at = CASE WHEN ends_at <= %s THEN excluded.ends_at ELSE ends_at END
    RETURNING hits, ends_at"""
SCRIPT = """local hits = redis.call('INCRBY', KEYS[1], ARGV[2])
if hits == tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return {hits, redis.call('PTTL', KEYS[1])}"""


def hit_or_pass(name: str, seconds: int, times: int = 1) -> tuple[int, int]:
    """Like `hit`, but answers (0, 0) when the counters can't be reached: a limit is not worth
    turning supporters away for."""
    try:
        return hit(name, seconds, times)
    except (RedisError, DatabaseError):
        logger.exception("Rate counters can't be reached; calls pass.")
        return 0, 0


def hit(name: str, seconds: int, times: int = 1) -> tuple[int, int]:
    """Count so many calls under `name`; answers (calls in this window, seconds until it ends)."""
    if settings.REDIS_URL:
        return _hit_redis(name, seconds, times)
    return _hit_sqlite(name, seconds, times)


def peek_or_pass(name: str) -> tuple[int, int]:
    """What `hit` counted so far, without counting; (0, 0) when that can't be told."""
    try:
        return _peek_redis(name) if settings.REDIS_URL else _peek_sqlite(name)
    except (RedisError, DatabaseError):
        logger.exception("Rate counters can't be reached; calls pass.")
        return 0, 0


def _peek_redis(name: str) -> tuple[int, int]:
    client = cache.client.get_client(write=True)  # type: ignore[attr-defined]  # django-redis
    key = cache.make_key(f"counter:{name}")
    hits, left = client.pipeline().get(key).pttl(key).execute()
    return int(hits or 0), max(1, -(-int(left) // 1000))


def _peek_sqlite(name: str) -> tuple[int, int]:
    moment = time.time()
    with connections["cache"].cursor() as cursor:
        cursor.execute("SELECT hits, ends_at FROM rally_counter WHERE name = %s", [name])
        hits, ends_at = cursor.fetchone() or (0, moment)
    return (int(hits), math.ceil(ends_at - moment)) if ends_at > moment else (0, 0)


def _hit_redis(name: str, seconds: int, times: int) -> tuple[int, int]:
    client = cache.client.get_client(write=True)  # type: ignore[attr-defined]  # django-redis
    key = cache.make_key(f"counter:{name}")
    hits, left = client.eval(SCRIPT, 1, key, seconds * 1000, times)
    return int(hits), max(1, -(-int(left) // 1000))


def _hit_sqlite(name: str, seconds: int, times: int) -> tuple[int, int]:
    moment = time.time()
    with connections["cache"].cursor() as cursor:
        cursor.execute(COUNT, [name, times, moment + seconds, moment, moment])
        hits, ends_at = cursor.fetchone()
        if hits == times:
            cursor.execute("DELETE FROM rally_counter WHERE ends_at < %s", [moment - 60])
    return int(hits), min(seconds, max(1, math.ceil(ends_at - moment)))
