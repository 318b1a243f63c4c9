"""Addresses of the organizers' pages."""

from django.urls import URLPattern, URLResolver, include, path, register_converter

from rally.web.organizers import inviting, join, members, overview, people, settings, start


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
    path("organize/<code:code>/", include(within)),
]
