"""Who is asking, however they proved it."""

from dataclasses import dataclass

from accounts.models import User


@dataclass(frozen=True, slots=True)
class Actor:
    """A user (or nobody) behind a door: "page", "admin", "api", "task" or "command".

    `scopes` is None for a person in their own browser, who may do all their roles allow; a
    program is let do no more than its token's scopes, and only in `organization_id` if that is
    set: outside of it, nothing exists for it. `machine` is an organization's own program, which
    has no user behind it.
    """

    user: User | None
    door: str
    scopes: frozenset[str] | None = None
    organization_id: int | None = None
    machine: bool = False

    @property
    def is_staff(self) -> bool:
        """Whether this is a member of the installation's own staff."""
        return self.user is not None and self.user.is_active and self.user.is_staff


SYSTEM = Actor(user=None, door="task")
