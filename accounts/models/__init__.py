"""People, organizations, the programs that act for them, and the records of what was done."""

from accounts.models.access import AppRequest
from accounts.models.clients import (
    ApiAccessToken,
    ApiClient,
    ApiConsent,
    ApiCredential,
    ApiGrantCode,
    ApiIdToken,
    ApiRefreshToken,
    PersonalToken,
)
from accounts.models.invitations import Invitation
from accounts.models.machines import CredentialRequest
from accounts.models.organizations import JoinRequest, Membership, Organization, Partner
from accounts.models.people import Address, Person
from accounts.models.records import (
    AuditEntry,
    IdempotencyRecord,
    OutboxEvent,
)
from accounts.models.users import User
from accounts.models.webhooks import WebhookDelivery, WebhookEndpoint

__all__ = [
    "Address",
    "ApiAccessToken",
    "ApiClient",
    "ApiConsent",
    "ApiCredential",
    "ApiGrantCode",
    "ApiIdToken",
    "ApiRefreshToken",
    "AppRequest",
    "AuditEntry",
    "CredentialRequest",
    "IdempotencyRecord",
    "Invitation",
    "JoinRequest",
    "Membership",
    "Organization",
    "OutboxEvent",
    "Partner",
    "Person",
    "PersonalToken",
    "User",
    "WebhookDelivery",
    "WebhookEndpoint",
]
