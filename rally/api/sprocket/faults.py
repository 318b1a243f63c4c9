"""Which refusals a call can meet: documents show them per call."""

from rally.api.sprocket import errors
from rally.api.sprocket.calls import Auth, Endpoint


def of(endpoint: Endpoint) -> list[int]:
    """The numbers, in their order; see `errors.MEANING`."""
    writes = bool(endpoint.takes) or endpoint.deletes
    met = {
        errors.NO_AUTHORIZATION: True, errors.EXPIRED: True, errors.UNKNOWN_TOKEN: True,
        errors.NO_SCOPE: bool(endpoint.scope),
        errors.BAD_CLIENT: endpoint.auth == Auth.CLIENT,
        errors.NO_RIGHT: endpoint.auth != Auth.CLIENT and "{" in endpoint.path,
        errors.HTTPS_NEEDED: True,
        errors.MISSING: bool(endpoint.takes),
        errors.WRONG_TYPE: endpoint.lists or endpoint.leaders or bool(endpoint.takes),
        errors.OUT_OF_RANGE: endpoint.lists or bool(endpoint.takes),
        errors.NOT_SUPPORTED: endpoint.lists,
        errors.UNREADABLE: bool(endpoint.takes),
        errors.MEDIA_TYPE: True,
        errors.NOT_FOUND: "{" in endpoint.path,
        errors.CONFLICT: writes,
        errors.RATE_LIMITED: True, errors.INTERNAL: True,
    }  # fmt: skip
    return [number for number in errors.MEANING if met[number]]
