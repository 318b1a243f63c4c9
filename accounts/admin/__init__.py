"""The staff's pages about people, organizations, programs and records."""

from accounts.admin import clients, joining, organizations, people, records, users

__all__ = ["clients", "joining", "organizations", "people", "records", "users"]
