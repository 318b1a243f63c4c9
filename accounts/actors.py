"""Who is asking, however they proved it."""

from dataclasses import dataclass

from accounts.models import User


@dataclass(frozen=True, slots=True)
class Actor:
    """A user (or nobody) behind a door: "page", "admin", "api", "task" or "command".

    `scopes` is None for a person in their own browser, who may do all their roles allow.
    `organization_id` is the only one a program may act in; None for a person, who has several.
    """

    user: User | None
    door: str
    scopes: frozenset[str] | None = None
    organization_id: int | None = None

    @property
    def is_staff(self) -> bool:
        """Whether this is a member of the installation's own staff."""
        return self.user is not None and self.user.is_active and self.user.is_staff


SYSTEM = Actor(user=None, door="task")
