"""The Celery application. Tasks are wake-ups: what they do is found in the database."""

import os

from celery import Celery
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rally.settings")
TRANSPORT_ALIASES["rallyfs"] = "rally.fsbroker:Transport"

app = Celery("rally")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
