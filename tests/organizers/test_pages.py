"""The organizers' pages as a browser without JavaScript uses them, and what nonsense does."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts import invitations, organizations, profiles
from accounts.actors import SYSTEM
from accounts.models import Invitation, JoinRequest, Membership, Organization
from accounts.models.organizations import Role
from boards import reserving
from boards.errors import BoardClosed
from tests.accounts.people import House, make_house
from tests.factories import make_board, make_campaign, make_hold, make_user

pytestmark = pytest.mark.django_db(databases=["default", "cache"])
MOST_QUERIES = 12


@pytest.fixture(autouse=True)
def no_rates(settings) -> None:
    settings.RALLY_LIMITS = False


@pytest.fixture
def house() -> House:
    return make_house(name="Test School", time_zone="America/Chicago")


@pytest.fixture
def owner(client: Client, house: House) -> Client:
    client.force_login(house.owner.user)
    return client


def url(house: House, name: str, *args: object) -> str:
    return reverse(f"organizers:{name}", args=[house.organization.code, *args])


def other(house_actor) -> Client:
    client = Client()
    client.force_login(house_actor.user)
    return client


def test_a_newcomer_is_taught_and_starts_an_organization(client: Client) -> None:
    client.force_login(make_user())
    page = client.get("/organize/").content.decode()
    assert "Start an organization" in page and "You were invited?" in page
    answer = client.post("/organize/new/", {"name": "Our Choir", "country": "DE"}, follow=True)
    made = Organization.objects.get()
    assert answer.request["PATH_INFO"] == f"/organize/{made.code}/campaigns/new/"
    html = answer.content.decode()
    assert "in EUR" in html and "verified this organization yet" in html


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"name": "", "country": "US"}, "Please give a name."),
        ({"name": "\u200b\u200b", "country": "US"}, "Please give a name."),
        ({"name": "A" * 200, "country": "US"}, "keep this to 150"),
        ({"name": "Our Choir", "country": "ZZ"}, "choose one of these"),
        ({"name": "Our Choir"}, "fill this in"),
        ({"name": "a\x00b", "country": "US"}, "can&#x27;t be used"),
    ],
)
def test_a_start_that_can_t_be_read_says_so_beside_the_field(
    client: Client, data: dict, words: str
) -> None:
    client.force_login(make_user())
    answer = client.post("/organize/new/", data)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert not Organization.objects.exists()


def test_a_script_in_a_name_is_shown_as_text(owner: Client, house: House) -> None:
    form = filled(owner, house) | {"name": "<script>alert(1)</script>", "common_name": ""}
    page = owner.post(url(house, "settings"), form, follow=True).content.decode()
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page


def test_searching_asking_and_seeing_what_became_of_it(client: Client, house: House) -> None:
    client.force_login(house.stranger.user)
    found = client.get("/organize/find/", {"q": "test sch"}).content.decode()
    assert "Test School" in found
    assert "at least three letters" in client.get("/organize/find/", {"q": "x"}).content.decode()
    assert client.get("/organize/find/", {"q": "zzzz"}).status_code == 200
    empty = client.post(url_ask(house), {"message": "  "})
    assert empty.status_code == 400 and "somebody has to know you" in empty.content.decode()
    page = client.post(url_ask(house), {"message": "I coach."}, follow=True).content.decode()
    assert "You asked to join Test School" in page and "pending" in page
    request = JoinRequest.objects.get()
    decider = other(house.admin)
    decide = url(house, "request", request.public_id)
    assert "Please give a reason" in decider.post(decide, {"decision": "refuse"}).content.decode()
    decider.post(decide, {"decision": "refuse", "reason": "We don't know you."})
    page = client.get("/organize/").content.decode()
    assert "denied" in page and "We don&#x27;t know you." in page
    again = decider.post(decide, {"decision": "approve", "role": "viewer"})
    assert "decided already" in again.content.decode()
    assert not Membership.objects.filter(user=house.stranger.user).exists()


def url_ask(house: House) -> str:
    return reverse("organizers:ask", args=[house.organization.code])


def test_pending_and_unlisted_ones_are_not_found_by_name(client: Client, house: House) -> None:
    client.force_login(house.stranger.user)
    Organization.objects.update(status="pending")
    assert "Test School" not in client.get("/organize/find/", {"q": "test"}).content.decode()
    assert client.get("/organize/find/?q=" + "x" * 500).status_code == 200


def invited(owner: Client, house: House, **data: str) -> Invitation:
    answer = owner.post(url(house, "invite"), {"role": "team_admin", "part": "", **data})
    assert answer.status_code == 302, answer.content.decode()
    return Invitation.objects.latest("pk")


def test_inviting_by_link_and_joining(owner: Client, house: House) -> None:
    made = invited(owner, house)
    shown = owner.get(url(house, "invitation", made.public_id)).content.decode()
    secret = invitations.secret_of(made)
    assert f"http://testserver/join/{secret}/" in shown
    stranger = Client()
    page = stranger.get(f"/join/{secret}/").content.decode()
    assert "Test School" in page and "Make an account" in page
    guest = other(house.stranger)
    typed = guest.post("/join/", {"code": invitations.spaced(secret).lower()})
    assert typed.headers["Location"] == f"/join/{secret}/"
    for _twice in range(2):
        guest.post(f"/join/{secret}/")
    assert Membership.objects.get(user=house.stranger.user).role == Role.TEAM_ADMIN


def test_each_invitation_that_can_t_be_used_says_why(owner: Client, house: House) -> None:
    guest = other(house.stranger)
    for address in ("/join/nothing/", "/join/" + "A" * 300 + "/", "/join/%00/", "/join/é/"):
        assert guest.get(address).status_code in (404, 400)
    used, late, revoked = (invited(owner, house) for _ in range(3))
    elsewhere = invited(owner, house, email="another@example.org")
    other(house.admin).post(f"/join/{invitations.secret_of(used)}/")
    Invitation.objects.filter(pk=late.pk).update(expires_at="2020-01-01T00:00:00Z")
    owner.post(url(house, "invitation-revoke", revoked.public_id))
    for made, status, words in (
        (used, 410, "has been used"),
        (late, 410, "has expired"),
        (revoked, 410, "taken back"),
        (elsewhere, 403, "for another e-mail address"),
    ):
        for ask in (guest.get, guest.post):
            answer = ask(f"/join/{invitations.secret_of(made)}/")
            assert answer.status_code == status
            assert words in answer.content.decode()
    assert not Membership.objects.filter(user=house.stranger.user).exists()
    assert (
        "another@example.org"
        not in guest.get(f"/join/{invitations.secret_of(elsewhere)}/").content.decode()
    )


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"role": "owner"}, "role"),
        ({"role": ""}, "role"),
        ({"role": "viewer", "email": "nobody"}, "email"),
        ({"role": "viewer", "part": "c999999"}, "part"),
        ({"role": "viewer", "part": "DROP"}, "part"),
    ],
)
def test_an_invitation_that_can_t_be_made(
    owner: Client, house: House, data: dict, field: str
) -> None:
    answer = owner.post(url(house, "invite"), {"email": "", "part": ""} | data)
    assert answer.status_code == 400
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert not Invitation.objects.exists()


def test_an_admin_s_role_can_t_be_limited(owner: Client, house: House) -> None:
    campaign = make_campaign(house.organization)
    theirs = make_campaign()
    limited = {"role": "admin", "part": f"c{campaign.pk}", "email": ""}
    assert "whole organization only" in owner.post(url(house, "invite"), limited).content.decode()
    made = invited(owner, house, part=f"c{campaign.pk}")
    assert made.campaign == campaign
    foreign = {"role": "viewer", "part": f"c{theirs.pk}", "email": ""}
    assert owner.post(url(house, "invite"), foreign).status_code == 400


def test_a_deed_asks_first(owner: Client, house: House) -> None:
    member = house.add(Role.VIEWER)
    for name in ("member-remove", "hand-over"):
        page = owner.get(url(house, name, member.pk)).content.decode()
        assert 'name="confirm"' in page
    assert Membership.objects.get(pk=member.pk).role == Role.VIEWER
    owner.post(url(house, "hand-over", member.pk))
    assert Membership.objects.get(pk=member.pk).role == Role.OWNER
    assert owner.get(url(house, "member", member.pk)).status_code == 200


def test_the_last_owner_is_told_why_not(owner: Client, house: House) -> None:
    answer = owner.post(url(house, "leave"))
    assert answer.status_code == 409
    assert "needs an owner" in answer.content.decode()
    mine = house.of(house.owner)
    answer = owner.post(url(house, "member", mine.pk), {"role": "viewer"})
    assert answer.status_code == 400 and "needs an owner" in answer.content.decode()


def filled(client: Client, house: House) -> dict[str, str]:
    """What a browser would send of the settings' form as it stands."""
    form = client.get(url(house, "settings")).context["form"]
    return {name: form[name].value() for name in form.fields if form[name].value()}


def test_two_who_save_at_once(owner: Client, house: House) -> None:
    second = other(house.admin)
    mine, theirs = filled(owner, house), filled(second, house)
    owner.post(url(house, "settings"), mine | {"city": "Springfield", "x": "https://x.com/a"})
    answer = second.post(url(house, "settings"), theirs | {"name": "New name"})
    page = answer.content.decode()
    assert answer.status_code == 409
    for words in ("Somebody else saved", "Springfield", "New name", "Test School"):
        assert words in page
    house.organization.refresh_from_db()
    assert (house.organization.name, house.organization.city) == ("Test School", "Springfield")
    again = {"seen": profiles.version(house.organization)}
    assert again["seen"] in page
    kept = theirs | again | {"name": "New name", "city": "Springfield", "x": "https://x.com/a"}
    assert second.post(url(house, "settings"), kept).status_code == 302
    house.organization.refresh_from_db()
    assert (house.organization.name, house.organization.city) == ("New name", "Springfield")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""), ("website", "javascript:alert(1)"), ("facebook", "nothing"),
        ("country", "Narnia"), ("currency", "EURO"), ("time_zone", "Mars/Base"),
        ("tax_id", "9" * 99), ("zip", "9" * 21),
    ],
)  # fmt: skip
def test_settings_that_can_t_be_used(owner: Client, house: House, field: str, value: str) -> None:
    form = filled(owner, house) | {"city": "Kept as typed", field: value}
    answer = owner.post(url(house, "settings"), form)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "Kept as typed" in page and f'id="id_{field}_error"' in page
    house.organization.refresh_from_db()
    assert house.organization.city == ""


def test_privacy_is_obeyed(owner: Client, house: House) -> None:
    board = make_board(campaign=make_campaign(house.organization, title="Quiet fund"))
    addresses = [f"/c/{board.campaign.slug}/", f"/b/{board.public_id}/"]
    assert "Quiet fund" in Client().get("/").content.decode()
    for address in addresses:
        assert "noindex" not in Client().get(address).content.decode()
    form = filled(owner, house) | {"unlisted": "on", "noindex": "on"}
    assert owner.post(url(house, "settings"), form).status_code == 302
    assert "Quiet fund" not in Client().get("/").content.decode()
    for address in addresses:
        assert '<meta name="robots" content="noindex">' in Client().get(address).content.decode()


def test_a_frozen_organization_says_paused_and_takes_no_holds(owner: Client, house: House) -> None:
    board = make_board(campaign=make_campaign(house.organization))
    make_hold(board, [1])
    organizations.freeze(house.organization, SYSTEM)
    for address in (f"/c/{board.campaign.slug}/", f"/b/{board.public_id}/"):
        assert "This campaign is paused" in Client().get(address).content.decode()
    with pytest.raises(BoardClosed):
        reserving.reserve(board_id=board.pk, numbers=[2], token="a-token-nobody-can-guess-1")
    assert "paused by the staff" in owner.get(url(house, "overview")).content.decode()
    assert board.campaign.title not in Client().get("/").content.decode()


def test_pages_ask_the_database_little(
    owner: Client, house: House, django_assert_max_num_queries
) -> None:
    for number in range(30):
        house.add(Role.VIEWER)
        make_campaign(house.organization, title=f"Campaign {number}")
    for name in ("overview", "people", "roles", "invite", "settings"):
        with django_assert_max_num_queries(MOST_QUERIES):
            assert owner.get(url(house, name)).status_code == 200
    with django_assert_max_num_queries(MOST_QUERIES):
        owner.get("/organize/")


def test_signing_in_leads_back_and_the_page_is_nobody_else_s(client: Client, house: House) -> None:
    answer = client.get(url(house, "people") + "?page=2")
    assert re.match(r"/accounts/login/\?next=/organize/.*people", answer.headers["Location"])
    client.force_login(house.owner.user)
    assert "no-store" in client.get(url(house, "people")).headers["Cache-Control"]
    assert client.delete(url(house, "people")).status_code == 405
    assert client.get(url(house, "people") + "?page=nonsense").status_code == 200
