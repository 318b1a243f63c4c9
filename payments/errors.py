"""Why money says no, or not now."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rally.kit import money
from rally.kit.errors import DomainError, InvalidInput


class CheckoutOpen(DomainError):
    """Another payment for this hold is open, with other details."""

    code = "checkout_open"
    sentence = gettext_lazy(
        "A payment for these tiles is open already. Finish it or go back first."
    )


class PaymentsUnavailable(DomainError):
    """Stripe doesn't answer or is busy. The hold is kept; try again in `retry_after` seconds."""

    code = "payments_unavailable"
    sentence = gettext_lazy(
        "The payment service doesn't answer right now. Your tiles are still yours; "
        "please try again in a moment."
    )

    def __init__(self, retry_after: int = 5) -> None:
        self.retry_after = retry_after
        super().__init__(retryAfter=retry_after)


class AmountTooSmall(DomainError):
    """The total is below what Stripe charges. Says what is missing."""

    code = "amount_too_small"

    def __init__(self, total_minor: int, currency: str) -> None:
        least = money.minimum_charge(currency)
        super().__init__(
            _("Card payments start at %(least)s. Please add tiles worth %(more)s or more.")
            % {
                "least": money.format(least, currency),
                "more": money.format(least - total_minor, currency),
            },
            minimumCents=least,
            totalCents=total_minor,
        )


class TooManyCheckouts(DomainError):
    """This e-mail address or hold has too many unpaid orders behind it."""

    code = "rate_limited"
    sentence = gettext_lazy(
        "Too many payments were started and not finished. Please wait a while and try again."
    )

    def __init__(self, retry_after: int = 600) -> None:
        self.retry_after = retry_after
        super().__init__(retryAfter=retry_after)


class SessionRefused(Exception):
    """Stripe said no to exactly these parameters; sending them again is pointless."""


class BadSignature(Exception):
    """A webhook call that didn't come from Stripe, or can't be read."""


class NotParked(DomainError):
    """The event had its effect, or what it said was purged."""

    code = "conflict"
    sentence = gettext_lazy("This event isn't parked, so there is nothing to do again.")


class NotRefundable(DomainError):
    """This gift wasn't paid through Stripe, or has no single payment behind it."""

    code = "conflict"
    sentence = gettext_lazy("This gift has no card payment that could be refunded.")


class RefundExceeds(DomainError):
    """More than is left, or nothing at all."""

    code = "refund_exceeds"
    sentence = gettext_lazy("That is not between one cent and what is left to refund.")


class NotPayable(InvalidInput):
    """Stripe pays this currency in whole steps only."""

    def __init__(self, step: int, currency: str) -> None:
        super().__init__(
            _("Refunds in %(currency)s come in steps of %(step)s.")
            % {"currency": currency, "step": money.format(step, currency)},
            field="amountCents",
        )


class RefundLocked(DomainError):
    """The bank is deciding about this charge; paying it back now could pay it twice."""

    code = "refund_locked"
    sentence = gettext_lazy("This payment is disputed, so it can't be refunded now.")


class OfferOver(DomainError):
    """The choice was made, or its time is over."""

    code = "offer_over"
    sentence = gettext_lazy("This choice has been made already.")
