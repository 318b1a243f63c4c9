"""Pages for people whose programs want in."""

from django.urls import path

from rally.web.oauth import apps, authorize

app_name = "oauth"

urlpatterns = [
    path("sprocket/auth/oauth2/authorize", authorize.authorize, name="authorize"),
    path("accounts/apps/", apps.listing, name="apps"),
    path("accounts/apps/<int:pk>/revoke/", apps.revoke, name="revoke"),
]
