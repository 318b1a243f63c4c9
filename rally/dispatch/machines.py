"""Mails about machine logins and the accounts that partners name."""

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import ApiCredential, CredentialRequest, Membership, OutboxEvent, User
from accounts.models.organizations import Role
from payments.models import StripeAccount
from rally.dispatch import mails

ACCESS = "/developers/access/"


def account_proposed(event: OutboxEvent) -> None:
    """Tell an owner where the money is to go, while there is time to object."""
    account = StripeAccount.objects.select_related("organization").get(pk=event.facts["account"])
    reader, here = User.objects.get(pk=event.facts["user"]), account.organization
    facts = {
        "name": str(here), "account": account.account_id,
        "date": date_format(account.usable_at, "DATETIME_FORMAT") if account.usable_at else "",
        "support": settings.RALLY_SUPPORT_EMAIL,
    }  # fmt: skip
    _send(
        reader.email, f"account-{event.pk}", str(here),
        heading=_("Another Stripe account for %(name)s") % facts,
        lead=_("The platform that looks after %(name)s asks that card payments go to the Stripe "
               "account %(account)s from %(date)s (UTC) on.") % facts,
        path=f"/organize/{here.code}/settings/money/", button=_("Look at it"),
        foot=_("If you didn't expect this, write to %(support)s before then.") % facts,
    )  # fmt: skip


def asked(event: OutboxEvent) -> None:
    """Tell the site's staff that an organization asks for credentials."""
    found = CredentialRequest.objects.select_related("organization").get(pk=event.facts["request"])
    facts = {"name": str(found.organization)}
    _send(
        settings.RALLY_SUPPORT_EMAIL, f"credential-asked-{found.public_id}", facts["name"],
        heading=_("%(name)s asks for API credentials") % facts,
        lead=_("This is what for. Approve it or refuse it with a reason."), quote=found.purpose,
        path=f"/admin/accounts/credentialrequest/{found.pk}/change/", button=_("Look at it"),
        foot=_("You get this because you support developers here."),
    )  # fmt: skip


def decided(event: OutboxEvent) -> None:
    """Tell whoever asked what became of it; with a yes, the owners, who take the secret."""
    found = CredentialRequest.objects.select_related("organization", "user").get(
        pk=event.facts["request"]
    )
    facts = {"name": str(found.organization)}
    if found.status == CredentialRequest.Status.APPROVED:
        _to_owners(found.organization_id, f"credential-{found.public_id}", facts)
        return
    _send(
        found.user.email, f"credential-refused-{found.public_id}", facts["name"],
        heading=_("%(name)s was not given API credentials") % facts,
        lead=_("This is the reason that was given:"), quote=found.reason, path=ACCESS,
        button=_("See your requests"), foot=_("You get this because you asked for access."),
    )  # fmt: skip


def waiting(event: OutboxEvent) -> None:
    """Staff made a new secret: tell the owners to take it."""
    found = ApiCredential.objects.select_related("organization").get(pk=event.facts["credential"])
    if found.organization is not None and found.revoked_at is None and found.taken_at is None:
        _to_owners(found.organization.pk, f"credential-new-{event.pk}",
                   {"name": str(found.organization)})  # fmt: skip


def _to_owners(organization_id: int, reference: str, facts: dict[str, str]) -> None:
    owners = Membership.objects.filter(
        organization=organization_id, role=Role.OWNER, campaign=None, team=None,
        user__is_active=True,
    ).select_related("user")  # fmt: skip
    for one in owners:
        _send(
            one.user.email, f"{reference}-{one.user.public_id}", facts["name"],
            heading=_("API credentials for %(name)s") % facts,
            lead=_("A login and a secret wait for you. The secret is shown once, to an owner."),
            path=ACCESS, button=_("Take them"),
            foot=_("You get this because you own %(name)s.") % facts,
        )  # fmt: skip


def _send(
    to: str, reference: str, organization: str, *, heading: str, lead: str, path: str,
    button: str, foot: str, quote: str = "",
) -> None:  # fmt: skip
    context: dict[str, object] = {
        "organization_name": organization, "heading": heading, "lead": lead, "quote": quote,
        "link": f"{settings.RALLY_BASE_URL}{path}", "button": button, "foot": foot,
    }  # fmt: skip
    mails.send("notice", context, to=to, reference=reference)
