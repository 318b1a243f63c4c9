"""The daily audit: its result is kept, and staff is asked when it found something."""

import datetime as dt
import logging

from payments import staff
from payments.audit import running
from payments.models import AuditRun, StaffTask
from rally.kit import clock

logger = logging.getLogger(__name__)
EVERY = dt.timedelta(hours=23, minutes=30)
KEPT_RUNS = 400


def run_daily() -> int:
    """Audit unless that was done today; answers how many rows broke a rule, 0 when not due."""
    last = AuditRun.objects.order_by("-pk").first()
    if last is not None and last.at > clock.database_now() - EVERY:
        return 0
    return run().rows


def run() -> AuditRun:
    """Audit now, keep what was found, and ask staff once until they have looked."""
    report = running.run()
    kept = AuditRun.objects.create(
        seconds=sum(outcome.seconds for outcome in report.checks),
        rows=sum(outcome.rows for outcome in report.checks),
        report=report.as_dict(),
    )
    for pk in AuditRun.objects.order_by("-pk").values_list("pk", flat=True)[KEPT_RUNS:][:1]:
        AuditRun.objects.filter(pk__lte=pk).delete()
    if not report.ok:
        logger.error("The audit found %s rows that break a rule.", kept.rows)
        _ask(kept)
    return kept


def _ask(kept: AuditRun) -> None:
    waiting = StaffTask.objects.filter(kind=StaffTask.Kind.AUDIT, resolved_at=None)
    if waiting.exists():
        return
    broken = {check["id"]: check["rows"] for check in kept.report["checks"] if check["rows"]}
    staff.ask(StaffTask.Kind.AUDIT, key=f"audit:{kept.pk}", about=kept, facts=broken)
