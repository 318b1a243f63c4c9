"""Who wants to pay: checked once, here, for pages and programs alike."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext as _

from accounts.models import Organization, Person
from campaigns.donations import Shown
from campaigns.models import Donation
from rally.kit import text
from rally.kit.errors import InvalidInput

LONGEST_NAME = 100
LONGEST_MESSAGE = 200
LONGEST_URL = 2_000
# What a name may not hold, because the name is public: something@somewhere.tld.
ADDRESS = re.compile(r"\S@\S+\.\S")
_email = EmailValidator()


@dataclass(frozen=True, slots=True)
class Supporter:
    """What a supporter told us. `checked()` gives it cleaned, or raises InvalidInput."""

    name: str
    email: str
    message: str = ""
    image_url: str = ""
    display_as: str = "name"
    hide_amount: bool = False

    def checked(self) -> "Supporter":
        """The same with every field cleaned. Raises InvalidInput naming the first bad field."""
        return Supporter(
            name=clean_name(self.name),
            email=clean_email(self.email),
            message=clean_message(self.message),
            image_url=clean_image_url(self.image_url),
            display_as=clean_display_as(self.display_as),
            hide_amount=_flag(self.hide_amount, "supporter.hideAmount"),
        )

    def shown(self) -> Shown:
        """What the public may see of it."""
        return Shown(
            name=self.name,
            shown_as=self.display_as,
            hide_amount=self.hide_amount,
            message=self.message,
            image_url=self.image_url,
        )


def clean_name(value: object) -> str:
    """1 to 100 visible characters on one line."""
    name = _text(value, "supporter.name")
    cleaned = text.one_line(name)
    if not text.is_visible(cleaned):
        raise InvalidInput(_("Please give a name."), field="supporter.name")
    if ADDRESS.search(cleaned):
        raise InvalidInput(
            _("Please give a name, not an e-mail address: the name is shown on the board."),
            field="supporter.name",
        )
    if len(cleaned) > LONGEST_NAME:
        raise InvalidInput(
            _("Please keep the name to %(most)s characters.") % {"most": LONGEST_NAME},
            field="supporter.name",
        )
    return cleaned


def clean_email(value: object) -> str:
    """One plain address, lower case; international domain names are fine."""
    email = _text(value, "supporter.email").strip()
    try:
        if len(email) > 254 or any(ord(letter) < 33 for letter in email):
            raise ValidationError("")
        _email(email)
    except ValidationError:
        raise InvalidInput(
            _("Please give a complete e-mail address."),
            field="supporter.email",
        ) from None
    return email.lower()


def clean_message(value: object) -> str:
    """Up to 200 characters; line breaks stay, hidden characters go."""
    message = text.paragraphs(_text(value, "supporter.message"))
    if len(message) > LONGEST_MESSAGE:
        raise InvalidInput(
            _("Please keep the message to %(most)s characters.") % {"most": LONGEST_MESSAGE},
            field="supporter.message",
        )
    return message


def clean_image_url(value: object) -> str:
    """An https address with a real host name. It is kept, never fetched here, never shown."""
    url = _text(value, "supporter.imageUrl").strip()
    if not url:
        return ""
    problem = InvalidInput(
        _("imageUrl must be an https address of at most 2,000 characters."),
        field="supporter.imageUrl",
    )
    if len(url) > LONGEST_URL or any(ord(letter) < 33 for letter in url) or "\\" in url:
        raise problem
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise problem from None
    host = parts.hostname or ""
    if parts.scheme != "https" or parts.username is not None or port not in (None, 443):
        raise problem
    labels = host.removesuffix(".").split(".")
    # A last label of digits or 0x.. makes it an address, however it is written (WHATWG URL).
    if len(labels) < 2 or "" in labels or ":" in host or labels[-1][:1].isdigit():
        raise problem
    return url


def clean_display_as(value: object) -> str:
    """How the name is shown: name, initial or anonymous."""
    if value not in Donation.ShownAs.values:
        raise InvalidInput(
            _("displayAs must be name, initial or anonymous."), field="supporter.displayAs"
        )
    return str(value)


def person_for(supporter: Supporter, organization: Organization) -> Person:
    """The organization's person with this e-mail and name, made if new."""
    first, _space, last = supporter.name.partition(" ")
    wanted = Person(
        organization=organization, first_name=first[:100], last_name=last[:100],
        email=supporter.email,
    )  # fmt: skip
    known = Person.objects.filter(
        organization=organization, email=supporter.email, name_key=text.key(wanted.name),
        archived_at=None,
    ).first()  # fmt: skip
    if known is not None:
        return known
    wanted.save()
    return wanted


def _text(value: object, field: str) -> str:
    if not isinstance(value, str):
        raise InvalidInput(_("%(field)s must be text.") % {"field": field}, field=field)
    if text.has_forbidden(value):
        raise InvalidInput(
            _("%(field)s has characters that can't be used.") % {"field": field}, field=field
        )
    return value


def _flag(value: object, field: str) -> bool:
    if not isinstance(value, bool):
        raise InvalidInput(_("%(field)s must be true or false.") % {"field": field}, field=field)
    return value
