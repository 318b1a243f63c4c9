"""The project as an installed application: it has commands and tasks, and no models."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin

from rally import celery
from rally.celery import app as celery_app

__all__ = ["AdminConfig", "RallyConfig", "celery_app"]  # loaded, so that tasks find the broker


class RallyConfig(AppConfig):
    name = "rally"
    verbose_name = "Rally"
    default = True
    # Loading it makes it the current application: whoever sends a task needs that.
    celery = celery.app


class AdminConfig(admin.AdminConfig):
    """Django's admin with our name on it."""

    default_site = "rally.admin.RallyAdminSite"
    default = False
