"""Humans known to one organization: supporters, donors, fundraisers."""

from typing import Any

from django.db import models

from accounts.models.organizations import Organization
from accounts.models.users import User
from rally.kit import ids, text
from rally.kit.modified import Modified


class Person(Modified):
    """A human as one organization knows them. The e-mail is not unique: families share one."""

    public_id = models.CharField(max_length=32, unique=True, default=ids.public_id, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="people")
    user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="people")
    guardian = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="wards"
    )
    first_name = models.CharField(max_length=100, blank=True)
    last_name = models.CharField(max_length=100, blank=True)
    name_key = models.CharField(max_length=201, blank=True, editable=False)
    email = models.CharField(max_length=254, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=10, default="en")
    archived_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "people"
        indexes = [
            models.Index("organization", "email", name="person_email"),
            models.Index("organization", "name_key", name="person_name_key"),
            models.Index("first_name", name="person_first_name"),
            models.Index("last_name", name="person_last_name"),
        ]

    def __str__(self) -> str:
        return self.name or self.public_id

    @property
    def name(self) -> str:
        """First and last name as one."""
        return f"{self.first_name} {self.last_name}".strip()

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.name_key = text.key(self.name)
        super().save(*args, **kwargs)


class Address(Modified):
    """Where a person lives or gets post."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="addresses")
    line_1 = models.CharField(max_length=150, blank=True)
    line_2 = models.CharField(max_length=150, blank=True)
    city = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=100, blank=True)
    zip = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=2, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "addresses"

    def __str__(self) -> str:
        return ", ".join(filter(None, (self.line_1, self.city, self.country)))
