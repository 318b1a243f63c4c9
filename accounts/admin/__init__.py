"""The staff's pages about people, organizations, programs and records."""

from accounts.admin import clients, organizations, people, records, users

__all__ = ["clients", "organizations", "people", "records", "users"]
