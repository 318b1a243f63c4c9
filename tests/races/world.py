"""What must be true after any race."""

from django.db import connection
from django.db.models import Count

from boards.models import Claim, Hold
from boards.states import ENDED
from payments.models import Line


def live_twice() -> list[int]:
    """Numbers of tiles with more than one live claim."""
    live = Claim.objects.filter(ended_at=None).order_by().values("tile")
    doubled = live.annotate(n=Count("pk")).filter(n__gt=1)
    return list(doubled.values_list("tile__number", flat=True))


def paid_twice() -> list[int]:
    """Numbers of tiles that two orders have paid for, whatever is owed back for it."""
    paid = Line.objects.filter(checkout__payments__status="paid", claim__isnull=False).order_by()
    doubled = paid.values("claim__tile").annotate(n=Count("pk")).filter(n__gt=1)
    return list(doubled.values_list("claim__tile__number", flat=True))


def assert_holds_agree_with_claims() -> None:
    """A hold that is over has no live tile; one that isn't has at least one."""
    for hold in Hold.objects.annotate(n=Count("claims")):
        live = hold.claims.filter(ended_at=None).count()
        assert bool(live) == (hold.phase not in ENDED), f"{hold} {hold.phase} has {live} tiles"


def deadlocks() -> int:
    """How often PostgreSQL had to break one; SQLite has a single writer and none."""
    if connection.vendor == "sqlite":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])
