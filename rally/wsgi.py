"""The web application. Each serving process ends with the one that started it."""

import os

from django.core.wsgi import get_wsgi_application

from rally.up import lifeline

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rally.settings")
lifeline.hold()
application = get_wsgi_application()
