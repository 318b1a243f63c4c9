"""The staff's pages about people, organizations, programs and records."""

from accounts.admin import (
    access,
    clients,
    joining,
    machines,
    organizations,
    people,
    records,
    users,
)

__all__ = [
    "access", "clients", "joining", "machines", "organizations", "people", "records", "users",
]  # fmt: skip
