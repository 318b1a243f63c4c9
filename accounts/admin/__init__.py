"""The staff's pages about people, organizations, programs and records."""

from accounts.admin import access, clients, joining, organizations, people, records, users

__all__ = ["access", "clients", "joining", "organizations", "people", "records", "users"]
