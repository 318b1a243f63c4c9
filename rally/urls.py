"""The root of all addresses."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from rally.api.oauth.metadata import metadata
from rally.web import probes

urlpatterns: list[URLPattern | URLResolver] = [
    path("livez", probes.livez),
    path("readyz", probes.readyz),
    path("", include("rally.web.developers.urls")),
    path("api/", include("rally.api.tiles.urls")),
    path("sprocket/v2/", include("rally.api.sprocket.urls")),
    path(".well-known/oauth-authorization-server", metadata),
    path("sprocket/auth/oauth2/", include("rally.api.oauth.urls")),
    path("", include("rally.api.rallyup.urls")),
    path("", include("rally.web.oauth.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("", include("rally.web.organizers.urls")),
    path("", include("rally.web.supporters.urls")),
]

handler400 = "rally.web.errors.bad_request"
handler403 = "rally.web.errors.forbidden"
handler404 = "rally.web.errors.not_found"
handler500 = "rally.web.errors.server_error"
