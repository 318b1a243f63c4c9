"""The addresses programs call, under /sprocket/auth/oauth2/."""

from django.urls import path

from rally.api.oauth import endpoints

app_name = "oauth-api"

urlpatterns = [
    path("token", endpoints.token, name="token"),
    path("refresh", endpoints.refresh, name="refresh"),
    path("revoke", endpoints.revoke, name="revoke"),
    path("introspect", endpoints.introspect, name="introspect"),
]
