"""One at a time, where there is no row to lock."""

import hashlib

from django.db import connection


def alone(name: str) -> None:
    """Wait until nobody else's transaction holds `name`; it is ours until this one ends.

    SQLite has one writer at a time anyway. Source: PostgreSQL, "Advisory Locks".
    """
    if connection.vendor != "postgresql":
        return
    key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
