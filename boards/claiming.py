"""The SQL that claims tiles: one text per engine, called by `boards.holds` alone.

Inserting under the partial unique index `one_live_claim_per_tile` is what decides a race;
the caller compares the count with what was wanted and rolls back when it is short. The
guarded version bump comes last, so that the board row is locked for the shortest time.
"""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

PG_DEADLINE = """coalesce(%(now)s::timestamptz, statement_timestamp()
    + make_interval(secs => %(offset)s)) + make_interval(secs => %(ttl)s)"""

PG_CLAIM_NEW = f"""
WITH want AS (
    SELECT id, number, price_minor FROM boards_tile
    WHERE board_id = %(board)s AND number = ANY(%(numbers)s)),
h AS (
    INSERT INTO boards_hold (reference, organization_id, currency, token_hash, kind, phase,
        expires_at, extensions, note)
    VALUES (%(reference)s, %(organization)s, %(currency)s, %(token)s, %(kind)s, %(phase)s,
        {PG_DEADLINE}, 0, '')
    RETURNING id, expires_at),
c AS (
    INSERT INTO boards_claim (board_id, tile_id, number, hold_id, price_minor, ended)
    SELECT %(board)s, want.id, want.number, h.id, want.price_minor, '' FROM want, h
    ORDER BY want.id
    ON CONFLICT (tile_id) WHERE ended_at IS NULL DO NOTHING
    RETURNING number)
SELECT (SELECT id FROM h), (SELECT expires_at FROM h), count(*) FROM c"""

PG_CLAIM_MORE = """
WITH c AS (
    INSERT INTO boards_claim (board_id, tile_id, number, hold_id, price_minor, ended)
    SELECT board_id, id, number, %(hold)s, price_minor, '' FROM boards_tile
    WHERE board_id = %(board)s AND number = ANY(%(numbers)s)
    ORDER BY id
    ON CONFLICT (tile_id) WHERE ended_at IS NULL DO NOTHING
    RETURNING number)
SELECT count(*) FROM c"""

PG_NOTE = """
WITH v AS (
    UPDATE boards_board SET version = version + 1, modified_at = statement_timestamp(),
        locked_at = coalesce(locked_at, statement_timestamp())
    WHERE id = %(board)s AND (%(layout)s::int IS NULL OR (is_open AND layout = %(layout)s
        AND (closes_at IS NULL OR closes_at > coalesce(%(now)s::timestamptz,
            statement_timestamp() + make_interval(secs => %(offset)s)))))
    RETURNING version)
INSERT INTO boards_boardchange (board_id, version, hold_id, numbers)
SELECT %(board)s, version, %(hold)s, %(json)s::jsonb FROM v"""

LITE_CLOCK = "strftime('%%Y-%%m-%%d %%H:%%M:%%f000', coalesce(%(now)s, 'now'), %(shift)s{more})"

LITE_HOLD = f"""
INSERT INTO boards_hold (reference, organization_id, currency, token_hash, kind, phase,
    expires_at, extensions, note)
VALUES (%(reference)s, %(organization)s, %(currency)s, %(token)s, %(kind)s, %(phase)s,
    {LITE_CLOCK.format(more=", %(ttl)s")}, 0, '')
RETURNING id, expires_at"""

LITE_CLAIM = """
INSERT INTO boards_claim (board_id, tile_id, number, hold_id, price_minor, ended)
SELECT board_id, id, number, %(hold)s, price_minor, '' FROM boards_tile
WHERE board_id = %(board)s AND number IN (SELECT value FROM json_each(%(json)s))
ORDER BY id
ON CONFLICT (tile_id) WHERE ended_at IS NULL DO NOTHING"""

LITE_BUMP = f"""
UPDATE boards_board SET version = version + 1, modified_at = {LITE_CLOCK.format(more="")},
    locked_at = coalesce(locked_at, {LITE_CLOCK.format(more="")})
WHERE id = %(board)s AND (%(layout)s IS NULL OR (is_open AND layout = %(layout)s
    AND (closes_at IS NULL OR closes_at > {LITE_CLOCK.format(more="")})))
RETURNING version"""

LITE_CHANGE = """
INSERT INTO boards_boardchange (board_id, version, hold_id, numbers)
VALUES (%(board)s, %(version)s, %(hold)s, %(json)s)"""

END_CLAIMS = """UPDATE boards_claim SET ended_at = {clock}, ended = 'returned'
WHERE {these} AND ended_at IS NULL"""

END_HOLD = """UPDATE boards_hold SET phase = 'returned', expires_at = NULL, ended_at = {clock}
WHERE id = %(hold)s AND phase = 'sold' AND NOT EXISTS (SELECT 1 FROM boards_claim AS other
    WHERE other.hold_id = %(hold)s AND other.ended_at IS NULL AND NOT ({others}))"""

PG_GIVE_BACK = (
    "WITH ended AS ("
    + END_CLAIMS.format(clock="statement_timestamp()", these="id = ANY(%(claims)s)")
    + " RETURNING id) "
    + END_HOLD.format(clock="statement_timestamp()", others="other.id = ANY(%(claims)s)")
)
LITE_THESE = "id IN (SELECT value FROM json_each(%(json)s))"
LITE_INSTANT = "strftime('%%Y-%%m-%%d %%H:%%M:%%f000', 'now')"
LITE_GIVE_BACK = (
    END_CLAIMS.format(clock=LITE_INSTANT, these=LITE_THESE),
    END_HOLD.format(clock=LITE_INSTANT, others="other." + LITE_THESE),
)


@dataclass(frozen=True, slots=True)
class Claimed:
    """What one claim statement did: the hold it made, its deadline (UTC), how many tiles."""

    hold_id: int
    expires_at: dt.datetime
    count: int


def claim_new(
    *,
    board_id: int,
    numbers: Sequence[int],
    hold: dict[str, Any],
    ttl_seconds: int,
    now: dt.datetime | None,
    offset_seconds: int,
) -> Claimed:
    """Make a hold and claim what is free of `numbers` for it. `hold` has the row's columns."""
    values = hold | _values(board_id, numbers, now, offset_seconds)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(PG_CLAIM_NEW, values | {"ttl": ttl_seconds})
            return Claimed(*cursor.fetchone())
        cursor.execute(LITE_HOLD, values | {"ttl": f"+{ttl_seconds} seconds"})
        hold_id, expires_at = cursor.fetchone()
        cursor.execute(LITE_CLAIM, values | {"hold": hold_id})
        return Claimed(hold_id, _instant(expires_at), cursor.rowcount)


def claim_more(*, board_id: int, numbers: Sequence[int], hold_id: int) -> int:
    """Claim what is free of `numbers` for a hold whose row the caller has locked."""
    values = _values(board_id, numbers, None, 0) | {"hold": hold_id}
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(PG_CLAIM_MORE, values)
            return cursor.fetchone()[0]
        cursor.execute(LITE_CLAIM, values)
        return cursor.rowcount


def note(
    *,
    board_id: int,
    hold_id: int | None,
    numbers: Sequence[int],
    layout: int | None = None,
    now: dt.datetime | None = None,
    offset_seconds: int = 0,
) -> bool:
    """Move the board's version and write the change down.

    With `layout` it is guarded: False, and nothing written, unless the board is open, not
    past its end and still laid out as the caller saw it.
    """
    values = _values(board_id, numbers, now, offset_seconds) | {"hold": hold_id, "layout": layout}
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(PG_NOTE, values)
            return cursor.rowcount == 1
        cursor.execute(LITE_BUMP, values)
        row = cursor.fetchone()
        if row is None:
            return False
        cursor.execute(LITE_CHANGE, values | {"version": row[0]})
        return True


def give_back(*, hold_id: int, claim_ids: Sequence[int]) -> None:
    """End these sold claims; a hold that has none left is returned. The caller has locked it."""
    keys = list(claim_ids)
    values: dict[str, Any] = {"hold": hold_id, "claims": keys, "json": json.dumps(keys)}
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(PG_GIVE_BACK, values)
            return
        del values["claims"]
        for statement in LITE_GIVE_BACK:
            cursor.execute(statement, values)


def _values(
    board_id: int, numbers: Sequence[int], now: dt.datetime | None, offset_seconds: int
) -> dict[str, Any]:
    values: dict[str, Any] = {"board": board_id, "json": json.dumps(list(numbers))}
    if connection.vendor == "postgresql":
        return values | {"numbers": list(numbers), "now": now, "offset": offset_seconds}
    text = None if now is None else now.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    return values | {"now": text, "shift": f"+{0 if now else offset_seconds} seconds"}


def _instant(naive: dt.datetime) -> dt.datetime:
    """SQLite keeps UTC without saying so; Django's converter has parsed it already."""
    return naive.replace(tzinfo=dt.UTC)
