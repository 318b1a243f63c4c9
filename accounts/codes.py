"""Authorization codes: given after a yes, good once and for ten minutes, for one address.

A code that was used and comes again has leaked: what it led to is ended (RFC 9700 2.1.1).
Calls that were under way together are no replay: one of them gets the tokens, the others
nothing, and the tokens live. To tell the two apart however busy the machine is, the winner's
answer is held back for BESIDE, without any lock: what came before that came beside it.
"""

import base64
import datetime as dt
import hashlib
import hmac
import re
import time
import uuid
from collections.abc import Iterable

from django.conf import settings
from django.db import transaction

from accounts import audit, consents, grants, redirects, scopes
from accounts.models import ApiClient, ApiGrantCode, Organization, User
from accounts.oauth_errors import GrantRefused
from rally.kit import clock, ids

CODE_LENGTH = 32
VERIFIER = re.compile(r"[A-Za-z0-9\-._~]{43,128}\Z")
CHALLENGE = re.compile(r"[A-Za-z0-9\-_]{43}\Z")
METHOD = "S256"
BESIDE = dt.timedelta(milliseconds=250)


def needs_challenge(client: ApiClient) -> bool:
    """Whether the program has to prove with PKCE that it asked for the code itself."""
    return client.profile != ApiClient.Profile.SPROCKET


def give(
    client: ApiClient,
    user: User,
    organization: Organization,
    wanted: Iterable[str],
    *,
    redirect_uri: str,
    redirect_named: bool = True,
    challenge: str = "",
    now: dt.datetime | None = None,
) -> str:
    """The user said yes: a code for the program, good for RALLY_CODE_SECONDS.

    `redirect_uri` is the one it will be sent to; `redirect_named` says whether the program
    named it. Raises NotYours, and RedirectRefused for an address that isn't allowed.
    """
    redirects.choose(client, redirect_uri)
    scope = scopes.written(wanted)
    text = ids.secret(CODE_LENGTH)
    with transaction.atomic():
        consent = consents.give(client, user, organization, scope.split())
        moment = now or clock.database_now()
        ApiGrantCode.objects.create(
            application=client, user=user, organization=organization, consent=consent,
            code=ids.digest(text), scope=scope, redirect_uri=redirect_uri,
            redirect_named=redirect_named, token_family=uuid.uuid4(),
            expires=moment + dt.timedelta(seconds=settings.RALLY_CODE_SECONDS),
            code_challenge=challenge, code_challenge_method=METHOD if challenge else "",
        )  # fmt: skip
        if redirects.below_a_prefix(client, redirect_uri):
            audit.record("client.prefix_used", about=client, by=user, door="page")
    return text


def redeem(
    client: ApiClient,
    code: str,
    redirect_uri: str | None,
    verifier: str | None = None,
    *,
    began: dt.datetime | None = None,
    now: dt.datetime | None = None,
) -> grants.Issued:
    """Tokens for a code. Any failure burns the code: the program starts again.

    `began` is when the call came in, which tells a replay from a call beside this one.
    Raises GrantRefused, without saying why: whoever guesses learns nothing.
    """
    began = began or clock.now()
    with transaction.atomic():
        issued = _redeem(client, code, redirect_uri, verifier, began, now)
    if issued is None:
        raise GrantRefused
    time.sleep(BESIDE.total_seconds())
    return issued


def _redeem(
    client: ApiClient,
    code: str,
    redirect_uri: str | None,
    verifier: str | None,
    began: dt.datetime,
    now: dt.datetime | None,
) -> grants.Issued | None:
    """None for a refusal, so that the burnt code is committed."""
    row = (
        ApiGrantCode.objects.select_for_update(no_key=True, of=("self",))
        .filter(code=ids.digest(code))
        .first()
    )
    if row is None or row.token_family is None or row.consent is None:
        return None
    moment = now or clock.database_now()
    if row.used_at is not None:
        if row.used_at <= began:
            grants.end_family(row.token_family, moment)
        return None
    issued = None
    if _fits(row, client, redirect_uri, verifier, moment) and grants.stands(row.consent):
        refresh, told = grants.new_refresh(row.consent, row.scope, row.token_family, moment)
        access = grants.new_access(row.consent, refresh, row.scope, moment)
        issued = grants.Issued(access, told, row.scope, settings.RALLY_ACCESS_TOKEN_SECONDS)
    # Before this instant nobody has our answer, so no call that came until then is a replay.
    row.used_at = clock.now() + (BESIDE if issued else dt.timedelta())
    row.save(update_fields=["used_at"])
    return issued


def _fits(
    row: ApiGrantCode,
    client: ApiClient,
    redirect_uri: str | None,
    verifier: str | None,
    now: dt.datetime,
) -> bool:
    """The same program, the same address, the same secret behind the challenge, in time."""
    if row.application_id != client.pk or row.expires <= now:
        return False
    if redirect_uri is None:
        if row.redirect_named:
            return False
    elif redirect_uri != row.redirect_uri:
        return False
    return _proves(row.code_challenge, verifier)


def _proves(challenge: str, verifier: str | None) -> bool:
    """PKCE (RFC 7636). A verifier without a challenge is a downgrade, and refused."""
    if not challenge or verifier is None:
        return not challenge and verifier is None
    if not VERIFIER.match(verifier):
        return False
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    made = base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")
    return hmac.compare_digest(made, challenge)
