"""How allauth treats accounts here: e-mail addresses are lower case."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    """Keeps one account per address, whatever its capitals."""

    def clean_email(self, email: str) -> str:
        return super().clean_email(email).lower()
