"""Each cell of the late-payment table once, on purpose: chance may miss some in a short run."""

from prove.machine.operators import Operators
from prove.machine.provider import Provider
from prove.machine.supporters import Supporters

SESSIONS = "POST /v1/checkout/sessions"


class Directed(Supporters, Provider, Operators):
    """The machine's own rules, in an order that somebody thought of."""

    def play(self) -> None:
        """All of them, each in a fresh world, healed and compared at its end."""
        plays = (
            self.paid_in_time, self.paid_late, self.some_taken, self.none_left, self.other_amount,
            self.other_currency, self.bank_takes_its_time, self.ran_out, self.left_and_came_back,
        )  # fmt: skip
        for play in plays:
            self.__init__()
            play()
            self.teardown()

    def arrive(self) -> None:
        """All that Stripe has said arrives."""
        self.fetch_events()
        for event in self.pending:
            self.deliver_body(event)
        self.pending = []
        self.nothing_is_wrong()

    def paid_in_time(self) -> None:
        """The ordinary sale."""
        self.pick_and_pay(0, 0, [1, 2], True)
        self.pay(0, "paid")
        self.arrive()

    def paid_late(self, taken: tuple[int, ...] = ()) -> None:
        """Paid after leaving; others have `taken` by then."""
        self.pick_and_pay(0, 0, [1, 2], False)
        self.leave(0)
        self.release(0, 0, [1, 2])
        if taken:
            self.reserve(1, 0, list(taken))
        self.pay_late(0, "paid")
        self.arrive()

    def some_taken(self) -> None:
        """One of two is somebody else's."""
        self.paid_late((1,))

    def none_left(self) -> None:
        """Both are."""
        self.paid_late((1, 2))

    def other_amount(self, amount: int | None = 1) -> None:
        """A session with our reference that isn't ours."""
        self.stripe_outage(SESSIONS, 1_000, "500_before")
        self.pick_and_pay(0, 0, [1, 2], False)
        self.stripe_is_back()
        self.impostor(amount, 0)
        self.arrive()

    def other_currency(self) -> None:
        """The right number of the wrong money."""
        self.other_amount(None)

    def bank_takes_its_time(self) -> None:
        """Complete and unpaid."""
        self.pick_and_pay(0, 0, [1, 2], False)
        self.pay(0, "processing")
        self.arrive()

    def ran_out(self) -> None:
        """Nobody paid."""
        self.pick_and_pay(0, 0, [1, 2], False)
        self.tick(2_200)
        self.arrive()

    def left_and_came_back(self) -> None:
        """The first session's end is told while the second is open, and after it is paid."""
        self.pick_and_pay(0, 0, [1, 2], False)
        self.leave(0)
        self.open_checkout(0, True, "")
        self.fetch_events()
        first = list(self.pending)
        self.arrive()
        self.pay(0, "paid")
        self.arrive()
        for number, event in enumerate(first):
            self.deliver_body(event | {"id": f"evt_told_again_{number}"})
