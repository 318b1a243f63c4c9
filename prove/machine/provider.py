"""What happens at Stripe and on the way from it: payments, banks, events, forgeries, outages."""

import copy

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from payments.models import Attempt, Payment
from prove.machine.base import Base
from prove.stripe import Json

INDEX = st.integers(0, 7)
# Not the lists that the machine itself reads.
ROUTES = ("/v1/checkout/*", "POST /v1/checkout/sessions", "POST /v1/checkout/sessions/*/expire",
          "GET /v1/checkout/sessions/*", "POST /v1/refunds", "/v1/refunds/*",
          "/v1/disputes/*")  # fmt: skip
DISPUTES = ("needs_response", "under_review", "warning_needs_response", "warning_under_review",
            "appeal_needs_response", "appeal_under_review", "won", "lost", "warning_closed",
            "prevented")  # fmt: skip


class Provider(Base):
    """Rules of Stripe, banks and the network."""

    @precondition(lambda self: self.has("payments_attempt", "open"))
    @rule(index=INDEX, outcome=st.sampled_from(["paid", "paid", "paid", "processing", "declined",
                                                "abandoned"]))  # fmt: skip
    def pay(self, index: int, outcome: str) -> None:
        """A supporter acts on the pay page of the newest sessions."""
        found = self.attempts()[-8:]
        if found:
            session = found[-1 - index % len(found)].session_id
            self.stripe.control("POST", f"sessions/{session}/complete", outcome=outcome)

    @precondition(lambda self: self.has("payments_attempt", "dead", "expired"))
    @rule(index=INDEX, outcome=st.sampled_from(["paid", "paid", "processing"]))
    def pay_late(self, index: int, outcome: str) -> None:
        """The button was pressed before the session was closed; the bank answers after."""
        found = self.attempts(status__in=[Attempt.Status.DEAD, Attempt.Status.EXPIRED])[-8:]
        if found:
            session = found[-1 - index % len(found)].session_id
            self.stripe.control("POST", f"sessions/{session}/complete", outcome=outcome, late=True)

    @precondition(lambda self: self.has("payments_attempt"))
    @rule(index=INDEX, outcome=st.sampled_from(["succeeded", "failed"]))
    def settle_async(self, index: int, outcome: str) -> None:
        """The bank decides about a delayed payment."""
        found = [s for s in self.stripe.ledger()["sessions"]
                 if s["status"] == "complete" and s["payment_status"] == "unpaid"]  # fmt: skip
        if found:
            session = found[index % len(found)]["id"]
            self.stripe.control("POST", f"sessions/{session}/settle", outcome=outcome)

    @precondition(lambda self: self.has("payments_attempt"))
    @rule(picks=st.lists(st.integers(0, 30), min_size=1, max_size=6), keep=st.booleans())
    def deliver(self, picks: list[int], keep: bool) -> None:
        """Some of what is pending arrives, in any order; kept ones come again."""
        self.fetch_events()
        for pick in picks:
            if not self.pending:
                return
            event = self.pending[pick % len(self.pending)]
            self.deliver_body(event)
            if not keep:
                self.pending.remove(event)

    @precondition(lambda self: self.has("payments_attempt"))
    @rule(picks=st.lists(st.integers(0, 30), min_size=1, max_size=6))
    def drop(self, picks: list[int]) -> None:
        """Some of what is pending never arrives."""
        self.fetch_events()
        for pick in picks:
            if self.pending:
                del self.pending[pick % len(self.pending)]

    @precondition(lambda self: self.has("payments_refund", "sent", "succeeded"))
    @rule(index=INDEX, outcome=st.sampled_from(["succeeded", "failed"]))
    def refund_result(self, index: int, outcome: str) -> None:
        """The bank makes something of a refund; even a succeeded one can come back."""
        found = self.stripe.all("refunds")
        if found:
            refund = found[index % len(found)]["id"]
            self.stripe.control("POST", f"refunds/{refund}/settle", outcome=outcome)

    @precondition(lambda self: self.has("payments_payment", "paid"))
    @rule(status=st.sampled_from(["pending", "requires_action", "failed"]))
    def next_refund(self, status: str) -> None:
        """The next refund doesn't simply succeed."""
        self.stripe.control("POST", "refunds/next", status=status)

    @precondition(lambda self: self.has("payments_payment", "paid"))
    @rule(index=INDEX, part=st.sampled_from([None, 50, 100]))
    def refund_in_dashboard(self, index: int, part: int | None) -> None:
        """Somebody refunds in Stripe's dashboard, without telling us."""
        found = list(Payment.objects.order_by("pk"))
        if found:
            form = {"payment_intent": found[index % len(found)].payment_intent}
            self.stripe.api("POST", "refunds", **form, **({"amount": part} if part else {}))

    @precondition(lambda self: self.has("payments_payment", "paid"))
    @rule(index=INDEX, status=st.sampled_from(DISPUTES))
    def dispute(self, index: int, status: str) -> None:
        """A cardholder turns to the bank, or the bank moves an open dispute anywhere."""
        found = self.stripe.all("disputes")
        charges = Payment.objects.exclude(charge="").order_by("pk")
        fresh = [p.charge for p in charges if p.charge not in {d["charge"] for d in found}]
        if fresh and (index % 2 or not found):
            charge = fresh[index % len(fresh)]
            self.stripe.control("POST", f"charges/{charge}/dispute", status=status)
        elif found:
            dispute = found[index % len(found)]["id"]
            self.stripe.control("POST", f"disputes/{dispute}/update", status=status)

    @rule(route=st.sampled_from(ROUTES), times=st.sampled_from([1, 3, 1000]),
          kind=st.sampled_from(["500_before", "500_after", "cut", "429"]))  # fmt: skip
    def stripe_outage(self, route: str, times: int, kind: str) -> None:
        """Stripe fails, before or after the deed."""
        self.faulty = True
        self.stripe.control("POST", "faults", route=route, kind=kind, times=times)

    @precondition(lambda self: self.faulty)
    @rule()
    def stripe_is_back(self) -> None:
        """And is well again."""
        self.faulty = False
        self.stripe.control("DELETE", "faults")

    # Forgeries --------------------------------------------------------------------------------
    @precondition(lambda self: self.has("payments_attempt"))
    @rule(index=INDEX, how=st.sampled_from(["account", "mode", "session", "elsewhere"]))
    def forge(self, index: int, how: str) -> None:
        """An event that is signed and lies: nothing may change (I18)."""
        found = self.attempts()
        if not found:
            return
        attempt = found[index % len(found)]
        event = self._lie(attempt, how)
        before = self.digest()
        self.deliver_body(event)
        assert self.digest() == before, f"a forged event ({how}) changed something"

    def _lie(self, attempt: Attempt, how: str) -> Json:
        session = attempt.session_id if how != "session" else f"cs_test_forged{attempt.pk}"
        body: Json = {
            "id": f"evt_forged_{how}_{attempt.pk}", "object": "event", "livemode": how == "mode",
            "type": "checkout.session.completed", "api_version": "2020-01-01", "created": 1,
            "data": {"object": {
                "id": session, "object": "checkout.session", "status": "complete",
                "payment_status": "paid", "amount_total": 1, "livemode": how == "mode",
                "client_reference_id": attempt.reference,
                "metadata": attempt.params.get("metadata", {}),
            }},
        }  # fmt: skip
        if how in {"account", "elsewhere"}:
            body["account"] = "acct_forger"
        if how == "elsewhere":
            payment = Payment.objects.filter(attempt=attempt).first()
            body["type"] = "charge.refunded"
            body["data"]["object"] = {
                "id": payment.charge if payment else "ch_none", "object": "charge",
                "payment_intent": payment.payment_intent if payment else "pi_none",
            }  # fmt: skip
        return body

    @precondition(lambda self: self.has("payments_attempt", "created", "open"))
    @rule(amount=st.sampled_from([None, None, 1]), index=INDEX)
    def impostor(self, amount: int | None, index: int) -> None:
        """A paid session that carries the reference of an order and another amount or currency."""
        found = list(Attempt.objects.order_by("-pk")[:4])
        if not found:
            return
        attempt = found[index % len(found)]
        params = copy.deepcopy(attempt.params)
        form = {
            "mode": "payment", "client_reference_id": attempt.reference,
            "success_url": params["success_url"], "metadata[impostor]": "yes",
            "line_items[0][quantity]": 1,
            "line_items[0][price_data][currency]": "usd" if amount else "eur",
            "line_items[0][price_data][unit_amount]": 60 if amount
            else sum(item["price_data"]["unit_amount"] for item in params["line_items"]),
            "line_items[0][price_data][product_data][name]": "Tiles",
        }  # fmt: skip
        status, session = self.stripe.api("POST", "checkout/sessions", **form)
        if status == 200:
            self.stripe.control("POST", f"sessions/{session['id']}/complete", outcome="paid")
