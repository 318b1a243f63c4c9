"""What allauth asks for, in the words of the other pages."""

from typing import Any

from allauth.account import forms
from django.forms import Field
from django.utils.translation import gettext_lazy as _

CALLED: dict[str, Any] = {
    "email": _("E-mail address"),
    "oldpassword": _("Your password now"),
    "remember": _("Stay signed in"),
}
NEW: dict[str, Any] = {
    "password1": _("New password"),
    "password2": _("New password, again"),
}
BAD_ADDRESS = _("This isn't an e-mail address.")


class Called:
    """Gives fields our names; a login is an e-mail address here."""

    fields: dict[str, Field]
    called: dict[str, Any] = CALLED

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in (self.called | {"login": CALLED["email"]}).items():
            if name in self.fields:
                self.fields[name].label = label
        for name in ("email", "login"):
            if name in self.fields:
                self.fields[name].error_messages["invalid"] = BAD_ADDRESS


class LoginForm(Called, forms.LoginForm):
    """Signing in."""


class SignupForm(Called, forms.SignupForm):
    """An account of one's own."""


class AddEmailForm(Called, forms.AddEmailForm):
    """Another address."""


class ResetPasswordForm(Called, forms.ResetPasswordForm):
    """Where the link is mailed to."""


class ChangePasswordForm(Called, forms.ChangePasswordForm):
    """The password now, and the new one twice."""

    called = CALLED | NEW


class ResetPasswordFromKeyForm(Called, forms.ResetPasswordKeyForm):
    """A new password by the mailed link."""

    called = NEW
