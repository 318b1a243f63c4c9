"""The demo for RallyUp's clients: a partner, logins derived from the installation's key, and
enough of every kind to page through."""

from django.conf import settings

from accounts import credentials, webhooks
from accounts.actors import Actor
from accounts.models import (
    ApiCredential,
    Membership,
    Organization,
    Partner,
    User,
    WebhookEndpoint,
)
from accounts.models.organizations import Role
from campaigns import goals, members, teams
from campaigns.models import Campaign, Goal, Member, Team
from rally import keys
from rally.demo import people
from rally.kit import clock, ids

COMMAND = Actor(None, "command")
DOMAIN = "partner.example.com"
# The one account that the payment simulator knows as connected.
STRIPE_ACCOUNT = "acct_demo1"
DRAFTS = (("8de301", "Autumn Fair"), ("8de302", "Winter Camp"))
TEAMS = ("Demo juniors", "Demo seniors")
FUNDRAISERS = (("First", "Runner"), ("Second", "Runner"))
EVENTS = (webhooks.TRANSACTION_MADE, webhooks.CAMPAIGN_ENDS, "RaffleWinnersDetermined")
# Of the partner's own making.
OWN = ("example-band", "Example Band")


def login(kind: str) -> str:
    """The login of "organization" or "partner": the same on every run of one installation."""
    return keys.derive(settings.SECRET_KEY, f"demo rallyup {kind} login", length=20)


def secret(kind: str) -> str:
    """And its secret."""
    return keys.derive(settings.SECRET_KEY, f"demo rallyup {kind} secret", length=43)


def describe(campaign: Campaign) -> dict[str, object]:
    """What a script needs to play both kinds of programs."""
    return {
        "org_username": login("organization"),
        "org_password": secret("organization"),
        "partner_username": login("partner"),
        "partner_password": secret("partner"),
        "organization_id": campaign.organization_id,
        "campaign_id": campaign.pk,
        "stripe_account_id": STRIPE_ACCOUNT,
    }


def ensure(campaign: Campaign, elsewhere: Organization) -> None:
    """Make what is missing; running it again changes nothing."""
    school = campaign.organization
    partner, _made = Partner.objects.get_or_create(
        domain=DOMAIN, defaults={"name": "Example Partner", "custom_list": True}
    )
    unclaimed = Organization.objects.filter(pk__in=[school.pk, elsewhere.pk], partner=None)
    unclaimed.update(partner=partner)
    _own(partner, school.clock_offset_s)
    _credential(school, "organization")
    _credential(partner, "partner")
    for code, title in DRAFTS:
        _draft(school, code, title)
    _people(campaign)
    _hooks(school)


def _own(partner: Partner, ahead: int) -> None:
    """An organization that the partner made itself, with somebody in it. `ahead`: in seconds, of
    the sandboxes' clock."""
    slug, name = OWN
    made, _made = Organization.objects.get_or_create(
        slug=slug,
        defaults={"name": name, "partner": partner, "partner_made": True, "country": "US",
                  "time_zone": "America/New_York", "clock_offset_s": ahead},
    )  # fmt: skip
    Membership.objects.get_or_create(
        organization=made, user=User.objects.get(email=people.email("outsider")), campaign=None,
        team=None, defaults={"role": Role.OWNER},
    )  # fmt: skip


def _credential(owner: Organization | Partner, kind: str) -> None:
    """The login with its secret, whatever a visitor did to it."""
    found = ApiCredential.objects.filter(login=login(kind)).first()
    if found is None:
        credentials.issue(owner, COMMAND, purpose="the demo", login=login(kind),
                          secret=secret(kind))  # fmt: skip
    else:
        digest = ids.digest(secret(kind))
        ApiCredential.objects.filter(pk=found.pk).update(
            secret_digest=digest, revoked_at=None, taken_at=found.taken_at or clock.now()
        )


def _draft(school: Organization, code: str, title: str) -> None:
    made, new = Campaign.objects.get_or_create(
        organization=school, code=code,
        defaults={"title": title, "slug": f"demo-{code}", "time_zone": school.time_zone,
                  "currency": school.currency, "summary": "A draft, for programs to list."},
    )  # fmt: skip
    if new:
        Goal.objects.create(kind=Goal.Kind.CAMPAIGN, campaign=made, amount_minor=100_000)


def _people(campaign: Campaign) -> None:
    """Two more teams and fundraisers; nothing was given to them."""
    for name in TEAMS:
        if not Team.objects.filter(campaign=campaign, name=name).exists():
            teams.add(campaign, {"name": name, "goal": {"amount_minor": 50_000}}, COMMAND)
    for first, last in FUNDRAISERS:
        email = f"{first}.{last}@example.com".lower()
        member = Member.objects.filter(campaign=campaign, person__email=email).first()
        if member is None:
            changes = {"first_name": first, "last_name": last, "email": email}
            member = members.add(campaign, changes, COMMAND)
        goals.ensure(member)


def _hooks(school: Organization) -> None:
    """Three webhooks, turned off: nothing listens at example.com."""
    for event in EVENTS:
        known = WebhookEndpoint.objects.filter(organization=school, dialect=webhooks.RALLYUP)
        url = f"https://example.com/rallyup/{event}"
        if not known.filter(url=url).exists():
            made = webhooks.add(school, COMMAND, url=url, events=[event], dialect=webhooks.RALLYUP)
            webhooks.change(made, COMMAND, enabled=False)
