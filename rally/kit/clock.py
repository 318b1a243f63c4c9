"""The one clock. Verbs take `now`; None means the database's clock at that statement.

Sandbox organizations run on a clock moved by an offset, so that a hold can be watched
lapsing; everybody else has offset 0. `timezone.now()` anywhere else fails a test.
"""

import datetime as dt

from django.db import connection
from django.db.models import DateTimeField, ExpressionWrapper, Value
from django.db.models.functions import Now
from django.utils import timezone

SQLITE_NOW = "strftime('%%Y-%%m-%%d %%H:%%M:%%f000', 'now'{modifier})"


def now(offset_seconds: int = 0) -> dt.datetime:
    """This instant in UTC, for code that needs one in Python (headers, labels)."""
    return timezone.now() + dt.timedelta(seconds=offset_seconds)


def database_now(offset_seconds: int = 0) -> dt.datetime:
    """The database's clock, plus a sandbox offset: what decides about holds."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT statement_timestamp()")
            return cursor.fetchone()[0] + dt.timedelta(seconds=offset_seconds)
        cursor.execute("SELECT " + SQLITE_NOW.format(modifier="") % ())
        text = cursor.fetchone()[0]
    moment = dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)
    return moment + dt.timedelta(seconds=offset_seconds)


def expression(instant: dt.datetime | None, offset_seconds: int = 0) -> object:
    """An ORM expression for `instant`, or for the database's clock plus the offset."""
    if instant is not None:
        return Value(instant, output_field=DateTimeField())
    if not offset_seconds:
        return Now()
    return ExpressionWrapper(
        Now() + Value(dt.timedelta(seconds=offset_seconds)), output_field=DateTimeField()
    )
