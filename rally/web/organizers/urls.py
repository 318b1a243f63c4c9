"""Addresses of the organizers' pages."""

from django.urls import URLPattern, URLResolver, include, path, register_converter

from rally.web.organizers import (
    boards,
    dashboard,
    exports,
    fundraisers,
    gifts,
    inviting,
    join,
    lifecycle,
    members,
    money,
    overview,
    own,
    people,
    preview,
    settings,
    start,
    supporting,
    teams,
    tile_acts,
    wizard,
)


class Code:
    """An organization's code: six hex digits, the first below 8."""

    regex = "[0-7][0-9a-f]{5}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Code, "code")
app_name = "organizers"
# Under /organize/{code}/: every one of them takes `code` and stands behind the guard of `base`.
within: list[URLPattern] = [
    path("", overview.overview, name="overview"),
    path("leave/", members.leave, name="leave"),
    path("people/", people.people, name="people"),
    path("people/roles/", people.roles, name="roles"),
    path("people/invite/", inviting.invite, name="invite"),
    path("people/members/<int:pk>/", members.member, name="member"),
    path("people/members/<int:pk>/remove/", members.remove, name="member-remove"),
    path("people/members/<int:pk>/hand-over/", members.hand_over, name="hand-over"),
    path("people/requests/<slug:public_id>/", members.decide, name="request"),
    path("people/invitations/<slug:public_id>/", inviting.invitation, name="invitation"),
    path("people/invitations/<slug:public_id>/revoke/", inviting.revoke, name="invitation-revoke"),
    path("people/supporters/", supporting.supporters, name="supporters"),
    path("people/supporters/<slug:public_id>/", supporting.supporter, name="supporter"),
    path("people/teams/", teams.teams, name="teams"),
    path("people/fundraisers/", fundraisers.fundraisers, name="fundraisers"),
    path("gifts/<slug:public_id>/", gifts.gift, name="gift"),
    path("gifts/<slug:public_id>/credit/", gifts.credit, name="gift-credit"),
    path("gifts/<slug:public_id>/refund/", gifts.refund, name="gift-refund"),
    path("money/", money.overview, name="money"),
    path("campaigns/new/", wizard.new, name="campaign-new"),
    path("c/<slug:slug>/", dashboard.dashboard, name="campaign"),
    path("c/<slug:slug>/boards/", wizard.boards, name="campaign-boards"),
    path("c/<slug:slug>/boards/new/", boards.new, name="board-new"),
    path("c/<slug:slug>/assign/", fundraisers.assign, name="assign"),
    path("c/<slug:slug>/teams/new/", teams.new, name="team-new"),
    path("c/<slug:slug>/teams/<int:pk>/", teams.team, name="team"),
    path("c/<slug:slug>/teams/<int:pk>/archive/", teams.archive, name="team-archive"),
    path("c/<slug:slug>/fundraisers/new/", fundraisers.new, name="fundraiser-new"),
    path("c/<slug:slug>/fundraisers/<int:pk>/", fundraisers.fundraiser, name="fundraiser"),
    path(
        "c/<slug:slug>/fundraisers/<int:pk>/archive/",
        fundraisers.archive,
        name="fundraiser-archive",
    ),
    path("c/<slug:slug>/exports/", exports.choose, name="campaign-exports"),
    path("c/<slug:slug>/exports/<slug:name>.csv", exports.export, name="campaign-export"),
    path("c/<slug:slug>/look/", wizard.look, name="campaign-look"),
    path("c/<slug:slug>/preview/", preview.preview, name="campaign-preview"),
    path("c/<slug:slug>/publish/", wizard.publish, name="campaign-publish"),
    path("c/<slug:slug>/settings/", lifecycle.settings, name="campaign-settings"),
    path("c/<slug:slug>/currency/", lifecycle.currency, name="campaign-currency"),
    path("c/<slug:slug>/pause/", lifecycle.pause, name="campaign-pause"),
    path("c/<slug:slug>/resume/", lifecycle.resume, name="campaign-resume"),
    path("c/<slug:slug>/extend/", lifecycle.extend, name="campaign-extend"),
    path("c/<slug:slug>/close/", lifecycle.close, name="campaign-close"),
    path("c/<slug:slug>/cancel/", lifecycle.cancel, name="campaign-cancel"),
    path("c/<slug:slug>/clone/", lifecycle.clone, name="campaign-clone"),
    path("c/<slug:slug>/discard/", lifecycle.discard, name="campaign-discard"),
    path("boards/<slug:public_id>/", boards.board, name="board"),
    path("boards/<slug:public_id>/layout/", boards.layout, name="board-layout"),
    path("boards/<slug:public_id>/settings/", boards.rules, name="board-settings"),
    path("boards/<slug:public_id>/put-away/", boards.put_away, name="board-put-away"),
    path("boards/<slug:public_id>/earlier/", boards.shift, name="board-earlier"),
    path("boards/<slug:public_id>/<slug:name>/", tile_acts.act, name="board-act"),
    path("cash/<slug:reference>/confirm/", tile_acts.confirm, name="cash-confirm"),
    path("cash/<slug:reference>/back/", tile_acts.back, name="cash-back"),
    path("settings/", settings.settings, name="settings"),
    path("settings/money/", settings.money, name="settings-money"),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("organize/", start.start, name="start"),
    path("organize/new/", start.new, name="organization-new"),
    path("organize/find/", start.find, name="find"),
    path("organize/ask/<code:code>/", start.ask, name="ask"),
    path("join/", join.code, name="join-code"),
    path("join/<str:secret>/", join.join, name="join"),
    path("organize/pages/", own.pages, name="pages"),
    path("organize/pages/take-over/", own.take_over, name="pages-take-over"),
    path("organize/pages/<slug:key>/", own.page, name="page"),
    path("organize/pages/<slug:key>/edit/", own.edit, name="page-edit"),
    path("organize/pages/<slug:key>/gifts.csv", own.gifts, name="page-gifts"),
    path("organize/<code:code>/", include(within)),
]
