"""The staff's pages about orders, money, Stripe's events and what needs a person.

Nothing about money can be typed here: it moves by verbs, and each page leads to the next.
"""

from payments.admin import inbox, ledger, money, orders

__all__ = ["inbox", "ledger", "money", "orders"]
