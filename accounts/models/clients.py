"""Programs that act for people: OAuth clients, their tokens, and machine credentials.

All five of the toolkit's models are swapped here, before the first migration, because
swapping one later means rewriting tables. Secrets are kept as digests only.
"""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from oauth2_provider import models as toolkit

from accounts.models.organizations import Organization, Partner
from accounts.models.users import User


class ApiClient(toolkit.AbstractApplication):
    """A third-party application. Its profile decides how strict OAuth is with it."""

    class Profile(models.TextChoices):
        MODERN = "modern", _("modern: PKCE, exact redirects, rotating refresh tokens")
        SPROCKET = "sprocket", _("Sprocket: confidential, static refresh token, prefixes")

    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="clients"
    )
    profile = models.CharField(max_length=8, choices=Profile, default=Profile.MODERN)
    prefixes_approved_at = models.DateTimeField(null=True, blank=True)
    refresh_days = models.PositiveSmallIntegerField(default=365)
    # Replaces the toolkit's column: a SHA-256 digest, as a generated secret needs no slow hash.
    client_secret = models.CharField(
        _("digest of the secret"), max_length=64, blank=True, default="", editable=False
    )
    disabled_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    def clean(self) -> None:
        """The toolkit's checks know no profiles; `accounts.redirects` has ours."""

    class Meta(toolkit.AbstractApplication.Meta):
        verbose_name = _("API client")
        constraints = [
            models.CheckConstraint(
                condition=Q(profile="modern") | Q(client_type="confidential"),
                name="public_clients_are_modern",
            )
        ]


class ApiConsent(models.Model):
    """What a user let an application do, and for which organization."""

    client = models.ForeignKey(ApiClient, models.CASCADE, related_name="consents")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    user = models.ForeignKey(User, models.PROTECT, related_name="consents")
    scopes = models.TextField(blank=True)
    # Given as one who holds a role: it ends with the last role, even if the user is a
    # supporter there, too.
    by_role = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("client", "organization", "user", name="one_consent_each")
        ]

    def __str__(self) -> str:
        return f"{self.client} for {self.user}"


class ApiGrantCode(toolkit.AbstractGrant):
    """An authorization code: kept as a digest, bound to an organization, used once."""

    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+"
    )
    consent = models.ForeignKey(ApiConsent, models.CASCADE, null=True, blank=True, related_name="+")
    # The refresh tokens this code led to carry the same one, so a replay can end them.
    token_family = models.UUIDField(null=True, blank=True, editable=False)
    # False: the client named none, so the first registered one was meant.
    redirect_named = models.BooleanField(default=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta(toolkit.AbstractGrant.Meta):
        verbose_name = _("authorization code")


class ApiAccessToken(toolkit.AbstractAccessToken):
    """A bearer token. Several may live per refresh token, so that key is a plain one."""

    source_refresh_token = models.ForeignKey(
        "accounts.ApiRefreshToken", models.SET_NULL, null=True, blank=True,
        related_name="access_tokens",
    )  # fmt: skip
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+"
    )
    credential = models.ForeignKey(
        "accounts.ApiCredential", models.PROTECT, null=True, blank=True, related_name="tokens"
    )

    consent = models.ForeignKey(ApiConsent, models.CASCADE, null=True, blank=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta(toolkit.AbstractAccessToken.Meta):
        verbose_name = _("access token")
        indexes = [
            models.Index("source_refresh_token", "expires", name="live_tokens_of_a_grant"),
            models.Index("expires", name="token_expiry"),
        ]


class ApiRefreshToken(toolkit.AbstractRefreshToken):
    """A refresh token: static for Sprocket's confidential clients, rotating for the rest."""

    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+"
    )
    consent = models.ForeignKey(ApiConsent, models.CASCADE, null=True, blank=True, related_name="+")
    scope = models.TextField(blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta(toolkit.AbstractRefreshToken.Meta):
        verbose_name = _("refresh token")


class ApiIdToken(toolkit.AbstractIDToken):
    """OpenID Connect is off; the table exists because the toolkit's models point at it."""

    class Meta(toolkit.AbstractIDToken.Meta):
        verbose_name = _("id token")


class ApiCredential(models.Model):
    """A RallyUp login and generated secret, of an organization or of a partner."""

    login = models.CharField(max_length=64, unique=True)
    secret_digest = models.CharField(max_length=64)
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="credentials"
    )
    partner = models.ForeignKey(
        Partner, models.PROTECT, null=True, blank=True, related_name="credentials"
    )
    # The partner that had it made for one of its organizations; making another ends this one.
    made_by = models.ForeignKey(
        Partner, models.PROTECT, null=True, blank=True, related_name="made_credentials"
    )
    purpose = models.TextField(max_length=1000, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    # Empty until somebody was shown the secret; before that nobody knows it.
    taken_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(organization__isnull=False, partner=None)
                | Q(organization=None, partner__isnull=False),
                name="credential_has_one_owner",
            )
        ]

    def __str__(self) -> str:
        return self.login


class PersonalToken(models.Model):
    """A named, scoped token a user made for their own scripts."""

    user = models.ForeignKey(User, models.PROTECT, related_name="personal_tokens")
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+"
    )
    name = models.CharField(max_length=100)
    scopes = models.TextField(blank=True)
    digest = models.CharField(max_length=64, unique=True)
    last_four = models.CharField(max_length=4)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} (…{self.last_four})"
