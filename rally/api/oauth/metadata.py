"""What this server can do, for programs that look it up (RFC 8414): only what is on."""

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts import scopes


@require_safe
def metadata(request: HttpRequest) -> JsonResponse:
    """GET /.well-known/oauth-authorization-server."""
    issuer = settings.RALLY_BASE_URL
    secret = ["client_secret_basic"]
    body = {
        "issuer": issuer,
        "authorization_endpoint": issuer + reverse("oauth:authorize"),
        "token_endpoint": issuer + reverse("oauth-api:token"),
        "revocation_endpoint": issuer + reverse("oauth-api:revoke"),
        "introspection_endpoint": issuer + reverse("oauth-api:introspect"),
        "scopes_supported": list(scopes.SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_methods_supported": [*secret, "none"],
        "revocation_endpoint_auth_methods_supported": [*secret, "none"],
        "introspection_endpoint_auth_methods_supported": secret,
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
    }
    response = JsonResponse(body)
    response["Cache-Control"] = "public, max-age=300"
    return response
