"""What supporters do: pick, let go, pay, leave, come back, choose after a late payment."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from boards import holds, reserving
from boards.errors import TilesTaken
from boards.models import Claim
from boards.states import Phase
from payments import baskets, checkouts, offers, orders
from payments.models import Refund
from payments.supporters import Supporter
from prove.machine.base import Base
from prove.world import TOKENS

SITE = "http://127.0.0.1"
BUYERS = st.integers(0, len(TOKENS) - 1)
NUMBERS = st.lists(st.integers(1, 4), min_size=1, max_size=3, unique=True)
WORDS = st.sampled_from([offers.REFUND, offers.GIFT, offers.TILE, offers.TILE])


def supporter(buyer: int, message: str = "") -> Supporter:
    """The person behind a token."""
    return Supporter(name=f"Buyer {buyer}", email=f"buyer{buyer}@example.com", message=message)


class Supporters(Base):
    """Rules of people in their browsers."""

    @rule(buyer=BUYERS, board=st.integers(0, 1), numbers=NUMBERS)
    def reserve(self, buyer: int, board: int, numbers: list[int]) -> None:
        """Pick tiles; again, or more of them."""
        board_id = self.world.boards[board]

        def verb() -> None:
            try:
                hold = reserving.reserve(board_id=board_id, numbers=numbers, token=TOKENS[buyer])
            except TilesTaken as refused:
                self._really_taken(board_id, refused.numbers)
                raise
            self.held[buyer] = hold.reference

        self.act(verb)

    def _really_taken(self, board_id: int, numbers: list[int]) -> None:
        live = Claim.objects.filter(board_id=board_id, number__in=numbers, ended_at=None)
        for claim in live.select_related("hold__organization"):
            assert not holds.has_lapsed(claim.hold), f"{claim} has lapsed and refuses others"
        assert live.count() == len(numbers), f"refused {numbers}, which are free"

    @precondition(lambda self: self.held)
    @rule(buyer=BUYERS, board=st.integers(0, 1), numbers=NUMBERS)
    def release(self, buyer: int, board: int, numbers: list[int]) -> None:
        """Let tiles go; those of others must stay (I19)."""
        board_id = self.world.boards[board]
        others = Claim.objects.filter(board_id=board_id, ended_at=None)
        hold = self.hold(buyer)
        if hold is not None:
            others = others.exclude(hold=hold)
        before = set(others.values_list("pk", flat=True))
        self.act(lambda: holds.release(board_id=board_id, numbers=numbers, token=TOKENS[buyer]))
        still = set(Claim.objects.filter(pk__in=before, ended_at=None).values_list("pk", flat=True))
        assert still == before, "somebody else's tiles were released"

    @precondition(lambda self: self.has("boards_hold", "browsing"))
    @rule(buyer=BUYERS, cover=st.booleans(), message=st.sampled_from(["", "", "For Ada"]))
    def open_checkout(self, buyer: int, cover: bool, message: str) -> None:
        """Start paying; the same wish again must give the same session."""
        hold = self.hold(buyer)
        if hold is None:
            return

        def verb() -> str:
            return checkouts.start(
                hold=hold, supporter=supporter(buyer, message), cover_fees=cover, site=SITE
            )

        url = self.act(verb)
        if url:
            again = self.act(verb)
            assert again in (url, None), "the same wish got two sessions"

    @rule(buyer=BUYERS, board=st.integers(0, 1), numbers=NUMBERS, cover=st.booleans())
    def pick_and_pay(self, buyer: int, board: int, numbers: list[int], cover: bool) -> None:
        """Most people don't dawdle."""
        self.reserve(buyer, board, numbers)
        self.open_checkout(buyer, cover, "")

    @rule(buyer=BUYERS, board=st.integers(0, 1), numbers=NUMBERS, cover=st.booleans())
    def pay_by_program(self, buyer: int, board: int, numbers: list[int], cover: bool) -> None:
        """The Tiles API's way: hold and pay in one call."""
        face = holds.faces.of(self.world.boards[board])

        def verb() -> None:
            baskets.pay_for(
                face, numbers=numbers, token=TOKENS[buyer], supporter=supporter(buyer),
                cover_fees=cover, site=SITE,
            )  # fmt: skip

        self.act(verb)
        hold = self.act(
            lambda: holds.current(
                token=TOKENS[buyer], organization_id=face.organization_id, currency=face.currency
            )
        )
        if hold is not None:
            self.held[buyer] = hold.reference

    @precondition(lambda self: self.has("boards_hold", "paying"))
    @rule(buyer=BUYERS)
    def leave(self, buyer: int) -> None:
        """Back to the board: the session is made unpayable first."""
        hold = self.hold(buyer)
        if hold is not None and hold.phase == Phase.PAYING:
            self.act(lambda: checkouts.leave(hold=hold))

    @precondition(lambda self: self.has("payments_attempt", "created", "open"))
    @rule(buyer=BUYERS)
    def result_page(self, buyer: int) -> None:
        """The page a supporter comes back to."""
        hold = self.hold(buyer)
        if hold is not None:
            self.act(lambda: orders.refresh(hold.reference))
            orders.order(hold.reference)

    @precondition(lambda self: self.has("payments_checkout", "lost", "partly_lost"))
    @rule(index=st.integers(0, 3), words=st.lists(WORDS, min_size=3, max_size=3),
          number=st.integers(1, 6), give_rest=st.booleans(), link=st.booleans())  # fmt: skip
    def choose(
        self, index: int, words: list[str], number: int, give_rest: bool, link: bool
    ) -> None:
        """A choice after a late payment; twice must not pay twice."""
        late = list(Refund.objects.filter(reason=Refund.Reason.LATE).order_by("pk"))
        if not late:
            return
        refund = late[index % len(late)]
        signed = offers.link(refund) if link else offers.link(refund)[:-1] + "x"
        lines = refund.lines.order_by("pk").values_list("line_id", flat=True)
        choices = {
            line: offers.Choice(word, number + place if word == offers.TILE else None, give_rest)
            for place, (line, word) in enumerate(zip(lines, words * 3, strict=False))
        }
        before = self.digest()
        self.act(lambda: offers.read(signed))
        decided = self.act(lambda: (offers.choose(signed, choices), True))
        if not link:
            assert decided is None and self.digest() == before, "an altered link did something"
        if decided:
            once = self.digest()
            self.act(lambda: offers.choose(signed, choices))
            assert self.digest() == once, "a used link did something"
