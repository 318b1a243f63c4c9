"""The tables of the cache's own SQLite file: Django's database cache and our counters."""

TABLES = """
CREATE TABLE IF NOT EXISTS rally_cache
    (cache_key VARCHAR(255) PRIMARY KEY, value TEXT NOT NULL, expires DATETIME NOT NULL);
CREATE INDEX IF NOT EXISTS rally_cache_expires ON rally_cache (expires);
CREATE TABLE IF NOT EXISTS rally_counter
    (name TEXT PRIMARY KEY, hits INTEGER NOT NULL, ends_at REAL NOT NULL);
"""
