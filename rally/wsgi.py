"""The web application. Each serving process ends with the one that started it."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from rally.kit.bodies import GuardedBodies, Places
from rally.up import lifeline

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rally.settings")
lifeline.hold()
application = GuardedBodies(
    get_wsgi_application(), Places(settings.BODIES_AT_ONCE, settings.BODIES_AT_ONCE_EACH)
)
