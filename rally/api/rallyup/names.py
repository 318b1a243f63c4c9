"""The parameters of calls, as the documents name them."""

from rally.api.rallyup.calls import Parameter
from rally.api.rallyup.objects.campaigns import STATUSES, TYPES

DAYS = (
    Parameter("startDate", "The first day (UTC).", example="2026-01-01"),
    Parameter("endDate", "The last day (UTC), included.", example="2030-12-31"),
)
PAGES = (
    Parameter("pageIndex", "The page, from 1.", kind="int", example="1"),
    Parameter("pageSize", "1 to 100; 100 if not given.", kind="int", example="10"),
)
ONE_CAMPAIGN = Parameter("campaignID", "Only those of one campaign.", kind="int")
NEEDED_CAMPAIGN = Parameter("campaignID", "Which campaign's.", True, "int", "$CAMPAIGN_ID")
ONE_ORGANIZATION = Parameter(
    "organizationID", "Of one organization; this or campaignID is needed.", kind="int",
    example="$ORGANIZATION_ID",
)  # fmt: skip
NEEDED_ORGANIZATION = Parameter(
    "organizationID", "Which organization's.", True, "int", "$ORGANIZATION_ID"
)
ORGANIZATION = Parameter("OrganizationID", "Which organization.", True, "int", "$ORGANIZATION_ID")
OF_CAMPAIGNS = (
    *DAYS,
    Parameter("sortBy", "id, name, startDate, endDate or amountRaised, with - downwards; -id if "
              "not given.", example="-amountRaised"),
    Parameter("campaignType", f"One of {', '.join(TYPES)}.", example="Sale"),
    Parameter("includeDonationPages", "true or false; there are no donation pages here.",
              kind="bool"),
    Parameter("status", f"One of {', '.join(STATUSES)}.", example="Started"),
)  # fmt: skip
HOOK = (
    Parameter("Event", "What to tell of.", True, example="TransactionMade"),
    Parameter("Url", "An https address, open to the internet.", True,
              example="https://example.com/rallyup"),
)  # fmt: skip
EMAIL = Parameter("Email", "Whose.", True, example="helper@example.com")
ROLE = Parameter("Role", "Administrator (if not given) or Staff.", example="Staff")
ACCOUNT = Parameter("StripeOnBehalfAccountId", "acct_…, connected to this site's Stripe platform.",
                    True, example="$STRIPE_ACCOUNT_ID")  # fmt: skip
NEW_ORGANIZATION = (
    Parameter("Name", "The legal name.", True, example="Example Band"),
    Parameter("Country", "ISO 3166, two letters.", True, example="US"),
    Parameter("Address1", "The first line."),
    Parameter("Address2", "The second line."),
    Parameter("Address3", "Put behind the second."),
    Parameter("State", "State or province."),
    Parameter("City", "City."),
    Parameter("PostalCode", "Postal code."),
    Parameter("501c", "Whether it is tax exempt: true or false, 1 or 0, yes or no.", kind="bool",
              example="true"),
    Parameter("EIN", "Nine digits, with or without a dash.", example="123456789"),
)  # fmt: skip
