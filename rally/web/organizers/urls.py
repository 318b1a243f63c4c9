"""Addresses of the organizers' pages."""

from django.urls import URLPattern, URLResolver, include, path, register_converter

from rally.web.organizers import overview, start


class Code:
    """An organization's code: six hex digits, the first below 8."""

    regex = "[0-7][0-9a-f]{5}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Code, "code")
app_name = "organizers"
# Under /organize/{code}/: every one of them takes `code` and stands behind the guard of `base`.
within: list[URLPattern] = [
    path("", overview.overview, name="overview"),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("organize/", start.start, name="start"),
    path("organize/<code:code>/", include(within)),
]
