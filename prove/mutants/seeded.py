"""The bugs: which text of which file becomes what. A text that is gone counts as not caught."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Patch:
    """One replacement in one file; `old` must be there exactly once."""

    path: str
    old: str
    new: str


@dataclass(frozen=True)
class Mutant:
    """A seeded bug; the scenario of the same name must notice it."""

    name: str
    about: str
    patches: tuple[Patch, ...]


SETTLEMENT, SESSIONS = "payments/settlement.py", "payments/sessions.py"
EVENTS, HANDLERS = "payments/events.py", "payments/handlers.py"
HOLDS, RESERVING = "boards/holds.py", "boards/reserving.py"
CHECKOUTS = "payments/checkouts.py"
GATEWAY, FACTS = "payments/gateway.py", "payments/facts.py"

MUTANTS = (
    Mutant("m1", "no row-count check", (
        Patch(RESERVING, "    if count < len(numbers):\n        raise _Short", "    pass"),
    )),
    Mutant("m2", "no unique index", (
        Patch("boards/migrations/0001_initial.py",
              "models.UniqueConstraint(models.F('tile'), condition=models.Q(('ended_at', None)), "
              "name='one_live_claim_per_tile')", "models.CheckConstraint(condition=models.Q("
              "id__gt=0), name='one_live_claim_per_tile')"),
        Patch("boards/claiming.py", "\nORDER BY id\nON CONFLICT (tile_id) WHERE ended_at IS NULL"
              " DO NOTHING\"\"\"", "\nORDER BY id\"\"\""),
    )),
    Mutant("m3", "release by clock while paying", (
        Patch(HOLDS, "    if hold.phase != Phase.BROWSING or hold.expires_at is None:",
              "    if hold.phase not in LIVE or hold.expires_at is None:"),
        Patch(HOLDS, "                .filter(pk=hold_id, phase=Phase.BROWSING)",
              "                .filter(pk=hold_id, phase__in=LIVE)"),
        Patch(RESERVING, "        phase=Phase.BROWSING, expires_at__lte=moment,\n",
              "        phase__in=LIVE, expires_at__lte=moment,\n"),
    )),
    Mutant("m4", "treat a refused expire as released", (
        Patch(SESSIONS, "        settle(attempt, found, now=now)\n        return\n    failpoint",
              "        pass\n    failpoint"),
    )),
    Mutant("m5", "mark the event processed first", (
        Patch(EVENTS, "    try:\n        effect = HANDLERS", "    StripeEvent.objects.filter(pk=pk)"
              ".update(processed_at=clock.database_now())\n    try:\n        effect = HANDLERS"),
        Patch(EVENTS, "        pk=event.pk, processed_at=None\n    )\n    if waiting",
              "        pk=event.pk\n    )\n    if waiting"),
    )),
    Mutant("m6", "trust the metadata", (
        Patch(SETTLEMENT, "    if attempt.session_id and attempt.session_id != session.id:\n"
              "        return \"session\"\n    if session.reference != attempt.reference:\n"
              "        return \"reference\"\n", ""),
        Patch(HANDLERS, "    if by_id is not None or not reference:\n        return by_id\n",
              "    if by_id is not None:\n        return by_id\n    named = (found.get("
              "\"metadata\") or {}).get(\"checkoutId\")\n    if named:\n        return "
              "attempts.filter(checkout__reference=named).first()\n"),
    )),
    Mutant("m7", "skip the amount check", (
        Patch(SETTLEMENT, "    if session.amount_minor != attempt.checkout.total_minor:\n"
              "        return \"amount\"\n", ""),
    )),
    Mutant("m8", "skip the account and mode check", (
        Patch(HANDLERS, "    if event.livemode != ours.livemode or event.account_id != "
              "ours.account_id:", "    if False:"),
    )),
    Mutant("m9", "fulfil on unpaid", (
        Patch(FACTS, "        return self.status == \"complete\" and self.payment_status != "
              "\"unpaid\"", "        return self.status == \"complete\""),
    )),
    Mutant("m10", "a new key on retry", (
        Patch(CHECKOUTS, "        session = gateway.create_session(attempt.account, attempt.params,"
              " attempt.key)", "        session = gateway.create_session(attempt.account, "
              "attempt.params, attempt.key + str(clock.database_now()))"),
    )),
    Mutant("m11", "a refund releases the whole order", (
        Patch("boards/phases.py", "    gone = [claim.pk for claim in sold if claim.pk in returned]",
              "    gone = [claim.pk for claim in hold.claims.filter(ended_at=None)]"),
    )),
    Mutant("m12", "pending refunds not counted", (
        Patch("payments/refunds.py", "~Q(refund_lines__refund__status="
              "Refund.Status.CANCELED)", "Q(refund_lines__refund__status="
              "Refund.Status.SUCCEEDED)"),
        Patch("payments/refunds.py", "payment.refunded_minor - payment.refunding_minor",
              "payment.refunded_minor"),
    )),
    Mutant("m13", "a closed dispute is done", (
        Patch("payments/disputes.py", "        moved = _post_money(dispute, found, checkout)",
              "        if not dispute.is_open:\n            return \"\"\n"
              "        moved = _post_money(dispute, found, checkout)"),
    )),
    Mutant("m14", "call Stripe inside the transaction", (
        Patch(CHECKOUTS, "        attempt = _attempt(hold.pk, wish, site, now)\n    failpoint",
              "        attempt = _attempt(hold.pk, wish, site, now)\n        if attempt.status == "
              "Attempt.Status.CREATED:\n            return send(attempt)\n    failpoint"),
        Patch(GATEWAY, "    if connection.in_atomic_block:", "    if False:"),
    )),
    Mutant("m15", "use the app's clock", (
        Patch("rally/kit/clock.py", "    with connection.cursor() as cursor:\n",
              "    return now(offset_seconds)\n    with connection.cursor() as cursor:\n"),
    )),
    Mutant("m16", "reconcile only by events", (
        Patch("payments/reconciliation.py", "    for look in (_attempts, _refunds, _disputes, "
              "_fees):", "    for look in ():"),
    )),
)  # fmt: skip
