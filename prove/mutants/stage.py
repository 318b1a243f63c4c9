"""What the scenarios need: a world, and short names for what people do in it."""

import json
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import F

from accounts.models import Organization
from boards import reserving
from boards.models import Hold
from boards.states import Phase
from payments import checkouts, events, orders
from payments.models import Attempt
from payments.supporters import Supporter
from prove import world as worlds
from prove.stripe import Json, signed
from prove.world import TOKENS

SITE = "http://127.0.0.1"


class Stage:
    """One world, reset; board 0 is played on."""

    def __init__(self, world: worlds.World) -> None:
        world.reset()
        self.world, self.stripe = world, world.stripe
        self.board = world.boards[0]

    def reserve(self, *numbers: int, buyer: int = 0) -> Hold:
        """Pick tiles."""
        return reserving.reserve(board_id=self.board, numbers=numbers, token=TOKENS[buyer])

    def start(self, hold: Hold, cover: bool = False) -> str:
        """Start paying."""
        who = Supporter(name="Buyer One", email="one@example.com")
        return checkouts.start(hold=hold, supporter=who, cover_fees=cover, site=SITE)

    def paying(self, *numbers: int, buyer: int = 0) -> tuple[Hold, Attempt]:
        """A hold that is being paid, and its attempt."""
        hold = self.reserve(*numbers, buyer=buyer)
        self.start(hold)
        return hold, Attempt.objects.get(checkout__hold=hold)

    def sold(self, *numbers: int) -> tuple[Hold, Attempt]:
        """A hold that was paid, and we know it."""
        hold, attempt = self.paying(*numbers)
        self.pay(attempt)
        orders.refresh(hold.reference)
        assert phase(hold) == Phase.SOLD
        return hold, attempt

    def pay(self, attempt: Attempt, outcome: str = "paid", **more: Any) -> None:
        """The supporter acts on the pay page."""
        path = f"sessions/{attempt.session_id}/complete"
        status, said = self.stripe.control("POST", path, outcome=outcome, **more)
        assert status == 200, said

    def impostor(self, attempt: Attempt, amount: int, **metadata: str) -> Json:
        """A paid session that isn't ours and says it is."""
        form = {
            "mode": "payment", "client_reference_id": attempt.reference, "success_url": SITE,
            "line_items[0][quantity]": 1, "line_items[0][price_data][currency]": "usd",
            "line_items[0][price_data][unit_amount]": amount,
            "line_items[0][price_data][product_data][name]": "Tiles",
        } | {f"metadata[{name}]": value for name, value in metadata.items()}  # fmt: skip
        session = self.stripe.api("POST", "checkout/sessions", **form)[1]
        self.stripe.control("POST", f"sessions/{session['id']}/complete", outcome="paid")
        return session

    def deliver(self, wanted: str, **changes: Any) -> bool:
        """The newest event of a type, changed perhaps, and the worker that it wakes."""
        event = self.stripe.api("GET", "events", limit=1, type=wanted)[1]["data"][0] | changes
        body = json.dumps(event).encode()
        kept = events.receive(body, signed(body, settings.STRIPE_WEBHOOK_SECRETS[0]))
        return events.process(kept.pk)

    def advance(self, seconds: int) -> None:
        """Time passes, for Stripe and for us."""
        self.stripe.control("POST", "clock/advance", seconds=seconds)
        self.deliver("test_helpers.test_clock.ready")

    def our_clock(self, seconds: int) -> None:
        """Time passes here; Stripe's session ends later or has been paid."""
        Organization.objects.update(clock_offset_s=seconds)
        Attempt.objects.update(created_at=F("created_at") - timedelta(seconds=seconds))

    def out(self, route: str, kind: str, times: int = 1000) -> None:
        """Stripe fails."""
        self.stripe.control("POST", "faults", route=route, kind=kind, times=times)

    def back(self) -> None:
        """And is well again."""
        self.stripe.control("DELETE", "faults")


def phase(hold: Hold) -> str:
    """Where a hold is now."""
    return Hold.objects.get(pk=hold.pk).phase
