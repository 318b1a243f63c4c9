"""Checkouts, money and Stripe."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "payments"
    verbose_name = "Checkouts, money and Stripe"
