"""A campaign's address: its title and year. What was once printed leads there for ever."""

import datetime as dt
import re

from django.utils.text import slugify

from campaigns.models import Campaign, Member, OldSlug, Team
from rally.kit import clock

LONGEST = 90
YEAR_LAST = re.compile(r"(^|-)20\d\d$")
# Words that would read as a page of ours, now or later.
RESERVED = frozenset({
    "new", "edit", "settings", "admin", "api", "static", "media", "accounts", "organize", "join",
    "checkout", "gifts", "developers", "help", "about", "terms", "privacy", "rally", "index",
    "campaign", "campaigns", "board", "boards", "team", "teams", "search", "preview", "theme",
})  # fmt: skip


def base(title: str, deadline: dt.datetime | None) -> str:
    """Title and year: "Spring Fund" until May 2027 is "spring-fund-2027".

    The year is the deadline's; without one the title's own, else this year.
    """
    words = slugify(title)[: LONGEST - 5].strip("-_") or "fundraiser"
    year = str((deadline or clock.now()).year)
    if words.endswith(year) or (deadline is None and YEAR_LAST.search(words)):
        return words
    return f"{words}-{year}"


def free(title: str, deadline: dt.datetime | None, *, own: Campaign | None = None) -> str:
    """The first of base, base-2, base-3 .. that no other campaign has or ever had.

    `own` may keep the slug it has, and take back one it had.
    """
    wanted = base(title, deadline)
    campaigns = Campaign.objects.filter(slug__startswith=wanted)
    olds = OldSlug.objects.filter(slug__startswith=wanted)
    if own is not None:
        campaigns, olds = campaigns.exclude(pk=own.pk), olds.exclude(campaign=own)
    taken = set(campaigns.values_list("slug", flat=True)) | set(olds.values_list("slug", flat=True))
    candidate, number = wanted, 1
    while candidate in taken:
        number += 1
        candidate = f"{wanted}-{number}"
    return candidate


def rename(campaign: Campaign, slug: str) -> None:
    """Give the campaign another address and keep the old one leading to it.

    The caller saves the campaign, in the same transaction.
    """
    if slug == campaign.slug:
        return
    OldSlug.objects.get_or_create(slug=campaign.slug, defaults={"campaign": campaign})
    OldSlug.objects.filter(slug=slug, campaign=campaign).delete()
    campaign.slug = slug


def within(campaign: Campaign, owner: type[Team] | type[Member], words: str) -> str:
    """The first of a, a-2, a-3 .. that no other team, or fundraiser, of the campaign ever had.

    The caller holds the campaign's lock, so that two at once get two.
    """
    wanted = slugify(words)[: LONGEST - 5].strip("-_") or owner._meta.model_name or "page"
    rows = owner._default_manager.filter(campaign=campaign, slug__startswith=wanted)
    taken = set(rows.values_list("slug", flat=True))
    candidate, number = wanted, 1
    while candidate in taken or candidate in RESERVED:
        number += 1
        candidate = f"{wanted}-{number}"
    return candidate
