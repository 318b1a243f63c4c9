"""What the OAuth toolkit is told: the strict side of everything (RFC 9700).

Our own endpoints don't ask it; its models and its system checks do.
"""

STRICT = {
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
    "ACCESS_TOKEN_EXPIRE_SECONDS": 1_800,
    "AUTHORIZATION_CODE_EXPIRE_SECONDS": 600,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "ALLOW_URI_WILDCARDS": False,
    **{
        f"COMPLIANT_BCP_RFC9700_{name}": True
        for name in (
            "IMPLICIT_GRANT", "PASSWORD_GRANT", "PKCE_METHOD", "PKCE_REQUIRED", "TOKEN_STORAGE",
            "ACCESS_TOKEN_TRANSPORT", "AUTHZ_RESPONSE_ISS", "REFRESH_TOKEN",
            "REDIRECT_URI_SCHEME", "REDIRECT_URI_MATCHING",
        )
    },
}  # fmt: skip
