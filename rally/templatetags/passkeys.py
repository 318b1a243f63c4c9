"""Tells templates of the sign-in pages what this address can do."""

from typing import Any

from django import template

from rally.web import mfa

register = template.Library()


@register.simple_tag(takes_context=True)
def why_no_passkeys(context: dict[str, Any]) -> str:
    """Why there are no passkeys at this address; empty where there are."""
    return mfa.why_no_passkeys(context["request"])
