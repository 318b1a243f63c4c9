"""Small answers for whatever keeps this installation running."""

from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, HttpResponse


def livez(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> HttpResponse:
    """It can serve: the database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError):
        return HttpResponse("the database doesn't answer\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")
