"""Stripe's door."""
