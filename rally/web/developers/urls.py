"""Addresses of the developer portal."""

from django.urls import path

from rally.web.developers import machine_access, mine, pages
from rally.web.developers.rallyup import pages as rallyup
from rally.web.developers.sprocket import pages as sprocket

app_name = "developers"
urlpatterns = [
    path("developers/", pages.start, name="start"),
    path("developers/tiles/<slug:key>/", pages.section, name="section"),
    path("developers/sprocket/", sprocket.start, name="sprocket"),
    path("developers/sprocket/oauth/", sprocket.oauth, name="sprocket-oauth"),
    path("developers/sprocket/objects/", sprocket.objects, name="sprocket-objects"),
    path("developers/sprocket/<slug:key>/", sprocket.section, name="sprocket-section"),
    path("developers/rallyup/", rallyup.start, name="rallyup"),
    path("developers/rallyup/objects/", rallyup.objects, name="rallyup-objects"),
    path("developers/rallyup/<slug:key>/", rallyup.section, name="rallyup-section"),
    path("developers/apps/", mine.apps, name="apps"),
    path("developers/apps/<slug:public_id>/secret/", mine.app_secret, name="app-secret"),
    path("developers/access/", machine_access.access, name="access"),
    path("developers/access/<int:pk>/secret/", machine_access.secret, name="access-secret"),
    path("developers/access/<int:pk>/revoke/", machine_access.revoke, name="access-revoke"),
    path("developers/webhooks/", mine.hooks, name="hooks"),
    path("developers/webhooks/<slug:public_id>/", mine.hook, name="hook"),
    path("developers/webhooks/<slug:public_id>/remove/", mine.remove_hook, name="hook-remove"),
    path(
        "developers/webhooks/<slug:public_id>/<slug:delivery>/replay/",
        mine.replay,
        name="replay",
    ),
    path("accounts/tokens/", mine.my_tokens, name="tokens"),
    path("accounts/tokens/<int:pk>/revoke/", mine.revoke_token, name="token-revoke"),
    path("api/schema/", pages.schema_page, name="schema"),
    path("api/schema/<slug:key>.json", pages.schema, name="schema-json"),
]
