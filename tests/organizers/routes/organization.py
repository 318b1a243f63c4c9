"""Where organizers arrive, and what belongs to the organization itself."""

from tests.organizers.table import MEMBERS, SIGNED_IN, Row

ROWS = [
    Row("start", SIGNED_IN, args=lambda w: []),
    Row("overview", MEMBERS),
]
